//! How long to wait before the next attempt to connect.

use std::time::Duration;

/// Doubles with every failure. Half of each pause is drawn by lot, so that several instances that lost the same
/// switch do not come back in step.
#[derive(Debug)]
pub(super) struct Backoff {
    first: Duration,
    longest: Duration,
    next: Duration,
}

impl Backoff {
    /// The first pause is the shortest.
    pub(super) const fn new(first: Duration, longest: Duration) -> Self {
        Self { first, longest, next: first }
    }

    /// The pause before the next attempt.
    pub(super) fn pause(&mut self) -> Duration {
        let half = self.next / 2;
        self.next = (self.next * 2).min(self.longest);
        half + half.mul_f64(rand::random::<f64>())
    }

    /// The connection held: begin anew.
    pub(super) const fn reset(&mut self) {
        self.next = self.first;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_a_limit_and_start_over() {
        let first = Duration::from_millis(250);
        let mut backoff = Backoff::new(first, Duration::from_secs(10));
        for expected_ms in [250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000] {
            let pause = backoff.pause().as_millis();
            assert!((expected_ms / 2..=expected_ms).contains(&pause), "{pause} of {expected_ms}");
        }
        backoff.reset();
        assert!(backoff.pause() <= first);
    }
}
