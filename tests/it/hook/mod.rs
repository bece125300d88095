//! The password hook, called as Okta calls it.

mod answers;
mod bent;
mod by_key;
mod certificate;
mod desk;
mod finish;
mod first_sign_in;
mod guess;
mod load;
mod moved;
mod mssql;
mod mysql;
mod own;
mod products;
mod record;
mod service;
mod source;
mod together;
mod who;
