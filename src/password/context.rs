//! What somebody knows about one stored value, in the words of a line of `causeway password explain --batch`.

use std::collections::BTreeMap;

use serde::Deserialize;
use zeroize::Zeroizing;

use crate::model::{
    Firebase, Kdf, LetterCase, PasswordEncoding, PasswordSettings, Preparation, SaltColumn, SaltOrder,
    SecretBytes, StatedDigest, StatedSecret, StoredPassword, TextEncoding,
};

use super::SecretText;
use super::systems;
use super::told::telling_column;
use super::words;

/// One question: a stored value, and what is known about it. Fields that are not named here are passed over.
#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub struct Question {
    /// The stored value.
    pub stored: Option<SecretText>,
    /// The salt column's text.
    pub salt_column: Option<SecretText>,
    /// What the administrator knows about the column.
    pub context: Option<Context>,
    /// The scheme the administrator states, where the string alone does not tell.
    pub assume: Option<String>,
    /// A password to check.
    pub password: Option<SecretText>,
}

/// What an administrator may know about a column of passwords. Missing means: not needed, or not known.
#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub struct Context {
    /// A digest's name: `md5`, `sha1`, `sha256`, `sha512`, `nt`, `hmac-sha256` …
    pub digest: Option<String>,
    /// How the value is written: `hex` or `base64`.
    pub encoding: Option<String>,
    /// `prefix` or `postfix`.
    pub salt_order: Option<String>,
    /// `text`, `hex` or `base64`.
    pub salt_encoding: Option<String>,
    /// Text around the salt: its first half stands in front of it, its second half behind it (`{}`).
    pub salt_wrap: Option<String>,
    /// Iterations of PBKDF2, or rounds of a digest.
    pub iterations: Option<u32>,
    /// Bytes of salt in front of the digest.
    pub salt_bytes: Option<u32>,
    /// `digest` or `pbkdf2`.
    pub kdf: Option<String>,
    /// [`PasswordSettings::secret`].
    pub secret: Option<SecretText>,
    /// [`PasswordSettings::site_salt`].
    pub site_salt: Option<SecretText>,
    /// [`PasswordSettings::pepper`].
    pub pepper: Option<SecretText>,
    /// The source's user name.
    pub username: Option<String>,
    /// The realm of HTTP digest.
    pub realm: Option<String>,
    /// `utf-8`, `utf-16le`, `utf-16be` or `windows-1252`.
    pub password_encoding: Option<String>,
    /// `upper` or `lower`: the case the password's letters were put into first.
    pub password_case: Option<String>,
    /// What the application made of the password first: `md5-hex`, `html`, `nfc` …
    pub prepared: Vec<Preparation>,
    /// What a filled salt column has to do with a value that carries its own salt: [`PasswordSettings::salt_column`].
    pub salt_use: SaltColumn,
    /// The product that the tables show: [`PasswordSettings::made_by`].
    pub made_by: Option<String>,
    /// [`PasswordSettings::told_by`]. Not stated, it is the one of `columns` whose name says so.
    pub told_by: Option<String>,
    /// [`PasswordSettings::key_bytes`].
    pub key_bytes: Option<u32>,
    /// What the row says in other columns.
    pub columns: BTreeMap<String, serde_json::Value>,
    /// The attribute or column the value comes from, where its name tells (`ipaNTHash`).
    pub attribute: Option<String>,
    /// Statements that hold for rows in which a column says something: [`PasswordSettings::also`].
    pub also: Vec<PasswordSettings>,
    /// Firebase's `base64_signer_key`.
    pub signer_key: Option<SecretText>,
    /// Firebase's `base64_salt_separator`.
    pub salt_separator: Option<String>,
    /// Firebase's `rounds`; without a signer key the same as `iterations`.
    pub rounds: Option<u32>,
    /// Firebase's `mem_cost`.
    pub mem_cost: Option<u32>,
}

/// Other words for the same, as people write them.
static ALSO: [(&str, &str); 44] = [
    ("b64", "base64"),
    ("base-64", "base64"),
    ("hexadecimal", "hex"),
    ("base16", "hex"),
    ("raw", "text"),
    ("plain", "text"),
    ("ascii", "text"),
    ("utf8", "utf-8"),
    ("string", "text"),
    ("before", "prefix"),
    ("front", "prefix"),
    ("prepend", "prefix"),
    ("pre", "prefix"),
    ("after", "postfix"),
    ("behind", "postfix"),
    ("suffix", "postfix"),
    ("append", "postfix"),
    ("post", "postfix"),
    ("utf16le", "utf-16le"),
    ("utf-16-le", "utf-16le"),
    ("utf-16", "utf-16le"),
    ("utf16", "utf-16le"),
    ("ucs-2", "utf-16le"),
    ("utf16be", "utf-16be"),
    ("utf-16-be", "utf-16be"),
    ("latin1", "windows-1252"),
    ("cp1252", "windows-1252"),
    ("cp-1252", "windows-1252"),
    ("windows1252", "windows-1252"),
    ("sha-1", "sha1"),
    ("sha-224", "sha224"),
    ("sha-256", "sha256"),
    ("sha-384", "sha384"),
    ("sha-512", "sha512"),
    ("hmac-sha-1", "hmac-sha1"),
    ("hmac-sha-256", "hmac-sha256"),
    ("hmac-sha-512", "hmac-sha512"),
    ("hmacsha1", "hmac-sha1"),
    ("hmacsha256", "hmac-sha256"),
    ("hmacsha512", "hmac-sha512"),
    ("nt-hash", "nt"),
    ("ntlm", "nt"),
    ("uppercase", "upper"),
    ("lowercase", "lower"),
];

