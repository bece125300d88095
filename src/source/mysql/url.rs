//! MySQL's connection URLs and command lines, as people paste them: `mysql://`, `mariadb://`, what JDBC, SQLAlchemy and Rails write, and
//! `mysql -h … -u …`. A text that says nothing of encryption means [`MysqlTls::VerifyIdentity`].

use std::fmt::Write as _;
use std::path::PathBuf;

use percent_encoding::utf8_percent_encode;
use secrecy::SecretString;

use super::spec::{MysqlSpec, MysqlTls, PORT};
use crate::source::SourceError;
use crate::source::pasted::{Opt, Options, PART, Pasted, Server, bad, parse_port};

/// Understands a URL, or what `mysql` was told.
pub(super) fn parse(pasted: &Pasted<'_>) -> Result<(MysqlSpec, Option<SecretString>), SourceError> {
    let mut found = Found::default();
    match pasted {
        Pasted::Url { rest } => found.url(rest)?,
        Pasted::Command(words) => found.command(words)?,
        Pasted::Pairs(_) => return Err(bad("it is another database's connection string")),
        Pasted::Path(_) => return Err(bad("it is a file, and MySQL is a server")),
    }
    let Found { mut spec, password, socket } = found;
    if let Some(socket) = socket {
        spec.host = socket;
    }
    if spec.host.is_empty() {
        return Err(bad("it names no host"));
    }
    if spec.user.is_empty() {
        return Err(bad("it names no user"));
    }
    if spec.database.is_empty() {
        return Err(bad("it names no database"));
    }
    if [&spec.host, &spec.user, &spec.database].into_iter().any(|part| part.contains('\0')) {
        return Err(bad("it holds a zero byte"));
    }
    Ok((spec, password))
}

/// What was found so far.
#[derive(Default)]
struct Found {
    spec: MysqlSpec,
    password: Option<SecretString>,
    socket: Option<String>,
}

impl Found {
    /// Everything after `mysql:`.
    fn url(&mut self, rest: &str) -> Result<(), SourceError> {
        let Server { user, password, host, port, database, options } = Server::parse(rest)?;
        self.spec.user = user;
        self.spec.host = host;
        self.spec.database = database;
        self.spec.port = port.unwrap_or(PORT);
        self.password = password.map(SecretString::from);
        for (name, value) in ::url::form_urlencoded::parse(options.as_bytes()) {
            self.option(&name, &value)?;
        }
        Ok(())
    }

    /// The words after `mysql`.
    fn command(&mut self, words: &[String]) -> Result<(), SourceError> {
        const LONG: &[&str] = &[
            "host",
            "port",
            "user",
            "database",
            "socket",
            "ssl-mode",
            "ssl-ca",
            "ssl-cert",
            "ssl-key",
            "protocol",
            "default-character-set",
            "execute",
        ];
        self.spec.host = "localhost".into();
        for word in Options::new(words.to_vec(), "hPuDSe", LONG) {
            let (name, value) = match word {
                Opt::Short(letter, value) => {
                    let name = match letter {
                        'h' => "host",
                        'P' => "port",
                        'u' => "user",
                        'p' => "password",
                        'D' => "database",
                        'S' => "socket",
                        _ => continue,
                    };
                    (name.to_owned(), value)
                }
                Opt::Long(name, value) => (name, value),
                Opt::Name(database) => {
                    if self.spec.database.is_empty() {
                        self.spec.database = database;
                    }
                    continue;
                }
            };
            match (name.as_str(), value) {
                ("skip-ssl" | "disable-ssl", _) => self.spec.tls = MysqlTls::Disabled,
                ("ssl-verify-server-cert", None) => self.spec.tls = MysqlTls::VerifyIdentity,
                ("execute", _) | (_, None) => {}
                (name, Some(value)) => self.option(name, &value)?,
            }
        }
        Ok(())
    }

    /// One `name=value`. Names Causeway has no use for (time-outs, character sets, pools) are passed over.
    fn option(&mut self, name: &str, value: &str) -> Result<(), SourceError> {
        let spec = &mut self.spec;
        match name.replace('_', "-").to_ascii_lowercase().as_str() {
            "ssl-mode" | "sslmode" | "tls" | "ssl" => {
                match (MysqlTls::of(value), value.to_ascii_lowercase().as_str()) {
                    (Some(mode), _) => spec.tls = mode,
                    (None, "false" | "0" | "off" | "no") => spec.tls = MysqlTls::Disabled,
                    (None, "true" | "1" | "on" | "yes") => {}
                    (None, "skip-verify") => spec.tls = MysqlTls::Required,
                    _ => {
                        return Err(bad(
                            "ssl-mode is none of verify-identity, verify-ca, required, preferred, disabled",
                        ));
                    }
                }
            }
            "usessl" if value.eq_ignore_ascii_case("false") => spec.tls = MysqlTls::Disabled,
            "ssl-ca" | "sslrootcert" | "serversslcert" | "sslca" => spec.ca_file = Some(PathBuf::from(value)),
            "ssl-cert" | "sslcert" => spec.client_cert = Some(PathBuf::from(value)),
            "ssl-key" | "sslkey" => spec.client_key = Some(PathBuf::from(value)),
            "socket" | "unix-socket" | "localsocket" => self.socket = Some(value.to_owned()),
            "host" => value.clone_into(&mut spec.host),
            "port" => spec.port = parse_port(value)?,
            "user" | "username" => value.clone_into(&mut spec.user),
            "password" => self.password = Some(SecretString::from(value)),
            "database" | "dbname" => value.clone_into(&mut spec.database),
            _ => {}
        }
        Ok(())
    }
}

