//! A person's other half: people whose passwords, names or addresses are in a table of their own, and the SELECT that reads both.

use std::collections::HashSet;
use std::fmt::Write as _;

use crate::model::{Catalog, ColumnName, Columns, People, Sample, Selection, Table, TableName, people};

use super::from_names;
use super::guess::{Landscape, bystander, holds_people, quoted, quoted_table, stands_for_people};
use super::several::{Choice, counting, numbered};
use super::suggest::{Around, Meaning, by_name, singular, tokens};
use super::types::{Mapping, Target};

/// Tables that are offered at most.
const OFFERED: usize = 3;

/// Words of tables that hold something of a person, but no half of them that is still theirs.
const SHADOWS: [&str; 28] = [
    "log",
    "audit",
    "session",
    "token",
    "history",
    "backup",
    "bak",
    "old",
    "tmp",
    "temp",
    "archive",
    "import",
    "staging",
    "attempt",
    "event",
    "message",
    "notification",
    "reset",
    "verification",
    "invitation",
    "device",
    "copy",
    "deleted",
    "request",
    "queue",
    "job",
    "order",
    "invoice",
];

/// Words of columns beside a password that tell how it was made.
const BESIDE_PASSWORD: [&str; 14] = [
    "salt",
    "algo",
    "algorithm",
    "alg",
    "scheme",
    "iteration",
    "iterations",
    "rounds",
    "factor",
    "cost",
    "type",
    "kind",
    "method",
    "hash",
];

/// Where a person's other half is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherHalf {
    /// The table.
    pub table: TableName,
    /// What is there and missing here: `passwords`, `e-mail addresses`, `names`.
    pub holds: Vec<&'static str>,
    /// The join: the people's column and the other table's.
    pub join: (ColumnName, ColumnName),
    /// Whether a foreign key states the join.
    pub keyed: bool,
    /// How to read both together. `None` for own SQL in which it is not certain which column is whose: it has to be added there.
    pub selection: Option<Selection>,
    /// Of which people there may be several rows, where there may be.
    pub several: Option<SeveralRows>,
}

/// Several rows of one person in a person's other half.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeveralRows {
    /// Which one is taken, in a clause. `None`: nothing there says which one counts, so none is.
    pub chosen: Option<String>,
    /// The SELECT that counts for how many people there are several.
    pub counting: String,
    /// For how many, once they were counted.
    pub people: Option<u64>,
    /// How to read both together in case there are none.
    pub alone: Option<Selection>,
}

impl OtherHalf {
    /// Takes down for how many people there are several rows. Where that is nobody, there is nothing to choose.
    pub fn counted(&mut self, people: Option<u64>) {
        let Some(several) = &mut self.several else { return };
        several.people = people;
        if people == Some(0) {
            self.selection = self.selection.take().or_else(|| several.alone.take());
        }
    }

    /// What is missing, where it seems to be, and what comes of leaving it, for a person to read.
    pub fn words(&self) -> String {
        let holds = match self.holds.as_slice() {
            [] => String::new(),
            [one] => (*one).to_owned(),
            [most @ .., last] => format!("{} and {last}", most.join(", ")),
        };
        let mut text = holds;
        if let Some(first) = text.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        let (own, other) = &self.join;
        let key = if self.keyed { "by a foreign key" } else { "no foreign key says so" };
        let _ = write!(
            text,
            " seem to be in {} ({} = {}, {key}).",
            self.table.display(),
            other.display(),
            own.display()
        );
        text.push_str(if self.holds.contains(&"passwords") {
            " Without it everyone must reset."
        } else {
            " Without it people lack what Okta needs."
        });
        let rows = self.several.as_ref().filter(|several| several.people != Some(0));
        if let Some(SeveralRows { chosen, people: count, .. }) = rows {
            let of = match count {
                Some(1) => "1 person has several rows there".to_owned(),
                Some(count) => format!("{} have several rows there", people(*count)),
                None => "People may have several rows there".to_owned(),
            };
            match chosen {
                Some(chosen) => {
                    let _ = write!(text, " {of}: {chosen}.");
                }
                None => {
                    let _ = write!(text, " {of}, and no column says which one counts: choose it yourself.");
                }
            }
        }
        if self.selection.is_none() {
            text.push_str(" Join it in your SELECT.");
        }
        text
    }
}

