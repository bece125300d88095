//! What can go wrong with a source, as something the administrator can act on.
//!
//! Three texts for each: what happened (`Display`), what to do next ([`Explain::advice`]), and the driver's own words
//! ([`Explain::technical`]) for one click away. None of them holds a password or a value out of a row.

use std::path::PathBuf;

use thiserror::Error;

use crate::model::Explain;

/// Why a server's certificate was not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateFault {
    /// It has run out.
    Expired,
    /// It is not valid yet: mostly a wrong clock on one of the two computers.
    NotYetValid,
    /// Signed by itself, or by an authority this computer does not know: a company's own.
    UnknownAuthority,
    /// It was made for another host name.
    OtherHost,
    /// Withdrawn by its authority.
    Revoked,
    /// Broken, or of a kind that is not accepted.
    Invalid,
}

impl CertificateFault {
    fn what(self) -> &'static str {
        match self {
            Self::Expired => "has expired",
            Self::NotYetValid => "is not valid yet",
            Self::UnknownAuthority => {
                "is self-signed, or signed by a certificate authority this computer does not know"
            }
            Self::OtherHost => "was made for another host name",
            Self::Revoked => "was revoked by its certificate authority",
            Self::Invalid => "is broken or of a kind that is not accepted",
        }
    }

    fn advice(self) -> &'static str {
        match self {
            Self::Expired => "Ask the database's administrators to renew the certificate.",
            Self::NotYetValid => "Check the date and time of this computer and of the server.",
            Self::UnknownAuthority => {
                "Choose the CA file of your company (ask the database's administrators for it), or, on a network you trust, \
                 choose “Require, don't verify”."
            }
            Self::OtherHost => {
                "Enter the host name that the certificate was made for, or, on a network you trust, choose “Require, don't \
                 verify”."
            }
            Self::Revoked | Self::Invalid => "Ask the database's administrators for a good certificate.",
        }
    }
}

/// What a file that is no SQLite database looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lookalike {
    /// There is nothing in it.
    Empty,
    /// Plain text: CSV, SQL, LDIF, JSON.
    Text,
    /// A ZIP archive or an office document.
    Archive,
    /// A database of SQLite 2, which nothing current reads.
    OldSqlite,
    /// Something else.
    Other,
}

