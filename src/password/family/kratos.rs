//! Digests as identity servers take them from elsewhere: Ory Kratos, Zitadel (passwap), Supabase of Firebase people.
//!
//! - `$md5$pf=b64$b64$b64`, `$sha1$…`, `$sha256$…`, `$sha512$…` (Kratos): a template with `{SALT}` and `{PASSWORD}`, the salt, the digest. What
//!   the template puts beside the password on one side is Okta's salt: import. On both sides: hook. `$md5$b64` without parts: import.
//! - `$md5salted-prefix$salt$b64`, `-suffix` (Zitadel): the salt is the characters as they stand: import.
//! - `$hmac-sha256$b64$b64` (Kratos): Base64 of the hex text, and the key: hook.
//! - `$firescrypt$ln=,r=,p=$salt$hash$separator$key` (Kratos), `$firebasescrypt$ln=,r=$…` (Zitadel), `$fbscrypt$v=1,n=,r=,p=,ss=,sk=$salt$hash`
//!   (Supabase): Firebase's scrypt with the project's parameters in the string: hook.
//! - `$md5-crypt$`, `$sha256-crypt$`, `$sha512-crypt$` (Kratos): crypt(3) under another id.
//! - `$SHA$salt$…`: Apache OFBiz (Base64) and AuthMe (hex): hook, as the order is not in the text.
//!
//! `$md5$` is Sun's id too and `$sha1$` NetBSD's: the parts decide. Sources: Kratos' `hash/hash_comparator.go`, passwap's `md5salted` and
//! `firebasescrypt`.

use crate::password::kernel::digest::{Digest, Hash};
use crate::password::kernel::firebase::Firebase;
use crate::password::kernel::hmac::hmac;
use crate::password::kernel::hook_only::HookOnly;
use crate::password::kernel::printable;
use crate::password::kernel::scrypt::Parameters;
use crate::password::reading::{Candidates, Parsed, Reading};
use crate::password::scheme::{Scheme, Seen};
use crate::password::text::{self, Bytes};

/// Digests of identity servers.
pub(crate) struct Kratos;

const KRATOS: &str = "A digest, as Ory Kratos takes it";

impl Scheme for Kratos {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        let (id, rest) = text::split_once(seen.text.strip_prefix(b"$")?, b'$')?;
        let (family, parsed) = match id {
            b"md5" | b"sha1" | b"sha256" | b"sha512" => return templated(id, rest),
            b"md5salted-prefix" | b"md5salted-suffix" => ("Zitadel's salted MD5", salted(id, rest)),
            b"firescrypt" => ("Firebase's scrypt", firescrypt(rest, true)),
            b"firebasescrypt" => ("Firebase's scrypt", firescrypt(rest, false)),
            b"fbscrypt" => ("Firebase's scrypt", fbscrypt(rest)),
            b"md5-crypt" => return crypt(seen, b"$1$", rest),
            b"sha256-crypt" => return crypt(seen, b"$5$", rest),
            b"sha512-crypt" => return crypt(seen, b"$6$", rest),
            b"SHA" => return ofbiz(rest),
            _ => {
                let hash = match id.strip_prefix(b"hmac-")? {
                    b"md5" => Hash::Md5,
                    b"sha1" => Hash::Sha1,
                    b"sha224" => Hash::Sha224,
                    b"sha256" => Hash::Sha256,
                    b"sha384" => Hash::Sha384,
                    b"sha512" => Hash::Sha512,
                    _ => return None,
                };
                ("Kratos' HMAC", keyed(hash, rest))
            }
        };
        Some(parsed.map_or_else(|reason| Reading::malformed(family, reason), Reading::Recognised))
    }
}

/// `pf=template$salt$digest`; of MD5 the digest alone too.
fn templated(id: &[u8], rest: &[u8]) -> Option<Reading> {
    let (hash, scheme) = match id {
        b"md5" => (Hash::Md5, "kratos-md5"),
        b"sha1" => (Hash::Sha1, "kratos-sha1"),
        b"sha256" => (Hash::Sha256, "kratos-sha256"),
        _ => (Hash::Sha512, "kratos-sha512"),
    };
    if hash == Hash::Md5 && !rest.contains(&b'$') {
        // 24 characters of Base64 and nothing else; Sun's has a salt and a dollar sign.
        let digest = text::base64(rest).filter(|digest| digest.len() == hash.len())?;
        return Some(Reading::Recognised(Parsed::new(scheme, "MD5", KRATOS, Digest::unsalted(hash, digest))));
    }
    let rest = rest.strip_prefix(b"pf=")?;
    Some(
        template(hash, scheme, rest)
            .map_or_else(|reason| Reading::malformed("Kratos' digest", reason), Reading::Recognised),
    )
}

