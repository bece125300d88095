//! Who is kept out by another table, in SQL that PostgreSQL and SQLite both take.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use super::names::Plain;
use crate::mapping::activity::{Sense, named};
use crate::mapping::guess::{quoted, quoted_table, thing_of};
use crate::mapping::halves::{Base, Link};
use crate::mapping::suggest::{Kind, kind_of_type, tokens};
use crate::model::{Column, Selection, Table};

/// The condition that a person `u` is in a table, with a row that is not certainly over.
pub(super) fn condition(
    base: &Base<'_>,
    other: &Table,
    joins: &[(String, String)],
    plain: &Plain,
    now: DateTime<Utc>,
) -> String {
    let mut rows = String::new();
    for column in &other.columns {
        if let Some(over) = over(column, plain, now) {
            let _ = write!(rows, " AND NOT {over}");
        }
        rows.push_str(&exempt(column));
    }
    rows.push_str(&whose(base.people, other, joins));
    let found = joins.iter().map(|(own, there)| {
        let text = kind(base.people, own) != kind(other, there);
        let mail = kind(other, there) == Kind::Text && plain.mail(there);
        let as_is = |name: String| match (mail, text) {
            (true, _) => format!("lower(CAST({name} AS text))"),
            (false, true) => format!("CAST({name} AS text)"),
            (false, false) => name,
        };
        format!(
            "{} IN (SELECT {} FROM {} b WHERE b.{} IS NOT NULL{rows})",
            as_is(format!("u.{}", quoted(own))),
            as_is(format!("b.{}", quoted(there))),
            quoted_table(&other.name),
            quoted(there),
        )
    });
    found.collect::<Vec<_>>().join(" OR ")
}

fn kind(table: &Table, column: &str) -> Kind {
    let own = table.columns.iter().find(|own| own.name.eq_ignore_ascii_case(column));
    own.map_or(Kind::Unknown, |own| kind_of_type(&own.type_name))
}

/// That a row's end has come. What can't be read as a moment has none.
pub(super) fn over(column: &Column, plain: &Plain, now: DateTime<Utc>) -> Option<String> {
    const ENDS: [&str; 16] = [
        "end",
        "ends",
        "enddate",
        "endtime",
        "endsat",
        "expire",
        "expires",
        "expired",
        "expiry",
        "expiration",
        "until",
        "till",
        "lifted",
        "liftdate",
        "bannedtill",
        "duedate",
    ];
    let words = tokens(plain.renamed(&column.name)?);
    let sense = named(&column.name).map(|named| named.sense);
    let ends = words.iter().any(|word| ENDS.contains(&word.as_str()))
        || matches!(sense, Some(Sense::OffUntil | Sense::ValidUntil));
    // `lifted_at` is when somebody lifted it, `liftdate` and MyBB's `lifted` when it lifts itself.
    let done = words.iter().any(|word| matches!(word.as_str(), "by" | "reason" | "at"))
        && words.iter().any(|word| word == "lifted");
    if !ends || done {
        return None;
    }
    let name = format!("b.{}", quoted(&column.name));
    Some(match kind_of_type(&column.type_name) {
        // Seconds since 1970; 0 is for ever.
        Kind::Number => {
            format!("(COALESCE({name}, 0) > 86400 AND COALESCE({name}, 0) < {})", now.timestamp())
        }
        Kind::Truth | Kind::Bytes => return None,
        _ => {
            let text = format!("COALESCE(CAST({name} AS text), '')");
            format!(
                "({text} LIKE '____-__-__%' AND {text} >= '1971' AND {text} < '{}')",
                now.format("%Y-%m-%d %H:%M:%S")
            )
        }
    })
}

/// Without the rows that say who is never kept out: phpBB's `ban_exclude`.
fn exempt(column: &Column) -> String {
    let words = tokens(&column.name);
    let says =
        words.iter().any(|word| matches!(word.as_str(), "exclude" | "exempt" | "whitelist" | "whitelisted"));
    if says && kind_of_type(&column.type_name) == Kind::Number {
        format!(" AND COALESCE(b.{}, 0) = 0", quoted(&column.name))
    } else {
        String::new()
    }
}

/// Only the rows of these people, where others stand in the same table: `bannable_type`.
fn whose(people: &Table, other: &Table, joins: &[(String, String)]) -> String {
    let Some(of) = joins.iter().find_map(|(_, there)| crate::mapping::guess::type_column(other, there))
    else {
        return String::new();
    };
    let own = thing_of(&people.name.name);
    let own = own.last().map(String::as_str).unwrap_or_default().replace('\'', "''");
    let text = format!("lower(CAST(b.{} AS text))", quoted(&of));
    format!(" AND ({text} LIKE '%{own}' OR {text} LIKE '%{own}s')")
}

/// These people with one column more: whether they are kept out.
pub(super) fn listed(base: &Base<'_>, condition: &str) -> Selection {
    let free = ["banned", "is_banned", "account_banned", "user_banned", "login_banned"];
    let free = free.into_iter().find(|name| !base.columns.contains(*name)).unwrap_or("banned");
    let sql = format!(
        "SELECT u.*,\n       CASE WHEN {condition} THEN 1 ELSE 0 END AS {free}\nFROM {} u",
        base.from
    );
    base.with(sql)
}

/// How many of these people a condition holds for.
pub(super) fn count(base: &Base<'_>, condition: &str) -> String {
    let from = if base.certain { base.from.clone() } else { quoted_table(&base.people.name) };
    format!("SELECT count(*) AS people FROM {from} u WHERE {condition}")
}

/// The condition that a row of a person `u` in another table has a mark.
pub(super) fn marked(other: &Table, link: &Link, says: &str) -> String {
    let there = format!("b.{}", quoted(&link.other));
    format!(
        "u.{} IN (SELECT {there} FROM {} b WHERE {there} IS NOT NULL AND ({says}))",
        quoted(&link.own),
        quoted_table(&other.name)
    )
}
