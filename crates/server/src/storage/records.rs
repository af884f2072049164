//! Documents, items and the feed, as the rest of the server sees them.

use super::StorageError;
use async_trait::async_trait;
use hemrond_domain::{
    ids::{DeviceId, OrganisationId, PersonId, UserId},
    record::{DocumentId, Header},
};
use hemrond_policy::{Readable, Resource};
use hemrond_protocol::{
    Author, Delivery, Digest, Item, ItemHash, ItemKind, WireHeader, limits::MAX_ITEM_BYTES,
};
use hemrond_sync::acceptance::{Claimant, Offered, Permission, Reason, Verdict};
use std::collections::BTreeMap;

/// Who asks, and under which version of their account the decisions were made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asker {
    /// The member of staff.
    pub user: UserId,
    /// Their tablet.
    pub device: DeviceId,
    /// The run of the app that asks; of what it brought itself nothing is sent back. The device's
    /// id where it does not say.
    pub run: [u8; 16],
    /// The account's version; a storage that knows a newer one answers
    /// [`StorageError::AccessChanged`].
    pub access_version: i64,
    /// What they may read as far as role and unit go.
    pub readable: Readable,
    /// Now, in milliseconds since 1970: what was opened for a time is open until then.
    pub now: i64,
}

impl Asker {
    /// The asker as the author of what they push.
    #[must_use]
    pub const fn claimant(&self) -> Claimant {
        Claimant {
            user: self.user,
            device: self.device,
        }
    }

    /// The run that counts as having brought an item: nobody's where the item was refused before. An old
    /// request may come again by itself after its reason to be refused is gone, and the tablet that once
    /// sent it has only heard the refusal.
    pub(super) const fn brings(&self, was_refused: bool) -> [u8; 16] {
        if was_refused { [0; 16] } else { self.run }
    }
}

/// An item that a tablet pushed, with what its reader found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushedItem {
    /// What it is.
    pub kind: ItemKind,
    /// As it came.
    pub bytes: Vec<u8>,
    /// What its reader found.
    pub offered: Offered,
}

/// A document's part of a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushedDocument {
    /// The document, or why it cannot be one.
    pub header: Result<Header, Reason>,
    /// What the sender may do with it.
    pub permission: Permission,
    /// The national number that a person document says with this push; none for other documents. A
    /// push that is refused may say what is not so: whoever looks by it asks the document again.
    pub number: Option<String>,
    /// The changes that follow from the header, with the counter of their last operation.
    pub given: BTreeMap<ItemHash, u64>,
    /// The items, in the order of the push.
    pub items: Vec<PushedItem>,
}

/// What became of a push.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TakenIn {
    /// Per document, in the order of the push, a verdict for every item.
    pub verdicts: Vec<Vec<Verdict>>,
    /// Documents of the push that are blocked off from the sender.
    pub blocked: Vec<DocumentId>,
}

/// What is asked of the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageQuery {
    /// After this position.
    pub cursor: u64,
    /// About this many bytes of items.
    pub page_bytes: u64,
    /// Documents to send whole and first.
    pub wanted: Vec<DocumentId>,
    /// Whether the feed's page is wanted too.
    pub feed: bool,
}

/// A page of the feed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// What is new, per document.
    pub deliveries: Vec<Delivery>,
    /// Who stands behind the changes' actors.
    pub authors: Vec<Author>,
    /// Documents that the asker may no longer hold.
    pub gone: Vec<DocumentId>,
    /// The position after this page.
    pub cursor: u64,
    /// The feed's last position.
    pub head: u64,
}

/// A document's name and digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digested {
    /// Which document.
    pub document: DocumentId,
    /// Of all its items.
    pub digest: Digest,
}

/// Something that was published, as far as it says whom it concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Publication {
    /// Its position in the feed.
    pub position: u64,
    /// The document that it is about.
    pub about: Resource,
    /// The one user whom it concerns; none where it concerns all who may read the document.
    pub audience: Option<UserId>,
    /// The device that wrote it; none where it is no item.
    pub device: Option<DeviceId>,
}

