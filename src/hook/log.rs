//! What happened, told to whoever listens and written down in batches: an answer never waits for the disk.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{broadcast, mpsc, watch};
use tokio::task::JoinHandle;

use super::status::Status;
use crate::model::{HookAnswer, HookCall};
use crate::workspace::Workspace;

/// Calls that wait to be written at most.
const WAITING: usize = 8192;
/// Written together at most.
const BATCH: usize = 500;
/// Waited for more to come.
const PAUSE: Duration = Duration::from_millis(200);
/// After a failure.
const AGAIN: Duration = Duration::from_secs(2);
/// Calls the live feed may be behind.
const FEED: usize = 1024;

/// Where calls go.
pub(super) struct Log {
    feed: broadcast::Sender<Arc<HookCall>>,
    writer: Option<mpsc::Sender<Arc<HookCall>>>,
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

    pub(super) fn tell(&self, call: HookCall) {
        tracing::info!(
            target: "causeway::hook::call",
            login = call.login,
            answer = call.answer.as_str(),
            reason = call.reason.as_str(),
            scheme = call.scheme,
            ms = call.took_us as f64 / 1000.0,
            request = call.request,
            again = call.again,
            "call"
        );
        let call = Arc::new(call);
        if let Some(writer) = &self.writer
            && let Err(mpsc::error::TrySendError::Full(call)) = writer.try_send(Arc::clone(&call))
            // Who has moved must not be lost because the disk is slow; the rest is counted only.
            && call.answer == HookAnswer::Verified
        {
            let writer = writer.clone();
            tokio::spawn(async move { writer.send(call).await });
        }
        let _ = self.feed.send(call);
    }
}

async fn write(
    workspace: Workspace,
    mut calls: mpsc::Receiver<Arc<HookCall>>,
    status: watch::Sender<Status>,
) {
    let mut batch = Vec::with_capacity(BATCH);
    loop {
        if batch.is_empty() && calls.recv_many(&mut batch, BATCH).await == 0 {
            return;
        }
        let mut ended = false;
        if batch.len() < BATCH {
            tokio::select! {
                () = tokio::time::sleep(PAUSE) => {}
                () = calls_closed(&mut calls, &mut batch) => ended = true,
            }
        }
        let rows: Vec<HookCall> = batch.iter().map(|call| HookCall::clone(call)).collect();
        match workspace.record_hook_calls(&rows).await {
            Ok(()) => {
                batch.clear();
                status.send_if_modified(|status| status.log_failing.take().is_some());
            }
            Err(error) => {
                tracing::error!(%error, technical = error.technical(), "the hook's log was not written");
                let told = error.to_string();
                status.send_if_modified(|status| {
                    let changed = status.log_failing.as_ref() != Some(&told);
                    status.log_failing = Some(told);
                    changed
                });
                if ended {
                    return;
                }
                tokio::time::sleep(AGAIN).await;
            }
        }
    }
}

/// Takes in calls until the batch is full (then it waits for ever) or no more can come (then it ends).
async fn calls_closed(calls: &mut mpsc::Receiver<Arc<HookCall>>, batch: &mut Vec<Arc<HookCall>>) {
    loop {
        let room = BATCH.saturating_sub(batch.len());
        if room == 0 {
            std::future::pending::<()>().await;
        }
        if calls.recv_many(batch, room).await == 0 {
            return;
        }
    }
}
