//! Runs of the import and the groups they use in Okta.

use sqlx::SqliteConnection;

use super::bond::{self, Bond, Bonds, Tagger};
use super::error::{Result, WorkspaceError};
use super::ledger;
use super::loose::{Number, Text};
use super::open::{Workspace, moment};
use super::store;
use super::types::{NewRun, OktaGroup, PacePoint, Run, RunId};

impl Workspace {
    /// Puts on record that a run begins.
    pub async fn start_run(&self, new: &NewRun) -> Result<RunId> {
        let mut tx = self.begin().await?;
        let (started, choices) = (self.now(), store::to_json(&new.choices)?);
        let run = sqlx::query("INSERT INTO runs (started, org, label_group, choices) VALUES (?, ?, ?, ?)")
            .bind(started)
            .bind(&new.org)
            .bind(&new.label_group)
            .bind(&choices)
            .execute(&mut *tx)
            .await?
            .last_insert_rowid();
        let tag =
            run_tag(self.0.sealer.bonds(), run, started, &new.org, new.label_group.as_deref(), &choices);
        let bind = sqlx::query("UPDATE runs SET tag = ? WHERE id = ?").bind(tag.tag().to_vec()).bind(run);
        bind.execute(&mut *tx).await?;
        bond::set_run(&mut tx, self.0.sealer.bonds(), run).await?;
        self.commit(tx).await?;
        Ok(RunId(run))
    }

    /// Puts on record how a run ended, in a word (`done`, `stopped`).
    pub async fn end_run(&self, run: RunId, how: &str) -> Result<()> {
        let mut tx = self.begin().await?;
        let update = sqlx::query("UPDATE runs SET ended = ?, how = ? WHERE id = ?");
        update.bind(self.now()).bind(how).bind(run.0).execute(&mut *tx).await?;
        self.commit(tx).await
    }

    /// All runs, the last one first.
    pub async fn runs(&self) -> Result<Vec<Run>> {
        type Row = (i64, Number, Option<Number>, Option<Text>, Text, Option<Text>, Text, Option<Vec<u8>>);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, started, ended, how, org, label_group, choices, CAST(tag AS BLOB) FROM runs ORDER BY id DESC",
        )
        .fetch_all(&self.0.readers)
        .await?;
        let bonds = self.0.sealer.bonds();
        rows.into_iter()
            .map(|(id, Number(started), ended, how, Text(org), label_group, Text(choices), tag)| {
                let label_group = label_group.map(|label| label.0);
                if !run_tag(bonds, id, started, &org, label_group.as_deref(), &choices).is(tag.as_deref()) {
                    return Err(WorkspaceError::changed_outside("The record of an import"));
                }
                Ok(Run {
                    id: RunId(id),
                    started: moment(started),
                    ended: ended.map(|at| moment(at.0)),
                    how: how.map(|how| how.0),
                    begun_with: NewRun { org, label_group, choices: store::json("run", &choices)? },
                })
            })
            .collect()
    }

    /// How fast a run went, ten seconds a point, in order. Seconds in which nothing happened have no point.
    pub async fn pace(&self, run: RunId) -> Result<Vec<PacePoint>> {
        let rows: Vec<(Number, Number, Number, Number)> =
            sqlx::query_as("SELECT at, done, failed, throttled FROM pace WHERE run = ? ORDER BY at")
                .bind(run.0)
                .fetch_all(&self.0.readers)
                .await?;
        let count = |n: Number| u32::try_from(n.count()).unwrap_or(u32::MAX);
        let point = |(at, done, failed, throttled): (Number, Number, Number, Number)| PacePoint {
            at: moment(at.0),
            done: count(done),
            failed: count(failed),
            throttled: count(throttled),
        };
        Ok(rows.into_iter().map(point).collect())
    }

    /// Puts on disk that a group of this name is about to be created, before the request is sent.
    pub async fn intend_group(&self, name: &str) -> Result<()> {
        let mut tx = self.begin().await?;
        ledger::intend_group(&mut tx, self.0.sealer.bonds(), name, self.now()).await?;
        self.commit(tx).await
    }

    /// Puts a group's id on disk, and whether this migration created it.
    pub async fn record_group(&self, name: &str, okta_id: &str, created: bool) -> Result<()> {
        self.record_group_by(name, okta_id, created, None).await
    }

    /// The same with Okta's id of the request that created it.
    pub async fn record_group_by(
        &self,
        name: &str,
        okta_id: &str,
        created: bool,
        request: Option<&str>,
    ) -> Result<()> {
        let bonds = self.0.sealer.bonds();
        let mut tx = self.begin().await?;
        keep_group(&mut tx, bonds, name, okta_id).await?;
        ledger::end_group(&mut tx, bonds, name, okta_id, (created, request), self.now()).await?;
        self.commit(tx).await
    }

    /// The groups in Okta this migration uses, by name, and those about to be made. One whose record was changed by another program is
    /// left out: it is looked up in Okta anew.
    pub async fn okta_groups(&self) -> Result<Vec<OktaGroup>> {
        let bonds = self.0.sealer.bonds();
        let mut tx = self.0.readers.begin().await?;
        let rows: Vec<(Text, Text, Option<Vec<u8>>)> =
            sqlx::query_as("SELECT name, okta_id, CAST(tag AS BLOB) FROM okta_groups ORDER BY name")
                .fetch_all(&mut *tx)
                .await?;
        let (made, intended) = ledger::made_groups(&mut tx, bonds).await?;
        tx.commit().await?;
        let mut groups: Vec<OktaGroup> = rows
            .into_iter()
            .filter(|(name, okta_id, tag)| group_tag(bonds, &name.0, &okta_id.0).is(tag.as_deref()))
            .map(|(Text(name), Text(okta_id), _)| OktaGroup {
                name,
                created: made.contains(&okta_id),
                okta_id: Some(okta_id),
            })
            .collect();
        for name in intended {
            if !groups.iter().any(|group| group.name == name) {
                groups.push(OktaGroup { name, okta_id: None, created: true });
            }
        }
        groups.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(groups)
    }

    /// Forgets what only one org knows: its groups, its ids of people, who signed in there and whose password was reset there.
    /// In another org nobody has signed in yet, and the hook must answer for everyone.
    pub async fn forget_org(&self) -> Result<()> {
        let mut tx = self.begin().await?;
        sqlx::raw_sql(
            "DELETE FROM okta_groups; DELETE FROM hook_people; DELETE FROM resets; DELETE FROM there; DELETE FROM ledger;
             DELETE FROM org_ledger; DELETE FROM ledger_groups;
             UPDATE memory SET okta_id = NULL, okta_status = NULL, mark = NULL, marked = NULL, tried = NULL;",
        )
        .execute(&mut *tx)
        .await?;
        let sent: Vec<i64> = sqlx::query_scalar("SELECT person FROM memory").fetch_all(&mut *tx).await?;
        for some in sent.chunks(1000) {
            bond::renew_sent(&mut tx, self.0.sealer.bonds(), &store::to_json(some)?).await?;
        }
        self.commit(tx).await
    }
}

