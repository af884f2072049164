//! The changes of a document, in an order in which each comes after those that it builds on.

use crate::{
    change::{Hash, RawChange},
    chunk::Chunk,
};
use std::{
    cmp::Reverse,
    collections::{BTreeSet, BinaryHeap, HashMap, HashSet},
};

/// A change with what its chunk says.
#[derive(Debug, Clone)]
pub(crate) struct Logged {
    pub(crate) raw: RawChange,
    pub(crate) chunk: Chunk,
}

/// All changes that were applied.
#[derive(Debug, Clone, Default)]
pub(crate) struct Log {
    changes: Vec<Logged>,
    index: HashMap<Hash, usize>,
    /// Each actor's changes, by sequence.
    actors: HashMap<[u8; 16], Vec<usize>>,
    heads: BTreeSet<Hash>,
}

impl Logged {
    /// What puts concurrent changes in order, the same on every replica.
    fn rank(&self) -> (i64, [u8; 16], u64) {
        (self.chunk.time, self.chunk.actor, self.chunk.seq)
    }
}

impl Log {
    pub(crate) fn push(&mut self, change: Logged) {
        if self.index.contains_key(&change.chunk.hash) {
            return;
        }
        let place = self.changes.len();
        for dep in &change.chunk.deps {
            self.heads.remove(dep);
        }
        self.heads.insert(change.chunk.hash);
        self.index.insert(change.chunk.hash, place);
        self.actors
            .entry(change.chunk.actor)
            .or_default()
            .push(place);
        self.changes.push(change);
    }

    pub(crate) fn all(&self) -> &[Logged] {
        &self.changes
    }

    pub(crate) fn get(&self, hash: &Hash) -> Option<&Logged> {
        self.index
            .get(hash)
            .and_then(|place| self.changes.get(*place))
    }

    pub(crate) fn contains(&self, hash: &Hash) -> bool {
        self.index.contains_key(hash)
    }

    /// The sequence and the last operation of an actor's latest change.
    pub(crate) fn last_of(&self, actor: &[u8; 16]) -> Option<&Chunk> {
        let place = self.actors.get(actor)?.last()?;
        self.changes.get(*place).map(|change| &change.chunk)
    }

    /// The change that holds an actor's operation with this counter.
    pub(crate) fn of_operation(&self, actor: &[u8], counter: u64) -> Option<&Chunk> {
        let places = self.actors.get(<&[u8; 16]>::try_from(actor).ok()?)?;
        let chunk = |place: &usize| self.changes.get(*place).map(|change| &change.chunk);
        let after = places
            .partition_point(|place| chunk(place).is_some_and(|chunk| chunk.start_op <= counter));
        let found = chunk(places.get(after.checked_sub(1)?)?)?;
        (found.max_op() >= counter).then_some(found)
    }

    /// The changes that no other change builds on, sorted.
    pub(crate) fn heads(&self) -> Vec<Hash> {
        self.heads.iter().copied().collect()
    }

    /// The places of these changes and all that they build on; unknown ones are passed over.
    pub(crate) fn ancestors(&self, heads: &[Hash]) -> HashSet<usize> {
        let mut seen = HashSet::new();
        let mut open: Vec<usize> = heads
            .iter()
            .filter_map(|hash| self.index.get(hash).copied())
            .collect();
        while let Some(place) = open.pop() {
            if seen.insert(place) {
                let deps = self.changes.get(place).map(|c| c.chunk.deps.as_slice());
                for dep in deps.unwrap_or_default() {
                    open.extend(self.index.get(dep).copied());
                }
            }
        }
        seen
    }

    /// The changes that are neither these nor what they build on.
    pub(crate) fn after(&self, heads: &[Hash]) -> impl Iterator<Item = &Logged> {
        let known = self.ancestors(heads);
        self.changes
            .iter()
            .enumerate()
            .filter(move |(place, _)| !known.contains(place))
            .map(|(_, change)| change)
    }

    /// The changes in an order that is the same on every replica: each after those that it builds
    /// on, and of the others the earlier first.
    pub(crate) fn in_order(&self) -> Vec<&Logged> {
        let mut missing = Vec::with_capacity(self.changes.len());
        let mut builders: HashMap<usize, Vec<usize>> = HashMap::new();
        let mut able = BinaryHeap::new();
        for (place, change) in self.changes.iter().enumerate() {
            let deps: HashSet<usize> = change
                .chunk
                .deps
                .iter()
                .filter_map(|dep| self.index.get(dep).copied())
                .collect();
            if deps.is_empty() {
                able.push(Reverse((change.rank(), place)));
            }
            missing.push(deps.len());
            for dep in deps {
                builders.entry(dep).or_default().push(place);
            }
        }
        let mut order = Vec::with_capacity(self.changes.len());
        while let Some(Reverse((_, place))) = able.pop() {
            order.extend(self.changes.get(place));
            for builder in builders.remove(&place).unwrap_or_default() {
                let Some(count) = missing.get_mut(builder) else {
                    continue;
                };
                *count -= 1;
                if let (0, Some(change)) = (*count, self.changes.get(builder)) {
                    able.push(Reverse((change.rank(), builder)));
                }
            }
        }
        order
    }

    /// The greatest counter of any operation.
    pub(crate) fn max_op(&self) -> u64 {
        self.changes
            .iter()
            .map(|change| change.chunk.max_op())
            .max()
            .unwrap_or(0)
    }
}
