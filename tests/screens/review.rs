//! The step Review.

use causeway::app::jobs::Job;
use causeway::app::steps::{InspectAsk, ReviewAsk, Select, StepId, Tab, Trial, TrialPhase};
use causeway::app::{App, Shown};
use causeway::migration::review::{Change, Inspected};
use causeway::model::{
    Outcome, OutcomeKind, PasswordSettings, Phase, Progress, Route, RoutePolicy, Severity,
};
use causeway::password::search::{Fit, Found, SaltFrom};
use causeway::workspace::{
    Counts, Disposition, EditExample, EditPreview, FoundThere, PeopleFilter, PersonId, Who,
};
use egui_kittest::SnapshotResults;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::people::{counts, detail, people, row, was_read};
use crate::support::{pictures, window, window_of};

pub(crate) fn review(app: &mut App) {
    was_read(app);
    app.steps.review.fill(counts(), people());
    app.show(Shown::Step(StepId::Review));
}

/// The person of this place in the list stands in the panel.
pub(crate) fn inspected(app: &mut App, at: usize) {
    review(app);
    let person = people().remove(at);
    let review = &mut app.steps.review;
    let order = std::sync::Arc::clone(&review.list.order);
    review.list.selection.only(&order, at);
    review.inspector.person = Some(Inspected {
        detail: detail(person),
        sentence: "The value names bcrypt: bcrypt with cost 10 over the password.".into(),
        console: None,
        request: "{\n  \"profile\": {\n    \"login\": \"user1@example.com\"\n  },\n  \"credentials\": {\n    \"password\": {\n      \"hash\": {\n        \"algorithm\": \"BCRYPT\",\n        \"workFactor\": 10,\n        \"salt\": \"••••••••\",\n        \"value\": \"••••••••\"\n      }\n    }\n  }\n}".into(),
    });
}

#[test]
fn however_much_there_is_to_say_of_a_person_what_can_be_done_stays_in_view() {
    let mut window = window_of([1024.0, 700.0], egui::Theme::Light, |app| {
        inspected(app, 4);
        let detail = &mut app.steps.review.inspector.person.as_mut().unwrap().detail;
        detail.row.name = "Name".repeat(150);
        let finding = detail.findings[0].clone();
        detail.findings = vec![finding; 9];
    });
    window.run_ok();
    let footer = window.get_by_label("Continue").rect().top();
    for label in ["Edit", "Leave out", "Try a password"] {
        let rect = window.get_by_label(label).rect();
        assert!(rect.bottom() < footer - 20.0, "{label} at {rect:?}, the footer at {footer}");
    }
    let mut results = SnapshotResults::new();
    results.add(window.try_snapshot("review-small-much-to-say"));
}

#[test]
fn the_legend_filters_and_says_how_many() {
    let mut window = window(review);
    window.run();
    window.get_by_label("48,210 people, and what happens to each password");
    window.get_by_label("1,957 blocked people will not be imported unless you fix them");
    window.get_by_role_and_label(egui::Role::Button, "Blocked").click();
    window.run();
    assert_eq!(window.state().steps.review.list.filter.disposition, Some(Disposition::Blocked));
    window.get_by_label("Remove filter: Blocked").click();
    window.run();
    assert_eq!(window.state().steps.review.list.filter, PeopleFilter::default());
}

