//! The password hook, called as Okta calls it.

mod answers;
mod certificate;
mod desk;
mod first_sign_in;
mod load;
mod service;
mod source;
mod who;
