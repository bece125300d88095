//! Phone numbers to E.164.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

use phonenumber::country::Id;
use phonenumber::metadata::{DATABASE, Descriptor, Metadata};
use regex::{Regex, RegexBuilder};

/// The longest text taken for a phone number, in bytes (Google's libphonenumber has the same limit).
const LONGEST: usize = 250;

/// What became of a phone number.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// E.164.
    Number(String),
    /// E.164, and the extension behind it: `+14155552671 ext. 12`. Okta takes any text as a phone.
    WithExtension(String),
    /// A phone number by its looks, but none that the country's numbering plan has.
    NotInPlan,
    /// Not a phone number.
    Unreadable,
}

/// A number in its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Parts {
    /// The country's calling code.
    code: u16,
    /// The rest, as digits.
    national: String,
}

/// The country of numbers that name none.
#[derive(Debug, Clone)]
pub(in crate::mapping) struct Country {
    id: Id,
    /// Its calling code.
    code: u16,
    trunk: Trunk,
    /// What is dialled before a number abroad (`00`, `011`), at the start of digits.
    abroad: Option<Regex>,
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
        let abroad = known.international_prefix().and_then(|prefix| {
            let start = format!("^(?:{})", prefix.as_str());
            RegexBuilder::new(&start).ignore_whitespace(true).unicode(false).build().ok()
        });
        Some(Self { id, code: known.country_code(), trunk, abroad })
    }

    /// A number abroad as it is dialled from the country, and where it begins behind the international prefix. `None`: it has none.
    fn dialled_abroad(&self, text: &str) -> Option<(Written, usize)> {
        let written = Written::of(text)?;
        let start = self.abroad.as_ref()?.find(&written.digits)?.end();
        Some((written, start))
    }

    /// A number as it is dialled inside the country: digits, and marks between them. `None` where that is not plain to see; then
    /// the library decides. (For `123-555-1234` in the US it would take the 1 for the trunk prefix.)
    fn plain_national(&self, text: &str) -> Option<Parts> {
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
                return national.then_some(Parts { code: self.code, national: digits });
            }
            Trunk::Special => return None,
        };
        if self.code == 1 && whole {
            return Some(Parts { code: 1, national: digits });
        }
        let rest = digits
            .strip_prefix(trunk)
            .filter(|rest| !rest.starts_with('0') && possible(self.code, rest.len()))?;
        (trunk == "0" || !whole).then(|| Parts { code: self.code, national: rest.to_owned() })
    }
}

/// To E.164, if the numbering plan of its country has such a number (Google's metadata). A number is never completed: one without
/// its area code, or with letters in it, stays what it is.
pub(super) fn read(text: &str, country: &Country) -> Outcome {
    let text = text.trim();
    if text.len() > LONGEST {
        return Outcome::Unreadable;
    }
    let text = tidy(text);
    let (dialled, extension) = split_extension(&text);
    let digits = dialled.bytes().filter(u8::is_ascii_digit).count();
    if digits < 3 || dialled.chars().any(char::is_alphabetic) {
        return Outcome::Unreadable;
    }
    let Some(parts) = parts_of(dialled, country) else {
        return Outcome::Unreadable;
    };
    if !in_plan(&parts) {
        return Outcome::NotInPlan;
    }
    let Parts { code, national } = parts;
    match extension {
        None => Outcome::Number(format!("+{code}{national}")),
        Some(extension) => Outcome::WithExtension(format!("+{code}{national} ext. {extension}")),
    }
}

/// A number with a plus, or behind the country's international prefix, names its country: it is read by no rule of the default
/// country, which would take the 1 of `+49 (171) …` for its own trunk prefix.
fn parts_of(dialled: &str, country: &Country) -> Option<Parts> {
    if dialled.contains('+') {
        let rest = dialled.trim_start_matches([' ', '(', '[']).strip_prefix('+')?;
        return Written::of(rest)?.number(0);
    }
    let national = country.plain_national(dialled);
    if national.as_ref().is_some_and(in_plan) {
        return national;
    }
    match country.dialled_abroad(dialled) {
        Some((written, start)) => written.number(start).or(national),
        None => national.or_else(|| by_library(dialled, country)),
    }
}

