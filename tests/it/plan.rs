//! What the check says is what the import does, whatever state org and workspace are in.

use std::collections::BTreeSet;

use causeway::migration::check::{self, CheckJob, CheckReport};
use causeway::migration::import::Tally;
use causeway::migration::{Choices, Existing, Planned, Step};
use causeway::model::{Profile, Progress, RoutePolicy};
use causeway::okta::{Client, Request};
use causeway::plan::Operation;
use causeway::practice::PracticeOrg;
use causeway::workspace::{OperationKind, OperationState, PersonId, RunId, Workspace, outcome_of};
use chrono::NaiveDate;
use proptest::prelude::*;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::support::company::{Company, Import, choices, client, everyone, login, quick_org};

/// How many people the company has.
const PEOPLE: usize = 12;

/// How a person stands in the org beforehand.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Stands {
    /// Not there.
    Nowhere,
    /// There with the same values.
    Same,
    /// There with another name.
    Renamed,
    /// There with another name, and not activated yet.
    Staged,
    /// There, and deactivated.
    Deactivated,
    /// There, and suspended.
    Suspended,
}

#[derive(Debug, Clone)]
struct State {
    people: Vec<Stands>,
    /// Groups that are there already, however they are written.
    groups: Vec<&'static str>,
    /// So many people went by an earlier run.
    before: u32,
    choices: Choices,
}

fn state() -> impl Strategy<Value = State> {
    let stands = prop_oneof![
        4 => Just(Stands::Nowhere),
        1 => Just(Stands::Same),
        1 => Just(Stands::Renamed),
        1 => Just(Stands::Staged),
        1 => Just(Stands::Deactivated),
        1 => Just(Stands::Suspended),
    ];
    let policy =
        prop_oneof![Just(RoutePolicy::Best), Just(RoutePolicy::AllHook), Just(RoutePolicy::AllReset)];
    let existing = prop_oneof![Just(Existing::Leave), Just(Existing::Update)];
    let groups = proptest::sample::subsequence(vec!["VERTRIEB", "Engineering", "Group 7"], 0..=3);
    (
        proptest::collection::vec(stands, PEOPLE),
        groups,
        0..4_u32,
        policy,
        existing,
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(people, groups, before, policy, existing, activate, labelled)| {
            let label_group = choices().label_group.filter(|_| labelled);
            let choices = Choices { policy, existing, activate, label_group, ..choices() };
            State { people, groups, before, choices }
        })
}

/// Twenty-five groups more, all of them the second person's.
async fn with_many_groups() -> Company {
    let company = Company::found(PEOPLE).await;
    let mut sql = String::new();
    for n in 4..=28 {
        sql.push_str(&format!(
            "INSERT INTO teams VALUES ({n},'Group {n}');INSERT INTO team_members VALUES (2,{n});"
        ));
    }
    company.change(&sql).await;
    company
}

async fn lifecycle(org: &PracticeOrg, id: &str, step: &str) {
    let answer = reqwest::Client::new()
        .post(format!("{}/api/v1/users/{id}/lifecycle/{step}", org.url()))
        .header("Authorization", format!("SSWS {}", org.current_token().expose_secret()))
        .header("Content-Length", "0")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200, "{step}");
}

/// Brings an org into the state that others left it in.
async fn settle_in(state: &State, workspace: &Workspace, org: &PracticeOrg, hands: &Client) {
    let people = everyone(workspace).await;
    for name in &state.groups {
        assert!(hands.ask(&Request::create_group(name, "By hand")).await.unwrap().ok());
    }
    for (n, stands) in (1..).zip(&state.people) {
        if *stands == Stands::Nowhere {
            continue;
        }
        let ours = people.iter().find(|person| person.row.login == login(n)).unwrap();
        let mut profile: Profile = ours.profile.clone();
        if *stands != Stands::Same {
            profile.set("firstName", "Old");
        }
        let credentials = json!({"password": {"value": "Correct-horse-9"}});
        let create =
            Request::create_user::<Value>(&profile, Some(&credentials), &[], *stands != Stands::Staged)
                .unwrap();
        assert!(hands.ask(&create).await.unwrap().ok());
        let id = org.person(&login(n)).unwrap().id;
        match stands {
            Stands::Deactivated => lifecycle(org, &id, "deactivate").await,
            Stands::Suspended => lifecycle(org, &id, "suspend").await,
            _ => {}
        }
    }
}

