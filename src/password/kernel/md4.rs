//! MD4, and what Windows makes of it.

use md4::{Digest as _, Md4};

use crate::password::text::Bytes;

/// MD4 of some parts, one after the other.
pub(crate) fn md4(parts: &[&[u8]]) -> Bytes {
    let mut hasher = Md4::new();
    for part in parts {
        hasher.update(part);
    }
    Bytes::new(hasher.finalize().to_vec())
}

/// UTF-8 as UTF-16LE; bytes that are no UTF-8 one by one.
pub(crate) fn utf16(password: &[u8]) -> Bytes {
    let mut out = Bytes::new(Vec::with_capacity(password.len() * 2));
    match std::str::from_utf8(password) {
        Ok(text) => text.encode_utf16().for_each(|unit| out.extend_from_slice(&unit.to_le_bytes())),
        Err(_) => password.iter().for_each(|byte| out.extend_from_slice(&[*byte, 0])),
    }
    out
}

/// Windows' NT hash.
pub(crate) fn nt_hash(password: &[u8]) -> Bytes {
    md4(&[&utf16(password)])
}
