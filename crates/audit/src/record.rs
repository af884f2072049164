//! An event at its place in a chain.

use crate::{Event, EventError, MAX_RECORD_BYTES};
use minicbor::{Decode, Encode};
use sha2::{Digest as _, Sha256};

/// Names a record: the SHA-256 of its bytes behind a prefix of its own.
pub type RecordHash = [u8; 32];

/// Keeps a record's hash apart from every other hash of ours.
const DOMAIN: &[u8] = b"hemrond-access-log-record-1\0";

/// An event at its place in a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The place, from 1.
    pub seq: u64,
    /// The hash of the record before it; zeroes before the first.
    pub previous: RecordHash,
    /// What happened.
    pub event: Event,
}

/// A record that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// Longer than a record may be.
    #[error("the record is {0} bytes long, and at most {MAX_RECORD_BYTES} are allowed")]
    TooLong(usize),
    /// Not a record.
    #[error("the bytes are no record of the access log: {0}")]
    Malformed(String),
    /// Its event is none.
    #[error(transparent)]
    Event(#[from] EventError),
}

#[derive(Encode, Decode)]
struct Written {
    #[n(0)]
    seq: u64,
    #[cbor(n(1), with = "minicbor::bytes")]
    previous: [u8; 32],
    #[cbor(n(2), with = "minicbor::bytes")]
    event: Vec<u8>,
}

impl Record {
    /// Writes the record in its one form.
    ///
    /// # Errors
    /// When the event cannot be written.
    pub fn encode(&self) -> Result<Vec<u8>, RecordError> {
        let written = Written {
            seq: self.seq,
            previous: self.previous,
            event: self.event.encode()?,
        };
        minicbor::to_vec(written).map_err(|error| RecordError::Malformed(error.to_string()))
    }

    /// Reads a record.
    ///
    /// # Errors
    /// When the bytes are none, too long, or go on after it.
    pub fn decode(bytes: &[u8]) -> Result<Self, RecordError> {
        if bytes.len() > MAX_RECORD_BYTES {
            return Err(RecordError::TooLong(bytes.len()));
        }
        let mut decoder = minicbor::Decoder::new(bytes);
        let written: Written = decoder
            .decode()
            .map_err(|error| RecordError::Malformed(error.to_string()))?;
        if decoder.position() != bytes.len() {
            return Err(RecordError::Malformed("they go on after it".to_owned()));
        }
        if written.seq == 0 {
            return Err(RecordError::Malformed("its number is 0".to_owned()));
        }
        Ok(Self {
            seq: written.seq,
            previous: written.previous,
            event: Event::decode(&written.event)?,
        })
    }

    /// The name of a record's bytes, whatever stands in them.
    #[must_use]
    pub fn hash_of(bytes: &[u8]) -> RecordHash {
        let mut hash = Sha256::new();
        hash.update(DOMAIN);
        hash.update(bytes);
        hash.finalize().into()
    }
}
