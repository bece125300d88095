//! DES as crypt(3) bends it: 25 encryptions of a zero block, with the salt swapping bits of the expansion (traditional
//! Unix); as many as the setting says, over passwords of any length (BSDi).
//!
//! FIPS 46-3 for the tables; the salt and BSDi's folding of long passwords as David Burren's FreeSec computes them.
//! Written here because no kept crate has it.

use zeroize::Zeroizing;

use super::crypt64;
use crate::password::text::Bytes;

/// The sixteen round keys, each as two halves of 24 bits.
type Schedule = Zeroizing<[[u32; 2]; 16]>;

#[rustfmt::skip]
const PC1: [u8; 56] = [
    57, 49, 41, 33, 25, 17, 9, 1, 58, 50, 42, 34, 26, 18, 10, 2, 59, 51, 43, 35, 27, 19, 11, 3, 60, 52, 44, 36,
    63, 55, 47, 39, 31, 23, 15, 7, 62, 54, 46, 38, 30, 22, 14, 6, 61, 53, 45, 37, 29, 21, 13, 5, 28, 20, 12, 4,
];
#[rustfmt::skip]
const PC2: [u8; 48] = [
    14, 17, 11, 24, 1, 5, 3, 28, 15, 6, 21, 10, 23, 19, 12, 4, 26, 8, 16, 7, 27, 20, 13, 2,
    41, 52, 31, 37, 47, 55, 30, 40, 51, 45, 33, 48, 44, 49, 39, 56, 34, 53, 46, 42, 50, 36, 29, 32,
];
const SHIFTS: [u32; 16] = [1, 1, 2, 2, 2, 2, 2, 2, 1, 2, 2, 2, 2, 2, 2, 1];
#[rustfmt::skip]
const FP: [u8; 64] = [
    40, 8, 48, 16, 56, 24, 64, 32, 39, 7, 47, 15, 55, 23, 63, 31, 38, 6, 46, 14, 54, 22, 62, 30, 37, 5, 45, 13, 53, 21, 61, 29,
    36, 4, 44, 12, 52, 20, 60, 28, 35, 3, 43, 11, 51, 19, 59, 27, 34, 2, 42, 10, 50, 18, 58, 26, 33, 1, 41, 9, 49, 17, 57, 25,
];
#[rustfmt::skip]
const IP: [u8; 64] = [
    58, 50, 42, 34, 26, 18, 10, 2, 60, 52, 44, 36, 28, 20, 12, 4, 62, 54, 46, 38, 30, 22, 14, 6, 64, 56, 48, 40, 32, 24, 16, 8,
    57, 49, 41, 33, 25, 17, 9, 1, 59, 51, 43, 35, 27, 19, 11, 3, 61, 53, 45, 37, 29, 21, 13, 5, 63, 55, 47, 39, 31, 23, 15, 7,
];
#[rustfmt::skip]
const P: [u8; 32] = [
    16, 7, 20, 21, 29, 12, 28, 17, 1, 15, 23, 26, 5, 18, 31, 10, 2, 8, 24, 14, 32, 27, 3, 9, 19, 13, 30, 6, 22, 11, 4, 25,
];
#[rustfmt::skip]
const S: [[u8; 64]; 8] = [
    [14, 4, 13, 1, 2, 15, 11, 8, 3, 10, 6, 12, 5, 9, 0, 7, 0, 15, 7, 4, 14, 2, 13, 1, 10, 6, 12, 11, 9, 5, 3, 8,
     4, 1, 14, 8, 13, 6, 2, 11, 15, 12, 9, 7, 3, 10, 5, 0, 15, 12, 8, 2, 4, 9, 1, 7, 5, 11, 3, 14, 10, 0, 6, 13],
    [15, 1, 8, 14, 6, 11, 3, 4, 9, 7, 2, 13, 12, 0, 5, 10, 3, 13, 4, 7, 15, 2, 8, 14, 12, 0, 1, 10, 6, 9, 11, 5,
     0, 14, 7, 11, 10, 4, 13, 1, 5, 8, 12, 6, 9, 3, 2, 15, 13, 8, 10, 1, 3, 15, 4, 2, 11, 6, 7, 12, 0, 5, 14, 9],
    [10, 0, 9, 14, 6, 3, 15, 5, 1, 13, 12, 7, 11, 4, 2, 8, 13, 7, 0, 9, 3, 4, 6, 10, 2, 8, 5, 14, 12, 11, 15, 1,
     13, 6, 4, 9, 8, 15, 3, 0, 11, 1, 2, 12, 5, 10, 14, 7, 1, 10, 13, 0, 6, 9, 8, 7, 4, 15, 14, 3, 11, 5, 2, 12],
    [7, 13, 14, 3, 0, 6, 9, 10, 1, 2, 8, 5, 11, 12, 4, 15, 13, 8, 11, 5, 6, 15, 0, 3, 4, 7, 2, 12, 1, 10, 14, 9,
     10, 6, 9, 0, 12, 11, 7, 13, 15, 1, 3, 14, 5, 2, 8, 4, 3, 15, 0, 6, 10, 1, 13, 8, 9, 4, 5, 11, 12, 7, 2, 14],
    [2, 12, 4, 1, 7, 10, 11, 6, 8, 5, 3, 15, 13, 0, 14, 9, 14, 11, 2, 12, 4, 7, 13, 1, 5, 0, 15, 10, 3, 9, 8, 6,
     4, 2, 1, 11, 10, 13, 7, 8, 15, 9, 12, 5, 6, 3, 0, 14, 11, 8, 12, 7, 1, 14, 2, 13, 6, 15, 0, 9, 10, 4, 5, 3],
    [12, 1, 10, 15, 9, 2, 6, 8, 0, 13, 3, 4, 14, 7, 5, 11, 10, 15, 4, 2, 7, 12, 9, 5, 6, 1, 13, 14, 0, 11, 3, 8,
     9, 14, 15, 5, 2, 8, 12, 3, 7, 0, 4, 10, 1, 13, 11, 6, 4, 3, 2, 12, 9, 5, 15, 10, 11, 14, 1, 7, 6, 0, 8, 13],
    [4, 11, 2, 14, 15, 0, 8, 13, 3, 12, 9, 7, 5, 10, 6, 1, 13, 0, 11, 7, 4, 9, 1, 10, 14, 3, 5, 12, 2, 15, 8, 6,
     1, 4, 11, 13, 12, 3, 7, 14, 10, 15, 6, 8, 0, 5, 9, 2, 6, 11, 13, 8, 1, 4, 10, 7, 9, 5, 0, 15, 14, 2, 3, 12],
    [13, 2, 8, 4, 6, 15, 11, 1, 10, 9, 3, 14, 5, 0, 12, 7, 1, 15, 13, 8, 10, 3, 7, 4, 12, 5, 6, 11, 0, 14, 9, 2,
     7, 11, 4, 1, 9, 12, 14, 2, 0, 6, 10, 13, 15, 3, 5, 8, 2, 1, 14, 7, 4, 10, 8, 13, 15, 12, 9, 0, 3, 5, 6, 11],
];

