//! The alphabets stored passwords are written in: strict decoders, one an alphabet.
//!
//! Strict means: right padding, no white space, trailing bits zero. A decoder that shrugs at a damaged value would turn
//! it into a well-formed but wrong hash.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::{NO_PAD, PAD, STANDARD};
use zeroize::Zeroizing;

/// Secret bytes on their way through a parser: wiped when dropped.
pub(crate) type Bytes = Zeroizing<Vec<u8>>;

/// A copy of some bytes of the stored value.
pub(crate) fn bytes(from: &[u8]) -> Bytes {
    Zeroizing::new(from.to_vec())
}

/// Standard alphabet, no padding.
const STANDARD_BARE: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, NO_PAD);
/// URL-safe alphabet, padded.
const URL_PADDED: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, PAD);
/// bcrypt's own alphabet, no padding.
const BCRYPT: GeneralPurpose = GeneralPurpose::new(&alphabet::BCRYPT, NO_PAD);

/// The value of a hexadecimal digit, either case.
fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

/// Whether all of it is hexadecimal digits, and there are some.
pub(crate) fn is_hex(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(u8::is_ascii_hexdigit)
}

/// Two hexadecimal digits a byte, either case.
pub(crate) fn hex(text: &[u8]) -> Option<Bytes> {
    if text.is_empty() || !text.len().is_multiple_of(2) {
        return None;
    }
    let mut out = Zeroizing::new(Vec::with_capacity(text.len() / 2));
    for pair in text.chunks_exact(2) {
        out.push(nibble(pair[0])? << 4 | nibble(pair[1])?);
    }
    Some(out)
}

/// Bytes that are no text in any encoding, as many as a digest has: a digest as it is, from a column of bytes (`BYTEA`,
/// `VARBINARY`, `BLOB`), in the hexadecimal digits the families know. One digest in some hundreds looks like text and is not
/// taken for one: better that than a damaged text taken for a digest.
pub(crate) fn raw_digest(whole: &[u8]) -> Option<Bytes> {
    // MD5 and its kin, SHA-1 and RIPEMD-160, SHA-224, -256, -384, -512.
    const LENGTHS: [usize; 6] = [16, 20, 28, 32, 48, 64];
    let is_control = |byte: &u8| *byte < 0x20 || (0x7f..0xa0).contains(byte);
    let graphic = whole.iter().filter(|byte| byte.is_ascii_graphic()).count();
    let is_text =
        std::str::from_utf8(whole).is_ok() || !whole.iter().any(is_control) && graphic * 2 >= whole.len();
    (LENGTHS.contains(&whole.len()) && !is_text).then(|| {
        let mut digits = bytes(&[0; 128]);
        digits.truncate(2 * whole.len());
        // Twice as many digits as bytes: it fits.
        let _ = ::hex::encode_to_slice(whole, &mut digits);
        digits
    })
}

/// Standard Base64 with its padding.
pub(crate) fn base64(text: &[u8]) -> Option<Bytes> {
    decode(&STANDARD, text)
}

/// Standard Base64 without padding.
pub(crate) fn base64_bare(text: &[u8]) -> Option<Bytes> {
    decode(&STANDARD_BARE, text)
}

/// URL-safe Base64 with its padding.
pub(crate) fn base64_url(text: &[u8]) -> Option<Bytes> {
    decode(&URL_PADDED, text)
}

/// Passlib's and OpenLDAP's Base64: `.` stands for `+` (which is taken too), padding is left off.
pub(crate) fn base64_adapted(text: &[u8]) -> Option<Bytes> {
    let mut standard = bytes(text);
    for byte in standard.iter_mut().filter(|byte| **byte == b'.') {
        *byte = b'+';
    }
    decode(&STANDARD_BARE, &standard)
}

/// Either: one label (`{PBKDF2-SHA256}`) is written in OpenLDAP's Base64 and in the standard one with its padding.
pub(crate) fn base64_either(text: &[u8]) -> Option<Bytes> {
    base64_adapted(text).or_else(|| base64(text))
}

/// bcrypt's radix-64.
pub(crate) fn bcrypt64(text: &[u8]) -> Option<Bytes> {
    decode(&BCRYPT, text)
}

