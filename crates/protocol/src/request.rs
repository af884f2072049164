//! What a tablet asks.

use crate::wire::{Digest, Epoch, Item, WireHeader, WireId};
use minicbor::{Decode, Encode};

/// One sync, from tablet to server. It may be sent again any number of times.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct SyncRequest {
    /// The sender's protocol version.
    #[n(0)]
    pub protocol: u16,
    /// The server epoch last seen; none before the first answer.
    #[n(1)]
    pub epoch: Option<Epoch>,
    /// The feed position up to which this tablet holds everything that it may see.
    #[n(2)]
    pub cursor: u64,
    /// What the server has not acknowledged yet, most urgent first.
    #[n(3)]
    pub push: Vec<PushDocument>,
    /// Documents to send whole and first, such as today's visits.
    #[n(4)]
    pub wanted: Vec<WireId>,
    /// A step of the fallback, when epochs or digests differ.
    #[n(5)]
    pub digest: Option<DigestQuery>,
    /// How many bytes of items the page should aim at.
    #[n(6)]
    pub page_bytes: u32,
    /// The app's version, for the server's log.
    #[n(7)]
    pub app: String,
    /// Which run of the app this is, drawn at its start. What was brought in this run is not sent
    /// back; what an earlier run brought may be unknown here, for the database may be an older copy.
    #[n(8)]
    pub run: Option<WireId>,
}

/// Items of one document that the server has not acknowledged.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct PushDocument {
    /// What the document is; its id follows from this.
    #[n(0)]
    pub header: WireHeader,
    /// The items, each after those it depends on.
    #[n(1)]
    pub items: Vec<Item>,
}

/// The fallback's questions: first digests of 256 buckets, then of the documents in those that differ.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub enum DigestQuery {
    /// One digest per bucket (a document's bucket is its id's first byte); empty buckets left out.
    #[n(0)]
    Buckets(#[n(0)] Vec<Bucket>),
    /// The documents held in these buckets.
    #[n(1)]
    Documents(#[n(0)] Vec<u8>, #[n(1)] Vec<DocumentDigest>),
}

/// A bucket and the exclusive-or of all item hashes of the documents in it, each mixed with its document.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Bucket {
    /// The first byte of the ids in it.
    #[n(0)]
    pub first: u8,
    /// The digest of its items.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub digest: Digest,
}

/// A document and the exclusive-or of its item hashes.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct DocumentDigest {
    /// Which document.
    #[n(0)]
    pub document: WireId,
    /// The digest of its items.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub digest: Digest,
}
