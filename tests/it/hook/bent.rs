//! The workspace's file is written by someone without its key: nobody gets another's password, and everyone else goes on.

use std::sync::Arc;

use causeway::migration::Choices;
use causeway::migration::check::{self, CheckJob};
use causeway::model::{HookAnswer, HookReason, OutcomeKind, Progress, RoutePolicy};
use causeway::practice::SignIn;
use causeway::secrets::KeyFile;
use causeway::workspace::{CHANGED_OUTSIDE, Keys, Workspace};
use chrono::NaiveDate;
use secrecy::SecretString;
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::desk::Desk;
use crate::support::company::{Company, Import, choices, client, login, outcome, password};
use crate::support::http;

async fn bend(workspace: &Workspace, sql: &str) {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(workspace.path());
    let mut other = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut other).await.unwrap();
    other.close().await.unwrap();
}

async fn id(workspace: &Workspace, n: usize) -> u32 {
    workspace.by_key(&n.to_string()).await.unwrap().unwrap().0
}

#[tokio::test(flavor = "multi_thread")]
async fn exchanged_profiles_give_nobody_the_hash_of_another_and_the_others_arrive() {
    let company = Company::found(12).await;
    let (workspace, mapping) = company.read().await;
    let (one, two) = (id(&workspace, 1).await, id(&workspace, 2).await);
    bend(
        &workspace,
        &format!(
            "CREATE TEMP TABLE both AS SELECT id, profile FROM details WHERE id IN ({one}, {two});
             UPDATE details SET profile = (SELECT b.profile FROM both b WHERE b.id <> details.id) WHERE id IN ({one}, {two});"
        ),
    )
    .await;
    let org = http::Desk::open().await;
    // Said before anything goes, too.
    let job = CheckJob {
        workspace: workspace.clone(),
        client: client(&org.org),
        choices: choices(),
        today: NaiveDate::from_ymd_opt(2026, 5, 11).unwrap(),
    };
    let report =
        check::run(job, CancellationToken::new(), watch::Sender::new(Progress::default())).await.unwrap();
    assert_eq!(report.changed, 2);
    let mut import = Import::new(&workspace, &mapping, &org.org);
    import.choices = Choices { policy: RoutePolicy::Best, ..choices() };
    import.run().await.unwrap();
    for n in [1, 2] {
        let failed = outcome(&workspace, &login(n)).await;
        assert_eq!(
            (failed.kind, failed.code.as_deref()),
            (OutcomeKind::Failed, Some(CHANGED_OUTSIDE)),
            "{n}"
        );
        for p in [1, 2] {
            let signed = org.org.sign_in(&login(n), &SecretString::from(password(p))).await;
            assert!(!matches!(signed, SignIn::Success { .. }), "{n} with the password of {p}");
        }
    }
    for n in [3, 4] {
        assert_eq!(outcome(&workspace, &login(n)).await.kind, OutcomeKind::Created, "{n}");
        let signed = org.org.sign_in(&login(n), &SecretString::from(password(n))).await;
        assert!(matches!(signed, SignIn::Success { .. }), "{n}: {signed:?}");
    }
    workspace.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn exchanged_logins_let_nobody_in_neither_at_the_window_nor_at_a_service() {
    let company = Company::found(12).await;
    let (workspace, mapping) = company.read().await;
    let keys = Keys::new(Arc::new(KeyFile::new(company.key_file()).unwrap()));
    let beside = Workspace::open_beside(company.workspace(), keys).await.unwrap();
    let (one, two) = (id(&workspace, 1).await, id(&workspace, 2).await);
    bend(
        &workspace,
        &format!(
            "CREATE TEMP TABLE both AS SELECT id, login FROM texts WHERE id IN ({one}, {two});
             UPDATE texts SET login = (SELECT b.login FROM both b WHERE b.id <> texts.id) WHERE id IN ({one}, {two});"
        ),
    )
    .await;
    // A sealed password that was bent is one person's trouble, not the end of the whole place.
    let five = id(&workspace, 5).await;
    bend(&workspace, &format!("UPDATE details SET password = zeroblob(90) WHERE id = {five}")).await;
    for opened in [&workspace, &beside] {
        let desk = Desk::sealed(opened, &mapping).await;
        let mut calls = desk.hook.calls();
        for (n, p) in [(1, 2), (2, 1), (5, 5)] {
            desk.sign_in(&login(n), &password(p)).await;
            let call = calls.recv().await.unwrap();
            // As changed, or, once the index is made anew from what is bound to each, as wrong.
            let told =
                call.reason == HookReason::ChangedOutside || n != 5 && call.reason == HookReason::Wrong;
            assert!(call.answer == HookAnswer::Unverified && told, "{n} {p}: {call:?}");
        }
        opened.audit().await.unwrap();
        for n in [1, 2, 3] {
            desk.sign_in(&login(n), &password(n)).await;
            assert_eq!(calls.recv().await.unwrap().answer, HookAnswer::Verified, "{n}");
        }
        desk.hook.stop().await;
    }
    beside.close().await.unwrap();
    workspace.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_marked_as_gone_or_taken_out_is_told_by_check_and_import_and_the_others_arrive() {
    let company = Company::found(12).await;
    let (workspace, mapping) = company.read().await;
    let (one, two, three) = (id(&workspace, 1).await, id(&workspace, 2).await, id(&workspace, 3).await);
    bend(
        &workspace,
        &format!(
            "UPDATE people SET gone = 1 WHERE id = {one}; UPDATE people SET state = 77, row_no = 'abc' WHERE id = {two};
             DELETE FROM people WHERE id = {three}"
        ),
    )
    .await;
    let org = http::Desk::open().await;
    let job = CheckJob {
        workspace: workspace.clone(),
        client: client(&org.org),
        choices: choices(),
        today: NaiveDate::from_ymd_opt(2026, 5, 11).unwrap(),
    };
    let report =
        check::run(job, CancellationToken::new(), watch::Sender::new(Progress::default())).await.unwrap();
    assert_eq!((report.changed, report.missing), (2, 1));
    let mut import = Import::new(&workspace, &mapping, &org.org);
    import.choices = Choices { policy: RoutePolicy::Best, ..choices() };
    let summary = import.run().await.unwrap();
    assert_eq!((summary.tally.failed, summary.missing), (2, 1), "{summary:?}");
    for n in [1, 2] {
        let failed = outcome(&workspace, &login(n)).await;
        assert_eq!(failed.code.as_deref(), Some(CHANGED_OUTSIDE), "{n}");
    }
    assert_eq!(outcome(&workspace, &login(4)).await.kind, OutcomeKind::Created);
    workspace.close().await.unwrap();
}
