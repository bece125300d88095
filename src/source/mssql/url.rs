//! SQL Server's connection URLs, connection strings and command lines, as people paste them: `mssql://` and Go's `sqlserver://`, JDBC,
//! ADO.NET, ODBC, `sqlcmd`.
//!
//! Read leniently, but never to less protection than asked for: one that says nothing of encryption means [`TlsMode::VerifyFull`], and
//! `encrypt=optional` of a string that says nothing else means what it says, [`TlsMode::Off`]. Names and meanings: Microsoft's pages on
//! `SqlConnection.ConnectionString`, on the keywords of the ODBC driver, on the JDBC driver's properties, and go-mssqldb's README.

use std::fmt::Write as _;
use std::path::PathBuf;

use percent_encoding::utf8_percent_encode;
use secrecy::SecretString;

use super::spec::{MSSQL_PORT, MssqlSpec};
use crate::source::pasted::{Opt, Options, PART, Pasted, Server, bad, pairs, parse_port};
use crate::source::{SourceError, TlsMode};

/// Whether a connection string (`Server=…;Database=…`) is one of SQL Server's: it names a driver of its, or, naming none, a server in
/// the words that ADO.NET has for it.
pub(super) fn is_connection_string(pairs: &[(String, String)]) -> bool {
    let value = |wanted: &[&str]| {
        pairs.iter().find(|(name, _)| wanted.contains(&plain(name).as_str())).map(|(_, value)| value)
    };
    match value(&["driver", "provider"]) {
        Some(driver) => {
            let driver = driver.to_lowercase();
            ["sql server", "sqlserver", "sqloledb", "sqlncli", "msoledbsql", "freetds"]
                .iter()
                .any(|own| driver.contains(own))
        }
        None => value(&["server", "datasource", "address", "addr", "networkaddress"]).is_some(),
    }
}

/// Understands a URL, a connection string, or what `sqlcmd` was told.
pub(super) fn parse(pasted: &Pasted<'_>) -> Result<(MssqlSpec, Option<SecretString>), SourceError> {
    let mut found = Found::default();
    match pasted {
        Pasted::Url { rest } => found.url(rest)?,
        Pasted::Pairs(pairs) => found.pairs(pairs)?,
        Pasted::Command(words) => found.command(words)?,
        Pasted::Path(_) => return Err(bad("it is a file, and SQL Server is a server")),
    }
    found.done()
}

/// A property's name without what differs between drivers: `User ID`, `UserId` and `user_id` are one.
fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What was found so far.
#[derive(Default)]
struct Found {
    spec: MssqlSpec,
    password: Option<SecretString>,
    port: Option<u16>,
    instance: Option<String>,
    encrypt: Option<Encrypt>,
    trusting: bool,
}

/// `encrypt=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encrypt {
    No,
    Yes,
    Strict,
}

impl Found {
    fn done(self) -> Result<(MssqlSpec, Option<SecretString>), SourceError> {
        let Self { mut spec, password, port, instance, encrypt, trusting } = self;
        spec.port = port.unwrap_or(MSSQL_PORT);
        if let Some(instance) = instance.filter(|_| !spec.host.contains('\\')) {
            spec.host = format!("{}\\{instance}", spec.host);
        }
        spec.strict = encrypt == Some(Encrypt::Strict);
        spec.tls = match encrypt {
            Some(Encrypt::No) => TlsMode::Off,
            Some(Encrypt::Yes) | None if trusting => TlsMode::Require,
            // Strict believes no one without a good certificate, whatever else is said.
            _ => TlsMode::VerifyFull,
        };
        if spec.computer().is_empty() {
            return Err(bad("it names no host"));
        }
        if spec.user.is_empty() {
            return Err(bad("it names no user"));
        }
        if spec.database.is_empty() {
            return Err(bad("it names no database"));
        }
        let parts = [&spec.host, &spec.user, &spec.database];
        if parts.into_iter().chain(&spec.certificate_name).any(|part| part.contains('\0')) {
            return Err(bad("it holds a zero byte"));
        }
        Ok((spec, password))
    }

    /// Everything after `mssql:`.
    fn url(&mut self, rest: &str) -> Result<(), SourceError> {
        if let Some(rest) = rest.strip_prefix("//")
            && let Some((server, properties)) = jdbc(rest)
        {
            self.server(server, ':')?;
            return self.pairs(&pairs(properties)?);
        }
        let Server { user, password, host, port, database, options } = Server::parse(rest)?;
        self.spec.user = user;
        self.password = password.map(SecretString::from);
        self.port = port;
        self.server(&host, '\0')?;
        for (name, value) in ::url::form_urlencoded::parse(options.as_bytes()) {
            self.property(&name, &value)?;
        }
        if self.spec.database.is_empty() {
            self.spec.database = database;
        } else if !database.is_empty() {
            // Go's form: the path is the instance, and the database one of the options.
            self.instance = Some(database);
        }
        Ok(())
    }

