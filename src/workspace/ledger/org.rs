//! What is done with the org: groups, attributes, the hook.

use std::collections::HashSet;

use sqlx::{AssertSqlSafe, SqliteConnection};

use super::state::{kind, state, to_kind, to_state};
use super::write::words_of;
use crate::workspace::bond::{Bond, Bonds, Tagger};
use crate::workspace::error::Result;
use crate::workspace::loose::{Number, Text};
use crate::workspace::open::{Workspace, moment};
use crate::workspace::types::{OperationKind, OperationState, OrgIntent, OrgOperation, RunId};

/// A row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) id: i64,
    pub(super) kind: i64,
    pub(super) state: i64,
    pub(super) run: Option<i64>,
    pub(super) at: i64,
    pub(super) ended: Option<i64>,
    pub(super) what: String,
    pub(super) remote: Option<String>,
    pub(super) request: Option<String>,
    pub(super) before: Option<String>,
}

impl Row {
    fn begin(&self, bonds: &Bonds) -> Tagger {
        bonds
            .begin(Bond::OrgOperation)
            .number(Some(self.id))
            .number(Some(self.kind))
            .number(Some(self.state))
            .number(self.run)
            .number(Some(self.at))
            .number(self.ended)
            .bytes(self.what.as_bytes())
            .maybe(self.remote.as_deref().map(str::as_bytes))
            .maybe(self.request.as_deref().map(str::as_bytes))
            .maybe(self.before.as_deref().map(str::as_bytes))
    }

    /// Writes it over the one of its number.
    async fn keep(&self, tx: &mut SqliteConnection, bonds: &Bonds) -> Result<()> {
        sqlx::query(
            "UPDATE org_ledger SET state = ?, ended = ?, remote = ?, request = ?, tag = ? WHERE id = ?",
        )
        .bind(self.state)
        .bind(self.ended)
        .bind(&self.remote)
        .bind(&self.request)
        .bind(self.begin(bonds).tag().to_vec())
        .bind(self.id)
        .execute(tx)
        .await?;
        Ok(())
    }

