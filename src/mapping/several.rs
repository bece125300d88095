//! Which of several rows of a person in another table is the one that counts: the current one, else the newest.
//!
//! A table of credentials often keeps the passwords of years. To take any of them would let an old password in again, and to take any
//! address would give people one that nobody has verified.

use crate::model::{Catalog, Column, Table};

use super::activity::{Sense, named};
use super::guess::{quoted, quoted_table};
use super::suggest::{Kind, kind_of_type, tokens};

/// Words that may stand beside the one that tells, without another meaning.
const BESIDE: [&str; 24] = [
    "is",
    "was",
    "has",
    "flag",
    "at",
    "on",
    "date",
    "time",
    "ts",
    "timestamp",
    "datetime",
    "user",
    "account",
    "password",
    "credential",
    "email",
    "mail",
    "address",
    "login",
    "key",
    "record",
    "row",
    "entry",
    "since",
];

/// True, or a moment, for a row that no longer counts.
const STALE: [&str; 27] = [
    "revoked",
    "revocation",
    "deleted",
    "removed",
    "replaced",
    "superseded",
    "retired",
    "invalidated",
    "invalid",
    "compromised",
    "leaked",
    "breached",
    "archived",
    "obsolete",
    "outdated",
    "deprecated",
    "previous",
    "former",
    "old",
    "historic",
    "historical",
    "history",
    "rotated",
    "disabled",
    "inactive",
    "deactivated",
    "expired",
];

/// True for the row that counts.
const CURRENT: [&str; 8] = ["current", "active", "enabled", "live", "latest", "newest", "valid", "effective"];

/// True, or a moment, for an address that is known to be the person's.
const VERIFIED: [&str; 4] = ["verified", "confirmed", "validated", "approved"];

/// True for the one of several that count.
const PRIMARY: [&str; 8] =
    ["primary", "default", "main", "preferred", "principal", "selected", "standard", "haupt"];

/// Numbers that grow.
const VERSIONS: [&str; 6] = ["version", "revision", "generation", "seq", "sequence", "serial"];

/// What a text says no with, and a moment that is none.
const NO: &str = "('', '0', 'f', 'false', 'n', 'no', 'off', '0000-00-00', '0000-00-00 00:00:00')";

/// How one of several rows is chosen.
pub(super) struct Choice {
    /// The terms of `ORDER BY`, of a row `x`.
    order: Vec<String>,
    /// That a row `h` no longer counts.
    stale: Option<String>,
    /// The columns that tell which is current.
    current: Vec<String>,
    /// The columns that tell which is newest.
    newest: Vec<String>,
    /// Whether a moment tells it rather than a number.
    by_time: bool,
    /// Whether these columns tell one row from all others. Where they don't, which one is taken is chance.
    pub(super) sure: bool,
}

impl Choice {
    /// Of the rows of a table that `person` points at people with.
    pub(super) fn of(table: &Table, person: &str) -> Self {
        let mut choice = Self {
            order: Vec::new(),
            stale: None,
            current: Vec::new(),
            newest: Vec::new(),
            by_time: false,
            sure: false,
        };
        let mut ranked: Vec<(Says, &Column)> = table
            .columns
            .iter()
            .filter(|column| !column.name.eq_ignore_ascii_case(person))
            .filter_map(|column| Some((says(column)?, column)))
            .collect();
        ranked.sort_by_key(|(says, _)| *says);
        let mut stale = Vec::new();
        for (says, column) in &ranked {
            let term = match says {
                Says::Stale => {
                    stale.push(format!("COALESCE({}, '') NOT IN {NO}", text("h", column)));
                    format!("CASE WHEN COALESCE({}, '') NOT IN {NO} THEN 1 ELSE 0 END", text("x", column))
                }
                Says::End if kind_of_type(&column.type_name) == Kind::Number => {
                    let name = format!("x.{}", quoted(&column.name));
                    format!("CASE WHEN COALESCE({name}, 0) = 0 THEN 0 ELSE 1 END, {name} DESC")
                }
                // What can't be read as a moment has no end.
                Says::End => {
                    let name = text("x", column);
                    format!(
                        "CASE WHEN {name} >= '1971' AND {name} < CAST(CURRENT_TIMESTAMP AS text) THEN 1 ELSE 0 END"
                    )
                }
                Says::Status => format!(
                    "CASE WHEN {0} IN ('active', 'current', 'valid', 'verified', 'confirmed', 'primary', 'enabled', 'live', 'password') THEN 0 \
                     WHEN {0} LIKE '%histor%' OR {0} IN ('old', 'previous', 'former', 'revoked', 'deleted', 'expired', 'inactive', 'disabled', \
                     'replaced', 'superseded') THEN 2 ELSE 1 END",
                    text("x", column)
                ),
                Says::Current | Says::Verified | Says::Primary => {
                    choice.sure |= *says != Says::Verified;
                    format!("CASE WHEN COALESCE({}, '') NOT IN {NO} THEN 0 ELSE 1 END", text("x", column))
                }
                Says::Time(_) | Says::Version => continue,
            };
            choice.order.push(term);
            choice.current.push(column.name.clone());
        }
        choice.stale = (!stale.is_empty()).then(|| stale.join(" OR "));
        choice.by_time(&ranked);
        choice.by_number(table, person, &ranked);
        choice
    }

