//! Taking in changes: from disk, from the server, from anyone.

use super::{
    Applied, ApplyError, Document, LoadError, Loaded, Reason, SetAside, Waiting, order::sort,
};
use crate::{
    actor::Actor,
    change::{Hash, RawChange, sha256},
    chunk::{self, Chunk, Limits},
    log::Logged,
    schema::Knows,
    snapshot::Snapshot,
};
use automerge::{Automerge, Change, ChangeHash};
use hemrond_domain::record::Header;
use std::{
    collections::{BTreeMap, BTreeSet},
    panic::{AssertUnwindSafe, catch_unwind},
};

impl Document {
    /// Reads a document from its stored changes, in any order.
    ///
    /// Every sound change is applied, whatever else is among them. The given first changes need not
    /// be stored. A change that builds on a missing one is set aside and also kept waiting.
    ///
    /// # Errors
    /// Never for a header; the error stands in for a panic.
    pub fn load(
        header: &Header,
        actor: Actor,
        changes: impl IntoIterator<Item = impl AsRef<[u8]>>,
    ) -> Result<Loaded, LoadError> {
        Self::load_knowing(header, actor, Knows::Everything, changes)
    }

    /// As [`Document::load`], by a program that knows so much of the schemas.
    ///
    /// # Errors
    /// Never for a header; the error stands in for a panic.
    pub fn load_knowing(
        header: &Header,
        actor: Actor,
        knows: Knows,
        changes: impl IntoIterator<Item = impl AsRef<[u8]>>,
    ) -> Result<Loaded, LoadError> {
        Ok(Self::create_knowing(header, actor, knows)?.fill(changes))
    }

