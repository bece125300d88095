//! How fast people come to an end: what is shown, and what is reckoned with.

use std::collections::VecDeque;

/// People done over the last minute: seconds since the start, and how many were done then.
#[derive(Debug)]
pub(super) struct Speed {
    points: VecDeque<(f64, u64)>,
}

impl Default for Speed {
    fn default() -> Self {
        Self { points: VecDeque::from([(0.0, 0)]) }
    }
}

impl Speed {
    /// What the time left is reckoned by, in seconds: a whole window of Okta's, so that its turn does not show as a dip.
    const OVER: f64 = 60.0;
    /// What is shown as the speed now, in seconds.
    const SHOWN: f64 = 10.0;

    /// Notes how many are done.
    pub(super) fn note(&mut self, now: f64, done: u64) {
        if self.points.back().is_none_or(|(at, _)| now - at >= 0.5) {
            self.points.push_back((now, done));
        }
        while self.points.len() > 2 && self.points.front().is_some_and(|(at, _)| now - at > Self::OVER) {
            self.points.pop_front();
        }
    }

    /// The run stands still: what comes after is not reckoned with the time it stood.
    pub(super) fn stand(&mut self, now: f64, done: u64) {
        self.points = VecDeque::from([(now, done)]);
    }

    /// The speed of the last ten seconds, in people a minute. A run not so old counts as if nobody had come before it: ten people in
    /// two seconds are sixty a minute, not the three hundred that its first seconds would promise.
    pub(super) fn shown(&self) -> f64 {
        let Some((to, after)) = self.points.back() else { return 0.0 };
        let since = to - Self::SHOWN;
        // The last point before the ten seconds; of a younger run, its first.
        let before = self.points.iter().rev().find(|(at, _)| *at <= since).or(self.points.front());
        let Some((from, before)) = before else { return 0.0 };
        (after - before) as f64 / (to - from).max(Self::SHOWN) * 60.0
    }

    /// The speed to reckon with, in people a minute.
    pub(super) fn now(&self) -> f64 {
        match (self.points.front(), self.points.back()) {
            (Some((from, before)), Some((to, after))) if to - from > 0.9 => {
                (after - before) as f64 / (to - from) * 60.0
            }
            _ => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Speed;

    fn assert_near(a: f64, b: f64) {
        assert!((a - b).abs() < 0.1, "{a}, not {b}");
    }

    #[test]
    fn what_is_shown_is_the_speed_of_the_last_ten_seconds() {
        let mut speed = Speed::default();
        speed.note(1.0, 30);
        speed.note(2.0, 40);
        assert_near(speed.shown(), 240.0);
        assert_near(speed.now(), 1200.0);
        for second in 3..=180_u64 {
            speed.note(second as f64, 40 + (second - 2) * 10);
        }
        assert_near(speed.shown(), 600.0);
        assert_near(speed.now(), 600.0);
        // Half as fast: ten seconds later it shows, and the time left follows over a minute.
        let done = 40 + 178 * 10;
        for second in 1..=10_u64 {
            speed.note(180.0 + second as f64, done + second * 5);
        }
        assert_near(speed.shown(), 300.0);
        assert!(speed.now() > 500.0, "{}", speed.now());
        // Nobody comes any more.
        for second in 1..=10_u64 {
            speed.note(190.0 + second as f64, done + 50);
        }
        assert_near(speed.shown(), 0.0);
    }

    #[test]
    fn the_time_it_stood_still_is_not_reckoned_with() {
        let mut speed = Speed::default();
        for second in 1..=30_u64 {
            speed.note(second as f64, second * 10);
        }
        for second in 31..=330_u64 {
            speed.stand(second as f64, 300);
            assert_near(speed.shown(), 0.0);
        }
        for second in 331..=335_u64 {
            speed.note(second as f64, 300 + (second - 330) * 10);
        }
        assert_near(speed.now(), 600.0);
    }
}