/// What can go wrong with a source. `Display` says what happened; [`Explain::advice`] what to do next;
/// [`Explain::technical`] the driver's own text, for one click away. None of them holds a password.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SourceError {
    /// A pasted URL that can't be understood. The URL itself is left out: it may hold a password.
    #[error("This connection URL can't be used: {why}.")]
    BadUrl {
        /// What is wrong with it.
        why: String,
        /// What it may look like; empty where that is said elsewhere.
        examples: String,
    },
    /// A command-line flag that belongs to another kind of source.
    #[error("--{flag} says nothing about {kind}.")]
    FlagOfOtherKind {
        /// The flag, without its dashes.
        flag: String,
        /// The kind of the source.
        kind: &'static str,
    },
    /// Command-line flags that don't fit the source.
    #[error("These flags can't be used for this source: {why}.")]
    BadFlags {
        /// What is wrong.
        why: &'static str,
    },
    /// The name does not resolve.
    #[error("There is no server called “{host}”.")]
    UnknownHost {
        /// As typed.
        host: String,
        /// The driver's text.
        technical: String,
    },
    /// There is no way to it: no network, no route, a VPN that is off.
    #[error("“{host}” can't be reached from this computer.")]
    Unreachable {
        /// As typed.
        host: String,
        /// The driver's text.
        technical: String,
    },
    /// The computer answers, but nothing listens there.
    #[error("Nothing listens at {place}: the connection was refused.")]
    Refused {
        /// `host:port`, or the path of a socket.
        place: String,
        /// The driver's text.
        technical: String,
    },
    /// No answer within the time given.
    #[error("{place} did not answer within {seconds} seconds.")]
    TimedOut {
        /// `host:port`, or the path of a socket.
        place: String,
        /// How long it was waited for.
        seconds: u64,
    },
    /// Something answers there, but it is not such a database.
    #[error("Something answers at {place}, but it is not {product}.")]
    NotThisProduct {
        /// `host:port`.
        place: String,
        /// What was expected, e.g. `PostgreSQL`.
        product: &'static str,
        /// The driver's text.
        technical: String,
    },
    /// Encryption was asked for and the server has none.
    #[error("The server at {place} does not offer encryption (TLS).")]
    TlsNotOffered {
        /// `host:port`.
        place: String,
    },
    /// The server's certificate is not believed.
    #[error("The certificate of “{host}” {}.", why.what())]
    CertificateNotTrusted {
        /// As typed.
        host: String,
        /// Why not.
        why: CertificateFault,
        /// The driver's text.
        technical: String,
    },
    /// Encryption was offered, but the two sides could not agree.
    #[error("No encrypted connection to {place} came about.")]
    TlsFailed {
        /// `host:port`.
        place: String,
        /// The driver's text.
        technical: String,
    },
    /// A CA, certificate or key file that can't be read or is not what it should be.
    #[error("The {what} “{}” can't be used: {why}.", path.display())]
    CertificateFile {
        /// `CA file`, `client certificate` or `client key`.
        what: &'static str,
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The server wants a client certificate, or does not accept the one it got.
    #[error("The server wants a client certificate it knows, and did not get one.")]
    ClientCertificate {
        /// The server's text.
        technical: String,
    },
    /// The user name or the password is wrong (servers do not say which).
    #[error("{}", if *.given {
        format!("The server refused the password of “{user}”.")
    } else {
        format!("The server wants a password for “{user}”.")
    })]
    WrongPassword {
        /// The database user.
        user: String,
        /// Whether a password was given at all.
        given: bool,
        /// The server's text.
        technical: String,
    },
    /// The server knows no such user, or does not believe who this is without a password.
    #[error("The server does not let “{user}” in.")]
    UserRefused {
        /// The database user.
        user: String,
        /// The server's text.
        technical: String,
    },
    /// The user signs in by a method that Causeway does not know.
    #[error("“{user}” signs in by a method that Causeway does not know: {method}.")]
    SignInMethod {
        /// The database user.
        user: String,
        /// The method, as the server calls it.
        method: String,
        /// The server's or the driver's text.
        technical: String,
    },
    /// The server's own list of who may connect from where leaves this one out.
    #[error("The server does not accept “{user}” from this computer.")]
    NotAdmitted {
        /// The database user.
        user: String,
        /// Whether this connection was encrypted.
        encrypted: bool,
        /// The server's text.
        technical: String,
    },
    /// No database of that name on the server.
    #[error("There is no database called “{database}” on this server.")]
    NoSuchDatabase {
        /// As typed.
        database: String,
        /// The server's text.
        technical: String,
    },
    /// No schema of that name in the database.
    #[error("There is no schema called “{schema}” in this database.")]
    NoSuchSchema {
        /// As typed.
        schema: String,
    },
    /// The server is there but takes no one now: starting, stopping, full.
    #[error("The server takes no new connections at the moment.")]
    Busy {
        /// The server's text.
        technical: String,
    },
    /// A table or view that is not there (any more).
    #[error("There is no table or view called “{table}”.")]
    NoSuchTable {
        /// As people write it.
        table: String,
        /// The driver's text.
        technical: String,
    },
    /// A column that is not there (any more).
    #[error("There is no column called “{column}” in {place}.")]
    NoSuchColumn {
        /// Its name.
        column: String,
        /// `“schema.table”`, or `your SQL`.
        place: String,
    },
    /// The user may not read it.
    #[error("“{user}” has no right to read {what}.")]
    NoRight {
        /// The database user.
        user: String,
        /// What was to be read, e.g. `“public.users”`.
        what: String,
        /// The server's text.
        technical: String,
    },
    /// Row security would leave people out without a word.
    #[error("Row security would hide some rows of {what} from “{user}”.")]
    RowSecurity {
        /// The database user.
        user: String,
        /// What was to be read.
        what: String,
        /// The server's text.
        technical: String,
    },
    /// Own SQL that is not a SELECT.
    #[error("This is not one complete SELECT: {why}.")]
    NotAQuery {
        /// What is wrong with it.
        why: String,
    },
    /// Own SQL of several statements.
    #[error("This SQL holds more than one statement.")]
    ManyStatements,
    /// Own SQL that writes. The session is read-only anyway; nothing was changed.
    #[error("This SQL would change something ({what}). Nothing was changed.")]
    WritingQuery {
        /// What would write, e.g. `DELETE`.
        what: String,
    },
    /// The database does not understand the SQL, or fails in it.
    #[error("The database can't run this SQL.")]
    QueryFailed {
        /// The driver's text, quoted values left out.
        technical: String,
    },
    /// The query took longer than a question may take.
    #[error("The database took too long to answer (more than {seconds} seconds).")]
    QueryTimedOut {
        /// How long it was waited for.
        seconds: u64,
    },
    /// An answer that no such server gives.
    #[error("The server's answer makes no sense.")]
    Nonsense {
        /// What is wrong with it.
        technical: String,
    },
    /// More than Causeway takes in for one question.
    #[error("The server sends more than any answer should hold, and was cut off.")]
    TooMuch {
        /// More than what.
        technical: String,
    },
    /// The server is there, but says nothing more.
    #[error("The server stopped answering (after {seconds} seconds).")]
    NoAnswer {
        /// How long it was waited for.
        seconds: u64,
    },
    /// Text that the database itself can't turn into Unicode.
    #[error("The database holds text that it can't turn into Unicode itself.")]
    UnreadableText {
        /// The server's text, without the value.
        technical: String,
    },
    /// The file is not there.
    #[error("There is no file “{}”.", path.display())]
    FileMissing {
        /// As typed.
        path: PathBuf,
    },
    /// It is a folder.
    #[error("“{}” is a folder, not a database file.", path.display())]
    FileIsFolder {
        /// As typed.
        path: PathBuf,
    },
    /// The operating system does not let us read it.
    #[error("“{}” can't be opened for reading.", path.display())]
    FileRefused {
        /// As typed.
        path: PathBuf,
        /// The operating system's text.
        technical: String,
    },
    /// Some other kind of file.
    #[error("“{}” is not a SQLite database{}.", path.display(), match looks {
        Lookalike::Empty => ": it is empty",
        Lookalike::Text => ": it looks like a text file",
        Lookalike::Archive => ": it looks like an archive or an office document",
        Lookalike::OldSqlite => " of today: it was made by SQLite 2",
        Lookalike::Other => "",
    })]
    NotADatabase {
        /// As typed.
        path: PathBuf,
        /// What it looks like.
        looks: Lookalike,
    },
    /// No SQLite header, but blocks of noise, as SQLCipher and its like write them.
    #[error("“{}” looks like an encrypted database.", path.display())]
    Encrypted {
        /// As typed.
        path: PathBuf,
    },
    /// A SQLite database, but broken.
    #[error("The database file “{}” is damaged.", path.display())]
    Damaged {
        /// As typed.
        path: PathBuf,
        /// SQLite's text.
        technical: String,
    },
    /// A database that was not closed well, in a place where its last changes can't be taken in.
    #[error("The database “{}” has unfinished changes beside it that can't be taken in here.", path.display())]
    NeedsRecovery {
        /// As typed.
        path: PathBuf,
        /// SQLite's text.
        technical: String,
    },
    /// Another program has it locked.
    #[error("Another program has locked {what}.")]
    Locked {
        /// What is locked.
        what: String,
        /// The driver's text.
        technical: String,
    },
    /// The connection went away while reading.
    #[error("The connection to the database was lost after {read} rows.")]
    Lost {
        /// Rows that had been read and handed on.
        read: u64,
        /// The driver's text.
        technical: String,
    },
    /// Anything not told apart.
    #[error("{what}")]
    Other {
        /// What happened.
        what: String,
        /// What to do.
        advice: String,
        /// The driver's text.
        technical: String,
    },
}

