//! The crypt(3) methods of NetBSD and MySQL 8 that no kept crate computes.

use super::crypt64;
use super::digest::Hash;
use super::hmac::hmac;
use crate::password::text::Bytes;

/// NetBSD's `$sha1$`: HMAC-SHA-1 keyed with the password, over `salt$sha1$rounds`, and then over itself.
pub(crate) fn netbsd_sha1(password: &[u8], salt: &[u8], rounds: u32) -> Bytes {
    let start = hmac(Hash::Sha1, password, &[salt, b"$sha1$", rounds.to_string().as_bytes()]);
    (1..rounds).fold(start, |mac, _| hmac(Hash::Sha1, password, &[&mac]))
}

/// The 20 bytes of a `$sha1$` digest: seven groups of three bytes, the first the highest; the last group has a byte too many.
pub(crate) fn netbsd_bytes(text: &[u8]) -> Option<Bytes> {
    if text.len() != 28 {
        return None;
    }
    let mut out = Bytes::new(Vec::with_capacity(21));
    for group in text.chunks(4) {
        let [_, high, middle, low] = crypt64::number(group)?.to_be_bytes();
        out.extend_from_slice(&[high, middle, low]);
    }
    out.truncate(20);
    Some(out)
}

/// SHA-256-crypt (Ulrich Drepper's specification) over a salt of any length and any bytes, as MySQL 8 runs it: the
/// `sha-crypt` crate cuts salts to 16 characters. Gives the 32 bytes.
pub(crate) fn sha256_crypt(password: &[u8], salt: &[u8], rounds: u32) -> Bytes {
    let hash = Hash::Sha256;
    let repeated =
        |block: &[u8], len: usize| -> Bytes { Bytes::new(block.iter().copied().cycle().take(len).collect()) };
    let b = hash.of(&[password, salt, password]);
    let mut parts: Vec<&[u8]> = vec![password, salt];
    let b_repeated = repeated(&b, password.len());
    parts.push(&b_repeated);
    let mut len = password.len();
    while len > 0 {
        parts.push(if len & 1 == 1 { &b } else { password });
        len >>= 1;
    }
    let mut digest = hash.of(&parts);
    let p = hash.of(&vec![password; password.len()]);
    let p = repeated(&p, password.len());
    let s = hash.of(&vec![salt; 16 + usize::from(digest[0])]);
    let s = repeated(&s, salt.len());
    for round in 0..rounds {
        let (odd, three, seven) = (round % 2 == 1, round % 3 != 0, round % 7 != 0);
        let none: &[u8] = &[];
        digest = hash.of(&[
            if odd { &p } else { &digest },
            if three { &s } else { none },
            if seven { &p } else { none },
            if odd { &digest } else { &p },
        ]);
    }
    digest
}
