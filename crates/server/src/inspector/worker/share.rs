//! A push that several processes read at once: what is left of it, and what it may still cost.

use super::{Patience, Watch};
use crate::inspector::{Findings, Reading, reading::unread};
use std::{
    collections::{BTreeSet, VecDeque},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

/// From how many items on a push is shared out: fewer are read before another process is awake.
const MANY: usize = 200;

/// How many processes are to read a push, of so many that may work at a time. One is left to the others'
/// pushes. A push that brings one document twice is read by one, since the second time builds on what was
/// found the first time.
pub(super) fn readers(work: &[Reading], places: usize) -> usize {
    let items: usize = work.iter().map(|reading| reading.items.len()).sum();
    let documents: BTreeSet<_> = work.iter().map(|reading| reading.header.id()).collect();
    if items < MANY || documents.len() < work.len() {
        return 1;
    }
    places.saturating_sub(1).clamp(1, work.len().max(1))
}

/// The documents of a push that nobody reads yet. Whoever is free takes the next.
#[derive(Debug)]
pub(super) struct Queue(Mutex<VecDeque<(usize, Reading)>>);

impl Queue {
    pub(super) fn of(work: Vec<Reading>) -> Self {
        Self(Mutex::new(work.into_iter().enumerate().collect()))
    }

    /// The next document with its place in the push.
    pub(super) fn next(&self) -> Option<(usize, Reading)> {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        left.pop_front()
    }

    /// Says of what nobody reads any more that it is unread.
    pub(super) fn unread(&self) -> Vec<(usize, Findings)> {
        let left = |(place, reading): (usize, Reading)| {
            let findings = Findings {
                items: reading.items.iter().map(unread).collect(),
                ..Findings::default()
            };
            (place, findings)
        };
        std::iter::from_fn(|| self.next()).map(left).collect()
    }
}

/// What was found by all of them, in the push's order.
pub(super) fn in_order(found: Vec<Vec<(usize, Findings)>>) -> Vec<Findings> {
    let mut all: Vec<(usize, Findings)> = found.into_iter().flatten().collect();
    all.sort_by_key(|(place, _)| *place);
    all.into_iter().map(|(_, findings)| findings).collect()
}

/// What a push may still cost, whoever of its readers spends it.
#[derive(Debug)]
pub(super) struct Budget {
    losses: AtomicUsize,
    watch: Watch,
    /// When nothing more of it is begun, by the watch.
    end: Duration,
}

impl Budget {
    /// The time begins now.
    pub(super) fn of(patience: Patience, watch: Watch) -> Self {
        Self {
            losses: AtomicUsize::new(patience.losses),
            end: watch.passed().saturating_add(patience.push),
            watch,
        }
    }

    /// How much time is left.
    pub(super) fn left(&self) -> Duration {
        self.end.saturating_sub(self.watch.passed())
    }

    /// Whether its time is up.
    pub(super) fn is_over(&self) -> bool {
        self.left().is_zero()
    }

    /// Counts a lost worker. Whether the reader that lost it may go on.
    pub(super) fn lose(&self) -> bool {
        let less = |left: usize| left.checked_sub(1);
        self.losses
            .fetch_update(Relaxed, Relaxed, less)
            .is_ok_and(|before| before > 1)
    }
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

    #[test]
    fn a_long_push_leaves_a_reader_to_the_others() {
        let long: Vec<Reading> = (0..10).map(|person| reading(person, 40)).collect();
        for (places, expected) in [(1, 1), (2, 1), (3, 2), (8, 7), (40, 10)] {
            assert_eq!(readers(&long, places), expected, "{places}");
        }
        assert_eq!(readers(&long[..4], 8), 1, "a short one is read by one");
        let twice = [reading(1, 300), reading(2, 300), reading(1, 300)];
        assert_eq!(readers(&twice, 8), 1, "a person who comes twice");
        assert_eq!(readers(&[], 8), 1);
    }

    #[test]
    fn what_a_push_may_cost_is_counted_over_all_its_readers() {
        let patience = Patience {
            losses: 3,
            ..Patience::default()
        };
        let budget = Budget::of(patience, Watch::default());
        let may_go_on = [(); 5].map(|()| budget.lose());
        assert_eq!(may_go_on, [true, true, false, false, false]);
    }
}
