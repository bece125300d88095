//! An import through everything that takes time: look-ups that fail, slow answers, read-only mode, a web page in Okta's place, a
//! token revoked on the way. Everyone arrives, once.

use std::time::Duration;

use causeway::migration::import::{Control, Ended, ImportProgress, ImportSummary};
use causeway::model::OutcomeKind;
use causeway::okta::{ClientSettings, OrgUrl, PaceSettings, PauseReason};
use causeway::practice::{Chance, Config, Faults, Latency, Limits, PracticeOrg};
use causeway::workspace::Workspace;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::support::company::{Company, Import, everyone, login, quick_org};

/// A few, for what happens to one of them.
const FEW: usize = 24;
/// So many that a run with slow answers is under way for seconds.
const MANY: usize = 400;

/// A run under way, and the handles to it.
struct Run {
    task: JoinHandle<Result<ImportSummary, causeway::migration::MigrationError>>,
    seen: watch::Receiver<ImportProgress>,
    control: Control,
    stop: CancellationToken,
}

impl Run {
    fn begin(mut import: Import) -> Self {
        import.unattended = false;
        let (control, stop) = (import.control.clone(), import.stop.clone());
        let progress = watch::Sender::new(ImportProgress::default());
        let seen = progress.subscribe();
        Self { task: tokio::spawn(import.run_with(progress)), seen, control, stop }
    }

    async fn until(&mut self, what: &str, there: impl FnMut(&ImportProgress) -> bool) -> ImportProgress {
        let waited = tokio::time::timeout(Duration::from_mins(1), self.seen.wait_for(there)).await;
        let seen = waited.unwrap_or_else(|_| panic!("waited in vain for: {what}"));
        seen.unwrap_or_else(|_| panic!("the run ended before: {what}")).clone()
    }

    async fn end(self) -> ImportSummary {
        let ended = tokio::time::timeout(Duration::from_mins(2), self.task).await;
        ended.expect("the run's end").unwrap().unwrap()
    }
}

/// In the org and in the workspace, once each, with the same id.
async fn all_there(org: &PracticeOrg, workspace: &Workspace) {
    let people = everyone(workspace).await;
    assert_eq!(org.counters().created, people.len() as u64, "nobody twice");
    assert_eq!(org.people_count(), people.len(), "nobody lost");
    for person in people {
        let there = org.person(&person.row.login).map(|p| p.id);
        assert_eq!(person.row.outcome.kind, OutcomeKind::Created, "{:?}", person.row.outcome);
        assert_eq!(person.row.outcome.okta_id, there, "{}", person.row.login);
    }
}

