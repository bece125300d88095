//! What passwords are checked against: one trait, and a guard that knows when it does not answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;

use super::error::BackendError;
use crate::model::{HookReason, StoredPassword};

/// How often a place that does not answer is asked whether it does again.
const ASK_AGAIN: Duration = Duration::from_secs(2);

/// Who a login is, as far as signing in goes.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// This person, whose password is checked against this.
    Check {
        /// Their number in the workspace, where there is one.
        person: Option<u32>,
        /// What the password is checked against.
        stored: StoredPassword,
    },
    /// Nobody who may sign in. Okta is told the same as for a wrong password, as late.
    Nobody {
        /// Who it would have been.
        person: Option<u32>,
        /// Why not.
        why: HookReason,
    },
}

/// Where stored passwords are looked up: the workspace, or the live source.
#[async_trait]
pub trait Lookup: Send + Sync {
    /// Who has this login, as Okta compares logins. An error is a place that can't be asked now, never a person.
    async fn find(&self, login: &str) -> Result<Found, BackendError>;

    /// A stored password of the commonest kind: checks for nobody are made to take as long as one against it.
    async fn example(&self) -> Result<Option<StoredPassword>, BackendError>;

    /// Whether it answers.
    async fn probe(&self) -> Result<(), BackendError>;

    /// What it is, in a few words: `the passwords kept in the workspace`, `PostgreSQL · hr, live`.
    fn words(&self) -> String;
}

/// Whether the place the passwords are in answers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum BackendState {
    /// Nothing is known yet.
    #[default]
    Unknown,
    /// It answers.
    Up,
    /// It does not. Sign-ins are answered with 503 until it does.
    Down {
        /// Since when.
        since: DateTime<Utc>,
        /// Why, and what to do.
        why: BackendError,
    },
}

/// Why a look-up gave nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unanswered {
    /// The place does not answer.
    Down,
    /// Too many wait for it already.
    Busy,
}

/// A [`Lookup`] with a deadline. Once it failed nobody waits for it any more: they are told at once, while it is asked in the
/// background until it answers again.
pub(super) struct Guarded {
    lookup: Arc<dyn Lookup>,
    patience: Duration,
    /// Look-ups at once: the place is somebody else's database, which has other work and only so many connections.
    room: Semaphore,
    state: watch::Sender<BackendState>,
    asking: AtomicBool,
    stop: CancellationToken,
}

impl Guarded {
    pub(super) fn new(
        lookup: Arc<dyn Lookup>,
        patience: Duration,
        at_once: usize,
        stop: CancellationToken,
    ) -> Arc<Self> {
        let state = watch::Sender::new(BackendState::Unknown);
        let room = Semaphore::new(at_once.max(1));
        Arc::new(Self { lookup, patience, room, state, asking: AtomicBool::new(false), stop })
    }

    pub(super) fn state(&self) -> watch::Receiver<BackendState> {
        self.state.subscribe()
    }

    /// Who a login is. Waits for its turn no longer than half of what a look-up may take.
    pub(super) async fn find(self: &Arc<Self>, login: &str) -> Result<Found, Unanswered> {
        self.standing()?;
        let turn = tokio::time::timeout(self.patience / 2, self.room.acquire()).await;
        let Ok(Ok(_turn)) = turn else { return Err(Unanswered::Busy) };
        // It may have gone meanwhile.
        self.standing()?;
        self.watched(self.lookup.find(login)).await.map_err(|_| Unanswered::Down)
    }

    fn standing(&self) -> Result<(), Unanswered> {
        match &*self.state.borrow() {
            BackendState::Down { .. } => Err(Unanswered::Down),
            BackendState::Up | BackendState::Unknown => Ok(()),
        }
    }

    pub(super) async fn example(self: &Arc<Self>) -> Result<Option<StoredPassword>, BackendError> {
        self.watched(self.lookup.example()).await
    }

    /// The first look, at start: tells whether it answers, and goes on asking if it does not.
    pub(super) async fn first(self: &Arc<Self>) {
        let _ = self.watched(self.lookup.probe()).await;
    }

    async fn watched<T>(
        self: &Arc<Self>,
        ask: impl Future<Output = Result<T, BackendError>>,
    ) -> Result<T, BackendError> {
        let answer = tokio::time::timeout(self.patience, ask).await.unwrap_or_else(|_| Err(self.silent()));
        match &answer {
            Ok(_) => self.up(),
            Err(why) => self.down(why.clone()),
        }
        answer
    }

    fn silent(&self) -> BackendError {
        BackendError {
            what: format!("{} did not answer in time", self.lookup.words()),
            advice:
                "Make sure that it runs and is not overloaded. The hook goes on by itself when it answers again."
                    .into(),
            technical: Some(format!("no answer within {} ms", self.patience.as_millis())),
        }
    }

    fn up(&self) {
        self.state.send_if_modified(|state| {
            let changed = *state != BackendState::Up;
            if changed {
                *state = BackendState::Up;
            }
            changed
        });
    }

    fn down(self: &Arc<Self>, why: BackendError) {
        self.state.send_modify(|state| {
            let since = match state {
                BackendState::Down { since, .. } => *since,
                _ => Utc::now(),
            };
            *state = BackendState::Down { since, why };
        });
        if self.asking.swap(true, Ordering::SeqCst) {
            return;
        }
        let guard = Arc::clone(self);
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    () = guard.stop.cancelled() => break,
                    () = tokio::time::sleep(ASK_AGAIN) => {}
                }
                // More patience than a sign-in has: a connection may have to be made.
                match tokio::time::timeout(guard.patience * 4, guard.lookup.probe()).await {
                    Ok(Ok(())) => {
                        guard.asking.store(false, Ordering::SeqCst);
                        guard.up();
                        break;
                    }
                    Ok(Err(why)) => guard.state.send_modify(|state| {
                        if let BackendState::Down { why: last, .. } = state {
                            *last = why;
                        }
                    }),
                    Err(_) => {}
                }
            }
        });
    }
}
