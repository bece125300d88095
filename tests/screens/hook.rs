//! The step Password hook.

use causeway::app::facts::Target;
use causeway::migration::hook::{Feed, HookSettings, ServerView, Tls};

use causeway::app::steps::{HookOpen, HookSure, StepId};
use causeway::app::{App, Shown};
use causeway::hook::{BackendError, BackendState, Load, Status};
use causeway::migration::hook::service::{Kind, Proxy};
use causeway::migration::hook::{Exchange, HookCheck, Ours, Said, Standing};
use causeway::model::{HookAnswer, HookCall, HookReason};
use causeway::okta::InlineHook;
use causeway::ui::Problem;
use causeway::workspace::{HookHour, HookTotals};
use chrono::{DateTime, TimeDelta, Utc};
use egui_kittest::SnapshotResults;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::people::{everyone_created, was_read};
use crate::support::{pictures, window, window_of};

fn at(time: &str) -> DateTime<Utc> {
    format!("2026-05-12T{time}Z").parse().unwrap()
}

fn answered(
    time: &str,
    login: &str,
    answer: HookAnswer,
    reason: HookReason,
    scheme: &str,
    ms: u64,
) -> HookCall {
    HookCall {
        at: at(time),
        login: login.into(),
        person: Some(1),
        answer,
        reason,
        scheme: (!scheme.is_empty()).then(|| scheme.into()),
        took_us: ms * 1000,
        request: Some("XiIl6wn7005Rr@fjYqeC7CCDBxw".into()),
        again: false,
        address: None,
        service: false,
    }
}

fn feed() -> Feed {
    use HookAnswer::{Refused, Unavailable, Unverified, Verified};
    let calls = vec![
        answered("09:58:12", "user2@example.com", Verified, HookReason::Right, "scrypt (Spring)", 96),
        answered("09:57:40", "tomas@example.com", Verified, HookReason::Right, "argon2id", 61),
        answered("09:57:31", "tomas@example.com", Unverified, HookReason::Wrong, "argon2id", 60),
        answered("09:55:02", "nobody@example.com", Unverified, HookReason::Unknown, "", 62),
        answered("09:54:47", "hana@example.com", Unverified, HookReason::Slowed, "", 0),
        answered(
            "09:54:40",
            "李伟.a-very-long-login-that-goes-on-and-on@subsidiary.example.com",
            Verified,
            HookReason::Right,
            "Drupal 7 SHA-512 · 32768 rounds",
            412,
        ),
        answered("09:54:12", "محمد@example.com", Unavailable, HookReason::SourceDown, "", 1500),
        answered("09:53:02", "", Refused, HookReason::Stranger, "", 0),
    ];
    let bars = [4_u64, 6, 12, 20, 21, 17, 14, 12, 15, 13, 9, 6, 5];
    let hours = (0_i64..)
        .zip(bars)
        .map(|(hour, n)| HookHour {
            start: at("00:00:00") + TimeDelta::hours(hour),
            verified: n,
            unverified: 1,
            unavailable: 0,
        })
        .collect();
    let totals = HookTotals {
        verified: 412,
        unverified: 37,
        unavailable: 0,
        refused: 3,
        p50_ms: Some(61),
        p95_ms: Some(118),
    };
    Feed { calls, hours, totals, waiting: 11_874, verified: 412, moved: 410, reset: 0, guessed: vec![] }
}

/// The hook's page of a migration whose people were sent, with nothing begun here.
pub(crate) fn idle(app: &mut App) {
    was_read(app);
    app.facts.target_ready = true;
    everyone_created(app);
    app.steps.hook.feed = Feed { waiting: 11_874, ..Feed::default() };
    app.facts.hook.waiting = Some(11_874);
    app.steps.hook.standing = Some(Standing::None);
    app.steps.hook.place = "this computer's keychain";
    app.show(Shown::Step(StepId::Hook));
}

fn view() -> ServerView {
    ServerView {
        url: "https://127.0.0.1:8443/pwhook".into(),
        port: 8443,
        since: Some(at("09:41:00")),
        status: Status { backend: BackendState::Up, ..Status::default() },
        load: Load { connections: 3, checking: 2, untold: 0 },
        workers: 8,
        against: "the passwords stored in the migration".into(),
    }
}

