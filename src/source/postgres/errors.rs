//! PostgreSQL's and the driver's errors in a person's words. Codes: appendix A of PostgreSQL's documentation.

use std::error::Error;
use std::io::ErrorKind;

use rustls::{AlertDescription, CertificateError};
use sqlx::postgres::PgDatabaseError;

use super::spec::PostgresSpec;
use crate::model::said;
use crate::source::CertificateFault;
use crate::source::error::{shortened, without_values};
use crate::source::guard::{Overflow, too_much};
use crate::source::{SourceError, TlsMode};

/// How long a connection may take, in seconds: the name's look-up, the way, encryption and signing in.
pub(super) const CONNECT_SECONDS: u64 = 10;

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
    if let Some(tls) = tls_cause(&error) {
        return tls_failed(tls, text, spec);
    }
    match error {
        sqlx::Error::Tls(error) if error.to_string().contains("does not support TLS") => {
            SourceError::TlsNotOffered { place }
        }
        sqlx::Error::Tls(_) => SourceError::TlsFailed { place, technical: text },
        sqlx::Error::Protocol(_) => {
            SourceError::NotThisProduct { place, product: "PostgreSQL", technical: text }
        }
        sqlx::Error::Io(error) => match error.kind() {
            ErrorKind::ConnectionRefused | ErrorKind::NotFound => {
                SourceError::Refused { place, technical: text }
            }
            ErrorKind::TimedOut => SourceError::TimedOut { place, seconds: CONNECT_SECONDS },
            ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown => {
                SourceError::Unreachable { host: spec.host.clone(), technical: text }
            }
            ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted => {
                SourceError::Other {
                    what: format!("{place} closed the connection at once."),
                    advice: "Check the port: another program may answer there. Or the server is just starting or stopping: try again in a minute."
                        .into(),
                    technical: text,
                }
            }
            _ => SourceError::Other {
                what: format!("The connection to {place} failed."),
                advice: "Look at the technical message, and check host, port and network.".into(),
                technical: text,
            },
        },
        _ => SourceError::Other {
            what: format!("The connection to {place} failed."),
            advice: "Look at the technical message; the server may use a way to sign in that Causeway does not know.".into(),
            technical: text,
        },
    }
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

/// rustls' error, however deep it is wrapped.
fn tls_cause(error: &sqlx::Error) -> Option<&rustls::Error> {
    let mut cause: Option<&(dyn Error + 'static)> = match error {
        sqlx::Error::Tls(error) => Some(error.as_ref()),
        sqlx::Error::Io(error) => Some(error),
        _ => None,
    };
    while let Some(error) = cause {
        if let Some(tls) = error.downcast_ref::<rustls::Error>() {
            return Some(tls);
        }
        // An io::Error's `source` skips the error it was made from.
        cause = match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

fn tls_failed(error: &rustls::Error, technical: String, spec: &PostgresSpec) -> SourceError {
    let place = spec.place();
    match error {
        rustls::Error::InvalidCertificate(fault) => SourceError::CertificateNotTrusted {
            host: spec.host.clone(),
            why: certificate_fault(fault),
            technical,
        },
        rustls::Error::AlertReceived(
            AlertDescription::BadCertificate
            | AlertDescription::CertificateRequired
            | AlertDescription::CertificateUnknown
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateRevoked
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied
            | AlertDescription::DecryptError,
        ) => SourceError::ClientCertificate { technical },
        // What came back was no TLS at all, and no PostgreSQL either: it said `S` to the question for TLS by chance.
        rustls::Error::InvalidMessage(_) => {
            SourceError::NotThisProduct { place, product: "PostgreSQL", technical }
        }
        _ => SourceError::TlsFailed { place, technical },
    }
}

fn certificate_fault(error: &CertificateError) -> CertificateFault {
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => CertificateFault::Expired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            CertificateFault::NotYetValid
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            CertificateFault::OtherHost
        }
        // An authority of that name is known, but it is another one: its key does not fit.
        CertificateError::UnknownIssuer
        | CertificateError::BadSignature
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            CertificateFault::UnknownAuthority
        }
        CertificateError::Revoked => CertificateFault::Revoked,
        // An authority's certificate used for a server: how `openssl req -x509` makes self-signed ones.
        CertificateError::Other(other) if format!("{other:?}").contains("CaUsedAsEndEntity") => {
            CertificateFault::UnknownAuthority
        }
        _ => CertificateFault::Invalid,
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
