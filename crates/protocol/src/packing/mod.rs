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
mod records;
mod streams;
#[cfg(test)]
mod tests;
mod unpack;

pub use pack::pack;
pub use unpack::{UnpackError, unpack};

use crate::{
    request::{LogRecord, PushDocument, SyncRequest},
    response::{Delivery, SyncResponse},
    wire::{Item, WireHeader},
};
use minicbor::{Decode, Encode};

/// How items travel in a message, and how its sender can read them.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode)]
pub struct Packing {
    /// Whether the sender reads packed items.
    #[n(0)]
    pub reads: bool,
    /// The message's items while they travel packed.
    #[cbor(n(1), with = "minicbor::bytes")]
    items: Option<Vec<u8>>,
    /// Its records of the access log while they travel packed.
    #[cbor(n(2), with = "minicbor::bytes")]
    records: Option<Vec<u8>>,
}

impl Packing {
    /// What a sender says that reads packed items.
    #[must_use]
    pub const fn read() -> Self {
        Self {
            reads: true,
            items: None,
            records: None,
        }
    }
}

/// A message with items of documents in it.
pub trait Message {
    /// Takes the items out.
    fn take(&mut self) -> Vec<Parcel>;
    /// Puts items back.
    fn put(&mut self, parcels: Vec<Parcel>);
    /// Records of the access log in it.
    fn records(&mut self) -> Option<&mut Vec<LogRecord>>;
    /// Where packed items stand.
    fn packing(&mut self) -> &mut Option<Packing>;

    /// Packs the items where they stand.
    ///
    /// # Errors
    /// As [`pack`].
    fn pack(&mut self) -> Result<(), String> {
        let items = pack(&self.take())?;
        let records = self.records().map(std::mem::take);
        let packing = self.packing().get_or_insert_default();
        packing.items = Some(items);
        packing.records = records.map(|records| records::pack(&records));
        Ok(())
    }

    /// Unpacks the items, where they are packed, to no more than this many bytes in all.
    ///
    /// # Errors
    /// As [`unpack`].
    fn unpack(&mut self, limit: usize) -> Result<(), UnpackError> {
        let Some(packing) = self.packing() else {
            return Ok(());
        };
        let (items, packed) = (packing.items.take(), packing.records.take());
        if let Some(items) = items {
            self.put(unpack(&items, limit)?);
        }
        if let (Some(packed), Some(records)) = (packed, self.records()) {
            records.extend(records::unpack(&packed, limit)?);
        }
        Ok(())
    }
}

macro_rules! message {
    ($message:ident, $items:ident: $document:ident, $records:ident) => {
        impl Message for $message {
            fn take(&mut self) -> Vec<Parcel> {
                let items = std::mem::take(&mut self.$items).into_iter();
                items
                    .map(|$document { header, items }| Parcel { header, items })
                    .collect()
            }

            fn put(&mut self, parcels: Vec<Parcel>) {
                let items = parcels.into_iter();
                let items = items.map(|Parcel { header, items }| $document { header, items });
                self.$items.extend(items);
            }

            fn records(&mut self) -> Option<&mut Vec<LogRecord>> {
                $records(self)
            }

            fn packing(&mut self) -> &mut Option<Packing> {
                &mut self.packing
            }
        }
    };
}

message!(SyncRequest, push: PushDocument, request_records);
message!(SyncResponse, deliveries: Delivery, no_records);

fn request_records(request: &mut SyncRequest) -> Option<&mut Vec<LogRecord>> {
    request.log.as_mut().map(|log| &mut log.records)
}

/// Answers carry none.
const fn no_records(_answer: &mut SyncResponse) -> Option<&mut Vec<LogRecord>> {
    None
}

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
