//! What Okta answered in other people's bug reports (`tests/data/found-inputs.jsonl`), played by the practice org, and what the
//! import makes of it. The rows about rate headers are tried where the headers are read (`okta::pace`).

use std::time::Duration;

use causeway::migration::Existing;
use causeway::migration::import::Ended;
use causeway::model::{OutcomeKind, Profile};
use causeway::okta::{Client, ClientSettings, OrgUrl, Request};
use causeway::practice::{Chance, Faults, PracticeOrg, Status};
use causeway::workspace::{Who, Workspace};
use serde_json::{Value, json};

use crate::support::company::{Company, Import, client, everyone, quick_org};
use crate::support::http::Desk;

const FOUND: &str = include_str!("../data/found-inputs.jsonl");

fn row(id: &str) -> Value {
    let rows = FOUND.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    rows.into_iter().find(|row| row["id"] == id).unwrap_or_else(|| panic!("{id}"))
}

/// One person with these values, and an org that takes any login.
async fn one(org: &PracticeOrg, values: &Value) -> (Company, Workspace, causeway::mapping::Mapping) {
    let company = Company::found(1).await;
    let (workspace, mapping) = company.read().await;
    let any = json!({"definitions": {"base": {"properties": {"login": {"pattern": ".+"}}}}});
    crate::rules::change_schema(org, any).await;
    let schema = client(org).user_schema().await.unwrap();
    let mut context = causeway::assess::AssessContext::new(
        mapping.password.clone(),
        chrono::NaiveDate::from_ymd_opt(2026, 5, 11).unwrap(),
    );
    context.schema = causeway::assess::SchemaRules::from_okta(&schema).unwrap();
    let reassess = move |candidate: causeway::model::Candidate| causeway::assess::assess(candidate, &context);
    let who = Who::These(vec![workspace.by_key("1").await.unwrap().unwrap()]);
    for (name, value) in values.as_object().unwrap() {
        workspace.set_attribute(&who, name, Some(value.clone()), &reassess).await.unwrap();
    }
    (company, workspace, mapping)
}

/// A client as it is for everybody: it waits 2, 4 and 8 seconds for Okta.
fn usual_client(org: &PracticeOrg) -> Client {
    Client::new(OrgUrl::parse(org.url()).unwrap(), org.token(), ClientSettings::default()).unwrap()
}

