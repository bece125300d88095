//! What tables of groups and memberships, and their columns, are called.

use crate::mapping::suggest::{Kind, kind_of_type, singular, tokens};
use crate::model::{Column, Table, TableName};

/// Words that groups go by, the likelier first: a company's groups before an application's roles, and permissions last.
pub(super) const GROUPISH: [&str; 27] = [
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
const NAME_COLUMNS: [&str; 17] = [
    "name",
    "groupname",
    "rolename",
    "namesingular",
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

/// Words of tables that hold memberships which are none, or are none yet: asked for, refused, over, or only written down.
const NO_MEMBERSHIP: [&str; 36] = [
    "log",
    "logs",
    "audit",
    "history",
    "invitation",
    "invite",
    "request",
    "attempt",
    "archive",
    "archived",
    "backup",
    "bak",
    "old",
    "tmp",
    "temp",
    "deleted",
    "removed",
    "ban",
    "banned",
    "block",
    "blocked",
    "denied",
    "excluded",
    "exclusion",
    "pending",
    "waitlist",
    "application",
    "applicant",
    "notification",
    "message",
    "event",
    "former",
    "expired",
    "revoked",
    "queue",
    "import",
];

/// Words of those who have to do with a group and are mostly not in it: they look at it, wish to be in it, or may not be.
const NEAR: [&str; 60] = [
    "watcher",
    "watch",
    "watching",
    "watched",
    "subscriber",
    "subscription",
    "favorite",
    "favourite",
    "like",
    "liker",
    "observer",
    "mute",
    "muted",
    "view",
    "viewer",
    "visit",
    "visitor",
    "rating",
    "rater",
    "creator",
    "invitee",
    "nomination",
    "nominee",
    "candidate",
    "candidacy",
    "leaver",
    "denial",
    "deny",
    "follower",
    "follow",
    "following",
    "bookmark",
    "star",
    "stargazer",
    "vote",
    "voter",
    "reaction",
    "pin",
    "wishlist",
    "prospect",
    "review",
    "reviewer",
    "requester",
    "approver",
    "inviter",
    "ignore",
    "ignored",
    "blacklist",
    "blocklist",
    "denylist",
    "exclude",
    "exception",
    "alumnus",
    "alumni",
    "past",
    "kick",
    "unsubscribe",
    "seen",
    "recommendation",
    "suggestion",
];

/// Words that tables of memberships go by besides those of groups.
const JOINING: [&str; 15] = [
    "member",
    "membership",
    "map",
    "mapping",
    "link",
    "lnk",
    "rel",
    "relation",
    "xref",
    "assignment",
    "assoc",
    "association",
    "join",
    "mitglied",
    "zuordnung",
];

/// Words of columns that point at a person who is not the member: who made, asked for or looks after the membership.
const BYSTANDER: [&str; 22] = [
    "by",
    "creator",
    "created",
    "author",
    "owner",
    "inviter",
    "invited",
    "approver",
    "approved",
    "manager",
    "adder",
    "added",
    "granter",
    "granted",
    "assigner",
    "assigned",
    "updater",
    "updated",
    "modifier",
    "modified",
    "sponsor",
    "requester",
];

/// Whether a table's name says that what it holds are no memberships.
pub(super) fn no_membership(table: &str) -> bool {
    tokens(table).iter().any(|word| {
        NO_MEMBERSHIP.contains(&word.as_str()) || NO_MEMBERSHIP.contains(&singular(word).as_str())
    })
}

/// The word of a table's or a column's name that says that people may only have to do with a group rather than be in it. What these
/// people themselves are called says nothing.
pub(super) fn near(name: &str, people: &str) -> Option<String> {
    let own = thing(people);
    tokens(name).into_iter().find(|word| {
        let one = singular(word);
        (NEAR.contains(&word.as_str()) || NEAR.contains(&one.as_str())) && !own.contains(&one)
    })
}

/// Whether a table's name says that it holds memberships.
pub(super) fn joining(table: &str) -> bool {
    tokens(table).iter().any(|word| groupish(word).is_some() || JOINING.contains(&singular(word).as_str()))
}

/// Whether a column points at someone who only had to do with a membership.
pub(in crate::mapping) fn bystander(column: &str) -> bool {
    tokens(column).iter().any(|word| BYSTANDER.contains(&word.as_str()))
}

/// Whether a column is called as those are that point at a person of any table.
pub(super) fn usual_person(column: &str) -> bool {
    PERSON_COLUMNS.contains(&tokens(column).concat().as_str())
}

/// A name's words in the singular.
pub(in crate::mapping) fn thing(name: &str) -> Vec<String> {
    tokens(name).iter().map(|word| singular(word)).collect()
}

/// How much of a table's name (as [`thing`]) another name has in it: `auth_user_groups` has both words of `auth_user`, and one of
/// `users`. 0: it is not named after that table.
pub(super) fn named_after(name: &[String], table: &[String]) -> usize {
    let has = !table.is_empty()
        && name
            .windows(table.len())
            .any(|part| part.iter().zip(table).all(|(a, b)| same_thing(a, b) || same_thing(b, a)));
    if has { table.len() } else { 0 }
}

/// Whether a column's name says that it points at this table: `user_id`, `userId`, `user` or `auth_user_id` at `auth_user`.
pub(super) fn points_at(column: &str, table: &[String]) -> bool {
    let words = tokens(column);
    let stem = match words.as_slice() {
        [stem @ .., id]
            if !stem.is_empty()
                && matches!(id.as_str(), "id" | "uuid" | "guid" | "key" | "no" | "nr" | "pk" | "fk") =>
        {
            stem
        }
        [one] => {
            match ["id", "uuid"].iter().find_map(|end| one.strip_suffix(end)).filter(|stem| stem.len() > 2) {
                Some(stem) => {
                    return table.last().is_some_and(|last| same_thing(stem, last)) || table.concat() == stem;
                }
                None => words.as_slice(),
            }
        }
        whole => whole,
    };
    let Some(last) = table.last() else { return false };
    match stem {
        [one] => same_thing(one, last) || *one == table.concat(),
        several => {
            named_after(&several.iter().map(|word| singular(word)).collect::<Vec<_>>(), table)
                == several.len()
        }
    }
}

/// Whether a column that points at a group is called by more than that group: `pending_role_id`, `last_viewed_team_id`. Those may be
/// roles and teams that somebody is not in. `tables` are those whose names it may have words of.
pub(super) fn another_s(column: &str, tables: &[&str]) -> bool {
    let own: Vec<String> = tables.iter().flat_map(|name| thing(name)).collect();
    let whole: Vec<String> = tables.iter().map(|name| thing(name).concat()).collect();
    let known = |word: &str| {
        let one = singular(word);
        let short = |long: &String| {
            let mut letters = long.chars();
            // `dept` of `department`, `grp` of `group`.
            one.len() > 2 && long.starts_with(&one[..1]) && one.chars().all(|c| letters.any(|l| l == c))
        };
        own.iter().any(|table| same_thing(word, table) || *table == one)
            || whole.contains(&one)
            || groupish(word).is_some()
            || one.is_ascii() && own.iter().any(short)
    };
    let plain = |word: &str| {
        matches!(
            word,
            "id" | "ids"
                | "uuid"
                | "guid"
                | "key"
                | "no"
                | "nr"
                | "pk"
                | "fk"
                | "code"
                | "ref"
                | "name"
                | "slug"
                | "gid"
                | "rid"
                | "primary"
                | "main"
                | "user"
                | "member"
                | "person"
                | "my"
                | "own"
        )
    };
    tokens(column).iter().any(|word| {
        let glued = ["uuid", "id", "key", "code", "fk"].iter().find_map(|end| word.strip_suffix(end));
        !(known(word) || plain(word) || glued.is_some_and(known))
    })
}

/// How likely a word is one for groups: the smaller the likelier.
pub(super) fn groupish(word: &str) -> Option<usize> {
    let one = singular(word);
    // `Gruppe` and `Gruppen`, `ruolo` and `ruoli`: a stem and at most two letters more.
    let is = |known: &str| {
        one == known || (known.len() > 3 && word.strip_prefix(known).is_some_and(|ending| ending.len() <= 2))
    };
    GROUPISH.iter().position(|known| is(known))
}

/// Whether a column's word (`gruppe`) and a table's (`gruppen`) are the same thing.
pub(super) fn same_thing(column: &str, table: &str) -> bool {
    singular(column) == singular(table)
        || (column.len() > 3 && table.strip_prefix(column).is_some_and(|ending| ending.len() <= 2))
}

/// The column with a group's name.
pub(super) fn name_column(groups: &Table, key: &str) -> Option<String> {
    let thing = tokens(&groups.name.name).last().map(|word| singular(word)).unwrap_or_default();
    let usual = NAME_COLUMNS
        .iter()
        .find_map(|name| find(groups, name).or_else(|| find(groups, &format!("{thing}{name}"))));
    let any_name = || {
        groups.columns.iter().find(|column| {
            tokens(&column.name).last().is_some_and(|word| NAME_COLUMNS.contains(&word.as_str()))
        })
    };
    // `team_name_long`, `grpname`: a name of something, though not of the people around it.
    let some_name = || {
        groups.columns.iter().find(|column| {
            let words = tokens(&column.name);
            let whose = |word: &String| {
                matches!(word.as_str(), "user" | "username" | "file" | "host" | "hostname" | "domain")
            };
            let named = |word: &String| word == "name" || word.ends_with("name") && word.len() > 6;
            words.iter().any(named)
                && !words.iter().any(whose)
                && !bystander(&column.name)
                && matches!(kind_of_type(&column.type_name), Kind::Text | Kind::Unknown)
        })
    };
    // A table of roles whose key is the role's name.
    let key_itself = || find(groups, key).filter(|column| kind_of_type(&column.type_name) == Kind::Text);
    let column =
        usual.or_else(any_name).or_else(some_name).or_else(|| find(groups, &thing)).or_else(key_itself)?;
    Some(column.name.clone())
}

/// A column of this name, whatever marks and capitals it is written with.
pub(super) fn find<'t>(table: &'t Table, name: &str) -> Option<&'t Column> {
    table.columns.iter().find(|column| tokens(&column.name).concat() == name.replace('_', ""))
}

/// Whether two names are of one table; a name without a schema may be of any.
pub(super) fn same_table(a: &TableName, b: &TableName) -> bool {
    let schemas = a.schema == b.schema || a.schema.is_none() || b.schema.is_none();
    // A source without schemas (SQLite) does not tell tables apart by their capitals.
    let bare = a.schema.is_none() && b.schema.is_none();
    schemas && (a.name == b.name || bare && a.name.eq_ignore_ascii_case(&b.name))
}
