//! The access log's tree, worked out anew from the leaves and held against what is kept of it, in one
//! pass: level beside level, with a batch of each in memory.

use super::{
    Fault, What,
    access_log::{STEP, checkpoint, fault},
};
use crate::storage::{AccessLog, StorageError};
use hemrond_audit::{
    checkpoint::Checkpoint,
    frontier::Frontier,
    tree::{Hash, Node},
};
use std::{collections::VecDeque, iter::Peekable, vec};

/// The way up.
pub(super) struct Climb<'a, L: ?Sized> {
    log: &'a L,
    size: u64,
    frontier: Frontier,
    levels: Vec<Kept>,
    /// What was signed of the tree, by size.
    signed: Peekable<vec::IntoIter<Checkpoint>>,
    /// How many hashes were looked at.
    pub(super) nodes: u64,
    /// How many checkpoints were.
    pub(super) checkpoints: u64,
}

/// The hashes that are kept of one level, from where the way up has come to.
#[derive(Debug, Default)]
struct Kept {
    rows: VecDeque<(u64, Hash)>,
    /// Whether there are no more.
    ended: bool,
}

impl Kept {
    /// Lets go of what lies before a place, and tells whether nothing is left.
    fn is_spent(&mut self, index: u64) -> bool {
        while self.rows.front().is_some_and(|(at, _)| *at < index) {
            self.rows.pop_front();
        }
        self.rows.is_empty()
    }

    fn at(&self, index: u64) -> Option<Hash> {
        let first = self.rows.front().filter(|(at, _)| *at == index);
        first.map(|(_, hash)| *hash)
    }
}

impl<'a, L: AccessLog + ?Sized> Climb<'a, L> {
    /// Begins below a tree of so many leaves. What was signed is in the order of its sizes.
    pub(super) fn new(log: &'a L, size: u64, signed: Vec<Checkpoint>) -> Self {
        Self {
            log,
            size,
            frontier: Frontier::default(),
            levels: Vec::new(),
            signed: signed.into_iter().peekable(),
            nodes: 0,
            checkpoints: 0,
        }
    }

    /// Adds leaves that are not known until the next is that at `index`.
    pub(super) async fn to(
        &mut self,
        index: u64,
        faults: &mut Vec<Fault>,
    ) -> Result<(), StorageError> {
        while self.frontier.size() < index.min(self.size) {
            self.add(None, faults).await?;
        }
        self.compare_signed(faults);
        Ok(())
    }

    /// Adds the next leaf; none where its entry is not there any more, whose kept hash stands for it then.
    pub(super) async fn add(
        &mut self,
        leaf: Option<Hash>,
        faults: &mut Vec<Fault>,
    ) -> Result<(), StorageError> {
        self.compare_signed(faults);
        self.fetch().await?;
        let (levels, nodes) = (&self.levels, &mut self.nodes);
        self.frontier.add(leaf, |node, follows| {
            *nodes += 1;
            let kept = levels.get(usize::from(node.level));
            let kept = kept.and_then(|kept| kept.at(node.index));
            let at = || {
                let Node { level, index } = node;
                format!("access log, level {level} of the tree, place {index}")
            };
            match (kept, follows) {
                (None, _) => faults.push(fault(at(), What::Lacks("hash"))),
                (Some(kept), Some(follows)) if kept != follows => {
                    faults.push(fault(at(), What::Column("hash")));
                }
                _ => {}
            }
            // What follows from the entries goes on upwards, so that a kept hash cannot cover up.
            follows.or(kept)
        });
        Ok(())
    }

    /// The root over what was added; none where something of it is not known.
    pub(super) fn root(&self) -> Option<Hash> {
        self.frontier.root()
    }

    /// Has the kept hashes at hand that the next leaf completes.
    async fn fetch(&mut self) -> Result<(), StorageError> {
        let leaf = self.frontier.size();
        for level in 0..self.frontier.completes_next() {
            let index = leaf >> level;
            let (Ok(number), Ok(of)) = (u8::try_from(level), usize::try_from(level)) else {
                return Ok(());
            };
            if self.levels.len() <= of {
                self.levels.resize_with(of + 1, Kept::default);
            }
            let Some(kept) = self.levels.get_mut(of) else {
                return Ok(());
            };
            if kept.is_spent(index) && !kept.ended {
                kept.rows = self.log.log_nodes(number, index, STEP).await?.into();
                kept.ended = kept.rows.is_empty();
            }
        }
        Ok(())
    }

    /// Compares what was signed of the tree as it stands here.
    fn compare_signed(&mut self, faults: &mut Vec<Fault>) {
        let size = self.frontier.size();
        while let Some(said) = self.signed.next_if(|said| said.size <= size) {
            self.checkpoints += 1;
            if said.size != size || self.root() != Some(said.root) {
                faults.push(fault(checkpoint(said.size), What::Sum("root")));
            }
        }
    }
}