/// What the library makes of a number that names no country: prefixes that depend on the number, a calling code without a plus.
fn by_library(dialled: &str, country: &Country) -> Option<Parts> {
    let number = phonenumber::parse(Some(country.id), dialled).ok()?;
    let parts = Parts { code: number.code().value(), national: number.national().to_string() };
    // Two numbers in one field are not one: nothing of what stands there may be lost.
    let several = dialled.contains(['/', ',', ';', '|', '&', '\n']);
    let digits: String = dialled.chars().filter(char::is_ascii_digit).collect();
    let before = digits.strip_suffix(parts.national.as_str());
    // Nor may any of its digits be: only the calling code and the trunk prefix fall away.
    let kept = match &country.trunk {
        Trunk::Special => !several || before.is_some_and(|before| before.len() <= 6),
        Trunk::None | Trunk::Prefix(_) => before.is_some_and(|before| {
            let trunk = if let Trunk::Prefix(prefix) = &country.trunk { prefix.as_str() } else { "" };
            let rest = before.strip_prefix(&parts.code.to_string()).unwrap_or(before);
            parts.code == country.code && (rest.is_empty() || rest == trunk)
        }),
    };
    (kept && possible(parts.code, parts.national.len())).then_some(parts)
}

/// Words before an extension, in small letters.
const EXTENSIONS: [&str; 14] = [
    "ext",
    "extn",
    "extension",
    "x",
    "xt",
    "int",
    "anexo",
    "ramal",
    "poste",
    "durchwahl",
    "dw",
    "app",
    "доб",
    "klapka",
];

/// The number and its extension: `ext. 12`, `x12`, `#12`, `;ext=12`, `Durchwahl 12`. An extension has at most seven digits.
fn split_extension(text: &str) -> (&str, Option<&str>) {
    let without_scheme = |text| str::strip_prefix(text, "tel:").unwrap_or(text);
    let whole = (without_scheme(text), None);
    let before = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let extension = &text[before.len()..];
    if !(1..=7).contains(&extension.len()) {
        return whole;
    }
    let marked = before.trim_end_matches([' ', '.', ':', '=', '#']);
    let number = marked.trim_end_matches(char::is_alphabetic);
    let word = marked[number.len()..].to_lowercase();
    let said = EXTENSIONS.contains(&word.as_str()) || word.is_empty() && before[marked.len()..].contains('#');
    if !said || !number.bytes().any(|b| b.is_ascii_digit()) {
        return whole;
    }
    (without_scheme(number.trim_end_matches([' ', ',', ';', '(', '-'])), Some(extension))
}

/// Whether the numbering plan behind a calling code has this number. The library's own check only looks at how a number begins,
/// and compiles its patterns again and again.
fn in_plan(parts: &Parts) -> bool {
    static PLANS: OnceLock<Mutex<HashMap<u16, Option<Arc<Regex>>>>> = OnceLock::new();
    let plan = {
        let mut plans =
            PLANS.get_or_init(Mutex::default).lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        plans.entry(parts.code).or_insert_with(|| plan_of(parts.code).map(Arc::new)).clone()
    };
    possible(parts.code, parts.national.len()) && plan.is_some_and(|plan| plan.is_match(&parts.national))
}

/// Every pattern of a number behind a calling code, whole.
fn plan_of(code: u16) -> Option<Regex> {
    let regions = DATABASE.by_code(&code)?;
    let patterns: Vec<&str> =
        regions.iter().flat_map(|region| kinds(region)).map(|kind| kind.national_number().as_str()).collect();
    let whole = format!("^(?:{})$", patterns.join("|"));
    RegexBuilder::new(&whole).ignore_whitespace(true).unicode(false).build().ok()
}

/// The kinds of numbers a country has.
fn kinds(country: &Metadata) -> impl Iterator<Item = &Descriptor> {
    let of = country.descriptors();
    [
        of.fixed_line(),
        of.mobile(),
        of.toll_free(),
        of.premium_rate(),
        of.shared_cost(),
        of.personal_number(),
        of.voip(),
        of.pager(),
        of.uan(),
    ]
    .into_iter()
    .flatten()
}

