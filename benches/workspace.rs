//! The workspace with many people: storing them, and every question a screen asks. `CAUSEWAY_BENCH_PEOPLE` says how many
//! (a million unless told).
#![expect(clippy::unwrap_used, reason = "a bench that fails may panic")]

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use causeway::model::{
    Assessed, Candidate, Columns, Finding, Outcome, OutcomeKind, PasswordEvidence, Profile, Record, Route,
    RoutePolicy, SecretBytes, Severity, StoredPassword, Value,
};
use causeway::secrets::SessionOnly;
use causeway::workspace::{
    Arrived, Disposition, Keys, NewRun, NewWorkspace, PeopleFilter, PersonId, ReadingInfo, Scope, Sort,
    SortKey, Who, Workspace,
};
use criterion::{Criterion, criterion_group, criterion_main};
use tokio::runtime::Runtime;

const FIRST: [&str; 6] = ["Tomáš", "Máire", "伟", "Дмитрий", "محمد", "Ana"];
const LAST: [&str; 5] = ["Dvořák", "O'Neill", "李", "Иванов", "Ruiz"];

/// Person `n`: every tenth without a password, every fiftieth blocked, every twentieth warned of.
fn person(columns: &Columns, n: u32) -> Arrived {
    let at = n as usize;
    let (first, last) = (FIRST[at % FIRST.len()], LAST[at / 7 % LAST.len()]);
    let login = format!("user{n}.{}@example.com", n % 7919);
    let hash = format!("$2a$10$abcdefghijklmnopqrstuu5Lfe7MWTF9tLkDkdy4LCfOmL{n:08}");
    let mut profile = Profile::default();
    profile.set("login", login.as_str());
    profile.set("email", login.as_str());
    profile.set("firstName", first);
    profile.set("lastName", last);
    let text = |t: &str| Value::Text(t.to_owned());
    let record = Record {
        columns: columns.clone(),
        values: vec![
            Value::Integer(n.into()),
            text(&login),
            text(first),
            text(last),
            text(&hash),
            Value::Bool(true),
        ],
        key: n.to_string(),
        groups: vec![],
    };
    let stored = StoredPassword { text: SecretBytes::from(hash.as_str()), ..StoredPassword::default() };
    let bare = n.is_multiple_of(10);
    let mut findings = Vec::new();
    if n % 50 == 1 {
        findings.push(Finding::new(Severity::Blocks, "login_form", Some("login"), "Login is not an e-mail"));
    }
    if n % 20 == 3 {
        findings.push(Finding::new(
            Severity::Warns,
            "phone_shortened",
            Some("mobilePhone"),
            "Phone shortened",
        ));
    }
    let candidate = Candidate {
        key: n.to_string(),
        profile,
        groups: vec!["Everyone".into(), format!("Team {}", n % 40)],
        password: if bare { PasswordEvidence::None } else { PasswordEvidence::Stored(stored) },
        active: Some(true),
        last_sign_in: None,
        sharing: 0,
        mapping_findings: vec![],
    };
    let scheme = if bare { "none" } else { "bcrypt" };
    let assessed = Assessed {
        candidate,
        scheme: scheme.into(),
        scheme_label: scheme.into(),
        route: if bare { Route::Reset } else { Route::Import },
        findings,
    };
    Arrived { assessed, record, leave_out: false }
}

fn assess(candidate: Candidate) -> Assessed {
    Assessed {
        candidate,
        scheme: "bcrypt".into(),
        scheme_label: "bcrypt".into(),
        route: Route::Import,
        findings: vec![],
    }
}

