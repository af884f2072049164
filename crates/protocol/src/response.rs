//! What the server answers.

use crate::wire::{Author, Epoch, Item, WireHeader, WireId};
use minicbor::{Decode, Encode};

/// The answer to one sync.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct SyncResponse {
    /// The server's protocol version.
    #[n(0)]
    pub protocol: u16,
    /// The server's epoch.
    #[n(1)]
    pub epoch: Epoch,
    /// A verdict for every pushed item: per document, in the order of the push. All of them are on
    /// the server's disk before this answer leaves.
    #[n(2)]
    pub verdicts: Vec<Vec<Outcome>>,
    /// What is new to this tablet: first what it wanted, then the feed's next page.
    #[n(3)]
    pub deliveries: Vec<Delivery>,
    /// Who stands behind the actors of the delivered changes.
    #[n(4)]
    pub authors: Vec<Author>,
    /// Documents that this tablet may no longer hold.
    #[n(5)]
    pub gone: Vec<WireId>,
    /// The feed position after this page. Unchanged where the epochs differ.
    #[n(6)]
    pub cursor: u64,
    /// Whether the feed goes on after this page.
    #[n(7)]
    pub more: bool,
    /// About how many feed positions are left, for a progress bar.
    #[n(8)]
    pub remaining: u64,
    /// The fallback's answer.
    #[n(9)]
    pub digest: Option<DigestAnswer>,
    /// The server's clock, in milliseconds since 1970: shown, never trusted for order.
    #[n(10)]
    pub time_ms: u64,
    /// How many seconds from this answer on the tablet may be read without contact; none from a
    /// server that does not say.
    #[n(13)]
    pub lease_seconds: Option<u32>,
}

/// What became of one pushed item.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub enum Outcome {
    /// It is on the server's disk now.
    #[n(0)]
    Accepted,
    /// It was there already.
    #[n(1)]
    Known,
    /// It is not taken. The code is stable; the tablet keeps the item and shows why.
    #[n(2)]
    Refused(#[n(0)] String),
}

/// Items of one document.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Delivery {
    /// What the document is.
    #[n(0)]
    pub header: WireHeader,
    /// Items that may be new to this tablet, each after those it depends on.
    #[n(1)]
    pub items: Vec<Item>,
}

/// The fallback's answers.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub enum DigestAnswer {
    /// The buckets that differ, and the feed position at which this was found.
    #[n(0)]
    Buckets(#[n(0)] Vec<u8>, #[n(1)] u64),
    /// The documents that differ: what the server holds of each. A document that the server does
    /// not hold, or holds as the tablet does, is not listed; see `missing`.
    #[n(1)]
    Documents(#[n(0)] Vec<HeldDocument>, #[n(1)] Vec<WireId>),
}

/// A document as the server holds it.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct HeldDocument {
    /// Which document.
    #[n(0)]
    pub document: WireId,
    /// The hashes of its items, 32 bytes each, one after the other.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub hashes: Vec<u8>,
}
