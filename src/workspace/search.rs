//! The search index: three-letter pieces of names, logins and e-mails (FTS5 trigram), built behind a reading.
//!
//! While it is not there, searching reads all texts, which is right but slower. It is kept small: pieces only
//! (`detail=none`), no copy of the texts (`content=''`).
//!
//! One or two letters (a whole name in Chinese) are no piece. So each text ends with two marks, by which every letter begins a
//! piece, and the pieces that begin with those letters are looked up in the index's own list of pieces.

use std::sync::Arc;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use sqlx::{AssertSqlSafe, Row as _, SqliteConnection};

use super::error::{Result, WorkspaceError};
use super::filter::{Search, quoted};
use super::lists;
use super::loose::{Number, Text};
use super::open::Workspace;
use super::types::{PeopleFilter, SearchIndex};

/// People a transaction: some 0.2 s, so that others who write wait no longer.
const PORTION: i64 = 20_000;

/// Throws the index away; to be called when people are exchanged. It is built anew by [`Workspace::start_search_index`].
pub(crate) async fn clear(tx: &mut SqliteConnection) -> Result<()> {
    sqlx::raw_sql(
        "DROP TABLE IF EXISTS search;
         CREATE VIRTUAL TABLE search USING fts5(name, login, email, content='', contentless_delete=1, detail=none,
            tokenize='trigram case_sensitive 1');
         INSERT INTO meta (name, value) VALUES ('search_upto', '0') ON CONFLICT DO UPDATE SET value = '0';
         INSERT INTO meta (name, value) VALUES ('search_of', hex(randomblob(8))) ON CONFLICT DO UPDATE SET value = excluded.value;",
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Where the building stands: the last person in the index, and a mark that changes when people are exchanged.
async fn standing(connection: &mut SqliteConnection) -> Result<Option<(i64, String)>> {
    let row = sqlx::query(
        "SELECT (SELECT value FROM meta WHERE name = 'search_upto') AS upto, (SELECT value FROM meta WHERE name = 'search_of') AS mark",
    )
    .fetch_one(connection)
    .await?;
    let upto: Option<Text> = row.try_get("upto")?;
    let mark: Option<Text> = row.try_get("mark")?;
    Ok(upto.and_then(|text| text.0.parse().ok()).zip(mark.map(|mark| mark.0)))
}

/// What stands in the index for a person: the end of each text is marked.
const TEXTS: &str =
    "id, name || char(1, 1), login || char(1, 1), coalesce(email || char(1, 1), '') FROM texts";

/// Pieces asked for at once. More begin with one letter only where it is everywhere.
const MOST_PIECES: usize = 400;

/// Makes a search of one or two letters one by index, if it finds at most `most` people; otherwise one by reading, which meets
/// someone soon.
pub(crate) async fn settle(connection: &mut SqliteConnection, search: Search, most: i64) -> Result<Search> {
    let Search::Short(text) = search else { return Ok(search) };
    let mut found = sqlx::query_as::<_, (Text, Number)>(
        "SELECT term, doc FROM search_pieces WHERE term >= ? AND term < ?",
    )
    .bind(text.clone())
    .bind(format!("{text}{}", char::MAX))
    .fetch(connection);
    let (mut people, mut pieces) = (0, Vec::new());
    while let Some((piece, n)) = found.try_next().await? {
        people += n.0;
        pieces.push(quoted(&piece.0));
        if people > most || pieces.len() > MOST_PIECES {
            return Ok(Search::Scan(text));
        }
    }
    // Nobody has them: a piece no text can hold finds nobody at once.
    let pieces = if pieces.is_empty() { quoted("\u{1}\u{1}\u{1}") } else { pieces.join(" OR ") };
    Ok(Search::Index { text, pieces })
}

/// Whether the index finds the first person by their own login, which it surely holds.
async fn finds_the_first(connection: &mut SqliteConnection) -> bool {
    let first = "SELECT id, login FROM texts WHERE id = (SELECT min(id) FROM texts)";
    let Ok(Some((id, login))) =
        sqlx::query_as::<_, (i64, String)>(first).fetch_optional(&mut *connection).await
    else {
        return true;
    };
    let piece: String = login.chars().take(3).collect();
    if piece.chars().count() < 3 {
        return true;
    }
    let found = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM search WHERE search MATCH ? AND rowid = ?)")
        .bind(quoted(&piece))
        .bind(id)
        .fetch_one(connection)
        .await;
    found.unwrap_or(false)
}

/// Puts people's changed texts into the index, as far as it is built.
pub(crate) async fn update_chosen(tx: &mut SqliteConnection) -> Result<()> {
    let Some((upto, _)) = standing(&mut *tx).await? else { return Ok(()) };
    let insert = format!(
        "INSERT INTO search (rowid, name, login, email)
            SELECT {TEXTS} WHERE id IN (SELECT id FROM chosen WHERE id <= ?)"
    );
    for sql in ["DELETE FROM search WHERE rowid IN (SELECT id FROM chosen WHERE id <= ?)", &insert] {
        sqlx::query(AssertSqlSafe(sql)).bind(upto).execute(&mut *tx).await?;
    }
    Ok(())
}

impl Workspace {
    /// How far the search index is; changes while it is built.
    pub fn search_index(&self) -> tokio::sync::watch::Receiver<SearchIndex> {
        self.0.search.subscribe()
    }

    pub(crate) fn search_is_ready(&self) -> bool {
        self.0.search.borrow().ready
    }

    /// How a filter's search is looked up.
    pub(crate) async fn search(&self, tx: &mut SqliteConnection, filter: &PeopleFilter) -> Result<Search> {
        let mut search = Search::of(&filter.search, self.search_is_ready());
        if matches!(search, Search::Index { .. }) && !finds_the_first(tx).await {
            // An index that was bent may find nobody without a word.
            let weak = Arc::downgrade(&self.0);
            self.0.search.send_modify(|index| index.ready = false);
            tokio::spawn(async move {
                if let Some(inner) = weak.upgrade() {
                    Self(inner).renew_search().await;
                }
            });
            search = search.by_reading();
        }
        let few = if matches!(search, Search::Short(_)) { lists::few(tx).await? } else { 0 };
        settle(tx, search, few).await
    }

    /// Throws away an index that can't be read, and begins it anew behind. Until it is there, texts are read. Where it can't be made
    /// anew, or this is opened beside another Causeway, texts are read from now on.
    pub(crate) async fn renew_search(&self) {
        self.0.search.send_modify(|index| index.ready = false);
        if self.0.guest {
            return;
        }
        let renewed = async {
            let mut tx = self.begin().await?;
            clear(&mut tx).await?;
            self.commit(tx).await?;
            self.start_search_index().await
        };
        match renewed.await {
            Ok(()) => tracing::warn!("the index of names could not be read and is built anew"),
            Err(error) => tracing::warn!(%error, "the index of names can be neither read nor built anew"),
        }
    }

    /// Whether a look-up failed over an index of names that makes no sense.
    pub(crate) fn is_index_at_fault<T>(&self, filter: &PeopleFilter, looked: &Result<T>) -> bool {
        let broken = matches!(looked, Err(WorkspaceError::Damaged { .. } | WorkspaceError::Database(_)));
        broken && !filter.search.is_empty() && self.search_is_ready()
    }

    /// Builds what is missing of the index, behind. Ends by itself when people are exchanged or the workspace is closed.
    pub(crate) async fn start_search_index(&self) -> Result<()> {
        let mut reader = self.0.readers.acquire().await?;
        let Some((upto, mark)) = standing(&mut reader).await? else { return Ok(()) };
        let last: Option<i64> =
            sqlx::query_scalar("SELECT max(id) FROM texts").fetch_one(&mut *reader).await?;
        let total = u64::try_from(last.unwrap_or(0)).unwrap_or(0);
        let done = u64::try_from(upto).unwrap_or(0).min(total);
        self.0.search.send_modify(|index| {
            *index = SearchIndex { done, total, ready: done >= total, stop: index.stop }
        });
        if total > 0 {
            let weak = Arc::downgrade(&self.0);
            tokio::spawn(async move {
                // Lists are looked at before anyone searches. What can't be made now is made when the file is opened again.
                // Keeps no workspace open that everyone else let go of.
                while let Some(inner) = weak.upgrade() {
                    if !Self(inner).make_list(total).await.unwrap_or(false) {
                        break;
                    }
                }
                if done >= total {
                    return;
                }
                while let Some(inner) = weak.upgrade() {
                    if !Self(inner).index_portion(&mark).await.unwrap_or(false) {
                        return;
                    }
                    // Others who want to write come between.
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            });
        }
        Ok(())
    }

    /// The next portion. Whether more is to do.
    async fn index_portion(&self, mark: &str) -> Result<bool> {
        if self.0.search.borrow().stop {
            return Ok(false);
        }
        let mut tx = self.begin().await?;
        let Some((upto, now)) = standing(&mut tx).await? else { return Ok(false) };
        if now != mark {
            return Ok(false);
        }
        let portion: (Option<i64>, Option<i64>) = sqlx::query_as(
            "SELECT max(id), (SELECT max(id) FROM texts) FROM (SELECT id FROM texts WHERE id > ? ORDER BY id LIMIT ?)",
        )
        .bind(upto)
        .bind(PORTION)
        .fetch_one(&mut *tx)
        .await?;
        let (Some(next), Some(last)) = portion else {
            self.0.search.send_modify(|index| index.ready = true);
            return Ok(false);
        };
        sqlx::query(AssertSqlSafe(format!(
            "INSERT INTO search (rowid, name, login, email) SELECT {TEXTS} WHERE id > ? AND id <= ?"
        )))
        .bind(upto)
        .bind(next)
        .execute(&mut *tx)
        .await?;
        sqlx::query("UPDATE meta SET value = ? WHERE name = 'search_upto'")
            .bind(next.to_string())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        self.0.search.send_modify(|index| {
            index.done = u64::try_from(next).unwrap_or(0);
            index.total = u64::try_from(last).unwrap_or(0);
            index.ready = next >= last;
        });
        Ok(next < last)
    }
}
