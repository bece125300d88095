//! The step Import.

use causeway::app::facts::ImportFact;
use causeway::app::jobs::Job;
use causeway::app::steps::{ImportAsk, StepId};
use causeway::app::{App, Shown};
use causeway::migration::import::{ImportProgress, Pause, Tally, Trouble};
use causeway::model::{Outcome, OutcomeKind, Phase, Progress, Route};
use causeway::okta::{PauseReason, Why};
use causeway::workspace::{Disposition, PersonRow};
use egui_kittest::SnapshotResults;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::people::{counts, row, was_read};
use crate::support::{pictures, window, window_of};

fn tally() -> Tally {
    Tally {
        people: 46_253,
        waiting: 4_326,
        sending: 24,
        created_import: 26_881,
        created_hook: 11_874,
        created_reset: 2_262,
        already_there: 129,
        updated: 0,
        failed: 757,
    }
}

/// Those whom Import's list shows: everyone who came to an end.
fn ended() -> Vec<OutcomeKind> {
    let still = [OutcomeKind::Waiting, OutcomeKind::Sending];
    OutcomeKind::ALL.into_iter().filter(|kind| !still.contains(kind)).collect()
}

fn outcome(mut row: PersonRow, kind: OutcomeKind, okta_id: &str, status: &str) -> PersonRow {
    row.outcome = Outcome {
        okta_id: (!okta_id.is_empty()).then(|| okta_id.into()),
        okta_status: (!status.is_empty()).then(|| status.into()),
        ..Outcome::of(kind)
    };
    row
}

fn sent() -> Vec<PersonRow> {
    use Disposition::{Hook, Import, Reset};
    let plain = |id, login: &str, what, scheme: &str| row(id, login, login, what, scheme, None);
    let mut failed = outcome(plain(4, "r.gomez@example.com", Import, "bcrypt"), OutcomeKind::Failed, "", "");
    failed.outcome.code = Some("E0000001".into());
    failed.outcome.message = Some("mobilePhone: too long".into());
    failed.outcome.suggestion =
        Some("Shorten the phone number in Map or edit this person, then retry.".into());
    vec![
        outcome(plain(1, "petra.k@example.com", Import, "bcrypt"), OutcomeKind::Sending, "", ""),
        outcome(
            plain(2, "m.o'neill@example.com", Import, "PBKDF2-SHA256"),
            OutcomeKind::Created,
            "00ub0oNGTSWTBKOLGLNR",
            "ACTIVE",
        ),
        outcome(
            plain(3, "user2@example.com", Hook, "scrypt (Spring)"),
            OutcomeKind::Created,
            "00u1ero7vZFVEIYLWPBN",
            "ACTIVE",
        ),
        failed,
        outcome(
            plain(5, "ceo@example.com", Import, "bcrypt"),
            OutcomeKind::AlreadyThere,
            "00u2k1m9x0QABCDEF5d7",
            "",
        ),
        outcome(
            plain(6, "li.wei@example.com", Reset, "none"),
            OutcomeKind::Created,
            "00u7f3p1aaPLMZYTR5d7",
            "STAGED",
        ),
    ]
}

fn progress() -> ImportProgress {
    let mut progress = ImportProgress {
        base: Progress { phase: Phase::Working, done: 41_903, total: Some(46_253), note: None },
        tally: tally(),
        in_flight: 24,
        per_minute: 591.0,
        seconds: 3_900,
        seconds_left: Some(402),
        ..ImportProgress::default()
    };
    progress.pace.limit = Some(600);
    progress.pace.cap = 600;
    progress
}

pub(crate) fn running(app: &mut App) {
    was_read(app);
    app.facts.target_ready = true;
    app.facts.counts = counts();
    app.facts.import = ImportFact { done: 41_146, failed: 757, waiting: 4_350, begun: true };
    let step = &mut app.steps.import;
    step.progress = progress();
    step.job = Some(Job::standing_still(progress()));
    let rate = (0..=70)
        .map(|at| {
            let x = f64::from(at);
            let dip = if at == 35 { 140.0 } else { 0.0 };
            [x, (590.0 * (1.0 - (-x / 3.0).exp())) - dip + f64::from(at % 5)]
        })
        .collect();
    step.chart.runs = vec![rate];
    step.list.filter.outcomes = ended();
    step.follow = true;
    step.list.fill(sent());
    app.show(Shown::Step(StepId::Import));
}

