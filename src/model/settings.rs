//! What the administrator states once about all stored passwords of a migration.

use std::fmt;

use super::{ColumnIs, Preparation, SaltOrder, SecretBytes, TextEncoding, value_of};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What the stored text alone does not tell. Everything is optional: nothing stated means nothing assumed.
///
/// Written as JSON it holds no secret: a [`StatedSecret`] becomes `{"kept": "apart"}`. Whoever keeps settings keeps
/// [`PasswordSettings::secrets`] beside them, sealed, and puts them back with [`PasswordSettings::restore`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PasswordSettings {
    /// Where the salt column's salt stood. Without it a salted digest is never imported on a guess.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub salt_order: Option<SaltOrder>,
    /// How the salt column writes its bytes. Default: the text's bytes are the salt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub salt_encoding: Option<TextEncoding>,
    /// The scheme the administrator states, where the string alone does not tell (`md5`, `nt-hash`, `plaintext`): any
    /// scheme id of the `password` room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assume: Option<String>,
    /// The digest, or the digest inside the HMAC of a PBKDF2, where the scheme leaves it open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<StatedDigest>,
    /// How the stored value writes its bytes (hex or Base64), where the scheme leaves it open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<TextEncoding>,
    /// Fixed text in front of each salt (`{` of Spring's `{salt}`).
    #[serde(skip_serializing_if = "String::is_empty")]
    pub salt_before: String,
    /// Fixed text behind each salt (`}` of Spring's `{salt}`).
    #[serde(skip_serializing_if = "String::is_empty")]
    pub salt_after: String,
    /// Whether Tomcat's and other shared shapes are a plain digest or a PBKDF2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kdf: Option<Kdf>,
    /// Iterations of PBKDF2, or rounds of a digest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iterations: Option<u32>,
    /// How many bytes of salt stand in front of the digest in the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub salt_bytes: Option<u32>,
    /// How many bytes the digest or derived key has: one of another length is something else, and never imported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_bytes: Option<u32>,
    /// A secret of the application that it puts behind each salt (Spring's site-wide secret).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<StatedSecret>,
    /// One salt for everybody (CakePHP's `Security.salt`, PrestaShop's cookie key). With a salt column: on the far side of its salt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site_salt: Option<StatedSecret>,
    /// A secret right beside the password: behind it in bcrypt, between salt and password in a digest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pepper: Option<StatedSecret>,
    /// The realm of HTTP digest and DIGEST-MD5.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub realm: Option<String>,
    /// A Firebase project's hash parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub firebase: Option<Firebase>,
    /// How the password's characters became bytes. Default: UTF-8. Anything else is never imported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_encoding: Option<PasswordEncoding>,
    /// Whether the password was put into capital or small letters first. Never imported then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_case: Option<LetterCase>,
    /// Digests one after the other, the first over the password: `md5(md5(password).salt)` is two steps. Empty: one
    /// step, as the other settings say. Takes the place of `salt_order` where it is not empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub chain: Vec<ChainStep>,
    /// What the application did to the password before it hashed it, in order. Never imported then.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub prepared: Vec<Preparation>,
    /// The product that the tables show to have made these, by its name in the `password` room. Nobody stated it: what such a
    /// product may have done to the password first keeps its values from being imported until somebody states or proves it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made_by: Option<String>,
    /// The column that says of each value how it was made (`passwd_hash_algo`, `encryption_scheme`): each person's value is read by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub told_by: Option<String>,
    /// What is done with clear text that many people have. It is about everyone, whatever else is stated of some.
    #[serde(skip_serializing_if = "SharedClearText::is_held_back")]
    pub shared_clear_text: SharedClearText,
    /// What a filled salt column has to do with values that carry their own salt. It is about everyone, whatever else is stated of some.
    #[serde(skip_serializing_if = "SaltColumn::is_unstated")]
    pub salt_column: SaltColumn,
    /// In a statement of `also`: it is about the people whose row says this, decides alone for them, and says nothing of the others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<ColumnIs>,
    /// What holds for values that the above does not settle, in order: a column with bare digests of two kinds. Their secrets
    /// are those above; what stands in their own `also` is not read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Self>,
}

