//! Where items are, and whether tablets tell the truth about it.

use crate::{
    drive::to_the_end,
    tablet::Tablet,
    witness::{Told, Wrong},
    world::World,
};
use chrono::{DateTime, Utc};
use hemrond_companion::Companion;
use hemrond_documents::{Limits, is_reserved, parse_chunk};
use hemrond_domain::record::DocumentId;
use hemrond_server::storage::Records as _;
use hemrond_store::{ItemName, StoreError};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// What a tablet's own rows say of what waits and what was refused, counted here once more.
pub(super) struct Queue {
    /// Of each item that waits: its document, and whether somebody wrote it.
    waiting: Vec<(DocumentId, bool)>,
    /// Since when what somebody wrote waits, by document.
    since: BTreeMap<DocumentId, DateTime<Utc>>,
    refused: Vec<DocumentId>,
}

impl Queue {
    pub(super) async fn of(companion: &Companion) -> Result<Self, StoreError> {
        let store = companion.store();
        let names: BTreeSet<ItemName> = store.waiting_names().await?.into_iter().collect();
        let refused = store.refused_all().await?;
        let mut waiting = Vec::new();
        for unknown in store.unacknowledged().await? {
            for item in unknown.items {
                let name = ItemName {
                    document: unknown.document,
                    hash: item.hash,
                };
                if names.contains(&name) {
                    let nobodys = parse_chunk(&item.bytes, &Limits::STORED)
                        .is_ok_and(|chunk| is_reserved(&chunk.actor));
                    waiting.push((unknown.document, !nobodys));
                }
            }
        }
        let rows = store.outbox_by_document().await?.into_iter();
        Ok(Self {
            waiting,
            since: rows
                .map(|row| (row.document, row.oldest_queued_at))
                .collect(),
            refused: refused.into_iter().map(|row| row.document).collect(),
        })
    }

    /// How many items that somebody wrote wait, of one document or of all.
    pub(super) fn somebodys(&self, document: Option<DocumentId>) -> usize {
        let waiting = self.waiting.iter();
        waiting
            .filter(|(of, somebodys)| *somebodys && document.is_none_or(|one| one == *of))
            .count()
    }

    /// Since when something that somebody wrote in a document waits.
    pub(super) fn since(&self, document: DocumentId) -> Option<DateTime<Utc>> {
        self.since.get(&document).copied()
    }

    /// How many items were refused, of one document or of all.
    pub(super) fn refused(&self, document: Option<DocumentId>) -> usize {
        let refused = self.refused.iter();
        refused
            .filter(|of| document.is_none_or(|one| one == **of))
            .count()
    }
}

impl World {
    /// Asks a tablet what waits, and holds it to what it says of the rest.
    pub(crate) fn look_at_queue(&mut self, place: usize) {
        let Some(companion) = self.running(place) else {
            return;
        };
        let Some(&number) = self.places.get(place) else {
            return;
        };
        let cannot_be_read = format!("{} cannot be read", self.name(number));
        let waiting = to_the_end(Tablet::waiting(&companion), &self.stop);
        let Ok(Ok(waiting)) = waiting else {
            self.witness.find(Wrong::Stuck, cannot_be_read);
            return;
        };
        let new = self.witness.kept(number, &waiting);
        self.remember_entries(&companion, &new);
        self.look_at_log(number, &companion);
        match to_the_end(Queue::of(&companion), &self.stop) {
            Ok(Ok(queue)) => self.line_at_the_top(number, &companion, &queue),
            _ => self.witness.find(Wrong::Stuck, cannot_be_read.clone()),
        }
        let gone = self.witness.said_to_be_gone(number, &waiting);
        if gone.is_empty() {
            return;
        }
        let refused = to_the_end(companion.store().refused_all(), &self.stop);
        let Ok(Ok(refused)) = refused else {
            self.witness.find(Wrong::Stuck, cannot_be_read);
            return;
        };
        let refused: BTreeSet<ItemName> = refused
            .into_iter()
            .map(|row| ItemName {
                document: row.document,
                hash: row.hash,
            })
            .collect();
        let held = self.on_server(&gone);
        for item in gone {
            if refused.contains(&item) {
                self.witness.tell(number, item, Told::Refused);
            } else if held.contains(&item) || self.once_on_server.contains(&item) {
                // A tablet that has not heard of a restore yet speaks of the server that it knew:
                // an acknowledgement that it could not even sync may be all that came through a
                // power cut. It hears of it with its next sync, and gives back what it holds.
                self.witness.tell(number, item, Told::OnServer);
            } else {
                let what = format!(
                    "{} says that an item of {} is on the server, and it is not",
                    self.name(number),
                    item.document
                );
                self.witness.find(Wrong::Lost, what);
                return;
            }
        }
    }

    /// Which of these items the server has.
    pub(crate) fn on_server(&mut self, items: &[ItemName]) -> BTreeSet<ItemName> {
        let documents: BTreeSet<_> = items.iter().map(|item| item.document).collect();
        let documents: Vec<_> = documents.into_iter().collect();
        if documents.is_empty() {
            return BTreeSet::new();
        }
        let site = Arc::clone(&self.site);
        let held = to_the_end(site.database.hashes(&documents), &self.stop);
        let Ok(Ok(held)) = held else {
            self.witness
                .find(Wrong::Stuck, "the database cannot be read");
            return BTreeSet::new();
        };
        let held: BTreeMap<_, BTreeSet<_>> = held
            .into_iter()
            .map(|(document, hashes)| (document, hashes.into_iter().collect()))
            .collect();
        items
            .iter()
            .filter(|item| {
                held.get(&item.document)
                    .is_some_and(|hashes| hashes.contains(&item.hash))
            })
            .copied()
            .collect()
    }

    /// Which of these items a tablet has.
    pub(crate) fn held_by(&mut self, place: usize, items: &[ItemName]) -> BTreeSet<ItemName> {
        let documents: BTreeSet<_> = items.iter().map(|item| item.document).collect();
        let Some(companion) = self.running(place) else {
            return BTreeSet::new();
        };
        let mut found = BTreeSet::new();
        for document in documents {
            let hashes = to_the_end(companion.store().hashes(document), &self.stop);
            let Ok(Ok(hashes)) = hashes else { continue };
            let hashes: BTreeSet<_> = hashes.into_iter().collect();
            let of_document = items.iter().filter(|item| item.document == document);
            found.extend(
                of_document
                    .filter(|item| hashes.contains(&item.hash))
                    .copied(),
            );
        }
        found
    }
}
