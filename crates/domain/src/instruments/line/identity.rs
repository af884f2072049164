//! The `identity` line.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::fields::{Fields, LineError};
use super::incomplete;
use crate::identity::Identity;

pub(super) fn answer(fields: &Fields<'_>) -> Result<Value, LineError> {
    let value = fields.text("value")?;
    let on = fields
        .text("on")?
        .map(|text| date(text).ok_or_else(|| fields.wrong("on", "a date such as 2025-11-03")));
    let on = on.transpose()?;
    match (value, on) {
        (Some(value), Some(on)) => {
            let identity =
                Identity::parse(value, on).map_err(|error| LineError::new(error.to_string()))?;
            Ok(json!({ "kind": identity.kind, "canonical": identity.canonical }))
        }
        (value, on) => {
            let missing: Vec<&str> = [
                value.is_none().then_some("value"),
                on.is_none().then_some("on"),
            ]
            .into_iter()
            .flatten()
            .collect();
            Ok(incomplete(&missing))
        }
    }
}

/// Exactly YYYY-MM-DD; the library alone would also accept one-digit months and signed years.
fn date(text: &str) -> Option<NaiveDate> {
    let shaped = text.len() == 10
        && text.bytes().enumerate().all(|(place, byte)| {
            if matches!(place, 4 | 7) {
                byte == b'-'
            } else {
                byte.is_ascii_digit()
            }
        });
    if shaped { text.parse().ok() } else { None }
}
