//! Room on the disk that is kept for the access log, so that a full tablet can still be read.
//!
//! What is shown must be written down first. On a disk that is full to the last byte nothing could
//! be shown any more, at a kitchen table where the medicines are read. So a file beside the database
//! holds some room, and gives way piece by piece when the log needs it; nothing else may have it.

use crate::{lock_file::beside, medium::Medium};
use std::{
    fmt,
    io::ErrorKind,
    path::{Path, PathBuf},
    sync::Arc,
};

/// What follows the database's name.
const SUFFIX: &str = ".reserve";

/// What gives way at once, in bytes.
const SLICE: u64 = 256 << 10;

/// How many slices there are: the write-ahead log may hold 4 MiB that the database has yet to grow
/// by, and the rest is for some thousands of looks.
const SLICES: u64 = 20;

/// A database's reserve.
pub(crate) struct Reserve {
    medium: Arc<dyn Medium>,
    path: PathBuf,
    /// False on a medium that has no room to run out of.
    kept: bool,
}

impl fmt::Debug for Reserve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reserve").finish_non_exhaustive()
    }
}

impl Reserve {
    /// The reserve of the database at `path`, filled.
    pub(crate) fn of(medium: Arc<dyn Medium>, path: &Path) -> Self {
        let mut reserve = Self {
            medium,
            path: beside(path, SUFFIX),
            kept: true,
        };
        reserve.kept = !reserve.fill() || reserve.left() > 0;
        reserve
    }

    /// Makes the reserve whole, where there is room for all of it, and says whether the disk took
    /// it. Where it did not, what was left of the reserve stays: that keeps nobody from working.
    pub(crate) fn fill(&self) -> bool {
        let left = self.left();
        if left >= SLICE * SLICES {
            return true;
        }
        let Err(error) = self.medium.lay(&self.path, SLICE * SLICES) else {
            return true;
        };
        let full = [ErrorKind::StorageFull, ErrorKind::QuotaExceeded];
        if !full.contains(&error.kind()) {
            tracing::warn!(%error, "the reserve for the access log cannot be laid");
        }
        // Not cut, it holds more than it did, which is as well.
        let _ = self.medium.shrink(&self.path, left);
        false
    }

    /// Gives one slice back to the disk. False where none is left, or it cannot be given.
    pub(crate) fn give_way(&self) -> bool {
        let left = self.left();
        left > 0
            && self
                .medium
                .shrink(&self.path, left.saturating_sub(SLICE))
                .is_ok()
    }

    /// Whether all of it is there, or none is needed.
    pub(crate) fn is_whole(&self) -> bool {
        !self.kept || self.left() >= SLICE * SLICES
    }

    fn left(&self) -> u64 {
        self.medium.size(&self.path).ok().flatten().unwrap_or(0)
    }
}
