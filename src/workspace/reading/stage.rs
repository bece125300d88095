//! Writing people beside: into `next_…` tables without indexes, many rows a statement, many statements a transaction.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use sqlx::{AssertSqlSafe, SqliteConnection};
use tokio::sync::mpsc;

use super::super::error::{Result, WorkspaceError};
use super::super::numbers;
use super::super::open::{Inner, Workspace};
use super::super::store;
use super::super::twins::LOGIN_PLACE;
use super::TABLES;
use super::prepare::{Person, Prepared};
use super::tallies::Tallies;
use crate::model::Columns;

/// Rows a statement.
const ROWS: usize = 50;

/// People a transaction: half a second's work.
const TRANSACTION: usize = 20_000;

/// So many rows of one key are no accident but a wrong choice of key: which is which is not kept for more.
pub(super) const MOST_DOUBLES: u32 = 50;

/// The key of the nth row of a key, from 2.
pub(super) fn double_key(key: &str, nth: u32) -> String {
    format!("{key}\u{1f}\u{1f}{nth}")
}

/// Makes the tables a reading fills, as those that are there are defined, without their indexes.
pub(super) async fn make_tables(tx: &mut SqliteConnection) -> Result<()> {
    for table in TABLES {
        let sql: String =
            sqlx::query_scalar("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?")
                .bind(table)
                .fetch_one(&mut *tx)
                .await?;
        // SQLite keeps the statement as it was written, with the name quoted after a rename.
        let body = sql.find('(').map(|at| &sql[at..]);
        let body = body.ok_or_else(|| WorkspaceError::damaged("a table has no definition", table))?;
        sqlx::raw_sql(AssertSqlSafe(format!("CREATE TABLE next_{table} {body}"))).execute(&mut *tx).await?;
    }
    Ok(())
}

/// An INSERT of one row and of [`ROWS`] rows.
struct Insert {
    one: Arc<str>,
    many: Arc<str>,
}

impl Insert {
    fn into(table: &str, columns: &str) -> Self {
        let count = columns.split(',').count();
        let row = format!("({})", vec!["?"; count].join(","));
        let sql = |rows: usize| {
            // FAIL: no copy of each page is kept to take half a statement back. A reading that fails is thrown away as a whole.
            format!(
                "INSERT OR FAIL INTO next_{table} ({columns}) VALUES {}",
                vec![row.as_str(); rows].join(",")
            )
            .into()
        };
        Self { one: sql(1), many: sql(ROWS) }
    }

    fn of(&self, rows: usize) -> AssertSqlSafe<Arc<str>> {
        AssertSqlSafe(Arc::clone(if rows == ROWS { &self.many } else { &self.one }))
    }
}

/// What the writer keeps in mind during a reading. Does not grow with the number of new people.
pub(super) struct Stage {
    people: Insert,
    texts: Insert,
    details: Insert,
    findings: Insert,
    memberships: Insert,
    /// The greatest number given before this reading; greater ones are new people.
    pub(super) known_upto: u32,
    /// The next number to give.
    next: u32,
    /// Known people seen in this reading: one bit each.
    seen: Vec<u64>,
    /// Rows so far.
    pub(super) rows: u32,
    schemes: HashMap<(String, String), i64>,
    groups: HashMap<String, i64>,
    columns: Option<(Columns, i64)>,
    /// What screens count, of the rows written.
    pub(super) tallies: Tallies,
}

impl Stage {
    pub(super) async fn begin(tx: &mut SqliteConnection) -> Result<Self> {
        let last: Option<u32> = sqlx::query_scalar("SELECT max(id) FROM people").fetch_one(&mut *tx).await?;
        let known_upto = last.unwrap_or(0);
        Ok(Self {
            people: Insert::into(
                "people",
                "id, row_no, name, login, scheme, route, state, outcome, left_out, default_out, gone, blocks, finding_count, finding_severity, finding_text",
            ),
            texts: Insert::into("texts", "id, name, login, email"),
            details: Insert::into(
                "details",
                "id, key, profile, groups, active, last_sign_in, mapping_findings, evidence, password, row_columns, source_row, fingerprint",
            ),
            findings: Insert::into("findings", "person, place, code, severity, attribute, text"),
            memberships: Insert::into("memberships", "group_id, person"),
            known_upto,
            next: known_upto + 1,
            seen: vec![0; known_upto as usize / 64 + 1],
            rows: 0,
            schemes: HashMap::new(),
            groups: HashMap::new(),
            columns: None,
            tallies: Tallies::default(),
        })
    }

