//! The org's own rules reach everyone; what it lacks is created; who is there already is known before anything is sent.

use causeway::assess::codes;
use causeway::migration::rules::{self, Reassessed};
use causeway::migration::{MigrationError, docs, there};
use causeway::model::{OutcomeKind, Profile, Progress};
use causeway::okta::{Client, Request};
use causeway::practice::PracticeOrg;
use causeway::workspace::{Disposition, PeopleFilter, PersonId, Sort, Who, Workspace};
use chrono::NaiveDate;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::support::company::{Company, Import, client, everyone, login, quick_org};

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 5, 11).unwrap()
}

/// Posts a change of the schema, as an administrator does.
pub(crate) async fn change_schema(org: &PracticeOrg, change: Value) {
    let answer = reqwest::Client::new()
        .post(format!("{}/api/v1/meta/schemas/user/default", org.url()))
        .header("Authorization", format!("SSWS {}", org.token().expose_secret()))
        .header("Content-Type", "application/json")
        .header("Accept", "application/json")
        .body(change.to_string())
        .send()
        .await
        .unwrap();
    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
}

async fn follow(workspace: &Workspace, client: &Client) -> Reassessed {
    let progress = watch::Sender::new(Progress::default());
    let stop = CancellationToken::new();
    rules::follow(workspace, client, today(), &stop, &progress).await.unwrap().expect("may see the schema")
}

async fn set(workspace: &Workspace, key: &str, attribute: &str, value: Value) {
    let context = rules::context(workspace, today()).await.unwrap();
    let again = move |candidate: causeway::model::Candidate| causeway::assess::assess(candidate, &context);
    let who = Who::These(vec![workspace.by_key(key).await.unwrap().unwrap()]);
    workspace.set_attribute(&who, attribute, Some(value), &again).await.unwrap();
}

