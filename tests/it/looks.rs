//! What is looked at in the org before an import: what another account has of people's is told beforehand, and a question that fails
//! says nothing about anybody.

use std::time::Duration;

use causeway::migration::check::{self, CheckJob, CheckReport};
use causeway::migration::there::{self, Looked};
use causeway::migration::{Choices, MigrationError};
use causeway::model::{Profile, Progress, Severity};
use causeway::okta::{Client, ClientSettings, OktaError, OrgUrl, PaceSettings, Request};
use causeway::practice::{Chance, Faults, PracticeOrg};
use causeway::workspace::{EMAIL_IN_OKTA, LOGIN_IN_OKTA, PeopleFilter, Sort, WhatIsTaken, Who, Workspace};
use chrono::NaiveDate;
use secrecy::ExposeSecret as _;
use serde_json::Value;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::cli::{causeway, run};
use crate::support::company::{Company, Import, choices, client, login, outcome, quick_org};

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 5, 11).unwrap()
}

async fn checked(workspace: &Workspace, client: Client) -> Result<CheckReport, MigrationError> {
    let choices = Choices { share: 100, ..choices() };
    let job = CheckJob { workspace: workspace.clone(), client, choices, today: today() };
    check::run(job, CancellationToken::new(), watch::Sender::new(Progress::default())).await
}

async fn looked(workspace: &Workspace, org: &PracticeOrg) -> Looked {
    let progress = watch::Sender::new(Progress::default());
    there::run(workspace.clone(), client(org), CancellationToken::new(), progress).await.unwrap()
}

async fn made(org: &PracticeOrg, login: &str, email: &str) {
    let mut profile = Profile::default();
    for (name, value) in [("login", login), ("email", email), ("firstName", "Somebody"), ("lastName", "Else")]
    {
        profile.set(name, value);
    }
    let create = Request::create_user::<Value>(&profile, None, &[], false).unwrap();
    assert!(client(org).ask(&create).await.unwrap().ok());
}

/// The logins of those with a finding.
async fn with(workspace: &Workspace, finding: &str) -> Vec<String> {
    let filter = PeopleFilter { finding: Some(finding.to_owned()), ..PeopleFilter::default() };
    let ids = workspace.order(&filter, Sort::default()).await.unwrap();
    workspace.rows(&ids).await.unwrap().into_iter().map(|row| row.login).collect()
}

