//! How much room a disk has left.

use crate::run;
use std::{fmt, path::Path, process::Command};

/// Bytes that are free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Room(u64);

impl Room {
    /// So many gigabytes.
    pub(crate) const fn gigabytes(number: u64) -> Self {
        Self(number * 1_000_000_000)
    }

    /// The room on a folder's disk, where the system says it.
    pub(crate) fn on_disk_of(folder: &Path) -> Option<Self> {
        let mut df = Command::new("df");
        df.args(["--output=avail", "--block-size=1"]).arg(folder);
        Self::in_answer(&run::read(&mut df).ok()?)
    }

    fn in_answer(answer: &str) -> Option<Self> {
        answer.lines().nth(1)?.trim().parse().ok().map(Self)
    }
}

impl fmt::Display for Room {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = self.0 / 100_000_000;
        write!(f, "{}.{} GB", tenths / 10, tenths % 10)
    }
}

#[cfg(test)]
mod tests {
    use super::Room;

    #[test]
    fn room_is_read_and_told() {
        let room = Room::in_answer("     Avail\n52345678901\n");
        assert_eq!(
            room.map(|room| room.to_string()),
            Some("52.3 GB".to_owned())
        );
        assert!(room > Some(Room::gigabytes(52)) && room < Some(Room::gigabytes(53)));
        assert_eq!(Room::in_answer("df: /nowhere\n"), None);
    }
}
