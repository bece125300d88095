//! What happened, told to whoever listens and written down: an answer is on record before it is given, unless the disk is slow or full.
//! Those that come while others are being written go together in the next transaction.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, broadcast, oneshot, watch};
use tokio::task::JoinHandle;

use super::status::{Behind, Status};
use crate::model::{Explain as _, HookAnswer, HookCall};
use crate::workspace::{Workspace, WorkspaceError};

/// Calls that wait to be written at most: some 10 MB.
const WAITING: usize = 20_000;
/// Written together at most.
const BATCH: usize = 500;
/// After a failure.
const AGAIN: Duration = Duration::from_secs(2);
/// Calls the live feed may be behind.
const FEED: usize = 1024;

/// Comes when a call is on record; an error when it will not be.
pub(super) type Written = oneshot::Receiver<()>;

/// A call to be written, and whom to tell then.
struct Entry {
    call: Arc<HookCall>,
    told: oneshot::Sender<()>,
}

/// Calls that wait to be written. Who was let in goes before everything else when there is no room.
#[derive(Default)]
struct Queue {
    state: Mutex<State>,
    bell: Notify,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Entry>,
    /// Calls that were answered and will never be on record.
    lost: u64,
    closed: bool,
}

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, entry: Entry) {
        let mut state = self.state();
        if state.waiting.len() >= WAITING {
            state.lost += 1;
            let verified = |entry: &Entry| entry.call.answer == HookAnswer::Verified;
            let least = state.waiting.iter().position(|waiting| !verified(waiting));
            match least {
                Some(at) if verified(&entry) => drop(state.waiting.remove(at)),
                _ => return,
            }
        }
        state.waiting.push_back(entry);
        drop(state);
        self.bell.notify_one();
    }

    /// Fills up a batch. Whether any more will come, and how many are left.
    fn take(&self, batch: &mut Vec<Entry>) -> (bool, usize) {
        let mut state = self.state();
        let room = BATCH.saturating_sub(batch.len()).min(state.waiting.len());
        batch.extend(state.waiting.drain(..room));
        (!state.closed, state.waiting.len())
    }

    /// What waits, together with what is being written: how many, how many of them let somebody in, and how many were lost.
    fn counts(&self, batch: &[Entry]) -> (u64, u64, u64) {
        let state = self.state();
        let all = || batch.iter().chain(&state.waiting);
        let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        let let_in = all().filter(|entry| entry.call.answer == HookAnswer::Verified).count();
        (count(all().count()), count(let_in), state.lost)
    }
}

/// Where calls go.
pub(super) struct Log {
    feed: broadcast::Sender<Arc<HookCall>>,
    queue: Option<Arc<Queue>>,
}

impl Log {
    /// Writes to a workspace, if there is one. The task ends when the log is dropped and all is written. What is not on record after
    /// `patience` is told in the status.
    pub(super) fn start(
        journal: Option<Workspace>,
        status: watch::Sender<Status>,
        patience: Duration,
    ) -> (Self, Option<JoinHandle<()>>) {
        let feed = broadcast::Sender::new(FEED);
        let Some(workspace) = journal else { return (Self { feed, queue: None }, None) };
        let queue = Arc::new(Queue::default());
        let writer = Writer { workspace, queue: Arc::clone(&queue), status, patience };
        let task = tokio::spawn(writer.run());
        (Self { feed, queue: Some(queue) }, Some(task))
    }

    pub(super) fn feed(&self) -> broadcast::Receiver<Arc<HookCall>> {
        self.feed.subscribe()
    }

    /// Tells of a call. What comes back comes when it is written down; `None` where it is written nowhere.
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
        let written = self.queue.as_ref().map(|queue| {
            let (told, written) = oneshot::channel();
            queue.push(Entry { call: Arc::clone(&call), told });
            written
        });
        let _ = self.feed.send(call);
        written
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        if let Some(queue) = &self.queue {
            queue.state().closed = true;
            queue.bell.notify_one();
        }
    }
}

