//! What Okta refuses is known before: assessment and the practice org's own validation agree, both ways, whatever the profile.

use std::cell::Cell;

use causeway::assess::{AssessContext, SchemaRules, assess};
use causeway::model::{Candidate, PasswordEvidence, PasswordSettings, Profile};
use causeway::okta::{Client, Request};
use causeway::practice::PracticeOrg;
use proptest::prelude::*;
use proptest::strategy::{Strategy, Union};
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::rules::change_schema;
use crate::support::company::{client, quick_org};

/// What an administrator added to one of the orgs.
fn additions() -> Value {
    json!({"definitions": {"custom": {"properties": {
        "legacyId": {"title": "Legacy id", "type": "string", "minLength": 2, "maxLength": 8},
        "shoe": {"title": "Shoe", "type": "integer", "minimum": 30, "maximum": 50},
        "ratio": {"title": "Ratio", "type": "number", "minimum": 0.5},
        "remote": {"title": "Remote", "type": "boolean"},
        "size": {"title": "Size", "type": "string", "enum": ["S", "M", "L"], "oneOf": [
            {"const": "S", "title": "S"}, {"const": "M", "title": "M"}, {"const": "L", "title": "L"}]},
        "grade": {"title": "Grade", "type": "integer", "enum": [1, 2, 3]},
        "tags": {"title": "Tags", "type": "array", "items": {"type": "string"}},
        "floors": {"title": "Floors", "type": "array", "items": {"type": "integer"}},
        "shares": {"title": "Shares", "type": "array", "items": {"type": "number"}},
        "otherMail": {"title": "Other mail", "type": "string", "format": "email"},
        "site": {"title": "Site", "type": "string", "format": "uri"},
        "land": {"title": "Land", "type": "string", "format": "country-code"},
        "zone": {"title": "Zone", "type": "string", "format": "timezone"},
        "speech": {"title": "Speech", "type": "string", "format": "language-code"},
        "region": {"title": "Region", "type": "string", "format": "locale"},
        "badge": {"title": "Badge", "type": "string", "required": true}}, "required": ["badge"]}}})
}

/// Values near what an attribute takes, and far from it.
fn value() -> impl Strategy<Value = Value> {
    let near = prop::sample::select(vec![
        "CZ",
        "cz",
        "XX",
        "UK",
        "CZE",
        "U",
        "en_US",
        "en-US",
        "EN_us",
        "en",
        "english",
        "zh_Hant_TW",
        "zh-Hant-TW",
        "en_U",
        "de-D",
        "en-US,en;q=0.8",
        "en;q=2",
        "en;q=",
        "en;x=1",
        ",",
        "Europe/Prague",
        "Prague",
        "UTC",
        "Europe/",
        "Etc/GMT+3",
        "Mars/Base",
        "America/Argentina/Ushuaia",
        "https://example.com/x",
        "example.com",
        "/x",
        "mailto:jo@example.com",
        "http://",
        "a@b.cz",
        "a@b.c",
        "a@b",
        "a@@b.cz",
        "o'neill+x@mail.example.com",
        ".a@b.cz",
        "a.@b.cz",
        "a b@c.cz",
        "李伟@example.com",
        "x@bücher.example",
        "a@b_c.cz",
        "a@-b.cz",
        "a@b.12",
        "jo@example.com ",
        "Jo <jo@example.com>",
        "M",
        "XL",
        "30",
        "7",
        "true",
        " ",
        "  x ",
        "Head\u{0}",
        "To\u{9f}m",
        "line\nline",
        "tab\there",
        "🦊",
        "a@🦊.ws",
        "ab",
        "a",
        "12345678",
        "123456789",
        "no",
        "O'Neill",
        "محمد",
        "Дмитрий",
    ])
    .prop_map(Value::from);
    let long = (prop::sample::select(vec!["x", "é", "伟", "𝒳"]), 1..140_usize)
        .prop_map(|(c, n)| Value::from(c.repeat(n)));
    let longer = prop::sample::select(vec![127_usize, 128, 129, 1024, 1025, 4096, 4097])
        .prop_map(|n| Value::from("y".repeat(n)));
    let mail = (1..120_usize).prop_map(|n| Value::from(format!("{}@example.com", "m".repeat(n))));
    let typed = prop::sample::select(vec![
        json!(3),
        json!(29),
        json!(30),
        json!(50),
        json!(51),
        json!(0.4),
        json!(0.5),
        json!(-1),
        json!(5_000_000_000_i64),
        json!(true),
        json!(["a", "b"]),
        json!([1, 2]),
        json!([1.5]),
        json!([]),
        json!([1, "a"]),
        json!({"a": 1}),
    ]);
    Union::new_weighted(vec![
        (6, near.boxed()),
        (2, long.boxed()),
        (1, longer.boxed()),
        (1, mail.boxed()),
        (2, typed.boxed()),
        (1, "\\PC{0,12}".prop_map(Value::from).boxed()),
        (1, "[a-z@.+_ -]{1,14}".prop_map(Value::from).boxed()),
    ])
}

const CUSTOM: [&str; 17] = [
    "legacyId",
    "shoe",
    "ratio",
    "remote",
    "size",
    "grade",
    "tags",
    "floors",
    "shares",
    "otherMail",
    "site",
    "land",
    "zone",
    "speech",
    "region",
    "badge",
    "unheardOf",
];

