//! The importing process killed again and again at points of chance: at the end exactly the right people exist, once each.

use std::process::{Child, Command, Stdio};

use causeway::model::OutcomeKind;
use causeway::practice::{Change, Config, Latency, Limits, PracticeOrg, SignIn};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::mpsc;

use crate::support::company::{Company, everyone, login, moves, password};

/// How often the process is killed.
const KILLS: u32 = 20;
const PEOPLE: usize = 420;

fn import(company: &Company, org: &PracticeOrg) -> Child {
    Command::new(env!("CARGO_BIN_EXE_causeway"))
        .arg("import")
        .arg(company.workspace())
        .args([
            "--okta",
            org.url(),
            "--share",
            "100",
            "--label-group",
            "Umzug",
            // This org finds at once whom it created.
            "--settle",
            "100",
            "--quiet",
            "--json",
            "--key-file",
        ])
        .arg(company.key_file())
        .env("CAUSEWAY_OKTA_TOKEN", org.token().expose_secret())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Chance that is the same at every run of the test.
fn dice(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

async fn next(changes: &mut mpsc::Receiver<Change>) {
    let waited = tokio::time::timeout(std::time::Duration::from_mins(1), changes.recv()).await;
    assert!(waited.expect("the import stands still").is_some(), "the org ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_twenty_times_nobody_is_lost_and_nobody_is_there_twice() {
    let company = Company::found(PEOPLE).await;
    let (workspace, mapping) = company.read().await;
    // The documents that `causeway read` leaves.
    workspace.put_doc(causeway::migration::docs::MAPPING, &mapping).await.unwrap();
    workspace.close().await.unwrap();
    let (journal, mut changes) = mpsc::channel(1);
    let config = Config {
        limits: Limits::unlimited(),
        latency: Latency { fixed_ms: 4, jitter_ms: 12 },
        journal: Some(journal),
        ..Config::default()
    };
    let org = PracticeOrg::start(config).await.unwrap();
    let mut chance = 0x00C0_FFEE;
    for round in 0..KILLS {
        let mut process = import(&company, &org);
        // Killed after so many things have changed in the org: in the first rounds among the groups, later among people, and
        // always with some calls on their way.
        for _ in 0..=(dice(&mut chance) % 16) {
            next(&mut changes).await;
        }
        process.kill().unwrap();
        let ended = process.wait().unwrap();
        assert!(!ended.success(), "round {round} was over before it was killed");
    }
    assert!(org.people_count() < PEOPLE, "there must be something left to do");
    let half_way = org.people_count();
    let last = import(&company, &org);
    let drain = tokio::spawn(async move { while changes.recv().await.is_some() {} });
    let output = tokio::task::spawn_blocking(move || last.wait_with_output()).await.unwrap().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    assert!(half_way > 0);
    assert_eq!(org.people_count(), PEOPLE);
    assert_eq!(org.counters().created, PEOPLE as u64, "nobody twice");
    let groups = org.groups();
    for name in ["Umzug", "Vertrieb", "Engineering", "Everyone else"] {
        assert_eq!(groups.iter().filter(|g| g.name == name).count(), 1, "{name}");
    }
    assert_eq!(groups.iter().find(|g| g.name == "Umzug").map(|g| g.members), Some(PEOPLE));
    let workspace = company.open().await;
    for person in everyone(&workspace).await {
        let there = org.person(&person.row.login).unwrap_or_else(|| panic!("{} is lost", person.row.login));
        assert_eq!(
            person.row.outcome.kind,
            OutcomeKind::Created,
            "{}: {:?}",
            person.row.login,
            person.row.outcome
        );
        assert_eq!(person.row.outcome.okta_id, Some(there.id));
    }
    for n in (1..=PEOPLE).filter(|n| moves(*n)).step_by(29) {
        let answer = org.sign_in(&login(n), &SecretString::from(password(n))).await;
        assert!(matches!(answer, SignIn::Success { .. }), "{}: {answer:?}", login(n));
    }
    drain.abort();
}
