//! Signed entries as they were when they first waited: to be found the same everywhere, to the last byte.

use crate::{drive::to_the_end, world::World};
use hemrond_companion::Companion;
use hemrond_domain::record::DocumentId;
use hemrond_store::{ItemKind, ItemName};
use std::collections::BTreeSet;

impl World {
    /// Remembers the bytes of those of the items that are entries.
    pub(crate) fn remember_entries(&mut self, companion: &Companion, items: &[ItemName]) {
        let documents: BTreeSet<DocumentId> = items.iter().map(|item| item.document).collect();
        for document in documents {
            let stored = to_the_end(companion.store().load(document), &self.stop);
            let Ok(Ok(Some(stored))) = stored else {
                continue;
            };
            for item in stored.items {
                let name = ItemName {
                    document,
                    hash: item.hash,
                };
                if item.kind == ItemKind::Entry && items.contains(&name) {
                    self.witness.entries.entry(name).or_insert(item.bytes);
                }
            }
        }
    }
}
