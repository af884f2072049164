//! Which medicine items a medication list suggests; the nurse confirms.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::medication::Atc;

/// Lugnande: antipsychotics, anxiolytics, hypnotics.
const SEDATIVES: &[&str] = &["N05A", "N05B", "N05C"];
/// Diuretics and the combinations that contain one.
const DIURETICS: &[&str] = &[
    "C03", "C02L", "C07B", "C07C", "C07D", "C08G", "C09BA", "C09DA",
];
/// Antihypertensives other than diuretics; the combinations above count here as well.
const ANTIHYPERTENSIVES: &[&str] = &["C02", "C07", "C08", "C09"];
const ANTIPARKINSON: &[&str] = &["N04"];
const ANTIDEPRESSANTS: &[&str] = &["N06A"];

/// For each medicine item the codes that speak for it; an empty list speaks for nothing, not for "no".
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DowntonSuggestion {
    /// Codes of sedatives.
    pub sedatives: Vec<Atc>,
    /// Codes of diuretics and of combinations that contain one.
    pub diuretics: Vec<Atc>,
    /// Codes of antihypertensives; a beta-blocker may be given for another reason, so the nurse confirms.
    pub antihypertensives: Vec<Atc>,
    /// Codes of antiparkinson medicines.
    pub antiparkinson: Vec<Atc>,
    /// Codes of antidepressants.
    pub antidepressants: Vec<Atc>,
}

impl DowntonSuggestion {
    /// The points suggested, 0–5: one for each class, however many medicines it has.
    #[must_use]
    pub fn points(&self) -> u8 {
        [
            &self.sedatives,
            &self.diuretics,
            &self.antihypertensives,
            &self.antiparkinson,
            &self.antidepressants,
        ]
        .into_iter()
        .map(|codes| u8::from(!codes.is_empty()))
        .sum()
    }
}

/// Finds the medicine items that a list of codes suggests; a combination counts in both of its classes.
///
/// The mapping is the project's own reading of the item names in ATC terms, not part of the index.
#[must_use]
pub fn suggest_from_atc(codes: &[Atc]) -> DowntonSuggestion {
    let of = |prefixes: &[&str]| {
        let mut found: Vec<Atc> = Vec::new();
        for code in codes {
            if prefixes.iter().any(|prefix| code.starts_with(prefix)) && !found.contains(code) {
                found.push(code.clone());
            }
        }
        found
    };
    DowntonSuggestion {
        sedatives: of(SEDATIVES),
        diuretics: of(DIURETICS),
        antihypertensives: of(ANTIHYPERTENSIVES),
        antiparkinson: of(ANTIPARKINSON),
        antidepressants: of(ANTIDEPRESSANTS),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn list(codes: &[&str]) -> Vec<Atc> {
        codes.iter().map(|code| Atc::parse(code).unwrap()).collect()
    }

    #[test]
    fn a_combination_counts_in_both_classes() {
        let suggestion = suggest_from_atc(&list(&["C09DA01"]));
        assert_eq!(suggestion.points(), 2);
        assert_eq!(suggestion.diuretics, list(&["C09DA01"]));
        assert_eq!(suggestion.antihypertensives, list(&["C09DA01"]));
        for code in [
            "C02LA01", "C07BB02", "C07CA03", "C07DA06", "C08GA01", "C09BA02",
        ] {
            assert_eq!(suggest_from_atc(&list(&[code])).points(), 2, "{code}");
        }
    }

    #[test]
    fn two_medicines_of_a_class_are_one_point() {
        let suggestion = suggest_from_atc(&list(&["N05CF01", "N05BA04", "N05CF01"]));
        assert_eq!(suggestion.points(), 1);
        assert_eq!(suggestion.sedatives, list(&["N05CF01", "N05BA04"]));
    }

    #[test]
    fn ingrids_list_suggests_what_it_holds_and_nothing_else() {
        let suggestion = suggest_from_atc(&list(&[
            "C03CA01", "N04BA02", "N06AX11", "N02BE01", "B01AC06", "C09AA02",
        ]));
        assert_eq!(suggestion.points(), 4);
        assert_eq!(suggestion.sedatives, []);
        assert_eq!(suggestion.antihypertensives, list(&["C09AA02"]));
        assert_eq!(suggest_from_atc(&[]), DowntonSuggestion::default());
        assert_eq!(
            suggest_from_atc(&list(&["N02BE01", "C09BB04", "C09CA01"])).diuretics,
            []
        );
    }
}