/// What is done with clear text that many people have: a first password that was never changed, a word for none. Whoever knows it
/// would get in as all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SharedClearText {
    /// It is not sent: those people set a new one.
    #[default]
    HoldBack,
    /// The administrator says that these are people's real passwords: they are sent.
    Send,
}

impl SharedClearText {
    /// Whether nobody said that these are real passwords.
    pub fn is_held_back(&self) -> bool {
        *self == Self::HoldBack
    }
}

/// What a column called a salt, a pepper or a nonce has to do with values beside it that carry their own salt (bcrypt, Argon2, crypt).
/// Some applications put it beside the password before they hash it, and others left it there from before: the value alone does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SaltColumn {
    /// Nobody said: where it is filled, such a value is not imported.
    #[default]
    Unstated,
    /// It is not used by them. That it is, [`PasswordSettings::prepared`] says.
    Unused,
}

impl SaltColumn {
    /// Whether nobody said anything.
    pub fn is_unstated(&self) -> bool {
        *self == Self::Unstated
    }
}

/// What is stated about one row.
#[derive(Debug)]
pub enum Case<'a> {
    /// What is stated in general: no statement is about this row alone.
    Others,
    /// This, and nothing else.
    Of(Box<PasswordSettings>),
    /// It can't be told: what the row says in this column is not known here.
    Lacks(&'a str),
}

/// The names of [`PasswordSettings`]' secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecretName {
    /// [`PasswordSettings::secret`].
    Secret,
    /// [`PasswordSettings::site_salt`].
    SiteSalt,
    /// [`PasswordSettings::pepper`].
    Pepper,
    /// [`Firebase::signer_key`].
    SignerKey,
}

impl SecretName {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Secret, Self::SiteSalt, Self::Pepper, Self::SignerKey];

    /// The name it is kept under.
    pub fn name(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::SiteSalt => "site_salt",
            Self::Pepper => "pepper",
            Self::SignerKey => "signer_key",
        }
    }
}

impl PasswordSettings {
    /// Whether nothing is stated.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// These settings, preferred to `former` where both settle a value: what was stated before still holds for the others.
    /// Secrets that only `former` states stay.
    #[must_use]
    pub fn before(mut self, former: &Self) -> Self {
        // A way for the rows in which a column says something: everything else stays as it is.
        if let Some(when) = self.when.take() {
            return former.clone().with_case(when, &self);
        }
        self.secret = self.secret.or_else(|| former.secret.clone());
        self.site_salt = self.site_salt.or_else(|| former.site_salt.clone());
        self.pepper = self.pepper.or_else(|| former.pepper.clone());
        self.firebase = self.firebase.or_else(|| former.firebase.clone());
        self.made_by = self.made_by.or_else(|| former.made_by.clone());
        self.told_by = self.told_by.or_else(|| former.told_by.clone());
        if self.shared_clear_text.is_held_back() {
            self.shared_clear_text = former.shared_clear_text;
        }
        if self.salt_column.is_unstated() {
            self.salt_column = former.salt_column;
        }
        self.also.clear();
        let first = self.bare();
        for other in std::iter::once(former).chain(&former.also) {
            let other = other.bare();
            if !other.is_empty() && other != first && !self.also.contains(&other) {
                self.also.push(other);
            }
        }
        self
    }

    /// The statement alone: without secrets and without what holds for others.
    fn bare(&self) -> Self {
        Self {
            secret: None,
            site_salt: None,
            pepper: None,
            firebase: None,
            made_by: None,
            told_by: None,
            shared_clear_text: SharedClearText::default(),
            salt_column: SaltColumn::default(),
            also: Vec::new(),
            ..self.clone()
        }
    }