/// A word of a settings enum, as its JSON spells it.
fn word<T: for<'de> Deserialize<'de>>(what: &str, text: Option<&String>) -> Result<Option<T>, String> {
    let Some(text) = text else { return Ok(None) };
    let lower = text.trim().to_ascii_lowercase().replace('_', "-");
    let lower = ALSO.iter().find(|(word, _)| *word == lower).map_or(lower, |(_, word)| (*word).to_owned());
    if lower.is_empty() {
        return Ok(None);
    }
    let deserializer: serde::de::value::StrDeserializer<'_, serde::de::value::Error> =
        serde::de::IntoDeserializer::into_deserializer(lower.as_str());
    T::deserialize(deserializer).map(Some).map_err(|_| format!("“{text}” is no {what} that Causeway knows"))
}

impl Context {
    /// What the row says in other columns, as text.
    pub fn beside(&self) -> Vec<(String, String)> {
        let text = |value: &serde_json::Value| match value {
            serde_json::Value::Null => String::new(),
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        self.columns.iter().map(|(name, value)| (name.clone(), text(value))).collect()
    }
}

fn secret(text: Option<&SecretText>) -> Option<StatedSecret> {
    text.map(|text| StatedSecret::from(text.expose()))
}

impl Question {
    /// The stored password this asks about.
    pub fn stored_password(&self) -> StoredPassword {
        let bytes = |text: &SecretText| SecretBytes::from(text.expose());
        StoredPassword {
            text: self.stored.as_ref().map(bytes).unwrap_or_default(),
            salt: self.salt_column.as_ref().map(bytes),
            username: self.context.as_ref().and_then(|context| context.username.clone()),
            columns: self.context.as_ref().map(Context::beside).unwrap_or_default(),
        }
    }

    /// The scheme that is stated, or that the name of the attribute says.
    fn stated(&self) -> Option<&str> {
        let stated = self.assume.as_deref().map(str::trim).filter(|word| !word.is_empty());
        stated.or_else(|| words::of_attribute(self.context.as_ref()?.attribute.as_deref()?))
    }

    /// The settings it states. A word that Causeway does not know is an error: nothing is decided past it.
    pub fn settings(&self) -> Result<PasswordSettings, String> {
        let none = Context::default();
        let context = self.context.as_ref().unwrap_or(&none);
        let firebase = match (&context.signer_key, context.mem_cost) {
            (Some(key), Some(mem_cost)) => Some(Firebase {
                signer_key: key.expose().into(),
                salt_separator: context.salt_separator.clone().unwrap_or_default(),
                rounds: context.rounds.unwrap_or(8),
                mem_cost,
            }),
            _ => None,
        };
        let wrap = context.salt_wrap.as_deref().unwrap_or_default();
        let half = wrap.char_indices().nth(wrap.chars().count() / 2).map_or(wrap.len(), |(at, _)| at);
        Ok(PasswordSettings {
            assume: self.stated().map(|word| {
                // A word nobody knows stays: it says that something is stated, so nothing is imported past it.
                words::scheme(word).map_or_else(|| word.to_owned(), std::borrow::Cow::into_owned)
            }),
            digest: word::<StatedDigest>("digest", context.digest.as_ref())?,
            encoding: word::<TextEncoding>("encoding", context.encoding.as_ref())?,
            salt_order: word::<SaltOrder>("salt order", context.salt_order.as_ref())?,
            salt_encoding: word::<TextEncoding>("salt encoding", context.salt_encoding.as_ref())?,
            salt_before: wrap[..half].to_owned(),
            salt_after: wrap[half..].to_owned(),
            kdf: word::<Kdf>("way to derive a key", context.kdf.as_ref())?,
            iterations: context.iterations.or(context.rounds.filter(|_| firebase.is_none())),
            salt_bytes: context.salt_bytes,
            secret: secret(context.secret.as_ref()),
            site_salt: secret(context.site_salt.as_ref()),
            pepper: secret(context.pepper.as_ref()),
            realm: context.realm.clone(),
            password_encoding: word::<PasswordEncoding>(
                "password encoding",
                context.password_encoding.as_ref(),
            )?,
            password_case: word::<LetterCase>("letter case", context.password_case.as_ref())?,
            firebase,
            prepared: context.prepared.clone(),
            salt_column: context.salt_use,
            told_by: context.told_by.clone().or_else(|| {
                let made_by = context.made_by.as_deref().or_else(|| {
                    let system = systems::stated_by(self.assume.as_deref()?)?;
                    Some(system.id)
                });
                telling_column(context.columns.keys().map(String::as_str), made_by).map(str::to_owned)
            }),
            made_by: context.made_by.clone(),
            key_bytes: context.key_bytes,
            also: context.also.clone(),
            ..PasswordSettings::default()
        })
    }

    /// The password to check, as bytes that are wiped.
    pub fn password_bytes(&self) -> Option<Zeroizing<Vec<u8>>> {
        self.password.as_ref().map(|text| Zeroizing::new(text.expose().as_bytes().to_vec()))
    }
}
