//! The first rows of a list, before everyone in it is known.
//!
//! A million people in order take up to a second; the page a person looks at must not wait for them. [`Workspace::head`] gives
//! the first few of what [`Workspace::order`] will give, by walking along an index that stands in that order and stopping
//! early. Where few people fit the filter it is the other way round: those few are found by the filter's own index and sorted.
//!
//! The indexes are made behind a reading, before the search index; until they are there the answers are the same, but slower.

use sqlx::{AssertSqlSafe, QueryBuilder, Row as _, Sqlite, SqliteConnection};

use super::error::Result;
use super::filter::{self, Search};
use super::loose::Number;
use super::numbers;
use super::open::Workspace;
use super::steps;
use super::store;
use super::types::{Disposition, PeopleFilter, PersonId, Presence, Sort, SortKey};
use crate::model::OutcomeKind;

/// Indexes lists walk along, made behind. A reading leaves them out of its exchange. Behind what they are sorted by stands what
/// lists are filtered by: whoever is passed over costs no look at the table.
const INDEXES: [(&str, &str); 5] = [
    ("people_by_row", "people (gone, row_no, state, scheme, outcome)"),
    ("people_by_standing", "people (gone, outcome, row_no, state, scheme)"),
    ("people_by_scheme", "people (gone, scheme, row_no, state, outcome)"),
    (
        "people_by_finding",
        "people (gone, finding_severity DESC, finding_text, row_no, state, scheme, outcome)",
    ),
    ("texts_by_name", "texts (name)"),
];

/// Their names.
pub(super) const NAMES: [&str; 5] = [INDEXES[0].0, INDEXES[1].0, INDEXES[2].0, INDEXES[3].0, INDEXES[4].0];

/// With fewer people than this, no index is worth making.
const SMALL: u64 = 20_000;

/// Up to so many people are found by the filter and sorted: some 8 µs each. With more, walking meets one soon enough.
const FEW: u64 = 10_000;

/// Up to so many whom a finding or a group names are gathered for an order in which they stand together, and so perhaps all at
/// the end: they come in the order of the table they are looked up in, which takes some 1 µs each.
const FEW_NAMED: i64 = 60_000;

/// Walking may take so many of SQLite's steps, of up to 0.3 µs each, before whoever is looked for is gathered after all …
const STEPS: i32 = if cfg!(test) { 60_000 } else { 400_000 };

/// … if they are not more than this: then walking on is as quick.
const MANY: i64 = 150_000;

/// Of very many people up to a hundredth are few.
fn few_of(people: u64) -> u64 {
    (people / 100).max(FEW)
}

