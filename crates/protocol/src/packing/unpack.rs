//! Working out what was left out.

use super::{
    Parcel,
    change::{Change, MAX_COLUMNS, name, write_change},
    follows,
    number::{read, read_bytes, read_signed, take},
    streams::{Reading, Stream},
};
use crate::wire::{Author, Item, ItemHash, ItemKind, WireHeader};
use minicbor::Decode;

/// Packed items that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnpackError {
    /// Not what [`pack`](super::pack) gives, or damaged.
    #[error("the items are not packed as they should be")]
    Malformed,
    /// More than may be unpacked.
    #[error("the items unpack to more than {limit} bytes")]
    TooLarge {
        /// The limit that they pass.
        limit: usize,
    },
}

/// Unpacks the items of documents, to no more than this many bytes in all.
///
/// # Errors
/// When they are damaged, or too many.
pub fn unpack(bytes: &[u8], limit: usize) -> Result<Vec<Parcel>, UnpackError> {
    let streams = Reading::of(bytes).ok_or(UnpackError::Malformed)?;
    let mut unpacking = Unpacking {
        streams,
        time: 0,
        met: Vec::new(),
        left: limit,
        limit,
    };
    let mut parcels = Vec::new();
    while !unpacking.streams.from(Stream::Documents).is_empty() {
        parcels.push(unpacking.parcel()?);
    }
    if unpacking.streams.is_done() {
        Ok(parcels)
    } else {
        Err(UnpackError::Malformed)
    }
}

struct Unpacking<'a> {
    streams: Reading<'a>,
    time: i64,
    /// Documents that have come already.
    met: Vec<(WireHeader, Before)>,
    /// How many bytes may still come out.
    left: usize,
    limit: usize,
}

/// The change before in the same document.
#[derive(Default)]
struct Before {
    hash: Option<ItemHash>,
    actor: Vec<u8>,
    sequence: u64,
    start: u64,
}

impl<'a> Unpacking<'a> {
    fn parcel(&mut self) -> Result<Parcel, UnpackError> {
        let place = match self.number(Stream::Documents)? {
            0 => {
                let header = cbor::<WireHeader>(self.bytes(Stream::Documents)?)?;
                self.met.push((header, Before::default()));
                self.met.len() - 1
            }
            number => usize::try_from(number - 1).map_err(|_| UnpackError::Malformed)?,
        };
        let met = self.met.get_mut(place).ok_or(UnpackError::Malformed)?;
        let (header, mut before) = (met.0.clone(), std::mem::take(&mut met.1));
        // A document costs memory too, and may come without an item.
        self.pay(size_of::<Parcel>() + header.kind.len() + header.part.len())?;
        let count = self.number(Stream::Documents)?;
        let mut items = Vec::new();
        for _ in 0..count {
            let item = self.item(&mut before)?;
            // An item costs memory beside its bytes, and may have none.
            self.pay(item.bytes.len() + size_of::<Item>())?;
            items.push(item);
        }
        if let Some(met) = self.met.get_mut(place) {
            met.1 = before;
        }
        Ok(Parcel { header, items })
    }

    fn pay(&mut self, bytes: usize) -> Result<(), UnpackError> {
        let left = self.left.checked_sub(bytes);
        let limit = self.limit;
        self.left = left.ok_or(UnpackError::TooLarge { limit })?;
        Ok(())
    }

    fn item(&mut self, before: &mut Before) -> Result<Item, UnpackError> {
        let flags = self.take(Stream::Follows, 1)?;
        let flags = flags.first().copied().ok_or(UnpackError::Malformed)?;
        let author = match flags & follows::AUTHOR {
            0 => None,
            _ => Some(cbor::<Author>(self.bytes(Stream::Authors)?)?),
        };
        if flags & follows::WHOLE != 0 {
            let kind = match flags & follows::ENTRY {
                0 => ItemKind::Change,
                _ => ItemKind::Entry,
            };
            let bytes = self.bytes(Stream::Wholes)?.to_vec();
            return Ok(Item {
                kind,
                bytes,
                author,
            });
        }
        Ok(Item {
            kind: ItemKind::Change,
            bytes: self.change(flags, before)?,
            author,
        })
    }

    fn change(&mut self, flags: u8, before: &mut Before) -> Result<Vec<u8>, UnpackError> {
        let deps = match flags & follows::HASH {
            0 => self.hashes()?,
            _ => vec![before.hash.ok_or(UnpackError::Malformed)?],
        };
        if flags & follows::ACTOR == 0 {
            before.actor = self.bytes(Stream::Actors)?.to_vec();
        }
        before.sequence = match flags & follows::SEQUENCE {
            0 => self.number(Stream::Numbers)?,
            _ => before.sequence.wrapping_add(1),
        };
        before.start = before.start.wrapping_add(self.number(Stream::Numbers)?);
        let later = read_signed(self.streams.from(Stream::Times)).ok_or(UnpackError::Malformed)?;
        self.time = self.time.wrapping_add(later);
        let middle = self.bytes(Stream::Middles)?;
        let mut shapes = Vec::new();
        let count = self.number(Stream::Shapes)?;
        // What is packed has no more, and each would cost more here than the byte that says it.
        if count > MAX_COLUMNS {
            return Err(UnpackError::Malformed);
        }
        for _ in 0..count {
            let what = self.number(Stream::Shapes)?;
            shapes.push((what, self.number(Stream::Shapes)?));
        }
        let rest = self.number(Stream::Shapes)?;
        let mut columns = Vec::new();
        for (what, length) in shapes {
            let length = usize::try_from(length).map_err(|_| UnpackError::Malformed)?;
            columns.push((what, self.take(Stream::Column(what), length)?));
        }
        let rest = usize::try_from(rest).map_err(|_| UnpackError::Malformed)?;
        let rest = self.take(Stream::Wholes, rest)?;
        let change = write_change(&Change {
            deps,
            actor: &before.actor,
            sequence: before.sequence,
            start: before.start,
            time: self.time,
            middle,
            columns,
            rest,
        });
        before.hash = Some(name(&change));
        Ok(change)
    }

    fn hashes(&mut self) -> Result<Vec<ItemHash>, UnpackError> {
        let count = self.number(Stream::Hashes)?;
        let length = usize::try_from(count)
            .ok()
            .and_then(|count| count.checked_mul(32));
        let bytes = self.take(Stream::Hashes, length.ok_or(UnpackError::Malformed)?)?;
        Ok(bytes.as_chunks::<32>().0.to_vec())
    }

    fn number(&mut self, stream: Stream) -> Result<u64, UnpackError> {
        read(self.streams.from(stream)).ok_or(UnpackError::Malformed)
    }

    fn bytes(&mut self, stream: Stream) -> Result<&'a [u8], UnpackError> {
        read_bytes(self.streams.from(stream)).ok_or(UnpackError::Malformed)
    }

    fn take(&mut self, stream: Stream, length: usize) -> Result<&'a [u8], UnpackError> {
        take(self.streams.from(stream), length).ok_or(UnpackError::Malformed)
    }
}

/// Reads one value, and nothing after it.
fn cbor<T: for<'b> Decode<'b, ()>>(bytes: &[u8]) -> Result<T, UnpackError> {
    let mut decoder = minicbor::Decoder::new(bytes);
    match decoder.decode() {
        Ok(value) if decoder.position() == bytes.len() => Ok(value),
        _ => Err(UnpackError::Malformed),
    }
}
