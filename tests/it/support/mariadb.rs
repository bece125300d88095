//! A real MariaDB, in a folder of its own, on a free port, with a certificate for `localhost` of an authority of its own.
//!
//! It is stopped and its folder removed when it is dropped, and also when the test process ends in any way: a small shell waits at
//! the other end of a pipe.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use causeway::source::{MysqlSpec, MysqlTls};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

use super::postgres::{READER, READER_PASSWORD};

/// A running server.
#[derive(Debug)]
pub(crate) struct MariaDb {
    /// Holds the pipe whose end stops the server.
    guard: Child,
    folder: PathBuf,
    /// Its port, on 127.0.0.1.
    pub(crate) port: u16,
}

impl MariaDb {
    /// One server for all tests of this binary. Give databases names that no other test uses.
    pub(crate) fn shared() -> &'static Self {
        static SHARED: OnceLock<MariaDb> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// A server of one's own.
    pub(crate) fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("causeway-my-").tempdir().unwrap().keep();
        certificates(&folder);
        give_to_server(&folder);
        let data = folder.join("data");
        let made = as_server("mariadb-install-db")
            .args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"])
            .arg(format!("--datadir={}", data.display()))
            .output()
            .expect(MISSING);
        assert!(made.status.success(), "mariadb-install-db: {}", String::from_utf8_lossy(&made.stderr));
        // The port is free now; should another program take it meanwhile, the next one is tried.
        for _ in 0..5 {
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let guard = guard(&data, &folder, port);
            let answers = Command::new("mariadb-admin")
                .args(["--no-defaults", "--wait=60", "-uroot", "ping", "--silent"])
                .arg(format!("--socket={}", folder.join("s.sock").display()))
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .expect(MISSING);
            let server = Self { guard, folder: folder.clone(), port };
            if answers.success() {
                server.admin("mysql", &users());
                return server;
            }
        }
        panic!("MariaDB did not start: {}", std::fs::read_to_string(folder.join("log")).unwrap_or_default());
    }

    /// The socket.
    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.join("s.sock")
    }

    /// The certificate of the authority that signed the server's.
    pub(crate) fn authority(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    /// Runs SQL as root and waits for it, from any test. Names stand in double quotes, as in other databases.
    pub(crate) fn admin(&self, database: &str, sql: &str) {
        let mut client = Command::new("mariadb")
            .args(["--no-defaults", "-uroot", "--default-character-set=utf8mb4", "-D", database])
            .arg(format!("--socket={}", self.socket().display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect(MISSING);
        let sql = format!("SET sql_mode = 'ANSI,NO_BACKSLASH_ESCAPES';\n{sql}");
        std::io::Write::write_all(&mut client.stdin.take().unwrap(), sql.as_bytes()).unwrap();
        let done = client.wait_with_output().unwrap();
        assert!(done.status.success(), "mariadb: {}", String::from_utf8_lossy(&done.stderr));
    }

    /// A new database with this in it, which the reader may read all of.
    pub(crate) fn database(&self, name: &str, sql: &str) {
        self.admin(
            "mysql",
            &format!(
                "CREATE DATABASE \"{name}\" CHARACTER SET utf8mb4; GRANT SELECT ON \"{name}\".* TO {READER};"
            ),
        );
        self.admin(name, sql);
    }

    /// Where a database is, for the reader, without encryption.
    pub(crate) fn spec(&self, database: &str) -> MysqlSpec {
        MysqlSpec {
            host: "127.0.0.1".into(),
            port: self.port,
            database: database.into(),
            user: READER.into(),
            tls: MysqlTls::Disabled,
            ..MysqlSpec::default()
        }
    }
}

impl Drop for MariaDb {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        let _ = self.guard.wait();
    }
}

const MISSING: &str = "these tests start MariaDB: install the package `mariadb-server` (Debian, Ubuntu) or `brew install mariadb`";

fn users() -> String {
    let password = READER_PASSWORD.replace('\'', "''");
    format!(
        "CREATE USER {READER} IDENTIFIED BY '{password}';
         CREATE USER tls_only IDENTIFIED BY '{password}' REQUIRE SSL;
         CREATE USER card_holder IDENTIFIED BY '{password}' REQUIRE X509;
         CREATE USER stranger IDENTIFIED BY '{password}';
         CREATE USER elsewhere@'192.0.2.1' IDENTIFIED BY '{password}';
         CREATE USER locked IDENTIFIED BY '{password}' ACCOUNT LOCK;
         CREATE USER nobody_known IDENTIFIED VIA unix_socket;
         INSTALL SONAME 'auth_ed25519';
         CREATE USER curve IDENTIFIED VIA ed25519 USING PASSWORD('{password}');"
    )
}

fn certificates(folder: &Path) {
    let mut ca = CertificateParams::new(Vec::new()).unwrap();
    ca.distinguished_name.push(rcgen::DnType::CommonName, "Causeway test authority");
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca_key = KeyPair::generate().unwrap();
    std::fs::write(folder.join("ca.pem"), ca.self_signed(&ca_key).unwrap().pem()).unwrap();
    let authority = Issuer::new(ca, ca_key);
    for (name, host) in [("server", "localhost"), ("card", "card_holder")] {
        let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        params.distinguished_name.push(rcgen::DnType::CommonName, host);
        let key = KeyPair::generate().unwrap();
        std::fs::write(folder.join(format!("{name}.crt")), params.signed_by(&key, &authority).unwrap().pem())
            .unwrap();
        std::fs::write(folder.join(format!("{name}.key")), key.serialize_pem()).unwrap();
    }
}

/// Runs the server until the pipe to its standard input closes; then stops it and removes the folder.
fn guard(data: &Path, folder: &Path, port: u16) -> Child {
    let server = as_server("mariadbd");
    Command::new("sh")
        .arg("-c")
        .arg(
            r#"trap "" INT TERM HUP; folder=$1; shift; "$@" >"$folder/log" 2>&1 & server=$!
               cat >/dev/null; kill -9 $server; wait $server 2>/dev/null; rm -rf "$folder""#,
        )
        .arg("guard")
        .arg(folder)
        .arg(server.get_program())
        .args(server.get_args())
        .arg("--no-defaults")
        .arg(format!("--datadir={}", data.display()))
        .arg(format!("--socket={}", folder.join("s.sock").display()))
        .arg(format!("--pid-file={}", folder.join("pid").display()))
        .arg(format!("--port={port}"))
        .arg(format!("--ssl-ca={}", folder.join("ca.pem").display()))
        .arg(format!("--ssl-cert={}", folder.join("server.crt").display()))
        .arg(format!("--ssl-key={}", folder.join("server.key").display()))
        .args([
            "--bind-address=127.0.0.1",
            "--skip-log-bin",
            "--innodb-flush-log-at-trx-commit=0",
            "--innodb-buffer-pool-size=32M",
            "--performance-schema=off",
            "--max-connections=60",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Whether this is the superuser, as whom MariaDB refuses to run.
fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("`id` runs");
    id.stdout.trim_ascii() == b"0"
}

/// A command run by the user who runs the server: ourselves, or `mysql` when we are the superuser.
fn as_server(program: &str) -> Command {
    let path = std::env::var("PATH").unwrap_or_default();
    // Debian keeps servers where only the superuser looks.
    let path = format!("{path}:/usr/sbin:/usr/local/sbin");
    let mut command = if is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=mysql", "--regid=mysql", "--clear-groups", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir("/").env("PATH", path);
    command
}

/// Hands a folder over to the user who runs the server. Its files stay readable: certificates for tests are no secret.
fn give_to_server(folder: &Path) {
    assert!(Command::new("chmod").args(["-R", "a+rX"]).arg(folder).status().unwrap().success());
    if is_root() {
        assert!(Command::new("chown").args(["-R", "mysql:mysql"]).arg(folder).status().unwrap().success());
    }
}
