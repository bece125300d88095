//! Plain bcrypt, bare and in the wrappers products put around it.
//!
//! `$2a$`, `$2b$`, `$2y$` name fixes of implementation faults, not different algorithms. Written by PHP's
//! `password_hash`, Ruby, Node, Go, Auth0, Supabase, Laravel, Rails, `htpasswd -B`; in `{bcrypt}` by Spring, `bcrypt$` by
//! Django, `{CRYPT}` by OpenLDAP, `{BLF-CRYPT}` by Dovecot, `#jbcrypt:` by Jenkins, `1|` by Nextcloud. `$2x$` is PHP's
//! faulty one: hook. `:0` behind it is Magento 2's, of a value it took over. `$2$` (1997) hashed no terminator: reset.
//!
//! Stated: `meteor-bcrypt`, `flask-bcrypt-long`, `bcrypt-of-md5` and the like run it over a digest in hex, `devise-bcrypt-pepper` (or any
//! pepper stated) over password ‖ pepper: hook. Behind a label too nothing is imported against such a statement.

use crate::password::altered::{Altered, keyed};
use crate::password::kernel::bcrypt::{Bcrypt as Kernel, Prepared, SignExtended};
use crate::password::kernel::digest::Hash;
use crate::password::kernel::hook_only::Uncomputed;
use crate::password::reading::{Parsed, Reading};
use crate::password::scheme::{Scheme, Seen};
use crate::password::systems::{Habit, stated_by};
use crate::password::text::{self, Bytes};

use super::columns::known;

/// Plain bcrypt.
pub(crate) struct Bcrypt;

/// Labels by cost, so that a table of a million people makes none of them.
const LABELS: [&str; 32] = [
    "bcrypt · 0",
    "bcrypt · 1",
    "bcrypt · 2",
    "bcrypt · 3",
    "bcrypt · 4",
    "bcrypt · 5",
    "bcrypt · 6",
    "bcrypt · 7",
    "bcrypt · 8",
    "bcrypt · 9",
    "bcrypt · 10",
    "bcrypt · 11",
    "bcrypt · 12",
    "bcrypt · 13",
    "bcrypt · 14",
    "bcrypt · 15",
    "bcrypt · 16",
    "bcrypt · 17",
    "bcrypt · 18",
    "bcrypt · 19",
    "bcrypt · 20",
    "bcrypt · 21",
    "bcrypt · 22",
    "bcrypt · 23",
    "bcrypt · 24",
    "bcrypt · 25",
    "bcrypt · 26",
    "bcrypt · 27",
    "bcrypt · 28",
    "bcrypt · 29",
    "bcrypt · 30",
    "bcrypt · 31",
];

/// Takes a wrapper off: the scheme's id, who writes it, and the bcrypt string.
fn unwrap(text: &[u8]) -> Option<(&'static str, &'static str, &[u8])> {
    if text.starts_with(b"$2") {
        return Some(("", "bcrypt, as PHP, Ruby, Node, Go and many others write it", text));
    }
    if text.first() == Some(&b'{') {
        let (label, rest) = text::label(text)?;
        if label == b"bcrypt" {
            return Some(("spring-bcrypt", "bcrypt, as Spring Security writes it", rest));
        }
        if label.eq_ignore_ascii_case(b"CRYPT") && rest.starts_with(b"$2") {
            return Some(("ldap-crypt-bcrypt", "bcrypt, as LDAP servers keep it", rest));
        }
        if label.eq_ignore_ascii_case(b"BLF-CRYPT") || label.eq_ignore_ascii_case(b"BCRYPT") {
            return Some(("dovecot-blf-crypt", "bcrypt, as Dovecot writes it", rest));
        }
        return None;
    }
    for (prefix, id, origin) in [
        ("bcrypt$", "django-bcrypt", "bcrypt, as Django writes it"),
        ("#jbcrypt:", "jenkins-jbcrypt", "bcrypt, as Jenkins writes it"),
        ("1|", "nextcloud-1-bcrypt", "bcrypt, as Nextcloud writes it"),
    ] {
        if let Some(rest) = text.strip_prefix(prefix.as_bytes())
            && (prefix == "bcrypt$" || rest.starts_with(b"$2"))
        {
            return Some((id, origin, rest));
        }
    }
    None
}

