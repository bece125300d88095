//! A column that says of each row's value how it was made: Gitea's `passwd_hash_algo`, FusionAuth's `encryption_scheme`, vBulletin's
//! `scheme`, XenForo's `scheme_class`, Discourse's `password_algorithm`, Moodle's `auth`, anybody's `hash_algo`.
//!
//! One statement for the whole column would be wrong for some rows: so each row is read by what its own says. Where Causeway does not
//! know the word, or the value is something else than the word says, nothing is imported; the hook tries it as it looks.

use crate::model::{Case, PasswordSettings, SaltOrder, StatedDigest, StoredPassword, TextEncoding, value_of};

use super::family::specified::is_specification;
use super::reading::{Candidates, Reading};
use super::salt_column::names_salt;
use super::systems::{self, System};
use super::text::{self, Bytes};
use super::unproven::unproven;

/// Columns that tell, in small letters without anything between the words, and the product whose words they hold.
static COLUMNS: [(&str, &str); 39] = [
    ("passwdenctype", "ilias"),
    ("passwdhashalgo", "gitea"),
    ("encryptionscheme", "fusionauth"),
    ("passwordalgorithm", "discourse"),
    ("schemeclass", "xenforo"),
    ("scheme", "vbulletin5"),
    ("auth", "moodle"),
    ("hashmethod", "vanilla"),
    ("encoder", "shopware"),
    ("legacyencoder", "shopware"),
    ("passwordformat", "aspnet"),
    ("hashalgo", ""),
    ("hashalg", ""),
    ("hashalgorithm", ""),
    ("passwordalgo", ""),
    ("passwordalg", ""),
    ("passwordhashalgo", ""),
    ("passwordhashalgorithm", ""),
    ("passwordhashtype", ""),
    ("passwordhashmethod", ""),
    ("passwdalgo", ""),
    ("pwalgo", ""),
    ("pwdalgo", ""),
    ("algo", ""),
    ("algorithm", ""),
    ("hashtype", ""),
    ("hashscheme", ""),
    ("hashfunction", ""),
    ("hashfunc", ""),
    ("passwordtype", ""),
    ("passwordscheme", ""),
    ("passwordencoding", ""),
    ("passwordencryption", ""),
    ("pwscheme", ""),
    ("pwdscheme", ""),
    ("crypttype", ""),
    ("enctype", ""),
    ("encryptiontype", ""),
    ("passencryption", ""),
];

/// Names of columns that only tell beside their product's other columns.
const SHARED: [&str; 3] = ["scheme", "auth", "encoder"];

fn plain(name: &str) -> String {
    let name = name.rsplit('.').next().unwrap_or(name);
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// The column that tells how each value was made, by its name; `made_by` is the product that the tables show, where they show one.
pub fn telling_column<'a>(
    names: impl IntoIterator<Item = &'a str>,
    made_by: Option<&str>,
) -> Option<&'a str> {
    let names: Vec<&str> = names.into_iter().collect();
    let listed = COLUMNS.iter().find_map(|(column, system)| {
        let alone = !SHARED.contains(column) || made_by.is_some_and(|id| id == *system);
        names.iter().copied().find(|name| alone && plain(name) == *column)
    });
    listed.or_else(|| names.iter().copied().find(|name| sounds(&plain(name))))
}

/// Whether a column's name sounds like one that tells how values were made, whatever stands before and behind.
fn sounds(plain: &str) -> bool {
    let parts = [
        "hashalg",
        "hashver",
        "hashmethod",
        "hashtype",
        "hashscheme",
        "hashfunc",
        "hashkind",
        "hashformat",
        "enctype",
    ];
    let about = ["pass", "pwd", "pw", "hash", "legacy", "crypt"].iter().any(|word| plain.contains(word));
    let kind = ["algo", "scheme", "encryption", "encryptor", "crypttype", "cryptmethod", "encoder", "hasher"]
        .iter()
        .any(|word| plain.contains(word));
    let version = ["type", "version", "method", "format", "kind"].iter().any(|word| {
        plain.strip_suffix(word).is_some_and(|head| {
            ["password", "passwd", "pass", "pwd", "pw", "hash", "crypt"].iter().any(|end| head.ends_with(end))
        })
    });
    parts.iter().any(|part| plain.contains(part)) || about && kind || version
}

