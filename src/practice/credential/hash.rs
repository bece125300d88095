//! How imported hashes are read and checked (okta-api.md 2.3).
//!
//! This reading of Okta's rules is its own: it shares no code with what converts hashes for Okta, so that a wrong
//! conversion shows as a person who cannot sign in.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use serde::{Deserialize, Serialize};
use sha2::{Sha256, Sha512};
use subtle::ConstantTimeEq as _;
use zeroize::{Zeroize, Zeroizing};

use crate::practice::secret::Secret;

/// Bcrypt's own radix-64. The last character of a salt or value may carry spare bits.
const BCRYPT_BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::BCRYPT,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true),
);

/// `credentials.password.hash` as it comes in a request.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HashBody {
    pub(crate) algorithm: Option<String>,
    pub(crate) value: Option<Secret>,
    pub(crate) salt: Option<Secret>,
    pub(crate) salt_order: Option<String>,
    pub(crate) work_factor: Option<i64>,
    pub(crate) iteration_count: Option<i64>,
    pub(crate) key_size: Option<i64>,
    pub(crate) digest_algorithm: Option<String>,
}

/// A one-round digest Okta takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum DigestKind {
    #[serde(rename = "MD5")]
    Md5,
    #[serde(rename = "SHA-1")]
    Sha1,
    #[serde(rename = "SHA-256")]
    Sha256,
    #[serde(rename = "SHA-512")]
    Sha512,
}

impl DigestKind {
    fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
            Self::Sha512 => "SHA-512",
        }
    }

    fn len(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }

    fn digest(self, first: &[u8], second: &[u8]) -> Zeroizing<Vec<u8>> {
        fn run<D: sha2::Digest>(first: &[u8], second: &[u8]) -> Vec<u8> {
            D::new().chain_update(first).chain_update(second).finalize().to_vec()
        }
        Zeroizing::new(match self {
            Self::Md5 => run::<md5::Md5>(first, second),
            Self::Sha1 => run::<sha1::Sha1>(first, second),
            Self::Sha256 => run::<Sha256>(first, second),
            Self::Sha512 => run::<Sha512>(first, second),
        })
    }
}

/// Where the salt stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Order {
    /// H(salt ‖ password)
    #[serde(rename = "PREFIX")]
    Prefix,
    /// H(password ‖ salt)
    #[serde(rename = "POSTFIX")]
    Postfix,
}

/// The keyed hash inside PBKDF2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Prf {
    #[serde(rename = "SHA256_HMAC")]
    Sha256,
    #[serde(rename = "SHA512_HMAC")]
    Sha512,
}

/// Bytes kept only until they are dropped.
pub(crate) type SecretBox = Zeroizing<Box<[u8]>>;

/// An imported hash, read and found well-formed.
pub(crate) enum ImportedHash {
    Bcrypt { cost: u32, salt: [u8; 16], value: [u8; 23] },
    Digest { kind: DigestKind, salt: Option<(Order, SecretBox)>, value: SecretBox },
    Pbkdf2 { prf: Prf, rounds: u32, salt: SecretBox, value: SecretBox },
}

impl Drop for ImportedHash {
    fn drop(&mut self) {
        if let Self::Bcrypt { salt, value, .. } = self {
            salt.zeroize();
            value.zeroize();
        }
    }
}

/// Why a hash object was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum HashFlaw {
    /// An enum word Okta does not know: the request body is not well-formed.
    UnknownWord,
    /// A rule is broken; the words go into the cause.
    Broken(String),
}

fn broken(why: impl Into<String>) -> HashFlaw {
    HashFlaw::Broken(why.into())
}

