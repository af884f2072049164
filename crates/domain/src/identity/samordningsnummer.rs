//! The samordningsnummer: a personnummer whose day is raised by 60.

use chrono::NaiveDate;

use super::written;

/// What is added to the day, so that days run from 61 to 91. Source: lag 2022:1697 2:8.
pub(super) const DAY_OFFSET: u32 = 60;

/// Whether the day part is that of a samordningsnummer.
pub(super) const fn is_coordination_day(day: u32) -> bool {
    day > DAY_OFFSET
}

/// The date in the canonical number, with the day lowered again.
pub(super) fn date(characters: &[u8]) -> Option<NaiveDate> {
    written::date(characters, DAY_OFFSET)
}
