//! Whose is an account that is there after a create whose answer never came? Nobody is created twice, nobody is lost, nobody else's
//! account is taken for ours, and none of ours is called somebody else's: however late Okta is, whatever time it is there.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use causeway::migration::Existing;
use causeway::migration::import::{Ended, ImportSummary};
use causeway::model::{Outcome, OutcomeKind, Profile};
use causeway::okta::{Client, ClientSettings, Mark, OrgUrl, PaceSettings, Request};
use causeway::practice::{Chance, Clock, Config, Faults, Limits, PracticeOrg};
use causeway::workspace::{Who, Workspace};
use serde_json::{Value, json};

use crate::support::company::{Company, Import, client, everyone, login, outcome, quick_org};

/// The system's clock, set ahead or behind.
#[derive(Default)]
struct Shifted(AtomicI64);

impl Clock for Shifted {
    fn now(&self) -> i64 {
        chrono::Utc::now().timestamp_millis() + self.0.load(Ordering::SeqCst)
    }
}

/// An org whose clock is so many seconds ahead of ours.
async fn org_ahead(seconds: i64) -> (PracticeOrg, Arc<Shifted>) {
    let clock = Arc::new(Shifted(AtomicI64::new(seconds * 1000)));
    let config =
        Config { limits: Limits::unlimited(), clock: Arc::<Shifted>::clone(&clock), ..Config::default() };
    (PracticeOrg::start(config).await.unwrap(), clock)
}

/// Only creates of people.
fn creates(faults: Faults) -> Faults {
    Faults { only: vec!["POST /api/v1/users".to_owned()], ..faults }
}

/// A client that waits for Okta in steps of so many milliseconds.
fn patient_client(org: &PracticeOrg, settle: u64) -> Client {
    let settings = ClientSettings {
        settle: Duration::from_millis(settle),
        outage: Duration::from_secs(20),
        pace: PaceSettings { share: 100, most_in_flight: 16 },
        ..ClientSettings::default()
    };
    Client::new(OrgUrl::parse(org.url()).unwrap(), org.token(), settings).unwrap()
}

async fn run(import: Import) -> ImportSummary {
    let ended = tokio::time::timeout(Duration::from_mins(2), import.run()).await;
    ended.expect("the run's end").unwrap()
}

/// In the org and on record, once each, with the same id.
async fn all_ours(org: &PracticeOrg, workspace: &Workspace) {
    let people = everyone(workspace).await;
    assert_eq!(org.counters().created, people.len() as u64, "nobody twice");
    for person in people {
        let there = org.person(&person.row.login).map(|p| p.id);
        assert_eq!(person.row.outcome.kind, OutcomeKind::Created, "{:?}", person.row.outcome);
        assert_eq!(person.row.outcome.okta_id, there, "{}", person.row.login);
    }
}

/// What person `n` looks like, as we would send them.
async fn as_sent(workspace: &Workspace, n: usize) -> Profile {
    everyone(workspace).await.into_iter().find(|p| p.row.login == login(n)).unwrap().profile
}

/// Somebody else makes an account.
async fn made_by_others(
    org: &PracticeOrg,
    profile: &Profile,
    credentials: Option<&Value>,
    mark: Option<&str>,
) -> String {
    let create = Request::create_user(profile, credentials, &[], true).unwrap();
    let create = create.marked(mark.map(|mark| Mark::new(mark).unwrap()));
    let reply = client(org).ask(&create).await.unwrap();
    assert!(reply.ok(), "{reply:?}");
    reply.parse::<Value>().unwrap()["id"].as_str().unwrap().to_owned()
}

