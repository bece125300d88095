//! One connection, and why there is none.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use sqlx::mysql::{MySqlConnectOptions, MySqlSslMode};
use sqlx::{ConnectOptions, MySqlConnection};

use super::errors;
use super::spec::{MysqlSpec, MysqlTls};
use crate::source::{SourceError, certificates, reach};

/// Connects. One connection and not a pool: a pool would try again and again and turn every cause into a time-out.
pub(super) async fn connect(
    spec: &MysqlSpec,
    password: Option<&SecretString>,
) -> Result<MySqlConnection, SourceError> {
    let options = options(spec, password).await?;
    let connect = async {
        if !spec.is_socket() {
            certificates::resolve(&spec.host, spec.port).await?;
        }
        options.connect().await.map_err(|error| errors::connecting(error, spec, password.is_some()))
    };
    let seconds = reach::CONNECT_SECONDS;
    tokio::time::timeout(Duration::from_secs(seconds), connect)
        .await
        .unwrap_or_else(|_| Err(SourceError::TimedOut { place: spec.place(), seconds }))
}

async fn options(
    spec: &MysqlSpec,
    password: Option<&SecretString>,
) -> Result<MySqlConnectOptions, SourceError> {
    let mut options = MySqlConnectOptions::new()
        .username(&spec.user)
        .database(&spec.database)
        // What a session needs is set where it begins, for poolers that hand sessions on.
        .pipes_as_concat(false)
        .no_engine_substitution(false)
        .timezone(None)
        .charset("utf8mb4")
        .statement_cache_capacity(0)
        .disable_statement_logging();
    if let Some(password) = password {
        options = options.password(password.expose_secret());
    }
    if spec.is_socket() {
        return Ok(options.socket(&spec.host).ssl_mode(MySqlSslMode::Disabled));
    }
    options = options.host(&spec.host).port(spec.port).ssl_mode(match spec.tls {
        MysqlTls::VerifyIdentity => MySqlSslMode::VerifyIdentity,
        MysqlTls::VerifyCa => MySqlSslMode::VerifyCa,
        MysqlTls::Required => MySqlSslMode::Required,
        MysqlTls::Preferred => MySqlSslMode::Preferred,
        MysqlTls::Disabled => MySqlSslMode::Disabled,
    });
    if matches!(spec.tls, MysqlTls::VerifyIdentity | MysqlTls::VerifyCa) {
        let trusted = certificates::trusted(spec.ca_file.as_ref()).await?;
        if !trusted.is_empty() {
            options = options.ssl_ca_from_pem(trusted);
        }
    }
    if spec.tls != MysqlTls::Disabled
        && let Some((certificate, key)) =
            certificates::client(spec.client_cert.as_ref(), spec.client_key.as_ref()).await?
    {
        options = options.ssl_client_cert_from_pem(certificate).ssl_client_key_from_pem(key);
    }
    Ok(options)
}
