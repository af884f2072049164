//! The handle that tests hold: a disk, and what is done to it.

use crate::{
    fault::Fault, machine::Machine, power::End, recording::Recording, registry, snapshot::Snapshot,
    vfs,
};
use std::{
    fmt,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// A simulated disk: one folder of files in memory. Clones are handles on the same disk.
///
/// A change is anything that a power cut could come before or after: creating, renaming or removing
/// a file, a write, a new length, a sync of a file or of the folder.
#[derive(Clone)]
pub struct Disk {
    pub(crate) shared: Arc<Shared>,
}

impl fmt::Debug for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Disk")
            .field("id", &self.shared.id)
            .finish_non_exhaustive()
    }
}

/// What all handles on one disk share.
pub(crate) struct Shared {
    id: u64,
    machine: Mutex<Machine>,
}

impl Shared {
    pub(crate) const fn new(id: u64, machine: Machine) -> Self {
        Self {
            id,
            machine: Mutex::new(machine),
        }
    }

    pub(crate) const fn id(&self) -> u64 {
        self.id
    }

    pub(crate) fn machine(&self) -> MutexGuard<'_, Machine> {
        self.machine.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        registry::leave(self.id);
    }
}

impl Default for Disk {
    fn default() -> Self {
        Self::new()
    }
}

impl Disk {
    /// The name of the file system under which SQLite reaches every disk.
    pub const VFS: &'static str = "hemrond-disk";

    /// An empty disk.
    #[must_use]
    pub fn new() -> Self {
        Self::of(Machine::default())
    }

    /// A disk on which exactly this lies, all of it durable.
    #[must_use]
    pub fn from_snapshot(snapshot: &Snapshot) -> Self {
        Self::of(Machine::from_snapshot(snapshot))
    }

    fn of(machine: Machine) -> Self {
        vfs::register();
        Self {
            shared: registry::enter(machine),
        }
    }

    /// The path of a file on this disk, for SQLite. No other disk of this process has it, ever.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        registry::path(self.shared.id, name).into()
    }

    /// Cuts the power once so many more changes are done: the next one does not happen, and after
    /// it everything fails until [`Disk::restart`].
    pub fn cut_power_after(&self, changes: u64) {
        self.shared.machine().end_after(changes, End::PowerCut);
    }

    /// Cuts the power: everything fails until [`Disk::restart`].
    pub fn cut_power_now(&self) {
        self.shared.machine().end_now(End::PowerCut);
    }

    /// As [`Disk::cut_power_after`], but only the process is killed: what was written stays.
    pub fn kill_after(&self, changes: u64) {
        self.shared.machine().end_after(changes, End::Killed);
    }

    /// As [`Disk::cut_power_now`], but only the process is killed: what was written stays.
    pub fn kill_now(&self) {
        self.shared.machine().end_now(End::Killed);
    }

    /// Starts the disk again. After a killed process everything written is there; otherwise, also
    /// when the disk was still running, what is durable and what `chance` leaves of the rest, which
    /// may end in the middle of a sector. The same numbers leave the same.
    ///
    /// Files that were opened before are of no use any more and hold no locks. A recording ends.
    pub fn restart(&self, chance: &mut dyn FnMut() -> u64) {
        self.shared.machine().restart(chance);
    }

    /// Whether the power is off or the process killed.
    #[must_use]
    pub fn is_dead(&self) -> bool {
        self.shared.machine().is_dead()
    }

    /// Has operations fail, beside those that fail already.
    pub fn fail(&self, fault: Fault) {
        self.shared.machine().add_fault(fault);
    }

    /// Takes back every fault that has not come yet, and an end that has not.
    pub fn mend(&self) {
        self.shared.machine().mend();
    }

    /// Sets how many bytes all files together may have; none: any number. Files that are there
    /// already stay.
    pub fn set_capacity(&self, bytes: Option<usize>) {
        self.shared.machine().set_capacity(bytes);
    }

    /// How many bytes all files have.
    #[must_use]
    pub fn used(&self) -> usize {
        self.shared.machine().used()
    }

    /// Has every sync succeed without anything becoming durable, as disks do that lie. With it a
    /// test can show that it would notice.
    pub fn ignore_syncs(&self, ignored: bool) {
        self.shared.machine().ignore_syncs(ignored);
    }

    /// How many changes were done.
    #[must_use]
    pub fn operations(&self) -> u64 {
        self.shared.machine().operations()
    }

    /// How many operations have failed because a test wanted it: by a fault, a full disk, or an end that
    /// came. What is asked of a disk that is dead already is not counted.
    #[must_use]
    pub fn failures(&self) -> u64 {
        self.shared.machine().failures()
    }

    /// A copy of everything as programs see it.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.shared.machine().seen()
    }

    /// Puts an older copy back in place of everything, and starts the disk again.
    pub fn put_back(&self, snapshot: &Snapshot) {
        self.shared.machine().put_back(snapshot);
    }

    /// Remembers every change from now on.
    pub fn start_recording(&self) {
        self.shared.machine().start_recording();
    }

    /// What was done since [`Disk::start_recording`]; nothing, where nobody asked for it or the
    /// disk was started since.
    #[must_use]
    pub fn recording(&self) -> Recording {
        self.shared.machine().recording()
    }
}
