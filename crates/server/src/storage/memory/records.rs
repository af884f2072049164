//! Documents and the feed.

use super::{Call, Moment, Numbering, Process, page, take_in};
use crate::storage::{
    Asker, Digested, Kept, Page, PageQuery, Publication, PushedDocument, Records, RefusedItem,
    StorageError, TakenIn,
};
use async_trait::async_trait;
use hemrond_domain::{
    ids::{DeviceId, OrganisationId, PersonId},
    record::{DocumentId, DocumentKind},
};
use hemrond_protocol::{ItemHash, ItemKind, WireHeader};
use std::{collections::BTreeMap, sync::Arc};

#[async_trait]
impl Records for Process {
    async fn take_in(
        &self,
        asker: &Asker,
        documents: Vec<PushedDocument>,
        now: i64,
    ) -> Result<TakenIn, StorageError> {
        self.pass(Call::TakeIn, Moment::Begin).await;
        let drawn = match self.shared.numbering {
            Numbering::UnderLock => None,
            Numbering::BeforeLock => {
                let drawn = self.draw(&documents);
                // With the numbers in hand it may be overtaken, which is the fault.
                self.pass(Call::TakeIn, Moment::Begin).await;
                Some(drawn)
            }
        };
        let lock = self.shared.head_lock.lock().await;
        self.pass(Call::TakeIn, Moment::Locked).await;
        let layout = {
            let state = self.committed();
            let before = drawn.unwrap_or(state.head);
            take_in::lay_out(&state, asker, &documents, before, now)?
        };
        self.pass(Call::TakeIn, Moment::Commit).await;
        let taken = TakenIn {
            verdicts: layout.verdicts.clone(),
            blocked: layout.blocked.clone(),
        };
        let head = self.commit(|state| Ok(take_in::apply(state, layout)))?;
        drop(lock);
        self.moved_to(head);
        self.pass(Call::TakeIn, Moment::Committed).await;
        Ok(taken)
    }

    async fn page(&self, asker: &Asker, query: &PageQuery) -> Result<Page, StorageError> {
        self.read(Call::Page, |state| {
            state.check_access(asker.user, asker.access_version)?;
            Ok(page::page(state, asker, query))
        })
        .await
    }

    async fn digests(&self, asker: &Asker) -> Result<(Vec<Digested>, u64), StorageError> {
        self.read(Call::Digests, |state| {
            state.check_access(asker.user, asker.access_version)?;
            Ok((page::digests(state, asker), state.head))
        })
        .await
    }

    async fn hashes(
        &self,
        documents: &[DocumentId],
    ) -> Result<BTreeMap<DocumentId, Vec<ItemHash>>, StorageError> {
        Ok(self
            .read(Call::Hashes, |state| {
                documents
                    .iter()
                    .filter_map(|id| {
                        let items = &state.documents.get(id)?.items;
                        Some((*id, items.keys().copied().collect()))
                    })
                    .collect()
            })
            .await)
    }

    async fn withheld(
        &self,
        asker: &Asker,
        documents: &[DocumentId],
    ) -> Result<Vec<DocumentId>, StorageError> {
        Ok(self
            .read(Call::Withheld, |state| {
                let mut found: Vec<DocumentId> = documents
                    .iter()
                    .copied()
                    .filter(|id| {
                        let document = state.documents.get(id);
                        document.is_some_and(|document| {
                            !state.readable(document, asker) || state.destroyed.contains_key(id)
                        })
                    })
                    .collect();
                found.sort_unstable();
                found.dedup();
                found
            })
            .await)
    }

    async fn document(&self, id: DocumentId) -> Result<Option<Kept>, StorageError> {
        Ok(self
            .read(Call::Document, |state| {
                let document = state.documents.get(&id)?;
                Some(page::kept(document))
            })
            .await)
    }

    async fn headers(
        &self,
        documents: &[DocumentId],
    ) -> Result<BTreeMap<DocumentId, WireHeader>, StorageError> {
        Ok(self
            .read(Call::Headers, |state| {
                documents
                    .iter()
                    .filter_map(|id| Some((*id, (&state.documents.get(id)?.header).into())))
                    .collect()
            })
            .await)
    }

