//! What is known of people in rows by its name, where one of the names is a switch's: `user_meta(user_id, 'status', 'banned')`.

use super::marks::{OpenStatus, by_sense};
use super::sql;
use super::table::{SwitchTable, SwitchTableKind};
use crate::mapping::activity::{Sense, named};
use crate::mapping::attribute_tables::{AttributeTable, attribute_tables};
use crate::mapping::guess::{Landscape, holds_people};
use crate::mapping::halves::bases;
use crate::mapping::types::Mapping;
use crate::model::{Catalog, Columns, People};

/// The tables of what is known of a mapping's people in rows, of which the source has to be asked what they hold.
pub fn tables_of_attributes(catalog: &Catalog, mapping: &Mapping, columns: &Columns) -> Vec<AttributeTable> {
    let land = Landscape::of(catalog, holds_people);
    let mut found: Vec<AttributeTable> = Vec::new();
    for base in bases(catalog, mapping, columns) {
        for one in attribute_tables(&land, base.people) {
            if !found.iter().any(|other| other.table.name == one.table.name) {
                found.push(one);
            }
        }
    }
    found
}

/// What such a table may say of who is switched off, by the names that its rows have.
pub fn attribute_switch(
    catalog: &Catalog,
    mapping: &Mapping,
    columns: &Columns,
    table: &AttributeTable,
    names: &[String],
) -> Option<SwitchTable> {
    if mapping.left_tables.contains(&table.table.name) {
        return None;
    }
    let base = bases(catalog, mapping, columns)
        .into_iter()
        .find(|base| base.people.columns.iter().any(|column| column.name == table.join.0))?;
    let says = |name: &&String| {
        named(name).is_some_and(|named| {
            named.exact && !matches!(named.sense, Sense::Trace | Sense::Doubt | Sense::ValidFrom)
        })
    };
    // A SELECT that names it reads it.
    let read = |name: &str| match &mapping.selection.people {
        People::Sql(sql) => sql.contains(&format!("'{}'", name.replace('\'', "''"))),
        People::Table(_) => false,
    };
    let keys: Vec<String> = names.iter().filter(says).filter(|name| !read(name)).cloned().collect();
    if keys.is_empty() {
        return None;
    }
    let text = table.text();
    let mut open = Vec::new();
    let says = |(at, key): (usize, &String)| {
        let known = named(key).and_then(|named| by_sense(named.sense, &text));
        let condition = known.unwrap_or_else(|| {
            let status = OpenStatus::new(at, text.clone(), &table.column(), &table.rows(key));
            let place = status.place().to_owned();
            open.push(status);
            place
        });
        (key.clone(), condition)
    };
    let conditions: Vec<(String, String)> = keys.iter().enumerate().map(says).collect();
    let condition = table.condition(&conditions);
    let readable = base.columns.contains(&table.join.0.to_lowercase());
    Some(SwitchTable {
        table: table.table.name.clone(),
        kind: SwitchTableKind::Attributes,
        joins: vec![table.join.clone()],
        of: base.people.name.clone(),
        sure: table.keyed,
        columns: keys,
        doubts: Vec::new(),
        people: None,
        selection: (readable && base.certain).then(|| sql::listed(&base, &condition)),
        counting: readable.then(|| sql::count(&base, &condition)),
        open,
    })
}
