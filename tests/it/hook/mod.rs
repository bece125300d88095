//! The password hook, called as Okta calls it.

mod desk;
mod first_sign_in;