struct Writer {
    workspace: Workspace,
    queue: Arc<Queue>,
    status: watch::Sender<Status>,
    patience: Duration,
}

impl Writer {
    async fn run(self) {
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            let (more, left) = self.queue.take(&mut batch);
            if batch.is_empty() {
                if !more {
                    return;
                }
                self.queue.bell.notified().await;
                continue;
            }
            match self.record(&batch).await {
                Ok(at_once) => {
                    let written = batch.len();
                    for entry in batch.drain(..) {
                        let _ = entry.told.send(());
                    }
                    // Nothing is left of what was given before: while this took its time more may have come.
                    if at_once && left == 0 || self.queue.counts(&[]).0 == 0 {
                        self.caught_up(written);
                    }
                }
                Err(error) => {
                    let (waiting, let_in, lost) = self.behind(&why(&error), &batch);
                    let technical = error.technical();
                    if !more {
                        tracing::error!(
                            technical,
                            waiting,
                            let_in,
                            lost,
                            "ended, and these answers are on no record"
                        );
                        return;
                    }
                    tokio::time::sleep(AGAIN).await;
                }
            }
        }
    }

    /// Writes a batch; tells when that takes long, and goes on. Whether it did not.
    async fn record(&self, batch: &[Entry]) -> Result<bool, WorkspaceError> {
        let rows: Vec<HookCall> = batch.iter().map(|entry| HookCall::clone(&entry.call)).collect();
        let recording = self.workspace.record_hook_calls(&rows);
        tokio::pin!(recording);
        let mut at_once = true;
        loop {
            if let Ok(recorded) = tokio::time::timeout(self.patience, &mut recording).await {
                return recorded.map(|()| at_once);
            }
            // Most likely another program holds the file's write lock: SQLite tells it only after its own time.
            at_once = false;
            self.behind("the migration's file is locked, or its disk is slow", batch);
        }
    }

    /// That answers are not on record, and why; what waits, how many of that let somebody in, and what is lost.
    fn behind(&self, why: &str, batch: &[Entry]) -> (u64, u64, u64) {
        let (waiting, let_in, lost) = self.queue.counts(batch);
        let mut news = false;
        self.status.send_if_modified(|status| {
            news = status.behind.as_ref().is_none_or(|known| known.why != why) || lost > status.lost;
            let now = Some(Behind { why: why.to_owned(), waiting, let_in });
            let changed = status.behind != now || status.lost != lost;
            (status.behind, status.lost) = (now, lost);
            changed
        });
        // Once, not each time it is tried again.
        if news {
            tracing::error!(why, waiting, let_in, lost, "sign-ins are answered, but not recorded");
        }
        (waiting, let_in, lost)
    }

    fn caught_up(&self, written: usize) {
        let (waiting, _, lost) = self.queue.counts(&[]);
        let told = self.status.send_if_modified(|status| {
            status.lost = lost;
            status.behind.take().is_some()
        });
        if told {
            tracing::info!(written, waiting, lost, "what is answered is recorded again");
        }
    }
}

