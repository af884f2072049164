//! The tree of a log that is gone through once.

use crate::tree::{Hash, Node, empty, parent};

/// A tree that is worked out in one pass over its leaves: what is complete on each level and not
/// yet half of something wider. It holds one hash a level, however long the log is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    open: Vec<Option<Hash>>,
}

impl Frontier {
    /// How many leaves were added.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// How many levels the next leaf completes a subtree on, the leaf's own included.
    #[must_use]
    pub const fn completes_next(&self) -> u32 {
        self.size.trailing_ones() + 1
    }

    /// Adds the next leaf, or the place of one that is not known. `settle` is told every subtree that
    /// is complete from now on, from the leaf up, with its hash where that follows from what is
    /// known; what it answers is gone on with.
    pub fn add(
        &mut self,
        leaf: Option<Hash>,
        mut settle: impl FnMut(Node, Option<Hash>) -> Option<Hash>,
    ) {
        let mut node = Node {
            level: 0,
            index: self.size,
        };
        let mut follows = leaf;
        self.size += 1;
        loop {
            let settled = settle(node, follows);
            let level = usize::from(node.level);
            if self.open.len() <= level {
                self.open.resize(level + 1, None);
            }
            let Some(left) = self.open.get_mut(level) else {
                return;
            };
            if node.index.is_multiple_of(2) {
                *left = settled;
                return;
            }
            let both = left.take().zip(settled);
            follows = both.map(|(left, right)| parent(&left, &right));
            node = Node {
                level: node.level + 1,
                index: node.index / 2,
            };
        }
    }

    /// The root over what was added; none where something of it is not known.
    #[must_use]
    pub fn root(&self) -> Option<Hash> {
        if self.size == 0 {
            return Some(empty());
        }
        let mut levels = (0..self.open.len()).filter(|level| (self.size >> level) & 1 == 1);
        let open = |level: usize| self.open.get(level).copied().flatten();
        let lowest = open(levels.next()?)?;
        levels.try_fold(lowest, |right, level| Some(parent(&open(level)?, &right)))
    }
}