/// The tables with what a suggested mapping misses: passwords, names, e-mail addresses.
pub fn other_halves(catalog: &Catalog, mapping: &Mapping, sample: &Sample) -> Vec<OtherHalf> {
    let lacks = lacking(mapping);
    if !(lacks.password || lacks.email || lacks.name) {
        return Vec::new();
    }
    let land = Landscape::of(catalog, holds_people);
    let mut found: Vec<(u8, OtherHalf)> = Vec::new();
    for base in bases(catalog, mapping, &sample.columns) {
        found.extend(shared_addresses(catalog, &base).filter(|_| lacks.email).map(|half| (0, half)));
        found.extend(catalog.tables.iter().filter_map(|other| half(&land, &base, other, &lacks)));
    }
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, half)| half).take(OFFERED).collect()
}

/// What the mapping has no column for.
pub(super) struct Lacks {
    pub(super) password: bool,
    pub(super) email: bool,
    pub(super) name: bool,
}

/// What a mapping has no column for.
pub(super) fn lacking(mapping: &Mapping) -> Lacks {
    let goes = |target: &Target| mapping.rules.iter().any(|rule| rule.target == *target);
    let attribute = |name: &str| goes(&Target::Attribute(name.to_owned()));
    Lacks {
        password: !goes(&Target::Password),
        email: !attribute("email"),
        name: !attribute("firstName") || !attribute("lastName"),
    }
}

/// What is read so far.
pub(super) struct Base<'c> {
    /// The table the people are in.
    pub(super) people: &'c Table,
    /// `FROM`.
    pub(super) from: String,
    /// Its columns in small letters.
    pub(super) columns: HashSet<String>,
    pub(super) mapping: &'c Mapping,
    /// Tables that are read already.
    pub(super) known: Vec<&'c Table>,
    /// Whether a column of the same name as one of the people's table is that one.
    pub(super) certain: bool,
}

impl Base<'_> {
    /// The same people by another SELECT.
    pub(super) fn with(&self, sql: String) -> Selection {
        let selection = &self.mapping.selection;
        let key =
            if selection.key.is_empty() { self.people.primary_key.clone() } else { selection.key.clone() };
        Selection { people: People::Sql(sql), key, ..selection.clone() }
    }
}

/// The tables of people that are read, each with what is read with it.
pub(super) fn bases<'c>(catalog: &'c Catalog, mapping: &'c Mapping, columns: &Columns) -> Vec<Base<'c>> {
    match &mapping.selection.people {
        People::Table(name) => {
            let Some(people) = catalog.table(name) else { return Vec::new() };
            vec![Base {
                people,
                from: quoted_table(name),
                columns: names(people),
                mapping,
                known: vec![people],
                certain: true,
            }]
        }
        People::Sql(sql) => {
            let read = mentioned(catalog, sql);
            let columns: HashSet<String> = columns.names().iter().map(|name| name.to_lowercase()).collect();
            let mut people: Vec<&'c Table> =
                read.iter().copied().filter(|table| holds_people(table)).collect();
            // Whatever it is called (`users_old`): who is read from it are the people.
            if people.is_empty() {
                people =
                    read.iter().copied().filter(|table| read.len() == 1 || reads_first(sql, table)).collect();
            }
            // What was joined to these people is theirs, and no other people: their ids are no others'.
            if people.iter().any(|table| reads_first(sql, table)) {
                people.retain(|table| reads_first(sql, table));
            }
            let base = |people: &'c Table| Base {
                people,
                from: format!("({}\n)", sql.trim().trim_end_matches(';')),
                columns: columns.clone(),
                mapping,
                known: read.clone(),
                certain: read.len() == 1 || reads_first(sql, people),
            };
            people.into_iter().map(base).collect()
        }
    }
}

/// The tables of people that a SELECT names.
pub fn people_in_select(catalog: &Catalog, sql: &str) -> Vec<TableName> {
    let read = mentioned(catalog, sql).into_iter().filter(|table| holds_people(table));
    read.map(|table| table.name.clone()).collect()
}