/// The first create goes through and its answer is lost; then Okta fails whenever someone is looked up.
fn lost_and_not_to_be_found(looks: Chance) -> Faults {
    let look_ups =
        Faults { only: vec!["GET /api/v1/users/".to_owned()], server_error: looks, ..Faults::default() };
    Faults {
        only: vec!["POST /api/v1/users".to_owned()],
        drop_after: Chance::Next(1),
        also: vec![look_ups],
        ..Faults::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_up_that_fails_is_tried_until_it_answers() {
    let company = Company::found(FEW).await;
    let (workspace, mapping) = company.read().await;
    let org = quick_org().await;
    // One more than after which a person would be given up while others get through.
    org.set_faults(lost_and_not_to_be_found(Chance::Next(5)));
    let summary = Run::begin(Import::new(&workspace, &mapping, &org)).end().await;
    assert_eq!((summary.ended, summary.tally.created(), summary.tally.sending), (Ended::Done, 24, 0));
    all_there(&org, &workspace).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stopped_before_the_look_up_answers_they_are_found_by_the_next_run() {
    let company = Company::found(FEW).await;
    let (workspace, mapping) = company.read().await;
    let org = quick_org().await;
    org.set_faults(lost_and_not_to_be_found(Chance::Always));
    let mut run = Run::begin(Import::new(&workspace, &mapping, &org));
    run.until("all but the one", |p| p.base.done == 23).await;
    run.stop.cancel();
    let summary = run.end().await;
    assert_eq!((summary.ended, summary.tally.sending, summary.tally.failed), (Ended::Stopped, 1, 0));
    assert_eq!(org.people_count(), FEW, "they are there, and nobody knows yet");
    org.set_faults(Faults::default());
    let summary = Run::begin(Import::new(&workspace, &mapping, &org)).end().await;
    assert_eq!((summary.done, summary.tally.created()), (1, 24));
    all_there(&org, &workspace).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_answers_are_waited_for_and_too_slow_ones_looked_up() {
    let company = Company::found(FEW).await;
    let (workspace, mapping) = company.read().await;
    let org = quick_org().await;
    let mut import = Import::new(&workspace, &mapping, &org);
    let settings = ClientSettings {
        timeout: Duration::from_secs(1),
        pace: PaceSettings { share: 100, most_in_flight: 16 },
        ..ClientSettings::default()
    };
    import.client =
        causeway::okta::Client::new(OrgUrl::parse(org.url()).unwrap(), org.token(), settings).unwrap();
    // Every third is slow; the one after the first two of those acts in time and answers when nobody waits any more.
    let too_slow = Faults { slow: Chance::Next(2), slow_ms: 1600, ..only_creates() };
    org.set_faults(Faults { slow: Chance::Every(3), slow_ms: 500, also: vec![too_slow], ..only_creates() });
    let summary = Run::begin(import).end().await;
    assert_eq!((summary.ended, summary.tally.created()), (Ended::Done, 24));
    all_there(&org, &workspace).await;
}

fn only_creates() -> Faults {
    Faults { only: vec!["POST /api/v1/users".to_owned()], ..Faults::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn read_only_mode_is_sat_out() {
    let company = Company::found(MANY).await;
    let (workspace, mapping) = company.read().await;
    let config = Config { limits: Limits::unlimited(), latency: Latency::fixed(80), ..Config::default() };
    let org = PracticeOrg::start(config).await.unwrap();
    let mut run = Run::begin(Import::new(&workspace, &mapping, &org));
    run.until("a few people", |p| p.base.done >= 4).await;
    org.set_faults(Faults { read_only: true, ..Faults::default() });
    let told =
        run.until("the word of it", |p| p.base.note.as_ref().is_some_and(|n| n.contains("read-only"))).await;
    assert_eq!(told.pause, None, "it passes by itself");
    let during = org.people_count();
    assert!(during < MANY);
    org.set_faults(Faults::default());
    let summary = run.end().await;
    assert_eq!((summary.ended, summary.tally.created(), summary.tally.failed), (Ended::Done, 400, 0));
    all_there(&org, &workspace).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_web_page_in_oktas_place_pauses_and_nobody_fails_for_it() {
    let company = Company::found(MANY).await;
    let (workspace, mapping) = company.read().await;
    let config = Config { limits: Limits::unlimited(), latency: Latency::fixed(80), ..Config::default() };
    let org = PracticeOrg::start(config).await.unwrap();
    let mut run = Run::begin(Import::new(&workspace, &mapping, &org));
    run.until("a few people", |p| p.base.done >= 4).await;
    org.set_faults(Faults { html: Chance::Always, ..Faults::default() });
    let paused = run.until("the pause", |p| p.pause.is_some()).await;
    assert_eq!(paused.pause.unwrap().reason, Some(PauseReason::NotOkta));
    org.set_faults(Faults::default());
    run.control.resume();
    let summary = run.end().await;
    assert_eq!((summary.ended, summary.tally.created(), summary.tally.failed), (Ended::Done, 400, 0));
    all_there(&org, &workspace).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_revoked_on_the_way_is_replaced_in_the_pause() {
    let company = Company::found(MANY).await;
    let (workspace, mapping) = company.read().await;
    let config = Config { limits: Limits::unlimited(), latency: Latency::fixed(80), ..Config::default() };
    let org = PracticeOrg::start(config).await.unwrap();
    let import = Import::new(&workspace, &mapping, &org);
    let client = import.client.clone();
    let mut run = Run::begin(import);
    run.until("a few people", |p| p.base.done >= 4).await;
    let token = org.new_token().unwrap();
    let paused = run.until("the pause", |p| p.pause.is_some()).await;
    assert_eq!(paused.pause.unwrap().reason, Some(PauseReason::Token));
    assert!(org.people_count() < MANY);
    // Going on with the old one pauses again, and nobody is harmed.
    run.control.resume();
    run.until("the next pause", |p| p.pause.is_some()).await;
    client.set_token(&token).unwrap();
    run.control.resume();
    let summary = run.end().await;
    assert_eq!((summary.ended, summary.tally.created(), summary.tally.failed), (Ended::Done, 400, 0));
    all_there(&org, &workspace).await;
    assert!(org.person(&login(1)).is_some());
}
