//! SQL Server's and the driver's errors in a person's words. Numbers: Microsoft's list of database engine events and errors
//! (`sys.messages`), and of Azure SQL's connectivity errors.

use std::io::{self, ErrorKind};

use tiberius::error::{Error, TokenError};

use super::spec::MssqlSpec;
use crate::model::said;
use crate::source::error::shortened;
use crate::source::{CertificateFault, SourceError, TlsMode};

/// How long a connection may take, in seconds: the name's look-up, the way, encryption and signing in.
pub(super) const CONNECT_SECONDS: u64 = 10;

/// What stands in messages for what is expected.
const PRODUCT: &str = "SQL Server";

/// Messages that name things and no values: what stands in their quotes stays.
const ABOUT_NAMES: [u32; 25] = [
    102, 105, 156, 207, 208, 209, 229, 230, 258, 262, 297, 300, 916, 1033, 3952, 4060, 4104, 4121, 8120,
    8144, 8156, 15517, 18456, 40615, 40613,
];

/// The server's message and number. Values that it quotes are left out: one may be a password's hash.
fn words(error: &TokenError) -> String {
    let message = error.message();
    let message =
        if ABOUT_NAMES.contains(&error.code()) { message.to_owned() } else { without_quoted(message) };
    shortened(format!("{message} (error {}, state {})", error.code(), error.state()))
}

/// A message without what stands in its quotes: `Conversion failed when converting the nvarchar value '…' to data type int.`
fn without_quoted(message: &str) -> String {
    let mut kept = String::with_capacity(message.len());
    // A value may hold quotes itself: all between the first and the last goes.
    match (message.find(['\'', '"', '(']), message.rfind(['\'', '"', ')'])) {
        (Some(first), Some(last)) if first < last => {
            kept.push_str(&message[..first]);
            kept.push_str("(value left out)");
            kept.push_str(&message[last + 1..]);
        }
        _ => kept.push_str(message),
    }
    kept
}

/// What a driver says, without its advice to programmers.
fn technical(error: &Error) -> String {
    match error {
        Error::Server(server) => words(server),
        Error::Tls(text) => shortened(certificate_words(text).unwrap_or(text).to_owned()),
        Error::Io { message, .. } => shortened(message.clone()),
        // These may quote what was read.
        Error::Conversion(_) => "a value that is not of its column's type".into(),
        other => shortened(other.to_string()),
    }
}

/// Why nothing could be connected to.
pub(super) fn unreachable(error: &io::Error, spec: &MssqlSpec) -> SourceError {
    let place = spec.place();
    let technical = error.to_string();
    match error.kind() {
        ErrorKind::ConnectionRefused => SourceError::Refused { place, technical },
        ErrorKind::TimedOut => SourceError::TimedOut { place, seconds: CONNECT_SECONDS },
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown => {
            SourceError::Unreachable { host: spec.computer().to_owned(), technical }
        }
        _ => SourceError::Other {
            what: format!("The connection to {place} failed."),
            advice: "Look at the technical message, and check host, port and network.".into(),
            technical,
        },
    }
}

/// Why there is no session.
pub(super) fn connecting(error: &Error, spec: &MssqlSpec, given: bool) -> SourceError {
    let place = spec.place();
    let text = technical(error);
    match error {
        Error::Server(server) => refused_by_server(server, text, spec, given),
        Error::Tls(words) => match certificate_fault(words) {
            Some(why) => SourceError::CertificateNotTrusted {
                host: spec.certificate_name.as_deref().unwrap_or(spec.computer()).to_owned(),
                why,
                technical: text,
            },
            None => SourceError::TlsFailed { place, technical: text },
        },
        Error::Protocol(words) if words.contains("encryption level") => SourceError::TlsNotOffered { place },
        // The server has no encryption at all, not even for signing in.
        Error::Io { message, .. } if message.contains("tls handshake eof") => {
            SourceError::TlsNotOffered { place }
        }
        Error::Io { kind: ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted, .. }
            if spec.strict =>
        {
            SourceError::Other {
                what: format!("{place} closed the connection at once."),
                advice: "It may not know strict encryption (TDS 8.0 came with SQL Server 2022): choose “Verify certificate and host”."
                    .into(),
                technical: text,
            }
        }
        Error::Io { kind: ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted, .. } => {
            SourceError::Other {
                what: format!("{place} closed the connection at once."),
                advice: if spec.tls == TlsMode::Off {
                    "Check the port: another program may answer there. It may also be that the server only takes encrypted connections: \
                     switch encryption on."
                } else {
                    "Check the port: another program may answer there, or the server only takes strict encryption (TDS 8.0). Or the \
                     server is just starting or stopping: try again in a minute."
                }
                .into(),
                technical: text,
            }
        }
        Error::Io { kind: ErrorKind::TimedOut, .. } => {
            SourceError::TimedOut { place, seconds: CONNECT_SECONDS }
        }
        _ => SourceError::NotThisProduct { place, product: PRODUCT, technical: text },
    }
}

