//! Items: the immutable, content-addressed pieces that a document is the set of.

use crate::{
    cell::{Cell, Value},
    error::StoreError,
    header::RawHeader,
};
use chrono::{DateTime, Utc};
use hemrond_domain::{
    ids::{DeviceId, UserId},
    record::DocumentId,
};
use sqlx::sqlite::SqliteRow;

/// A 32-byte name of an item.
pub type ItemHash = [u8; 32];

/// Sixteen bytes that a change names its author by, fresh for each start of a tablet.
pub type ActorBytes = [u8; 16];

/// Whether a change of this actor follows from the schema: the schema reserves the actors whose first 15
/// bytes are 0. People are told of what they and others wrote.
pub(crate) fn is_nobodys(actor: Option<&ActorBytes>) -> bool {
    actor.is_some_and(|actor| actor.starts_with(&[0; 15]))
}

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ItemKind {
    /// One uncompressed Automerge change.
    Change,
    /// One signed entry.
    Entry,
}

impl Cell for ItemKind {
    fn value(&self) -> Value {
        Value::Integer(match self {
            Self::Change => 0,
            Self::Entry => 1,
        })
    }

    fn read(row: &SqliteRow, index: usize) -> Result<Self, StoreError> {
        match i64::read(row, index)? {
            0 => Ok(Self::Change),
            1 => Ok(Self::Entry),
            other => Err(StoreError::corrupted(format!("{other} is no kind of item"))),
        }
    }
}

/// Where an item comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Made on this tablet: it waits for the server. A smaller urgency goes first.
    Local {
        /// 0 goes before everything else.
        urgency: u8,
    },
    /// Sent by the server, so the server has it.
    Server,
}

/// An item to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewItem {
    /// Its name.
    pub hash: ItemHash,
    /// What it is.
    pub kind: ItemKind,
    /// Its bytes, as its author made them.
    pub bytes: Vec<u8>,
    /// The change's actor.
    pub actor: Option<ActorBytes>,
    /// Where it comes from.
    pub origin: Origin,
}

/// An item as it lies on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredItem {
    /// Its name.
    pub hash: ItemHash,
    /// What it is.
    pub kind: ItemKind,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The change's actor.
    pub actor: Option<ActorBytes>,
    /// Whether it was made on this tablet.
    pub local: bool,
    /// When the server said that it is on its disk.
    pub acknowledged_at: Option<DateTime<Utc>>,
}

/// A document as it lies on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDocument {
    /// What it is about.
    pub header: RawHeader,
    /// Its items, in the order in which they came.
    pub items: Vec<StoredItem>,
    /// Whether this version can show it.
    pub shown: Shown,
    /// Whether the server has withdrawn it, and it stays for what is unsent or refused.
    pub withdrawn: bool,
}

/// Whether this version can show a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// It can.
    Yes,
    /// It cannot; the document is kept and carried all the same.
    No {
        /// Why: a stable code.
        reason: String,
    },
}

/// Who stands behind an actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Author {
    /// The actor.
    pub actor: ActorBytes,
    /// The user who was signed in.
    pub user: UserId,
    /// The tablet.
    pub device: DeviceId,
}

/// Names one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ItemName {
    /// Its document.
    pub document: DocumentId,
    /// Its hash.
    pub hash: ItemHash,
}
