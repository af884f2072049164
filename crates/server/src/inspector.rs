//! Reading what was pushed, away from anything that a crash would hurt.
//!
//! An [`Inspector`] gets bytes from a stranger. Ours reads them on a thread of its own and survives
//! a panic of the library; one that reads in a process of its own can take its place.

use ed25519_dalek::VerifyingKey;
use hemrond_documents::{
    Actor, Document, Limits,
    accept::{self, Inspected, Refusal},
    entry::Entry,
};
use hemrond_domain::{ids::DeviceId, record::Header};
use hemrond_protocol::{ItemHash, ItemKind};
use hemrond_sync::acceptance::{ChangeClaims, Claimant, EntryClaims, Finding, Reason};
use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// An item as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raw {
    /// What it claims to be.
    pub kind: ItemKind,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A document's part of a push, with what is needed to read it.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The document.
    pub header: Header,
    /// The changes that are stored already.
    pub stored: Vec<Vec<u8>>,
    /// What was pushed.
    pub items: Vec<Raw>,
    /// The keys of the devices that may have signed entries.
    pub keys: BTreeMap<DeviceId, [u8; 32]>,
}

/// What came of reading.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Findings {
    /// The changes that follow from the header, with their last counters.
    pub given: BTreeMap<ItemHash, u64>,
    /// One finding per item.
    pub items: Vec<Finding>,
}

/// Reads pushed items.
pub trait Inspector: Send + Sync {
    /// Reads one document's items. Never fails: what cannot be read is refused.
    fn read(&self, reading: &Reading) -> Findings;
}

/// Reads within this process, catching panics.
#[derive(Debug, Clone, Copy, Default)]
pub struct InProcess;

impl Inspector for InProcess {
    fn read(&self, reading: &Reading) -> Findings {
        catch_unwind(AssertUnwindSafe(|| read(reading))).unwrap_or_else(|_| Findings {
            given: BTreeMap::new(),
            items: vec![Finding::Refused(Reason::ChangeMalformed, None); reading.items.len()],
        })
    }
}

/// The actor under which nothing is ever written: the server only reads here.
const READER: [u8; 16] = *b"hemrond-inspects";

fn read(reading: &Reading) -> Findings {
    let actor = Actor::from_random(READER);
    let Ok(mut document) = Document::create(&reading.header, actor) else {
        return Findings {
            given: BTreeMap::new(),
            items: vec![Finding::Refused(Reason::HeaderMalformed, None); reading.items.len()],
        };
    };
    let given = document
        .changes()
        .iter()
        .filter_map(|change| {
            let inspected = accept::inspect(&change.bytes, &Limits::STORED).ok()?;
            Some((change.hash, inspected.max_op))
        })
        .collect();
    if !reading.stored.is_empty()
        && let Ok(loaded) = Document::load(&reading.header, actor, &reading.stored)
    {
        document = loaded.document;
    }
    let items = reading
        .items
        .iter()
        .map(|item| match item.kind {
            ItemKind::Change => read_change(&mut document, &item.bytes),
            ItemKind::Entry => read_entry(&reading.header, &item.bytes, &reading.keys),
        })
        .collect();
    Findings { given, items }
}

/// Reads one change against the document, and adds it, so that the next may build on it.
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
    let key = keys
        .get(&content.device)
        .and_then(|key| VerifyingKey::from_bytes(key).ok());
    Finding::Entry(EntryClaims {
        hash: entry.hash.0,
        author: Claimant {
            user: content.author,
            device: content.device,
        },
        in_this_document: content.document == header.id(),
        signed: key.is_some_and(|key| entry.signed.verify(&key).is_ok()),
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

/// Whether 32 bytes are a public key that signatures can be checked with.
#[must_use]
pub fn is_public_key(bytes: &[u8; 32]) -> bool {
    VerifyingKey::from_bytes(bytes).is_ok_and(|key| !key.is_weak())
}
