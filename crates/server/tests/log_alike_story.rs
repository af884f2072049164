//! Many tablets' access logs, drawn from a seed and told to every storage at once: honest pushes, the
//! same again, tablets that went back in time, gaps, rubbish, other tablets' records, and what was
//! destroyed after its time. All storages answer the same, and a check of each finds nothing wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use hemrond_audit::{Action, Event, Head, Record};
use hemrond_domain::ids::{DeviceId, UserId};
use hemrond_server::{
    storage::{LogGiven, LogQuery, Storage},
    verify::access_log,
};
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::{fmt::Debug, sync::Arc};
use support::{ASTRID, Backend, KOMMUN, Place, TEAM};

/// How much happens.
const STEPS: usize = 120;

/// A tablet's chain, with every state that it has been in.
struct Chain {
    device: DeviceId,
    head: Head,
    records: Vec<Vec<u8>>,
}

impl Chain {
    fn event(&self, dice: &mut StdRng) -> Event {
        Event {
            action: Action::ALL[dice.random_range(0..Action::ALL.len())].clone(),
            user: UserId::from_stored([7; 16]),
            role: "nurse".to_owned(),
            unit: TEAM,
            organisation: KOMMUN,
            device: self.device,
            person: dice.random_ratio(1, 2).then_some(ASTRID),
            kind: None,
            document: None,
            reason: None,
            basis: None,
            at_ms: dice.random_range(0..1_000_000),
        }
    }

    fn look(&mut self, dice: &mut StdRng) {
        let (bytes, head) = self.head.next(self.event(dice)).unwrap();
        self.records.push(bytes);
        self.head = head;
    }

    /// The tablet is put back to an older copy of itself.
    fn go_back(&mut self, dice: &mut StdRng) {
        let left = dice.random_range(0..=self.records.len());
        self.records.truncate(left);
        self.head = self.place(left);
    }

    fn place(&self, number: usize) -> Head {
        match number
            .checked_sub(1)
            .and_then(|last| self.records.get(last))
        {
            Some(bytes) => Head {
                seq: number as u64,
                hash: Record::hash_of(bytes),
            },
            None => Head::default(),
        }
    }

    fn push(&self, dice: &mut StdRng) -> LogGiven {
        let after = dice.random_range(0..=self.records.len());
        let mut records = self.records[after..].to_vec();
        if dice.random_ratio(1, 6) && !records.is_empty() {
            let place = dice.random_range(0..records.len());
            match dice.random_range(0..3) {
                0 => records[place].truncate(9),
                1 => drop(records.remove(place)),
                _ => records.push(records[place].clone()),
            }
        }
        // Now and then the account is not the one that its records name.
        let number = if dice.random_ratio(1, 6) { 8 } else { 7 };
        LogGiven {
            sender: self.device,
            user: UserId::from_stored([number; 16]),
            organisation: KOMMUN,
            after: self.place(after),
            records,
            oldest: dice.random_ratio(1, 5),
        }
    }
}

async fn agree<T: Debug>(
    storages: &[Arc<dyn Storage>],
    what: &str,
    ask: impl AsyncFn(&dyn Storage) -> T,
) {
    let mut answers = Vec::new();
    for storage in storages {
        answers.push(format!("{:?}", ask(storage.as_ref()).await));
    }
    for other in &answers[1..] {
        assert_eq!(*other, answers[0], "{what}");
    }
}

async fn a_day(seed: u64) {
    let mut dice = StdRng::seed_from_u64(seed);
    let places = [Backend::Sqlite, Backend::Postgres, Backend::Memory].map(Place::new);
    let mut storages = Vec::new();
    for place in &places {
        storages.push(place.open().await);
    }
    let mut chains: Vec<Chain> = (0..3)
        .map(|number| Chain {
            device: DeviceId::from_stored([90 + number; 16]),
            head: Head::default(),
            records: Vec::new(),
        })
        .collect();
    let mut now = 0;
    for _ in 0..STEPS {
        now += dice.random_range(0..50);
        let who = dice.random_range(0..chains.len());
        match dice.random_range(0..20) {
            0 => chains[who].go_back(&mut dice),
            1 => {
                let before = now - dice.random_range(0..2_000);
                agree(&storages, "a purge", async |storage| {
                    storage.purge_log(before).await.unwrap()
                })
                .await;
            }
            2 => {
                let several = dice.random_range(0..4);
                let own: Vec<Event> = (0..several).map(|_| chains[who].event(&mut dice)).collect();
                agree(&storages, "acts of its own", async |storage| {
                    storage.log_own_all(own.clone(), now).await.is_ok()
                })
                .await;
            }
            3 => {
                let other = dice.random_range(0..chains.len());
                let mut given = chains[who].push(&mut dice);
                given.sender = chains[other].device;
                agree(&storages, "another's records", async |storage| {
                    storage.take_log(&given, now).await.unwrap()
                })
                .await;
            }
            _ => {
                for _ in 0..dice.random_range(0..4) {
                    chains[who].look(&mut dice);
                }
                let given = chains[who].push(&mut dice);
                agree(&storages, "a push", async |storage| {
                    storage.take_log(&given, now).await.unwrap()
                })
                .await;
            }
        }
        let known = dice.random_range(0..40);
        let query = LogQuery {
            from: dice.random_range(0..30),
            person: dice.random_ratio(1, 2).then_some(ASTRID),
            most: dice.random_range(1..20),
        };
        agree(&storages, "a look around", async |storage| {
            let tree = storage.log_tree(0).await.unwrap();
            (
                storage.log_tree(known.min(tree.size)).await.unwrap(),
                storage.log_entries(query).await.unwrap(),
                storage.log_nodes(1, 0, 10).await.unwrap(),
                storage.log_findings().await.unwrap(),
            )
        })
        .await;
    }
    for storage in &storages {
        assert!(storage.log_tree(0).await.unwrap().size > 60);
        assert!(storage.log_findings().await.unwrap().len() > 3);
        let mut faults = Vec::new();
        access_log::check(storage.as_ref(), &mut faults)
            .await
            .unwrap();
        assert_eq!(faults, []);
    }
}

/// AC20: whatever tablets send, every storage keeps the same log, and all of it holds together.
#[tokio::test]
async fn every_storage_keeps_the_same_log() {
    for seed in 1..=3 {
        a_day(seed).await;
    }
}