#[test]
fn what_was_chosen_for_everyone_is_what_bar_list_and_panel_say() {
    let mut window = window(|app| inspected(app, 0));
    window.run();
    assert!(window.query_all_by_label_contains(", Imported as is").next().is_some());
    window.state_mut().facts.policy = RoutePolicy::AllHook;
    window.run();
    window.get_by_label_contains("As chosen in Okta: the hook checks everyone.");
    assert!(window.query_all_by_label_contains(", Imported as is").next().is_none());
    assert!(window.query_all_by_label_contains(", Checked by hook").next().is_some());
    window.get_by_label_contains("You chose the hook for everyone");
    let (moves, hook) = (counts().import, counts().hook);
    window.get_by_label(&causeway_number(moves + hook));
    window.get_by_role_and_label(egui::Role::Button, "Checked by hook").click();
    window.run();
    let filter = window.state().steps.review.list.filter.clone();
    assert_eq!((filter.disposition, filter.policy), (Some(Disposition::Hook), RoutePolicy::AllHook));
    // Chosen otherwise in the meantime: nobody goes through the hook any more, so everyone is shown.
    window.state_mut().facts.policy = RoutePolicy::AllReset;
    window.run();
    assert_eq!(window.state().steps.review.list.filter, PeopleFilter::default());
    window.get_by_label_contains("As chosen in Okta: everyone must reset their password.");
}

/// A number as the page writes it: `48,210`.
fn causeway_number(n: u64) -> String {
    format!("{},{:03}", n / 1000, n % 1000)
}

#[test]
fn a_click_selects_a_row_and_arrows_move() {
    let mut window = window(review);
    window.run();
    window.get_by_label("李伟, li.wei@example.com, row 7, Must reset").click();
    window.run_steps(3);
    assert_eq!(window.state().steps.review.list.selection.single(), Some(PersonId(7)));
    window.key_press(egui::Key::ArrowDown);
    window.run_steps(3);
    assert_eq!(window.state().steps.review.list.selection.single(), Some(PersonId(8)));
    window.key_press_modifiers(egui::Modifiers::SHIFT, egui::Key::ArrowDown);
    window.run();
    window.get_by_label("2 people selected");
    window.get_by_label("Leave out 2 people").click();
    window.run_steps(2);
}

#[test]
fn search_waits_until_nobody_types() {
    let mut window = window(review);
    window.run();
    window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::F);
    window.run_steps(2);
    window.get_by_label("Search name, login or e-mail").type_text("gran");
    window.run_steps(3);
    assert_eq!(window.state().steps.review.list.filter.search, "gran");
    window.get_by_label("Remove filter: “gran”");
}

#[test]
fn a_value_is_edited_in_place() {
    let mut window = window(|app| inspected(app, 4));
    window.run();
    window.get_by_label("Blocks: Login is not an e-mail");
    window.get_by_label("Edit").click();
    window.run();
    let field = window.get_by_role_and_label(egui::Role::TextInput, "login");
    assert_eq!(field.accesskit_node().value().as_deref(), Some("jgrant"));
    let save = window.get_by_label("Save");
    assert!(save.accesskit_node().is_disabled(), "nothing was changed yet");
    window.get_by_role_and_label(egui::Role::TextInput, "login").focus();
    window.run();
    window.get_by_role_and_label(egui::Role::TextInput, "login").type_text("@example.com");
    window.run();
    assert!(!window.get_by_label("Save").accesskit_node().is_disabled());
    // Enter confirms the field. Nothing is saved before the button was pressed, which has the keyboard now.
    window.key_press(egui::Key::Enter);
    window.run();
    window.run();
    assert!(window.state().steps.review.inspector.editing.is_some(), "still being edited");
    assert!(window.get_by_label("Save").accesskit_node().is_focused());
    window.key_press(egui::Key::Enter);
    window.run();
    assert!(window.state().steps.review.inspector.editing.is_none(), "saved");
    assert_eq!(window.state().shown(), causeway::app::Shown::Step(StepId::Review), "and the page stays");
}

#[test]
fn enter_in_a_field_that_was_not_changed_saves_nothing_and_stays() {
    let mut window = window(|app| inspected(app, 4));
    window.run();
    window.get_by_label("Edit").click();
    window.run();
    window.get_by_role_and_label(egui::Role::TextInput, "login").focus();
    window.run();
    window.key_press(egui::Key::Enter);
    window.run();
    assert!(window.state().steps.review.inspector.editing.is_some());
    assert_eq!(window.state().shown(), causeway::app::Shown::Step(StepId::Review));
}

