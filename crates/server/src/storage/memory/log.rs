//! The access log.

use super::{Call, Process};
use crate::storage::{
    AccessLog, LogEntry, LogFinding, LogGiven, LogQuery, LogReview, LogTaken, LogTree,
    StorageError,
    log::{Known, NewEntry, grow, named, own, proven, sort},
};
use async_trait::async_trait;
use hemrond_audit::{
    Event, Head, RecordHash, SERVER,
    tree::{Hash, Node},
};
use hemrond_domain::ids::DeviceId;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// The log's tables.
#[derive(Debug, Clone, Default)]
pub(super) struct Log {
    key: Option<[u8; 32]>,
    size: u64,
    destroyed_below: u64,
    entries: BTreeMap<u64, Arc<NewEntry>>,
    by_name: BTreeMap<RecordHash, u64>,
    numbers: BTreeSet<(DeviceId, u64)>,
    /// The last entry of every sender, by number and then by arrival.
    last: BTreeMap<DeviceId, Head>,
    nodes: BTreeMap<Node, Hash>,
    checkpoints: BTreeMap<u64, (String, i64)>,
    findings: Vec<LogFinding>,
    reviews: Vec<LogReview>,
}

impl Log {
    fn known(&self, given: &LogGiven) -> Known {
        let (hashes, numbers) = named(given);
        Known {
            records: hashes
                .into_iter()
                .filter_map(|hash| Some((hash, *self.by_name.get(&hash)?)))
                .collect(),
            taken: numbers
                .into_iter()
                .filter(|seq| self.numbers.contains(&(given.sender, *seq)))
                .collect(),
            last: self.last.get(&given.sender).copied().unwrap_or_default(),
        }
    }

    fn add(&mut self, entries: Vec<NewEntry>) -> Result<(), StorageError> {
        let complete = grow(&mut self.nodes, self.size, &entries)?;
        self.nodes.extend(complete);
        self.size += entries.len() as u64;
        for new in entries {
            let (sender, seq, hash) = (new.entry.sender, new.entry.seq, new.entry.hash);
            self.by_name.insert(hash, seq);
            self.numbers.insert((sender, seq));
            let last = self.last.entry(sender).or_default();
            if seq >= last.seq {
                *last = Head { seq, hash };
            }
            self.entries.insert(new.entry.index, Arc::new(new));
        }
        Ok(())
    }
}

#[async_trait]
impl AccessLog for Process {
    async fn log_key(&self, fresh: [u8; 32]) -> Result<[u8; 32], StorageError> {
        self.write(Call::LogKey, |state| {
            Ok(*Arc::make_mut(&mut state.log).key.get_or_insert(fresh))
        })
        .await
    }

    async fn kept_log_key(&self) -> Result<Option<[u8; 32]>, StorageError> {
        Ok(self.read(Call::LogKey, |state| state.log.key).await)
    }

    async fn take_log(&self, given: &LogGiven, now: i64) -> Result<LogTaken, StorageError> {
        if given.records.is_empty() {
            return Ok(self
                .read(Call::TakeLog, |state| {
                    sort(given, &state.log.known(given), 0, now).taken
                })
                .await);
        }
        self.write(Call::TakeLog, |state| {
            let sorted = sort(given, &state.log.known(given), state.log.size, now);
            let mut taken = sorted.taken;
            taken.found = 0;
            let log = Arc::make_mut(&mut state.log);
            log.add(sorted.entries)?;
            for finding in sorted.findings {
                let is_known = |old: &LogFinding| {
                    (old.sender, old.hash, old.kind) == (finding.sender, finding.hash, finding.kind)
                };
                if !log.findings.iter().any(is_known) {
                    log.findings.push(finding);
                    taken.found += 1;
                }
            }
            Ok(taken)
        })
        .await
    }

    async fn log_own_all(&self, events: Vec<Event>, now: i64) -> Result<(), StorageError> {
        if events.is_empty() {
            return Ok(());
        }
        self.write(Call::LogOwn, |state| {
            let head = state.log.last.get(&SERVER).copied().unwrap_or_default();
            let new = own(head, events, state.log.size, now)?;
            Arc::make_mut(&mut state.log).add(new)
        })
        .await
    }