fn ours(active: bool) -> Standing {
    let hook = InlineHook::of(
        "calb7gacafgwgE7hc5e4",
        "Causeway password import (1f3a9c2e)",
        "https://hook.corp.example/pwhook",
        active,
    );
    Standing::Ours(Ours { hook, other_address: false, other_secret: false })
}

/// Everything as it should be, in a real org.
pub(crate) fn running(app: &mut App) {
    idle(app);
    app.facts.target = Target::Live("Corp".into());
    let step = &mut app.steps.hook;
    step.settings = HookSettings {
        public: "https://hook.corp.example/pwhook".into(),
        tls: Tls::Certificate,
        certificate: "/etc/letsencrypt/live/hook.corp.example/fullchain.pem".into(),
        key: "/etc/letsencrypt/live/hook.corp.example/privkey.pem".into(),
        ..HookSettings::default()
    };
    step.stand(view());
    step.feed = feed();
    step.standing = Some(ours(true));
    step.checks = Some(vec![
        HookCheck::good("Address answers over HTTPS · 12 ms"),
        HookCheck::good("Wrong secret is turned away · 14 ms"),
        HookCheck::good("Okta's own test call was answered in 84 ms"),
    ]);
}

/// The source is down, another's hook is there, and the address does not answer.
pub(crate) fn failing(app: &mut App) {
    running(app);
    let mut view = view();
    view.status.backend = BackendState::Down {
        since: at("09:52:00"),
        why: BackendError {
            what: "The server refused the connection.".into(),
            advice: "Check that PostgreSQL runs and listens there.".into(),
            technical: Some("ECONNREFUSED".into()),
        },
    };
    let step = &mut app.steps.hook;
    step.stand(view);
    step.standing = Some(Standing::Foreign(InlineHook::of(
        "cal9",
        "AD bridge",
        "https://bridge.corp.example/hook",
        true,
    )));
    step.checks = Some(vec![HookCheck::fails(
        "The certificate has expired",
        "Renew it. Okta refuses expired certificates, and every sign-in with it.",
    )]);
}

fn died(app: &mut App) {
    idle(app);
    app.steps.hook.died = Some(Problem::new(
        "Another program listens at 127.0.0.1:8443 already.",
        "Choose another port, or end the program that listens there (perhaps this hook runs already).",
    ));
}

pub(crate) fn trying(app: &mut App) {
    running(app);
    let step = &mut app.steps.hook;
    step.trial.login = "li.wei@example.com".into();
    step.trial.exchange = Some(Exchange {
        request: "{\n  \"eventId\": \"3o9jBzq1SmOGmmsDsqyyeQ\",\n  \"data\": {\n    \"context\": {\n      \"credential\": {\n        \"username\": \"li.wei@example.com\",\n        \"password\": \"••••••••\"\n      }\n    }\n  }\n}".into(),
        answer: "{\n  \"commands\": [\n    {\n      \"type\": \"com.okta.action.update\",\n      \"value\": {\n        \"credential\": \"VERIFIED\"\n      }\n    }\n  ]\n}".into(),
        status: Some(200),
        said: Said::Verified,
        ms: 61,
        next: String::new(),
    });
    step.dialog = Some(HookOpen::Try);
}

#[test]
fn a_long_dialog_keeps_its_title_and_button_in_sight_and_gets_short_again() {
    let mut window = window_of([1024.0, 700.0], egui::Theme::Light, |app| {
        trying(app);
        // A right sign-in in practice has a line more, and a long request.
        app.facts.target = Target::Practice;
        let exchange = app.steps.hook.trial.exchange.as_mut().unwrap();
        exchange.request = "{\n}\n".repeat(60);
    });
    window.run_ok();
    let title = window.get_by_label_contains("Type someone's login").rect();
    let close = window.get_by_label("Close").rect();
    assert!(title.top() > 44.0 && close.bottom() < 700.0, "{title:?} {close:?}");
    window.state_mut().steps.hook.trial.exchange = None;
    window.run_ok();
    let shorter = window.get_by_label("Close").rect();
    let field = window.get_by_role(egui::accesskit::Role::PasswordInput).rect();
    assert!(shorter.top() - field.bottom() < 200.0, "{field:?} {shorter:?}");
}

