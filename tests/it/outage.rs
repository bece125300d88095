//! Okta late, failing or garbled as a whole: the run waits, says why, or pauses and asks. Nobody fails for it, nobody is lost or made
//! twice.

use std::time::Duration;

use causeway::migration::Existing;
use causeway::migration::import::{Ended, ImportSummary};
use causeway::model::{OutcomeKind, Profile};
use causeway::okta::{Client, ClientSettings, OrgUrl, PaceSettings, PauseReason, Request};
use causeway::practice::{Chance, Config, Faults, Limits, PracticeOrg};
use causeway::workspace::Workspace;
use tokio_util::sync::CancellationToken;

use crate::support::company::{Company, Import, client, everyone, login, outcome, quick_org};
use crate::support::http::Desk;

/// A client that waits for Okta in steps of so many milliseconds, and calls so many an outage.
fn client_with(org: &PracticeOrg, settle: u64, outage: u64) -> Client {
    let settings = ClientSettings {
        settle: Duration::from_millis(settle),
        outage: Duration::from_millis(outage),
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

fn only(line: &str, faults: Faults) -> Faults {
    Faults { only: vec![line.to_owned()], ..faults }
}

// ── Groups that are not known yet ──

#[tokio::test(flavor = "multi_thread")]
async fn a_group_made_a_moment_ago_is_waited_for() {
    let company = Company::found(12).await;
    let (workspace, mapping) = company.read().await;
    let org = quick_org().await;
    // Each group's create loses its answer too, so that it has to be found in a list that does not show it yet.
    org.set_faults(Faults {
        drop_after: Chance::Next(4),
        groups_late_ms: 700,
        ..only("POST /api/v1/groups", Faults::default())
    });
    let mut import = Import::new(&workspace, &mapping, &org);
    import.client = client_with(&org, 250, 20_000);
    let summary = run(import).await;
    assert_eq!((summary.ended, summary.tally.created()), (Ended::Done, 12));
    all_ours(&org, &workspace).await;
    let mut members: Vec<_> =
        org.groups().into_iter().filter(|g| !g.built_in).map(|g| (g.name, g.members)).collect();
    members.sort();
    let expected =
        [("Engineering", 4), ("Everyone else", 4), ("Migrated_from_test_20260511", 12), ("Vertrieb", 4)];
    assert_eq!(members, expected.map(|(name, n)| (name.to_owned(), n)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_label_group_of_the_run_before_is_waited_for_too() {
    let company = Company::found(9).await;
    let (workspace, mapping) = company.read().await;
    let org = quick_org().await;
    let begun = std::time::Instant::now();
    let mut import = Import::new(&workspace, &mapping, &org);
    import.choices.pilot = Some(3);
    assert_eq!(run(import).await.tally.created(), 3);
    let age = u32::try_from(begun.elapsed().as_millis()).unwrap();
    org.set_faults(Faults { groups_late_ms: age + 600, ..Faults::default() });
    let mut import = Import::new(&workspace, &mapping, &org);
    import.client = client_with(&org, 250, 20_000);
    assert_eq!(run(import).await.tally.created(), 9);
    all_ours(&org, &workspace).await;
    let label: Vec<_> = org.groups().into_iter().filter(|g| g.name.starts_with("Migrated")).collect();
    assert_eq!(label.iter().map(|g| g.members).collect::<Vec<_>>(), [9]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_is_really_gone_is_made_anew() {
    let company = Company::found(9).await;
    let (workspace, mapping) = company.read().await;
    let desk = Desk::open().await;
    let mut import = Import::new(&workspace, &mapping, &desk.org);
    import.choices.pilot = Some(3);
    assert_eq!(run(import).await.tally.created(), 3);
    let label = desk.org.groups().into_iter().find(|g| g.name.starts_with("Migrated")).unwrap();
    assert_eq!(desk.delete(&format!("/api/v1/groups/{}", label.id)).await.status, 204);
    let summary = run(Import::new(&workspace, &mapping, &desk.org)).await;
    assert_eq!((summary.ended, summary.tally.created()), (Ended::Done, 9));
    let anew = desk.org.groups().into_iter().find(|g| g.name.starts_with("Migrated")).unwrap();
    assert_ne!(anew.id, label.id);
    assert_eq!(anew.members, 6);
}

// ── Okta fails ──

#[tokio::test(flavor = "multi_thread")]
async fn creates_that_fail_while_reads_work_pause_the_run() {
    for (what, faults) in [
        ("500", Faults { server_error: Chance::Always, ..Faults::default() }),
        ("broken", Faults { drop_before: Chance::Always, ..Faults::default() }),
        (
            "500 after",
            Faults { server_error_after: Chance::Always, users_late_ms: 60_000, ..Faults::default() },
        ),
    ] {
        let company = Company::found(40).await;
        let (workspace, mapping) = company.read().await;
        let org = quick_org().await;
        org.set_faults(only("POST /api/v1/users", faults));
        let mut import = Import::new(&workspace, &mapping, &org);
        import.client = client_with(&org, 40, 1500);
        let summary = run(import).await;
        let Ended::NeedsAttention { pause } = &summary.ended else { panic!("{what}: {:?}", summary.ended) };
        assert_eq!(pause.reason, Some(PauseReason::Failing), "{what}");
        assert_eq!(summary.tally.failed, 0, "{what}: nobody fails for it");
        org.set_faults(Faults::default());
        let summary = run(Import::new(&workspace, &mapping, &org)).await;
        assert_eq!((summary.ended, summary.tally.created()), (Ended::Done, 40), "{what}");
        all_ours(&org, &workspace).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn most_creates_failing_for_a_while_fails_nobody() {
    let company = Company::found(30).await;
    let (workspace, mapping) = company.read().await;
    let org = quick_org().await;
    org.set_faults(only(
        "POST /api/v1/users",
        Faults { server_error: Chance::Share(0.7), ..Faults::default() },
    ));
    let mut import = Import::new(&workspace, &mapping, &org);
    import.client = client_with(&org, 10, 60_000);
    let stop = import.stop.clone();
    let running = tokio::spawn(run(import));
    while org.people_count() < 15 {
        tokio::task::yield_now().await;
    }
    org.set_faults(Faults::default());
    let summary = running.await.unwrap();
    assert!(!stop.is_cancelled());
    assert_eq!((summary.ended, summary.tally.created(), summary.tally.failed), (Ended::Done, 30, 0));
    all_ours(&org, &workspace).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_cannot_be_read_pause_the_run_soon() {
    for (what, line, faults) in [
        ("says nothing", "POST /api/v1/users", Faults { unreadable: Chance::Always, ..Faults::default() }),
        ("groups", "GET /api/v1/groups", Faults { unreadable: Chance::Always, ..Faults::default() }),
        ("everything", "", Faults { unreadable: Chance::Always, ..Faults::default() }),
    ] {
        let company = Company::found(10).await;
        let (workspace, mapping) = company.read().await;
        let org = quick_org().await;
        org.set_faults(only(line, faults));
        let mut import = Import::new(&workspace, &mapping, &org);
        import.client = client_with(&org, 40, 30_000);
        if line.is_empty() {
            // The org's own first answer is needed to begin at all.
            org.set_faults(Faults {
                only: vec!["POST ".into(), "GET /api/".into()],
                unreadable: Chance::Always,
                ..Faults::default()
            });
        }
        let summary = run(import).await;
        let Ended::NeedsAttention { pause } = &summary.ended else { panic!("{what}: {:?}", summary.ended) };
        assert_eq!(pause.reason, Some(PauseReason::Unreadable), "{what}");
        assert!(pause.words.contains("could not be read"), "{what}: {}", pause.words);
        assert_eq!(summary.tally.failed, 0, "{what}");
        let sent = org.counters().requests;
        assert!(sent < 400, "{what}: {sent} requests");
        org.set_faults(Faults::default());
        let summary = run(Import::new(&workspace, &mapping, &org)).await;
        assert_eq!((summary.ended, summary.tally.created()), (Ended::Done, 10), "{what}");
        all_ours(&org, &workspace).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_breaks_off_is_looked_up() {
    let company = Company::found(12).await;
    let (workspace, mapping) = company.read().await;
    let org = quick_org().await;
    org.set_faults(Faults {
        only: vec!["POST /api/v1/users".into(), "POST /api/v1/groups".into()],
        unreadable_after: Chance::Every(2),
        ..Faults::default()
    });
    let summary = run(Import::new(&workspace, &mapping, &org)).await;
    assert_eq!((summary.ended, summary.tally.created()), (Ended::Done, 12));
    all_ours(&org, &workspace).await;
    assert_eq!(org.groups().iter().filter(|g| g.name == "Vertrieb").count(), 1);
}

// ── Headers a proxy joined ──

#[tokio::test(flavor = "multi_thread")]
async fn joined_rate_headers_are_kept_to() {
    let company = Company::found(40).await;
    let (workspace, mapping) = company.read().await;
    let config = Config {
        limits: Limits { users: 100, ..Limits::unlimited() },
        window: Duration::from_mins(1),
        faults: Faults { joined_headers: true, ..Faults::default() },
        ..Config::default()
    };
    let org = PracticeOrg::start(config).await.unwrap();
    let import = Import::new(&workspace, &mapping, &org);
    let pace = import.client.pace().clone();
    let summary = run(import).await;
    assert_eq!((summary.tally.created(), summary.throttled), (40, 0));
    assert_eq!(pace.view(causeway::okta::Bucket::Users).limit, Some(100));
}

// ── People who are known to be there ──

async fn thirty_there(org: &PracticeOrg) -> (Company, Workspace, causeway::mapping::Mapping) {
    let company = Company::found(30).await;
    let (workspace, mapping) = company.read().await;
    let hands = client(org);
    for n in 1..=30 {
        let mut profile = Profile::default();
        for (name, value) in [
            ("login", login(n)),
            ("email", login(n)),
            ("firstName", "Old".into()),
            ("lastName", "Name".into()),
        ] {
            profile.set(name, value);
        }
        let create = Request::create_user::<serde_json::Value>(&profile, None, &[], false).unwrap();
        assert!(hands.ask(&create).await.unwrap().ok());
    }
    (company, workspace, mapping)
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_to_be_updated_is_sent_no_password_to_be_refused() {
    let org = quick_org().await;
    let (_company, workspace, mapping) = thirty_there(&org).await;
    let mut import = Import::new(&workspace, &mapping, &org);
    import.choices.existing = Existing::Update;
    let summary = run(import).await;
    assert_eq!((summary.tally.updated, summary.tally.created()), (30, 0));
    assert_eq!(org.counters().by_path["POST /api/v1/users"], 30, "only those that made them");
    assert_eq!(outcome(&workspace, &login(3)).await.kind, OutcomeKind::Updated);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_found_before_the_run_is_sent_no_password_either() {
    let org = quick_org().await;
    let (_company, workspace, mapping) = thirty_there(&org).await;
    let progress = tokio::sync::watch::Sender::new(causeway::model::Progress::default());
    let looked =
        causeway::migration::there::run(workspace.clone(), client(&org), CancellationToken::new(), progress);
    assert_eq!(looked.await.unwrap().there, 30);
    let summary = run(Import::new(&workspace, &mapping, &org)).await;
    assert_eq!((summary.tally.already_there, summary.tally.created()), (30, 0));
    assert_eq!(org.counters().by_path["POST /api/v1/users"], 30);
}
