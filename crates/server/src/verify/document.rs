//! One document: its header, its items, their signatures, and what is kept of them.

use super::{
    fault::{Fault, What, document, item},
    people::People,
};
use crate::{
    elsewhere::said_by,
    storage::{DocumentRow, ItemRow},
};
use ed25519_dalek::VerifyingKey;
use hemrond_documents::{
    Actor, Document, Limits,
    accept::{self, Inspected},
    entry::Entry,
    is_reserved,
};
use hemrond_domain::record::{DocumentId, Header};
use hemrond_protocol::{ItemKind, digest::mix, limits::MAX_ITEM_BYTES};
use std::collections::{BTreeMap, BTreeSet};

/// The actor under which nothing is ever written: a check only reads.
const READER: [u8; 16] = *b"hemrond-verifies";

/// What was looked at in a document.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Looked {
    pub(super) changes: u64,
    pub(super) entries: u64,
}

/// Checks a document. Works under limits, and survives whatever the bytes do to the library.
pub(super) fn check(row: &DocumentRow, people: &People, faults: &mut Vec<Fault>) -> Looked {
    let mut looked = Looked::default();
    let header = check_header(row, faults);
    for item in &row.items {
        match ItemKind::from_number(item.kind) {
            Some(ItemKind::Change) => {
                looked.changes += 1;
                check_change(row.id, item, people, faults);
            }
            Some(ItemKind::Entry) => {
                looked.entries += 1;
                check_entry(row.id, item, people, faults);
            }
            None => fault(
                faults,
                row.id,
                item,
                What::Unreadable("it is neither a change nor an entry".to_owned()),
            ),
        }
        if !item.in_feed {
            fault(faults, row.id, item, What::NotInFeed(item.fed));
        }
        if !people.has_device(item.device) {
            fault(faults, row.id, item, What::Lacks("device"));
        }
    }
    check_destroyed(row, faults);
    check_sequences(row, faults);
    if let Some(header) = header {
        check_whole(row, &header, faults);
    }
    check_sums(row, faults);
    looked
}

fn fault(faults: &mut Vec<Fault>, id: DocumentId, row: &ItemRow, what: What) {
    faults.push(Fault {
        place: item(id, &row.hash),
        what,
    });
}

fn check_header(row: &DocumentRow, faults: &mut Vec<Fault>) -> Option<Header> {
    let place = || document(row.id);
    let header = match Header::try_from(&row.header) {
        Ok(header) => header,
        Err(error) => {
            faults.push(Fault {
                place: place(),
                what: What::Header(error.to_string()),
            });
            return None;
        }
    };
    for (what, holds) in [
        ("id", header.id() == row.id),
        ("class", header.class().as_str() == row.class),
    ] {
        if !holds {
            faults.push(Fault {
                place: place(),
                what: What::NotFromHeader(what),
            });
        }
    }
    (header.id() == row.id).then_some(header)
}

fn check_change(id: DocumentId, row: &ItemRow, people: &People, faults: &mut Vec<Fault>) {
    let inspected = match accept::inspect(&row.bytes, &Limits::EDIT) {
        Ok(inspected) => inspected,
        Err(refusal) => {
            fault(faults, id, row, What::Unreadable(refusal.to_string()));
            return;
        }
    };
    if inspected.hash != row.hash {
        let other = What::OtherBytes(hex::encode(inspected.hash));
        fault(faults, id, row, other);
        return;
    }
    for column in wrong_columns(row, &inspected) {
        fault(faults, id, row, What::Column(column));
    }
    match row.author {
        // A migration follows from the schema, and is nobody's.
        None if is_reserved(&inspected.actor) => {}
        None => fault(faults, id, row, What::ActorUnknown),
        Some((user, device)) => {
            if !people.has_user(user) {
                fault(faults, id, row, What::Lacks("author's account"));
            }
            if !people.has_device(device) {
                fault(faults, id, row, What::Lacks("author's device"));
            }
        }
    }
}

/// The columns that do not say what the bytes say.
fn wrong_columns(row: &ItemRow, inspected: &Inspected) -> Vec<&'static str> {
    let Some(columns) = row.columns else {
        return vec!["actor"];
    };
    let is = |kept: i64, said: u64| u64::try_from(kept) == Ok(said);
    [
        ("actor", columns.actor == inspected.actor),
        ("sequence number", is(columns.seq, inspected.seq)),
        ("last counter", is(columns.max_op, inspected.max_op)),
    ]
    .into_iter()
    .filter(|(_, holds)| !holds)
    .map(|(column, _)| column)
    .collect()
}

