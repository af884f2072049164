//! Clocks that only the simulation moves: one true time, and what each tablet takes for it.

use chrono::{DateTime, NaiveDate, Utc};
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

/// Monday 2 November 2026, six in the morning, in milliseconds since 1970.
const START: i64 = 1_793_599_200_000;

/// The time that it really is.
#[derive(Debug)]
pub struct TrueTime(AtomicI64);

impl TrueTime {
    /// The beginning of every story.
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(START)))
    }

    /// Lets time pass.
    pub fn pass(&self, milliseconds: i64) {
        self.0.fetch_add(milliseconds, Ordering::SeqCst);
    }

    /// The time in milliseconds since 1970.
    #[must_use]
    pub fn milliseconds(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }

    fn now(&self, offset: i64) -> DateTime<Utc> {
        let now = self.0.load(Ordering::SeqCst).saturating_add(offset);
        DateTime::from_timestamp_millis(now).unwrap_or_default()
    }
}

/// A tablet's clock, which may be wrong by years.
#[derive(Debug)]
pub struct TabletClock {
    time: Arc<TrueTime>,
    offset: AtomicI64,
}

impl TabletClock {
    /// A clock that is right, so far.
    #[must_use]
    pub fn new(time: Arc<TrueTime>) -> Self {
        Self {
            time,
            offset: AtomicI64::new(0),
        }
    }

    /// Sets the clock wrong by this much. False where it was so before.
    pub fn be_wrong_by(&self, milliseconds: i64) -> bool {
        self.offset.swap(milliseconds, Ordering::SeqCst) != milliseconds
    }
}

impl TabletClock {
    /// Whether the clock is wrong.
    #[must_use]
    pub fn is_wrong(&self) -> bool {
        self.offset.load(Ordering::SeqCst) != 0
    }
}

impl hemrond_companion::environment::Clock for TabletClock {
    fn now(&self) -> DateTime<Utc> {
        self.time.now(self.offset.load(Ordering::SeqCst))
    }

    fn date_of(&self, moment: DateTime<Utc>) -> NaiveDate {
        moment.date_naive()
    }
}

/// The server's clock.
#[derive(Debug)]
pub struct ServerClock(pub Arc<TrueTime>);

impl hemrond_server::environment::Clock for ServerClock {
    fn now(&self) -> DateTime<Utc> {
        self.0.now(0)
    }
}