/// Whether a SELECT of several tables plainly has this one's columns under their own names, as those that Causeway writes do:
/// `SELECT u.*, … FROM users u`, `SELECT u.id AS id, … FROM users u`.
fn reads_first(sql: &str, people: &Table) -> bool {
    let words = sql.split_whitespace().collect::<Vec<_>>().join(" ");
    let from = format!(" FROM {} u ", quoted_table(&people.name));
    let keys = people.primary_key.iter().chain(people.primary_key.is_empty().then_some(&people.name.name));
    let mut keys = keys.map(|key| format!("u.{0} AS {0}", quoted(key)));
    format!("{words} ").contains(&from)
        && !words.contains(" UNION ")
        && (words.starts_with("SELECT u.*") || keys.all(|key| words.contains(&key)))
}

/// Whether a mapping misses something that another table may hold: passwords, names, addresses.
pub fn lacks_something(mapping: &Mapping) -> bool {
    let lacks = lacking(mapping);
    lacks.password || lacks.email || lacks.name
}

/// How a table is joined to people.
pub(super) struct Link {
    pub(super) own: String,
    pub(super) other: String,
    pub(super) keyed: bool,
    /// One row there for each person, at most.
    pub(super) one: bool,
}

fn half<'c>(
    land: &Landscape<'c>,
    base: &Base<'c>,
    other: &'c Table,
    lacks: &Lacks,
) -> Option<(u8, OtherHalf)> {
    let words = tokens(&other.name.name);
    let shadow = words
        .iter()
        .any(|word| SHADOWS.contains(&word.as_str()) || SHADOWS.contains(&singular(word).as_str()));
    if base.known.iter().any(|known| known.name == other.name)
        || other.refused.is_some()
        || other.view
        || shadow
    {
        return None;
    }
    let around = Around::new(Some(&other.name.name), other.columns.iter().map(|column| column.name.as_str()));
    let meanings: Vec<(&str, Meaning)> = other
        .columns
        .iter()
        .filter_map(|column| Some((column.name.as_str(), by_name(&column.name, &around)?.0)))
        .map(|(name, meaning)| {
            let mail = address_of_mail(other, name);
            (name, if mail { Meaning::Attribute("email") } else { meaning })
        })
        .collect();
    let has = |meaning: Meaning| meanings.iter().any(|(_, other)| *other == meaning);
    let email = has(Meaning::Attribute("email"));
    let both = has(Meaning::Attribute("firstName")) && has(Meaning::Attribute("lastName"));
    let of_people = words.iter().any(|word| {
        stands_for_people(word) || matches!(singular(word).as_str(), "partner" | "party" | "individual")
    });
    // Mastodon's people have their names with their accounts.
    let whole = has(Meaning::FullName) || has(Meaning::Attribute("displayName"));
    let name = both || whole && (email || of_people);
    let password = has(Meaning::Password);
    let mut holds = Vec::new();
    if lacks.password && password {
        holds.push("passwords");
    }
    if lacks.email && email {
        holds.push("e-mail addresses");
    }
    if lacks.name && name {
        holds.push("names");
    }
    if holds.is_empty() {
        return None;
    }
    let link = link(land, base.people, other)?;
    if !base.columns.contains(&link.own.to_lowercase()) {
        return None;
    }
    let needed = lacks.password && password;
    let wanted: Vec<&str> = other
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .filter(|name| *name != link.other && wanted(name, &meanings, needed))
        .collect();
    let first = meanings.iter().find(|(_, meaning)| match holds.first() {
        Some(&"passwords") => *meaning == Meaning::Password,
        Some(&"e-mail addresses") => *meaning == Meaning::Attribute("email"),
        _ => matches!(meaning, Meaning::FullName | Meaning::Attribute("lastName" | "displayName")),
    });
    let first = first.map(|(name, _)| *name);
    let secret = first.filter(|_| holds.first() == Some(&"passwords"));
    let sql = joined(base, other, &link, &wanted, first, secret);
    let selection = base.certain.then(|| base.with(sql));
    let several = (!link.one).then(|| several_rows(base, other, &link, first));
    let (selection, several) = match several {
        Some(rows) if rows.chosen.is_none() => (None, Some(SeveralRows { alone: selection, ..rows })),
        several => (selection, several),
    };
    let rank = u8::from(!link.keyed) * 2 + u8::from(!holds.contains(&"passwords"));
    let column =
        |table: &Table, name: &str| ColumnName { table: table.name.clone(), column: name.to_owned() };
    Some((
        rank,
        OtherHalf {
            table: other.name.clone(),
            join: (column(base.people, &link.own), column(other, &link.other)),
            keyed: link.keyed,
            holds,
            selection,
            several,
        },
    ))
}

