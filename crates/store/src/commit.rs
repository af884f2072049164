//! What one transaction writes, and what it reports.

use crate::{
    header::RawHeader,
    item::{Author, ItemName, NewItem, Shown},
    read::LogHead,
    rows::ReadModels,
};
use chrono::{DateTime, Utc};
use hemrond_domain::record::DocumentId;

/// Changes made on this tablet: all of them are on disk when the call returns, or none.
#[derive(Debug, Clone)]
pub struct Commit {
    /// The documents touched.
    pub documents: Vec<DocumentCommit>,
    /// Who stands behind actors that may be new.
    pub actors: Vec<Author>,
    /// The tablet's clock.
    pub now: DateTime<Utc>,
}

/// What is new about one document.
#[derive(Debug, Clone)]
pub struct DocumentCommit {
    /// What it is about; its id follows from this.
    pub header: RawHeader,
    /// Items, each after those it depends on. Those already held are passed over.
    pub new_items: Vec<NewItem>,
    /// What lists say from now on; none leaves what they said.
    pub read_models: Option<ReadModels>,
    /// Whether this version can show it.
    pub shown: Shown,
}

/// What a commit did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Committed {
    /// The items that were not held before.
    pub added: Vec<ItemName>,
    /// Documents among those touched that the server has withdrawn: their items are kept and sent,
    /// and no list shows them.
    pub withdrawn: Vec<DocumentId>,
}

/// One answer of the server: all of it is on disk when the call returns, or nothing.
#[derive(Debug, Clone)]
pub struct SyncCommit {
    /// The server's epoch from now on; none leaves the old one.
    pub epoch: Option<[u8; 16]>,
    /// The feed position from now on; none leaves the old one.
    pub cursor: Option<u64>,
    /// Items that are on the server's disk.
    pub acknowledged: Vec<ItemName>,
    /// Items that the server will not take, with its code.
    pub refused: Vec<(ItemName, String)>,
    /// What the server sent. An item with [`Origin::Server`](crate::Origin::Server) in a withdrawn
    /// document takes the withdrawal back.
    pub documents: Vec<DocumentCommit>,
    /// Who stands behind actors that may be new.
    pub actors: Vec<Author>,
    /// Documents that this tablet may no longer hold. They go last: what was delivered for them in
    /// the same answer goes with them.
    pub gone: Vec<DocumentId>,
    /// Items that the server has forgotten, to be given back.
    pub requeue: Vec<Requeue>,
    /// When the server answered; none leaves the old time.
    pub last_contact: Option<DateTime<Utc>>,
    /// How far the server has the access log; none leaves what was known.
    pub log_acknowledged: Option<LogAcknowledged>,
    /// From where the server lacks the access log; none where it lacks nothing.
    pub log_give_back: Option<GiveBack>,
    /// The server's word about its own log; none leaves the old one.
    pub log_remembered: Option<Remembered>,
    /// What of the server's word does not agree, with both sides as they were. The same again is kept
    /// once.
    pub log_findings: Vec<LogDisagreement>,
    /// The tablet's clock.
    pub now: DateTime<Utc>,
}

/// How far the server has the access log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogAcknowledged {
    /// The last record that it has.
    pub head: LogHead,
    /// Since when, by whichever clock says later, the tablet's or the server's.
    pub at: DateTime<Utc>,
}

/// From where the access log is sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GiveBack {
    /// After a record that the server has.
    After(LogHead),
    /// From the oldest that there still is: the server lacks what comes before it too.
    FromOldest,
}

/// Something about the server's log that does not agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogDisagreement {
    /// Which kind, a key into the text files.
    pub code: String,
    /// What the tablet remembered.
    pub remembered: String,
    /// What it was shown.
    pub found: String,
}

/// A checkpoint of the server's log, to be compared with the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    /// The signed note.
    pub note: String,
    /// The key that signed it.
    pub key: [u8; 32],
    /// The epoch in which the server gave it.
    pub epoch: [u8; 16],
}

impl SyncCommit {
    /// An answer that changes nothing yet.
    #[must_use]
    pub const fn new(now: DateTime<Utc>) -> Self {
        Self {
            epoch: None,
            cursor: None,
            acknowledged: Vec::new(),
            refused: Vec::new(),
            documents: Vec::new(),
            actors: Vec::new(),
            gone: Vec::new(),
            requeue: Vec::new(),
            last_contact: None,
            log_acknowledged: None,
            log_give_back: None,
            log_remembered: None,
            log_findings: Vec::new(),
            now,
        }
    }

    /// Whether nothing would change but the time of the last contact.
    #[must_use]
    pub const fn says_nothing(&self) -> bool {
        let Self {
            epoch,
            cursor,
            acknowledged,
            refused,
            documents,
            actors,
            gone,
            requeue,
            last_contact: _,
            log_acknowledged,
            log_give_back,
            log_remembered,
            log_findings,
            now: _,
        } = self;
        epoch.is_none()
            && cursor.is_none()
            && acknowledged.is_empty()
            && refused.is_empty()
            && documents.is_empty()
            && actors.is_empty()
            && gone.is_empty()
            && requeue.is_empty()
            && log_acknowledged.is_none()
            && log_give_back.is_none()
            && log_remembered.is_none()
            && log_findings.is_empty()
    }
}

/// An item to give back to a server that has forgotten it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Requeue {
    /// Which.
    pub item: ItemName,
    /// Smaller goes first.
    pub urgency: u8,
}

/// What an answer of the server changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// The items that were not held before.
    pub added: Vec<ItemName>,
    /// Items that waited, and are known to be on the server now.
    pub acknowledged: Vec<ItemName>,
    /// Items that waited, and were refused.
    pub refused: Vec<ItemName>,
    /// Items that wait again.
    pub requeued: Vec<ItemName>,
    /// Documents that are no longer on this tablet.
    pub removed: Vec<DocumentId>,
    /// Documents that were withdrawn, and that the server sends something of again.
    pub returned: Vec<DocumentId>,
    /// Documents that the server withdrew, and that stay unlisted for what is unsent or refused.
    pub withdrawn: Vec<DocumentId>,
    /// The codes of what does not agree and was not known yet.
    pub found: Vec<String>,
}
