//! The access log as the rest of the server sees it, and what no storage decides by itself: which
//! records are new, and which do not hold together.

use super::StorageError;
use async_trait::async_trait;
use hemrond_audit::{
    Event, Head, Record, RecordHash, leaf_of,
    tree::{self, Hash, Node},
};
use hemrond_domain::ids::{DeviceId, OrganisationId, PersonId, UserId};
use hemrond_protocol::limits::MAX_LOG_RECORD_BYTES;
use std::collections::{BTreeMap, BTreeSet};

/// What a device gives of its chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogGiven {
    /// The device.
    pub sender: DeviceId,
    /// Whose it is: a device is one account's for ever.
    pub user: UserId,
    /// Where that account works.
    pub organisation: OrganisationId,
    /// The last record that it knows to be here.
    pub after: Head,
    /// The records after it.
    pub records: Vec<Vec<u8>>,
    /// Whether the device has nothing older.
    pub oldest: bool,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LogTaken {
    /// The last record of the chain that is here.
    pub last: Head,
    /// Whether nothing was taken, for what comes before is not here.
    pub lacking: bool,
    /// How many records were new.
    pub added: usize,
    /// How many findings are new.
    pub found: usize,
}

/// Why a record does not hold together with the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingKind {
    /// It cannot be read.
    Unreadable,
    /// It names another device than the one that gave it.
    Foreign,
    /// It says that somebody else looked, or somebody of another organisation, than the one whose the
    /// device is.
    OtherUser,
    /// It does not build on the one before it, or that one is not here.
    Gap,
    /// Another record has its number: the tablet went back to an earlier state of itself, or
    /// somebody wrote a second history.
    Fork,
}

impl FindingKind {
    /// Every kind.
    const ALL: [Self; 5] = [
        Self::Unreadable,
        Self::Foreign,
        Self::OtherUser,
        Self::Gap,
        Self::Fork,
    ];

    /// Whether each record of a push is told of by itself: what cannot be read is kept nowhere else, a
    /// look in somebody else's name is about that one, and each gap is another place where something is
    /// missing. Otherwise the first says it all; a whole foreign chain is one finding.
    const fn is_told_each_time(self) -> bool {
        matches!(self, Self::Unreadable | Self::OtherUser | Self::Gap)
    }

    /// Its stable name, in tables and reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Foreign => "foreign",
            Self::OtherUser => "other_user",
            Self::Gap => "gap",
            Self::Fork => "fork",
        }
    }

    /// Reads the name back.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// A record that does not hold together with the others. It is kept all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFinding {
    /// The device that gave it.
    pub sender: DeviceId,
    /// Its number, or the one that it should have.
    pub seq: u64,
    /// What is wrong.
    pub kind: FindingKind,
    /// The name of its bytes.
    pub hash: RecordHash,
    /// Its bytes, where it cannot be read and so is no entry.
    pub bytes: Vec<u8>,
    /// When, in milliseconds since 1970.
    pub found_at: i64,
}

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// Its place in the tree.
    pub index: u64,
    /// The record's name.
    pub hash: RecordHash,
    /// The device that gave it.
    pub sender: DeviceId,
    /// Its number in that device's chain.
    pub seq: u64,
    /// The record as it was written.
    pub bytes: Vec<u8>,
    /// When it came, in milliseconds since 1970.
    pub received_at: i64,
}

/// The tree at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogTree {
    /// How many entries it has.
    pub size: u64,
    /// Its root.
    pub root: Hash,
    /// The proof that it went on from the size that was asked about.
    pub proof: Vec<Hash>,
    /// When a checkpoint was last kept, in milliseconds since 1970.
    pub checkpoint_at: Option<i64>,
    /// Entries before this place have been destroyed after their time.
    pub destroyed_below: u64,
}

/// A review of a random sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogReview {
    /// Names it.
    pub id: [u8; 16],
    /// When, in milliseconds since 1970.
    pub made_at: i64,
    /// Who looked.
    pub reviewer: String,
    /// The places that were drawn.
    pub drawn: Vec<u64>,
    /// What was found.
    pub finding: String,
}

/// Which entries are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LogQuery {
    /// From this place on.
    pub from: u64,
    /// Of one person only.
    pub person: Option<PersonId>,
    /// At most so many.
    pub most: u32,
}

