//! A page of the feed, and what the fallback compares, as one moment saw them.

use super::state::{Document, Fed, State, Stored};
use crate::storage::{
    Asker, Digested, Kept, Page, PageQuery, Publication,
    paging::{self, Event, What},
};
use hemrond_domain::record::DocumentId;
use hemrond_policy::Resource;
use hemrond_protocol::{Author, Delivery, Item, WireHeader, WireId};
use hemrond_sync::acceptance::ActorId;
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound::{Excluded, Included, Unbounded},
};

/// The page after a position.
pub(super) fn page(state: &State, asker: &Asker, query: &PageQuery) -> Page {
    let mut whole = readable_of(state, asker, &query.wanted);
    let mut order = whole.clone();
    let mut gone = Vec::new();
    let mut cursor = query.cursor;
    let mut items: Vec<(DocumentId, &Stored)> = Vec::new();
    if query.feed && query.cursor < state.head {
        let until = paging::until(query.cursor, state.head);
        let events: Vec<Event> = state
            .feed
            .range((Excluded(query.cursor), Included(until)))
            .filter_map(|(seq, fed)| event(state, asker, *seq, fed))
            .take(paging::EVENTS)
            .collect();
        let taken = paging::take(&events, until, query.page_bytes);
        cursor = taken.cursor;
        order.extend(taken.order);
        whole.extend(taken.whole);
        gone = taken.gone;
        items = events
            .iter()
            .filter(|event| event.what == What::Item && event.seq <= cursor)
            .filter_map(|event| {
                let hash = state.feed.get(&event.seq)?.item?;
                let item = state.documents.get(&event.document)?.items.get(&hash)?;
                Some((event.document, item))
            })
            .collect();
    }
    let whole: BTreeSet<DocumentId> = whole.into_iter().collect();
    items.retain(|(document, _)| !whole.contains(document));
    for id in &whole {
        if let Some(document) = state.documents.get(id) {
            items.extend(document.in_order().into_iter().map(|item| (*id, item)));
        }
    }
    let (deliveries, actors) = deliveries(state, &order, items);
    Page {
        deliveries,
        authors: authors(state, &actors),
        gone,
        cursor,
        head: state.head,
    }
}

/// What was published after a position, in order.
pub(super) fn published(state: &State, after: u64, most: usize) -> Vec<Publication> {
    state
        .feed
        .range((Excluded(after), Unbounded))
        .filter(|(_, fed)| fed.what != What::Void)
        .take(most)
        .filter_map(|(seq, fed)| {
            let document = state.documents.get(&fed.document)?;
            let item = fed.item.and_then(|hash| document.items.get(&hash));
            Some(Publication {
                position: *seq,
                about: Resource::from(&document.header),
                audience: fed.audience,
                device: item.map(|item| item.device),
            })
        })
        .collect()
}

/// Whether anything after a position concerns the asker.
pub(super) fn concerns(state: &State, asker: &Asker, after: u64) -> bool {
    state
        .feed
        .range((Excluded(after), Unbounded))
        .any(|(seq, fed)| event(state, asker, *seq, fed).is_some())
}

/// An event, if it concerns the asker: others' items in what they may read, what is to be considered
/// anew, and what is addressed to them.
fn event(state: &State, asker: &Asker, seq: u64, fed: &Fed) -> Option<Event> {
    let document = state.documents.get(&fed.document)?;
    let readable = state.readable(document, asker);
    let item = fed.item.and_then(|hash| document.items.get(&hash));
    let concerns = match fed.audience {
        Some(audience) => audience == asker.user,
        // What is to be considered anew concerns whom a block can take it from or give it back to.
        None if fed.what == What::Reconsider => {
            let unit = document.header.unit();
            document.within(&asker.readable) && unit.is_some_and(|unit| unit != asker.readable.unit)
        }
        // Whoever may hold a document that was destroyed is told.
        None if fed.what == What::Destroyed => true,
        None => readable && item.is_some_and(|item| item.run != asker.run),
    };
    let bytes = match (fed.what, item) {
        (What::Gone, _) => 0,
        (What::Reconsider, _) if !readable => 0,
        (_, Some(item)) => u64::try_from(item.bytes.len()).unwrap_or(u64::MAX),
        (_, None) => document.item_bytes,
    };
    concerns.then_some(Event {
        seq,
        what: fed.what,
        document: fed.document,
        bytes,
        readable,
    })
}

/// Those of these documents that the asker may read, in the same order, each once.
fn readable_of(state: &State, asker: &Asker, wanted: &[DocumentId]) -> Vec<DocumentId> {
    let mut once = BTreeSet::new();
    let readable = |id: &DocumentId| {
        let document = state.documents.get(id);
        document.is_some_and(|document| state.readable(document, asker))
            && !state.destroyed.contains_key(id)
    };
    wanted
        .iter()
        .copied()
        .filter(|id| readable(id) && once.insert(*id))
        .collect()
}

fn outgoing(item: &Stored) -> Item {
    Item {
        kind: item.kind,
        bytes: item.bytes.to_vec(),
        author: None,
    }
}

/// Groups items by document, in the order in which the documents appear; with their actors.
fn deliveries(
    state: &State,
    order: &[DocumentId],
    items: Vec<(DocumentId, &Stored)>,
) -> (Vec<Delivery>, BTreeSet<ActorId>) {
    let mut actors = BTreeSet::new();
    let mut by_document: BTreeMap<DocumentId, Vec<Item>> = BTreeMap::new();
    for (document, item) in items {
        by_document
            .entry(document)
            .or_default()
            .push(outgoing(item));
        actors.extend(item.change.map(|change| change.actor));
    }
    let deliveries = order
        .iter()
        .filter_map(|id| {
            let items = by_document.remove(id)?;
            let header = WireHeader::from(&state.documents.get(id)?.header);
            Some(Delivery { header, items })
        })
        .collect();
    (deliveries, actors)
}

fn authors(state: &State, actors: &BTreeSet<ActorId>) -> Vec<Author> {
    actors
        .iter()
        .filter_map(|actor| {
            let claimant = state.actors.get(actor)?;
            Some(Author {
                actor: WireId(*actor),
                user: claimant.user.into(),
                device: claimant.device.into(),
            })
        })
        .collect()
}

/// The digests of all documents that the asker may read.
pub(super) fn digests(state: &State, asker: &Asker) -> Vec<Digested> {
    state
        .documents
        .iter()
        .filter(|(id, document)| {
            state.readable(document, asker) && !state.destroyed.contains_key(id)
        })
        .map(|(id, document)| Digested {
            document: *id,
            digest: document.digest,
        })
        .collect()
}

/// A document with all its items.
pub(super) fn kept(document: &Document) -> Kept {
    Kept {
        header: WireHeader::from(&document.header),
        items: document.in_order().into_iter().map(outgoing).collect(),
    }
}
