//! Reading people in, and reading them again.

use super::*;
use crate::model::OutcomeKind;

fn filter(change: impl FnOnce(&mut PeopleFilter)) -> PeopleFilter {
    let mut filter = PeopleFilter::default();
    change(&mut filter);
    filter
}

fn by(key: SortKey, descending: bool) -> Sort {
    Sort { key, descending }
}

#[tokio::test]
async fn what_was_read_is_there_after_closing_and_opening() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    let summary = read(&workspace, staff()).await;
    assert_eq!(summary, ReadingSummary { people: 6, added: 6, ..ReadingSummary::default() });
    workspace.close().await.unwrap();
    let left: Vec<_> =
        std::fs::read_dir(desk.folder.path()).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert_eq!(left, ["move.causeway"]);

    let workspace = desk.open().await.unwrap();
    assert_eq!(workspace.name(), "Intranet to Okta");
    let counts = workspace.counts().await.unwrap();
    assert_eq!((counts.total, counts.import, counts.hook, counts.reset), (6, 3, 0, 1));
    assert_eq!((counts.blocked, counts.left_out, counts.gone), (1, 1, 0));
    assert_eq!(counts.outcome(OutcomeKind::Waiting), 4);
    assert_eq!(counts.schemes[0].label, "bcrypt · 10");
    assert_eq!(counts.schemes[0].routes, [(Route::Import, 5)]);
    assert_eq!(
        counts.findings.iter().map(|f| (f.code.as_str(), f.people)).collect::<Vec<_>>(),
        [("login_form", 1)]
    );
    assert_eq!(
        counts.groups.iter().map(|g| (g.name.as_str(), g.people)).collect::<Vec<_>>(),
        [("Büro", 1), ("Everyone", 6)]
    );
    assert_counts_fit(&workspace).await;

    let li = workspace.person(id(&workspace, 3).await).await.unwrap();
    assert_eq!((li.row.row, li.row.name.as_str(), li.row.login.as_str()), (3, "李伟", "li.wei@example.com"));
    assert_eq!(li.groups, ["Everyone", "Büro"]);
    assert_eq!(li.row.disposition, Disposition::Import);
    let grant = workspace.person(id(&workspace, 5).await).await.unwrap();
    assert_eq!(grant.row.finding, Some((Severity::Blocks, "Login is not an e-mail".to_owned())));
    assert_eq!(grant.findings[0].attribute.as_deref(), Some("login"));
    let stored = workspace.secret(id(&workspace, 1).await).await.unwrap().unwrap();
    assert_eq!(stored.text.expose(), hash(1).as_bytes());
    assert!(workspace.secret(id(&workspace, 4).await).await.unwrap().is_none());
    let row = workspace.source_row(id(&workspace, 2).await).await.unwrap();
    assert_eq!(row.values[2], Value::Text("Máire".into()));
    assert_eq!(row.covered, [false, false, false, false, true]);
    let last = workspace.last_reading().await.unwrap().unwrap();
    assert!(last.complete);
    assert_eq!((last.info, last.summary), (info(), summary));
}

#[tokio::test]
async fn no_hash_and_no_source_value_is_in_the_file() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    let mut arrived = person(1, "a@example.com", "A", "B");
    arrived.record.values.push(Value::Text("a-secret-in-another-column".into()));
    read(&workspace, vec![arrived]).await;
    let hash = hash(1);
    let needles: [&[u8]; 3] = [hash.as_bytes(), b"$2a$10$", b"a-secret-in-another-column"];
    let search = |suffix: &str| {
        let bytes = std::fs::read(format!("{}{suffix}", desk.path().display())).unwrap();
        assert!(bytes.windows(13).any(|w| w == b"a@example.com") || suffix == "-shm");
        for needle in needles {
            assert!(!bytes.windows(needle.len()).any(|w| w == needle), "found in move.causeway{suffix}");
        }
    };
    search("-wal");
    workspace.close().await.unwrap();
    search("");
}

