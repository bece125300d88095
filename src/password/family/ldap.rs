//! Digests behind an LDAP label (OpenLDAP, 389 DS, ApacheDS, Dovecot, Spring's `{ldap}`).
//!
//! `{LABEL}` and Base64 of digest ‖ salt: H(password ‖ salt), so `POSTFIX` for Okta. The salt is everything after the digest,
//! 1 to 64 bytes; exactly the digest under an `{SS…}` label is unsalted. Dovecot's suffixes `.HEX` and `.B64` name the
//! encoding; without one, hex of exactly the digest's length is read as hex, but for `{SHA256}`, where it may be the rest of
//! something longer: ambiguous. Labels ignore case. SHA-384: hook.

use crate::password::kernel::digest::{Digest, Hash};
use crate::password::reading::{Candidates, Parsed, Reading};
use crate::password::scheme::{Scheme, Seen};
use crate::password::text;

/// Digests behind an LDAP label.
pub(crate) struct Ldap;

/// A label: its digest, whether a salt follows, and the ids.
struct Label {
    name: &'static str,
    hash: Hash,
    salted: bool,
    id: &'static str,
    hex_id: &'static str,
}

const fn label(
    name: &'static str,
    hash: Hash,
    salted: bool,
    id: &'static str,
    hex_id: &'static str,
) -> Label {
    Label { name, hash, salted, id, hex_id }
}

static LABELS: [Label; 16] = [
    label("SSHA", Hash::Sha1, true, "ldap-ssha", "dovecot-ssha-hex"),
    label("SHA", Hash::Sha1, false, "ldap-sha", "ldap-hex-sha"),
    label("SHA1", Hash::Sha1, false, "ldap-sha", "ldap-hex-sha"),
    label("SSHA256", Hash::Sha256, true, "ldap-ssha256", "dovecot-ssha256-hex"),
    label("SHA256", Hash::Sha256, false, "ldap-sha256", "ldap-hex-sha256"),
    label("SSHA512", Hash::Sha512, true, "ldap-ssha512", "dovecot-ssha512-hex"),
    label("SHA512", Hash::Sha512, false, "ldap-sha512", "ldap-hex-sha512"),
    label("SMD5", Hash::Md5, true, "ldap-smd5", "dovecot-smd5-hex"),
    label("MD5", Hash::Md5, false, "ldap-md5", "ldap-hex-md5"),
    label("LDAP-MD5", Hash::Md5, false, "ldap-md5", "ldap-hex-md5"),
    label("PLAIN-MD5", Hash::Md5, false, "dovecot-plain-md5", "dovecot-plain-md5"),
    label("SSHA384", Hash::Sha384, true, "ldap-ssha384", "dovecot-ssha384-hex"),
    label("SHA384", Hash::Sha384, false, "ldap-sha384", "ldap-hex-sha384"),
    // 389 DS writes these with a hyphen.
    label("SSHA-256", Hash::Sha256, true, "ldap-ssha256", "dovecot-ssha256-hex"),
    label("SSHA-384", Hash::Sha384, true, "ldap-ssha384", "dovecot-ssha384-hex"),
    label("SSHA-512", Hash::Sha512, true, "ldap-ssha512", "dovecot-ssha512-hex"),
];

const fn family(hash: Hash) -> &'static str {
    match hash {
        Hash::Md5 => "an LDAP MD5 value",
        Hash::Sha1 => "an LDAP SHA-1 value",
        Hash::Sha256 => "an LDAP SHA-256 value",
        Hash::Sha512 => "an LDAP SHA-512 value",
        Hash::Sha224 | Hash::Sha384 => "an LDAP SHA-384 value",
    }
}

/// Longest salt, in bytes.
const SALT: usize = 64;

/// How the payload is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Written {
    Either,
    Hex,
    Base64,
}