    /// The words after `sqlcmd`.
    fn command(&mut self, words: &[String]) -> Result<(), SourceError> {
        const LONG: &[&str] = &["server", "user-name", "password", "database-name"];
        for word in Options::new(words.to_vec(), "SUPdqQiovhswaltmFfHKrRy", LONG) {
            match word {
                Opt::Short('S', Some(value)) => self.server(&value, ',')?,
                Opt::Short('U', Some(value)) => self.spec.user = value,
                Opt::Short('P', Some(value)) => self.password = Some(SecretString::from(value)),
                Opt::Short('d', Some(value)) => self.spec.database = value,
                Opt::Short('E', _) => return Err(windows()),
                Opt::Short('G', _) => return Err(entra()),
                Opt::Short('N', how) => {
                    self.encrypt = Some(match how.as_deref() {
                        Some("s") => Encrypt::Strict,
                        Some("o") => Encrypt::No,
                        _ => Encrypt::Yes,
                    });
                }
                Opt::Short('C', _) => self.trusting = true,
                Opt::Long(name, Some(value)) => match name.as_str() {
                    "server" => self.server(&value, ',')?,
                    "user-name" => self.spec.user = value,
                    "password" => self.password = Some(SecretString::from(value)),
                    "database-name" => self.spec.database = value,
                    _ => {}
                },
                Opt::Short(..) | Opt::Long(..) | Opt::Name(_) => {}
            }
        }
        Ok(())
    }

    fn pairs(&mut self, pairs: &[(String, String)]) -> Result<(), SourceError> {
        pairs.iter().try_for_each(|(name, value)| self.property(name, value))
    }

    /// A server as it is written: `tcp:host\INSTANCE,1433`. `port` is the sign before a port.
    fn server(&mut self, text: &str, port: char) -> Result<(), SourceError> {
        let text = text.trim();
        let lower = text.to_ascii_lowercase();
        if lower.starts_with("np:") || lower.starts_with(r"\\") || lower.starts_with("lpc:") {
            return Err(bad("it names a pipe or shared memory; name the server's TCP port"));
        }
        if lower.starts_with("(localdb)") {
            return Err(bad("LocalDB is only reached through a pipe; name a server with a TCP port"));
        }
        let text = if lower.starts_with("tcp:") { &text[4..] } else { text };
        let text = match text.strip_prefix('[') {
            Some(v6) => {
                let (host, rest) =
                    v6.split_once(']').ok_or_else(|| bad("a “]” is missing after the address"))?;
                if let Some(number) = rest.strip_prefix([':', ',']) {
                    self.port = Some(parse_port(number)?);
                }
                host
            }
            None => match text.rsplit_once(port) {
                // An address of version 6 holds many of them.
                Some((host, number)) if port != ':' || !host.contains(':') => {
                    self.port = Some(parse_port(number.trim())?);
                    host
                }
                _ => text,
            },
        };
        let text = text.trim();
        let (computer, instance) = match text.split_once('\\') {
            Some((computer, instance)) => (computer, Some(instance)),
            None => (text, None),
        };
        let computer = if matches!(computer, "." | "(local)" | "(LOCAL)") { "localhost" } else { computer };
        self.spec.host = match instance {
            Some(instance) if !instance.is_empty() => format!("{computer}\\{instance}"),
            _ => computer.to_owned(),
        };
        Ok(())
    }

