//! How long an account waits after wrong tries: longer each time, and never for good.

use crate::rate::Rate;

/// Wrong tries that cost nothing: everybody mistypes.
const FREE: i64 = 3;

/// The longest wait, in milliseconds.
const LONGEST: i64 = 5 * 60 * 1000;

/// All tries of all accounts together: whoever tries names does so from anywhere.
pub(super) const EVERYBODY: Rate = Rate {
    burst: 30.0,
    per_second: 1.0,
};

/// Tries in a browser in which the person has been signed in before. They do not wait for what
/// strangers did, so that nobody can be kept out by being tried.
pub(super) const KNOWN_BROWSER: Rate = Rate {
    burst: 5.0,
    per_second: 1.0 / 30.0,
};

/// Until when an account waits, in milliseconds since 1970.
pub(super) fn waits_until(failures: i64, failed_at: i64) -> i64 {
    if failures < FREE {
        return i64::MIN;
    }
    let doublings = u32::try_from(failures - FREE).unwrap_or(u32::MAX).min(20);
    failed_at.saturating_add(LONGEST.min(1000 << doublings))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end() {
        assert_eq!(waits_until(0, 500), i64::MIN);
        assert_eq!(waits_until(2, 500), i64::MIN);
        assert_eq!(waits_until(3, 500), 1_500);
        assert_eq!(waits_until(4, 500), 2_500);
        assert_eq!(waits_until(10, 500), 128_500);
        assert_eq!(waits_until(12, 500), 300_500);
        assert_eq!(waits_until(i64::MAX, 500), 300_500);
    }
}
