//! How long a record is kept, and when it may be destroyed: two clocks.
//!
//! Health care records are kept for at least ten years after the last entry (patientdatalagen 3:17);
//! a personal file of the social services is weeded five years after its last note (socialtjänstlagen
//! 2025:400). A record is what one organisation holds of one person in one class: a person who is
//! visited again keeps the whole of it. Whatever is held back by an archive, a court or a complaint
//! is never due.

use crate::record::DocumentClass;
use chrono::{Days, Months, NaiveDate};

/// For how many years a health care record is kept after its last entry. Source: patientdatalagen 3:17.
pub const HEALTH_YEARS: u32 = 10;

/// For how many years what social care told health care is kept after the last entry. It is what health care was
/// given to act on, and so is kept as long as a health care record. Source: patientdatalagen 3:17.
pub const TRANSFER_YEARS: u32 = HEALTH_YEARS;

/// For how many years a social services' file is kept after its last note. Source: socialtjänstlagen 2025:400, weeding.
pub const SOCIAL_YEARS: u32 = 5;

/// A document of one person in one organisation, as far as retention looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Its class.
    pub class: DocumentClass,
    /// The day on which the last entry was made in it.
    pub last_entry: NaiveDate,
}

/// The clock of one class in one person's record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// The day of the last entry in any document of that class.
    pub last_entry: NaiveDate,
    /// The first day on which it may be destroyed.
    pub destroyable_from: NaiveDate,
}

/// What may become of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Its time has come.
    Due(Clock),
    /// Its time has not come.
    Kept(Clock),
    /// Somebody holds it back, whatever its age.
    Held(Clock),
    /// No clock runs for its class: it is never destroyed by age.
    NoClock,
}

/// The clock of a class, over everything that one organisation holds of one person.
///
/// The identity goes with the last of what it identifies: not before the health and social parts
/// beside it, and by the longer clock where there is a health record. Legal acts (consents, blocks,
/// objections, emergency openings) show why a record was read: they are kept as a health record is, for at
/// least ten years after the last act, and never go before the records that they are about, for
/// a block that went first would open what it hides. Staff documents have no clock, and a class of which there is nothing has none either.
#[must_use]
pub fn clock(class: DocumentClass, record: &[Part]) -> Option<Clock> {
    let last = |of: DocumentClass| {
        let parts = record.iter().filter(|part| part.class == of);
        parts.map(|part| part.last_entry).max()
    };
    match class {
        DocumentClass::Staff => None,
        DocumentClass::Health => since(last(class)?, HEALTH_YEARS),
        DocumentClass::Social => since(last(class)?, SOCIAL_YEARS),
        DocumentClass::Transfer => since(last(class)?, TRANSFER_YEARS),
        DocumentClass::Legal => {
            let own = since(last(class)?, HEALTH_YEARS)?;
            let beside = [
                DocumentClass::Health,
                DocumentClass::Social,
                DocumentClass::Transfer,
            ];
            with_the_last(own, &beside, record)
        }
        DocumentClass::Identity => {
            let own = last(class)?;
            let health = last(DocumentClass::Health).or_else(|| last(DocumentClass::Transfer));
            let years = if health.is_some() {
                HEALTH_YEARS
            } else {
                SOCIAL_YEARS
            };
            let beside = [
                DocumentClass::Health,
                DocumentClass::Social,
                DocumentClass::Transfer,
                DocumentClass::Legal,
            ];
            with_the_last(since(own, years)?, &beside, record)
        }
    }
}

/// A clock that does not run out before those of what stands beside it.
fn with_the_last(own: Clock, beside: &[DocumentClass], record: &[Part]) -> Option<Clock> {
    let mut latest = own;
    for class in beside {
        if record.iter().any(|part| part.class == *class) {
            let other = clock(*class, record)?;
            latest.last_entry = latest.last_entry.max(other.last_entry);
            latest.destroyable_from = latest.destroyable_from.max(other.destroyable_from);
        }
    }
    Some(latest)
}

