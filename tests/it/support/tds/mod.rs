//! A stand-in for SQL Server: it speaks TDS 7.4 (and 8.0's TLS-first) as Microsoft publishes it in [MS-TDS], runs the SELECTs it gets on
//! SQLite, and answers with the types that columns were declared with. It knows nothing of who asks: two clients of other makers
//! (python-tds and FreeTDS by pymssql) were tried on it.
//!
//! A database is a folder of SQLite files, one a schema. The views of the catalog (`sys.objects` …) are tables, made anew for each session.

mod engine;
mod login;
mod packet;
mod request;
mod serve;
mod sql;
mod sys;
mod token;
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "values are cut into the bytes that the protocol has for them"
)]
mod types;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::Mutex;

use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

/// What a server says about encryption at the start (`ENCRYPTION` in PRELOGIN).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encryption {
    /// Encrypts the sign-in, and the rest for who asks for it.
    Off,
    /// Has no certificate at all.
    NotSupported,
    /// Takes nobody who does not encrypt.
    Required,
    /// TLS before anything else (TDS 8.0).
    Strict,
}

/// How a database lets one moment be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Snapshot {
    /// As a new database is: not at all.
    #[default]
    No,
    /// `ALLOW_SNAPSHOT_ISOLATION`.
    Allowed,
    /// `READ_COMMITTED_SNAPSHOT`.
    Committed,
}

/// What a server is started with.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) encryption: Encryption,
    /// Its certificate and key; made for itself, for `localhost`, where there is none.
    pub(crate) certificate: Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>,
    /// Who may sign in.
    pub(crate) logins: Vec<(String, String)>,
    /// Where it sends everybody on to, as Azure's gateway does.
    pub(crate) route: Option<(String, u16)>,
    pub(crate) snapshot: Snapshot,
    /// The version it says it is.
    pub(crate) version: (u8, u8, u16),
    /// Tables that nobody may read, by their names.
    pub(crate) denied: Vec<String>,
    /// Tables whose rows are filtered by row-level security.
    pub(crate) filtered: Vec<String>,
    /// Other names of tables: `synonym`, `[dbo].[table]`.
    pub(crate) synonyms: Vec<(String, String)>,
    /// What `varchar` is encoded in.
    pub(crate) code_page: CodePage,
    /// Rows after which the connection is cut, in the middle of one.
    pub(crate) cut_after: Option<usize>,
    /// What every question is answered with, instead of the truth.
    pub(crate) lie: Option<Lie>,
}

/// An answer that no server gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Lie {
    /// These tokens, in packets as they should be, and then the end of the connection.
    Tokens(Vec<u8>),
    /// These bytes as they are, and then the end of the connection.
    Bytes(Vec<u8>),
    /// The first once, then the second again and again.
    Endless(Vec<u8>, Vec<u8>),
    /// Nothing at all.
    Silence,
}

/// A code page of `varchar`, with a collation that has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CodePage {
    /// `SQL_Latin1_General_CP1_CI_AS`.
    Latin1,
    /// `Cyrillic_General_CI_AS`.
    Cyrillic,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            encryption: Encryption::Off,
            certificate: None,
            logins: vec![(READER.into(), PASSWORD.into())],
            route: None,
            snapshot: Snapshot::Allowed,
            version: (15, 0, 4312),
            denied: Vec::new(),
            filtered: Vec::new(),
            synonyms: Vec::new(),
            code_page: CodePage::Latin1,
            cut_after: None,
            lie: None,
        }
    }
}

/// The user people are read with.
pub(crate) const READER: &str = "causeway_reader";
/// Its password: one with signs that URLs and connection strings must encode.
pub(crate) const PASSWORD: &str = "p@ss;w/ö'rd}?#%";

/// What a session was asked for, as its client said it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) user: String,
    pub(crate) database: String,
    pub(crate) app: String,
    /// The name the client says it connects to.
    pub(crate) server: String,
    pub(crate) read_only: bool,
    /// Whether everything after the sign-in is encrypted.
    pub(crate) encrypted: bool,
}

