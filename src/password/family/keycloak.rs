//! Keycloak's credentials: JSON of a realm export, or of the `credential` table's two columns.
//!
//! `{"secretData": {"value": b64, "salt": b64}, "credentialData": {"hashIterations": n, "algorithm": "pbkdf2-sha256"}}`, where
//! each of the two may also be JSON inside a string (exports write it so). Where only `secret_data` is the password
//! column, `credential_data` may stand in the salt column. `pbkdf2` is HMAC-SHA-1; from version 24 on `argon2`.

use serde::de::{
    Deserialize, DeserializeOwned, Deserializer, Error as _, MapAccess, Visitor, value::MapAccessDeserializer,
};
use std::fmt;
use std::marker::PhantomData;

use argon2::{Algorithm, Version};

use crate::password::SecretText;
use crate::password::kernel::argon2::Argon2;
use crate::password::kernel::pbkdf2::{Pbkdf2, Prf};
use crate::password::reading::{Parsed, Reading};
use crate::password::scheme::{Scheme, Seen};
use crate::password::text;

/// Keycloak's credentials.
pub(crate) struct Keycloak;

/// A value that stands there as JSON, or as a string that holds JSON. Read without a copy in between.
struct Nested<T>(T);

impl<'de, T: DeserializeOwned> Deserialize<'de> for Nested<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<T>(PhantomData<T>);
        impl<'de, T: DeserializeOwned> Visitor<'de> for Either<T> {
            type Value = Nested<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object, or a string with one")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
                serde_json::from_str(text).map(Nested).map_err(|_| E::custom("not JSON"))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Nested)
            }
        }
        deserializer.deserialize_any(Either(PhantomData))
    }
}

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Whole {
    secret_data: Nested<Secret>,
    credential_data: Nested<Credential>,
}

#[derive(serde::Deserialize)]
struct Secret {
    value: SecretText,
    #[serde(default)]
    salt: Option<SecretText>,
}

/// What exports of the first versions hold, and of providers that keep to them: everything side by side.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Flat {
    #[serde(alias = "value")]
    hashed_salted_value: SecretText,
    #[serde(default)]
    salt: Option<SecretText>,
    #[serde(flatten)]
    data: Credential,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Credential {
    /// Custom providers write -1, or what has no part in their hash.
    #[serde(default)]
    hash_iterations: i64,
    algorithm: String,
    #[serde(default)]
    additional_parameters: Additional,
}

/// Argon2's own parameters, each a list with one text.
#[derive(serde::Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Additional {
    hash_length: Vec<Number>,
    memory: Vec<Number>,
    r#type: Vec<String>,
    version: Vec<String>,
    parallelism: Vec<Number>,
}

/// A number written as text.
struct Number(u32);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text::number(text.as_bytes()).map(Self).ok_or_else(|| D::Error::custom("not a number"))
    }
}

impl Scheme for Keycloak {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        let text = seen.text;
        if text.first() != Some(&b'{') || text.last() != Some(&b'}') {
            return None;
        }
        let holds = |word: &[u8]| text.windows(word.len()).any(|window| window == word);
        let parts = if holds(b"\"hashedSaltedValue\"") && holds(b"\"algorithm\"") {
            serde_json::from_slice::<Flat>(text)
                .map(|flat| (Secret { value: flat.hashed_salted_value, salt: flat.salt }, flat.data))
                .ok()
        } else if holds(b"\"secretData\"") {
            serde_json::from_slice::<Whole>(text)
                .map(|whole| (whole.secret_data.0, whole.credential_data.0))
                .ok()
        } else if holds(b"\"value\"") && holds(b"\"salt\"") {
            let credential = seen.salt?;
            serde_json::from_slice(text).ok().zip(serde_json::from_slice(credential).ok())
        } else {
            return None;
        };
        // A custom provider's value that names its own scheme: salt and iterations beside it are decoration.
        if let Some((secret, _)) = &parts
            && let value = secret.value.expose().as_bytes()
            && (value.starts_with(b"$") || text::label(value).is_some())
        {
            return (seen.depth < 2)
                .then(|| (Seen { text: value, salt: None, depth: seen.depth + 1, ..*seen }).recognise());
        }
        let parsed = parts
            .ok_or("its JSON is not what Keycloak writes")
            .and_then(|(secret, data)| parse(&secret, &data));
        Some(
            parsed.map_or_else(
                |reason| Reading::malformed("Keycloak's credential", reason),
                Reading::Recognised,
            ),
        )
    }
}

fn parse(secret: &Secret, data: &Credential) -> Result<Parsed, &'static str> {
    const ORIGIN: &str = "A credential from Keycloak";
    let key = text::base64(secret.value.expose().as_bytes()).ok_or("its value is not Base64")?;
    let salt = secret.salt.as_ref().and_then(|salt| text::base64(salt.expose().as_bytes()));
    let salt = salt.ok_or("its salt is not Base64")?;
    let rounds = u32::try_from(data.hash_iterations).map_err(|_| "its number of iterations is none")?;
    let prf = match data.algorithm.as_str() {
        "pbkdf2" => Prf::Sha1,
        "pbkdf2-sha256" => Prf::Sha256,
        "pbkdf2-sha512" => Prf::Sha512,
        "argon2" => {
            let method = argon2(data, rounds, salt, key)
                .ok_or("its Argon2 parameters are not what Keycloak writes")?;
            return Ok(Parsed::new("keycloak-argon2", "argon2 (Keycloak)", ORIGIN, method));
        }
        _ => return Err("its algorithm is none that Keycloak has"),
    };
    // 64 bytes, imported people's may have 32; a value cut short is none of these.
    if !([32, 64].contains(&key.len()) || key.len() == prf.len()) {
        return Err("its value has the wrong length");
    }
    let id = prf.pick("keycloak-pbkdf2-sha1", "keycloak-pbkdf2-sha256", "keycloak-pbkdf2-sha512");
    let method = Pbkdf2::new(prf, rounds, salt, key)?;
    Ok(Parsed::new(id, prf.label(), ORIGIN, method))
}

fn argon2(data: &Credential, passes: u32, salt: text::Bytes, key: text::Bytes) -> Option<Argon2> {
    let more = &data.additional_parameters;
    let algorithm = match more.r#type.first()?.as_str() {
        "id" => Algorithm::Argon2id,
        "i" => Algorithm::Argon2i,
        "d" => Algorithm::Argon2d,
        _ => return None,
    };
    let version = match more.version.first()?.as_str() {
        "1.3" => Version::V0x13,
        "1.0" => Version::V0x10,
        _ => return None,
    };
    let (memory, lanes) = (more.memory.first()?.0, more.parallelism.first()?.0);
    let sound = key.len() as u64 == u64::from(more.hash_length.first()?.0)
        && (4..=64).contains(&key.len())
        && (8..=64).contains(&salt.len())
        && passes > 0
        && lanes > 0
        && u64::from(memory) >= 8 * u64::from(lanes);
    sound.then_some(Argon2 { algorithm, version, memory, passes, lanes, salt, key })
}