/// The columns beside password and salt that a row's value is read by, of those there are.
pub fn columns_read(settings: &PasswordSettings, names: &[String]) -> Vec<String> {
    let mut read: Vec<String> = settings.columns().map(str::to_owned).collect();
    if settings.told_by.as_deref().is_some_and(|column| plain(column) == "encryptionscheme") {
        read.extend(names.iter().filter(|name| plain(name) == "factor").cloned());
    }
    // What may have been mixed into passwords that do not tell: whether the row fills it decides what is believed of them.
    read.extend(names.iter().filter(|name| names_salt(name)).cloned());
    read
}

/// Whether a word of a column is one that tells how a password was made.
pub fn tells(column: &str, word: &str) -> bool {
    let columns = vec![(column.to_owned(), word.to_owned())];
    let settings = PasswordSettings { told_by: Some(column.to_owned()), ..PasswordSettings::default() };
    let stored = StoredPassword { columns, ..StoredPassword::default() };
    // What of FusionAuth's is split over columns is told by its word all the same.
    let split = plain(column) == "encryptionscheme" && word.eq_ignore_ascii_case("bcrypt");
    split || !matches!(tale(&settings, &stored), None | Some(Tale::Unknown(_)))
}

/// Why a row's word is not understood, where its column tells how each value was made and nothing is stated of such rows.
pub(super) fn unread(settings: &PasswordSettings, stored: &StoredPassword) -> Option<String> {
    match (settings.case(&stored.columns), tale(settings, stored)) {
        (Case::Others, Some(Tale::Unknown(why))) => Some(why),
        _ => None,
    }
}