/// What all sessions share.
#[derive(Debug)]
struct Shared {
    settings: Settings,
    folder: PathBuf,
    seen: Mutex<Vec<Seen>>,
    asked: Mutex<Vec<String>>,
    attentions: std::sync::atomic::AtomicUsize,
    tls: Option<Arc<rustls::ServerConfig>>,
}

/// A running server. It stops when it is dropped.
#[derive(Debug)]
pub(crate) struct SqlServer {
    shared: Arc<Shared>,
    _folder: tempfile::TempDir,
    /// Its port, on 127.0.0.1.
    pub(crate) port: u16,
    /// Its certificate in PEM.
    pub(crate) certificate: String,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl SqlServer {
    /// Starts one, on a thread of its own.
    pub(crate) fn start(mut settings: Settings) -> Self {
        let own = settings.certificate.take();
        let (chain, key) = own.unwrap_or_else(|| certificate(&["localhost", "127.0.0.1"]));
        let pem = pem(&chain[0]);
        let tls = (settings.encryption != Encryption::NotSupported)
            .then(|| Arc::new(packet::tls(settings.encryption == Encryption::Strict, chain, key)));
        let folder = tempfile::Builder::new().prefix("causeway-tds-").tempdir().unwrap();
        let shared = Arc::new(Shared {
            settings,
            folder: folder.path().to_owned(),
            seen: Mutex::default(),
            asked: Mutex::default(),
            attentions: 0.into(),
            tls,
        });
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let all = Arc::clone(&shared);
        let serve = move || {
            let runtime =
                tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                tokio::select! {
                    () = serve::accept(listener, all) => {}
                    _ = stopped => {}
                }
            });
            runtime.shutdown_background();
        };
        let thread = std::thread::Builder::new().name("sql-server".into()).spawn(serve).unwrap();
        Self { shared, _folder: folder, port, certificate: pem, stop: Some(stop), thread: Some(thread) }
    }

    /// Makes a database of these schemas: each a name and the SQL (T-SQL as far as the stand-in goes) that fills it.
    pub(crate) fn database(&self, name: &str, schemas: &[(&str, &str)]) {
        let folder = self.shared.folder.join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let filled: Vec<(PathBuf, String)> = schemas
            .iter()
            .map(|(schema, sql)| (folder.join(format!("{schema}.db")), sql::statements(sql).join(";\n")))
            .collect();
        // From any test, in a runtime or not.
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(async {
                    for (path, sql) in filled {
                        fill(&path, sql).await;
                    }
                });
            });
        });
    }

    /// Where a schema's SQLite file is.
    pub(crate) fn file(&self, database: &str, schema: &str) -> PathBuf {
        self.shared.folder.join(database).join(format!("{schema}.db"))
    }

    /// Who signed in, as their clients said it.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap().clone()
    }

    /// What it was asked, in order.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.shared.asked.lock().unwrap().clone()
    }

    /// How often it was told to stop what it does.
    pub(crate) fn attentions(&self) -> usize {
        self.shared.attentions.load(std::sync::atomic::Ordering::SeqCst)
    }
}

impl Drop for SqlServer {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn fill(path: &Path, sql: String) {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let mut db = options.connect().await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(format!("BEGIN;{sql};COMMIT;"))).execute(&mut db).await.unwrap();
    db.close().await.unwrap();
}

/// A certificate for these names, signed by itself.
pub(crate) fn certificate(names: &[&str]) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let made = rcgen::generate_simple_self_signed(names).unwrap();
    let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    (vec![made.cert.der().clone()], key)
}

fn pem(der: &CertificateDer<'_>) -> String {
    use base64::Engine as _;
    let text = base64::prelude::BASE64_STANDARD.encode(der);
    format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n")
}