impl Explain for SourceError {
    fn advice(&self) -> String {
        match self {
            Self::BadUrl { examples, .. } => format!(
                "It should look like {examples}. Signs such as @ : / ? # in a user name or password are written as %40 %3A %2F %3F %23."
            ),
            Self::FlagOfOtherKind { .. } => "Leave the flag out, or check that --source names what you mean.".into(),
            Self::BadFlags { .. } => "Check the flags that describe the source.".into(),
            Self::UnknownHost { .. } => {
                "Check the spelling. If the name is only known inside your network, connect to it (VPN) first.".into()
            }
            Self::Unreachable { .. } => "Check the network cable, Wi-Fi or VPN of this computer, then test again.".into(),
            Self::Refused { .. } => {
                "Check the port, and that the database server runs and accepts connections from other computers.".into()
            }
            Self::TimedOut { .. } => {
                "A firewall may be in between, or the host or port is wrong. Ask whether this computer may reach the database."
                    .into()
            }
            Self::Nonsense { .. } => "Check the port: another program may answer there, or something on the way changes its answers. Nothing was saved."
                .into(),
            Self::TooMuch { .. } => "Make sure that this is your database's server. If it is, name the schemas to look at, or give a \
                 SELECT of your own with fewer columns."
                .into(),
            Self::NoAnswer { .. } => {
                "Try again when the server has less to do. If it stays silent, ask its administrators.".into()
            }
            Self::NotThisProduct { product, .. } => format!("Check the port, and that the server really is {product}."),
            Self::TlsNotOffered { .. } => "Ask for TLS to be switched on at the server. On this same computer or a network you trust, \
                 choose “Off”: password hashes then travel in the clear."
                .into(),
            Self::CertificateNotTrusted { why, .. } => why.advice().into(),
            Self::TlsFailed { .. } => "The server may only know outdated encryption. Ask for TLS 1.2 or newer to be enabled.".into(),
            Self::CertificateFile { .. } => "Choose a file in PEM format (it begins with -----BEGIN) that you may read.".into(),
            Self::ClientCertificate { .. } => {
                "Choose the client certificate and its key that the database's administrators made for you.".into()
            }
            Self::WrongPassword { given: true, .. } => "Check the user name and type the password again.".into(),
            Self::WrongPassword { given: false, .. } => "Enter the password of this database user.".into(),
            Self::UserRefused { .. } => {
                "Check the user name, or ask for a database user that signs in with a password.".into()
            }
            Self::SignInMethod { .. } => "Ask for a database user that signs in with a password (in MySQL: caching_sha2_password, \
                 sha256_password or mysql_native_password)."
                .into(),
            Self::NotAdmitted { encrypted, .. } => {
                let mut advice = "Ask the database's administrators to let this user connect to this database from this computer \
                     (in PostgreSQL: a line in pg_hba.conf)."
                    .to_owned();
                if !encrypted {
                    advice.push_str(" It may also be that the server only accepts encrypted connections: switch encryption on.");
                }
                advice
            }
            Self::NoSuchDatabase { .. } => "Check the spelling; large and small letters count.".into(),
            Self::NoSuchSchema { .. } => "Check the spelling of the schema, or leave it empty.".into(),
            Self::Busy { .. } => "Wait a minute and test again.".into(),
            Self::NoSuchTable { .. } => {
                "It may have been renamed or removed. Test the connection again and choose from the list.".into()
            }
            Self::NoSuchColumn { .. } => {
                "It may have been renamed or removed. Open the Map step again and choose another column, or take it out.".into()
            }
            Self::NoRight { what, user, .. } => {
                format!("Ask for the right to read it (GRANT SELECT on {what} to {user}), or use another database user.")
            }
            Self::RowSecurity { .. } => {
                "People must not go missing unseen, so nothing was read. Use a database user that row security does not \
                 apply to (the table's owner, or one with BYPASSRLS)."
                    .into()
            }
            Self::NotAQuery { .. } => "Write one SELECT, or one WITH … SELECT.".into(),
            Self::ManyStatements => "Keep one SELECT and remove the others.".into(),
            Self::WritingQuery { .. } => "Write one SELECT that only reads.".into(),
            Self::QueryFailed { .. } => "Look at the database's own message, and try the SQL in your database tool.".into(),
            Self::QueryTimedOut { .. } => {
                "Try again when the database is less busy, or make the SQL simpler (an index on the column asked for helps).".into()
            }
            Self::UnreadableText { .. } => {
                "Find and fix the rows in question, or read with your own SQL that leaves the column out.".into()
            }
            Self::FileMissing { .. } => "Choose the file again; it may have been moved or renamed.".into(),
            Self::FileIsFolder { .. } => "Choose the database file inside it.".into(),
            Self::FileRefused { .. } => "Make the file readable for your user, or copy it to a folder of your own.".into(),
            Self::NotADatabase { looks: Lookalike::OldSqlite, .. } => {
                "Convert it with the old sqlite program (.dump) and a new sqlite3.".into()
            }
            Self::NotADatabase { .. } => "Choose another file.".into(),
            Self::Encrypted { .. } => {
                "Export it without encryption with the program it belongs to, and delete the copy afterwards.".into()
            }
            Self::Damaged { .. } => {
                "Take a good copy from a backup, or recover what can be recovered with sqlite3's .recover.".into()
            }
            Self::NeedsRecovery { .. } => "Copy the file together with the files of the same name ending in -wal or -journal to a folder \
                 where you may write, open the copy once with its own program or with sqlite3, close it, and choose the copy."
                .into(),
            Self::Locked { .. } => "Wait until the other program is done, or close it, and try again.".into(),
            Self::Lost { .. } => {
                "Nothing was lost in Causeway. Check the server and the network, then read again from the start.".into()
            }
            Self::Other { advice, .. } => advice.clone(),
        }
    }