async fn checked(workspace: &Workspace, org: &PracticeOrg, choices: &Choices) -> (CheckReport, Vec<Planned>) {
    let job = CheckJob {
        workspace: workspace.clone(),
        client: client(org),
        choices: choices.clone(),
        today: NaiveDate::from_ymd_opt(2026, 5, 11).unwrap(),
    };
    let mut lines = Vec::new();
    let mut plan = |planned: &Planned| {
        lines.push(planned.clone());
        Ok(())
    };
    let progress = watch::Sender::new(Progress::default());
    let report = check::run_with_plan(job, &mut plan, CancellationToken::new(), progress).await.unwrap();
    (report, lines)
}

/// A person's operations as the ledger holds them, those of an earlier run left out: kind, how far they came, groups, attributes set.
type Held = BTreeSet<(OperationKind, OperationState, BTreeSet<String>)>;

async fn held(workspace: &Workspace, person: PersonId, since: Option<RunId>) -> Held {
    let operations = workspace.operations(&[person]).await.unwrap().remove(&person).unwrap_or_default();
    let new = operations.into_iter().filter(|one| one.run > since);
    new.map(|one| {
        let names = one.groups.into_iter().flatten().map(|group| group.name.unwrap().to_lowercase());
        let set = one.before.and_then(|before| before.set);
        let set: Vec<String> =
            set.iter().flat_map(|set| set.iter().map(|(name, _)| name.to_owned())).collect();
        assert_eq!(one.request.is_some(), one.state == OperationState::Done, "{:?}", one.kind);
        (one.kind, one.state, names.chain(set).collect())
    })
    .collect()
}

/// The same as a plan's lines of that person say it.
fn promised(lines: &[&Planned]) -> Held {
    let mut held = Held::new();
    for line in lines {
        let lower = |names: &[String]| names.iter().map(|name| name.to_lowercase()).collect();
        let Some(Step::OnPerson(operation)) = &line.step else { continue };
        held.insert(match operation {
            Operation::Create { groups, .. } => (OperationKind::Create, OperationState::Done, lower(groups)),
            Operation::Join { group } => {
                (OperationKind::Join, OperationState::Done, lower(std::slice::from_ref(group)))
            }
            Operation::SetAttributes { changes } => {
                let names = changes.iter().map(|change| change.attribute.clone()).collect();
                (OperationKind::SetAttributes, OperationState::Done, names)
            }
            other => panic!("{other:?}"),
        });
    }
    held
}

