//! Notices of a database server, counted.
//!
//! sqlx passes a server's notices to the log and goes on reading, and as long as there is something to read it does not pause: a server
//! that sends notices without end keeps the thread for ever, and nothing from outside can make it stop. The log is the one place where
//! the driver comes by here. So the log is listened to while a driver works, and a work with too many notices in one go is ended from
//! within, by an unwinding that the guard takes in like any other stumbling of a driver.

use std::cell::Cell;
use std::sync::LazyLock;

use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Dispatch, Event, Metadata, Subscriber, dispatcher};

/// What sqlx calls a notice in its log.
const NOTICE: &str = "sqlx::postgres::notice";

/// So many in one go, no pause between them: a function that tells something for each of a million rows makes fewer, because rows are
/// taken in batches. The log is asked up to three times for each.
const MOST: u32 = 1_000_000;

/// The unwinding's reason.
#[derive(Debug)]
pub(super) struct TooMany;

thread_local! {
    /// How many may still come in this go; `None` outside of a driver's work.
    static LEFT: Cell<Option<u32>> = const { Cell::new(None) };
}

/// Runs one go of a driver's work.
pub(super) fn counted<T>(work: impl FnOnce() -> T) -> T {
    struct Restore(Option<u32>);
    impl Drop for Restore {
        fn drop(&mut self) {
            LEFT.set(self.0);
        }
    }
    let _restore = Restore(LEFT.replace(Some(MOST)));
    dispatcher::with_default(&LISTENER, work)
}

/// One for all: each new one makes the log think anew about everything it may be told.
static LISTENER: LazyLock<Dispatch> =
    LazyLock::new(|| Dispatch::new(Listener { log: dispatcher::get_default(Clone::clone) }));

/// Counts notices; everything goes on to the log as it is.
struct Listener {
    log: Dispatch,
}

impl Listener {
    fn hear(metadata: &Metadata<'_>) {
        if metadata.target() != NOTICE {
            return;
        }
        match LEFT.get() {
            None => {}
            // Not a panic: nobody is to be told on stderr.
            Some(0) => std::panic::resume_unwind(Box::new(TooMany)),
            Some(left) => LEFT.set(Some(left - 1)),
        }
    }
}

impl Subscriber for Listener {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if metadata.target() == NOTICE { Interest::sometimes() } else { self.log.register_callsite(metadata) }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        Self::hear(metadata);
        self.log.enabled(metadata)
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.log.new_span(span)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        self.log.record(span, values);
    }

    fn record_follows_from(&self, span: &Id, follows: &Id) {
        self.log.record_follows_from(span, follows);
    }

    fn event(&self, event: &Event<'_>) {
        self.log.event(event);
    }

    fn enter(&self, span: &Id) {
        self.log.enter(span);
    }

    fn exit(&self, span: &Id) {
        self.log.exit(span);
    }

    fn clone_span(&self, span: &Id) -> Id {
        self.log.clone_span(span)
    }

    fn try_close(&self, span: Id) -> bool {
        self.log.try_close(span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notices(many: u32) {
        for _ in 0..many {
            let _ = tracing::enabled!(target: NOTICE, tracing::Level::TRACE);
        }
    }

    #[test]
    fn chatter_ends_the_work_and_talk_does_not() {
        counted(|| notices(MOST));
        let ended = std::panic::catch_unwind(|| counted(|| notices(MOST + 1)));
        assert!(ended.is_err_and(|why| why.is::<TooMany>()));
        // Outside, and after it, nobody listens.
        notices(MOST + 1);
        counted(|| notices(MOST));
    }
}