    /// One `name=value`. Names Causeway has no use for (time-outs, pools, applications' names) are passed over.
    fn property(&mut self, name: &str, value: &str) -> Result<(), SourceError> {
        let value = value.trim();
        match plain(name).as_str() {
            "server" | "servername" | "datasource" | "address" | "addr" | "networkaddress" | "host" => {
                self.server(value, ',')?;
            }
            "port" | "portnumber" => self.port = Some(parse_port(value)?),
            "instance" | "instancename" => self.instance = Some(value.to_owned()),
            "database" | "databasename" | "initialcatalog" => value.clone_into(&mut self.spec.database),
            "user" | "userid" | "uid" | "username" => value.clone_into(&mut self.spec.user),
            "password" | "pwd" => {
                self.password = Some(SecretString::from(value)).filter(|_| !value.is_empty());
            }
            "encrypt" | "useencryptionfordata" => self.encrypt = Some(encrypt(value)?),
            "trustservercertificate" => self.trusting = truth(value)?,
            "hostnameincertificate" => {
                self.spec.certificate_name = Some(value.to_owned()).filter(|n| !n.is_empty());
            }
            // `certificate` is Go's word for it.
            "cafile" | "sslrootcert" | "sourceca" | "certificate" => {
                self.spec.ca_file = Some(PathBuf::from(value));
            }
            "trustedconnection" | "integratedsecurity"
                if value.eq_ignore_ascii_case("sspi") || truth(value)? =>
            {
                return Err(windows());
            }
            "authentication" | "fedauth" => match plain(value).as_str() {
                "" | "sqlpassword" | "notspecified" => {}
                "activedirectoryintegrated" | "windows" | "ntlm" => return Err(windows()),
                _ => return Err(entra()),
            },
            "dsn" | "filedsn" => {
                return Err(bad("it names a data source of ODBC; write the server and the database instead"));
            }
            _ => {}
        }
        Ok(())
    }
}

fn windows() -> SourceError {
    bad("it asks for Windows' own sign-in, which Causeway does not have; name a SQL Server login")
}

fn entra() -> SourceError {
    bad("it asks for a sign-in by Microsoft Entra, which Causeway does not have; name a SQL Server login")
}

fn encrypt(value: &str) -> Result<Encrypt, SourceError> {
    match value.to_ascii_lowercase().as_str() {
        "yes" | "true" | "mandatory" | "required" | "1" => Ok(Encrypt::Yes),
        "no" | "false" | "optional" | "disable" | "0" => Ok(Encrypt::No),
        "strict" => Ok(Encrypt::Strict),
        _ => Err(bad("encrypt is none of yes, no, strict")),
    }
}

fn truth(value: &str) -> Result<bool, SourceError> {
    match value.to_ascii_lowercase().as_str() {
        "yes" | "true" | "1" => Ok(true),
        "no" | "false" | "0" | "" => Ok(false),
        _ => Err(bad("something in it that is yes or no is neither")),
    }
}

/// `host:1433` and the properties after it, where it is JDBC's form: all after the first semicolon are properties.
fn jdbc(rest: &str) -> Option<(&str, &str)> {
    let (server, properties) = rest.split_once(';').unwrap_or((rest, ""));
    let all_named = pairs(properties).is_ok();
    // `//host` alone is the same in every form.
    (!server.contains(['@', '/', '?']) && !properties.is_empty() && all_named).then_some((server, properties))
}

