//! What was answered is on record, whatever happens to the file or to the process.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use causeway::hook::{SealedLookup, Status};
use causeway::model::HookAnswer;
use sqlx::{Connection as _, SqliteConnection};
use tokio::sync::watch;

use super::desk::{Desk, UNVERIFIED, VERIFIED, body, config, event, header};
use super::service::{causeway, company, serve};
use crate::support::company::{Company, login, password};
use crate::support::http::{client, take};

async fn wait(status: &mut watch::Receiver<Status>, what: impl FnMut(&Status) -> bool) -> Status {
    let came = tokio::time::timeout(Duration::from_mins(1), status.wait_for(what)).await;
    came.expect("in time").unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn while_another_program_locks_the_file_answers_go_out_are_told_and_are_recorded_afterwards() {
    let company = Company::found(20).await;
    let (workspace, mapping) = company.read().await;
    let mut config = config();
    config.password = mapping.password.clone();
    config.journal = Some(workspace.clone());
    config.limits.record = Duration::from_millis(100);
    let desk = Desk::start(config, Arc::new(SealedLookup::new(workspace.clone()))).await;
    let mut status = desk.hook.status();
    assert_eq!(desk.sign_in(&login(1), &password(1)).await, "VERIFIED");
    assert_eq!(workspace.hook_calls(&[], 10).await.unwrap().len(), 1);

    let address = format!("sqlite://{}", company.workspace().display());
    let mut other = SqliteConnection::connect(&address).await.unwrap();
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    for n in 2..=4 {
        assert_eq!(desk.sign_in(&login(n), &password(n)).await, "VERIFIED");
    }
    assert_eq!(desk.sign_in(&login(4), "wrong").await, "UNVERIFIED");
    let told = wait(&mut status, |now| now.behind.as_ref().is_some_and(|behind| behind.waiting == 4)).await;
    let behind = told.behind.unwrap();
    assert_eq!((behind.let_in, told.lost), (3, 0));
    assert!(behind.why.contains("locked"), "{behind}");
    assert!(
        behind.to_string().ends_with(
            "4 answers, 3 of which let someone in, wait in memory and are recorded when that has ended."
        ),
        "{behind}"
    );
    assert_eq!(workspace.hook_calls(&[], 10).await.unwrap().len(), 1, "nothing new on record");

    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    other.close().await.unwrap();
    wait(&mut status, |now| now.behind.is_none()).await;
    let calls = workspace.hook_calls(&[], 10).await.unwrap();
    let logins: Vec<_> = calls.iter().rev().map(|call| call.login.as_str()).collect();
    assert_eq!(logins, [login(1), login(2), login(3), login(4), login(4)]);
    assert_eq!(workspace.hook_moved().await.unwrap().0, 4, "who was let in is known");
    // And as before: on record when it is given.
    assert_eq!(desk.sign_in(&login(6), &password(6)).await, "VERIFIED");
    assert_eq!(workspace.hook_calls(&[], 10).await.unwrap().len(), 6);
    desk.hook.stop().await;
    workspace.close().await.unwrap();
}

/// How often the process is killed, and how many ask it at once.
const KILLS: u64 = 20;
const ASKING: usize = 12;

/// Asks again and again until nobody answers; what was answered goes into `answered`, by the id of Okta's request.
async fn ask_on(
    url: String,
    nth: usize,
    answered: Arc<tokio::sync::Mutex<HashMap<String, bool>>>,
    count: Arc<AtomicU64>,
) {
    let client = client();
    for round in 0.. {
        let n = [1, 2, 3, 4, 6, 9, 11, 12][(nth + round) % 8];
        let right = !(nth + round).is_multiple_of(3);
        let event = event();
        let mut asked = body(&event, &login(n), &if right { password(n) } else { "wrong".to_owned() });
        let id = format!("request-{event}");
        asked["data"]["context"]["request"]["id"] = id.clone().into();
        // Everyone somewhere else, each time: nobody is slowed.
        asked["data"]["context"]["request"]["ipAddress"] =
            format!("10.{nth}.{}.{}", round / 250, round % 250).into();
        let request = client
            .post(&url)
            .header("Authorization", header())
            .header("Content-Type", "application/json")
            .body(asked.to_string());
        let Ok(sent) = request.send().await else { return };
        let Ok(told) = take(sent).await else { return };
        let verified = match told.text.as_str() {
            VERIFIED => true,
            UNVERIFIED => false,
            _ => continue,
        };
        answered.lock().await.insert(id, verified);
        count.fetch_add(1, Ordering::SeqCst);
    }
}

/// Chance that is the same at every run of the test.
fn dice(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn killed_twenty_times_under_load_every_answer_that_went_out_is_on_record() {
    let company = company().await;
    let answered = Arc::new(tokio::sync::Mutex::new(HashMap::new()));
    let mut chance = 0x00C0_FFEE;
    for _ in 0..KILLS {
        let mut command = causeway(&company);
        command
            .args(["hook", "serve"])
            .arg(company.workspace())
            .env("CAUSEWAY_HOOK_SECRET", super::desk::SECRET);
        // What it says meanwhile must not fill a pipe that nobody reads.
        command.env("CAUSEWAY_LOG", "off");
        let mut service = serve(command).await;
        service.ready().await;
        let count = Arc::new(AtomicU64::new(0));
        let asking: Vec<_> = (0..ASKING)
            .map(|nth| {
                tokio::spawn(ask_on(service.url.clone(), nth, Arc::clone(&answered), Arc::clone(&count)))
            })
            .collect();
        let until = 20 + dice(&mut chance) % 60;
        while count.load(Ordering::SeqCst) < until {
            tokio::task::yield_now().await;
        }
        service.process.kill().unwrap();
        service.process.wait().unwrap();
        for asking in asking {
            asking.await.unwrap();
        }
    }
    let answered = answered.lock().await;
    let workspace = company.open().await;
    let known: HashMap<String, bool> = workspace
        .hook_calls(&[], 100_000)
        .await
        .unwrap()
        .into_iter()
        .filter_map(|call| Some((call.request?, call.answer == HookAnswer::Verified)))
        .collect();
    let lost = answered.iter().filter(|(id, verified)| known.get(*id) != Some(*verified)).count();
    println!("{KILLS} kills, {} answers went out, {lost} of them not on record", answered.len());
    assert!(answered.len() > 400 && answered.values().any(|verified| *verified));
    assert_eq!(lost, 0, "of {}", answered.len());
    workspace.close().await.unwrap();
}
