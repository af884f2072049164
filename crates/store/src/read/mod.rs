//! Reading: documents and sync state on the one hand, lists on the other.

mod acts;
mod care;
mod digests;
mod directory;
mod documents;
mod dump;
mod latest;
pub(crate) mod log;
mod notes;
mod observations;
mod outbox;
mod people;
mod people_index;
mod refused;
mod rounds;
mod small;
mod visits;
mod whereabouts;

pub use documents::UnshownRow;
pub use latest::LatestWith;
pub use log::{LogFinding, LogHead, LogRow, LogState, LogSummary};
pub use outbox::{OutboxBatch, OutboxDocument, OutboxItem, OutboxSummary, Standing, WaitingRow};
pub use refused::RefusedRow;
pub use small::{Opened, SyncPosition};
pub use whereabouts::Whereabouts;
