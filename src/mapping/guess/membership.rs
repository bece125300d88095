//! Where a table's people get their groups: a membership table, found by foreign keys or by names.

use crate::mapping::suggest::{Kind, kind_of_type, singular, tokens};
use crate::model::{Catalog, Column, GroupName, Membership, Table};

/// Words that groups go by, the likelier first: a company's groups before an application's roles, and permissions last.
const GROUPISH: [&str; 27] = [
    "group",
    "grupp",
    "groupe",
    "grupo",
    "grup",
    "groep",
    "skupin",
    "team",
    "role",
    "roll",
    "rol",
    "rola",
    "ruol",
    "papel",
    "department",
    "abteilung",
    "dzial",
    "unit",
    "club",
    "organization",
    "membership",
    "authority",
    "capability",
    "project",
    "permission",
    "privilege",
    "right",
];

/// Columns that hold a group's name, the likelier first.
const NAME_COLUMNS: [&str; 14] = [
    "name",
    "title",
    "label",
    "displayname",
    "bezeichnung",
    "libelle",
    "nombre",
    "nazwa",
    "naam",
    "nome",
    "nom",
    "code",
    "slug",
    "authority",
];

/// Columns that may point at a person where no foreign key says so.
const PERSON_COLUMNS: [&str; 14] = [
    "user",
    "userid",
    "username",
    "person",
    "personid",
    "member",
    "memberid",
    "employee",
    "employeeid",
    "accountid",
    "staffid",
    "useruuid",
    "uid",
    "login",
];

/// The likeliest membership of a table's people; `None` when there is none.
pub(in crate::mapping) fn membership_of(catalog: &Catalog, people: &Table) -> Option<Membership> {
    catalog
        .tables
        .iter()
        .filter(|members| members.name != people.name && members.refused.is_none() && !members.view)
        .filter_map(|members| between(catalog, people, members))
        .min_by_key(|(rank, _)| *rank)
        .map(|(_, membership)| membership)
}

/// The membership that one table makes, with a rank: the smaller the likelier.
fn between(catalog: &Catalog, people: &Table, members: &Table) -> Option<(usize, Membership)> {
    let (member_person, person_key, sure) = person_link(people, members)?;
    let joined = members
        .columns
        .iter()
        .filter(|column| column.name != member_person)
        .filter_map(|column| group_link(catalog, people, members, &column.name))
        .min_by_key(|(rank, _)| *rank);
    // `user_roles(user_id, role)`: the name stands in the membership table itself.
    let in_itself = || {
        let column = members.columns.iter().find(|column| {
            let words = tokens(&column.name);
            column.name != member_person
                && kind_of_type(&column.type_name) != Kind::Number
                && !words.iter().any(|word| matches!(word.as_str(), "id" | "uuid"))
                && words.iter().any(|word| groupish(word).is_some())
        })?;
        let rank = tokens(&column.name).iter().filter_map(|word| groupish(word)).min()?;
        Some((rank, GroupName::Column(column.name.clone())))
    };
    let (rank, group) = joined.or_else(in_itself)?;
    let rank = rank * 4 + usize::from(!sure) * 2 + usize::from(matches!(group, GroupName::Column(_)));
    let membership = Membership { person_key, members: members.name.clone(), member_person, group };
    Some((rank, membership))
}

fn groupish(word: &str) -> Option<usize> {
    let one = singular(word);
    // `Gruppe` and `Gruppen`, `ruolo` and `ruoli`: a stem and at most two letters more.
    let is = |known: &str| {
        one == known || (known.len() > 3 && word.strip_prefix(known).is_some_and(|ending| ending.len() <= 2))
    };
    GROUPISH.iter().position(|known| is(known))
}

/// Whether a column's word (`gruppe`) and a table's (`gruppen`) are the same thing.
fn same_thing(column: &str, table: &str) -> bool {
    singular(column) == singular(table)
        || (column.len() > 3 && table.strip_prefix(column).is_some_and(|ending| ending.len() <= 2))
}

