//! The way to a server: its name, the certificates to believe, and those to show.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::error::SourceError;

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

/// A client certificate and its key in PEM; `None` where none is named.
pub(crate) async fn client(
    certificate: Option<&PathBuf>,
    key: Option<&PathBuf>,
) -> Result<Option<(Vec<u8>, Vec<u8>)>, SourceError> {
    match (certificate, key) {
        (Some(certificate), Some(key)) => {
            Ok(Some((certificates("client certificate", certificate).await?, key_file(key).await?)))
        }
        (Some(path), None) => Err(bad_file("client certificate", path, "its key is missing".into())),
        (None, Some(path)) => Err(bad_file("client key", path, "its certificate is missing".into())),
        (None, None) => Ok(None),
    }
}

/// The authorities to trust besides the web's: the system's, and those of the file.
pub(crate) async fn trusted(ca_file: Option<&PathBuf>) -> Result<Vec<u8>, SourceError> {
    let mut trusted = SYSTEM_AUTHORITIES.clone();
    if let Some(path) = ca_file {
        trusted.extend_from_slice(&authorities(path).await?);
    }
    Ok(trusted)
}

/// Tells an unknown name from everything else that can go wrong on the way.
pub(crate) async fn resolve(host: &str, port: u16) -> Result<(), SourceError> {
    let unknown = |technical: String| SourceError::UnknownHost { host: host.to_owned(), technical };
    match tokio::net::lookup_host((host, port)).await {
        Ok(mut addresses) => match addresses.next() {
            Some(_) => Ok(()),
            None => Err(unknown("the name has no address".into())),
        },
        Err(error) => Err(unknown(error.to_string())),
    }
}