    fn technical(&self) -> Option<&str> {
        match self {
            Self::UnknownHost { technical, .. }
            | Self::Unreachable { technical, .. }
            | Self::Refused { technical, .. }
            | Self::NotThisProduct { technical, .. }
            | Self::CertificateNotTrusted { technical, .. }
            | Self::TlsFailed { technical, .. }
            | Self::ClientCertificate { technical }
            | Self::WrongPassword { technical, .. }
            | Self::UserRefused { technical, .. }
            | Self::SignInMethod { technical, .. }
            | Self::NotAdmitted { technical, .. }
            | Self::NoSuchDatabase { technical, .. }
            | Self::Busy { technical }
            | Self::NoSuchTable { technical, .. }
            | Self::NoRight { technical, .. }
            | Self::RowSecurity { technical, .. }
            | Self::QueryFailed { technical }
            | Self::UnreadableText { technical }
            | Self::Nonsense { technical }
            | Self::TooMuch { technical }
            | Self::FileRefused { technical, .. }
            | Self::Damaged { technical, .. }
            | Self::NeedsRecovery { technical, .. }
            | Self::Locked { technical, .. }
            | Self::Lost { technical, .. }
            | Self::Other { technical, .. } => (!technical.is_empty()).then_some(technical),
            _ => None,
        }
    }
}

