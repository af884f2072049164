//! When to try again: exponential, capped, with full jitter.

use std::time::Duration;

/// The first wait's upper bound.
const BASE: Duration = Duration::from_secs(1);

/// No wait is longer: a nurse who steps into coverage is not left waiting.
const CAP: Duration = Duration::from_secs(60);

/// Counts failures and says how long to wait after each.
///
/// Full jitter keeps 10,000 tablets that lost the server together from coming back together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// The wait after one more failure. `random` is drawn evenly from 0 up to 1.
    pub fn failed(&mut self, random: f64) -> Duration {
        let bound = BASE.saturating_mul(1 << self.failures.min(16)).min(CAP);
        self.failures = self.failures.saturating_add(1);
        // Never below a tenth of the bound: a refused connection must not become a busy loop.
        bound.mul_f64(0.1 + 0.9 * random.clamp(0.0, 1.0))
    }

    /// Forgets the failures.
    pub fn succeeded(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_minute_and_start_over_after_success() {
        let mut backoff = Backoff::default();
        let longest: Vec<u64> = (0..9).map(|_| backoff.failed(1.0).as_secs()).collect();
        assert_eq!(longest, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        backoff.succeeded();
        assert_eq!(backoff.failed(1.0).as_secs(), 1);
    }

    #[test]
    fn jitter_spreads_and_never_reaches_zero() {
        for random in [-1.0, 0.0, 0.5, 1.0, 7.0] {
            let wait = Backoff { failures: 3 }.failed(random);
            assert!(wait >= Duration::from_millis(800) && wait <= Duration::from_secs(8));
        }
    }
}
