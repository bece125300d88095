//! Digests whose salt is made of things that stand outside the value: the user name, a realm, one salt for everybody. All of
//! it stands on one side of the password, so it folds into Okta's salt.
//!
//! - `{DIGEST-MD5}` and 32 hex digits (Dovecot), `http-digest-ha1` (stated): H(user `:` realm `:` password): import PREFIX.
//! - `smf-sha1` (stated): SHA-1(user name in small letters ‖ password), Simple Machines Forum: import PREFIX.
//! - `site-salt-md5`, `-sha1`, `-sha256`, `-sha512` (stated): one salt of the application for everybody, on the side that is
//!   stated: CakePHP 2's `Security.salt`, PrestaShop 1.6's cookie key: import.
//! - `spring-legacy-salt-column`, `symfony-messagedigest-1` (stated): H(password ‖ `{salt}`), salt column without braces: import POSTFIX.
//! - `spring-SHA-256-base64`, `spring-SHA-256-iterated` (stated): Spring's `{salt}` and Base64 or hex without a label; one round: import
//!   POSTFIX, more (`setIterations`): hook. `spring-sha256-standard-site-secret` (stated): 1024 rounds of
//!   SHA-256(salt ‖ secret ‖ password): hook.
//! - `jasypt-1-iteration` (stated): Base64 of salt ‖ digest, H(salt ‖ password): import PREFIX; people who typed their
//!   password in decomposed Unicode are lost, as Jasypt normalises it first.

use crate::model::{SaltOrder, StatedDigest, TextEncoding};
use crate::password::kernel::digest::{Digest, Hash};
use crate::password::kernel::hook_only::{HookOnly, Uncomputed};
use crate::password::kernel::printable;
use crate::password::kernel::recipe::stated;
use crate::password::reading::{Candidates, Parsed, Reading};
use crate::password::scheme::{Scheme, Seen};
use crate::password::text::{self, Bytes};

use super::braced::{braced, is_label};
use super::columns::known;
use super::digest_shape::Written;
use super::digest_shape::is_bare;

/// `{DIGEST-MD5}`.
pub(crate) struct DigestMd5;

/// Stated digests with folded salts.
pub(crate) struct Folded;

const ORIGIN: &str = "As you stated";
const SHAPE: &str = "it has not the shape of what is stated";

impl Scheme for DigestMd5 {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        let rest = text::after_ignoring_case(seen.text, "{DIGEST-MD5}")?;
        let digest = text::hex(rest).filter(|digest| digest.len() == 16);
        Some(match digest {
            Some(digest) => {
                ha1(seen, "dovecot-digest-md5", "A digest, as Dovecot keeps it", Hash::Md5, digest)
            }
            None => Reading::malformed("Dovecot's DIGEST-MD5", "its digest has not 32 hex digits"),
        })
    }
}

/// H(user `:` realm `:` password).
fn ha1(seen: &Seen<'_>, id: &'static str, origin: &'static str, hash: Hash, digest: Bytes) -> Reading {
    const LABEL: &str = "HTTP digest";
    let name = seen.username.filter(|name| !name.is_empty() && !name.contains(':'));
    let realm = seen.settings.realm.as_deref().filter(|realm| !realm.contains(':'));
    let (Some(name), Some(realm)) = (name, realm) else {
        let words = "a digest over user name, realm and password";
        let reason = "user name and realm are part of it: map the one and state the other in the Map step";
        return Reading::Recognised(Parsed::new(id, LABEL, origin, Uncomputed { words, reason }));
    };
    // A user name that carries the realm, as Dovecot's logins do, is hashed without it.
    let at_realm = name.strip_suffix(realm).and_then(|name| name.strip_suffix('@'));
    let name = if realm.is_empty() { name } else { at_realm.unwrap_or(name) };
    let salt = text::bytes(format!("{name}:{realm}:").as_bytes());
    Reading::Recognised(Parsed::new(id, LABEL, origin, Digest::prefix(hash, digest, salt)))
}

