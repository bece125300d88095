//! Whether the internet reaches the hook's public address: name, connection, certificate. Each failure says what to change.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::address::is_public_ip;

/// How long each part may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// A certificate that ends sooner is warned of.
const SOON: TimeDelta = TimeDelta::days(21);

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// It holds.
    Good,
    /// Worth knowing.
    Warns,
    /// Okta would fail here.
    Fails,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookCheck {
    /// How it came out.
    pub sign: Sign,
    /// What was found, a short sentence.
    pub what: String,
    /// What to change; empty when it holds.
    pub next: String,
    /// The system's own text; mostly empty.
    pub technical: String,
}

impl HookCheck {
    fn new(sign: Sign, what: impl Into<String>, next: impl Into<String>) -> Self {
        Self { sign, what: what.into(), next: next.into(), technical: String::new() }
    }

    /// It holds.
    pub fn good(what: impl Into<String>) -> Self {
        Self::new(Sign::Good, what, "")
    }

    /// Worth knowing.
    pub fn warns(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self::new(Sign::Warns, what, next)
    }

    /// Okta would fail here.
    pub fn fails(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self::new(Sign::Fails, what, next)
    }

    /// With the system's own text.
    #[must_use]
    pub fn technical(mut self, text: impl Into<String>) -> Self {
        self.technical = text.into();
        self
    }
}

/// Whether an address names this computer.
pub(super) fn is_loopback(uri: &str) -> bool {
    url::Url::parse(uri).is_ok_and(|url| match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    })
}

/// Looks at the way to an address, part by part, up to the first that fails. `now` judges the certificate's end.
pub async fn reach(uri: &str, now: DateTime<Utc>) -> Vec<HookCheck> {
    let mut checks = Vec::new();
    let Some((host, port, tls)) = parts(uri) else {
        checks.push(HookCheck::fails(
            "The public address is no web address",
            "Type it whole: https://hook.example.com/pwhook.",
        ));
        return checks;
    };
    let address = match resolve(&host, port).await {
        Ok(addresses) => addresses,
        Err(check) => {
            checks.push(check);
            return checks;
        }
    };
    let here = address.iter().all(|a| a.ip().is_loopback());
    if !here && address.iter().all(|a| !is_public_ip(a.ip())) {
        checks.push(HookCheck::warns(
            format!("{host} has a private address here"),
            "Okta comes from the internet. If the name leads elsewhere outside, all is well; if not, publish it there.",
        ));
    }
    let begun = Instant::now();
    let stream = match connect(&host, &address).await {
        Ok(stream) => stream,
        Err(check) => {
            checks.push(check);
            return checks;
        }
    };
    let ms = begun.elapsed().as_millis();
    if tls {
        match handshake(&host, stream).await {
            Ok(end) => {
                checks.push(HookCheck::good(format!("Address answers over HTTPS · {ms} ms")));
                if let Some(end) = end
                    && end - now < SOON
                {
                    let days = (end - now).num_days().max(0);
                    checks.push(HookCheck::warns(
                        format!("The certificate ends in {days} days"),
                        "Renew it; the server takes a new file without a restart.",
                    ));
                }
            }
            Err(check) => checks.push(check),
        }
    } else {
        checks.push(HookCheck::good(format!("Address answers · {ms} ms")));
    }
    checks
}

fn parts(uri: &str) -> Option<(String, u16, bool)> {
    let url = url::Url::parse(uri).ok()?;
    let tls = match url.scheme() {
        "https" => true,
        "http" => false,
        _ => return None,
    };
    let host = url.host_str()?.trim_start_matches('[').trim_end_matches(']').to_owned();
    Some((host, url.port_or_known_default()?, tls))
}

async fn resolve(host: &str, port: u16) -> Result<Vec<SocketAddr>, HookCheck> {
    let none = |technical: String| {
        HookCheck::fails(
            format!("There is no server called {host}"),
            "Check the spelling, and that the name is in the public DNS. A new name may take some minutes.",
        )
        .technical(technical)
    };
    match timeout(PATIENCE, tokio::net::lookup_host((host, port))).await {
        Ok(Ok(found)) => {
            let found: Vec<SocketAddr> = found.collect();
            if found.is_empty() { Err(none(String::new())) } else { Ok(found) }
        }
        Ok(Err(error)) => Err(none(error.to_string())),
        Err(_) => Err(HookCheck::fails("The name server does not answer", "Check this computer's network.")),
    }
}

async fn connect(host: &str, addresses: &[SocketAddr]) -> Result<TcpStream, HookCheck> {
    match timeout(PATIENCE, TcpStream::connect(addresses)).await {
        Ok(Ok(stream)) => Ok(stream),
        Ok(Err(error)) if error.kind() == std::io::ErrorKind::ConnectionRefused => Err(HookCheck::fails(
            format!("{host} refuses the connection"),
            "Nothing listens there: start the proxy or tunnel, and check the port.",
        )
        .technical(error.to_string())),
        Ok(Err(error)) => Err(HookCheck::fails(
            format!("{host} can't be reached"),
            "Check the network and the firewall in front of it.",
        )
        .technical(error.to_string())),
        Err(_) => Err(HookCheck::fails(
            format!("{host} does not answer"),
            "A firewall may swallow the connection: open the port for Okta's addresses.",
        )),
    }
}