/// What may become of a document of this class today.
#[must_use]
pub fn standing(class: DocumentClass, record: &[Part], held: bool, today: NaiveDate) -> Standing {
    match clock(class, record) {
        None => Standing::NoClock,
        Some(clock) if held => Standing::Held(clock),
        Some(clock) if clock.destroyable_from <= today => Standing::Due(clock),
        Some(clock) => Standing::Kept(clock),
    }
}

/// The day after so many whole years. A last entry on 29 February counts to the end of February, and
/// a day beyond the calendar is never reached, so that nothing is due by it.
fn since(last_entry: NaiveDate, years: u32) -> Option<Clock> {
    let passed = last_entry.checked_add_months(Months::new(years.checked_mul(12)?))?;
    Some(Clock {
        last_entry,
        destroyable_from: passed.checked_add_days(Days::new(1))?,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use DocumentClass::{Health, Identity, Legal, Social, Staff, Transfer};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn part(class: DocumentClass, last_entry: &str) -> Part {
        Part {
            class,
            last_entry: day(last_entry),
        }
    }

    /// AC51: health and social parts of one person's record have a clock each.
    #[test]
    fn each_class_has_its_clock() {
        let health = |last| vec![part(Health, last)];
        let social = |last| vec![part(Social, last)];
        for (source, class, record, from) in [
            // "minst tio år efter det att den sista uppgiften fördes in i handlingen"
            ("PDL 3:17", Health, health("2016-11-21"), Some("2026-11-22")),
            ("PDL 3:17", Health, health("2016-11-22"), Some("2026-11-23")),
            // The last day of February where there is no 29th.
            ("PDL 3:17", Health, health("2016-02-29"), Some("2026-03-01")),
            ("PDL 3:17", Health, health("2014-02-28"), Some("2024-02-29")),
            // "fem år efter det att sista anteckningen gjordes i akten"
            (
                "SoL, weeding",
                Social,
                social("2021-11-21"),
                Some("2026-11-22"),
            ),
            (
                "SoL, weeding",
                Social,
                social("2020-02-29"),
                Some("2025-03-01"),
            ),
            // The last entry in any document of the class counts for all of them.
            (
                "PDL 3:17",
                Health,
                vec![part(Health, "2010-01-01"), part(Health, "2019-05-05")],
                Some("2029-05-06"),
            ),
            // Neither clock moves the other.
            (
                "PDL 3:17",
                Health,
                vec![part(Health, "2010-01-01"), part(Social, "2025-05-05")],
                Some("2020-01-02"),
            ),
            (
                "SoL, weeding",
                Social,
                vec![part(Health, "2025-05-05"), part(Social, "2010-01-01")],
                Some("2015-01-02"),
            ),
            // What was told goes by its own clock, though the note that it was taken from is gone.
            (
                "PDL 3:17",
                Transfer,
                vec![part(Transfer, "2016-11-21"), part(Social, "2016-11-21")],
                Some("2026-11-22"),
            ),
            (
                "SoL, weeding",
                Social,
                vec![part(Transfer, "2025-05-05"), part(Social, "2016-11-21")],
                Some("2021-11-22"),
            ),
            (
                "PDL 3:17",
                Health,
                vec![part(Transfer, "2025-05-05"), part(Health, "2010-01-01")],
                Some("2020-01-02"),
            ),
            // Planning is no record.
            ("no clock", Staff, vec![part(Staff, "1990-01-01")], None),
            ("nothing there", Health, social("2010-01-01"), None),
        ] {
            assert_eq!(
                clock(class, &record).map(|clock| clock.destroyable_from),
                from.map(day),
                "{source}: {class} of {record:?}"
            );
        }
    }

    #[test]
    fn the_identity_goes_with_the_last_of_what_it_identifies() {
        for (record, from) in [
            // With a social file alone it goes with that.
            (
                vec![part(Identity, "2019-01-01"), part(Social, "2020-06-01")],
                "2025-06-02",
            ),
            // With a health record it is a part of that, by its longer clock.
            (
                vec![part(Identity, "2019-01-01"), part(Health, "2012-06-01")],
                "2029-01-02",
            ),
            (
                vec![part(Identity, "2012-01-01"), part(Health, "2019-06-01")],
                "2029-06-02",
            ),
            (
                vec![
                    part(Identity, "2012-01-01"),
                    part(Health, "2012-06-01"),
                    part(Social, "2024-06-01"),
                ],
                "2029-06-02",
            ),
            // What was told is about somebody too.
            (
                vec![part(Identity, "2012-01-01"), part(Transfer, "2019-06-01")],
                "2029-06-02",
            ),
            // Beside nothing it is nobody's record of care; the shorter clock runs.
            (vec![part(Identity, "2019-01-01")], "2024-01-02"),
        ] {
            let found = clock(Identity, &record).unwrap();
            assert_eq!(found.destroyable_from, day(from), "{record:?}");
        }
    }

    /// AC9: acts are kept for ten years after the last one, and no block goes before what it hides.
    #[test]
    fn acts_do_not_go_before_the_records_that_they_are_about() {
        for (record, from) in [
            // Alone: by the clock of a health record.
            (vec![part(Legal, "2016-11-21")], "2026-11-22"),
            (
                vec![part(Legal, "2012-01-01"), part(Legal, "2016-11-21")],
                "2026-11-22",
            ),
            // The block of 2012 hides what was written in 2019.
            (
                vec![part(Legal, "2012-01-01"), part(Health, "2019-06-01")],
                "2029-06-02",
            ),
            (
                vec![part(Legal, "2012-01-01"), part(Social, "2020-06-01")],
                "2025-06-02",
            ),
            (
                vec![part(Legal, "2019-06-01"), part(Health, "2012-01-01")],
                "2029-06-02",
            ),
            // Why it was told stays as long as what was told.
            (
                vec![part(Legal, "2012-01-01"), part(Transfer, "2019-06-01")],
                "2029-06-02",
            ),
        ] {
            let found = clock(Legal, &record).unwrap();
            assert_eq!(found.destroyable_from, day(from), "{record:?}");
            // Acts move nobody's clock but the identity's, which says whom they are about.
            let with_identity: Vec<Part> = record
                .iter()
                .copied()
                .chain([part(Identity, "2000-01-01")])
                .collect();
            let identity = clock(Identity, &with_identity).unwrap();
            assert_eq!(identity.destroyable_from, day(from), "{record:?}");
            assert_eq!(clock(Health, &record), clock(Health, &with_identity));
        }
    }

    /// AC9: nothing is due before its time, and what is held back is never due.
    #[test]
    fn nothing_is_due_before_its_day() {
        let record = [part(Health, "2016-11-22")];
        let on = |today, held| standing(Health, &record, held, day(today));
        let clock = clock(Health, &record).unwrap();
        assert_eq!(on("2016-11-23", false), Standing::Kept(clock));
        assert_eq!(on("2026-11-22", false), Standing::Kept(clock));
        assert_eq!(on("2026-11-23", false), Standing::Due(clock));
        assert_eq!(on("2099-01-01", true), Standing::Held(clock));
        assert_eq!(
            standing(
                Staff,
                &[part(Staff, "1950-01-01")],
                false,
                day("2099-01-01")
            ),
            Standing::NoClock
        );
    }

    #[test]
    fn a_day_beyond_the_calendar_is_never_reached() {
        let record = [Part {
            class: Health,
            last_entry: NaiveDate::MAX,
        }];
        assert_eq!(
            standing(Health, &record, false, NaiveDate::MAX),
            Standing::NoClock
        );
    }
}