impl Scheme for Folded {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        let id = seen.settings.assume.as_deref()?.trim();
        let reading = match id.to_ascii_lowercase().as_str() {
            "http-digest-ha1" => {
                // SHA-256 is rare, and as long as an MD5 that something doubled: it has to be said.
                let sha256 = seen.settings.digest == Some(StatedDigest::Sha256);
                let hash = if sha256 { Hash::Sha256 } else { Hash::Md5 };
                let digest = either(seen, seen.text).filter(|(found, _)| *found == hash);
                digest.map(|(_, digest)| ha1(seen, "http-digest-ha1", ORIGIN, hash, digest))
            }
            "spring-legacy-salt-column" => braces("spring-legacy-salt-column", seen).map(Reading::Recognised),
            "symfony-messagedigest-1" => braces("symfony-messagedigest-1", seen).map(Reading::Recognised),
            "smf-sha1" | "smf" => smf(seen),
            "site-salt-md5" => site("site-salt-md5", Hash::Md5, seen),
            "site-salt-sha1" => site("site-salt-sha1", Hash::Sha1, seen),
            "site-salt-sha256" => site("site-salt-sha256", Hash::Sha256, seen),
            "site-salt-sha512" => site("site-salt-sha512", Hash::Sha512, seen),
            "spring-sha-256-base64" => spring_braced("spring-SHA-256-base64", seen, 1),
            "spring-sha-256-iterated" => {
                spring_braced("spring-SHA-256-iterated", seen, seen.settings.iterations.unwrap_or(0))
            }
            "spring-sha256-standard" | "spring-sha256-standard-site-secret" => {
                standard(seen, ORIGIN, seen.text)
            }
            "jasypt-1-iteration" => jasypt(seen).map(Reading::Recognised),
            _ => return None,
        };
        match reading {
            Some(Reading::Malformed { .. }) | None if is_bare(seen.text) => None,
            reading => {
                Some(reading.unwrap_or_else(|| Reading::malformed("what is stated in the Map step", SHAPE)))
            }
        }
    }
}

/// The schemes of this family that write so many bytes this way: HTTP digest, SMF, Spring's standard encoder, Jasypt.
pub(super) fn of_shape(seen: &Seen<'_>, bytes: &Bytes, written: Written) -> Vec<Parsed> {
    const ORIGIN: &str = "A digest of one product's kind";
    let readings = match (written, bytes.len()) {
        (Written::Hex, 16) => vec![Some(ha1(seen, "http-digest-ha1", ORIGIN, Hash::Md5, bytes.clone()))],
        (Written::Hex, 32) => vec![Some(ha1(seen, "http-digest-ha1", ORIGIN, Hash::Sha256, bytes.clone()))],
        (Written::Hex, 20) => vec![smf(seen)],
        (Written::Hex, 40) if seen.salt.is_none() => vec![standard(seen, ORIGIN, seen.text)],
        (Written::Base64, _) => vec![jasypt(seen).map(Reading::Recognised)],
        _ => Vec::new(),
    };
    let mut schemes = Vec::new();
    for reading in readings.into_iter().flatten() {
        match reading {
            Reading::Recognised(parsed) => schemes.push(parsed),
            Reading::Ambiguous(candidates) => schemes.extend(candidates.schemes),
            _ => {}
        }
    }
    if let (Some(_), Some(parsed)) = (seen.salt, braces("spring-legacy-salt-column", seen)) {
        schemes.push(parsed);
    }
    schemes
}

/// H(password ‖ `{salt}`): the salt column has no braces, what is hashed has.
fn braces(id: &'static str, seen: &Seen<'_>) -> Option<Parsed> {
    let (hash, digest) = either(seen, seen.text)?;
    let salt = Bytes::new([b"{", seen.salt?, b"}"].concat());
    Some(Parsed::new(id, "salted digest", ORIGIN, Digest::postfix(hash, digest, salt)))
}