pub(crate) fn paused(app: &mut App) {
    running(app);
    let mut progress = progress();
    progress.base.phase = Phase::Paused;
    progress.tally.sending = 108;
    progress.in_flight = 0;
    progress.per_minute = 0.0;
    progress.pause =
        Some(Pause { reason: Some(PauseReason::Token), words: "E0000011 Invalid token provided".into() });
    app.steps.import.job = Some(Job::standing_still(progress));
}

/// Nothing runs; the numbers come from the workspace.
pub(crate) fn over(app: &mut App) {
    running(app);
    app.steps.import.job = None;
    app.facts.import = ImportFact { done: 45_496, failed: 757, waiting: 0, begun: true };
    app.facts.counts.outcomes =
        vec![(OutcomeKind::Created, 45_367), (OutcomeKind::AlreadyThere, 129), (OutcomeKind::Failed, 757)];
    app.facts.counts.created = vec![(Route::Import, 30_624), (Route::Hook, 11_874), (Route::Reset, 2_869)];
    let step = &mut app.steps.import;
    step.list.fill(sent().split_off(1));
    let order = std::sync::Arc::clone(&step.list.order);
    step.list.selection.only(&order, 2);
}

#[test]
fn a_run_says_how_far_how_fast_and_how_long() {
    let mut window = window(running);
    window.run_ok();
    window.get_by_label("Importing 46,253 people");
    window.get_by_label("41,903");
    window.get_by_label("of 46,253 · 90.6 %");
    window.get_by_label("about 7 min left");
    window.get_by_label("1 h 5 min so far");
    window.get_by_label("591 now · limit 600 · no 429s");
    assert!(window.get_by_label("Continue").accesskit_node().is_disabled());
}

#[test]
fn creates_that_all_fail_are_said_at_once() {
    let mut window = window(|app| {
        running(app);
        let trouble = Trouble { call: "create", why: Why::Server, tries: 12, pauses_in: Some(38) };
        let progress = ImportProgress { trouble: Some(trouble), ..progress() };
        app.steps.import.job = Some(Job::standing_still(progress));
    });
    window.run_ok();
    window.get_by_label(
        "No create gets through: Okta had an error of its own. 12 tries so far. If that goes on, it pauses and asks in about 38 s.",
    );
    window.get_by_label_contains("Nobody is lost");
}

#[test]
fn a_pilot_counts_its_own() {
    let mut window = window(|app| {
        running(app);
        let before = Tally { people: 236, waiting: 36, created_import: 190, failed: 10, ..Tally::default() };
        let progress = ImportProgress {
            base: Progress { phase: Phase::Working, done: 8, total: Some(10), note: None },
            tally: Tally { waiting: 26, sending: 2, created_import: 196, failed: 12, ..before },
            before,
            pilot: true,
            ..progress()
        };
        app.steps.import.job = Some(Job::standing_still(progress));
    });
    window.run_ok();
    window.get_by_label("Importing a pilot of 10 people");
    window.get_by_label("of 10 · 80.0 %");
    window.get_by_role_and_label(egui::Role::Tab, "5 Import: 8 of 10");
    // Of the ten, six with their password and two failed.
    window.get_by_label("6");
    window.get_by_label("2");
}

#[test]
fn the_newest_outcome_is_on_top_until_the_list_is_frozen() {
    let mut window = window(running);
    window.run_ok();
    window.get_by_label("Freeze list").click();
    window.run_steps(3);
    assert!(!window.state().steps.import.follow);
    window.get_by_label("Show 41,897 newer").click();
    window.run_steps(3);
    assert!(window.state().steps.import.follow);
    // Nobody who only waits is among them.
    let wanted = &window.state().steps.import.list.filter.outcomes;
    assert!(!wanted.contains(&OutcomeKind::Waiting) && !wanted.contains(&OutcomeKind::Sending));
}

#[test]
fn stopping_asks_the_job_to_stop_and_says_so() {
    let mut window = window(running);
    window.run_ok();
    window.get_by_label("Stop").click();
    window.run_steps(3);
    assert!(window.state().steps.import.job.as_ref().unwrap().is_stopping());
    window.get_by_label("Stopping: waiting for the last answers");
}

