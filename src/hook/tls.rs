//! The certificate that is served: the administrator's, taken up anew when its files change; or one made for trying out.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use chrono::Utc;
use rustls::ServerConfig;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::certificate::{Both, bytes, describe, load, problems, provider};
use super::error::{CertificateProblem, HookError};
use super::status::{CertificateInfo, Status};

/// The certificate that is served now.
#[derive(Debug)]
struct Served(ArcSwap<CertifiedKey>);

impl ResolvesServerCert for Served {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }
}

/// The files of a certificate, and what stood in them last.
pub(super) struct Files {
    certificate: PathBuf,
    key: PathBuf,
    public_host: Option<String>,
    seen: [u8; 32],
    served: Arc<Served>,
    info: CertificateInfo,
}

/// TLS made ready.
pub(super) struct Ready {
    pub(super) config: Arc<ServerConfig>,
    pub(super) info: CertificateInfo,
    pub(super) problems: Vec<CertificateProblem>,
    /// To be watched; `None` for a certificate made here.
    pub(super) files: Option<Files>,
}

/// With the administrator's certificate.
pub(super) fn from_files(
    certificate: &Path,
    key: &Path,
    public_host: Option<&str>,
) -> Result<Ready, HookError> {
    let (bytes, seen) = bytes(certificate, key)?;
    let loaded = load(certificate, key, &bytes)?;
    let problems = problems(&loaded, public_host, Utc::now());
    let served = Arc::new(Served(ArcSwap::from_pointee(loaded.key)));
    let files = Files {
        certificate: certificate.to_owned(),
        key: key.to_owned(),
        public_host: public_host.map(str::to_owned),
        seen,
        served: Arc::clone(&served),
        info: loaded.info.clone(),
    };
    Ok(Ready { config: config(served)?, info: loaded.info, problems, files: Some(files) })
}

/// With one made now, for this computer and these names.
pub(super) fn self_signed(names: &[String]) -> Result<Ready, HookError> {
    let failed = |error: rcgen::Error| HookError::SelfSigned(error.to_string());
    let mut all = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    all.extend(names.iter().filter(|name| !name.is_empty()).cloned());
    let made = rcgen::generate_simple_self_signed(all).map_err(failed)?;
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let certified = CertifiedKey::from_der(vec![made.cert.der().clone()], key, &provider())
        .map_err(|error| HookError::SelfSigned(error.to_string()))?;
    let (info, _) = describe(made.cert.der()).map_err(|why| HookError::SelfSigned(why.to_owned()))?;
    let served = Arc::new(Served(ArcSwap::from_pointee(certified)));
    Ok(Ready { config: config(served)?, info, problems: vec![CertificateProblem::SelfSigned], files: None })
}

fn config(served: Arc<Served>) -> Result<Arc<ServerConfig>, HookError> {
    let config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|error| HookError::System(error.to_string()))?;
    let mut config = config.with_no_client_auth().with_cert_resolver(served);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

