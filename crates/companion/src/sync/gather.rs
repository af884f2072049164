//! Gathering from the store what the engine asks for.

use super::priorities;
use crate::{failure::Outcome, tablet::Companion};
use hemrond_documents::entry::Entry;
use hemrond_protocol::{
    Author, Bucket, DocumentDigest, Item, ItemKind, PushDocument, WireHeader, WireId, limits,
};
use hemrond_store::{OutboxDocument, RawHeader};
use hemrond_sync::{Gathered, ItemName, Session};

impl Companion {
    pub(super) async fn gather(&self, session: &Session) -> Outcome<Gathered> {
        let state = self.state.lock().await;
        let ask = session.ask();
        let halvings = self.halvings.load(std::sync::atomic::Ordering::Relaxed);
        let (log, log_more) = self.gather_log(halvings).await?;
        let mut gathered = Gathered {
            log: Some(log),
            log_more,
            ..Gathered::default()
        };
        if ask.push {
            let batch = self
                .store
                .outbox_batch(
                    limits::MAX_PUSH_ITEMS >> halvings,
                    limits::MAX_PUSH_BYTES >> halvings,
                )
                .await?;
            gathered.push_more = batch.more;
            let own = state.enrolment.as_ref().map(|enrolment| enrolment.device);
            for document in batch.documents {
                gathered.names.push(names(&document));
                let author = |actor: &[u8; 16]| {
                    state.authors.get(actor).map(|(user, device)| Author {
                        actor: WireId(*actor),
                        user: (*user).into(),
                        device: (*device).into(),
                    })
                };
                gathered
                    .push
                    .push(push(document, own.map(WireId::from), &author));
            }
            gathered.wanted = priorities::wanted(self, &state).await?;
            // What is kept only until its unsent work has gone is asked for together with that: if
            // the right to it has come back, it comes back before it is let go of.
            let withdrawn = self.store.withdrawn_documents().await?;
            gathered
                .wanted
                .extend(withdrawn.into_iter().map(|(id, _)| id));
        }
        if ask.buckets {
            gathered.buckets = self
                .store
                .bucket_digests()
                .await?
                .into_iter()
                .map(|(first, digest)| Bucket { first, digest })
                .collect();
        }
        if !ask.documents.is_empty() {
            gathered.documents = self
                .store
                .document_digests(&ask.documents)
                .await?
                .into_iter()
                .map(|(document, digest)| DocumentDigest {
                    document: document.into(),
                    digest,
                })
                .collect();
        }
        Ok(gathered)
    }
}

fn names(document: &OutboxDocument) -> Vec<ItemName> {
    let id = document.header.id();
    document
        .items
        .iter()
        .map(|item| ItemName {
            document: id,
            hash: item.hash,
        })
        .collect()
}

fn push(
    document: OutboxDocument,
    own: Option<WireId>,
    author: &dyn Fn(&[u8; 16]) -> Option<Author>,
) -> PushDocument {
    let items = document
        .items
        .into_iter()
        .map(|item| Item {
            kind: match item.kind {
                hemrond_store::ItemKind::Change => ItemKind::Change,
                hemrond_store::ItemKind::Entry => ItemKind::Entry,
            },
            // A colleague's item that a restored server has forgotten is given back with its
            // author's name; what the user made before this tablet got its new name, with the old.
            author: match item.kind {
                hemrond_store::ItemKind::Change => item.actor.as_ref().and_then(author),
                hemrond_store::ItemKind::Entry => signer(&item.bytes),
            }
            .filter(|author| item.foreign || Some(author.device) != own),
            bytes: item.bytes,
        })
        .collect();
    PushDocument {
        header: wire_header(&document.header),
        items,
    }
}

/// Who signed an entry. No actor stands behind it: it says itself whose it is.
fn signer(bytes: &[u8]) -> Option<Author> {
    let content = Entry::parse(bytes).ok()?.content;
    Some(Author {
        actor: WireId([0; 16]),
        user: content.author().into(),
        device: content.device().into(),
    })
}

pub(super) fn wire_header(header: &RawHeader) -> WireHeader {
    WireHeader {
        kind: header.kind.clone(),
        organisation: header.organisation.into(),
        unit: header.unit.map(WireId::from),
        person: header.person.map(WireId::from),
        part: header.part.clone(),
    }
}

pub(super) fn raw_header(header: &WireHeader) -> RawHeader {
    RawHeader {
        kind: header.kind.clone(),
        organisation: header.organisation.into(),
        unit: header.unit.map(Into::into),
        person: header.person.map(Into::into),
        part: header.part.clone(),
    }
}