fn hash() -> Value {
    json!({"password": {"hash": {"algorithm": "BCRYPT", "workFactor": 10, "salt": "qRRx8rli7Lvs2h2CNgCQ2O",
        "value": "mVA2NDdomRGoGFrAXDZcno0OZ6CoOU2"}}})
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_okta_finds_late_is_waited_for_and_sent_once() {
    for label in [Some("Umzug".to_owned()), None] {
        let company = Company::found(24).await;
        let (workspace, mapping) = company.read().await;
        let org = quick_org().await;
        org.set_faults(creates(Faults {
            drop_after: Chance::Every(2),
            users_late_ms: 500,
            lists_late_ms: 900,
            ..Faults::default()
        }));
        let mut import = Import::new(&workspace, &mapping, &org);
        import.client = patient_client(&org, 250);
        import.choices.label_group = label;
        let summary = run(import).await;
        assert_eq!((summary.ended, summary.tally.created()), (Ended::Done, 24));
        all_ours(&org, &workspace).await;
        assert_eq!(org.counters().by_path["POST /api/v1/users"], 24, "nobody's password went twice");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_okta_calls_taken_and_finds_later_is_ours() {
    let company = Company::found(6).await;
    let (workspace, mapping) = company.read().await;
    let org = quick_org().await;
    // Later than is waited for: the second create is refused, and then they are found.
    org.set_faults(creates(Faults { drop_after: Chance::Next(6), users_late_ms: 900, ..Faults::default() }));
    let mut import = Import::new(&workspace, &mapping, &org);
    import.client = patient_client(&org, 100);
    let summary = run(import).await;
    assert_eq!((summary.ended, summary.tally.created()), (Ended::Done, 6));
    all_ours(&org, &workspace).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn this_computers_clock_plays_no_part() {
    for (ahead, log) in [(-900, true), (900, true), (-900, false), (900, false), (-86_400, false)] {
        let company = Company::found(20).await;
        let (workspace, mapping) = company.read().await;
        let (org, _) = org_ahead(ahead).await;
        let no_log = Faults {
            only: vec!["GET /api/v1/logs".to_owned()],
            forbidden: if log { Chance::Never } else { Chance::Always },
            ..Faults::default()
        };
        org.set_faults(creates(Faults {
            drop_after: Chance::Every(3),
            also: vec![no_log],
            ..Faults::default()
        }));
        let mut import = Import::new(&workspace, &mapping, &org);
        import.choices.label_group = None;
        let summary = run(import).await;
        assert_eq!((summary.ended, summary.tally.created()), (Ended::Done, 20), "{ahead} {log}");
        all_ours(&org, &workspace).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_from_before_the_run_is_never_ours() {
    for (minutes, log) in [(5, true), (5, false), (1, false)] {
        let company = Company::found(3).await;
        let (workspace, mapping) = company.read().await;
        let (org, clock) = org_ahead(0).await;
        let id = made_by_others(&org, &as_sent(&workspace, 1).await, Some(&hash()), None).await;
        clock.0.fetch_add(minutes * 60_000, Ordering::SeqCst);
        let no_log = Faults {
            only: vec!["GET /api/v1/logs".to_owned()],
            forbidden: if log { Chance::Never } else { Chance::Always },
            ..Faults::default()
        };
        org.set_faults(creates(Faults {
            drop_after: Chance::Next(3),
            also: vec![no_log],
            ..Faults::default()
        }));
        let mut import = Import::new(&workspace, &mapping, &org);
        import.choices.label_group = None;
        let summary = run(import).await;
        assert_eq!((summary.tally.created(), summary.tally.already_there), (2, 1), "{minutes} {log}");
        let left = outcome(&workspace, &login(1)).await;
        assert_eq!((left.kind, left.okta_id), (OutcomeKind::AlreadyThere, Some(id)));
    }
}

/// The create breaks before Okta sees it, and somebody else makes the account at that very moment.
async fn made_in_between(credentials: Option<&Value>, mark: Option<&str>, log: bool) -> (Outcome, String) {
    let company = Company::found(1).await;
    let (workspace, mapping) = company.read().await;
    let org = Arc::new(quick_org().await);
    let no_log = Faults {
        only: vec!["GET /api/v1/logs".to_owned()],
        forbidden: if log { Chance::Never } else { Chance::Always },
        ..Faults::default()
    };
    org.set_faults(creates(Faults { drop_before: Chance::Next(1), also: vec![no_log], ..Faults::default() }));
    let profile = as_sent(&workspace, 1).await;
    let mut import = Import::new(&workspace, &mapping, &org);
    import.client = patient_client(&org, 200);
    import.choices.label_group = None;
    let running = tokio::spawn(run(import));
    while org.counters().dropped == 0 {
        tokio::task::yield_now().await;
    }
    let id = made_by_others(&org, &profile, credentials, mark).await;
    let summary = running.await.unwrap();
    assert_eq!((summary.ended, org.counters().created), (Ended::Done, 1));
    (outcome(&workspace, &login(1)).await, id)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_made_by_others_at_that_very_moment_is_never_ours() {
    // By another migration, which sends the same hash: only the mark in the log tells.
    let (there, id) = made_in_between(Some(&hash()), Some("aaaaaaaaaaaaaaaaaaaa"), true).await;
    assert_eq!((there.kind, there.okta_id), (OutcomeKind::AlreadyThere, Some(id)));
    // By hand: it has no imported password.
    for log in [true, false] {
        let (there, id) = made_in_between(None, None, log).await;
        assert_eq!((there.kind, there.okta_id), (OutcomeKind::AlreadyThere, Some(id)), "{log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_may_not_see_the_log_is_no_reason_to_stop() {
    let company = Company::found(9).await;
    let (workspace, mapping) = company.read().await;
    let org = quick_org().await;
    let no_log =
        Faults { only: vec!["GET /api/v1/logs".into()], forbidden: Chance::Always, ..Faults::default() };
    org.set_faults(creates(Faults { drop_after: Chance::Every(2), also: vec![no_log], ..Faults::default() }));
    let mut import = Import::new(&workspace, &mapping, &org);
    import.choices.label_group = None;
    let summary = run(import).await;
    assert_eq!((summary.ended, summary.tally.created()), (Ended::Done, 9));
    all_ours(&org, &workspace).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_values_were_changed_since_is_known_by_the_mark() {
    let company = Company::found(4).await;
    let (workspace, mapping) = company.read().await;
    let org = quick_org().await;
    // The create goes through and the run is stopped before anybody knows.
    let look_ups =
        Faults { only: vec!["GET /api/v1/users/".into()], server_error: Chance::Always, ..Faults::default() };
    org.set_faults(creates(Faults { drop_after: Chance::Always, also: vec![look_ups], ..Faults::default() }));
    let mut import = Import::new(&workspace, &mapping, &org);
    import.choices.label_group = None;
    let stop = import.stop.clone();
    let running = tokio::spawn(run(import));
    while org.people_count() < 4 {
        tokio::task::yield_now().await;
    }
    stop.cancel();
    assert_eq!(running.await.unwrap().tally.sending, 4);
    org.set_faults(Faults::default());
    let who = Who::These(vec![workspace.by_key("2").await.unwrap().unwrap()]);
    let context = causeway::assess::AssessContext::new(
        mapping.password.clone(),
        chrono::NaiveDate::from_ymd_opt(2026, 5, 11).unwrap(),
    );
    let reassess = move |candidate: causeway::model::Candidate| causeway::assess::assess(candidate, &context);
    workspace.set_attribute(&who, "title", Some("Dr".into()), &reassess).await.unwrap();
    let mut import = Import::new(&workspace, &mapping, &org);
    import.choices.label_group = None;
    assert_eq!(run(import).await.tally.created(), 4);
    all_ours(&org, &workspace).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_differs_in_accents_is_another_persons() {
    let company = Company::found(3).await;
    let (workspace, mapping) = company.read().await;
    let org = quick_org().await;
    let mut profile = as_sent(&workspace, 2).await;
    profile.set("login", "pérson2@example.com");
    profile.set("email", "other@example.com");
    profile.set("firstName", "Somebody");
    made_by_others(&org, &profile, None, None).await;
    for existing in [Existing::Leave, Existing::Update] {
        workspace.retry(&Who::All(causeway::workspace::PeopleFilter::default())).await.unwrap();
        let mut import = Import::new(&workspace, &mapping, &org);
        import.choices.existing = existing;
        let summary = run(import).await;
        assert_eq!((summary.tally.created(), summary.tally.failed), (2, 1), "{existing:?}");
        let failed = outcome(&workspace, &login(2)).await;
        let words = failed.message.unwrap();
        assert!(words.contains("“pérson2@example.com”") && words.contains("accents"), "{words}");
        assert!(failed.suggestion.is_some_and(|s| s.contains("change the login")));
        assert_eq!(failed.okta_id, None, "another's account is not on record as this person's");
    }
    assert!(
        org.person("pérson2@example.com").unwrap().name.starts_with("Somebody"),
        "nothing was done to them"
    );
}

/// Someone's e-mail address is another account's, in an org that takes each once (self-service registration).
#[tokio::test(flavor = "multi_thread")]
async fn an_email_address_in_use_is_called_that() {
    let company = Company::found(3).await;
    let (workspace, mapping) = company.read().await;
    let org = quick_org().await;
    let mut profile = as_sent(&workspace, 2).await;
    profile.set("login", "bob@example.com");
    let bob = made_by_others(&org, &profile, Some(&hash()), None).await;
    org.set_faults(Faults { unique_email: true, ..Faults::default() });
    let summary = run(Import::new(&workspace, &mapping, &org)).await;
    assert_eq!((summary.ended, summary.tally.created(), summary.tally.failed), (Ended::Done, 2, 1));
    let failed = outcome(&workspace, &login(2)).await;
    let words = failed.message.unwrap();
    assert!(words.contains(&login(2)) && words.contains("“bob@example.com”"), "{words}");
    assert!(words.contains("self-service registration") && !words.contains("accents"), "{words}");
    assert!(failed.suggestion.unwrap().contains("e-mail address of their own"));
    assert_ne!(failed.okta_id, Some(bob));
    assert_eq!(org.counters().by_path["POST /api/v1/users"], 4, "not tried again");
}

#[tokio::test(flavor = "multi_thread")]
async fn logins_that_no_path_can_hold_are_found_all_the_same() {
    let company = Company::found(7).await;
    let (workspace, mapping) = company.read().await;
    let org = quick_org().await;
    let any = json!({"definitions": {"base": {"properties": {"login": {"pattern": ".+"}}}}});
    crate::rules::change_schema(&org, any).await;
    let schema = client(&org).user_schema().await.unwrap();
    let mut context = causeway::assess::AssessContext::new(
        mapping.password.clone(),
        chrono::NaiveDate::from_ymd_opt(2026, 5, 11).unwrap(),
    );
    context.schema = causeway::assess::SchemaRules::from_okta(&schema).unwrap();
    let reassess = move |candidate: causeway::model::Candidate| causeway::assess::assess(candidate, &context);
    let logins =
        ["ada#1@example.com", "a/b@example.com", "dom\\ada", "[ada]", "a;b@example.com", "what?", "me"];
    for (n, login) in logins.iter().enumerate() {
        let who = Who::These(vec![workspace.by_key(&(n + 1).to_string()).await.unwrap().unwrap()]);
        workspace.set_attribute(&who, "login", Some((*login).into()), &reassess).await.unwrap();
    }
    org.set_faults(creates(Faults { drop_after: Chance::Next(7), lists_late_ms: 300, ..Faults::default() }));
    let mut import = Import::new(&workspace, &mapping, &org);
    import.client = patient_client(&org, 200);
    let summary = run(import).await;
    assert_eq!(
        (summary.ended, summary.tally.created()),
        (Ended::Done, 7),
        "{:?}",
        everyone(&workspace).await
    );
    assert_eq!(org.counters().by_path["POST /api/v1/users"], 7, "nobody was sent twice");
    let ids: std::collections::HashSet<_> =
        everyone(&workspace).await.into_iter().filter_map(|p| p.row.outcome.okta_id).collect();
    assert_eq!((ids.len(), org.people_count()), (7, 7));
}

/// An Okta that answers another create with an account we have already is not believed, however right the login in its answer is.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_one_persons() {
    let company = Company::found(2).await;
    let (workspace, mapping) = company.read().await;
    let second = Who::These(vec![workspace.by_key("2").await.unwrap().unwrap()]);
    workspace.leave_out(&second).await.unwrap();
    // Two orgs of one seed give the same ids, as one that forgets what it has given.
    let (org, forgetful) = (quick_org().await, quick_org().await);
    assert_eq!(run(Import::new(&workspace, &mapping, &org)).await.tally.created(), 1);
    let first = outcome(&workspace, &login(1)).await;
    workspace.put_back(&second).await.unwrap();
    let summary = run(Import::new(&workspace, &mapping, &forgetful)).await;
    assert_eq!(forgetful.person(&login(2)).map(|person| person.id), first.okta_id, "the same id");
    assert_eq!((summary.tally.created(), summary.tally.failed, summary.failed), (1, 1, 1));
    let doubted = outcome(&workspace, &login(2)).await;
    assert_eq!((doubted.kind, doubted.okta_id), (OutcomeKind::Failed, None));
    let words = doubted.message.unwrap();
    assert!(words.contains(&login(1)) && words.contains("already has"), "{words}");
    assert_eq!(outcome(&workspace, &login(1)).await, first);
}
