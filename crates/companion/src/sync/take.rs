//! Taking in one answer of the server, in one transaction.

use crate::{
    access_log::LogNews,
    change::urgency,
    failure::Outcome,
    tablet::{Companion, State},
};
use hemrond_domain::record::{DocumentId, DocumentKind};
use hemrond_store::{Applied, Author, LogAcknowledged, Requeue, SyncCommit};
use hemrond_sync::{Recovery, Session, Taken};
use std::{collections::BTreeSet, sync::atomic::Ordering};

impl Companion {
    pub(super) async fn take(
        &self,
        session: &mut Session,
        taken: Taken,
        log: LogNews,
    ) -> Outcome<()> {
        let mut state = self.state.lock().await;
        let now = self.clock.now();
        let mut commit = SyncCommit::new(now);
        commit.last_contact = Some(now);
        let broken = log.is_broken();
        commit.log_acknowledged = log.acknowledged.map(|head| LogAcknowledged {
            head,
            at: now.max(log.server_time),
        });
        commit.log_give_back = log.give_back;
        commit.log_remembered = log.remembered;
        commit.log_findings = log.findings;
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
        let withdrawn: BTreeSet<DocumentId> = match taken.compare.as_slice() {
            [] => BTreeSet::new(),
            _ => {
                let kept = self.store.withdrawn_documents().await?;
                kept.into_iter().map(|(id, _)| id).collect()
            }
        };
        for document in self.to_be_given_back(&taken).await? {
            let kind = self.kind_of(&mut state, document).await?;
            let hashes = self.store.hashes_not_refused(document).await?;
            commit
                .requeue
                .extend(hashes.into_iter().map(|hash| Requeue {
                    item: hemrond_store::ItemName { document, hash },
                    urgency: kind.map_or(u8::MAX, urgency),
                }));
        }
        for compare in &taken.compare {
            let own = self.store.hashes_not_refused(compare.document).await?;
            let lacking = session.compared(compare, &own, withdrawn.contains(&compare.document));
            if lacking.is_empty() {
                continue;
            }
            let kind = self.kind_of(&mut state, compare.document).await?;
            commit.requeue.extend(lacking.iter().map(|name| Requeue {
                item: store_name(name),
                urgency: kind.map_or(u8::MAX, urgency),
            }));
        }
        let delivered = self.read_deliveries(&mut state, &taken.deliveries).await?;
        let mut opened = delivered.opened;
        commit.documents = delivered.commits;
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
        for id in opened.keys().chain(&delivered.broken) {
            state.cache.forget(*id);
        }
        // What goes takes the user's own changes along, and may come back without them, from a
        // server that was restored: they live on elsewhere.
        if !gone.is_empty() {
            self.change_actor(&mut state);
            opened.clear();
        }
        // An answer in the midst of a sync that brings nothing is not worth the wait for the disk: the
        // last one tells of the contact.
        let written = match taken.again && commit.says_nothing() {
            true => Ok(Applied::default()),
            false => self.store.apply_sync(commit).await,
        };
        let applied = match written {
            Ok(applied) => applied,
            Err(error) => {
                state.cache.forget_all();
                return Err(error.into());
            }
        };
        if !applied.returned.is_empty() {
            // What others wrote there was not to be given back while it was kept from the user; a
            // restored server may have forgotten it.
            self.compared.store(false, Ordering::Relaxed);
        }
        self.told_broken.fetch_or(broken, Ordering::Relaxed);
        for (id, open) in opened {
            state.cache.put(id, open);
        }
        if kinds.contains(&DocumentKind::Person) || !gone.is_empty() {
            state.people.forget();
        }
        if !documents.is_empty() || !gone.is_empty() {
            state.sight.forget_relations();
        }
        if kinds.contains(&DocumentKind::Directory) {
            self.refresh_directory(&mut state).await?;
        }
        state.link.last_contact = Some(now);
        // A block that came hides before anything is shown again; a document that came may be one
        // that is hidden already.
        if kinds.contains(&DocumentKind::Acts) || kinds.contains(&DocumentKind::Visit) {
            state.sight.forget();
            self.look_around(&mut state).await?;
        }
        // What was taken in stands, whatever comes of the alarm.
        let alarmed = self.sound_alarm(&state, &applied.found).await;
        drop(state);
        let by_others = !documents.is_empty() || !gone.is_empty();
        let mut changed = documents;
        changed.extend(touched);
        changed.extend(gone);
        changed.sort_unstable();
        changed.dedup();
        self.announce(changed, by_others);
        alarmed
    }

    /// What a restored server takes from this tablet, and may have forgotten: it was acknowledged by
    /// an earlier life of the server, and goes from the tablet when this one has it or refuses it.
    async fn to_be_given_back(&self, taken: &Taken) -> Outcome<Vec<DocumentId>> {
        let Some(recovery) = taken.recovery else {
            return Ok(Vec::new());
        };
        let mut documents = taken.gone.clone();
        if recovery == Recovery::Begins {
            let earlier = self.store.withdrawn_documents().await?;
            documents.extend(earlier.into_iter().map(|(id, _)| id));
        }
        Ok(documents)
    }

    async fn kind_of(&self, state: &mut State, id: DocumentId) -> Outcome<Option<DocumentKind>> {
        Ok(self
            .open_unasked(state, id)
            .await?
            .map(|open| open.document.header().kind()))
    }
}

fn store_name(name: &hemrond_sync::ItemName) -> hemrond_store::ItemName {
    hemrond_store::ItemName {
        document: name.document,
        hash: name.hash,
    }
}