/// The URL without any password.
pub(super) fn of(spec: &MysqlSpec) -> String {
    let mut url = format!("mysql://{}@", utf8_percent_encode(&spec.user, PART));
    if spec.is_socket() {
        url.push_str("localhost");
    } else if spec.host.contains(':') {
        let _ = write!(url, "[{}]", spec.host);
    } else {
        let _ = write!(url, "{}", utf8_percent_encode(&spec.host, PART));
    }
    if spec.port != PORT {
        let _ = write!(url, ":{}", spec.port);
    }
    let _ = write!(url, "/{}", utf8_percent_encode(&spec.database, PART));
    let mut options = ::url::form_urlencoded::Serializer::new(String::new());
    if spec.is_socket() {
        options.append_pair("socket", &spec.host);
    }
    if spec.tls != MysqlTls::VerifyIdentity {
        options.append_pair("ssl-mode", spec.tls.value());
    }
    for (name, file) in
        [("ssl-ca", &spec.ca_file), ("ssl-cert", &spec.client_cert), ("ssl-key", &spec.client_key)]
    {
        if let Some(file) = file {
            options.append_pair(name, &file.to_string_lossy());
        }
    }
    let options = options.finish();
    if !options.is_empty() {
        let _ = write!(url, "?{options}");
    }
    url
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use secrecy::ExposeSecret;

    use super::*;
    use crate::source::SourceSpec;

    fn parse(url: &str) -> (MysqlSpec, Option<String>) {
        match SourceSpec::parse_url(url).unwrap() {
            (SourceSpec::Mysql(spec), password) => (spec, password.map(|p| p.expose_secret().to_owned())),
            (other, _) => panic!("{other:?}"),
        }
    }

    #[test]
    fn urls_of_many_programs() {
        for url in [
            "mysql://hr:s3cret@db01:3307/people?ssl-mode=REQUIRED",
            "mariadb://hr:s3cret@db01:3307/people?sslMode=trust",
            "jdbc:mysql://db01:3307/people?user=hr&password=s3cret&sslMode=REQUIRED&serverTimezone=UTC",
            "jdbc:mariadb://db01:3307/people?user=hr&password=s3cret&sslMode=trust",
            "mysql+pymysql://hr:s3cret@db01:3307/people?charset=utf8mb4&ssl_mode=required",
            "mysql2://hr:s3cret@db01:3307/people?pool=5&ssl-mode=required",
            "mysql -h db01 -P 3307 -u hr -ps3cret --ssl-mode=REQUIRED people",
            "mariadb --host=db01 --port=3307 --user=hr --password=s3cret --ssl-mode required -D people -e 'select 1'",
            "mysqldump -hdb01 -P3307 -uhr -ps3cret --ssl-mode=REQUIRED people users",
        ] {
            let (spec, password) = parse(url);
            assert_eq!(
                (spec.place().as_str(), spec.user.as_str(), spec.database.as_str(), spec.tls),
                ("db01:3307", "hr", "people", MysqlTls::Required),
                "{url}"
            );
            assert_eq!(password.as_deref(), Some("s3cret"), "{url}");
        }
    }

    #[test]
    fn every_mode_means_what_mysql_means_by_it_and_silence_the_safest() {
        let mode = |word: &str| parse(&format!("mysql://hr@db/x?ssl-mode={word}")).0.tls;
        for tls in MysqlTls::ALL {
            assert_eq!(mode(tls.value()), tls);
            assert_eq!(mode(&tls.value().to_uppercase().replace('-', "_")), tls);
        }
        assert_eq!(parse("mysql://hr@db/x").0.tls, MysqlTls::VerifyIdentity);
        assert_eq!(parse("jdbc:mysql://db/x?user=hr&useSSL=false").0.tls, MysqlTls::Disabled);
        assert_eq!(parse("mysql -u hr --skip-ssl x").0.tls, MysqlTls::Disabled);
        assert!(SourceSpec::parse_url("mysql://hr:s3cret@db/x?ssl-mode=maybe").is_err());
    }

    #[test]
    fn sockets_and_what_is_missing() {
        let (spec, password) = parse("mysql -u hr -p -S /run/mysqld/mysqld.sock people");
        assert_eq!(
            (spec.place().as_str(), spec.is_socket(), password),
            ("/run/mysqld/mysqld.sock", true, None)
        );
        assert_eq!(parse("mysql://hr@localhost/x?socket=/tmp/m.sock").0.host, "/tmp/m.sock");
        let refused = |url: &str| SourceSpec::parse_url(url).unwrap_err().to_string();
        assert!(refused("mysql://hr@db").contains("names no database"));
        assert!(refused("mysql -h db people").contains("names no user"));
        assert!(refused("jdbc:mysql:loadbalance://a,b/x").contains("//"));
        assert!(refused("mysql://hr@a,b/x").contains("several servers"));
    }

    proptest! {
        #[test]
        fn to_url_reads_back(
            host in "[a-z0-9.-]{1,12}|/[a-z/ ]{1,12}|[0-9a-f]{1,4}::[0-9a-f]{1,4}",
            port in 1u16..,
            database in "[^\0]{1,12}",
            user in "[^\0]{1,12}",
            ca in proptest::option::of("[^\0]{1,12}"),
            tls in proptest::sample::select(&MysqlTls::ALL[..]),
        ) {
            let spec = SourceSpec::Mysql(MysqlSpec {
                host, port, database, user, tls, ca_file: ca.map(PathBuf::from), ..MysqlSpec::default()
            });
            let (back, password) = SourceSpec::parse_url(&spec.to_url()).unwrap();
            prop_assert_eq!(back, spec);
            prop_assert!(password.is_none());
        }
    }
}
