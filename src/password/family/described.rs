//! A bare digest as the administrator describes it in the Map step, piece by piece: the digest, the salt and its place, text around
//! the salt, one salt for everybody, a pepper, the password's encoding and case, rounds, digests one after the other.
//!
//! | place | before the password | behind it |
//! | --- | --- | --- |
//! | salt in front | site salt ‖ `salt_before` ‖ salt ‖ `salt_after` ‖ pepper | |
//! | salt behind | | pepper ‖ `salt_before` ‖ salt ‖ `salt_after` ‖ site salt |
//! | no salt | | pepper |
//!
//! One plain digest over the password in UTF-8 is imported; everything else is for the hook. The id is `stated-digest`.

use crate::model::{
    ChainStep, HandsOn, PasswordEncoding, PasswordSettings, SaltOrder, StatedDigest, TextEncoding,
};
use crate::password::kernel::digest::Hash;
use crate::password::kernel::hook_only::Uncomputed;
use crate::password::kernel::recipe::{Recipe, Step, length};
use crate::password::reading::{Parsed, Reading};
use crate::password::scheme::Seen;
use crate::password::text::{self, Bytes};

use super::columns::known;

const ID: &str = "stated-digest";
const ORIGIN: &str = "A digest, as you described it";

/// Whether anything is stated that a plain digest with a salt column does not have.
fn anything(settings: &PasswordSettings) -> bool {
    !settings.chain.is_empty()
        || !settings.salt_before.is_empty()
        || !settings.salt_after.is_empty()
        || settings.site_salt.is_some()
        || settings.pepper.is_some()
        || settings.password_case.is_some()
        || settings.password_encoding.is_some_and(|encoding| encoding != PasswordEncoding::Utf8)
        || settings.iterations.is_some_and(|rounds| rounds > 1)
        || settings.digest.is_some_and(|digest| {
            use StatedDigest::{HmacSha1, HmacSha256, HmacSha512, Md4, Nt};
            matches!(digest, Md4 | Nt | HmacSha1 | HmacSha256 | HmacSha512)
        })
}

/// What an id of a layout (`salted-sha1-prefix-hex-hexsalt`, `hex-md5`, `md5`) says itself.
struct Said {
    digest: Option<StatedDigest>,
    order: Option<SaltOrder>,
    encoding: Option<TextEncoding>,
}

fn said(assume: Option<&str>) -> Option<Said> {
    let Some(assume) = assume else { return Some(Said { digest: None, order: None, encoding: None }) };
    let id = assume.trim().to_ascii_lowercase();
    let mut said = Said { digest: None, order: None, encoding: None };
    for word in id.split('-').filter(|word| !word.is_empty()) {
        match word {
            "md5" => said.digest = Some(StatedDigest::Md5),
            "sha1" | "1" => said.digest = Some(StatedDigest::Sha1),
            "sha224" | "224" => said.digest = Some(StatedDigest::Sha224),
            "sha256" | "256" => said.digest = Some(StatedDigest::Sha256),
            "sha384" | "384" => said.digest = Some(StatedDigest::Sha384),
            "sha512" | "512" => said.digest = Some(StatedDigest::Sha512),
            "prefix" => said.order = Some(SaltOrder::Prefix),
            "postfix" => said.order = Some(SaltOrder::Postfix),
            "textsalt" => said.encoding = Some(TextEncoding::Text),
            "hexsalt" => said.encoding = Some(TextEncoding::Hex),
            "base64salt" => said.encoding = Some(TextEncoding::Base64),
            "hex" | "upper" | "base64" | "salted" | "sha" | "stated" | "digest" => {}
            // A product's own id: not described here.
            _ => return None,
        }
    }
    Some(said)
}

/// Whether an id names a layout of a plain digest, piece by piece.
pub(crate) fn is_layout(id: &str) -> bool {
    said(Some(id)).is_some_and(|said| said.digest.is_some())
}