/// Digits, plus and spaces of other scripts as ASCII ones, and no marks that nobody sees (they come along when a number is copied).
fn tidy(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let unseen = |c: &char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    Cow::Owned(text.chars().filter(|c| !unseen(c)).map(plain_char).collect::<String>().trim().to_owned())
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

/// A number's digits, as they are written.
struct Written {
    digits: String,
    /// Where a zero stands alone in brackets, as in `+49 (0)89 1234`: its place among the digits.
    bracketed: Option<usize>,
}

impl Written {
    /// Digits, and marks between them; `None` where anything else is there.
    fn of(text: &str) -> Option<Self> {
        let mut digits = String::with_capacity(16);
        let mut bracketed = None;
        for (at, b) in text.bytes().enumerate() {
            match b {
                b'0'..=b'9' => digits.push(char::from(b)),
                b'(' | b'[' => {
                    if bracketed.is_none() && matches!(text.get(at + 1..at + 3), Some("0)" | "0]")) {
                        bracketed = Some(digits.len());
                    }
                }
                b' ' | b'\t' | b'-' | b'.' | b'/' | b')' | b']' => {}
                _ => return None,
            }
        }
        Some(Self { digits, bracketed })
    }

    /// The number that begins at this digit with its calling code. All of its digits are kept, but for a zero after the calling
    /// code that is dialled only inside that country.
    fn number(&self, start: usize) -> Option<Parts> {
        let digits = self.digits.get(start..)?;
        // No calling code begins with 0.
        if digits.starts_with('0') {
            return None;
        }
        let (length, code) = (1..=3).find_map(|length| {
            let code = digits.get(..length)?.parse().ok()?;
            lengths().contains_key(&code).then_some((length, code))
        })?;
        let whole = Parts { code, national: digits[length..].to_owned() };
        if let Some(rest) = whole.national.strip_prefix('0').filter(|_| zero_is_trunk(code)) {
            let bracketed = self.bracketed == Some(start + length);
            if bracketed || !in_plan(&whole) {
                let dialled = Parts { code, national: rest.to_owned() };
                return possible(code, rest.len()).then_some(dialled);
            }
        }
        possible(code, whole.national.len()).then_some(whole)
    }
}

/// Whether a zero is dialled before the numbers inside the country of a calling code, and is no part of them (as it is in Italy).
fn zero_is_trunk(code: u16) -> bool {
    let Some(regions) = DATABASE.by_code(&code) else { return false };
    let main = regions.iter().find(|region| region.is_main_country_for_code()).or_else(|| regions.first());
    main.is_some_and(|region| region.national_prefix() == Some("0"))
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
            let all = std::iter::once(country.descriptors().general()).chain(kinds(country));
            for length in all.flat_map(Descriptor::possible_length) {
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
            Outcome::Number(number) => Some(number),
            Outcome::WithExtension(number) => number.split(' ').next().map(str::to_owned),
            Outcome::NotInPlan | Outcome::Unreadable => None,
        }
    }

    #[test]
    fn national_and_international_numbers() {
        for (text, country, expected) in [
            ("212-555-0142", "US", "+12125550142"),
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
    fn an_international_number_is_read_by_the_rules_of_no_other_country() {
        for (text, expected) in [
            ("+49 (171) 2345678", "+491712345678"),
            ("+49 (1)71 2345678", "+491712345678"),
            ("(+49) 171 2345678", "+491712345678"),
            ("+49 0171 2345678", "+491712345678"),
            ("+49 (0171) 2345678", "+491712345678"),
            ("\u{202a}+49 (171) 2345678\u{202c}", "+491712345678"),
            ("+44 (1865) 270000", "+441865270000"),
            ("+44 (0) 1865 270000", "+441865270000"),
            ("+353 (1) 234 5678", "+35312345678"),
            ("+36 (1) 234 5678", "+3612345678"),
            ("+33 (1) 23 45 67 89", "+33123456789"),
            ("+39 0669821234", "+390669821234"),
            ("+39 (06) 69821234", "+390669821234"),
            ("+39 (0)6 69821234", "+390669821234"),
            ("+225 0712345678", "+2250712345678"),
            ("+1 (415) 555-2671", "+14155552671"),
        ] {
            for country in ["US", "DE", "GB", "IT", "HU", "BR", "AR", "RU", "MX"] {
                assert_eq!(e164(text, country).as_deref(), Some(expected), "{text} in {country}");
            }
        }
        for (text, country, expected) in [
            ("011 49 171 2345678", "US", Some("+491712345678")),
            ("011 (49) 171 2345678", "CA", Some("+491712345678")),
            ("011 44 (0)20 7946 0018", "US", Some("+442079460018")),
            ("00 1 415 555 2671", "DE", Some("+14155552671")),
            ("00 39 06 69821234", "DE", Some("+390669821234")),
            ("010 49 171 2345678", "JP", Some("+491712345678")),
            ("810 49 171 2345678", "RU", Some("+491712345678")),
            ("0011 49 171 2345678", "AU", Some("+491712345678")),
            ("+0 201 555 0129", "US", None),
            ("+0049 171 2345678", "US", None),
            ("00 0201 555 0129", "DE", None),
            ("0171 2345678 +1", "DE", None),
        ] {
            assert_eq!(e164(text, country).as_deref(), expected, "{text} in {country}");
        }
    }

    #[test]
    fn an_extension_is_kept() {
        for (text, country, expected) in [
            ("415-555-2671 ext. 12", "US", "+14155552671 ext. 12"),
            ("(415) 555-2671 x12", "US", "+14155552671 ext. 12"),
            ("(415) 555-2671x12", "US", "+14155552671 ext. 12"),
            ("+1 415 555 2671, Ext: 0012", "DE", "+14155552671 ext. 0012"),
            ("tel:+1-415-555-2671;ext=7", "US", "+14155552671 ext. 7"),
            ("415-555-2671 #12", "US", "+14155552671 ext. 12"),
            ("030 123456 Durchwahl 78", "DE", "+4930123456 ext. 78"),
        ] {
            let number = Outcome::WithExtension(expected.to_owned());
            assert_eq!(read(text, &Country::parse(country).unwrap()), number, "{text}");
        }
    }

    #[test]
    fn a_number_is_never_made_up() {
        for (text, country) in [
            ("\u{ff11}\u{ff12}\u{ff13}-9991", "US"),
            ("555-4432 ext. 12", "US"),
            ("555-4432", "US"),
            ("5554432", "CA"),
            ("123-555-1234", "US"),
            ("000-000-0000", "US"),
            ("111-111-1111", "US"),
            ("+1 555 123", "US"),
            ("+49 1", "DE"),
            ("12345", "DE"),
            ("x4432", "US"),
            ("ext. 12", "US"),
            ("1-800-FLOWERS", "US"),
            ("415-555-2671 / 415-555-2672", "US"),
            ("415-555-2671, 415-555-2672", "US"),
            ("+1 415 555 2671 +1 415 555 2672", "US"),
            ("089 1234567 or 0171 1234567", "DE"),
            ("192.168.0.1", "US"),
            ("777 123", "CZ"),
            ("\u{661}\u{662}\u{663}", "EG"),
        ] {
            assert_eq!(e164(text, country), None, "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_left() {
        for text in ["", "n/a", "12", "call me", "+", "+999 1", "123456789012345678901234567890", "+49 1"] {
            assert_eq!(e164(text, "US"), None, "{text}");
        }
        assert!(Country::parse("XX").is_none() && Country::parse("").is_none());
    }

    proptest! {
        /// Every digit that is sent was written, in this order, and none that was written is lost, but for an international prefix
        /// and a zero after the calling code.
        #[test]
        fn no_digit_of_an_international_number_is_lost(
            prefix in proptest::sample::select(&["+", "(+", "00", "011"][..]),
            code in proptest::sample::select(&["1", "49", "44", "39", "33", "36", "353", "225", "20", "0", "7", "54", "55", "52"][..]),
            rest in "[ (]{0,2}[0-9]{1,4}[ )/.-]{0,2}[0-9]{2,5}[ -]?[0-9]{2,5}",
            country in proptest::sample::select(&["US", "DE", "IT", "CZ", "RU", "BR", "AR", "HU", "GB", "MX", "CN", "IN"][..]),
        ) {
            let at_home = Country::parse(country).unwrap();
            let abroad = prefix.contains('+') || at_home.abroad.as_ref().is_some_and(|regex| {
                regex.find(&format!("{prefix}{code}")).is_some_and(|found| found.as_str() == prefix)
            });
            let text = format!("{prefix}{code}{rest}");
            if abroad && let Some(number) = e164(&text, country) {
                let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
                let whole = number == format!("+{code}{digits}");
                let trunk = digits.strip_prefix('0').is_some_and(|digits| number == format!("+{code}{digits}"));
                prop_assert!(whole || trunk, "{} in {}: {}", text, country, number);
            }
        }

        /// The same for a number that names no country: only the trunk prefix, or the calling code without a plus, falls away.
        #[test]
        fn no_digit_of_a_number_at_home_is_lost(
            text in "[(]?[0-9]{1,5}[ )/.-]{0,2}[0-9]{2,5}[ -]?[0-9]{2,5}",
            country in proptest::sample::select(&["US", "DE", "IT", "CZ", "GB", "FR", "HU", "PL"][..]),
        ) {
            if let Some(number) = e164(&text, country) {
                let digits: String = text.chars().filter(char::is_ascii_digit).collect();
                let at_home = Country::parse(country).unwrap();
                let national = number[1..].strip_prefix(&at_home.code.to_string());
                let before = national.and_then(|national| digits.strip_suffix(national));
                let abroad = digits.ends_with(&number[1..]);
                let trunk_zero = at_home.abroad.as_ref().is_some_and(|regex| regex.is_match(&digits));
                prop_assert!(abroad || trunk_zero || before.is_some_and(|before| before.len() <= 4), "{} in {}: {}", text, country, number);
            }
        }

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
