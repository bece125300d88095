//! HMAC over a digest chosen at run time.

use hmac::{Hmac, KeyInit as _, Mac as _};

use super::digest::Hash;
use crate::password::text::Bytes;

/// HMAC-H(key, parts one after the other). HMAC takes keys of any length.
pub(crate) fn hmac(hash: Hash, key: &[u8], parts: &[&[u8]]) -> Bytes {
    macro_rules! run {
        ($digest:ty) => {
            Hmac::<$digest>::new_from_slice(key).map(|mut mac| {
                for part in parts {
                    mac.update(part);
                }
                Bytes::new(mac.finalize().into_bytes().to_vec())
            })
        };
    }
    let mac = match hash {
        Hash::Md5 => run!(md5::Md5),
        Hash::Sha1 => run!(sha1::Sha1),
        Hash::Sha224 => run!(sha2::Sha224),
        Hash::Sha256 => run!(sha2::Sha256),
        Hash::Sha384 => run!(sha2::Sha384),
        Hash::Sha512 => run!(sha2::Sha512),
    };
    mac.unwrap_or_default()
}
