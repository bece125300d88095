//! Bare digests: hex or Base64 of the right length, and nothing that says what made them.
//!
//! 32 hex digits may be MD5 of the password, of salt and password in two orders, an NT hash, half of something longer.
//! Okta would accept any of them with 200. So: without a statement they are ambiguous, never imported (see the room's
//! docs for the rule). Vector ids: `hex-md5` … `base64-sha512`, `salted-<digest>-<order>-<encoding>-<salt encoding>salt`.

use crate::model::{PasswordSettings, SaltOrder, TextEncoding};
use crate::password::kernel::digest::Digest;
use crate::password::kernel::recipe::stated;
use crate::password::reading::{Candidates, Parsed, Reading};
use crate::password::scheme::{Scheme, Seen};
use crate::password::text::{self, Bytes};

use super::bare_shapes;
use super::digest_shape::{Entry, Written, shape};

/// Bare digests.
pub(crate) struct BareDigest;

const ORIGIN: &str = "A bare digest";
const ASK_SCHEME: &str = "Say in the Map step what made these";
const ASK_ORDER: &str = "Say in the Map step where the salt stood, and how it is written";
const ASK_ENCODING: &str = "Say in the Map step whether the salt is text, hex or Base64";
const ASK_MISFIT: &str =
    "What is stated in the Map step is about other values: say what made these too, or try a known password";
const ASK_NO_SALT: &str = "A salt is stated in the Map step, and this person has none: state the digest without a salt, or map the salt column";

impl Entry {
    /// Whether `assume` names this digest: by its word in any layout, or by the layout's id.
    fn stated(&self, seen: &Seen<'_>, id: &str) -> bool {
        (seen.settings.assume.is_none() && seen.settings.digest == Some(stated(self.hash)))
            || seen.assumes(id)
            || seen.assumes(self.word)
            || seen.assumes(self.hash.name())
            || (id == self.hex && self.stated_upper(seen))
    }

    /// Whether `hex-upper-sha256` and the like is stated.
    fn stated_upper(&self, seen: &Seen<'_>) -> bool {
        let stated = seen.settings.assume.as_deref().unwrap_or_default().trim().as_bytes();
        text::after_ignoring_case(stated, "hex-upper-")
            .is_some_and(|word| word.eq_ignore_ascii_case(self.word.as_bytes()))
    }

    fn unsalted(&self, written: Written, digest: &Bytes) -> Parsed {
        let id = if written == Written::Hex { self.hex } else { self.base64 };
        Parsed::new(id, self.labels[0], ORIGIN, Digest::unsalted(self.hash, digest.clone()))
    }

    fn salted(&self, written: Written, digest: &Bytes, way: Way, salt: Bytes) -> Parsed {
        let digest = digest.clone();
        let method = match way.order {
            SaltOrder::Prefix => Digest::prefix(self.hash, digest, salt),
            SaltOrder::Postfix => Digest::postfix(self.hash, digest, salt),
        };
        Parsed::new(self.salted_id(written, way), self.labels[1], ORIGIN, method)
    }

    fn salted_id(&self, written: Written, way: Way) -> &'static str {
        self.salted[usize::from(way.order == SaltOrder::Postfix)][usize::from(written == Written::Base64)]
            [match way.encoding {
                TextEncoding::Text => 0,
                TextEncoding::Hex => 1,
                TextEncoding::Base64 => 2,
            }]
    }
}

/// One way to take a salt column.
#[derive(Clone, Copy)]
struct Way {
    order: SaltOrder,
    encoding: TextEncoding,
}

const ORDERS: [SaltOrder; 2] = [SaltOrder::Prefix, SaltOrder::Postfix];
const ENCODINGS: [TextEncoding; 3] = [TextEncoding::Text, TextEncoding::Hex, TextEncoding::Base64];

/// The salt's bytes, taken one way. `None` if the column isn't written so.
fn salt_bytes(salt: &[u8], encoding: TextEncoding) -> Option<Bytes> {
    match encoding {
        TextEncoding::Text => Some(text::bytes(salt)),
        TextEncoding::Hex => text::hex(salt),
        TextEncoding::Base64 => text::base64(salt),
    }
}

/// Whether a salt's own look casts doubt on taking it as text: nothing but hex digits, or padded Base64.
fn looks_encoded(salt: &[u8]) -> bool {
    (salt.len() >= 16 && text::hex(salt).is_some()) || (salt.ends_with(b"=") && text::base64(salt).is_some())
}

