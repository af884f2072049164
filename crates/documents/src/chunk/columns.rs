//! The columns of a change: how many entries their run lengths would unroll to.

use super::{ChunkError, cursor::Cursor};

/// What a column's entries look like.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Entry {
    Uint,
    Int,
    Text,
}

/// A key longer than any that a schema has could be repeated by a run length.
const KEY_BYTES_MAX: u64 = 128;

// Column numbers of the format, without the bit that marks a compressed column.
const OBJECT_ACTOR: u64 = 0x01;
const OBJECT_COUNTER: u64 = 0x02;
const KEY_ACTOR: u64 = 0x11;
const KEY_COUNTER: u64 = 0x13;
const KEY_TEXT: u64 = 0x15;
const INSERT: u64 = 0x34;
const ACTION: u64 = 0x42;
const VALUE_META: u64 = 0x56;
const VALUE: u64 = 0x57;
const PREDECESSORS: u64 = 0x70;
const PREDECESSOR_ACTOR: u64 = 0x71;
const PREDECESSOR_COUNTER: u64 = 0x73;

/// Reads the columns and returns the number of operations.
pub(super) fn scan(cursor: &mut Cursor<'_>, limit: u64) -> Result<u64, ChunkError> {
    let count = cursor.uint()?;
    // Twelve are known and each may come once.
    if count > 12 {
        return Err(ChunkError::Malformed("too many columns"));
    }
    let mut columns = Vec::new();
    for _ in 0..count {
        let column = cursor.uint()?;
        let length = cursor.uint()?;
        if columns.last().is_some_and(|(before, _)| *before >= column) {
            return Err(ChunkError::Malformed("columns out of order"));
        }
        columns.push((column, length));
    }
    let mut seen = Seen::default();
    for (column, length) in columns {
        let mut data = Cursor::new(cursor.take(length)?);
        match column {
            OBJECT_ACTOR | KEY_ACTOR => seen.entries(runs(&mut data, Entry::Uint, limit)?),
            OBJECT_COUNTER => seen.entries(runs(&mut data, Entry::Uint, limit)?),
            KEY_COUNTER => seen.entries(runs(&mut data, Entry::Int, limit)?),
            KEY_TEXT => seen.entries(runs(&mut data, Entry::Text, limit)?),
            INSERT => seen.entries(booleans(&mut data, limit)?),
            ACTION => seen.operations = runs(&mut data, Entry::Uint, limit)?.entries,
            VALUE_META => {
                let meta = runs(&mut data, Entry::Uint, limit)?;
                seen.entries(meta);
                seen.value_bytes_told = meta.lengths;
            }
            VALUE => seen.value_bytes = length,
            PREDECESSORS => {
                let groups = runs(&mut data, Entry::Uint, limit)?;
                seen.entries(groups);
                seen.predecessors_told = groups.sum;
            }
            PREDECESSOR_ACTOR => seen.predecessor(runs(&mut data, Entry::Uint, limit)?),
            PREDECESSOR_COUNTER => seen.predecessor(runs(&mut data, Entry::Int, limit)?),
            // Marks, compressed columns and whatever a later format may bring.
            _ => return Err(ChunkError::Malformed("a column of an unknown type")),
        }
    }
    seen.check(limit)
}

/// The columns' sizes, which must fit together.
#[derive(Default)]
struct Seen {
    operations: u64,
    longest: u64,
    value_bytes_told: u64,
    value_bytes: u64,
    predecessors_told: u64,
    predecessors: u64,
}

impl Seen {
    fn entries(&mut self, runs: Runs) {
        self.longest = self.longest.max(runs.entries);
    }

    fn predecessor(&mut self, runs: Runs) {
        self.predecessors = self.predecessors.max(runs.entries);
    }

    fn check(&self, limit: u64) -> Result<u64, ChunkError> {
        if self.longest > self.operations {
            return Err(ChunkError::Malformed("more entries than operations"));
        }
        if self.predecessors_told > limit {
            return Err(ChunkError::TooLarge("operations"));
        }
        if self.predecessors != self.predecessors_told {
            return Err(ChunkError::Malformed("the predecessors do not add up"));
        }
        if self.value_bytes != self.value_bytes_told {
            return Err(ChunkError::Malformed("the values do not add up"));
        }
        Ok(self.operations)
    }
}

/// What a run-length column unrolls to.
#[derive(Clone, Copy, Default)]
struct Runs {
    entries: u64,
    /// The entries' sum, where they are unsigned.
    sum: u64,
    /// The sum of the lengths that value descriptors tell in their upper bits.
    lengths: u64,
}

impl Runs {
    fn add(&mut self, count: u64, value: u64) {
        self.entries = self.entries.saturating_add(count);
        self.sum = self.sum.saturating_add(value.saturating_mul(count));
        self.lengths = self
            .lengths
            .saturating_add((value >> 4).saturating_mul(count));
    }
}

/// Walks a run-length column: a positive count repeats one entry, a negative one announces so many
/// single entries, and zero so many empty ones.
fn runs(data: &mut Cursor<'_>, entry: Entry, limit: u64) -> Result<Runs, ChunkError> {
    let mut runs = Runs::default();
    while !data.is_empty() {
        let count = data.int()?;
        match count {
            1.. => runs.add(count.unsigned_abs(), value(data, entry)?),
            0 => {
                let empty = data.uint()?;
                // Nothing but the limit would stop a run of no entries from being told for ever.
                if empty == 0 {
                    return Err(ChunkError::Malformed("an empty run"));
                }
                runs.add(empty, 0);
            }
            _ => {
                if count.unsigned_abs() > limit {
                    return Err(ChunkError::TooLarge("operations"));
                }
                for _ in 0..count.unsigned_abs() {
                    runs.add(1, value(data, entry)?);
                }
            }
        }
        if runs.entries > limit {
            return Err(ChunkError::TooLarge("operations"));
        }
    }
    Ok(runs)
}

fn value(data: &mut Cursor<'_>, entry: Entry) -> Result<u64, ChunkError> {
    match entry {
        Entry::Uint => data.uint(),
        Entry::Int => data.int().map(|_| 0),
        Entry::Text => {
            let length = data.uint()?;
            if length > KEY_BYTES_MAX {
                return Err(ChunkError::TooLarge("key"));
            }
            data.take(length).map(|_| 0)
        }
    }
}

/// Walks a column of yes and no: how many of the one, how many of the other, in turn.
fn booleans(data: &mut Cursor<'_>, limit: u64) -> Result<Runs, ChunkError> {
    let mut runs = Runs::default();
    let mut first = true;
    while !data.is_empty() {
        let count = data.uint()?;
        if count == 0 && !first {
            return Err(ChunkError::Malformed("an empty run"));
        }
        first = false;
        runs.add(count, 0);
        if runs.entries > limit {
            return Err(ChunkError::TooLarge("operations"));
        }
    }
    Ok(runs)
}
