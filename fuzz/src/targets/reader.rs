//! A push as a server's worker reads it.

use super::now;
use crate::{parts, sample, seal};
use hemrond_documents::entry::SignedEntry;
use hemrond_protocol::ItemKind;
use hemrond_server::inspector::{
    Findings, Raw, Reader, Reading, name_of,
    worker::{Found, Honest, Job, Opened, answer, frame, receive},
};
use hemrond_sync::acceptance::Finding;
use std::collections::BTreeMap;

/// The first byte says how much of Eva's morning is stored, or that it is Astrid's acts; each piece is an
/// item.
pub(super) fn reader(bytes: &[u8]) {
    let Some((first, pieces)) = bytes.split_first() else {
        return;
    };
    let morning = sample::morning();
    let (header, morning) = match first & 128 {
        0 => (sample::visit(), morning),
        _ => (sample::acts(), [].as_slice()),
    };
    let stored = morning
        .iter()
        .take(usize::from(*first) % (morning.len() + 1));
    let reading = Reading {
        header,
        stored: stored.map(|change| change.bytes.clone()).collect(),
        items: parts(pieces).take(3).filter_map(item).collect(),
        keys: BTreeMap::from([(sample::TABLET, sample::public_key())]),
    };
    let mut reader = Reader::open(&reading.header, &reading.stored, reading.keys.clone());
    let found = reading.items.iter().map(|item| {
        let finding = reader.read(item);
        // An item bears the name that it has unread.
        assert_eq!(name_of(item), name_in(&finding));
        finding
    });
    let findings = Findings {
        items: found.collect(),
        given: reader.given(),
    };
    // What was found is what a server hears from its worker.
    assert_eq!(told(&reading).as_ref(), Some(&findings));
    // The same item again is found to be the same.
    if let (Some(item), Some(finding)) = (reading.items.first(), findings.items.first()) {
        let again = reader.read(item);
        let waited = |finding: &Finding| matches!(finding, Finding::Change(it) if !it.checked);
        assert!(again == *finding || waited(finding));
    }
}

/// What a server hears that has a worker read.
fn told(reading: &Reading) -> Option<Findings> {
    let job = frame(&Job::of(reading, &[], false)).ok()?;
    let mut answers = Vec::new();
    answer(job.get(4..)?.to_vec(), &mut answers, &mut Honest).ok()?;
    let mut pipe = answers.as_slice();
    let mut findings = Findings {
        given: heard::<Opened>(&mut pipe)?.into(),
        items: Vec::new(),
    };
    while !pipe.is_empty() {
        findings.items.push(heard::<Found>(&mut pipe)?.finding()?);
    }
    Some(findings)
}

/// The next message of a pipe that holds all that it will ever hold.
pub(super) fn heard<T: for<'b> minicbor::Decode<'b, ()>>(pipe: &mut &[u8]) -> Option<T> {
    now(receive(pipe))?.ok()
}

/// An item, after a byte that says what it is and whether the rest is its bytes as they are or what
/// is in them.
pub(super) fn item(piece: &[u8]) -> Option<Raw> {
    let (how, bytes) = piece.split_first()?;
    let (kind, wrapped) = match how & 1 {
        0 => (ItemKind::Change, seal(bytes)),
        _ if how & 4 == 0 => (ItemKind::Entry, sample::sign(bytes).encode().ok()?),
        _ => (ItemKind::Entry, unsigned(bytes)?),
    };
    let bare = how & 2 != 0;
    Some(Raw {
        kind,
        bytes: if bare { bytes.to_vec() } else { wrapped },
    })
}

fn unsigned(bytes: &[u8]) -> Option<Vec<u8>> {
    let entry = SignedEntry {
        bytes: bytes.to_vec(),
        signature: [7; 64],
    };
    entry.encode().ok()
}

/// The name of an item in which something was found.
const fn name_in(finding: &Finding) -> Option<[u8; 32]> {
    match finding {
        Finding::Change(change) => Some(change.hash),
        Finding::Entry(entry) => Some(entry.hash),
        Finding::Refused(_, name) => *name,
    }
}
