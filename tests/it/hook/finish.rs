//! The end: who never signed in through the hook gets a new password, and nobody else.

use causeway::migration::finish::{Links, ResetJob, ResetSummary, run};
use causeway::migration::{Choices, MigrationError, report};
use causeway::model::{Outcome, OutcomeKind, Progress, RoutePolicy};
use causeway::practice::{Chance, Config, Faults, Limits, PracticeOrg, SignIn, Status};
use causeway::workspace::{Reset, Workspace};
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::desk::{Desk, header};
use crate::support::company::{Company, Import, choices, client, login, password};
use crate::support::http;

struct End {
    _company: Company,
    workspace: Workspace,
    org: http::Desk,
    hook: Desk,
}

/// Everyone was sent for the hook, which is registered.
async fn sent() -> End {
    let company = Company::found(10).await;
    let (workspace, mapping) = company.read().await;
    let org = http::Desk::open().await;
    let hook = Desk::sealed(&workspace, &mapping).await;
    let registration = json!({
        "name": "Causeway password import", "type": "com.okta.user.credential.password.import", "version": "1.0.0",
        "channel": { "type": "HTTP", "version": "1.0.0", "config": {
            "uri": hook.hook.url(), "method": "POST",
            "authScheme": { "type": "HEADER", "key": "Authorization", "value": header() },
        } },
    });
    assert_eq!(org.post("/api/v1/inlineHooks", registration).await.status, 200);
    let mut import = Import::new(&workspace, &mapping, &org.org);
    import.choices = Choices { policy: RoutePolicy::AllHook, ..choices() };
    import.run().await.unwrap();
    End { _company: company, workspace, org, hook }
}

impl End {
    fn job(&self, links: Links) -> ResetJob {
        ResetJob {
            workspace: self.workspace.clone(),
            client: client(&self.org.org),
            before: Utc::now() + TimeDelta::minutes(1),
            links,
        }
    }

    async fn reset(&self, job: ResetJob) -> Result<ResetSummary, MigrationError> {
        run(job, CancellationToken::new(), watch::Sender::new(Progress::default())).await
    }

    async fn sign_in(&self, n: usize) -> SignIn {
        self.org.org.sign_in(&login(n), &SecretString::from(password(n))).await
    }

    async fn waiting(&self) -> u64 {
        self.workspace.hook_waiting().await.unwrap()
    }

    fn status(&self, n: usize) -> Status {
        person(&self.org.org, n).status
    }
}

fn person(org: &PracticeOrg, n: usize) -> causeway::practice::PersonView {
    org.person(&login(n)).unwrap()
}

/// Okta resets, and its answer is lost: nobody is mailed a second link, which would make the first of no use.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_lost_mails_nobody_twice() {
    for faults in [
        Faults { drop_after: Chance::Every(2), ..Faults::default() },
        Faults { server_error_after: Chance::Every(2), ..Faults::default() },
    ] {
        let end = sent().await;
        let before = end.org.org.counters().mails;
        // Only the resets, whoever they are of.
        let resets = (1..=10)
            .filter_map(|n| end.org.org.person(&login(n)))
            .map(|person| format!("POST /api/v1/users/{}/lifecycle/reset_password", person.id));
        end.org.org.set_faults(Faults { only: resets.collect(), ..faults });
        let summary = end.reset(end.job(Links::Mail)).await.unwrap();
        assert_eq!((summary.reset, summary.failed), (9, 0), "{summary:?}");
        assert_eq!(end.org.org.counters().mails - before, 9, "one each");
        end.hook.hook.stop().await;
    }
}

