//! A real PostgreSQL, in a folder of its own, on a free port.
//!
//! It is stopped and its folder removed when it is dropped, and also when the test process ends in any way: a small shell waits at
//! the other end of a pipe. Any number may run side by side.

use std::ffi::OsStr;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use causeway::source::{PostgresSpec, SourceSpec, TlsMode};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};

/// The user people are read with, and its password.
pub(crate) const READER: &str = "causeway_reader";
/// Its password: one with signs that URLs must encode.
pub(crate) const READER_PASSWORD: &str = "p@ss:w/örd?#%";

/// Who may come in how. Users of the first lines exist only to be refused in their own ways.
const ADMITTANCE: &str = "
local   all  postgres                       trust
local   all  all                            scram-sha-256
host    all  outsider       127.0.0.1/32    reject
hostssl all  tls_only       127.0.0.1/32    scram-sha-256
hostssl all  card_holder    127.0.0.1/32    cert
host    all  tls_only,card_holder  127.0.0.1/32 reject
host    all  old_style      127.0.0.1/32    password
host    all  nobody_known   127.0.0.1/32    trust
host    all  all            127.0.0.1/32    scram-sha-256
host    all  all            ::1/128         scram-sha-256
";

/// A running server.
#[derive(Debug)]
pub(crate) struct Postgres {
    /// Holds the pipe whose end stops the server.
    guard: Child,
    folder: PathBuf,
    /// Its port, on 127.0.0.1 and ::1.
    pub(crate) port: u16,
}

impl Postgres {
    /// One server for all tests of this binary. Give databases names that no other test uses.
    pub(crate) fn shared() -> &'static Self {
        static SHARED: OnceLock<Postgres> = OnceLock::new();
        SHARED.get_or_init(|| Self::start("", &[]))
    }

    /// A server of one's own, with lines for `postgresql.conf`, and files (name and content) put beside it before it starts; only the
    /// server can read them.
    pub(crate) fn start(settings: &str, files: &[(&str, &str)]) -> Self {
        let programs = programs();
        let folder = tempfile::Builder::new().prefix("causeway-pg-").tempdir().unwrap().keep();
        let data = folder.join("data");
        for (name, content) in files {
            std::fs::write(folder.join(name), content).unwrap();
        }
        give_to_server(&folder);
        let made = as_server(programs.join("initdb"))
            .args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"])
            .arg(&data)
            .output()
            .unwrap();
        assert!(made.status.success(), "initdb failed: {}", String::from_utf8_lossy(&made.stderr));
        std::fs::write(data.join("pg_hba.conf"), ADMITTANCE).unwrap();
        let conf = data.join("postgresql.conf");
        let defaults = std::fs::read_to_string(&conf).unwrap();

        // The port is free now; should another program take it meanwhile, the next one is tried.
        for _ in 0..5 {
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let ours = format!(
                "port = {port}\nlisten_addresses = 'localhost'\nunix_socket_directories = '{}'\nfsync = off\n\
                 synchronous_commit = off\nfull_page_writes = off\nshared_buffers = 32MB\nmax_connections = 60\n\
                 autovacuum = off\nlog_min_messages = fatal\n{settings}\n",
                folder.display()
            );
            std::fs::write(&conf, format!("{defaults}\n{ours}")).unwrap();
            let started = as_server(programs.join("pg_ctl"))
                .args(["start", "--wait", "--timeout=60", "--silent", "-D"])
                .arg(&data)
                .arg("-l")
                .arg(folder.join("log"))
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .unwrap();
            if started.success() {
                let server = Self { guard: guard(programs, &data, &folder), folder, port };
                server.admin("postgres", &roles());
                return server;
            }
        }
        let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
        panic!("PostgreSQL did not start: {log}");
    }

    /// Stops it and cuts everyone off, until [`Postgres::resume`]. Not as a crash would: this server does not wait for its disk,
    /// so a crash could lose the tables that were just made.
    pub(crate) fn halt(&self) {
        self.control(&["stop", "--wait", "-m", "fast"]);
    }

    /// Starts it again, with the same data at the same port.
    pub(crate) fn resume(&self) {
        self.control(&["start", "--wait", "--timeout=60", "--silent"]);
    }

    fn control(&self, what: &[&str]) {
        let done = as_server(programs().join("pg_ctl"))
            .args(what)
            .arg("-D")
            .arg(self.folder.join("data"))
            .arg("-l")
            .arg(self.folder.join("log"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        assert!(done.unwrap().success(), "pg_ctl {what:?}");
    }

    /// The folder of its Unix socket.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Puts a file beside the server, as [`Postgres::start`] does.
    pub(crate) fn put(&self, name: &str, content: &str) {
        std::fs::write(self.folder.join(name), content).unwrap();
        give_to_server(&self.folder.join(name));
    }

    /// Runs SQL as the superuser and waits for it, from any test.
    pub(crate) fn admin(&self, database: &str, sql: &str) {
        let mut psql = Command::new(programs().join("psql"))
            .args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "-U", "postgres", "-d", database, "-p"])
            .arg(self.port.to_string())
            .arg("-h")
            .arg(&self.folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        std::io::Write::write_all(&mut psql.stdin.take().unwrap(), sql.as_bytes()).unwrap();
        let done = psql.wait_with_output().unwrap();
        assert!(done.status.success(), "psql: {}", String::from_utf8_lossy(&done.stderr));
    }

    /// A new database with this in it, which the reader may read all of.
    pub(crate) fn database(&self, name: &str, sql: &str) {
        self.admin("postgres", &format!("CREATE DATABASE \"{name}\";"));
        self.admin(name, sql);
        self.admin(name, &format!("GRANT SELECT ON ALL TABLES IN SCHEMA public TO {READER};"));
    }

    /// A new database with Okta's example: `users`, `groups`, `group_authorities`, `group_members`.
    pub(crate) fn seeded(&self, name: &str) {
        let seed = concat!(
            include_str!("../../data/seed/01-create.sql"),
            "\n",
            include_str!("../../data/seed/02-data.sql")
        );
        self.database(name, seed);
    }

    /// Where a database is, for the reader, without encryption.
    pub(crate) fn spec(&self, database: &str) -> PostgresSpec {
        PostgresSpec {
            host: "127.0.0.1".into(),
            port: self.port,
            database: database.into(),
            user: READER.into(),
            tls: TlsMode::Off,
            ..PostgresSpec::default()
        }
    }

    /// The same as a URL, with the password in it.
    pub(crate) fn url(&self, database: &str) -> String {
        let url = SourceSpec::Postgres(self.spec(database)).to_url();
        let mut password = String::new();
        for byte in READER_PASSWORD.bytes() {
            password.push_str(&format!("%{byte:02X}"));
        }
        url.replacen('@', &format!(":{password}@"), 1)
    }

    /// A superuser's connection.
    pub(crate) async fn connect(&self, database: &str) -> PgConnection {
        PgConnectOptions::new_without_pgpass()
            .socket(&self.folder)
            .port(self.port)
            .username("postgres")
            .database(database)
            .ssl_mode(PgSslMode::Disable)
            .disable_statement_logging()
            .connect()
            .await
            .unwrap()
    }

    /// The superuser's answer: the first column of the first row, as text.
    pub(crate) async fn ask(&self, database: &str, sql: &str) -> String {
        let mut connection = self.connect(database).await;
        let sql = format!("SELECT ({sql})::text");
        let answer: Option<String> =
            sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        answer.unwrap_or_default()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        let _ = self.guard.wait();
    }
}