#[tokio::test]
async fn a_reading_that_does_not_finish_changes_nothing() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    read(&workspace, staff()).await;
    let before = workspace.counts().await.unwrap();

    // Dropped in the middle.
    let mut reading = workspace.begin_reading(info(), Arc::new(assess)).await.unwrap();
    reading.add(vec![person(90, "new@example.com", "N", "N")]).await.unwrap();
    assert!(matches!(
        workspace.begin_reading(info(), Arc::new(assess)).await,
        Err(WorkspaceError::AlreadyReading)
    ));
    drop(reading);
    assert_eq!(workspace.counts().await.unwrap(), before);
    assert!(!workspace.last_reading().await.unwrap().unwrap().complete);
    assert!(workspace.current_reading().await.unwrap().unwrap().complete);

    // Abandoned.
    let mut reading = workspace.begin_reading(info(), Arc::new(assess)).await.unwrap();
    reading.add(vec![person(91, "new@example.com", "N", "N")]).await.unwrap();
    reading.abandon().await.unwrap();
    assert_eq!(workspace.counts().await.unwrap(), before);

    // The program ended in the middle.
    let mut reading = workspace.begin_reading(info(), Arc::new(assess)).await.unwrap();
    reading
        .add((100..400).map(|n| person(n, &format!("p{n}@example.com"), "P", "Q")).collect())
        .await
        .unwrap();
    drop(reading);
    drop(workspace);
    let workspace = desk.open().await.unwrap();
    assert_eq!(workspace.counts().await.unwrap(), before);
    assert!(workspace.by_key("100").await.unwrap().is_none());
    // And the next one goes well.
    assert_eq!(read(&workspace, staff()).await.unchanged, 6);
    assert_eq!(workspace.counts().await.unwrap(), before);
}

#[tokio::test]
async fn reading_again_finds_what_changed_and_keeps_what_was_decided() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    read(&workspace, staff()).await;
    let (tomas, maire, li) = (id(&workspace, 1).await, id(&workspace, 2).await, id(&workspace, 3).await);
    let temp = id(&workspace, 6).await;
    workspace.set_attribute(&Who::These(vec![maire]), "title", Some("Dr".into()), &assess).await.unwrap();
    workspace.leave_out(&Who::These(vec![li])).await.unwrap();
    workspace.put_back(&Who::These(vec![temp])).await.unwrap();
    let mut created = crate::model::Outcome::of(OutcomeKind::Created);
    created.okta_id = Some("00u1".into());
    workspace.record(&[(tomas, created)]).await.unwrap();

    let mut again = staff();
    again.remove(3); // Дмитрий is gone
    again.insert(0, person(7, "naomi@example.com", "ナオミ", "大坂"));
    again[2] = person(2, "maire@example.com", "Máire", "Ní Néill");
    let summary = read(&workspace, again).await;
    assert_eq!(summary, ReadingSummary { people: 6, added: 1, changed: 1, unchanged: 4, gone: 1 });
    let people = workspace.persons(&[tomas, maire, li, temp]).await.unwrap();
    assert_eq!(people[0].row.row, 2);
    assert_eq!(
        (people[0].row.outcome.kind, people[0].row.outcome.okta_id.as_deref()),
        (OutcomeKind::Created, Some("00u1"))
    );
    assert_eq!(people[1].profile.text("title"), Some("Dr"));
    assert_eq!(people[1].profile.text("lastName"), Some("Ní Néill"));
    assert_eq!(people[1].original.text("title"), None);
    assert_eq!(people[2].row.disposition, Disposition::LeftOut);
    assert_eq!(people[3].row.disposition, Disposition::Import);
    let counts = workspace.counts().await.unwrap();
    assert_eq!((counts.total, counts.gone, counts.left_out), (6, 1, 1));
    assert_counts_fit(&workspace).await;
    assert_eq!(keys_of(&workspace, &filter(|f| f.presence = Presence::Gone), Sort::default()).await, ["4"]);

    // Back again, and nothing else: everyone else is gone.
    let summary = read(&workspace, vec![staff().remove(3)]).await;
    assert_eq!(summary, ReadingSummary { people: 1, added: 1, changed: 0, unchanged: 0, gone: 6 });
    assert_counts_fit(&workspace).await;
    assert_eq!(workspace.secret(maire).await.unwrap().unwrap().text.expose(), hash(2).as_bytes());
}

