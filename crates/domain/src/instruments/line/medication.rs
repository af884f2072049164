//! The `medication` line.

use serde_json::{Value, json};

use super::fields::{Fields, LineError};
use super::incomplete;
use crate::medication::{Atc, Drug, FlagSettings, Rule, drug_count, flags, review_due};

/// Above every age that a person has reached; a larger number is a slip of the finger.
const AGE_MAX: u32 = 130;

pub(super) fn answer(fields: &Fields<'_>) -> Result<Value, LineError> {
    let mut missing = Vec::new();
    let age = fields.count("age", AGE_MAX)?;
    if age.is_none() {
        missing.push("age".to_owned());
    }
    let drugs = drugs(fields, &mut missing)?;
    let last_review_days = fields.count("last_review_days", u32::MAX)?;
    // Absent is a question not asked; null is the answer that no review is known.
    if fields.raw("last_review_days").is_none() {
        missing.push("last_review_days".to_owned());
    }
    let Some(age) = age.filter(|_| missing.is_empty()) else {
        return Ok(incomplete(&missing));
    };

    let raised = flags(&drugs, &FlagSettings::default());
    let mut rules: Vec<Rule> = raised.iter().map(|flag| flag.rule).collect();
    rules.sort_unstable_by_key(|rule| rule.number());
    rules.dedup();
    let count = drug_count(&drugs);
    Ok(json!({
        "flags": rules,
        "review_due": review_due(age, count, last_review_days),
        "drug_count": count,
        "details": raised,
    }))
}

/// The drugs that are complete; what others lack is added to `missing`.
fn drugs(fields: &Fields<'_>, missing: &mut Vec<String>) -> Result<Vec<Drug>, LineError> {
    let Some(list) = fields.present("drugs") else {
        missing.push("drugs".to_owned());
        return Ok(Vec::new());
    };
    let rows = list
        .as_array()
        .ok_or_else(|| fields.wrong("drugs", "a list"))?;
    let mut drugs = Vec::with_capacity(rows.len());
    for (place, row) in rows.iter().enumerate() {
        let name = format!("drugs[{place}]");
        let object = row
            .as_object()
            .ok_or_else(|| fields.wrong(&name, "an object"))?;
        let row = Fields::at(object, format!("{name}."));
        let atc = match row.text("atc")? {
            Some(text) => Some(
                Atc::parse(text)
                    .map_err(|error| LineError::new(format!("{}: {error}", row.name("atc"))))?,
            ),
            None => None,
        };
        let as_needed = row.boolean("as_needed")?;
        let days = row.count("days", u32::MAX)?;
        let dose_mg_per_day = row.positive("dose_mg_per_day")?;
        match (atc, as_needed) {
            (Some(atc), Some(as_needed)) => drugs.push(Drug {
                atc,
                as_needed,
                days,
                dose_mg_per_day,
            }),
            (atc, as_needed) => {
                missing.extend(atc.is_none().then(|| row.name("atc")));
                missing.extend(as_needed.is_none().then(|| row.name("as_needed")));
            }
        }
    }
    Ok(drugs)
}