fn decode(engine: &GeneralPurpose, text: &[u8]) -> Option<Bytes> {
    if text.is_empty() { None } else { engine.decode(text).ok().map(Zeroizing::new) }
}

/// Bytes in bcrypt's radix-64.
pub(crate) fn to_bcrypt64(bytes: &[u8]) -> String {
    BCRYPT.encode(bytes)
}

/// Standard Base64 with padding: the only form Okta reads.
pub(crate) fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// ASCII digits only, no sign, no leading zero, fits `u32`.
pub(crate) fn number(text: &[u8]) -> Option<u32> {
    if text.is_empty() || text.len() > 10 || (text[0] == b'0' && text.len() > 1) {
        return None;
    }
    text.iter().try_fold(0_u32, |sum, digit| {
        digit.is_ascii_digit().then_some(())?;
        sum.checked_mul(10)?.checked_add(u32::from(digit - b'0'))
    })
}

/// Splits at the first `separator`: what stands before and after it.
pub(crate) fn split_once(text: &[u8], separator: u8) -> Option<(&[u8], &[u8])> {
    let at = text.iter().position(|byte| *byte == separator)?;
    Some((&text[..at], &text[at + 1..]))
}

/// Exactly `N` fields between separators.
pub(crate) fn fields<const N: usize>(text: &[u8], separator: u8) -> Option<[&[u8]; N]> {
    let mut found = [&text[..0]; N];
    let mut parts = text.split(|byte| *byte == separator);
    for field in &mut found {
        *field = parts.next()?;
    }
    parts.next().is_none().then_some(found)
}

/// What follows a prefix, whose letters are compared ignoring ASCII case.
pub(crate) fn after_ignoring_case<'a>(text: &'a [u8], prefix: &str) -> Option<&'a [u8]> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix.as_bytes()).then_some(rest)
}

/// `{LABEL}rest`: the label without braces, and the rest. Labels are letters, digits, and `-_@.`; up to 40 of them.
pub(crate) fn label(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let inner = text.strip_prefix(b"{")?;
    let end = inner.iter().take(41).position(|byte| *byte == b'}')?;
    let (name, rest) = (&inner[..end], &inner[end + 1..]);
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_@.".contains(byte);
    (!name.is_empty() && name.iter().all(plain)).then_some((name, rest))
}

/// Whether a long run of Base64 or radix-64 digits has letters of one case only: a column that was folded to small or capital
/// letters. Of thirty-two digits by chance that is one value in ten million. Beside a digest in hex, what is long is a salt, which
/// somebody may have made of small letters only.
pub(crate) fn lost_case(text: &[u8]) -> bool {
    has_long_run_of_one_case(text) && is_of_lost_case(text)
}

/// Whether some long run has letters of one case only and is no hex: one look at each byte, as everyone's password is asked this.
fn has_long_run_of_one_case(text: &[u8]) -> bool {
    const SMALL: u8 = 1;
    const CAPITAL: u8 = 2;
    const NO_HEX: u8 = 4;
    const DIGIT: u8 = 8;
    const KINDS: [u8; 256] = {
        let mut kinds = [0; 256];
        let mut byte = 0_u8;
        loop {
            kinds[byte as usize] = match byte {
                b'0'..=b'9' => DIGIT,
                b'a'..=b'f' => DIGIT | SMALL,
                b'g'..=b'z' => DIGIT | SMALL | NO_HEX,
                b'A'..=b'F' => DIGIT | CAPITAL,
                b'G'..=b'Z' => DIGIT | CAPITAL | NO_HEX,
                b'+' | b'/' | b'.' => DIGIT | NO_HEX,
                _ => 0,
            };
            if byte == u8::MAX {
                break kinds;
            }
            byte += 1;
        }
    };
    let (mut seen, mut length) = (0, 0_usize);
    for byte in text.iter().chain(b" ") {
        let kind = KINDS[usize::from(*byte)];
        if kind != 0 {
            seen |= kind;
            length += 1;
            continue;
        }
        let cases = seen & (SMALL | CAPITAL);
        if length >= 32 && seen & NO_HEX != 0 && (cases == SMALL || cases == CAPITAL) {
            return true;
        }
        (seen, length) = (0, 0);
    }
    false
}

