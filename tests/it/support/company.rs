//! A small company in a SQLite file, with passwords we know, and a workspace that has read it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use causeway::assess::SchemaRules;
use causeway::mapping::{Mapping, guess_people, suggest};
use causeway::migration::import::{Control, ImportJob, ImportProgress, ImportSummary};
use causeway::migration::read::{ReadEnd, ReadJob};
use causeway::migration::{Choices, MigrationError, import, read};
use causeway::model::{Outcome, Progress};
use causeway::okta::{Client, ClientSettings, OrgUrl, PaceSettings};
use causeway::practice::{Config, Limits, PracticeOrg};
use causeway::secrets::KeyFile;
use causeway::source::{self, Source, SourceSpec, SqliteSpec};
use causeway::workspace::{Keys, NewWorkspace, PeopleFilter, PersonDetail, Sort, Workspace};
use chrono::NaiveDate;
use secrecy::SecretString;
use sha2::{Digest as _, Sha256};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Names in several scripts; people beyond them get numbers.
const NAMES: [(&str, &str); 8] = [
    ("李", "伟"),
    ("محمد", "الأحمد"),
    ("Дмитрий", "Иванов"),
    ("Tomáš", "Dvořák"),
    ("Máire", "O'Neill"),
    ("Ada", "Lovelace"),
    ("Νίκος", "Παπάς"),
    ("ナオミ", "田中"),
];

/// The company on disk.
pub(crate) struct Company {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) people: usize,
}

/// A person's login.
pub(crate) fn login(n: usize) -> String {
    format!("person{n}@example.com")
}

/// The password person `n` has in the old store; nobody whose number ends in 7 has one.
pub(crate) fn password(n: usize) -> String {
    format!("Geheim-{n}-pässwörd")
}

/// What people whose number ends in 8 have: crypt's SHA-256 of [`HOOK_ONLY_PASSWORD`].
const HOOK_ONLY: &str = "$5$qxwxxhUqjvfiEdou$blDIU3BtaPELr4mlYyt/wFC83tIbu/mIZon5yNpGb5A";
/// The password of people whose number ends in 8.
pub(crate) const HOOK_ONLY_PASSWORD: &str = "password";

/// Whether this person's password goes with them.
pub(crate) fn moves(n: usize) -> bool {
    n % 10 != 7 && n % 10 != 8
}

impl Company {
    /// `people` people in three teams: most with bcrypt, every tenth with Django's PBKDF2 (`…5`), without a password (`…7`), or with
    /// crypt's SHA-256, which only the hook can check (`…8`).
    pub(crate) async fn found(people: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let company = Self { folder, people };
        let options =
            sqlx::sqlite::SqliteConnectOptions::new().filename(company.database()).create_if_missing(true);
        let mut db = options.connect().await.unwrap();
        let mut sql = String::from(
            "CREATE TABLE staff (id INTEGER PRIMARY KEY, email TEXT, first_name TEXT, last_name TEXT, password_hash TEXT);
             CREATE TABLE teams (id INTEGER PRIMARY KEY, name TEXT);
             CREATE TABLE team_members (staff_id INTEGER REFERENCES staff(id), team_id INTEGER REFERENCES teams(id));
             INSERT INTO teams VALUES (1,'Vertrieb'),(2,'Engineering'),(3,'Everyone else');",
        );
        for n in 1..=people {
            let (first, last) = NAMES[n % NAMES.len()];
            let hash = match n % 10 {
                7 => "NULL".to_owned(),
                8 => format!("'{HOOK_ONLY}'"),
                5 => format!("'{}'", django(&password(n))),
                _ => format!("'{}'", bcrypt::hash(password(n), 4).unwrap()),
            };
            let (first, last) = (first.replace('\'', "''"), last.replace('\'', "''"));
            sql.push_str(&format!(
                "INSERT INTO staff VALUES ({n},'{}','{first}','{last} {n}',{hash});",
                login(n)
            ));
            sql.push_str(&format!("INSERT INTO team_members VALUES ({n},{});", n % 3 + 1));
        }
        sqlx::raw_sql(AssertSqlSafe(format!("BEGIN;{sql}COMMIT;"))).execute(&mut db).await.unwrap();
        db.close().await.unwrap();
        company
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.folder.path().join("company.db")
    }

    /// Changes the source.
    pub(crate) async fn change(&self, sql: &str) {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(self.database());
        let mut db = options.connect().await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut db).await.unwrap();
        db.close().await.unwrap();
    }

    pub(crate) fn workspace(&self) -> PathBuf {
        self.folder.path().join("move.causeway")
    }

    pub(crate) fn key_file(&self) -> PathBuf {
        self.folder.path().join("keys")
    }

    /// A workspace that has read everyone by the suggestion alone.
    pub(crate) async fn read(&self) -> (Workspace, Mapping) {
        read_database(&self.database(), &self.workspace(), &self.key_file()).await
    }

    pub(crate) async fn open(&self) -> Workspace {
        let keys = Keys::new(Arc::new(KeyFile::new(self.key_file()).unwrap()));
        Workspace::open(self.workspace(), keys).await.unwrap()
    }
}

