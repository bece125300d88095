//! A person's password as the org keeps it.

mod hash;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use hash::{DigestKind, ImportedHash, Order, Prf, SecretBox};
pub(crate) use hash::{HashBody, HashFlaw};

/// Rounds of the org's own form. Few, because a practice org protects nobody.
const OWN_ROUNDS: u32 = 1000;

/// The org's own form of a password.
pub(crate) struct OwnHash {
    salt: [u8; 16],
    key: Zeroizing<[u8; 32]>,
}

impl OwnHash {
    /// Hashes a password in the org's own form.
    pub(crate) fn of(password: &str, salt: [u8; 16]) -> Self {
        Self { salt, key: Self::key(password, &salt) }
    }

    fn key(password: &str, salt: &[u8; 16]) -> Zeroizing<[u8; 32]> {
        let mut key = Zeroizing::new([0; 32]);
        pbkdf2::pbkdf2_hmac::<Sha256>(password.as_bytes(), salt, OWN_ROUNDS, key.as_mut());
        key
    }
}

/// What the org knows of a person's password.
pub(crate) enum Credential {
    /// Hashed in the org's own form: set in the clear, or met at a sign-in.
    Own(OwnHash),
    /// Imported as a hash and not met yet.
    Imported(ImportedHash),
    /// The password import hook is asked at the next sign-in.
    Hook,
}

impl Credential {
    /// Whether the password is right; `None` when only the hook knows.
    pub(crate) fn fits(&self, password: &str) -> Option<bool> {
        match self {
            Self::Own(own) => Some(OwnHash::key(password, &own.salt).ct_eq(own.key.as_ref()).into()),
            Self::Imported(hash) => Some(hash.fits(password)),
            Self::Hook => None,
        }
    }

    /// What the journal keeps.
    pub(crate) fn keep(&self) -> KeptCredential {
        let text = |bytes: &[u8]| Zeroizing::new(STANDARD.encode(bytes));
        match self {
            Self::Hook => KeptCredential::Hook,
            Self::Own(own) => {
                KeptCredential::Own { salt: text(&own.salt).into(), key: text(own.key.as_ref()).into() }
            }
            Self::Imported(ImportedHash::Bcrypt { cost, salt, value }) => {
                KeptCredential::Bcrypt { cost: *cost, salt: text(salt).into(), value: text(value).into() }
            }
            Self::Imported(ImportedHash::Digest { kind, salt, value }) => KeptCredential::Digest {
                digest: *kind,
                order: salt.as_ref().map(|(order, _)| *order),
                salt: salt.as_ref().map(|(_, salt)| text(salt).into()),
                value: text(value).into(),
            },
            Self::Imported(ImportedHash::Pbkdf2 { prf, rounds, salt, value }) => KeptCredential::Pbkdf2 {
                prf: *prf,
                rounds: *rounds,
                salt: text(salt).into(),
                value: text(value).into(),
            },
        }
    }
}

/// Base64 text of a kept secret.
pub(crate) struct KeptSecret(Zeroizing<String>);

impl From<Zeroizing<String>> for KeptSecret {
    fn from(text: Zeroizing<String>) -> Self {
        Self(text)
    }
}

impl Serialize for KeptSecret {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for KeptSecret {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(|text| Self(Zeroizing::new(text)))
    }
}

impl KeptSecret {
    fn bytes(&self) -> Option<SecretBox> {
        Some(Zeroizing::new(STANDARD.decode(self.0.as_bytes()).ok()?.into_boxed_slice()))
    }

    fn array<const N: usize>(&self) -> Option<[u8; N]> {
        self.bytes()?.as_ref().try_into().ok()
    }
}

/// A credential in the journal's form.
#[derive(Serialize, Deserialize)]
#[serde(tag = "form", rename_all = "camelCase")]
pub(crate) enum KeptCredential {
    Hook,
    Own { salt: KeptSecret, key: KeptSecret },
    Bcrypt { cost: u32, salt: KeptSecret, value: KeptSecret },
    Digest { digest: DigestKind, order: Option<Order>, salt: Option<KeptSecret>, value: KeptSecret },
    Pbkdf2 { prf: Prf, rounds: u32, salt: KeptSecret, value: KeptSecret },
}

impl KeptCredential {
    /// The credential again; `None` when what was kept is damaged.
    pub(crate) fn restore(self) -> Option<Credential> {
        Some(match self {
            Self::Hook => Credential::Hook,
            Self::Own { salt, key } => {
                Credential::Own(OwnHash { salt: salt.array()?, key: Zeroizing::new(key.array()?) })
            }
            Self::Bcrypt { cost, salt, value } => Credential::Imported(ImportedHash::Bcrypt {
                cost: (cost <= 20).then_some(cost)?,
                salt: salt.array()?,
                value: value.array()?,
            }),
            Self::Digest { digest, order, salt, value } => Credential::Imported(ImportedHash::Digest {
                kind: digest,
                salt: match (order, salt) {
                    (Some(order), Some(salt)) => Some((order, salt.bytes()?)),
                    (None, None) => None,
                    _ => return None,
                },
                value: value.bytes()?,
            }),
            Self::Pbkdf2 { prf, rounds, salt, value } => Credential::Imported(ImportedHash::Pbkdf2 {
                prf,
                rounds,
                salt: salt.bytes()?,
                value: value.bytes()?,
            }),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::hash::tests::{VECTORS, read};
    use super::*;

    #[test]
    fn a_kept_credential_still_fits() {
        for (password, json) in VECTORS.iter().filter(|(_, json)| !json.contains("\"workFactor\":12")) {
            let kept = Credential::Imported(read(json).unwrap()).keep();
            let text = serde_json::to_string(&kept).unwrap();
            let back = serde_json::from_str::<KeptCredential>(&text).unwrap().restore().unwrap();
            assert_eq!(back.fits(password), Some(true), "{json}");
        }
        let own = Credential::Own(OwnHash::of("пароль", [7; 16])).keep().restore().unwrap();
        assert_eq!(own.fits("пароль"), Some(true));
        assert_eq!(own.fits("Пароль"), Some(false));
    }
}