fn template(hash: Hash, scheme: &'static str, rest: &[u8]) -> Result<Parsed, &'static str> {
    let [template, salt, digest] = text::fields(rest, b'$').ok_or("it has not three parts")?;
    let template = text::base64(template).ok_or("its template is not Base64")?;
    let salt = if salt.is_empty() {
        Bytes::default()
    } else {
        text::base64(salt).ok_or("its salt is not Base64")?
    };
    let digest = text::base64(digest)
        .filter(|digest| digest.len() == hash.len())
        .ok_or("its digest has the wrong length")?;
    let mut sides = split(&template, b"{PASSWORD}").into_iter();
    let (Some(before), Some(after), None) = (sides.next(), sides.next(), sides.next()) else {
        return Err("its template has not the password in it once");
    };
    let filled = |side: &[u8]| {
        let parts = split(side, b"{SALT}");
        Bytes::new(parts.join(salt.as_slice()))
    };
    let (before, after) = (filled(before), filled(after));
    let scheme = if before.is_empty() || after.is_empty() { scheme } else { "kratos-template" };
    let method = Digest::around(hash, digest, before, after);
    Ok(Parsed::new(scheme, "salted digest (Kratos)", KRATOS, method))
}

/// What stands between the places where a word is.
fn split<'a>(text: &'a [u8], word: &[u8]) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    let (mut from, mut at) = (0, 0);
    while at + word.len() <= text.len() {
        if text[at..].starts_with(word) {
            parts.push(&text[from..at]);
            at += word.len();
            from = at;
        } else {
            at += 1;
        }
    }
    parts.push(&text[from..]);
    parts
}

/// The salt is the text as it stands.
fn salted(id: &[u8], rest: &[u8]) -> Result<Parsed, &'static str> {
    let [salt, digest] = text::fields(rest, b'$').ok_or("it has not two parts")?;
    if salt.is_empty() || !printable(salt) {
        return Err("its salt holds characters that Zitadel does not take");
    }
    let digest =
        text::base64(digest).filter(|digest| digest.len() == 16).ok_or("its digest has the wrong length")?;
    let salt = text::bytes(salt);
    let method = if id.ends_with(b"prefix") {
        Digest::prefix(Hash::Md5, digest, salt)
    } else {
        Digest::postfix(Hash::Md5, digest, salt)
    };
    Ok(Parsed::new(
        "zitadel-md5salted",
        "salted MD5 (Zitadel)",
        "A salted digest, as Zitadel takes it",
        method,
    ))
}

/// Base64 of the hex text of the HMAC, and its key.
fn keyed(hash: Hash, rest: &[u8]) -> Result<Parsed, &'static str> {
    let [digest, key] = text::fields(rest, b'$').ok_or("it has not two parts")?;
    let digits = text::base64(digest).ok_or("its digest is not Base64")?;
    let digest = text::hex(&digits)
        .filter(|digest| digest.len() == hash.len())
        .ok_or("its digest has the wrong length")?;
    let key = text::base64(key).ok_or("its key is not Base64")?;
    let method = HookOnly {
        words: format!("an HMAC of {} over the password", hash.name()).into(),
        reason: "Okta computes plain digests, and this is an HMAC",
        digest,
        rounds: 1,
        compute: move |password: &[u8]| hmac(hash, &key, &[password]),
    };
    Ok(Parsed::new("kratos-hmac", "HMAC (Kratos)", "An HMAC, as Ory Kratos takes it", method))
}

/// `name=number` of a list, in its place.
fn cost(
    fields: &mut std::slice::Split<'_, u8, impl FnMut(&u8) -> bool>,
    name: &[u8],
) -> Result<u32, &'static str> {
    const COST: &str = "its cost parameters are none that Firebase has";
    fields.next().and_then(|field| field.strip_prefix(name)).and_then(text::number).ok_or(COST)
}

/// Firebase's exports write standard Base64, its SDK the URL-safe one.
fn firebase64(bytes: &[u8]) -> Option<Bytes> {
    text::base64(bytes).or_else(|| text::base64_url(bytes))
}

fn firebase(
    parameters: Parameters,
    [salt, separator, key, digest]: [&[u8]; 4],
) -> Result<Parsed, &'static str> {
    let mut salt = firebase64(salt).ok_or("its salt is not Base64")?;
    if !separator.is_empty() {
        salt.extend_from_slice(&firebase64(separator).ok_or("its salt separator is not Base64")?);
    }
    let signer_key =
        firebase64(key).filter(|key| key.len() == 64).ok_or("its signer key is not 64 bytes of Base64")?;
    let digest =
        firebase64(digest).filter(|hash| hash.len() == 64).ok_or("its hash is not 64 bytes of Base64")?;
    let method = Firebase { parameters, salt, signer_key, digest };
    Ok(Parsed::new("firebase-scrypt-string", "scrypt (Firebase)", "scrypt, as Firebase writes it", method))
}

