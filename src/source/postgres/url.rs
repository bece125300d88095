//! PostgreSQL's connection URLs and command lines, as people paste them.
//!
//! Read leniently (a password with an `@` in it, `postgresql://`, `jdbc:postgresql://`, libpq's and JDBC's option names), but never
//! to less protection than asked for: `sslmode` `prefer` and `allow` mean [`TlsMode::Require`], `verify-ca` means
//! [`TlsMode::VerifyFull`], and a URL that says nothing means [`TlsMode::VerifyFull`].

use std::fmt::Write as _;
use std::path::PathBuf;

use percent_encoding::utf8_percent_encode;
use secrecy::SecretString;

use super::spec::{POSTGRES_PORT, PostgresSpec};
use crate::source::pasted::{Opt, Options, PART, Pasted, Server, bad, parse_port};
use crate::source::sql::quote;
use crate::source::{SourceError, TlsMode};

/// Understands a URL, or what `psql` was told.
pub(super) fn parse(pasted: &Pasted<'_>) -> Result<(PostgresSpec, Option<SecretString>), SourceError> {
    let mut found = Found::default();
    match pasted {
        Pasted::Url { rest } => found.url(rest)?,
        Pasted::Command(words) => found.command(words)?,
        Pasted::Pairs(_) => return Err(bad("it is another database's connection string")),
        Pasted::Path(_) => return Err(bad("it is a file, and PostgreSQL is a server")),
    }
    let Found { mut spec, password, port } = found;
    spec.port = port.unwrap_or(spec.port);
    if spec.host.is_empty() {
        return Err(bad("it names no host"));
    }
    if spec.user.is_empty() {
        return Err(bad("it names no user"));
    }
    if spec.database.is_empty() {
        // As PostgreSQL's own programs have it.
        spec.database.clone_from(&spec.user);
    }
    if [&spec.host, &spec.user, &spec.database].into_iter().any(|part| part.contains('\0')) {
        return Err(bad("it holds a zero byte"));
    }
    Ok((spec, password))
}

/// What was found so far.
#[derive(Default)]
struct Found {
    spec: PostgresSpec,
    password: Option<SecretString>,
    port: Option<u16>,
}

impl Found {
    /// Everything after `postgres:`.
    fn url(&mut self, rest: &str) -> Result<(), SourceError> {
        let Server { user, password, host, port, database, options } = Server::parse(rest)?;
        self.spec.user = user;
        self.spec.host = host;
        self.spec.database = database;
        self.password = password.map(SecretString::from);
        self.port = port;
        for (name, value) in ::url::form_urlencoded::parse(options.as_bytes()) {
            self.option(&name, &value)?;
        }
        Ok(())
    }

    /// The words after `psql`: its options, a database and a user, a URL, or libpq's `host=… dbname=…`.
    fn command(&mut self, words: &[String]) -> Result<(), SourceError> {
        const LONG: &[&str] =
            &["dbname", "host", "port", "username", "command", "file", "variable", "set", "output"];
        let mut names = Vec::new();
        for word in Options::new(words.to_vec(), "hpUdcfvoLRFTP", LONG) {
            match word {
                Opt::Short('h', Some(value)) => self.option("host", &value)?,
                Opt::Short('p', Some(value)) => self.option("port", &value)?,
                Opt::Short('U', Some(value)) => self.option("user", &value)?,
                Opt::Short('d', Some(value)) => names.insert(0, value),
                Opt::Long(name, Some(value)) => match name.as_str() {
                    "host" | "port" => self.option(&name, &value)?,
                    "username" => self.option("user", &value)?,
                    "dbname" => names.insert(0, value),
                    _ => {}
                },
                Opt::Short(..) | Opt::Long(..) => {}
                Opt::Name(name) => names.push(name),
            }
        }
        let mut names = names.into_iter();
        match names.next() {
            Some(name) if name.starts_with("postgres://") || name.starts_with("postgresql://") => {
                let rest = name.split_once(':').map_or("", |(_, rest)| rest);
                self.url(rest)?;
            }
            // libpq's own form.
            Some(name) if name.contains('=') => {
                for word in crate::source::pasted::words(&name)? {
                    let (name, value) =
                        word.split_once('=').ok_or_else(|| bad("it holds a word without “=”"))?;
                    self.option(name, value)?;
                }
            }
            Some(name) => self.spec.database = name,
            None => {}
        }
        if let Some(user) = names.next().filter(|_| self.spec.user.is_empty()) {
            self.spec.user = user;
        }
        Ok(())
    }

