//! What happened, told to whoever listens and written down: an answer is on record before it is given, unless the disk is slow or full.
//! Those that come while others are being written go together in the next transaction.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{broadcast, mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use super::status::Status;
use crate::model::{HookAnswer, HookCall};
use crate::workspace::{Workspace, WorkspaceError};

/// Calls that wait to be written at most.
const WAITING: usize = 8192;
/// Written together at most.
const BATCH: usize = 500;
/// After a failure.
const AGAIN: Duration = Duration::from_secs(2);
/// Calls the live feed may be behind.
const FEED: usize = 1024;

/// Comes when a call is on record; an error when it will not be.
pub(super) type Written = oneshot::Receiver<()>;

/// A call to be written, and whom to tell then.
type Entry = (Arc<HookCall>, oneshot::Sender<()>);

/// Where calls go.
pub(super) struct Log {
    feed: broadcast::Sender<Arc<HookCall>>,
    writer: Option<mpsc::Sender<Entry>>,
}

impl Log {
    /// Writes to a workspace, if there is one. The task ends when the log is dropped and all is written.
    pub(super) fn start(
        journal: Option<Workspace>,
        status: watch::Sender<Status>,
    ) -> (Self, Option<JoinHandle<()>>) {
        let feed = broadcast::Sender::new(FEED);
        let Some(workspace) = journal else { return (Self { feed, writer: None }, None) };
        let (writer, calls) = mpsc::channel(WAITING);
        let task = tokio::spawn(write(workspace, calls, status));
        (Self { feed, writer: Some(writer) }, Some(task))
    }

    pub(super) fn feed(&self) -> broadcast::Receiver<Arc<HookCall>> {
        self.feed.subscribe()
    }

    /// Tells of a call. What comes back comes when it is written down; `None` where it is written nowhere, or there is no room to wait.
    pub(super) fn tell(&self, call: HookCall) -> Option<Written> {
        tracing::info!(
            target: "causeway::hook::call",
            login = call.login,
            answer = call.answer.as_str(),
            reason = call.reason.as_str(),
            scheme = call.scheme,
            ms = call.took_us as f64 / 1000.0,
            request = call.request,
            address = call.address,
            again = call.again,
            "call"
        );
        let call = Arc::new(call);
        let written = self.writer.as_ref().and_then(|writer| {
            let (told, written) = oneshot::channel();
            match writer.try_send((Arc::clone(&call), told)) {
                Ok(()) => Some(written),
                // Who has moved must not be lost because the disk is slow; the rest is counted only.
                Err(mpsc::error::TrySendError::Full(entry)) if call.answer == HookAnswer::Verified => {
                    let writer = writer.clone();
                    tokio::spawn(async move { writer.send(entry).await });
                    None
                }
                Err(_) => None,
            }
        });
        let _ = self.feed.send(call);
        written
    }
}

async fn write(workspace: Workspace, mut calls: mpsc::Receiver<Entry>, status: watch::Sender<Status>) {
    let mut batch = Vec::with_capacity(BATCH);
    loop {
        let room = BATCH - batch.len();
        if batch.is_empty() {
            if calls.recv_many(&mut batch, room).await == 0 {
                return;
            }
        } else {
            while batch.len() < BATCH
                && let Ok(entry) = calls.try_recv()
            {
                batch.push(entry);
            }
        }
        let rows: Vec<HookCall> = batch.iter().map(|(call, _)| HookCall::clone(call)).collect();
        match workspace.record_hook_calls(&rows).await {
            Ok(()) => {
                for (_, told) in batch.drain(..) {
                    let _ = told.send(());
                }
                if status.send_if_modified(|status| status.log_failing.take().is_some()) {
                    tracing::info!("what is answered is recorded again");
                }
            }
            Err(error) => {
                let told = failing(&error);
                tracing::error!(technical = error.technical(), waiting = batch.len() + calls.len(), "{told}");
                status.send_if_modified(|status| {
                    let changed = status.log_failing.as_ref() != Some(&told);
                    status.log_failing = Some(told);
                    changed
                });
                if calls.is_closed() && calls.is_empty() {
                    return;
                }
                tokio::time::sleep(AGAIN).await;
            }
        }
    }
}

/// That nothing is recorded, and why.
fn failing(error: &WorkspaceError) -> String {
    let why = match error {
        WorkspaceError::DiskFull => "the disk is full".to_owned(),
        other => other.to_string().trim_end_matches('.').to_owned(),
    };
    format!(
        "Sign-ins are answered, but nothing is recorded: {why}. Make room, or make sure that the file can be written; what is still waiting is recorded then."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_as_recording_nothing() {
        let told = failing(&WorkspaceError::DiskFull);
        assert!(
            told.starts_with("Sign-ins are answered, but nothing is recorded: the disk is full. "),
            "{told}"
        );
        assert!(!told.contains("is kept"));
    }
}
