//! What tables that keep people out, and their columns, are called.

use crate::mapping::activity::{keeps_out, named};
use crate::mapping::guess::{
    bystander, named_after_people, points_at_people, stands_for_people, type_column,
};
use crate::mapping::suggest::{singular, tokens};
use crate::model::{Column, Table, TableName};

use super::table::SwitchTableKind;

/// Words of tables of those who are kept out, in the singular.
const OUT: [&str; 23] = [
    "ban",
    "banned",
    "banlist",
    "userban",
    "bann",
    "suspension",
    "suspended",
    "blacklist",
    "blocklist",
    "denylist",
    "lockout",
    "deactivation",
    "deactivated",
    "offboarding",
    "expulsion",
    "sanction",
    "shadowban",
    "quarantine",
    "sperre",
    "sperrung",
    "sperrliste",
    "bloqueo",
    "termination",
];

/// Words that say so only of accounts: there are blocks of pages, and locks of files. So do those that say it of a column.
const OUT_OF_PEOPLE: [&str; 15] = [
    "block",
    "lock",
    "disablement",
    "exclusion",
    "penalty",
    "infraction",
    "restriction",
    "kick",
    "exile",
    "blocage",
    "blocco",
    "blokada",
    "freeze",
    "retirement",
    "resignation",
];

/// Words of tables that keep out something else than accounts: addresses, words, sessions, things.
const SOMETHING_ELSE: [&str; 58] = [
    "ip",
    "ipaddress",
    "domain",
    "host",
    "hostname",
    "word",
    "asn",
    "country",
    "url",
    "uri",
    "link",
    "content",
    "message",
    "post",
    "comment",
    "thread",
    "topic",
    "token",
    "session",
    "jwt",
    "key",
    "card",
    "seat",
    "cell",
    "code",
    "device",
    "order",
    "invoice",
    "payment",
    "job",
    "file",
    "migration",
    "cache",
    "schema",
    "product",
    "article",
    "page",
    "book",
    "time",
    "slot",
    "calendar",
    "feature",
    "ad",
    "notification",
    "subscription",
    "tag",
    "field",
    "template",
    "password",
    "phone",
    "filter",
    "mail",
    "cookie",
    "image",
    "media",
    "row",
    "table",
    "record",
];

/// Words of tables that only write down what happened.
const LOGS: [&str; 11] =
    ["log", "history", "archive", "audit", "journal", "event", "backup", "bak", "old", "tmp", "temp"];

/// Words of tables of what was done to people.
const DONE: [&str; 8] = ["history", "action", "log", "audit", "event", "moderation", "modlog", "activity"];

/// Words of columns that say what happened to somebody, or that they are the one whom it happened to.
const ABOUT_THEM: [&str; 12] = [
    "target",
    "subject",
    "affected",
    "the",
    "to",
    "offender",
    "recipient",
    "moderated",
    "punished",
    "sanctioned",
    "restricted",
    "penalized",
];

