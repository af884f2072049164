//! What the server answers.

use crate::{
    packing::Packing,
    wire::{Author, Epoch, Item, WireHeader, WireId},
};
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
    /// How far the server has this tablet's access log on its disk; none from a server that keeps
    /// no log.
    #[n(11)]
    pub logged: Option<Logged>,
    /// The server's signed word about its log; none where the tablet knows it already.
    #[n(12)]
    pub checkpoint: Option<LogCheckpoint>,
    /// How many seconds from this answer on the tablet may be read without contact; none from a
    /// server that does not say.
    #[n(13)]
    pub lease_seconds: Option<u32>,
    /// How items travel; none from a server that knows one way only.
    #[n(14)]
    pub packing: Option<Packing>,
    /// What there is of a person at other organisations; none where nothing was asked, and from a
    /// server that does not know the question.
    #[n(15)]
    pub elsewhere: Option<Elsewhere>,
    /// Who has looked at a person's data; none where nothing was asked, and from a server that does
    /// not know the question.
    #[n(16)]
    pub looked: Option<Looked>,
}

/// Who has looked at a person's data, by what every tablet has sent (PDL 8 kap. 5 §; lag 2022:913, 4
/// kap. 5 §). To be shown and not kept.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode)]
pub struct Looked {
    /// Whether the asker may not be told.
    #[n(0)]
    pub refused: bool,
    /// The looks, newest first; the oldest are left out where there are very many.
    #[n(1)]
    pub looks: Vec<Look>,
}

/// One look or act.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Look {
    /// When, by the clock of whoever wrote it down, in milliseconds since 1970.
    #[n(0)]
    pub at_ms: i64,
    /// Who.
    #[n(1)]
    pub user: WireId,
    /// What they are called; none for another organisation's staff.
    #[n(2)]
    pub name: Option<String>,
    /// What they worked as, by its stable name.
    #[n(3)]
    pub role: String,
    /// What their unit is called; with its organisation where that is another.
    #[n(4)]
    pub unit: Option<String>,
    /// What was done, by its stable name.
    #[n(5)]
    pub action: String,
    /// With what kind of document or page, by its stable name.
    #[n(6)]
    pub kind: Option<String>,
}

/// What other organisations have of a person, as far as the asker may know of it now.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode)]
pub struct Elsewhere {
    /// Whether there is something. Where nothing more may be told, neither whose nor what it is
    /// (lag 2022:913, 2 kap. 4 §).
    #[n(0)]
    pub exists: bool,
    /// Why nothing of it, or not all, may be read: the code of a sentence.
    #[n(1)]
    pub why_not: Option<String>,
    /// The documents that may be named, those written in last first.
    #[n(2)]
    pub found: Vec<FoundElsewhere>,
    /// Whether there are more than these.
    #[n(3)]
    pub more: bool,
    /// Organisations that the person has blocked, told in danger only (3 kap. 5 §).
    #[n(4)]
    pub blocked_at: Vec<GiverElsewhere>,
    /// The document that was to be opened.
    #[n(5)]
    pub opened: Option<OpenedElsewhere>,
}

/// An organisation, as others may be told of it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Encode, Decode)]
pub struct GiverElsewhere {
    /// Which.
    #[n(0)]
    pub organisation: WireId,
    /// What it is called.
    #[n(1)]
    pub name: String,
}

/// A document of another organisation.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct FoundElsewhere {
    /// Which.
    #[n(0)]
    pub document: WireId,
    /// What kind of document, by its stable name.
    #[n(1)]
    pub kind: String,
    /// Whose it is.
    #[n(2)]
    pub giver: GiverElsewhere,
    /// What the unit is called that wrote it, where one unit keeps it.
    #[n(3)]
    pub unit: Option<String>,
    /// When the server took in the last of it, in milliseconds since 1970.
    #[n(4)]
    pub last_ms: i64,
    /// Whether it may be opened now; otherwise an emergency may choose it.
    #[n(5)]
    pub readable: bool,
}

/// A document of another organisation, opened.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct OpenedElsewhere {
    /// What it is and whose.
    #[n(0)]
    pub what: FoundElsewhere,
    /// Its header and items.
    #[n(1)]
    pub delivery: Delivery,
    /// The policy by which it may be read: the legal basis.
    #[n(2)]
    pub basis: String,
}

/// What became of the records of an access log.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Logged {
    /// The last record of this tablet's chain that is on the server's disk.
    #[n(0)]
    pub seq: u64,
    /// Its hash; zeroes where there is none.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub hash: [u8; 32],
    /// Whether nothing was taken because the server lacks what comes before: it was restored from a
    /// backup, and the tablet gives back what follows `seq`.
    #[n(2)]
    pub lacking: bool,
    /// Whether a record does not hold together with the others; all of them are kept.
    #[n(3)]
    pub broken: bool,
}

/// The server's signed word about its log.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct LogCheckpoint {
    /// A C2SP signed note.
    #[n(0)]
    pub note: String,
    /// The log's Ed25519 key.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub key: [u8; 32],
    /// Proves that the log only went on since the size that the tablet knew (RFC 6962 §2.1.2):
    /// hashes of 32 bytes each, one after the other.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub proof: Vec<u8>,
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
