//! A workspace is tested as it is used: made, filled, asked, changed, closed and opened again, on a real file.

mod bonds;
mod damage;
mod edits;
mod identity;
mod imports;
mod ledger;
mod lists;
mod names;
mod reading;
mod shared;
mod sweep;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::DateTime;
use tempfile::TempDir;

use super::*;
use crate::model::{
    Assessed, Candidate, Columns, Finding, PasswordEvidence, Profile, Record, Route, SecretBytes, Severity,
    StoredPassword, Value,
};
use crate::secrets::SessionOnly;

/// A folder with a workspace in it, the keychain it uses and a clock.
pub(crate) struct Desk {
    pub(crate) folder: TempDir,
    pub(crate) keychain: Arc<SessionOnly>,
    pub(crate) millis: Arc<AtomicI64>,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            keychain: Arc::new(SessionOnly::new()),
            millis: Arc::new(AtomicI64::new(1_700_000_000_000)),
        }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("move.causeway")
    }

    pub(crate) fn keys(&self) -> Keys {
        Keys::new(Arc::<SessionOnly>::clone(&self.keychain))
    }

    fn clock(&self) -> super::open::Clock {
        let millis = Arc::clone(&self.millis);
        Arc::new(move || DateTime::from_timestamp_millis(millis.load(Ordering::Relaxed)).unwrap())
    }

    pub(crate) async fn create(&self) -> Workspace {
        let new = NewWorkspace { name: "Intranet to Okta".into() };
        Workspace::create_at(&self.path(), new, self.keys(), self.clock()).await.unwrap()
    }

    pub(crate) async fn open(&self) -> Result<Workspace, WorkspaceError> {
        Workspace::open_at(&self.path(), self.keys(), self.clock()).await
    }
}

/// The hash of person `n`, as the source keeps it.
pub(crate) fn hash(n: u32) -> String {
    format!("$2a$10$abcdefghijklmnopqrstuu5Lfe7MWTF9tLkDkdy4LCfOmLW{n:07}")
}

/// A person: key `n`, login as given, bcrypt, in the group `Everyone`.
pub(crate) fn person(n: u32, login: &str, first: &str, last: &str) -> Arrived {
    let mut profile = Profile::default();
    profile.set("login", login);
    profile.set("email", login);
    profile.set("firstName", first);
    profile.set("lastName", last);
    let columns = Columns::new(["id", "email", "first", "last", "pw"]);
    let text = |t: &str| Value::Text(t.to_owned());
    let record = Record {
        columns,
        values: vec![Value::Integer(n.into()), text(login), text(first), text(last), text(&hash(n))],
        key: n.to_string(),
        groups: vec![],
    };
    let candidate = Candidate {
        key: n.to_string(),
        profile,
        groups: vec!["Everyone".into()],
        password: PasswordEvidence::Stored(StoredPassword {
            text: SecretBytes::from(hash(n).as_str()),
            ..StoredPassword::default()
        }),
        active: Some(true),
        last_sign_in: None,
        sharing: 0,
        mapping_findings: vec![],
    };
    Arrived { assessed: assess(candidate), record, leave_out: false }
}

/// Assessment enough for these tests: a login needs an @, an empty last name warns; what the mapping found is kept.
pub(crate) fn assess(candidate: Candidate) -> Assessed {
    let mut findings = candidate.mapping_findings.clone();
    if !candidate.profile.login().contains('@') {
        findings.push(Finding::new(Severity::Blocks, "login_form", Some("login"), "Login is not an e-mail"));
    }
    if candidate.profile.text("lastName").is_none() {
        findings.push(Finding::new(Severity::Warns, "last_name_missing", Some("lastName"), "No last name"));
    }
    findings.sort_by_key(|f| std::cmp::Reverse(f.severity));
    let (scheme, label, route) = match &candidate.password {
        PasswordEvidence::Stored(_) => ("bcrypt", "bcrypt · 10", Route::Import),
        PasswordEvidence::AskSource => ("ldap", "LDAP bind", Route::Hook),
        PasswordEvidence::None | PasswordEvidence::TooLarge => ("none", "none", Route::Reset),
    };
    Assessed { candidate, scheme: scheme.into(), scheme_label: label.into(), route, findings }
}

pub(crate) fn no_password(mut arrived: Arrived) -> Arrived {
    arrived.assessed.candidate.password = PasswordEvidence::None;
    arrived.assessed = assess(arrived.assessed.candidate);
    arrived
}

pub(crate) fn info() -> ReadingInfo {
    ReadingInfo { source: "SQLite · staff.db".into(), covered: vec!["PW".into()], key: vec![] }
}

pub(crate) async fn read(workspace: &Workspace, people: Vec<Arrived>) -> ReadingSummary {
    let mut reading = workspace.begin_reading(info(), Arc::new(assess)).await.unwrap();
    reading.add(people).await.unwrap();
    reading.finish().await.unwrap()
}

/// Six people: three go with their password, one sets a new one, one is blocked, one is left out.
pub(crate) fn staff() -> Vec<Arrived> {
    let mut li = person(3, "li.wei@example.com", "伟", "李");
    li.assessed.candidate.groups = vec!["Everyone".into(), "Büro".into()];
    let mut old = person(6, "temp@example.com", "Temp", "Account");
    old.leave_out = true;
    vec![
        person(1, "tomas@example.com", "Tomáš", "Dvořák"),
        person(2, "maire@example.com", "Máire", "O'Neill"),
        li,
        no_password(person(4, "dmitri@example.com", "Дмитрий", "Иванов")),
        person(5, "jgrant", "J.", "Grant"),
        old,
    ]
}

/// The person with this key.
pub(crate) async fn id(workspace: &Workspace, key: u32) -> PersonId {
    workspace.by_key(&key.to_string()).await.unwrap().unwrap()
}

pub(crate) async fn keys_of(workspace: &Workspace, filter: &PeopleFilter, sort: Sort) -> Vec<String> {
    let mut walk = workspace.walk(filter, sort).await.unwrap();
    let mut keys = Vec::new();
    while let Some(people) = walk.next().await.unwrap() {
        keys.extend(people.into_iter().map(|person| person.key));
    }
    keys
}

/// The tallies say what counting says.
pub(crate) async fn assert_counts_fit(workspace: &Workspace) {
    let kept = workspace.counts().await.unwrap();
    let mut tx = workspace.begin().await.unwrap();
    sqlx::raw_sql(
        "DELETE FROM tally_people; DELETE FROM tally_findings; DELETE FROM tally_groups;
         INSERT INTO tally_people SELECT p.gone, p.state, p.route, p.outcome, p.scheme,
            CASE p.outcome WHEN 2 THEN coalesce(m.route, p.route) ELSE -1 END, count(*)
            FROM people p LEFT JOIN memory m ON m.person = p.id GROUP BY 1, 2, 3, 4, 5, 6;
         INSERT INTO tally_findings SELECT code, severity, count(DISTINCT person) FROM findings
            WHERE person NOT IN (SELECT id FROM people WHERE gone = 1) GROUP BY 1, 2;
         INSERT INTO tally_groups SELECT group_id, count(*) FROM memberships
            WHERE person NOT IN (SELECT id FROM people WHERE gone = 1) GROUP BY 1;",
    )
    .execute(&mut *tx)
    .await
    .unwrap();
    workspace.commit(tx).await.unwrap();
    assert_eq!(kept, workspace.counts().await.unwrap());
}