fn refused_by_server(server: &TokenError, technical: String, spec: &MssqlSpec, given: bool) -> SourceError {
    let user = spec.user.clone();
    let account = |what: &str, advice: &str| SourceError::Other {
        what: what.replace("{user}", &user),
        advice: advice.into(),
        technical: technical.clone(),
    };
    match server.code() {
        18456 => SourceError::WrongPassword { user, given, technical },
        // Windows' own sign-ins only, or a login that may not connect here.
        18450 | 18452 | 18458 | 17892 => SourceError::UserRefused { user, technical },
        18470 => account(
            "The login “{user}” is switched off.",
            "Ask the database's administrators to enable it, or use another login.",
        ),
        18486 => account(
            "The login “{user}” is locked, as after too many wrong passwords.",
            "Ask the database's administrators to unlock it.",
        ),
        18487 | 18488 => account(
            "The password of “{user}” has run out and must be changed.",
            "Change it with your database tool, then test again.",
        ),
        4060 | 911 => SourceError::NoSuchDatabase { database: spec.database.clone(), technical },
        916 => SourceError::NoRight { user, what: format!("database “{}”", spec.database), technical },
        // Azure's firewall.
        40615 | 47073 => SourceError::NotAdmitted { user, encrypted: true, technical },
        18451 | 18461 | 17142 | 6005 | 17809 | 10928 | 10929 | 40197 | 40501 | 40544 | 40549 | 40550
        | 40613 | 49918 | 49919 | 49920 => SourceError::Busy { technical },
        _ => SourceError::Other {
            what: "The server refused the connection.".into(),
            advice: "Look at the server's own message.".into(),
            technical,
        },
    }
}

/// Before and after what rustls says of a certificate in the driver's text.
const CERTIFICATE: &str = "the server's certificate was rejected during the TLS handshake: ";
const ADVICE: &str = " To connect anyway you can: ";

fn certificate_words(text: &str) -> Option<&str> {
    let (_, words) = text.split_once(CERTIFICATE)?;
    Some(words.split(ADVICE).next().unwrap_or(words).trim_end_matches('.'))
}

/// What is wrong with a certificate. The driver only has rustls' words for it (`rustls::CertificateError`'s display).
fn certificate_fault(text: &str) -> Option<CertificateFault> {
    let words = certificate_words(text)?;
    let found = |known: &[&str]| known.iter().any(|known| words.contains(known));
    Some(if found(&["not valid for name", "NotValidForName"]) {
        CertificateFault::OtherHost
    } else if found(&["certificate expired", "Expired"]) {
        CertificateFault::Expired
    } else if found(&["not valid yet", "NotValidYet"]) {
        CertificateFault::NotYetValid
    } else if found(&["Revoked"]) {
        CertificateFault::Revoked
    // An authority's certificate used for a server is how `openssl req -x509` makes self-signed ones.
    } else if found(&["UnknownIssuer", "BadSignature", "CaUsedAsEndEntity", "UnsupportedSignatureAlgorithm"])
    {
        CertificateFault::UnknownAuthority
    } else {
        CertificateFault::Invalid
    })
}

