//! Bringing changes in order, and turning away those that fit nowhere.

use super::Reason;
use crate::{
    change::Hash,
    chunk::Chunk,
    log::{Log, Logged},
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Changes by what can be done with them.
pub(super) struct Sorted {
    /// To be applied, in this order.
    pub(super) ready: Vec<Logged>,
    /// Building on something that is not here.
    pub(super) waiting: BTreeMap<Hash, Logged>,
    /// Never to be applied.
    pub(super) broken: Vec<(Hash, Reason)>,
}

/// Puts changes in an order in which each comes after those that it builds on.
pub(super) fn sort(log: &Log, first: Hash, mut pool: BTreeMap<Hash, Logged>) -> Sorted {
    pool.retain(|hash, _| !log.contains(hash));
    let mut open: BTreeMap<Hash, usize> = BTreeMap::new();
    let mut builders: BTreeMap<Hash, Vec<Hash>> = BTreeMap::new();
    let mut able = VecDeque::new();
    for (hash, change) in &pool {
        let missing: BTreeSet<&Hash> = change
            .chunk
            .deps
            .iter()
            .filter(|dep| !log.contains(dep))
            .collect();
        if missing.is_empty() {
            able.push_back(*hash);
        }
        open.insert(*hash, missing.len());
        for dep in missing {
            builders.entry(*dep).or_default().push(*hash);
        }
    }
    let mut ready = Log::default();
    let mut broken = Vec::new();
    while let Some(change) = able.pop_front().and_then(|hash| pool.remove(&hash)) {
        let hash = change.chunk.hash;
        if let Err(reason) = check(log, &ready, first, &change.chunk) {
            broken.push((hash, reason));
            continue;
        }
        ready.push(change);
        for builder in builders.remove(&hash).unwrap_or_default() {
            if let Some(missing) = open.get_mut(&builder) {
                *missing -= 1;
                if *missing == 0 {
                    able.push_back(builder);
                }
            }
        }
    }
    Sorted {
        ready: ready.all().to_vec(),
        waiting: pool,
        broken,
    }
}

/// Checks what the library would panic on, or take in to everyone's harm.
fn check(log: &Log, ready: &Log, first: Hash, chunk: &Chunk) -> Result<(), Reason> {
    if chunk.deps.is_empty() && chunk.hash != first {
        return Err(Reason::OtherDocument);
    }
    let last = ready
        .last_of(&chunk.actor)
        .or_else(|| log.last_of(&chunk.actor));
    let expected = last.map_or(1, |last| last.seq + 1);
    if chunk.seq != expected {
        return Err(Reason::Sequence {
            expected,
            found: chunk.seq,
        });
    }
    let built_on = chunk
        .deps
        .iter()
        .filter_map(|dep| ready.get(dep).or_else(|| log.get(dep)))
        .map(|change| change.chunk.max_op())
        .chain(last.map(Chunk::max_op))
        .max()
        .unwrap_or_default();
    if chunk.start_op <= built_on {
        return Err(Reason::Counter);
    }
    Ok(())
}