/// Each S-box with the permutation P behind it: from six bits to where they land in the 32.
static SP: [[u32; 64]; 8] = boxes();

const fn boxes() -> [[u32; 64]; 8] {
    let mut out = [[0; 64]; 8];
    let mut box_no = 0;
    while box_no < 8 {
        let mut input = 0;
        while input < 64 {
            // The outer two bits choose the row, the inner four the column.
            let row = (input >> 4 & 2) | (input & 1);
            let column = input >> 1 & 15;
            let value = (S[box_no][row * 16 + column] as u32) << (28 - 4 * box_no);
            let mut bit = 0;
            while bit < 32 {
                if value >> (32 - P[bit] as u32) & 1 == 1 {
                    out[box_no][input] |= 1 << (31 - bit);
                }
                bit += 1;
            }
            input += 1;
        }
        box_no += 1;
    }
    out
}

/// Bits of `from` (of `width` bits, the first the highest), in the table's order.
fn permute(from: u64, width: u32, table: &[u8]) -> u64 {
    table.iter().fold(0, |out, at| out << 1 | (from >> (width - u32::from(*at)) & 1))
}

#[expect(clippy::cast_possible_truncation, reason = "each half is masked to 24 or 28 bits")]
fn schedule(key: u64) -> Schedule {
    let chosen = permute(key, 64, &PC1);
    let (mut c, mut d) = ((chosen >> 28) as u32, (chosen & 0x0fff_ffff) as u32);
    let turn = |half: u32, by: u32| (half << by | half >> (28 - by)) & 0x0fff_ffff;
    let mut keys = Zeroizing::new([[0; 2]; 16]);
    for (round, by) in keys.iter_mut().zip(SHIFTS) {
        (c, d) = (turn(c, by), turn(d, by));
        let key = permute(u64::from(c) << 28 | u64::from(d), 56, &PC2);
        *round = [(key >> 24) as u32, (key & 0x00ff_ffff) as u32];
    }
    keys
}

