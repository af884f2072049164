//! A level on the Clinical Frailty Scale.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use ts_rs::TS;

/// A level from 1 to 9. Source: Rockwood & Theou 2020 (CFS 2.0).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(try_from = "i64", into = "i64")]
#[ts(type = "number")]
pub struct CfsLevel(pub(super) u8);

/// A number that is not a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the CFS level must be between 1 and 9, but is {0}")]
pub struct CfsLevelError(pub i64);

impl CfsLevelError {
    /// The stable code of this error, which is also the key of its text.
    #[must_use]
    pub const fn code(self) -> &'static str {
        "cfs.error.level"
    }
}

impl CfsLevel {
    /// Every level, lowest first.
    pub const ALL: [Self; 9] = [
        Self(1),
        Self(2),
        Self(3),
        Self(4),
        Self(5),
        Self(6),
        Self(7),
        Self(8),
        Self(9),
    ];

    /// The number, 1–9.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl TryFrom<i64> for CfsLevel {
    type Error = CfsLevelError;

    fn try_from(value: i64) -> Result<Self, Self::Error> {
        match u8::try_from(value) {
            Ok(level @ 1..=9) => Ok(Self(level)),
            _ => Err(CfsLevelError(value)),
        }
    }
}

impl From<CfsLevel> for i64 {
    fn from(level: CfsLevel) -> Self {
        Self::from(level.0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn only_one_to_nine_are_levels() {
        for value in [i64::MIN, -1, 0, 10, 256, 257, i64::MAX] {
            assert_eq!(CfsLevel::try_from(value), Err(CfsLevelError(value)));
        }
        for (level, value) in CfsLevel::ALL.into_iter().zip(1_i64..) {
            assert_eq!(CfsLevel::try_from(value), Ok(level));
            assert_eq!(serde_json::to_string(&level).unwrap(), value.to_string());
        }
        assert!(serde_json::from_str::<CfsLevel>("10").is_err());
        assert!(serde_json::from_str::<CfsLevel>("4.5").is_err());
    }
}