#[tokio::test]
async fn lists_are_filtered_searched_and_sorted() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    read(&workspace, staff()).await;
    let mut index = workspace.search_index();
    for indexed in [false, true] {
        if indexed {
            index.wait_for(|index| index.ready).await.unwrap();
        } else {
            workspace.0.search.send_modify(|index| index.ready = false);
        }
        let found = async |text: &str| {
            keys_of(&workspace, &filter(|f| f.search = text.into()), Sort::default()).await
        };
        assert_eq!(found("DVOR").await, ["1"], "{indexed}");
        assert_eq!(found("dvořák").await, ["1"]);
        assert_eq!(found("o'ne").await, ["2"]);
        assert_eq!(found("李").await, ["3"]);
        assert_eq!(found("митр").await, ["4"]);
        assert_eq!(found("example").await, ["1", "2", "3", "4", "6"]);
        assert_eq!(found("\" OR 1 --").await, Vec::<String>::new());
        assert_eq!(found("exampel").await, Vec::<String>::new());
        if !indexed {
            workspace.start_search_index().await.unwrap();
        }
    }
    let all = PeopleFilter::default();
    assert_eq!(keys_of(&workspace, &all, by(SortKey::Row, true)).await, ["6", "5", "4", "3", "2", "1"]);
    assert_eq!(keys_of(&workspace, &all, by(SortKey::Login, false)).await, ["4", "5", "3", "2", "6", "1"]);
    assert_eq!(keys_of(&workspace, &all, by(SortKey::Name, false)).await, ["5", "2", "6", "1", "4", "3"]);
    assert_eq!(keys_of(&workspace, &all, by(SortKey::Findings, false)).await[0], "5");
    assert_eq!(keys_of(&workspace, &all, by(SortKey::Findings, true)).await[5], "5");
    assert_eq!(keys_of(&workspace, &all, by(SortKey::Scheme, true)).await[0], "4");
    assert_eq!(
        keys_of(&workspace, &filter(|f| f.disposition = Some(Disposition::Blocked)), Sort::default()).await,
        ["5"]
    );
    assert_eq!(keys_of(&workspace, &filter(|f| f.group = Some("Büro".into())), Sort::default()).await, ["3"]);
    assert_eq!(
        keys_of(&workspace, &filter(|f| f.scheme = Some("none".into())), Sort::default()).await,
        ["4"]
    );
    assert_eq!(
        keys_of(&workspace, &filter(|f| f.finding = Some("login_form".into())), Sort::default()).await,
        ["5"]
    );
    let waiting = filter(|f| f.outcomes = vec![OutcomeKind::Waiting, OutcomeKind::Failed]);
    assert_eq!(workspace.count(&waiting).await.unwrap(), 6);
    assert_eq!(workspace.count(&filter(|f| f.outcomes = vec![OutcomeKind::Failed])).await.unwrap(), 0);
}

#[tokio::test]
async fn doubled_keys_stay_apart_over_readings() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    let doubled = || {
        let mut people = vec![
            person(1, "a@example.com", "A", "A"),
            person(2, "b@example.com", "B", "B"),
            person(1, "c@example.com", "C", "C"),
            person(1, "d@example.com", "D", "D"),
        ];
        for (n, arrived) in people.iter_mut().enumerate() {
            arrived.record.values[0] = Value::Integer(i64::try_from(n).unwrap());
        }
        people
    };
    read(&workspace, doubled()).await;
    let order = workspace.order(&PeopleFilter::default(), Sort::default()).await.unwrap();
    let people = workspace.persons(&order).await.unwrap();
    let findings: Vec<_> = people.iter().map(|p| p.row.finding.clone().map(|(_, text)| text)).collect();
    // What differs is named, never what it is.
    let said = Some("Same key as row 1; they differ in id, email, first and last".to_owned());
    assert_eq!(findings, [None, None, said.clone(), said]);
    assert_eq!(people[2].row.disposition, Disposition::Blocked);
    assert_eq!(workspace.counts().await.unwrap().findings[0].code, KEY_DUPLICATE);
    for (n, id) in order.iter().enumerate() {
        assert_eq!(
            workspace.source_row(*id).await.unwrap().values[0],
            Value::Integer(i64::try_from(n).unwrap())
        );
        assert!(workspace.secret(*id).await.unwrap().is_some());
    }
    // Again: the same people, in whatever portions they come.
    let mut reading = workspace.begin_reading(info(), Arc::new(assess)).await.unwrap();
    for arrived in doubled() {
        reading.add(vec![arrived]).await.unwrap();
    }
    let summary = reading.finish().await.unwrap();
    assert_eq!(summary, ReadingSummary { people: 4, added: 0, changed: 0, unchanged: 4, gone: 0 });
    assert_eq!(workspace.order(&PeopleFilter::default(), Sort::default()).await.unwrap(), order);
    // One of them less: it is the last that is gone.
    let summary = read(&workspace, doubled().into_iter().take(3).collect()).await;
    assert_eq!((summary.unchanged, summary.gone), (3, 1));
    let summary = read(&workspace, doubled()).await;
    assert_eq!((summary.unchanged, summary.added), (3, 1));
    assert_eq!(workspace.order(&PeopleFilter::default(), Sort::default()).await.unwrap(), order);
    assert_counts_fit(&workspace).await;
}