/// The column that points at a person, the column it points at, and whether a foreign key says so.
fn person_link(people: &Table, members: &Table) -> Option<(String, String, bool)> {
    let keyed = members.foreign_keys.iter().find_map(|key| {
        match (key.columns.as_slice(), key.references.as_slice()) {
            ([here], [there]) if same_table(&key.table, &people.name) => {
                Some((here.clone(), there.clone(), true))
            }
            _ => None,
        }
    });
    if keyed.is_some() {
        return keyed;
    }
    // A foreign key to another table is no link to this one.
    let elsewhere = |name: &str| members.foreign_keys.iter().any(|key| key.columns.iter().any(|c| c == name));
    let primary = match people.primary_key.as_slice() {
        [one] => Some(one.as_str()),
        _ => None,
    };
    let key = primary.or_else(|| {
        let names = ["id", "uuid", "username"];
        names.iter().find_map(|name| find(people, name)).map(|c| c.name.as_str())
    })?;
    let own = tokens(&people.name.name).last().map(|word| singular(word)).unwrap_or_default();
    let key_word = tokens(key).concat();
    let fits = |column: &&Column| {
        let name = tokens(&column.name).concat();
        let by_key = key_word != "id" && key_word != "uuid" && name == key_word;
        let by_table = !own.is_empty()
            && (name == own || name == format!("{own}{key_word}") || name == format!("{own}id"));
        // `user_id` may point at a table of staff, but a `username` only at a user name.
        let usual = PERSON_COLUMNS.contains(&name.as_str())
            && (key_word.ends_with("id") == name.ends_with("id") || name == key_word);
        !elsewhere(&column.name) && (by_key || by_table || usual)
    };
    let column = members.columns.iter().find(fits)?;
    Some((column.name.clone(), key.to_owned(), false))
}

/// The table of groups that a column of the membership table points at.
fn group_link(
    catalog: &Catalog,
    people: &Table,
    members: &Table,
    column: &str,
) -> Option<(usize, GroupName)> {
    let keyed = members.foreign_keys.iter().find_map(|key| {
        match (key.columns.as_slice(), key.references.as_slice()) {
            ([here], [there]) if here == column => Some((catalog.table(&key.table)?, there.clone())),
            _ => None,
        }
    });
    let (groups, group_key) = keyed.or_else(|| by_column_name(catalog, members, column))?;
    if groups.name == people.name {
        return None;
    }
    let words = || [&groups.name.name, &members.name.name].into_iter().flat_map(|name| tokens(name));
    let rank = tokens(&groups.name.name).iter().filter_map(|word| groupish(word)).min();
    let rank = rank.or_else(|| words().filter_map(|word| groupish(&word)).min())?;
    let group_name = name_column(groups, &group_key)?;
    let joined = GroupName::Joined {
        member_group: column.to_owned(),
        groups: groups.name.clone(),
        group_key,
        group_name,
    };
    Some((rank, joined))
}

/// `group_id` points at `groups`, `keycloak_groups` or `auth_group` though no foreign key says so.
fn by_column_name<'c>(catalog: &'c Catalog, members: &Table, column: &str) -> Option<(&'c Table, String)> {
    let words = tokens(column);
    let [.., thing, id] = words.as_slice() else { return None };
    if !matches!(id.as_str(), "id" | "uuid" | "key" | "no") {
        return None;
    }
    let groups = catalog.tables.iter().find(|table| {
        table.name != members.name
            && table.name.schema == members.name.schema
            && tokens(&table.name.name).last().is_some_and(|last| same_thing(thing, last))
    })?;
    let key = match groups.primary_key.as_slice() {
        [one] => one.clone(),
        _ => find(groups, "id").or_else(|| find(groups, &words.concat()))?.name.clone(),
    };
    Some((groups, key))
}

/// The column with a group's name.
fn name_column(groups: &Table, key: &str) -> Option<String> {
    let thing = tokens(&groups.name.name).last().map(|word| singular(word)).unwrap_or_default();
    let usual = NAME_COLUMNS
        .iter()
        .find_map(|name| find(groups, name).or_else(|| find(groups, &format!("{thing}{name}"))));
    let any_name = || {
        groups.columns.iter().find(|column| {
            tokens(&column.name).last().is_some_and(|word| NAME_COLUMNS.contains(&word.as_str()))
        })
    };
    // A table of roles whose key is the role's name.
    let key_itself = || find(groups, key).filter(|column| kind_of_type(&column.type_name) == Kind::Text);
    let column = usual.or_else(any_name).or_else(|| find(groups, &thing)).or_else(key_itself)?;
    Some(column.name.clone())
}

fn find<'t>(table: &'t Table, name: &str) -> Option<&'t Column> {
    table.columns.iter().find(|column| tokens(&column.name).concat() == name.replace('_', ""))
}

fn same_table(a: &crate::model::TableName, b: &crate::model::TableName) -> bool {
    a.name == b.name && (a.schema == b.schema || a.schema.is_none() || b.schema.is_none())
}