/// Hex or Base64 of a digest that Okta knows: the one that is stated, written as it is stated.
fn either(seen: &Seen<'_>, text: &[u8]) -> Option<(Hash, Bytes)> {
    let settings = seen.settings;
    let of = |digest: Bytes| {
        let known = [Hash::Md5, Hash::Sha1, Hash::Sha256, Hash::Sha512];
        let hash = known.into_iter().find(|hash| hash.len() == digest.len())?;
        settings.digest.is_none_or(|said| said == stated(hash)).then_some((hash, digest))
    };
    let hex = || text::hex(text).and_then(of);
    let base64 = || text::base64(text).and_then(of);
    match settings.encoding {
        Some(TextEncoding::Hex) => hex(),
        Some(TextEncoding::Base64) => base64(),
        Some(TextEncoding::Text) => None,
        None => hex().or_else(base64),
    }
}

/// Simple Machines Forum: the user name in small letters is the salt. PHP's `strtolower` left letters beyond ASCII alone or
/// not, by version and locale: where that matters, nobody knows which.
fn smf(seen: &Seen<'_>) -> Option<Reading> {
    const LABEL: &str = "SHA-1 (SMF)";
    let digest = text::hex(seen.text).filter(|digest| digest.len() == 20)?;
    let of = |name: &str| {
        let method = Digest::prefix(Hash::Sha1, digest.clone(), text::bytes(name.as_bytes()));
        Parsed::new("smf-sha1", LABEL, ORIGIN, method)
    };
    let Some(name) = seen.username.filter(|name| !name.is_empty()) else {
        let words = "SHA-1 over the user name and the password";
        let reason = "the user name is part of it, and none is mapped";
        return Some(Reading::Recognised(Parsed::new(
            "smf-sha1",
            LABEL,
            ORIGIN,
            Uncomputed { words, reason },
        )));
    };
    let (ascii, all) = (name.to_ascii_lowercase(), name.to_lowercase());
    Some(if ascii == all {
        Reading::Recognised(of(&all))
    } else {
        Reading::Ambiguous(Candidates {
            shape: "A digest with a user name beyond ASCII".into(),
            ask: "PHP put such names into small letters in two ways, and only the hook can try both",
            schemes: vec![of(&ascii), of(&all)],
        })
    })
}

/// One salt of the application for everybody.
fn site(id: &'static str, hash: Hash, seen: &Seen<'_>) -> Option<Reading> {
    const LABEL: &str = "salted digest";
    let (_, digest) = either(seen, seen.text).filter(|(_, digest)| digest.len() == hash.len())?;
    let Some(salt) = known(seen.settings.site_salt.as_ref()).filter(|salt| !salt.is_empty()) else {
        let words = "a digest over the password and one salt for everybody";
        let reason = "the application's salt is part of it: state it in the Map step";
        return Some(Reading::Recognised(Parsed::new(id, LABEL, ORIGIN, Uncomputed { words, reason })));
    };
    let of = |order| {
        let (digest, salt) = (digest.clone(), text::bytes(salt));
        let method = match order {
            SaltOrder::Prefix => Digest::prefix(hash, digest, salt),
            SaltOrder::Postfix => Digest::postfix(hash, digest, salt),
        };
        Parsed::new(id, LABEL, ORIGIN, method)
    };
    Some(match seen.settings.salt_order {
        Some(order) => Reading::Recognised(of(order)),
        None => Reading::Ambiguous(Candidates {
            shape: "A digest with one salt for everybody".into(),
            ask: "Say in the Map step where the salt stood",
            schemes: vec![of(SaltOrder::Prefix), of(SaltOrder::Postfix)],
        }),
    })
}