    /// One `name=value`. Names Causeway has no use for (time-outs, keep-alives, pools) are passed over.
    fn option(&mut self, name: &str, value: &str) -> Result<(), SourceError> {
        match name {
            "sslmode" | "ssl-mode" | "ssl_mode" => {
                self.spec.tls = match value {
                    "disable" => TlsMode::Off,
                    "allow" | "prefer" | "require" => TlsMode::Require,
                    "verify-ca" | "verify-full" => TlsMode::VerifyFull,
                    _ => {
                        return Err(bad(
                            "sslmode is none of verify-full, verify-ca, require, prefer, allow, disable",
                        ));
                    }
                }
            }
            "ssl" if value == "false" => self.spec.tls = TlsMode::Off,
            "sslrootcert" | "ssl-root-cert" | "ssl-ca" => {
                // `system` is libpq's word for the computer's own authorities, which are always asked.
                self.spec.ca_file = (value != "system").then(|| PathBuf::from(value));
            }
            "sslcert" | "ssl-cert" => self.spec.client_cert = Some(PathBuf::from(value)),
            "sslkey" | "ssl-key" => self.spec.client_key = Some(PathBuf::from(value)),
            "host" | "hostaddr" => value.clone_into(&mut self.spec.host),
            "port" => self.port = Some(parse_port(value)?),
            "user" => value.clone_into(&mut self.spec.user),
            "password" => self.password = Some(SecretString::from(value)),
            "dbname" => value.clone_into(&mut self.spec.database),
            "search_path" | "currentSchema" | "schema" | "options[search_path]" => {
                self.spec.search_path = schemas(value);
            }
            "options" => {
                if let Some(path) = search_path_option(value) {
                    self.spec.search_path = schemas(&path);
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// `search_path` out of libpq's `options`: `-c search_path=a,b`, `-csearch_path=a`, `--search_path=a`, blanks escaped with `\`.
fn search_path_option(options: &str) -> Option<String> {
    let mut words = vec![String::new()];
    let mut chars = options.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => words.last_mut()?.extend(chars.next()),
            c if c.is_ascii_whitespace() => words.push(String::new()),
            c => words.last_mut()?.push(c),
        }
    }
    words.iter().find_map(|word| {
        let word = word.strip_prefix("-c").or_else(|| word.strip_prefix("--")).unwrap_or(word);
        word.strip_prefix("search_path=").map(str::to_owned)
    })
}

/// A list of schemas as PostgreSQL writes it: `hr, "Old Stuff"`. Names without quotes are small.
fn schemas(list: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut chars = list.chars().peekable();
    while let Some(c) = chars.next() {
        let mut name = String::new();
        match c {
            ',' => continue,
            c if c.is_whitespace() => continue,
            '"' => {
                while let Some(c) = chars.next() {
                    if c == '"' && chars.next_if_eq(&'"').is_none() {
                        break;
                    }
                    name.push(c);
                }
            }
            c => {
                name.push(c);
                while let Some(c) = chars.next_if(|c| *c != ',') {
                    name.push(c);
                }
                name = name.trim().to_lowercase();
            }
        }
        name.retain(|c| c != '\0');
        if !name.is_empty() {
            names.push(name);
        }
    }
    names
}

/// The URL without any password.
pub(super) fn of(spec: &PostgresSpec) -> String {
    let mut url = format!("postgres://{}@", utf8_percent_encode(&spec.user, PART));
    if !spec.is_socket() {
        if spec.host.contains(':') {
            let _ = write!(url, "[{}]", spec.host);
        } else {
            let _ = write!(url, "{}", utf8_percent_encode(&spec.host, PART));
        }
    }
    if spec.port != POSTGRES_PORT {
        let _ = write!(url, ":{}", spec.port);
    }
    let _ = write!(url, "/{}", utf8_percent_encode(&spec.database, PART));

    let mut options = ::url::form_urlencoded::Serializer::new(String::new());
    if spec.is_socket() {
        options.append_pair("host", &spec.host);
    }
    match spec.tls {
        TlsMode::VerifyFull => {}
        TlsMode::Require => {
            options.append_pair("sslmode", "require");
        }
        TlsMode::Off => {
            options.append_pair("sslmode", "disable");
        }
    }
    for (name, file) in
        [("sslrootcert", &spec.ca_file), ("sslcert", &spec.client_cert), ("sslkey", &spec.client_key)]
    {
        if let Some(file) = file {
            options.append_pair(name, &file.to_string_lossy());
        }
    }
    if !spec.search_path.is_empty() {
        let list: Vec<_> = spec.search_path.iter().map(|s| quote(s)).collect();
        options.append_pair("search_path", &list.join(","));
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

    fn parse(url: &str) -> (PostgresSpec, Option<String>) {
        match SourceSpec::parse_url(url).unwrap() {
            (SourceSpec::Postgres(spec), password) => (spec, password.map(|p| p.expose_secret().to_owned())),
            (other, _) => panic!("{other:?}"),
        }
    }

    fn refused(url: &str) -> String {
        SourceSpec::parse_url(url).unwrap_err().to_string()
    }

    #[test]
    fn a_plain_url() {
        let (spec, password) =
            parse("postgres://readonly_hr:s3cret@db01.corp.example:5433/example_db?sslmode=require");
        assert_eq!(spec.host, "db01.corp.example");
        assert_eq!(spec.port, 5433);
        assert_eq!(spec.database, "example_db");
        assert_eq!(spec.user, "readonly_hr");
        assert_eq!(spec.tls, TlsMode::Require);
        assert_eq!(password.as_deref(), Some("s3cret"));
    }

    #[test]
    fn defaults_are_the_safe_ones() {
        let (spec, password) = parse("postgresql://hr@db");
        assert_eq!((spec.port, spec.tls, spec.database.as_str()), (5432, TlsMode::VerifyFull, "hr"));
        assert_eq!(password, None);
        assert_eq!(parse("postgres://hr@db/x?sslmode=prefer").0.tls, TlsMode::Require);
        assert_eq!(parse("postgres://hr@db/x?sslmode=verify-ca").0.tls, TlsMode::VerifyFull);
        assert_eq!(parse("postgres://hr@db/x?sslmode=disable").0.tls, TlsMode::Off);
    }

    #[test]
    fn passwords_as_people_paste_them() {
        assert_eq!(parse("postgres://hr:p%40ss%2Fw%3Ard@db/x").1.as_deref(), Some("p@ss/w:rd"));
        assert_eq!(parse("postgres://hr:p@ss:wo/rd@db/x").1.as_deref(), Some("p@ss:wo/rd"));
        assert_eq!(parse("postgres://hr:100%@db/x").1.as_deref(), Some("100%"));
        assert_eq!(parse("postgres://hr:пароль@db/x").1.as_deref(), Some("пароль"));
        let (spec, password) = parse("jdbc:postgresql://db:5432/x?user=hr&password=s3%26cret");
        assert_eq!((spec.user.as_str(), password.as_deref()), ("hr", Some("s3&cret")));
    }

    #[test]
    fn addresses_and_sockets() {
        let (spec, _) = parse("postgres://hr@[2001:db8::1]:5433/x");
        assert_eq!((spec.host.as_str(), spec.port), ("2001:db8::1", 5433));
        assert_eq!(spec.place(), "[2001:db8::1]:5433");
        let (spec, _) = parse("postgres://hr@/x?host=/var/run/postgresql&port=5433");
        assert_eq!(spec.place(), "/var/run/postgresql/.s.PGSQL.5433");
        assert_eq!(parse("postgres://hr@%2Fvar%2Frun/x").0.host, "/var/run");
    }

    #[test]
    fn schemas_and_files() {
        let (spec, _) = parse(
            "postgres://hr@db/x?sslrootcert=%2Fetc%2Fca.pem&sslcert=/c.pem&sslkey=/k.pem&options=-c%20search_path%3Dhr,\"Old,%20Stuff\"",
        );
        assert_eq!(spec.ca_file, Some("/etc/ca.pem".into()));
        assert_eq!(spec.client_cert, Some("/c.pem".into()));
        assert_eq!(spec.client_key, Some("/k.pem".into()));
        // libpq splits `options` at blanks that are not escaped.
        assert_eq!(spec.search_path[0], "hr");
        assert_eq!(parse("postgres://hr@db/x?options=-c%20search_path%3DHR").0.search_path, ["hr"]);
        assert_eq!(parse("postgres://hr@db/x?currentSchema=\"HR\",public").0.search_path, ["HR", "public"]);
        assert_eq!(parse("postgres://hr@db/x?search_path=%22a%22%22b%22").0.search_path, ["a\"b"]);
    }

    #[test]
    fn command_lines() {
        let (spec, password) = parse("PGPASSWORD=s3cret psql -h db01 -p 6432 -U readonly_hr example_db");
        assert_eq!(
            (spec.place().as_str(), spec.user.as_str(), spec.database.as_str()),
            ("db01:6432", "readonly_hr", "example_db")
        );
        // What stands before the command is not taken along.
        assert_eq!(password, None);
        let (spec, _) =
            parse("/usr/bin/psql --host=/var/run/postgresql --username hr -d people -c 'select 1'");
        assert_eq!(
            (spec.place().as_str(), spec.database.as_str()),
            ("/var/run/postgresql/.s.PGSQL.5432", "people")
        );
        let (spec, password) = parse("psql postgresql://hr:s3cret@db/x?sslmode=require");
        assert_eq!(
            (spec.host.as_str(), spec.tls, password.as_deref()),
            ("db", TlsMode::Require, Some("s3cret"))
        );
        let (spec, password) = parse("psql \"host=db user=hr dbname=x password='s3 cret' sslmode=disable\"");
        assert_eq!(
            (spec.host.as_str(), spec.tls, password.as_deref()),
            ("db", TlsMode::Off, Some("s3 cret"))
        );
    }

    #[test]
    fn says_what_is_wrong_without_repeating_the_secret() {
        assert_eq!(refused(""), "This connection URL can't be used: it is empty.");
        assert!(refused("oracle://hr:s3cret@db/x").contains("does not know the kind “oracle”"));
        assert!(refused("postgres://hr:s3cret@db:x/y").contains("port"));
        assert!(refused("postgres://hr:s3cret@a,b/y").contains("several servers"));
        assert!(refused("postgres://db/x").contains("no user"));
        assert!(refused("postgres://hr@/x").contains("no host"));
        assert!(refused("postgres://hr:s3cret@db/x?sslmode=maybe").contains("sslmode"));
        for url in [
            "oracle://hr:s3cret@db/x",
            "postgres://hr:s3cret@db:x/y",
            "postgres://hr:s3cret@db/x?sslmode=maybe",
        ] {
            assert!(!refused(url).contains("s3cret"));
        }
    }

    proptest! {
        #[test]
        fn never_panics(url in "(postgres://)?\\PC{0,60}") {
            let _ = SourceSpec::parse_url(&url);
        }

        #[test]
        fn to_url_reads_back(
            host in "[a-z0-9.-]{1,12}|/[a-z/ ]{1,12}|[0-9a-f]{1,4}::[0-9a-f]{1,4}",
            port in 1u16..,
            database in "[^\0]{1,12}",
            user in "[^\0]{1,12}",
            ca in proptest::option::of("[^\0]{1,12}"),
            search_path in proptest::collection::vec("[^\0]{1,8}", 0..3),
            tls in prop_oneof![Just(TlsMode::VerifyFull), Just(TlsMode::Require), Just(TlsMode::Off)],
        ) {
            let ca_file = ca.filter(|ca| ca != "system").map(PathBuf::from);
            let spec = SourceSpec::Postgres(PostgresSpec {
                host, port, database, user, tls, ca_file, search_path, ..PostgresSpec::default()
            });
            let (back, password) = SourceSpec::parse_url(&spec.to_url()).unwrap();
            prop_assert_eq!(back, spec);
            prop_assert!(password.is_none());
        }
    }
}
