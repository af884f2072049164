//! A chain of records, and finding the first place where it is broken.

use crate::{Event, Record, RecordError, RecordHash};

/// Where a chain ends: what the next record builds on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Head {
    /// The number of the last record; 0 before the first.
    pub seq: u64,
    /// Its hash; zeroes before the first.
    pub hash: RecordHash,
}

impl Head {
    /// Writes the next record: its bytes, and where the chain ends then.
    ///
    /// # Errors
    /// When the event cannot be written.
    pub fn next(&self, event: Event) -> Result<(Vec<u8>, Self), RecordError> {
        let record = Record {
            seq: self.seq.saturating_add(1),
            previous: self.hash,
            event,
        };
        let bytes = record.encode()?;
        let hash = Record::hash_of(&bytes);
        Ok((
            bytes,
            Self {
                seq: record.seq,
                hash,
            },
        ))
    }
}

/// What is wrong with a chain, at the first place where something is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkFault {
    /// A record cannot be read.
    #[error("record {place} cannot be read: {error}")]
    Unreadable {
        /// The number that it should have.
        place: u64,
        /// Why not.
        error: RecordError,
    },
    /// A record is not the one that should stand there.
    #[error("record {expected} is missing: number {found} stands in its place")]
    Number {
        /// The number that should stand there.
        expected: u64,
        /// The number that does.
        found: u64,
    },
    /// A record does not build on the one before it.
    #[error("record {0} does not build on the one before it: one of the two was changed")]
    Previous(u64),
    /// The chain does not end where it should.
    #[error("the chain ends at record {found}, and should end at {expected}")]
    End {
        /// The number of the last record that there should be.
        expected: u64,
        /// The number of the last record that there is.
        found: u64,
    },
    /// The last record is another than it should be.
    #[error("record {0}, the last, is not the one that is known")]
    Last(u64),
}

/// Goes along a chain, record by record.
#[derive(Debug, Clone, Copy, Default)]
pub struct Walk {
    head: Head,
}

impl Walk {
    /// Begins after a known place.
    #[must_use]
    pub const fn from(head: Head) -> Self {
        Self { head }
    }

    /// Takes the next record's bytes.
    ///
    /// # Errors
    /// With what is wrong at this place; the walk stays where it was.
    pub fn step(&mut self, bytes: &[u8]) -> Result<Record, LinkFault> {
        let expected = self.head.seq.saturating_add(1);
        let record = Record::decode(bytes).map_err(|error| LinkFault::Unreadable {
            place: expected,
            error,
        })?;
        if record.seq != expected {
            return Err(LinkFault::Number {
                expected,
                found: record.seq,
            });
        }
        if record.previous != self.head.hash {
            return Err(LinkFault::Previous(expected));
        }
        self.head = Head {
            seq: expected,
            hash: Record::hash_of(bytes),
        };
        Ok(record)
    }

    /// Where the walk stands.
    #[must_use]
    pub const fn head(&self) -> Head {
        self.head
    }

    /// Ends the walk at the place that is known to be the chain's end.
    ///
    /// # Errors
    /// When records were cut off or added, or the last one is another.
    pub fn end(self, known: Head) -> Result<(), LinkFault> {
        if self.head.seq != known.seq {
            return Err(LinkFault::End {
                expected: known.seq,
                found: self.head.seq,
            });
        }
        if self.head.hash == known.hash {
            Ok(())
        } else {
            Err(LinkFault::Last(known.seq))
        }
    }
}
