//! What a level rests on, and the day it speaks of.

use chrono::{Days, NaiveDate};

use crate::keyed::keyed;

keyed! {
    /// How the assessor knows the person's state.
    #[ts(rename = "CfsBasis")]
    pub enum Basis {
        /// Seen by the assessor.
        Observation = "observation",
        /// Told by the person.
        Interview = "interview",
        /// Told by someone who knows the person.
        Proxy = "proxy",
        /// Read in the record.
        Record = "record",
    }
}

/// How far back the habitual state lies.
const LOOK_BACK: Days = Days::new(14);

/// The day that a level set on `assessed_on` speaks of: two weeks before, so that today's illness is not rated.
///
/// Source: Janusinfo, UNN (rate the habitual state about two weeks ago).
#[must_use]
pub fn reference_date(assessed_on: NaiveDate) -> NaiveDate {
    // Only the first two weeks of the calendar itself have no such day.
    assessed_on
        .checked_sub_days(LOOK_BACK)
        .unwrap_or(NaiveDate::MIN)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn sivs_level_on_3_november_speaks_of_20_october() {
        let visit = NaiveDate::from_ymd_opt(2025, 11, 3).unwrap();
        assert_eq!(
            reference_date(visit),
            NaiveDate::from_ymd_opt(2025, 10, 20).unwrap()
        );
        assert_eq!(reference_date(NaiveDate::MIN), NaiveDate::MIN);
    }
}
