//! Guesses on the tables of products and of one's own.

use super::*;
