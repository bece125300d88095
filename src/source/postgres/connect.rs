//! One connection, and why there is none.

use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{ConnectOptions, PgConnection};

use super::errors;
use super::spec::PostgresSpec;
use crate::source::{SourceError, TlsMode};

/// Connects. One connection and not a pool: a pool would try again and again and turn every cause into a time-out.
pub(super) async fn connect(
    spec: &PostgresSpec,
    password: Option<&SecretString>,
) -> Result<PgConnection, SourceError> {
    let options = options(spec, password).await?;
    let connect = async {
        if !spec.is_socket() {
            resolve(spec).await?;
        }
        // Refused to write from the first moment on, even outside a transaction.
        let read_only = options.clone().options([("default_transaction_read_only", "on")]);
        match read_only.connect().await {
            // A pooler (PgBouncer) that takes no such options; every transaction is read-only anyway.
            Err(error) if errors::is_unsupported_option(&error) => options.connect().await,
            other => other,
        }
        .map_err(|error| errors::connecting(error, spec, password.is_some()))
    };
    tokio::time::timeout(Duration::from_secs(errors::CONNECT_SECONDS), connect).await.unwrap_or_else(|_| {
        Err(SourceError::TimedOut { place: spec.place(), seconds: errors::CONNECT_SECONDS })
    })
}

/// Tells an unknown name from everything else that can go wrong on the way.
async fn resolve(spec: &PostgresSpec) -> Result<(), SourceError> {
    let unknown = |technical: String| SourceError::UnknownHost { host: spec.host.clone(), technical };
    match tokio::net::lookup_host((spec.host.as_str(), spec.port)).await {
        Ok(mut addresses) => match addresses.next() {
            Some(_) => Ok(()),
            None => Err(unknown("the name has no address".into())),
        },
        Err(error) => Err(unknown(error.to_string())),
    }
}

async fn options(
    spec: &PostgresSpec,
    password: Option<&SecretString>,
) -> Result<PgConnectOptions, SourceError> {
    let mut options = PgConnectOptions::new_without_pgpass()
        .port(spec.port)
        .username(&spec.user)
        .password(password.map_or("", |password| password.expose_secret()))
        .database(&spec.database)
        .application_name("causeway")
        // Not known to poolers, and text is asked for in full precision by default since PostgreSQL 12.
        .extra_float_digits(None)
        .statement_cache_capacity(0)
        .disable_statement_logging();
    if spec.is_socket() {
        return Ok(options.socket(&spec.host).ssl_mode(PgSslMode::Disable));
    }
    options = options.host(&spec.host).ssl_mode(match spec.tls {
        TlsMode::VerifyFull => PgSslMode::VerifyFull,
        TlsMode::Require => PgSslMode::Require,
        TlsMode::Off => PgSslMode::Disable,
    });
    if spec.tls == TlsMode::VerifyFull {
        let mut trusted = SYSTEM_AUTHORITIES.clone();
        if let Some(path) = &spec.ca_file {
            trusted.extend_from_slice(&authorities(path).await?);
        }
        if !trusted.is_empty() {
            options = options.ssl_root_cert_from_pem(trusted);
        }
    }
    if spec.tls != TlsMode::Off {
        match (&spec.client_cert, &spec.client_key) {
            (Some(cert), Some(key)) => {
                options = options
                    .ssl_client_cert_from_pem(certificates("client certificate", cert).await?)
                    .ssl_client_key_from_pem(key_file(key).await?);
            }
            (Some(path), None) => {
                return Err(bad_file("client certificate", path, "its key is missing".into()));
            }
            (None, Some(path)) => {
                return Err(bad_file("client key", path, "its certificate is missing".into()));
            }
            (None, None) => {}
        }
    }
    Ok(options)
}

/// The operating system's authorities in PEM, so that a company's own, installed there, is trusted. The driver adds the web's.
static SYSTEM_AUTHORITIES: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut pem = Vec::new();
    for certificate in rustls_native_certs::load_native_certs().certs {
        // The driver refuses them all when one is odd.
        if RootCertStore::empty().add(certificate.clone()).is_ok() {
            pem.extend_from_slice(b"-----BEGIN CERTIFICATE-----\n");
            for line in BASE64_STANDARD.encode(&certificate).as_bytes().chunks(64) {
                pem.extend_from_slice(line);
                pem.push(b'\n');
            }
            pem.extend_from_slice(b"-----END CERTIFICATE-----\n");
        }
    }
    pem
});

fn bad_file(what: &'static str, path: &Path, why: String) -> SourceError {
    SourceError::CertificateFile { what, path: path.to_owned(), why }
}

async fn file(what: &'static str, path: &Path) -> Result<Vec<u8>, SourceError> {
    tokio::fs::read(path).await.map_err(|error| {
        let why = match error.kind() {
            std::io::ErrorKind::NotFound => "there is no such file".into(),
            std::io::ErrorKind::PermissionDenied => "you aren't allowed to read it".into(),
            std::io::ErrorKind::IsADirectory => "it is a folder".into(),
            _ => error.to_string(),
        };
        bad_file(what, path, why)
    })
}

async fn certificates(what: &'static str, path: &Path) -> Result<Vec<u8>, SourceError> {
    let mut pem = file(what, path).await?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    match found {
        Ok(found) if !found.is_empty() => {
            pem.push(b'\n');
            Ok(pem)
        }
        _ => Err(bad_file(what, path, "there is no certificate in PEM format in it".into())),
    }
}

async fn authorities(path: &Path) -> Result<Vec<u8>, SourceError> {
    let pem = certificates("CA file", path).await?;
    let mut store = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem).flatten() {
        store.add(certificate).map_err(|error| bad_file("CA file", path, error.to_string()))?;
    }
    Ok(pem)
}

async fn key_file(path: &Path) -> Result<Vec<u8>, SourceError> {
    let pem = file("client key", path).await?;
    if String::from_utf8_lossy(&pem).contains("ENCRYPTED") {
        return Err(bad_file("client key", path, "it is protected with a password".into()));
    }
    match PrivateKeyDer::from_pem_slice(&pem) {
        Ok(_) => Ok(pem),
        Err(_) => Err(bad_file("client key", path, "there is no private key in PEM format in it".into())),
    }
}