/// `count` encryptions of a block, one after the other, with this salt.
#[expect(clippy::cast_possible_truncation, reason = "the halves of 64 bits")]
fn encrypt(keys: &Schedule, salt: u32, count: u32, block: u64) -> u64 {
    // Bit i of the salt swaps bit i of the expansion, counted from the front, with bit i + 24.
    let mask = salt.reverse_bits() >> 8;
    let start = permute(block, 64, &IP);
    let (mut left, mut right) = ((start >> 32) as u32, start as u32);
    for _ in 0..count {
        for key in keys.iter() {
            let turned = right.rotate_right(1);
            let six = |group: u32| turned.rotate_left(4 * group) >> 26;
            let high = six(0) << 18 | six(1) << 12 | six(2) << 6 | six(3);
            let low = six(4) << 18 | six(5) << 12 | six(6) << 6 | six(7);
            let swap = (high ^ low) & mask;
            let (high, low) = (high ^ swap ^ key[0], low ^ swap ^ key[1]);
            let at = |half: u32, by: u32| (half >> by & 63) as usize;
            let mixed = SP[0][at(high, 18)]
                | SP[1][at(high, 12)]
                | SP[2][at(high, 6)]
                | SP[3][at(high, 0)]
                | SP[4][at(low, 18)]
                | SP[5][at(low, 12)]
                | SP[6][at(low, 6)]
                | SP[7][at(low, 0)];
            (left, right) = (right, left ^ mixed);
        }
        std::mem::swap(&mut left, &mut right);
    }
    permute(u64::from(left) << 32 | u64::from(right), 64, &FP)
}

/// Up to eight characters as a key: seven bits of each.
fn key_of(password: &[u8]) -> u64 {
    let mut eight = Zeroizing::new([0_u8; 8]);
    for (to, from) in eight.iter_mut().zip(password) {
        *to = from << 1;
    }
    u64::from_be_bytes(*eight)
}

/// What a C string holds: a NUL ends it.
fn until_nul(password: &[u8]) -> &[u8] {
    password.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// 64 bits as 11 digits of crypt's alphabet, the highest first.
fn digits(block: u64) -> Bytes {
    let mut out = Bytes::new(Vec::with_capacity(11));
    let wide = u128::from(block) << 2;
    for group in (0..11).rev() {
        crypt64::push(&mut out, (wide >> (6 * group) & 63) as u32, 1);
    }
    out
}

/// The 11 digits of traditional crypt, of a salt of two digits.
pub(crate) fn crypt(password: &[u8], salt: u32) -> Bytes {
    let keys = schedule(key_of(until_nul(password)));
    digits(encrypt(&keys, salt, 25, 0))
}

/// The 11 digits of BSDi's crypt.
pub(crate) fn bsdi(password: &[u8], salt: u32, count: u32) -> Bytes {
    let password = until_nul(password);
    let mut groups = password.chunks(8);
    let mut key = Zeroizing::new(key_of(groups.next().unwrap_or_default()));
    for group in groups {
        *key = encrypt(&schedule(*key), 0, 1, *key) ^ key_of(group);
    }
    digits(encrypt(&schedule(*key), salt, count, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_des_is_the_standards() {
        // FIPS 81's worked example, and the all-ones test of NBS 500-20.
        let encrypted = |key, block| encrypt(&schedule(key), 0, 1, block);
        assert_eq!(encrypted(0x1334_5779_9bbc_dff1, 0x0123_4567_89ab_cdef), 0x85e8_1354_0f0a_b405);
        assert_eq!(encrypted(0xffff_ffff_ffff_ffff, 0xffff_ffff_ffff_ffff), 0x7359_b216_3e4e_dc58);
    }

    #[test]
    fn only_eight_characters_and_seven_bits_count() {
        let salt = 0x3a5;
        assert_eq!(*crypt(b"Winter2019", salt), *crypt(b"Winter20xx", salt));
        assert_eq!(*crypt(b"a\xe9", salt), *crypt(b"a\x69", salt));
        assert_eq!(*crypt(b"ab\0cd", salt), *crypt(b"ab", salt));
        assert_ne!(*bsdi(b"Winter2019", salt, 725), *bsdi(b"Winter20xx", salt, 725));
    }
}
