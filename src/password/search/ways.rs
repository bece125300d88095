//! The ways of one round, and products' own: every statement that is plausible for a value's length and shape.

use crate::model::{
    ChainStep, HandsOn, LetterCase, PasswordEncoding, PasswordSettings, Preparation, SaltOrder, StatedDigest,
    TextEncoding,
};
use crate::password::systems::stated_by;
use crate::password::{Parsed, Reading, names_salt, read, stated as statements, system_of, text};

use super::fit::Fit;
use super::known::{Known, SaltFrom};
use super::meter::{Meter, Stage};
use super::pool::{Try, run};
use super::sources::{Source, Sources};

const ORDERS: [SaltOrder; 2] = [SaltOrder::Prefix, SaltOrder::Postfix];

/// What people put between salt and password, and around salts.
const WRAPS: [(&str, &str); 16] = [
    ("", ""),
    ("{", "}"),
    ("", ":"),
    (":", ""),
    ("", "-"),
    ("-", ""),
    ("", "--"),
    ("--", ""),
    ("", "$"),
    ("$", ""),
    ("", "|"),
    ("|", ""),
    ("", "."),
    (".", ""),
    ("", "_"),
    ("_", ""),
];

/// Digests that are nested in home-made schemes.
const NESTED: [StatedDigest; 4] =
    [StatedDigest::Md5, StatedDigest::Sha1, StatedDigest::Sha256, StatedDigest::Sha512];
const HANDS: [HandsOn; 4] = [HandsOn::Hex, HandsOn::Raw, HandsOn::Upper, HandsOn::Base64];

/// A bare digest: how it is written, and the digests that are as long.
pub(super) struct Shape {
    pub(super) encoding: TextEncoding,
    pub(super) bytes: text::Bytes,
    digests: &'static [StatedDigest],
}

impl Shape {
    /// Of a value that is nothing but hex or Base64.
    pub(super) fn of(value: &[u8]) -> Option<Self> {
        let digits = text::raw_digest(value);
        let value = digits.as_deref().map_or(value, Vec::as_slice);
        let (encoding, bytes) = match text::hex(value) {
            Some(bytes) => (TextEncoding::Hex, bytes),
            None => (TextEncoding::Base64, text::base64(value)?),
        };
        let digests: &[StatedDigest] = match bytes.len() {
            16 => &[StatedDigest::Md5, StatedDigest::Nt, StatedDigest::Md4],
            20 => &[StatedDigest::Sha1, StatedDigest::HmacSha1],
            28 => &[StatedDigest::Sha224],
            32 => &[StatedDigest::Sha256, StatedDigest::HmacSha256],
            48 => &[StatedDigest::Sha384],
            64 => &[StatedDigest::Sha512, StatedDigest::HmacSha512],
            _ => &[],
        };
        Some(Self { encoding, bytes, digests })
    }
}

/// Tries them all.
pub(super) fn try_all(
    known: &Known,
    sources: &Sources,
    as_read: &Reading,
    stated: &PasswordSettings,
    meter: &Meter,
) -> Vec<Fit> {
    let ground = ground(stated);
    let shape = Shape::of(known.stored.text.expose());
    let passwords = passwords(known.password.expose());
    let mut tries: Vec<Try<'_>> = Vec::new();
    let every = std::iter::once(&sources.none).chain(&sources.salted);
    if let Some(shape) = &shape {
        for source in every.clone() {
            for settings in plain(shape, source, &ground, &passwords) {
                tries.push(Try { source, settings });
            }
        }
    }
    // What the shape may be, and every product's own way.
    let mut ids: Vec<&str> = match as_read {
        Reading::Ambiguous(candidates) => candidates.schemes.iter().map(Parsed::scheme).collect(),
        _ => Vec::new(),
    };
    ids.extend(statements().iter().map(|s| s.id).filter(|id| *id != "plaintext"));
    // A product's own way over a value that names its scheme takes as long as that: see `slow`.
    let costly = known.stored.text.expose().starts_with(b"$");
    ids.retain(|id| !(takes_long(id) || costly && stated_by(id).is_some()));
    // A value that tells how it was made is read by that, whatever product is stated.
    let told = if carries_a_salt(known) { told(&sources.none) } else { None };
    if let Some(scheme) = told {
        ids = vec![scheme];
    }
    let mapped = sources.salted.iter().find(|source| source.from == [SaltFrom::AsMapped]);
    for source in every.clone().take(if told.is_some() { 1 } else { usize::MAX }) {
        let likely = told.is_some() || mapped.is_none_or(|mapped| std::ptr::eq(mapped, source));
        for id in &ids {
            for settings in products(id, source, &ground, &passwords, likely) {
                tries.push(Try { source, settings });
            }
        }
    }
    if let Some(shape) = &shape {
        for source in every {
            for settings in chains(shape, source, &ground, &passwords) {
                tries.push(Try { source, settings });
            }
        }
    }
    meter.begin(Stage::OneRound, tries.len());
    run(tries, &known.password, meter)
}

