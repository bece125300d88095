//! Sign-ins with imported hashes.

use std::sync::Arc;

use causeway::practice::{Config, Faults, Limits, ManualClock, Provider, SignIn, Status};
use secrecy::SecretString;
use serde_json::{Value, json};

use super::{made, sha256};
use crate::support::http::Desk;

async fn imports(desk: &Desk) -> Vec<Value> {
    let told = desk.get("/api/v1/logs?filter=eventType%20eq%20%22user.import.password%22").await;
    told.body.as_array().unwrap().clone()
}

#[tokio::test]
async fn the_first_good_sign_in_makes_the_password_oktas_own() {
    let desk = Desk::open().await;
    let id = made(&desk, "李伟@example.com", &sha256()).await;
    let told = desk.authn("李伟@example.com", "test passwort").await;
    assert_eq!((told.status, told.code()), (401, "E0000004"));
    assert!(imports(&desk).await.is_empty());
    let told = desk.authn("李伟@EXAMPLE.com", "test password").await;
    assert_eq!((told.status, &told.body["status"]), (200, &json!("SUCCESS")), "{}", told.text);
    assert_eq!(told.body["_embedded"]["user"]["id"], json!(id));
    let person = desk.org.person(&id).unwrap();
    assert_eq!(person.provider, Provider::Okta);
    assert!(person.last_login.is_some());
    let events = imports(&desk).await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["outcome"]["result"], "SUCCESS");
    assert_eq!(events[0]["target"][0]["id"], json!(id));
    assert_eq!(
        desk.authn("李伟", "test password").await.status,
        200,
        "the short name works, and the password still does"
    );
    assert_eq!(imports(&desk).await.len(), 1, "imported once");
}

#[tokio::test]
async fn every_kind_of_hash_signs_in() {
    let desk = Desk::open().await;
    for (number, (password, hash)) in [
        ("P@ssword123456", json!({ "algorithm": "BCRYPT", "workFactor": 10, "salt": "qRRx8rli7Lvs2h2CNgCQ2O", "value": "mVA2NDdomRGoGFrAXDZcno0OZ6CoOU2" })),
        ("P@ssw0rd", json!({ "algorithm": "SHA-1", "salt": "UEO3wsAsgzQ=", "saltOrder": "POSTFIX", "value": "xjrauE6J6kbjcvMjWSSc+PsBBls=" })),
        ("test password", json!({ "algorithm": "MD5", "value": "KqqDNf0DDgVKmOOyxYUrNA==" })),
        ("Abcd1234", json!({ "algorithm": "SHA-512", "salt": "TXlTYWx0", "saltOrder": "PREFIX", "value": "QrozP8a+KfoHu6mPFysxLoO5LMQsd2Fw6IclZUf8xQjetJOCGS93vm68h+VaFX0LHSiF/GxQkykq1vofmx6NGA==" })),
        ("Abcd1234", json!({ "algorithm": "PBKDF2", "salt": "TXlTYWx0", "iterationCount": 4096, "keySize": 32, "digestAlgorithm": "SHA512_HMAC", "value": "61q65Qql/t9bzsP74e+VVVHSb/OAiwDm4Q/x+10mRJI=" })),
    ]
    .into_iter()
    .enumerate()
    {
        let login = format!("p{number}@example.com");
        made(&desk, &login, &json!({ "hash": hash })).await;
        assert_eq!(desk.authn(&login, "wrong").await.status, 401, "{hash}");
        assert_eq!(desk.authn(&login, password).await.body["status"], "SUCCESS", "{hash}");
    }
}

#[tokio::test]
async fn ten_wrong_passwords_lock_a_person_out() {
    let desk = Desk::open().await;
    let id = made(&desk, "ann@example.com", &sha256()).await;
    let (wrong, right) = (SecretString::from("nope"), SecretString::from("test password"));
    for _ in 0..9 {
        assert_eq!(desk.org.sign_in("ann@example.com", &wrong).await, SignIn::Refused);
    }
    assert_eq!(desk.org.person(&id).unwrap().status, Status::Active);
    assert_eq!(desk.org.sign_in("ann@example.com", &wrong).await, SignIn::Refused);
    assert_eq!(desk.org.person(&id).unwrap().status, Status::LockedOut);
    assert_eq!(desk.org.sign_in("ann@example.com", &right).await, SignIn::LockedOut);
    assert_eq!(desk.authn("ann@example.com", "test password").await.body["status"], "LOCKED_OUT");
    assert_eq!(desk.step(&format!("/api/v1/users/{id}/lifecycle/unlock")).await.status, 200);
    assert_eq!(desk.org.sign_in("ann@example.com", &right).await, SignIn::Success { id, imported: true });
}

#[tokio::test]
async fn only_active_people_sign_in_and_strangers_look_like_wrong_passwords() {
    let desk = Desk::open().await;
    let id = made(&desk, "ann@example.com", &sha256()).await;
    let right = SecretString::from("test password");
    desk.step(&format!("/api/v1/users/{id}/lifecycle/suspend")).await;
    assert_eq!(desk.org.sign_in("ann@example.com", &right).await, SignIn::NotActive(Status::Suspended));
    let refused = desk.authn("ann@example.com", "test password").await;
    let stranger = desk.authn("nobody@example.com", "test password").await;
    assert_eq!((refused.status, refused.code()), (stranger.status, stranger.code()));
    assert_eq!(stranger.code(), "E0000004");
}

#[tokio::test]
async fn in_read_only_mode_a_good_password_lets_in_but_is_not_stored() {
    let desk = Desk::open().await;
    let id = made(&desk, "ann@example.com", &sha256()).await;
    desk.org.set_faults(Faults { read_only: true, ..Faults::default() });
    assert_eq!(desk.authn("ann@example.com", "test password").await.body["status"], "SUCCESS");
    assert_eq!(desk.org.person(&id).unwrap().provider, Provider::Import);
    assert_eq!(imports(&desk).await[0]["outcome"]["result"], "FAILURE");
    desk.org.set_faults(Faults::default());
    assert_eq!(desk.authn("ann@example.com", "test password").await.body["status"], "SUCCESS");
    assert_eq!(desk.org.person(&id).unwrap().provider, Provider::Okta);
}

#[tokio::test]
async fn a_name_may_try_four_times_a_second() {
    let clock = Arc::new(ManualClock::at(1_800_000_000_000));
    let limits = Limits { authn_per_name: 4, ..Limits::unlimited() };
    let desk =
        Desk::with(Config { limits, clock: Arc::<ManualClock>::clone(&clock), ..Config::default() }).await;
    made(&desk, "ann@example.com", &sha256()).await;
    for _ in 0..4 {
        assert_eq!(desk.authn("ann@example.com", "test password").await.status, 200);
    }
    assert_eq!(desk.authn("ANN@example.com", "test password").await.code(), "E0000047");
    clock.advance(1000);
    assert_eq!(desk.authn("ann@example.com", "test password").await.status, 200);
}
