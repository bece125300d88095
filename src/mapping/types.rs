//! The mapping as it is edited, saved and loaded (JSON).

use serde::{Deserialize, Serialize};

use crate::model::{PasswordSettings, Selection, TableName};

/// Where a column goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// An attribute of the Okta profile, base or custom.
    Attribute(String),
    /// The stored password.
    Password,
    /// The salt of the stored password.
    Salt,
    /// Whether the account is switched on.
    IsActive,
    /// The name of a group, or several (a list, or text split by a transform).
    Group,
    /// When the person last signed in.
    LastSignIn,
    /// Nowhere: somebody looked at the column, and it doesn't say who may sign in. It is not asked about again.
    LeftBehind,
}

/// A change on the way. Applied in order; text in, text out, except where told. A value that a change cannot take makes a finding, never an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Transform {
    /// White space off both ends.
    Trim,
    /// All letters small.
    Lower,
    /// All letters capital.
    Upper,
    /// Names written all small or all capital, as people write them (`o'neill` → `O'Neill`, `MCDONALD` → `McDonald`, `VAN DER
    /// BERG` → `van der Berg`). Words already of mixed case stay as they are (`MacDonald`, `DeVries`).
    TitleCase,
    /// The given names of a full name: `Anna van der Berg` and `van der Berg, Anna` → `Anna`; `李伟` → `伟`. One lone word is a
    /// given name.
    GivenName,
    /// The family name of a full name: `Anna van der Berg` → `van der Berg`; `李伟` → `李`. Nothing for one lone word.
    FamilyName,
    /// Splits at `separator` and takes one part: 0 the first, -1 the last. An empty separator is any run of white space. No such
    /// part: no value.
    Split {
        /// What stands between the parts.
        separator: String,
        /// Which part.
        take: i32,
    },
    /// Splits at `separator` and keeps all parts as a list (for groups and array attributes). An empty separator is any run of
    /// white space.
    SplitAll {
        /// What stands between the parts.
        separator: String,
    },
    /// A list that is written as text, as JSON (`["a","b"]`), PHP (`a:1:{i:0;s:1:"a";}`, also `s:1:"a";b:1;` as WordPress writes
    /// roles) or PostgreSQL (`{a,b}`), as a list. Other text stays one value.
    Unpack,
    /// One part of a value that is written as JSON: `name.first` of `{"name": {"first": "Ada"}}`. Of a list, all its parts. No such
    /// part, or no JSON: no value.
    Pick(String),
    /// Joins this value with those of other columns, empty ones left out. All parts of a list are joined.
    Join {
        /// The other columns, in order.
        columns: Vec<String>,
        /// What to put between.
        separator: String,
    },
    /// Always this text, whatever the column holds.
    Constant(String),
    /// This text when the value is empty or only white space.
    Default(String),
    /// Every `from` becomes `to`.
    Replace {
        /// What to look for; never empty.
        from: String,
        /// What to put instead.
        to: String,
    },
    /// Text before and after, when there is a value.
    Affix {
        /// Put before.
        before: String,
        /// Put after.
        after: String,
    },
    /// A phone number to E.164; `country` (ISO 3166-1 alpha-2) for numbers without a country code. What can't be read stays as
    /// it is, with a finding.
    Phone {
        /// The country of numbers that name none.
        country: String,
    },
    /// Words to true and false. Words compare ignoring case; two empty lists mean the usual ones (yes/no, 1/0, active/disabled,
    /// …). In a list `*` stands for every other value, an empty word for no value.
    Boolean {
        /// Words for true.
        yes: Vec<String>,
        /// Words for false.
        no: Vec<String>,
    },
    /// A date or moment in `format` (chrono's strftime; empty: the usual ones, Unix seconds and milliseconds too;
    /// [`Transform::DAY_FIRST`] or [`Transform::MONTH_FIRST`]: the usual ones, with `03/04/2024` read so) to RFC 3339: a date alone becomes `2024-05-01`, a moment
    /// `2024-05-01T12:00:00Z`. Without a zone it is taken as UTC.
    Date {
        /// The source's format.
        format: String,
    },
    /// A moment to true and false, by where it stands when the row is read. `0`, `0000-00-00`, 1970-01-01 and 0001-01-01 are no
    /// moment; `infinity`, 9999-12-31 and -1 lie ahead. A day lasts to its end (UTC).
    Moment {
        /// What no moment means.
        none: bool,
        /// What a moment that has come means.
        past: bool,
        /// What a moment that lies ahead means.
        future: bool,
    },
    /// A look-up table: equal values (ignoring case) are exchanged; others stay as they are.
    Lookup(Vec<(String, String)>),
    /// At most so many characters (code points); the rest is cut off.
    Shorten(u32),
}

impl Transform {
    /// The format of a date that states: the usual ways, the day before the month.
    pub const DAY_FIRST: &str = "day first";
    /// The format of a date that states: the usual ways, the month before the day.
    pub const MONTH_FIRST: &str = "month first";
}

/// One column, where it goes, and what changes on the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The source column; `None` for a constant that needs none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Where it goes.
    pub target: Target,
    /// Changes on the way, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transforms: Vec<Transform>,
}

/// Which rows are people, and how each column becomes part of an Okta user. What `causeway map` prints and a mapping file holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// The format's version: 1.
    pub version: u32,
    /// Which rows are people.
    pub selection: Selection,
    /// Where columns go. A column may stand in several rules; a column in none is left behind.
    pub rules: Vec<Rule>,
    /// What is stated about all stored passwords.
    #[serde(default)]
    pub password: PasswordSettings,
    /// Tables that somebody looked at, and that don't say who may sign in. They are not asked about again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_tables: Vec<TableName>,
}