impl Scheme for BareDigest {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        if let Some(described) = super::described::recognise(seen, looks_encoded) {
            return Some(described);
        }
        let Some((entry, written, digest)) = shape(seen.text) else {
            return bare_shapes::recognise(seen);
        };
        // What is stated of values in hex says nothing about one in Base64: it stands as if nothing were stated, so it is never
        // imported by the others' statement, and never lost by it either.
        let encoding = if written == Written::Hex { TextEncoding::Hex } else { TextEncoding::Base64 };
        let nothing = PasswordSettings::default();
        let of_others = seen.settings.encoding.is_some_and(|stated| stated != encoding);
        let seen = &Seen { settings: if of_others { &nothing } else { seen.settings }, ..*seen };
        Some(match seen.salt {
            None => without_salt(seen, entry, written, &digest),
            Some(salt) => with_salt(seen, entry, written, &digest, salt),
        })
    }
}

fn without_salt(seen: &Seen<'_>, entry: &'static Entry, written: Written, digest: &Bytes) -> Reading {
    let parsed = entry.unsalted(written, digest);
    // `hex-sha256` says "without a salt"; `sha256` only says which digest, and a salt order beside it says that there is one.
    let stated = entry.stated(seen, parsed.scheme());
    if seen.assumes(parsed.scheme()) || (stated && seen.settings.salt_order.is_none()) {
        return Reading::Recognised(parsed);
    }
    let stated_other = seen.settings.assume.is_some() || seen.settings.digest.is_some();
    let ask = match (stated, stated_other) {
        // A salt order says that the others have a salt. This one has lost it, or never had one: nobody knows.
        (true, _) => ASK_NO_SALT,
        (false, true) => ASK_MISFIT,
        (false, false) => ASK_SCHEME,
    };
    let mut schemes = vec![parsed];
    schemes.extend(bare_shapes::others(seen, digest, written));
    ambiguous(entry, written, ask, schemes)
}

fn with_salt(
    seen: &Seen<'_>,
    entry: &'static Entry,
    written: Written,
    digest: &Bytes,
    salt: &[u8],
) -> Reading {
    let settings = seen.settings;
    let mut fitting = Vec::new();
    let mut others = Vec::new();
    for order in ORDERS {
        for encoding in ENCODINGS {
            let Some(bytes) = salt_bytes(salt, encoding).filter(|bytes| !bytes.is_empty()) else { continue };
            let way = Way { order, encoding };
            let id = entry.salted_id(written, way);
            let named = seen.assumes(id);
            let order_fits = settings.salt_order.map_or(named, |stated| stated == order);
            let encoding_fits = match settings.salt_encoding {
                Some(stated) => stated == encoding,
                None => named || (encoding == TextEncoding::Text && !looks_encoded(salt)),
            };
            let nothing_stated = settings.assume.is_none() && settings.digest.is_none();
            let digest_fits = nothing_stated || entry.stated(seen, id);
            let list = if order_fits && encoding_fits && digest_fits { &mut fitting } else { &mut others };
            list.push((way, bytes));
        }
    }
    let sure =
        settings.assume.is_some() || settings.digest.is_some() || !like_aspnet_membership(written, salt);
    let parse = |(way, bytes): (Way, Bytes)| entry.salted(written, digest, way, bytes);
    if sure
        && fitting.len() == 1
        && let Some(only) = fitting.pop()
    {
        return Reading::Recognised(parse(only));
    }
    let ask = if settings.assume.as_ref().is_some_and(|_| fitting.is_empty() && settings.salt_order.is_some())
    {
        ASK_MISFIT
    } else if settings.salt_order.is_none() {
        ASK_ORDER
    } else if !sure {
        ASK_SCHEME
    } else {
        ASK_ENCODING
    };
    let mut schemes: Vec<Parsed> = fitting.into_iter().chain(others).map(parse).collect();
    schemes.push(entry.unsalted(written, digest));
    schemes.extend(bare_shapes::others(seen, digest, written));
    ambiguous(entry, written, ask, schemes)
}

/// ASP.NET Membership hashes the password as UTF-16, and looks like this: Base64 beside a salt of 16 bytes in Base64.
fn like_aspnet_membership(written: Written, salt: &[u8]) -> bool {
    written == Written::Base64 && text::base64(salt).is_some_and(|bytes| bytes.len() == 16)
}

fn ambiguous(entry: &'static Entry, written: Written, ask: &'static str, schemes: Vec<Parsed>) -> Reading {
    let shape = entry.shapes[usize::from(written == Written::Base64)].into();
    Reading::Ambiguous(Candidates { shape, ask, schemes })
}

/// Nothing but hex digits or Base64 that no family took, in a column that is stated to hold something else than clear text:
/// cut short, or of a wrong alphabet. Asked last.
pub(crate) struct Misfit;

impl Scheme for Misfit {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        let stated = seen.settings.assume.is_some() && !seen.assumes("plaintext");
        let digits = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=-_".contains(byte);
        (stated && seen.text.len() >= 8 && seen.text.iter().all(digits)).then(|| {
            let reason = "it has not the shape of what is stated: it may be cut short";
            Reading::malformed("what is stated in the Map step", reason)
        })
    }
}