/// Of which people there may be several rows, and which one is taken.
fn several_rows(base: &Base<'_>, other: &Table, link: &Link, needed: Option<&str>) -> SeveralRows {
    let choice = Choice::of(other, &link.other);
    let own = if base.certain { base.from.clone() } else { quoted_table(&base.people.name) };
    let filled = format!(
        "{} x.{} IN (SELECT u.{} FROM {own} u)",
        filled(needed).map_or_else(|| " WHERE".to_owned(), |filled| format!("{filled} AND")),
        quoted(&link.other),
        quoted(&link.own),
    );
    SeveralRows {
        chosen: choice.sure.then(|| choice.words()),
        counting: counting(&quoted_table(&other.name), &quoted(&link.other), &filled),
        people: None,
        alone: None,
    }
}

/// Without the rows that lack what is needed of them.
fn filled(needed: Option<&str>) -> Option<String> {
    needed.map(|name| format!(" WHERE x.{} IS NOT NULL", quoted(name)))
}

/// Whether a column is the address of a table of e-mail addresses (Redmine's `email_addresses.address`).
fn address_of_mail(table: &Table, column: &str) -> bool {
    let words = tokens(&table.name.name);
    column.eq_ignore_ascii_case("address")
        && words.iter().any(|word| matches!(word.as_str(), "email" | "mail" | "emails"))
}

/// SuiteCRM's and SugarCRM's addresses: one table holds them for people, customers and companies, and another says whose each is.
fn shared_addresses(catalog: &Catalog, base: &Base<'_>) -> Option<OtherHalf> {
    let beside = |name: &str, columns: &[&str]| {
        catalog.tables.iter().find(|table| {
            let has =
                |wanted: &&str| table.columns.iter().any(|column| column.name.eq_ignore_ascii_case(wanted));
            table.name.schema == base.people.name.schema
                && table.name.name.eq_ignore_ascii_case(name)
                && table.refused.is_none()
                && columns.iter().all(has)
        })
    };
    let whose = beside(
        "email_addr_bean_rel",
        &["id", "email_address_id", "bean_id", "bean_module", "primary_address", "deleted"],
    )?;
    let addresses = beside("email_addresses", &["id", "email_address", "deleted"])?;
    let users = base.people.name.name.eq_ignore_ascii_case("users") && base.columns.contains("user_hash");
    let read = base.known.iter().any(|known| known.name == addresses.name);
    if !users || read || !base.certain || !base.columns.contains("id") {
        return None;
    }
    let sql = format!(
        "SELECT u.*,\n       h.email_address AS email_address\nFROM {} u\nLEFT JOIN (\n  SELECT r.bean_id, a.email_address,\n         \
         ROW_NUMBER() OVER (PARTITION BY r.bean_id ORDER BY r.primary_address DESC, r.id) AS nth_of_person\n  \
         FROM {} r JOIN {} a ON a.id = r.email_address_id\n  \
         WHERE r.bean_module = 'Users' AND COALESCE(r.deleted, 0) = 0 AND COALESCE(a.deleted, 0) = 0\n\
         ) h ON h.bean_id = u.id AND h.nth_of_person = 1",
        base.from,
        quoted_table(&whose.name),
        quoted_table(&addresses.name)
    );
    let column =
        |table: &Table, name: &str| ColumnName { table: table.name.clone(), column: name.to_owned() };
    Some(OtherHalf {
        table: addresses.name.clone(),
        holds: vec!["e-mail addresses"],
        join: (column(base.people, "id"), column(whose, "bean_id")),
        keyed: false,
        selection: Some(base.with(sql)),
        several: None,
    })
}

