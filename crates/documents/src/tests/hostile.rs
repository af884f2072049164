//! Broken bytes with sound checksums: nothing panics, and the good changes stay.

use super::{acceptance::unsigned, actor, minute, row, tablet, visit};
use crate::{
    Document, Edit, Limits, RawChange,
    accept::check,
    change::sha256,
    history::{differences, history},
    parse_chunk,
    views::VisitView,
};
use proptest::prelude::*;

/// Puts a header with the right length and checksum before a change's content.
pub(super) fn chunk(content: &[u8]) -> Vec<u8> {
    let hashed = [&[1], unsigned(content.len() as u64).as_slice(), content].concat();
    let mut bytes = vec![0x85, 0x6f, 0x4a, 0x83];
    bytes.extend(&sha256(&hashed)[..4]);
    bytes.extend(hashed);
    bytes
}

/// A morning's changes by Eva.
fn morning() -> Vec<RawChange> {
    let mut eva = tablet(1);
    let edits = [
        vec![Edit::set("cfs.level", 5), Edit::set("reason", "Trött")],
        vec![Edit::text("note", "Astrid är trött.")],
        vec![Edit::add_row(
            "drugs",
            row(1),
            [("name", "Furix"), ("dose", "1 x 1")],
        )],
        vec![
            Edit::text("note", "Astrid är mycket trött."),
            Edit::clear("reason"),
        ],
        vec![
            Edit::set_row("drugs", row(1), "dose", "2 x 1"),
            Edit::set("weight_kg", 61.5),
        ],
    ];
    edits
        .iter()
        .zip(0..)
        .flat_map(|(edits, at)| eva.edit(minute(at), edits).unwrap())
        .collect()
}

/// Reads all that there is to read.
fn read_through(document: &Document) {
    let _ = VisitView::read(document);
    let _ = document.conflicts();
    let _ = history(document, "note");
    let _ = differences(document, &tablet(1).heads());
    let _ = document.changes();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: super::cases(40), failure_persistence: None, max_shrink_iters: 2000, ..ProptestConfig::default() })]

    #[test]
    fn a_mutated_change_never_panics_and_never_costs_the_others(
        which in 0_usize..5,
        flips in prop::collection::vec((any::<prop::sample::Index>(), 1_u8..), 1..4),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let sound = morning();
        let original = &sound[which].bytes;
        // Magic, checksum, type and a length of one or two bytes.
        let head = if original.len() > 9 + 128 { 11 } else { 10 };
        let mut content = original[head..].to_vec();
        for (place, flip) in flips {
            let place = place.index(content.len());
            content[place] ^= flip;
        }
        if let Some(cut) = cut {
            content.truncate(cut.index(content.len()));
        }
        let broken = chunk(&content);

        let mut server = tablet(9);
        server.apply(&sound[..which]).unwrap();
        let before = server.content();
        let accepted = check(&server, &broken, &Limits::EDIT).is_ok();
        if server.apply([&broken]).is_err() {
            prop_assert_eq!(server.content(), before);
        } else if accepted {
            read_through(&server);
            server.edit(minute(60), &[Edit::set("cfs.cause", "x")]).unwrap();
        }

        let mut stored: Vec<&[u8]> = sound.iter().map(|change| change.bytes.as_slice()).collect();
        stored.insert(which, &broken);
        let mut loaded = Document::load(&visit(), actor(3), &stored).unwrap();
        read_through(&loaded.document);
        // Unless the broken one took its place by number, all of the morning is there.
        if !parse_chunk(&broken, &Limits::STORED).is_ok_and(|chunk| loaded.document.contains(&chunk.hash)) {
            for change in &sound {
                prop_assert!(loaded.document.contains(&change.hash));
            }
            loaded.document.edit(minute(60), &[Edit::set("cfs.cause", "x")]).unwrap();
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for bytes in [bytes.clone(), chunk(&bytes)] {
            let _ = parse_chunk(&bytes, &Limits::EDIT);
            let loaded = Document::load(&visit(), actor(3), [&bytes]).unwrap();
            prop_assert_eq!(loaded.document.content(), tablet(3).content());
            let _ = crate::entry::Entry::parse(&bytes);
        }
    }

    #[test]
    fn changes_cut_short_on_disk_are_set_aside_and_the_rest_is_read(
        which in 0_usize..5,
        cut in any::<prop::sample::Index>(),
    ) {
        let mut stored: Vec<Vec<u8>> = morning().into_iter().map(|change| change.bytes).collect();
        let length = cut.index(stored[which].len());
        stored[which].truncate(length);
        let loaded = Document::load(&visit(), actor(3), &stored).unwrap();
        prop_assert_eq!(loaded.set_aside.len(), 5 - which);
        prop_assert_eq!(loaded.set_aside[0].place, which);
        let mut sound = tablet(3);
        sound.apply(&morning()[..which]).unwrap();
        prop_assert_eq!(loaded.document.content(), sound.content());
    }
}