#[test]
fn the_hash_is_covered_until_asked_for() {
    let mut window = window(|app| {
        inspected(app, 0);
        app.send(ReviewAsk::Inspect(InspectAsk::Tab(Tab::Request)));
    });
    window.run();
    window.get_by_label("Show the password's hash");
    assert!(window.query_by_label_contains("$2a$").is_none());
}

#[test]
fn undo_says_what_it_takes_back() {
    let mut window = window(|app| {
        review(app);
        app.steps.review.undo = Some("Leave out 12 people".into());
    });
    window.run();
    window.get_by_label("Undo: Leave out 12 people");
}

#[test]
fn everyone_a_filter_shows_can_be_left_out_at_once() {
    let mut window = window(|app| {
        review(app);
        app.steps.review.list.filter = PeopleFilter { scheme: Some("md5".into()), ..PeopleFilter::default() };
    });
    window.run();
    window.get_by_label("10 people shown");
    window.get_by_label("Leave out all 10");
    let who = Who::All(PeopleFilter::default());
    window.state_mut().send(ReviewAsk::Change(Change::LeaveOut(who)));
    window.state_mut().send(ReviewAsk::Select(0, Select::Only));
    window.run_steps(3);
}

#[test]
fn with_nobody_read_it_says_so_and_does_not_go_on() {
    let mut window = window(|app| {
        was_read(app);
        app.steps.review.fill(Counts::default(), vec![]);
        app.show(Shown::Step(StepId::Review));
    });
    window.run();
    window.get_by_label("Nobody has been read yet");
    assert!(window.get_by_label("Continue").accesskit_node().is_disabled());
}

/// The dialog “Try a password” over the person of this place.
pub(crate) fn trying(app: &mut App, at: usize, phase: TrialPhase) {
    inspected(app, at);
    let mut trial = Trial::new(&people()[at]);
    trial.phase = phase;
    app.steps.review.trial = Some(trial);
}

fn fit(salt: SaltFrom) -> Fit {
    Fit {
        settings: PasswordSettings::default(),
        salt,
        scheme: "salted-sha256-postfix-hex-hexsalt",
        label: "salted SHA-256".into(),
        sentence: "A bare digest: one round of SHA-256 over the password and then the salt.".into(),
        route: Route::Import,
        weakness: None,
    }
}

#[test]
fn a_known_password_is_typed_covered_and_wiped_on_closing() {
    let mut window = window(|app| inspected(app, 0));
    window.run();
    window.get_by_label("Try a password").click();
    window.run();
    assert!(window.get_by_label("Try").accesskit_node().is_disabled(), "nothing is typed yet");
    let field = window.get_by_role_and_label(egui::Role::PasswordInput, "Known password");
    assert!(field.is_focused(), "typing can begin at once");
    field.type_text("hunter2");
    window.run();
    assert_eq!(window.state().steps.review.trial.as_ref().unwrap().typed.as_str(), "hunter2");
    assert!(window.query_by_label_contains("hunter2").is_none());
    assert!(!window.get_by_label("Try").accesskit_node().is_disabled());
    window.key_press(egui::Key::Escape);
    window.run();
    window.key_press(egui::Key::Escape);
    window.run();
    assert!(window.state().steps.review.trial.is_none());
}

#[test]
fn a_way_that_fits_is_offered_for_everybody_with_the_same_shape() {
    let mut window = window(|app| {
        trying(app, 7, TrialPhase::Ended(Found::One(Box::new(fit(SaltFrom::AsMapped)))));
        app.steps.review.trial.as_mut().unwrap().reach = Some(12_018);
    });
    window.run();
    window.get_by_label("Not as it is read now, but this way fits:");
    window.get_by_label("A bare digest: one round of SHA-256 over the password and then the salt.");
    window.get_by_label("Apply to everybody with the same shape (12,018 people)");
}