impl Scheme for Ldap {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        let (spring, text) = match text::after_ignoring_case(seen.text, "{ldap}") {
            Some(rest) => (true, rest),
            None => (false, seen.text),
        };
        let (name, payload) = text::label(text)?;
        let (name, written) = if let Some(name) = strip_suffix(name, ".HEX") {
            (name, Written::Hex)
        } else if let Some(name) = strip_suffix(name, ".B64").or_else(|| strip_suffix(name, ".BASE64")) {
            (name, Written::Base64)
        } else {
            (name, Written::Either)
        };
        let label = LABELS.iter().find(|label| name.eq_ignore_ascii_case(label.name.as_bytes()))?;
        // md5crypt under {MD5}, AIX' {ssha256}06$…: other families'.
        if payload.contains(&b'$') {
            return None;
        }
        // Also what is left of Joomla's `{SHA256}hex:salt` and Spring's 80 digits when they are cut short.
        let hex = written == Written::Either && text::is_hex(payload);
        let doubtful = label.name == "SHA256" && hex;
        // Base64 of nothing but hex digits is none: these are hex, and whether a salt is in them the label does not tell.
        if label.salted && hex && payload.len() >= 32 {
            return Some(match parse(label, payload, Written::Hex, spring) {
                Ok(parsed) => seen.settle(Candidates {
                    shape: "Hex digits behind a label of Base64".into(),
                    ask: "Say in the Map step what made these",
                    schemes: vec![parsed],
                }),
                Err(reason) => Reading::malformed(family(label.hash), reason),
            });
        }
        Some(match parse(label, payload, written, spring) {
            Ok(parsed) if doubtful => seen.settle(Candidates {
                shape: "{SHA256} and 64 hex digits".into(),
                ask: "Say in the Map step whether these are SHA-256 without a salt (ldap-hex-sha256)",
                schemes: vec![parsed],
            }),
            Ok(parsed) => Reading::Recognised(parsed),
            Err(reason) => Reading::malformed(family(label.hash), reason),
        })
    }
}

fn strip_suffix<'a>(name: &'a [u8], suffix: &str) -> Option<&'a [u8]> {
    let (head, tail) = name.split_at_checked(name.len().checked_sub(suffix.len())?)?;
    tail.eq_ignore_ascii_case(suffix.as_bytes()).then_some(head)
}

fn parse(label: &Label, payload: &[u8], written: Written, spring: bool) -> Result<Parsed, &'static str> {
    let len = label.hash.len();
    let hex = written == Written::Hex
        || (written == Written::Either && payload.len() == 2 * len && text::is_hex(payload));
    let bytes = if hex { text::hex(payload) } else { text::base64(payload) };
    let bytes = bytes.ok_or(if hex {
        "what follows the label is not whole hex"
    } else {
        "what follows the label is not whole Base64"
    })?;
    if bytes.len() < len {
        return Err("what follows the label is shorter than its digest: it was cut short");
    }
    let (digest, salt) = bytes.split_at(len);
    if !salt.is_empty() && !label.salted {
        return Err("what follows the label is longer than its digest");
    }
    if salt.len() > SALT {
        return Err("its salt is longer than any");
    }
    let digest = text::bytes(digest);
    let method = if salt.is_empty() {
        Digest::unsalted(label.hash, digest)
    } else {
        Digest::postfix(label.hash, digest, text::bytes(salt))
    };
    let id = match (spring, hex) {
        (true, _) if label.id == "ldap-ssha" => "spring-ldap-ssha",
        (_, true) => label.hex_id,
        (_, false) => label.id,
    };
    let name = match (label.hash, label.salted) {
        (Hash::Md5, true) => "SMD5 (LDAP)",
        (Hash::Md5, false) => "MD5 (LDAP)",
        (Hash::Sha1, true) => "SSHA (LDAP)",
        (Hash::Sha1, false) => "SHA (LDAP)",
        (Hash::Sha256, true) => "SSHA256 (LDAP)",
        (Hash::Sha256, false) => "SHA256 (LDAP)",
        (Hash::Sha512, true) => "SSHA512 (LDAP)",
        (Hash::Sha512, false) => "SHA512 (LDAP)",
        (Hash::Sha224 | Hash::Sha384, true) => "SSHA384 (LDAP)",
        (Hash::Sha224 | Hash::Sha384, false) => "SHA384 (LDAP)",
    };
    Ok(Parsed::new(id, name, "A digest, as LDAP servers keep it", method))
}
