//! TLS: with a certificate that is replaced while the hook runs; where nothing can be listened at.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use causeway::hook::{self, CertificateProblem, HookError, Transport};

use super::desk::{Desk, People, body, config, header};

/// A certificate of its own authority for `localhost`, and its key.
fn put(certificate: &Path, key: &Path) -> String {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    std::fs::write(certificate, made.cert.pem()).unwrap();
    std::fs::write(key, made.signing_key.serialize_pem()).unwrap();
    made.cert.pem()
}

fn people() -> Arc<People> {
    Arc::new(People::of(&[("a@example.com", "right")]))
}

/// A client that trusts this certificate and no other.
fn trusting(pem: &str) -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([reqwest::Certificate::from_pem(pem.as_bytes()).unwrap()])
        .build()
        .unwrap()
}

async fn asks(client: &reqwest::Client, port: u16) -> Result<String, reqwest::Error> {
    let request = client
        .post(format!("https://localhost:{port}/pwhook"))
        .header("Authorization", header())
        .header("Content-Type", "application/json")
        .body(body(&super::desk::event(), "a@example.com", "right").to_string());
    request.send().await?.text().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewed_certificate_is_served_without_a_restart() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    let first = put(&certificate, &key);
    let mut config = config();
    config.transport = Transport::Certificate { certificate: certificate.clone(), key: key.clone() };
    config.public_host = Some("localhost".into());
    config.limits.certificate = Duration::from_millis(50);
    let desk = Desk::start(config, people()).await;
    assert!(desk.hook.url().starts_with("https://127.0.0.1:"));
    let port = desk.hook.address().port();
    let old = trusting(&first);
    assert!(asks(&old, port).await.unwrap().contains("\"VERIFIED\""));
    let before = desk.hook.status().borrow().certificate.clone().unwrap().fingerprint;

    let second = put(&certificate, &key);
    let mut status = desk.hook.status();
    let renewed = status.wait_for(|s| s.certificate.as_ref().is_some_and(|c| c.fingerprint != before));
    tokio::time::timeout(Duration::from_secs(30), renewed).await.expect("taken up").unwrap();
    assert!(asks(&trusting(&second), port).await.unwrap().contains("\"VERIFIED\""));
    assert!(asks(&trusting(&first), port).await.is_err(), "the old one is not served any more");

    // A broken one is not taken up; the good one stays.
    std::fs::write(&certificate, "not a certificate").unwrap();
    let told = status.wait_for(|s| s.problems.iter().any(|p| matches!(p, CertificateProblem::NotTakenUp(_))));
    tokio::time::timeout(Duration::from_secs(30), told).await.expect("told").unwrap();
    assert!(asks(&trusting(&second), port).await.unwrap().contains("\"VERIFIED\""));
}

#[tokio::test]
async fn one_for_trying_out_is_made_and_said_to_be_one() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let mut config = config();
    config.transport = Transport::SelfSigned { names: vec!["hook.example.com".into()] };
    let desk = Desk::start(config, people()).await;
    let status = desk.hook.status().borrow().clone();
    assert_eq!(status.problems, [CertificateProblem::SelfSigned]);
    assert!(status.certificate.unwrap().names.contains(&"hook.example.com".to_owned()));
    let careless =
        reqwest::Client::builder().no_proxy().tls_danger_accept_invalid_certs(true).build().unwrap();
    assert!(asks(&careless, desk.hook.address().port()).await.unwrap().contains("\"VERIFIED\""));
    // Plain HTTP is not spoken there.
    let plain = desk.client.post(desk.hook.url().replace("https", "http")).send().await;
    assert!(plain.is_err());
}

#[tokio::test]
async fn where_it_cannot_listen_it_says_why() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut at = config();
    at.bind = taken.local_addr().unwrap();
    let refused = hook::start(at, people()).await.err().unwrap();
    assert!(matches!(refused, HookError::PortTaken(_)), "{refused}");
    let mut open = config();
    open.bind = "0.0.0.0:0".parse().unwrap();
    let refused = hook::start(open, people()).await.err().unwrap();
    assert!(matches!(refused, HookError::PlainInPublic(_)), "{refused}");
    let mut elsewhere = config();
    elsewhere.transport = Transport::SelfSigned { names: vec![] };
    elsewhere.bind = "203.0.113.7:8443".parse().unwrap();
    let refused = hook::start(elsewhere, people()).await.err().unwrap();
    assert!(matches!(refused, HookError::NoSuchAddress(_)), "{refused}");
}
