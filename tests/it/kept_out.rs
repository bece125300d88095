//! People who are in Okta already and kept out there: deactivated, suspended, locked out.

use causeway::migration::check::{self, CheckJob, CheckReport};
use causeway::migration::{Existing, there};
use causeway::model::{OktaStatus, OutcomeKind, Profile, Progress};
use causeway::okta::Request;
use causeway::practice::{PracticeOrg, Status};
use causeway::workspace::{PeopleFilter, Sort, Workspace};
use chrono::NaiveDate;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::cli::{causeway, run};
use crate::support::company::{Company, Import, choices, client, login, outcome, quick_org};

/// Persons 1 to 6 in Okta already, each in another status, under another first name.
async fn settle_in(org: &PracticeOrg) {
    let hands = client(org);
    let credentials = json!({"password": {"value": "Correct-horse-9"}});
    for n in 1..=6 {
        let mut profile = Profile::default();
        for (name, value) in [("email", login(n)), ("firstName", "Old".into()), ("lastName", "Name".into())] {
            profile.set(name, value);
        }
        profile.set("login", login(n).to_uppercase());
        let create = Request::create_user::<Value>(&profile, Some(&credentials), &[], n != 5).unwrap();
        assert!(hands.ask(&create).await.unwrap().ok());
    }
    let step = async |n: usize, step: &str| {
        let id = org.person(&login(n)).unwrap().id;
        let url = format!("{}/api/v1/users/{id}/lifecycle/{step}", org.url());
        let answer = reqwest::Client::new()
            .post(url)
            .header("Authorization", format!("SSWS {}", org.current_token().expose_secret()))
            .header("Content-Length", "0")
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200, "{step} {n}");
    };
    step(1, "deactivate").await;
    step(2, "deactivate").await;
    step(3, "suspend").await;
    for _ in 0..20 {
        org.sign_in(&login(4), &SecretString::from("wrong")).await;
    }
    let status = |n: usize| org.person(&login(n)).unwrap().status;
    assert_eq!(
        [1, 3, 4, 5, 6].map(status),
        [Status::Deprovisioned, Status::Suspended, Status::LockedOut, Status::Staged, Status::Active]
    );
}

async fn checked(workspace: &Workspace, org: &PracticeOrg, existing: Existing) -> CheckReport {
    let job = CheckJob {
        workspace: workspace.clone(),
        client: client(org),
        choices: causeway::migration::Choices { existing, ..choices() },
        today: NaiveDate::from_ymd_opt(2026, 5, 11).unwrap(),
    };
    check::run(job, CancellationToken::new(), watch::Sender::new(Progress::default())).await.unwrap()
}