    /// The newest by when it was changed, or where that is empty, by when it was made.
    fn by_time(&mut self, ranked: &[(Says, &Column)]) {
        let times: Vec<&Column> = ranked
            .iter()
            .filter(|(says, _)| matches!(says, Says::Time(_)))
            .map(|(_, column)| *column)
            .collect();
        let Some(first) = times.first() else { return };
        let alike: Vec<&&Column> =
            times.iter().filter(|time| time.type_name.eq_ignore_ascii_case(&first.type_name)).collect();
        let filled = |column: &Column| {
            let name = format!("x.{}", quoted(&column.name));
            if kind_of_type(&column.type_name) == Kind::Text { format!("NULLIF({name}, '')") } else { name }
        };
        let terms: Vec<String> = alike.iter().map(|column| filled(column)).collect();
        let term = if terms.len() > 1 { format!("COALESCE({})", terms.join(", ")) } else { terms.join(", ") };
        self.order.push(format!("CASE WHEN {term} IS NULL THEN 1 ELSE 0 END"));
        self.order.push(format!("{term} DESC"));
        self.newest.extend(alike.iter().map(|column| column.name.clone()));
        (self.by_time, self.sure) = (true, true);
    }

    /// The highest version, then the highest number of a row.
    fn by_number(&mut self, table: &Table, person: &str, ranked: &[(Says, &Column)]) {
        for (_, column) in ranked.iter().filter(|(says, _)| *says == Says::Version) {
            self.order.push(format!("x.{} DESC", quoted(&column.name)));
            if self.newest.is_empty() {
                self.newest.push(column.name.clone());
            }
            self.sure = true;
        }
        let key = |column: &&Column| {
            table.primary_key.contains(&column.name) && !column.name.eq_ignore_ascii_case(person)
        };
        let keys: Vec<&Column> = table.columns.iter().filter(key).collect();
        if let [one] = keys.as_slice()
            && table.primary_key.len() == 1
            && kind_of_type(&one.type_name) == Kind::Number
        {
            if self.newest.is_empty() {
                self.newest.push(one.name.clone());
            }
            self.sure = true;
        }
        // What is no number tells nothing; it only keeps two readings alike.
        self.order.extend(keys.iter().map(|column| format!("x.{} DESC", quoted(&column.name))));
    }

    /// `ORDER BY` of the rows `x` of one person, the one that counts first.
    pub(super) fn order(&self, person: &str) -> String {
        if self.order.is_empty() { format!("x.{}", quoted(person)) } else { self.order.join(", ") }
    }

    /// That a row `h` no longer counts, so that nobody may sign in with it.
    pub(super) fn stale(&self) -> Option<&str> {
        self.stale.as_deref()
    }

    /// Which one is taken, in a clause.
    pub(super) fn words(&self) -> String {
        let (current, newest) = (self.current.join(", "), self.newest.join(", "));
        let new = if self.by_time { "newest" } else { "last" };
        match (self.current.is_empty(), self.newest.is_empty()) {
            (true, _) => format!("the {new} is taken (by {newest})"),
            (false, true) => format!("the current one is taken (by {current})"),
            (false, false) => {
                format!("the current one is taken (by {current}), and of several the {new} (by {newest})")
            }
        }
    }
}

/// What a column says of a row; those that say more come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Says {
    Stale,
    End,
    Status,
    Current,
    Verified,
    Primary,
    /// When it was changed, made, or came into force.
    Time(u8),
    Version,
}

fn says(column: &Column) -> Option<Says> {
    let words = tokens(&column.name);
    let kind = kind_of_type(&column.type_name);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let only = |list: &[&str]| {
        has(list) && words.iter().all(|word| list.contains(&word.as_str()) || BESIDE.contains(&word.as_str()))
    };
    let moment = kind == Kind::Moment
        || has(&["at", "on", "date", "time", "ts", "timestamp", "datetime", "since", "from", "until"]);
    // `old_password` is a value, and `is_old` a mark.
    let marks = kind != Kind::Text
        || moment
        || words.len() == 1
        || matches!(words.first().map(String::as_str), Some("is" | "was" | "has"))
        || words.last().is_some_and(|word| word == "flag");
    let sense = named(&column.name).filter(|named| named.exact).map(|named| named.sense);
    let ends = has(&["expires", "expire", "expiry", "expiration", "until", "till", "end", "ends", "ended"])
        || moment && has(&["expired"])
        || words.len() > 1 && words.ends_with(&["to".to_owned()]) && has(&["valid", "effective", "active"]);
    match () {
        () if ends && kind != Kind::Truth => Some(Says::End),
        () if marks && only(&STALE) => Some(Says::Stale),
        () if marks && only(&VERIFIED) => Some(Says::Verified),
        () if marks && only(&PRIMARY) => Some(Says::Primary),
        () if marks && !moment && only(&CURRENT) => Some(Says::Current),
        () if kind == Kind::Text
            && words.last().is_some_and(|word| {
                matches!(word.as_str(), "status" | "state" | "type" | "kind" | "usage" | "statut" | "estado")
            }) =>
        {
            Some(Says::Status)
        }
        () if matches!(sense, Some(Sense::Off | Sense::OffFrom | Sense::Trace)) => Some(Says::Stale),
        () if matches!(sense, Some(Sense::ValidUntil)) => Some(Says::End),
        () if matches!(sense, Some(Sense::On)) && marks && !moment => Some(Says::Current),
        () => time(&words, kind, moment).map(Says::Time).or_else(|| {
            (kind == Kind::Number && words.last().is_some_and(|word| VERSIONS.contains(&word.as_str())))
                .then_some(Says::Version)
        }),
    }
}

