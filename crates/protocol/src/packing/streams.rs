//! Like parts of all items side by side.

use super::number::{read, read_bytes, write, write_bytes};
use std::collections::BTreeMap;

/// What stands in a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stream {
    /// Headers and numbers of items.
    Documents,
    /// What each item leaves to the one before it.
    Follows,
    /// Hashes of changes that are not in the parcel.
    Hashes,
    /// Actors.
    Actors,
    /// Sequence numbers, first operations.
    Numbers,
    /// Times, each as its distance from the one before.
    Times,
    /// Messages and further actors.
    Middles,
    /// Which columns there are, and how long.
    Shapes,
    /// Items that stand as they are.
    Wholes,
    /// Authors of what others wrote.
    Authors,
    /// One column of the operations.
    Column(u64),
}

/// How many streams have fixed places.
const FIXED: u64 = 10;

/// More streams than anybody writes: each takes more memory than the bytes that name it.
const MAX_STREAMS: u64 = 1 << 16;

impl Stream {
    const fn key(self) -> u64 {
        match self {
            Self::Documents => 0,
            Self::Follows => 1,
            Self::Hashes => 2,
            Self::Actors => 3,
            Self::Numbers => 4,
            Self::Times => 5,
            Self::Middles => 6,
            Self::Shapes => 7,
            Self::Wholes => 8,
            Self::Authors => 9,
            Self::Column(what) => what.saturating_add(FIXED),
        }
    }
}

/// Streams that are being written.
#[derive(Debug, Default)]
pub(super) struct Writing(BTreeMap<u64, Vec<u8>>);

impl Writing {
    pub(super) fn to(&mut self, stream: Stream) -> &mut Vec<u8> {
        self.0.entry(stream.key()).or_default()
    }

    /// All of them, one after the other.
    pub(super) fn finish(self) -> Vec<u8> {
        let mut out = Vec::new();
        write(&mut out, self.0.len() as u64);
        for (key, bytes) in self.0 {
            write(&mut out, key);
            write_bytes(&mut out, &bytes);
        }
        out
    }
}

/// Streams that are being read, each from its beginning.
#[derive(Debug)]
pub(super) struct Reading<'a> {
    streams: BTreeMap<u64, &'a [u8]>,
    /// What is left of a stream that is not there. It is not put among them, for who names it pays nothing.
    nothing: &'a [u8],
}

impl<'a> Reading<'a> {
    /// None where the bytes are no streams, are more than anybody writes, or go on after them.
    pub(super) fn of(mut bytes: &'a [u8]) -> Option<Self> {
        let mut streams = BTreeMap::new();
        let count = read(&mut bytes)?;
        if count > MAX_STREAMS {
            return None;
        }
        for _ in 0..count {
            let key = read(&mut bytes)?;
            if streams.insert(key, read_bytes(&mut bytes)?).is_some() {
                return None;
            }
        }
        bytes.is_empty().then_some(Self {
            streams,
            nothing: &[],
        })
    }

    /// What is left of a stream.
    pub(super) fn from(&mut self, stream: Stream) -> &mut &'a [u8] {
        self.nothing = &[];
        let left = self.streams.get_mut(&stream.key());
        left.unwrap_or(&mut self.nothing)
    }

    /// Whether everything was read.
    pub(super) fn is_done(&self) -> bool {
        self.streams.values().all(|left| left.is_empty())
    }
}
