//! One JSON object in, one JSON object out: the instruments as a command line or a test table speaks to them.
//!
//! The answer is a result, `{"incomplete": [names]}` when inputs are missing, or `{"error": sentence}`. A field that is
//! `null` is missing, but for `last_review_days`, where it says that no review is known. Unknown fields are ignored.

mod fields;
mod identity;
mod medication;

use serde_json::{Map, Value, json};

use self::fields::{Fields, LineError};
use super::cfs::{self, TreeInput};
use super::downton::{self, DowntonInput};

/// The names that [`evaluate`] knows.
pub const NAMES: [&str; 4] = ["cfs-tree", "downton", "medication", "identity"];

/// Evaluates one instrument on one line of JSON and returns one line of JSON.
///
/// * `cfs-tree`: `terminal`, `badl`, `iadl`, `chronic`, `srh`, `effort`, `active` →
///   `{"score": 1–9, "path": [steps], "version": "v1.0"}`
/// * `downton`: the eleven items → `{"score": 0–11, "high": bool, "points": {item: 0|1}}`
/// * `medication`: `age`, `drugs` (each `atc`, `as_needed`, and when known `days`, `dose_mg_per_day`),
///   `last_review_days` → `{"flags": [rules], "review_due": bool, "drug_count": n, "details": [flags]}`
/// * `identity`: `value`, `on` → `{"kind": …, "canonical": …}`
///
/// Never fails: whatever is wrong is the answer's `error`.
#[must_use]
pub fn evaluate(name: &str, line: &str) -> String {
    let answer = answer(name, line).unwrap_or_else(|error| json!({ "error": error.to_string() }));
    answer.to_string()
}

fn answer(name: &str, line: &str) -> Result<Value, LineError> {
    let instrument: fn(&Fields<'_>) -> Result<Value, LineError> = match name {
        "cfs-tree" => cfs_tree,
        "downton" => downton,
        "medication" => medication::answer,
        "identity" => identity::answer,
        _ => return Err(LineError::instrument(name)),
    };
    let object = object(line)?;
    instrument(&Fields::new(&object))
}

fn object(line: &str) -> Result<Map<String, Value>, LineError> {
    match serde_json::from_str(line) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(LineError::new(
            "the line must be one JSON object".to_owned(),
        )),
        Err(error) => Err(LineError::new(format!(
            "the line is not valid JSON: {error}"
        ))),
    }
}

fn incomplete<S: serde::Serialize>(fields: &[S]) -> Value {
    json!({ "incomplete": fields })
}

fn cfs_tree(fields: &Fields<'_>) -> Result<Value, LineError> {
    let input = TreeInput {
        terminal: fields.boolean("terminal")?,
        badl: fields.integer("badl")?,
        iadl: fields.integer("iadl")?,
        chronic: fields.integer("chronic")?,
        srh: fields.choice("srh", cfs::SelfRatedHealth::ALL, cfs::SelfRatedHealth::key)?,
        effort: fields.choice("effort", cfs::Effort::ALL, cfs::Effort::key)?,
        active: fields.boolean("active")?,
    };
    let outcome = cfs::classify(&input).map_err(|error| LineError::new(error.to_string()))?;
    let missing = incomplete(outcome.missing());
    Ok(outcome.complete().map_or(missing, |result| {
        json!({ "score": result.level, "path": result.path, "version": cfs::TREE_VERSION })
    }))
}

fn downton(fields: &Fields<'_>) -> Result<Value, LineError> {
    let input = DowntonInput {
        previous_falls: fields.boolean("previous_falls")?,
        sedatives: fields.boolean("sedatives")?,
        diuretics: fields.boolean("diuretics")?,
        antihypertensives: fields.boolean("antihypertensives")?,
        antiparkinson: fields.boolean("antiparkinson")?,
        antidepressants: fields.boolean("antidepressants")?,
        vision: fields.boolean("vision")?,
        hearing: fields.boolean("hearing")?,
        limbs: fields.boolean("limbs")?,
        cognition: fields.choice(
            "cognition",
            downton::Cognition::ALL,
            downton::Cognition::key,
        )?,
        gait: fields.choice("gait", downton::Gait::ALL, downton::Gait::key)?,
    };
    let outcome = downton::assess(&input);
    let missing = incomplete(outcome.missing());
    Ok(outcome.complete().map_or(missing, |result| {
        let points: Map<String, Value> = result
            .points
            .iter()
            .map(|(item, points)| ((*item).to_owned(), json!(points)))
            .collect();
        json!({ "score": result.score, "high": result.high, "points": points })
    }))
}

#[cfg(test)]
mod tests;
