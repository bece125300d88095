//! Connection URLs, as people paste them.
//!
//! Read leniently (a password with an `@` in it, `postgresql://`, `jdbc:postgresql://`, libpq's and JDBC's option names), but never
//! to less protection than asked for: `sslmode` `prefer` and `allow` mean [`TlsMode::Require`], `verify-ca` means
//! [`TlsMode::VerifyFull`], and a URL that says nothing means [`TlsMode::VerifyFull`].

use std::fmt::Write as _;
use std::path::PathBuf;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use secrecy::SecretString;

use super::{PostgresSpec, SourceError, SourceSpec, SqliteSpec, TlsMode};

/// What stays as it is in a part of a URL (RFC 3986, unreserved).
const PART: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// The same, and what a path may hold.
const PATH: &AsciiSet = &PART.remove(b'/').remove(b':');

impl SourceSpec {
    /// Understands a pasted connection URL, or the bare path of a SQLite file. The password, where the URL has one, comes apart.
    pub fn parse_url(text: &str) -> Result<(Self, Option<SecretString>), SourceError> {
        let text = text.trim();
        let text = text.strip_prefix("jdbc:").unwrap_or(text);
        if text.is_empty() {
            return Err(bad("it is empty"));
        }
        let Some((scheme, rest)) = text.split_once(':') else { return sqlite(text) };
        match scheme.to_ascii_lowercase().as_str() {
            "postgres" | "postgresql" => match rest.strip_prefix("//") {
                Some(rest) => postgres(rest),
                None => Err(bad("“//” is missing after the scheme")),
            },
            "sqlite" | "sqlite3" => {
                let path = rest.strip_prefix("//").unwrap_or(rest);
                let path = path.split_once('?').map_or(path, |(path, _)| path);
                sqlite(&decode(path)?)
            }
            "file" if rest.starts_with("//") => sqlite(&decode(&rest[2..])?),
            // `C:\people.db`, or a file name with a colon in it.
            _ if !rest.starts_with("//") => sqlite(text),
            other => Err(bad(&format!("Causeway does not know the kind “{other}”"))),
        }
    }

    /// The connection URL, without any password. [`SourceSpec::parse_url`] reads it back to the same value.
    pub fn to_url(&self) -> String {
        match self {
            Self::Postgres(spec) => postgres_url(spec),
            Self::Sqlite(spec) => {
                let path = spec.path.to_string_lossy();
                let path =
                    if cfg!(windows) { format!("/{}", path.replace('\\', "/")) } else { path.into_owned() };
                // Two slashes begin a URL's authority; a relative path goes without them.
                let slashes = if path.starts_with('/') { "//" } else { "" };
                format!("sqlite:{slashes}{}", utf8_percent_encode(&path, PATH))
            }
        }
    }
}

fn bad(why: &str) -> SourceError {
    SourceError::BadUrl { why: why.to_owned() }
}

fn decode(text: &str) -> Result<String, SourceError> {
    percent_decode_str(text)
        .decode_utf8()
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| bad("something in it is not valid text after decoding its % signs"))
}

fn sqlite(path: &str) -> Result<(SourceSpec, Option<SecretString>), SourceError> {
    let path = if cfg!(windows) && path.len() > 3 && path.starts_with('/') && path.as_bytes()[2] == b':' {
        &path[1..]
    } else {
        path
    };
    if path.is_empty() || path == ":memory:" {
        return Err(bad("it names no file"));
    }
    if path.contains('\0') {
        return Err(bad("a file name can't hold a zero byte"));
    }
    Ok((SourceSpec::Sqlite(SqliteSpec { path: PathBuf::from(path) }), None))
}

/// Everything after `postgres://`.
fn postgres(rest: &str) -> Result<(SourceSpec, Option<SecretString>), SourceError> {
    let mut spec = PostgresSpec::default();
    let mut password = None;
    let mut port = None;

    // A password may hold an @ that was not encoded: the last one before the options counts.
    let options_at = rest.find('?').unwrap_or(rest.len());
    let (user_info, rest) = match rest[..options_at].rfind('@') {
        Some(at) => (Some(&rest[..at]), &rest[at + 1..]),
        None => (None, rest),
    };
    if let Some(user_info) = user_info {
        let (user, secret) = match user_info.split_once(':') {
            Some((user, secret)) => (user, Some(secret)),
            None => (user_info, None),
        };
        spec.user = decode(user)?;
        if let Some(secret) = secret.filter(|s| !s.is_empty()) {
            // A % that is no code stays a %, as browsers do it.
            password = Some(SecretString::from(decode(secret)?));
        }
    }

    let (rest, options) = match rest.split_once('?') {
        Some((rest, options)) => (rest, options),
        None => (rest, ""),
    };
    let (authority, database) = match rest.split_once('/') {
        Some((authority, database)) => (authority, database),
        None => (rest, ""),
    };
    spec.database = decode(database)?;
    if authority.contains(',') {
        return Err(bad("it names several servers; name one"));
    }
    let (host, after) = match authority.strip_prefix('[') {
        Some(v6) => v6.split_once(']').ok_or_else(|| bad("a “]” is missing after the address"))?,
        None => match authority.split_once(':') {
            Some((host, port)) => (host, &authority[authority.len() - port.len() - 1..]),
            None => (authority, ""),
        },
    };
    spec.host = decode(host)?;
    if let Some(text) = after.strip_prefix(':') {
        if !text.is_empty() {
            port = Some(parse_port(text)?);
        }
    } else if !after.is_empty() {
        return Err(bad("the address is followed by something that is not a port"));
    }

    for (name, value) in ::url::form_urlencoded::parse(options.as_bytes()) {
        option(&mut spec, &mut password, &mut port, &name, &value)?;
    }

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
    Ok((SourceSpec::Postgres(spec), password))
}