/// Of a column that says when: the smaller, the sooner it is asked.
fn time(words: &[String], kind: Kind, moment: bool) -> Option<u8> {
    let whole = words.concat();
    let glued = matches!(
        whole.as_str(),
        "mtime"
            | "ctime"
            | "crdate"
            | "tstamp"
            | "timecreated"
            | "timemodified"
            | "created"
            | "updated"
            | "modified"
    );
    let other = ["by", "id", "ip", "count", "zone", "timezone"];
    if !(moment || glued)
        || words.iter().any(|word| other.contains(&word.as_str()))
        || matches!(kind, Kind::Truth | Kind::Bytes | Kind::List)
    {
        return None;
    }
    let has = |list: &[&str]| list.iter().any(|part| whole.contains(part));
    match () {
        () if has(&[
            "updat",
            "modif",
            "chang",
            "edit",
            "mtime",
            "tstamp",
            "geaendert",
            "geändert",
            "aktualisiert",
        ]) =>
        {
            Some(0)
        }
        () if words.iter().any(|word| word == "set") => Some(0),
        () if has(&[
            "creat",
            "added",
            "insert",
            "issued",
            "ctime",
            "crdate",
            "erstellt",
            "angelegt",
            "registered",
        ]) || matches!(whole.as_str(), "date" | "timestamp" | "since" | "at" | "ts" | "datetime") =>
        {
            Some(1)
        }
        () if has(&["validfrom", "effectivefrom", "activefrom", "startdate", "startedat", "assigned"])
            || whole == "from" =>
        {
            Some(2)
        }
        () => None,
    }
}

fn text(row: &str, column: &Column) -> String {
    format!("lower(CAST({row}.{} AS text))", quoted(&column.name))
}

/// Where the rows of a SELECT that Causeway wrote begin, of which one is taken.
const PARTITION: &str = "ROW_NUMBER() OVER (PARTITION BY x.";
const NUMBERED: &str = ") AS nth_of_person\n  FROM ";

/// The rows of another table, numbered for each person in the order in which they count.
pub(super) fn numbered(table: &str, person: &str, order: &str, filled: &str) -> String {
    format!("SELECT x.*, {PARTITION}{} ORDER BY {order}{NUMBERED}{table} x{filled}", quoted(person))
}

/// The SELECT that counts for whom there are several rows.
pub(super) fn counting(table: &str, person: &str, filled: &str) -> String {
    let filled = if filled.is_empty() { " WHERE".to_owned() } else { format!("{filled} AND") };
    format!(
        "SELECT count(*) AS people FROM (SELECT x.{person} FROM {table} x{filled} x.{person} IS NOT NULL GROUP BY x.{person} \
         HAVING count(*) > 1) s"
    )
}

/// A table of which a SELECT takes one row of several.
pub struct Several {
    /// The SELECT that counts for whom there are several.
    pub counting: String,
    table: String,
    chosen: String,
}

impl Several {
    /// Which one is taken of how many people’s, in a sentence. `None`: there is nothing to say.
    pub fn words(&self, people: Option<u64>) -> Option<String> {
        let Self { table, chosen, .. } = self;
        match people {
            Some(0) => None,
            Some(1) => Some(format!("1 person has several rows in {table}; {chosen}.")),
            Some(count) => {
                Some(format!("{} have several rows in {table}; {chosen}.", crate::model::people(count)))
            }
            None => Some(format!("Of several rows of a person in {table}, {chosen}.")),
        }
    }
}

/// The tables of which a SELECT that Causeway wrote takes one row of several.
pub fn several(catalog: &Catalog, sql: &str) -> Vec<Several> {
    let mut found = Vec::new();
    for rest in sql.split(PARTITION).skip(1) {
        let read = || {
            let (person, rest) = rest.split_once(" ORDER BY ")?;
            let (_, rest) = rest.split_once(NUMBERED)?;
            let (from, _) = rest.split_once("\n) h ON ")?;
            let (name, filled) = from.split_once(" x")?;
            let table = catalog.tables.iter().find(|table| quoted_table(&table.name) == name)?;
            let column = table.columns.iter().find(|column| quoted(&column.name) == person)?;
            Some(Several {
                counting: counting(name, person, filled),
                table: table.name.display(),
                chosen: Choice::of(table, &column.name).words(),
            })
        };
        found.extend(read());
    }
    found
}
