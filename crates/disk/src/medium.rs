//! A disk as a store's medium.

use crate::{
    disk::{Disk, Shared},
    error::DiskError,
    locks::Holder,
    machine::Boot,
    registry,
};
use hemrond_store::{Locked, Medium};
use std::{borrow::Cow, io, path::Path, sync::Arc};

/// A lock by name. It leaves no trace on the disk: the system keeps it, not a file.
struct Lock {
    shared: Arc<Shared>,
    name: String,
    holder: Holder,
    boot: Boot,
}

impl Drop for Lock {
    fn drop(&mut self) {
        let mut machine = self.shared.machine();
        if machine.boot() == self.boot {
            machine.unlock_name(&self.name, self.holder);
        }
    }
}

impl Disk {
    /// The name of a path's file on this disk.
    fn name<'p>(&self, path: &'p Path) -> Result<&'p str, DiskError> {
        match path.to_str().and_then(registry::parse) {
            Some((id, name)) if id == self.shared.id() => Ok(name),
            _ => Err(DiskError::Missing),
        }
    }
}

impl Medium for Disk {
    fn vfs(&self) -> Option<Cow<'static, str>> {
        Some(Cow::Borrowed(Self::VFS))
    }

    fn lock(&self, path: &Path) -> io::Result<Locked> {
        let name = self.name(path)?;
        let mut machine = self.shared.machine();
        let holder = machine.new_holder();
        if !machine.lock_name(name, holder)? {
            return Ok(Locked::Elsewhere);
        }
        let lock = Lock {
            shared: Arc::clone(&self.shared),
            name: name.to_owned(),
            holder,
            boot: machine.boot(),
        };
        Ok(Locked::Ours(Box::new(lock)))
    }

    fn size(&self, path: &Path) -> io::Result<Option<u64>> {
        let name = self.name(path)?;
        let machine = self.shared.machine();
        let Some(file) = machine.find(name)? else {
            return Ok(None);
        };
        Ok(Some(machine.size(file)? as u64))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let name = self.name(path)?;
        match self.shared.machine().remove(name) {
            Ok(()) | Err(DiskError::Missing) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let (from, to) = (self.name(from)?, self.name(to)?);
        Ok(self.shared.machine().rename(from, to)?)
    }

    fn sync_folder(&self, of: &Path) -> io::Result<()> {
        self.name(of)?;
        Ok(self.shared.machine().sync_folder()?)
    }
}
