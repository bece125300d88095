//! The handle to a running import: pause, resume, and why it paused by itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

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
pub struct Control(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    held: watch::Sender<Option<Pause>>,
    resumes: AtomicU64,
}

impl Default for Control {
    fn default() -> Self {
        Self(Arc::new(Inner { held: watch::Sender::new(None), resumes: AtomicU64::new(0) }))
    }
}

impl Control {
    /// Pauses: calls under way come to their end, no new ones go out.
    pub fn pause(&self) {
        self.hold(self.resumes(), Pause { reason: None, words: String::new() });
    }

    /// Goes on. After another token or a mended right, the people that met the refusal are tried again.
    pub fn resume(&self) {
        self.0.held.send_modify(|held| {
            self.0.resumes.fetch_add(1, Ordering::Relaxed);
            *held = None;
        });
    }

    /// How often it went on: what a call notes when it is sent.
    pub(super) fn resumes(&self) -> u64 {
        self.0.resumes.load(Ordering::Relaxed)
    }

    /// Why it stands still, if it does.
    pub fn paused(&self) -> Option<Pause> {
        self.0.held.borrow().clone()
    }

    /// Pauses for a reason; the first reason stays. `sent` is what [`Control::resumes`] was when the call went out: the answer to
    /// one from before the administrator mended it and went on says nothing of how it is now, and does not pause again.
    pub(super) fn hold(&self, sent: u64, pause: Pause) {
        self.0.held.send_if_modified(|held| {
            let first = self.resumes() == sent
                && held.as_ref().is_none_or(|h| h.reason.is_none() && pause.reason.is_some());
            if first {
                *held = Some(pause);
            }
            first
        });
    }

    /// Waits until the run is not paused.
    pub(super) async fn running(&self) {
        let mut held = self.0.held.subscribe();
        // The sender lives in self: it can't be gone.
        let _ = held.wait_for(Option::is_none).await;
    }

    /// Waits for the next change.
    pub(in crate::migration) fn watch(&self) -> watch::Receiver<Option<Pause>> {
        self.0.held.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn because(reason: PauseReason) -> Pause {
        Pause { reason: Some(reason), words: String::new() }
    }

    #[test]
    fn the_answer_to_a_call_from_before_going_on_does_not_pause_again() {
        let control = Control::default();
        let sent = control.resumes();
        control.hold(sent, because(PauseReason::Token));
        control.resume();
        control.hold(sent, because(PauseReason::Token));
        assert_eq!(control.paused(), None);
        control.hold(control.resumes(), because(PauseReason::Rights));
        assert_eq!(control.paused().unwrap().reason, Some(PauseReason::Rights));
    }

    #[test]
    fn the_first_reason_stays_and_goes_before_a_mere_wish() {
        let control = Control::default();
        control.pause();
        control.hold(0, because(PauseReason::NotOkta));
        control.hold(0, because(PauseReason::Token));
        assert_eq!(control.paused().unwrap().reason, Some(PauseReason::NotOkta));
    }
}
