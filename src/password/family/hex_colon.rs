//! `hex:salt`: shops and content systems. The order of salt and password is not in the text: ambiguous until stated.
//!
//! - 32 hex: Joomla 1.5 to 2.5 MD5(password ‖ salt) · osCommerce, Zen Cart, xt:Commerce, Magento 1 MD5(salt ‖ password) · vBulletin's
//!   MD5(MD5(password) ‖ salt), with a colon or a blank before the salt. 64 hex: Magento 1 EE SHA-256(salt ‖ password) · Joomla-like SHA-256(password ‖ salt).
//! - `{SHA256}hex:salt`: Joomla, SHA-256(password ‖ salt). Certain.
//! - `hex:hex` of 16 and 64 bytes: better-auth, scrypt with N 2^14, r 16, p 1; the salt is the hex **text**, the password is
//!   normalised (NFKC) first. Certain.

use crate::password::kernel::digest::{Digest, Hash};
use crate::password::kernel::hook_only::HookOnly;
use crate::password::kernel::printable;
use crate::password::kernel::scrypt::{Normalised, Parameters, Scrypt};
use crate::password::reading::{Candidates, Parsed, Reading};
use crate::password::scheme::{Scheme, Seen};
use crate::password::text::{self, Bytes};

/// `hex:salt`.
pub(crate) struct HexColon;

/// Longest salt any of them writes.
const SALT: usize = 64;

impl Scheme for HexColon {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        let (joomla, rest) = match seen.text.strip_prefix(b"{SHA256}") {
            Some(rest) => (true, rest),
            None => (false, seen.text),
        };
        // vBulletin 5 keeps what it took from version 4 with a blank between.
        if let Some((head, salt)) = text::split_once(rest, b' ')
            && head.len() == 32
            && let Some(digest) = text::hex(head)
            && (1..=SALT).contains(&salt.len())
            && salt.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ')
        {
            return Some(md5(seen, &digest, salt, "32 hex digits, a blank and a salt"));
        }
        let (head, salt) = text::split_once(rest, b':')?;
        let digest = text::hex(head)?;
        if joomla {
            // Without a salt it is either Joomla's or cut short; nobody can tell.
            if digest.len() != 32 || salt.is_empty() || salt.len() > SALT || !printable(salt) {
                return Some(Reading::malformed(
                    "Joomla's SHA-256",
                    "its digest or salt has the wrong length",
                ));
            }
            let method = postfix(Hash::Sha256, digest, salt);
            let origin = "A salted digest, as Joomla writes it";
            return Some(Reading::Recognised(Parsed::new(
                "joomla-sha256",
                "salted SHA-256 (Joomla)",
                origin,
                method,
            )));
        }
        if head.len() == 32 && salt.len() == 128 {
            return better_auth(head, salt);
        }
        if salt.len() > SALT
            || salt.contains(&b':')
            || !printable(salt)
            || (salt.is_empty() && digest.len() != 16)
        {
            return None;
        }
        match digest.len() {
            16 => Some(md5(seen, &digest, salt, "32 hex digits, a colon and a salt")),
            32 => Some(sha256(seen, &digest, salt)),
            _ => None,
        }
    }
}

fn postfix(hash: Hash, digest: Bytes, salt: &[u8]) -> Digest {
    Digest::postfix(hash, digest, text::bytes(salt))
}

fn prefix(hash: Hash, digest: Bytes, salt: &[u8]) -> Digest {
    Digest::prefix(hash, digest, text::bytes(salt))
}

const ASK: &str = "Say in the Map step which shop or content system wrote these";

fn md5(seen: &Seen<'_>, digest: &Bytes, salt: &[u8], shape: &'static str) -> Reading {
    const LABEL: &str = "salted MD5";
    let end = text::bytes(salt);
    let nested = HookOnly {
        words: "MD5 over the MD5 of the password in hex and the salt".into(),
        reason: "Okta computes one digest over the password, and this is a digest of a digest",
        digest: digest.clone(),
        rounds: 2,
        compute: move |password: &[u8]| {
            let inner = Bytes::new(hex::encode(Hash::Md5.of(&[password]).as_slice()).into_bytes());
            Hash::Md5.of(&[&inner, &end])
        },
    };
    let shop = if seen.assumes("oscommerce-md5") { "oscommerce-md5" } else { "magento1-md5" };
    let mut schemes = vec![Parsed::new(
        "joomla15-md5",
        LABEL,
        "A salted digest, as Joomla 1.5 to 2.5 wrote it",
        postfix(Hash::Md5, digest.clone(), salt),
    )];
    // Joomla's oldest have no salt. A shop's always have.
    if !salt.is_empty() {
        let origin = "A salted digest, as osCommerce and Magento 1 wrote it";
        schemes.push(Parsed::new(shop, LABEL, origin, prefix(Hash::Md5, digest.clone(), salt)));
        schemes.push(Parsed::new(
            "vbulletin-text",
            LABEL,
            "A digest of a digest, as vBulletin wrote it",
            nested,
        ));
    }
    seen.settle(Candidates { shape: shape.into(), ask: ASK, schemes })
}

fn sha256(seen: &Seen<'_>, digest: &Bytes, salt: &[u8]) -> Reading {
    const LABEL: &str = "salted SHA-256";
    let magento = prefix(Hash::Sha256, digest.clone(), salt);
    let joomla = postfix(Hash::Sha256, digest.clone(), salt);
    let schemes = vec![
        Parsed::new("magento1-sha256", LABEL, "A salted digest, as Magento 1 Enterprise wrote it", magento),
        Parsed::new(
            "joomla-sha256-bare",
            LABEL,
            "A salted digest, as some Joomla extensions wrote it",
            joomla,
        ),
    ];
    seen.settle(Candidates { shape: "64 hex digits, a colon and a salt".into(), ask: ASK, schemes })
}

fn better_auth(salt: &[u8], key: &[u8]) -> Option<Reading> {
    let parameters = Parameters::new(1 << 14, 16, 1).ok()?;
    let method = Normalised(Scrypt { parameters, salt: text::bytes(salt), key: text::hex(key)? });
    let origin = "scrypt, as better-auth writes it";
    Some(Reading::Recognised(Parsed::new("better-auth-scrypt", "scrypt", origin, method)))
}
