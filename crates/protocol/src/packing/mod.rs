//! Items as they travel: without what the other end can work out by itself.
//!
//! An Automerge change names the changes before it by their hashes, carries a checksum, and says
//! anew who made it and which number it has. Of a chain of small changes that is most of the bytes,
//! and none of it can be compressed. Packed, a change says that it follows the one before; like
//! parts of all changes stand side by side, where the compressor finds how they repeat. Unpacked,
//! every item is what it was, to the last byte: what does not come out the same travels as it is.

mod change;
mod number;
mod pack;
mod streams;
#[cfg(test)]
mod tests;
mod unpack;

pub use pack::pack;
pub use unpack::{UnpackError, unpack};

use crate::wire::{Item, WireHeader};

/// Items of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// What the document is.
    pub header: WireHeader,
    /// Its items, each after those it depends on.
    pub items: Vec<Item>,
}

/// What a change leaves to the one before it in the same document.
mod follows {
    /// It depends on the change before it, and on nothing else.
    pub(super) const HASH: u8 = 1;
    /// It has the same author's actor.
    pub(super) const ACTOR: u8 = 2;
    /// It is its actor's next.
    pub(super) const SEQUENCE: u8 = 4;
    /// It is not a change that can be taken apart, and stands as it is.
    pub(super) const WHOLE: u8 = 8;
    /// It is a signed entry, and stands as it is.
    pub(super) const ENTRY: u8 = 16;
    /// Somebody else wrote it than who sends it.
    pub(super) const AUTHOR: u8 = 32;
}
