//! What is packed comes out as it was, and is small.

#![allow(clippy::unwrap_used)]

use super::{
    Parcel, UnpackError,
    change::MAX_COLUMNS,
    number::{write, write_bytes},
    pack, records,
    streams::{Stream, Writing},
    unpack,
};
use crate::request::LogRecord;
use crate::wire::{Author, Item, ItemKind, WireHeader, WireId};
use automerge::{ActorId, AutoCommit, ROOT, ReadDoc as _, transaction::Transactable as _};
use hemrond_audit::{Action, Event, Record};
use hemrond_domain::{
    ids::{DeviceId, OrganisationId, PersonId, UnitId, UserId},
    record::DocumentId,
};
use proptest::prelude::*;

const LIMIT: usize = 1 << 20;

fn header(part: &str) -> WireHeader {
    WireHeader {
        kind: "visit".to_owned(),
        organisation: WireId([1; 16]),
        unit: Some(WireId([2; 16])),
        person: Some(WireId([3; 16])),
        part: part.to_owned(),
    }
}

fn item(kind: ItemKind, bytes: Vec<u8>) -> Item {
    Item {
        kind,
        bytes,
        author: None,
    }
}

fn changes(document: &mut AutoCommit) -> Vec<Item> {
    let changes = document.get_changes(&[]);
    let raw = changes
        .into_iter()
        .map(|change| change.raw_bytes().to_vec());
    raw.map(|bytes| item(ItemKind::Change, bytes)).collect()
}

/// A visit that Eva fills in field by field.
fn evas_visit(number: u8) -> AutoCommit {
    let mut visit = AutoCommit::new().with_actor(ActorId::from([number; 16]));
    for field in 0..40 {
        let name = format!("falls.question_{field}");
        visit.put(ROOT, name, i64::from(number) + field).unwrap();
        visit.commit_with(
            automerge::transaction::CommitOptions::default().with_time(1_790_000_000 + field),
        );
    }
    visit
}

fn comes_back(parcels: &[Parcel]) -> usize {
    let packed = pack(parcels).unwrap();
    assert_eq!(unpack(&packed, LIMIT).unwrap(), parcels);
    packed.len()
}

#[test]
fn a_rounds_visits_come_out_as_they_were_in_a_fraction_of_the_bytes() {
    let parcels: Vec<Parcel> = (0..5)
        .map(|number| Parcel {
            header: header(&format!("visit {number}")),
            items: changes(&mut evas_visit(number)),
        })
        .collect();
    let bytes: usize = parcels
        .iter()
        .flat_map(|parcel| &parcel.items)
        .map(|item| item.bytes.len())
        .sum();
    let packed = comes_back(&parcels);
    // The hash before, the actor and the checksum: 52 bytes of every change that nothing compresses.
    assert!(bytes - packed > 5 * 39 * 50, "{packed} of {bytes} bytes");
}

/// A feed brings a document's changes as they came, between those of others.
#[test]
fn documents_that_come_again_and_again_are_no_larger_for_it() {
    let (mut eva, mut omar) = (changes(&mut evas_visit(1)), changes(&mut evas_visit(2)));
    let whole = comes_back(&[
        Parcel {
            header: header("1"),
            items: eva.clone(),
        },
        Parcel {
            header: header("2"),
            items: omar.clone(),
        },
    ]);
    let mut parcels = Vec::new();
    while let (Some(one), Some(two)) = (eva.pop(), omar.pop()) {
        parcels.push(Parcel {
            header: header("2"),
            items: vec![two],
        });
        parcels.push(Parcel {
            header: header("1"),
            items: vec![one],
        });
    }
    parcels.reverse();
    let pieces = comes_back(&parcels);
    assert!(pieces < whole + 2 * parcels.len() + 9, "{pieces}, {whole}");
}

