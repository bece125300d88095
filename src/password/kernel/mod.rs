//! The methods stored passwords are computed with. Each explains, converts and verifies itself; families only parse.

pub(crate) mod bcrypt;
pub(crate) mod clear;
pub(crate) mod digest;

use subtle::ConstantTimeEq as _;

/// Whether two digests are equal, in constant time for equal lengths.
pub(crate) fn same(one: &[u8], other: &[u8]) -> bool {
    one.ct_eq(other).into()
}