    /// These settings as they hold for others, with a way that holds for the rows of which `when` is true: what was stated of the very
    /// same rows before, it takes the place of.
    #[must_use]
    pub fn with_case(mut self, when: ColumnIs, way: &Self) -> Self {
        self.secret = self.secret.or_else(|| way.secret.clone());
        self.site_salt = self.site_salt.or_else(|| way.site_salt.clone());
        self.pepper = self.pepper.or_else(|| way.pepper.clone());
        self.firebase = self.firebase.or_else(|| way.firebase.clone());
        let same = |other: &Self| {
            other.when.as_ref().is_some_and(|w| {
                w.column.eq_ignore_ascii_case(&when.column)
                    && w.is.trim().eq_ignore_ascii_case(when.is.trim())
            })
        };
        self.also.retain(|other| !same(other));
        self.also.insert(0, Self { when: Some(when), ..way.bare() });
        self
    }

    /// What is stated about one row alone, by what its columns say.
    pub fn case<'a>(&'a self, columns: &[(String, String)]) -> Case<'a> {
        let mut lacks = None;
        for other in &self.also {
            let Some(when) = &other.when else { continue };
            match when.holds(columns) {
                Some(true) => return Case::Of(Box::new(self.with_secrets(other))),
                Some(false) => {}
                None => lacks = lacks.or(Some(when.column.as_str())),
            }
        }
        lacks.map_or(Case::Others, Case::Lacks)
    }

    /// What a row says in the column that these settings go by, if they go by one: what is proven of it holds for rows that say the same.
    pub fn row(&self, columns: &[(String, String)]) -> Option<ColumnIs> {
        let mut known = self.columns().filter_map(|column| Some((column, value_of(columns, column)?)));
        known.next().map(|(column, is)| ColumnIs { column: column.to_owned(), is: is.to_owned() })
    }

    /// The columns beside password and salt that a row is read by.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        let cases = self.also.iter().filter_map(|other| other.when.as_ref()).map(|when| when.column.as_str());
        self.told_by.as_deref().into_iter().chain(cases)
    }

    /// A statement of `also` with the secrets of these.
    fn with_secrets(&self, other: &Self) -> Self {
        Self {
            secret: self.secret.clone(),
            site_salt: self.site_salt.clone(),
            pepper: self.pepper.clone(),
            firebase: self.firebase.clone(),
            made_by: self.made_by.clone(),
            told_by: None,
            shared_clear_text: self.shared_clear_text,
            salt_column: self.salt_column,
            also: Vec::new(),
            ..other.clone()
        }
    }

    /// What holds for a value that these settings do not settle: each statement of `also` that is about all rows, with the secrets of
    /// these.
    pub fn alternatives(&self) -> impl Iterator<Item = Self> {
        self.also.iter().filter(|other| other.when.is_none()).map(|other| self.with_secrets(other))
    }

    /// The secrets that are stated and known here, to be kept sealed beside the settings.
    pub fn secrets(&self) -> Vec<(SecretName, SecretBytes)> {
        SecretName::ALL
            .into_iter()
            .filter_map(|name| Some((name, self.stated_secret(name)?.value()?.clone())))
            .collect()
    }

    /// Whether a secret is stated that is not known here: it has to be restored, or asked for.
    pub fn lacks_secret(&self) -> bool {
        SecretName::ALL.into_iter().any(|name| self.stated_secret(name).is_some_and(|s| s.value().is_none()))
    }

    /// Puts a secret back that these settings state as kept apart. Nothing happens where they don't.
    pub fn restore(&mut self, name: SecretName, value: SecretBytes) {
        let place = match name {
            SecretName::Secret => self.secret.as_mut(),
            SecretName::SiteSalt => self.site_salt.as_mut(),
            SecretName::Pepper => self.pepper.as_mut(),
            SecretName::SignerKey => self.firebase.as_mut().map(|firebase| &mut firebase.signer_key),
        };
        if let Some(place @ StatedSecret(None)) = place {
            *place = StatedSecret::new(value);
        }
    }

    /// Whether a secret of that name is stated, known here or not.
    pub fn states(&self, name: SecretName) -> bool {
        self.stated_secret(name).is_some()
    }

    fn stated_secret(&self, name: SecretName) -> Option<&StatedSecret> {
        match name {
            SecretName::Secret => self.secret.as_ref(),
            SecretName::SiteSalt => self.site_salt.as_ref(),
            SecretName::Pepper => self.pepper.as_ref(),
            SecretName::SignerKey => self.firebase.as_ref().map(|firebase| &firebase.signer_key),
        }
    }
}