#[test]
fn what_two_wrote_at_once_and_merged_comes_out_as_it_was() {
    let mut eva = evas_visit(1);
    let mut omar = eva.fork().with_actor(ActorId::from([9; 16]));
    eva.put(ROOT, "cfs.level", 5).unwrap();
    omar.put(ROOT, "cfs.level", 6).unwrap();
    omar.put(ROOT, "note", "Går säkrare").unwrap();
    eva.merge(&mut omar).unwrap();
    eva.put(ROOT, "cfs.level", 6).unwrap();
    assert_eq!(eva.get_all(ROOT, "cfs.level").unwrap().len(), 1);
    let mut items = changes(&mut eva);
    items.insert(7, item(ItemKind::Entry, b"a signed entry".to_vec()));
    items.push(Item {
        author: Some(Author {
            actor: WireId([9; 16]),
            user: WireId([4; 16]),
            device: WireId([5; 16]),
        }),
        ..item(ItemKind::Change, changes(&mut omar).pop().unwrap().bytes)
    });
    comes_back(&[Parcel {
        header: header("merged"),
        items,
    }]);
}

/// A change with so many columns, each empty.
fn with_columns(count: u64) -> Vec<u8> {
    let mut streams = Writing::default();
    write(streams.to(Stream::Documents), 0);
    let header = minicbor::to_vec(header("wide")).unwrap();
    write_bytes(streams.to(Stream::Documents), &header);
    write(streams.to(Stream::Documents), 1);
    // No hashes before it, actor, numbers, time and middle are nought or empty.
    for (stream, zeros) in [
        (Stream::Follows, 1),
        (Stream::Hashes, 1),
        (Stream::Actors, 1),
        (Stream::Numbers, 2),
        (Stream::Times, 1),
        (Stream::Middles, 1),
    ] {
        streams.to(stream).extend(vec![0; zeros]);
    }
    let shapes = streams.to(Stream::Shapes);
    write(shapes, count);
    for _ in 0..count {
        write(shapes, 1);
        write(shapes, 0);
    }
    write(shapes, 0);
    streams.finish()
}

#[test]
fn a_change_with_more_columns_than_any_has_is_refused_before_they_are_read() {
    assert!(unpack(&with_columns(MAX_COLUMNS), LIMIT).is_ok());
    for count in [MAX_COLUMNS + 1, 100_000] {
        let unpacked = unpack(&with_columns(count), LIMIT);
        assert_eq!(unpacked, Err(UnpackError::Malformed));
    }
}

#[test]
fn more_streams_than_anybody_writes_are_refused_before_they_are_laid_out() {
    let streams = |count: u64| {
        let mut bytes = Vec::new();
        write(&mut bytes, count);
        for key in 0..count {
            write(&mut bytes, key);
            write(&mut bytes, 0);
        }
        bytes
    };
    assert_eq!(unpack(&streams(1 << 16), LIMIT), Ok(vec![]));
    let unpacked = unpack(&streams((1 << 16) + 1), LIMIT);
    assert_eq!(unpacked, Err(UnpackError::Malformed));
}

#[test]
fn what_is_no_change_travels_as_it_is() {
    let mut whole = changes(&mut evas_visit(1)).remove(3).bytes;
    let mut wrong_sum = whole.clone();
    wrong_sum[5] ^= 1;
    let cut = whole[..whole.len() - 2].to_vec();
    whole.push(0);
    let items = [vec![], wrong_sum, cut, whole, b"\x85oJ\x83".to_vec()];
    let items = items.map(|bytes| item(ItemKind::Change, bytes)).to_vec();
    comes_back(&[Parcel {
        header: header("rubbish"),
        items,
    }]);
}

#[test]
fn little_never_unpacks_to_very_much() {
    // One long actor, and a thousand changes that say "the same".
    let mut change = AutoCommit::new().with_actor(ActorId::from(vec![7; 60_000]));
    let mut items = Vec::new();
    for number in 0..100 {
        change.put(ROOT, "a", number).unwrap();
        change.commit();
    }
    items.extend(changes(&mut change));
    let packed = pack(&[Parcel {
        header: header("long"),
        items,
    }])
    .unwrap();
    assert!(packed.len() < 70_000, "{}", packed.len());
    assert_eq!(
        unpack(&packed, LIMIT),
        Err(UnpackError::TooLarge { limit: LIMIT })
    );
    // And items of no bytes cost what they cost.
    let nothing = Parcel {
        header: header("empty"),
        items: vec![item(ItemKind::Change, Vec::new()); 50_000],
    };
    let packed = pack(&[nothing]).unwrap();
    assert!(matches!(
        unpack(&packed, LIMIT),
        Err(UnpackError::TooLarge { .. })
    ));
}

