//! What a tablet asks.

use crate::{
    packing::Packing,
    wire::{Digest, Epoch, Item, WireHeader, WireId},
};
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
    /// The tablet's access log, from where the server has it; none from an app that keeps none. The
    /// server puts it on disk before anything else of this request.
    #[n(9)]
    pub log: Option<LogPush>,
    /// How items travel; none from an app that knows one way only.
    #[n(10)]
    pub packing: Option<Packing>,
    /// What is asked about a person at other organisations. The feed waits meanwhile.
    #[n(11)]
    pub elsewhere: Option<AskElsewhere>,
    /// The person of the asker's own organisation about whom is asked who has looked. The feed waits
    /// meanwhile.
    #[n(12)]
    pub looked: Option<WireId>,
}

/// What other organisations have of a person, to be shown and not kept (lag 2022:913, 3 kap.).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
pub struct AskElsewhere {
    /// The person, as the asker's own organisation knows them.
    #[n(0)]
    pub person: WireId,
    /// One document of theirs, to be opened; none to be told what there is.
    #[n(1)]
    pub document: Option<WireId>,
}

/// The next records of a tablet's access log.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct LogPush {
    /// The last record that the server has acknowledged; 0 before the first.
    #[n(0)]
    pub after: u64,
    /// Its hash; zeroes before the first.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub after_hash: [u8; 32],
    /// The records after it, in order, as they are written.
    #[n(2)]
    pub records: Vec<LogRecord>,
    /// Whether these are the oldest that the tablet still has, so that nothing can close a gap
    /// before them.
    #[n(3)]
    pub oldest: bool,
    /// How long the server's log was when the tablet last looked; 0 before that.
    #[n(4)]
    pub known_size: u64,
    /// The root of the server's log then.
    #[cbor(n(5), with = "minicbor::bytes")]
    pub known_root: [u8; 32],
    /// Whether the server's word about its log may wait while that only goes on; `false` from an app
    /// that always wants it.
    #[cbor(n(6), default)]
    pub no_hurry: bool,
}

/// One record of an access log.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(transparent)]
pub struct LogRecord(#[cbor(with = "minicbor::bytes")] pub Vec<u8>);

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