    /// Writes batches as they come, until there are no more. Lets go of the one writer whenever it has to wait.
    pub(super) async fn run(
        mut self,
        inner: Weak<Inner>,
        mut batches: mpsc::Receiver<Prepared>,
    ) -> Result<Self> {
        let mut waiting = batches.recv().await;
        while let Some(mut batch) = waiting.take() {
            let workspace = Workspace(inner.upgrade().ok_or(WorkspaceError::Closed)?);
            let mut tx = workspace.begin().await?;
            let mut written = 0;
            loop {
                written += batch.len();
                self.write(&mut tx, batch).await?;
                if written >= TRANSACTION {
                    break;
                }
                match batches.try_recv() {
                    Ok(next) => batch = next,
                    Err(_) => break,
                }
            }
            // Nothing of it shows yet: no one needs to be told.
            tx.commit().await?;
            drop(workspace);
            waiting = batches.recv().await;
        }
        Ok(self)
    }

    async fn write(&mut self, tx: &mut SqliteConnection, batch: Prepared) -> Result<()> {
        let known = self.known(tx, &batch.people).await?;
        let mut numbered = Vec::with_capacity(batch.people.len());
        for mut person in batch.people {
            let id = match known.get(&person.key) {
                Some(id) if self.first_time(*id) => *id,
                // A second row of a known key: it gets a key of its own when the reading ends.
                Some(_) => self.known_double(tx, &person.key).await?,
                None => self.number(),
            };
            self.rows = self.rows.checked_add(1).ok_or_else(too_many)?;
            let scheme = (std::mem::take(&mut person.scheme), std::mem::take(&mut person.label));
            let scheme = if let Some(number) = self.schemes.get(&scheme) {
                *number
            } else {
                let number = store::scheme_number(tx, &scheme.0, &scheme.1).await?;
                keep(&mut self.schemes, scheme, number);
                number
            };
            let columns = self.columns_number(tx, &person.columns, &batch.covered).await?;
            numbered.push((id, self.rows, scheme, columns, person));
        }
        let mut findings = Vec::new();
        let mut memberships = Vec::new();
        let mut left = numbered.len();
        let mut numbered = numbered.into_iter();
        while left > 0 {
            let rows = if left >= ROWS { ROWS } else { 1 };
            left -= rows;
            let mut people = sqlx::query(self.people.of(rows));
            let mut texts = sqlx::query(self.texts.of(rows));
            let mut details = sqlx::query(self.details.of(rows));
            for (id, row_no, scheme, columns, person) in numbered.by_ref().take(rows) {
                let blocks = store::blocks(&person.findings);
                let gravest = store::gravest(&person.findings);
                let state = if person.leave_out {
                    4
                } else if blocks > 0 {
                    3
                } else {
                    person.route
                };
                self.tallies.add(state, person.route, scheme, &person.findings);
                people = people
                    .bind(id)
                    .bind(row_no)
                    .bind(person.name)
                    .bind(person.login)
                    .bind(scheme)
                    .bind(person.route)
                    .bind(state)
                    .bind(0_i64)
                    .bind(person.leave_out)
                    .bind(person.leave_out)
                    .bind(0_i64)
                    .bind(blocks)
                    .bind(i64::try_from(person.findings.len()).unwrap_or(i64::MAX))
                    .bind(gravest.map(|finding| numbers::severity(finding.severity)))
                    .bind(gravest.map(|finding| finding.text.clone()));
                texts = texts
                    .bind(id)
                    .bind(person.folded.name)
                    .bind(person.folded.login)
                    .bind(person.folded.email);
                details = details
                    .bind(id)
                    .bind(person.key)
                    .bind(person.profile)
                    .bind(person.groups_json)
                    .bind(person.active)
                    .bind(person.last_sign_in)
                    .bind(person.mapping_findings)
                    .bind(person.evidence)
                    .bind(person.password)
                    .bind(columns)
                    .bind(person.source_row)
                    .bind(person.fingerprint.to_vec());
                for (place, finding) in (0..LOGIN_PLACE).zip(person.findings) {
                    findings.push((id, place, finding));
                }
                for group in person.groups {
                    memberships.push((group, id));
                }
            }
            people.execute(&mut *tx).await?;
            texts.execute(&mut *tx).await?;
            details.execute(&mut *tx).await?;
        }
        let mut left = findings.len();
        let mut findings = findings.into_iter();
        while left > 0 {
            let rows = if left >= ROWS { ROWS } else { 1 };
            left -= rows;
            let mut query = sqlx::query(self.findings.of(rows));
            for (id, place, finding) in findings.by_ref().take(rows) {
                query = query
                    .bind(id)
                    .bind(place)
                    .bind(finding.code)
                    .bind(numbers::severity(finding.severity))
                    .bind(finding.attribute)
                    .bind(finding.text);
            }
            query.execute(&mut *tx).await?;
        }
        self.write_memberships(tx, memberships).await
    }

