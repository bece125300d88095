//! What an application did to a password before it hashed it, and which rows a statement is about.

use serde::{Deserialize, Serialize};

/// What an application does to a password before it hashes it. Okta hashes what is typed, so none of it is ever imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Preparation {
    /// Its MD5 in small hex digits (vBulletin 5, Matomo).
    Md5Hex,
    /// Its SHA-1 in small hex digits.
    Sha1Hex,
    /// Its SHA-256 in small hex digits (Meteor, Rocket.Chat).
    Sha256Hex,
    /// Its SHA-512 in small hex digits (NodeBB).
    Sha512Hex,
    /// Its SHA-256 in padded Base64.
    Sha256Base64,
    /// Its SHA-384 in padded Base64.
    Sha384Base64,
    /// Its SHA-512 in padded Base64.
    Sha512Base64,
    /// Its HMAC-SHA-512 in padded Base64, keyed with the pepper (Flask-Security).
    HmacSha512Base64,
    /// `&`, `<`, `>` and `"` as HTML writes them: PHP's `htmlspecialchars` up to 8.0 (phpBB).
    Html,
    /// The same, and `'` as `&#039;`: with `ENT_QUOTES`.
    HtmlQuotes,
    /// Unicode's composed form, NFC (phpBB, MediaWiki).
    Nfc,
    /// Blanks, tabs, line ends and NUL off both ends: PHP's `trim` (WordPress).
    Trim,
    /// A backslash before `'`, `"`, `\` and NUL: PHP's `addslashes`.
    Slashes,
    /// The user name in small letters in front of it (Simple Machines Forum 2.1).
    UserName,
    /// What the salt column says in front of it (Metabase).
    SaltBefore,
    /// What the salt column says behind it (Authlogic).
    SaltAfter,
}

impl Preparation {
    /// Whether it leaves nothing of what was typed: a digest. Text that is only changed here and there stays the same for most people.
    pub fn is_digest(self) -> bool {
        use Preparation::{
            HmacSha512Base64, Md5Hex, Sha1Hex, Sha256Base64, Sha256Hex, Sha384Base64, Sha512Base64, Sha512Hex,
        };
        matches!(
            self,
            Md5Hex
                | Sha1Hex
                | Sha256Hex
                | Sha512Hex
                | Sha256Base64
                | Sha384Base64
                | Sha512Base64
                | HmacSha512Base64
        )
    }

    /// Whether it mixes in what the salt column says.
    pub fn is_salted(self) -> bool {
        matches!(self, Self::SaltBefore | Self::SaltAfter)
    }

    /// What it does, as the rest of a sentence: "its MD5 in hex is what was hashed".
    pub fn words(self) -> &'static str {
        match self {
            Self::Md5Hex => "its MD5 in hex is what was hashed",
            Self::Sha1Hex => "its SHA-1 in hex is what was hashed",
            Self::Sha256Hex => "its SHA-256 in hex is what was hashed",
            Self::Sha512Hex => "its SHA-512 in hex is what was hashed",
            Self::Sha256Base64 => "its SHA-256 in Base64 is what was hashed",
            Self::Sha384Base64 => "its SHA-384 in Base64 is what was hashed",
            Self::Sha512Base64 => "its SHA-512 in Base64 is what was hashed",
            Self::HmacSha512Base64 => "an HMAC of it with the application's secret is what was hashed",
            Self::Html => "its & < > \" were written as in HTML first",
            Self::HtmlQuotes => "its & < > \" ' were written as in HTML first",
            Self::Nfc => "its characters were composed (Unicode NFC) first",
            Self::Trim => "blanks at its ends were taken off first",
            Self::Slashes => "a backslash was put before its quotes first",
            Self::UserName => "the user name was put in front of it first",
            Self::SaltBefore => "the salt column's value was put in front of it first",
            Self::SaltAfter => "the salt column's value was put behind it first",
        }
    }
}

/// Which rows a statement is about: those in which this column says this.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnIs {
    /// The column, as the source writes it.
    pub column: String,
    /// What it says; blanks at its ends and the case of its letters do not count. Empty: nothing.
    pub is: String,
}

impl ColumnIs {
    /// Whether a row says so. `None` where the row's value of that column is not known.
    pub fn holds(&self, columns: &[(String, String)]) -> Option<bool> {
        value_of(columns, &self.column).map(|value| value.eq_ignore_ascii_case(self.is.trim()))
    }
}

/// A row's value of a column, trimmed; names compare ignoring case. `None` where it is not known.
pub fn value_of<'a>(columns: &'a [(String, String)], name: &str) -> Option<&'a str> {
    columns.iter().find(|(column, _)| column.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}
