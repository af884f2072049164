//! What travels between tablet and server: wire types, limits, encoding.
//!
//! One normal sync is one `POST` of a [`SyncRequest`] and one [`SyncResponse`] back, both as CBOR in
//! one length-capped zstd frame. Every field has a fixed index, so an older reader skips what a newer
//! writer adds. Nothing in here does I/O or decides anything.

pub mod digest;
pub mod encoding;
pub mod enrolment;
pub mod limits;
pub mod packing;
mod request;
mod response;
pub mod signature;
mod values;
mod wire;

pub use request::{
    AskElsewhere, Bucket, DigestQuery, DocumentDigest, LogPush, LogRecord, PushDocument,
    SyncRequest,
};
pub use response::{
    Delivery, DigestAnswer, Elsewhere, FoundElsewhere, GiverElsewhere, HeldDocument, LogCheckpoint,
    Logged, Look, Looked, OpenedElsewhere, Outcome, SyncResponse,
};
pub use wire::{
    Author, Digest, Epoch, Item, ItemHash, ItemKind, WireHeader, WireHeaderError, WireId,
};

/// The protocol's version. It rises only when an older peer could no longer be served.
pub const VERSION: u16 = 1;

/// Where tablets send their syncs.
pub const SYNC_PATH: &str = "/v1/sync";

/// Where tablets wait for news: `GET …?after=CURSOR`, answered when something newer is there.
pub const NEWS_PATH: &str = "/v1/news";

/// Where a tablet that has no nonce gets one: `GET`, answered with nothing but the header.
pub const NONCE_PATH: &str = "/v1/nonce";

/// Where a one-time code makes a tablet's own key known.
pub const ENROL_PATH: &str = "/v1/enrol";

/// The content type of an encoded sync, which no other server answers with.
pub const CONTENT_TYPE: &str = "application/vnd.hemrond.sync";
