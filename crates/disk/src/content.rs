//! A file's bytes, in sectors that copies share: an image of a disk costs little.

use std::{ops::Range, sync::Arc};

/// How many bytes a power cut keeps or loses together.
pub const SECTOR: usize = 4096;

/// A file's bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Content {
    sectors: Vec<Arc<[u8; SECTOR]>>,
    len: usize,
}

/// The part of a range of bytes that lies in one sector.
pub(crate) struct Part {
    /// Which sector.
    sector: usize,
    /// Where in the sector.
    inside: Range<usize>,
    /// Where in the whole range.
    pub(crate) outside: Range<usize>,
}

/// A range of a file's bytes, sector by sector.
pub(crate) fn parts(at: usize, len: usize) -> impl Iterator<Item = Part> {
    let mut done = 0;
    std::iter::from_fn(move || {
        if done == len {
            return None;
        }
        let place = at.checked_add(done)?;
        let inside = place % SECTOR;
        let here = (SECTOR - inside).min(len - done);
        let part = Part {
            sector: place / SECTOR,
            inside: inside..inside + here,
            outside: done..done + here,
        };
        done += here;
        Some(part)
    })
}

impl Content {
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// Reads, and says how many bytes there were. The others are zero.
    pub(crate) fn read(&self, at: usize, into: &mut [u8]) -> usize {
        into.fill(0);
        let there = self.len.saturating_sub(at).min(into.len());
        for part in parts(at, there) {
            if let (Some(sector), Some(target)) = (
                self.sectors.get(part.sector),
                into.get_mut(part.outside.clone()),
            ) && let Some(source) = sector.get(part.inside)
            {
                target.copy_from_slice(source);
            }
        }
        there
    }

    /// Writes. What lies between the old end and the new bytes becomes zero.
    pub(crate) fn write(&mut self, at: usize, bytes: &[u8]) {
        let Some(end) = at.checked_add(bytes.len()) else {
            return;
        };
        if end > self.len {
            self.set_len(end);
        }
        for part in parts(at, bytes.len()) {
            if let (Some(sector), Some(source)) = (
                self.sectors.get_mut(part.sector),
                bytes.get(part.outside.clone()),
            ) && let Some(target) = Arc::make_mut(sector).get_mut(part.inside)
            {
                target.copy_from_slice(source);
            }
        }
    }

    /// Cuts the file short, or fills it up with zeros.
    pub(crate) fn set_len(&mut self, len: usize) {
        self.sectors
            .resize_with(len.div_ceil(SECTOR), || Arc::new([0; SECTOR]));
        // A sector's bytes behind the end are zero, for the day when the file grows again.
        if len < self.len
            && let Some(last) = self.sectors.last_mut()
            && let Some(rest) = Arc::make_mut(last).get_mut((len - 1) % SECTOR + 1..)
        {
            rest.fill(0);
        }
        self.len = len;
    }
}
