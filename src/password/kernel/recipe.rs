//! A digest as the administrator describes it: how the password became bytes, one digest or several after the other, what
//! stands before and behind each, how many rounds.
//!
//! One plain digest over the password in UTF-8 is what Okta computes too; everything else is for the hook.

use std::borrow::Cow;

use super::digest::{Digest, Hash};
use super::hmac::hmac;
use super::md4::{md4, utf16};
use super::same;
use crate::model::{HandsOn, LetterCase, PasswordEncoding, StatedDigest};
use crate::password::limits;
use crate::password::method::{Conversion, VerifyError, Weakness};
use crate::password::method::{Cost, Method};
use crate::password::text::{self, Bytes};

/// One digest of a recipe.
pub(crate) struct Step {
    pub(crate) digest: StatedDigest,
    /// What is hashed before the step's input; the key of an HMAC.
    pub(crate) before: Bytes,
    /// What is hashed behind the step's input; what an HMAC keyed with the input is over.
    pub(crate) after: Bytes,
    pub(crate) hands_on: HandsOn,
}

/// A digest as described.
pub(crate) struct Recipe {
    pub(crate) encoding: PasswordEncoding,
    pub(crate) case: Option<LetterCase>,
    /// At least one.
    pub(crate) steps: Vec<Step>,
    /// Rounds of the last step's digest, over its own raw result.
    pub(crate) rounds: u32,
    pub(crate) value: Bytes,
}

/// The plain digest a name stands for; `None` for HMACs and MD4.
pub(crate) fn plain(digest: StatedDigest) -> Option<Hash> {
    match digest {
        StatedDigest::Md5 => Some(Hash::Md5),
        StatedDigest::Sha1 => Some(Hash::Sha1),
        StatedDigest::Sha224 => Some(Hash::Sha224),
        StatedDigest::Sha256 => Some(Hash::Sha256),
        StatedDigest::Sha384 => Some(Hash::Sha384),
        StatedDigest::Sha512 => Some(Hash::Sha512),
        StatedDigest::Md4
        | StatedDigest::Nt
        | StatedDigest::HmacSha1
        | StatedDigest::HmacSha256
        | StatedDigest::HmacSha512 => None,
    }
}

/// The name a digest is stated by.
pub(crate) fn stated(hash: Hash) -> StatedDigest {
    match hash {
        Hash::Md5 => StatedDigest::Md5,
        Hash::Sha1 => StatedDigest::Sha1,
        Hash::Sha224 => StatedDigest::Sha224,
        Hash::Sha256 => StatedDigest::Sha256,
        Hash::Sha384 => StatedDigest::Sha384,
        Hash::Sha512 => StatedDigest::Sha512,
    }
}

fn keyed(digest: StatedDigest) -> Option<Hash> {
    match digest {
        StatedDigest::HmacSha1 => Some(Hash::Sha1),
        StatedDigest::HmacSha256 => Some(Hash::Sha256),
        StatedDigest::HmacSha512 => Some(Hash::Sha512),
        _ => None,
    }
}

/// How many bytes a stated digest gives.
pub(crate) fn length(digest: StatedDigest) -> usize {
    plain(digest).or_else(|| keyed(digest)).map_or(16, Hash::len)
}

fn name(digest: StatedDigest) -> &'static str {
    match digest {
        StatedDigest::Md4 => "MD4",
        StatedDigest::Nt => "MD4 over UTF-16",
        StatedDigest::HmacSha1 => "HMAC-SHA-1",
        StatedDigest::HmacSha256 => "HMAC-SHA-256",
        StatedDigest::HmacSha512 => "HMAC-SHA-512",
        other => plain(other).map_or("", Hash::name),
    }
}

/// 0x80 to 0x9F of Windows-1252; the five it leaves out are control characters.
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

fn windows_1252(character: char) -> Option<u8> {
    match u8::try_from(u32::from(character)) {
        Ok(byte @ (0..=0x7f | 0xa0..)) => Some(byte),
        _ => WINDOWS.iter().position(|c| *c == character).and_then(|at| u8::try_from(at + 0x80).ok()),
    }
}

impl Recipe {
    /// What Okta can compute too, if it can.
    fn okta(&self) -> Result<Digest, &'static str> {
        if !matches!(self.encoding, PasswordEncoding::Utf8) {
            return Err("Okta hashes passwords in UTF-8, and this is over another encoding");
        }
        if self.case.is_some() {
            return Err("Okta hashes passwords as they are typed, and here their letters were changed first");
        }
        let [step] = self.steps.as_slice() else {
            return Err("Okta computes one digest over the password, and this is a digest of a digest");
        };
        if self.rounds != 1 {
            return Err("Okta computes one round of a digest, and this has more");
        }
        let Some(hash) = plain(step.digest) else {
            return Err("Okta takes MD5, SHA-1, SHA-256 and SHA-512, and this is another digest");
        };
        Ok(Digest::around(hash, self.value.clone(), step.before.clone(), step.after.clone()))
    }
}