/// The connection URL, without any password.
pub(super) fn of(spec: &MssqlSpec) -> String {
    let mut url = format!("mssql://{}@", utf8_percent_encode(&spec.user, PART));
    if spec.host.contains(':') && !spec.host.contains('\\') {
        let _ = write!(url, "[{}]", spec.host);
    } else {
        let _ = write!(url, "{}", utf8_percent_encode(&spec.host, PART));
    }
    if spec.port != MSSQL_PORT {
        let _ = write!(url, ":{}", spec.port);
    }
    let _ = write!(url, "/{}", utf8_percent_encode(&spec.database, PART));
    let mut options = ::url::form_urlencoded::Serializer::new(String::new());
    match spec.tls {
        TlsMode::VerifyFull if spec.strict => {
            options.append_pair("encrypt", "strict");
        }
        TlsMode::VerifyFull => {}
        TlsMode::Require => {
            options.append_pair("trustServerCertificate", "yes");
        }
        TlsMode::Off => {
            options.append_pair("encrypt", "no");
        }
    }
    if let Some(name) = &spec.certificate_name {
        options.append_pair("hostNameInCertificate", name);
    }
    if let Some(file) = &spec.ca_file {
        options.append_pair("caFile", &file.to_string_lossy());
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

    fn parse(text: &str) -> (MssqlSpec, Option<String>) {
        match SourceSpec::parse_url(text).unwrap() {
            (SourceSpec::Mssql(spec), password) => (spec, password.map(|p| p.expose_secret().to_owned())),
            (other, _) => panic!("{other:?}"),
        }
    }

    fn refused(text: &str) -> String {
        SourceSpec::parse_url(text).unwrap_err().to_string()
    }

    /// Host, port, database, user and password.
    fn parts(text: &str) -> (String, u16, String, String, Option<String>) {
        let (spec, password) = parse(text);
        (spec.host, spec.port, spec.database, spec.user, password)
    }

    fn expected(host: &str, port: u16, password: &str) -> (String, u16, String, String, Option<String>) {
        (host.into(), port, "Portal".into(), "reader".into(), Some(password.into()))
    }

    #[test]
    fn every_way_to_write_the_same() {
        for text in [
            "mssql://reader:s3cret@db01:1433/Portal",
            "sqlserver://reader:s3cret@db01?database=Portal",
            "mssql+pyodbc://reader:s3cret@db01/Portal?driver=ODBC+Driver+18+for+SQL+Server",
            "jdbc:sqlserver://db01:1433;databaseName=Portal;user=reader;password=s3cret;",
            "jdbc:sqlserver://;serverName=db01;portNumber=1433;databaseName=Portal;userName=reader;password={s3cret}",
            "sqlserver://db01:1433;database=Portal;user=reader;password=s3cret",
            "Server=tcp:db01,1433;Initial Catalog=Portal;User ID=reader;Password=s3cret;Encrypt=True;",
            "Data Source=db01;Database=Portal;UID=reader;PWD='s3cret'",
            "Driver={ODBC Driver 18 for SQL Server};Server=db01;Database=Portal;UID=reader;PWD={s3cret}",
            "Provider=MSOLEDBSQL;Data Source=db01;Initial Catalog=Portal;User Id=reader;Password=\"s3cret\"",
            "sqlcmd -S tcp:db01,1433 -d Portal -U reader -P s3cret",
            "sqlcmd --server=db01 --database-name Portal --user-name reader --password s3cret",
        ] {
            assert_eq!(parts(text), expected("db01", 1433, "s3cret"), "{text}");
            assert_eq!(parse(text).0.tls, TlsMode::VerifyFull, "{text}");
        }
    }

    #[test]
    fn passwords_that_hold_the_strings_own_signs() {
        let password = "p@ss;w/ö'rd}?#%\"=";
        for text in [
            "Server=db01;Database=Portal;User Id=reader;Password={p@ss;w/ö'rd}}?#%\"=}",
            "Server=db01;Database=Portal;User Id=reader;Password='p@ss;w/ö''rd}?#%\"='",
            "jdbc:sqlserver://db01;databaseName=Portal;user=reader;password={p@ss;w/ö'rd}}?#%\"=};encrypt=true",
            "mssql://reader:p%40ss%3Bw%2F%C3%B6%27rd%7D%3F%23%25%22%3D@db01/Portal",
        ] {
            assert_eq!(parts(text), expected("db01", 1433, password), "{text}");
        }
        // A semicolon in a URL's password does not make it JDBC's form.
        assert_eq!(parts("mssql://reader:s3;cret@db01/Portal"), expected("db01", 1433, "s3;cret"));
    }

    #[test]
    fn instances_ports_and_addresses() {
        for text in [
            r"mssql://reader:s@db01\SQLEXPRESS/Portal",
            "mssql://reader:s@db01%5CSQLEXPRESS/Portal",
            "sqlserver://reader:s@db01/SQLEXPRESS?database=Portal",
            r"jdbc:sqlserver://db01\SQLEXPRESS;databaseName=Portal;user=reader;password=s",
            "jdbc:sqlserver://db01;instanceName=SQLEXPRESS;databaseName=Portal;user=reader;password=s",
            r"Server=db01\SQLEXPRESS;Database=Portal;Uid=reader;Pwd=s",
        ] {
            assert_eq!(parts(text), expected(r"db01\SQLEXPRESS", 1433, "s"), "{text}");
        }
        let text = r"Server=.\SQLEXPRESS,51433;Database=Portal;Uid=reader;Pwd=s";
        assert_eq!(parts(text), expected(r"localhost\SQLEXPRESS", 51433, "s"));
        assert_eq!(parse(text).0.place(), "localhost:51433");
        assert_eq!(parts("mssql://reader:s@[2001:db8::1]:1500/Portal"), expected("2001:db8::1", 1500, "s"));
        assert_eq!(
            parts("Server=2001:db8::1,1500;Database=Portal;Uid=reader;Pwd=s"),
            expected("2001:db8::1", 1500, "s")
        );
        assert_eq!(
            parts("jdbc:sqlserver://[2001:db8::1]:1500;database=Portal;user=reader;password=s"),
            expected("2001:db8::1", 1500, "s")
        );
        assert_eq!(
            parts("Server=(local);Database=Portal;Uid=reader;Pwd=s"),
            expected("localhost", 1433, "s")
        );
    }

    #[test]
    fn encryption_never_means_less_than_was_asked_for() {
        let tls = |options: &str| {
            let spec = parse(&format!("mssql://r@db/x?{options}")).0;
            (spec.tls, spec.strict)
        };
        assert_eq!(tls(""), (TlsMode::VerifyFull, false));
        assert_eq!(tls("encrypt=yes&trustServerCertificate=no"), (TlsMode::VerifyFull, false));
        assert_eq!(tls("encrypt=yes&trustServerCertificate=yes"), (TlsMode::Require, false));
        assert_eq!(tls("TrustServerCertificate=true"), (TlsMode::Require, false));
        assert_eq!(tls("encrypt=no"), (TlsMode::Off, false));
        assert_eq!(tls("encrypt=strict&trustServerCertificate=yes"), (TlsMode::VerifyFull, true));
        let spec =
            parse("Server=db;Database=x;Uid=r;Encrypt=Optional;HostNameInCertificate=sql.corp.example").0;
        assert_eq!((spec.tls, spec.certificate_name.as_deref()), (TlsMode::Off, Some("sql.corp.example")));
        assert!(parse("sqlcmd -S db -d x -U r -Ns").0.strict);
        assert_eq!(parse("sqlcmd -S db -d x -U r -C").0.tls, TlsMode::Require);
        assert!(refused("mssql://r@db/x?encrypt=maybe").contains("encrypt is none of"));
    }

    #[test]
    fn says_what_is_not_possible_without_repeating_the_secret() {
        for (text, why) in [
            ("Server=db;Database=x;Trusted_Connection=yes;Pwd=s3cret", "Windows' own sign-in"),
            ("Server=db;Database=x;Integrated Security=SSPI;Pwd=s3cret", "Windows' own sign-in"),
            (
                "Server=db;Database=x;Authentication=Active Directory Password;UID=a;PWD=s3cret",
                "Microsoft Entra",
            ),
            ("sqlcmd -S db -E -P s3cret", "Windows' own sign-in"),
            ("Server=np:\\\\db\\pipe\\sql;Database=x;Uid=r;Pwd=s3cret", "pipe"),
            ("Server=(localdb)\\MSSQLLocalDB;Database=x;Uid=r;Pwd=s3cret", "LocalDB"),
            ("Driver={SQL Server};DSN=people;Uid=r;Pwd=s3cret", "data source of ODBC"),
            ("Server=db;Uid=r;Pwd=s3cret", "names no database"),
            ("Server=db;Database=x;Pwd=s3cret", "names no user"),
            ("mssql://r:s3cret@/x", "names no host"),
            ("Server=db,99999;Database=x;Uid=r;Pwd=s3cret", "port"),
        ] {
            let told = refused(text);
            assert!(told.contains(why), "{text}: {told}");
            assert!(!told.contains("s3cret"), "{told}");
        }
    }

    #[test]
    fn strings_of_other_drivers_are_not_taken() {
        for text in [
            "Driver={MySQL ODBC 8.0 Unicode Driver};Server=db;Database=x;Uid=r",
            "Host=db;Username=r",
            "people=1.csv",
        ] {
            assert!(!matches!(SourceSpec::parse_url(text), Ok((SourceSpec::Mssql(_), _))), "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "(mssql://|jdbc:sqlserver://|Server=|sqlcmd -S )?\\PC{0,60}") {
            let _ = SourceSpec::parse_url(&text);
        }

        #[test]
        fn to_url_reads_back(
            host in "[a-z0-9.-]{1,12}|[a-z]{1,6}\\\\[A-Z0-9]{1,6}|[0-9a-f]{1,4}::[0-9a-f]{1,4}",
            port in 1u16..,
            database in "[^\0]{1,12}",
            user in "[^\0]{1,12}",
            ca in proptest::option::of("[^\0 ][^\0]{0,10}[^\0 ]"),
            name in proptest::option::of("[a-z.*]{1,12}"),
            tls in prop_oneof![Just((TlsMode::VerifyFull, false)), Just((TlsMode::VerifyFull, true)), Just((TlsMode::Require, false)), Just((TlsMode::Off, false))],
        ) {
            prop_assume!(host != "." && ca.as_deref().is_none_or(|ca| ca.trim() == ca));
            let spec = SourceSpec::Mssql(MssqlSpec {
                host, port, database, user, tls: tls.0, strict: tls.1, ca_file: ca.map(PathBuf::from), certificate_name: name,
            });
            let (back, password) = SourceSpec::parse_url(&spec.to_url()).unwrap();
            prop_assert_eq!(back, spec);
            prop_assert!(password.is_none());
        }
    }
}