#[test]
fn where_one_password_can_not_decide_another_is_asked() {
    let column = |name: &str| fit(SaltFrom::Column(name.into()));
    let mut window = window(move |app| {
        trying(app, 7, TrialPhase::Ended(Found::Several(vec![column("id"), column("number")])));
    });
    window.run();
    window.get_by_label("2 ways fit this person. A second known password decides.");
    window.get_by_role_and_label(egui::Role::TextInput, "Another person's login");
    assert!(window.get_by_label("Try both").accesskit_node().is_disabled());
}

#[test]
fn a_search_shows_how_far_it_is_and_can_be_stopped() {
    let progress = Progress {
        phase: Phase::Working,
        done: 4_200,
        total: Some(16_000),
        note: Some("Trying digests, salts and orders".into()),
    };
    let mut window = window(move |app| {
        trying(app, 7, TrialPhase::Searching(Job::standing_still(progress)));
    });
    window.run();
    window.get_by_label("Trying digests, salts and orders, 4,200 of 16,000.");
    window.get_by_label("Stop").click();
    window.run();
    window.get_by_label("Trying digests, salts and orders, 4,200 of 16,000. Stopping…");
}

#[test]
fn shares_by_scheme_filter() {
    let mut window = window(review);
    window.run();
    window.get_by_label("How passwords are stored");
    window.get_by_label("Only argon2id, 25% · 12,018").click();
    window.run();
    let filter = &window.state().steps.review.list.filter;
    assert_eq!(filter.scheme_label.as_deref(), Some("argon2id"));
    window.get_by_label("Remove filter: argon2id");
}

#[test]
fn what_was_stated_can_be_taken_back() {
    let mut window = window(|app| {
        review(app);
        app.steps.review.stated_before = Some(PasswordSettings::default());
    });
    window.run();
    window.get_by_label("Undo: how passwords are stored");
}

#[test]
fn pictures_of_trying_a_password() {
    let mut results = SnapshotResults::new();
    pictures(&mut results, "review-try", |app| trying(app, 7, TrialPhase::Asking));
    pictures(&mut results, "review-try-found", |app| {
        trying(app, 7, TrialPhase::Ended(Found::One(Box::new(fit(SaltFrom::Column("created_at".into()))))));
        app.steps.review.trial.as_mut().unwrap().reach = Some(12_018);
    });
    pictures(&mut results, "review-try-several", |app| {
        let column = |name: &str| fit(SaltFrom::Column(name.into()));
        trying(app, 7, TrialPhase::Ended(Found::Several(vec![column("id"), column("number")])));
    });
    pictures(&mut results, "review-shares", review);
}

/// After a run: one was created, one is there, one has failed and stands in the panel.
pub(crate) fn after_a_run(app: &mut App) {
    inspected(app, 3);
    let mut rows = people();
    let outcome = |kind| Outcome { okta_status: Some("ACTIVE".into()), ..Outcome::of(kind) };
    rows[0].outcome = outcome(OutcomeKind::Created);
    rows[1].outcome = outcome(OutcomeKind::AlreadyThere);
    rows[2].outcome = outcome(OutcomeKind::Created);
    rows[2].sent = Some(Route::Hook);
    rows[3].outcome = Outcome {
        code: Some("E0000001".into()),
        message: Some("password: Password requirements were not met.".into()),
        suggestion: Some("Let this person set a new password, then retry.".into()),
        ..Outcome::of(OutcomeKind::Failed)
    };
    let failed = rows[3].clone();
    let outcomes = vec![
        (OutcomeKind::Waiting, 12),
        (OutcomeKind::Created, 44_642),
        (OutcomeKind::AlreadyThere, 91),
        (OutcomeKind::Failed, 37),
    ];
    let review = &mut app.steps.review;
    review.fill(Counts { outcomes, ..counts() }, rows);
    let order = std::sync::Arc::clone(&review.list.order);
    review.list.selection.only(&order, 3);
    let detail = &mut review.inspector.person.as_mut().unwrap().detail;
    detail.row = failed;
    detail.recorded = Some("2026-11-22T12:00:00Z".parse().unwrap());
}

