//! The radix-64 of crypt(3): `./0-9A-Za-z`, six bits a character, the lowest first.

use crate::password::text::Bytes;

/// The digits in order.
const DIGITS: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The value of a digit.
pub(crate) fn digit(character: u8) -> Option<u32> {
    DIGITS.iter().position(|d| *d == character).and_then(|at| u32::try_from(at).ok())
}

/// Whether all of it is digits.
pub(crate) fn is_crypt64(text: &[u8]) -> bool {
    text.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'.' || *b == b'/')
}

/// Appends `count` digits of a number, lowest first.
pub(crate) fn push(out: &mut Vec<u8>, mut number: u32, count: usize) {
    for _ in 0..count {
        out.push(DIGITS[(number & 63) as usize]);
        number >>= 6;
    }
}

/// The digest as text, in the order of bytes of md5crypt and Sun's MD5.
pub(crate) fn transpose(digest: &[u8]) -> Bytes {
    let mut out = Bytes::new(Vec::with_capacity(22));
    for [high, middle, low] in [[0, 6, 12], [1, 7, 13], [2, 8, 14], [3, 9, 15], [4, 10, 5]] {
        let number = u32::from(digest[high]) << 16 | u32::from(digest[middle]) << 8 | u32::from(digest[low]);
        push(&mut out, number, 4);
    }
    push(&mut out, u32::from(digest[11]), 2);
    out
}

/// A number of little-endian digits.
pub(crate) fn number(text: &[u8]) -> Option<u32> {
    text.iter().rev().try_fold(0_u32, |sum, c| sum.checked_mul(64)?.checked_add(digit(*c)?))
}

/// Bytes as digits, three bytes to four digits, little-endian; the rest to as few as hold it.
pub(crate) fn encode(bytes: &[u8]) -> Bytes {
    let mut out = Bytes::new(Vec::with_capacity(bytes.len().div_ceil(3) * 4));
    for group in bytes.chunks(3) {
        let number = group.iter().rev().fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte));
        push(&mut out, number, group.len() + 1);
    }
    out
}

/// The reverse of [`encode`]. `None` for other characters, a lonely digit at the end, and left-over bits.
pub(crate) fn decode(text: &[u8]) -> Option<Bytes> {
    let mut out = Bytes::new(Vec::with_capacity(text.len() / 4 * 3 + 2));
    for group in text.chunks(4) {
        let bytes = group.len().checked_sub(1).filter(|n| *n > 0)?;
        let mut number = number(group)?;
        for _ in 0..bytes {
            out.push((number & 0xff) as u8);
            number >>= 8;
        }
        if number != 0 {
            return None;
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_go_both_ways_and_left_over_bits_are_refused() {
        for bytes in [&b"a"[..], b"ab", b"abc", b"abcd", &[0xff; 16]] {
            assert_eq!(decode(&encode(bytes)).as_deref().map(Vec::as_slice), Some(bytes));
        }
        assert!(decode(b".z").is_none() && decode(b"a").is_none() && decode(b"ab+d").is_none());
        assert_eq!(number(b"/...."), Some(1));
    }
}