#[test]
fn a_refused_token_says_what_to_do_and_can_be_resumed() {
    let mut window = window(paused);
    window.run_ok();
    window.get_by_label("Paused. Okta no longer accepts the token.");
    // Nothing is on its way: those who are claimed wait like the others.
    window.get_by_label("Paused at 41,903 of 46,253 people");
    window.get_by_role_and_label(egui::Role::Button, "Queued 4,434");
    assert!(window.query_all_by_label_contains("Sending 1").next().is_none());
    window.get_by_label("0 now · limit 600 · no 429s");
    window.get_by_label("petra.k@example.com, on hold");
    window.get_by_label("Resume");
    window.get_by_label("Show the technical text");
}

#[test]
fn a_failure_shows_oktas_words_and_what_to_do() {
    let mut window = window(running);
    window.run_ok();
    window.get_by_label("r.gomez@example.com, failed").click();
    window.run_steps(3);
    window.get_by_label("Shorten the phone number in Map or edit this person, then retry.");
    assert!(!window.state().steps.import.follow, "the table stays where the person looks");
}

/// One whose failure takes more than a line to tell.
fn told_at_length(app: &mut App) {
    running(app);
    let list = &mut app.steps.import.list;
    let id = list
        .order
        .iter()
        .copied()
        .find(|id| list.rows.get(*id).is_some_and(|row| row.outcome.kind == OutcomeKind::Failed));
    let mut row = list.rows.get(id.unwrap()).unwrap().clone();
    row.outcome.message = Some(
        "Api validation failed: password. Password requirements were not met. Password requirements: at least 8 \
         characters, a lowercase letter, an uppercase letter, a number, no parts of your username."
            .into(),
    );
    list.fill(vec![row]);
}

#[test]
fn a_failure_can_be_read_in_the_smallest_window_and_tab_goes_as_one_reads() {
    let mut window = window_of([1024.0, 700.0], egui::Theme::Light, told_at_length);
    window.run_ok();
    window.get_by_label("r.gomez@example.com, failed").click();
    window.run_ok();
    let todo = window.get_by_label("Shorten the phone number in Map or edit this person, then retry.").rect();
    let footer = window.get_by_label("Pause").rect().top();
    assert!(todo.bottom() < footer - 20.0, "{todo:?} is over the footer at {footer}");
    let words =
        window.query_all_by_label_contains("Password requirements were not met").map(|node| node.rect());
    let high = words.map(|rect| rect.height()).fold(0.0, f32::max);
    assert!(high > 30.0, "told in full under the table, not cut after a line: {high}");
    let left = |label: &str| window.get_by_label(label).rect().left();
    assert!(left("Retry this one") < left("Open in Review") && left("Open in Review") < left("Close"));
    window.get_by_label("Open in Review").focus();
    window.run_ok();
    window.key_press(egui::Key::Tab);
    window.run_ok();
    assert!(window.get_by_label("Close").is_focused());
    let mut results = SnapshotResults::new();
    results.add(window.try_snapshot("import-small-failed"));
}

#[test]
fn failed_ones_can_be_looked_at_alone() {
    let mut window = window(running);
    window.run_ok();
    window.get_by_role_and_label(egui::Role::Button, "Failed 757").click();
    window.run_steps(3);
    assert_eq!(window.state().steps.import.list.filter.outcomes, [OutcomeKind::Failed]);
}

#[test]
fn after_a_crash_it_says_so_and_offers_to_go_on() {
    let mut window = window(|app| {
        running(app);
        app.steps.import.job = None;
    });
    window.run_ok();
    window.get_by_label("The last import was interrupted: 4,350 people still wait to be sent.");
    window.get_by_label("Import the other 4,350");
}

#[test]
fn going_on_in_a_real_org_asks_first() {
    let mut window = window(|app| {
        running(app);
        app.steps.import.job = None;
        app.facts.target = causeway::app::facts::Target::Live("Acme".into());
        app.send(ImportAsk::GoOn);
    });
    window.run_ok();
    window.get_by_label("Import 4,350 people into Acme?");
    window.get_by_label("Not yet").click();
    window.run_steps(3);
    assert!(window.state().steps.import.asking.is_none());
}

#[test]
fn pictures_of_import() {
    let mut results = SnapshotResults::new();
    pictures(&mut results, "import-running", running);
    pictures(&mut results, "import-paused", paused);
    pictures(&mut results, "import-done", over);
    let mut small = window_of([1024.0, 700.0], egui::Theme::Light, running);
    small.run_ok();
    results.add(small.try_snapshot("import-small"));
}
