//! Why there is no connection to a server, as far as that is the same for every kind: the network, the encryption, another program.

use std::error::Error;
use std::io::ErrorKind;

use rustls::{AlertDescription, CertificateError};

use super::error::{CertificateFault, SourceError};

/// How long a connection may take, in seconds: the name's look-up, the way, encryption and signing in.
pub(crate) const CONNECT_SECONDS: u64 = 10;

/// What was wanted.
#[derive(Debug)]
pub(crate) struct Wanted<'a> {
    /// The host, as typed.
    pub(crate) host: &'a str,
    /// Where it is, for messages.
    pub(crate) place: String,
    /// What should be there.
    pub(crate) product: &'static str,
}

/// Why there is no connection, where it was not the server itself that said so. `text` is the driver's own.
pub(crate) fn failed(error: sqlx::Error, wanted: &Wanted<'_>, text: String) -> SourceError {
    let Wanted { host, place, product } = wanted;
    let (place, product) = (place.clone(), *product);
    if let Some(tls) = tls_cause(&error) {
        return tls_failed(tls, text, wanted);
    }
    match error {
        sqlx::Error::Tls(error) if error.to_string().contains("does not support TLS") => {
            SourceError::TlsNotOffered { place }
        }
        sqlx::Error::Tls(_) => SourceError::TlsFailed { place, technical: text },
        sqlx::Error::Protocol(_) => {
            SourceError::NotThisProduct { place, product, technical: text }
        }
        sqlx::Error::Io(error) => match error.kind() {
            ErrorKind::ConnectionRefused | ErrorKind::NotFound => {
                SourceError::Refused { place, technical: text }
            }
            ErrorKind::TimedOut => SourceError::TimedOut { place, seconds: CONNECT_SECONDS },
            ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown => {
                SourceError::Unreachable { host: (*host).to_owned(), technical: text }
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

fn tls_failed(error: &rustls::Error, technical: String, wanted: &Wanted<'_>) -> SourceError {
    let Wanted { host, place, product } = wanted;
    let (place, product) = (place.clone(), *product);
    match error {
        rustls::Error::InvalidCertificate(fault) => SourceError::CertificateNotTrusted {
            host: (*host).to_owned(),
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
        // What came back was no TLS at all, and no such database either.
        rustls::Error::InvalidMessage(_) => SourceError::NotThisProduct { place, product, technical },
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
