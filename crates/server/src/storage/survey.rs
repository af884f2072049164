//! A database as it is, row by row, for whoever checks it: nothing is taken for granted here.

use super::{AccessLog, Accounts, StorageError};
use async_trait::async_trait;
use hemrond_domain::{
    ids::{DeviceId, UserId},
    record::DocumentId,
};
use hemrond_protocol::{Digest, ItemHash, WireHeader};
use std::collections::BTreeSet;

/// A document's row with its items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentRow {
    /// The id under which it is kept.
    pub id: DocumentId,
    /// Its header's parts.
    pub header: WireHeader,
    /// Its class.
    pub class: String,
    /// The digest that is kept.
    pub digest: Digest,
    /// The number of items that is kept.
    pub item_count: i64,
    /// The number of bytes that is kept.
    pub item_bytes: i64,
    /// Its items, in the order of their positions.
    pub items: Vec<ItemRow>,
    /// Whether it is written down as destroyed.
    pub destroyed: bool,
    /// The national numbers under which it is listed.
    pub numbers: Vec<String>,
}

/// An item's row with what stands at its position of the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemRow {
    /// The name under which it is kept.
    pub hash: ItemHash,
    /// Its kind's number.
    pub kind: i64,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// For a change: what is kept of it beside its bytes.
    pub columns: Option<ChangeRow>,
    /// The device that brought it.
    pub device: DeviceId,
    /// Its position.
    pub fed: i64,
    /// Whether the feed names this item there.
    pub in_feed: bool,
    /// Who is registered for its actor.
    pub author: Option<(UserId, DeviceId)>,
}

/// What is kept of a change beside its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChangeRow {
    /// Who made it.
    pub actor: [u8; 16],
    /// Its place among the actor's changes in its document.
    pub seq: i64,
    /// The counter of its last operation.
    pub max_op: i64,
}

/// A position of the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedRow {
    /// The position.
    pub seq: i64,
    /// The event's number.
    pub event: i64,
    /// Which document.
    pub document: DocumentId,
    /// Whether there is such a document.
    pub document_exists: bool,
    /// Whether that one is written down as destroyed.
    pub document_destroyed: bool,
    /// Which item, where the event is about one.
    pub item: Option<ItemHash>,
    /// The position that this item gives for itself; none if there is no such item.
    pub item_fed: Option<i64>,
    /// Whom it concerns, where that is one user.
    pub audience: Option<UserId>,
}

/// A refused item's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedRow {
    /// The device that sent it.
    pub device: DeviceId,
    /// The SHA-256 under which it is kept.
    pub name: [u8; 32],
    /// Its bytes; empty for one that was larger than an item may be.
    pub bytes: Vec<u8>,
}

/// A row that names another one which is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Orphan {
    /// What the row is, such as "device".
    pub what: &'static str,
    /// Its id, in hex.
    pub id: String,
    /// What it names, such as "account".
    pub lacks: &'static str,
}

/// A database as it is.
#[async_trait]
pub trait Survey: Accounts + AccessLog {
    /// What the database's own check finds wrong with its pages and indexes.
    async fn integrity(&self) -> Result<Vec<String>, StorageError>;
    /// How many documents there are.
    async fn document_count(&self) -> Result<u64, StorageError>;
    /// The feed's last position as it is kept. Positions up to it do not change any more.
    async fn feed_head(&self) -> Result<i64, StorageError>;
    /// The next documents by id, each with its items as one moment saw them.
    async fn documents_after(
        &self,
        after: Option<DocumentId>,
        limit: u32,
    ) -> Result<Vec<DocumentRow>, StorageError>;
    /// The next positions of the feed, up to `until`.
    async fn feed_after(
        &self,
        after: i64,
        until: i64,
        limit: u32,
    ) -> Result<Vec<FeedRow>, StorageError>;
    /// The next refused items.
    async fn refused_after(
        &self,
        after: Option<(DeviceId, [u8; 32])>,
        limit: u32,
    ) -> Result<Vec<RefusedRow>, StorageError>;
    /// What is kept of blocks, lifts and openings, each in words.
    async fn effects(&self) -> Result<BTreeSet<String>, StorageError>;
    /// Rows that name others which are not there, and the number of rows looked at.
    async fn orphans(&self) -> Result<(Vec<Orphan>, u64), StorageError>;
}