    async fn write_memberships(
        &mut self,
        tx: &mut SqliteConnection,
        memberships: Vec<(String, u32)>,
    ) -> Result<()> {
        let mut numbered = Vec::with_capacity(memberships.len());
        for (group, id) in memberships {
            let number = if let Some(number) = self.groups.get(&group) {
                *number
            } else {
                let number = group_number(tx, &group).await?;
                keep(&mut self.groups, group, number);
                number
            };
            numbered.push((number, id));
        }
        // In the table's own order: each page is visited once a batch.
        numbered.sort_unstable();
        numbered.dedup();
        let mut left = numbered.as_slice();
        while !left.is_empty() {
            let (now, later) = left.split_at(if left.len() >= ROWS { ROWS } else { 1 });
            left = later;
            let mut query = sqlx::query(self.memberships.of(now.len()));
            for (group, id) in now {
                query = query.bind(*group).bind(*id);
            }
            query.execute(&mut *tx).await?;
        }
        Ok(())
    }

    /// Which of these are known from former readings.
    async fn known(&self, tx: &mut SqliteConnection, people: &[Person]) -> Result<HashMap<String, u32>> {
        if self.known_upto == 0 {
            return Ok(HashMap::new());
        }
        let keys = people.iter().map(|person| person.key.as_str()).collect::<Vec<_>>();
        let rows: Vec<(String, u32)> =
            sqlx::query_as("SELECT key, id FROM details WHERE key IN (SELECT value FROM json_each(?))")
                .bind(store::to_json(&keys)?)
                .fetch_all(tx)
                .await?;
        Ok(rows.into_iter().collect())
    }

    /// A further row of a known key: the number it had at a former reading, or a new one.
    async fn known_double(&mut self, tx: &mut SqliteConnection, key: &str) -> Result<u32> {
        for nth in 2..=MOST_DOUBLES {
            let id: Option<u32> = sqlx::query_scalar("SELECT id FROM details WHERE key = ?")
                .bind(double_key(key, nth))
                .fetch_optional(&mut *tx)
                .await?;
            match id {
                Some(id) if self.first_time(id) => return Ok(id),
                Some(_) => {}
                None => break,
            }
        }
        Ok(self.number())
    }

    /// Marks a known person as seen. Whether it is the first time in this reading.
    fn first_time(&mut self, id: u32) -> bool {
        let bit = 1_u64 << (id % 64);
        match self.seen.get_mut(id as usize / 64) {
            Some(word) if *word & bit == 0 => {
                *word |= bit;
                true
            }
            _ => false,
        }
    }

    fn number(&mut self) -> u32 {
        let number = self.next;
        self.next = self.next.saturating_add(1);
        number
    }

    async fn columns_number(
        &mut self,
        tx: &mut SqliteConnection,
        columns: &Columns,
        covered: &str,
    ) -> Result<i64> {
        if let Some((last, number)) = &self.columns
            && last == columns
        {
            return Ok(*number);
        }
        let names = store::to_json(columns.names())?;
        sqlx::query("INSERT OR IGNORE INTO row_columns (names, covered) VALUES (?, ?)")
            .bind(&names)
            .bind(covered)
            .execute(&mut *tx)
            .await?;
        let number: i64 = sqlx::query_scalar("SELECT id FROM row_columns WHERE names = ? AND covered = ?")
            .bind(&names)
            .bind(covered)
            .fetch_one(tx)
            .await?;
        self.columns = Some((columns.clone(), number));
        Ok(number)
    }
}

/// Keeps a number at hand. A source with a group for each person must not fill the memory: then all are asked for anew.
fn keep<K: std::hash::Hash + Eq>(numbers: &mut HashMap<K, i64>, key: K, number: i64) {
    if numbers.len() >= 20_000 {
        numbers.clear();
    }
    numbers.insert(key, number);
}

fn too_many() -> WorkspaceError {
    WorkspaceError::Database("more than 4,294,967,295 people".to_owned())
}

async fn group_number(tx: &mut SqliteConnection, name: &str) -> Result<i64> {
    sqlx::query("INSERT OR IGNORE INTO groups (name) VALUES (?)").bind(name).execute(&mut *tx).await?;
    Ok(sqlx::query_scalar("SELECT id FROM groups WHERE name = ?").bind(name).fetch_one(tx).await?)
}