impl Workspace {
    /// Makes one of the indexes that are missing, in a transaction of its own, so that others who write come between. Whether
    /// there may be more to make. A small workspace needs none.
    pub(super) async fn make_list(&self, people: u64) -> Result<bool> {
        if people <= SMALL || self.0.search.borrow().stop {
            return Ok(false);
        }
        let there: Vec<String> = sqlx::query_scalar("SELECT name FROM sqlite_master WHERE type = 'index'")
            .fetch_all(&self.0.readers)
            .await?;
        let Some((name, what)) = INDEXES.iter().find(|(name, _)| !there.iter().any(|t| t == name)) else {
            return Ok(false);
        };
        let mut tx = self.begin().await?;
        let sql = format!("CREATE INDEX IF NOT EXISTS {name} ON {what}");
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The first `most` of what [`Workspace::order`] gives for this filter and sort, within milliseconds however many there
    /// are. Where only a few of very many fit several filters at once, it takes longer.
    pub async fn head(&self, filter: &PeopleFilter, sort: Sort, most: u32) -> Result<Vec<PersonId>> {
        let looked = self.head_once(filter, sort, most).await;
        if !self.is_index_at_fault(filter, &looked) {
            return looked;
        }
        self.renew_search().await;
        self.head_once(filter, sort, most).await
    }

    async fn head_once(&self, filter: &PeopleFilter, sort: Sort, most: u32) -> Result<Vec<PersonId>> {
        let mut tx = self.0.readers.begin().await?;
        let few = few(&mut tx).await?;
        let search = self.search(&mut tx, filter).await?;
        let fit = may_fit(&mut tx, filter, &search, few).await?;
        let named = search == Search::None && (filter.finding.is_some() || filter.group.is_some());
        let together = !matches!(sort.key, SortKey::Row | SortKey::Name | SortKey::Login);
        let ids = if fit <= few || named && together && fit <= FEW_NAMED {
            gather(&mut tx, filter, &search, sort, "", most).await?
        } else {
            // What finds more than a few is no help in finding the few of a stretch.
            let reading = search.by_reading();
            let walked = async |tx: &mut SqliteConnection| walk(tx, filter, &reading, sort, few, most).await;
            match steps::within(&mut tx, STEPS, walked).await? {
                Some(ids) => ids,
                // Whoever is looked for stands far down in this order.
                None if may_fit(&mut tx, filter, &search, MANY).await? <= MANY => {
                    gather(&mut tx, filter, &search, sort, "", most).await?
                }
                None => walk(&mut tx, filter, &reading, sort, few, most).await?,
            }
        };
        tx.commit().await?;
        Ok(ids)
    }
}

/// Walks along the list and stops early.
async fn walk(
    tx: &mut SqliteConnection,
    filter: &PeopleFilter,
    search: &Search,
    sort: Sort,
    few: i64,
    most: u32,
) -> Result<Vec<PersonId>> {
    let mut ids = Vec::new();
    for part in parts(&mut *tx, filter, sort).await? {
        let left = most.saturating_sub(u32::try_from(ids.len()).unwrap_or(u32::MAX));
        if left == 0 {
            break;
        }
        // Walking past everyone of a stretch for whom the filter shows nobody takes seconds.
        ids.extend(
            match if part.tallied { Some(tallied(&mut *tx, filter, &part.only).await?) } else { None } {
                Some(0) => Vec::new(),
                Some(n) if n <= few => gather(&mut *tx, filter, search, sort, &part.only, left).await?,
                _ => {
                    let mut sql = QueryBuilder::new("SELECT p.id");
                    filter::walk(&mut sql, filter, search, filter::sorts_by_text(sort));
                    if !part.only.is_empty() {
                        sql.push(" AND ").push(part.only);
                    }
                    sql.push(" ORDER BY ").push(part.order_by);
                    take(&mut *tx, sql, left).await?
                }
            },
        );
    }
    Ok(ids)
}

/// Finds those of a stretch whom a filter shows, by the filter's own index, and sorts them.
async fn gather(
    tx: &mut SqliteConnection,
    filter: &PeopleFilter,
    search: &Search,
    sort: Sort,
    only: &str,
    most: u32,
) -> Result<Vec<PersonId>> {
    let mut sql = QueryBuilder::new("SELECT p.id");
    filter::from_where(&mut sql, filter, search, filter::sorts_by_text(sort));
    if !only.is_empty() {
        sql.push(" AND ").push(only);
    }
    let by =
        if filter::comes_sorted(filter, sort) { filter::order_by(sort) } else { filter::sorted_by(sort) };
    sql.push(" ORDER BY ").push(by);
    take(tx, sql, most).await
}

/// How many are few in this workspace.
pub(super) async fn few(tx: &mut SqliteConnection) -> Result<i64> {
    let people: Number = sqlx::query_scalar("SELECT total(n) FROM tally_people").fetch_one(tx).await?;
    Ok(i64::try_from(few_of(people.count())).unwrap_or(i64::MAX))
}

/// How many of a stretch fit what the tallies of people know of a filter.
async fn tallied(tx: &mut SqliteConnection, filter: &PeopleFilter, only: &str) -> Result<i64> {
    let mut sql = QueryBuilder::new("SELECT total(n) FROM tally_people p");
    filter::narrow(&mut sql, filter, "", "");
    if !only.is_empty() {
        sql.push(" AND ").push(only);
    }
    Ok(sql.build_query_scalar::<Number>().fetch_one(tx).await?.0)
}

/// How many people can fit a filter at most, as far as can be told at once; a search is counted up to just above `few`.
async fn may_fit(tx: &mut SqliteConnection, filter: &PeopleFilter, search: &Search, few: i64) -> Result<i64> {
    let mut most = tallied(tx, filter, "").await?;
    // The tallies of findings and groups know only those who are there.
    if filter.presence == Presence::Present {
        if let Some(code) = &filter.finding {
            let n = sqlx::query_scalar("SELECT total(n) FROM tally_findings WHERE code = ?");
            let n: Number = n.bind(code).fetch_one(&mut *tx).await?;
            most = most.min(n.0);
        }
        if let Some(group) = &filter.group {
            let n = sqlx::query_scalar(
                "SELECT total(n) FROM tally_groups WHERE group_id IN (SELECT id FROM groups WHERE name = ?)",
            );
            let n: Number = n.bind(group).fetch_one(&mut *tx).await?;
            most = most.min(n.0);
        }
    }
    if filter.there {
        most = most.min(sqlx::query_scalar("SELECT count(*) FROM there").fetch_one(&mut *tx).await?);
    }
    if let Search::Index { pieces, .. } = search
        && most > few
    {
        let n = sqlx::query_scalar(
            "SELECT count(*) FROM (SELECT rowid FROM search WHERE search MATCH ? LIMIT ?)",
        );
        most = most.min(n.bind(pieces).bind(few + 1).fetch_one(&mut *tx).await?);
    }
    Ok(most)
}

/// A stretch of a list that one index walks along.
struct Part {
    /// Who belongs to it; empty: everyone.
    only: String,
    order_by: String,
    /// Whether the tallies of people know how many belong to it.
    tallied: bool,
}

/// A sort as stretches, one after the other. What has few values goes value by value: so both ways stand in the source's
/// order within a value, and no index has to run two ways at once.
async fn parts(tx: &mut SqliteConnection, filter: &PeopleFilter, sort: Sort) -> Result<Vec<Part>> {
    let by_row = "p.row_no";
    let part = |only: String, order_by: &str| Part { only, order_by: order_by.to_owned(), tallied: true };
    let mut parts = match sort.key {
        SortKey::Row | SortKey::Name | SortKey::Login | SortKey::Recorded => {
            return Ok(vec![Part { tallied: false, ..part(String::new(), &filter::order_by(sort)) }]);
        }
        SortKey::Findings => {
            let by = if sort.descending {
                "p.finding_severity ASC, p.finding_text DESC, p.row_no"
            } else {
                "p.finding_severity DESC, p.finding_text, p.row_no"
            };
            let mut parts =
                vec![Part { tallied: false, ..part("p.finding_severity IS NOT NULL".to_owned(), by) }];
            // Whoever is shown for a finding has one.
            if filter.finding.is_none() {
                let none = "p.finding_severity IS NULL AND p.finding_text IS NULL".to_owned();
                parts.push(Part { tallied: false, ..part(none, by_row) });
            }
            if sort.descending {
                parts.reverse();
            }
            return Ok(parts);
        }
        SortKey::Disposition => Disposition::ALL
            .into_iter()
            .map(|d| part(format!("p.state = {}", numbers::disposition(d)), by_row))
            .collect::<Vec<_>>(),
        SortKey::Outcome => OutcomeKind::ALL
            .into_iter()
            .map(|kind| part(format!("p.outcome = {}", numbers::outcome(kind)), by_row))
            .collect(),
        SortKey::Scheme => {
            // Labels that differ only in case are equal here: theirs stand together, by row.
            let ids = sqlx::query(
                "SELECT group_concat(id) AS ids FROM schemes GROUP BY label COLLATE NOCASE ORDER BY label COLLATE NOCASE",
            );
            let mut parts = Vec::new();
            for row in ids.fetch_all(tx).await? {
                parts.push(part(format!("p.scheme IN ({})", row.try_get::<String, _>("ids")?), by_row));
            }
            parts
        }
    };
    if sort.descending {
        parts.reverse();
    }
    Ok(parts)
}

async fn take(tx: &mut SqliteConnection, mut sql: QueryBuilder<Sqlite>, most: u32) -> Result<Vec<PersonId>> {
    sql.push(" LIMIT ").push_bind(most);
    let ids = sql.build_query_scalar::<i64>().fetch_all(tx).await?;
    Ok(ids.into_iter().filter_map(|id| store::person_id(id).ok()).collect())
}
