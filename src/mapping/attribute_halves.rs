//! A person's other half in rows: names, addresses and passwords that stand in a table with a row for each thing that is known of
//! somebody (Magento's `customer_entity_varchar`, anybody's `user_meta`).

use super::attribute_tables::AttributeTable;
use super::halves::{Base, OtherHalf, bases, lacking};
use super::suggest::{Around, Meaning, by_name};
use super::types::Mapping;
use crate::model::{Catalog, ColumnName, Sample};

/// What such a table holds of what a suggested mapping misses, by the names that its rows have.
pub fn attribute_half(
    catalog: &Catalog,
    mapping: &Mapping,
    sample: &Sample,
    table: &AttributeTable,
    names: &[String],
) -> Option<OtherHalf> {
    let base = bases(catalog, mapping, &sample.columns)
        .into_iter()
        .find(|base| base.people.columns.iter().any(|column| column.name == table.join.0))?;
    if !base.columns.contains(&table.join.0.to_lowercase()) {
        return None;
    }
    let lacks = lacking(mapping);
    let around = Around::default();
    let meaning = |name: &String| Some(by_name(name, &around)?.0);
    let has = |wanted: Meaning| names.iter().any(|name| meaning(name) == Some(wanted));
    let both = has(Meaning::Attribute("firstName")) && has(Meaning::Attribute("lastName"));
    let mut holds = Vec::new();
    if lacks.password && has(Meaning::Password) {
        holds.push("passwords");
    }
    if lacks.email && has(Meaning::Attribute("email")) {
        holds.push("e-mail addresses");
    }
    if lacks.name && (both || has(Meaning::FullName)) {
        holds.push("names");
    }
    if holds.is_empty() {
        return None;
    }
    let wanted = names.iter().filter(|name| match meaning(name) {
        Some(Meaning::Password | Meaning::Salt) => lacks.password,
        Some(Meaning::Attribute(_) | Meaning::FullName | Meaning::Phone) => true,
        _ => false,
    });
    let selection = base.certain.then(|| base.with(joined(&base, table, wanted)));
    let column = |table: &crate::model::TableName, column: &str| ColumnName {
        table: table.clone(),
        column: column.to_owned(),
    };
    Some(OtherHalf {
        table: table.name().clone(),
        join: (column(&base.people.name, &table.join.0), column(table.name(), &table.join.1)),
        keyed: table.keyed,
        holds,
        selection,
        several: None,
    })
}

/// Both as one SELECT, a column for each thing.
fn joined<'n>(base: &Base<'_>, table: &AttributeTable, names: impl Iterator<Item = &'n String>) -> String {
    let mut columns = String::from("u.*");
    let mut taken = base.columns.clone();
    for name in names {
        if taken.insert(name.to_lowercase()) {
            columns.push_str(",\n       ");
            columns.push_str(&table.value(name, name));
        }
    }
    format!("SELECT {columns}\nFROM {} u", base.from)
}