async fn blocked(workspace: &Workspace) -> u64 {
    workspace.counts().await.unwrap().blocked
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_org_demands_blocks_before_anything_is_sent_and_a_reading_keeps_it() {
    let company = Company::found(30).await;
    let (workspace, mapping) = company.read().await;
    assert_eq!(blocked(&workspace).await, 0);
    let org = quick_org().await;
    change_schema(&org, json!({"definitions": {"custom": {"properties": {
        "badge": {"title": "Badge", "type": "string", "maxLength": 4, "required": true}}, "required": ["badge"]}}})).await;
    set(&workspace, "3", "badge", json!("B-3")).await;
    set(&workspace, "4", "badge", json!("far too long")).await;

    let done = follow(&workspace, &client(&org)).await;
    assert_eq!((done.changed, done.missing.len(), done.stopped), (30, 0, false));
    assert_eq!(blocked(&workspace).await, 29, "all but the one with a fitting badge");
    let of = |n: usize| {
        let workspace = workspace.clone();
        async move { everyone(&workspace).await.into_iter().find(|p| p.row.login == login(n)).unwrap() }
    };
    let codes_of = |findings: Vec<causeway::model::Finding>| -> Vec<String> {
        findings.into_iter().filter(|f| f.attribute.as_deref() == Some("badge")).map(|f| f.code).collect()
    };
    assert_eq!(codes_of(of(4).await.findings), [codes::TOO_LONG]);
    assert_eq!(codes_of(of(5).await.findings), [codes::REQUIRED_MISSING]);
    // Nothing changed since: nobody is written again.
    assert_eq!(follow(&workspace, &client(&org)).await.changed, 0);
    // An edit goes by the org's rules too.
    set(&workspace, "5", "badge", json!("B-5")).await;
    assert_eq!(blocked(&workspace).await, 28);
    let summary = Import::new(&workspace, &mapping, &org).run().await.unwrap();
    assert_eq!((summary.tally.created(), summary.tally.failed), (2, 0), "and Okta agrees");

    // The source read again: the org's rules still hold, also where they came to be known only after the reading began.
    let job = |schema| causeway::migration::read::ReadJob {
        workspace: workspace.clone(),
        source: causeway::source::open(
            &causeway::source::SourceSpec::Sqlite(causeway::source::SqliteSpec { path: company.database() }),
            None,
        )
        .unwrap(),
        source_label: "again".into(),
        mapping: mapping.clone(),
        schema,
        today: today(),
        expected: None,
    };
    let read = async |schema| {
        let progress = watch::Sender::new(Progress::default());
        causeway::migration::read::run(job(schema), CancellationToken::new(), progress).await.unwrap();
    };
    read(rules::schema(&workspace).await.unwrap()).await;
    assert_eq!(blocked(&workspace).await, 28);
    assert_eq!(follow(&workspace, &client(&org)).await.changed, 0);
    read(causeway::assess::SchemaRules::default()).await;
    assert!(follow(&workspace, &client(&org)).await.changed > 0);
    assert_eq!(blocked(&workspace).await, 28);
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_attributes_are_created_with_the_type_people_have_and_then_people_go() {
    let company = Company::found(12).await;
    let (workspace, mapping) = company.read().await;
    let org = quick_org().await;
    for (key, attribute, value) in [
        ("1", "badge", json!("B-1")),
        ("2", "badge", json!("B-2")),
        ("2", "shoe", json!(44)),
        ("3", "remote", json!(true)),
        ("4", "tags", json!(["a", "b"])),
        ("5", "staff no", json!("5")),
    ] {
        set(&workspace, key, attribute, value).await;
    }
    let done = follow(&workspace, &client(&org)).await;
    let found: Vec<_> =
        done.missing.iter().map(|m| (m.name.as_str(), m.kind, m.people, m.problem.is_none())).collect();
    assert_eq!(
        found,
        [
            ("badge", "string", 2, true),
            ("remote", "boolean", 1, true),
            ("shoe", "integer", 1, true),
            ("staff no", "string", 1, false),
            ("tags", "array", 1, true)
        ]
    );
    assert_eq!(blocked(&workspace).await, 5);

    let progress = watch::Sender::new(Progress::default());
    let stop = CancellationToken::new();
    let done =
        rules::create(&workspace, &client(&org), &done.missing, today(), &stop, &progress).await.unwrap();
    let left: Vec<_> = done.missing.iter().map(|m| m.name.as_str()).collect();
    assert_eq!(left, ["staff no"], "which Okta can't have");
    assert_eq!(blocked(&workspace).await, 1);
    let schema = client(&org).user_schema().await.unwrap();
    assert_eq!(schema.pointer("/definitions/custom/properties/shoe/type"), Some(&json!("integer")));
    assert_eq!(
        schema.pointer("/definitions/custom/properties/shoe/permissions/0/action"),
        Some(&json!("HIDE"))
    );
    let summary = Import::new(&workspace, &mapping, &org).run().await.unwrap();
    assert_eq!((summary.tally.created(), summary.tally.failed), (11, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn stopped_in_the_middle_everyone_is_gone_through_the_next_time() {
    let company = Company::found(20).await;
    let (workspace, _) = company.read().await;
    let org = quick_org().await;
    change_schema(
        &org,
        json!({"definitions": {"custom": {"properties": {
        "badge": {"title": "Badge", "type": "string", "required": true}}}}}),
    )
    .await;
    let progress = watch::Sender::new(Progress::default());
    let stop = CancellationToken::new();
    stop.cancel();
    let early = rules::follow(&workspace, &client(&org), today(), &stop, &progress).await;
    assert!(matches!(early, Err(MigrationError::Stopped)), "before the org was asked");
    // As the stop leaves it when it comes after the org's rules were kept.
    workspace.put_doc(docs::SCHEMA, &client(&org).user_schema().await.unwrap()).await.unwrap();
    workspace.put_doc(docs::ASSESS_AGAIN, &true).await.unwrap();
    let done = rules::run(&workspace, today(), &stop, &progress).await.unwrap();
    assert!(done.stopped);
    assert_eq!(blocked(&workspace).await, 0);
    // Even from a workspace closed and opened again, and without another schema.
    workspace.close().await.unwrap();
    let workspace = company.open().await;
    assert_eq!(follow(&workspace, &client(&org)).await.changed, 20);
    assert_eq!(blocked(&workspace).await, 20);
}

/// Puts some of the company into the org under their logins in other capitals.
async fn settle_in(org: &PracticeOrg, numbers: &[usize]) {
    let hands = client(org);
    for n in numbers {
        let mut profile = Profile::default();
        for (name, value) in [("email", login(*n)), ("firstName", "Old".into()), ("lastName", "Name".into())]
        {
            profile.set(name, value);
        }
        profile.set("login", login(*n).to_uppercase());
        let create = Request::create_user::<Value>(&profile, None, &[], false).unwrap();
        assert!(hands.ask(&create).await.unwrap().ok());
    }
}

async fn marked(workspace: &Workspace) -> Vec<String> {
    let filter = PeopleFilter { there: true, ..PeopleFilter::default() };
    let ids: Vec<PersonId> = workspace.order(&filter, Sort::default()).await.unwrap();
    let rows = workspace.rows(&ids).await.unwrap();
    assert!(rows.iter().all(|row| row.there));
    rows.into_iter().map(|row| row.login).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_there_already_is_marked_whether_asked_about_or_listed() {
    // Few are asked about one by one; many are found in the list of the org.
    for people in [12, 260] {
        let company = Company::found(people).await;
        let (workspace, mapping) = company.read().await;
        let org = quick_org().await;
        settle_in(&org, &[3, 4, 9]).await;
        let look = async || {
            let progress = watch::Sender::new(Progress::default());
            there::run(workspace.clone(), client(&org), CancellationToken::new(), progress).await.unwrap()
        };
        let before = org.counters().by_path;
        let looked = look().await;
        assert_eq!((looked.there, looked.stopped), (3, false), "{people} people");
        assert_eq!(marked(&workspace).await, [login(3), login(4), login(9)]);
        let writes = |paths: &std::collections::BTreeMap<String, u64>| {
            paths.iter().filter(|(path, _)| !path.starts_with("GET ")).map(|(_, n)| n).sum::<u64>()
        };
        assert_eq!(writes(&before), writes(&org.counters().by_path), "nothing was written");
        // Another login is another question.
        set(&workspace, "4", "login", json!("somebody.else@example.com")).await;
        assert_eq!(marked(&workspace).await, [login(3), login(9)]);
        // Who was sent is no longer waiting.
        let summary = Import::new(&workspace, &mapping, &org).run().await.unwrap();
        assert_eq!((summary.tally.already_there, summary.tally.created()), (2, people as u64 - 2));
        assert_eq!(marked(&workspace).await, Vec::<String>::new());
        let there = everyone(&workspace)
            .await
            .into_iter()
            .filter(|p| p.row.outcome.kind == OutcomeKind::AlreadyThere);
        assert_eq!(there.count(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_who_do_not_go_are_not_looked_up() {
    let company = Company::found(12).await;
    let (workspace, _) = company.read().await;
    let org = quick_org().await;
    settle_in(&org, &[3]).await;
    let three = Who::These(vec![workspace.by_key("3").await.unwrap().unwrap()]);
    workspace.leave_out(&three).await.unwrap();
    let progress = watch::Sender::new(Progress::default());
    let looked =
        there::run(workspace.clone(), client(&org), CancellationToken::new(), progress).await.unwrap();
    assert_eq!(looked.there, 0);
    let left: Vec<_> = everyone(&workspace)
        .await
        .into_iter()
        .filter(|p| p.row.disposition == Disposition::LeftOut)
        .collect();
    assert_eq!(left.len(), 1);
}
