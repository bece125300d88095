//! Phone numbers to E.164.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

use phonenumber::Mode;
use phonenumber::country::Id;
use phonenumber::metadata::{DATABASE, Descriptor};

/// The longest text taken for a phone number, in bytes (Google's libphonenumber has the same limit).
const LONGEST: usize = 250;

/// What became of a phone number.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// E.164.
    Number(String),
    /// E.164, without the extension it had.
    WithoutExtension(String),
    /// Not a phone number, or not one of a possible length.
    Unreadable,
}

/// The country of numbers that name none.
#[derive(Debug, Clone)]
pub(in crate::mapping) struct Country {
    id: Id,
    /// Its calling code.
    code: u16,
    trunk: Trunk,
}

/// What is dialled before a number inside the country.
#[derive(Debug, Clone)]
enum Trunk {
    /// Nothing: numbers are dialled whole.
    None,
    /// This, and nothing but this has to be taken off.
    Prefix(String),
    /// It depends on the number.
    Special,
}

impl Country {
    /// By its ISO 3166-1 alpha-2 code, in either case.
    pub(super) fn parse(code: &str) -> Option<Self> {
        let id: Id = code.trim().to_ascii_uppercase().parse().ok()?;
        let known = DATABASE.by_id(id.as_ref())?;
        let rule = known.national_prefix_transform_rule().is_some();
        let trunk = match (known.national_prefix(), known.national_prefix_for_parsing()) {
            (Some(prefix), _) if !rule => Trunk::Prefix(prefix.to_owned()),
            (None, None) => Trunk::None,
            _ => Trunk::Special,
        };
        Some(Self { id, code: known.country_code(), trunk })
    }

    /// A number as it is dialled inside the country: digits, and marks between them. `None` where that is not plain to see; then
    /// the library decides. (For `123-555-1234` in the US it would take the 1 for the trunk prefix.)
    fn plain_national(&self, text: &str) -> Option<String> {
        let mut digits = String::with_capacity(16);
        for b in text.bytes() {
            match b {
                b'0'..=b'9' => digits.push(char::from(b)),
                b' ' | b'-' | b'.' | b'/' | b'(' | b')' => {}
                _ => return None,
            }
        }
        let whole = possible(self.code, digits.len());
        let trunk = match &self.trunk {
            Trunk::Prefix(prefix) => prefix.as_str(),
            Trunk::None => {
                // 00 is how another country is dialled.
                let national = whole && !digits.starts_with("00");
                return national.then(|| format!("+{}{digits}", self.code));
            }
            Trunk::Special => return None,
        };
        if self.code == 1 && whole {
            return Some(format!("+1{digits}"));
        }
        let rest = digits
            .strip_prefix(trunk)
            .filter(|rest| !rest.starts_with('0') && possible(self.code, rest.len()))?;
        (trunk == "0" || !whole).then(|| format!("+{}{rest}", self.code))
    }
}

/// To E.164. A number counts as readable when its country has numbers of that length; whether it is assigned is not asked, so
/// that a made-up `123-555-1234` is written like any other.
pub(super) fn read(text: &str, country: &Country) -> Outcome {
    let text = text.trim();
    if text.len() > LONGEST {
        return Outcome::Unreadable;
    }
    let text = tidy(text);
    if let Some(number) = plain_international(&text).or_else(|| country.plain_national(&text)) {
        return Outcome::Number(number);
    }
    let Ok(number) = phonenumber::parse(Some(country.id), text.as_ref()) else { return Outcome::Unreadable };
    let national = number.national().to_string();
    if !possible(number.code().value(), national.len()) {
        return Outcome::Unreadable;
    }
    let written = number.format().mode(Mode::E164).to_string();
    if number.extension().is_some() { Outcome::WithoutExtension(written) } else { Outcome::Number(written) }
}

/// Digits, plus and spaces of other scripts as ASCII ones; and `+49 (0)89 1234` without the zero in brackets, which is only
/// dialled inside the country.
fn tidy(text: &str) -> Cow<'_, str> {
    let text = if text.is_ascii() {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.chars().map(plain_char).collect())
    };
    if text.contains("(0)") && (text.starts_with('+') || text.starts_with("00")) {
        return Cow::Owned(text.replace("(0)", " "));
    }
    text
}

fn plain_char(c: char) -> char {
    let digit = |zero: char| u32::from(c) - u32::from(zero);
    let value = match c {
        '٠'..='٩' => digit('٠'),
        '۰'..='۹' => digit('۰'),
        '०'..='९' => digit('०'),
        '０'..='９' => digit('０'),
        '＋' => return '+',
        '‐'..='―' | '－' => return '-',
        c if c.is_whitespace() => return ' ',
        c => return c,
    };
    char::from_digit(value, 10).unwrap_or(c)
}

