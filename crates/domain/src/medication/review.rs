//! When a simple medication review is due.

/// The age in full years from which a review is offered. Source: HSLF-FS 2017:37.
pub const REVIEW_AGE: u32 = 75;
/// The number of medicines from which a review is offered. Source: HSLF-FS 2017:37.
pub const REVIEW_DRUGS: usize = 5;
/// For how many days a review counts as done: once a year in municipal care. Source: HSLF-FS 2017:37.
pub const REVIEW_INTERVAL_DAYS: u32 = 365;

/// Whether a simple medication review (enkel läkemedelsgenomgång) is due.
///
/// `last_review_days` is the number of days since the last review, `None` when none is known. A suspected drug-related
/// problem is a reason at any age and number; that is a person's judgement and not computed here.
/// Source: HSLF-FS 2017:37 (≥75 years and ≥5 medicines, at least once a year); the day limit is the project's reading.
#[must_use]
pub const fn review_due(age: u32, drug_count: usize, last_review_days: Option<u32>) -> bool {
    let overdue = match last_review_days {
        Some(days) => days > REVIEW_INTERVAL_DAYS,
        None => true,
    };
    age >= REVIEW_AGE && drug_count >= REVIEW_DRUGS && overdue
}

#[cfg(test)]
mod tests {
    use super::*;

    /// HSLF-FS 2017:37, at every limit.
    #[test]
    fn the_limits() {
        for (age, drugs, days, due) in [
            (74, 5, None, false),
            (75, 5, None, true),
            (75, 4, None, false),
            (75, 5, Some(0), false),
            (75, 5, Some(365), false),
            (75, 5, Some(366), true),
            (74, 30, Some(9999), false),
            (100, 12, Some(u32::MAX), true),
        ] {
            assert_eq!(
                review_due(age, drugs, days),
                due,
                "{age} years, {drugs} medicines, {days:?}"
            );
        }
    }
}
