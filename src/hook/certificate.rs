//! A certificate and its key out of PEM files: read, put in order, and looked at for what Okta would refuse.

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use sha2::{Digest as _, Sha256};
use x509_parser::prelude::{FromDer as _, GeneralName, X509Certificate};
use zeroize::Zeroizing;

use super::error::{CertificateProblem, HookError};
use super::status::CertificateInfo;

/// No certificate file is larger.
const LARGEST: u64 = 1 << 20;

/// What was read from two files.
pub(super) struct Loaded {
    pub(super) key: CertifiedKey,
    pub(super) info: CertificateInfo,
    pub(super) self_signed: bool,
    /// No other certificate vouches for it in its file.
    pub(super) alone: bool,
}

/// What signs and encrypts.
pub(super) fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    rustls::crypto::CryptoProvider::get_default()
        .cloned()
        .unwrap_or_else(|| Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
}

/// The bytes of both files, and a digest of them.
pub(super) type Both = (Vec<u8>, Zeroizing<Vec<u8>>);

pub(super) fn bytes(certificate: &Path, key: &Path) -> Result<(Both, [u8; 32]), HookError> {
    let certificate = read("certificate", certificate)?;
    let key = Zeroizing::new(read("key", key)?);
    let mut digest = Sha256::new();
    digest.update(certificate.len().to_le_bytes());
    digest.update(&certificate);
    digest.update(key.as_slice());
    Ok(((certificate, key), digest.finalize().into()))
}

fn read(what: &'static str, path: &Path) -> Result<Vec<u8>, HookError> {
    let bad = |why: String| HookError::CertificateFile { what, path: path.to_owned(), why };
    let about = std::fs::metadata(path).map_err(|error| {
        bad(if error.kind() == std::io::ErrorKind::NotFound {
            "it is not there".into()
        } else {
            error.to_string()
        })
    })?;
    if !about.is_file() || about.len() > LARGEST {
        return Err(bad("it is no PEM file".into()));
    }
    std::fs::read(path).map_err(|error| bad(error.to_string()))
}

pub(super) fn load(certificate: &Path, key: &Path, (cert_pem, key_pem): &Both) -> Result<Loaded, HookError> {
    let bad_cert = |why: &str| HookError::CertificateFile {
        what: "certificate",
        path: certificate.to_owned(),
        why: why.to_owned(),
    };
    let bad_key =
        |why: &str| HookError::CertificateFile { what: "key", path: key.to_owned(), why: why.to_owned() };
    let (cert_pem, key_pem) = (without_mark(cert_pem), without_mark(key_pem));
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(cert_pem)
        .collect::<Result<_, _>>()
        .map_err(|_| bad_cert("its PEM is broken"))?;
    if chain.is_empty() {
        return Err(bad_cert(if binary(cert_pem) { BINARY } else { "there is no certificate in it" }));
    }
    let private = PrivateKeyDer::from_pem_slice(key_pem).map_err(|_| {
        let text = String::from_utf8_lossy(key_pem);
        bad_key(if text.contains("ENCRYPTED") {
            "it is protected by a password"
        } else if text.contains("BEGIN CERTIFICATE") {
            "there is a certificate in it, and no key"
        } else if binary(key_pem) {
            BINARY
        } else {
            "there is no private key in it"
        })
    })?;
    let signing = provider().key_provider.load_private_key(private).map_err(|_| {
        bad_key("it is of a kind that can't be used; RSA from 2048 bits, P-256, P-384 and P-521 can")
    })?;
    let mut mismatched = false;
    for (at, certificate) in chain.iter().enumerate() {
        let one = CertifiedKey::new(vec![certificate.clone()], Arc::clone(&signing));
        match one.keys_match() {
            // A kind of key that can't be compared: then the first is meant.
            Ok(()) | Err(rustls::Error::InconsistentKeys(rustls::InconsistentKeys::Unknown)) => {
                let (info, self_signed) = describe(certificate).map_err(&bad_cert)?;
                let chain = ordered(&chain, at);
                let alone = chain.len() == 1;
                return Ok(Loaded { key: CertifiedKey::new(chain, signing), info, self_signed, alone });
            }
            Err(rustls::Error::InconsistentKeys(_)) => mismatched = true,
            Err(_) => {}
        }
    }
    Err(if mismatched {
        HookError::KeyMismatch { certificate: certificate.to_owned(), key: key.to_owned() }
    } else {
        bad_cert("it is broken")
    })
}

