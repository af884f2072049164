//! The reading itself, item by item: the only place of the server where a stranger's bytes meet the
//! CRDT library. Pure, and a panic of the library costs the item that led to it, nothing else.

use super::{Findings, Raw, Reading};
use ed25519_dalek::VerifyingKey;
use hemrond_documents::{
    Actor, Document, Limits,
    accept::{self, Inspected, Refusal},
    entry::{Contents, Entry},
};
use hemrond_domain::{
    ids::DeviceId,
    record::{DocumentKind, Header},
};
use hemrond_protocol::{ItemHash, ItemKind};
use hemrond_sync::acceptance::{ChangeClaims, Claimant, EntryClaims, Finding, Reason};
use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// The actor under which nothing is ever written: the server only reads here.
const READER: [u8; 16] = *b"hemrond-inspects";

impl Findings {
    /// Reads all of a document's items.
    pub(super) fn of(reading: &Reading) -> Self {
        let mut reader = Reader::open(&reading.header, &reading.stored, reading.keys.clone());
        let one_by_one = |reader: &mut Reader| {
            let items = reading.items.iter();
            items.map(|item| reader.read(item)).collect()
        };
        let items = reader
            .read_together(&reading.items)
            .unwrap_or_else(|| one_by_one(&mut reader));
        Self {
            given: reader.given(),
            items,
        }
    }
}

/// A document that a push is read against, and that grows with what is read.
#[derive(Debug)]
pub struct Reader {
    /// None where the header makes no document.
    document: Option<Document>,
    given: BTreeMap<ItemHash, u64>,
    keys: BTreeMap<DeviceId, [u8; 32]>,
}

impl Reader {
    /// Opens a document as it is stored. `keys` are those of the devices that may have signed.
    #[must_use]
    pub fn open(header: &Header, stored: &[Vec<u8>], keys: BTreeMap<DeviceId, [u8; 32]>) -> Self {
        let document = guarded(|| {
            let loaded = Document::load(header, Actor::from_random(READER), stored).ok()?;
            Some(loaded.document)
        })
        .flatten();
        let given = document
            .as_ref()
            .map(|document| document.given().collect())
            .unwrap_or_default();
        Self {
            document,
            given,
            keys,
        }
    }

    /// The changes that follow from the header, with their last counters.
    #[must_use]
    pub fn given(&self) -> BTreeMap<ItemHash, u64> {
        self.given.clone()
    }

    /// Reads items of which each is a change that may be taken in after those before it, as nearly
    /// all pushes are, and adds them. None, and nothing added, where it is otherwise: they are then to be
    /// read one by one.
    pub fn read_together(&mut self, items: &[Raw]) -> Option<Vec<Finding>> {
        let document = self.document.as_mut()?;
        let only_changes = items.iter().all(|item| item.kind == ItemKind::Change);
        if !only_changes || document.header().kind() == DocumentKind::Acts {
            return None;
        }
        let changes: Vec<&[u8]> = items.iter().map(|item| item.bytes.as_slice()).collect();
        let (with_them, inspected) =
            guarded(|| accept::check_series(document, &changes, &Limits::EDIT)).flatten()?;
        *document = with_them;
        let inspected = inspected.into_iter();
        let found = inspected.map(|says| Finding::Change(claims(says, true)));
        Some(found.collect())
    }

    /// Reads the next item, and adds it, so that the one after it may build on it.
    pub fn read(&mut self, item: &Raw) -> Finding {
        let Some(document) = &mut self.document else {
            return Finding::Refused(Reason::HeaderMalformed, None);
        };
        let keys = &self.keys;
        // The document takes changes in by copying itself, so no panic leaves it half-changed.
        guarded(|| match item.kind {
            // The acts document holds signed entries only.
            ItemKind::Change if document.header().kind() == DocumentKind::Acts => {
                Finding::Refused(Reason::ChangeOperations, name_of(item))
            }
            ItemKind::Change => read_change(document, &item.bytes),
            ItemKind::Entry => read_entry(document.header(), &item.bytes, keys),
        })
        .unwrap_or_else(|| unreadable(item))
    }
}