impl Files {
    /// Looks at the files again and again; takes up what is new and good, and tells of what is not.
    pub(super) async fn watch(
        mut self,
        every: Duration,
        status: watch::Sender<Status>,
        stop: CancellationToken,
    ) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(every) => {}
            }
            let (certificate, key) = (self.certificate.clone(), self.key.clone());
            let read = tokio::task::spawn_blocking(move || bytes(&certificate, &key)).await;
            let Ok(read) = read else { continue };
            self.look(read, &status);
        }
    }

    fn look(&mut self, read: Result<(Both, [u8; 32]), HookError>, status: &watch::Sender<Status>) {
        let now = Utc::now();
        let taken = match read {
            Ok((_, seen)) if seen == self.seen => None,
            Ok((both, seen)) => {
                self.seen = seen;
                Some(load(&self.certificate, &self.key, &both))
            }
            Err(error) => Some(Err(error)),
        };
        match taken {
            Some(Ok(loaded)) => {
                let found = problems(&loaded, self.public_host.as_deref(), now);
                self.info = loaded.info.clone();
                self.served.0.store(Arc::new(loaded.key));
                tracing::info!(not_after = %loaded.info.not_after, "a new certificate is served");
                status.send_modify(|status| {
                    status.certificate = Some(loaded.info);
                    status.problems = found;
                });
            }
            Some(Err(error)) => {
                let told = CertificateProblem::NotTakenUp(error.to_string());
                status.send_if_modified(|status| {
                    let known = status.problems.contains(&told);
                    if !known {
                        tracing::warn!(%error, "the changed certificate was not taken up");
                        status.problems.retain(|p| !matches!(p, CertificateProblem::NotTakenUp(_)));
                        status.problems.push(told);
                    }
                    !known
                });
            }
            // The same as ever; but it may run out while it is served.
            None if now > self.info.not_after => {
                let told = CertificateProblem::Expired(self.info.not_after);
                status.send_if_modified(|status| {
                    let known = status.problems.contains(&told);
                    if !known {
                        status.problems.push(told);
                    }
                    !known
                });
            }
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::Datelike as _;
    use rustls_pki_types::CertificateDer;
    use rustls_pki_types::pem::PemObject as _;

    use super::super::certificate::covers;
    use super::*;

    struct Made {
        folder: tempfile::TempDir,
    }

    impl Made {
        fn new() -> Self {
            Self { folder: tempfile::tempdir().unwrap() }
        }

        fn put(&self, name: &str, text: &str) -> PathBuf {
            let path = self.folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        }
    }

    /// A certificate for a name, valid from some day to another.
    fn pem(name: &str, days: std::ops::Range<i64>) -> (String, String) {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap();
        let day = |n: i64| {
            let day = Utc::now() + chrono::TimeDelta::days(n);
            rcgen::date_time_ymd(
                day.year(),
                u8::try_from(day.month()).unwrap(),
                u8::try_from(day.day()).unwrap(),
            )
        };
        (params.not_before, params.not_after) = (day(days.start), day(days.end));
        (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
    }

    #[test]
    fn what_is_wrong_is_told() {
        let made = Made::new();
        let (cert, key) = pem("hook.example.com", -2..30);
        let (_, other_key) = pem("hook.example.com", -2..30);
        let (cert, key) = (made.put("cert.pem", &cert), made.put("key.pem", &key));
        let other_key = made.put("other.pem", &other_key);
        let ready = from_files(&cert, &key, Some("HOOK.example.com")).unwrap();
        assert_eq!(ready.problems, [CertificateProblem::SelfSigned]);
        assert_eq!(ready.info.names, ["hook.example.com"]);
        let ready = from_files(&cert, &key, Some("other.example.com")).unwrap();
        assert!(
            ready.problems[0].to_string().contains("not for other.example.com, but for hook.example.com")
        );
        assert!(matches!(from_files(&cert, &other_key, None), Err(HookError::KeyMismatch { .. })));
        let told = |cert: &Path, key: &Path| from_files(cert, key, None).err().unwrap().to_string();
        assert!(told(&cert, &cert).contains("there is a certificate in it, and no key"));
        assert!(told(&key, &key).contains("there is no certificate in it"));
        assert!(told(&made.folder.path().join("none.pem"), &key).contains("it is not there"));
        assert!(told(made.folder.path(), &key).contains("no PEM file"));
        let locked = made.put(
            "locked.pem",
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
        );
        assert!(told(&cert, &locked).contains("protected by a password"));
        let broken = made.put("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        assert!(told(&broken, &key).contains("it is broken"));
    }

    /// A certificate for a name that an authority vouches for; `None`: it vouches for itself.
    fn vouched(
        name: &str,
        by: Option<&(rcgen::CertificateParams, rcgen::KeyPair)>,
        authority: bool,
    ) -> (String, (rcgen::CertificateParams, rcgen::KeyPair)) {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        if authority {
            params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        }
        let made = match by {
            Some((params_of, key_of)) => {
                params.signed_by(&key, &rcgen::Issuer::from_params(params_of, key_of)).unwrap()
            }
            None => params.self_signed(&key).unwrap(),
        };
        (made.pem(), (params, key))
    }

    #[test]
    fn a_chain_is_served_in_order_whatever_order_it_is_kept_in() {
        let made = Made::new();
        let (root, by_root) = vouched("Root", None, true);
        let (middle, by_middle) = vouched("Middle", Some(&by_root), true);
        let (leaf, (_, key)) = vouched("hook.example.com", Some(&by_middle), false);
        let (other, _) = vouched("Someone else", None, true);
        let key = made.put("key", &key.serialize_pem());
        let ders = |pems: &[&String]| -> Vec<CertificateDer<'static>> {
            pems.iter().map(|pem| CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).collect()
        };
        for (kept, served) in [
            (vec![&leaf, &middle], vec![&leaf, &middle]),
            (vec![&middle, &leaf], vec![&leaf, &middle]),
            (vec![&root, &middle, &leaf], vec![&leaf, &middle, &root]),
            (vec![&leaf, &root, &other, &middle], vec![&leaf, &middle, &root]),
        ] {
            let text: String = kept.iter().map(|pem| pem.as_str()).collect();
            // As Windows' Notepad saves it.
            let path = made.put("cert", &format!("\u{feff}{}", text.replace('\n', "\r\n")));
            let ready = from_files(&path, &key, Some("hook.example.com")).unwrap();
            assert_eq!(ready.files.unwrap().served.0.load().cert, ders(&served));
            assert_eq!(
                (ready.problems, ready.info.names.as_slice()),
                (vec![], ["hook.example.com".to_owned()].as_slice())
            );
        }
        let alone = from_files(&made.put("cert", &leaf), &key, None).unwrap();
        assert_eq!(alone.problems, [CertificateProblem::Alone { issuer: "CN=Middle".into() }]);
        let told = alone.problems[0].to_string();
        assert!(told.contains("fullchain.pem") && told.contains("CN=Middle"), "{told}");
    }

    #[test]
    fn binary_files_are_called_so() {
        let made = Made::new();
        let (cert, key) = pem("hook.example.com", -2..30);
        let (c, k) = (made.put("c", &cert), made.put("k", &key));
        let der = made.folder.path().join("der");
        std::fs::write(&der, CertificateDer::from_pem_slice(cert.as_bytes()).unwrap()).unwrap();
        for (cert, key) in [(&der, &k), (&c, &der)] {
            let told = from_files(cert, key, None).err().unwrap().to_string();
            assert!(told.contains("binary form (DER or PFX), not PEM"), "{told}");
        }
    }

    #[test]
    fn dates_are_told() {
        let made = Made::new();
        for (days, expected) in [(-30..-2, "ran out"), (5..30, "not valid before")] {
            let (cert, key) = pem("hook.example.com", days);
            let ready = from_files(&made.put("c", &cert), &made.put("k", &key), None).unwrap();
            assert!(ready.problems[0].to_string().contains(expected), "{:?}", ready.problems);
        }
    }

    #[test]
    fn names_cover_hosts() {
        for (name, host, yes) in [
            ("hook.example.com", "hook.example.com", true),
            ("hook.example.com", "Hook.Example.com.", true),
            ("*.example.com", "hook.example.com", true),
            ("*.example.com", "a.hook.example.com", false),
            ("*.example.com", "example.com", false),
            ("example.com", "hook.example.com", false),
            ("127.0.0.1", "127.0.0.1", true),
        ] {
            assert_eq!(covers(name, host), yes, "{name} {host}");
        }
    }

    #[test]
    fn a_new_certificate_is_taken_up_and_a_bad_one_is_not() {
        let made = Made::new();
        let (cert, key) = pem("one.example.com", -2..30);
        let (c, k) = (made.put("c", &cert), made.put("k", &key));
        let ready = from_files(&c, &k, None).unwrap();
        let status = watch::Sender::new(Status::default());
        let mut files = ready.files.unwrap();
        let served = Arc::clone(&files.served);
        let first = served.0.load().cert[0].clone();
        files.look(bytes(&c, &k), &status);
        assert_eq!(served.0.load().cert[0], first);
        // The certificate comes first, its key a moment later.
        let (cert, key) = pem("two.example.com", -2..30);
        made.put("c", &cert);
        files.look(bytes(&c, &k), &status);
        assert_eq!(served.0.load().cert[0], first);
        assert!(matches!(status.borrow().problems[..], [CertificateProblem::NotTakenUp(_)]));
        made.put("k", &key);
        files.look(bytes(&c, &k), &status);
        assert_ne!(served.0.load().cert[0], first);
        assert_eq!(status.borrow().problems, [CertificateProblem::SelfSigned]);
        assert_eq!(status.borrow().certificate.as_ref().unwrap().names, ["two.example.com"]);
    }
}