/// A sound profile with up to three attributes changed or taken away; `own`: in the org with attributes of its own.
fn profile(own: bool) -> impl Strategy<Value = Profile> {
    let mut names: Vec<&str> = causeway::model::ATTRIBUTES.iter().map(|a| a.name).collect();
    if own {
        names.extend(CUSTOM);
    } else {
        names.push("unheardOf");
    }
    let name = prop::sample::select(names);
    let change = (name, prop::option::weighted(0.9, value()));
    prop::collection::vec(change, 0..4).prop_map(move |changes| {
        let mut profile = Profile::default();
        let sound = [
            ("login", "jo@example.com"),
            ("email", "jo@example.com"),
            ("firstName", "Jo"),
            ("lastName", "Novák"),
        ];
        for (name, value) in sound.into_iter().chain(own.then_some(("badge", "B-1"))) {
            profile.set(name, value);
        }
        for (name, value) in changes {
            profile.set(name, value.unwrap_or(Value::Null));
        }
        profile
    })
}

/// What assessment finds that blocks.
fn blocking(profile: &Profile, rules: &SchemaRules) -> Vec<String> {
    let mut context = AssessContext::new(
        PasswordSettings::default(),
        chrono::NaiveDate::from_ymd_opt(2026, 5, 11).unwrap(),
    );
    context.schema = rules.clone();
    let candidate = Candidate {
        key: "1".into(),
        profile: profile.clone(),
        groups: Vec::new(),
        password: PasswordEvidence::None,
        active: None,
        last_sign_in: None,
        sharing: 0,
        mapping_findings: Vec::new(),
    };
    let findings = assess(candidate, &context).findings;
    let blocks = findings.into_iter().filter(|f| f.severity == causeway::model::Severity::Blocks);
    blocks.map(|f| format!("{} {}", f.code, f.attribute.unwrap_or_default())).collect()
}

/// What the org says to a create: its causes. Whoever is created is deleted again, so that no login is taken.
async fn refusal(
    org: &PracticeOrg,
    http: &reqwest::Client,
    client: &Client,
    profile: &Profile,
) -> Option<String> {
    let create = Request::create_user::<Value>(profile, None, &[], false).unwrap();
    let reply = client.ask(&create).await.unwrap();
    if !reply.ok() {
        return Some(format!("{} {:?}", reply.status, reply.error()));
    }
    let created: Value = reply.parse().unwrap();
    let url = format!("{}/api/v1/users/{}", client.org(), created["id"].as_str().unwrap());
    let token = format!("SSWS {}", secrecy::ExposeSecret::expose_secret(org.token()));
    for _ in 0..2 {
        let sent = http.delete(&url).header("Authorization", &token).send().await.unwrap();
        assert!(sent.status().is_success());
    }
    None
}

/// Asks both about many profiles. Each must say yes to some and no to some, or nothing was shown.
fn agree(change: Option<Value>, cases: u32) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let own = change.as_ref().is_some_and(|change| change.pointer("/definitions/custom").is_some());
    let as_it_comes = change.is_none();
    let (org, client, rules) = runtime.block_on(async {
        let org = quick_org().await;
        let client = client(&org);
        if let Some(change) = change {
            change_schema(&org, change).await;
        }
        let rules = SchemaRules::from_okta(&client.user_schema().await.unwrap()).unwrap();
        (org, client, rules)
    });
    let http = reqwest::Client::new();
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let (refused, taken) = (Cell::new(0_u32), Cell::new(0_u32));
    let ran = TestRunner::new(config).run(&profile(own), |profile| {
        let blocks = blocking(&profile, &rules);
        let said = runtime.block_on(refusal(&org, &http, &client, &profile));
        let count = if said.is_some() { &refused } else { &taken };
        count.set(count.get() + 1);
        prop_assert_eq!(!blocks.is_empty(), said.is_some(), "assessed: {:?}, the org: {:?}", blocks, said);
        // Before an org's schema is read the same holds, but for attributes that only the org can know.
        if as_it_comes && profile.get("unheardOf").is_none() {
            prop_assert_eq!(blocks.is_empty(), blocking(&profile, &SchemaRules::default()).is_empty());
        }
        Ok(())
    });
    if let Err(error) = ran {
        panic!("{error}");
    }
    assert!(refused.get() > cases / 10 && taken.get() > cases / 10, "{refused:?} refused, {taken:?} taken");
}

#[test]
fn an_org_as_it_comes() {
    agree(None, 600);
}

#[test]
fn an_org_with_attributes_of_its_own() {
    agree(Some(additions()), 1000);
}

#[test]
fn an_org_that_takes_any_login_and_needs_no_names() {
    let change = json!({"definitions": {"base": {"properties": {
        "login": {"pattern": ".+"}, "firstName": {"required": false}, "lastName": {"required": false}}}}});
    agree(Some(change), 400);
}

#[test]
fn an_org_with_a_set_of_letters_for_logins() {
    let change = json!({"definitions": {"base": {"properties": {"login": {"pattern": r"[-a-z0-9\.@_]+"}}}}});
    agree(Some(change), 400);
}
