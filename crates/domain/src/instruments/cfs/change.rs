//! What a new level means beside the last one.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::CfsLevel;

/// How a level differs from the last one of the same organisation.
///
/// The rule is the project's own, not part of the scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CfsChange {
    /// The same level.
    Unchanged,
    /// Lower by so many levels, 1–8.
    Lower(u8),
    /// One level higher: ask for the cause and offer the pathway.
    RiseAskCause,
    /// Two or more levels higher: in addition, suggest that another professional assesses again.
    RiseSuggestReassessment,
}

impl CfsChange {
    /// The stable key of this change: its part of a text key.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::Lower(_) => "lower",
            Self::RiseAskCause => "rise_ask_cause",
            Self::RiseSuggestReassessment => "rise_suggest_reassessment",
        }
    }
}

/// Compares a new level with the last one of the same organisation.
#[must_use]
pub const fn change(previous: CfsLevel, current: CfsLevel) -> CfsChange {
    if current.get() <= previous.get() {
        match previous.get() - current.get() {
            0 => CfsChange::Unchanged,
            lower => CfsChange::Lower(lower),
        }
    } else if current.get() - previous.get() == 1 {
        CfsChange::RiseAskCause
    } else {
        CfsChange::RiseSuggestReassessment
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn gustav_after_the_summer() {
        let level = |value: i64| CfsLevel::try_from(value).unwrap();
        assert_eq!(change(level(5), level(5)), CfsChange::Unchanged);
        assert_eq!(change(level(5), level(6)), CfsChange::RiseAskCause);
        assert_eq!(
            change(level(5), level(7)),
            CfsChange::RiseSuggestReassessment
        );
        assert_eq!(
            change(level(1), level(9)),
            CfsChange::RiseSuggestReassessment
        );
        assert_eq!(change(level(6), level(5)), CfsChange::Lower(1));
        assert_eq!(change(level(9), level(1)), CfsChange::Lower(8));
    }
}