fn parse_port(text: &str) -> Result<u16, SourceError> {
    text.parse().ok().filter(|port| *port != 0).ok_or_else(|| bad("the port is not a number from 1 to 65535"))
}

/// One `name=value`. Names Causeway has no use for (time-outs, keep-alives, pools) are passed over.
fn option(
    spec: &mut PostgresSpec,
    password: &mut Option<SecretString>,
    port: &mut Option<u16>,
    name: &str,
    value: &str,
) -> Result<(), SourceError> {
    match name {
        "sslmode" | "ssl-mode" | "ssl_mode" => {
            spec.tls = match value {
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
        "ssl" if value == "false" => spec.tls = TlsMode::Off,
        "sslrootcert" | "ssl-root-cert" | "ssl-ca" => {
            // `system` is libpq's word for the computer's own authorities, which are always asked.
            spec.ca_file = (value != "system").then(|| PathBuf::from(value));
        }
        "sslcert" | "ssl-cert" => spec.client_cert = Some(PathBuf::from(value)),
        "sslkey" | "ssl-key" => spec.client_key = Some(PathBuf::from(value)),
        "host" | "hostaddr" => value.clone_into(&mut spec.host),
        "port" => *port = Some(parse_port(value)?),
        "user" => value.clone_into(&mut spec.user),
        "password" => *password = Some(SecretString::from(value)),
        "dbname" => value.clone_into(&mut spec.database),
        "search_path" | "currentSchema" | "schema" | "options[search_path]" => {
            spec.search_path = schemas(value);
        }
        "options" => {
            if let Some(path) = search_path_option(value) {
                spec.search_path = schemas(&path);
            }
        }
        _ => {}
    }
    Ok(())
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
pub(crate) fn schemas(list: &str) -> Vec<String> {
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

fn postgres_url(spec: &PostgresSpec) -> String {
    let mut url = format!("postgres://{}@", utf8_percent_encode(&spec.user, PART));
    if !spec.is_socket() {
        if spec.host.contains(':') {
            let _ = write!(url, "[{}]", spec.host);
        } else {
            let _ = write!(url, "{}", utf8_percent_encode(&spec.host, PART));
        }
    }
    if spec.port != super::spec::POSTGRES_PORT {
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
        let list: Vec<_> = spec.search_path.iter().map(|s| super::sql::quote(s)).collect();
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
    fn sqlite_files() {
        let path = |url: &str| match SourceSpec::parse_url(url).unwrap().0 {
            SourceSpec::Sqlite(spec) => spec.path.to_string_lossy().into_owned(),
            other @ SourceSpec::Postgres(_) => panic!("{other:?}"),
        };
        assert_eq!(path("sqlite:///data/my%20people.db?mode=ro"), "/data/my people.db");
        assert_eq!(path("sqlite:people.db"), "people.db");
        assert_eq!(path("/data/people.db"), "/data/people.db");
        assert_eq!(path(r"C:\data\people.db"), r"C:\data\people.db");
        assert_eq!(path("sqlite:///data/李伟 100%25.db"), "/data/李伟 100%.db");
    }

    #[test]
    fn says_what_is_wrong_without_repeating_the_secret() {
        assert_eq!(refused(""), "This connection URL can't be used: it is empty.");
        assert!(refused("mysql://hr:s3cret@db/x").contains("does not know the kind “mysql”"));
        assert!(refused("postgres://hr:s3cret@db:x/y").contains("port"));
        assert!(refused("postgres://hr:s3cret@a,b/y").contains("several servers"));
        assert!(refused("postgres://db/x").contains("no user"));
        assert!(refused("postgres://hr@/x").contains("no host"));
        assert!(refused("postgres://hr:s3cret@db/x?sslmode=maybe").contains("sslmode"));
        for url in [
            "mysql://hr:s3cret@db/x",
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

        #[test]
        fn file_to_url_reads_back(path in "/?[^\0:/? ][^\0]{0,20}") {
            prop_assume!(!path.starts_with("//") && !path.starts_with("jdbc"));
            let spec = SourceSpec::Sqlite(SqliteSpec { path: path.into() });
            prop_assert_eq!(SourceSpec::parse_url(&spec.to_url()).unwrap().0, spec);
        }
    }
}
