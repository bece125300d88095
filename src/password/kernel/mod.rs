//! The methods stored passwords are computed with. Each explains, converts and verifies itself; families only parse.

pub(crate) mod argon2;
pub(crate) mod bcrypt;
pub(crate) mod clear;
pub(crate) mod crypt64;
pub(crate) mod crypts;
pub(crate) mod des;
pub(crate) mod digest;
pub(crate) mod firebase;
pub(crate) mod hmac;
pub(crate) mod hook_only;
pub(crate) mod md4;
pub(crate) mod pbkdf2;
pub(crate) mod prepare;
pub(crate) mod recipe;
pub(crate) mod scrypt;
pub(crate) mod sun_md5;

use subtle::ConstantTimeEq as _;

/// Whether two digests are equal, in constant time for equal lengths.
pub(crate) fn same(one: &[u8], other: &[u8]) -> bool {
    one.ct_eq(other).into()
}

/// Whether a salt that stands as text is printable ASCII without blanks.
pub(crate) fn printable(salt: &[u8]) -> bool {
    salt.iter().all(u8::is_ascii_graphic)
}