#[test]
fn what_the_last_run_made_of_people_is_a_column_filters_and_a_card() {
    let mut window = window(after_a_run);
    window.run();
    window.get_by_label("Last run");
    window.get_by_label_contains("m.o'neill@example.com, row 4, Imported as is, last run: failed");
    window.get_by_label_contains(
        "Failed on November 22: E0000001 password: Password requirements were not met.",
    );
    window.get_by_label("Let this person set a new password, then retry.");
    window.get_by_label("Must reset: this person");
    // The chips filter, several at a time, and are taken off one by one or together.
    for label in ["Failed 37", "Not sent 12"] {
        window.get_by_role_and_label(egui::Role::Button, label).click();
        window.run_steps(3);
    }
    let shown = |window: &egui_kittest::Harness<'static, App>| {
        window.state().steps.review.list.filter.outcomes.clone()
    };
    assert_eq!(shown(&window), [OutcomeKind::Waiting, OutcomeKind::Failed]);
    window.get_by_role_and_label(egui::Role::Button, "Failed 37").click();
    window.run_steps(3);
    assert_eq!(shown(&window), [OutcomeKind::Waiting]);
    window.get_by_label("Remove filter: Last run: Not sent").click();
    window.run_steps(3);
    assert_eq!(shown(&window), []);
    // Someone who is in Okta keeps what they were sent with.
    let person = &mut window.state_mut().steps.review.inspector.person.as_mut().unwrap().detail.row;
    person.outcome = Outcome::of(OutcomeKind::Created);
    window.run_steps(3);
    assert!(window.query_by_label("Must reset: this person").is_none());
}

#[test]
fn pictures_of_review_after_a_run() {
    let mut results = SnapshotResults::new();
    pictures(&mut results, "review-after-run", after_a_run);
    let mut small = window_of([1024.0, 600.0], egui::Theme::Light, after_a_run);
    small.run_ok();
    results.add(small.try_snapshot("review-after-run-small"));
}

#[test]
fn pictures_of_review() {
    let mut results = SnapshotResults::new();
    pictures(&mut results, "review", |app| inspected(app, 0));
    pictures(&mut results, "review-blocked-filter", |app| {
        inspected(app, 4);
        let list = &mut app.steps.review.list;
        list.filter = PeopleFilter { disposition: Some(Disposition::Blocked), ..PeopleFilter::default() };
    });
    pictures(&mut results, "review-empty", |app| {
        review(app);
        app.steps.review.list.filter =
            PeopleFilter { search: "nobody at all".into(), ..PeopleFilter::default() };
        app.steps.review.list.fill(vec![]);
    });
    let mut small = window_of([1024.0, 700.0], egui::Theme::Light, |app| {
        inspected(app, 0);
        let long = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh Maximiliana Theodora";
        let mut rows = people();
        rows.insert(
            1,
            row(
                11,
                long,
                "maximiliana.theodora.wolfeschlegelsteinhausenbergerdorff@subsidiary.example.com",
                Disposition::Blocked,
                "pbkdf2_sha256 · 720,000",
                Some((Severity::Blocks, "Last name is longer than the 50 characters Okta takes")),
            ),
        );
        app.steps.review.list.fill(rows);
    });
    small.run_ok();
    results.add(small.try_snapshot("review-small-long-names"));
}

