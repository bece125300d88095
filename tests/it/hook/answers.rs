//! What is answered to what: Okta's own bodies, strangers, what is no call at all, and Okta's second try.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use causeway::hook::{HeaderForm, HookSecrets};
use causeway::model::{HookAnswer, HookReason};
use chrono::{TimeDelta, Utc};
use reqwest::Method;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::desk::{Desk, People, UNVERIFIED, VERIFIED, body, config, header, secret};
use crate::support::http::take;

const LOGIN: &str = "isaac.brock@example.com";

async fn desk() -> (Desk, Arc<People>) {
    let people = Arc::new(People::of(&[(LOGIN, "Okta"), ("李伟@example.com", "密码 пароль")]));
    (Desk::start(config(), Arc::<People>::clone(&people)).await, people)
}

#[tokio::test]
async fn oktas_own_body_is_answered_to_the_letter() {
    let (desk, _) = desk().await;
    // okta-api.md 4.2 and 4.3, word for word.
    let asked = r#"{"eventId":"3o9jBzq1SmOGmmsDsqyyeQ","eventTime":"2020-01-17T21:23:56.000Z","eventType":"com.okta.user.credential.password.import",
 "eventTypeVersion":"1.0","contentType":"application/json","cloudEventVersion":"0.1",
 "source":"https://{domain}/api/v1/inlineHooks/cal2xd5phv9fsPLcF0g7",
 "data":{"context":{"request":{"id":"XiIl6wn7005Rr@fjYqeC7CCDBxw","method":"POST","url":{"value":"/idp/idx/challenge/answer"},"ipAddress":"66.124.153.138"},
                    "credential":{"username":"isaac.brock@example.com","password":"Okta"}},
         "action":{"credential":"UNVERIFIED"}}}"#;
    let told = desk.raw(asked.as_bytes().to_vec()).await;
    assert_eq!(told.status, 200);
    assert_eq!(told.headers["content-type"], "application/json");
    assert_eq!(
        told.text,
        r#"{"commands":[{"type":"com.okta.action.update","value":{"credential":"VERIFIED"}}]}"#
    );
    let told = desk.raw(asked.replace("\"Okta\"", "\"okta\"").into_bytes()).await;
    assert_eq!(
        told.text,
        r#"{"commands":[{"type":"com.okta.action.update","value":{"credential":"UNVERIFIED"}}]}"#
    );
    assert_eq!(desk.sign_in("李伟@example.com", "密码 пароль").await, "VERIFIED");
}

#[tokio::test]
async fn only_who_knows_the_secret_is_answered() {
    let (desk, people) = desk().await;
    let mut calls = desk.hook.calls();
    let asked = body("e", LOGIN, "Okta").to_string();
    let call = |authorization: Option<String>| {
        let mut request =
            desk.client.post(desk.hook.url()).header("Content-Type", "application/json").body(asked.clone());
        if let Some(value) = authorization {
            request = request.header("Authorization", value);
        }
        async move { take(request.send().await.unwrap()).await.unwrap() }
    };
    for wrong in [None, Some(""), Some("Basic"), Some("Basic Y2F1c2V3YXk6"), Some("x")] {
        let told = call(wrong.map(str::to_owned)).await;
        assert_eq!(told.status, 401, "{wrong:?}");
        assert!(!told.text.contains("commands"));
    }
    // Two headers, one of them right: nobody can say which counts.
    for (first, second) in [("x".to_owned(), header()), (header(), "x".to_owned()), (header(), header())] {
        let request = desk
            .client
            .post(desk.hook.url())
            .header("Content-Type", "application/json")
            .header("Authorization", first)
            .header("Authorization", second)
            .body(asked.clone());
        assert_eq!(request.send().await.unwrap().status(), 401);
    }
    assert_eq!(people.asked.load(Ordering::SeqCst), 0, "nobody is looked up for a stranger");
    let refused = calls.recv().await.unwrap();
    assert_eq!((refused.answer, refused.reason), (HookAnswer::Refused, HookReason::Stranger));
    assert_eq!(desk.hook.load().untold, 7, "a flood is counted, not told one by one");

    let plain = secret(super::desk::SECRET).header(HeaderForm::Plain).expose_secret().to_owned();
    assert_eq!(call(Some(plain)).await.text, VERIFIED);
    // A new secret: the old one is good for an hour more, then not.
    let new = secret("another-secret-that-is-long-enough-to-be-one");
    let new_header = new.header(HeaderForm::Basic).expose_secret().to_owned();
    let old = HookSecrets::new(secret(super::desk::SECRET));
    desk.hook.accept(&old.replaced(new.clone(), Utc::now() + TimeDelta::hours(1)));
    assert_eq!(call(Some(header())).await.status, 200);
    assert_eq!(call(Some(new_header.clone())).await.status, 200);
    desk.hook.accept(&old.replaced(new, Utc::now() - TimeDelta::seconds(1)));
    assert_eq!(call(Some(header())).await.status, 401);
    assert_eq!(call(Some(new_header)).await.status, 200);
}

