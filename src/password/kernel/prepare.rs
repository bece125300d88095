//! What an application makes of a password before it hashes it.

use unicode_normalization::UnicodeNormalization as _;

use super::digest::Hash;
use super::hmac::hmac;
use crate::model::{PasswordSettings, Preparation, TextEncoding};
use crate::password::text::{self, Bytes};

/// What is needed beside the password.
pub(crate) struct Beside<'a> {
    /// The source's user name, in small letters.
    pub(crate) username: &'a [u8],
    /// The application's secret.
    pub(crate) secret: &'a [u8],
    /// What the salt column says, as bytes. Empty where it says nothing.
    pub(crate) salt: &'a [u8],
}

/// The password after all of it, in order.
pub(crate) fn prepare(password: &[u8], all: &[Preparation], beside: &Beside<'_>) -> Bytes {
    all.iter().fold(text::bytes(password), |password, one| step(&password, *one, beside))
}

/// The salt's bytes as they are stated to be written, with the text around them. `None` where it is not written so.
pub(crate) fn salt_bytes(salt: &[u8], settings: &PasswordSettings) -> Option<Bytes> {
    let salt = match settings.salt_encoding {
        None | Some(TextEncoding::Text) => text::bytes(salt),
        Some(TextEncoding::Hex) => text::hex(salt)?,
        Some(TextEncoding::Base64) => text::base64(salt)?,
    };
    let around = [settings.salt_before.as_bytes(), salt.as_slice(), settings.salt_after.as_bytes()];
    Some(Bytes::new(around.concat()))
}

fn step(password: &Bytes, one: Preparation, beside: &Beside<'_>) -> Bytes {
    match one {
        Preparation::Md5Hex => hex(Hash::Md5, password),
        Preparation::Sha1Hex => hex(Hash::Sha1, password),
        Preparation::Sha256Hex => hex(Hash::Sha256, password),
        Preparation::Sha512Hex => hex(Hash::Sha512, password),
        Preparation::Sha256Base64 => base64(&Hash::Sha256.of(&[password])),
        Preparation::Sha384Base64 => base64(&Hash::Sha384.of(&[password])),
        Preparation::Sha512Base64 => base64(&Hash::Sha512.of(&[password])),
        Preparation::HmacSha512Base64 => base64(&hmac(Hash::Sha512, beside.secret, &[password])),
        Preparation::Html => replaced(password, html),
        Preparation::HtmlQuotes => replaced(password, |byte| match byte {
            b'\'' => Some(b"&#039;"),
            other => html(other),
        }),
        Preparation::Slashes => replaced(password, |byte| match byte {
            b'\'' => Some(b"\\'"),
            b'"' => Some(b"\\\""),
            b'\\' => Some(b"\\\\"),
            0 => Some(b"\\0"),
            _ => None,
        }),
        Preparation::Nfc => match std::str::from_utf8(password) {
            Ok(text) if !text.is_ascii() => Bytes::new(text.nfc().collect::<String>().into_bytes()),
            _ => password.clone(),
        },
        Preparation::Trim => {
            let blank = |byte: &u8| b" \t\n\r\x0b\0".contains(byte);
            let start = password.iter().position(|byte| !blank(byte)).unwrap_or(password.len());
            let end = password.iter().rposition(|byte| !blank(byte)).map_or(start, |at| at + 1);
            text::bytes(password.get(start..end).unwrap_or_default())
        }
        Preparation::UserName => Bytes::new([beside.username, password.as_slice()].concat()),
        Preparation::SaltBefore => Bytes::new([beside.salt, password.as_slice()].concat()),
        Preparation::SaltAfter => Bytes::new([password.as_slice(), beside.salt].concat()),
    }
}

fn hex(hash: Hash, password: &[u8]) -> Bytes {
    Bytes::new(hex::encode(hash.of(&[password]).as_slice()).into_bytes())
}

fn base64(bytes: &[u8]) -> Bytes {
    Bytes::new(text::to_base64(bytes).into_bytes())
}

fn html(byte: u8) -> Option<&'static [u8]> {
    match byte {
        b'&' => Some(b"&amp;"),
        b'<' => Some(b"&lt;"),
        b'>' => Some(b"&gt;"),
        b'"' => Some(b"&quot;"),
        _ => None,
    }
}

/// The bytes with some of them written otherwise.
fn replaced(password: &[u8], with: impl Fn(u8) -> Option<&'static [u8]>) -> Bytes {
    // Room for everything at once: growing would leave copies behind unwiped.
    let mut out = Bytes::new(Vec::with_capacity(password.len() * 6));
    for byte in password {
        match with(*byte) {
            Some(text) => out.extend_from_slice(text),
            None => out.push(*byte),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_preparation_gives_what_its_application_gives() {
        let of = |password: &str, all: &[Preparation]| {
            let beside = Beside { username: b"ada", secret: b"s3cret", salt: b"NaCl" };
            String::from_utf8(prepare(password.as_bytes(), all, &beside).to_vec()).unwrap()
        };
        // Python's hashlib and html, PHP's trim and addslashes.
        for (password, all, right) in [
            ("a", &[Preparation::Md5Hex][..], "0cc175b9c0f1b6a831c399e269772661"),
            ("a", &[Preparation::Sha1Hex], "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"),
            ("a", &[Preparation::Sha256Base64], "ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs="),
            ("<a> & 'b' \"c\"", &[Preparation::Html], "&lt;a&gt; &amp; 'b' &quot;c&quot;"),
            ("'&'", &[Preparation::HtmlQuotes], "&#039;&amp;&#039;"),
            ("o'n\"\\", &[Preparation::Slashes], "o\\'n\\\"\\\\"),
            (" \ta b\n\0", &[Preparation::Trim], "a b"),
            ("cafe\u{301}&", &[Preparation::Nfc, Preparation::Html], "café&amp;"),
            ("x", &[Preparation::UserName], "adax"),
            ("x", &[Preparation::SaltBefore], "NaClx"),
            ("x", &[Preparation::SaltAfter], "xNaCl"),
            ("a", &[Preparation::Md5Hex, Preparation::SaltAfter], "0cc175b9c0f1b6a831c399e269772661NaCl"),
        ] {
            assert_eq!(of(password, all), right, "{password:?} {all:?}");
        }
        assert_eq!(of("", &[Preparation::Trim]), "");
    }
}