    /// Takes every sound change into a document that nobody has written in.
    pub(crate) fn fill(mut self, changes: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Loaded {
        let mut set_aside = Vec::new();
        let mut pool = BTreeMap::new();
        for (place, bytes) in changes.into_iter().enumerate() {
            match read(bytes.as_ref()) {
                Ok(change) => {
                    pool.entry(change.chunk.hash).or_insert((place, change));
                }
                Err((hash, reason)) => set_aside.push(SetAside {
                    hash,
                    place,
                    reason,
                }),
            }
        }
        let places: BTreeMap<Hash, usize> = pool
            .iter()
            .map(|(hash, (place, _))| (*hash, *place))
            .collect();
        let place = |hash: &Hash| places.get(hash).copied().unwrap_or_default();

        let mut pool: BTreeMap<Hash, Logged> = pool
            .into_iter()
            .map(|(hash, (_, change))| (hash, change))
            .collect();
        let mut broken = Vec::new();
        loop {
            let sorted = sort(&self.log, self.first, pool.clone());
            self.waiting = sorted.waiting;
            let refused = self.take_each(sorted.ready);
            if refused.is_empty() {
                broken.extend(sorted.broken);
                break;
            }
            // A refused change may have stood in the place of a sound one.
            for (hash, reason) in refused {
                pool.remove(&hash);
                broken.push((hash, reason));
            }
        }
        set_aside.extend(broken.into_iter().map(|(hash, reason)| SetAside {
            hash,
            place: place(&hash),
            reason,
        }));
        set_aside.extend(self.waiting().into_iter().map(|waiting| SetAside {
            hash: waiting.hash,
            place: place(&waiting.hash),
            reason: Reason::Missing(waiting.missing),
        }));
        set_aside.sort_by_key(|aside| aside.place);
        Loaded {
            document: self,
            set_aside,
        }
    }

    /// Applies changes that are in order, each that can be; returns those that the library refused.
    fn take_each(&mut self, changes: Vec<Logged>) -> Vec<(Hash, Reason)> {
        let mut refused = Vec::new();
        if self.take(&changes).is_ok() {
            return refused;
        }
        for change in changes {
            let hash = change.chunk.hash;
            // What builds on a refused change is left for the next attempt, where it waits.
            if change.chunk.deps.iter().all(|dep| self.log.contains(dep))
                && let Err(reason) = self.take(std::slice::from_ref(&change))
            {
                refused.push((hash, reason));
            }
        }
        refused
    }

    /// Takes in changes from elsewhere: all, or none when one of them is refused.
    ///
    /// Known changes are passed over. A change that builds on one that has not come is kept until
    /// it comes, in memory only.
    ///
    /// # Errors
    /// When a change cannot be read or applied; it says which.
    pub fn apply(
        &mut self,
        changes: impl IntoIterator<Item = impl AsRef<[u8]>>,
    ) -> Result<Applied, ApplyError> {
        let mut pool = self.waiting.clone();
        let mut places = BTreeMap::new();
        for (place, bytes) in changes.into_iter().enumerate() {
            let change = read(bytes.as_ref()).map_err(|(hash, reason)| SetAside {
                hash,
                place,
                reason,
            })?;
            places.entry(change.chunk.hash).or_insert(place);
            pool.insert(change.chunk.hash, change);
        }
        let mut set_aside = Vec::new();
        loop {
            let sorted = sort(&self.log, self.first, pool.clone());
            let mut broken = sorted.broken;
            if broken.is_empty() {
                match self.take(&sorted.ready) {
                    Ok(()) => {
                        self.waiting = sorted.waiting;
                        let new = sorted
                            .ready
                            .iter()
                            .map(|change| change.chunk.hash)
                            .collect();
                        return Ok(Applied {
                            new,
                            waiting: self.waiting(),
                            set_aside,
                        });
                    }
                    Err(reason) => broken.push((self.culprit(&sorted.ready), reason)),
                }
            }
            for (hash, reason) in broken {
                let place = places.get(&hash).copied();
                let aside = SetAside {
                    hash,
                    place: place.unwrap_or_default(),
                    reason,
                };
                if place.is_some() {
                    return Err(aside.into());
                }
                // What had waited and turns out broken must not block what came now.
                pool.remove(&hash);
                self.waiting.remove(&hash);
                set_aside.push(aside);
            }
        }
    }

    /// The changes that wait for others, sorted.
    #[must_use]
    pub fn waiting(&self) -> Vec<Waiting> {
        self.waiting
            .values()
            .map(|change| Waiting {
                hash: change.chunk.hash,
                missing: self.missing(&change.chunk),
            })
            .collect()
    }

    fn missing(&self, chunk: &Chunk) -> Vec<Hash> {
        let here = |dep: &&Hash| self.log.contains(dep) || self.waiting.contains_key(*dep);
        let missing: BTreeSet<Hash> = chunk
            .deps
            .iter()
            .filter(|dep| !here(dep))
            .copied()
            .collect();
        missing.into_iter().collect()
    }

    /// Applies changes that are in order, all or none: to a copy that takes the document's place.
    fn take(&mut self, changes: &[Logged]) -> Result<(), Reason> {
        if changes.is_empty() {
            return Ok(());
        }
        self.state = self.state_with(changes)?;
        for change in changes {
            self.log.push(change.clone());
        }
        Ok(())
    }

    /// The library's state with these changes, which are in order.
    pub(super) fn state_with(&self, changes: &[Logged]) -> Result<Automerge, Reason> {
        let (state, containers) = (&self.state, &self.containers);
        // Nothing of the copy is used after a panic, so nothing half-done can be seen.
        catch_unwind(AssertUnwindSafe(|| {
            let mut copy = state.clone();
            let parsed: Vec<Change> = changes
                .iter()
                .map(|change| Change::from_bytes(change.raw.bytes.clone()))
                .collect::<Result<_, _>>()
                .map_err(|error| Reason::Refused(error.to_string()))?;
            copy.apply_changes(parsed)
                .map_err(|error| Reason::Refused(error.to_string()))?;
            for change in changes {
                let hash = ChangeHash(change.chunk.hash);
                if copy.get_change_meta_by_hash(&hash).is_none() {
                    return Err(Reason::Refused("it was not applied".to_owned()));
                }
            }
            // Some broken changes are applied and fail only when they are read.
            drop(Snapshot::of(&copy, containers, None));
            Ok(copy)
        }))
        .unwrap_or_else(|_| Err(Reason::Refused("the library failed on it".to_owned())))
    }

    /// The first of some changes that cannot be applied.
    fn culprit(&self, changes: &[Logged]) -> Hash {
        let mut trial = self.clone();
        changes
            .iter()
            .find(|change| trial.take(std::slice::from_ref(change)).is_err())
            .or(changes.first())
            .map(|change| change.chunk.hash)
            .unwrap_or_default()
    }

    /// Records a change that was just made here.
    pub(super) fn record(&mut self, raw: RawChange, chunk: Chunk) {
        self.log.push(Logged { raw, chunk });
    }
}

pub(super) fn read(bytes: &[u8]) -> Result<Logged, (Hash, Reason)> {
    let chunk = chunk::parse(bytes, &Limits::STORED)
        .map_err(|error| (sha256(bytes), Reason::Unreadable(error)))?;
    Ok(Logged {
        raw: RawChange {
            hash: chunk.hash,
            bytes: bytes.to_vec(),
        },
        chunk,
    })
}
