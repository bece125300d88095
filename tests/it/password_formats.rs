//! Every public vector that converts, through the practice org: it checks imported hashes with code of its own, so a wrong
//! conversion shows as a person who can't sign in.

use causeway::password::{Outcome, Question, explain};
use serde_json::{Value, json};

use crate::practice::person;
use crate::support::http::Desk;

const VECTORS: &str = include_str!("../data/password-vectors.jsonl");
/// Formats the public vectors don't have, from Python's hashlib.
const OWN: &str = include_str!("../data/password-vectors-own.jsonl");

/// The rows that convert: id, hash object, password, whether it is the right one.
fn importable() -> Vec<(String, Value, String, bool)> {
    let mut rows = Vec::new();
    for line in VECTORS.lines().chain(OWN.lines()) {
        let mut row: Value = serde_json::from_str(line).unwrap();
        if row["detect"] == "needs_hint" {
            row["assume"] = row["scheme"].clone();
        }
        // The password is for the org to check, not for the room.
        let password = row["password"].take().as_str().unwrap().to_owned();
        let (id, fits) = (row["id"].as_str().unwrap().to_owned(), row["verifies"].as_bool().unwrap());
        let question: Question = serde_json::from_value(row).unwrap();
        let answer = explain(&question);
        if answer.outcome == Outcome::Import {
            rows.push((id, serde_json::to_value(answer.okta.unwrap()).unwrap(), password, fits));
        }
    }
    rows
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_converts_signs_in_with_the_old_password_and_no_other() {
    let desk = Desk::open().await;
    let rows = importable();
    assert!(rows.len() > 300, "{}", rows.len());
    let mut wrong = Vec::new();
    for (number, (id, hash, password, fits)) in rows.iter().enumerate() {
        let login = format!("p{number}@example.com");
        let told = desk.post("/api/v1/users", person(&login, &json!({ "hash": hash }))).await;
        if told.status != 200 {
            wrong.push(format!("{id}: refused: {}", told.text));
            continue;
        }
        let other = format!("{password}x");
        // bcrypt takes 72 bytes of a password: one more behind them changes nothing.
        let other = if password.len() >= 72 { "x".to_owned() } else { other };
        if desk.authn(&login, &other).await.status != 401 {
            wrong.push(format!("{id}: a wrong password signs in"));
        }
        let status = desk.authn(&login, password).await.status;
        if status != if *fits { 200 } else { 401 } {
            wrong.push(format!(
                "{id}: {status} for a password that {}",
                if *fits { "fits" } else { "does not fit" }
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The mistakes a conversion can make, made on purpose: the org refuses them, or the person can't sign in.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_conversion_shows() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let desk = Desk::open().await;
    let mut kinds = std::collections::BTreeSet::new();
    let mut number = 0;
    for (id, hash, password, fits) in importable() {
        let kind = (hash["algorithm"].to_string(), hash["saltOrder"].to_string());
        if !fits || !kinds.insert(kind) {
            continue;
        }
        let mut mistakes: Vec<(&str, Value)> = Vec::new();
        let mut change = |what, field: &str, value: Value| {
            let mut changed = hash.clone();
            changed[field] = value;
            mistakes.push((what, changed));
        };
        if let Some(order) = hash["saltOrder"].as_str() {
            change("order swapped", "saltOrder", json!(if order == "PREFIX" { "POSTFIX" } else { "PREFIX" }));
        }
        let value = hash["value"].as_str().unwrap();
        if hash["algorithm"] != "BCRYPT" {
            let raw = STANDARD.decode(value).unwrap();
            change("hex for Base64", "value", json!(hex::encode(&raw)));
            if value.ends_with('=') {
                change("no padding", "value", json!(value.trim_end_matches('=')));
            }
            change("cut short", "value", json!(STANDARD.encode(&raw[..raw.len() - 1])));
            if let Some(salt) = hash["salt"].as_str() {
                let salt = STANDARD.decode(salt).unwrap();
                change("hex of the salt", "salt", json!(STANDARD.encode(hex::encode(&salt))));
            }
        }
        if hash["algorithm"] == "PBKDF2" {
            change("other key size", "keySize", json!(hash["keySize"].as_u64().unwrap() + 1));
            change("too few iterations", "iterationCount", json!(4095));
            change("no such digest", "digestAlgorithm", json!("SHA1_HMAC"));
        }
        if hash["algorithm"] == "BCRYPT" {
            change("cost over 20", "workFactor", json!(21));
            change("another cost", "workFactor", json!(hash["workFactor"].as_u64().unwrap() + 1));
            change("cut short", "value", json!(&value[..30]));
        }
        for (what, changed) in mistakes {
            number += 1;
            let login = format!("m{number}@example.com");
            let told = desk.post("/api/v1/users", person(&login, &json!({ "hash": changed }))).await;
            let refused = told.status == 400;
            assert!(refused || told.status == 200, "{id}, {what}: {}", told.text);
            assert!(
                refused || desk.authn(&login, &password).await.status == 401,
                "{id}, {what}: signs in all the same"
            );
        }
    }
    assert!(kinds.len() >= 10, "{kinds:?}");
}