/// The common case without the library's regular expressions: a plus, digits, and marks between them.
fn plain_international(text: &str) -> Option<String> {
    let rest = text.strip_prefix('+')?;
    let mut number = String::with_capacity(16);
    number.push('+');
    for b in rest.bytes() {
        match b {
            b'0'..=b'9' => number.push(char::from(b)),
            b' ' | b'-' | b'.' | b'/' => {}
            _ => return None,
        }
    }
    let digits = &number[1..];
    let code = (1..=3).find_map(|n| {
        let code = digits.get(..n)?.parse().ok()?;
        lengths().contains_key(&code).then_some((n, code))
    });
    let (n, code) = code?;
    let national = &digits[n..];
    (!national.starts_with('0') && possible(code, national.len())).then_some(number)
}

/// Whether a country calling code has numbers of so many digits.
fn possible(code: u16, digits: usize) -> bool {
    lengths().get(&code).is_some_and(|mask| digits < 32 && mask & (1 << digits) != 0)
}

/// The lengths national numbers may have, a bit each, by country calling code.
fn lengths() -> &'static HashMap<u16, u32> {
    static LENGTHS: OnceLock<HashMap<u16, u32>> = OnceLock::new();
    LENGTHS.get_or_init(|| {
        let mut lengths = HashMap::new();
        for country in DATABASE.iter() {
            let mask: &mut u32 = lengths.entry(country.country_code()).or_default();
            let of = country.descriptors();
            let kinds = [
                Some(of.general()),
                of.fixed_line(),
                of.mobile(),
                of.toll_free(),
                of.premium_rate(),
                of.shared_cost(),
                of.personal_number(),
                of.voip(),
                of.pager(),
                of.uan(),
            ];
            for length in kinds.into_iter().flatten().flat_map(Descriptor::possible_length) {
                *mask |= 1_u32.checked_shl(u32::from(*length)).unwrap_or(0);
            }
        }
        lengths
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn e164(text: &str, country: &str) -> Option<String> {
        match read(text, &Country::parse(country).unwrap()) {
            Outcome::Number(number) | Outcome::WithoutExtension(number) => Some(number),
            Outcome::Unreadable => None,
        }
    }

    #[test]
    fn national_and_international_numbers() {
        for (text, country, expected) in [
            ("123-555-1234", "US", "+11235551234"),
            ("(415) 555-2671", "us", "+14155552671"),
            ("1 415 555 2671", "US", "+14155552671"),
            ("+1 (415) 555-2671", "DE", "+14155552671"),
            ("089 1234567", "DE", "+49891234567"),
            ("+49 (0)89 1234567", "US", "+49891234567"),
            ("0049 89 1234567", "DE", "+49891234567"),
            ("030/123456", "DE", "+4930123456"),
            ("01 42 68 53 00", "FR", "+33142685300"),
            ("+33 1 42 68 53 00", "US", "+33142685300"),
            ("06 1234 5678", "IT", "+390612345678"),
            ("+39 06 1234 5678", "US", "+390612345678"),
            ("777 123 456", "CZ", "+420777123456"),
            ("601 234 567", "PL", "+48601234567"),
            ("020 7946 0018", "GB", "+442079460018"),
            ("03-3123-4567", "JP", "+81331234567"),
            ("0049 89 1234567", "CZ", "+49891234567"),
            ("420 777 123 456", "CZ", "+420777123456"),
            ("612 345 678", "ES", "+34612345678"),
            ("8 (912) 345-67-89", "RU", "+79123456789"),
            ("11 98765-4321", "BR", "+5511987654321"),
            ("０８９１２３４５６７", "DE", "+49891234567"),
            ("٠٨٩ ١٢٣٤٥٦٧", "DE", "+49891234567"),
            ("+49\u{a0}89\u{2011}1234567", "US", "+49891234567"),
        ] {
            assert_eq!(e164(text, country).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn an_extension_is_left_out_and_told() {
        assert_eq!(
            read("415-555-2671 ext. 12", &Country::parse("US").unwrap()),
            Outcome::WithoutExtension("+14155552671".to_owned())
        );
    }

    #[test]
    fn what_is_no_number_is_left() {
        for text in ["", "n/a", "12", "call me", "+", "+999 1", "123456789012345678901234567890", "+49 1"] {
            assert_eq!(e164(text, "US"), None, "{text}");
        }
        assert!(Country::parse("XX").is_none() && Country::parse("").is_none());
    }

    proptest! {
        #[test]
        fn any_text_is_taken_and_e164_stays(
            text in any::<String>(),
            dialled in "[+0-9() ./x#*;=a-f-]{0,40}",
            digits in "0{0,2}[0-9]{5,12}",
            country in proptest::sample::select(&["US", "DE", "IT", "CZ", "RU", "BR", "AR", "HU", "GB", "MX", "CN", "IN"][..]),
        ) {
            for text in [text, dialled, digits] {
                if let Some(number) = e164(&text, country) {
                    prop_assert!(number.len() <= 18 && number.starts_with('+'));
                    prop_assert!(number[1..].bytes().all(|b| b.is_ascii_digit()));
                    let again = e164(&number, "US");
                    prop_assert_eq!(again.as_ref(), Some(&number));
                }
            }
        }
    }
}