async fn there(org: &PracticeOrg, profile: &Value) -> String {
    let mut whole = Profile::default();
    for (name, value) in [("firstName", "Bob"), ("lastName", "Muster")] {
        whole.set(name, value);
    }
    for (name, value) in profile.as_object().unwrap() {
        whole.set(name, value.clone());
    }
    let create = Request::create_user::<Value>(&whole, None, &[], false).unwrap();
    let reply = client(org).ask(&create).await.unwrap();
    assert!(reply.ok(), "{reply:?}");
    reply.parse::<Value>().unwrap()["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_is_looked_up_in_the_way_that_answers_for_it() {
    for id in ["BR-17a", "BR-17c", "BR-17f"] {
        let login = row(id)["input"]["login"].clone();
        let org = quick_org().await;
        let (_company, workspace, mapping) = one(&org, &json!({ "login": login })).await;
        org.set_faults(Faults {
            only: vec!["POST /api/v1/users".into()],
            drop_after: Chance::Next(1),
            ..Faults::default()
        });
        let summary = Import::new(&workspace, &mapping, &org).run().await.unwrap();
        assert_eq!((summary.ended, summary.tally.created()), (Ended::Done, 1), "{id}");
        assert_eq!(org.counters().by_path["POST /api/v1/users"], 1, "{id}: the create went once");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_email_of_another_account_is_listed_for_repair() {
    let found = row("BR-18");
    let org = quick_org().await;
    let existing = &found["input"]["org"]["existing"][0];
    let bob = there(&org, existing).await;
    let (_company, workspace, mapping) = one(&org, &found["input"]["row"]).await;
    org.set_faults(Faults {
        unique_email: found["input"]["org"]["self_service_registration"].as_bool().unwrap(),
        ..Faults::default()
    });
    let summary = Import::new(&workspace, &mapping, &org).run().await.unwrap();
    assert_eq!((summary.tally.created(), summary.tally.already_there, summary.tally.failed), (0, 0, 1));
    let outcome = everyone(&workspace).await.remove(0).row.outcome;
    assert_eq!(outcome.kind, OutcomeKind::Failed);
    let words = outcome.message.unwrap();
    for part in [&existing["login"], &existing["email"]] {
        assert!(words.contains(part.as_str().unwrap()), "{words}");
    }
    assert!(words.contains("e-mail") && words.contains("self-service registration"), "{words}");
    assert_ne!(outcome.okta_id, Some(bob), "nobody is adopted");
    assert_eq!(org.counters().by_path["POST /api/v1/users"], 2, "one made Bob; one try of ours");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deactivated_account_is_neither_created_nor_changed_nor_reactivated() {
    let found = row("BR-21a");
    for existing in [Existing::Leave, Existing::Update] {
        let desk = Desk::open().await;
        let mut before = found["input"]["get_by_login_answer"]["body"]["profile"].clone();
        before["email"] = found["input"]["row"]["email"].clone();
        let id = there(&desk.org, &before).await;
        desk.step(&format!("/api/v1/users/{id}/lifecycle/deactivate")).await;
        let (_company, workspace, mapping) = one(&desk.org, &found["input"]["row"]).await;
        let mut import = Import::new(&workspace, &mapping, &desk.org);
        import.choices.existing = existing;
        import.run().await.unwrap();
        let person = desk.org.person(&id).unwrap();
        assert_eq!((desk.org.people_count(), person.status), (1, Status::Deprovisioned), "{existing:?}");
        assert!(person.name.starts_with("Bob"), "{}", person.name);
        let paths = desk.org.counters().by_path;
        assert!(
            !paths.keys().any(|path| path.ends_with("/activate") || path.starts_with("PUT ")),
            "{paths:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_404_right_after_a_create_is_no_proof_of_absence() {
    let found = row("BR-25b");
    assert!(found["input"]["sequence"][2].get("get_by_login_2s_later").is_some());
    let org = quick_org().await;
    let (_company, workspace, mapping) = one(&org, &json!({})).await;
    org.set_faults(Faults {
        only: vec!["POST /api/v1/users".into()],
        drop_after: Chance::Next(1),
        users_late_ms: 2000,
        ..Faults::default()
    });
    let mut import = Import::new(&workspace, &mapping, &org);
    import.client = usual_client(&org);
    let summary = import.run().await.unwrap();
    assert_eq!((summary.tally.created(), summary.tally.failed), (1, 0));
    assert_eq!(org.counters().created, found["expected"]["created"].as_u64().unwrap());
    assert_eq!(org.counters().by_path["POST /api/v1/users"], 1);
    let outcome = everyone(&workspace).await.remove(0).row.outcome;
    assert_eq!(outcome.okta_id, org.person("person1@example.com").map(|p| p.id));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_made_a_moment_ago_may_be_unknown_to_okta_itself() {
    let found = row("BR-26a");
    assert!(found["input"]["sequence"][2].get("GET /api/v1/groups/00gA (3 s later)").is_some());
    let org = quick_org().await;
    let company = Company::found(5).await;
    let (workspace, mapping) = company.read().await;
    org.set_faults(Faults { groups_late_ms: 3000, lists_late_ms: 4000, ..Faults::default() });
    let mut import = Import::new(&workspace, &mapping, &org);
    import.client = usual_client(&org);
    let ended = tokio::time::timeout(Duration::from_mins(1), import.run()).await;
    assert_eq!(ended.unwrap().unwrap().tally.created(), 5);
    let label: Vec<_> = org.groups().into_iter().filter(|g| g.name.starts_with("Migrated")).collect();
    assert_eq!(label.len() as u64, found["expected"]["groups_created"].as_u64().unwrap());
    assert_eq!(label[0].members, 5);
}
