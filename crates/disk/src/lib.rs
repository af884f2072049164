//! A simulated disk under SQLite, for tests: it loses power, breaks and fills at a chosen operation.
//!
//! A [`Disk`] is a folder of files in memory. SQLite reaches it through a file system of its own
//! that is registered under [`Disk::VFS`]; a store opens on it as on any [`hemrond_store::Medium`].
//!
//! What the model keeps apart:
//! * **What programs see** and **what is durable.** A write is seen at once and durable when its
//!   file is synced. Until then a power cut may keep or lose each [`SECTOR`] of it by itself, and
//!   tear one in the middle.
//! * **Content** and **names.** Creating, renaming and removing last when the folder is synced.
//!   Until then a power cut keeps the first so many of them: file systems with a journal keep their
//!   order. Content is not ordered with names: a renamed file may be there without its content.
//! * **A power cut** and **a killed process.** After the second, everything written is still there.
//!
//! Bytes outside a write never change, which SQLite calls powersafe overwrite and takes for
//! granted on the tablets' file systems too. Not modelled: bits that rot, reads that lie, and a
//! failed sync that silently throws away what it did not write.
//!
//! Nothing here asks a clock, draws chance of its own, starts a thread or waits.

mod content;
mod disk;
mod error;
mod fault;
mod locks;
mod machine;
mod medium;
mod open_file;
mod piece;
mod platter;
mod power;
mod recording;
mod registry;
mod snapshot;
mod subsets;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
mod vfs;

pub use content::SECTOR;
pub use disk::Disk;
pub use fault::{Fault, Faulty};
pub use piece::PieceId;
pub use recording::{Moment, Recording};
pub use snapshot::Snapshot;
pub use subsets::subsets;
