//! A change's chunk, read by hand before the CRDT library sees it.
//!
//! The library trusts what it reads: a few bytes of run lengths become millions of operations, a
//! gap in an author's sequence or a huge counter makes it panic, now or at the next honest edit.
//! Everything that can be told without building the operations is told here, in time that follows
//! the number of bytes.

mod columns;
mod cursor;

use crate::change::Hash;
use cursor::Cursor;
use sha2::{Digest, Sha256};

/// How large a change may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The whole chunk, in bytes.
    pub bytes: usize,
    /// Operations, and entries in any one column.
    pub operations: u64,
    /// Changes that it names as its predecessors.
    pub dependencies: usize,
    /// Other actors that it names.
    pub actors: usize,
}

impl Limits {
    /// What an edit may make and a server takes.
    pub const EDIT: Self = Self {
        bytes: 256 * 1024,
        operations: 20_000,
        dependencies: 256,
        actors: 1_000,
    };

    /// What is read back from a tablet's own disk: wider, so that a newer version's edits are read.
    pub const STORED: Self = Self {
        bytes: 4 * 1024 * 1024,
        operations: 200_000,
        dependencies: 4_096,
        actors: 16_000,
    };
}

/// The counter that no operation may reach; the library cannot count past 2^32.
pub const COUNTER_END: u64 = 1 << 31;

/// Why bytes are not a change that may be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChunkError {
    /// The bytes do not begin as a chunk does, or are too few.
    #[error("this is not a change")]
    NotAChunk,
    /// The chunk is compressed, a whole document, or of an unknown type.
    #[error("this is a chunk of type {0}, not an uncompressed change")]
    WrongType(u8),
    /// The chunk's length is not what it says.
    #[error("the change is cut short or has bytes after its end")]
    WrongLength,
    /// The content does not fit the checksum.
    #[error("the checksum is wrong")]
    WrongChecksum,
    /// The chunk is larger than allowed, or names too much.
    #[error("the change is too large: {0}")]
    TooLarge(&'static str),
    /// The content cannot be read.
    #[error("the change is malformed: {0}")]
    Malformed(&'static str),
}

impl ChunkError {
    /// The reason's stable name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotAChunk => "not-a-chunk",
            Self::WrongType(_) => "wrong-chunk-type",
            Self::WrongLength => "wrong-length",
            Self::WrongChecksum => "wrong-checksum",
            Self::TooLarge(_) => "too-large",
            Self::Malformed(_) => "malformed",
        }
    }
}

/// What a change's chunk says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// The change's name.
    pub hash: Hash,
    /// Who wrote it.
    pub actor: [u8; 16],
    /// The author's how manieth change to this document it is, from 1.
    pub seq: u64,
    /// The counter of its first operation.
    pub start_op: u64,
    /// The changes that its author had seen last.
    pub deps: Vec<Hash>,
    /// When, in seconds since 1970, by its author's clock.
    pub time: i64,
    /// How many operations it holds.
    pub operations: u64,
}

impl Chunk {
    /// The counter of its last operation.
    #[must_use]
    pub const fn max_op(&self) -> u64 {
        // An empty change ends before it starts; both numbers are below 2^31.
        self.start_op
            .saturating_add(self.operations)
            .saturating_sub(1)
    }
}

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const CHANGE: u8 = 1;

/// Reads a chunk under limits.
///
/// # Errors
/// When the bytes are anything but one sound, uncompressed change within the limits.
pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Chunk, ChunkError> {
    if bytes.len() > limits.bytes {
        return Err(ChunkError::TooLarge("bytes"));
    }
    let mut head = Cursor::new(bytes);
    let magic: [u8; 4] = head.array().map_err(|_| ChunkError::NotAChunk)?;
    if magic != MAGIC {
        return Err(ChunkError::NotAChunk);
    }
    let checksum: [u8; 4] = head.array().map_err(|_| ChunkError::WrongLength)?;
    let [kind] = head.array().map_err(|_| ChunkError::WrongLength)?;
    if kind != CHANGE {
        return Err(ChunkError::WrongType(kind));
    }
    let hashed_from = head.position() - 1;
    let length = head.uint().map_err(|_| ChunkError::WrongLength)?;
    let content = head.rest();
    if usize::try_from(length) != Ok(content.len()) {
        return Err(ChunkError::WrongLength);
    }
    let hash: Hash = Sha256::digest(&bytes[hashed_from..]).into();
    if hash[..4] != checksum {
        return Err(ChunkError::WrongChecksum);
    }
    parse_content(hash, content, limits)
}

fn parse_content(hash: Hash, content: &[u8], limits: &Limits) -> Result<Chunk, ChunkError> {
    let mut cursor = Cursor::new(content);
    let count = cursor.uint()?;
    if count > limits.dependencies as u64 {
        return Err(ChunkError::TooLarge("dependencies"));
    }
    let mut deps = Vec::new();
    for _ in 0..count {
        deps.push(cursor.array()?);
    }
    let actor = actor(&mut cursor)?;
    let seq = cursor.uint()?;
    let start_op = cursor.uint()?;
    if seq == 0 || start_op == 0 {
        return Err(ChunkError::Malformed("numbers start at 1"));
    }
    let time = cursor.int()?;
    if cursor.uint()? != 0 {
        return Err(ChunkError::Malformed("a change has no message"));
    }
    let others = cursor.uint()?;
    if others > limits.actors as u64 {
        return Err(ChunkError::TooLarge("actors"));
    }
    for _ in 0..others {
        self::actor(&mut cursor)?;
    }
    let operations = columns::scan(&mut cursor, limits.operations)?;
    if !cursor.rest().is_empty() {
        return Err(ChunkError::Malformed("bytes after the columns"));
    }
    if seq >= COUNTER_END
        || start_op
            .checked_add(operations)
            .is_none_or(|end| end > COUNTER_END)
    {
        return Err(ChunkError::TooLarge("counter"));
    }
    Ok(Chunk {
        hash,
        actor,
        seq,
        start_op,
        deps,
        time,
        operations,
    })
}

fn actor(cursor: &mut Cursor<'_>) -> Result<[u8; 16], ChunkError> {
    if cursor.uint()? != 16 {
        return Err(ChunkError::Malformed("an actor has 16 bytes"));
    }
    cursor.array()
}