/// The access log.
#[async_trait]
pub trait AccessLog: Send + Sync {
    /// The seed of the key that signs checkpoints: `fresh` from now on, where there was none.
    async fn log_key(&self, fresh: [u8; 32]) -> Result<[u8; 32], StorageError>;
    /// The seed of that key, where there is one.
    async fn kept_log_key(&self) -> Result<Option<[u8; 32]>, StorageError>;
    /// Takes in a device's records; on disk when this returns.
    async fn take_log(&self, given: &LogGiven, now: i64) -> Result<LogTaken, StorageError>;
    /// Writes an event into the server's own chain; on disk when this returns.
    async fn log_own(&self, event: Event, now: i64) -> Result<(), StorageError> {
        self.log_own_all(vec![event], now).await
    }
    /// Writes events into the server's own chain, in their order, all of them or none; on disk when this
    /// returns.
    async fn log_own_all(&self, events: Vec<Event>, now: i64) -> Result<(), StorageError>;
    /// The tree, with the proof that it went on from `known` entries.
    async fn log_tree(&self, known: u64) -> Result<LogTree, StorageError>;
    /// Keeps a checkpoint that is given out.
    async fn keep_checkpoint(&self, size: u64, note: &str, now: i64) -> Result<(), StorageError>;
    /// The checkpoints that were given out, by size.
    async fn checkpoints(&self) -> Result<Vec<(u64, String)>, StorageError>;
    /// The next entries by place.
    async fn log_entries(&self, query: LogQuery) -> Result<Vec<LogEntry>, StorageError>;
    /// The place and the number of a record, where it is here.
    async fn log_place(&self, hash: RecordHash) -> Result<Option<(u64, u64)>, StorageError>;
    /// The next hashes of one level of the tree, with their places.
    async fn log_nodes(
        &self,
        level: u8,
        from: u64,
        most: u32,
    ) -> Result<Vec<(u64, Hash)>, StorageError>;
    /// What does not hold together, by when it was found.
    async fn log_findings(&self) -> Result<Vec<LogFinding>, StorageError>;
    /// Keeps a review.
    async fn keep_review(&self, review: &LogReview) -> Result<(), StorageError>;
    /// The reviews, newest first.
    async fn reviews(&self) -> Result<Vec<LogReview>, StorageError>;
    /// Destroys entries that came before a moment, and tells how many; the tree's hashes and the
    /// end of every chain stay.
    async fn purge_log(&self, before: i64) -> Result<u64, StorageError>;
}

/// What of a push is known to the storage.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    /// Records by name, with their numbers.
    pub(super) records: BTreeMap<RecordHash, u64>,
    /// Numbers of the sender that are taken.
    pub(super) taken: BTreeSet<u64>,
    /// The last record of the sender that is here.
    pub(super) last: Head,
}

/// A record that goes into the log, with what its bytes say.
#[derive(Debug, Clone)]
pub(super) struct NewEntry {
    pub(super) entry: LogEntry,
    pub(super) user: UserId,
    pub(super) person: Option<PersonId>,
    pub(super) action: String,
    pub(super) at: i64,
}

/// What a push comes to.
#[derive(Debug, Default)]
pub(super) struct Sorted {
    pub(super) taken: LogTaken,
    pub(super) entries: Vec<NewEntry>,
    pub(super) findings: Vec<LogFinding>,
}

/// The names that a storage looks up before [`sort`], and the numbers.
pub(super) fn named(given: &LogGiven) -> (Vec<RecordHash>, Vec<u64>) {
    let hashes = given
        .records
        .iter()
        .map(|bytes| Record::hash_of(bytes))
        .chain([given.after.hash])
        .collect();
    let numbers = (1..=given.records.len() as u64)
        .map(|step| given.after.seq.saturating_add(step))
        .collect();
    (hashes, numbers)
}