/// People whose key is their login, as in a view that has no key.
fn by_login(mut people: Vec<Arrived>) -> Vec<Arrived> {
    for arrived in &mut people {
        arrived.record.key = String::new();
        arrived.assessed.candidate.key = arrived.assessed.candidate.profile.login().to_owned();
    }
    people
}

#[tokio::test]
async fn people_keyed_by_their_login_are_known_again_when_another_key_is_chosen() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    read(&workspace, by_login(staff())).await;
    let order = workspace.order(&PeopleFilter::default(), Sort::default()).await.unwrap();
    assert!(workspace.by_key("tomas@example.com").await.unwrap().is_some());
    let tomas = workspace.by_key("tomas@example.com").await.unwrap().unwrap();
    workspace.leave_out(&Who::These(vec![tomas])).await.unwrap();

    // Read again by `id`, while someone got another address: nobody is new, nobody gone, and what was decided holds.
    let mut people = staff();
    people[0] = person(1, "t.dvorak@example.com", "Tomáš", "Dvořák");
    let info = ReadingInfo { key: vec!["ID".into()], ..info() };
    let mut reading = workspace.begin_reading(info.clone(), Arc::new(assess)).await.unwrap();
    reading.add(people.clone()).await.unwrap();
    let summary = reading.finish().await.unwrap();
    assert_eq!((summary.added, summary.changed, summary.unchanged, summary.gone), (0, 1, 5, 0));
    assert_eq!(workspace.order(&PeopleFilter::default(), Sort::default()).await.unwrap(), order);
    let detail = workspace.person(workspace.by_key("1").await.unwrap().unwrap()).await.unwrap();
    assert_eq!((detail.row.id, detail.row.login.as_str()), (tomas, "t.dvorak@example.com"));
    assert_eq!(detail.row.disposition, Disposition::LeftOut);
    assert!(workspace.secret(tomas).await.unwrap().is_some());
    assert_eq!(workspace.source_row(tomas).await.unwrap().values[0], Value::Integer(1));
    assert_eq!(workspace.current_reading().await.unwrap().unwrap().info, info);
    assert_counts_fit(&workspace).await;
}

#[tokio::test]
async fn a_key_that_some_have_twice_or_not_at_all_leaves_those_as_they_were() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    let mut people = by_login(staff());
    people[1].record.values[0] = Value::Integer(1);
    people[2].record.values[0] = Value::Null;
    read(&workspace, people).await;
    let info = ReadingInfo { key: vec!["id".into()], ..info() };
    let reading = workspace.begin_reading(info, Arc::new(assess)).await.unwrap();
    reading.abandon().await.unwrap();
    let mut known = Vec::new();
    for key in ["1", "maire@example.com", "li.wei@example.com", "4", "tomas@example.com"] {
        let id = workspace.by_key(key).await.unwrap();
        known.push(id.is_some());
        if let Some(id) = id {
            assert!(workspace.source_row(id).await.is_ok(), "{key}");
        }
    }
    assert_eq!(known, [true, true, true, true, false]);
}

fn same_email(row: u32) -> String {
    format!("Same e-mail as row {row}: with self-service registration on, Okta takes only one of them")
}

#[tokio::test]
async fn the_same_login_blocks_all_and_the_same_mail_warns() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    let mut people: Vec<_> = (1..=4).map(|n| person(n, &format!("p{n}@example.com"), "P", "Q")).collect();
    people.push(person(5, "Ana.Ruiz@example.com", "Ana", "Ruiz"));
    people.push(person(6, "ana.ruíz@EXAMPLE.com", "Ana", "Ruíz"));
    people[3].assessed.candidate.profile.set("email", "P1@example.com");
    let mut out = person(7, "p2@example.com", "Left", "Out");
    out.leave_out = true;
    people.push(out);
    read(&workspace, people).await;
    let finding = async |key: u32| workspace.person(id(&workspace, key).await).await.unwrap().row.finding;
    assert_eq!(finding(5).await, Some((Severity::Blocks, "Same login as row 6".into())));
    assert_eq!(finding(6).await, Some((Severity::Blocks, "Same login as row 5".into())));
    assert_eq!(finding(1).await, Some((Severity::Warns, same_email(4))));
    assert_eq!(finding(4).await, Some((Severity::Warns, same_email(1))));
    assert_eq!(finding(2).await, None);
    assert_eq!(workspace.counts().await.unwrap().blocked, 2);

    // The one who was left out comes back: now both are blocked.
    workspace.put_back(&Who::These(vec![id(&workspace, 7).await])).await.unwrap();
    assert_eq!(finding(2).await, Some((Severity::Blocks, "Same login as row 7".into())));
    assert_eq!(workspace.counts().await.unwrap().blocked, 4);
    // Another login mends it, for both.
    let seven = Who::These(vec![id(&workspace, 7).await]);
    workspace.set_attribute(&seven, "login", Some("left.out@example.com".into()), &assess).await.unwrap();
    assert_eq!(finding(2).await, Some((Severity::Warns, same_email(7))));
    assert_eq!(workspace.counts().await.unwrap().blocked, 2);
    // And one left out of two unblocks the other.
    workspace.leave_out(&Who::These(vec![id(&workspace, 5).await])).await.unwrap();
    assert_eq!(finding(6).await, None);
    assert_counts_fit(&workspace).await;
    workspace.undo(&assess).await.unwrap();
    assert_eq!(finding(6).await, Some((Severity::Blocks, "Same login as row 5".into())));
    assert_counts_fit(&workspace).await;
}

