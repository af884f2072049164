//! SQLite's locks on a file, between the connections of one process.

use crate::{error::DiskError, platter::FileId};
use std::collections::BTreeMap;

/// What a connection may do to a file, in SQLite's order: each includes those before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    #[default]
    None,
    Shared,
    Reserved,
    Pending,
    Exclusive,
}

/// One opening of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Holder(pub(crate) u64);

/// Who holds what.
#[derive(Debug, Default)]
pub(crate) struct Locks(BTreeMap<FileId, BTreeMap<Holder, Level>>);

impl Locks {
    /// Raises a connection's lock, unless another connection's is in the way.
    pub(crate) fn raise(
        &mut self,
        file: FileId,
        who: Holder,
        level: Level,
    ) -> Result<(), DiskError> {
        let others = self.highest_of_others(file, who);
        let in_the_way = match level {
            Level::None => false,
            Level::Shared => others >= Level::Pending && self.held(file, who) < Level::Shared,
            Level::Reserved | Level::Pending => others >= Level::Reserved,
            Level::Exclusive => others >= Level::Shared,
        };
        if in_the_way {
            return Err(DiskError::Busy);
        }
        let held = self.0.entry(file).or_default().entry(who).or_default();
        *held = level.max(*held);
        Ok(())
    }

    /// Lowers a connection's lock.
    pub(crate) fn lower(&mut self, file: FileId, who: Holder, level: Level) {
        let Some(holders) = self.0.get_mut(&file) else {
            return;
        };
        if level == Level::None {
            holders.remove(&who);
        } else if let Some(held) = holders.get_mut(&who) {
            *held = level.min(*held);
        }
    }

    /// Whether any connection is about to write.
    pub(crate) fn is_reserved(&self, file: FileId) -> bool {
        let holders = self.0.get(&file);
        holders.is_some_and(|holders| holders.values().any(|level| *level >= Level::Reserved))
    }

    fn held(&self, file: FileId, who: Holder) -> Level {
        let holders = self.0.get(&file);
        holders
            .and_then(|holders| holders.get(&who))
            .copied()
            .unwrap_or_default()
    }

    fn highest_of_others(&self, file: FileId, who: Holder) -> Level {
        let holders = self.0.get(&file).into_iter().flatten();
        holders
            .filter(|(holder, _)| **holder != who)
            .map(|(_, level)| *level)
            .max()
            .unwrap_or_default()
    }
}
