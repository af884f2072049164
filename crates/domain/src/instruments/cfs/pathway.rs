//! The pathway that a level leads to, and the ages it is valid for.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::CfsLevel;
use crate::keyed::keyed;

/// The age from which the scale is validated. Source: UNN, Janusinfo (≥65 years).
const VALIDATED_FROM_AGE: u32 = 65;

/// Whether the scale is validated at an age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "CfsAgeRule")]
pub enum AgeRule {
    /// 65 years or older.
    Validated,
    /// Younger: a level may be recorded with a mark that says so, and leads to no pathway.
    NotValidated,
}

/// Whether the scale is validated at `age` full years. Source: UNN, Janusinfo (≥65 years).
#[must_use]
pub const fn age_rule(age: u32) -> AgeRule {
    if age >= VALIDATED_FROM_AGE {
        AgeRule::Validated
    } else {
        AgeRule::NotValidated
    }
}

keyed! {
    /// The group of levels that shares actions and flows.
    ///
    /// Source: Närvårdssamverkan Södra Älvsborg, "Nära Vård 2025" (groups 1–4, 5–6, 7–9).
    #[ts(rename = "CfsPathway")]
    pub enum Pathway {
        /// Preventive work.
        OneToFour = "one_to_four",
        /// Coordination in daily joint work.
        FiveToSix = "five_to_six",
        /// Medical care plan, correct medication list and aids.
        SevenToNine = "seven_to_nine",
    }
}

/// The pathway of a level at `age` full years; `None` where the scale is not validated.
#[must_use]
pub const fn pathway(level: CfsLevel, age: u32) -> Option<Pathway> {
    match (age_rule(age), level.get()) {
        (AgeRule::NotValidated, _) => None,
        (AgeRule::Validated, ..=4) => Some(Pathway::OneToFour),
        (AgeRule::Validated, 5..=6) => Some(Pathway::FiveToSix),
        (AgeRule::Validated, _) => Some(Pathway::SevenToNine),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Groups 1–4, 5–6, 7–9, from 65 years.
    #[test]
    fn the_pathway_follows_the_level_from_sixty_five() {
        let pathways: Vec<_> = CfsLevel::ALL
            .into_iter()
            .filter_map(|level| pathway(level, 65))
            .collect();
        let (low, middle, high) = (Pathway::OneToFour, Pathway::FiveToSix, Pathway::SevenToNine);
        assert_eq!(
            pathways,
            [low, low, low, low, middle, middle, high, high, high]
        );
        assert!(
            CfsLevel::ALL
                .into_iter()
                .all(|level| pathway(level, 64).is_none())
        );
        assert_eq!(age_rule(64), AgeRule::NotValidated);
        assert_eq!(age_rule(65), AgeRule::Validated);
        assert_eq!(age_rule(u32::MAX), AgeRule::Validated);
    }
}