/// A few are asked about by name; of many the org is listed.
#[tokio::test(flavor = "multi_thread")]
async fn what_another_account_has_is_told_beforehand() {
    for people in [12, 260] {
        let company = Company::found(people).await;
        // An address with capitals, and a login with an accent of its own.
        company
            .change(
                "UPDATE staff SET email = 'Shared.Box@Example.com' WHERE id = 4;
                 ALTER TABLE staff ADD COLUMN username TEXT;
                 UPDATE staff SET username = email;
                 UPDATE staff SET username = 'josé@example.com' WHERE id = 5",
            )
            .await;
        let (workspace, mapping) = company.read().await;
        let org = quick_org().await;
        made(&org, "bob@example.com", &login(2)).await;
        made(&org, "carol@example.com", "shared.box@example.com").await;
        made(&org, "pérson3@example.com", "elsewhere@example.com").await;
        made(&org, "jose@example.com", "jose.else@example.com").await;
        // There by their own login, with the address that is theirs anyhow.
        made(&org, &login(6), &login(6)).await;

        let report = checked(&workspace, client(&org)).await.unwrap();
        assert_eq!((report.email_taken, report.left), (2, 1), "{people}: {:?}", report.taken);
        let named: Vec<(&str, WhatIsTaken, &str)> =
            report.taken.iter().map(|t| (t.login.as_str(), t.what, t.theirs.as_str())).collect();
        let second = login(2);
        assert!(named.contains(&(second.as_str(), WhatIsTaken::Email, "bob@example.com")), "{named:?}");
        assert!(
            named
                .iter()
                .any(|(_, what, theirs)| *what == WhatIsTaken::Email && *theirs == "carol@example.com")
        );
        assert!(
            named
                .iter()
                .any(|(_, what, theirs)| *what == WhatIsTaken::Login && *theirs == "jose@example.com")
        );
        assert!(
            named
                .iter()
                .any(|(_, what, theirs)| *what == WhatIsTaken::Login && *theirs == "pérson3@example.com")
        );
        // Those with the address would be created in most orgs; those with such a login in none.
        assert_eq!((report.login_taken, report.created()), (2, people as u64 - 3), "{people}");
        assert!(report.finds_some());

        let looked = looked(&workspace, &org).await;
        assert_eq!((looked.there, looked.email_taken, looked.login_taken), (1, 2, 2), "{people}");
        assert_eq!(looked.not_known, None);
        assert_eq!(with(&workspace, EMAIL_IN_OKTA).await, [login(2), "shared.box@example.com".to_owned()]);
        assert_eq!(with(&workspace, LOGIN_IN_OKTA).await, [login(3), "josé@example.com".to_owned()]);

        // Review tells it of the person, until it is not so any more.
        let id = workspace.by_key("2").await.unwrap().unwrap();
        let person = workspace.person(id).await.unwrap();
        let finding = person.findings.iter().find(|f| f.code == EMAIL_IN_OKTA).unwrap();
        assert_eq!((finding.severity, finding.attribute.as_deref()), (Severity::Warns, Some("email")));
        assert!(
            finding.text.contains("“bob@example.com”") && finding.text.contains("self-service"),
            "{}",
            finding.text
        );
        let context = causeway::assess::AssessContext::new(mapping.password.clone(), today());
        let reassess =
            move |candidate: causeway::model::Candidate| causeway::assess::assess(candidate, &context);
        let who = Who::These(vec![id]);
        workspace.set_attribute(&who, "city", Some("Cork".into()), &reassess).await.unwrap();
        assert_eq!(with(&workspace, EMAIL_IN_OKTA).await.len(), 2, "another value changes nothing of it");
        workspace.set_attribute(&who, "email", Some("own@example.com".into()), &reassess).await.unwrap();
        assert_eq!(with(&workspace, EMAIL_IN_OKTA).await, ["shared.box@example.com"]);

        // What was told is what happens, where the org takes each address once.
        org.set_faults(Faults { unique_email: true, ..Faults::default() });
        let summary = Import::new(&workspace, &mapping, &org).run().await.unwrap();
        assert_eq!(summary.tally.failed, 3, "{people}: one more has an address of their own now");
        assert!(
            outcome(&workspace, "shared.box@example.com").await.message.unwrap().contains("e-mail address")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_says_whose_address_it_is_and_ends_with_3() {
    let company = Company::found(5).await;
    company.read().await.0.close().await.unwrap();
    let org = quick_org().await;
    made(&org, "bob@example.com", &login(2)).await;
    let mut command = causeway(&company);
    command.arg("check").arg(company.workspace()).args(["--okta", org.url()]);
    command.env("CAUSEWAY_OKTA_TOKEN", org.current_token().expose_secret());
    let (code, out, err) = run(command).await;
    assert_eq!(code, 3, "{err}");
    assert!(out.contains("Their e-mail address is another account's in Okta"), "{out}");
    assert!(out.contains(&format!("  {}: bob@example.com (staged", login(2))), "{out}");
    let mut command = causeway(&company);
    command.arg("people").arg(company.workspace()).args(["--finding", "email_in_okta", "--json"]);
    let (_, out, _) = run(command).await;
    assert_eq!(out.lines().count(), 1, "{out}");
}

/// Two of our own with one address: an org with self-service registration takes one of them, and it is said so before.
#[tokio::test(flavor = "multi_thread")]
async fn two_of_our_own_with_one_address_are_warned_of() {
    let company = Company::found(4).await;
    company.change("ALTER TABLE staff ADD COLUMN username TEXT; UPDATE staff SET username = 'user' || id || '@example.com'; UPDATE staff SET email = 'both@example.com' WHERE id IN (1, 2)").await;
    let (workspace, _) = company.read().await;
    let shared = with(&workspace, causeway::workspace::EMAIL_DUPLICATE).await;
    assert_eq!(shared.len(), 2, "{shared:?}");
    let id = workspace.by_key("1").await.unwrap().unwrap();
    let person = workspace.person(id).await.unwrap();
    let finding = person.findings.iter().find(|f| f.code == "email_duplicate").unwrap();
    assert_eq!(finding.severity, Severity::Warns);
    assert!(finding.text.contains("self-service registration"), "{}", finding.text);
    let org = quick_org().await;
    let report = checked(&workspace, client(&org)).await.unwrap();
    assert_eq!((report.emails_shared, report.email_taken, report.created()), (2, 0, 4));
}

fn hasty(org: &PracticeOrg) -> Client {
    let settings = ClientSettings {
        outage: Duration::from_millis(600),
        patience: Duration::from_millis(160),
        settle: Duration::from_millis(10),
        pace: PaceSettings { share: 100, most_in_flight: 16 },
        ..ClientSettings::default()
    };
    Client::new(OrgUrl::parse(org.url()).unwrap(), org.token(), settings).unwrap()
}

/// Okta fails for one person's look-up, time and again, and answers all others.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_could_not_be_asked_about_is_not_known() {
    let company = Company::found(8).await;
    let (workspace, _) = company.read().await;
    let org = quick_org().await;
    org.set_faults(Faults {
        only: vec![format!("GET /api/v1/users/{}", login(2)), "GET /api/v1/users?".into()],
        server_error: Chance::Never,
        also: vec![Faults {
            only: vec![format!("GET /api/v1/users/{}", login(2))],
            server_error: Chance::Always,
            ..Faults::default()
        }],
        ..Faults::default()
    });
    let report = checked(&workspace, client(&org)).await.unwrap();
    let not_known = report.not_known.clone().expect("it is said");
    assert_eq!((not_known.people, report.created()), (1, 7), "not created for lack of an answer");
    assert_eq!(not_known.why, "Okta had an error of its own");
    assert!(report.finds_some());
}

/// Lists that can't be read, or that are refused: the check ends with the reason, and calls nothing missing.
#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_fails_is_never_an_empty_one() {
    // All at once: each waits for Okta to come back before it gives up.
    let mut running = Vec::new();
    for (line, people) in [("GET /api/v1/groups", 6), ("GET /api/v1/users", 6), ("GET /api/v1/users", 210)] {
        for (what, faults) in [
            ("unreadable", Faults { unreadable: Chance::Always, ..Faults::default() }),
            ("errors", Faults { server_error: Chance::Always, ..Faults::default() }),
            ("broken", Faults { drop_before: Chance::Always, ..Faults::default() }),
            ("cut off", Faults { unreadable_after: Chance::Always, ..Faults::default() }),
            ("a web page", Faults { html: Chance::Always, ..Faults::default() }),
            ("forbidden", Faults { forbidden: Chance::Always, ..Faults::default() }),
        ] {
            running.push(async move {
                let company = Company::found(people).await;
                let (workspace, _) = company.read().await;
                let org = quick_org().await;
                org.set_faults(Faults { only: vec![line.into()], ..faults });
                let end = tokio::time::timeout(Duration::from_mins(2), checked(&workspace, hasty(&org)));
                let end = end.await.expect("an end");
                let Err(MigrationError::Okta(error)) = &end else { panic!("{line} {what}: {end:?}") };
                let fits = match what {
                    "forbidden" => matches!(error, OktaError::NoRight { .. }),
                    "a web page" => matches!(error, OktaError::NotOkta { .. } | OktaError::Busy { .. }),
                    _ => matches!(error, OktaError::Busy { .. } | OktaError::Unreachable { .. }),
                };
                assert!(fits, "{line} {what}: {error:?}");
            });
        }
    }
    futures_util::future::join_all(running).await;
}

/// One broken connection, one error, one 429: whatever the question was, it is asked again.
#[tokio::test(flavor = "multi_thread")]
async fn one_bad_moment_ends_no_check() {
    let company = Company::found(6).await;
    let (workspace, _) = company.read().await;
    let org = quick_org().await;
    for line in ["GET /.well-known", "GET /api/v1/meta", "GET /api/v1/users", "GET /api/v1/groups", ""] {
        for faults in [
            Faults { drop_before: Chance::Next(1), ..Faults::default() },
            Faults { drop_after: Chance::Next(2), ..Faults::default() },
            Faults { server_error: Chance::Next(2), ..Faults::default() },
            Faults { unreadable_after: Chance::Next(1), ..Faults::default() },
        ] {
            let only = if line.is_empty() { Vec::new() } else { vec![line.to_owned()] };
            let shown = format!("{line} {faults:?}");
            // Half an answer from what is asked once only is no Okta's.
            if faults.unreadable_after != Chance::Never && line.len() < 17 {
                continue;
            }
            org.set_faults(Faults { only, ..faults });
            let report = checked(&workspace, hasty(&org)).await;
            let report = report.unwrap_or_else(|error| panic!("{shown}: {error:?}"));
            assert_eq!((report.created(), report.not_known), (6, None), "{shown}");
        }
    }
}

/// The window's questions are the same ones.
#[tokio::test(flavor = "multi_thread")]
async fn one_bad_moment_ends_no_question() {
    let org = quick_org().await;
    let hasty = hasty(&org);
    for faults in [
        Faults { drop_before: Chance::Next(3), ..Faults::default() },
        Faults { server_error: Chance::Next(3), ..Faults::default() },
    ] {
        let fail = || org.set_faults(faults.clone());
        fail();
        hasty.well_known().await.unwrap();
        fail();
        hasty.me().await.unwrap();
        fail();
        hasty.org_info().await.unwrap();
        fail();
        hasty.probe_users().await.unwrap();
        fail();
        hasty.probe_groups().await.unwrap();
        fail();
        hasty.probe_hooks().await.unwrap();
        fail();
        hasty.password_hooks().await.unwrap();
        fail();
        hasty.user_schema().await.unwrap();
        fail();
        assert_eq!(hasty.find_user("nobody@example.com").await.unwrap(), None);
        fail();
        hasty.passwords_imported(chrono::Utc::now()).await.unwrap();
    }
    org.set_faults(Faults { server_error: Chance::Always, ..Faults::default() });
    assert!(matches!(hasty.me().await, Err(OktaError::Busy { .. })), "a bad day is said");
    let before = org.counters().requests;
    org.set_faults(Faults { forbidden: Chance::Always, ..Faults::default() });
    assert!(matches!(hasty.me().await, Err(OktaError::NoRight { .. })));
    assert_eq!(org.counters().requests, before + 1, "what is refused is not asked again");
}