/// A preview of the department of ten people, as the workspace would give it.
fn bulk_preview() -> EditPreview {
    let example = |name: &str, before: Option<&str>| EditExample {
        name: name.into(),
        before: before.into(),
        after: "Information Technology".into(),
    };
    EditPreview {
        people: 10,
        looked_at: 10,
        changing: 8,
        examples: vec![
            example("Ana Souza", Some("Sales")),
            example("李伟 王", None),
            example("محمد الحسن", Some("Finance")),
            example(
                "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh Maximiliana",
                Some("People and culture, northern region"),
            ),
            example("Дмитрий Иванов", None),
        ],
        newly_blocked: 1,
        unblocked: 2,
        in_okta: 2,
        findings: vec![(Severity::Warns, "Department is longer than usual".into(), 3)],
    }
}

#[test]
fn several_are_ticked_and_one_attribute_of_theirs_is_changed() {
    let mut window = window(review);
    window.run();
    window.get_by_label("Tick li.wei@example.com").click();
    window.run_steps(3);
    assert_eq!(window.state().steps.review.list.selection.single(), Some(PersonId(7)));
    window.key_press(egui::Key::ArrowDown);
    window.run_steps(3);
    // The arrow moved the selection; ticking keeps it and adds.
    window.get_by_label("Tick li.wei@example.com").click();
    window.run_steps(3);
    assert_eq!(window.state().steps.review.list.selection.ids(), [PersonId(7), PersonId(8)]);
    for _ in 0..2 {
        window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::ArrowDown);
        window.run_steps(3);
    }
    window.key_press(egui::Key::Space);
    window.run_steps(3);
    assert_eq!(window.state().steps.review.list.selection.len(), 3);
}

#[test]
fn everyone_shown_is_ticked_at_once() {
    let mut window = window(review);
    window.run();
    window.get_by_label("Tick everyone shown").click();
    window.run_steps(3);
    assert_eq!(window.state().steps.review.list.selection.len(), 10);
    window.get_by_label("Set a value for 10 people").click();
    window.run_steps(3);
    assert!(window.get_by_label("Set it").accesskit_node().is_disabled(), "nothing was looked at yet");
    window.key_press(egui::Key::Escape);
    window.run_steps(3);
    assert!(window.state().steps.review.bulk.is_none());
    assert_eq!(window.state().steps.review.list.selection.len(), 10, "Escape closed the dialog only");
}

#[test]
fn a_dialog_that_was_just_opened_sets_and_empties_nothing() {
    let mut window = window(|app| {
        review(app);
        app.send(ReviewAsk::Bulk(Who::All(PeopleFilter::default()), 255));
    });
    window.run();
    let set = |window: &egui_kittest::Harness<'static, App>| {
        !window.get_by_label("Set it").accesskit_node().is_disabled()
    };
    window.get_by_label("Attribute: Choose an attribute");
    window.get_by_label("Choose which attribute to change.");
    // Even with a preview at hand, as from a value typed before: white space is no value.
    for value in ["", "  ", "\u{a0}"] {
        let bulk = window.state_mut().steps.review.bulk.as_mut().unwrap();
        bulk.attribute = "department".into();
        bulk.value = value.into();
        bulk.preview = Some(bulk_preview());
        window.run();
        assert!(!set(&window), "{value:?}");
        window.get_by_label("Type the value to set. To empty the attribute, choose “Remove the value”.");
    }
    // Emptying a column is chosen by name, its button says how many, and Enter is not it.
    window.get_by_label("Remove the value").click();
    window.run();
    window.state_mut().steps.review.bulk.as_mut().unwrap().attribute = "department".into();
    window.run();
    assert!(window.query_all_by_label_contains("Remove it from").next().is_some());
    window.key_press(egui::Key::Enter);
    window.run();
    assert!(window.state().steps.review.bulk.is_none(), "Enter cancels");
}

#[test]
fn pictures_of_changing_several() {
    let mut results = SnapshotResults::new();
    pictures(&mut results, "review-bulk", |app| {
        review(app);
        app.send(ReviewAsk::Select(0, Select::All));
        app.send(ReviewAsk::Bulk(Who::All(PeopleFilter::default()), 10));
        app.logic(&egui::Context::default());
        let bulk = app.steps.review.bulk.as_mut().unwrap();
        bulk.attribute = "department".into();
        bulk.value = "Information Technology".into();
        bulk.preview = Some(bulk_preview());
    });
}