/// A product's table of bans.
type Known = (&'static str, &'static [&'static str], &'static str, &'static str, &'static str, &'static str);

/// Products whose table of bans is known: people's table and columns, its key, the table of bans, its column, and another it has.
const KNOWN: [Known; 7] = [
    (
        "users",
        &["user_id", "username_clean", "user_email"],
        "user_id",
        "banlist",
        "ban_userid",
        "ban_exclude",
    ),
    ("users", &["uid", "username", "usergroup", "loginkey"], "uid", "banned", "uid", "oldgroup"),
    (
        "user",
        &["user_id", "username", "user_group_id", "secondary_group_ids"],
        "user_id",
        "user_ban",
        "user_id",
        "end_date",
    ),
    ("user", &["userid", "usergroupid", "username"], "userid", "userban", "userid", "liftdate"),
    (
        "members",
        &["id_member", "member_name", "passwd"],
        "id_member",
        "ban_items",
        "id_member",
        "id_ban_group",
    ),
    (
        "user",
        &["user_id", "user_name", "user_password", "user_email"],
        "user_id",
        "ipblocks",
        "ipb_user",
        "ipb_expiry",
    ),
    // MediaWiki from 1.42 on: a target has a row while it is blocked.
    (
        "user",
        &["user_id", "user_name", "user_password", "user_email"],
        "user_id",
        "block_target",
        "bt_user",
        "bt_address",
    ),
];

fn out_of_people(word: &str) -> bool {
    is(&OUT_OF_PEOPLE, word) || keeps_out(word) || keeps_out(&singular(word))
}

fn is(list: &[&str], word: &str) -> bool {
    list.contains(&word) || list.contains(&singular(word).as_str())
}

/// Whether a text has a word that keeps people out.
pub(super) fn keeps_people_out(text: &str) -> bool {
    tokens(text).iter().any(|word| is(&OUT, word) || out_of_people(word) || word.starts_with("suspen"))
}

/// What a table may say of who is switched off, by its name and columns.
pub(super) fn kind_of(table: &Table) -> Option<SwitchTableKind> {
    let words = tokens(&table.name.name);
    let any = |list: &[&str]| words.iter().any(|word| is(list, word));
    let people = of_people(&table.name.name);
    let out = |word: &str| is(&OUT, word) || people && out_of_people(word);
    let sign_in = any(&["login", "signin", "logon", "auth", "authentication", "access", "password"]);
    let wrong =
        any(&["fail", "failed", "failure", "attempt", "bruteforce", "throttle", "lockout", "accessattempt"]);
    if wrong && (sign_in || any(&["lockout", "accessattempt"])) {
        return Some(SwitchTableKind::Attempts);
    }
    if words.iter().any(|word| out(word))
        && !any(&SOMETHING_ELSE)
        && !any(&["unban", "unblock", "cancellation"])
    {
        return Some(if any(&LOGS) { SwitchTableKind::Logged } else { SwitchTableKind::Listed });
    }
    (any(&DONE) && people || any(&["moderation", "modlog", "moderator"])).then_some(SwitchTableKind::Logged)
}

/// Whether a table's name has a word that stands for people.
pub(super) fn of_people(table: &str) -> bool {
    tokens(table).iter().any(|word| stands_for_people(word))
}

/// Whether a table is called as one with more of the same people is.
pub(super) fn half_of_people(table: &str) -> bool {
    const HALF: [&str; 24] = [
        "profile",
        "detail",
        "info",
        "information",
        "status",
        "state",
        "employment",
        "ext",
        "extension",
        "extra",
        "data",
        "meta",
        "partner",
        "party",
        "individual",
        "auth",
        "authuser",
        "core",
        "base",
        "t",
        "tbl",
        "app",
        "main",
        "res",
    ];
    let words = tokens(table);
    let partner = |word: &String| matches!(singular(word).as_str(), "partner" | "party" | "individual");
    (of_people(table) || words.iter().any(partner))
        && words.iter().all(|word| stands_for_people(word) || is(&HALF, word))
}

/// How a product that is here joins its bans: the people's column and the bans'.
pub(super) fn known(people: &Table, other: &Table) -> Option<(String, String)> {
    let has =
        |table: &Table, name: &str| table.columns.iter().any(|column| column.name.eq_ignore_ascii_case(name));
    let start = |table: &TableName, end: &str| {
        let name = table.name.to_ascii_lowercase();
        let start = name.strip_suffix(end)?;
        (start.is_empty() || start.ends_with('_')).then(|| start.to_owned())
    };
    let column = |table: &Table, name: &str| {
        let own = table.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name));
        own.map(|column| column.name.clone())
    };
    KNOWN.iter().find_map(|(table, columns, key, bans, of, more)| {
        let here = start(&people.name, table)?;
        (start(&other.name, bans)? == here
            && people.name.schema == other.name.schema
            && columns.iter().all(|name| has(people, name))
            && has(other, more))
        .then(|| Some((column(people, key)?, column(other, of)?)))?
    })
}

