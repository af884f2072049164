//! From answers to points.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::keyed::keyed;
use crate::outcome::Outcome;

/// The sum from which the risk of falling is high. Source: Rosendahl 2003 (≥3).
pub const HIGH_RISK_FROM: u8 = 3;

/// The names of the eleven items in the order in which they are asked.
pub const FIELDS: [&str; 11] = [
    "previous_falls",
    "sedatives",
    "diuretics",
    "antihypertensives",
    "antiparkinson",
    "antidepressants",
    "vision",
    "hearing",
    "limbs",
    "cognition",
    "gait",
];

keyed! {
    /// Whether the person is oriented.
    #[ts(rename = "DowntonCognition")]
    pub enum Cognition {
        /// Oriented: no point.
        Oriented = "oriented",
        /// Confused: one point.
        Confused = "confused",
    }
}

keyed! {
    /// How the person walks; only an unsafe gait gives a point.
    #[ts(rename = "DowntonGait")]
    pub enum Gait {
        /// Normal.
        Normal = "normal",
        /// Safe with a walking aid.
        SafeWithAid = "safe_with_aid",
        /// Unsafe: one point.
        Unsafe = "unsafe",
        /// Cannot walk: no point, because who does not walk does not fall walking.
        Unable = "unable",
    }
}

/// The answers; an answer not given is `None`. Medicines of no listed class give no points and are not asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DowntonInput {
    /// Known falls before.
    pub previous_falls: Option<bool>,
    /// Uses sedatives.
    pub sedatives: Option<bool>,
    /// Uses diuretics.
    pub diuretics: Option<bool>,
    /// Uses antihypertensives other than diuretics.
    pub antihypertensives: Option<bool>,
    /// Uses antiparkinson medicines.
    pub antiparkinson: Option<bool>,
    /// Uses antidepressants.
    pub antidepressants: Option<bool>,
    /// Impaired sight.
    pub vision: Option<bool>,
    /// Impaired hearing.
    pub hearing: Option<bool>,
    /// Impaired limbs, for example after amputation or stroke, or by neuropathy.
    pub limbs: Option<bool>,
    /// Orientation.
    pub cognition: Option<Cognition>,
    /// Gait.
    pub gait: Option<Gait>,
}

/// The sum with the points it is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DowntonResult {
    /// The sum, 0–11.
    pub score: u8,
    /// Whether the sum is at least [`HIGH_RISK_FROM`].
    pub high: bool,
    /// Every item with its points, in the order in which they are asked.
    pub points: Vec<(&'static str, u8)>,
}

/// Adds up the index; incomplete with the names of all missing items, in the order in which they are asked.
///
/// Source: Downton 1993, openEHR archetype of the index.
#[must_use]
pub fn assess(input: &DowntonInput) -> Outcome<DowntonResult> {
    let answers: [Option<bool>; 11] = [
        input.previous_falls,
        input.sedatives,
        input.diuretics,
        input.antihypertensives,
        input.antiparkinson,
        input.antidepressants,
        input.vision,
        input.hearing,
        input.limbs,
        input
            .cognition
            .map(|cognition| cognition == Cognition::Confused),
        input.gait.map(|gait| gait == Gait::Unsafe),
    ];
    let mut points = Vec::with_capacity(FIELDS.len());
    let mut missing = Vec::new();
    for (field, answer) in FIELDS.into_iter().zip(answers) {
        match answer {
            Some(scores) => points.push((field, u8::from(scores))),
            None => missing.push(field),
        }
    }
    if !missing.is_empty() {
        return Outcome::Incomplete(missing);
    }
    let score = points.iter().map(|(_, point)| point).sum();
    Outcome::Complete(DowntonResult {
        score,
        high: score >= HIGH_RISK_FROM,
        points,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const NO_RISK: DowntonInput = DowntonInput {
        previous_falls: Some(false),
        sedatives: Some(false),
        diuretics: Some(false),
        antihypertensives: Some(false),
        antiparkinson: Some(false),
        antidepressants: Some(false),
        vision: Some(false),
        hearing: Some(false),
        limbs: Some(false),
        cognition: Some(Cognition::Oriented),
        gait: Some(Gait::Normal),
    };

    fn scored(input: DowntonInput) -> (u8, bool) {
        let result = assess(&input).complete().unwrap();
        (result.score, result.high)
    }

    /// Downton Fall Risk Index: limits and the two answers that give no point although they sound like risk.
    #[test]
    fn the_rows_of_the_index() {
        assert_eq!(scored(NO_RISK), (0, false));

        let birgit = DowntonInput {
            previous_falls: Some(true),
            diuretics: Some(true),
            ..NO_RISK
        };
        assert_eq!(scored(birgit), (2, false));
        assert_eq!(
            scored(DowntonInput {
                gait: Some(Gait::Unsafe),
                ..birgit
            }),
            (3, true)
        );
        assert_eq!(
            scored(DowntonInput {
                gait: Some(Gait::Unable),
                ..birgit
            }),
            (2, false)
        );
        assert_eq!(
            scored(DowntonInput {
                gait: Some(Gait::SafeWithAid),
                ..birgit
            }),
            (2, false)
        );

        let everything = DowntonInput {
            previous_falls: Some(true),
            sedatives: Some(true),
            diuretics: Some(true),
            antihypertensives: Some(true),
            antiparkinson: Some(true),
            antidepressants: Some(true),
            vision: Some(true),
            hearing: Some(true),
            limbs: Some(true),
            cognition: Some(Cognition::Confused),
            gait: Some(Gait::Unsafe),
        };
        assert_eq!(scored(everything), (11, true));
        let points = assess(&everything).complete().unwrap().points;
        assert_eq!(points, FIELDS.map(|field| (field, 1)));
    }

    #[test]
    fn every_item_must_be_answered() {
        assert_eq!(
            assess(&DowntonInput::default()),
            Outcome::Incomplete(FIELDS.to_vec())
        );
        let half = DowntonInput {
            gait: None,
            hearing: None,
            ..NO_RISK
        };
        assert_eq!(assess(&half), Outcome::Incomplete(vec!["hearing", "gait"]));
    }
}
