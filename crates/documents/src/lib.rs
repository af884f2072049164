//! The CRDT documents: schema, typed views, field-level edits, conflicts.
//!
//! A document is a set of changes that each device can make without asking another and that add
//! up to the same state everywhere. [`Document`] holds one; [`Edit`] is what a person does to it;
//! [`Conflict`] is what a person must choose between; the [`views`] read it by kind; [`history`]
//! tells what every value was before; [`entry`] freezes what was signed; [`accept`] checks a
//! stranger's change before it is taken in.
//!
//! Nothing here reads a clock, draws a number at random or touches a disk.

pub mod accept;
mod actor;
mod change;
mod chunk;
mod conflict;
mod content;
mod document;
mod edit;
pub mod entry;
mod genesis;
pub mod history;
mod log;
mod operations;
mod path;
pub mod schema;
mod snapshot;
mod value;
pub mod views;
mod written;

#[cfg(test)]
mod tests;

pub use actor::{Actor, Authors, ReservedActor, is_reserved};
pub use change::{Hash, RawChange};
pub use chunk::{COUNTER_END, Chunk, ChunkError, Limits, parse as parse_chunk};
pub use conflict::{Candidate, Conflict, settlement};
pub use content::{Content, RowContent};
pub use document::{
    Applied, ApplyError, Document, LoadError, Loaded, Reason, SetAside, UnknownHeads, Waiting,
};
pub use edit::{Edit, EditError};
pub use genesis::{GenesisError, genesis, is_given, migrations};
pub use path::Path;
pub use value::Value;
pub use written::Written;