/// What a row's word makes of its value.
pub(super) enum Tale {
    /// It says nothing: what is stated in general holds.
    Nothing,
    /// Read by this, and it has to be of this family, where one is named.
    States(Box<PasswordSettings>, Option<&'static str>),
    /// Read by this, written otherwise.
    Rewritten(Box<PasswordSettings>, Bytes, &'static str),
    /// Several ways, which the hook tries.
    Ways(Vec<PasswordSettings>),
    /// Another system checks this person's password, or there is none.
    Elsewhere(&'static str),
    /// The word is none that Causeway knows.
    Unknown(String),
}

/// What a row says of its value, where a column tells. `None` where none does.
pub(super) fn tale(settings: &PasswordSettings, stored: &StoredPassword) -> Option<Tale> {
    let column = settings.told_by.as_deref()?;
    let Some(word) = value_of(&stored.columns, column) else {
        return Some(Tale::Unknown(format!(
            "what the column “{column}” says for this person is not known here: read people again"
        )));
    };
    let by_column = plain(column);
    let by_column = COLUMNS.iter().find(|(name, _)| *name == by_column).map_or("", |(_, system)| system);
    let made_by = settings.made_by.as_deref().and_then(systems::system_of).map(|system: &System| system.id);
    let base = PasswordSettings { also: Vec::new(), told_by: None, ..settings.clone() };
    let tale = match made_by.filter(|id| *id == by_column).unwrap_or(by_column) {
        "gitea" => gitea(word, base),
        "fusionauth" => fusionauth(word, stored, base),
        "discourse" => discourse(word, base),
        "vbulletin5" => vbulletin(word, base),
        "xenforo" => xenforo(word, base),
        "moodle" => moodle(word, base),
        "aspnet" => aspnet(word, base),
        "ilias" => ilias(word, base),
        _ => generic(word, base),
    };
    Some(tale.unwrap_or_else(|| {
        let shown: String = word.chars().filter(|c| !c.is_control()).take(40).collect();
        Tale::Unknown(format!(
            "the column “{column}” says “{shown}”, and Causeway does not know how that makes passwords"
        ))
    }))
}

fn assuming(base: PasswordSettings, word: &str) -> Box<PasswordSettings> {
    Box::new(PasswordSettings { assume: Some(word.to_owned()), ..base })
}

/// Gitea's and Forgejo's: without parameters those of the first versions, whatever the settings say today.
fn gitea(word: &str, base: PasswordSettings) -> Option<Tale> {
    let lower = word.to_ascii_lowercase();
    let specification = match lower.as_str() {
        "" | "pbkdf2" | "pbkdf2_v1" => "pbkdf2$10000$50",
        "pbkdf2_v2" => "pbkdf2$50000$50",
        "pbkdf2_hi" => "pbkdf2$320000$50",
        "argon2" => "argon2$2$65536$8$50",
        "scrypt" => "scrypt$65536$16$2$50",
        other => other,
    };
    if is_specification(specification) {
        let family = family_in(specification);
        return Some(Tale::States(assuming(base, specification), family));
    }
    let bcrypt = specification == "bcrypt" || specification.starts_with("bcrypt$");
    bcrypt.then(|| Tale::States(assuming(base, "bcrypt"), Some("bcrypt")))
}

/// FusionAuth's: the cost stands in `factor`, salts are in Base64, bcrypt is split over salt and password.
fn fusionauth(word: &str, stored: &StoredPassword, base: PasswordSettings) -> Option<Tale> {
    let factor = value_of(&stored.columns, "factor").and_then(|text| text::number(text.as_bytes()));
    let pbkdf2 = |digest, bytes| {
        let settings = PasswordSettings {
            assume: Some("pbkdf2".to_owned()),
            digest: Some(digest),
            iterations: factor,
            encoding: Some(TextEncoding::Base64),
            salt_encoding: Some(TextEncoding::Base64),
            key_bytes: Some(bytes),
            ..base.clone()
        };
        // Without its iterations it can be told, and not checked.
        Tale::States(Box::new(settings), Some("pbkdf2"))
    };
    let digest = |digest, bytes| {
        let orders = [SaltOrder::Prefix, SaltOrder::Postfix];
        let way = |order, encoding| PasswordSettings {
            digest: Some(digest),
            iterations: factor,
            encoding: Some(TextEncoding::Base64),
            salt_encoding: Some(encoding),
            salt_order: Some(order),
            key_bytes: Some(bytes),
            assume: None,
            ..base.clone()
        };
        let both = orders.iter().flat_map(|order| {
            [TextEncoding::Text, TextEncoding::Base64].map(|encoding| way(*order, encoding))
        });
        Tale::Ways(both.collect())
    };
    Some(match word.to_ascii_lowercase().as_str() {
        "bcrypt" => {
            let settings = assuming(base, "bcrypt");
            match (stored.text.expose(), stored.salt.as_ref().map(crate::model::SecretBytes::expose), factor)
            {
                // Whole, it keeps its own cost.
                ([b'$', ..], _, _) => Tale::States(settings, Some("bcrypt")),
                (value, Some(salt), Some(cost @ 4..=31)) if value.len() == 31 && salt.len() == 22 => {
                    let mut whole = Bytes::new(Vec::with_capacity(64));
                    whole.extend_from_slice(format!("$2a${cost:02}$").as_bytes());
                    whole.extend_from_slice(salt);
                    whole.extend_from_slice(value);
                    Tale::Rewritten(settings, whole, "bcrypt")
                }
                _ => return None,
            }
        }
        "salted-pbkdf2-hmac-sha256" => pbkdf2(StatedDigest::Sha256, 32),
        "salted-pbkdf2-hmac-sha256-512" => pbkdf2(StatedDigest::Sha256, 64),
        "salted-pbkdf2-hmac-sha512-512" => pbkdf2(StatedDigest::Sha512, 64),
        "salted-md5" => digest(StatedDigest::Md5, 16),
        "salted-sha256" => digest(StatedDigest::Sha256, 32),
        "salted-hmac-sha256" => digest(StatedDigest::HmacSha256, 32),
        "phpass-md5" | "phpass-sha512" => Tale::States(Box::new(base), Some("phpass")),
        _ => return None,
    })
}

/// Discourse's: a PHC string without salt and hash. Rows of before it have none.
fn discourse(word: &str, base: PasswordSettings) -> Option<Tale> {
    if word.is_empty() {
        return Some(Tale::States(assuming(base, "discourse-pbkdf2"), Some("pbkdf2")));
    }
    let rest = word.strip_prefix("$pbkdf2-sha256$")?;
    let rest = rest.strip_suffix('$').unwrap_or(rest);
    let [rounds, len] = text::fields(rest.as_bytes(), b',')?;
    let settings = PasswordSettings {
        assume: Some("discourse-pbkdf2".to_owned()),
        iterations: Some(text::number(rounds.strip_prefix(b"i=")?)?),
        key_bytes: Some(text::number(len.strip_prefix(b"l=")?)?),
        ..base
    };
    Some(Tale::States(Box::new(settings), Some("pbkdf2")))
}

/// vBulletin 5's: `blowfish:10`, `argon2id…`, `legacy`. All of them are over the MD5 of the password.
fn vbulletin(word: &str, base: PasswordSettings) -> Option<Tale> {
    let word = word.to_ascii_lowercase();
    let family = match word.split([':', '$']).next().unwrap_or_default() {
        "blowfish" | "bcrypt" => "bcrypt",
        "argon2id" | "argon2i" => "argon2",
        "legacy" => "vbulletin",
        _ => return None,
    };
    Some(Tale::States(assuming(base, "vbulletin5"), Some(family)))
}

/// XenForo's: the class that checks it.
fn xenforo(word: &str, base: PasswordSettings) -> Option<Tale> {
    let class = word.rsplit([':', '_', '\\']).next().unwrap_or_default().to_ascii_lowercase();
    Some(match class.as_str() {
        "core12" => Tale::States(assuming(base, "bcrypt"), Some("bcrypt")),
        "core" => Tale::States(assuming(base, "xenforo1-sha256"), Some("xenforo")),
        "nopassword" | "external" => Tale::Elsewhere("XenForo has no password for this person"),
        "vbulletin" => Tale::States(assuming(base, "vbulletin"), Some("vbulletin")),
        "vbulletin5" => Tale::States(assuming(base, "vbulletin5"), None),
        "mybb" | "ipboard" | "ipboard30x" => Tale::States(assuming(base, "mybb-ipb"), Some("mybb-ipb")),
        "phpbb3" => Tale::States(assuming(base, "phpbb3"), None),
        "smf" => Tale::States(assuming(base, "smf-sha1"), None),
        _ => return None,
    })
}

/// Moodle's: who checks the password.
fn moodle(word: &str, base: PasswordSettings) -> Option<Tale> {
    match word.to_ascii_lowercase().as_str() {
        "" | "manual" | "email" => Some(Tale::Nothing),
        "nologin" => Some(Tale::Elsewhere("Moodle's auth column says nologin: this person does not sign in")),
        "ldap" | "cas" | "shibboleth" | "oauth2" | "db" | "imap" | "pop3" | "nntp" | "radius" | "pam"
        | "fc" | "saml2" | "oidc" | "lti" | "mnet" | "webservice" | "none" | "googleoauth2" | "saml" => {
            Some(Tale::States(Box::new(base), Some("another system's")))
        }
        _ => None,
    }
}

/// ILIAS': its `bcrypt` is over an HMAC with a secret of the installation, its `bcryptphp` is PHP's own.
fn ilias(word: &str, base: PasswordSettings) -> Option<Tale> {
    Some(match word.to_ascii_lowercase().as_str() {
        "bcryptphp" => Tale::States(assuming(base, "bcrypt"), Some("bcrypt")),
        "bcrypt" => Tale::States(assuming(base, "ilias"), None),
        "md5" => Tale::States(assuming(base, "md5"), Some("md5")),
        _ => return None,
    })
}

/// ASP.NET Membership's `PasswordFormat`.
fn aspnet(word: &str, base: PasswordSettings) -> Option<Tale> {
    match word {
        "1" => Some(Tale::States(Box::new(base), Some("aspnet"))),
        "2" => Some(Tale::States(assuming(base, "aspnet-encrypted"), None)),
        _ => None,
    }
}

/// Anybody's: a word that names a family; the value has to be of it.
fn generic(word: &str, base: PasswordSettings) -> Option<Tale> {
    if word.is_empty() {
        return Some(Tale::Nothing);
    }
    let lower = word.to_ascii_lowercase();
    if ["ldap", "external", "sso", "oauth", "oauth2", "saml", "oidc", "none", "kerberos"]
        .contains(&lower.as_str())
    {
        return Some(Tale::Elsewhere("The row says that another system checks this person's password"));
    }
    if is_specification(&lower) {
        let family = family_in(&lower);
        return Some(Tale::States(assuming(base, &lower), family));
    }
    let family = family_in(&lower).filter(|family| alone(&lower, family))?;
    Some(Tale::States(Box::new(base), Some(family)))
}

/// Whether a word names this family and nothing beside it: `md5_bcrypt` and `bcrypt(sha1)` are bcrypt over something else. Of derived keys
/// the digest is a part.
fn alone(word: &str, family: &str) -> bool {
    if family != "bcrypt" && family != "argon2" {
        let nests =
            word.contains(['(', '+', '>']) || ["bcrypt", "argon2"].iter().any(|one| word.contains(one));
        return !nests;
    }
    word.split(|c: char| !c.is_ascii_alphanumeric()).filter(|piece| !piece.is_empty()).all(|piece| {
        let numbers = piece.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        let number = numbers.bytes().all(|byte| byte.is_ascii_digit()) && piece.len() - numbers.len() <= 1;
        let known = [
            "bcrypt", "blowfish", "blf", "crypt", "2a", "2b", "2y", "argon2", "argon2i", "argon2d",
            "argon2id", "id",
        ]
        .contains(&piece)
            || ["password", "php", "hash", "default", "cost", "rounds", "native", "algo"].contains(&piece);
        number || known
    })
}

/// The families that words and schemes name, by a piece of their names.
static FAMILIES: [(&str, &str); 22] = [
    ("bcrypt", "bcrypt"),
    ("blowfish", "bcrypt"),
    ("blf", "bcrypt"),
    ("argon2", "argon2"),
    ("yescrypt", "yescrypt"),
    ("scrypt", "scrypt"),
    ("pbkdf2", "pbkdf2"),
    ("phpass", "phpass"),
    ("drupal", "phpass"),
    ("vbulletin", "vbulletin"),
    ("mybb", "mybb-ipb"),
    ("xenforo", "xenforo"),
    ("aspnet", "aspnet"),
    ("md5crypt", "md5crypt"),
    ("apr1", "md5crypt"),
    ("crypt-md5", "md5crypt"),
    ("nt-hash", "nt"),
    ("ntlm", "nt"),
    ("sha512", "sha512"),
    ("sha256", "sha256"),
    ("sha1", "sha1"),
    ("md5", "md5"),
];

fn family_in(name: &str) -> Option<&'static str> {
    let name = name.replace("sha-", "sha").replace('_', "-");
    // PHP's own words for bcrypt.
    if matches!(name.as_str(), "2y" | "2a" | "2b" | "$2y$" | "$2a$" | "$2b$") {
        return Some("bcrypt");
    }
    FAMILIES.iter().find(|(piece, _)| name.contains(piece)).map(|(_, family)| *family)
}

/// The reading, held against the family that the row names.
fn expected(reading: Reading, family: Option<&'static str>, column: &str, word: &str) -> Reading {
    let Some(family) = family else { return reading };
    let Reading::Recognised(parsed) = &reading else { return reading };
    let scheme = parsed.scheme();
    let found = if scheme == "vbulletin5" { family_of_label(parsed.label()) } else { family_in(scheme) };
    if found == Some(family) {
        return reading;
    }
    let word: String = word.chars().filter(|c| !c.is_control()).take(40).collect();
    let reason = if family == "another system's" {
        format!(
            "the column “{column}” says that another system checks this person's password (“{word}”), and this one may be old"
        )
    } else {
        format!("the column “{column}” says “{word}”, and the value is not what that makes")
    };
    unproven(reading, reason)
}

fn family_of_label(label: &str) -> Option<&'static str> {
    family_in(&label.to_ascii_lowercase())
}

impl Tale {
    /// The value as its row says it is read. `read` reads one under some settings.
    pub(super) fn read(
        self,
        settings: &PasswordSettings,
        stored: &StoredPassword,
        read: impl Fn(&StoredPassword, &PasswordSettings) -> Reading,
    ) -> Reading {
        let column = settings.told_by.as_deref().unwrap_or_default();
        let word = value_of(&stored.columns, column).unwrap_or_default();
        match self {
            Self::Nothing => read(stored, settings),
            Self::States(said, family) => expected(read(stored, &said), family, column, word),
            Self::Rewritten(said, whole, family) => {
                let text = crate::model::SecretBytes::new(whole.to_vec());
                let stored = StoredPassword { text, salt: None, ..stored.clone() };
                expected(read(&stored, &said), Some(family), column, word)
            }
            Self::Ways(ways) => several(stored, &ways, read),
            Self::Elsewhere(why) => Reading::Empty { why },
            Self::Unknown(reason) => unproven(read(stored, settings), reason),
        }
    }
}

/// Every way that has the value's shape: one alone is not certain either.
fn several(
    stored: &StoredPassword,
    ways: &[PasswordSettings],
    read: impl Fn(&StoredPassword, &PasswordSettings) -> Reading,
) -> Reading {
    let mut schemes = Vec::new();
    for way in ways {
        if let Reading::Recognised(parsed) = read(stored, way) {
            schemes.push(parsed);
        }
    }
    if schemes.is_empty() {
        let reason = "its digest or its salt has not the length or the form of what its row says";
        return Reading::malformed("what its row says", reason);
    }
    let ask = "Prove with a known password where the salt stood, or state it in the Map step";
    Reading::Ambiguous(Candidates { shape: "Salted digests, told by their rows".into(), ask, schemes })
}