/// An answer that is cut off, or about somebody else, says nothing of this person: it is asked again.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_cannot_be_read_fails_nobody() {
    let end = sent().await;
    end.org.org.set_faults(Faults {
        only: vec!["GET /api/v1/users/".into()],
        unreadable: Chance::Every(3),
        also: vec![Faults {
            only: vec!["GET /api/v1/users/".into()],
            unreadable_after: Chance::Every(4),
            ..Faults::default()
        }],
        ..Faults::default()
    });
    let summary = end.reset(end.job(Links::Mail)).await.unwrap();
    assert_eq!((summary.reset, summary.failed), (9, 0), "{summary:?}");
    end.hook.hook.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_never_signed_in_is_mailed_a_link_and_nobody_else() {
    let end = sent().await;
    // 1 to 10 but 7, who has no password and goes another way.
    assert_eq!(end.waiting().await, 9);
    // 1 signs in through the hook; 2 too, and the hook's own record of it is lost.
    assert!(matches!(end.sign_in(1).await, SignIn::Success { imported: true, .. }));
    let two = person(&end.org.org, 2).id;
    assert!(matches!(end.sign_in(2).await, SignIn::Success { imported: true, .. }));
    // 3 was switched off by the administrator meanwhile.
    let three = person(&end.org.org, 3).id;
    assert_eq!(end.org.step(&format!("/api/v1/users/{three}/lifecycle/suspend")).await.status, 200);

    // Another org has nobody of these.
    let elsewhere = Config { limits: Limits::unlimited(), seed: 7, ..Config::default() };
    let elsewhere = PracticeOrg::start(elsewhere).await.unwrap();
    let other = ResetJob { client: client(&elsewhere), ..end.job(Links::Mail) };
    assert!(matches!(end.reset(other).await, Err(MigrationError::OtherOrg { .. })));
    // Imported a moment ago: nobody is that old.
    let early = ResetJob { before: DateTime::UNIX_EPOCH, ..end.job(Links::Mail) };
    assert_eq!(end.reset(early).await.unwrap(), ResetSummary::default());

    let mails = end.org.org.counters().mails;
    let summary = end.reset(end.job(Links::Mail)).await.unwrap();
    assert_eq!((summary.reset, summary.signed_in, summary.failed), (6, 2, 0), "{summary:?}");
    assert_eq!(summary.left.into_iter().collect::<Vec<_>>(), [("SUSPENDED".to_owned(), 1)]);
    assert_eq!(end.org.org.counters().mails - mails, 6);
    assert_eq!(
        (end.status(1), end.status(2), end.status(4)),
        (Status::Active, Status::Active, Status::Recovery)
    );
    assert!(matches!(end.sign_in(1).await, SignIn::Success { imported: false, .. }), "as before");
    assert!(!matches!(end.sign_in(4).await, SignIn::Success { .. }), "the old password is of no more use");
    assert_eq!(end.waiting().await, 1, "3 alone");
    assert_eq!(end.workspace.count_resets().await.unwrap(), 6);
    assert!(end.workspace.hook_moved().await.unwrap().1 >= 2, "{two} has moved");

    // The report names them.
    let mut table = Vec::new();
    let stop = CancellationToken::new();
    report::csv(&end.workspace, report::TableScope::Everyone, report::Secrets::Covered, &mut table, &stop)
        .await
        .unwrap();
    let mut table = csv::Reader::from_reader(table.as_slice());
    let at = |name: &str, head: &csv::StringRecord| head.iter().position(|cell| cell == name).unwrap();
    let head = table.headers().unwrap().clone();
    let (who, reset, when) =
        (at("causeway_login", &head), at("causeway_reset", &head), at("causeway_reset_at", &head));
    let rows: Vec<_> = table.records().map(Result::unwrap).collect();
    let of = |n: usize| rows.iter().find(|row| row[who] == login(n)).unwrap();
    assert_eq!((&of(4)[reset], of(4)[when].is_empty()), ("reset", false));
    assert_eq!((&of(1)[reset], &of(1)[when], &of(3)[reset]), ("", "", ""));
    let page = report::html(&end.workspace).await.unwrap();
    let (_, listed) = page.split_once("Passwords reset at the end: 6").unwrap();
    assert!(listed.contains(&login(4)) && !listed.contains(&login(1)));

    // Once more: nobody is mailed twice. 3 is back, and gets their turn.
    let again = end.reset(end.job(Links::Mail)).await.unwrap();
    assert_eq!((again.reset, again.signed_in), (0, 0), "{again:?}");
    assert_eq!(end.org.step(&format!("/api/v1/users/{three}/lifecycle/unsuspend")).await.status, 200);
    assert_eq!(end.reset(end.job(Links::Mail)).await.unwrap().reset, 1);
    assert_eq!(end.org.org.counters().mails - mails, 7);
    assert_eq!(end.waiting().await, 0);
    end.hook.hook.stop().await;
    end.workspace.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_says_how_many_before_it_changes_anything() {
    let End { _company: company, workspace, org, hook } = sent().await;
    hook.hook.stop().await;
    // Whatever is chosen for those still to come.
    let kept = Choices { policy: RoutePolicy::AllReset, ..choices() };
    workspace.put_doc(causeway::migration::docs::CHOICES, &kept).await.unwrap();
    workspace.close().await.unwrap();
    let finish = async |more: &'static [&'static str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_causeway"));
        command
            .arg("finish")
            .arg(company.workspace())
            .args(["--okta", org.org.url(), "--share", "100", "--json"])
            .args(more)
            .env("CAUSEWAY_KEY_FILE", company.key_file())
            .env("CAUSEWAY_OKTA_TOKEN", org.org.token().expose_secret())
            .env_remove("DBUS_SESSION_BUS_ADDRESS");
        let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        let told: serde_json::Value =
            serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{said}"));
        (output.status.code(), told)
    };
    let (code, told) = finish(&["--older-than", "30"]).await;
    assert_eq!((code, &told["stragglers"]), (Some(0), &json!(0)));
    let (code, told) = finish(&[]).await;
    assert_eq!((code, &told["stragglers"]), (Some(0), &json!(9)));
    assert_eq!(person(&org.org, 4).status, Status::Active, "nothing was changed");
    let (code, told) = finish(&["--yes"]).await;
    assert_eq!((code, &told["reset"], &told["failed"]), (Some(0), &json!(9), &json!(0)), "{told}");
    assert_eq!(person(&org.org, 4).status, Status::Recovery);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn links_go_to_a_new_file_of_ones_own_and_no_mail_is_sent() {
    use std::os::unix::fs::PermissionsExt as _;
    let end = sent().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("links.csv");
    let mails = end.org.org.counters().mails;
    let summary = end.reset(end.job(Links::File(path.clone()))).await.unwrap();
    assert_eq!(summary.reset, 9);
    assert_eq!(end.org.org.counters().mails, mails);
    let text = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((lines[0], lines.len()), ("login,link", 10));
    assert!(lines.iter().any(|line| line.starts_with(&format!("{},http", login(4)))), "{text}");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    // Links are given once: a file that is there is not written over.
    let refused = end.reset(end.job(Links::File(path.clone()))).await;
    assert!(matches!(refused, Err(MigrationError::Exists(_))), "{refused:?}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    end.hook.hook.stop().await;
    end.workspace.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_was_cut_short_goes_on_and_mails_nobody_twice() {
    let end = sent().await;
    // Killed after it was sent, before its end was written down.
    let four = end.workspace.by_key("4").await.unwrap().unwrap();
    end.workspace.record_reset(four, &Reset::Sending).await.unwrap();
    let id = person(&end.org.org, 4).id;
    assert_eq!(
        end.org.step(&format!("/api/v1/users/{id}/lifecycle/reset_password?sendEmail=true")).await.status,
        200
    );
    // And one whose request never left.
    let five = end.workspace.by_key("5").await.unwrap().unwrap();
    end.workspace.record_reset(five, &Reset::Sending).await.unwrap();
    let mails = end.org.org.counters().mails;
    // Okta fails now and then, and gives no answer to one that it carried out.
    end.org.org.set_faults(Faults { server_error: Chance::Every(5), ..Faults::default() });
    let summary = end.reset(end.job(Links::Mail)).await.unwrap();
    assert_eq!((summary.reset, summary.failed, summary.stopped), (9, 0, false), "{summary:?}");
    assert_eq!(end.org.org.counters().mails - mails, 8);
    assert_eq!(end.waiting().await, 0);
    // A token that may not: nothing is lost, and it is said.
    end.org.org.set_faults(Faults { forbidden: Chance::Always, ..Faults::default() });
    end.workspace.record_reset(five, &Reset::Failed("once".into())).await.unwrap();
    assert!(end.reset(end.job(Links::Mail)).await.is_err());
    end.hook.hook.stop().await;
    end.workspace.close().await.unwrap();
}

/// Okta's id of a person is compared with whom it names before anything is done to them.
#[tokio::test(flavor = "multi_thread")]
async fn an_id_of_oktas_that_names_somebody_else_resets_nobody_and_one_renamed_is_known_by_its_create() {
    let end = sent().await;
    let okta_id = |n: usize| person(&end.org.org, n).id;
    let (four, five, six) = (okta_id(4), okta_id(5), okta_id(6));
    // 4 and 5 have each other's account on record, bound to them as if it were theirs.
    for (n, id) in [(4, five), (5, four)] {
        let who = end.workspace.hook_find(&login(n)).await.unwrap()[0].id;
        let made = Outcome { okta_id: Some(id), ..Outcome::of(OutcomeKind::Created) };
        end.workspace.record(&[(who, made)]).await.unwrap();
    }
    // 6 has another login in Okta since.
    let renamed = json!({ "profile": { "login": "renamed.six@example.com" } });
    assert_eq!(end.org.post(&format!("/api/v1/users/{six}"), renamed).await.status, 200);
    let summary = end.reset(end.job(Links::Mail)).await.unwrap();
    assert_eq!((summary.reset, summary.failed), (7, 2), "{summary:?}");
    assert!(summary.failure.unwrap().contains("Nothing was reset"));
    assert_eq!((end.status(4), end.status(5)), (Status::Active, Status::Active));
    let six = end.org.org.person("renamed.six@example.com").unwrap();
    assert_eq!(six.status, Status::Recovery);
    end.hook.hook.stop().await;
    end.workspace.close().await.unwrap();
}