/// Why what is no PEM is none.
const BINARY: &str = "it is in a binary form (DER or PFX), not PEM";

fn binary(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err() || bytes.contains(&0)
}

/// Without the mark that Windows' editors put before text.
fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)
}

/// The certificate at a place, and after it those that vouch for it, each for the one before it, as TLS wants them; whatever
/// order the file has them in. Others are left out.
fn ordered(all: &[CertificateDer<'static>], first: usize) -> Vec<CertificateDer<'static>> {
    let names = |der: &CertificateDer<'_>| {
        let (_, parsed) = X509Certificate::from_der(der).ok()?;
        Some((parsed.issuer().as_raw().to_vec(), parsed.subject().as_raw().to_vec()))
    };
    let mut rest: Vec<_> =
        all.iter().enumerate().filter(|(at, _)| *at != first).map(|(_, der)| der).collect();
    let mut chain = vec![all[first].clone()];
    while let Some((issuer, subject)) = chain.last().and_then(names) {
        let voucher = rest.iter().position(|der| names(der).is_some_and(|(_, other)| other == issuer));
        match voucher {
            Some(at) if issuer != subject => chain.push(rest.remove(at).clone()),
            _ => break,
        }
    }
    chain
}

/// A certificate in short, and whether it is signed by itself.
pub(super) fn describe(der: &CertificateDer<'_>) -> Result<(CertificateInfo, bool), &'static str> {
    let (_, parsed) = X509Certificate::from_der(der).map_err(|_| "it is broken")?;
    let moment =
        |time: x509_parser::time::ASN1Time| DateTime::from_timestamp(time.timestamp(), 0).unwrap_or_default();
    let mut names = Vec::new();
    if let Ok(Some(alternative)) = parsed.subject_alternative_name() {
        for name in &alternative.value.general_names {
            match name {
                GeneralName::DNSName(name) => names.push((*name).to_owned()),
                GeneralName::IPAddress(bytes) => names.extend(address(bytes)),
                _ => {}
            }
        }
    }
    let info = CertificateInfo {
        names,
        not_before: moment(parsed.validity().not_before),
        not_after: moment(parsed.validity().not_after),
        issuer: parsed.issuer().to_string(),
        fingerprint: hex::encode(Sha256::digest(der)),
    };
    Ok((info, parsed.issuer() == parsed.subject()))
}

fn address(bytes: &[u8]) -> Option<String> {
    if let Ok(four) = <[u8; 4]>::try_from(bytes) {
        return Some(std::net::Ipv4Addr::from(four).to_string());
    }
    <[u8; 16]>::try_from(bytes).ok().map(|sixteen| std::net::Ipv6Addr::from(sixteen).to_string())
}

pub(super) fn problems(
    loaded: &Loaded,
    public_host: Option<&str>,
    now: DateTime<Utc>,
) -> Vec<CertificateProblem> {
    let info = &loaded.info;
    let mut problems = Vec::new();
    if now > info.not_after {
        problems.push(CertificateProblem::Expired(info.not_after));
    } else if now < info.not_before {
        problems.push(CertificateProblem::NotYet(info.not_before));
    }
    if let Some(host) = public_host
        && !info.names.iter().any(|name| covers(name, host))
    {
        problems.push(CertificateProblem::OtherHost { host: host.to_owned(), names: info.names.clone() });
    }
    if loaded.self_signed {
        problems.push(CertificateProblem::SelfSigned);
    } else if loaded.alone {
        problems.push(CertificateProblem::Alone { issuer: info.issuer.clone() });
    }
    problems
}

/// Whether a name in a certificate is this host's; `*.` stands for one label.
pub(super) fn covers(name: &str, host: &str) -> bool {
    let host = host.trim_end_matches('.');
    match name.strip_prefix("*.") {
        Some(rest) => host.split_once('.').is_some_and(|(_, domain)| domain.eq_ignore_ascii_case(rest)),
        None => name.eq_ignore_ascii_case(host),
    }
}