fn as_they_were(org: &PracticeOrg) -> Vec<(String, Status)> {
    let of = |n: usize| org.person(&login(n)).map(|p| (p.name, p.status)).unwrap();
    (1..=4).map(of).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_okta_keeps_out_is_a_conflict_told_beforehand_and_never_touched() {
    for existing in [Existing::Leave, Existing::Update] {
        let company = Company::found(12).await;
        let (workspace, mapping) = company.read().await;
        let org = quick_org().await;
        settle_in(&org).await;
        let before = as_they_were(&org);

        let report = checked(&workspace, &org, existing).await;
        assert_eq!(
            (report.conflicts, report.left + report.updated, report.created()),
            (4, 2, 6),
            "{existing:?}"
        );
        assert_eq!(
            report.by_status(true),
            [(OktaStatus::Deprovisioned, 2), (OktaStatus::LockedOut, 1), (OktaStatus::Suspended, 1)]
        );
        assert_eq!(report.by_status(false), [(OktaStatus::Active, 1), (OktaStatus::Staged, 1)]);
        let first = report.there.iter().take(4);
        assert!(
            first
                .clone()
                .all(|there| OktaStatus::of(&there.status).keeps_out() && there.would_change.is_empty())
        );
        assert!(report.there[0].words.contains("Nothing was changed"), "{}", report.there[0].words);

        // Review knows each by their status.
        let looked = there::run(
            workspace.clone(),
            client(&org),
            CancellationToken::new(),
            watch::Sender::new(Progress::default()),
        )
        .await
        .unwrap();
        assert_eq!(looked.there, 6);
        assert!(looked.statuses.contains(&(OktaStatus::Deprovisioned, 2)), "{:?}", looked.statuses);
        let filter = PeopleFilter { there: true, ..PeopleFilter::default() };
        let ids = workspace.order(&filter, Sort::default()).await.unwrap();
        let rows = workspace.rows(&ids).await.unwrap();
        let statuses: Vec<_> =
            rows.iter().map(|row| row.there_as.as_ref().unwrap().status.as_str()).collect();
        assert_eq!(
            statuses,
            ["DEPROVISIONED", "DEPROVISIONED", "SUSPENDED", "LOCKED_OUT", "STAGED", "ACTIVE"]
        );

        let mut import = Import::new(&workspace, &mapping, &org);
        import.choices.existing = existing;
        let summary = import.run().await.unwrap();
        assert_eq!((summary.tally.failed, summary.tally.created()), (4, 6), "{existing:?}");
        assert_eq!(summary.tally.already_there + summary.tally.updated, 2);
        assert_eq!(as_they_were(&org), before, "nobody is updated, and nobody is let in in silence");
        let paths = org.counters().by_path;
        assert!(
            !paths.keys().any(|path| path.contains("activate") && !path.contains("deactivate")),
            "{paths:?}"
        );
        let gone = outcome(&workspace, &login(1)).await;
        assert_eq!((gone.kind, gone.code.as_deref()), (OutcomeKind::Failed, Some("DEPROVISIONED")));
        assert_eq!(gone.okta_id, org.person(&login(1)).map(|p| p.id));
        assert_eq!(
            gone.message.as_deref(),
            Some("In Okta already, but deactivated there, so they can't sign in. Nothing was changed.")
        );
        assert!(
            gone.suggestion
                .unwrap()
                .starts_with("If they should sign in, activate them in the Admin Console")
        );
        assert_eq!(
            workspace.kept_out().await.unwrap(),
            [(OktaStatus::Deprovisioned, 2), (OktaStatus::LockedOut, 1), (OktaStatus::Suspended, 1)]
        );
        let page = causeway::migration::report::html(&workspace).await.unwrap();
        assert!(
            page.contains("in Okta already but kept out there: 2 deactivated, 1 locked out, 1 suspended"),
            "{page}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_says_who_is_kept_out_and_ends_with_3() {
    let company = Company::found(12).await;
    let mut read = causeway(&company);
    read.arg("read").arg(company.workspace()).args(["--source", &crate::cli::source(&company)]);
    assert_eq!(run(read).await.0, 0);
    let org = quick_org().await;
    settle_in(&org).await;
    let run_job = async |args: &[&str]| {
        let mut command = causeway(&company);
        command.arg(args[0]).arg(company.workspace()).args(&args[1..]).args(["--okta", org.url()]);
        command.env("CAUSEWAY_OKTA_TOKEN", org.current_token().expose_secret());
        run(command).await
    };
    let (code, out, err) = run_job(&["check"]).await;
    assert_eq!(code, 3, "{err}");
    assert!(
        out.contains("In Okta already, but kept out there: 2 deactivated, 1 locked out, 1 suspended. Nothing would be changed"),
        "{out}"
    );
    assert!(out.contains(&format!("  {}: suspended", login(3))), "{out}");
    assert!(out.contains("Not all of those can sign in at once: 1 staged, not activated yet."), "{out}");
    let (code, out, _) = run_job(&["check", "--json"]).await;
    assert_eq!(code, 3);
    let answer: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&answer["conflicts"], &answer["statuses"]["DEPROVISIONED"]), (&json!(4), &json!(2)));
    let (code, out, _) = run_job(&["import"]).await;
    assert_eq!(code, 3);
    assert!(out.contains("kept out there: 2 deactivated, 1 locked out, 1 suspended"), "{out}");
    // The report names each, with what to do.
    let file = company.folder.path().join("report.csv");
    let mut command = causeway(&company);
    command.arg("report").arg(company.workspace()).arg("--csv").arg(&file);
    assert_eq!(run(command).await.0, 3);
    let mut table = csv::Reader::from_path(&file).unwrap();
    let head = table.headers().unwrap().clone();
    let at = |name: &str| head.iter().position(|cell| cell == name).unwrap();
    let (who, kind, code) = (at("causeway_login"), at("causeway_outcome"), at("causeway_code"));
    let (message, next, id) = (at("causeway_message"), at("causeway_suggestion"), at("causeway_okta_id"));
    let rows: Vec<_> = table.records().map(Result::unwrap).collect();
    for (n, status, words, what) in [
        (1, "DEPROVISIONED", "deactivated there", "activate them in the Admin Console"),
        (3, "SUSPENDED", "suspended there", "unsuspend them in the Admin Console"),
        (4, "LOCKED_OUT", "locked out there", "Unlock them in the Admin Console"),
    ] {
        let row = rows.iter().find(|row| row[who] == login(n)).unwrap();
        assert_eq!((&row[kind], &row[code]), ("failed", status));
        assert!(
            row[message].contains(words) && row[message].contains("Nothing was changed"),
            "{}",
            &row[message]
        );
        assert!(row[next].contains(what), "{}", &row[next]);
        assert_eq!(row[id], org.person(&login(n)).unwrap().id);
    }
}