fn firescrypt(rest: &[u8], with_p: bool) -> Result<Parsed, &'static str> {
    let [costs, salt, digest, separator, key] = text::fields(rest, b'$').ok_or("it has not all its parts")?;
    let mut fields = costs.split(|byte| *byte == b',');
    let (n, r) = (cost(&mut fields, b"ln=")?, cost(&mut fields, b"r=")?);
    let p = if with_p { cost(&mut fields, b"p=")? } else { 1 };
    if fields.next().is_some() {
        return Err("it has a parameter too many");
    }
    firebase(Parameters::from_log2(n, r, p)?, [salt, separator, key, digest])
}

fn fbscrypt(rest: &[u8]) -> Result<Parsed, &'static str> {
    let [costs, salt, digest] = text::fields(rest, b'$').ok_or("it has not three parts")?;
    let mut fields = costs.split(|byte| *byte == b',');
    if fields.next() != Some(b"v=1") {
        return Err("its version is none that is known");
    }
    // n is the logarithm, whatever its name says.
    let (n, r, p) = (cost(&mut fields, b"n=")?, cost(&mut fields, b"r=")?, cost(&mut fields, b"p=")?);
    let (mut separator, mut key) = (&b""[..], None);
    for field in fields {
        if let Some(text) = field.strip_prefix(b"ss=") {
            separator = text;
        } else if let Some(text) = field.strip_prefix(b"sk=") {
            key = Some(text);
        } else {
            return Err("it has a parameter too many");
        }
    }
    let key = key.ok_or("the project's signer key is not in it")?;
    firebase(Parameters::from_log2(n, r, p)?, [salt, separator, key, digest])
}

/// crypt(3) under its own id.
fn crypt(seen: &Seen<'_>, id: &[u8], rest: &[u8]) -> Option<Reading> {
    let inner = Bytes::new([id, rest].concat());
    (seen.depth < 2).then(|| (Seen { text: &inner, depth: seen.depth + 1, ..*seen }).recognise())
}

/// `salt$digest` of Apache OFBiz in URL-safe Base64, of AuthMe in hex.
fn ofbiz(rest: &[u8]) -> Option<Reading> {
    const ASK: &str = "Say in the Map step where the salt stood, or prove it with a known password";
    let [salt, digest] = text::fields(rest, b'$')?;
    if salt.is_empty() || !printable(salt) {
        return None;
    }
    if let Some(digest) = text::hex(digest).filter(|digest| digest.len() == 32) {
        let salt = text::bytes(salt);
        let method = HookOnly {
            words: "SHA-256 over the SHA-256 of the password in hex and the salt".into(),
            reason: "Okta computes one digest over the password, and this is a digest of a digest",
            digest,
            rounds: 2,
            compute: move |password: &[u8]| {
                let inner = Bytes::new(hex::encode(Hash::Sha256.of(&[password]).as_slice()).into_bytes());
                Hash::Sha256.of(&[&inner, &salt])
            },
        };
        let parsed =
            Parsed::new("authme-sha256", "SHA-256 (AuthMe)", "A digest, as AuthMe writes it", method);
        return Some(Reading::Recognised(parsed));
    }
    let mut padded = text::bytes(digest);
    let whole = padded.len().next_multiple_of(4);
    padded.resize(whole, b'=');
    let digest = text::base64_url(&padded).filter(|digest| digest.len() == 20)?;
    let of = |prefix: bool| {
        let (digest, salt) = (digest.clone(), text::bytes(salt));
        let method = if prefix {
            Digest::prefix(Hash::Sha1, digest, salt)
        } else {
            Digest::postfix(Hash::Sha1, digest, salt)
        };
        Parsed::new(
            "ofbiz-sha1",
            "salted SHA-1 (OFBiz)",
            "A salted digest, as Apache OFBiz writes it",
            method,
        )
    };
    let shape = "Values like $SHA$salt$digest".into();
    Some(Reading::Ambiguous(Candidates { shape, ask: ASK, schemes: vec![of(true), of(false)] }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_split_at_a_word() {
        let parts = |text: &'static str| split(text.as_bytes(), b"{SALT}").len();
        assert_eq!((parts(""), parts("a{SALT}b"), parts("{SALT}{SALT}"), parts("{SALT")), (1, 2, 3, 1));
    }
}