    /// Puts it into the table, under the next number.
    pub(super) async fn add(mut self, tx: &mut SqliteConnection, bonds: &Bonds) -> Result<i64> {
        let insert = sqlx::query(
            "INSERT INTO org_ledger (kind, state, run, at, ended, what, remote, request, before) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(self.kind)
        .bind(self.state)
        .bind(self.run)
        .bind(self.at)
        .bind(self.ended)
        .bind(&self.what)
        .bind(&self.remote)
        .bind(&self.request)
        .bind(&self.before);
        self.id = insert.execute(&mut *tx).await?.last_insert_rowid();
        self.keep(tx, bonds).await?;
        Ok(self.id)
    }
}

/// Which rows are asked for.
#[derive(Debug, Clone, Copy)]
enum Which<'a> {
    All,
    One(i64),
    Of(OperationKind, &'a str),
}

/// Those of them that are as this program wrote them, in order. One that was changed by another program says nothing that could be
/// believed.
async fn rows(connection: &mut SqliteConnection, bonds: &Bonds, which: Which<'_>) -> Result<Vec<Row>> {
    type Columns = (
        i64,
        Number,
        Number,
        Option<Number>,
        Number,
        Option<Number>,
        Text,
        Option<Text>,
        Option<Text>,
        Option<Text>,
        Option<Vec<u8>>,
    );
    let only = match which {
        Which::All => "?1 IS NULL AND ?2 IS NULL",
        Which::One(_) => "id = ?1 AND ?2 IS NULL",
        Which::Of(..) => "kind = ?1 AND what = ?2",
    };
    let sql = format!(
        "SELECT id, kind, state, run, at, ended, what, remote, request, before, CAST(tag AS BLOB) FROM org_ledger
         WHERE {only} ORDER BY id"
    );
    let rows = sqlx::query_as(AssertSqlSafe(sql));
    let rows = match which {
        Which::All => rows.bind(None::<i64>).bind(None::<&str>),
        Which::One(id) => rows.bind(id).bind(None::<&str>),
        Which::Of(of, what) => rows.bind(kind(of)).bind(what),
    };
    let rows: Vec<Columns> = rows.fetch_all(connection).await?;
    let sound = rows.into_iter().filter_map(
        |(id, kind, state, run, at, ended, what, remote, request, before, tag)| {
            let row = Row {
                id,
                kind: kind.0,
                state: state.0,
                run: run.map(|run| run.0),
                at: at.0,
                ended: ended.map(|ended| ended.0),
                what: what.0,
                remote: remote.map(|remote| remote.0),
                request: request.map(|request| request.0),
                before: before.map(|before| before.0),
            };
            row.begin(bonds).is(tag.as_deref()).then_some(row)
        },
    );
    Ok(sound.collect())
}

/// The last run: what is made for people is made in it.
async fn last_run(connection: &mut SqliteConnection) -> Result<Option<i64>> {
    Ok(sqlx::query_scalar("SELECT max(id) FROM runs").fetch_one(connection).await?)
}

/// Groups that this migration made, by Okta's id, and those about to be made, by name.
pub(crate) async fn made_groups(
    connection: &mut SqliteConnection,
    bonds: &Bonds,
) -> Result<(HashSet<String>, Vec<String>)> {
    let (mut made, mut intended) = (HashSet::new(), Vec::new());
    for row in rows(connection, bonds, Which::All).await? {
        if row.kind != kind(OperationKind::MakeGroup) {
            continue;
        }
        if row.state == state(OperationState::Intended) {
            intended.push(row.what);
        } else if row.state == state(OperationState::Done) {
            made.extend(row.remote);
        }
    }
    Ok((made, intended))
}

/// Puts down that a group of this name is about to be made, unless that stands there.
pub(crate) async fn intend_group(
    tx: &mut SqliteConnection,
    bonds: &Bonds,
    name: &str,
    now: i64,
) -> Result<()> {
    let known = rows(tx, bonds, Which::Of(OperationKind::MakeGroup, name)).await?;
    if known.iter().any(|row| row.state == state(OperationState::Intended)) {
        return Ok(());
    }
    let run = last_run(tx).await?;
    group(name, OperationState::Intended, run, now).add(tx, bonds).await?;
    Ok(())
}

pub(super) fn group(name: &str, stands: OperationState, run: Option<i64>, at: i64) -> Row {
    Row {
        id: 0,
        kind: kind(OperationKind::MakeGroup),
        state: state(stands),
        run,
        at,
        ended: None,
        what: name.to_owned(),
        remote: None,
        request: None,
        before: None,
    }
}

/// Puts down which group this name has, and whether this migration made it.
pub(crate) async fn end_group(
    tx: &mut SqliteConnection,
    bonds: &Bonds,
    name: &str,
    okta_id: &str,
    (created, request): (bool, Option<&str>),
    now: i64,
) -> Result<()> {
    let groups = rows(tx, bonds, Which::Of(OperationKind::MakeGroup, name)).await?;
    let going_on = groups.iter().find(|row| row.state == state(OperationState::Intended)).cloned();
    let stands = state(if created { OperationState::Done } else { OperationState::There });
    if let Some(row) = going_on {
        let (remote, request) = (Some(okta_id.to_owned()), words_of(request));
        return Row { state: stands, ended: Some(now), remote, request, ..row }.keep(tx, bonds).await;
    }
    let known = groups.iter().any(|row| row.state == stands && row.remote.as_deref() == Some(okta_id));
    if created && !known {
        let run = last_run(tx).await?;
        let (remote, request) = (Some(okta_id.to_owned()), words_of(request));
        let row = group(name, OperationState::Done, run, now);
        Row { ended: Some(now), remote, request, ..row }.add(tx, bonds).await?;
    }
    Ok(())
}

impl Workspace {
    /// Puts on disk that something is about to be done with the org, before the request is sent. Its number in the ledger. The same
    /// intent whose end was never known goes on.
    pub async fn intend_for_org(&self, intent: &OrgIntent<'_>) -> Result<i64> {
        let bonds = self.0.sealer.bonds();
        let mut tx = self.begin().await?;
        let known = rows(&mut tx, bonds, Which::Of(intent.kind, intent.what)).await?;
        let going_on = known.into_iter().find(|row| {
            row.state == state(OperationState::Intended) && row.remote.as_deref() == intent.okta_id
        });
        if let Some(row) = going_on {
            return Ok(row.id);
        }
        let row = Row {
            id: 0,
            kind: kind(intent.kind),
            state: state(OperationState::Intended),
            run: None,
            at: self.now(),
            ended: None,
            what: intent.what.to_owned(),
            remote: intent.okta_id.map(str::to_owned),
            request: None,
            before: intent.before.map(str::to_owned),
        };
        let id = row.add(&mut tx, bonds).await?;
        self.commit(tx).await?;
        Ok(id)
    }

    /// Puts on disk how that ended: Okta's id of what was made, and of the request.
    pub async fn end_for_org(
        &self,
        id: i64,
        stands: OperationState,
        okta_id: Option<&str>,
        request: Option<&str>,
    ) -> Result<()> {
        let bonds = self.0.sealer.bonds();
        let mut tx = self.begin().await?;
        let found = rows(&mut tx, bonds, Which::One(id)).await?.pop();
        if let Some(row) = found {
            let remote = okta_id.map(str::to_owned).or_else(|| row.remote.clone());
            let request = words_of(request);
            let ended = Some(self.now());
            Row { state: state(stands), ended, remote, request, ..row }.keep(&mut tx, bonds).await?;
        }
        self.commit(tx).await
    }

    /// What was done with the org, in order. What was changed by another program is left out: it says nothing that could be believed.
    pub async fn org_operations(&self) -> Result<Vec<OrgOperation>> {
        let mut tx = self.0.readers.begin().await?;
        let rows = rows(&mut tx, self.0.sealer.bonds(), Which::All).await?;
        tx.commit().await?;
        rows.into_iter()
            .map(|row| {
                Ok(OrgOperation {
                    id: row.id,
                    kind: to_kind(row.kind)?,
                    state: to_state(row.state)?,
                    run: row.run.map(RunId),
                    at: Some(row.at).filter(|at| *at != 0).map(moment),
                    ended: row.ended.map(moment),
                    what: row.what,
                    okta_id: row.remote,
                    request: row.request,
                    before: row.before,
                })
            })
            .collect()
    }
}
