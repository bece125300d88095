//! Values that something else was wrapped around on the way: LDIF's Base64, drivers' hex, labels that nobody knows.
//!
//! `userPassword:: e1NTSEF9…` is Base64 of `{SSHA}…`; `\x7b…` (PostgreSQL bytea) and `0x7B…` (SQL Server varbinary) are hex of
//! it. Decoded once, and only where a value with marks of its own comes out.

use crate::model::PasswordSettings;
use crate::password::reading::Reading;
use crate::password::scheme::{Scheme, Seen};
use crate::password::text;

/// LDIF's Base64 and drivers' hex. Asked first.
pub(crate) struct Encoded;

impl Scheme for Encoded {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        let inner = match seen.text {
            [b'\\', b'x', rest @ ..] | [b'0', b'x' | b'X', rest @ ..] => text::hex(rest)?,
            // `{` followed by a letter is `e0` to `e3` in Base64, and `$` followed by one is `JD` and the like.
            [b'e', b'0'..=b'3', ..] | [b'J', b'C'..=b'H', ..] => text::base64(seen.text)?,
            _ => return None,
        };
        let marked =
            inner.first() == Some(&b'$') || text::label(&inner).is_some() || inner.starts_with(b"a:");
        // MySQL 8's salt may be any bytes.
        if !marked || !(inner.starts_with(b"$A$") || inner.iter().all(u8::is_ascii_graphic)) {
            return None;
        }
        let reading = (Seen { text: &inner, depth: seen.depth + 1, ..*seen }).recognise();
        (seen.depth < 2 && !matches!(reading, Reading::Unknown)).then_some(reading)
    }
}

/// Base64 of the hex text of a digest: the letters are text and no bytes of a longer digest. Never read as one.
pub(crate) struct Hexed;

impl Scheme for Hexed {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        // 32 to 128 hex digits.
        if !seen.text.len().is_multiple_of(4) || !(44..=172).contains(&seen.text.len()) || seen.depth >= 2 {
            return None;
        }
        let digits = text::base64(seen.text).filter(|inner| text::is_hex(inner))?;
        // What is stated of Base64 is true of the outside.
        let settings = PasswordSettings { encoding: None, ..seen.settings.clone() };
        let reading =
            (Seen { text: &digits, settings: &settings, depth: seen.depth + 1, ..*seen }).recognise();
        Some(reading)
    }
}

/// An array as PHP writes it, with a hash in it: XenForo's `data` (`a:1:{s:4:"hash";s:60:"$2y$…";}`). With a salt beside it, the two are read
/// as if they stood in columns.
pub(crate) struct Serialised;

impl Scheme for Serialised {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        const FAMILY: &str = "an array of PHP with a hash in it";
        if !seen.text.starts_with(b"a:") || seen.depth >= 2 {
            return None;
        }
        let Some(pairs) = array(seen.text) else {
            let reason = "it does not end as it begins: it may be cut short";
            // Any text may begin so; only an array with a hash in it is meant.
            return seen
                .text
                .windows(6)
                .any(|piece| piece == b"\"hash\"")
                .then(|| Reading::malformed(FAMILY, reason));
        };
        let of = |name: &[u8]| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
        let hash = of(b"hash")?;
        let salt = of(b"salt").filter(|salt| !salt.is_empty());
        let mut settings = seen.settings.clone();
        // The function is named: XenForo's own way is a digest of a digest, whatever is stated of others.
        if salt.is_some() && of(b"hashFunc").is_some() {
            settings = PasswordSettings { pepper: settings.pepper, ..PasswordSettings::default() };
            let way = match hash.len() {
                64 => "xenforo1-sha256",
                _ => "xenforo1-sha1",
            };
            settings.assume = Some(way.to_owned());
        }
        let inner = Seen {
            text: hash,
            salt: salt.or(seen.salt),
            settings: &settings,
            depth: seen.depth + 1,
            ..*seen
        };
        Some(inner.recognise())
    }
}

/// The pairs of a flat array of texts, numbers and truths. `None` where it is no such array.
fn array(text: &[u8]) -> Option<Vec<(&[u8], &[u8])>> {
    let rest = text.strip_prefix(b"a:")?;
    let (count, rest) = text::split_once(rest, b':')?;
    let count = text::number(count).filter(|count| *count <= 16)?;
    let mut rest = rest.strip_prefix(b"{")?;
    let mut pairs = Vec::new();
    for _ in 0..count {
        let (key, after) = scalar(rest)?;
        let (value, after) = scalar(after)?;
        pairs.push((key, value));
        rest = after;
    }
    (rest == b"}").then_some(pairs)
}

/// One text (`s:4:"hash";`), number (`i:0;`), truth (`b:1;`) or nothing (`N;`), and what follows it.
fn scalar(text: &[u8]) -> Option<(&[u8], &[u8])> {
    if let Some(rest) = text.strip_prefix(b"s:") {
        let (length, rest) = text::split_once(rest, b':')?;
        let length = usize::try_from(text::number(length)?).ok()?;
        let (value, rest) = rest.strip_prefix(b"\"")?.split_at_checked(length)?;
        return Some((value, rest.strip_prefix(b"\";")?));
    }
    if let Some(rest) = text.strip_prefix(b"N;") {
        return Some((b"", rest));
    }
    let rest = text.strip_prefix(b"i:").or_else(|| text.strip_prefix(b"b:"))?;
    text::split_once(rest, b';')
}

/// A label that no family knows, before a value that one does. Asked after all families with labels.
pub(crate) struct Labelled;

impl Scheme for Labelled {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        let (_, rest) = text::label(seen.text)?;
        // Only values with marks of their own: behind an unknown label bare digests mean anything.
        if !rest.starts_with(b"$") && text::label(rest).is_none() {
            return None;
        }
        let reading = seen.unwrapped(rest)?.recognise();
        matches!(reading, Reading::Recognised(_) | Reading::Refused { .. } | Reading::Malformed { .. })
            .then_some(reading)
    }
}
