//! One connection, and why there is none.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{ConnectOptions, PgConnection};

use super::errors;
use super::spec::PostgresSpec;
use crate::source::{SourceError, TlsMode, certificates, reach};

/// Connects. One connection and not a pool: a pool would try again and again and turn every cause into a time-out.
pub(super) async fn connect(
    spec: &PostgresSpec,
    password: Option<&SecretString>,
) -> Result<PgConnection, SourceError> {
    let options = options(spec, password).await?;
    let connect = async {
        if !spec.is_socket() {
            certificates::resolve(&spec.host, spec.port).await?;
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
    tokio::time::timeout(Duration::from_secs(reach::CONNECT_SECONDS), connect).await.unwrap_or_else(|_| {
        Err(SourceError::TimedOut { place: spec.place(), seconds: reach::CONNECT_SECONDS })
    })
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
        let trusted = certificates::trusted(spec.ca_file.as_ref()).await?;
        if !trusted.is_empty() {
            options = options.ssl_root_cert_from_pem(trusted);
        }
    }
    if spec.tls != TlsMode::Off
        && let Some((certificate, key)) =
            certificates::client(spec.client_cert.as_ref(), spec.client_key.as_ref()).await?
    {
        options = options.ssl_client_cert_from_pem(certificate).ssl_client_key_from_pem(key);
    }
    Ok(options)
}