impl Scheme for Bcrypt {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        let (wrapped, origin, inner) = unwrap(seen.text)?;
        let (bare, rest) = match inner {
            [b'$', b'2', b'a', b'$', rest @ ..] => ("bcrypt-2a", rest),
            [b'$', b'2', b'b', b'$', rest @ ..] => ("bcrypt-2b", rest),
            [b'$', b'2', b'y', b'$', rest @ ..] => ("bcrypt-2y", rest),
            [b'$', b'2', b'x', b'$', rest @ ..] => ("bcrypt-2x", rest),
            [b'$', b'2', b'$', rest @ ..] => ("bcrypt-2", rest),
            [b'$', b'2', ..] => {
                return Some(Reading::malformed("bcrypt", "its version is none that bcrypt has"));
            }
            _ => return Some(Reading::malformed("bcrypt", "no bcrypt value follows its prefix")),
        };
        // Magento puts a version behind what it took from its predecessor: `:0`, nothing was done to it.
        let rest = rest.strip_suffix(b":0").filter(|rest| rest.len() == 56).unwrap_or(rest);
        let kernel = match Kernel::parse(rest) {
            Ok(kernel) => kernel,
            Err(reason) => return Some(Reading::malformed("bcrypt", reason)),
        };
        let own = seen.settings.assume.as_deref().and_then(stated_by).map(|system| system.habit);
        let label = LABELS[usize::from(kernel.cost()) % 32];
        Some(Reading::Recognised(match bare {
            "bcrypt-2x" => {
                Parsed::new("bcrypt-2x", label, "bcrypt, as PHP before 5.3.7 wrote it", SignExtended(kernel))
            }
            "bcrypt-2" => Parsed::new("bcrypt-2", label, "The bcrypt of 1997", ANCIENT),
            _ if own == Some(Habit::Keyed) => peppered_unknown(),
            _ if own == Some(Habit::Own) => {
                let version = match bare {
                    "bcrypt-2b" => "$2b$",
                    "bcrypt-2y" => "$2y$",
                    _ => "$2a$",
                };
                let prepare =
                    Box::new(move |inner: &Kernel, password: &[u8]| inner.text_of(version, password));
                let words = "the bcrypt text of the password, made with the same salt";
                let method = Prepared { inner: kernel, prepare, words };
                Parsed::new("woltlab", label, "bcrypt over bcrypt, as WoltLab writes it", method)
            }
            _ if wrapped.is_empty()
                && (seen.assumes("devise-bcrypt-pepper")
                    || (seen.settings.pepper.is_some() && !keyed(seen.settings))) =>
            {
                peppered(seen, label, kernel)
            }
            _ if wrapped.is_empty()
                && let Some(over) = OVER.iter().find(|over| seen.assumes(over.id)) =>
            {
                let hash = over.hash;
                let prepare = Box::new(move |_: &Kernel, password: &[u8]| in_hex(hash, password));
                let method = Prepared { inner: kernel, prepare, words: over.words };
                Parsed::new(over.id, label, over.origin, method)
            }
            // A pepper that nobody said: what was made without one can still be checked.
            _ if seen.assumes("devise-bcrypt-pepper") && seen.settings.pepper.is_none() => {
                let (change, words) =
                    (Box::new(|_: &[u8]| None), "a pepper may have been put beside it first".into());
                Parsed::new(
                    wrapped,
                    label,
                    origin,
                    Altered { inner: Box::new(kernel), change, words, typed_too: true },
                )
            }
            // Behind a label it is the product's own bcrypt, or an older digest that was put into it: only the hook can try both.
            _ if let Some(over) = OVER.iter().find(|over| seen.assumes(over.id)) => {
                let hash = over.hash;
                let change = Box::new(move |password: &[u8]| Some(in_hex(hash, password)));
                let words = format!("it may be over {}", over.words).into();
                Parsed::new(
                    wrapped,
                    label,
                    origin,
                    Altered { inner: Box::new(kernel), change, words, typed_too: true },
                )
            }
            _ => Parsed::new(if wrapped.is_empty() { bare } else { wrapped }, label, origin, kernel),
        }))
    }
}

/// bcrypt over a digest in hex, which the text does not tell: as stated.
struct Over {
    id: &'static str,
    hash: Hash,
    words: &'static str,
    origin: &'static str,
}

static OVER: [Over; 5] = [
    Over {
        id: "meteor-bcrypt",
        hash: Hash::Sha256,
        words: "the SHA-256 of the password in hex",
        origin: "bcrypt, as Meteor writes it",
    },
    Over {
        id: "flask-bcrypt-long",
        hash: Hash::Sha256,
        words: "the SHA-256 of the password in hex",
        origin: "bcrypt, as Flask-Bcrypt writes it for long passwords",
    },
    Over {
        id: "bcrypt-of-md5",
        hash: Hash::Md5,
        words: "the MD5 of the password in hex",
        origin: "bcrypt, put over an older MD5",
    },
    Over {
        id: "bcrypt-of-sha1",
        hash: Hash::Sha1,
        words: "the SHA-1 of the password in hex",
        origin: "bcrypt, put over an older SHA-1",
    },
    Over {
        id: "bcrypt-of-sha512",
        hash: Hash::Sha512,
        words: "the SHA-512 of the password in hex",
        origin: "bcrypt, put over a SHA-512",
    },
];

/// A digest of the password in small hex digits.
fn in_hex(hash: Hash, password: &[u8]) -> Bytes {
    Bytes::new(hex::encode(hash.of(&[password]).as_slice()).into_bytes())
}

/// The SHA-256 of the password as 64 small hex digits.
pub(crate) fn sha256_hex(_: &Kernel, password: &[u8]) -> Bytes {
    in_hex(Hash::Sha256, password)
}

/// bcrypt over password ‖ pepper.
fn peppered(seen: &Seen<'_>, label: &'static str, inner: Kernel) -> Parsed {
    const ID: &str = "devise-bcrypt-pepper";
    const ORIGIN: &str = "bcrypt, as Devise writes it with a pepper";
    match known(seen.settings.pepper.as_ref()).map(text::bytes) {
        Some(pepper) => {
            let prepare =
                Box::new(move |_: &Kernel, password: &[u8]| Bytes::new([password, &pepper].concat()));
            Parsed::new(
                ID,
                label,
                ORIGIN,
                Prepared { inner, prepare, words: "the password and the application's pepper" },
            )
        }
        None => Parsed::new(ID, label, ORIGIN, PEPPERED),
    }
}

/// bcrypt with a pepper that may be there, and that nobody said.
pub(crate) fn peppered_unknown() -> Parsed {
    Parsed::new("devise-bcrypt-pepper", "bcrypt with a pepper", "bcrypt with a pepper", PEPPERED)
}

/// `$2$`.
const ANCIENT: Uncomputed = Uncomputed {
    words: "bcrypt before its first fix, over the password without its end mark",
    reason: "neither Okta nor Causeway computes bcrypt as it was in 1997",
};

/// bcrypt over password and pepper.
const PEPPERED: Uncomputed = Uncomputed {
    words: "bcrypt over the password and a secret that only the old application knows",
    reason: "the application's pepper is mixed in: state it in the Map step",
};