/// Whether a product's way is made to take long, or repeats a digest.
fn takes_long(id: &str) -> bool {
    ["pbkdf2", "scrypt", "bcrypt", "argon2", "jasypt", "iterated", "symfony-messagedigest-5000", "crypt-"]
        .iter()
        .any(|part| id.contains(part))
        // bcrypt over what a product makes of the password.
        || (system_of(id).is_some_and(|system| system.id == id) && id != "devise")
}

/// The products' ways that take long, each as it is.
pub(super) fn slow(
    known: &Known,
    sources: &Sources,
    as_read: &Reading,
    stated: &PasswordSettings,
    meter: &Meter,
) -> Vec<Fit> {
    let ground = ground(stated);
    let mut ids: Vec<&str> = match as_read {
        Reading::Ambiguous(candidates) => candidates.schemes.iter().map(Parsed::scheme).collect(),
        _ => Vec::new(),
    };
    ids.extend(statements().iter().map(|s| s.id));
    // Products that do the same are told from each other by their tables only: `bcrypt-of-md5` says it for all of them.
    let same = |id: &str| {
        ["vbulletin5", "matomo", "suitecrm", "nodebb", "meteor"].contains(&id)
            && stated.made_by.as_deref() != Some(id)
    };
    ids.retain(|id| takes_long(id) && !same(id));
    ids.dedup();
    let mut tries = mixed_in(known, sources, &ground);
    // A value that carries its own salt is made without another by every product there is.
    let beside = if carries_a_salt(known) { 0 } else { 3 };
    for source in std::iter::once(&sources.none).chain(sources.salted.iter().take(beside)) {
        for id in &ids {
            for settings in products(id, source, &ground, &[], false) {
                tries.push(Try { source, settings });
            }
        }
    }
    meter.begin(Stage::ManyRounds, tries.len());
    run(tries, &known.password, meter)
}

/// Whether a value's text says how it was made, so that its own salt stands in it.
fn carries_a_salt(known: &Known) -> bool {
    let text = known.stored.text.expose();
    text.contains(&b'$') || text.starts_with(b"{")
}

/// The scheme that a value's text names, whatever is stated.
fn told(alone: &Source) -> Option<&'static str> {
    match read(&alone.stored, &PasswordSettings::default()) {
        Reading::Recognised(parsed) => Some(parsed.scheme()),
        Reading::Ambiguous(candidates) if candidates.by_salt() => {
            candidates.schemes.first().map(Parsed::scheme)
        }
        _ => None,
    }
}

/// As many salts are mixed in in every way, and as many only as they are.
const MIXED: (usize, usize) = (2, 8);

