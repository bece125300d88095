//! Runs of the import and the groups they use in Okta.

use super::error::Result;
use super::open::{Workspace, moment};
use super::store;
use super::types::{NewRun, OktaGroup, PacePoint, Run, RunId};

impl Workspace {
    /// Puts on record that a run begins.
    pub async fn start_run(&self, new: &NewRun) -> Result<RunId> {
        let mut tx = self.begin().await?;
        let run = sqlx::query("INSERT INTO runs (started, org, label_group, choices) VALUES (?, ?, ?, ?)")
            .bind(self.now())
            .bind(&new.org)
            .bind(&new.label_group)
            .bind(store::to_json(&new.choices)?)
            .execute(&mut *tx)
            .await?
            .last_insert_rowid();
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
        type Row = (i64, i64, Option<i64>, Option<String>, String, Option<String>, String);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, started, ended, how, org, label_group, choices FROM runs ORDER BY id DESC",
        )
        .fetch_all(&self.0.readers)
        .await?;
        rows.into_iter()
            .map(|(id, started, ended, how, org, label_group, choices)| {
                Ok(Run {
                    id: RunId(id),
                    started: moment(started),
                    ended: ended.map(moment),
                    how,
                    begun_with: NewRun { org, label_group, choices: store::json("run", &choices)? },
                })
            })
            .collect()
    }

    /// How fast a run went, ten seconds a point, in order. Seconds in which nothing happened have no point.
    pub async fn pace(&self, run: RunId) -> Result<Vec<PacePoint>> {
        let rows: Vec<(i64, u32, u32, u32)> =
            sqlx::query_as("SELECT at, done, failed, throttled FROM pace WHERE run = ? ORDER BY at")
                .bind(run.0)
                .fetch_all(&self.0.readers)
                .await?;
        let point = |(at, done, failed, throttled)| PacePoint { at: moment(at), done, failed, throttled };
        Ok(rows.into_iter().map(point).collect())
    }

    /// Puts on disk that a group of this name is about to be created, before the request is sent.
    pub async fn intend_group(&self, name: &str) -> Result<()> {
        let mut tx = self.begin().await?;
        let insert =
            sqlx::query("INSERT OR IGNORE INTO okta_groups (name, okta_id, created) VALUES (?, NULL, 1)");
        insert.bind(name).execute(&mut *tx).await?;
        self.commit(tx).await
    }

    /// Puts a group's id on disk, and whether this migration created it.
    pub async fn record_group(&self, name: &str, okta_id: &str, created: bool) -> Result<()> {
        let mut tx = self.begin().await?;
        sqlx::query(
            "INSERT INTO okta_groups (name, okta_id, created) VALUES (?, ?, ?)
             ON CONFLICT DO UPDATE SET okta_id = excluded.okta_id, created = excluded.created",
        )
        .bind(name)
        .bind(okta_id)
        .bind(created)
        .execute(&mut *tx)
        .await?;
        self.commit(tx).await
    }

    /// The groups in Okta this migration uses, by name.
    pub async fn okta_groups(&self) -> Result<Vec<OktaGroup>> {
        let rows: Vec<(String, Option<String>, bool)> =
            sqlx::query_as("SELECT name, okta_id, created FROM okta_groups ORDER BY name")
                .fetch_all(&self.0.readers)
                .await?;
        Ok(rows.into_iter().map(|(name, okta_id, created)| OktaGroup { name, okta_id, created }).collect())
    }

    /// Forgets what only one org knows: its groups, its ids of people, who signed in there and whose password was reset there.
    /// In another org nobody has signed in yet, and the hook must answer for everyone.
    pub async fn forget_org(&self) -> Result<()> {
        let mut tx = self.begin().await?;
        sqlx::raw_sql(
            "DELETE FROM okta_groups; DELETE FROM hook_people; DELETE FROM resets; DELETE FROM there;
             UPDATE memory SET okta_id = NULL, okta_status = NULL, original = NULL, sent_fingerprint = NULL, mark = NULL,
                marked = NULL, tried = NULL;",
        )
        .execute(&mut *tx)
        .await?;
        self.commit(tx).await
    }
}