impl HashBody {
    /// Reads the hash object by Okta's rules. Okta computes nothing here: a well-formed but wrong hash passes.
    pub(crate) fn read(&self) -> Result<ImportedHash, HashFlaw> {
        let algorithm =
            self.algorithm.as_deref().ok_or_else(|| broken("hash.algorithm cannot be left blank"))?;
        let order = match self.salt_order.as_deref() {
            None => None,
            Some("PREFIX") => Some(Order::Prefix),
            Some("POSTFIX") => Some(Order::Postfix),
            Some(_) => return Err(HashFlaw::UnknownWord),
        };
        let value = self.value.as_ref().ok_or_else(|| broken("hash.value cannot be left blank"))?.expose();
        let kind = match algorithm {
            "BCRYPT" => return self.read_bcrypt(value),
            "PBKDF2" => return self.read_pbkdf2(value),
            "MD5" => DigestKind::Md5,
            "SHA-1" => DigestKind::Sha1,
            "SHA-256" => DigestKind::Sha256,
            "SHA-512" => DigestKind::Sha512,
            _ => return Err(HashFlaw::UnknownWord),
        };
        let value = standard_base64(value, "hash.value")?;
        if value.len() != kind.len() {
            return Err(broken(format!(
                "hash.value must be the Base64 form of {} bytes for {}",
                kind.len(),
                kind.name()
            )));
        }
        let salt = match &self.salt {
            None => None,
            Some(salt) => {
                let order = order.ok_or_else(|| broken("hash.saltOrder is required with a salt"))?;
                Some((order, filled(standard_base64(salt.expose(), "hash.salt")?, "hash.salt")?))
            }
        };
        Ok(ImportedHash::Digest { kind, salt, value })
    }

    fn read_bcrypt(&self, value: &str) -> Result<ImportedHash, HashFlaw> {
        let cost = self.work_factor.ok_or_else(|| broken("hash.workFactor is required for BCRYPT"))?;
        let cost = u32::try_from(cost)
            .ok()
            .filter(|cost| (1..=20).contains(cost))
            .ok_or_else(|| broken("hash.workFactor must be between 1 and 20"))?;
        let salt = self.salt.as_ref().ok_or_else(|| broken("hash.salt is required for BCRYPT"))?.expose();
        let salt: [u8; 16] = bcrypt_base64(salt, 22)
            .and_then(|bytes| bytes.as_ref().try_into().ok())
            .ok_or_else(|| broken("hash.salt must be 22 characters of bcrypt's radix-64"))?;
        let value: [u8; 23] = bcrypt_base64(value, 31)
            .and_then(|bytes| bytes.as_ref().try_into().ok())
            .ok_or_else(|| broken("hash.value must be 31 characters of bcrypt's radix-64"))?;
        Ok(ImportedHash::Bcrypt { cost, salt, value })
    }

    fn read_pbkdf2(&self, value: &str) -> Result<ImportedHash, HashFlaw> {
        let prf = match self.digest_algorithm.as_deref() {
            Some("SHA256_HMAC") => Prf::Sha256,
            Some("SHA512_HMAC") => Prf::Sha512,
            Some(_) => return Err(HashFlaw::UnknownWord),
            None => return Err(broken("hash.digestAlgorithm is required for PBKDF2")),
        };
        let rounds =
            self.iteration_count.ok_or_else(|| broken("hash.iterationCount is required for PBKDF2"))?;
        let rounds = u32::try_from(rounds)
            .ok()
            .filter(|&rounds| rounds >= 4096)
            .ok_or_else(|| broken("hash.iterationCount must be at least 4096"))?;
        let salt = self.salt.as_ref().ok_or_else(|| broken("hash.salt is required for PBKDF2"))?.expose();
        let salt = filled(standard_base64(salt, "hash.salt")?, "hash.salt")?;
        let value = filled(standard_base64(value, "hash.value")?, "hash.value")?;
        let size = self.key_size.ok_or_else(|| broken("hash.keySize is required for PBKDF2"))?;
        if usize::try_from(size) != Ok(value.len()) {
            return Err(broken("hash.keySize must be the length of the decoded value in bytes"));
        }
        Ok(ImportedHash::Pbkdf2 { prf, rounds, salt, value })
    }
}

fn standard_base64(text: &str, field: &str) -> Result<SecretBox, HashFlaw> {
    let bytes =
        STANDARD.decode(text).map_err(|_| broken(format!("{field} must be standard Base64 with padding")))?;
    Ok(Zeroizing::new(bytes.into_boxed_slice()))
}

fn filled(bytes: SecretBox, field: &str) -> Result<SecretBox, HashFlaw> {
    if bytes.is_empty() { Err(broken(format!("{field} cannot be left blank"))) } else { Ok(bytes) }
}

fn bcrypt_base64(text: &str, length: usize) -> Option<SecretBox> {
    if text.len() != length {
        return None;
    }
    Some(Zeroizing::new(BCRYPT_BASE64.decode(text).ok()?.into_boxed_slice()))
}

