//! Tables with a row for each thing that is known of a person: `user_meta(user_id, name, value)`, or with the names in a table of their
//! own (`user_info_data(userid, fieldid, data)` beside `user_info_field(id, shortname)`).
//!
//! What is in them only their rows tell. So a table is found here by its columns' names, the source is asked for the names in it, and
//! what those say is worked out here again.

use std::fmt::Write as _;

use super::guess::{Landscape, bystander, quoted, quoted_table};
use super::suggest::{Kind, kind_of_type, singular, tokens};
use crate::model::{ColumnName, Table, TableName};

/// Columns with what a row is about, the likelier first.
const KEYS: [&str; 34] = [
    "metakey",
    "attributecode",
    "attributename",
    "attributekey",
    "attribute",
    "attr",
    "fieldname",
    "fieldkey",
    "field",
    "propertyname",
    "propertykey",
    "property",
    "prop",
    "settingname",
    "settingkey",
    "setting",
    "optionname",
    "optionkey",
    "option",
    "preferencekey",
    "prefname",
    "paramname",
    "parameter",
    "param",
    "variablename",
    "variable",
    "configkey",
    "datakey",
    "name",
    "key",
    "keyname",
    "code",
    "type",
    "kind",
];

/// Columns with what a row says.
const VALUES: [&str; 20] = [
    "metavalue",
    "attributevalue",
    "fieldvalue",
    "propertyvalue",
    "settingvalue",
    "optionvalue",
    "prefvalue",
    "paramvalue",
    "variablevalue",
    "configvalue",
    "datavalue",
    "value",
    "valuetext",
    "textvalue",
    "stringvalue",
    "valuestring",
    "val",
    "data",
    "content",
    "text",
];

/// Words of columns that point at what a row is about, and of the tables they point at.
const ABOUT: [&str; 12] = [
    "field",
    "attribute",
    "property",
    "setting",
    "option",
    "key",
    "meta",
    "param",
    "parameter",
    "preference",
    "attr",
    "variable",
];

/// Columns with the names of such things.
const NAMES: [&str; 12] = [
    "shortname",
    "attributecode",
    "code",
    "name",
    "key",
    "slug",
    "fieldname",
    "fieldkey",
    "attributename",
    "machinename",
    "identifier",
    "label",
];

/// Words of tables of what happened, or of what opens something: no table of what is known of people.
const NONE: [&str; 20] = [
    "log",
    "audit",
    "event",
    "history",
    "session",
    "token",
    "notification",
    "message",
    "activity",
    "job",
    "queue",
    "cache",
    "file",
    "order",
    "payment",
    "credential",
    "identity",
    "archive",
    "backup",
    "tmp",
];

/// Most columns of such a table.
const COLUMNS: usize = 12;

/// A table of what is known of people, a row for each thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeTable {
    /// The table.
    pub(super) table: Table,
    /// The people's column, and the table's.
    pub(super) join: (String, String),
    /// Whether a foreign key says so.
    pub(super) keyed: bool,
    /// The column with what is said.
    pub(super) value: String,
    keys: Keys,
}

/// Where it is said what a row is about.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Keys {
    /// In the row.
    Column(String),
    /// In another table: the row's column, the table, its key, its name.
    Joined { column: String, table: Box<Table>, key: String, name: String },
}

impl AttributeTable {
    /// The table's name.
    pub fn name(&self) -> &TableName {
        &self.table.name
    }

    /// The column whose different values say what there is.
    pub fn keys(&self) -> ColumnName {
        match &self.keys {
            Keys::Column(column) => ColumnName { table: self.table.name.clone(), column: column.clone() },
            Keys::Joined { table, name, .. } => {
                ColumnName { table: table.name.clone(), column: name.clone() }
            }
        }
    }

    /// `table b` with what its rows are about, to stand after FROM.
    fn from(&self) -> String {
        let mut from = format!("{} b", quoted_table(&self.table.name));
        if let Keys::Joined { column, table, key, .. } = &self.keys {
            let _ = write!(
                from,
                " JOIN {} k ON k.{} = b.{}",
                quoted_table(&table.name),
                quoted(key),
                quoted(column)
            );
        }
        from
    }

    /// That a row is about this.
    fn is(&self, key: &str) -> String {
        let column = match &self.keys {
            Keys::Column(column) => format!("b.{}", quoted(column)),
            Keys::Joined { name, .. } => format!("k.{}", quoted(name)),
        };
        format!("{column} = '{}'", key.replace('\'', "''"))
    }

    /// The condition that a person `u` has a row about one of these that meets its condition on `b`.
    pub(super) fn condition(&self, keys: &[(String, String)]) -> String {
        let (own, person) = (quoted(&self.join.0), quoted(&self.join.1));
        let rows: Vec<String> =
            keys.iter().map(|(key, says)| format!("({} AND {says})", self.is(key))).collect();
        format!(
            "u.{own} IN (SELECT b.{person} FROM {} WHERE b.{person} IS NOT NULL AND ({}))",
            self.from(),
            rows.join(" OR ")
        )
    }

    /// The column with what a row says.
    pub(super) fn column(&self) -> String {
        format!("b.{}", quoted(&self.value))
    }

    /// What a row says, as small text.
    pub(super) fn text(&self) -> String {
        format!("lower(CAST({} AS text))", self.column())
    }

    /// The rows about this, to stand after FROM.
    pub(super) fn rows(&self, key: &str) -> String {
        format!("{} WHERE {}", self.from(), self.is(key))
    }

