//! The tablet's encrypted store: items, outbox and read models in one SQLCipher file.
//!
//! The store knows documents as sets of opaque items with a hash. What they mean is the documents
//! crate's business, and what the server is told of them the sync crate's.
//!
//! * **Items** are immutable and come in the order in which each depends on those before it.
//! * **The outbox** names the items that the server is not known to have. An item leaves it when
//!   the server acknowledges or sends it, or when the server refuses it: then it stands among the
//!   refused ones, and is kept until it is sent again and taken.
//! * **Read models** are what lists and search show. They follow from the documents, are replaced
//!   as a whole with each commit, and can be made anew.
//! * **The access log** is a chain of opaque records that only grows at its end; what the server is
//!   known to have of it may be taken away a while later, at its beginning.
//!
//! Every write is one transaction with `synchronous=FULL`: when a call returns, what it was given
//! is on disk, and when it fails, nothing of it is. Times are kept to the millisecond.

mod cell;
mod commit;
mod copy;
mod error;
mod header;
mod item;
mod key;
mod lock_file;
mod medium;
mod open;
mod read;
mod reserve;
mod rows;
mod schema;
mod session;
mod sql;
mod store;
mod table;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
mod write;

pub use commit::{
    Applied, Commit, Committed, DocumentCommit, GiveBack, LogAcknowledged, LogDisagreement,
    Remembered, Requeue, SyncCommit,
};
pub use error::{OpenError, StoreError};
pub use header::{RawHeader, RawHeaderError};
pub use item::{
    ActorBytes, Author, ItemHash, ItemKind, ItemName, NewItem, Origin, Shown, StoredDocument,
    StoredItem,
};
pub use key::Key;
pub use medium::{FileSystem, Locked, Medium};
pub use open::Versions;
pub use read::{
    LatestWith, LogFinding, LogHead, LogRow, LogState, LogSummary, Opened, OutboxBatch,
    OutboxDocument, OutboxItem, OutboxSummary, RefusedRow, Standing, SyncPosition, UnshownRow,
    WaitingRow, Whereabouts,
};
pub use rows::{
    ActRow, DisagreementRow, NoteRow, NumberRow, ObservationRow, PersonIndexRow, PersonRow,
    ReadModels, RoundRowRow, SeenRow, StaffRow, UnitRow, VisitRow,
};
pub use store::Store;
pub use write::NewLogRecord;
