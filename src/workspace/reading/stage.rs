//! Writing people beside: into `next_…` tables without indexes, many rows a statement, many statements a transaction.

use std::collections::{HashMap, VecDeque};
use std::sync::Weak;
use std::time::Duration;

use sqlx::{Arguments as _, AssertSqlSafe, SqliteConnection};
use tokio::sync::mpsc;

use super::super::bond::{Bonds, DecidedParts};
use super::super::error::{Result, WorkspaceError};
use super::super::numbers;
use super::super::open::{Inner, Workspace};
use super::super::seal::Sealer;
use super::super::store;
use super::super::twins::LOGIN_PLACE;
use super::again::{self, Displaced, Known, Whose};
use super::prepare::{Person, Prepared};
use super::rows::{Rows, Statement};
use super::tallies::Tallies;
use crate::assess::Identity;
use crate::model::Columns;

/// The tables a reading fills beside and exchanges.
pub(super) const TABLES: [&str; 5] = ["people", "texts", "details", "findings", "memberships"];

/// People a transaction: half a second's work.
const TRANSACTION: usize = 20_000;

/// How long a transaction stays open for more people: each end of one waits for the disk. Others who write wait as long.
const PATIENCE: Duration = Duration::from_millis(50);

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

/// The tables' rows on their way.
struct Tables {
    people: Rows,
    texts: Rows,
    details: Rows,
    findings: Rows,
    memberships: Rows,
    /// Statements that are full.
    ready: VecDeque<Statement>,
    bonds: Bonds,
    reading: i64,
}

impl Tables {
    fn new(bonds: Bonds, reading: i64) -> Self {
        Self {
            bonds,
            reading,
            people: Rows::new(
                "people",
                "id, row_no, name, login, scheme, route, state, outcome, left_out, default_out, gone, blocks, finding_count, finding_severity, finding_text, reading, tag",
            ),
            texts: Rows::new("texts", "id, name, login, email"),
            details: Rows::new(
                "details",
                "id, key, profile, groups, active, last_sign_in, mapping_findings, evidence, password, row_columns, source_row, fingerprint, tag",
            ),
            findings: Rows::new("findings", "person, place, code, severity, attribute, text"),
            memberships: Rows::new("memberships", "group_id, person"),
            ready: VecDeque::new(),
        }
    }

    /// The rows of one person.
    fn add(&mut self, numbered: Numbered, tallies: &mut Tallies) -> Result<()> {
        let Numbered { id, row_no, scheme, columns, groups, person } = numbered;
        let ready = &mut self.ready;
        let blocks = store::blocks(&person.findings);
        let gravest = store::gravest(&person.findings);
        let state = if person.leave_out {
            4
        } else if blocks > 0 {
            3
        } else {
            person.route
        };
        let decided = DecidedParts {
            id: id.into(),
            key: person.key.as_bytes(),
            read: &person.tag,
            reading: self.reading,
            route: person.route,
            state,
            left_out: person.leave_out.into(),
            default_out: person.leave_out.into(),
            blocks,
            by_hand: None,
            edits: &[],
        };
        let decided = decided.begin(&self.bonds).tag();
        let reading = self.reading;
        tallies.add(state, person.route, scheme, &person.findings);
        self.people.add(ready, |row| {
            row.add(id)?;
            row.add(row_no)?;
            row.add(person.name)?;
            row.add(person.login)?;
            row.add(scheme)?;
            row.add(person.route)?;
            row.add(state)?;
            row.add(0_i64)?;
            row.add(person.leave_out)?;
            row.add(person.leave_out)?;
            row.add(0_i64)?;
            row.add(blocks)?;
            row.add(i64::try_from(person.findings.len()).unwrap_or(i64::MAX))?;
            row.add(gravest.map(|finding| numbers::severity(finding.severity)))?;
            row.add(gravest.map(|finding| finding.text.clone()))?;
            row.add(reading)?;
            row.add(decided.to_vec())
        })?;
        self.texts.add(ready, |row| {
            row.add(id)?;
            row.add(person.folded.name)?;
            row.add(person.folded.login)?;
            row.add(person.folded.email)
        })?;
        self.details.add(ready, |row| {
            row.add(id)?;
            row.add(person.key)?;
            row.add(person.profile)?;
            row.add(person.groups_json)?;
            row.add(person.active)?;
            row.add(person.last_sign_in)?;
            row.add(person.mapping_findings)?;
            row.add(person.evidence)?;
            row.add(person.password)?;
            row.add(columns)?;
            row.add(person.source_row)?;
            row.add(person.fingerprint.to_vec())?;
            row.add(person.tag.to_vec())
        })?;
        for (place, finding) in (0..LOGIN_PLACE).zip(person.findings) {
            self.findings.add(ready, |row| {
                row.add(id)?;
                row.add(place)?;
                row.add(finding.code)?;
                row.add(numbers::severity(finding.severity))?;
                row.add(finding.attribute)?;
                row.add(finding.text)
            })?;
        }
        for group in groups {
            self.memberships.add(ready, |row| {
                row.add(group)?;
                row.add(id)
            })?;
        }
        Ok(())
    }

