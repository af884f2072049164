//! How long the log is kept.

use chrono::{DateTime, Months, Utc};

/// The years that the log is kept at least (HSLF-FS 2016:40 4 kap. 9 §).
pub const KEPT_YEARS: u32 = 5;

/// The moment before which entries may be destroyed: the law's years before now. None where the
/// calendar does not go back that far; nothing may be destroyed then.
#[must_use]
pub fn earliest_kept(now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    now.checked_sub_months(Months::new(KEPT_YEARS * 12))
}