async fn fill(workspace: &Workspace, people: u32) {
    let columns = Columns::new(["id", "email", "first", "last", "password", "enabled"]);
    let info = ReadingInfo { source: "bench".into(), covered: vec!["password".into()], key: vec![] };
    let mut reading = workspace.begin_reading(info, Arc::new(assess)).await.unwrap();
    let mut next = 1;
    while next <= people {
        let end = (next + 1000).min(people + 1);
        reading.add((next..end).map(|n| person(&columns, n)).collect()).await.unwrap();
        next = end;
    }
    reading.finish().await.unwrap();
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

async fn create(folder: &std::path::Path) -> Workspace {
    let path = folder.join("bench.causeway");
    let new = NewWorkspace { name: "Bench".into() };
    Workspace::create(path, new, Keys::new(Arc::new(SessionOnly::new()))).await.unwrap()
}

/// Seal and store, per person: what a reading costs after mapping and assessment.
fn storing(criterion: &mut Criterion) {
    const PEOPLE: u32 = 20_000;
    let runtime = runtime();
    let mut group = criterion.benchmark_group("workspace");
    group.sample_size(10);
    group.throughput(criterion::Throughput::Elements(PEOPLE.into()));
    group.bench_function("store 20,000 people", |bencher| {
        bencher.iter_custom(|times| {
            (0..times)
                .map(|_| {
                    let folder = tempfile::tempdir().unwrap();
                    let workspace = runtime.block_on(create(folder.path()));
                    let began = Instant::now();
                    runtime.block_on(fill(&workspace, PEOPLE));
                    began.elapsed()
                })
                .sum()
        });
    });
    group.finish();
}

#[expect(clippy::print_stderr, reason = "figures of things done once, which criterion does not time")]
fn questions(criterion: &mut Criterion) {
    let people = std::env::var("CAUSEWAY_BENCH_PEOPLE").map_or(1_000_000, |n| n.parse().unwrap());
    let runtime = runtime();
    let folder = tempfile::tempdir().unwrap();
    let workspace = runtime.block_on(create(folder.path()));
    let began = Instant::now();
    runtime.block_on(fill(&workspace, people));
    eprintln!("{people} people stored in {:.1} s", began.elapsed().as_secs_f64());
    let began = Instant::now();
    runtime
        .block_on(async { workspace.search_index().wait_for(|index| index.ready).await.map(|_| ()) })
        .unwrap();
    eprintln!("search index ready {:.1} s later", began.elapsed().as_secs_f64());

    let everyone = PeopleFilter::default();
    let order = runtime.block_on(workspace.order(&everyone, Sort::default())).unwrap();
    let mut group = criterion.benchmark_group(format!("workspace, {people} people"));
    group.sample_size(20);
    let middle: Vec<PersonId> = order.iter().skip(order.len() / 2).take(60).copied().collect();
    group.bench_function("a page of 60 rows", |b| {
        b.iter(|| runtime.block_on(workspace.rows(black_box(&middle))).unwrap());
    });
    group.bench_function("counts", |b| b.iter(|| runtime.block_on(workspace.counts()).unwrap()));
    group.bench_function("one person", |b| b.iter(|| runtime.block_on(workspace.person(middle[0])).unwrap()));
    for key in [SortKey::Row, SortKey::Name, SortKey::Disposition] {
        let sort = Sort { key, descending: false };
        group.bench_function(format!("order by {key:?}"), |b| {
            b.iter(|| runtime.block_on(workspace.order(&everyone, sort)).unwrap());
        });
    }
    let filters = [
        ("blocked", PeopleFilter { disposition: Some(Disposition::Blocked), ..everyone.clone() }),
        ("a group", PeopleFilter { group: Some("Team 7".into()), ..everyone.clone() }),
        ("a finding", PeopleFilter { finding: Some("phone_shortened".into()), ..everyone.clone() }),
        ("search of one", PeopleFilter { search: "user4711.".into(), ..everyone.clone() }),
        ("search of some", PeopleFilter { search: "user47".into(), ..everyone.clone() }),
    ];
    for (name, filter) in &filters {
        group.bench_function(format!("filter: {name}"), |b| {
            b.iter(|| runtime.block_on(workspace.order(filter, Sort::default())).unwrap());
        });
    }
    let new = NewRun { org: "https://bench".into(), label_group: None, choices: serde_json::Value::Null };
    let run = runtime.block_on(workspace.start_run(&new)).unwrap();
    group.bench_function("claim and record 50", |b| {
        b.iter(|| {
            runtime.block_on(async {
                let ready =
                    workspace.claim(run, 50, &Scope::Everyone, RoutePolicy::Best, None).await.unwrap();
                let created = ready.iter().map(|person| (person.id, Outcome::of(OutcomeKind::Created)));
                workspace.record(&created.collect::<Vec<_>>()).await.unwrap();
            });
        });
    });
    let one = Who::These(vec![middle[1]]);
    let mut turn = 0_u32;
    group.bench_function("edit one", |b| {
        b.iter(|| {
            turn += 1;
            let value = Some(format!("user{turn}@example.org").into());
            runtime.block_on(workspace.set_attribute(&one, "login", value, &assess)).unwrap()
        });
    });
    group.finish();
    let began = Instant::now();
    runtime.block_on(workspace.leave_out(&Who::All(everyone))).unwrap();
    eprintln!("everyone left out in {:.1} s", began.elapsed().as_secs_f64());
}

criterion_group!(benches, storing, questions);
criterion_main!(benches);
