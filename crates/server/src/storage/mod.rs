//! Where everything is kept: one trait, with SQLite and PostgreSQL behind it, and memory for
//! simulations.
//!
//! The SQL is written once, in `sql/`, and compiled for each database; `sqlite/` and `postgres/`
//! hold what differs: how to open, how to begin, how news travels, how to back up. What no storage
//! may decide by itself stands beside them: `paging`.

mod accounts;
mod address;
mod backup;
mod error;
mod ledger;
mod log;
pub mod memory;
mod narrowing;
mod paging;
mod postgres;
mod records;
mod retention;
mod sign_ins;
mod sqlite;
mod survey;
mod unfinished;
mod upkeep;

pub use accounts::{
    Account, Accounts, Device, NewDevice, Organisation, Redeemed, RoleChange, Unit,
};
pub use address::{Address, is_there, open};
pub use backup::{Unpacked, examine, examine_backup, restore};
pub use error::StorageError;
pub use ledger::{AdminEvent, Ledger, RoleAnalysis};
pub use log::{
    AccessLog, FindingKind, LogEntry, LogFinding, LogGiven, LogQuery, LogReview, LogTaken, LogTree,
};
pub use narrowing::effects_in_words;
pub use records::{
    Asker, Digested, Kept, Page, PageQuery, Publication, PushedDocument, PushedItem, Records,
    RefusedItem, TakenIn,
};
pub use retention::{Aged, Choose, Destroyed, Hold, Retention};
pub use sign_ins::{Chosen, Invitation, Second, Session, Sessions, SignIn, SignIns};
pub use survey::{ChangeRow, DocumentRow, FeedRow, ItemRow, Orphan, RefusedRow, Survey};
pub use upkeep::{Copied, Life, OnStep, Upkeep};

/// A database of ours.
pub trait Storage:
    Accounts + Records + Retention + AccessLog + Upkeep + SignIns + Sessions + Ledger
{
}

impl<T> Storage for T where
    T: Accounts + Records + Retention + AccessLog + Upkeep + SignIns + Sessions + Ledger
{
}