fn roles() -> String {
    let password = READER_PASSWORD.replace('\'', "''");
    let mut sql = String::new();
    for role in [READER, "outsider", "tls_only", "card_holder", "old_style", "stranger"] {
        sql.push_str(&format!("CREATE ROLE {role} LOGIN PASSWORD '{password}';\n"));
    }
    sql
}

/// Stops the server and removes the folder when the pipe to its standard input closes.
fn guard(programs: &Path, data: &Path, folder: &Path) -> Child {
    let stop = as_server(programs.join("pg_ctl"));
    let mut guard = Command::new("sh");
    guard
        .arg("-c")
        .arg(r#"trap "" INT TERM HUP; cat >/dev/null; folder=$1; shift; "$@" >/dev/null 2>&1; rm -rf "$folder""#)
        .arg("guard")
        .arg(folder)
        .arg(stop.get_program())
        .args(stop.get_args())
        .args(["stop", "--wait", "-m", "immediate", "-D"])
        .arg(data)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    guard.spawn().unwrap()
}

/// The folder of the newest PostgreSQL here.
fn programs() -> &'static Path {
    static PROGRAMS: OnceLock<PathBuf> = OnceLock::new();
    PROGRAMS.get_or_init(|| {
        let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
            .filter(|(_, bin)| bin.join("initdb").exists())
            .collect();
        found.sort();
        if let Some((_, bin)) = found.pop() {
            return bin;
        }
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path)
            .find(|folder| folder.join("initdb").exists())
            .expect("these tests start PostgreSQL: install the package `postgresql` (Debian, Ubuntu) or `brew install postgresql`")
    })
}

/// Whether this is the superuser, as whom PostgreSQL refuses to run.
fn is_root() -> bool {
    static ROOT: OnceLock<bool> = OnceLock::new();
    *ROOT.get_or_init(|| {
        let id = Command::new("id").arg("-u").output().expect("`id` runs");
        id.stdout.trim_ascii() == b"0"
    })
}

/// A command run by the user who runs the server: ourselves, or `postgres` when we are the superuser.
fn as_server(program: impl AsRef<OsStr>) -> Command {
    let mut command = if is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir("/").env_remove("PGDATA").env_remove("PGPORT").env_remove("PGHOST");
    command
}

/// Hands a file or folder over to the user who runs the server. A key must belong to it and no one else may read it.
fn give_to_server(path: &Path) {
    let mode = if path.is_dir() { "0711" } else { "0600" };
    assert!(Command::new("chmod").arg(mode).arg(path).status().unwrap().success());
    if is_root() {
        assert!(
            Command::new("chown").args(["-R", "postgres:postgres"]).arg(path).status().unwrap().success()
        );
    }
    if path.is_dir() {
        for entry in std::fs::read_dir(path).unwrap().flatten().filter(|entry| entry.path().is_file()) {
            assert!(Command::new("chmod").arg("0600").arg(entry.path()).status().unwrap().success());
        }
    }
}
