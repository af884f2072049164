//! A database in memory, for simulations: ordered maps, no clock, no chance, no threads.
//!
//! It behaves as the databases do and passes the same tests. [`Memory`] is the database;
//! [`Memory::process`] connects a server process to it, and there may be several. What a process
//! would do in a transaction it does here in the same steps, and at each it asks its [`Gate`]
//! whether it may go on, so that whoever drives a simulation decides what happens in which order:
//!
//! * A write takes its lock, looks, and lays out what it will change; the change itself happens in
//!   one step at the commit. Others see the last committed state until then.
//! * A call whose future is dropped before the commit leaves no trace and frees its lock; one that
//!   is dropped after it has written.
//! * Who waits for a lock gets it in the order in which they came. There are no timers.
//!
//! [`Memory::clone_state`] is a backup that costs little, for items are shared.

mod accounts;
mod gate;
mod log;
mod page;
mod records;
mod retention;
mod state;
mod take_in;
mod upkeep;

pub use gate::{Call, Gate, Moment, Open, Point};

use super::StorageError;
use hemrond_protocol::Epoch;
use state::State;
use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::watch;

/// When a push gets its places in the feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Numbering {
    /// Under the lock that is held until commit, so that no position becomes visible before a
    /// smaller one. The databases do this.
    #[default]
    UnderLock,
    /// Before the lock is taken, as a database's own sequence would do it. This is a fault: a
    /// smaller position may become visible after a larger one, and a cursor steps over it. It is
    /// here so that a simulation can show that it would find it.
    BeforeLock,
}

/// A database in memory. Clones are the same database.
#[derive(Clone)]
pub struct Memory(Arc<Shared>);

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory")
            .field("head", &self.0.lock().state.head)
            .finish_non_exhaustive()
    }
}

struct Shared {
    numbering: Numbering,
    inner: Mutex<Inner>,
    /// The lock on the feed's head: held by whoever publishes, until commit.
    head_lock: tokio::sync::Mutex<()>,
    /// The lock on accounts, codes and devices, where several of them change together. Whoever
    /// takes both takes the head's first.
    accounts_lock: tokio::sync::Mutex<()>,
}

struct Inner {
    state: Arc<State>,
    /// The last position drawn by [`Numbering::BeforeLock`], committed or not.
    drawn: u64,
    backups: BTreeMap<PathBuf, Snapshot>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Everything that a database held at one moment. Cheap to make, to keep and to clone.
#[derive(Clone)]
pub struct Snapshot(Arc<State>);

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("head", &self.0.head)
            .finish_non_exhaustive()
    }
}

impl Memory {
    /// An empty database that begins its life with `epoch`.
    #[must_use]
    pub fn new(epoch: Epoch) -> Self {
        Self::numbered(epoch, Numbering::UnderLock)
    }

    /// The same, with a say in when a push gets its places in the feed.
    #[must_use]
    pub fn numbered(epoch: Epoch, numbering: Numbering) -> Self {
        Self(Arc::new(Shared {
            numbering,
            inner: Mutex::new(Inner {
                state: Arc::new(State::new(epoch)),
                drawn: 0,
                backups: BTreeMap::new(),
            }),
            head_lock: tokio::sync::Mutex::new(()),
            accounts_lock: tokio::sync::Mutex::new(()),
        }))
    }

    /// Connects a server process, which goes on as its gate says.
    #[must_use]
    pub fn process(&self, gate: Arc<dyn Gate>) -> Process {
        let head = self.0.lock().state.head;
        Process {
            shared: Arc::clone(&self.0),
            gate,
            head: watch::Sender::new(head),
        }
    }

    /// Everything that is committed now: a backup.
    #[must_use]
    pub fn clone_state(&self) -> Snapshot {
        Snapshot(Arc::clone(&self.0.lock().state))
    }

    /// Puts a backup in the database's place. Its processes must have ended, and new ones connect;
    /// as with the databases, `begin_recovery` then gives it a new epoch.
    pub fn restore(&self, snapshot: &Snapshot) {
        let mut inner = self.0.lock();
        inner.state = Arc::clone(&snapshot.0);
        inner.drawn = inner.state.head;
    }

    /// The backup that a process made under this name.
    #[must_use]
    pub fn backup_named(&self, name: &Path) -> Option<Snapshot> {
        self.0.lock().backups.get(name).cloned()
    }
}

/// A server process's connection to a database in memory: the [`Storage`](super::Storage).
pub struct Process {
    shared: Arc<Shared>,
    gate: Arc<dyn Gate>,
    head: watch::Sender<u64>,
}

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Process")
            .field("head", &*self.head.borrow())
            .finish_non_exhaustive()
    }
}

impl Process {
    async fn pass(&self, call: Call, moment: Moment) {
        self.gate.pass(Point { call, moment }).await;
    }

    /// Looks at the committed state, at one moment.
    async fn read<T>(&self, call: Call, look: impl FnOnce(&State) -> T + Send) -> T {
        self.pass(call, Moment::Read).await;
        look(&self.committed())
    }

    fn committed(&self) -> Arc<State> {
        Arc::clone(&self.shared.lock().state)
    }

    /// Changes the committed state in one step. The change refuses before it changes anything.
    fn commit<T>(
        &self,
        change: impl FnOnce(&mut State) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        change(Arc::make_mut(&mut self.shared.lock().state))
    }

    /// A write that is one statement, for which nobody waits.
    async fn write<T>(
        &self,
        call: Call,
        change: impl FnOnce(&mut State) -> Result<T, StorageError> + Send,
    ) -> Result<T, StorageError> {
        self.pass(call, Moment::Begin).await;
        let done = self.commit(change)?;
        self.pass(call, Moment::Committed).await;
        Ok(done)
    }

    /// A write that looks first, and shuts out others that change accounts meanwhile.
    async fn write_accounts<T>(
        &self,
        call: Call,
        change: impl FnOnce(&mut State) -> Result<T, StorageError> + Send,
    ) -> Result<T, StorageError> {
        self.pass(call, Moment::Begin).await;
        let lock = self.shared.accounts_lock.lock().await;
        self.pass(call, Moment::Locked).await;
        self.pass(call, Moment::Commit).await;
        let done = self.commit(change);
        drop(lock);
        let done = done?;
        self.pass(call, Moment::Committed).await;
        Ok(done)
    }

    /// Tells those who wait in this process.
    fn moved_to(&self, head: u64) {
        self.head.send_if_modified(|known| {
            let newer = head > *known;
            *known = head.max(*known);
            newer
        });
    }
}