/// Decides what of a push is new, and what does not hold together. Places begin at `size`.
pub(super) fn sort(given: &LogGiven, known: &Known, size: u64, now: i64) -> Sorted {
    let mut sorted = Sorted::default();
    let begins = given.after == Head::default();
    let follows = begins || known.records.get(&given.after.hash) == Some(&given.after.seq);
    if !follows && !given.oldest {
        sorted.taken.lacking = true;
        sorted.taken.last = known.last;
        return sorted;
    }
    let mut before = follows.then_some(given.after);
    let mut seq = given.after.seq;
    let mut met: BTreeSet<RecordHash> = BTreeSet::new();
    for bytes in &given.records {
        let hash = Record::hash_of(bytes);
        let record = if bytes.len() > MAX_LOG_RECORD_BYTES {
            None
        } else {
            Record::decode(bytes).ok()
        };
        seq = seq.saturating_add(1);
        let mut find = |kind: FindingKind, seq, bytes: &[u8]| {
            let told = |finding: &LogFinding| {
                finding.kind == kind && (!kind.is_told_each_time() || finding.hash == hash)
            };
            if !sorted.findings.iter().any(told) {
                sorted.findings.push(LogFinding {
                    sender: given.sender,
                    seq,
                    kind,
                    hash,
                    bytes: bytes.to_vec(),
                    found_at: now,
                });
            }
        };
        let Some(record) = record else {
            find(FindingKind::Unreadable, seq, bytes);
            before = None;
            continue;
        };
        // A server's own clock and a tablet's counter never come near the end.
        seq = record.seq.min(i64::MAX as u64);
        let place = Head { seq, hash };
        if !known.records.contains_key(&hash) && met.insert(hash) {
            let builds =
                before.is_some_and(|last| last.seq + 1 == seq && last.hash == record.previous);
            if !builds {
                find(FindingKind::Gap, seq, &[]);
            }
            if known.taken.contains(&seq) {
                find(FindingKind::Fork, seq, &[]);
            }
            if record.event.device != given.sender {
                find(FindingKind::Foreign, seq, &[]);
            }
            let says = (record.event.user, record.event.organisation);
            if says != (given.user, given.organisation) {
                find(FindingKind::OtherUser, seq, &[]);
            }
            sorted.entries.push(NewEntry {
                entry: LogEntry {
                    index: size + sorted.entries.len() as u64,
                    hash,
                    sender: given.sender,
                    seq,
                    bytes: bytes.clone(),
                    received_at: now,
                },
                user: record.event.user,
                person: record.event.person,
                action: record.event.action.as_str().to_owned(),
                at: record.event.at_ms,
            });
        }
        before = Some(place);
    }
    sorted.taken.last = acknowledged(given);
    sorted.taken.added = sorted.entries.len();
    sorted.taken.found = sorted.findings.len();
    sorted
}

/// The last record of a push: everything of it is kept, so everything of it is acknowledged.
fn acknowledged(given: &LogGiven) -> Head {
    given.records.last().map_or(given.after, |bytes| Head {
        seq: given
            .after
            .seq
            .saturating_add(given.records.len() as u64)
            .min(i64::MAX as u64),
        hash: Record::hash_of(bytes),
    })
}

/// The server's own next records. Places begin at `size`.
pub(super) fn own(
    mut head: Head,
    events: Vec<Event>,
    size: u64,
    now: i64,
) -> Result<Vec<NewEntry>, StorageError> {
    let mut entries = Vec::with_capacity(events.len());
    for (index, event) in (size..).zip(events) {
        let (user, person, at) = (event.user, event.person, event.at_ms);
        let action = event.action.as_str().to_owned();
        let (bytes, next) = head
            .next(event)
            .map_err(|_| StorageError::Constraint("the event is longer than the log takes"))?;
        head = next;
        entries.push(NewEntry {
            entry: LogEntry {
                index,
                hash: next.hash,
                sender: hemrond_audit::SERVER,
                seq: next.seq,
                bytes,
                received_at: now,
            },
            user,
            person,
            action,
            at,
        });
    }
    Ok(entries)
}

/// Grows the tree by entries, in the order of their places: the subtrees that are complete from
/// now on. `edge` holds what the first of them builds on.
pub(super) fn grow(
    edge: &mut BTreeMap<Node, Hash>,
    size: u64,
    entries: &[NewEntry],
) -> Result<Vec<(Node, Hash)>, StorageError> {
    let mut complete = Vec::new();
    for (place, new) in (size..).zip(entries) {
        let leaf = leaf_of(&new.entry.bytes, new.entry.sender, new.entry.received_at);
        let nodes = tree::append(&mut |node| edge.get(&node).copied(), place, leaf)
            .map_err(|_| StorageError::Damaged("the access log's tree lacks a hash"))?;
        edge.extend(nodes.iter().copied());
        complete.extend(nodes);
    }
    Ok(complete)
}

/// The root and the proof from what was looked up.
pub(super) fn proven(
    nodes: &BTreeMap<Node, Hash>,
    known: u64,
    size: u64,
) -> Result<(Hash, Vec<Hash>), StorageError> {
    let lacks = |_| StorageError::Damaged("the access log's tree lacks a hash");
    let root = tree::root(&mut |node| nodes.get(&node).copied(), size).map_err(lacks)?;
    let proof = tree::consistency(&mut |node| nodes.get(&node).copied(), known, size);
    Ok((root, proof.map_err(lacks)?))
}

/// What [`proven`] looks up.
pub(super) fn wanted(known: u64, size: u64) -> Vec<Node> {
    let mut wanted = tree::needed(|nodes| tree::root(nodes, size));
    wanted.extend(tree::needed(|nodes| tree::consistency(nodes, known, size)));
    wanted.sort_unstable();
    wanted.dedup();
    wanted
}