/// Whether a column of the other table is of use.
fn wanted(name: &str, meanings: &[(&str, Meaning)], password: bool) -> bool {
    let meant = meanings.iter().find(|(column, _)| *column == name).map(|(_, meaning)| *meaning);
    match meant {
        Some(Meaning::Password | Meaning::Salt) => password,
        Some(_) => true,
        None => password && tokens(name).iter().any(|word| BESIDE_PASSWORD.contains(&word.as_str())),
    }
}

/// How the other table belongs to these people: by a foreign key one way or the other, or by names.
pub(super) fn link<'c>(land: &Landscape<'c>, people: &'c Table, other: &'c Table) -> Option<Link> {
    let alone = |column: &str| matches!(other.primary_key.as_slice(), [key] if key == column);
    if let Some((column, key)) = Landscape::keyed(people, other) {
        return Some(Link { one: alone(&column), own: key, other: column, keyed: true });
    }
    // `res_users.partner_id` points at a table of partners.
    let there = people.foreign_keys.iter().find_map(|key| {
        match (key.columns.as_slice(), key.references.as_slice()) {
            ([here], [there]) if key.table == other.name && !bystander(here) => {
                Some((here.clone(), there.clone()))
            }
            _ => None,
        }
    });
    if let Some((own, there)) = there {
        return Some(Link { own, other: there, keyed: true, one: true });
    }
    if let Some((column, key)) = land.named(people, other) {
        return Some(Link { one: alone(&column), own: key, other: column, keyed: false });
    }
    let (own, there) = Landscape::named_half(people, other)?;
    Some(Link { own, other: there, keyed: false, one: true })
}

/// Both as one SELECT. Of several rows of the other table for one person, the one that [`Choice`] takes. A `secret` of a row that was
/// revoked or replaced is left there: nobody may sign in with it again.
pub(super) fn joined(
    base: &Base<'_>,
    other: &Table,
    link: &Link,
    wanted: &[&str],
    needed: Option<&str>,
    secret: Option<&str>,
) -> String {
    let choice = Choice::of(other, &link.other);
    let mut columns = String::from("u.*");
    let mut taken = base.columns.clone();
    for name in wanted {
        let mail = address_of_mail(other, name) && !taken.contains("email");
        let mut alias = if mail { "email".to_owned() } else { (*name).to_owned() };
        if !taken.insert(alias.to_lowercase()) {
            alias = format!("{}_{name}", other.name.name);
            taken.insert(alias.to_lowercase());
        }
        let alias = quoted(&alias);
        let _ = match choice.stale().filter(|_| !link.one && secret == Some(*name)) {
            Some(stale) => {
                write!(
                    columns,
                    ",\n       CASE WHEN {stale} THEN NULL ELSE h.{} END AS {alias}",
                    quoted(name)
                )
            }
            None => write!(columns, ",\n       h.{} AS {alias}", quoted(name)),
        };
    }
    let on = format!("h.{} = u.{}", quoted(&link.other), quoted(&link.own));
    let table = quoted_table(&other.name);
    if link.one {
        return format!("SELECT {columns}\nFROM {} u\nLEFT JOIN {table} h ON {on}", base.from);
    }
    let order = choice.order(&link.other);
    let rows = numbered(&table, &link.other, &order, &filled(needed).unwrap_or_default());
    format!(
        "SELECT {columns}\nFROM {} u\nLEFT JOIN (\n  {rows}\n) h ON {on} AND h.nth_of_person = 1",
        base.from
    )
}

fn names(table: &Table) -> HashSet<String> {
    table.columns.iter().map(|column| column.name.to_lowercase()).collect()
}

/// The tables that a SELECT names, in the catalog's order.
fn mentioned<'c>(catalog: &'c Catalog, sql: &str) -> Vec<&'c Table> {
    let read = from_names::tables(sql);
    let is = |table: &&Table| {
        let same =
            |schema: &String| table.name.schema.as_ref().is_none_or(|own| own.eq_ignore_ascii_case(schema));
        let name = table.name.name.to_lowercase();
        read.iter().any(|read| read.name == name && read.schema.as_ref().is_none_or(same))
    };
    let found: Vec<&Table> = catalog.tables.iter().filter(is).collect();
    if !found.is_empty() {
        return found;
    }
    // What can't be told by where it stands is told by its words.
    let words = from_names::words(sql);
    catalog.tables.iter().filter(|table| words.contains(&table.name.name.to_lowercase())).collect()
}
