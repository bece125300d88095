//! Something that changes by itself and is looked at for as long as somebody holds on to it.

use tokio::sync::watch::Receiver;
use tokio::task::AbortHandle;

/// What is being watched. Dropped, nobody looks any more.
pub struct Watch<P> {
    seen: Receiver<P>,
    task: Option<AbortHandle>,
}

impl<P: Clone> Watch<P> {
    pub(super) fn new(seen: Receiver<P>, task: Option<AbortHandle>) -> Self {
        Self { seen, task }
    }

    /// How it is now, if that was not taken yet.
    pub fn take(&mut self) -> Option<P> {
        // An ended watch may have left its last word.
        let new = self.seen.has_changed().unwrap_or(false);
        new.then(|| self.seen.borrow_and_update().clone())
    }
}

impl<P> Drop for Watch<P> {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}
