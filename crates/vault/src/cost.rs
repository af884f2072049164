//! How much a try at a PIN costs.

use serde::{Deserialize, Serialize};

/// What Argon2id is made to spend on one try.
///
/// The values stand in each slot, so that they can rise without shutting anybody out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written")]
pub struct Cost {
    memory_kib: u32,
    passes: u32,
}

#[derive(Deserialize)]
struct Written {
    memory_kib: u32,
    passes: u32,
}

/// A cost that is too low to protect anything, or so high that a tablet could not pay it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{memory_kib} KiB and {passes} passes are no cost of a slot")]
pub struct BadCost {
    memory_kib: u32,
    passes: u32,
}

impl Cost {
    /// 46 MiB and two passes: above each of the settings that OWASP's password storage cheat sheet
    /// names (46 MiB and one, 19 MiB and two), and below a second on a slow tablet.
    pub const USUAL: Self = Self {
        memory_kib: 47_104,
        passes: 2,
    };

    /// A cost of so many KiB of memory and so many passes over it, in one lane.
    ///
    /// # Errors
    /// Below 19 MiB and two passes, and above 256 MiB or ten passes: a slot may have been written by
    /// somebody who wants the tablet to run out of memory.
    pub const fn new(memory_kib: u32, passes: u32) -> Result<Self, BadCost> {
        if memory_kib < 19_456 || memory_kib > 262_144 || passes < 2 || passes > 10 {
            return Err(BadCost { memory_kib, passes });
        }
        Ok(Self { memory_kib, passes })
    }

    pub(crate) fn params(self) -> Result<argon2::Params, argon2::Error> {
        argon2::Params::new(self.memory_kib, self.passes, 1, Some(32))
    }
}

impl TryFrom<Written> for Cost {
    type Error = BadCost;

    fn try_from(written: Written) -> Result<Self, BadCost> {
        Self::new(written.memory_kib, written.passes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cost_is_neither_a_gift_nor_a_trap() {
        for (memory, passes, good) in [
            (19_456, 2, true),
            (47_104, 2, true),
            (262_144, 10, true),
            (19_455, 2, false),
            (47_104, 1, false),
            (262_145, 2, false),
            (47_104, 11, false),
            (u32::MAX, u32::MAX, false),
            (0, 0, false),
        ] {
            assert_eq!(Cost::new(memory, passes).is_ok(), good, "{memory} {passes}");
            let text = format!("{{\"memory_kib\":{memory},\"passes\":{passes}}}");
            let read = serde_json::from_str::<Cost>(&text);
            assert_eq!(read.is_ok(), good, "{text}");
        }
        assert!(Cost::new(Cost::USUAL.memory_kib, Cost::USUAL.passes).is_ok());
    }
}