fn is_of_lost_case(text: &[u8]) -> bool {
    // Hex behind a mark of its own, and JSON, whose words are small.
    if [&b"\\x"[..], b"0x", b"0X", b"grub.", b"{\""].iter().any(|mark| text.starts_with(mark)) {
        return false;
    }
    let digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'.');
    let runs = || text.split(|byte| !digit(byte)).filter(|run| run.len() >= 32);
    let least = if runs().any(is_hex) { 40 } else { 32 };
    runs().filter(|run| run.len() >= least && !is_hex(run)).any(|run| {
        // One bit a letter of the alphabet.
        let letters = |of_case: fn(&u8) -> bool| {
            let bits = run.iter().filter(|byte| of_case(byte)).map(|byte| 1_u32 << (byte & 31));
            bits.fold(0, std::ops::BitOr::bitor)
        };
        let (small, capital) = (letters(u8::is_ascii_lowercase), letters(u8::is_ascii_uppercase));
        // A value made up from few letters, as in examples, is not one that was folded.
        (small == 0) != (capital == 0) && (small | capital).count_ones() >= 12
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_plain_digits() {
        assert_eq!(number(b"0"), Some(0));
        assert_eq!(number(b"4294967295"), Some(u32::MAX));
        for bad in ["", "4294967296", "01", "+1", "-1", " 1", "1 ", "1e3", "99999999999"] {
            assert_eq!(number(bad.as_bytes()), None, "{bad:?}");
        }
    }

    #[test]
    fn base64_is_strict() {
        assert_eq!(base64(b"TXlTYWx0").as_deref().map(Vec::as_slice), Some(b"MySalt".as_slice()));
        for bad in ["TXlTYWx", "TQ", "TR==", "TQ= =", "TQ==\n", "T-==", ""] {
            assert!(base64(bad.as_bytes()).is_none(), "{bad:?}");
        }
        assert!(
            base64_bare(b"TQ").is_some() && base64_bare(b"TQ==").is_none() && base64_bare(b"TR").is_none()
        );
        assert_eq!(base64_adapted(b"..8"), base64(b"++8="));
        assert!(base64_adapted(b"..8=").is_none() && base64_either(b"++8").is_some());
        assert!(base64_either(b"TQ==").is_some() && base64_either(b"TQ=").is_none());
    }

    #[test]
    fn hex_takes_either_case_and_whole_bytes() {
        assert_eq!(hex(b"0aFf").as_deref().map(Vec::as_slice), Some([0x0a, 0xff].as_slice()));
        for bad in ["", "0", "0g", "0x0a"] {
            assert!(hex(bad.as_bytes()).is_none(), "{bad:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn the_quick_look_for_a_lost_case_passes_over_none(text in "[a-zA-F0-9+/.${}=]{0,120}") {
            for text in [text.to_lowercase(), text.to_uppercase(), text] {
                let text = text.as_bytes();
                proptest::prop_assert!(has_long_run_of_one_case(text) || !is_of_lost_case(text));
            }
        }
    }

    #[test]
    fn a_lost_case_shows_in_long_runs_only() {
        let mixed = "$2a$10$avjLGrLO7LZPn..WwGa7tu5pqb1Mr8kT1q/hWe2BUTyuEa03eJcl6";
        assert!(!lost_case(mixed.as_bytes()));
        assert!(lost_case(mixed.to_lowercase().as_bytes()) && lost_case(mixed.to_uppercase().as_bytes()));
        for fine in
            ["w6ph5mm5pz8ggiulbpgzg37mj9g=", &"5f4dcc3b".repeat(8), &"5F4DCC3B".repeat(8), &"1".repeat(50)]
        {
            assert!(!lost_case(fine.as_bytes()), "{fine}");
        }
    }

    #[test]
    fn labels_stand_in_braces() {
        assert_eq!(label(b"{SSHA}abc"), Some((b"SSHA".as_slice(), b"abc".as_slice())));
        assert_eq!(label(b"{scrypt@SpringSecurity_v5_8}$1").map(|l| l.1), Some(b"$1".as_slice()));
        for bad in ["{}", "SSHA}", "{SS HA}", "{", "{\"secretData\":1}"] {
            assert!(label(bad.as_bytes()).is_none(), "{bad:?}");
        }
    }
}
