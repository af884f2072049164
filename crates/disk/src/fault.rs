//! Faults that pass: a test says which operation fails, and how often.

use crate::error::DiskError;

/// What fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Faulty {
    /// Reading a file.
    Read,
    /// Changing a file's bytes or length, or the folder's names.
    Write,
    /// Making a file or the folder durable. Nothing becomes durable then.
    Sync,
}

/// Operations of one kind that fail with an I/O error: `times` of them, after `after` more have
/// come through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// What fails.
    pub what: Faulty,
    /// How many of the kind come through first.
    pub after: u64,
    /// How many fail then.
    pub times: u64,
}

impl Fault {
    /// The next operation of this kind fails, once.
    #[must_use]
    pub const fn next(what: Faulty) -> Self {
        Self {
            what,
            after: 0,
            times: 1,
        }
    }

    /// So many come through first.
    #[must_use]
    pub const fn after(self, after: u64) -> Self {
        Self { after, ..self }
    }

    /// So many fail, one after the other.
    #[must_use]
    pub const fn times(self, times: u64) -> Self {
        Self { times, ..self }
    }

    /// Counts an operation, which happens unless this fails.
    pub(crate) const fn spend(&mut self, what: Faulty) -> Result<(), DiskError> {
        if self.what as u8 != what as u8 || self.times == 0 {
            return Ok(());
        }
        if self.after > 0 {
            self.after -= 1;
            return Ok(());
        }
        self.times -= 1;
        Err(DiskError::Injected)
    }
}
