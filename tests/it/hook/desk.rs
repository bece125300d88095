//! A hook on a free port, with people whose passwords we know, and someone who calls it as Okta does.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use causeway::assess::fold_login;
use causeway::hook::{
    self, BackendError, BackendState, Config, Found, HeaderForm, Hook, HookSecret, HookSecrets, Lookup,
    SealedLookup,
};
use causeway::mapping::Mapping;
use causeway::model::{HookReason, StoredPassword};
use causeway::workspace::Workspace;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::support::http::{Told, client, take};

/// A secret for tests.
pub(super) const SECRET: &str = "a-secret-of-forty-three-letters-for-the-tests";

/// How one call is answered.
pub(super) const VERIFIED: &str =
    r#"{"commands":[{"type":"com.okta.action.update","value":{"credential":"VERIFIED"}}]}"#;
/// As a wrong password.
pub(super) const UNVERIFIED: &str =
    r#"{"commands":[{"type":"com.okta.action.update","value":{"credential":"UNVERIFIED"}}]}"#;

/// A running hook and someone who calls it.
pub(super) struct Desk {
    pub(super) hook: Hook,
    pub(super) client: reqwest::Client,
}

pub(super) fn secret(text: &str) -> HookSecret {
    HookSecret::from_text(text).unwrap()
}

/// People in memory, with bcrypt at a cost of one's own; a place that can be switched off.
pub(super) struct People {
    hashes: HashMap<String, String>,
    /// Look-ups so far, those of the watch over the place not counted.
    pub(super) asked: AtomicUsize,
    pub(super) down: AtomicBool,
}

impl People {
    /// Logins and passwords, at the least cost.
    pub(super) fn of(people: &[(&str, &str)]) -> Self {
        Self::at_cost(people, 4)
    }

    pub(super) fn at_cost(people: &[(&str, &str)], cost: u32) -> Self {
        let hashes = people
            .iter()
            .map(|(login, password)| (fold_login(login), bcrypt::hash(password, cost).unwrap()))
            .collect();
        Self { hashes, asked: AtomicUsize::new(0), down: AtomicBool::new(false) }
    }

    fn up(&self) -> Result<(), BackendError> {
        if self.down.load(Ordering::SeqCst) {
            return Err(BackendError {
                what: "The place does not answer.".into(),
                advice: "Switch it on.".into(),
                technical: None,
            });
        }
        Ok(())
    }

    fn stored(hash: &str) -> StoredPassword {
        StoredPassword { text: hash.into(), ..StoredPassword::default() }
    }
}

#[async_trait]
impl Lookup for People {
    async fn find(&self, login: &str) -> Result<Found, BackendError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.up()?;
        Ok(match self.hashes.get(&fold_login(login)) {
            Some(hash) => Found::Check { person: Some(1), stored: Self::stored(hash) },
            None => Found::Nobody { person: None, why: HookReason::Unknown },
        })
    }

    async fn example(&self) -> Result<Option<StoredPassword>, BackendError> {
        self.up()?;
        Ok(self.hashes.values().next().map(|hash| Self::stored(hash)))
    }

    async fn probe(&self) -> Result<(), BackendError> {
        self.up()
    }

    fn words(&self) -> String {
        "people in memory".into()
    }
}

/// Plain on a free port, with the tests' secret.
pub(super) fn config() -> Config {
    let mut config = Config::new(HookSecrets::new(secret(SECRET)));
    config.bind.set_port(0);
    // Tests of many refusals need not wait for each.
    config.limits.floor = std::time::Duration::ZERO;
    config
}

/// What is answered counts, however long it takes on a busy machine without optimization.
pub(super) fn patient(config: &mut Config) {
    let long = std::time::Duration::from_mins(1);
    config.limits.deadline = long;
    config.limits.record = long;
}

/// The header Okta is told to send.
pub(super) fn header() -> String {
    secret(SECRET).header(HeaderForm::Basic).expose_secret().to_owned()
}

/// Okta's body (okta-api.md 4.2), every field of it.
pub(super) fn body(event: &str, login: &str, password: &str) -> Value {
    json!({
        "eventId": event, "eventTime": "2020-01-17T21:23:56.000Z",
        "eventType": "com.okta.user.credential.password.import",
        "eventTypeVersion": "1.0", "contentType": "application/json", "cloudEventVersion": "0.1",
        "source": "https://acme.okta.com/api/v1/inlineHooks/cal2xd5phv9fsPLcF0g7",
        "data": {
            "context": {
                "request": {
                    "id": "XiIl6wn7005Rr@fjYqeC7CCDBxw", "method": "POST",
                    "url": { "value": "/idp/idx/challenge/answer" }, "ipAddress": "66.124.153.138"
                },
                "credential": { "username": login, "password": password }
            },
            "action": { "credential": "UNVERIFIED" }
        }
    })
}

impl Desk {
    pub(super) async fn start(config: Config, lookup: Arc<dyn Lookup>) -> Self {
        let hook = hook::start(config, lookup).await.unwrap();
        let desk = Self { hook, client: client() };
        desk.up().await;
        desk
    }

    /// Against the sealed passwords of a workspace, which keeps the log as well.
    pub(super) async fn sealed(workspace: &Workspace, mapping: &Mapping) -> Self {
        let mut config = config();
        config.password = mapping.password.clone();
        config.journal = Some(workspace.clone());
        patient(&mut config);
        Self::start(config, Arc::new(SealedLookup::new(workspace.clone()))).await
    }

    /// Waits until the place the passwords are in answers.
    pub(super) async fn up(&self) {
        let mut status = self.hook.status();
        let up = status.wait_for(|status| status.backend == BackendState::Up);
        let came = tokio::time::timeout(std::time::Duration::from_secs(30), up).await.is_ok();
        assert!(came, "not up in time: {:?}", self.hook.status().borrow().backend);
    }

    /// A call with the right secret.
    pub(super) async fn ask(&self, body: &Value) -> Told {
        self.raw(body.to_string().into_bytes()).await
    }

    pub(super) async fn raw(&self, body: Vec<u8>) -> Told {
        let request = self
            .client
            .post(self.hook.url())
            .header("Authorization", header())
            .header("Accept", "application/json")
            .header("Content-Type", "application/json")
            .body(body);
        take(request.send().await.unwrap()).await.unwrap()
    }

    /// A sign-in: the word of the answer, or its status.
    pub(super) async fn sign_in(&self, login: &str, password: &str) -> String {
        let told = self.ask(&body(&event(), login, password)).await;
        match (told.status, told.text.as_str()) {
            (200, VERIFIED) => "VERIFIED".to_owned(),
            (200, UNVERIFIED) => "UNVERIFIED".to_owned(),
            (status, _) => status.to_string(),
        }
    }
}

/// An event id that was never used.
pub(super) fn event() -> String {
    static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    format!("event-{}", NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
}
