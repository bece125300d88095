//! `digest$salt$hex`: three frameworks, three meanings. Ambiguous until stated.
//!
//! Django H(salt ‖ password) · Werkzeug before 2.3 HMAC(key = salt, password) · web2py H(password ‖ salt); the salt is text. Four fields,
//! `digest$salt$n$hex`, are npm's `password-hash`: HMAC(key = salt), n times over its own hex.

use crate::password::kernel::digest::{Digest, Hash};
use crate::password::kernel::hmac::hmac;
use crate::password::kernel::hook_only::HookOnly;
use crate::password::kernel::printable;
use crate::password::reading::{Candidates, Parsed, Reading};
use crate::password::scheme::{Scheme, Seen};
use crate::password::text::{self, Bytes};

/// `digest$salt$hex`.
pub(crate) struct DollarHex;

/// A digest: its word in the text, and the ids by framework. Django only had two of them.
struct Entry {
    word: &'static str,
    hash: Hash,
    django: Option<&'static str>,
    werkzeug: &'static str,
    web2py: &'static str,
}

static ENTRIES: [Entry; 6] = [
    Entry {
        word: "md5",
        hash: Hash::Md5,
        django: Some("django-md5"),
        werkzeug: "werkzeug-legacy-hmac-md5",
        web2py: "web2py-md5",
    },
    Entry {
        word: "sha1",
        hash: Hash::Sha1,
        django: Some("django-sha1"),
        werkzeug: "werkzeug-legacy-hmac-sha1",
        web2py: "web2py-sha1",
    },
    Entry {
        word: "sha224",
        hash: Hash::Sha224,
        django: None,
        werkzeug: "werkzeug-legacy-hmac-sha224",
        web2py: "web2py-sha224",
    },
    Entry {
        word: "sha256",
        hash: Hash::Sha256,
        django: None,
        werkzeug: "werkzeug-legacy-hmac-sha256",
        web2py: "web2py-sha256",
    },
    Entry {
        word: "sha384",
        hash: Hash::Sha384,
        django: None,
        werkzeug: "werkzeug-legacy-hmac-sha384",
        web2py: "web2py-sha384",
    },
    Entry {
        word: "sha512",
        hash: Hash::Sha512,
        django: None,
        werkzeug: "werkzeug-legacy-hmac-sha512",
        web2py: "web2py-sha512",
    },
];

impl Scheme for DollarHex {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        let (word, rest) = text::split_once(seen.text, b'$')?;
        let entry = ENTRIES.iter().find(|entry| entry.word.as_bytes() == word)?;
        let malformed = |reason: &'static str| Some(Reading::malformed("a salted digest", reason));
        let (salt, rounds, digest) = if let Some([salt, digest]) = text::fields(rest, b'$') {
            (salt, None, digest)
        } else if let Some([salt, rounds, digest]) = text::fields(rest, b'$') {
            let Some(rounds) = text::number(rounds).filter(|n| *n > 0) else {
                return malformed("its number of rounds is none");
            };
            (salt, Some(rounds), digest)
        } else {
            return malformed("it has not three or four parts");
        };
        let Some(digest) = text::hex(digest).filter(|digest| digest.len() == entry.hash.len()) else {
            return malformed("its digest has the wrong length");
        };
        if salt.is_empty() || !printable(salt) {
            return malformed("its salt holds characters that such values don't have");
        }
        Some(match rounds {
            Some(rounds) => Reading::Recognised(npm(entry, salt, rounds, digest)),
            None => three(seen, entry, salt, &digest),
        })
    }
}

fn three(seen: &Seen<'_>, entry: &'static Entry, salt: &[u8], digest: &Bytes) -> Reading {
    let (hash, salt) = (entry.hash, text::bytes(salt));
    let key = salt.clone();
    let by_hmac = HookOnly {
        words: format!("an HMAC of {} over the password, with the salt as its key", hash.name()).into(),
        reason: "Okta computes plain digests, and this is an HMAC",
        digest: digest.clone(),
        rounds: 1,
        compute: move |password: &[u8]| hmac(hash, &key, &[password]),
    };
    let mut schemes = Vec::with_capacity(3);
    if let Some(id) = entry.django {
        let method = Digest::prefix(hash, digest.clone(), salt.clone());
        schemes.push(Parsed::new(
            id,
            "salted digest (Django)",
            "A salted digest, as early Django wrote it",
            method,
        ));
    }
    schemes.push(Parsed::new(
        entry.werkzeug,
        "HMAC (Werkzeug)",
        "An HMAC, as Werkzeug before 2.3 wrote it",
        by_hmac,
    ));
    let method = Digest::postfix(hash, digest.clone(), salt);
    schemes.push(Parsed::new(
        entry.web2py,
        "salted digest (web2py)",
        "A salted digest, as web2py writes it",
        method,
    ));
    seen.settle(Candidates {
        shape: "Values like sha1$salt$hex".into(),
        ask: "Say in the Map step which framework wrote these: Django, Werkzeug or web2py",
        schemes,
    })
}

fn npm(entry: &'static Entry, salt: &[u8], rounds: u32, digest: Bytes) -> Parsed {
    let (hash, key) = (entry.hash, text::bytes(salt));
    let method = HookOnly {
        words: format!("an HMAC of {} over the password, {rounds} times", hash.name()).into(),
        reason: "Okta computes plain digests, and this is an HMAC",
        digest,
        rounds,
        compute: move |password: &[u8]| {
            let mut mac = hmac(hash, &key, &[password]);
            for _ in 1..rounds {
                mac = hmac(hash, &key, &[hex::encode(mac.as_slice()).as_bytes()]);
            }
            mac
        },
    };
    Parsed::new(
        "npm-password-hash",
        "HMAC (password-hash)",
        "An HMAC, as npm's password-hash writes it",
        method,
    )
}