#[tokio::test]
async fn what_is_no_call_of_oktas_is_refused_and_the_server_lives_on() {
    let (desk, people) = desk().await;
    let send = |method: Method, path: &str, kind: Option<&str>, bytes: Vec<u8>| {
        let url = desk.hook.url().replace("/pwhook", path);
        let mut request = desk.client.request(method, url).header("Authorization", header()).body(bytes);
        if let Some(kind) = kind {
            request = request.header("Content-Type", kind);
        }
        async move { request.send().await.unwrap().status().as_u16() }
    };
    let good = body("e", LOGIN, "Okta").to_string().into_bytes();
    let json = Some("application/json");
    assert_eq!(send(Method::GET, "/pwhook", json, vec![]).await, 405);
    assert_eq!(send(Method::PUT, "/pwhook", json, good.clone()).await, 405);
    assert_eq!(send(Method::POST, "/", json, good.clone()).await, 404);
    assert_eq!(send(Method::POST, "/pwhook/", json, good.clone()).await, 404);
    assert_eq!(send(Method::POST, "/healthz", json, good.clone()).await, 404);
    assert_eq!(send(Method::POST, "/pwhook", None, good.clone()).await, 415);
    assert_eq!(send(Method::POST, "/pwhook", Some("text/plain"), good.clone()).await, 415);
    assert_eq!(send(Method::POST, "/pwhook", Some("Application/JSON; charset=utf-8"), good).await, 200);
    let with =
        |credential: Value| json!({"data": {"context": {"credential": credential}}}).to_string().into_bytes();
    for bad in [
        Vec::new(),
        b"{".to_vec(),
        b"[1,2".to_vec(),
        b"\"text\"".to_vec(),
        b"{\"data\":{\"context\":{\"credential\":{\"username\":\"a\",\"password\":\"\xff\xfe\"}}}}".to_vec(),
        json!({}).to_string().into_bytes(),
        with(json!({})),
        with(json!({"username": LOGIN})),
        with(json!({"password": "Okta"})),
        with(json!({"username": 7, "password": "Okta"})),
        with(json!({"username": LOGIN, "password": ["Okta"]})),
        json!({"data": {"credential": {"username": LOGIN, "password": "Okta"}}}).to_string().into_bytes(),
        // Deeper than anything sensible.
        "[".repeat(60_000).into_bytes(),
    ] {
        let told = desk.raw(bad.clone()).await;
        assert_eq!(told.status, 400, "{}", String::from_utf8_lossy(&bad[..bad.len().min(80)]));
        assert!(!told.text.contains("Okta"), "{}", told.text);
    }
    let before = people.asked.load(Ordering::SeqCst);
    let told = desk.raw(vec![b' '; 10 << 20]).await;
    assert_eq!(told.status, 413);
    // What is Okta's but no password worth hashing is a wrong password.
    for password in [String::new(), "x".repeat(1025), "x".repeat(10_000)] {
        assert_eq!(desk.sign_in(LOGIN, &password).await, "UNVERIFIED");
    }
    assert_eq!(people.asked.load(Ordering::SeqCst), before, "no look-up, no hash");
    assert_eq!(desk.sign_in(LOGIN, "Okta").await, "VERIFIED");
}

