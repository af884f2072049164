//! How long a tablet may be read without contact (HSLF-FS 2016:40 3:15).

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// What an older server allows, which does not say: a shift.
const UNSAID: u32 = 12 * 60 * 60;

/// The longest lease that is believed: a week.
const MOST: u32 = 7 * 24 * 60 * 60;

/// A lease, and the latest time that this tablet has seen.
///
/// Its time only goes forward: a clock that is set back goes on from where it was, one that is set
/// ahead uses the lease up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Lease {
    until: DateTime<Utc>,
    /// The time by which the lease is measured.
    latest: DateTime<Utc>,
    /// What the clock showed when that was last noted.
    wall: DateTime<Utc>,
}

impl Lease {
    /// The lease from an answer of the server on.
    pub(crate) fn granted(at: DateTime<Utc>, seconds: Option<u32>) -> Self {
        let seconds = seconds.unwrap_or(UNSAID).min(MOST);
        Self {
            until: at
                .checked_add_signed(TimeDelta::seconds(i64::from(seconds)))
                .unwrap_or(at),
            latest: at,
            wall: at,
        }
    }

    /// A lease that nothing vouches for: over until there has been contact.
    pub(crate) fn over(now: DateTime<Utc>) -> Self {
        Self::granted(now, Some(0))
    }

    /// Reads what lies on disk; none where it is no lease.
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        serde_json::from_slice(text).ok()
    }

    /// Notes what the clock shows.
    pub(crate) fn see(&mut self, now: DateTime<Utc>) {
        if now > self.wall
            && let Some(latest) = self.latest.checked_add_signed(now - self.wall)
        {
            self.latest = latest;
        }
        self.latest = self.latest.max(now);
        self.wall = now;
    }

    /// Whether it has ended, by what was noted last.
    pub(crate) fn is_over(&self) -> bool {
        self.latest >= self.until
    }

    /// When it ends, as the clock beside it will show.
    pub(crate) fn until(&self) -> DateTime<Utc> {
        self.wall
            .checked_add_signed(self.until - self.latest)
            .unwrap_or(self.until)
    }

    /// Whether so much has changed since it was written down that it must be written again.
    pub(crate) fn is_worth_writing(&self, written: Option<&Self>) -> bool {
        written.is_none_or(|written| {
            self.until - written.until >= TimeDelta::minutes(1)
                || written.until > self.until
                || self.latest - written.latest >= TimeDelta::minutes(5)
                || self.is_over() != written.is_over()
        })
    }

    /// What two notes of the same lease say together, if one of them is an older copy.
    pub(crate) fn stricter(self, other: Self) -> Self {
        let later = if self.latest >= other.latest {
            self
        } else {
            other
        };
        Self {
            until: self.until.min(other.until),
            ..later
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000 + hour * 3600, 0).unwrap()
    }

    const HOURS_12: Option<u32> = Some(12 * 3600);

    /// AC23: the lease ends after its hours, whatever the clock says meanwhile.
    #[test]
    fn a_lease_ends_and_a_clock_set_back_does_not_lengthen_it() {
        for (what, seen, over) in [
            ("within", &[1, 6, 11][..], false),
            ("at its end", &[12], true),
            ("set back, and as long as before", &[11, 1, 2], true),
            ("set back again and again", &[6, 0, 3, 0, 3], true),
            ("set back, and less", &[6, 0, 5], false),
            ("set far ahead and back", &[1000, 1], true),
        ] {
            let mut lease = Lease::granted(at(0), HOURS_12);
            for hour in seen {
                lease.see(at(*hour));
            }
            assert_eq!(lease.is_over(), over, "{what}");
        }
    }

    #[test]
    fn who_does_not_say_gets_a_shift_and_nobody_more_than_a_week() {
        let left = |seconds| Lease::granted(at(0), seconds).until() - at(0);
        assert_eq!(left(None), TimeDelta::hours(12));
        assert_eq!(left(Some(u32::MAX)), TimeDelta::days(7));
        assert!(Lease::granted(at(0), Some(0)).is_over());
        assert!(Lease::over(at(0)).is_over());
    }

    #[test]
    fn an_older_copy_of_a_note_gives_nothing_back() {
        let old = Lease::granted(at(0), HOURS_12);
        let mut used = old;
        used.see(at(11));
        assert!(!old.is_over());
        assert_eq!(used.stricter(old), used);
        assert_eq!(old.stricter(used), used);
    }

    proptest! {
        #[test]
        fn time_never_goes_back(hours in prop::collection::vec(-100_i64..200, 0..30)) {
            let mut lease = Lease::granted(at(0), HOURS_12);
            let mut before = lease;
            let mut forward = 0;
            let mut wall = 0;
            for hour in hours {
                forward += (hour - wall).max(0);
                wall = hour;
                lease.see(at(hour));
                prop_assert!(lease.latest >= before.latest);
                prop_assert!(!before.is_over() || lease.is_over());
                prop_assert_eq!(lease.is_over(), lease.latest >= at(12));
                prop_assert!(lease.latest >= at(0) + TimeDelta::hours(forward));
                before = lease;
            }
        }
    }
}
