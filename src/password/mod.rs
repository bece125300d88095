//! Recognise a stored password, explain it, convert it for Okta, verify a plaintext against it. One file a family. Pure.
//!
//! [`read()`] takes what the source keeps and what the administrator stated, and answers with a [`Reading`]:
//!
//! | reading | means |
//! | --- | --- |
//! | [`Reading::Recognised`] | one way to read it. [`Parsed`] explains, converts and verifies it |
//! | [`Reading::Ambiguous`] | the string fits several schemes; nothing is imported until someone says which |
//! | [`Reading::Malformed`] | carries a scheme's marks but breaks its grammar: cut short, wrong alphabet, wrong length |
//! | [`Reading::Refused`] | well formed, but checking it would cost more than [`limits`] allow |
//! | [`Reading::Empty`] | there is no password: empty, or a marker such as `!` or `*LK*` |
//! | [`Reading::Unknown`] | nothing fits |
//!
//! # When a value may be imported
//!
//! Okta computes nothing at import: it takes a well-formed but wrong hash with 200, and the person can't sign in. So a
//! value is importable only when its own text names its scheme (`{bcrypt}$2a$…`, `{SSHA}…`, `pbkdf2_sha256$…`), or when
//! the administrator's [`PasswordSettings`](crate::model::PasswordSettings) do:
//!
//! - **Bare digests** (32, 40, 64 or 128 hex digits; the same in Base64) fit many schemes. Without a salt column they
//!   need `assume`: one of the ids of [`stated()`], such as `sha256` or `hex-sha256`. With a salt column, a stated
//!   `salt_order` is enough, as it says "one digest over salt and password", and the length says which digest; but a
//!   salt column that holds nothing but hex digits, or Base64 with padding, needs `salt_encoding` as well, and a
//!   Base64 digest beside a 16-byte Base64 salt needs `assume`, because that is how ASP.NET Membership looks.
//! - **Bare bcrypt** (`$2a$`, `$2b$`, `$2y$`) is taken at its word: bcrypt over the password. A few frameworks hash
//!   something else first (Meteor, Devise with a pepper); `assume` names them, and "try a password" finds them out.
//! - `assume` only decides where a string alone does not: it never overrules a value that names its own scheme, so a
//!   column with two formats in it stays right.
//! - A statement about values of another shape says nothing about this one: it stays as if nothing were stated.
//! - Where the row fills a salt column (or a pepper's, or a nonce's) beside a value that carries its own salt, nothing is imported until
//!   it is stated or proven what that column is for (`salt_column.rs`).
//! - What is stated of the password itself (its encoding, its letters' case, a pepper, a digest before bcrypt) counts for every value,
//!   those that name their scheme too, as an application does it before it hashes: nothing of it is imported (`altered.rs`).
//! - Until it is stated, an ambiguous value takes the hook, where its candidates are tried in order.
//!
//! # Adding a family
//!
//! One file in `family/` that implements [`Scheme`], and its line in `registry.rs`. What the family computes is mostly
//! there already: `kernel/` holds the methods (bcrypt, digest, PBKDF2, scrypt, Argon2), each of which explains,
//! converts and verifies itself.

mod altered;
mod catalogue;
mod concern;
mod context;
mod credentials;
mod doubt;
mod explain;
mod family;
mod kernel;
pub mod limits;
mod method;
mod okta_hash;
mod read;
mod reading;
mod recognise;
mod registry;
mod salt_column;
mod scheme;
pub mod search;
mod stated;
mod systems;
mod text;
mod told;
mod unproven;
mod words;

pub use catalogue::{Format, Moves, Sure, format_of, formats, table};
pub use concern::concern;
pub use context::{Context, Question};
pub use credentials::{Covered, CredentialsError, OktaCredentials, credentials};
pub use explain::{Answer, Outcome, answer, explain, outcome};
pub use family::clear_text::{CLEAR_TEXT, without_mark};
pub use method::{Conversion, Cost, Method, VerifyError, Weakness};
pub use okta_hash::{DigestAlgorithm, OktaHash, Pbkdf2Algorithm, SecretText};
pub use read::{Look, look, read};
pub use reading::{Candidates, Parsed, Reading};
pub use salt_column::names_salt;
pub use scheme::{Scheme, Seen};
pub use stated::{Statement, stated};
pub use systems::{System, system_of, systems};
pub use told::{columns_read, telling_column, tells};
pub use words::{knows, of_attribute};

#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod salt_column_tests;
#[cfg(test)]
mod statements;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod traps;
#[cfg(test)]
mod vectors;
