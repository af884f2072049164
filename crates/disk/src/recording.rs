//! What was done to a disk, and every state that a power cut could have left it in.

use crate::{
    piece::{Fate, PieceId},
    platter::{Operation, Platter},
    snapshot::Snapshot,
};
use std::collections::BTreeMap;

/// The changes of a disk from one moment on.
#[derive(Debug, Clone)]
pub struct Recording {
    start: Platter,
    operations: Vec<Operation>,
}

impl Recording {
    pub(crate) const fn new(start: Platter) -> Self {
        Self {
            start,
            operations: Vec::new(),
        }
    }

    pub(crate) fn push(&mut self, operation: Operation) {
        self.operations.push(operation);
    }

    /// How many changes it holds.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.operations.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }

    /// The moment before the first change, after each, and after the last.
    pub fn moments(&self) -> impl Iterator<Item = Moment> {
        let mut platter = self.start.clone();
        let before = Moment::new(0, platter.clone());
        let rest = self
            .operations
            .iter()
            .enumerate()
            .map(move |(done, operation)| {
                platter.apply(operation);
                Moment::new(done + 1, platter.clone())
            });
        std::iter::once(before).chain(rest)
    }

    /// The moment after the first `done` changes, or after the last.
    #[must_use]
    pub fn after(&self, done: usize) -> Moment {
        let mut platter = self.start.clone();
        for operation in self.operations.iter().take(done) {
            platter.apply(operation);
        }
        Moment::new(done.min(self.len()), platter)
    }

    /// Every change in a few words, to compare two runs: what, where and how much, not the bytes.
    #[must_use]
    pub fn outline(&self) -> Vec<String> {
        self.operations
            .iter()
            .map(|operation| match operation {
                Operation::Write { file, at, bytes } => {
                    format!("Write {} bytes at {at} of {file:?}", bytes.len())
                }
                other => format!("{other:?}"),
            })
            .collect()
    }
}

/// A disk between two changes, at which the power may have been cut.
#[derive(Debug, Clone)]
pub struct Moment {
    done: usize,
    platter: Platter,
    unsynced: Vec<(PieceId, usize)>,
}

impl Moment {
    fn new(done: usize, platter: Platter) -> Self {
        let unsynced = platter.unsynced();
        Self {
            done,
            platter,
            unsynced,
        }
    }

    /// How many recorded changes are done.
    #[must_use]
    pub const fn done(&self) -> usize {
        self.done
    }

    /// What is not durable, in the order in which it was done.
    pub fn unsynced(&self) -> impl ExactSizeIterator<Item = PieceId> {
        self.unsynced.iter().map(|(piece, _)| *piece)
    }

    /// The same for moments between which nothing became durable: there the same surviving pieces
    /// make the same image.
    #[must_use]
    pub const fn durable_since(&self) -> u64 {
        self.platter.durable_since()
    }

    /// The disk after a killed process: everything that was written.
    #[must_use]
    pub fn seen(&self) -> Snapshot {
        self.platter.seen()
    }

    /// The disk after a power cut that the n-th unsynced piece survives where the n-th of these is
    /// true. Pieces without a place there are lost.
    #[must_use]
    pub fn image(&self, kept: &[bool]) -> Snapshot {
        self.image_of(&self.fates(kept))
    }

    /// As [`Moment::image`], but of the n-th piece only the first `bytes` bytes are there. A piece
    /// that has no bytes is lost.
    #[must_use]
    pub fn torn_image(&self, kept: &[bool], piece: usize, bytes: usize) -> Snapshot {
        let mut fates = self.fates(kept);
        if let Some((id, _)) = self.unsynced.get(piece) {
            fates.insert(*id, Fate::Torn(bytes));
        }
        self.image_of(&fates)
    }

    fn fates(&self, kept: &[bool]) -> BTreeMap<PieceId, Fate> {
        let pieces = self.unsynced().zip(kept);
        pieces
            .map(|(piece, kept)| (piece, if *kept { Fate::Kept } else { Fate::Lost }))
            .collect()
    }

    fn image_of(&self, fates: &BTreeMap<PieceId, Fate>) -> Snapshot {
        let fate = |piece| fates.get(&piece).copied().unwrap_or(Fate::Lost);
        self.platter.after_power_cut(fate)
    }
}
