//! From a stored value to its reading: trims, has it recognised, and holds that against what is stated.

use crate::model::{Case, PasswordEncoding, PasswordSettings, StoredPassword};

use super::altered::altered;
use super::doubt::doubted;
use super::limits;
use super::method::Conversion;
use super::reading::Reading;
use super::recognise::{recognise, within_caps};
use super::salt_column::salted;
use super::scheme::Seen;
use super::text;
use super::told::tale;
use super::unproven::unproven;

/// A reading, and what was done to the value before it.
#[derive(Debug)]
pub struct Look {
    /// What it is.
    pub reading: Reading,
    /// Whether a line end or the NUL padding of a fixed-width column was taken off its end.
    pub trimmed: bool,
}

/// What a stored password is. Never panics, does no derivation, and takes bounded time whatever the bytes.
pub fn read(stored: &StoredPassword, settings: &PasswordSettings) -> Reading {
    look(stored, settings).reading
}

/// [`read`], and whether the value's end was trimmed.
pub fn look(stored: &StoredPassword, settings: &PasswordSettings) -> Look {
    match settings.case(&stored.columns) {
        Case::Of(own) => look_at(stored, &own),
        Case::Lacks(column) => {
            let look = look_at(stored, settings);
            let reason = format!(
                "a statement goes by the column “{column}”, and what it says for this person is not known here: read people again"
            );
            Look { reading: unproven(look.reading, reason), ..look }
        }
        Case::Others => match tale(settings, stored) {
            None => look_at(stored, settings),
            Some(tale) => {
                let trimmed = trim_end(stored.text.expose()).len() != stored.text.len();
                Look { reading: tale.read(settings, stored, |stored, s| look_at(stored, s).reading), trimmed }
            }
        },
    }
}

/// [`look`] at a value under settings that hold for it.
fn look_at(stored: &StoredPassword, settings: &PasswordSettings) -> Look {
    let whole = stored.text.expose();
    if let Some(look) = padded(whole, stored, settings) {
        return look;
    }
    let text = trim_end(whole);
    let trimmed = text.len() != whole.len();
    if text.len() > limits::STORED_BYTES {
        let reason = format!("it is {} bytes long; no stored password is", text.len());
        return Look { reading: Reading::malformed("a stored password", reason), trimmed };
    }
    let reading = read_text(text, stored, settings);
    if matches!(reading, Reading::Unknown | Reading::Malformed { .. })
        && let Some(digits) = text::raw_digest(whole)
    {
        return Look { reading: read_text(&digits, stored, settings), trimmed: false };
    }
    Look { reading: no_text(reading, text), trimmed }
}

/// A value that nothing knows, or that is damaged, and is no text at all: that is why.
fn no_text(reading: Reading, text: &[u8]) -> Reading {
    let looks_like = match &reading {
        Reading::Unknown => "a stored password",
        Reading::Malformed { looks_like, .. } => *looks_like,
        _ => return reading,
    };
    let reason = if text.contains(&0) {
        "a NUL (zero) byte stands in it, which no stored password has: make sure that the right column is mapped"
    } else if std::str::from_utf8(text).is_err() {
        "its bytes are no text (not UTF-8): make sure that the right column is mapped, and how the source encodes it"
    } else {
        return reading;
    };
    Reading::malformed(looks_like, reason)
}

/// A hash or a marker among the blanks of a fixed-width column. Blanks around anything else may belong to a password.
fn padded(whole: &[u8], stored: &StoredPassword, settings: &PasswordSettings) -> Option<Look> {
    let text = trim_end(whole).trim_ascii();
    if text.len() == trim_end(whole).len()
        || text.len() > limits::STORED_BYTES
        || text::raw_digest(whole).is_some()
    {
        return None;
    }
    let reading = read_text(text, stored, settings);
    let taken = match &reading {
        Reading::Recognised(parsed) => !parsed.is_clear_text(),
        Reading::Ambiguous(candidates) => !candidates.schemes.iter().any(super::Parsed::is_clear_text),
        Reading::Refused { .. } | Reading::Empty { .. } => true,
        _ => false,
    };
    taken.then_some(Look { reading, trimmed: true })
}

/// What a text is, beside the salt and the name that came with it.
fn read_text(text: &[u8], stored: &StoredPassword, settings: &PasswordSettings) -> Reading {
    let salt = stored.salt.as_ref().map(|salt| trim_end(salt.expose())).filter(|salt| !salt.is_empty());
    let (username, columns) = (stored.username.as_deref(), stored.columns.as_slice());
    let seen = Seen { text, salt, username, columns, settings, depth: 0, families: recognise };
    let reading = settled(&seen);
    if matches!(reading, Reading::Ambiguous(_) | Reading::Unknown | Reading::Malformed { .. }) {
        // What is stated does not settle this value: something else that is stated may. What is damaged by its own marks stays so.
        for settings in settings.alternatives() {
            let other = settled(&Seen { settings: &settings, ..seen });
            if matches!(other, Reading::Recognised(_) | Reading::Refused { .. }) {
                return other;
            }
        }
    }
    reading
}