    async fn log_tree(&self, known: u64) -> Result<LogTree, StorageError> {
        self.read(Call::LogTree, |state| {
            let log = &state.log;
            let (root, proof) = proven(&log.nodes, known, log.size)?;
            Ok(LogTree {
                size: log.size,
                root,
                proof,
                checkpoint_at: log.checkpoints.values().map(|(_, at)| *at).max(),
                destroyed_below: log.destroyed_below,
            })
        })
        .await
    }

    async fn keep_checkpoint(&self, size: u64, note: &str, now: i64) -> Result<(), StorageError> {
        self.write(Call::KeepCheckpoint, |state| {
            Arc::make_mut(&mut state.log)
                .checkpoints
                .entry(size)
                .or_insert_with(|| (note.to_owned(), now));
            Ok(())
        })
        .await
    }

    async fn checkpoints(&self) -> Result<Vec<(u64, String)>, StorageError> {
        Ok(self
            .read(Call::Checkpoints, |state| {
                let kept = &state.log.checkpoints;
                kept.iter()
                    .map(|(size, (note, _))| (*size, note.clone()))
                    .collect()
            })
            .await)
    }

    async fn log_entries(&self, query: LogQuery) -> Result<Vec<LogEntry>, StorageError> {
        Ok(self
            .read(Call::LogEntries, |state| {
                state
                    .log
                    .entries
                    .range(query.from..)
                    .filter(|(_, new)| query.person.is_none() || new.person == query.person)
                    .take(query.most as usize)
                    .map(|(_, new)| new.entry.clone())
                    .collect()
            })
            .await)
    }

    async fn log_place(&self, hash: RecordHash) -> Result<Option<(u64, u64)>, StorageError> {
        Ok(self
            .read(Call::LogEntries, |state| {
                let mut entries = state.log.entries.values().map(|new| &new.entry);
                let entry = entries.find(|entry| entry.hash == hash)?;
                Some((entry.index, entry.seq))
            })
            .await)
    }

    async fn log_nodes(
        &self,
        level: u8,
        from: u64,
        most: u32,
    ) -> Result<Vec<(u64, Hash)>, StorageError> {
        Ok(self
            .read(Call::LogNodes, |state| {
                let first = Node { level, index: from };
                let last = Node {
                    level,
                    index: u64::MAX,
                };
                state
                    .log
                    .nodes
                    .range(first..=last)
                    .take(most as usize)
                    .map(|(node, hash)| (node.index, *hash))
                    .collect()
            })
            .await)
    }

    async fn log_findings(&self) -> Result<Vec<LogFinding>, StorageError> {
        Ok(self
            .read(Call::LogFindings, |state| {
                let mut findings = state.log.findings.clone();
                findings.sort_by_key(|one| (one.found_at, one.sender, one.hash, one.kind));
                findings
            })
            .await)
    }

    async fn keep_review(&self, review: &LogReview) -> Result<(), StorageError> {
        self.write(Call::KeepReview, |state| {
            Arc::make_mut(&mut state.log).reviews.push(review.clone());
            Ok(())
        })
        .await
    }

    async fn reviews(&self) -> Result<Vec<LogReview>, StorageError> {
        Ok(self
            .read(Call::Reviews, |state| {
                let mut reviews = state.log.reviews.clone();
                reviews.sort_by_key(|review| (std::cmp::Reverse(review.made_at), review.id));
                reviews
            })
            .await)
    }

    async fn purge_log(&self, before: i64) -> Result<u64, StorageError> {
        self.write(Call::PurgeLog, |state| {
            let log = Arc::make_mut(&mut state.log);
            // What came out of order is kept with its neighbours: only the beginning goes.
            let first_kept = log
                .entries
                .values()
                .find(|new| new.entry.received_at >= before)
                .map_or(log.size, |new| new.entry.index);
            let ends: BTreeSet<RecordHash> = log.last.values().map(|head| head.hash).collect();
            let held = log.entries.len();
            log.entries
                .retain(|index, new| *index >= first_kept || ends.contains(&new.entry.hash));
            let kept: BTreeSet<(DeviceId, u64, RecordHash)> = log
                .entries
                .values()
                .map(|new| (new.entry.sender, new.entry.seq, new.entry.hash))
                .collect();
            log.by_name = kept.iter().map(|(_, seq, hash)| (*hash, *seq)).collect();
            log.numbers = kept
                .iter()
                .map(|(sender, seq, _)| (*sender, *seq))
                .collect();
            log.destroyed_below = log.destroyed_below.max(first_kept);
            Ok((held - log.entries.len()) as u64)
        })
        .await
    }
}