fn run_tag(
    bonds: &Bonds,
    id: i64,
    started: i64,
    org: &str,
    label_group: Option<&str>,
    choices: &str,
) -> Tagger {
    bonds
        .begin(Bond::Run)
        .number(Some(id))
        .number(Some(started))
        .bytes(org.as_bytes())
        .maybe(label_group.map(str::as_bytes))
        .bytes(choices.as_bytes())
}

fn group_tag(bonds: &Bonds, name: &str, okta_id: &str) -> Tagger {
    bonds.begin(Bond::Group).bytes(name.as_bytes()).bytes(okta_id.as_bytes())
}

/// Puts down which group a name has.
pub(crate) async fn keep_group(
    tx: &mut SqliteConnection,
    bonds: &Bonds,
    name: &str,
    okta_id: &str,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO okta_groups (name, okta_id, tag) VALUES (?, ?, ?)
         ON CONFLICT DO UPDATE SET okta_id = excluded.okta_id, tag = excluded.tag",
    )
    .bind(name)
    .bind(okta_id)
    .bind(group_tag(bonds, name, okta_id).tag().to_vec())
    .execute(tx)
    .await?;
    Ok(())
}

/// Binds the runs of a file from before there were tags.
pub(crate) async fn bind_all(tx: &mut SqliteConnection, bonds: &Bonds) -> Result<()> {
    let runs: Vec<(i64, i64, String, Option<String>, String)> =
        sqlx::query_as("SELECT id, started, org, label_group, choices FROM runs").fetch_all(&mut *tx).await?;
    for (id, started, org, label_group, choices) in runs {
        let tag = run_tag(bonds, id, started, &org, label_group.as_deref(), &choices).tag().to_vec();
        sqlx::query("UPDATE runs SET tag = ? WHERE id = ?").bind(tag).bind(id).execute(&mut *tx).await?;
    }
    Ok(())
}