impl ImportedHash {
    /// Whether this hash was made from `password`, taken as UTF-8 bytes. Slow by design for BCRYPT and PBKDF2.
    pub(crate) fn fits(&self, password: &str) -> bool {
        let password = password.as_bytes();
        match self {
            // Costs under 4 are no bcrypt; nobody can hold a password for them.
            Self::Bcrypt { cost, .. } if *cost < 4 => false,
            Self::Bcrypt { cost, salt, value } => {
                let mut key = Zeroizing::new(Vec::with_capacity(73));
                key.extend_from_slice(&password[..password.len().min(72)]);
                key.push(0);
                key.truncate(72);
                let made = Zeroizing::new(bcrypt::bcrypt(*cost, *salt, &key));
                made[..23].ct_eq(value).into()
            }
            Self::Digest { kind, salt, value } => {
                let made = match salt {
                    None => kind.digest(password, b""),
                    Some((Order::Prefix, salt)) => kind.digest(salt, password),
                    Some((Order::Postfix, salt)) => kind.digest(password, salt),
                };
                made.ct_eq(value).into()
            }
            Self::Pbkdf2 { prf, rounds, salt, value } => {
                let mut made = Zeroizing::new(vec![0; value.len()]);
                match prf {
                    Prf::Sha256 => pbkdf2::pbkdf2_hmac::<Sha256>(password, salt, *rounds, &mut made),
                    Prf::Sha512 => pbkdf2::pbkdf2_hmac::<Sha512>(password, salt, *rounds, &mut made),
                }
                made.ct_eq(value).into()
            }
        }
    }

    /// The algorithm's name in Okta's words, for log events.
    pub(crate) fn algorithm(&self) -> &'static str {
        match self {
            Self::Bcrypt { .. } => "BCRYPT",
            Self::Digest { kind, .. } => kind.name(),
            Self::Pbkdf2 { .. } => "PBKDF2",
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::practice) fn read(json: &str) -> Result<ImportedHash, HashFlaw> {
        serde_json::from_str::<HashBody>(json).unwrap().read()
    }

    fn flaw(json: &str) -> HashFlaw {
        read(json).err().expect("refused")
    }

