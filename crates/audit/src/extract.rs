//! The extract that a person may ask for: who has looked at or done something with their data.
//!
//! Patientdatalagen 8 kap. 5 § and lagen 2022:913 4 kap. 5 §: times and units, so that the person can
//! judge whether each was justified. Names of staff are not required and are left out.

use crate::{Event, Language, word};
use chrono::{DateTime, FixedOffset};

/// A line of an extract.
#[derive(Debug, Clone)]
pub struct Line<'a> {
    /// What happened.
    pub event: &'a Event,
    /// When, in the time of the place.
    pub at: DateTime<FixedOffset>,
    /// What people call the unit.
    pub unit: &'a str,
    /// What people call the organisation.
    pub organisation: &'a str,
    /// Whether the tablet that gave it is somebody else's than the one whom it names.
    pub doubtful: bool,
}

/// Writes an extract as plain text, oldest line first as they are given.
#[must_use]
pub fn text(language: Language, made: DateTime<FixedOffset>, lines: &[Line<'_>]) -> String {
    let words = |key: &str| word(language, key);
    let mut text = format!(
        "{}\n{}\n\n{}: {}\n\n",
        words("log.extract.title"),
        words("log.extract.basis"),
        words("log.extract.made"),
        moment(made)
    );
    if lines.is_empty() {
        text.push_str(&words("log.extract.none"));
        text.push('\n');
        return text;
    }
    for line in lines {
        let action = words(&format!("log.action.{}", line.event.action));
        let kind = line.event.kind.as_deref();
        let kind = kind.map(|kind| format!(" ({})", words(&format!("log.kind.{kind}"))));
        let doubt = line.doubtful.then(|| words("log.extract.doubtful"));
        text.push_str(&format!(
            "{}  {}, {}: {action}{}{}\n",
            moment(line.at),
            line.unit,
            line.organisation,
            kind.unwrap_or_default(),
            doubt.map(|doubt| format!(" [{doubt}]")).unwrap_or_default()
        ));
    }
    text
}

fn moment(at: DateTime<FixedOffset>) -> String {
    at.format("%Y-%m-%d %H:%M:%S %:z").to_string()
}
