//! What a server and its worker say to each other. Both are the same build of the same program; the
//! [greeting](GREETING) makes sure of it.

use super::super::{Raw, Reading};
use hemrond_domain::{ids::DeviceId, record::Header};
use hemrond_protocol::{Item, ItemHash, WireHeader, WireHeaderError, WireId};
use hemrond_sync::acceptance::{ChangeClaims, Claimant, EntryClaims, Finding, Reason};
use minicbor::{Decode, Encode, bytes::ByteVec};
use std::collections::BTreeMap;

/// The first thing that a worker says. It changes with the messages.
pub(super) const GREETING: &str = concat!("hemrond-worker 3 ", env!("CARGO_PKG_VERSION"));

/// Thirty-two bytes: an item's name, or a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Bytes32(#[cbor(with = "minicbor::bytes")] [u8; 32]);

/// One document to read.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Job {
    #[n(0)]
    header: WireHeader,
    #[n(1)]
    stored: Vec<ByteVec>,
    #[n(2)]
    items: Vec<Item>,
    #[n(3)]
    keys: Vec<(WireId, Bytes32)>,
    /// Whether each item is to be answered before the next is read, so that it is known which one a
    /// worker is lost at.
    #[n(4)]
    one_by_one: bool,
}

impl Job {
    /// A document's items that nothing was found in yet. Those in which a sound change was found
    /// are told as if they were stored.
    #[must_use]
    pub fn of(reading: &Reading, found: &[Finding], one_by_one: bool) -> Self {
        let sound =
            |finding: &Finding| matches!(finding, Finding::Change(change) if change.checked);
        let taken = reading.items.iter().zip(found);
        let taken = taken.filter(|(_, finding)| sound(finding));
        let stored = reading.stored.iter();
        let stored = stored.chain(taken.map(|(item, _)| &item.bytes));
        let item = |raw: &Raw| Item {
            kind: raw.kind,
            bytes: raw.bytes.clone(),
            author: None,
        };
        Self {
            header: WireHeader::from(&reading.header),
            stored: stored.cloned().map(ByteVec::from).collect(),
            items: reading.items.iter().skip(found.len()).map(item).collect(),
            keys: reading
                .keys
                .iter()
                .map(|(device, key)| (WireId::from(*device), Bytes32(*key)))
                .collect(),
            one_by_one,
        }
    }

    pub(super) const fn is_one_by_one(&self) -> bool {
        self.one_by_one
    }
}

impl TryFrom<Job> for Reading {
    type Error = WireHeaderError;

    fn try_from(job: Job) -> Result<Self, WireHeaderError> {
        let raw = |item: Item| Raw {
            kind: item.kind,
            bytes: item.bytes,
        };
        Ok(Self {
            header: Header::try_from(&job.header)?,
            stored: job.stored.into_iter().map(Vec::from).collect(),
            items: job.items.into_iter().map(raw).collect(),
            keys: job
                .keys
                .into_iter()
                .map(|(device, key)| (DeviceId::from(device), key.0))
                .collect(),
        })
    }
}

/// The first answer to a job: the changes that follow from the header, with their last counters.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Opened {
    #[n(0)]
    given: Vec<(Bytes32, u64)>,
}

impl From<BTreeMap<ItemHash, u64>> for Opened {
    fn from(given: BTreeMap<ItemHash, u64>) -> Self {
        let given = given.into_iter();
        Self {
            given: given.map(|(hash, last)| (Bytes32(hash), last)).collect(),
        }
    }
}

impl From<Opened> for BTreeMap<ItemHash, u64> {
    fn from(opened: Opened) -> Self {
        let given = opened.given.into_iter();
        given.map(|(hash, last)| (hash.0, last)).collect()
    }
}

/// The answer to one item.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Found {
    /// It is a change.
    #[n(0)]
    Change(#[n(0)] FoundChange),
    /// It is a signed entry.
    #[n(1)]
    Entry(#[n(0)] FoundEntry),
    /// It is refused: the reason's code, and the item's name where it has one.
    #[n(2)]
    Refused(#[n(0)] String, #[n(1)] Option<Bytes32>),
}

/// What a change claims.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct FoundChange {
    #[n(0)]
    hash: Bytes32,
    #[n(1)]
    actor: WireId,
    #[n(2)]
    seq: u64,
    #[n(3)]
    start_op: u64,
    #[n(4)]
    max_op: u64,
    #[n(5)]
    deps: Vec<Bytes32>,
    #[n(6)]
    checked: bool,
}

/// What a signed entry claims.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct FoundEntry {
    #[n(0)]
    hash: Bytes32,
    #[n(1)]
    user: WireId,
    #[n(2)]
    device: WireId,
    #[n(3)]
    in_this_document: bool,
    #[n(4)]
    signed: bool,
    /// The act as JSON, where it is one.
    #[n(5)]
    act: Option<String>,
}

impl From<Finding> for Found {
    fn from(finding: Finding) -> Self {
        match finding {
            Finding::Change(change) => Self::Change(FoundChange {
                hash: Bytes32(change.hash),
                actor: WireId(change.actor),
                seq: change.seq,
                start_op: change.start_op,
                max_op: change.max_op,
                deps: change.deps.into_iter().map(Bytes32).collect(),
                checked: change.checked,
            }),
            Finding::Entry(entry) => Self::Entry(FoundEntry {
                hash: Bytes32(entry.hash),
                user: entry.author.user.into(),
                device: entry.author.device.into(),
                in_this_document: entry.in_this_document,
                signed: entry.signed,
                act: entry.act.and_then(|act| serde_json::to_string(&act).ok()),
            }),
            Finding::Refused(reason, hash) => {
                Self::Refused(reason.code().to_owned(), hash.map(Bytes32))
            }
        }
    }
}

impl Found {
    /// The finding, unless the reason is one that this build does not know.
    #[must_use]
    pub fn finding(self) -> Option<Finding> {
        Some(match self {
            Self::Change(change) => Finding::Change(ChangeClaims {
                hash: change.hash.0,
                actor: change.actor.0,
                seq: change.seq,
                start_op: change.start_op,
                max_op: change.max_op,
                deps: change.deps.into_iter().map(|dep| dep.0).collect(),
                checked: change.checked,
            }),
            Self::Entry(entry) => Finding::Entry(EntryClaims {
                hash: entry.hash.0,
                author: Claimant {
                    user: entry.user.into(),
                    device: entry.device.into(),
                },
                in_this_document: entry.in_this_document,
                signed: entry.signed,
                act: match entry.act {
                    Some(act) => Some(serde_json::from_str(&act).ok()?),
                    None => None,
                },
            }),
            Self::Refused(code, hash) => {
                Finding::Refused(Reason::of_code(&code)?, hash.map(|hash| hash.0))
            }
        })
    }
}
