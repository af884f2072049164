//! A file that SQLite has open, in safe Rust: what the C interface calls.

use crate::{
    disk::Shared,
    error::DiskError,
    locks::{Holder, Level},
    machine::{Boot, Machine},
    platter::FileId,
};
use std::sync::{Arc, MutexGuard};

/// How SQLite wants a file opened.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wish {
    /// Make it where there is none.
    pub(crate) create: bool,
    /// Fail where there is one.
    pub(crate) exclusive: bool,
    /// It is a journal or a log: its first sync also syncs the folder, if it is new. So does SQLite
    /// on Unix, and with no other file.
    pub(crate) is_journal: bool,
}

/// One opening of a file. Its locks go with it.
pub(crate) struct OpenFile {
    shared: Arc<Shared>,
    file: FileId,
    holder: Holder,
    boot: Boot,
    folder_is_due: bool,
}

impl OpenFile {
    pub(crate) fn open(shared: Arc<Shared>, name: &str, wish: Wish) -> Result<Self, DiskError> {
        let mut machine = shared.machine();
        let (file, is_new) = match machine.find(name)? {
            Some(_) if wish.exclusive => return Err(DiskError::Busy),
            Some(file) => (file, false),
            None if wish.create => (machine.create(name)?, true),
            None => return Err(DiskError::Missing),
        };
        let holder = machine.new_holder();
        let boot = machine.boot();
        drop(machine);
        Ok(Self {
            shared,
            file,
            holder,
            boot,
            folder_is_due: is_new && wish.is_journal,
        })
    }

    /// Reads, and says how many bytes there were. The others are zero.
    pub(crate) fn read(&self, at: usize, into: &mut [u8]) -> Result<usize, DiskError> {
        self.machine()?.read(self.file, at, into)
    }

    pub(crate) fn write(&self, at: usize, bytes: &[u8]) -> Result<(), DiskError> {
        self.machine()?.write(self.file, at, bytes)
    }

    pub(crate) fn truncate(&self, len: usize) -> Result<(), DiskError> {
        self.machine()?.truncate(self.file, len)
    }

    pub(crate) fn sync(&mut self) -> Result<(), DiskError> {
        let mut machine = self.machine()?;
        machine.sync(self.file)?;
        if self.folder_is_due {
            machine.sync_folder()?;
        }
        drop(machine);
        self.folder_is_due = false;
        Ok(())
    }

    pub(crate) fn size(&self) -> Result<usize, DiskError> {
        self.machine()?.size(self.file)
    }

    pub(crate) fn lock(&self, level: Level) -> Result<(), DiskError> {
        self.machine()?.locks.raise(self.file, self.holder, level)
    }

    pub(crate) fn unlock(&self, level: Level) {
        // A file of an earlier start holds nothing that could be let go.
        if let Ok(mut machine) = self.machine() {
            machine.locks.lower(self.file, self.holder, level);
        }
    }

    pub(crate) fn is_reserved(&self) -> Result<bool, DiskError> {
        Ok(self.machine()?.locks.is_reserved(self.file))
    }

    fn machine(&self) -> Result<MutexGuard<'_, Machine>, DiskError> {
        let machine = self.shared.machine();
        if machine.boot() == self.boot {
            Ok(machine)
        } else {
            Err(DiskError::Stale)
        }
    }
}

impl Drop for OpenFile {
    fn drop(&mut self) {
        self.unlock(Level::None);
    }
}