/// A secret that is stated: its value, or that it is kept apart. Never shown, and never written as JSON.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct StatedSecret(Option<SecretBytes>);

impl StatedSecret {
    /// A secret whose value is known.
    pub fn new(value: SecretBytes) -> Self {
        Self(Some(value))
    }

    /// Its bytes; `None` while it is kept apart and has not been put back.
    pub fn value(&self) -> Option<&SecretBytes> {
        self.0.as_ref()
    }
}

impl From<&str> for StatedSecret {
    fn from(text: &str) -> Self {
        Self::new(SecretBytes::from(text))
    }
}

impl fmt::Debug for StatedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "StatedSecret(covered)" } else { "StatedSecret(kept apart)" })
    }
}

/// What stands in a file for a secret that is kept elsewhere.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    kept: Apart,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Apart {
    Apart,
}

/// `{"kept": "apart"}`, whether its value is known or not.
impl Serialize for StatedSecret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Kept { kept: Apart::Apart }.serialize(serializer)
    }
}

/// `{"kept": "apart"}`; or the secret itself as text, in a file somebody wrote by hand.
impl<'de> Deserialize<'de> for StatedSecret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Apart(Kept),
            // No secrecy type here: the text is moved into one at once.
            Written(String),
        }
        Ok(match Either::deserialize(deserializer)? {
            Either::Apart(_) => Self(None),
            Either::Written(text) => Self::new(SecretBytes::new(text.into_bytes())),
        })
    }
}

/// A digest that can be stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StatedDigest {
    /// MD4.
    Md4,
    /// MD5.
    Md5,
    /// SHA-1.
    Sha1,
    /// SHA-224.
    Sha224,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
    /// MD4 over UTF-16LE.
    Nt,
    /// HMAC-SHA-1.
    #[serde(rename = "hmac-sha1")]
    HmacSha1,
    /// HMAC-SHA-256.
    #[serde(rename = "hmac-sha256")]
    HmacSha256,
    /// HMAC-SHA-512.
    #[serde(rename = "hmac-sha512")]
    HmacSha512,
}

/// What a value is, where one shape serves two computations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kdf {
    /// Rounds of a digest.
    Digest,
    /// PBKDF2.
    Pbkdf2,
}

/// How a password's characters became the bytes that were hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PasswordEncoding {
    /// UTF-8.
    #[serde(rename = "utf-8")]
    Utf8,
    /// UTF-16, little-endian: Windows and .NET.
    #[serde(rename = "utf-16le")]
    Utf16Le,
    /// UTF-16, big-endian: Java's `char`s.
    #[serde(rename = "utf-16be")]
    Utf16Be,
    /// One byte a character, as Western Windows wrote it (ISO 8859-1 but for 0x80 to 0x9F).
    #[serde(rename = "windows-1252", alias = "latin-1", alias = "iso-8859-1")]
    Windows1252,
}

/// Letters put into one case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LetterCase {
    /// Capital letters.
    Upper,
    /// Small letters.
    Lower,
}

/// One digest of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainStep {
    /// The digest.
    pub digest: StatedDigest,
    /// Where the salt stands beside what this step takes in; none if it has no part in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salt: Option<SaltOrder>,
    /// How the step's result is handed to the next one. The last step's is how the value is written, and does not count.
    #[serde(default)]
    pub hands_on: HandsOn,
}

