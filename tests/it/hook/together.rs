//! Several that use one migration at once, and a migration that is taken away from under the hook.

use std::sync::Arc;
use std::time::Duration;

use causeway::hook::{BackendState, SealedLookup};
use causeway::practice::{Config, Limits, PracticeOrg};
use causeway::workspace::WorkspaceError;

use super::desk::{Desk, SECRET, VERIFIED, config};
use super::service::{causeway, company, serve};
use crate::support::company::{Company, login, password};

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn two_services_on_one_migration_both_answer_and_one_record_has_it_all() {
    let company = company().await;
    let run = || {
        let mut command = causeway(&company);
        command.args(["hook", "serve"]).arg(company.workspace()).env("CAUSEWAY_HOOK_SECRET", SECRET);
        serve(command)
    };
    let (one, two) = tokio::join!(run(), run());
    one.ready().await;
    two.ready().await;
    let logins: Vec<usize> = vec![1, 2, 3, 4, 6, 9, 11, 12];
    let sign_ins = logins.iter().enumerate().map(|(nth, n)| {
        let service = if nth % 2 == 0 { &one } else { &two };
        async move { service.sign_in(&login(*n), &password(*n)).await }
    });
    for answer in futures_util::future::join_all(sign_ins).await {
        assert_eq!(answer, VERIFIED);
    }
    assert_eq!(one.ends_at("TERM").await.0, Some(0));
    assert_eq!(two.ends_at("TERM").await.0, Some(0));
    let workspace = company.open().await;
    assert_eq!(workspace.hook_calls(&[], 100).await.unwrap().len(), logins.len());
    assert_eq!(workspace.hook_moved().await.unwrap().0, 8);
    workspace.close().await.unwrap();
}

#[tokio::test]
async fn a_port_that_is_taken_is_said_and_no_other_one_is_used() {
    let company = company().await;
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = causeway(&company)
        .args(["hook", "serve"])
        .arg(company.workspace())
        .args(["--bind", &address, "--json"])
        .env("CAUSEWAY_HOOK_SECRET", SECRET)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(said.contains(&format!("Another program listens at {address} already.")), "{said}");
    assert!(said.contains("Choose another port"), "{said}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn with_the_migration_moved_or_replaced_nobody_is_let_in_and_put_back_it_goes_on() {
    let company = Company::found(20).await;
    let (workspace, mapping) = company.read().await;
    let mut config = config();
    config.password = mapping.password.clone();
    config.journal = Some(workspace.clone());
    let desk = Desk::start(config, Arc::new(SealedLookup::new(workspace.clone()))).await;
    assert_eq!(desk.sign_in(&login(1), &password(1)).await, "VERIFIED");
    let aside = company.folder.path().join("aside.causeway");
    let mut status = desk.hook.status();
    for another in [false, true] {
        std::fs::rename(company.workspace(), &aside).unwrap();
        if another {
            // The same people, a copy made earlier: whoever was left out since would be let in.
            std::fs::copy(&aside, company.workspace()).unwrap();
        }
        assert_eq!(desk.sign_in(&login(2), &password(2)).await, "503");
        let down = status.borrow_and_update().backend.clone();
        let BackendState::Down { why, .. } = down else { panic!("{down:?}") };
        assert!(why.what.ends_with("it was moved, deleted or replaced meanwhile."), "{why:?}");
        assert!(matches!(workspace.hook_find("").await, Err(WorkspaceError::Replaced(_))));
        std::fs::rename(&aside, company.workspace()).unwrap();
        desk.up().await;
        assert_eq!(desk.sign_in(&login(2), &password(2)).await, "VERIFIED");
        let caught_up = status.wait_for(|status| status.behind.is_none());
        tokio::time::timeout(Duration::from_secs(30), caught_up).await.expect("in time").unwrap();
    }
    desk.hook.stop().await;
    let calls = workspace.hook_calls(&[], 100).await.unwrap();
    assert_eq!(calls.len(), 5, "those that were turned away too");
    workspace.close().await.unwrap();
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn while_people_are_sent_the_service_answers_and_neither_loses_anything() {
    const PEOPLE: usize = 150;
    let company = Company::found(PEOPLE).await;
    let (workspace, mapping) = company.read().await;
    workspace.put_doc(causeway::migration::docs::MAPPING, &mapping).await.unwrap();
    workspace.close().await.unwrap();
    let settings = Config { limits: Limits::unlimited(), ..Config::default() };
    let org = PracticeOrg::start(settings).await.unwrap();
    let mut command = causeway(&company);
    command.args(["hook", "serve"]).arg(company.workspace()).env("CAUSEWAY_HOOK_SECRET", SECRET);
    // What it says meanwhile must not fill a pipe that nobody reads.
    command.env("CAUSEWAY_LOG", "off");
    let service = serve(command).await;
    service.ready().await;
    let mut import = causeway(&company)
        .arg("import")
        .arg(company.workspace())
        .args([
            "--okta",
            org.url(),
            "--share",
            "100",
            "--label-group",
            "Move",
            "--settle",
            "100",
            "--quiet",
            "--json",
        ])
        .env("CAUSEWAY_OKTA_TOKEN", secrecy::ExposeSecret::expose_secret(org.token()))
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let mut asked = 0;
    let ended = loop {
        let n = [1, 2, 3, 4, 6, 9, 11, 12][asked % 8];
        let answer = service.sign_in(&login(n), &password(n)).await;
        assert_eq!(answer, VERIFIED, "{}", login(n));
        asked += 1;
        match import.try_wait().unwrap() {
            Some(ended) if asked >= 8 => break ended,
            _ => {}
        }
    };
    assert!(ended.success(), "{ended}");
    assert_eq!((org.people_count(), org.counters().created), (PEOPLE, PEOPLE as u64));
    let workspace = company.open().await;
    assert_eq!(workspace.hook_calls(&[], 100_000).await.unwrap().len(), asked);
    assert_eq!(workspace.hook_moved().await.unwrap().0, 8);
    workspace.close().await.unwrap();
    assert_eq!(service.ends_at("TERM").await.0, Some(0));
}
