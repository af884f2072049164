//! Checking the access log: every record's name, every chain's links, every leaf, every hash of the
//! tree and every checkpoint are worked out again.

use super::{Fault, What, climb::Climb};
use crate::storage::{AccessLog, FindingKind, LogEntry, LogQuery, LogTree, StorageError};
use ed25519_dalek::SigningKey;
use hemrond_audit::{Head, Record, RecordHash, checkpoint::Checkpoint, leaf_of};
use hemrond_domain::ids::DeviceId;
use std::collections::{BTreeMap, BTreeSet};

/// How many rows are read at a time.
pub(super) const STEP: u32 = 5_000;

/// How much was looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Looked {
    /// Entries of the log.
    pub entries: u64,
    /// Chains of tablets and servers.
    pub chains: u64,
    /// Hashes of the tree.
    pub nodes: u64,
    /// Checkpoints that were given out.
    pub checkpoints: u64,
}

/// Checks the whole log. What records did not hold together when they came is known and kept as
/// such; only what is not known is a fault here.
///
/// # Errors
/// When the database cannot be read.
pub async fn check(
    log: &(impl AccessLog + ?Sized),
    faults: &mut Vec<Fault>,
) -> Result<Looked, StorageError> {
    let mut looked = Looked::default();
    let tree = match log.log_tree(0).await {
        Ok(tree) => tree,
        Err(StorageError::Damaged(_)) => {
            faults.push(fault("access log".to_owned(), What::Sum("root")));
            return Ok(looked);
        }
        Err(error) => return Err(error),
    };
    let known: BTreeSet<RecordHash> = log
        .log_findings()
        .await?
        .into_iter()
        .filter(|finding| finding.kind == FindingKind::Gap)
        .map(|finding| finding.hash)
        .collect();
    let mut climb = Climb::new(log, tree.size, signed(log, tree.size, faults).await?);
    entries(log, &tree, &known, &mut climb, faults, &mut looked).await?;
    looked.nodes = climb.nodes;
    looked.checkpoints = climb.checkpoints;
    if climb.root() != Some(tree.root) {
        faults.push(fault("access log".to_owned(), What::Sum("root")));
    }
    Ok(looked)
}

/// Goes through the entries once, and works out the leaf of each. What it holds meanwhile is one batch
/// and the end of every chain, however long the log is.
async fn entries<L: AccessLog + ?Sized>(
    log: &L,
    tree: &LogTree,
    known_gaps: &BTreeSet<RecordHash>,
    climb: &mut Climb<'_, L>,
    faults: &mut Vec<Fault>,
    looked: &mut Looked,
) -> Result<(), StorageError> {
    let mut chains = Chains {
        log,
        ends: BTreeMap::new(),
        purged: tree.destroyed_below > 0,
        known_gaps,
    };
    let mut query = LogQuery {
        from: 0,
        person: None,
        most: STEP,
    };
    let mut expected = tree.destroyed_below;
    loop {
        let rows = log.log_entries(query).await?;
        let Some(last) = rows.last() else { break };
        query.from = last.index + 1;
        for entry in rows.iter().filter(|entry| entry.index < tree.size) {
            looked.entries += 1;
            // Of what was destroyed after its time only the chains' ends stay.
            if entry.index >= tree.destroyed_below {
                if entry.index != expected {
                    faults.push(fault(place(expected), What::Lacks("entry")));
                }
                expected = entry.index + 1;
            }
            climb.to(entry.index, faults).await?;
            let leaf = leaf_of(&entry.bytes, entry.sender, entry.received_at);
            climb.add(Some(leaf), faults).await?;
            if let Some(what) = chains.broken(entry).await? {
                faults.push(fault(place(entry.index), what));
            }
            let end = Head {
                seq: entry.seq,
                hash: entry.hash,
            };
            chains.ends.insert(entry.sender, end);
        }
    }
    if expected != tree.size {
        faults.push(fault(place(expected), What::Lacks("entry")));
    }
    climb.to(tree.size, faults).await?;
    looked.chains = chains.ends.len() as u64;
    Ok(())
}

/// The chains, as far as they have been gone through.
struct Chains<'a, L: ?Sized> {
    log: &'a L,
    /// The last entry of each.
    ends: BTreeMap<DeviceId, Head>,
    purged: bool,
    known_gaps: &'a BTreeSet<RecordHash>,
}

impl<L: AccessLog + ?Sized> Chains<'_, L> {
    /// What is wrong with an entry by itself, and with its link to the one before it.
    async fn broken(&self, entry: &LogEntry) -> Result<Option<What>, StorageError> {
        let hash = Record::hash_of(&entry.bytes);
        if hash != entry.hash {
            return Ok(Some(What::OtherBytes(hex::encode(hash))));
        }
        let record = match Record::decode(&entry.bytes) {
            Ok(record) => record,
            Err(error) => return Ok(Some(What::Unreadable(error.to_string()))),
        };
        if record.seq != entry.seq {
            return Ok(Some(What::Column("number")));
        }
        let Some(before) = record.seq.checked_sub(1) else {
            return Ok(Some(What::Column("number")));
        };
        let before = Head {
            seq: before,
            hash: record.previous,
        };
        let goes_on = before == Head::default() || self.ends.get(&entry.sender) == Some(&before);
        if goes_on || self.known_gaps.contains(&hash) {
            return Ok(None);
        }
        // A chain that goes on from another place than its end is a fork: rare, and asked for.
        let found = self.log.log_place(before.hash).await?;
        let found = found.filter(|(index, _)| *index < entry.index);
        Ok(match found {
            Some((_, seq)) if seq == before.seq => None,
            // The record before the first that is left was destroyed after its time.
            None if self.purged => None,
            _ => Some(What::Chain),
        })
    }
}

/// The checkpoints up to a size that bear the server's signature.
async fn signed(
    log: &(impl AccessLog + ?Sized),
    size: u64,
    faults: &mut Vec<Fault>,
) -> Result<Vec<Checkpoint>, StorageError> {
    let kept = log.checkpoints().await?;
    if kept.is_empty() {
        return Ok(Vec::new());
    }
    // Where there are checkpoints there is a key; this one is never kept by a check.
    let Some(seed) = log.kept_log_key().await? else {
        faults.push(fault("access log".to_owned(), What::Lacks("key")));
        return Ok(Vec::new());
    };
    let key = SigningKey::from_bytes(&seed).verifying_key();
    let mut signed = Vec::new();
    // Beyond that: what was added while this check went on.
    for (of, note) in kept.into_iter().filter(|(of, _)| *of <= size) {
        match Checkpoint::open(&note, &key) {
            Err(_) => faults.push(fault(
                checkpoint(of),
                What::Signature("its signature is another's"),
            )),
            Ok(said) if said.size != of => {
                faults.push(fault(checkpoint(of), What::Sum("root")));
            }
            Ok(said) => signed.push(said),
        }
    }
    Ok(signed)
}

fn place(index: u64) -> String {
    format!("access log, entry {index}")
}

pub(super) fn checkpoint(size: u64) -> String {
    format!("access log, checkpoint of {size} entries")
}

pub(super) fn fault(place: String, what: What) -> Fault {
    Fault { place, what }
}