/// A column that limits a row to one place: a ban from a room is none from the whole.
pub(super) fn limited_to(table: &Table, joins: &[(String, String)]) -> Option<String> {
    const PLACES: [&str; 27] = [
        "group",
        "community",
        "room",
        "chat",
        "channel",
        "forum",
        "board",
        "server",
        "guild",
        "team",
        "project",
        "event",
        "course",
        "topic",
        "thread",
        "category",
        "node",
        "page",
        "site",
        "tenant",
        "organization",
        "space",
        "club",
        "game",
        "context",
        "namespace",
        "magazine",
    ];
    let limits = |name: &str| {
        let words = tokens(name);
        let [stem @ .., id] = words.as_slice() else { return false };
        matches!(id.as_str(), "id" | "uuid")
            && !words.iter().any(|word| matches!(word.as_str(), "ban" | "old" | "previous" | "display"))
            && stem.iter().any(|word| is(&PLACES, word))
    };
    let joined = |name: &str| joins.iter().any(|(_, other)| other == name);
    table.columns.iter().map(|column| &column.name).find(|name| limits(name) && !joined(name)).cloned()
}

/// Columns that may say that a row counts no more: `lifted_at`, `active`.
pub(super) fn may_be_over(
    table: &Table,
    joins: &[(String, String)],
    ends: impl Fn(&Column) -> bool,
) -> Vec<String> {
    const OVER: [&str; 16] = [
        "lifted",
        "lift",
        "unban",
        "unbanned",
        "unblocked",
        "revoked",
        "revoker",
        "removed",
        "pardoned",
        "pardon",
        "appealed",
        "cancelled",
        "canceled",
        "undone",
        "resolved",
        "released",
    ];
    let says = |name: &str| {
        let words = tokens(name);
        let bare = words.iter().all(|word| word != "by" && word != "reason" && word != "type");
        let over = words.iter().any(|word| OVER.contains(&word.as_str()));
        let active = matches!(
            words.concat().as_str(),
            "active" | "isactive" | "enabled" | "enable" | "status" | "state" | "inforce"
        );
        let deleted = words.iter().any(|word| matches!(word.as_str(), "deleted" | "deletedat"));
        bare && (over || active || deleted)
    };
    let joined = |name: &str| joins.iter().any(|(_, other)| other == name);
    let columns =
        table.columns.iter().filter(|column| says(&column.name) && !joined(&column.name) && !ends(column));
    columns.map(|column| column.name.clone()).collect()
}

/// A table with its columns called as they would be in a table of memberships: `ban_userid` is `userid`, `banned_user_id` is `user_id`,
/// `id_member` is `member_id`.
pub(super) struct Plain {
    /// The table so renamed.
    pub(super) table: Table,
    /// Each column: as it is, and as it is renamed.
    names: Vec<(String, String)>,
}