/// The password's bytes as they were hashed. `None` where the encoding has no such characters.
pub(crate) fn typed(password: &[u8], encoding: PasswordEncoding, case: Option<LetterCase>) -> Option<Bytes> {
    let Ok(text) = std::str::from_utf8(password) else {
        return (encoding == PasswordEncoding::Utf8 && case.is_none()).then(|| text::bytes(password));
    };
    let changed = match case {
        None => text::bytes(text.as_bytes()),
        Some(LetterCase::Upper) => Bytes::new(text.to_uppercase().into_bytes()),
        Some(LetterCase::Lower) => Bytes::new(text.to_lowercase().into_bytes()),
    };
    let text = std::str::from_utf8(&changed).ok()?;
    Some(match encoding {
        PasswordEncoding::Utf8 => changed,
        PasswordEncoding::Utf16Le => utf16(&changed),
        PasswordEncoding::Utf16Be => Bytes::new(text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        PasswordEncoding::Windows1252 => Bytes::new(text.chars().map(windows_1252).collect::<Option<_>>()?),
    })
}

fn run(step: &Step, input: &[u8]) -> Bytes {
    let parts: [&[u8]; 3] = [&step.before, input, &step.after];
    match step.digest {
        StatedDigest::Md4 => md4(&parts),
        StatedDigest::Nt => md4(&[&utf16(input)]),
        digest => match (plain(digest), keyed(digest)) {
            (Some(hash), _) => hash.of(&parts),
            (None, Some(hash)) if step.before.is_empty() => hmac(hash, input, &[&step.after]),
            (None, Some(hash)) => hmac(hash, &step.before, &[input, &step.after]),
            (None, None) => Bytes::default(),
        },
    }
}

fn hand_on(bytes: &Bytes, how: HandsOn) -> Bytes {
    match how {
        HandsOn::Hex => Bytes::new(hex::encode(bytes.as_slice()).into_bytes()),
        HandsOn::Upper => Bytes::new(hex::encode_upper(bytes.as_slice()).into_bytes()),
        HandsOn::Base64 => Bytes::new(text::to_base64(bytes).into_bytes()),
        HandsOn::Raw => bytes.clone(),
    }
}

impl Method for Recipe {
    fn explain(&self) -> String {
        let mut text = String::new();
        for (at, step) in self.steps.iter().rev().enumerate() {
            if at > 0 {
                text.push_str(" over ");
            }
            let salted = match (step.before.is_empty(), step.after.is_empty()) {
                (true, true) => "",
                (false, true) => " with a salt in front",
                (true, false) => " with a salt behind",
                (false, false) => " with salts on both sides",
            };
            text.push_str(&format!("{}{salted}", name(step.digest)));
        }
        if self.rounds > 1 {
            text.push_str(&format!(", {} rounds,", self.rounds));
        }
        let encoding: Cow<'_, str> = match (self.encoding, self.case) {
            (PasswordEncoding::Utf8, None) => "the password".into(),
            (PasswordEncoding::Utf8, Some(LetterCase::Upper)) => "the password in capital letters".into(),
            (PasswordEncoding::Utf8, Some(LetterCase::Lower)) => "the password in small letters".into(),
            (PasswordEncoding::Utf16Le | PasswordEncoding::Utf16Be, _) => "the password in UTF-16".into(),
            (PasswordEncoding::Windows1252, _) => "the password in Windows-1252".into(),
        };
        format!("{text} over {encoding}")
    }

    fn convert(&self) -> Conversion {
        match self.okta() {
            Ok(digest) => digest.convert(),
            Err(reason) => Conversion::Hook { reason: reason.into() },
        }
    }

    fn cost(&self) -> Cost {
        if self.rounds > limits::DIGEST_ROUNDS {
            return Cost::Over(format!("{} rounds are too many", self.rounds));
        }
        Cost::Fine
    }

    fn verify(&self, plaintext: &[u8]) -> Result<bool, VerifyError> {
        let Some(mut input) = typed(plaintext, self.encoding, self.case) else { return Ok(false) };
        for (at, step) in self.steps.iter().enumerate() {
            let mut digest = run(step, &input);
            if at + 1 < self.steps.len() {
                input = hand_on(&digest, step.hands_on);
                continue;
            }
            let bare = Step { before: Bytes::default(), after: Bytes::default(), ..*step };
            for _ in 1..self.rounds {
                digest = run(&bare, &digest);
            }
            return Ok(same(&digest, &self.value));
        }
        Ok(false)
    }

    fn weakness(&self) -> Option<Weakness> {
        self.okta().ok().and_then(|digest| digest.weakness())
    }
}
