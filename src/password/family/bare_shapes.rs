//! What a bare value may be by its shape alone, where nobody stated anything that fits it: every scheme that writes hex or Base64
//! of that many bytes, with or without a salt column. Named, so that a person knows what to ask; tried by the hook, as far as
//! it can be without being told more. Never imported.
//!
//! Shapes that a digest has are `bare_digest`'s. Those here no digest has:
//!
//! | shape | may be |
//! | --- | --- |
//! | 16 hex digits | MySQL before 4.1 in small letters, Oracle 10 in capital ones |
//! | 80, 96, 160 hex digits, or the same in Base64 | keys of Spring Security with the salt in front |
//! | 100, 1024 hex digits beside a salt | Gitea, Grafana; passport-local-mongoose |
//! | 24, 28, 40, 48, 72, 80 bytes in Base64 | Jasypt, with the salt in front |
//! | 40 bytes in Base64 beside a salt | Symfony's PBKDF2 |
//! | `n$`Base64 of 64 bytes beside a salt | SonarQube |

use crate::password::reading::{Candidates, Parsed, Reading};
use crate::password::scheme::Seen;
use crate::password::text::{self, Bytes};

use super::digest_shape::Written;
use super::{columns, folded, products, uncomputed};

const ASK: &str = "Say in the Map step what made these";

/// The schemes beside the plain digests that write so many bytes this way; likeliest first.
pub(super) fn others(seen: &Seen<'_>, bytes: &Bytes, written: Written) -> Vec<Parsed> {
    let mut schemes: Vec<Parsed> = products::of_shape(bytes, written == Written::Base64, seen.salt).collect();
    // MySQL writes small letters.
    if seen.text.iter().any(u8::is_ascii_uppercase) {
        schemes.retain(|parsed| parsed.scheme() != "mysql323");
    }
    schemes.extend(folded::of_shape(seen, bytes, written));
    schemes.extend(columns::of_shape(seen, bytes.len(), written));
    schemes.extend(uncomputed::of_shape(seen, written));
    schemes
}

/// A bare value of a length that no digest has.
pub(super) fn recognise(seen: &Seen<'_>) -> Option<Reading> {
    // A statement that does not fit such a value rather says that it is damaged: see `bare_digest::Misfit`.
    if seen.settings.assume.is_some() {
        return None;
    }
    let (shape, schemes) = if let Some(bytes) = text::hex(seen.text) {
        (format!("{} hex digits", seen.text.len()), others(seen, &bytes, Written::Hex))
    } else if let Some(bytes) = text::base64(seen.text).filter(|_| looks_encoded(seen.text)) {
        (format!("{} bytes in Base64", bytes.len()), others(seen, &bytes, Written::Base64))
    } else {
        let schemes = columns::sonarqube(seen).into_iter().collect();
        ("Iterations and 64 bytes in Base64".to_owned(), schemes)
    };
    (!schemes.is_empty()).then(|| Reading::Ambiguous(Candidates { shape: shape.into(), ask: ASK, schemes }))
}

/// Whether a text is Base64 and not a word or a number that happens to be. Bytes of any kind give letters of both cases.
fn looks_encoded(text: &[u8]) -> bool {
    text.ends_with(b"=")
        || (text.iter().any(u8::is_ascii_uppercase) && text.iter().any(u8::is_ascii_lowercase))
}