/// How one digest of a chain becomes the input of the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HandsOn {
    /// In small hex digits, as PHP's `md5()` gives it.
    #[default]
    Hex,
    /// In capital hex digits.
    Upper,
    /// In padded Base64.
    Base64,
    /// As bytes.
    Raw,
}

/// The hash parameters of a Firebase project (Authentication, Password hash parameters).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Firebase {
    /// `base64_signer_key`, as the console shows it.
    pub signer_key: StatedSecret,
    /// `base64_salt_separator`, as the console shows it.
    pub salt_separator: String,
    /// `rounds`: scrypt's r.
    pub rounds: u32,
    /// `mem_cost`: log2 of scrypt's N.
    pub mem_cost: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secretive() -> PasswordSettings {
        PasswordSettings {
            assume: Some("firebase-scrypt".to_owned()),
            pepper: Some("p3pper".into()),
            firebase: Some(Firebase {
                signer_key: "s1gner".into(),
                salt_separator: "Bw==".to_owned(),
                rounds: 8,
                mem_cost: 14,
            }),
            chain: vec![ChainStep {
                digest: StatedDigest::Md5,
                salt: Some(SaltOrder::Postfix),
                hands_on: HandsOn::Hex,
            }],
            ..PasswordSettings::default()
        }
    }

    #[test]
    fn secrets_are_neither_written_nor_shown() {
        let settings = secretive();
        let json = serde_json::to_string(&settings).unwrap();
        let shown = format!("{settings:?}");
        for secret in ["p3pper", "s1gner"] {
            assert!(!json.contains(secret) && !shown.contains(secret), "{json} {shown}");
        }
        assert!(json.contains(r#""pepper":{"kept":"apart"}"#), "{json}");
    }

    #[test]
    fn what_was_kept_apart_can_be_put_back() {
        let settings = secretive();
        let mut again: PasswordSettings =
            serde_json::from_str(&serde_json::to_string(&settings).unwrap()).unwrap();
        assert!(again.lacks_secret() && again != settings);
        for (name, value) in settings.secrets() {
            again.restore(name, value);
        }
        assert!(!again.lacks_secret());
        assert_eq!(again, settings);
        // Nothing is put where nothing is stated, and nothing known is overwritten.
        again.restore(SecretName::SiteSalt, SecretBytes::from("x"));
        again.restore(SecretName::Pepper, SecretBytes::from("x"));
        assert_eq!(again, settings);
    }

    #[test]
    fn a_new_statement_goes_before_what_was_stated_and_is_there_once() {
        let of = |assume: &str| PasswordSettings {
            assume: Some(assume.to_owned()),
            ..PasswordSettings::default()
        };
        assert!(of("md5").before(&PasswordSettings::default()).also.is_empty());
        let both = of("md5").before(&of("sha256"));
        assert_eq!((both.assume.as_deref(), both.also.as_slice()), (Some("md5"), &[of("sha256")][..]));
        let again = of("md5").before(&both);
        assert_eq!(again, both);
        let turned = of("sha256").before(&both);
        assert_eq!(turned.also, [of("md5")]);
        let peppered = PasswordSettings { pepper: Some("p3pper".into()), ..of("sha1") };
        let kept = of("md5").before(&peppered);
        assert!(kept.pepper.is_some() && kept.also[0].pepper.is_none());
        assert!(kept.alternatives().all(|other| other.pepper.is_some()));
    }

    #[test]
    fn a_file_written_by_hand_may_name_the_secret() {
        let settings: PasswordSettings = serde_json::from_str(r#"{"pepper": "p3pper"}"#).unwrap();
        assert_eq!(
            settings.pepper.as_ref().and_then(StatedSecret::value),
            Some(&SecretBytes::from("p3pper"))
        );
        assert!(serde_json::from_str::<PasswordSettings>(r#"{"pepper": {"kept": "here"}}"#).is_err());
    }
}