    /// The vectors of okta-api.md 2.3.
    pub(in crate::practice) const VECTORS: &[(&str, &str)] = &[
        (
            "Abcd1234",
            r#"{"algorithm":"SHA-512","salt":"TXlTYWx0","saltOrder":"PREFIX","value":"QrozP8a+KfoHu6mPFysxLoO5LMQsd2Fw6IclZUf8xQjetJOCGS93vm68h+VaFX0LHSiF/GxQkykq1vofmx6NGA=="}"#,
        ),
        (
            "s3cr3tp@ssw0rd",
            r#"{"algorithm":"SHA-512","salt":"JipHQUgqQU8qQUwpQUYjUChBSEcjQQ==","saltOrder":"POSTFIX","value":"Zz6KwLGDm7ospSipwpDmxAjBWHKPLgGh1roGzI267h6txr/ihTI/R4K2eYrpyc0R24qCSF6DRqNl110vZZtj4A=="}"#,
        ),
        (
            "Abcd1234",
            r#"{"algorithm":"SHA-256","salt":"TXlTYWx0","saltOrder":"PREFIX","value":"He5k0cVl98mgqdCJ/Izv94Ro7hkwQ6tx9soI3Sw/ABI="}"#,
        ),
        (
            "test password",
            r#"{"algorithm":"SHA-256","salt":"R0lGODlhAQABAAAAADs=","saltOrder":"POSTFIX","value":"6ONMDzdYZltRuM8j0EaG0eUgY0ooPj/m09MqlnGJ3AQ="}"#,
        ),
        (
            "test password",
            r#"{"algorithm":"SHA-256","value":"C0fGmxAzSY1fM/X32Xu2oxJhNHUWKfTQGFwRXbRMCU4="}"#,
        ),
        (
            "P@ssw0rd",
            r#"{"algorithm":"SHA-1","salt":"UEO3wsAsgzQ=","saltOrder":"POSTFIX","value":"xjrauE6J6kbjcvMjWSSc+PsBBls="}"#,
        ),
        (
            "test password",
            r#"{"algorithm":"SHA-1","salt":"R0lGODlhAQABAAAAADs=","saltOrder":"POSTFIX","value":"1cijegMYbE7L/WkUxkHjQ+/p1M0="}"#,
        ),
        ("test password", r#"{"algorithm":"SHA-1","value":"LOsCqF9tTebCiy5Z/aiG1Sba+w0="}"#),
        (
            "Abcd1234",
            r#"{"algorithm":"MD5","salt":"TXlTYWx0","saltOrder":"PREFIX","value":"jqACjUUFXM1XE6NiLALAbA=="}"#,
        ),
        (
            "test password",
            r#"{"algorithm":"MD5","salt":"R0lGODlhAQABAAAAADs=","saltOrder":"POSTFIX","value":"pqTUVToGARL1yM3/jthCHA=="}"#,
        ),
        ("test password", r#"{"algorithm":"MD5","value":"KqqDNf0DDgVKmOOyxYUrNA=="}"#),
        (
            "Abcd1234",
            r#"{"algorithm":"PBKDF2","salt":"TXlTYWx0","iterationCount":4096,"keySize":32,"digestAlgorithm":"SHA512_HMAC","value":"61q65Qql/t9bzsP74e+VVVHSb/OAiwDm4Q/x+10mRJI="}"#,
        ),
        (
            "Abcd1234",
            r#"{"algorithm":"PBKDF2","salt":"TXlTYWx0","iterationCount":4096,"keySize":32,"digestAlgorithm":"SHA256_HMAC","value":"vCe6YwY9dSbIFzHUEb6+kkHQZ+c1Xw0kCxVnunxkzpw="}"#,
        ),
        (
            "P@ssword123456",
            r#"{"algorithm":"BCRYPT","workFactor":10,"salt":"qRRx8rli7Lvs2h2CNgCQ2O","value":"mVA2NDdomRGoGFrAXDZcno0OZ6CoOU2"}"#,
        ),
        (
            "password",
            r#"{"algorithm":"BCRYPT","workFactor":10,"salt":"GRLdNijSQMUvl/au9ofL.e","value":"DwmoohzzS7.rmNSJZ.0FxO/BTk76klW"}"#,
        ),
        (
            "test password",
            r#"{"algorithm":"BCRYPT","workFactor":12,"salt":"HrtURKVYwHEOR/PMBBakyu","value":"51qdkp4j1j0NoqwlXhHhCfiM1dqxUP2"}"#,
        ),
    ];

    #[test]
    fn okta_published_vectors_fit_their_passwords_and_no_other() {
        for (password, json) in VECTORS {
            let hash = read(json).unwrap_or_else(|flaw| panic!("{json}: {flaw:?}"));
            assert!(hash.fits(password), "{json}");
            assert!(!hash.fits(&format!("{password}x")), "{json}");
        }
    }

    #[test]
    fn only_the_first_72_bytes_count_for_bcrypt() {
        let long = "x".repeat(72);
        let salt = [9; 16];
        let value = bcrypt::bcrypt(4, salt, long.as_bytes());
        let hash = ImportedHash::Bcrypt { cost: 4, salt, value: value[..23].try_into().unwrap() };
        assert!(hash.fits(&long));
        assert!(hash.fits(&format!("{long}more")));
        assert!(!hash.fits(&long[..71]));
    }

    #[test]
    fn hash_objects_are_checked_strictly() {
        let cases = [
            (
                r#"{"algorithm":"BCRYPT","salt":"qRRx8rli7Lvs2h2CNgCQ2O","value":"mVA2NDdomRGoGFrAXDZcno0OZ6CoOU2"}"#,
                "workFactor",
            ),
            (
                r#"{"algorithm":"BCRYPT","workFactor":21,"salt":"qRRx8rli7Lvs2h2CNgCQ2O","value":"mVA2NDdomRGoGFrAXDZcno0OZ6CoOU2"}"#,
                "workFactor",
            ),
            (r#"{"algorithm":"BCRYPT","workFactor":10,"value":"mVA2NDdomRGoGFrAXDZcno0OZ6CoOU2"}"#, "salt"),
            (
                r#"{"algorithm":"BCRYPT","workFactor":10,"salt":"qRRx8rli7Lvs2h2CNgCQ2O","value":"$2a$10$mVA2NDdomRGoGFrAXDZcno0OZ6"}"#,
                "value",
            ),
            (
                r#"{"algorithm":"BCRYPT","workFactor":10,"salt":"qRRx8rli7Lvs2h2CNgCQ2O","value":"mVA2NDdomRGoGFrAXDZcno0OZ6CoOU+"}"#,
                "value",
            ),
            // Hex is Base64 text, but of the wrong number of bytes.
            (r#"{"algorithm":"MD5","value":"2aaa8335fd030e054a98e3b2c5852b34"}"#, "16 bytes"),
            (r#"{"algorithm":"MD5","value":"KqqDNf0DDgVKmOOyxYUrNA"}"#, "Base64"),
            (
                r#"{"algorithm":"SHA-1","salt":"UEO3wsAsgzQ=","value":"xjrauE6J6kbjcvMjWSSc+PsBBls="}"#,
                "saltOrder",
            ),
            (
                r#"{"algorithm":"SHA-1","salt":"","saltOrder":"PREFIX","value":"xjrauE6J6kbjcvMjWSSc+PsBBls="}"#,
                "salt",
            ),
            (r#"{"algorithm":"SHA-1"}"#, "value"),
            (r#"{"value":"KqqDNf0DDgVKmOOyxYUrNA=="}"#, "algorithm"),
            (
                r#"{"algorithm":"PBKDF2","salt":"TXlTYWx0","iterationCount":4095,"keySize":32,"digestAlgorithm":"SHA256_HMAC","value":"vCe6YwY9dSbIFzHUEb6+kkHQZ+c1Xw0kCxVnunxkzpw="}"#,
                "4096",
            ),
            (
                r#"{"algorithm":"PBKDF2","salt":"TXlTYWx0","iterationCount":4096,"keySize":64,"digestAlgorithm":"SHA256_HMAC","value":"vCe6YwY9dSbIFzHUEb6+kkHQZ+c1Xw0kCxVnunxkzpw="}"#,
                "keySize",
            ),
            (
                r#"{"algorithm":"PBKDF2","iterationCount":4096,"keySize":32,"digestAlgorithm":"SHA256_HMAC","value":"vCe6YwY9dSbIFzHUEb6+kkHQZ+c1Xw0kCxVnunxkzpw="}"#,
                "salt",
            ),
        ];
        for (json, word) in cases {
            let HashFlaw::Broken(why) = flaw(json) else { panic!("{json}") };
            assert!(why.contains(word), "{json}: {why}");
        }
    }

    #[test]
    fn unknown_words_are_not_well_formed() {
        for json in [
            r#"{"algorithm":"bcrypt","workFactor":10,"salt":"qRRx8rli7Lvs2h2CNgCQ2O","value":"mVA2NDdomRGoGFrAXDZcno0OZ6CoOU2"}"#,
            r#"{"algorithm":"SHA256","value":"C0fGmxAzSY1fM/X32Xu2oxJhNHUWKfTQGFwRXbRMCU4="}"#,
            r#"{"algorithm":"SHA-1","salt":"UEO3wsAsgzQ=","saltOrder":"prefix","value":"xjrauE6J6kbjcvMjWSSc+PsBBls="}"#,
            r#"{"algorithm":"PBKDF2","salt":"TXlTYWx0","iterationCount":4096,"keySize":20,"digestAlgorithm":"SHA1_HMAC","value":"vCe6YwY9dSbIFzHUEb6+kkHQZ+c="}"#,
        ] {
            assert_eq!(flaw(json), HashFlaw::UnknownWord, "{json}");
        }
    }

    #[test]
    fn what_an_algorithm_does_not_use_is_ignored() {
        assert!(read(r#"{"algorithm":"MD5","workFactor":0,"value":"KqqDNf0DDgVKmOOyxYUrNA=="}"#).is_ok());
    }

    proptest::proptest! {
        #[test]
        fn any_hash_object_is_read_without_panic(
            algorithm in "BCRYPT|PBKDF2|MD5|SHA-1|SHA-256|SHA-512|.{0,8}",
            value in ".{0,64}|[./A-Za-z0-9]{31}", salt in proptest::option::of(".{0,30}|[./A-Za-z0-9]{22}"), work: Option<i64>,
        ) {
            let body = HashBody {
                algorithm: Some(algorithm), value: Some(Secret::new(value)), salt: salt.map(Secret::new), salt_order: Some("PREFIX".into()),
                work_factor: work.map(|work| work % 8), iteration_count: work, key_size: work, digest_algorithm: Some("SHA256_HMAC".into()),
            };
            if let Ok(hash @ (ImportedHash::Bcrypt { .. } | ImportedHash::Digest { .. })) = body.read() {
                proptest::prop_assert!(!hash.fits("practice") );
            }
        }
    }
}