#[tokio::test]
async fn unknown_fields_do_not_matter() {
    let (desk, _) = desk().await;
    let mut asked = body("e", LOGIN, "Okta");
    asked["somethingNew"] = json!({"deep": [1, 2, {"er": null}]});
    asked["data"]["context"]["session"] = json!("x");
    asked["data"]["context"]["credential"]["kind"] = json!("PASSWORD");
    asked.as_object_mut().unwrap().remove("eventTime");
    assert_eq!(desk.ask(&asked).await.text, VERIFIED);
    asked.as_object_mut().unwrap().remove("eventId");
    assert_eq!(desk.ask(&asked).await.text, VERIFIED);
}

#[tokio::test(flavor = "multi_thread")]
async fn oktas_second_try_gets_the_first_answer_and_is_not_counted() {
    let (desk, people) = desk().await;
    let mut calls = desk.hook.calls();
    let asked = body("one-sign-in", LOGIN, "wrong");
    let (one, two) = tokio::join!(desk.ask(&asked), desk.ask(&asked));
    assert_eq!((one.text.as_str(), two.text.as_str()), (UNVERIFIED, UNVERIFIED));
    for _ in 0..20 {
        assert_eq!(desk.ask(&asked).await.text, UNVERIFIED);
    }
    assert_eq!(people.asked.load(Ordering::SeqCst), 1, "judged once");
    let mut again = 0;
    for _ in 0..22 {
        again += u32::from(calls.recv().await.unwrap().again);
    }
    assert_eq!(again, 21);
    assert_eq!(desk.sign_in(LOGIN, "Okta").await, "VERIFIED", "22 calls were one wrong password: not slowed");
    // The same event with another password is another sign-in: no way in with a used one.
    let right = body("replayed", LOGIN, "Okta");
    assert_eq!(desk.ask(&right).await.text, VERIFIED);
    assert_eq!(desk.ask(&body("replayed", LOGIN, "wrong")).await.text, UNVERIFIED);
    assert_eq!(desk.ask(&body("replayed", "other@example.com", "Okta")).await.text, UNVERIFIED);
}

#[tokio::test]
async fn who_guesses_is_slowed_and_nobody_else() {
    let (desk, people) = desk().await;
    for n in 0..5 {
        assert_eq!(desk.sign_in(LOGIN, &format!("guess {n}")).await, "UNVERIFIED");
    }
    let asked = people.asked.load(Ordering::SeqCst);
    let mut calls = desk.hook.calls();
    assert_eq!(desk.sign_in(" ISAAC.Brock@example.com", "guess").await, "UNVERIFIED");
    assert_eq!(calls.recv().await.unwrap().reason, HookReason::Slowed);
    assert_eq!(people.asked.load(Ordering::SeqCst), asked, "not looked at");
    assert_eq!(desk.sign_in("李伟@example.com", "密码 пароль").await, "VERIFIED");
}

#[tokio::test]
async fn health_and_readiness_need_no_secret_and_tell_none() {
    let (desk, people) = desk().await;
    let get = |path: &str| {
        let request = desk.client.get(desk.hook.url().replace("/pwhook", path));
        async move { take(request.send().await.unwrap()).await.unwrap() }
    };
    assert_eq!(get("/healthz").await.body, json!({"status": "alive"}));
    assert_eq!(get("/readyz").await.body, json!({"status": "ready"}));
    people.down.store(true, Ordering::SeqCst);
    assert_eq!(desk.sign_in(LOGIN, "Okta").await, "503");
    let told = get("/readyz").await;
    assert_eq!((told.status, told.body), (503, json!({"status": "not ready", "why": "source down"})));
    assert_eq!(get("/healthz").await.status, 200);
    people.down.store(false, Ordering::SeqCst);
    desk.up().await;
    assert_eq!(desk.sign_in(LOGIN, "Okta").await, "VERIFIED");
}