/// `{salt}` and a digest in hex or Base64; the braces are hashed too.
fn spring_braced(id: &'static str, seen: &Seen<'_>, rounds: u32) -> Option<Reading> {
    const LABEL: &str = "SHA-256 (Spring)";
    let (salt, payload) = braced(seen.text);
    let (hash, digest) = either(seen, payload).filter(|_| printable(salt) && !is_label(salt))?;
    let salt = if salt.len() <= 2 { Bytes::default() } else { text::bytes(salt) };
    if rounds == 0 {
        let words = "rounds of a digest over password and salt";
        let reason = "how many rounds has to be stated in the Map step";
        return Some(Reading::Recognised(Parsed::new(id, LABEL, ORIGIN, Uncomputed { words, reason })));
    }
    if rounds == 1 {
        let method = Digest::around(hash, digest, Bytes::default(), salt);
        return Some(Reading::Recognised(Parsed::new(id, LABEL, ORIGIN, method)));
    }
    let method = HookOnly {
        words: format!("{rounds} rounds of {} over the password and the salt", hash.name()).into(),
        reason: "Okta computes one round of a digest, and this has more",
        digest,
        rounds,
        compute: move |password: &[u8]| {
            (1..rounds).fold(hash.of(&[password, &salt]), |digest, _| hash.of(&[&digest]))
        },
    };
    Some(Reading::Recognised(Parsed::new(id, LABEL, ORIGIN, method)))
}

/// `StandardPasswordEncoder`: 80 hex digits, with the site-wide secret where one is stated.
pub(super) fn standard(seen: &Seen<'_>, origin: &'static str, hex: &[u8]) -> Option<Reading> {
    const LABEL: &str = "SHA-256 × 1024 (Spring)";
    const SECRET: &str = "spring-sha256-standard-site-secret";
    let bytes = text::hex(hex).filter(|bytes| bytes.len() == 40)?;
    let stated = seen.settings.secret.is_some() || seen.assumes(SECRET);
    let id = if stated { SECRET } else { "spring-sha256-standard" };
    let secret = if stated { known(seen.settings.secret.as_ref()) } else { Some(&b""[..]) };
    let Some(secret) = secret else {
        let words = "1024 rounds of SHA-256 over salt, secret and password";
        let reason = "the application's secret is part of it: state it in the Map step";
        return Some(Reading::Recognised(Parsed::new(id, LABEL, origin, Uncomputed { words, reason })));
    };
    let (salt, digest) = bytes.split_at(8);
    let (salt, secret) = (text::bytes(salt), text::bytes(secret));
    let method = HookOnly {
        words: "1024 rounds of SHA-256 over the salt and the password".into(),
        reason: "Okta computes one round of SHA-256, and this has 1024",
        digest: text::bytes(digest),
        rounds: 1024,
        compute: move |password: &[u8]| {
            let first = Hash::Sha256.of(&[&salt, &secret, password]);
            (1..1024).fold(first, |digest, _| Hash::Sha256.of(&[&digest]))
        },
    };
    Some(Reading::Recognised(Parsed::new(id, LABEL, origin, method)))
}

/// Jasypt with one iteration: salt in front of the digest.
fn jasypt(seen: &Seen<'_>) -> Option<Parsed> {
    let bytes = text::base64(seen.text)?;
    let (hash, salt) = match (bytes.len(), seen.settings.salt_bytes) {
        (24, None | Some(8)) => (Hash::Md5, 8),
        (28, None | Some(8)) => (Hash::Sha1, 8),
        (40, None | Some(8)) => (Hash::Sha256, 8),
        (48, None | Some(16)) => (Hash::Sha256, 16),
        (72, None | Some(8)) => (Hash::Sha512, 8),
        (80, None | Some(16)) => (Hash::Sha512, 16),
        _ => return None,
    };
    let (salt, digest) = bytes.split_at(salt);
    let method = Digest::prefix(hash, text::bytes(digest), text::bytes(salt));
    Some(Parsed::new("jasypt-1-iteration", "salted digest (Jasypt)", ORIGIN, method))
}
