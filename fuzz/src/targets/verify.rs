//! What a check of a whole database finds in a document that somebody restored.

use super::reader::item;
use crate::{parts, sample};
use hemrond_documents::{Actor, Document, Limits, accept::inspect, entry::Entry};
use hemrond_domain::record::Header;
use hemrond_protocol::{ItemKind, WireHeader, digest::mix};
use hemrond_server::{
    inspector::{Raw, name_of},
    storage::{ChangeRow, Device, DocumentRow, ItemRow},
    verify::check_document,
};

/// The first byte says what of the row is wrong; each piece is an item, after a byte that says the
/// same of it.
pub(super) fn verify(bytes: &[u8]) {
    let Some((first, pieces)) = bytes.split_first() else {
        return;
    };
    let headers = sample::headers();
    let header = &headers[usize::from(*first) % headers.len()];
    let items = parts(pieces).take(8).enumerate();
    let items = items.filter_map(|(place, piece)| {
        let (wrong, piece) = piece.split_first()?;
        Some(row(item(piece)?, place, *wrong))
    });
    let row = document(header, items.collect(), *first);
    let devices = [eva()];
    let faults = check_document(&row, [sample::EVA], devices.clone());
    assert_eq!(check_document(&row, [sample::EVA], devices), faults);
    if faults.is_empty() {
        whole(header, &row);
    }
}

/// In what is found to be whole everything can be read.
fn whole(header: &Header, row: &DocumentRow) {
    assert_eq!(row.id, header.id());
    let mut changes = Vec::new();
    for item in &row.items {
        if item.kind == ItemKind::Change.number() {
            changes.push(&item.bytes);
            assert!(inspect(&item.bytes, &Limits::EDIT).is_ok());
        } else {
            let entry = Entry::parse(&item.bytes);
            assert_eq!(entry.map(|entry| entry.content.document()), Ok(row.id));
        }
    }
    let loaded = Document::load(header, Actor::from_random([3; 16]), changes);
    assert!(loaded.is_ok_and(|loaded| loaded.set_aside.is_empty()));
}

fn document(header: &Header, items: Vec<ItemRow>, wrong: u8) -> DocumentRow {
    let id = header.id();
    let mut digest = [0; 32];
    for item in &items {
        mix(&mut digest, id, &item.hash);
    }
    let bytes: usize = items.iter().map(|item| item.bytes.len()).sum();
    let mut wire = WireHeader::from(header);
    if wrong & 128 != 0 {
        wire.part.push('x');
    }
    DocumentRow {
        id,
        header: wire,
        class: header.class().as_str().to_owned(),
        digest,
        item_count: if wrong & 64 == 0 {
            i64::try_from(items.len()).unwrap_or_default()
        } else {
            i64::MIN
        },
        item_bytes: i64::try_from(bytes).unwrap_or_default(),
        destroyed: wrong & 32 != 0,
        numbers: Vec::new(),
        items,
    }
}

fn row(item: Raw, place: usize, wrong: u8) -> ItemRow {
    let inspected = match item.kind {
        ItemKind::Change => inspect(&item.bytes, &Limits::EDIT).ok(),
        ItemKind::Entry => None,
    };
    let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    ItemRow {
        hash: name_of(&item).unwrap_or([7; 32]),
        kind: item.kind.number() + i64::from(wrong & 2),
        columns: inspected.map(|inspected| ChangeRow {
            actor: inspected.actor,
            seq: if wrong & 4 == 0 {
                number(inspected.seq)
            } else {
                i64::MIN
            },
            max_op: number(inspected.max_op),
        }),
        bytes: item.bytes,
        device: sample::TABLET,
        fed: i64::try_from(place).unwrap_or_default(),
        in_feed: true,
        author: (wrong & 1 == 0).then_some((sample::EVA, sample::TABLET)),
    }
}

fn eva() -> Device {
    Device {
        id: sample::TABLET,
        user: sample::EVA,
        name: "Surfplatta".to_owned(),
        public_key: sample::public_key(),
        enrolled_at: 0,
        revoked_at: None,
        last_seen: None,
    }
}
