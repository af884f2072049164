//! One tablet of the story: a real companion on a simulated disk, with a clock and a way of its own.

use crate::{
    chance::Chance,
    drive::{Hangs, Stop, to_the_end},
    network::Wire,
    plant::Bug,
    site::lock,
    steps::{DiskFault, Ending},
    time::{TabletClock, TrueTime},
};
use hemrond_companion::{Companion, Environment, Knows, api::KeyPlace, environment::Randomness};
use hemrond_disk::{Disk, Fault, Faulty, Snapshot};
use hemrond_domain::ids::UserId;
use hemrond_store::{ItemName, Key, Store, SyncCommit};
use std::{
    collections::BTreeSet,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

/// How much room is left on a disk that fills up: enough to begin a write, not enough to end one.
const LAST_ROOM: usize = 3_000;

/// One tablet in so many begins with an app of an earlier version, which knows the first schemas.
const OLD: usize = 3;

/// At one start in so many the app was updated before.
const UPDATED: usize = 6;

/// A tablet.
pub struct Tablet {
    /// What the story calls it.
    pub name: String,
    /// Who uses it.
    pub user: UserId,
    /// Its way to the server.
    pub wire: Arc<Wire>,
    /// Its clock.
    pub clock: Arc<TabletClock>,
    /// The app, while it runs.
    pub companion: Option<Arc<Companion>>,
    /// Lost: nobody starts it again.
    pub lost: bool,
    /// How much its app knows of the schemas: an earlier version less, until it is updated.
    pub knows: Knows,
    disk: Disk,
    key: Key,
    seed: u64,
    starts: u64,
    copy: Option<Copy>,
    /// How often the disk had failed when something was last set to happen to it.
    disturbed_at: Option<u64>,
    bug: Option<Bug>,
}

/// An older copy of a tablet's database, and what was saved on the tablet by then.
pub struct Copy {
    disk: Snapshot,
    /// How far the witness had counted.
    pub saved: usize,
}

impl Tablet {
    /// A tablet that was never started.
    #[must_use]
    pub fn new(
        name: String,
        user: UserId,
        seed: u64,
        time: Arc<TrueTime>,
        wire: Arc<Wire>,
        bug: Option<Bug>,
    ) -> Self {
        let mut key = [0; 32];
        Chance::new(seed).fill(&mut key);
        let disk = Disk::new();
        disk.ignore_syncs(bug == Some(Bug::SyncSkipped));
        Self {
            name,
            user,
            wire,
            clock: Arc::new(TabletClock::new(time)),
            companion: None,
            lost: false,
            disk,
            key: Key::new(key),
            seed,
            starts: 0,
            copy: None,
            disturbed_at: None,
            knows: if Chance::new(seed ^ 0x07d).one_in(OLD) {
                Knows::UpTo(1)
            } else {
                Knows::Everything
            },
            bug,
        }
    }

    /// Starts the app, unless it runs. None where the disk does not allow it now.
    ///
    /// # Errors
    /// When it hangs, or cannot open what it wrote itself.
    pub fn start(&mut self, stop: &Stop) -> Result<Option<Arc<Companion>>, NotStarted> {
        if let Some(companion) = &self.companion {
            return Ok(Some(Arc::clone(companion)));
        }
        if self.disk.is_dead() {
            self.revive();
        }
        self.starts += 1;
        if Chance::new(self.seed ^ (self.starts << 16)).one_in(UPDATED) {
            self.knows = Knows::Everything;
        }
        let randomness = TabletRandomness {
            chance: Mutex::new(Chance::new(self.seed ^ (self.starts << 32))),
            // The first id that is drawn in a start is the actor's.
            actor: (self.bug == Some(Bug::ActorReused)).then_some([7; 16]),
            drawn: AtomicBool::new(false),
        };
        let environment = Environment {
            clock: Arc::clone(&self.clock) as _,
            randomness: Arc::new(randomness),
            transport: Arc::clone(&self.wire) as _,
            key_kept_in: KeyPlace::File,
            knows: self.knows,
        };
        let path = self.disk.path("tablet.db");
        let folder = path.parent().unwrap_or(Path::new("/")).to_owned();
        let medium = Arc::new(self.disk.clone());
        let key = self.key.clone();
        let forgets = self.bug == Some(Bug::QueueLostAtStart);
        let opened = to_the_end(
            async move {
                let store = Store::open_on(medium, &path, &key)
                    .await
                    .map_err(|error| error.to_string())?;
                if forgets {
                    forget_queue(&store).await.map_err(|e| e.to_string())?;
                }
                Companion::open_with(store, &folder, environment)
                    .await
                    .map_err(|problem| problem.to_string())
            },
            stop,
        )
        .map_err(|Hangs| NotStarted::Hangs)?;
        match opened {
            Ok(companion) => {
                let companion = Arc::new(companion);
                self.companion = Some(Arc::clone(&companion));
                Ok(Some(companion))
            }
            Err(_) if self.disk.is_dead() => Ok(None),
            Err(why) => Err(NotStarted::Unreadable(why)),
        }
    }

    /// Has something happen to the disk during what comes next.
    pub fn disturb(&mut self, fault: DiskFault) {
        self.disturbed_at = Some(self.disk.failures());
        match fault {
            DiskFault::Kill(after) => self.disk.kill_after(u64::from(after)),
            DiskFault::PowerCut(after) => self.disk.cut_power_after(u64::from(after)),
            DiskFault::WriteError(after) => self
                .disk
                .fail(Fault::next(Faulty::Write).after(u64::from(after))),
            DiskFault::SyncError(after) => self
                .disk
                .fail(Fault::next(Faulty::Sync).after(u64::from(after))),
            DiskFault::Full => self.disk.set_capacity(Some(self.disk.used() + LAST_ROOM)),
        }
    }

    /// Takes back what has not happened to the disk; if it stopped, so has the app. Answers whether
    /// what was set to happen has happened.
    pub fn settle(&mut self) -> bool {
        let before = self.disturbed_at.take();
        let struck = before.is_some_and(|before| self.disk.failures() > before);
        if self.disk.is_dead() {
            self.companion = None;
            self.revive();
        } else {
            self.disk.mend();
            self.disk.set_capacity(None);
        }
        struck
    }

    fn revive(&mut self) {
        let mut chance = Chance::new(self.seed ^ 0x00d1_5c00 ^ self.starts);
        self.disk.mend();
        self.disk.set_capacity(None);
        self.disk.restart(&mut || chance.word());
    }

    /// Ends the app.
    ///
    /// # Errors
    /// When closing hangs.
    pub fn end(&mut self, how: Ending, stop: &Stop) -> Result<(), Hangs> {
        let companion = self.companion.take();
        match how {
            Ending::Closed => {
                if let Some(companion) = companion.and_then(Arc::into_inner) {
                    // A disk that refuses leaves everything in the log.
                    let _ = to_the_end(companion.close(), stop)?;
                }
            }
            Ending::Killed => {
                self.disk.kill_now();
                drop(companion);
                self.revive();
            }
            Ending::PowerCut => {
                self.disk.cut_power_now();
                drop(companion);
                self.revive();
            }
        }
        Ok(())
    }

    /// Copies the database away.
    pub fn copy(&mut self, saved: usize) {
        self.copy = Some(Copy {
            disk: self.disk.snapshot(),
            saved,
        });
    }

    /// Puts the copy back, as restoring the tablet would. None where there is no copy.
    pub fn put_back(&mut self) -> Option<usize> {
        let copy = self.copy.as_ref()?;
        self.companion = None;
        self.disk.put_back(&copy.disk);
        Some(copy.saved)
    }

    /// The names of everything that waits to be sent.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn waiting(companion: &Companion) -> Result<BTreeSet<ItemName>, String> {
        let names = companion.store().waiting_names().await;
        Ok(names
            .map_err(|error| error.to_string())?
            .into_iter()
            .collect())
    }
}

/// What a planted bug does at a start.
async fn forget_queue(store: &Store) -> Result<(), hemrond_store::StoreError> {
    let mut commit = SyncCommit::new(chrono::DateTime::UNIX_EPOCH);
    commit.acknowledged = store.waiting_names().await?;
    store.apply_sync(commit).await.map(|_| ())
}

/// Why a tablet did not start, although its disk works.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotStarted {
    /// It waits for what never comes.
    #[error("the app hangs at its start")]
    Hangs,
    /// It cannot read what it wrote.
    #[error("the app does not start: {0}")]
    Unreadable(String),
}

/// A tablet's chance within one start.
struct TabletRandomness {
    chance: Mutex<Chance>,
    actor: Option<[u8; 16]>,
    drawn: AtomicBool,
}

impl Randomness for TabletRandomness {
    fn fill(&self, bytes: &mut [u8]) {
        match self.actor {
            Some(actor) if bytes.len() == 16 && !self.drawn.swap(true, Ordering::SeqCst) => {
                bytes.copy_from_slice(&actor);
            }
            _ => lock(&self.chance).fill(bytes),
        }
    }
}
