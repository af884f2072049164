//! The age of documents, holds, and destroying what is due.

use super::{
    Call, Moment, Process,
    state::{Fed, State},
};
use crate::storage::{Aged, Choose, Destroyed, Hold, Retention, StorageError, paging::What};
use async_trait::async_trait;
use hemrond_domain::{
    ids::PersonId,
    law::ActId,
    record::{DocumentClass, DocumentId},
};
use std::sync::Arc;

#[async_trait]
impl Retention for Process {
    async fn aged(&self) -> Result<Vec<Aged>, StorageError> {
        Ok(self.read(Call::Aged, |state| aged(state, None)).await)
    }

    async fn aged_of(&self, persons: &[PersonId]) -> Result<Vec<Aged>, StorageError> {
        Ok(self
            .read(Call::Aged, |state| aged(state, Some(persons)))
            .await)
    }

    async fn destroy(
        &self,
        persons: &[PersonId],
        choose: &Choose<'_>,
        now: i64,
    ) -> Result<Vec<Destroyed>, StorageError> {
        if persons.is_empty() {
            return Ok(Vec::new());
        }
        self.pass(Call::Destroy, Moment::Begin).await;
        let lock = self.shared.head_lock.lock().await;
        self.pass(Call::Destroy, Moment::Locked).await;
        self.pass(Call::Destroy, Moment::Commit).await;
        let (gone, head) = {
            let mut inner = self.shared.lock();
            let drawn = inner.drawn;
            let state = Arc::make_mut(&mut inner.state);
            let gone = destroy(state, persons, choose, drawn, now);
            let head = state.head;
            inner.drawn = drawn.max(head);
            (gone, head)
        };
        drop(lock);
        self.moved_to(head);
        self.pass(Call::Destroy, Moment::Committed).await;
        Ok(gone)
    }

    /// There are no files.
    async fn compact(&self) -> Result<(), StorageError> {
        self.pass(Call::Compact, Moment::Begin).await;
        Ok(())
    }

    async fn destroyed(&self) -> Result<Vec<Destroyed>, StorageError> {
        let mut found: Vec<Destroyed> = self
            .read(Call::Destroyed, |state| {
                state.destroyed.values().copied().collect()
            })
            .await;
        found.sort_by_key(|gone| (gone.destroyed_at, gone.document));
        Ok(found)
    }

    async fn add_hold(&self, hold: &Hold) -> Result<(), StorageError> {
        self.pass(Call::AddHold, Moment::Begin).await;
        // Nothing is being destroyed while this is written down.
        let lock = self.shared.head_lock.lock().await;
        self.commit(|state| {
            if state.holds.contains_key(&hold.id) {
                return Err(StorageError::Constraint("the hold is there already"));
            }
            state.holds.insert(hold.id, hold.clone());
            Ok(())
        })?;
        drop(lock);
        self.pass(Call::AddHold, Moment::Committed).await;
        Ok(())
    }

    async fn end_hold(&self, id: [u8; 16], now: i64) -> Result<bool, StorageError> {
        self.write(Call::EndHold, |state| {
            let held = state.holds.get_mut(&id);
            let Some(hold) = held.filter(|hold| hold.ended.is_none()) else {
                return Ok(false);
            };
            hold.ended = Some(now);
            Ok(true)
        })
        .await
    }

    async fn holds(&self) -> Result<Vec<Hold>, StorageError> {
        Ok(self.read(Call::Holds, holds).await)
    }
}

fn holds(state: &State) -> Vec<Hold> {
    let mut found: Vec<Hold> = state.holds.values().cloned().collect();
    found.sort_by_key(|hold| (hold.since, hold.id));
    found
}

/// All that is held about some persons, or about all.
fn aged(state: &State, persons: Option<&[PersonId]>) -> Vec<Aged> {
    let mut found: Vec<Aged> = state
        .documents
        .iter()
        .filter_map(|(id, document)| {
            let person = document.header.person_id()?;
            if persons.is_some_and(|persons| !persons.contains(&person)) {
                return None;
            }
            let last_entry = document.items.values().map(|item| item.received_at).max()?;
            Some(Aged {
                document: *id,
                kind: document.header.kind(),
                organisation: document.header.organisation(),
                person,
                last_entry,
                items: u64::try_from(document.items.len()).unwrap_or(u64::MAX),
                bytes: document.item_bytes,
            })
        })
        .collect();
    found.sort_by_key(|aged| (*aged.person.as_bytes(), *aged.document.as_bytes()));
    found
}

fn destroy(
    state: &mut State,
    persons: &[PersonId],
    choose: &Choose<'_>,
    drawn: u64,
    now: i64,
) -> Vec<Destroyed> {
    let aged = aged(state, Some(persons));
    let chosen = choose(&aged, &holds(state));
    let mut gone = Vec::new();
    let mut position = state.head.max(drawn);
    for aged in aged.iter().filter(|aged| chosen.contains(&aged.document)) {
        let refused = forget(state, aged.document);
        let one = Destroyed {
            document: aged.document,
            kind: aged.kind,
            person: aged.person,
            last_entry: aged.last_entry,
            destroyed_at: now,
            items: aged.items,
            bytes: aged.bytes,
            refused,
        };
        Arc::make_mut(&mut state.destroyed).insert(aged.document, one);
        position += 1;
        let fed = Fed {
            what: What::Destroyed,
            document: aged.document,
            item: None,
            audience: None,
        };
        state.publish(position, fed);
        gone.push(one);
    }
    gone
}

/// Removes everything that says something of a document. Returns how much of it had been refused.
fn forget(state: &mut State, id: DocumentId) -> u64 {
    if let Some(document) = Arc::make_mut(&mut state.documents).get_mut(&id) {
        let document = Arc::make_mut(document);
        if document.header.class() == DocumentClass::Legal {
            // What an act did goes with the act.
            let acts = document.items.keys().map(|hash| ActId(*hash)).collect();
            Arc::make_mut(&mut state.narrowing).forget(&acts);
        }
        document.items.clear();
        document.digest = [0; 32];
        document.item_bytes = 0;
    }
    for fed in Arc::make_mut(&mut state.feed).values_mut() {
        if fed.document == id {
            fed.what = What::Void;
            fed.item = None;
            fed.audience = None;
        }
    }
    Arc::make_mut(&mut state.numbers).retain(|(_, document)| *document != id);
    let refused = Arc::make_mut(&mut state.refused);
    let before = refused.len();
    refused.retain(|_, refused| refused.document != Some(id));
    u64::try_from(before - refused.len()).unwrap_or(u64::MAX)
}