/// Reads a SQLite database into a new workspace by the suggestion alone.
pub(crate) async fn read_database(
    database: &Path,
    workspace: &Path,
    key_file: &Path,
) -> (Workspace, Mapping) {
    let spec = SourceSpec::Sqlite(SqliteSpec { path: database.to_owned() });
    read_source(&spec, None, workspace, key_file).await
}

/// Reads any source into a new workspace by the suggestion alone.
pub(crate) async fn read_source(
    spec: &SourceSpec,
    password: Option<&str>,
    workspace: &Path,
    key_file: &Path,
) -> (Workspace, Mapping) {
    let source: Arc<dyn Source> = source::open(spec, password.map(SecretString::from)).unwrap();
    let probe = source.probe().await.unwrap();
    let guess = guess_people(&probe.catalog).into_iter().next().expect("a guess");
    let sample = source.sample(&guess.selection, 100).await.unwrap();
    let mapping = suggest(&probe.catalog, &guess.selection, &sample);
    let keys = Keys::new(Arc::new(KeyFile::new(key_file).unwrap()));
    let workspace =
        Workspace::create(workspace, NewWorkspace { name: "Test".to_owned() }, keys).await.unwrap();
    let job = ReadJob {
        workspace: workspace.clone(),
        source,
        source_label: spec.summary(),
        mapping: mapping.clone(),
        schema: SchemaRules::default(),
        today: NaiveDate::from_ymd_opt(2026, 5, 11).unwrap(),
        expected: None,
    };
    let progress = watch::Sender::new(Progress::default());
    let end = read::run(job, CancellationToken::new(), progress).await.unwrap();
    assert!(matches!(end, ReadEnd::Done { .. }), "{end:?}");
    (workspace, mapping)
}

/// Django's `pbkdf2_sha256$…`, from published rules.
fn django(password: &str) -> String {
    use base64::Engine as _;
    let mut key = [0_u8; 32];
    pbkdf2::pbkdf2_hmac::<Sha256>(password.as_bytes(), b"SaltOfDjango", 5000, &mut key);
    let _ = Sha256::new();
    format!("pbkdf2_sha256$5000$SaltOfDjango${}", base64::engine::general_purpose::STANDARD.encode(key))
}

/// A practice org that is fast and meets no limit.
pub(crate) async fn quick_org() -> PracticeOrg {
    PracticeOrg::start(Config { limits: Limits::unlimited(), ..Config::default() }).await.unwrap()
}

/// A client for an org.
pub(crate) fn client(org: &PracticeOrg) -> Client {
    let settings = ClientSettings {
        timeout: std::time::Duration::from_secs(5),
        read_only_wait: std::time::Duration::from_secs(1),
        settle: std::time::Duration::from_millis(40),
        pace: PaceSettings { share: 100, most_in_flight: 16 },
        ..ClientSettings::default()
    };
    Client::new(OrgUrl::parse(org.url()).unwrap(), org.token(), settings).unwrap()
}

/// An import that nobody watches.
pub(crate) struct Import {
    pub(crate) workspace: Workspace,
    pub(crate) client: Client,
    pub(crate) choices: Choices,
    pub(crate) mapping: Mapping,
    pub(crate) control: Control,
    pub(crate) stop: CancellationToken,
    pub(crate) unattended: bool,
}

impl Import {
    pub(crate) fn new(workspace: &Workspace, mapping: &Mapping, org: &PracticeOrg) -> Self {
        Self {
            workspace: workspace.clone(),
            client: client(org),
            choices: choices(),
            mapping: mapping.clone(),
            control: Control::default(),
            stop: CancellationToken::new(),
            unattended: true,
        }
    }

    pub(crate) async fn run(self) -> Result<ImportSummary, MigrationError> {
        self.run_with(watch::Sender::new(ImportProgress::default())).await
    }

    pub(crate) async fn run_with(
        self,
        progress: watch::Sender<ImportProgress>,
    ) -> Result<ImportSummary, MigrationError> {
        let job = ImportJob {
            workspace: self.workspace,
            client: self.client,
            choices: self.choices,
            password: self.mapping.password,
            control: self.control,
            only: None,
            unattended: self.unattended,
        };
        import::run(job, self.stop, progress).await
    }
}

/// Best route, label group, the whole allowance.
pub(crate) fn choices() -> Choices {
    Choices { share: 100, label_group: Some("Migrated_from_test_20260511".to_owned()), ..Choices::default() }
}

/// Everyone in the workspace, in the source's order.
pub(crate) async fn everyone(workspace: &Workspace) -> Vec<PersonDetail> {
    let mut walk = workspace.walk(&PeopleFilter::default(), Sort::default()).await.unwrap();
    let mut all = Vec::new();
    while let Some(some) = walk.next().await.unwrap() {
        all.extend(some);
    }
    all
}

/// A person's outcome, by login.
pub(crate) async fn outcome(workspace: &Workspace, login: &str) -> Outcome {
    everyone(workspace).await.into_iter().find(|p| p.row.login == login).expect("this person").row.outcome
}