    /// What makes no whole statement is ready too.
    fn rest(&mut self) {
        for rows in
            [&mut self.people, &mut self.texts, &mut self.details, &mut self.findings, &mut self.memberships]
        {
            rows.rest(&mut self.ready);
        }
    }
}

/// A person with the numbers other tables know them by.
struct Numbered {
    id: u32,
    row_no: u32,
    scheme: i64,
    columns: i64,
    groups: Vec<i64>,
    person: Person,
}

/// What the writer keeps in mind during a reading. Does not grow with the number of new people.
pub(super) struct Stage {
    tables: Tables,
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
    /// Rows that have the key of somebody they may not be.
    pub(super) displaced: Vec<Displaced>,
    /// People whose key a row has that is not theirs, and who have nothing to inherit.
    pub(super) outed: Vec<u32>,
}

impl Stage {
    pub(super) async fn begin(tx: &mut SqliteConnection, bonds: Bonds, reading: i64) -> Result<Self> {
        let last: Option<u32> = sqlx::query_scalar("SELECT max(id) FROM people").fetch_one(&mut *tx).await?;
        let known_upto = last.unwrap_or(0);
        Ok(Self {
            tables: Tables::new(bonds, reading),
            known_upto,
            next: known_upto + 1,
            seen: vec![0; known_upto as usize / 64 + 1],
            rows: 0,
            schemes: HashMap::new(),
            groups: HashMap::new(),
            columns: None,
            tallies: Tallies::default(),
            displaced: Vec::new(),
            outed: Vec::new(),
        })
    }