#[tokio::test]
async fn a_change_of_one_twin_leaves_the_findings_of_others_alone() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    let mut people: Vec<_> = (1..=4).map(|n| person(n, &format!("p{n}@example.com"), "P", "Q")).collect();
    // 1 and 2 share an e-mail, 2 and 3 a login.
    people[0].assessed.candidate.profile.set("email", "shared@example.com");
    people[1].assessed.candidate.profile.set("email", "shared@example.com");
    people[2].assessed.candidate.profile.set("login", "p2@example.com");
    read(&workspace, people).await;
    let codes = async |key: u32| {
        let person = workspace.person(id(&workspace, key).await).await.unwrap();
        person.findings.into_iter().map(|finding| finding.code).collect::<Vec<_>>()
    };
    assert_eq!(codes(2).await, [LOGIN_DUPLICATE, EMAIL_DUPLICATE]);
    let one = Who::These(vec![id(&workspace, 1).await]);
    workspace.set_attribute(&one, "title", Some("Dr".into()), &assess).await.unwrap();
    assert_eq!(
        (codes(1).await, codes(2).await),
        (vec![EMAIL_DUPLICATE.into()], vec![LOGIN_DUPLICATE.into(), EMAIL_DUPLICATE.into()])
    );
    workspace.set_attribute(&one, "email", Some("own@example.com".into()), &assess).await.unwrap();
    assert_eq!(
        (codes(1).await, codes(2).await, codes(3).await),
        (vec![], vec![LOGIN_DUPLICATE.into()], vec![LOGIN_DUPLICATE.into()])
    );
    let three = Who::These(vec![id(&workspace, 3).await]);
    workspace.leave_out(&three).await.unwrap();
    assert_eq!((codes(2).await, codes(3).await), (vec![], Vec::<String>::new()));
    assert_counts_fit(&workspace).await;
}

#[tokio::test]
async fn settings_come_back_typed() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    assert_eq!(workspace.doc::<PeopleFilter>("ui").await.unwrap(), None);
    let ui = filter(|f| f.search = "محمد".into());
    workspace.put_doc("ui", &ui).await.unwrap();
    workspace.put_doc("ui", &ui).await.unwrap();
    assert_eq!(workspace.doc::<PeopleFilter>("ui").await.unwrap(), Some(ui));
    assert!(
        matches!(workspace.doc::<u32>("ui").await, Err(WorkspaceError::Setting { name, .. }) if name == "ui")
    );
    workspace.remove_doc("ui").await.unwrap();
    assert_eq!(workspace.doc::<PeopleFilter>("ui").await.unwrap(), None);
}

#[tokio::test]
async fn sealed_settings_open_by_prefix_and_are_not_in_the_file() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    let some = |text: &str| Some(SecretBytes::from(text));
    let documents = vec![
        ("practice/a".to_owned(), some("hash-of-a-in-the-practice-org")),
        ("practice/b".to_owned(), some("two")),
        ("practicf".to_owned(), some("three")),
        ("practice/c".to_owned(), some("four")),
    ];
    workspace.put_sealed(documents).await.unwrap();
    workspace.put_sealed(vec![("practice/c".to_owned(), None)]).await.unwrap();
    let names =
        |found: Vec<(String, SecretBytes)>| found.into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    let found = workspace.sealed("practice/", "", 10).await.unwrap();
    assert_eq!(found[0].1.expose(), b"hash-of-a-in-the-practice-org");
    assert_eq!(names(found), ["practice/a", "practice/b"]);
    assert_eq!(names(workspace.sealed("practice/", "practice/a", 10).await.unwrap()), ["practice/b"]);
    workspace.close().await.unwrap();
    let bytes = std::fs::read(desk.path()).unwrap();
    assert!(!bytes.windows(9).any(|w| w == b"hash-of-a"));
}