proptest! {
    #[test]
    fn any_items_come_back(items: Vec<(bool, Vec<u8>)>) {
        let items = items.into_iter().map(|(entry, bytes)| {
            item(if entry { ItemKind::Entry } else { ItemKind::Change }, bytes)
        });
        comes_back(&[Parcel { header: header("any"), items: items.collect() }]);
    }

    #[test]
    fn damage_is_refused_or_gives_something_else_and_harms_nothing(
        place: prop::sample::Index,
        byte: u8,
        cut: prop::sample::Index,
    ) {
        let parcel = Parcel { header: header("damaged"), items: changes(&mut evas_visit(1)) };
        let mut packed = pack(&[parcel]).unwrap();
        let at = place.index(packed.len());
        packed[at] = byte;
        let _ = unpack(&packed, LIMIT);
        prop_assert!(unpack(&packed[..cut.index(packed.len())], LIMIT).is_err());
    }
}

/// A chain of a tablet's records: a visit is written in, another is read.
fn chain(length: u8) -> Vec<LogRecord> {
    let mut previous = [0; 32];
    let mut records = Vec::new();
    for number in 1..=length {
        let event = Event {
            action: if number % 7 == 0 {
                Action::Read
            } else {
                Action::Write
            },
            user: UserId::from_stored([1; 16]),
            role: "nurse".to_owned(),
            unit: UnitId::from_stored([2; 16]),
            organisation: OrganisationId::from_stored([3; 16]),
            device: DeviceId::from_stored([4; 16]),
            person: (number % 5 > 0).then(|| PersonId::from_stored([number / 20; 16])),
            kind: Some("visit".to_owned()),
            document: Some(DocumentId::from_bytes([number / 10; 16])),
            reason: (number == 9).then(|| "Ringd om fallet".to_owned()),
            basis: None,
            at_ms: 1_795_400_000_000 + i64::from(number) * 731 - i64::from(number % 3) * 9_000,
        };
        let record = Record {
            seq: u64::from(number),
            previous,
            event,
        };
        let bytes = record.encode().unwrap();
        previous = Record::hash_of(&bytes);
        records.push(LogRecord(bytes));
    }
    records
}

fn records_come_back(records: &[LogRecord]) -> usize {
    let packed = records::pack(records);
    assert_eq!(records::unpack(&packed, LIMIT).unwrap(), records);
    packed.len()
}

#[test]
fn a_chain_of_records_comes_out_as_it_was_in_a_fraction_of_the_bytes() {
    let records = chain(200);
    let bytes: usize = records.iter().map(|LogRecord(record)| record.len()).sum();
    let packed = records_come_back(&records);
    assert!(packed * 8 < bytes, "{packed} of {bytes} bytes");
    records_come_back(&[]);
    records_come_back(&records[57..61]);
}

#[test]
fn records_that_do_not_hold_together_come_out_as_they_were() {
    let mut records = chain(30);
    records.remove(11);
    records.swap(3, 20);
    records[5].0[9] ^= 1;
    records[7].0.pop();
    records[8].0.push(0);
    records.insert(2, LogRecord(Vec::new()));
    records.insert(4, LogRecord(b"\x83\x01\x41".to_vec()));
    records_come_back(&records);
}

proptest! {
    #[test]
    fn any_records_come_back(records: Vec<Vec<u8>>) {
        let records: Vec<LogRecord> = records.into_iter().map(LogRecord).collect();
        records_come_back(&records);
    }

    #[test]
    fn damaged_records_harm_nothing(place: prop::sample::Index, byte: u8, cut: prop::sample::Index) {
        let mut packed = records::pack(&chain(60));
        prop_assert!(records::unpack(&packed[..cut.index(packed.len())], LIMIT).is_err());
        let at = place.index(packed.len());
        packed[at] = byte;
        let _ = records::unpack(&packed, LIMIT);
    }
}

#[test]
fn a_few_bytes_never_unpack_to_very_many_records() {
    let packed = records::pack(&vec![LogRecord(Vec::new()); 60_000]);
    let unpacked = records::unpack(&packed, LIMIT);
    assert_eq!(unpacked, Err(UnpackError::TooLarge { limit: LIMIT }));
}
