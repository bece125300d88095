//! The server's clock as seen from here. Okta tells its time in whole seconds only; many answers together tell it finely.

/// Bounds on (server's epoch seconds − our own running seconds), drawn tighter with each answer.
///
/// An answer with `Date: d` was written somewhere in `[d, d + 1)` by the server's clock, and somewhere between sending and
/// receiving by ours.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ServerClock {
    bounds: Option<(f64, f64)>,
}

impl ServerClock {
    /// Takes in an answer's `Date`.
    pub(super) fn learn(&mut self, date: i64, sent: f64, received: f64) {
        let date = date as f64;
        let (low, high) = (date - received, date + 1.0 - sent);
        self.bounds = Some(match self.bounds {
            Some((l, h)) if l.max(low) <= h.min(high) => (l.max(low), h.min(high)),
            // The first answer, or one of the clocks was set: begin anew.
            _ => (low, high),
        });
    }

    /// Our time by which the server's clock surely shows `server`.
    pub(super) fn surely_by(&self, server: f64) -> Option<f64> {
        self.bounds.map(|(low, _)| server - low)
    }

    /// What the server's clock surely shows by our time `ours`, in epoch seconds.
    pub(super) fn shows_at_least(&self, ours: f64) -> Option<f64> {
        self.bounds.map(|(low, _)| ours + low)
    }

    /// Our time before which the server's clock surely doesn't show `server` yet.
    pub(super) fn not_before(&self, server: f64) -> Option<f64> {
        self.bounds.map(|(_, high)| server - high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_seconds_become_fine_with_many_answers() {
        let mut clock = ServerClock::default();
        // Truth: server = ours + 1000.4; each way takes 0.15 s.
        for n in 0..200 {
            let sent = f64::from(n) * 0.37;
            #[expect(clippy::cast_possible_truncation, reason = "small numbers")]
            let date = (sent + 0.15 + 1000.4).floor() as i64;
            clock.learn(date, sent, sent + 0.3);
        }
        let (by, before) = (clock.surely_by(1100.0), clock.not_before(1100.0));
        assert!(by.is_some_and(|t| (99.6..99.8).contains(&t)), "{by:?}");
        assert!(before.is_some_and(|t| (99.4..=99.6).contains(&t)), "{before:?}");
    }

    #[test]
    fn a_clock_that_was_set_is_learnt_anew() {
        let mut clock = ServerClock::default();
        clock.learn(1000, 0.0, 0.2);
        clock.learn(5000, 1.0, 1.2);
        assert!(clock.surely_by(5001.0).is_some_and(|t| t < 3.0));
    }
}
