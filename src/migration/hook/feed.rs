//! What the password hook answered, as it happens: by the window's server, or by a service beside it in a process of its own.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;

use crate::migration::MigrationError;
use crate::model::HookCall;
use crate::workspace::{Guessed, HookHour, HookTotals, Workspace, WorkspaceError};

/// So many answers are shown.
const SHOWN: u32 = 200;

/// A login is told as being guessed by the tries of so long.
const GUESSED: TimeDelta = TimeDelta::minutes(10);

/// What was answered lately, and who still waits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Feed {
    /// The last answers, the newest first.
    pub calls: Vec<HookCall>,
    /// Today by hour.
    pub hours: Vec<HookHour>,
    /// Today in numbers.
    pub totals: HookTotals,
    /// How many can sign in only through the hook, and have not yet.
    pub waiting: u64,
    /// How many gave the hook the right password.
    pub verified: u64,
    /// Of how many Okta says that it has the password.
    pub moved: u64,
    /// How many passwords were reset at the end.
    pub reset: u64,
    /// Logins that are being guessed.
    pub guessed: Vec<Guessed>,
}

/// What was answered since `midnight`, and who still waits.
async fn feed(workspace: Workspace, midnight: DateTime<Utc>) -> Result<Feed, MigrationError> {
    let (verified, moved) = workspace.hook_moved().await?;
    Ok(Feed {
        calls: workspace.hook_calls(&[], SHOWN).await?,
        hours: workspace.hook_hours(midnight).await?,
        totals: workspace.hook_totals(midnight).await?,
        waiting: workspace.hook_waiting().await?,
        verified,
        moved,
        reset: workspace.count_resets().await?,
        guessed: workspace.hook_guessed(Utc::now() - GUESSED).await?,
    })
}

/// What is followed: the answers, and the clock.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Followed {
    /// What was answered, and who waits. `None`: it could not be looked at yet.
    pub feed: Option<Feed>,
    /// Rises once a minute, so that what is done now and then is thought of.
    pub minute: u64,
}

/// How often it is looked whether a service beside the window has answered; what this window's own server answers is known
/// at once.
const LOOK: Duration = Duration::from_secs(1);
/// The least time between two looks.
const REST: Duration = Duration::from_millis(200);

/// Follows what is answered, by the window's server or by a service beside it, until the workspace is closed. `midnight` gives
/// the beginning of the day it is.
pub async fn follow(
    workspace: Workspace,
    midnight: impl Fn() -> DateTime<Utc> + Send,
    told: watch::Sender<Followed>,
) {
    let mut changes = workspace.changes();
    let begun = tokio::time::Instant::now();
    let mut known = None;
    loop {
        let looked = tokio::time::Instant::now();
        let today = midnight();
        let version = *changes.borrow_and_update();
        let now = match workspace.hook_seen().await {
            Ok(seen) => Some((seen, version, today)),
            Err(WorkspaceError::Closed) => return,
            Err(_) => None,
        };
        let mut feed_now = None;
        if now.is_some() && now != known {
            feed_now = feed(workspace.clone(), today).await.ok();
            known = now.filter(|_| feed_now.is_some());
        }
        let minute = begun.elapsed().as_secs() / 60;
        told.send_if_modified(|followed| {
            let new = followed.minute != minute || feed_now.is_some() && followed.feed != feed_now;
            followed.minute = minute;
            if feed_now.is_some() {
                followed.feed = feed_now;
            }
            new
        });
        // In a large migration that changes fast, looking is a small part of the time.
        tokio::time::sleep(REST.max(looked.elapsed() * 10)).await;
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            told = changes.changed() => if told.is_err() { return },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::{HookAnswer, HookReason};
    use crate::secrets::KeyFile;
    use crate::workspace::{Keys, NewWorkspace};

    fn call(login: &str) -> HookCall {
        HookCall {
            at: Utc::now(),
            login: login.into(),
            person: None,
            answer: HookAnswer::Unverified,
            reason: HookReason::Unknown,
            scheme: None,
            took_us: 61_000,
            request: None,
            again: false,
            address: None,
            service: false,
        }
    }

    async fn seen(followed: &mut watch::Receiver<Followed>, what: impl Fn(&Feed) -> bool) -> Feed {
        let came = followed.wait_for(|now| now.feed.as_ref().is_some_and(&what));
        let came = tokio::time::timeout(Duration::from_secs(30), came).await.expect("in time").unwrap();
        came.feed.clone().unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_a_service_answers_is_seen_without_asking() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("move.causeway");
        let keys = || Keys::new(Arc::new(KeyFile::new(folder.path().join("keys")).unwrap()));
        let window = Workspace::create(&path, NewWorkspace { name: "Move".into() }, keys()).await.unwrap();
        let service = Workspace::open_beside(&path, keys()).await.unwrap();
        let midnight = || DateTime::UNIX_EPOCH;
        let (told, mut followed) = watch::channel(Followed::default());
        let following = tokio::spawn(follow(window.clone(), midnight, told));
        assert_eq!(seen(&mut followed, |_| true).await, Feed::default());

        service.record_hook_calls(&[call("a@example.com")]).await.unwrap();
        let feed = seen(&mut followed, |feed| !feed.calls.is_empty()).await;
        assert_eq!(feed.calls[0].login, "a@example.com");
        assert_eq!((feed.totals.unverified, feed.totals.p50_ms.is_some(), feed.hours.len()), (1, true, 1));
        // Our own too, and both are in order.
        window.record_hook_calls(&[call("b@example.com")]).await.unwrap();
        let feed = seen(&mut followed, |feed| feed.calls.len() == 2).await;
        assert_eq!(feed.calls[0].login, "b@example.com");

        service.close().await.unwrap();
        window.close().await.unwrap();
        tokio::time::timeout(Duration::from_secs(30), following).await.expect("ends by itself").unwrap();
    }
}
