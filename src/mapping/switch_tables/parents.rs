//! What people belong to, where all of it may be switched off: a realm, a tenant, an organization, a group of disabled accounts.

use super::marks::{marks, says};
use super::table::{SwitchTable, SwitchTableKind};
use super::{names, sql};
use crate::mapping::activity::keeps_out;
use crate::mapping::guess::{
    Landscape, Link as LinkedBy, bystander, holds_people, quoted, quoted_table, stands_for_people,
};
use crate::mapping::halves::Base;
use crate::mapping::suggest::{singular, tokens};
use crate::model::{GroupName, Table, TableName};

/// Words of tables that people point at and that nobody signs in by: what is in them is over without them.
const THINGS: [&str; 44] = [
    "country",
    "language",
    "lang",
    "locale",
    "timezone",
    "zone",
    "currency",
    "theme",
    "avatar",
    "image",
    "file",
    "media",
    "attachment",
    "address",
    "city",
    "state",
    "region",
    "title",
    "salutation",
    "template",
    "skin",
    "style",
    "icon",
    "photo",
    "picture",
    "page",
    "post",
    "product",
    "category",
    "document",
    "gender",
    "color",
    "font",
    "layout",
    "calendar",
    "message",
    "conversation",
    "question",
    "payment",
    "card",
    "session",
    "token",
    "device",
    "tag",
];

/// Words of tables that people sign in to: whoever belongs to one that is off can't.
const CONTAINERS: [&str; 26] = [
    "realm",
    "tenant",
    "organization",
    "organisation",
    "org",
    "company",
    "client",
    "customer",
    "account",
    "site",
    "domain",
    "workspace",
    "instance",
    "school",
    "institution",
    "agency",
    "partner",
    "vendor",
    "store",
    "shop",
    "firm",
    "business",
    "subscription",
    "franchise",
    "environment",
    "club",
];

/// The tables that people belong to and that have a switch: by a column of theirs, or by a membership.
pub(super) fn parents<'c>(land: &Landscape<'c>, base: &Base<'c>) -> Vec<SwitchTable> {
    let mut found: Vec<SwitchTable> = Vec::new();
    let mut push = |one: Option<SwitchTable>| {
        if let Some(one) = one
            && !found.iter().any(|other| other.table == one.table)
        {
            found.push(one);
        }
    };
    for key in &base.people.foreign_keys {
        if let ([own], [there]) = (key.columns.as_slice(), key.references.as_slice())
            && let Some(table) = parent(land, base, &key.table)
        {
            push(pointed(base, table, own, there, true));
        }
    }
    for table in &land.catalog().tables {
        if let Some(table) = parent(land, base, &table.name)
            && let Some((own, there)) = Landscape::named_half(base.people, table)
        {
            push(pointed(base, table, &own, &there, false));
        }
    }
    for candidate in land.candidates(base.people).into_iter().filter(|one| one.usable() && !one.direct) {
        let membership = &candidate.membership;
        if let GroupName::Joined { member_group, groups, group_key, .. } = &membership.group
            && let Some(table) = parent(land, base, groups)
        {
            let by = By {
                own: &membership.person_key,
                members: Some((&membership.members, &membership.member_person, member_group)),
                there: group_key,
            };
            push(by.table(base, table, !matches!(candidate.link, LinkedBy::Names(_))));
        }
    }
    found
}

/// The table, where people may belong to what is in it.
fn parent<'c>(land: &Landscape<'c>, base: &Base<'c>, name: &TableName) -> Option<&'c Table> {
    let table = land.catalog().tables.iter().find(|table| table.name == *name)?;
    let words = tokens(&name.name);
    let any = |list: &[&str]| {
        words.iter().any(|word| list.contains(&word.as_str()) || list.contains(&singular(word).as_str()))
    };
    let read = base.known.iter().any(|known| known.name == *name);
    // Tenants and customers may be people, and what people belong to.
    let people = holds_people(table) && words.iter().any(|word| stands_for_people(word));
    let of_people = table.name == base.people.name || people && !any(&CONTAINERS);
    let told = read || table.view || table.refused.is_some() || base.mapping.left_tables.contains(name);
    (!told && !of_people && !any(&THINGS) && names::kind_of(table).is_none()).then_some(table)
}

fn pointed(base: &Base<'_>, table: &Table, own: &str, there: &str, sure: bool) -> Option<SwitchTable> {
    if bystander(own) {
        return None;
    }
    By { own, members: None, there }.table(base, table, sure)
}

/// How people belong to what is in a table.
struct By<'a> {
    /// The people's column.
    own: &'a str,
    /// A table between: its column of people, and of what they belong to.
    members: Option<(&'a TableName, &'a str, &'a str)>,
    /// The table's column.
    there: &'a str,
}

impl By<'_> {
    fn table(&self, base: &Base<'_>, table: &Table, sure: bool) -> Option<SwitchTable> {
        let container = tokens(&table.name.name)
            .iter()
            .any(|word| CONTAINERS.contains(&word.as_str()) || CONTAINERS.contains(&singular(word).as_str()));
        // A team that is archived keeps nobody out; one that is called a group of those who are banned does.
        let strong = |name: &str| {
            let words = tokens(name);
            let of_people = words
                .iter()
                .any(|word| stands_for_people(word) || matches!(word.as_str(), "login" | "access"));
            let out = words.iter().any(|word| {
                keeps_out(word) && !matches!(word.as_str(), "deleted" | "archived" | "deletedat")
            });
            of_people || out || words.concat().starts_with("isbanned")
        };
        let counts = |name: &str| says(table, name) && (container || self.members.is_none() || strong(name));
        let columns: Vec<String> =
            table.columns.iter().map(|column| column.name.clone()).filter(|name| counts(name)).collect();
        if columns.is_empty() {
            return None;
        }
        let marks = marks(table, &columns);
        let condition = self.condition(table, &marks.condition);
        let readable = base.columns.contains(&self.own.to_lowercase());
        let countable = Some(&condition).filter(|_| readable);
        Some(SwitchTable {
            table: table.name.clone(),
            kind: SwitchTableKind::Parent,
            joins: vec![match self.members {
                None => (self.own.to_owned(), self.there.to_owned()),
                Some((members, person, _)) => (self.own.to_owned(), format!("{}.{person}", members.name)),
            }],
            of: base.people.name.clone(),
            sure,
            doubts: Vec::new(),
            people: None,
            selection: countable.filter(|_| base.certain).map(|condition| sql::listed(base, condition)),
            counting: countable.map(|condition| sql::count(base, condition)),
            open: marks.open,
            columns,
        })
    }

    /// The condition that a person `u` belongs to one that has such a mark.
    fn condition(&self, table: &Table, marks: &str) -> String {
        let (own, there, of) = (quoted(self.own), quoted(self.there), quoted_table(&table.name));
        let off = format!("SELECT b.{there} FROM {of} b WHERE b.{there} IS NOT NULL AND ({marks})");
        match self.members {
            None => format!("u.{own} IN ({off})"),
            Some((members, person, group)) => {
                let (members, person, group) = (quoted_table(members), quoted(person), quoted(group));
                format!(
                    "u.{own} IN (SELECT m.{person} FROM {members} m WHERE m.{person} IS NOT NULL AND m.{group} IN ({off}))"
                )
            }
        }
    }
}
