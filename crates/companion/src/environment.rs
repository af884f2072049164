//! Time and chance, passed in, so that tests and simulations decide both.

use chrono::{DateTime, Local, NaiveDate, NaiveDateTime, Utc};
use rand::RngCore;

/// Where the companion gets the time from.
pub trait Clock: Send + Sync {
    /// Now, in UTC.
    fn now(&self) -> DateTime<Utc>;
    /// The date on the wall beside the tablet at a moment.
    fn date_of(&self, moment: DateTime<Utc>) -> NaiveDate;

    /// Date and time on the wall beside the tablet at a moment.
    fn wall_of(&self, moment: DateTime<Utc>) -> NaiveDateTime {
        moment.naive_utc()
    }

    /// Today's date on the wall beside the tablet.
    fn today(&self) -> NaiveDate {
        self.date_of(self.now())
    }
}

/// Where the companion gets chance from.
pub trait Randomness: Send + Sync {
    /// Fills the bytes at random, well enough for keys.
    fn fill(&self, bytes: &mut [u8]);

    /// Sixteen random bytes, for an identifier.
    fn id(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        bytes
    }

    /// Thirty-two random bytes, for a key.
    fn key(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        self.fill(&mut bytes);
        bytes
    }

    /// A number evenly from 0 up to 1, for jitter.
    fn fraction(&self) -> f64 {
        let mut bytes = [0; 4];
        self.fill(&mut bytes);
        f64::from(u32::from_le_bytes(bytes)) / (f64::from(u32::MAX) + 1.0)
    }
}

/// The tablet's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn date_of(&self, moment: DateTime<Utc>) -> NaiveDate {
        moment.with_timezone(&Local).date_naive()
    }

    fn wall_of(&self, moment: DateTime<Utc>) -> NaiveDateTime {
        moment.with_timezone(&Local).naive_local()
    }
}

/// The operating system's random source.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandomness;

impl Randomness for SystemRandomness {
    fn fill(&self, bytes: &mut [u8]) {
        rand::rng().fill_bytes(bytes);
    }
}