/// The Admin Console's page of somebody.
const CONSOLE: &str = "https://acme-admin.okta.com/admin/user/profile/view/00u1";

/// Where a click on the link leads.
fn followed(window: &mut egui_kittest::Harness<'static, App>) -> Vec<String> {
    window.get_by_role_and_label(egui::Role::Link, "Open in the Admin Console").click();
    let mut opened = Vec::new();
    for _ in 0..4 {
        window.step();
        opened.extend(window.output().platform_output.commands.iter().filter_map(|command| match command {
            egui::OutputCommand::OpenUrl(to) => Some(to.url.clone()),
            _ => None,
        }));
    }
    opened
}

#[test]
fn whoever_okta_keeps_out_has_their_own_chip_words_and_link() {
    for (status, chip, what) in [
        ("DEPROVISIONED", "Deactivated there", "activate them in the Admin Console"),
        ("SUSPENDED", "Suspended there", "unsuspend them in the Admin Console"),
        ("LOCKED_OUT", "Locked out there", "Unlock them in the Admin Console"),
    ] {
        // Found before a run.
        let mut found = window(|app| {
            inspected(app, 0);
            let person = app.steps.review.inspector.person.as_mut().unwrap();
            person.detail.row.there = true;
            person.detail.row.there_as = Some(FoundThere { status: status.into(), okta_id: "00u1".into() });
            person.console = Some(CONSOLE.into());
        });
        found.run_ok();
        found.get_by_label(chip);
        found.get_by_label_contains(what);
        assert_eq!(followed(&mut found), [CONSOLE], "{status}");

        // And by the run itself.
        let mut failed = window(|app| {
            inspected(app, 0);
            let person = app.steps.review.inspector.person.as_mut().unwrap();
            let known = causeway::model::OktaStatus::of(status);
            person.detail.row.outcome = Outcome {
                code: Some(status.into()),
                okta_id: Some("00u1".into()),
                message: Some(known.sentence().into()),
                suggestion: Some(format!("{} {CONSOLE}", known.advice())),
                ..Outcome::of(OutcomeKind::Failed)
            };
            person.console = Some(CONSOLE.into());
        });
        failed.run_ok();
        failed.get_by_label_contains("Nothing was changed.");
        failed.get_by_label_contains(what);
        assert!(failed.query_all_by_label_contains("https://").next().is_none(), "the address is a link");
        assert_eq!(followed(&mut failed), [CONSOLE], "{status}");
    }
    // Whoever can sign in needs no link.
    let mut active = window(|app| {
        inspected(app, 0);
        let person = app.steps.review.inspector.person.as_mut().unwrap();
        person.detail.row.there = true;
        person.detail.row.there_as = Some(FoundThere { status: "ACTIVE".into(), okta_id: "00u1".into() });
        person.console = Some(CONSOLE.into());
    });
    active.run_ok();
    active.get_by_label("Already there");
    assert!(active.query_by_label("Open in the Admin Console").is_none());
}

/// Who is in Okta, and is changed in the source or gone from it, is told, and not as somebody who won't be imported.
#[test]
fn who_is_changed_or_gone_after_they_were_sent_is_told() {
    let mut window = window(|app| {
        review(app);
        let review = &mut app.steps.review;
        let since = Counts { gone: 5, gone_in_okta: 1, changed_in_okta: 3, ..counts() };
        review.fill(since, people());
    });
    window.run();
    window.get_by_label_contains(
        "3 people in Okta have changed in the source since they were sent. 1 person in Okta can no longer be found in the source, and their \
         accounts stay.",
    );
    window.get_by_label_contains("4 people were in the previous read but missing from this one");
}