impl Plain {
    pub(super) fn of(table: &Table, people: &Table) -> Self {
        let split: Vec<Vec<String>> = table.columns.iter().map(|column| tokens(&column.name)).collect();
        // `ipb_user`, `ipb_reason`: what all columns begin with says nothing.
        let first = split.first().and_then(|words| words.first()).cloned();
        let shared = first.filter(|first| {
            split.len() > 2 && split.iter().all(|words| words.len() > 1 && words.first() == Some(first))
        });
        let mut named_columns: Vec<(usize, String, String)> = Vec::new();
        for (column, words) in table.columns.iter().zip(&split) {
            let bare: Vec<&str> = words
                .iter()
                .skip(usize::from(shared.is_some()))
                .map(String::as_str)
                .filter(|word| !(is(&OUT, word) || out_of_people(word) || is(&ABOUT_THEM, word)))
                .collect();
            let mut bare: Vec<&str> = if bare.is_empty() || bare == ["id"] && words.len() > 1 {
                words.iter().map(String::as_str).collect()
            } else {
                bare
            };
            // `blocked`, `blockee`: the person alone.
            if bare.len() > 1 && matches!(bare.first(), Some(&"id")) {
                bare.rotate_left(1);
            }
            let dropped = words.len().saturating_sub(bare.len());
            let name = if words.iter().map(String::as_str).eq(bare.iter().copied()) {
                column.name.clone()
            } else {
                bare.join("_")
            };
            named_columns.push((dropped, column.name.clone(), name));
            // Rows of people of any kind: `bannable_id` beside `bannable_type`.
            if type_column(table, &column.name).is_some() && !bystander(&column.name) {
                named_columns.push((usize::MAX, column.name.clone(), "user_id".to_owned()));
            }
        }
        // Of `user_id` and `ban_user_id` the first is the one it is about, and the other who did it.
        let order: Vec<(usize, String, String)> = {
            let mut order = named_columns.clone();
            order.sort_by_key(|(dropped, _, new)| (*dropped, !named_after_people(new, people)));
            order
        };
        let mut plain = table.clone();
        plain.columns = order
            .iter()
            .filter_map(|(_, old, new)| {
                let column = table.columns.iter().find(|column| column.name == *old)?;
                Some(crate::model::Column { name: new.clone(), ..column.clone() })
            })
            .collect();
        for column in plain.foreign_keys.iter_mut().flat_map(|key| &mut key.columns) {
            if let Some((_, _, new)) = order.iter().find(|(_, old, _)| old == column) {
                column.clone_from(new);
            }
        }
        Self { table: plain, names: order.into_iter().map(|(_, old, new)| (old, new)).collect() }
    }

    /// The column that is renamed so; the least changed one.
    pub(super) fn original(&self, name: &str) -> Option<String> {
        self.names.iter().find(|(_, new)| new == name).map(|(old, _)| old.clone())
    }

    pub(super) fn renamed(&self, column: &str) -> Option<&str> {
        self.names.iter().find(|(old, _)| old == column).map(|(_, new)| new.as_str())
    }

    /// Whether a column holds an e-mail address.
    pub(super) fn mail(&self, column: &str) -> bool {
        self.renamed(column)
            .is_some_and(|name| tokens(name).iter().any(|word| matches!(word.as_str(), "email" | "mail")))
    }

    /// Whether it is about what people do to each other: one blocks another.
    pub(super) fn between_people(&self, people: &Table) -> bool {
        let words: Vec<String> = self.names.iter().flat_map(|(old, _)| tokens(old)).collect();
        let doer = words.iter().any(|word| {
            matches!(word.as_str(), "blocker" | "blocking" | "muter" | "ignorer" | "blockee" | "follower")
        });
        let reasoned = words.iter().any(|word| {
            matches!(
                word.as_str(),
                "reason" | "expires" | "expire" | "expiry" | "until" | "end" | "ends" | "lifted" | "bantime"
            )
        });
        let of_them =
            self.names.iter().filter(|(old, new)| !bystander(old) && points_at_people(new, people)).count();
        let alone = self.table.primary_key.len() == 1
            && self
                .names
                .iter()
                .any(|(old, _)| self.table.primary_key[0] == *old && points_at_people(old, people));
        !reasoned && !alone && (doer || of_them > 1)
    }

    /// The column that says what was done.
    pub(super) fn action(table: &Table) -> Option<String> {
        let what = |name: &str| {
            matches!(
                tokens(name).concat().as_str(),
                "action"
                    | "actiontype"
                    | "actionid"
                    | "event"
                    | "eventtype"
                    | "operation"
                    | "type"
                    | "kind"
                    | "modaction"
            )
        };
        table
            .columns
            .iter()
            .map(|column| &column.name)
            .find(|name| what(name) && named(name).is_none())
            .cloned()
    }
}
