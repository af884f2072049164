//! A medication list against the rules.
//!
//! Source: Socialstyrelsen, "Indikatorer för god läkemedelsterapi hos äldre" (2017-6-7, corrected November 2017) and its
//! 2010 edition, cited and not quoted. A flag is raised only on what is written: no duration, dose or substance is guessed.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::ceilings::{CEILINGS, PARACETAMOL, PARACETAMOL_SOURCE};
use super::patterns::{self, Pattern};
use super::{Atc, Rule};

/// From how many substances the list is long (rule M10).
const POLYPHARMACY_FROM: usize = 10;
/// From how many psychotropics the list is flagged (rule M12).
const PSYCHOTROPICS_FROM: usize = 3;

/// One row of a medication list, as far as the rules need it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(rename = "MedicationDrug")]
pub struct Drug {
    /// The code.
    pub atc: Atc,
    /// Whether it is taken as needed and not regularly.
    pub as_needed: bool,
    /// For how many days without a break it has been used until today, when known.
    #[serde(default)]
    pub days: Option<u32>,
    /// The highest amount of a day in milligrams, when known; positive.
    #[serde(default)]
    pub dose_mg_per_day: Option<f64>,
}

/// Where the sources leave a choice to the organisation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
#[ts(rename = "MedicationFlagSettings")]
pub struct FlagSettings {
    /// Whether lithium counts as a psychotropic in M12; the indicator leaves it out of its antipsychotic rules.
    pub count_lithium: bool,
    /// Whether medicines for skin and eyes count in M10.
    pub count_dermal_and_eye: bool,
    /// The daily dose of paracetamol above which M9 asks, in milligrams: 4000 nationally (2010), 3000 in some regions.
    pub paracetamol_mg_per_day: f64,
}

impl Default for FlagSettings {
    fn default() -> Self {
        Self {
            count_lithium: false,
            count_dermal_and_eye: true,
            paracetamol_mg_per_day: 4000.0,
        }
    }
}

/// A rule that asks for a second look, with the codes that raised it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "MedicationFlag")]
pub struct Flag {
    /// The rule.
    pub rule: Rule,
    /// The codes that raised it, each once, in the order of the list.
    pub drugs: Vec<Atc>,
    /// Where the rule comes from.
    pub source: &'static str,
}

/// Raises the flags of a medication list, in the order of the rules.
///
/// One rule can raise several flags: M8 and M11 one for each group, M9 one for each substance. Not computed: M13
/// (interactions need a licensed source), and of M8 the hypnotics and antipsychotics, because whether that medicine has
/// been reviewed is not in the list. M8 takes daily use from a known duration of a medicine that is not as-needed.
#[must_use]
pub fn flags(drugs: &[Drug], settings: &FlagSettings) -> Vec<Flag> {
    let mut raised = Vec::new();
    for (rule, group) in [
        (Rule::M1, patterns::LONG_ACTING_BENZODIAZEPINES),
        (Rule::M2, patterns::ANTICHOLINERGIC),
        (Rule::M3, patterns::TRAMADOL),
        (Rule::M4, patterns::PROPIOMAZINE),
        (Rule::M5, patterns::CODEINE),
        (Rule::M6, patterns::GLIBENCLAMIDE),
        (Rule::M7, patterns::INDICATION_MUST_BE_CLEAR),
    ] {
        raise(&mut raised, rule, of_group(drugs, group));
    }
    long_use(drugs, &mut raised);
    high_doses(drugs, settings, &mut raised);
    polypharmacy(drugs, settings, &mut raised);
    duplicates(drugs, &mut raised);
    psychotropics(drugs, settings, &mut raised);
    tramadol_with_ssri(drugs, &mut raised);
    raised
}

/// How many medicines a list holds: distinct substances, as-needed included.
///
/// A code that names only a group counts as one when no substance of that group is in the list, so that the number is
/// never above the truth.
#[must_use]
pub fn drug_count(drugs: &[Drug]) -> usize {
    distinct(drugs.iter().map(|drug| &drug.atc)).len()
}

fn raise(raised: &mut Vec<Flag>, rule: Rule, drugs: Vec<Atc>) {
    if !drugs.is_empty() {
        raised.push(Flag {
            rule,
            drugs,
            source: rule.source(),
        });
    }
}

/// The codes of a group, each once, in the order of the list.
fn of_group(drugs: &[Drug], group: &[Pattern]) -> Vec<Atc> {
    once(
        drugs
            .iter()
            .map(|drug| &drug.atc)
            .filter(|code| patterns::any(group, code)),
    )
}

fn once<'a>(codes: impl Iterator<Item = &'a Atc>) -> Vec<Atc> {
    let mut seen = BTreeSet::new();
    codes.filter(|code| seen.insert(*code)).cloned().collect()
}