    async fn changes(
        &self,
        documents: &[DocumentId],
    ) -> Result<BTreeMap<DocumentId, Vec<Vec<u8>>>, StorageError> {
        Ok(self
            .read(Call::Changes, |state| {
                documents
                    .iter()
                    .filter_map(|id| {
                        let items = state.documents.get(id)?.in_order().into_iter();
                        let changes: Vec<Vec<u8>> = items
                            .filter(|item| item.kind == ItemKind::Change)
                            .map(|item| item.bytes.to_vec())
                            .collect();
                        (!changes.is_empty()).then_some((*id, changes))
                    })
                    .collect()
            })
            .await)
    }

    async fn people_numbered(
        &self,
        number: &str,
        besides: OrganisationId,
        most: u32,
    ) -> Result<Vec<(OrganisationId, PersonId)>, StorageError> {
        Ok(self
            .read(Call::PeopleNumbered, |state| {
                let said = state.numbers.iter().filter(|(said, _)| said == number);
                let documents = said.filter_map(|(_, id)| state.documents.get(id));
                let mut found: Vec<_> = documents
                    .filter(|document| !document.items.is_empty())
                    .filter_map(|document| {
                        let header = &document.header;
                        Some((header.organisation(), header.person_id()?))
                    })
                    .filter(|(organisation, _)| *organisation != besides)
                    .collect();
                found.sort_unstable();
                found.truncate(usize::try_from(most).unwrap_or(usize::MAX));
                found
            })
            .await)
    }

    async fn unlisted_people(
        &self,
        after: Option<DocumentId>,
        most: u32,
    ) -> Result<Vec<DocumentId>, StorageError> {
        Ok(self
            .read(Call::PeopleNumbered, |state| {
                let later = state.documents.iter().filter(|(id, _)| Some(**id) > after);
                let people = later.filter(|(_, document)| {
                    document.header.kind() == DocumentKind::Person && !document.items.is_empty()
                });
                let listed = |id: &DocumentId| state.numbers.iter().any(|(_, one)| one == id);
                people
                    .map(|(id, _)| *id)
                    .filter(|id| !listed(id))
                    .take(usize::try_from(most).unwrap_or(usize::MAX))
                    .collect()
            })
            .await)
    }

    async fn list_numbers(&self, said: &[(String, DocumentId)]) -> Result<(), StorageError> {
        self.write(Call::ListNumbers, |state| {
            let is_there = |id| {
                let document = state.documents.get(id);
                document.is_some_and(|document| !document.items.is_empty())
            };
            let said = said.iter().filter(|(_, id)| is_there(id));
            let said: Vec<_> = said.cloned().collect();
            Arc::make_mut(&mut state.numbers).extend(said);
            Ok(())
        })
        .await
    }

    async fn refused(&self, device: DeviceId) -> Result<Vec<RefusedItem>, StorageError> {
        Ok(self
            .read(Call::Refused, |state| {
                take_in::newest_first(state, device)
                    .into_iter()
                    .filter_map(|name| {
                        let refused = state.refused.get(&(device, name))?;
                        Some(RefusedItem {
                            document: refused.document,
                            code: refused.code.to_owned(),
                            bytes: refused.bytes.to_vec(),
                            refused_at: refused.refused_at,
                        })
                    })
                    .collect()
            })
            .await)
    }

    async fn published(
        &self,
        after: u64,
        most: usize,
    ) -> Result<(Vec<Publication>, u64), StorageError> {
        self.read(Call::Published, |state| {
            Ok((page::published(state, after, most), state.head))
        })
        .await
    }

    async fn news(&self, asker: &Asker, after: u64) -> Result<(bool, u64), StorageError> {
        self.read(Call::News, |state| {
            state.check_access(asker.user, asker.access_version)?;
            Ok((page::concerns(state, asker, after), state.head))
        })
        .await
    }
}

impl Process {
    /// Draws positions for everything that a push offers; those that it does not need stay empty,
    /// as they do after a database's own sequence. Returns the position before the first.
    fn draw(&self, documents: &[PushedDocument]) -> u64 {
        let offered: usize = documents.iter().map(|document| document.items.len()).sum();
        let mut inner = self.shared.lock();
        let before = inner.drawn.max(inner.state.head);
        inner.drawn = before.saturating_add(u64::try_from(offered).unwrap_or(u64::MAX));
        before
    }
}