/// Why nothing is recorded, in words that go on a sentence.
fn why(error: &WorkspaceError) -> String {
    match error {
        WorkspaceError::DiskFull => "the disk is full".to_owned(),
        WorkspaceError::Locked => "another program keeps the migration's file locked".to_owned(),
        other => other.to_string().trim_end_matches('.').to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use chrono::Utc;

    use super::*;
    use crate::model::HookReason;

    fn entry(login: &str, answer: HookAnswer) -> (Entry, Written) {
        let (told, written) = oneshot::channel();
        let call = HookCall {
            at: Utc::now(),
            login: login.to_owned(),
            person: None,
            answer,
            reason: HookReason::Right,
            scheme: None,
            took_us: 1,
            address: None,
            service: false,
            request: None,
            again: false,
        };
        (Entry { call: Arc::new(call), told }, written)
    }

    #[test]
    fn what_waits_is_bounded_and_who_was_let_in_is_lost_last() {
        let queue = Queue::default();
        queue.push(entry("first", HookAnswer::Unverified).0);
        for n in 0..WAITING - 1 {
            queue.push(entry(&n.to_string(), HookAnswer::Verified).0);
        }
        assert_eq!(queue.counts(&[]).2, 0);
        // A refusal more is lost itself; someone let in takes the place of a refusal, and then there is none left.
        let (refused, told) = entry("refused", HookAnswer::Unverified);
        queue.push(refused);
        assert_eq!(queue.counts(&[]), (20_000, 19_999, 1));
        assert!(told.blocking_recv().is_err(), "nobody waits for it");
        queue.push(entry("in", HookAnswer::Verified).0);
        assert_eq!(queue.counts(&[]), (20_000, 20_000, 2));
        queue.push(entry("in too", HookAnswer::Verified).0);
        assert_eq!(queue.counts(&[]), (20_000, 20_000, 3));
        let mut batch = Vec::new();
        assert_eq!(queue.take(&mut batch), (true, WAITING - BATCH));
        assert_eq!((batch.len(), batch[0].call.login.as_str()), (BATCH, "0"));
        assert_eq!(queue.counts(&batch), (20_000, 20_000, 3));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn on_a_full_disk_it_is_said_and_recorded_when_there_is_room() {
        use crate::secrets::KeyFile;
        use crate::workspace::{Keys, NewWorkspace};

        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::new(Arc::new(KeyFile::new(folder.path().join("keys")).unwrap()));
        let path = folder.path().join("move.causeway");
        let workspace = Workspace::create(&path, NewWorkspace { name: "Move".into() }, keys).await.unwrap();
        // The file may not grow: what SQLite answers is what a full disk answers.
        let writer = workspace.0.writer.clone();
        sqlx::raw_sql("PRAGMA max_page_count = 1").execute(&writer).await.unwrap();
        let status = watch::Sender::new(Status::default());
        let mut now = status.subscribe();
        let (log, task) = Log::start(Some(workspace.clone()), status, Duration::from_secs(1));
        // More than the free part of a page holds.
        let calls =
            (0..2000).map(|n| HookCall::clone(&entry(&format!("p{n}@x"), HookAnswer::Verified).0.call));
        let written: Vec<Written> = calls.filter_map(|call| log.tell(call)).collect();
        let full = now.wait_for(|now| now.behind.as_ref().is_some_and(|b| b.why == "the disk is full"));
        let full =
            tokio::time::timeout(Duration::from_mins(1), full).await.expect("in time").unwrap().clone();
        assert!(full.behind.is_some_and(|behind| behind.waiting > 0 && behind.let_in == behind.waiting));
        sqlx::raw_sql("PRAGMA max_page_count = 1000000").execute(&writer).await.unwrap();
        for written in written {
            tokio::time::timeout(Duration::from_mins(1), written).await.expect("in time").unwrap();
        }
        assert_eq!(workspace.hook_calls(&[], 5000).await.unwrap().len(), 2000);
        drop(log);
        task.unwrap().await.unwrap();
        assert_eq!((&now.borrow().behind, now.borrow().lost), (&None, 0));
        workspace.close().await.unwrap();
    }

    #[test]
    fn each_reason_is_said_in_words() {
        assert_eq!(why(&WorkspaceError::DiskFull), "the disk is full");
        assert_eq!(why(&WorkspaceError::Locked), "another program keeps the migration's file locked");
        let behind = Behind { why: why(&WorkspaceError::DiskFull), waiting: 1, let_in: 0 };
        assert_eq!(
            behind.to_string(),
            "Sign-ins are answered, but nothing is recorded: the disk is full. 1 answer waits in memory and is recorded when that has ended."
        );
        let behind = Behind { waiting: 1204, let_in: 1, ..behind };
        assert_eq!(
            behind.to_string(),
            "Sign-ins are answered, but nothing is recorded: the disk is full. 1,204 answers, 1 of which let someone in, wait in memory and are recorded when that has ended."
        );
    }
}