fn check_entry(id: DocumentId, row: &ItemRow, people: &People, faults: &mut Vec<Fault>) {
    if row.bytes.len() > MAX_ITEM_BYTES {
        let what = What::Unreadable("it is larger than an item may be".to_owned());
        fault(faults, id, row, what);
        return;
    }
    let entry = match Entry::parse(&row.bytes) {
        Ok(entry) => entry,
        Err(error) => {
            fault(faults, id, row, What::Unreadable(error.to_string()));
            return;
        }
    };
    if entry.hash.0 != row.hash {
        let other = What::OtherBytes(hex::encode(entry.hash.0));
        fault(faults, id, row, other);
        return;
    }
    let content = &entry.content;
    if content.document() != id {
        let what = What::Signature("it was signed for another document");
        fault(faults, id, row, what);
    }
    let Some(device) = people.device(content.device()) else {
        let what = What::Signature("the device that signed is not there");
        fault(faults, id, row, what);
        return;
    };
    if device.user != content.author() {
        let what = What::Signature("the device that signed is not its author's");
        fault(faults, id, row, what);
    }
    let key = VerifyingKey::from_bytes(&device.public_key);
    if !key.is_ok_and(|key| entry.signed.verify(&key).is_ok()) {
        let what = What::Signature("it is not that of the device over these bytes");
        fault(faults, id, row, what);
    }
}

/// What was destroyed has no items, and whatever has none was destroyed.
fn check_destroyed(row: &DocumentRow, faults: &mut Vec<Fault>) {
    let what = match (row.destroyed, row.items.is_empty()) {
        (true, false) => What::NotDestroyed,
        (false, true) => What::Emptied,
        _ => return,
    };
    faults.push(Fault {
        place: document(row.id),
        what,
    });
}

/// Each actor's changes in a document are numbered from one.
fn check_sequences(row: &DocumentRow, faults: &mut Vec<Fault>) {
    let mut numbers: BTreeMap<[u8; 16], BTreeSet<i64>> = BTreeMap::new();
    for columns in row.items.iter().filter_map(|item| item.columns) {
        numbers
            .entry(columns.actor)
            .or_default()
            .insert(columns.seq);
    }
    for (actor, numbers) in numbers {
        let gap = (1..)
            .zip(&numbers)
            .find(|(expected, found)| expected != *found);
        if let Some((expected, _)) = gap {
            faults.push(Fault {
                place: document(row.id),
                what: What::SequenceGap {
                    actor: hex::encode(actor),
                    expected,
                },
            });
        }
    }
}

/// All changes together are a document.
fn check_whole(row: &DocumentRow, header: &Header, faults: &mut Vec<Fault>) {
    let changes: Vec<&ItemRow> = row
        .items
        .iter()
        .filter(|item| item.kind == ItemKind::Change.number())
        // What cannot be read has been told of.
        .filter(|item| accept::inspect(&item.bytes, &Limits::EDIT).is_ok())
        .collect();
    let bytes = changes.iter().map(|item| item.bytes.as_slice());
    match Document::load(header, Actor::from_random(READER), bytes) {
        Err(error) => faults.push(Fault {
            place: document(row.id),
            what: What::Header(error.to_string()),
        }),
        Ok(loaded) => {
            for aside in loaded.set_aside {
                faults.push(Fault {
                    place: item(row.id, &aside.hash),
                    what: What::DoesNotFit(aside.reason.to_string()),
                });
            }
            let listed = |number: String| row.numbers.contains(&number);
            if said_by(&loaded.document).is_some_and(|number| !listed(number)) {
                faults.push(Fault {
                    place: document(row.id),
                    what: What::NotListed,
                });
            }
        }
    }
}

/// What is kept of all items together is what they add up to.
fn check_sums(row: &DocumentRow, faults: &mut Vec<Fault>) {
    let mut digest = [0; 32];
    let mut bytes = 0usize;
    for item in &row.items {
        mix(&mut digest, row.id, &item.hash);
        bytes = bytes.saturating_add(item.bytes.len());
    }
    for (what, holds) in [
        ("digest", row.digest == digest),
        (
            "number of items",
            usize::try_from(row.item_count) == Ok(row.items.len()),
        ),
        ("size", usize::try_from(row.item_bytes) == Ok(bytes)),
    ] {
        if !holds {
            faults.push(Fault {
                place: document(row.id),
                what: What::Sum(what),
            });
        }
    }
}
