//! The beginning of a list is the beginning of the whole list, whichever way it is found.

use super::*;
use crate::model::{Outcome, OutcomeKind, RoutePolicy};

/// More than are found by the filter alone; with findings, groups, schemes, outcomes and equal names.
async fn many(workspace: &Workspace) {
    let words = ["Ana", "李伟", "محمد", "Zoë", "ana"];
    let mut reading = workspace.begin_reading(info(), Arc::new(assess)).await.unwrap();
    for start in (0..24_000_u32).step_by(2_000) {
        let batch = (start..start + 2_000).map(|n| {
            let login = if n % 9 == 0 { format!("user{n}") } else { format!("user{n}@example.com") };
            let last = if n % 7 == 0 { "" } else { words[n as usize / 5 % 5] };
            let mut arrived = person(n, &login, words[n as usize % 5], last);
            if n % 3 == 0 {
                arrived.assessed.candidate.groups.push("Third".into());
            }
            arrived.leave_out = n % 11 == 0;
            arrived.assessed = assess(arrived.assessed.candidate);
            if n % 2 == 0 { no_password(arrived) } else { arrived }
        });
        reading.add(batch.collect()).await.unwrap();
    }
    reading.finish().await.unwrap();
    let run = NewRun { org: "https://org".into(), label_group: None, choices: serde_json::Value::Null };
    let run = workspace.start_run(&run).await.unwrap();
    let ready = workspace.claim(run, 4_000, &Scope::Everyone, RoutePolicy::Best, None).await.unwrap();
    let kinds = [OutcomeKind::Created, OutcomeKind::Failed, OutcomeKind::AlreadyThere];
    let outcomes: Vec<_> =
        ready.iter().zip(kinds.iter().cycle()).map(|(r, kind)| (r.id, Outcome::of(*kind))).collect();
    workspace.record(&outcomes).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_head_of_every_list_is_how_the_list_begins() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    many(&workspace).await;
    workspace.search_index().wait_for(|index| index.ready).await.unwrap();
    assert_counts_fit(&workspace).await;
    let everyone = PeopleFilter::default();
    let searching = |text: &str| PeopleFilter { search: text.into(), ..PeopleFilter::default() };
    let filters = [
        everyone.clone(),
        PeopleFilter { disposition: Some(Disposition::Import), ..everyone.clone() },
        PeopleFilter { disposition: Some(Disposition::Blocked), ..everyone.clone() },
        PeopleFilter {
            disposition: Some(Disposition::Hook),
            policy: RoutePolicy::AllHook,
            ..everyone.clone()
        },
        PeopleFilter {
            disposition: Some(Disposition::Reset),
            policy: RoutePolicy::AllReset,
            ..everyone.clone()
        },
        PeopleFilter { scheme: Some("none".into()), ..everyone.clone() },
        PeopleFilter { finding: Some("last_name_missing".into()), ..everyone.clone() },
        PeopleFilter { group: Some("Third".into()), presence: Presence::Any, ..everyone.clone() },
        PeopleFilter {
            group: Some("Everyone".into()),
            finding: Some("login_form".into()),
            ..everyone.clone()
        },
        PeopleFilter { outcomes: vec![OutcomeKind::Failed, OutcomeKind::Waiting], ..everyone.clone() },
        PeopleFilter { presence: Presence::Gone, ..everyone.clone() },
        searching("example"),
        searching("user23"),
        searching("伟"),
        searching("zz"),
        searching("r9"),
        searching("ana"),
    ];
    let keys = [
        SortKey::Row,
        SortKey::Name,
        SortKey::Login,
        SortKey::Scheme,
        SortKey::Disposition,
        SortKey::Outcome,
        SortKey::Findings,
        SortKey::Recorded,
    ];
    for filter in &filters {
        for sort in keys.into_iter().flat_map(|key| [false, true].map(|descending| Sort { key, descending }))
        {
            let mut whole = workspace.order(filter, sort).await.unwrap();
            whole.truncate(150);
            let head = workspace.head(filter, sort, 150).await.unwrap();
            assert_eq!(head, whole, "{filter:?}, {sort:?}");
        }
    }
}

#[tokio::test]
async fn a_filter_means_what_happens_to_people_under_the_policy_it_names() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    read(&workspace, staff()).await;
    let counts = workspace.counts().await.unwrap();
    assert!(counts.import > 0 && counts.reset > 0, "{counts:?}");
    for policy in [RoutePolicy::Best, RoutePolicy::AllHook, RoutePolicy::AllReset] {
        let mut all = 0;
        for disposition in Disposition::ALL {
            let filter = PeopleFilter { disposition: Some(disposition), policy, ..PeopleFilter::default() };
            let shown = workspace.order(&filter, Sort::default()).await.unwrap();
            assert_eq!(shown.len() as u64, counts.disposition_under(disposition, policy), "{filter:?}");
            for row in workspace.rows(&shown).await.unwrap() {
                assert_eq!(row.disposition.under(policy), disposition);
            }
            all += shown.len() as u64;
        }
        assert_eq!(all, counts.total);
    }
    assert_eq!(
        counts.disposition_under(Disposition::Hook, RoutePolicy::AllHook),
        counts.import + counts.hook
    );
    assert_eq!(counts.disposition_under(Disposition::Reset, RoutePolicy::AllReset), counts.ready());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_indexes_of_lists_come_behind_a_reading_and_again_behind_the_next() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    for _ in 0..2 {
        many(&workspace).await;
        workspace.search_index().wait_for(|index| index.ready).await.unwrap();
        let names: Vec<String> = sqlx::query_scalar(
            "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name",
        )
        .fetch_all(&workspace.0.readers)
        .await
        .unwrap();
        for name in super::super::lists::NAMES {
            assert!(names.iter().any(|n| n == name), "{name} is missing of {names:?}");
        }
        assert_eq!(names.iter().filter(|n| n.starts_with("details_by_key")).count(), 1, "{names:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_or_two_letters_find_whoever_has_them_anywhere() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    many(&workspace).await;
    workspace.search_index().wait_for(|index| index.ready).await.unwrap();
    let found = async |text: &str| {
        let filter = PeopleFilter { search: text.into(), ..PeopleFilter::default() };
        workspace.order(&filter, Sort { key: SortKey::Row, descending: false }).await.unwrap()
    };
    // Everywhere, at an end, alone, of one letter, of two, of a sign the index quotes; found by few and by nearly all.
    for text in ["李伟", "伟", "李", "om", "m", "e", "99", "9", "zo", "oe", "د", "\"", "q", "qz", "r2"] {
        let by_reading: Vec<u32> = sqlx::query_scalar(
            "SELECT p.id FROM people p JOIN texts t ON t.id = p.id
             WHERE instr(t.name, ?1) OR instr(t.login, ?1) OR instr(t.email, ?1) ORDER BY p.row_no",
        )
        .bind(crate::model::fold(text))
        .fetch_all(&workspace.0.readers)
        .await
        .unwrap();
        assert_eq!(found(text).await, by_reading.into_iter().map(PersonId).collect::<Vec<_>>(), "{text}");
    }
    assert_eq!(found("qz").await, []);
    // And whoever has them only since an edit.
    let ids = found("user7@").await;
    workspace.set_attribute(&Who::These(ids.clone()), "lastName", Some("Qz".into()), &assess).await.unwrap();
    assert_eq!(found("qz").await, ids);
}
