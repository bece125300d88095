//! PostgreSQL's and the driver's errors in a person's words. Codes: appendix A of PostgreSQL's documentation.

use sqlx::postgres::PgDatabaseError;

use super::spec::PostgresSpec;
use crate::model::said;
use crate::source::error::{shortened, without_values};
use crate::source::guard::{Overflow, too_much};
use crate::source::{SourceError, TlsMode, reach};

fn database(error: &sqlx::Error) -> Option<&PgDatabaseError> {
    error.as_database_error()?.try_downcast_ref()
}

/// The server's message and code. Never its detail: that shows rows.
fn technical(error: &sqlx::Error) -> String {
    let Some(error) = database(error) else { return shortened(error.to_string()) };
    let code = error.code();
    let about_values = code.starts_with("22") || code.starts_with("23");
    let mut text = format!("{} (SQLSTATE {code})", without_values(error.message(), about_values));
    if let Some(hint) = error.hint() {
        text.push_str("\nHint: ");
        text.push_str(hint);
    }
    shortened(text)
}

/// A pooler that does not take options at the start of a session.
pub(super) fn is_unsupported_option(error: &sqlx::Error) -> bool {
    database(error).is_some_and(|e| e.code() == "08P01" && e.message().contains("startup parameter"))
}

/// Why there is no connection.
pub(super) fn connecting(error: sqlx::Error, spec: &PostgresSpec, given: bool) -> SourceError {
    let text = technical(&error);
    let place = spec.place();
    if let Some(server) = database(&error) {
        return refused_by_server(server, text, spec, given);
    }
    reach::failed(error, &reach::Wanted { host: &spec.host, place, product: "PostgreSQL" }, text)
}

fn refused_by_server(
    server: &PgDatabaseError,
    technical: String,
    spec: &PostgresSpec,
    given: bool,
) -> SourceError {
    let message = server.message();
    let user = spec.user.clone();
    match server.code() {
        "28P01" => SourceError::WrongPassword { user, given, technical },
        "28000" if message.contains("pg_hba.conf") => SourceError::NotAdmitted {
            user,
            encrypted: !spec.is_socket() && spec.tls != TlsMode::Off,
            technical,
        },
        "28000" if message.contains("certificate") => SourceError::ClientCertificate { technical },
        "28000" => SourceError::UserRefused { user, technical },
        "3D000" => SourceError::NoSuchDatabase { database: spec.database.clone(), technical },
        // PgBouncer's words for the same.
        "08P01" if message.contains("no such database") => {
            SourceError::NoSuchDatabase { database: spec.database.clone(), technical }
        }
        "08P01" if message.contains("no such user") => SourceError::UserRefused { user, technical },
        "42501" => {
            SourceError::NoRight { user, what: format!("database “{}”", spec.database), technical }
        }
        "57P01" | "57P02" | "57P03" | "55000" => SourceError::Busy { technical },
        code if code.starts_with("53") => SourceError::Busy { technical },
        _ => SourceError::Other {
            what: "The server refused the connection.".into(),
            advice: "Look at the server's own message.".into(),
            technical,
        },
    }
}

/// What went wrong after the connection was there. `place` is what was read, as messages call it; `read` rows had been handed on.
pub(super) fn query(error: &sqlx::Error, user: &str, place: &str, seconds: u64, read: u64) -> SourceError {
    let technical = technical(error);
    let Some(server) = database(error) else {
        return match error {
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) => SourceError::Lost { read, technical },
            sqlx::Error::Decode(inner) if inner.is::<Overflow>() => too_much(&technical),
            sqlx::Error::Protocol(_) | sqlx::Error::Decode(_) => SourceError::Nonsense { technical },
            _ => SourceError::QueryFailed { technical },
        };
    };
    let message = said(server.message());
    let message = message.as_str();
    let user = user.to_owned();
    let what = place.to_owned();
    match server.code() {
        "42P01" | "3F000" => SourceError::NoSuchTable {
            table: quoted(message).unwrap_or(place).trim_matches(['“', '”']).to_owned(),
            technical,
        },
        "42501" if message.contains("row-level security") => {
            SourceError::RowSecurity { user, what, technical }
        }
        // `permission denied for table users`: with own SQL, which of its tables is meant.
        "42501" => {
            let named = message.rsplit_once(" for ").map(|(_, named)| named.trim_start_matches("relation "));
            let what = if place.starts_with('“') { what } else { named.unwrap_or(place).to_owned() };
            SourceError::NoRight { user, what, technical }
        }
        "25006" => {
            let what = message.strip_prefix("cannot execute ").and_then(|m| m.split(" in a ").next());
            SourceError::WritingQuery { what: what.unwrap_or("it writes").to_owned() }
        }
        "57014" => SourceError::QueryTimedOut { seconds },
        "55P03" => SourceError::Locked { what, technical },
        "22021" | "22P05" => SourceError::UnreadableText { technical },
        "40001" | "40P01" => SourceError::Other {
            what: "The database stopped this read in favor of other work.".into(),
            advice: "Read again; on a replica, read from the main server, or when less is written.".into(),
            technical,
        },
        "57P01" | "57P02" | "57P03" | "57P04" | "57P05" | "25P03" => SourceError::Lost { read, technical },
        code if code.starts_with("08") => SourceError::Lost { read, technical },
        _ => SourceError::QueryFailed { technical },
    }
}

/// The first name in quotes, in whatever language the server speaks.
fn quoted(message: &str) -> Option<&str> {
    const QUOTES: [char; 6] = ['"', '»', '«', '“', '”', '„'];
    message.split(QUOTES).nth(1).map(str::trim)
}