/// What the plan lists of each person is what the ledger holds after the run, and what the org has.
async fn assert_carried_out(
    lines: &[Planned],
    workspace: &Workspace,
    org: &PracticeOrg,
    before: Option<RunId>,
) {
    for person in everyone(workspace).await {
        let own: Vec<&Planned> = lines.iter().filter(|line| line.person == Some(person.row.id)).collect();
        assert!(!own.is_empty(), "{} is not in the plan", person.row.login);
        let mut held = held(workspace, person.row.id, before).await;
        let promised = promised(&own);
        if promised.is_empty() {
            assert!(own.iter().all(|line| line.step.is_none() && !line.why_not.is_empty()), "{own:?}");
        }
        // A try that found them there, or could do nothing, is a row of its own.
        let tried = |one: &(OperationKind, OperationState, BTreeSet<String>)| {
            one.0 == OperationKind::Create && one.1 != OperationState::Done
        };
        held.retain(|one| !tried(one));
        assert_eq!(held, promised, "{}: {own:?}", person.row.login);
        let operations = workspace.operations(&[person.row.id]).await.unwrap();
        let operations = operations.into_values().flatten().map(|one| (one.kind, one.state));
        assert_eq!(outcome_of(operations), person.row.outcome.kind, "{}", person.row.login);
        if promised.iter().any(|one| one.0 == OperationKind::Create) {
            let there = org.person(&person.row.login).unwrap();
            let groups: BTreeSet<String> = promised.iter().flat_map(|one| one.2.clone()).collect();
            let has: BTreeSet<String> = there
                .groups
                .iter()
                .map(|name| name.to_lowercase())
                .filter(|name| name != "everyone")
                .collect();
            assert_eq!(has, groups, "{}", person.row.login);
        }
    }
    let planned = lines.iter().filter_map(|line| match &line.step {
        Some(Step::OnOrg(OperationKind::MakeGroup, name)) => Some(name.clone()),
        _ => None,
    });
    let made = workspace.org_operations().await.unwrap();
    let made = made.into_iter().filter(|one| one.run > before).map(|one| {
        assert_eq!((one.kind, one.state), (OperationKind::MakeGroup, OperationState::Done));
        assert!(one.request.is_some());
        one.what
    });
    assert_eq!(made.collect::<BTreeSet<_>>(), planned.collect::<BTreeSet<_>>());
}

/// How often each writing call was made.
fn writes(org: &PracticeOrg) -> impl Fn(&str) -> u64 {
    let paths = org.counters().by_path;
    move |path| paths.get(path).copied().unwrap_or_default()
}

async fn the_run_does_what_the_check_says(state: State) {
    let company = with_many_groups().await;
    let (workspace, mapping) = company.read().await;
    let org = quick_org().await;
    settle_in(&state, &workspace, &org, &client(&org)).await;
    if state.before > 0 {
        let mut earlier = Import::new(&workspace, &mapping, &org);
        earlier.choices = Choices { pilot: Some(state.before), ..state.choices.clone() };
        earlier.run().await.unwrap();
    }

    let (report, plan) = checked(&workspace, &org, &state.choices).await;
    let earlier = workspace.runs().await.unwrap().first().map(|run| run.id);
    let (before, stood) = (writes(&org), Tally::of(&workspace.counts().await.unwrap()));
    let mut import = Import::new(&workspace, &mapping, &org);
    import.choices = state.choices.clone();
    let tally = import.run().await.unwrap().tally.since(&stood);
    let after = writes(&org);

    assert_eq!(
        (tally.created_import, tally.created_hook, tally.created_reset),
        (report.create_import, report.create_hook, report.create_reset),
        "{report:?}"
    );
    assert_eq!(tally.already_there, report.left, "{report:?}");
    assert_eq!(tally.updated, report.updated, "{report:?}");
    assert_eq!(tally.failed, report.conflicts, "{report:?}");
    let made = |path: &str| after(path) - before(path);
    assert_eq!(made("POST /api/v1/users"), report.created());
    assert_eq!(made("POST /api/v1/users/{}"), report.updated);
    assert_eq!(made("PUT /api/v1/groups/{}/users/{}"), report.joins);
    assert_eq!(
        made("POST /api/v1/groups"),
        report.groups_to_make.len() as u64,
        "{:?}",
        report.groups_to_make
    );
    assert_carried_out(&plan, &workspace, &org, earlier).await;
    // Nothing is left: a second check has nothing to do, and a second run does nothing.
    let (again, nothing) = checked(&workspace, &org, &state.choices).await;
    assert_eq!((again.created(), again.updated, again.left, again.conflicts), (0, 0, 0, 0));
    assert!(nothing.iter().all(|line| line.person.is_none() || line.step.is_none()), "{nothing:?}");
}

#[test]
fn the_check_and_the_run_agree() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let config = ProptestConfig { cases: 12, max_shrink_iters: 30, ..ProptestConfig::default() };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    runner
        .run(&state(), |state| {
            runtime.block_on(the_run_does_what_the_check_says(state));
            Ok(())
        })
        .unwrap();
}