/// A salt of another column that was put beside the password before a value that carries its own salt was made of it: as it is, and
/// with a digest before it, after it, or both.
fn mixed_in<'a>(known: &Known, sources: &'a Sources, ground: &PasswordSettings) -> Vec<Try<'a>> {
    use Preparation::{
        Md5Hex, SaltAfter, SaltBefore, Sha1Hex, Sha256Base64, Sha256Hex, Sha384Base64, Sha512Base64,
        Sha512Hex,
    };
    if !carries_a_salt(known) {
        return Vec::new();
    }
    let plain = [SaltBefore, SaltAfter].map(|salt| vec![salt]);
    let digests = [Sha256Hex, Md5Hex, Sha1Hex, Sha512Hex, Sha256Base64, Sha384Base64, Sha512Base64];
    let digested = digests.into_iter().flat_map(|digest| {
        [SaltBefore, SaltAfter]
            .into_iter()
            .flat_map(move |salt| [vec![salt, digest], vec![digest, salt], vec![digest, salt, digest]])
    });
    let every: Vec<_> = plain.iter().cloned().chain(digested).collect();
    // Where a column is called a salt, it is one.
    let mut salts: Vec<&Source> = sources.salted.iter().collect();
    let called = |from: &SaltFrom| match from {
        SaltFrom::AsMapped => true,
        SaltFrom::Column(name) => names_salt(name),
        SaltFrom::UserName | SaltFrom::Nowhere => false,
    };
    salts.sort_by_key(|source| !source.from.iter().any(called));
    let mut tries = Vec::new();
    for (at, source) in salts.into_iter().take(MIXED.1).enumerate() {
        let ways = if at < MIXED.0 { every.as_slice() } else { plain.as_slice() };
        for prepared in ways {
            for salt_encoding in source.encodings.iter().copied() {
                let settings = PasswordSettings {
                    salt_encoding: Some(salt_encoding),
                    prepared: prepared.clone(),
                    ..ground.clone()
                };
                tries.push(Try { source, settings });
            }
        }
    }
    tries
}

/// The secrets that are stated: every way is tried with them, nothing else of what was stated is kept.
pub(super) fn ground(stated: &PasswordSettings) -> PasswordSettings {
    PasswordSettings {
        secret: stated.secret.clone(),
        site_salt: stated.site_salt.clone(),
        pepper: stated.pepper.clone(),
        realm: stated.realm.clone(),
        firebase: stated.firebase.clone(),
        // What the tables show stays true: only a statement about these very values settles it.
        made_by: stated.made_by.clone(),
        ..PasswordSettings::default()
    }
}

/// What may have been done to the password first; only what makes a difference for this one.
fn passwords(password: &[u8]) -> Vec<(Option<PasswordEncoding>, Option<LetterCase>)> {
    let mut all = vec![(None, None), (Some(PasswordEncoding::Utf16Le), None)];
    if let Ok(text) = std::str::from_utf8(password) {
        if !text.is_ascii() {
            all.push((Some(PasswordEncoding::Windows1252), None));
        }
        for (case, changed) in [
            (LetterCase::Lower, text.to_lowercase() != text),
            (LetterCase::Upper, text.to_uppercase() != text),
        ] {
            if changed {
                all.extend([(None, Some(case)), (Some(PasswordEncoding::Utf16Le), Some(case))]);
            }
        }
    }
    all.push((Some(PasswordEncoding::Utf16Be), None));
    all
}

/// One digest, the salt on one side.
fn plain(
    shape: &Shape,
    source: &Source,
    ground: &PasswordSettings,
    passwords: &[(Option<PasswordEncoding>, Option<LetterCase>)],
) -> Vec<PasswordSettings> {
    let mut all = Vec::new();
    let salted = source.stored.salt.is_some();
    for (password_encoding, password_case) in passwords.iter().copied() {
        for digest in shape.digests.iter().copied() {
            let base = PasswordSettings {
                assume: word(digest).map(str::to_owned),
                digest: Some(digest),
                encoding: Some(shape.encoding),
                password_encoding,
                password_case,
                ..ground.clone()
            };
            if !salted {
                all.push(base);
                continue;
            }
            for encoding in source.encodings.iter().copied() {
                for (before, after) in WRAPS {
                    for order in ORDERS {
                        all.push(PasswordSettings {
                            salt_order: Some(order),
                            salt_encoding: Some(encoding),
                            salt_before: before.to_owned(),
                            salt_after: after.to_owned(),
                            ..base.clone()
                        });
                    }
                }
            }
        }
    }
    // Plain UTF-8 and no separators first: the sort is stable.
    all.sort_by_key(|s| {
        (
            s.password_encoding.is_some() || s.password_case.is_some(),
            !s.salt_before.is_empty() || !s.salt_after.is_empty(),
        )
    });
    all
}

