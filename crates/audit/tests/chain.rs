//! A tablet's chain, and everything that can be done to it.
#![allow(clippy::unwrap_used)]

use hemrond_audit::{Action, Event, EventError, Head, LinkFault, Record, Walk, draw};
use hemrond_domain::{
    ids::{DeviceId, OrganisationId, PersonId, UnitId, UserId},
    record::DocumentId,
};
use proptest::prelude::*;

/// Eva Lind opens Astrid's page.
fn evas_look(minute: u8) -> Event {
    Event {
        action: Action::Read,
        user: UserId::from_bytes([50; 16]),
        role: "nurse".to_owned(),
        unit: UnitId::from_bytes([2; 16]),
        organisation: OrganisationId::from_bytes([1; 16]),
        device: DeviceId::from_bytes([60; 16]),
        person: Some(PersonId::from_bytes([40; 16])),
        kind: Some("person".to_owned()),
        document: Some(DocumentId::from_bytes([minute; 16])),
        reason: None,
        basis: None,
        at_ms: 1_793_000_000_000 + i64::from(minute) * 60_000,
    }
}

fn chain(length: u8) -> (Vec<Vec<u8>>, Head) {
    let mut head = Head::default();
    let mut records = Vec::new();
    for minute in 0..length {
        let (bytes, next) = head.next(evas_look(minute)).unwrap();
        records.push(bytes);
        head = next;
    }
    (records, head)
}

/// Goes along a chain; the first fault, if there is one.
fn check(records: &[Vec<u8>], known: Head) -> Result<(), LinkFault> {
    let mut walk = Walk::default();
    for record in records {
        walk.step(record)?;
    }
    walk.end(known)
}

#[test]
fn an_event_comes_back_as_it_was_written() {
    let event = Event {
        action: Action::Emergency,
        reason: Some("Livlös i hallen".to_owned()),
        basis: Some("svod_3_6".to_owned()),
        ..evas_look(3)
    };
    let bytes = event.encode().unwrap();
    assert_eq!(Event::decode(&bytes).unwrap(), event);
    let newer = Event {
        action: Action::Other("whisper".to_owned()),
        ..event
    };
    assert_eq!(Event::decode(&newer.encode().unwrap()).unwrap(), newer);
}

#[test]
fn an_event_has_bounds() {
    let long = Event {
        reason: Some("å".repeat(400)),
        ..evas_look(0)
    };
    assert!(matches!(
        long.encode(),
        Err(EventError::TooLong { what: "reason", .. })
    ));
    let nobody = Event {
        role: String::new(),
        ..evas_look(0)
    };
    assert_eq!(nobody.encode(), Err(EventError::Empty("role")));
}

#[test]
fn the_form_of_a_record_changes_only_on_purpose() {
    let (records, head) = chain(2);
    assert_eq!(records[1].len(), 168);
    assert_eq!(Record::decode(&records[1]).unwrap().event, evas_look(1));
    let (again, same) = chain(2);
    assert_eq!((again, same), (records, head));
}

/// AC20: a whole chain is whole, and a chain that was cut back to an earlier state is not.
#[test]
fn a_rolled_back_chain_is_found_by_whoever_knows_its_end() {
    let (records, head) = chain(20);
    assert_eq!(check(&records, head), Ok(()));
    assert_eq!(
        check(&records[..12], head),
        Err(LinkFault::End {
            expected: 20,
            found: 12
        })
    );
}

#[test]
fn a_sample_is_drawn_without_repeats_and_reaches_everything() {
    let mut state = 9u64;
    let mut chance = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    };
    let mut met = [0u32; 10];
    for _ in 0..2_000 {
        let drawn = draw(10, 3, &mut chance);
        assert_eq!(drawn.len(), 3);
        for number in drawn {
            met[usize::try_from(number).unwrap()] += 1;
        }
    }
    // Each is expected 600 times.
    assert!(
        met.iter().all(|times| (450..750).contains(times)),
        "{met:?}"
    );
    assert_eq!(draw(2, 9, &mut chance), vec![0, 1]);
    assert_eq!(draw(0, 9, &mut chance), Vec::<u64>::new());
}

proptest! {
    /// AC20: any single changed byte anywhere in a chain is found, at its place or the one after.
    #[test]
    fn a_changed_byte_is_found(length in 1u8..30, place in any::<prop::sample::Index>(), byte in any::<prop::sample::Index>(), flip in 1u8..=255) {
        let (mut records, head) = chain(length);
        let place = place.index(records.len());
        let byte = byte.index(records[place].len());
        records[place][byte] ^= flip;
        let fault = check(&records, head).unwrap_err();
        let named = match fault {
            LinkFault::Unreadable { place, .. } | LinkFault::Previous(place) | LinkFault::Last(place) => place,
            LinkFault::Number { expected, .. } => expected,
            LinkFault::End { .. } => u64::MAX,
        };
        let seq = place as u64 + 1;
        prop_assert!(named == seq || named == seq + 1, "{fault:?} for {seq}");
    }

    /// AC20: a dropped, doubled or swapped record is found at the first place that it touches.
    #[test]
    fn a_dropped_doubled_or_swapped_record_is_found(length in 2u8..30, place in any::<prop::sample::Index>(), how in 0u8..3) {
        let (mut records, head) = chain(length);
        let place = place.index(records.len());
        match how {
            0 => { records.remove(place); }
            1 => records.insert(place, records[place].clone()),
            _ => { let other = (place + 1) % records.len(); records.swap(place, other); }
        }
        prop_assert!(check(&records, head).is_err());
    }

    /// Rubbish is an error and nothing else.
    #[test]
    fn rubbish_is_no_record(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(Record::decode(&bytes).is_err());
    }
}
