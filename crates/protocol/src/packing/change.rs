//! One uncompressed Automerge change, taken apart and put together again.
//!
//! The layout is Automerge's storage format: magic bytes, four bytes of checksum, the chunk's type and
//! length, and the change. Its name is the SHA-256 of everything after the checksum.

use super::number::{read, read_bytes, read_signed, take, write, write_bytes, write_signed};
use crate::wire::ItemHash;
use sha2::{Digest as _, Sha256};

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];

/// A chunk that holds one change.
const CHANGE: u8 = 1;

/// More columns than any change has.
pub(super) const MAX_COLUMNS: u64 = 64;

/// A change's parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change<'a> {
    /// The changes that it depends on.
    pub(super) deps: Vec<ItemHash>,
    /// Who made it.
    pub(super) actor: &'a [u8],
    /// Which of theirs it is.
    pub(super) sequence: u64,
    /// The number of its first operation.
    pub(super) start: u64,
    /// When, in seconds since 1970.
    pub(super) time: i64,
    /// A message and further actors, as they stand.
    pub(super) middle: &'a [u8],
    /// The operations' columns: what each is, and its bytes.
    pub(super) columns: Vec<(u64, &'a [u8])>,
    /// Whatever a later version adds.
    pub(super) rest: &'a [u8],
}

/// Takes a change apart; none where the bytes are none.
pub(super) fn read_change(chunk: &[u8]) -> Option<Change<'_>> {
    let mut bytes = chunk;
    if take(&mut bytes, 4)? != MAGIC {
        return None;
    }
    take(&mut bytes, 4)?;
    if take(&mut bytes, 1)? != [CHANGE] {
        return None;
    }
    let mut bytes = read_bytes(&mut bytes)?;
    let count = usize::try_from(read(&mut bytes)?).ok()?;
    let (hashes, _) = take(&mut bytes, count.checked_mul(32)?)?.as_chunks::<32>();
    let deps = hashes.to_vec();
    let actor = read_bytes(&mut bytes)?;
    let sequence = read(&mut bytes)?;
    let start = read(&mut bytes)?;
    let time = read_signed(&mut bytes)?;
    let before = bytes;
    read_bytes(&mut bytes)?;
    for _ in 0..read(&mut bytes)? {
        read_bytes(&mut bytes)?;
    }
    let middle = before.get(..before.len() - bytes.len())?;
    let count = read(&mut bytes)?;
    if count > MAX_COLUMNS {
        return None;
    }
    let mut lengths = Vec::new();
    for _ in 0..count {
        let what = read(&mut bytes)?;
        lengths.push((what, usize::try_from(read(&mut bytes)?).ok()?));
    }
    let columns = lengths
        .into_iter()
        .map(|(what, length)| Some((what, take(&mut bytes, length)?)))
        .collect::<Option<_>>()?;
    Some(Change {
        deps,
        actor,
        sequence,
        start,
        time,
        middle,
        columns,
        rest: bytes,
    })
}

/// Puts a change together, with its checksum.
pub(super) fn write_change(change: &Change<'_>) -> Vec<u8> {
    let mut body = Vec::new();
    write(&mut body, change.deps.len() as u64);
    body.extend(change.deps.iter().flatten());
    write_bytes(&mut body, change.actor);
    write(&mut body, change.sequence);
    write(&mut body, change.start);
    write_signed(&mut body, change.time);
    body.extend_from_slice(change.middle);
    write(&mut body, change.columns.len() as u64);
    for (what, column) in &change.columns {
        write(&mut body, *what);
        write(&mut body, column.len() as u64);
    }
    for (_, column) in &change.columns {
        body.extend_from_slice(column);
    }
    body.extend_from_slice(change.rest);
    let mut named = vec![CHANGE];
    write_bytes(&mut named, &body);
    let hash: ItemHash = Sha256::digest(&named).into();
    let mut chunk = Vec::with_capacity(named.len() + 8);
    chunk.extend(MAGIC);
    chunk.extend(hash.iter().take(4));
    chunk.append(&mut named);
    chunk
}

/// The change's name.
pub(super) fn name(chunk: &[u8]) -> ItemHash {
    Sha256::digest(chunk.get(8..).unwrap_or_default()).into()
}