/// What the families say, held against what is stated of the password itself.
fn settled(seen: &Seen<'_>) -> Reading {
    let reading = recognise(seen);
    let settings = seen.settings;
    // What a product's name stands for is one way, over the password as typed. Where another way is stated beside it, the product
    // is not what is meant: where the rest of what is stated describes the value, that decides.
    let changed = settings.password_case.is_some()
        || settings.password_encoding.is_some_and(|encoding| encoding != PasswordEncoding::Utf8);
    let repeated = !settings.chain.is_empty() || settings.iterations.is_some_and(|rounds| rounds > 1);
    if settings.assume.is_some()
        && (changed || repeated)
        && let Reading::Recognised(parsed) = &reading
        && let Conversion::Import(hash) = parsed.conversion()
    {
        let unnamed =
            recognise(&Seen { settings: &PasswordSettings { assume: None, ..settings.clone() }, ..*seen });
        let one_round = hash.is_digest() && unnamed.scheme() != parsed.scheme();
        if unnamed.scheme() == "stated-digest" || (repeated && one_round) {
            return within_caps(salted(doubted(altered(unnamed, seen), seen), seen));
        }
    }
    within_caps(salted(doubted(altered(reading, seen), seen), seen))
}

/// One line end, or the NUL padding of a CHAR column, off the end. Nothing else: blanks may belong to a password.
fn trim_end(text: &[u8]) -> &[u8] {
    if let Some(rest) = text.strip_suffix(b"\n") {
        return rest.strip_suffix(b"\r").unwrap_or(rest);
    }
    if let Some(rest) = text.strip_suffix(b"\r") {
        return rest;
    }
    let end = text.iter().rposition(|byte| *byte != 0).map_or(0, |at| at + 1);
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::{Conversion, Reading, read, trim_end};
    use crate::model::{PasswordSettings, SaltOrder, SecretBytes, StoredPassword};

    #[test]
    fn a_digest_kept_as_bytes_is_read_like_its_hexadecimal_digits() {
        let read_as = |text: &[u8], salt: Option<&[u8]>, settings: &PasswordSettings| {
            let secret = |bytes: &[u8]| SecretBytes::new(bytes.to_vec());
            read(
                &StoredPassword { text: secret(text), salt: salt.map(secret), ..StoredPassword::default() },
                settings,
            )
        };
        let stated =
            |assume: &str| PasswordSettings { assume: Some(assume.into()), ..PasswordSettings::default() };
        // md5("secret"), and sha256 of the salt and "secret"; the last byte of the first is no padding.
        let md5 = b"\x5e\xbe\x22\x94\xec\xd0\xe0\xf0\x8e\xab\x76\x90\xd2\xa6\xee\x69";
        let digits = hex::encode(md5);
        assert_eq!(read_as(md5, None, &stated("md5")).scheme(), "hex-md5");
        let candidates = |text: &[u8]| match read_as(text, None, &PasswordSettings::default()) {
            Reading::Ambiguous(candidates) => {
                candidates.schemes.iter().map(|parsed| parsed.scheme().to_owned()).collect::<Vec<_>>()
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(candidates(md5), candidates(digits.as_bytes()));
        // The same digest, the same request to Okta.
        let hash = |text: &[u8], salt: &[u8]| {
            let settings = PasswordSettings { salt_order: Some(SaltOrder::Prefix), ..stated("sha256") };
            match read_as(text, Some(salt), &settings) {
                Reading::Recognised(parsed) => match parsed.conversion() {
                    Conversion::Import(hash) => serde_json::to_string(&hash).unwrap(),
                    _ => panic!("not imported"),
                },
                other => panic!("{other:?}"),
            }
        };
        let sha = [0xfe_u8, 0, 10, 13].repeat(8);
        assert_eq!(hash(&sha, b"\xff\xfeNaCl"), hash(hex::encode(&sha).as_bytes(), b"\xff\xfeNaCl"));
        // What is text stays text, in whatever encoding, and clear text is never turned into digits.
        for text in [&b"Gr\xf6\xdfenverh\xe4ltnis"[..], b"damaged\x07value!!", "schöner Passwort".as_bytes()]
        {
            let reading = read_as(text, None, &stated("md5"));
            assert!(matches!(reading, Reading::Unknown | Reading::Malformed { .. }), "{reading:?}");
        }
        assert_eq!(read_as(b"correct horse ba", None, &stated("plaintext")).scheme(), "plaintext");
        let odd = read_as(b"correct\thorse ba", None, &stated("plaintext"));
        assert_eq!(odd.scheme(), "plaintext");
    }

    #[test]
    fn two_kinds_of_bare_digests_in_one_column_are_each_read_as_stated() {
        let of = |assume: &str| PasswordSettings {
            assume: Some(assume.to_owned()),
            ..PasswordSettings::default()
        };
        let salted = PasswordSettings { salt_order: Some(SaltOrder::Prefix), ..of("sha256") };
        let both = of("md5").before(&salted);
        let scheme = |text: &str, salt: Option<&str>| {
            let stored =
                StoredPassword { text: text.into(), salt: salt.map(Into::into), ..StoredPassword::default() };
            read(&stored, &both).scheme()
        };
        let (md5, sha256) = ("5f4dcc3b5aa765d61d8327deb882cf99", &"5e884898da280471".repeat(4));
        assert_eq!(scheme(md5, None), "hex-md5");
        assert_eq!(scheme(sha256, Some("s4lt!")), "salted-sha256-prefix-hex-textsalt");
        // Nobody stated what these are.
        assert_eq!(scheme(sha256, None), "ambiguous");
        assert_eq!(scheme(md5, Some("s4lt!")), "ambiguous");
        assert_eq!(scheme("{SSHA}mWKtmGSqcClsvCAz//8K5p8M1TrUYGl6", None), "ldap-ssha");
    }

    #[test]
    fn one_line_end_or_nul_padding_goes() {
        for (from, to) in [
            ("a\n", "a"),
            ("a\r\n", "a"),
            ("a\r", "a"),
            ("a\0\0", "a"),
            ("a\n\n", "a\n"),
            ("a ", "a "),
            ("\0", ""),
        ] {
            assert_eq!(trim_end(from.as_bytes()), to.as_bytes(), "{from:?}");
        }
    }
}