/// The digest described, if something beyond the ordinary is. `None` leaves the value to the ordinary rules: nothing such is
/// stated, or the value hasn't the described shape.
pub(super) fn recognise(seen: &Seen<'_>, looks_encoded: fn(&[u8]) -> bool) -> Option<Reading> {
    let settings = seen.settings;
    if !anything(settings) {
        return None;
    }
    let said = said(settings.assume.as_deref())?;
    let value = match settings.encoding {
        Some(TextEncoding::Hex) => text::hex(seen.text),
        Some(TextEncoding::Base64) => text::base64(seen.text),
        Some(TextEncoding::Text) => None,
        None => text::hex(seen.text).or_else(|| text::base64(seen.text)),
    }?;
    let digest = settings.chain.last().map(|step| step.digest).or(settings.digest).or(said.digest);
    let digest = digest.or_else(|| by_length(value.len()))?;
    if length(digest) != value.len() {
        return None;
    }
    let salt_column = match seen.salt {
        None => None,
        Some(salt) => {
            let encoding = settings.salt_encoding.or(said.encoding);
            if encoding.is_none() && looks_encoded(salt) {
                return None;
            }
            Some(match encoding.unwrap_or(TextEncoding::Text) {
                TextEncoding::Text => text::bytes(salt),
                TextEncoding::Hex => text::hex(salt)?,
                TextEncoding::Base64 => text::base64(salt)?,
            })
        }
    };
    if [&settings.site_salt, &settings.pepper].iter().any(|s| s.as_ref().is_some_and(|s| s.value().is_none()))
    {
        let words = "a digest over the password and a secret of the application";
        let reason = "the application's secret is stated, but not known here: enter it in the Map step";
        return Some(Reading::Recognised(Parsed::new(ID, "digest", ORIGIN, Uncomputed { words, reason })));
    }
    let site = known(settings.site_salt.as_ref()).unwrap_or_default();
    let order = settings.salt_order.or(said.order);
    let wanted = order.is_some() && settings.chain.is_empty();
    // Others have a salt, and this one lost it: the ordinary rules ask.
    if wanted && salt_column.is_none() && site.is_empty() {
        return None;
    }
    let keyed =
        matches!(digest, StatedDigest::HmacSha1 | StatedDigest::HmacSha256 | StatedDigest::HmacSha512);
    if order.is_none() && settings.chain.is_empty() && !keyed && (salt_column.is_some() || !site.is_empty()) {
        return None;
    }
    let pepper = known(settings.pepper.as_ref()).unwrap_or_default();
    let salts = Salts { settings, column: salt_column, site, pepper };
    let recipe = salts.recipe(value, digest, order.or(keyed.then_some(SaltOrder::Prefix)));
    Some(Reading::Recognised(Parsed::new(ID, "digest", ORIGIN, recipe)))
}

fn by_length(len: usize) -> Option<StatedDigest> {
    use crate::password::kernel::recipe::stated;
    let all = [Hash::Md5, Hash::Sha1, Hash::Sha224, Hash::Sha256, Hash::Sha384, Hash::Sha512];
    all.into_iter().find(|hash| hash.len() == len).map(stated)
}

struct Salts<'a> {
    settings: &'a PasswordSettings,
    column: Option<Bytes>,
    site: &'a [u8],
    pepper: &'a [u8],
}

impl Salts<'_> {
    /// The salt with the text around it; nothing where there is none.
    fn wrapped(&self) -> Bytes {
        self.column.as_ref().map_or_else(Bytes::default, |salt| {
            let around = (self.settings.salt_before.as_bytes(), self.settings.salt_after.as_bytes());
            Bytes::new([around.0, salt, around.1].concat())
        })
    }

    /// What stands before and behind the input of a digest.
    fn around(&self, order: Option<SaltOrder>, pepper: &[u8]) -> (Bytes, Bytes) {
        match order {
            Some(SaltOrder::Prefix) => {
                (Bytes::new([self.site, &self.wrapped(), pepper].concat()), Bytes::default())
            }
            Some(SaltOrder::Postfix) => {
                (Bytes::default(), Bytes::new([pepper, &self.wrapped(), self.site].concat()))
            }
            None => (Bytes::default(), text::bytes(pepper)),
        }
    }

    fn recipe(&self, value: Bytes, digest: StatedDigest, order: Option<SaltOrder>) -> Recipe {
        let chain = if self.settings.chain.is_empty() {
            &[ChainStep { digest, salt: order, hands_on: HandsOn::Hex }][..]
        } else {
            &self.settings.chain
        };
        let steps = chain.iter().enumerate().map(|(at, step)| {
            // The pepper stands beside the password, so only in the first step.
            let (before, after) = self.around(step.salt, if at == 0 { self.pepper } else { &[] });
            Step { digest: step.digest, before, after, hands_on: step.hands_on }
        });
        Recipe {
            encoding: self.settings.password_encoding.unwrap_or(PasswordEncoding::Utf8),
            case: self.settings.password_case,
            steps: steps.collect(),
            rounds: self.settings.iterations.unwrap_or(1).max(1),
            value,
        }
    }
}
