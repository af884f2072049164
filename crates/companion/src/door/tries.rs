//! Wrong PINs: counted before each try, slower and slower, and at most ten.
//!
//! The count lies in a small file of its own that is written over in place: a tablet whose disk is
//! full must open all the same.

use chrono::{DateTime, TimeDelta, Utc};
use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::Path,
};

/// The folder of the counts.
const FOLDER: &str = "tries";

/// A count's length: how many, and when the last one was in milliseconds since 1970.
const LENGTH: usize = 9;

/// How many wrong PINs wipe a key.
pub(crate) const MOST: u8 = 10;

/// Seconds to wait after so many wrong PINs; a slip of the thumb or two costs nothing.
const WAITS: [i64; MOST as usize] = [0, 0, 0, 15, 30, 60, 120, 300, 600, 900];

/// The wrong PINs since the last right one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tries {
    wrong: u8,
    last: Option<DateTime<Utc>>,
}

impl Tries {
    /// Reads a place's count; none is like no try.
    pub(crate) fn read(tablet: &Path, id: &str) -> io::Result<Self> {
        let bytes = match fs::read(tablet.join(FOLDER).join(id)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(error),
        };
        Ok(Self::parse(&bytes))
    }

    /// Reads what lies in the file.
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        let Ok(bytes) = <[u8; LENGTH]>::try_from(bytes) else {
            // Cut or overwritten: as careful as if all but one had been used.
            return Self {
                wrong: MOST - 1,
                last: None,
            };
        };
        let [wrong, last @ ..] = bytes;
        Self {
            wrong,
            last: match i64::from_le_bytes(last) {
                0 => None,
                ms => DateTime::from_timestamp_millis(ms),
            },
        }
    }

    /// Puts the count on disk, in place of the one before.
    pub(crate) fn write(&self, tablet: &Path, id: &str) -> io::Result<()> {
        let folder = tablet.join(FOLDER);
        fs::create_dir_all(&folder)?;
        let path = folder.join(id);
        let is_new = !path.exists();
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        let mut file = options.open(&path)?;
        let last = self.last.map_or(0, |last| last.timestamp_millis());
        let mut bytes = [self.wrong; LENGTH];
        if let Some(rest) = bytes.get_mut(1..) {
            rest.copy_from_slice(&last.to_le_bytes());
        }
        file.write_all(&bytes)?;
        file.sync_all()?;
        if is_new {
            fs::File::open(&folder)?.sync_all()?;
        }
        Ok(())
    }

    /// Forgets a place's count. One that is not there is no error.
    pub(crate) fn remove(tablet: &Path, id: &str) -> io::Result<()> {
        match fs::remove_file(tablet.join(FOLDER).join(id)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Counts one more, before it is known whether it is wrong.
    pub(crate) fn count(&mut self, now: DateTime<Utc>) {
        self.wrong = self.wrong.saturating_add(1).min(MOST);
        self.last = Some(now);
    }

    /// How many wrong PINs there were since the last right one.
    pub(crate) const fn wrong(&self) -> u8 {
        self.wrong
    }

    /// How many are left.
    pub(crate) const fn left(&self) -> u8 {
        MOST.saturating_sub(self.wrong)
    }

    /// How many seconds to wait before the next one.
    pub(crate) fn wait(&self, now: DateTime<Utc>) -> u32 {
        let (Some(wait), Some(last)) = (WAITS.get(usize::from(self.wrong)), self.last) else {
            return 0;
        };
        // A clock that was set back waits as long as at first, and not until it has caught up.
        let passed = (now - last).max(TimeDelta::zero()).num_seconds();
        u32::try_from(wait - passed).unwrap_or(0)
    }

    /// Takes note of a clock that was set back, so that the wait ends.
    pub(crate) fn see(&mut self, now: DateTime<Utc>) -> bool {
        match self.last {
            Some(last) if now < last => {
                self.last = Some(now);
                true
            }
            _ => false,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000 + second, 0).unwrap()
    }

    #[test]
    fn waits_grow_and_ten_are_the_end() {
        let mut tries = Tries::default();
        let mut waits = Vec::new();
        while tries.left() > 0 {
            tries.count(at(0));
            waits.push(tries.wait(at(0)));
        }
        assert_eq!(waits, [0, 0, 15, 30, 60, 120, 300, 600, 900, 0]);
        tries.count(at(0));
        assert_eq!(tries.left(), 0);
    }

    #[test]
    fn a_wait_passes_and_a_clock_set_back_does_not_make_it_endless() {
        let mut tries = Tries::default();
        for _ in 0..4 {
            tries.count(at(0));
        }
        assert_eq!(tries.wait(at(20)), 10);
        assert_eq!(tries.wait(at(30)), 0);
        assert_eq!(tries.wait(at(-100_000)), 30);
        assert!(tries.see(at(-100_000)));
        assert_eq!(tries.wait(at(-99_980)), 10);
    }
}
