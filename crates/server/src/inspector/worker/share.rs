//! Sharing out a long push, so that several processes read it at once.

use crate::inspector::Reading;
use std::collections::BTreeSet;

/// From how many items on a push is shared out: fewer are read before another process is awake.
const MANY: usize = 200;

/// Cuts a push in at most so many parts with about as many items each, in its order. A push that brings
/// one document twice stays whole: the second time builds on what was found the first time.
pub(super) fn parts(work: Vec<Reading>, most: usize) -> Vec<Vec<Reading>> {
    let items: usize = work.iter().map(|reading| reading.items.len()).sum();
    let documents: BTreeSet<_> = work.iter().map(|reading| reading.header.id()).collect();
    if items < MANY || documents.len() < work.len() {
        return vec![work];
    }
    let share = items.div_ceil(most.max(1));
    let mut parts: Vec<Vec<Reading>> = Vec::new();
    let mut room = 0;
    for reading in work {
        let size = reading.items.len();
        let last = parts.len() >= most;
        match parts.last_mut() {
            Some(part) if last || room > 0 => part.push(reading),
            _ => {
                parts.push(vec![reading]);
                room = share;
            }
        }
        room = room.saturating_sub(size);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspector::Raw;
    use hemrond_domain::{
        ids::{OrganisationId, PersonId},
        record::Header,
    };
    use hemrond_protocol::ItemKind;
    use proptest::prelude::*;

    fn reading(person: u8, items: usize) -> Reading {
        let item = Raw {
            kind: ItemKind::Change,
            bytes: vec![person],
        };
        Reading {
            header: Header::person(
                OrganisationId::from_bytes([1; 16]),
                PersonId::from_bytes([person; 16]),
            ),
            stored: Vec::new(),
            items: vec![item; items],
            keys: std::collections::BTreeMap::new(),
        }
    }

    fn items(part: &[Reading]) -> usize {
        part.iter().map(|reading| reading.items.len()).sum()
    }

    #[test]
    fn a_person_who_comes_twice_is_read_by_one_process() {
        let work = vec![reading(1, 300), reading(2, 300), reading(1, 300)];
        assert_eq!(parts(work.clone(), 2), [work]);
    }

    proptest! {
        #[test]
        fn all_of_a_push_is_read_in_its_order_and_no_part_is_much_longer(
            sizes in proptest::collection::vec(0..120_usize, 0..40),
            most in 1..6_usize,
        ) {
            let work: Vec<Reading> = (0..).zip(&sizes).map(|(person, size)| reading(person, *size)).collect();
            let parts = parts(work.clone(), most);
            prop_assert!(parts.len() <= most);
            let share = items(&work).div_ceil(most);
            let longest = sizes.iter().copied().max().unwrap_or(0);
            if items(&work) >= MANY {
                prop_assert!(parts.iter().all(|part| items(part) < share + longest.max(1)));
            }
            prop_assert_eq!(parts.concat(), work);
        }
    }
}
