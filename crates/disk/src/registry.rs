//! Which disk a path leads to: SQLite knows names only.

use crate::{disk::Shared, machine::Machine};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

/// What the first part of a path on a disk begins with; the disk's number follows.
const PREFIX: &str = "/hemrond-disk-";

#[derive(Default)]
struct Registry {
    last: u64,
    disks: BTreeMap<u64, Weak<Shared>>,
}

static REGISTRY: Mutex<Registry> = Mutex::new(Registry {
    last: 0,
    disks: BTreeMap::new(),
});

fn registry() -> MutexGuard<'static, Registry> {
    REGISTRY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Gives a disk a number that no other of this process ever has, and remembers it by that.
pub(crate) fn enter(machine: Machine) -> Arc<Shared> {
    let mut registry = registry();
    registry.last += 1;
    let id = registry.last;
    let shared = Arc::new(Shared::new(id, machine));
    registry.disks.insert(id, Arc::downgrade(&shared));
    shared
}

/// Forgets a disk.
pub(crate) fn leave(id: u64) {
    registry().disks.remove(&id);
}

/// The path of a file on a disk.
pub(crate) fn path(id: u64, name: &str) -> String {
    format!("{PREFIX}{id}/{name}")
}

/// The number of the disk that a path leads to, and the file's name there.
pub(crate) fn parse(path: &str) -> Option<(u64, &str)> {
    let (id, name) = path.strip_prefix(PREFIX)?.split_once('/')?;
    Some((id.parse().ok()?, name))
}

/// The disk that a path leads to, while there is one, and the file's name there.
pub(crate) fn find(path: &str) -> Option<(Arc<Shared>, &str)> {
    let (id, name) = parse(path)?;
    // The lock is let go before the disk could be dropped here: dropping takes it, too.
    let shared = registry().disks.get(&id)?.upgrade();
    Some((shared?, name))
}