/// Shakes hands, and gives the certificate's end.
async fn handshake(host: &str, stream: TcpStream) -> Result<Option<DateTime<Utc>>, HookCheck> {
    let setup = |technical: String| {
        HookCheck::fails(
            "TLS could not be prepared on this computer",
            "Make sure that its list of certificate authorities is installed (ca-certificates).",
        )
        .technical(technical)
    };
    let roots = tokio::task::spawn_blocking(|| {
        let mut roots = rustls::RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        roots
    })
    .await
    .map_err(|error| setup(error.to_string()))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| setup(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(host.to_owned()).map_err(|error| setup(error.to_string()))?;
    let shaken = timeout(PATIENCE, tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, stream));
    match shaken.await {
        Ok(Ok(stream)) => {
            let (_, session) = stream.get_ref();
            let end = session.peer_certificates().and_then(|chain| {
                let (_, certificate) = x509_parser::parse_x509_certificate(chain.first()?).ok()?;
                DateTime::from_timestamp(certificate.validity().not_after.timestamp(), 0)
            });
            Ok(end)
        }
        Ok(Err(error)) => Err(told(host, &error)),
        Err(_) => Err(HookCheck::fails(
            format!("{host} takes the connection and says nothing"),
            "What listens there does not speak TLS, or is overloaded.",
        )),
    }
}

/// A handshake that failed, and what to change.
fn told(host: &str, error: &std::io::Error) -> HookCheck {
    use rustls::{CertificateError as C, Error as E};
    let inner = error.get_ref().and_then(|e| e.downcast_ref::<E>());
    let check = match inner {
        Some(E::InvalidCertificate(C::Expired | C::ExpiredContext { .. })) => HookCheck::fails(
            "The certificate has expired",
            "Renew it. Okta refuses expired certificates, and every sign-in with it.",
        ),
        Some(E::InvalidCertificate(C::NotValidYet | C::NotValidYetContext { .. })) => HookCheck::fails(
            "The certificate is not valid yet",
            "Check the clock of this computer and of the server.",
        ),
        Some(E::InvalidCertificate(C::NotValidForName | C::NotValidForNameContext { .. })) => {
            HookCheck::fails(
                format!("The certificate is for another host than {host}"),
                "Get one for this name, or register the name that is in it.",
            )
        }
        Some(E::InvalidCertificate(C::UnknownIssuer)) => HookCheck::fails(
            "The certificate isn't from a public certificate authority",
            "Okta trusts only public certificate authorities, and needs the whole chain: use one (Let's Encrypt is free) and serve the intermediate certificates with it. A self-signed one is only for trying things out here.",
        ),
        Some(E::InvalidCertificate(C::Revoked)) => {
            HookCheck::fails("The certificate was revoked", "Get a new one from your certificate authority.")
        }
        Some(E::InvalidMessage(_)) => HookCheck::fails(
            "What answers does not speak TLS",
            "The address says https, and the server there speaks plain http: put the certificate on the proxy, or correct the port.",
        ),
        _ => HookCheck::fails(
            "No secure connection came about",
            "Okta needs TLS 1.2 or later. See the proxy's log.",
        ),
    };
    check.technical(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustls::{CertificateError as C, Error as E};

    #[test]
    fn every_certificate_error_says_what_to_change() {
        for (error, word) in [
            (E::InvalidCertificate(C::Expired), "expired"),
            (E::InvalidCertificate(C::NotValidYet), "not valid yet"),
            (E::InvalidCertificate(C::NotValidForName), "another host than hook.example.com"),
            (E::InvalidCertificate(C::UnknownIssuer), "isn't from a public certificate authority"),
            (E::InvalidCertificate(C::Revoked), "revoked"),
            (E::General("x".into()), "No secure connection"),
        ] {
            let check = told("hook.example.com", &std::io::Error::other(error));
            assert!(check.what.contains(word), "{check:?}");
            assert_eq!(check.sign, Sign::Fails);
            assert!(!check.next.is_empty());
        }
    }

    #[test]
    fn an_address_comes_apart() {
        assert_eq!(parts("https://hook.example.com/x"), Some(("hook.example.com".into(), 443, true)));
        assert_eq!(parts("http://127.0.0.1:8443/x"), Some(("127.0.0.1".into(), 8443, false)));
        assert_eq!(parts("https://[::1]:9/x"), Some(("::1".into(), 9, true)));
        assert_eq!(parts("ftp://x"), None);
        assert!(is_loopback("http://[::1]:9/x") && !is_loopback("https://hook.example.com"));
    }

    #[tokio::test]
    async fn a_port_where_nobody_listens_and_one_that_speaks_no_tls_are_told_apart() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let talker = tokio::spawn(async move {
            use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
            let (mut stream, _) = listener.accept().await.expect("a caller");
            let mut some = [0; 16];
            let _ = stream.read(&mut some).await;
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        });
        let checks = reach(&format!("https://127.0.0.1:{port}/pwhook"), Utc::now()).await;
        talker.await.expect("served");
        assert!(checks.iter().any(|c| c.what.contains("does not speak TLS")), "{checks:?}");
        let checks = reach(&format!("https://127.0.0.1:{port}/pwhook"), Utc::now()).await;
        assert!(checks.iter().any(|c| c.what.contains("refuses the connection")), "{checks:?}");
    }
}