/// Each code once, without the groups that a more exact code in the list may be a member of.
fn distinct<'a>(codes: impl Iterator<Item = &'a Atc>) -> Vec<Atc> {
    let codes = once(codes);
    // Sorted, whatever a group contains follows right after it.
    let mut sorted: Vec<&Atc> = codes.iter().collect();
    sorted.sort_unstable();
    let vague: BTreeSet<Atc> = sorted
        .windows(2)
        .filter_map(|pair| match pair {
            [group, next] if next.starts_with(group.as_str()) => Some((*group).clone()),
            _ => None,
        })
        .collect();
    codes
        .into_iter()
        .filter(|code| !vague.contains(code))
        .collect()
}

/// M8, the parts that a duration decides.
fn long_use(drugs: &[Drug], raised: &mut Vec<Flag>) {
    let longer_than = |group: &[Pattern], limit: u32| {
        let long = |drug: &&Drug| !drug.as_needed && drug.days.is_some_and(|days| days > limit);
        once(
            drugs
                .iter()
                .filter(long)
                .map(|drug| &drug.atc)
                .filter(|code| patterns::any(group, code)),
        )
    };
    raise(raised, Rule::M8, longer_than(patterns::NSAID, 14));
    // Laxatives belong beside a strong opioid. A group code does not tell strong from weak, so any opioid excuses them.
    if of_group(drugs, patterns::OPIOIDS).is_empty() {
        raise(
            raised,
            Rule::M8,
            longer_than(patterns::STIMULANT_LAXATIVES, 7),
        );
    }
    raise(
        raised,
        Rule::M8,
        longer_than(patterns::GLUCOCORTICOIDS, 365),
    );
    raise(raised, Rule::M8, longer_than(patterns::ANTIEPILEPTICS, 365));
}

/// M9: the known doses of a substance together above its ceiling; an unknown dose can only add to them.
fn high_doses(drugs: &[Drug], settings: &FlagSettings, raised: &mut Vec<Flag>) {
    let configured = (
        PARACETAMOL,
        settings.paracetamol_mg_per_day,
        PARACETAMOL_SOURCE,
    );
    let fixed = CEILINGS
        .iter()
        .map(|ceiling| (ceiling.atc, ceiling.mg_per_day, ceiling.source));
    for (substance, ceiling, source) in fixed.chain([configured]) {
        let of_substance: Vec<&Drug> = drugs
            .iter()
            .filter(|drug| drug.atc.as_str() == substance)
            .collect();
        let known: f64 = of_substance
            .iter()
            .filter_map(|drug| drug.dose_mg_per_day)
            .filter(|dose| *dose > 0.0)
            .sum();
        if known > ceiling {
            raised.push(Flag {
                rule: Rule::M9,
                drugs: once(of_substance.iter().map(|drug| &drug.atc)),
                source,
            });
        }
    }
}

/// M10: ten or more distinct substances, regular or as needed.
fn polypharmacy(drugs: &[Drug], settings: &FlagSettings, raised: &mut Vec<Flag>) {
    let counted = drugs.iter().map(|drug| &drug.atc).filter(|code| {
        settings.count_dermal_and_eye || !patterns::any(patterns::DERMAL_AND_EYE, code)
    });
    let counted = distinct(counted);
    if counted.len() >= POLYPHARMACY_FROM {
        raise(raised, Rule::M10, counted);
    }
}

/// M11: different substances that share their first five characters.
fn duplicates(drugs: &[Drug], raised: &mut Vec<Flag>) {
    let mut groups: BTreeMap<&str, Vec<&Atc>> = BTreeMap::new();
    for code in drugs.iter().map(|drug| &drug.atc) {
        if let Some(group) = code.chemical_group() {
            groups.entry(group).or_default().push(code);
        }
    }
    for codes in groups.into_values() {
        let different = once(codes.into_iter());
        if different.len() >= 2 {
            raise(raised, Rule::M11, different);
        }
    }
}

/// M12: three or more psychotropics, regular or as needed.
fn psychotropics(drugs: &[Drug], settings: &FlagSettings, raised: &mut Vec<Flag>) {
    let group = if settings.count_lithium {
        patterns::PSYCHOTROPICS
    } else {
        patterns::PSYCHOTROPICS_BUT_LITHIUM
    };
    let found = of_group(drugs, group);
    let found = distinct(found.iter());
    if found.len() >= PSYCHOTROPICS_FROM {
        raise(raised, Rule::M12, found);
    }
}

/// M14: tramadol and an SSRI in the same list.
fn tramadol_with_ssri(drugs: &[Drug], raised: &mut Vec<Flag>) {
    let (tramadol, ssri) = (
        of_group(drugs, patterns::TRAMADOL),
        of_group(drugs, patterns::SSRI),
    );
    if !tramadol.is_empty() && !ssri.is_empty() {
        raise(raised, Rule::M14, [tramadol, ssri].concat());
    }
}

#[cfg(test)]
mod tests;
