//! Slowing down who asks too often: one bucket of tokens per name.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// Bounds the names remembered; a full table is emptied, which only ever favours who asks.
const NAMES: usize = 20_000;

/// How often somebody may ask.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// How many requests may come at once.
    pub burst: f64,
    /// How many more each second allows.
    pub per_second: f64,
}

impl Rate {
    /// A tablet's own pace, generously: a first sync is some hundred pages.
    pub const DEVICE: Self = Self {
        burst: 240.0,
        per_second: 20.0,
    };

    /// One-time codes: nobody types ten a minute, and nobody shall try them all.
    pub const ENROLMENT: Self = Self {
        burst: 30.0,
        per_second: 0.5,
    };

    /// Lines of the access log about people who are nobody here: six a minute, and as many at once as
    /// fit on a page.
    pub const STRANGERS: Self = Self {
        burst: 50.0,
        per_second: 0.1,
    };
}

/// The buckets.
#[derive(Debug, Default)]
pub struct Rates {
    buckets: Mutex<HashMap<Vec<u8>, Bucket>>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    at_ms: i64,
}

impl Rates {
    /// Takes one token; false if there is none left.
    pub fn allows(&self, name: &[u8], rate: Rate, now_ms: i64) -> bool {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= NAMES && !buckets.contains_key(name) {
            buckets.clear();
        }
        let bucket = buckets.entry(name.to_vec()).or_insert(Bucket {
            tokens: rate.burst,
            at_ms: now_ms,
        });
        // A clock that was set back gives nothing and takes nothing.
        #[allow(clippy::cast_precision_loss)] // Milliseconds between two requests.
        let seconds = now_ms.saturating_sub(bucket.at_ms).max(0) as f64 / 1000.0;
        bucket.tokens = (bucket.tokens + seconds * rate.per_second).min(rate.burst);
        bucket.at_ms = now_ms;
        if bucket.tokens < 1.0 {
            return false;
        }
        bucket.tokens -= 1.0;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_too_often_waits_and_others_do_not() {
        let rates = Rates::default();
        let rate = Rate {
            burst: 2.0,
            per_second: 1.0,
        };
        assert!(rates.allows(b"eva", rate, 0));
        assert!(rates.allows(b"eva", rate, 0));
        assert!(!rates.allows(b"eva", rate, 0));
        assert!(rates.allows(b"omar", rate, 0));
        assert!(!rates.allows(b"eva", rate, 900));
        assert!(rates.allows(b"eva", rate, 2_000));
        assert!(rates.allows(b"eva", rate, 2_000));
        assert!(
            !rates.allows(b"eva", rate, -5_000),
            "the clock was set back"
        );
    }
}