impl Publication {
    /// Whether it may be news to the asker.
    #[must_use]
    pub fn concerns(&self, asker: &Asker) -> bool {
        match self.audience {
            Some(audience) => audience == asker.user,
            None => self.device != Some(asker.device) && asker.readable.includes(&self.about),
        }
    }
}

/// A document as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// What it is.
    pub header: WireHeader,
    /// Its items, each after those that it builds on.
    pub items: Vec<Item>,
}

/// Bounds what one device's refused items take; the oldest give way.
pub(super) const REFUSED_KEPT: usize = 1_000;

/// Whether a refused item is kept with its bytes. Not where it is larger than an item may be, and not
/// where its document was destroyed: that would bring back what the law wants gone.
pub(super) fn keeps_bytes(item: &PushedItem, reason: Reason) -> bool {
    item.bytes.len() <= MAX_ITEM_BYTES && reason != Reason::DocumentPurged
}

/// An item that was not taken, kept for whoever mends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedItem {
    /// The document, where the header named one.
    pub document: Option<DocumentId>,
    /// Why.
    pub code: String,
    /// As it came; empty for one that was larger than an item may be, and for one of a document that
    /// was destroyed.
    pub bytes: Vec<u8>,
    /// When, in milliseconds since 1970.
    pub refused_at: i64,
}

/// Documents and the feed.
#[async_trait]
pub trait Records: Send + Sync {
    /// Judges a push and keeps what it takes, in one transaction that is on disk when this returns.
    async fn take_in(
        &self,
        asker: &Asker,
        documents: Vec<PushedDocument>,
        now: i64,
    ) -> Result<TakenIn, StorageError>;
    /// The wanted documents and the feed's next page, as one moment saw them.
    async fn page(&self, asker: &Asker, query: &PageQuery) -> Result<Page, StorageError>;
    /// The digests of all readable documents, and the feed's last position at that moment.
    async fn digests(&self, asker: &Asker) -> Result<(Vec<Digested>, u64), StorageError>;
    /// The hashes of some documents' items.
    async fn hashes(
        &self,
        documents: &[DocumentId],
    ) -> Result<BTreeMap<DocumentId, Vec<ItemHash>>, StorageError>;
    /// Those of these documents that there are and that the asker may not hold: what they may not
    /// read, and what was destroyed.
    async fn withheld(
        &self,
        asker: &Asker,
        documents: &[DocumentId],
    ) -> Result<Vec<DocumentId>, StorageError>;
    /// One document with all its items.
    async fn document(&self, id: DocumentId) -> Result<Option<Kept>, StorageError>;
    /// The headers of some documents.
    async fn headers(
        &self,
        documents: &[DocumentId],
    ) -> Result<BTreeMap<DocumentId, WireHeader>, StorageError>;
    /// The changes of some documents, each after those that it builds on.
    async fn changes(
        &self,
        documents: &[DocumentId],
    ) -> Result<BTreeMap<DocumentId, Vec<Vec<u8>>>, StorageError>;
    /// Persons of other organisations than one whose documents say this national number, or have
    /// said it; at most so many.
    async fn people_numbered(
        &self,
        number: &str,
        besides: OrganisationId,
        most: u32,
    ) -> Result<Vec<(OrganisationId, PersonId)>, StorageError>;
    /// The next person documents that are listed under no number.
    async fn unlisted_people(
        &self,
        after: Option<DocumentId>,
        most: u32,
    ) -> Result<Vec<DocumentId>, StorageError>;
    /// Lists documents under the numbers that they say; not such as have been destroyed meanwhile.
    async fn list_numbers(&self, said: &[(String, DocumentId)]) -> Result<(), StorageError>;
    /// What a device sent and was refused, newest first.
    async fn refused(&self, device: DeviceId) -> Result<Vec<RefusedItem>, StorageError>;
    /// What was published after `after`, in order and at most so much of it; and the feed's last
    /// position.
    async fn published(
        &self,
        after: u64,
        most: usize,
    ) -> Result<(Vec<Publication>, u64), StorageError>;
    /// Whether something after `after` may concern the asker; and the feed's last position.
    async fn news(&self, asker: &Asker, after: u64) -> Result<(bool, u64), StorageError>;
}