impl SourceError {
    /// Whether nothing at all came back from the server, as when the network is gone.
    pub(crate) fn nobody_answered(&self) -> bool {
        matches!(
            self,
            Self::UnknownHost { .. }
                | Self::Unreachable { .. }
                | Self::Refused { .. }
                | Self::TimedOut { .. }
        )
    }
}

/// The most characters of a server's own words that are kept.
const LONGEST_WORDS: usize = crate::model::LONGEST_SAID;

/// A server's own words, cut where they are too long for anyone to read, and without control characters.
pub(crate) fn shortened(text: String) -> String {
    let plain = |c: &char| *c == '\n' || !c.is_control();
    if text.chars().nth(LONGEST_WORDS).is_none() && text.chars().all(|c| plain(&c)) {
        return text;
    }
    let mut kept: String = text.chars().filter(plain).take(LONGEST_WORDS + 1).collect();
    if let Some((at, _)) = kept.char_indices().nth(LONGEST_WORDS) {
        kept.truncate(at);
        kept.push('…');
    }
    kept
}

/// A server's message without the values it quotes.
///
/// PostgreSQL puts values after a colon (`invalid input syntax for type integer: "$2a$10$…"`), and a value may be a password's
/// hash. Names of tables and columns stand before the colon and stay. `about_values` says that the message is about a value
/// (SQLSTATE classes 22 and 23): then all after the colon goes, for in other languages the quotes look different.
pub(crate) fn without_values(message: &str, about_values: bool) -> String {
    let cut = if about_values { message.find([':', '：']) } else { message.find(": \"") };
    match cut {
        Some(at) => format!("{}: (value left out)", message[..at].trim_end()),
        None => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_in_server_messages_are_left_out() {
        for about_values in [true, false] {
            assert_eq!(
                without_values("invalid input syntax for type integer: \"$2a$10$abc\"", about_values),
                "invalid input syntax for type integer: (value left out)"
            );
        }
        assert_eq!(
            without_values("syntaxe en entrée invalide pour le type integer : « $2a$10$abc »", true),
            "syntaxe en entrée invalide pour le type integer: (value left out)"
        );
        let column = "column \"emial\" does not exist";
        assert_eq!(without_values(column, false), column);
    }

    #[test]
    fn tells_a_missing_password_from_a_wrong_one() {
        let wrong = |given| SourceError::WrongPassword { user: "hr".into(), given, technical: String::new() };
        assert_eq!(wrong(true).to_string(), "The server refused the password of “hr”.");
        assert_eq!(wrong(false).to_string(), "The server wants a password for “hr”.");
        assert_ne!(wrong(true).advice(), wrong(false).advice());
        assert_eq!(wrong(true).technical(), None);
    }
}