    /// A person's value, to stand among the columns of a SELECT. Of several rows about the same, one.
    pub(super) fn value(&self, key: &str, alias: &str) -> String {
        format!(
            "(SELECT max(CAST(b.{} AS text)) FROM {} WHERE b.{} = u.{} AND {}) AS {}",
            quoted(&self.value),
            self.from(),
            quoted(&self.join.1),
            quoted(&self.join.0),
            self.is(key),
            quoted(alias)
        )
    }
}

/// The tables of what is known of these people.
pub(super) fn attribute_tables<'c>(land: &Landscape<'c>, people: &'c Table) -> Vec<AttributeTable> {
    let of = |other: &&'c Table| other.name != people.name && !other.view && other.refused.is_none();
    land.catalog().tables.iter().filter(of).filter_map(|other| attribute_table(land, people, other)).collect()
}

fn attribute_table<'c>(land: &Landscape<'c>, people: &'c Table, other: &'c Table) -> Option<AttributeTable> {
    let none = |word: &String| NONE.contains(&word.as_str()) || NONE.contains(&singular(word).as_str());
    if other.columns.len() > COLUMNS || tokens(&other.name.name).iter().any(none) {
        return None;
    }
    let value = other.columns.iter().filter_map(|column| {
        let rank = VALUES.iter().position(|name| *name == plain(&column.name))?;
        // A table for each type of value (Magento): only text is read.
        matches!(kind_of_type(&column.type_name), Kind::Text | Kind::Unknown).then_some((rank, column))
    });
    let value = value.min_by_key(|(rank, _)| *rank)?.1.name.clone();
    let (own, person, keyed) = person(land, people, other)?;
    let keys = keys(land, other, &[&value, &person])?;
    Some(AttributeTable { table: other.clone(), join: (own, person), keyed, value, keys })
}

fn plain(name: &str) -> String {
    tokens(name).concat()
}

/// How rows belong to people: a foreign key, a name; or `entity_id` where the table is named after theirs (Magento, Drupal).
fn person<'c>(land: &Landscape<'c>, people: &'c Table, other: &'c Table) -> Option<(String, String, bool)> {
    if let Some((column, key)) = Landscape::keyed(people, other) {
        return Some((key, column, true));
    }
    if let Some((column, key)) = land.named(people, other) {
        return Some((key, column, false));
    }
    let [key] = people.primary_key.as_slice() else { return None };
    let after = other.name.name.to_lowercase().starts_with(&people.name.name.to_lowercase());
    let column = other.columns.iter().find(|column| plain(&column.name) == "entityid")?;
    (after && other.name.schema == people.name.schema).then(|| (key.clone(), column.name.clone(), false))
}

fn keys(land: &Landscape<'_>, other: &Table, taken: &[&str]) -> Option<Keys> {
    let free = || {
        other
            .columns
            .iter()
            .filter(|column| !taken.contains(&column.name.as_str()) && !bystander(&column.name))
    };
    let joined = free().find_map(|column| {
        let words = tokens(&column.name);
        let stem = match words.as_slice() {
            [stem @ .., last] if last == "id" && !stem.is_empty() => stem.last()?.clone(),
            [one] if one.ends_with("id") && one.len() > 2 => one.trim_end_matches("id").to_owned(),
            _ => return None,
        };
        if !ABOUT.contains(&stem.as_str()) {
            return None;
        }
        let by_key = other.foreign_keys.iter().find(|key| key.columns == [column.name.clone()]);
        let table = match by_key {
            Some(key) => land.catalog().tables.iter().find(|table| table.name == key.table)?,
            None => table_about(land, other, &stem)?,
        };
        let key = match by_key {
            Some(key) => key.references.first()?.clone(),
            None => match table.primary_key.as_slice() {
                [key] => key.clone(),
                _ => return None,
            },
        };
        let names = table.columns.iter().filter_map(|column| {
            let rank = NAMES.iter().position(|name| *name == plain(&column.name))?;
            Some((rank, column))
        });
        let name = names.min_by_key(|(rank, _)| *rank)?.1.name.clone();
        Some(Keys::Joined { column: column.name.clone(), table: Box::new(table.clone()), key, name })
    });
    let column = || {
        let ranked = free().filter_map(|column| {
            let rank = KEYS.iter().position(|name| *name == plain(&column.name))?;
            matches!(kind_of_type(&column.type_name), Kind::Text | Kind::Unknown).then_some((rank, column))
        });
        ranked.min_by_key(|(rank, _)| *rank).map(|(_, column)| Keys::Column(column.name.clone()))
    };
    joined.or_else(column)
}

/// The table of what rows are about, by its name: `user_info_field` for `user_info_data.fieldid`, `eav_attribute` for `attribute_id`.
fn table_about<'c>(land: &Landscape<'c>, other: &Table, stem: &str) -> Option<&'c Table> {
    let own = tokens(&other.name.name);
    let shared = |table: &&Table| {
        let words = tokens(&table.name.name);
        words.iter().filter(|word| own.contains(word)).count()
    };
    let about = |table: &&Table| {
        let last = tokens(&table.name.name).last().map(|word| singular(word));
        table.name != other.name
            && table.name.schema == other.name.schema
            && !table.view
            && last.as_deref() == Some(stem)
    };
    land.catalog().tables.iter().filter(about).max_by_key(shared)
}
