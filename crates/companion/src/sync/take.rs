//! Taking in one answer of the server, in one transaction.

use super::gather::raw_header;
use crate::{
    cache::{Open, Signed},
    change::urgency,
    failure::{Outcome, Problem},
    tablet::{Companion, State},
};
use hemrond_documents::{Document, Limits, parse_chunk};
use hemrond_domain::record::{DocumentId, DocumentKind};
use hemrond_protocol::{Delivery, ItemKind};
use hemrond_store::{Author, DocumentCommit, NewItem, Origin, Requeue, Shown, SyncCommit};
use hemrond_sync::{Session, Taken};
use std::collections::BTreeMap;

/// Why a delivered document cannot be shown here: a newer version knows its kind.
const NEWER_KIND: &str = "document.newer_kind";

impl Companion {
    pub(super) async fn take(&self, session: &mut Session, taken: Taken) -> Outcome<()> {
        let mut state = self.state.lock().await;
        let now = self.clock.now();
        let mut commit = SyncCommit::new(now);
        commit.last_contact = Some(now);
        if let Some(position) = taken.position {
            commit.epoch = position.epoch.map(|epoch| epoch.0);
            commit.cursor = Some(position.cursor);
        }
        commit.acknowledged = taken.acknowledged.iter().map(store_name).collect();
        commit.refused = taken
            .refused
            .iter()
            .map(|(name, code)| (store_name(name), code.clone()))
            .collect();
        for author in &taken.authors {
            let known = Author {
                actor: author.actor.0,
                user: author.user.into(),
                device: author.device.into(),
            };
            state
                .authors
                .insert(known.actor, (known.user, known.device));
            commit.actors.push(known);
        }
        for compare in &taken.compare {
            let own = self.store.hashes_not_refused(compare.document).await?;
            let kind = self.kind_of(&mut state, compare.document).await?;
            commit
                .requeue
                .extend(session.compared(compare, &own).iter().map(|name| Requeue {
                    item: store_name(name),
                    urgency: kind.map_or(u8::MAX, urgency),
                }));
        }
        // One answer may bring a document twice: because it was wanted, and by the feed. The second
        // time builds on the first, which is neither on disk nor in the cache yet.
        let mut opened: BTreeMap<DocumentId, Open> = BTreeMap::new();
        for delivery in &taken.deliveries {
            let document = self
                .read_delivery(&mut state, delivery, &mut opened)
                .await?;
            commit.documents.push(document);
        }
        commit.gone = taken.gone;
        let gone = commit.gone.clone();
        let documents: Vec<DocumentId> = commit
            .documents
            .iter()
            .map(|document| document.header.id())
            .collect();
        let touched: Vec<DocumentId> = commit
            .acknowledged
            .iter()
            .map(|name| name.document)
            .chain(commit.refused.iter().map(|(name, _)| name.document))
            .collect();
        let kinds: Vec<DocumentKind> = opened
            .values()
            .map(|open| open.document.header().kind())
            .collect();
        // As with edits: should this be cut short, memory must not be older than the disk.
        for id in opened.keys() {
            state.cache.forget(*id);
        }
        if let Err(error) = self.store.apply_sync(commit).await {
            state.cache.forget_all();
            return Err(error.into());
        }
        for (id, open) in opened {
            state.cache.put(id, open);
        }
        for id in &gone {
            state.cache.forget(*id);
        }
        if kinds.contains(&DocumentKind::Person) || !gone.is_empty() {
            state.people.forget();
        }
        if kinds.contains(&DocumentKind::Directory) {
            self.refresh_directory(&mut state).await?;
        }
        state.link.last_contact = Some(now);
        drop(state);
        let by_others = !documents.is_empty() || !gone.is_empty();
        let mut changed = documents;
        changed.extend(touched);
        changed.extend(gone);
        changed.sort_unstable();
        changed.dedup();
        self.announce(changed, by_others);
        Ok(())
    }

    async fn kind_of(&self, state: &mut State, id: DocumentId) -> Outcome<Option<DocumentKind>> {
        Ok(self
            .open_by_id(state, id)
            .await?
            .map(|open| open.document.header().kind()))
    }

    /// What is to be written of one delivery. Items that are none are left out: the comparison
    /// after the next start asks for them again.
    async fn read_delivery(
        &self,
        state: &mut State,
        delivery: &Delivery,
        opened: &mut BTreeMap<DocumentId, Open>,
    ) -> Outcome<DocumentCommit> {
        let raw = raw_header(&delivery.header);
        let mut new_items = Vec::new();
        let mut changes: Vec<&[u8]> = Vec::new();
        let mut entries = Vec::new();
        for item in &delivery.items {
            match item.kind {
                ItemKind::Change => match parse_chunk(&item.bytes, &Limits::STORED) {
                    Ok(chunk) => {
                        changes.push(&item.bytes);
                        new_items.push(NewItem {
                            hash: chunk.hash,
                            kind: hemrond_store::ItemKind::Change,
                            bytes: item.bytes.clone(),
                            actor: Some(chunk.actor),
                            origin: Origin::Server,
                        });
                    }
                    Err(error) => tracing::warn!(reason = %error, "a delivered change is none"),
                },
                ItemKind::Entry => match Signed::read(&item.bytes) {
                    Ok(entry) => {
                        new_items.push(NewItem {
                            hash: entry.hash,
                            kind: hemrond_store::ItemKind::Entry,
                            bytes: item.bytes.clone(),
                            actor: None,
                            origin: Origin::Server,
                        });
                        entries.push(entry);
                    }
                    Err(error) => tracing::warn!(reason = %error, "a delivered entry is none"),
                },
            }
        }
        let Ok(header) = raw.header() else {
            let shown = Shown::No {
                reason: NEWER_KIND.to_owned(),
            };
            return Ok(DocumentCommit {
                header: raw,
                new_items,
                read_models: None,
                shown,
            });
        };
        let mut open = match opened.remove(&header.id()) {
            Some(open) => open,
            None => self.open_or_begin(state, &header).await?,
        };
        if open.document.apply(&changes).is_err() {
            // One bad change must not hide the good ones: everything is read anew, and what cannot
            // be applied is set aside.
            let held = open.document.changes();
            let all = held
                .iter()
                .map(|change| change.bytes.as_slice())
                .chain(changes);
            open.document = Document::load(&header, state.actor, all)
                .map_err(|_| Problem::new("document.unreadable"))?
                .document;
        }
        for entry in entries {
            open.add_entry(entry);
        }
        let commit = self.document_commit(state, &open, new_items);
        opened.insert(header.id(), open);
        Ok(commit)
    }
}

fn store_name(name: &hemrond_sync::ItemName) -> hemrond_store::ItemName {
    hemrond_store::ItemName {
        document: name.document,
        hash: name.hash,
    }
}
