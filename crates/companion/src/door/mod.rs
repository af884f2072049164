//! The door: who may open this tablet, with which PIN, and for how long.
//!
//! A face holds a [`Door`] and hands every command to it. Behind it lies one database per user, each
//! with a key of its own; the door opens one of them at a time and hands commands on to its
//! [`Companion`](crate::Companion).

mod bring_back;
mod contact;
mod enrol;
mod index;
mod keys;
mod lease;
mod leave;
mod moving_in;
mod opened;
mod recover;
mod remove;
mod tries;
mod unlock;
mod view;

use crate::{
    api::{Command, Event, Failure, Language},
    dispatch::answer,
    environment::{Clock, Randomness},
    failure::{Outcome, Problem},
    records::remove_copies,
    sync::transport::Transport,
    tablet::{Companion, Environment, Knows},
};
use chrono::{DateTime, Utc};
use hemrond_vault::Keystore;
use index::Index;
use lease::Lease;
use opened::{Leaving, Opened};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
    sync::{Arc, Weak},
    time::Duration,
};
use tokio::sync::{Mutex, broadcast};
use tries::Tries;

/// How many users a door's file names.
pub(crate) fn places_in(file: &[u8]) -> Outcome<usize> {
    Ok(Index::parse(file)?.places.len())
}

/// Whether a lease that lies on disk has ended by this time; one that cannot be read has.
pub(crate) fn is_lease_over(file: &[u8], now: DateTime<Utc>) -> bool {
    let Some(mut lease) = Lease::parse(file) else {
        return true;
    };
    lease.see(now);
    // What a page says of it is worked out, too.
    let until = lease.until();
    lease.is_over() || until < now
}

/// How many PINs may still be tried by a count that lies on disk, and how many seconds to wait first.
pub(crate) fn tries_in(file: &[u8], now: DateTime<Utc>) -> (u8, u32) {
    let mut tries = Tries::parse(file);
    tries.see(now);
    (tries.left(), tries.wait(now))
}

/// How often the door looks whether it is time to lock.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Everything that a door gets from outside.
pub struct World {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub randomness: Arc<dyn Randomness>,
    /// The way to the server.
    pub transport: Arc<dyn Transport>,
    /// Keeps this tablet's half of the keys.
    pub keystore: Arc<dyn Keystore>,
    /// How much of the documents' schemas this app knows.
    pub knows: Knows,
    /// Whether open databases sync by themselves.
    pub background: bool,
}

/// A tablet's door.
pub struct Door {
    folder: PathBuf,
    world: World,
    inner: Mutex<Inner>,
    events: broadcast::Sender<Event>,
    this: Weak<Door>,
    /// One process at a time; the system drops it with the process.
    _lock: File,
}

struct Inner {
    index: Index,
    open: Option<Opened>,
    /// Locked, and still sending.
    leaving: BTreeMap<String, Leaving>,
    /// The name of an earlier version's user, who has no PIN.
    without_pin: Option<String>,
}

impl Door {
    /// Opens the folder of a tablet; nobody is in yet.
    ///
    /// # Errors
    /// When another process has it, or its files cannot be read. They are left as they are.
    pub async fn open(folder: &Path, world: World) -> Outcome<Arc<Self>> {
        std::fs::create_dir_all(folder).map_err(|error| index::failed(&error))?;
        let lock = lock(folder)?;
        let index = Index::read(folder)?;
        index.tidy(folder)?;
        // Before anybody is in: whoever's copy an earlier version left lies open to everybody.
        remove_copies(folder);
        for place in &index.places {
            remove_copies(&place.folder(folder));
        }
        let wiped = index.places.iter().filter(|place| place.slot.is_none());
        let wiped: Vec<String> = wiped.map(|place| place.id.clone()).collect();
        let without_pin = moving_in::look(folder, &index).await?;
        let door = Arc::new_cyclic(|this| Self {
            folder: folder.to_owned(),
            world,
            inner: Mutex::new(Inner {
                index,
                open: None,
                leaving: BTreeMap::new(),
                without_pin,
            }),
            events: broadcast::channel(256).0,
            this: this.clone(),
            _lock: lock,
        });
        for id in wiped {
            // A power cut may have come between the two steps of a wipe. A half without a slot opens
            // nothing: that it cannot be erased now keeps nobody out.
            if let Err(problem) = door.erase_secret(&id).await {
                tracing::warn!(code = %problem.code, "a wiped key's other half is still there");
            }
        }
        Ok(door)
    }

