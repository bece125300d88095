//! The handle to a running import: pause, resume, and why it paused by itself.

use std::sync::Arc;

use serde::Serialize;
use tokio::sync::watch;

use crate::okta::PauseReason;

/// Why a run stands still.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pause {
    /// `None`: the administrator asked for it.
    pub reason: Option<PauseReason>,
    /// Okta's words, where it was Okta.
    pub words: String,
}

/// The handle to a running import. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Control(Arc<watch::Sender<Option<Pause>>>);

impl Default for Control {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(None)))
    }
}

impl Control {
    /// Pauses: calls under way come to their end, no new ones go out.
    pub fn pause(&self) {
        self.hold(Pause { reason: None, words: String::new() });
    }

    /// Goes on. After another token or a mended right, the people that met the refusal are tried again.
    pub fn resume(&self) {
        self.0.send_replace(None);
    }

    /// Why it stands still, if it does.
    pub fn paused(&self) -> Option<Pause> {
        self.0.borrow().clone()
    }

    /// Pauses for a reason; the first reason stays.
    pub(super) fn hold(&self, pause: Pause) {
        self.0.send_if_modified(|held| {
            let first = held.as_ref().is_none_or(|h| h.reason.is_none() && pause.reason.is_some());
            if first {
                *held = Some(pause);
            }
            first
        });
    }

    /// Waits until the run is not paused.
    pub(super) async fn running(&self) {
        let mut held = self.0.subscribe();
        // The sender lives in self: it can't be gone.
        let _ = held.wait_for(Option::is_none).await;
    }

    /// Waits for the next change.
    pub(in crate::migration) fn watch(&self) -> watch::Receiver<Option<Pause>> {
        self.0.subscribe()
    }
}
