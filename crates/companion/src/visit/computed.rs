//! What the instruments say of a visit's answers, with what they rest on.

use crate::{
    api::{CfsBrief, CfsComputed, DrugView, FallsComputed, MedicationComputed, MedicationFlagView},
    projection::{atc_codes, medication_drugs, tree_input},
};
use chrono::NaiveDate;
use hemrond_documents::views::{Drug, VisitView};
use hemrond_domain::{
    instruments::{
        cfs::{AgeRule, CfsLevel, age_rule, change, classify, pathway, reference_date},
        downton,
    },
    medication::{self, Atc, FlagSettings},
    outcome::Outcome,
};
use std::collections::BTreeMap;

/// The tree beside the assessor's own level.
pub(super) fn cfs(
    view: &VisitView,
    age: Option<u32>,
    today: NaiveDate,
    previous: Option<CfsBrief>,
) -> CfsComputed {
    let level = view
        .cfs
        .level
        .and_then(|level| CfsLevel::try_from(level).ok());
    let (tree, path, incomplete) = match classify(&tree_input(&view.cfs)) {
        Ok(Outcome::Complete(result)) => {
            let path = result
                .path
                .iter()
                .map(|step| format!("cfs.step.{}", step.key()))
                .collect();
            (Some(result.level.get()), path, Vec::new())
        }
        Ok(Outcome::Incomplete(missing)) => (
            None,
            Vec::new(),
            missing
                .into_iter()
                .map(|field| format!("cfs.{field}"))
                .collect(),
        ),
        // An answer out of range was kept by another version; it decides nothing here.
        Err(error) => (None, Vec::new(), vec![format!("cfs.{}", error.field)]),
    };
    let before = previous
        .as_ref()
        .and_then(|brief| CfsLevel::try_from(i64::from(brief.level)).ok());
    CfsComputed {
        level: level.map(CfsLevel::get),
        tree,
        path,
        incomplete,
        reference_on: Some(reference_date(view.cfs.assessed_on.unwrap_or(today))),
        validated: age.map(|age| age_rule(age) == AgeRule::Validated),
        pathway: level
            .zip(age)
            .and_then(|(level, age)| pathway(level, age))
            .map(|pathway| pathway.key().to_owned()),
        change: before
            .zip(level)
            .map(|(before, now)| change(before, now).key().to_owned()),
        previous,
    }
}

/// Downton's index with the classes that the drugs suggest.
pub(super) fn falls(view: &VisitView) -> FallsComputed {
    let suggestion = downton::suggest_from_atc(&atc_codes(view));
    let suggested: BTreeMap<String, Vec<String>> = [
        ("sedatives", suggestion.sedatives),
        ("diuretics", suggestion.diuretics),
        ("antihypertensives", suggestion.antihypertensives),
        ("antiparkinson", suggestion.antiparkinson),
        ("antidepressants", suggestion.antidepressants),
    ]
    .into_iter()
    .filter(|(_, codes)| !codes.is_empty())
    .map(|(class, codes)| {
        (
            format!("falls.{class}"),
            codes.iter().map(|code| code.as_str().to_owned()).collect(),
        )
    })
    .collect();
    let unknown = FallsComputed {
        score: None,
        high: None,
        points: Vec::new(),
        incomplete: Vec::new(),
        suggested,
    };
    match downton::assess(&(&view.falls).into()) {
        Outcome::Complete(result) => FallsComputed {
            score: Some(result.score),
            high: Some(result.high),
            points: result
                .points
                .into_iter()
                .map(|(field, points)| (format!("falls.{field}"), points))
                .collect(),
            ..unknown
        },
        Outcome::Incomplete(missing) => FallsComputed {
            incomplete: missing
                .into_iter()
                .map(|field| format!("falls.{field}"))
                .collect(),
            ..unknown
        },
    }
}

/// The medication rules on the drugs that were found.
pub(super) fn medication(
    view: &VisitView,
    age: Option<u32>,
    today: NaiveDate,
) -> MedicationComputed {
    let drugs = medication_drugs(view);
    let listed = view
        .drugs
        .iter()
        .filter(|drug| drug.retraction.is_none())
        .count();
    let count = medication::drug_count(&drugs);
    let mut incomplete = Vec::new();
    if drugs.len() < listed {
        // A drug without a code can be in no rule, and nobody may think that it was.
        incomplete.push("drugs.atc".to_owned());
    }
    if age.is_none() {
        incomplete.push("age".to_owned());
    }
    let days = view
        .medication
        .last_review_on
        .map(|on| u32::try_from((today - on).num_days().max(0)).unwrap_or(u32::MAX));
    let known = listed > 0 && incomplete.is_empty();
    MedicationComputed {
        flags: flags(view),
        review_due: age
            .filter(|_| known)
            .map(|age| medication::review_due(age, count, days)),
        incomplete,
        drug_count: u32::try_from(count).unwrap_or(u32::MAX),
    }
}

/// The flags, each with the drugs behind it by the name on the package.
pub(crate) fn flags(view: &VisitView) -> Vec<MedicationFlagView> {
    let named: BTreeMap<String, String> = view
        .drugs
        .iter()
        .filter_map(|drug| {
            let atc = Atc::parse(drug.atc.as_deref()?).ok()?;
            Some((atc.as_str().to_owned(), drug.name.clone()?))
        })
        .collect();
    medication::flags(&medication_drugs(view), &FlagSettings::default())
        .into_iter()
        .map(|flag| MedicationFlagView {
            rule: flag.rule.key().to_owned(),
            drugs: flag
                .drugs
                .iter()
                .map(|atc| match named.get(atc.as_str()) {
                    Some(name) => format!("{name} ({})", atc.as_str()),
                    None => atc.as_str().to_owned(),
                })
                .collect(),
        })
        .collect()
}

/// The drugs in use.
pub(crate) fn drugs(view: &VisitView) -> Vec<DrugView> {
    view.drugs
        .iter()
        .filter(|drug| drug.retraction.is_none())
        .map(|drug: &Drug| DrugView {
            row: drug.id,
            name: drug.name.clone(),
            atc: drug.atc.clone(),
            dose: drug.dose.clone(),
            as_needed: drug.as_needed,
            taken: drug.taken.map(str::to_owned),
            note: drug.note.clone(),
        })
        .collect()
}