    /// Has the door lock by itself, until it is dropped.
    pub fn watch(self: &Arc<Self>) {
        let door = Arc::downgrade(self);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(LOOK_EVERY).await;
                let Some(door) = door.upgrade() else { return };
                door.tick().await;
            }
        });
    }

    /// News from now on, whoever opens the door.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// The language of whoever is in, or was last.
    pub async fn language(&self) -> Language {
        self.inner.lock().await.index.settings.language
    }

    /// Runs one command.
    ///
    /// # Errors
    /// With what happened and what to do, in the user's language.
    pub async fn call(&self, command: Command) -> Result<Value, Failure> {
        let name = command.name();
        match Box::pin(self.run(command)).await {
            Ok(answer) => answer,
            Err(problem) => {
                tracing::info!(command = name, code = %problem.code, "the door refused");
                Err(problem.told(self.language().await))
            }
        }
    }

    /// Runs a command given as its name and JSON arguments.
    ///
    /// # Errors
    /// As [`Door::call`], and when there is no such command or its arguments do not fit.
    pub async fn call_json(&self, name: &str, args: Value) -> Result<Value, Failure> {
        match Command::from_json(name, args) {
            Ok(command) => self.call(command).await,
            Err(problem) => Err(problem.told(self.language().await)),
        }
    }

    /// Closes every database. Whoever still holds the door is told that it is locked.
    ///
    /// # Errors
    /// When a disk fails.
    pub async fn close(&self) -> Outcome<()> {
        let mut inner = self.inner.lock().await;
        if let Some(opened) = inner.open.take() {
            self.shut(&mut inner, opened).await?;
        }
        for (_, leaving) in std::mem::take(&mut inner.leaving) {
            self.shut(&mut inner, leaving.opened).await?;
        }
        Ok(())
    }

    /// Does what a command asks: at the door, or behind it. The inner result is the companion's.
    async fn run(&self, command: Command) -> Outcome<Result<Value, Failure>> {
        let mut inner = self.inner.lock().await;
        self.look(&mut inner).await;
        let done = match command {
            Command::Door(_) => Ok(()),
            Command::DoorTouch(_) => {
                self.touch(&mut inner);
                Ok(())
            }
            Command::Unlock(args) => self.unlock(&mut inner, &args).await,
            Command::Lock(_) => self.lock_up(&mut inner).await,
            Command::ChoosePin(args) => self.choose_pin(&mut inner, &args).await,
            Command::ChangePin(args) => self.change_pin(&mut inner, &args).await,
            Command::RemoveUser(args) => self.remove_user(&mut inner, &args).await,
            Command::Recover(args) => self.recover(&mut inner, &args).await,
            Command::ExportUser(args) => {
                let exported = self.export_user(&mut inner, &args).await;
                return answer(exported).map(Ok);
            }
            Command::Copies(_) => return answer(self.copies(&inner)).map(Ok),
            Command::BringBack(args) => self.bring_back(&mut inner, &args),
            Command::Enrol(args) => return self.enrol(inner, args).await,
            Command::Status(_) if inner.open.is_none() => {
                return answer(Ok(self.nobodys_status(&inner))).map(Ok);
            }
            Command::SetSettings(wanted) if inner.open.is_none() => {
                return answer(self.set_nobodys_settings(&mut inner, &wanted)).map(Ok);
            }
            command => {
                let (id, companion) = self.admit(&mut inner, &command)?;
                drop(inner);
                return self.hand_on(&id, &companion, command).await;
            }
        };
        done?;
        answer(Ok(self.view(&inner))).map(Ok)
    }

    /// What a companion gets from outside.
    fn environment(&self) -> Environment {
        Environment {
            clock: Arc::clone(&self.world.clock),
            randomness: Arc::clone(&self.world.randomness),
            transport: Arc::clone(&self.world.transport),
            key_kept_in: self.key_place(),
            knows: self.world.knows,
        }
    }

    /// Tells the faces how the door is now.
    fn announce(&self, inner: &Inner) {
        let door = Box::new(self.view(inner));
        // Nobody listening is fine.
        let _ = self.events.send(Event::Door { door });
    }

    /// The companion that a command may go to now.
    fn admit(&self, inner: &mut Inner, command: &Command) -> Outcome<(String, Arc<Companion>)> {
        let Some(opened) = &mut inner.open else {
            return Err(
                if inner.index.places.is_empty() && inner.without_pin.is_none() {
                    Problem::new("enrol.needed")
                } else {
                    Problem::new("door.locked")
                },
            );
        };
        if opened.lease.is_over() && !goes_without_lease(command) {
            return Err(Problem::new("door.lease_over"));
        }
        let by_a_person = !may_be_a_background_refresh(command);
        if by_a_person {
            opened.touched = self.world.clock.now();
        }
        let (id, companion) = (opened.id.clone(), Arc::clone(&opened.companion));
        if by_a_person && let Ok(place) = inner.index.place_mut(&id) {
            // A copy from before this lacks what it may write.
            place.exported = false;
        }
        Ok((id, companion))
    }

    /// Whether the one who asked may still read. The network was waited for meanwhile: the tablet
    /// may have locked itself, or somebody else may be in.
    async fn still_in(&self, id: &str) -> Outcome<()> {
        let inner = self.inner.lock().await;
        let Some(opened) = inner.open.as_ref().filter(|opened| opened.id == id) else {
            return Err(Problem::new("door.locked"));
        };
        if opened.lease.is_over() {
            return Err(Problem::new("door.lease_over"));
        }
        Ok(())
    }

    /// Runs a command behind the door.
    async fn hand_on(
        &self,
        id: &str,
        companion: &Companion,
        command: Command,
    ) -> Outcome<Result<Value, Failure>> {
        let settings = match &command {
            Command::SetSettings(_) => true,
            Command::SyncNow(_) => false,
            Command::Elsewhere(_)
            | Command::ElsewhereOpen(_)
            | Command::ElsewhereDanger(_)
            | Command::ElsewhereChoose(_)
            | Command::WhoLooked(_) => {
                let answer = companion.call(command).await;
                self.still_in(id).await?;
                return Ok(answer);
            }
            _ => return Ok(companion.call(command).await),
        };
        let answer = companion.call(command).await;
        let mut inner = self.inner.lock().await;
        if settings {
            inner.index.settings = companion.settings().await;
            let lock_minutes = inner.index.settings.lock_minutes;
            if let Some(opened) = inner.open.as_mut().filter(|opened| opened.id == id) {
                opened.lock_minutes = lock_minutes;
            }
            inner.index.write(&self.folder)?;
        } else if self.take_note(&mut inner, id).await? {
            return Err(Problem::new("door.revoked"));
        } else if inner.open.as_ref().is_none_or(|opened| opened.id != id) {
            // It says who is there and what they may, and somebody else may be in by now.
            return Err(Problem::new("door.locked"));
        }
        Ok(answer)
    }
}

/// What reads nothing about a patient, and is needed for the contact that renews the lease. What a
/// person typed until the lease ended is still kept.
const fn goes_without_lease(command: &Command) -> bool {
    matches!(
        command,
        Command::Status(_)
            | Command::SyncNow(_)
            | Command::SetOffline(_)
            | Command::SetSettings(_)
            | Command::Edit(_)
    )
}

/// What a page also asks by itself, whenever something changed: nobody need be there.
const fn may_be_a_background_refresh(command: &Command) -> bool {
    matches!(
        command,
        Command::Status(_)
            | Command::Round(_)
            | Command::Person(_)
            | Command::Visit(_)
            | Command::Inbox(_)
            | Command::SyncPage(_)
            | Command::SyncNow(_)
            | Command::Search(_)
            | Command::History(_)
            | Command::AccessState(_)
            | Command::WhoLooked(_)
            | Command::Elsewhere(_)
            | Command::ElsewhereOpen(_)
    )
}

/// Takes the tablet's folder for this process.
fn lock(folder: &Path) -> Outcome<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    let file = options
        .open(folder.join("door.lock"))
        .map_err(|error| index::failed(&error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Problem::new("store.in_use")),
        Err(TryLockError::Error(error)) => Err(index::failed(&error)),
    }
}
