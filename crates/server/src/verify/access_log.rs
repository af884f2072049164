//! Checking the access log: every record's name, every chain's links, every leaf, every hash of the
//! tree and every checkpoint are worked out again.

use super::{Fault, What};
use crate::storage::{AccessLog, FindingKind, LogEntry, LogQuery, StorageError};
use ed25519_dalek::SigningKey;
use hemrond_audit::{
    Head, Record, RecordHash,
    checkpoint::Checkpoint,
    leaf_of,
    tree::{self, Hash, Node},
};
use std::collections::{BTreeMap, BTreeSet};

/// How many rows are read at a time.
const STEP: u32 = 5_000;

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
    let leaves = entries(
        log,
        tree.size,
        tree.destroyed_below,
        &known,
        faults,
        &mut looked,
    )
    .await?;
    let nodes = nodes(log, &tree_levels(tree.size), leaves, faults, &mut looked).await?;
    let mut look = |node: Node| nodes.get(&node).copied();
    match tree::root(&mut look, tree.size) {
        Ok(root) if root == tree.root => {}
        _ => faults.push(fault("access log".to_owned(), What::Sum("root"))),
    }
    checkpoints(log, &nodes, tree.size, faults, &mut looked).await?;
    Ok(looked)
}

/// Goes through the entries, and works out the leaf of each.
async fn entries(
    log: &(impl AccessLog + ?Sized),
    size: u64,
    destroyed_below: u64,
    known_gaps: &BTreeSet<RecordHash>,
    faults: &mut Vec<Fault>,
    looked: &mut Looked,
) -> Result<BTreeMap<u64, Hash>, StorageError> {
    let mut leaves = BTreeMap::new();
    let mut names: BTreeMap<RecordHash, u64> = BTreeMap::new();
    let mut senders = BTreeSet::new();
    let mut query = LogQuery {
        from: 0,
        person: None,
        most: STEP,
    };
    let mut expected = destroyed_below;
    loop {
        let rows = log.log_entries(query).await?;
        let Some(last) = rows.last() else { break };
        query.from = last.index + 1;
        for entry in rows.iter().filter(|entry| entry.index < size) {
            looked.entries += 1;
            senders.insert(entry.sender);
            // Of what was destroyed after its time only the chains' ends stay.
            if entry.index >= destroyed_below {
                if entry.index != expected {
                    faults.push(fault(place(expected), What::Lacks("entry")));
                }
                expected = entry.index + 1;
            }
            leaves.insert(
                entry.index,
                leaf_of(&entry.bytes, entry.sender, entry.received_at),
            );
            if let Some(what) = broken(entry, &names, destroyed_below > 0, known_gaps) {
                faults.push(fault(place(entry.index), what));
            }
            names.insert(entry.hash, entry.seq);
        }
    }
    if expected != size {
        faults.push(fault(place(expected), What::Lacks("entry")));
    }
    looked.chains = senders.len() as u64;
    Ok(leaves)
}

/// What is wrong with an entry by itself, and with its link to the one before it.
fn broken(
    entry: &LogEntry,
    names: &BTreeMap<RecordHash, u64>,
    purged: bool,
    known_gaps: &BTreeSet<RecordHash>,
) -> Option<What> {
    let hash = Record::hash_of(&entry.bytes);
    if hash != entry.hash {
        return Some(What::OtherBytes(hex::encode(hash)));
    }
    let record = match Record::decode(&entry.bytes) {
        Ok(record) => record,
        Err(error) => return Some(What::Unreadable(error.to_string())),
    };
    if record.seq != entry.seq {
        return Some(What::Column("number"));
    }
    let first = Head {
        seq: record.seq - 1,
        hash: record.previous,
    } == Head::default();
    let builds = first || names.get(&record.previous) == Some(&(record.seq - 1));
    // The record before the first that is left was destroyed after its time.
    let may_lack = purged && !names.contains_key(&record.previous);
    (!builds && !may_lack && !known_gaps.contains(&hash)).then_some(What::Chain)
}

/// The number of complete subtrees on each level, from the leaves up.
fn tree_levels(size: u64) -> Vec<u64> {
    let mut levels = Vec::new();
    let mut width = size;
    while width > 0 {
        levels.push(width);
        width /= 2;
    }
    levels
}

/// Compares the kept hashes with what follows from the leaves, level by level.
async fn nodes(
    log: &(impl AccessLog + ?Sized),
    levels: &[u64],
    leaves: BTreeMap<u64, Hash>,
    faults: &mut Vec<Fault>,
    looked: &mut Looked,
) -> Result<BTreeMap<Node, Hash>, StorageError> {
    let mut all = BTreeMap::new();
    for (level, width) in (0u8..).zip(levels) {
        let mut kept: BTreeMap<u64, Hash> = BTreeMap::new();
        let mut from = 0;
        loop {
            let rows = log.log_nodes(level, from, STEP).await?;
            let Some((last, _)) = rows.last() else { break };
            from = last + 1;
            kept.extend(rows);
        }
        for index in 0..*width {
            let node = Node { level, index };
            looked.nodes += 1;
            let follows = if level == 0 {
                leaves.get(&index).copied()
            } else {
                tree::above(&mut |node| all.get(&node).copied(), node)
            };
            let at = || format!("access log, level {level} of the tree, place {index}");
            match (kept.get(&index), follows) {
                (None, _) => faults.push(fault(at(), What::Lacks("hash"))),
                (Some(kept), Some(follows)) if *kept != follows => {
                    faults.push(fault(at(), What::Column("hash")));
                }
                // Where the entry was destroyed after its time, its hash stands for it.
                _ => {}
            }
            // What follows from the entries goes on upwards, so that a kept hash cannot cover up.
            if let Some(hash) = follows.or_else(|| kept.get(&index).copied()) {
                all.insert(node, hash);
            }
        }
    }
    Ok(all)
}

async fn checkpoints(
    log: &(impl AccessLog + ?Sized),
    nodes: &BTreeMap<Node, Hash>,
    size: u64,
    faults: &mut Vec<Fault>,
    looked: &mut Looked,
) -> Result<(), StorageError> {
    let kept = log.checkpoints().await?;
    if kept.is_empty() {
        return Ok(());
    }
    // Where there are checkpoints there is a key; this one is never kept by a check.
    let Some(seed) = log.kept_log_key().await? else {
        faults.push(fault("access log".to_owned(), What::Lacks("key")));
        return Ok(());
    };
    let key = SigningKey::from_bytes(&seed).verifying_key();
    for (of, note) in kept {
        // What was added while this check went on.
        if of > size {
            continue;
        }
        looked.checkpoints += 1;
        let at = || format!("access log, checkpoint of {of} entries");
        match Checkpoint::open(&note, &key) {
            Err(_) => faults.push(fault(at(), What::Signature("its signature is another's"))),
            Ok(said) => {
                let root = tree::root(&mut |node| nodes.get(&node).copied(), of);
                if said.size != of || root != Ok(said.root) {
                    faults.push(fault(at(), What::Sum("root")));
                }
            }
        }
    }
    Ok(())
}

fn place(index: u64) -> String {
    format!("access log, entry {index}")
}

fn fault(place: String, what: What) -> Fault {
    Fault { place, what }
}