/// The refusal of an item that could not be read for a fault of the reader.
pub(super) fn unreadable(item: &Raw) -> Finding {
    Finding::Refused(Reason::ItemUnreadable, name_of(item))
}

/// The answer for an item that nobody came to reading: it may come again.
pub(super) fn unread(item: &Raw) -> Finding {
    Finding::Refused(Reason::ItemUnread, name_of(item))
}

fn guarded<T>(read: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(read)).ok()
}

/// Reads one change against the document, and adds it.
fn read_change(document: &mut Document, bytes: &[u8]) -> Finding {
    let inspected = match accept::inspect(bytes, &Limits::EDIT) {
        Ok(inspected) => inspected,
        Err(refusal) => return Finding::Refused(reason(&refusal), None),
    };
    let hash = inspected.hash;
    if document.contains(&hash) {
        return Finding::Change(claims(inspected, true));
    }
    match accept::check(document, bytes, &Limits::EDIT) {
        Ok(accepted) => match document.apply([bytes]) {
            Ok(_) => Finding::Change(claims(accepted.inspected, true)),
            Err(_) => Finding::Refused(Reason::ChangeOperations, Some(hash)),
        },
        // Whether they are really missing, or were refused, is the judge's to say.
        Err(Refusal::Missing(_)) => Finding::Change(claims(inspected, false)),
        Err(refusal) => Finding::Refused(reason(&refusal), Some(hash)),
    }
}

fn claims(inspected: Inspected, checked: bool) -> ChangeClaims {
    ChangeClaims {
        hash: inspected.hash,
        actor: inspected.actor,
        seq: inspected.seq,
        start_op: inspected.start_op,
        max_op: inspected.max_op,
        deps: inspected.deps,
        checked,
    }
}

const fn reason(refusal: &Refusal) -> Reason {
    match refusal {
        Refusal::Chunk(_) | Refusal::Undecodable => Reason::ChangeMalformed,
        Refusal::ReservedActor => Reason::ChangeActorTaken,
        Refusal::Fixed(_)
        | Refusal::Operation(_)
        | Refusal::Value(_)
        | Refusal::AppendOnly { .. }
        | Refusal::OtherDocument => Reason::ChangeOperations,
        Refusal::Detached | Refusal::Sequence { .. } => Reason::ChangeSequence,
        Refusal::Missing(_) => Reason::ChangeDependencies,
        Refusal::Counter { .. } => Reason::ChangeCounter,
    }
}

/// Reads one signed entry. The key is that of the device which the entry names.
fn read_entry(header: &Header, bytes: &[u8], keys: &BTreeMap<DeviceId, [u8; 32]>) -> Finding {
    let Ok(entry) = Entry::parse(bytes) else {
        return Finding::Refused(Reason::EntryMalformed, None);
    };
    let content = &entry.content;
    let act = match content {
        Contents::Record(_) => None,
        Contents::Act(act) => match act.made(entry.hash) {
            Ok(made) => Some(Box::new(made)),
            Err(_) => return Finding::Refused(Reason::EntryMalformed, Some(entry.hash.0)),
        },
    };
    let kind_fits = act.is_some() == (header.kind() == DocumentKind::Acts);
    let key = keys
        .get(&content.device())
        .and_then(|key| VerifyingKey::from_bytes(key).ok());
    Finding::Entry(EntryClaims {
        hash: entry.hash.0,
        author: Claimant {
            user: content.author(),
            device: content.device(),
        },
        in_this_document: kind_fits && content.document() == header.id(),
        signed: key.is_some_and(|key| entry.signed.verify(&key).is_ok()),
        act,
    })
}

/// An item's hash, where its bytes are at least what they claim to be. Reads by hand only.
#[must_use]
pub fn name_of(item: &Raw) -> Option<ItemHash> {
    match item.kind {
        ItemKind::Change => accept::inspect(&item.bytes, &Limits::EDIT)
            .ok()
            .map(|inspected| inspected.hash),
        ItemKind::Entry => Entry::parse(&item.bytes).ok().map(|entry| entry.hash.0),
    }
}