/// What went wrong after the connection was there. `place` is what was read, as messages call it; `read` rows had been handed on.
pub(super) fn query(error: &Error, user: &str, place: &str, seconds: u64, read: u64) -> SourceError {
    let technical = technical(error);
    let server = match error {
        Error::Server(server) => server,
        Error::Io { kind: ErrorKind::TimedOut, .. } => return SourceError::QueryTimedOut { seconds },
        // A packet that ends in its middle.
        Error::Io { message, .. } if message.contains("bytes remaining on stream") => {
            return SourceError::Lost { read, technical };
        }
        Error::Io { kind: ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::Other, .. } => {
            return SourceError::Nonsense { technical };
        }
        Error::Io { .. } | Error::Tls(_) | Error::Routing { .. } => {
            return SourceError::Lost { read, technical };
        }
        Error::Encoding(_) | Error::Utf8 | Error::Utf16 => return SourceError::UnreadableText { technical },
        // A connection that ended in the middle of a value.
        Error::Protocol(words) if words.contains("EOF") || words.contains("end of") => {
            return SourceError::Lost { read, technical };
        }
        _ => return SourceError::Nonsense { technical },
    };
    let message = said(server.message());
    let user = user.to_owned();
    let what = place.to_owned();
    match server.code() {
        208 => SourceError::NoSuchTable {
            table: quoted(&message).unwrap_or(place).trim_matches(['“', '”']).to_owned(),
            technical,
        },
        229 | 230 | 262 | 297 | 300 | 916 => {
            // With own SQL, which of its tables is meant.
            let named = quoted(&message).filter(|_| !place.starts_with('“'));
            SourceError::NoRight { user, what: named.map_or(what, |name| format!("“{name}”")), technical }
        }
        1033 => SourceError::NotAQuery {
            why: "it ends with ORDER BY, which SQL Server does not take inside of another SELECT without TOP"
                .into(),
        },
        1222 => SourceError::Locked { what, technical },
        1205 | 3960 | 3961 => SourceError::Other {
            what: "The database stopped this read in favor of other work.".into(),
            advice: "Read again when less is written.".into(),
            technical,
        },
        // The session was ended, or the server is going down.
        596 | 3624 | 6005 | 17142 | 40197 | 40613 => SourceError::Lost { read, technical },
        10928 | 10929 | 40501 | 40549 | 40550 => SourceError::Busy { technical },
        _ if server.class() >= 20 => SourceError::Lost { read, technical },
        _ => SourceError::QueryFailed { technical },
    }
}

/// The first name in quotes.
fn quoted(message: &str) -> Option<&str> {
    message.split(['\'', '"', '«', '»', '“', '”', '„']).nth(1).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_in_messages_are_left_out() {
        assert_eq!(
            without_quoted(
                "Conversion failed when converting the nvarchar value '$2a$10$a'bc' to data type int."
            ),
            "Conversion failed when converting the nvarchar value (value left out) to data type int."
        );
        assert_eq!(
            without_quoted("The duplicate key value is ($2a$10$abc)."),
            "The duplicate key value is (value left out)."
        );
        assert_eq!(without_quoted("Divide by zero error encountered."), "Divide by zero error encountered.");
    }

    #[test]
    fn what_rustls_says_of_a_certificate_is_understood() {
        use rustls::CertificateError;
        let fault =
            |error: CertificateError| certificate_fault(&format!("{CERTIFICATE}{error}.{ADVICE}(1) trust …"));
        assert_eq!(fault(CertificateError::Expired), Some(CertificateFault::Expired));
        assert_eq!(fault(CertificateError::NotValidYet), Some(CertificateFault::NotYetValid));
        assert_eq!(fault(CertificateError::NotValidForName), Some(CertificateFault::OtherHost));
        assert_eq!(fault(CertificateError::UnknownIssuer), Some(CertificateFault::UnknownAuthority));
        assert_eq!(fault(CertificateError::Revoked), Some(CertificateFault::Revoked));
        assert_eq!(fault(CertificateError::BadEncoding), Some(CertificateFault::Invalid));
        let name = rustls::pki_types::ServerName::try_from("db.example.com").unwrap();
        let other = CertificateError::NotValidForNameContext {
            expected: name,
            presented: vec!["*.corp.example".into()],
        };
        assert_eq!(fault(other), Some(CertificateFault::OtherHost));
        assert_eq!(certificate_fault("received fatal alert: HandshakeFailure"), None);
    }
}