#[test]
fn a_running_server_says_how_it_stands_and_what_it_answered() {
    let mut window = window(running);
    window.run_ok();
    window.get_by_label("since 09:41 · 2 of 8 workers busy");
    window.get_by_label("412 verified · 37 unverified · 0 errors · p50 61 ms · p95 118 ms");
    window.get_by_label("Hook registered in Okta, ACTIVE");
    window.get_by_label("Okta's own test call was answered in 84 ms");
    window.get_by_label("11,874 people still to sign in");
    window.get_by_label_contains("6 Password hook: Listening on :8443");
    window.get_by_label("slowed");
    window.get_by_label("Nobody has this login");
    window.get_by_label("Stop server");
}

#[test]
fn another_port_is_said_and_used_wherever_one_is_shown() {
    let taken = |app: &mut App| {
        running(app);
        app.facts.target = Target::Practice;
        let mut other = view();
        (other.url, other.port) = ("http://127.0.0.1:8444/pwhook".into(), 8444);
        app.steps.hook.settings = HookSettings::default();
        app.steps.hook.stand(other);
    };
    let mut window = window(taken);
    window.run_ok();
    window.get_by_label_contains("Another program has port 8443, so this server took 8444 until it stops.");
    window.get_by_label("http://127.0.0.1:8444/pwhook");
    window.get_by_label_contains("6 Password hook: Listening on :8444");
    // In the dialogs too: nothing but the sentence names the port that was set.
    let shown = |window: &egui_kittest::Harness<'_, App>, port: &str| {
        window.query_all_by_label_contains(port).count()
    };
    let (other, set) = (shown(&window, "8444"), shown(&window, "8443"));
    for kind in [Kind::Systemd, Kind::Launchd, Kind::Windows, Kind::Container] {
        window.state_mut().steps.hook.dialog = Some(HookOpen::Service(kind));
        window.run_ok();
        assert!(shown(&window, "8444") > other, "{kind:?}");
        assert_eq!(shown(&window, "8443"), set, "{kind:?}");
    }
    window.state_mut().steps.hook.dialog = None;
    window.run_ok();
    window.get_by_label("Address and certificate").click();
    window.run_steps(3);
    assert!(shown(&window, "8444") > other);
    assert_eq!(shown(&window, "8443"), set);
}

#[test]
fn what_is_not_recorded_is_said_above_the_answers() {
    let mut window = window(|app| {
        running(app);
        let mut behind = view();
        behind.status.behind = Some(causeway::hook::Behind {
            why: "another program keeps the migration's file locked".into(),
            waiting: 12,
            let_in: 3,
        });
        behind.status.lost = 2;
        app.steps.hook.stand(behind);
    });
    window.run_ok();
    window.get_by_label("Sign-ins are answered, but nothing is recorded: another program keeps the migration's file locked. 12 answers, 3 of which let someone in, wait in memory and are recorded when that has ended.");
    window.get_by_label_contains("2 answers are on no record");
}

#[test]
fn before_it_is_changed_a_real_org_is_named_with_the_people_it_is_about() {
    let mut window = window(running);
    window.run_ok();
    window.get_by_label("Remove the hook").click();
    window.run_steps(3);
    assert_eq!(window.state().steps.hook.dialog, Some(HookOpen::Sure(HookSure::Remove)));
    window.get_by_label("Remove the hook from Corp?");
    window.get_by_label("Remove, 11,874 people can't sign in");
    window.get_by_label("Not now").click();
    window.run_steps(3);
    window.get_by_label("Stop server").click();
    window.run_steps(3);
    window.get_by_label("Stop, 11,874 people can't sign in");
}

#[test]
fn in_practice_one_press_starts_and_registers() {
    let mut window = window(idle);
    window.run_ok();
    window.get_by_label("Start and register");
    window.get_by_label("The server is not running");
    window.get_by_label("none needed in practice");
    assert!(window.get_by_label("Try a sign-in").accesskit_node().is_disabled());
}