    /// Writes batches as they come, until there are no more. Lets go of the one writer whenever it has to wait long.
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
                self.write(&mut tx, &workspace.0.sealer, batch).await?;
                if written >= TRANSACTION {
                    break;
                }
                match tokio::time::timeout(PATIENCE, batches.recv()).await {
                    Ok(Some(next)) => batch = next,
                    Ok(None) | Err(_) => break,
                }
            }
            // Nothing of it shows yet: no one needs to be told.
            tx.commit().await?;
            drop(workspace);
            waiting = batches.recv().await;
        }
        let workspace = Workspace(inner.upgrade().ok_or(WorkspaceError::Closed)?);
        let mut tx = workspace.begin().await?;
        self.write_rest(&mut tx).await?;
        tx.commit().await?;
        Ok(self)
    }

    /// Numbers a batch and writes what makes whole statements; the rest waits for the next batch.
    async fn write(&mut self, tx: &mut SqliteConnection, sealer: &Sealer, batch: Prepared) -> Result<()> {
        let numbered = self.numbered(tx, sealer, batch).await?;
        let (tables, tallies) = (&mut self.tables, &mut self.tallies);
        let mut people = numbered.into_iter();
        // A statement is bound while SQLite, on a thread of its own, still works on the one before: a reading waits for what
        // happens here one after the other.
        loop {
            let Some(statement) = tables.ready.pop_front() else {
                let Some(person) = people.next() else { return Ok(()) };
                tables.add(person, tallies)?;
                continue;
            };
            let (done, bound) = tokio::join!(statement.execute(&mut *tx), async {
                while tables.ready.is_empty() {
                    let Some(person) = people.next() else { break };
                    tables.add(person, tallies)?;
                }
                Ok::<_, WorkspaceError>(())
            });
            done?;
            bound?;
        }
    }

    /// Writes what is left over when no more people come.
    async fn write_rest(&mut self, tx: &mut SqliteConnection) -> Result<()> {
        self.tables.rest();
        while let Some(statement) = self.tables.ready.pop_front() {
            statement.execute(&mut *tx).await?;
        }
        Ok(())
    }

    /// Gives everyone of a batch their numbers.
    async fn numbered(
        &mut self,
        tx: &mut SqliteConnection,
        sealer: &Sealer,
        batch: Prepared,
    ) -> Result<Vec<Numbered>> {
        let known = self.known(tx, &batch.people).await?;
        let looked_up = again::looked_up(tx, sealer, &batch.people, &known).await?;
        let others = again::logins_of_others(tx, &batch.people, &known).await?;
        let mut numbered = Vec::with_capacity(batch.people.len());
        for mut person in batch.people {
            let id = match known.get(&person.key) {
                // Rows numbered anew: who this is shows when everyone was read.
                Some(known)
                    if !known.weighs
                        && !known.is_unchanged(&person)
                        && others.contains(&person.folded.login) =>
                {
                    self.outed.push(known.id);
                    self.number()
                }
                Some(known) if known.is_plain(&person) && self.first_time(known.id) => known.id,
                // Somebody changed, or somebody else; or a second row of a known key, which gets one of its own when the reading ends.
                Some(known) => self.whose(tx, sealer, &person, known, &looked_up).await?,
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
            let mut groups = Vec::with_capacity(person.groups.len());
            for group in std::mem::take(&mut person.groups) {
                groups.push(if let Some(number) = self.groups.get(&group) {
                    *number
                } else {
                    let number = group_number(tx, &group).await?;
                    keep(&mut self.groups, group, number);
                    number
                });
            }
            groups.sort_unstable();
            groups.dedup();
            numbered.push(Numbered { id, row_no: self.rows, scheme, columns, groups, person });
        }
        Ok(numbered)
    }

    /// Which of these are known from former readings.
    async fn known(&self, tx: &mut SqliteConnection, people: &[Person]) -> Result<HashMap<String, Known>> {
        if self.known_upto == 0 {
            return Ok(HashMap::new());
        }
        let keys = people.iter().map(|person| person.key.as_str()).collect::<Vec<_>>();
        again::known(tx, &keys).await
    }

    /// The number of a row whose key is known: that of the person it is, or a new one.
    async fn whose(
        &mut self,
        tx: &mut SqliteConnection,
        sealer: &Sealer,
        person: &Person,
        at_key: &Known,
        looked_up: &HashMap<u32, Identity>,
    ) -> Result<u32> {
        match again::whose(tx, sealer, person, at_key, looked_up, |id| !self.is_seen(id)).await? {
            Whose::Known(id) => {
                self.first_time(id);
                Ok(id)
            }
            Whose::New { instead } => {
                let new = self.number();
                if let Some((old, doubted)) = instead {
                    self.displaced.push(Displaced { new, old, doubted });
                }
                Ok(new)
            }
        }
    }

    fn is_seen(&self, id: u32) -> bool {
        self.seen.get(id as usize / 64).is_some_and(|word| word & (1_u64 << (id % 64)) != 0)
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
