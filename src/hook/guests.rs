//! Who is connected, and who goes when there is no room left: whoever has waited longest without asking anything. So someone who
//! holds connections open keeps nobody out.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio_util::sync::CancellationToken;

/// A connection's side.
#[derive(Debug)]
pub(super) struct Guest {
    stop: CancellationToken,
    go: CancellationToken,
    asking: Arc<AtomicUsize>,
}

/// Counts the requests under way of one connection.
#[derive(Debug, Clone)]
pub(super) struct Asking(Arc<AtomicUsize>);

/// One request under way.
#[derive(Debug)]
pub(super) struct Asked(Arc<AtomicUsize>);

impl Guest {
    /// Until there is no room for it any more, or the hook stops.
    pub(super) async fn told_to_go(&self) {
        tokio::select! {
            () = self.stop.cancelled() => {}
            () = self.go.cancelled() => {}
        }
    }

    /// Whether it is to go at once: it was asked to make room, and asks nothing itself.
    pub(super) fn was_idle(&self) -> bool {
        self.go.is_cancelled() && self.asking.load(Ordering::SeqCst) == 0
    }

    pub(super) fn asking(&self) -> Asking {
        Asking(Arc::clone(&self.asking))
    }
}

impl Asking {
    pub(super) fn begin(&self) -> Asked {
        self.0.fetch_add(1, Ordering::SeqCst);
        Asked(Arc::clone(&self.0))
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

struct Known {
    go: CancellationToken,
    /// Gone with the connection.
    asking: Weak<AtomicUsize>,
}

/// Everyone connected, the longest first.
#[derive(Default)]
pub(super) struct Guests(Mutex<VecDeque<Known>>);

impl Guests {
    /// One more.
    pub(super) fn welcome(&self, stop: &CancellationToken) -> Guest {
        let guest = Guest { stop: stop.clone(), go: CancellationToken::new(), asking: Arc::default() };
        let known = Known { go: guest.go.clone(), asking: Arc::downgrade(&guest.asking) };
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Those who left are forgotten now and then: the list is never much longer than there is room.
        if all.len() == all.capacity() {
            all.retain(|known| known.asking.strong_count() > 0);
        }
        all.push_back(known);
        guest
    }

    /// Asks the one to go who has been here longest and asks nothing. Whether there was one.
    pub(super) fn make_room(&self) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|known| known.asking.strong_count() > 0);
        let idle = |known: &Known| known.asking.upgrade().is_some_and(|n| n.load(Ordering::SeqCst) == 0);
        let Some(known) = all.iter().position(idle).and_then(|at| all.remove(at)) else { return false };
        known.go.cancel();
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_idle_goes_and_nobody_who_asks() {
        let (guests, stop) = (Guests::default(), CancellationToken::new());
        let all: Vec<Guest> = (0..3).map(|_| guests.welcome(&stop)).collect();
        let asked = all[0].asking().begin();
        assert!(guests.make_room());
        let gone = |n: usize| all[n].go.is_cancelled();
        assert_eq!([gone(0), gone(1), gone(2)], [false, true, false]);
        assert!(all[1].was_idle() && !all[0].was_idle());
        assert!(guests.make_room() && gone(2));
        assert!(!guests.make_room(), "the one left is being answered");
        drop(asked);
        assert!(guests.make_room() && gone(0));
    }

    #[test]
    fn who_left_is_forgotten() {
        let (guests, stop) = (Guests::default(), CancellationToken::new());
        for _ in 0..10_000 {
            drop(guests.welcome(&stop));
        }
        assert!(guests.0.lock().unwrap().len() < 64);
        assert!(!guests.make_room());
    }
}