#[test]
fn what_is_wrong_is_seen_first_with_what_to_do() {
    let mut window = window(failing);
    window.run_ok();
    window.get_by_label("No password can be checked since 09:52.");
    window.get_by_label("Another password hook is registered: “AD bridge”");
    window.get_by_label("The certificate has expired");
    window.get_by_label_contains("6 Password hook: Source down");
    let mut window = window_of([1024.0, 700.0], egui::Theme::Dark, died);
    window.run_ok();
    window.get_by_label("Another program listens at 127.0.0.1:8443 already.");
    window.get_by_label_contains("6 Password hook: Stopped by itself");
}

/// A service answers; the window's own server does not run.
fn elsewhere(app: &mut App) {
    running(app);
    let step = &mut app.steps.hook;
    step.job = None;
    step.checks = None;
    step.elsewhere = Some(at("09:58:12"));
}

#[test]
fn a_service_that_answers_is_seen_and_can_be_checked_and_registered() {
    let mut window = window(elsewhere);
    window.run_ok();
    window.get_by_label("A service answers");
    window.get_by_label("last at 09:58");
    window.get_by_label_contains("6 Password hook: A service answers");
    window.get_by_label("It answered a sign-in at 09:58.");
    assert!(!window.get_by_label("Check again").accesskit_node().is_disabled());
    window.state_mut().steps.hook.standing = Some(Standing::None);
    window.run_ok();
    // In the card, and as what is to be done next.
    let buttons: Vec<_> = window.get_all_by_label("Register in Okta").collect();
    assert!(buttons.len() == 2 && buttons.iter().all(|button| !button.accesskit_node().is_disabled()));
    // Nobody answers: nothing to register yet.
    window.state_mut().steps.hook.elsewhere = None;
    window.run_ok();
    assert!(window.get_by_label("Register in Okta").accesskit_node().is_disabled());
    window.get_by_label("The server is not running");
}

#[test]
fn a_service_without_its_certificate_is_not_printed_but_told_what_is_missing() {
    let mut window = window(|app| {
        running(app);
        app.steps.hook.settings.key = String::new();
        app.steps.hook.dialog = Some(HookOpen::Service(Kind::Systemd));
    });
    window.run_ok();
    window.get_by_label("No key has been chosen for the certificate yet.");
    assert!(window.query_by_label_contains("hook serve").is_none());
    window.get_by_label("Choose the certificate").click();
    window.run_steps(3);
    assert!(matches!(window.state().steps.hook.dialog, Some(HookOpen::Settings(_))));
}

#[test]
fn the_password_typed_for_a_try_is_covered() {
    let mut window = window(trying);
    window.run_ok();
    window.get_by_label("VERIFIED in 61 ms");
    window.get_by_role_and_label(egui::accesskit::Role::PasswordInput, "Password");
    window.get_by_label_contains("\"password\": \"••••••••\"");
}

#[test]
fn how_it_looks() {
    let mut results = SnapshotResults::new();
    pictures(&mut results, "hook", running);
    pictures(&mut results, "hook-idle", idle);
    pictures(&mut results, "hook-failing", failing);
    pictures(&mut results, "hook-elsewhere", elsewhere);
    pictures(&mut results, "hook-try", trying);
    for (name, dialog) in [
        ("hook-service", HookOpen::Service(Kind::Systemd)),
        ("hook-settings", HookOpen::Settings(Proxy::Caddy)),
        ("hook-remove", HookOpen::Sure(HookSure::Remove)),
    ] {
        let mut window = window(move |app| {
            running(app);
            if matches!(dialog, HookOpen::Settings(_)) {
                app.steps.hook.job = None;
            }
            // The program's own place differs from machine to machine.
            app.steps.hook.program = Some("/opt/causeway/causeway".into());
            app.steps.hook.dialog = Some(dialog);
        });
        window.run_ok();
        results.add(window.try_snapshot(name));
    }
    for (size, name) in [([1024.0, 700.0], "hook-small"), ([1440.0, 900.0], "hook-large")] {
        let mut window = window_of(size, egui::Theme::Light, running);
        window.run_ok();
        results.add(window.try_snapshot(name));
    }
}