/// What is stated for one round of a digest.
pub(super) fn word(digest: StatedDigest) -> Option<&'static str> {
    Some(match digest {
        StatedDigest::Md5 => "md5",
        StatedDigest::Sha1 => "sha1",
        StatedDigest::Sha224 => "sha224",
        StatedDigest::Sha256 => "sha256",
        StatedDigest::Sha384 => "sha384",
        StatedDigest::Sha512 => "sha512",
        StatedDigest::Nt => "nt-hash",
        _ => return None,
    })
}

/// A product's own way, by its id.
fn products(
    id: &str,
    source: &Source,
    ground: &PasswordSettings,
    passwords: &[(Option<PasswordEncoding>, Option<LetterCase>)],
    likely: bool,
) -> Vec<PasswordSettings> {
    let base = PasswordSettings { assume: Some(id.to_owned()), ..ground.clone() };
    let mut all = vec![base.clone()];
    if source.stored.salt.is_some() {
        for salt_encoding in source.encodings.iter().copied() {
            all.push(PasswordSettings { salt_encoding: Some(salt_encoding), ..base.clone() });
        }
    }
    if likely {
        for (password_encoding, password_case) in passwords.iter().copied().skip(1) {
            all.push(PasswordSettings { password_encoding, password_case, ..base.clone() });
        }
    }
    all
}

/// Two digests, one over the other; three for the mapped salt and none.
fn chains(
    shape: &Shape,
    source: &Source,
    ground: &PasswordSettings,
    passwords: &[(Option<PasswordEncoding>, Option<LetterCase>)],
) -> Vec<PasswordSettings> {
    let salted = source.stored.salt.is_some();
    let places: &[Option<SaltOrder>] =
        if salted { &[None, Some(SaltOrder::Prefix), Some(SaltOrder::Postfix)] } else { &[None] };
    let last = shape.digests.iter().copied().filter(|d| NESTED.contains(d));
    let mut steps: Vec<Vec<ChainStep>> = Vec::new();
    for end in last {
        for inner in NESTED {
            for hands_on in HANDS {
                for first in places {
                    for second in places {
                        let one = ChainStep { digest: inner, salt: *first, hands_on };
                        let two = ChainStep { digest: end, salt: *second, hands_on: HandsOn::Hex };
                        if !salted || first.is_some() || second.is_some() {
                            steps.push(vec![one, two]);
                        }
                    }
                }
            }
        }
        // Three of one kind, in hex or bytes: what people write who think that more is better.
        let usual = source.from.iter().any(|from| matches!(from, SaltFrom::AsMapped | SaltFrom::Nowhere));
        if usual {
            for hands_on in [HandsOn::Hex, HandsOn::Raw] {
                for middle in [end, StatedDigest::Md5, StatedDigest::Sha1] {
                    for inner in [end, StatedDigest::Md5, StatedDigest::Sha1] {
                        for a in places {
                            for b in places {
                                for c in places {
                                    if salted && a.is_none() && b.is_none() && c.is_none() {
                                        continue;
                                    }
                                    steps.push(vec![
                                        ChainStep { digest: inner, salt: *a, hands_on },
                                        ChainStep { digest: middle, salt: *b, hands_on },
                                        ChainStep { digest: end, salt: *c, hands_on: HandsOn::Hex },
                                    ]);
                                }
                            }
                        }
                    }
                }
            }
        }
    }
    let mut all = Vec::new();
    for (password_encoding, password_case) in
        passwords.iter().copied().filter(|(_, case)| case.is_none()).take(2)
    {
        for chain in &steps {
            for salt_encoding in source.encodings.iter().copied() {
                all.push(PasswordSettings {
                    encoding: Some(shape.encoding),
                    salt_encoding: salted.then_some(salt_encoding),
                    password_encoding,
                    password_case,
                    chain: chain.clone(),
                    ..ground.clone()
                });
            }
        }
    }
    all
}
