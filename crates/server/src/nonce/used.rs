//! The signatures that were taken while their nonces are good, within bounded memory.

use super::{LIFE_MS, SKEW_MS};
use std::collections::HashSet;

/// Bounds each of the two sets: about 4 MB together. Over a hundred requests a second for ten
/// minutes fit; beyond that the oldest are forgotten early.
const MOST: usize = 100_000;

/// Two sets, of which the older is forgotten when the newer has become as old as a nonce can.
#[derive(Default)]
pub(super) struct Used {
    newer: HashSet<[u8; 16]>,
    older: HashSet<[u8; 16]>,
    since_ms: i64,
}

impl Used {
    /// Notes a signature by its first half; false if it is there already.
    pub(super) fn is_first(&mut self, mark: &[u8; 32], now_ms: i64) -> bool {
        // Half of it is enough: whoever can choose signatures has the key.
        let mut short = [0; 16];
        short.copy_from_slice(&mark[..16]);
        if now_ms.saturating_sub(self.since_ms) > LIFE_MS + SKEW_MS || self.newer.len() >= MOST {
            self.older = std::mem::take(&mut self.newer);
            self.since_ms = now_ms;
        }
        !self.older.contains(&short) && self.newer.insert(short)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(number: usize) -> [u8; 32] {
        let mut mark = [0; 32];
        mark[..8].copy_from_slice(&number.to_be_bytes());
        mark
    }

    #[test]
    fn a_signature_is_remembered_as_long_as_its_nonce_is_good() {
        let mut used = Used::default();
        let begun = 1_800_000_000_000;
        assert!(used.is_first(&mark(1), begun));
        for later in [0, 1, LIFE_MS / 2, LIFE_MS, LIFE_MS + SKEW_MS] {
            assert!(!used.is_first(&mark(1), begun + later), "{later}");
        }
        // Taken late in one set's time, it is still there in the next one's.
        let late = begun + LIFE_MS + SKEW_MS;
        assert!(used.is_first(&mark(2), late));
        assert!(used.is_first(&mark(3), late + 1));
        assert!(!used.is_first(&mark(2), late + LIFE_MS));
    }

    #[test]
    fn memory_is_bounded() {
        let mut used = Used::default();
        for number in 0..3 * MOST {
            assert!(used.is_first(&mark(number), 1));
        }
        assert!(used.newer.len() + used.older.len() <= 2 * MOST);
        assert!(!used.is_first(&mark(3 * MOST - 1), 1));
    }
}
