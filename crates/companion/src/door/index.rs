//! `door.json`: who has a place on this tablet, and what their keys are sealed with.
//!
//! Nothing about patients stands in it. It is replaced as a whole, so that after a power cut it is
//! the old one or the new one.

use super::{bring_back::CopyKey, tries::Tries};
use crate::{
    api::Settings,
    failure::{Outcome, Problem},
    tablet::Unsent,
};
use chrono::{DateTime, Utc};
use hemrond_domain::ids::UserId;
use hemrond_vault::Slot;
use serde::{Deserialize, Serialize};
use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

const FILE: &str = "door.json";
const USERS: &str = "users";

/// Stands in a folder until its user is in the index. A power cut before leaves nothing that anybody
/// was told to be kept.
const UNFINISHED: &str = "unfinished";

/// The newest form of the index that this version knows.
const VERSION: u16 = 1;

/// The index.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Index {
    version: u16,
    /// Language, theme and text size while nobody is in.
    pub(crate) settings: Settings,
    pub(crate) places: Vec<Place>,
}

/// A user's place on this tablet.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Place {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) user: UserId,
    pub(crate) tablet: String,
    pub(crate) server: String,
    home: Home,
    /// None once the key was wiped.
    pub(crate) slot: Option<Slot>,
    /// In a file of its own: see [`Tries`].
    #[serde(skip)]
    pub(crate) tries: Tries,
    /// The key, sealed to the server.
    #[serde(with = "hex::serde", default)]
    pub(crate) rescue: Vec<u8>,
    /// The lease, sealed under the key.
    #[serde(with = "hex::serde", default)]
    pub(crate) lease: Vec<u8>,
    pub(crate) shut: Option<Shut>,
    /// What was unsent when it was last closed.
    pub(crate) unsent: Option<Unsent>,
    /// Whether an export was made since.
    pub(crate) exported: bool,
}

/// Where a user's database lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Home {
    /// In a folder of its own.
    Own,
    /// In the tablet's folder, where earlier versions put the only one.
    Root,
}

/// Why a place opens no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Shut {
    pub(crate) why: Why,
    pub(crate) at: DateTime<Utc>,
}

/// Who destroyed the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Why {
    /// Ten wrong PINs.
    Pins,
    /// The server shut the tablet or its user out.
    Server,
    /// Nobody: it was brought back from an encrypted copy, which comes without its key.
    Copy,
    /// The same, of a tablet that had been shut out.
    CopyOfShutOut,
}

impl Why {
    /// Whether the server knows the tablet no longer: it goes on as another then.
    pub(crate) const fn is_shut_out(self) -> bool {
        matches!(self, Self::Server | Self::CopyOfShutOut)
    }
}

impl Place {
    /// A place that opens with this slot.
    pub(crate) fn new(id: String, home: Home, owner: &crate::enrolment::Owner, slot: Slot) -> Self {
        Self {
            id,
            name: owner.name.clone(),
            user: owner.user,
            tablet: owner.tablet.clone(),
            server: owner.server.clone(),
            home,
            slot: Some(slot),
            tries: Tries::default(),
            rescue: Vec::new(),
            lease: Vec::new(),
            shut: None,
            unsent: None,
            exported: false,
        }
    }

    /// A place that opens with a key from the server only.
    pub(super) fn of_copy(id: String, key: CopyKey, now: DateTime<Utc>) -> Self {
        let why = match key.shut_out {
            true => Why::CopyOfShutOut,
            false => Why::Copy,
        };
        Self {
            id,
            name: key.name,
            user: key.user,
            tablet: key.tablet,
            server: key.server,
            home: Home::Own,
            slot: None,
            tries: Tries::default(),
            rescue: key.sealed_key,
            lease: Vec::new(),
            shut: Some(Shut { why, at: now }),
            unsent: key.unsent,
            // The copy is there still.
            exported: true,
        }
    }

    /// The folder of its database.
    pub(crate) fn folder(&self, tablet: &Path) -> PathBuf {
        match self.home {
            Home::Own => own_folder(tablet, &self.id),
            Home::Root => tablet.to_owned(),
        }
    }

    /// Whether the database was in use when the app ended. SQLite takes its log away where it closes in
    /// order; one that is there may hold what the index does not know of: it too could not be written on a
    /// full disk.
    fn was_cut_short(&self, tablet: &Path) -> bool {
        let log = self.folder(tablet).join("tablet.db-wal");
        fs::metadata(log).is_ok_and(|log| log.len() > 0)
    }

    /// Puts the count of wrong PINs on disk.
    pub(crate) fn write_tries(&self, tablet: &Path) -> Outcome<()> {
        let written = self.tries.write(tablet, &self.id);
        written.map_err(|error| failed(&error))
    }

    /// Removes the database and what SQLite left beside it.
    pub(crate) fn remove_files(&self, tablet: &Path) -> Outcome<()> {
        let folder = self.folder(tablet);
        let removed = match self.home {
            Home::Own => fs::remove_dir_all(&folder),
            Home::Root => [
                "tablet.db",
                "tablet.db-wal",
                "tablet.db-shm",
                "tablet.db.lock",
                "tablet.db.reserve",
            ]
            .iter()
            .try_for_each(|name| gone(fs::remove_file(folder.join(name)))),
        };
        gone(removed)
            .and_then(|()| Tries::remove(tablet, &self.id))
            .map_err(|error| failed(&error))
    }
}

/// Whether this is a place's id, and so good for a folder's name.
pub(crate) fn is_id(id: &str) -> bool {
    id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The folder of a user's database.
pub(crate) fn own_folder(tablet: &Path, id: &str) -> PathBuf {
    tablet.join(USERS).join(id)
}

impl Index {
    /// Reads the index; an empty one where there is none.
    pub(crate) fn read(tablet: &Path) -> Outcome<Self> {
        let text = match fs::read(tablet.join(FILE)) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Self {
                    version: VERSION,
                    settings: Settings::default(),
                    places: Vec::new(),
                });
            }
            Err(error) => return Err(failed(&error)),
        };
        let mut index = Self::parse(&text)?;
        for place in &mut index.places {
            place.tries = Tries::read(tablet, &place.id).map_err(|error| failed(&error))?;
            if place.was_cut_short(tablet) {
                place.unsent = None;
                place.exported = false;
            }
        }
        Ok(index)
    }

    /// Reads what lies in the file. The counts of wrong PINs lie elsewhere.
    pub(crate) fn parse(text: &[u8]) -> Outcome<Self> {
        let damaged = |error: &dyn std::fmt::Display| {
            tracing::error!(%error, "the door's file cannot be read");
            Problem::new("door.damaged")
        };
        let index: Self = serde_json::from_slice(text).map_err(|error| damaged(&error))?;
        if index.version > VERSION {
            return Err(Problem::new("store.newer_schema"));
        }
        if !index.places.iter().all(|place| is_id(&place.id)) {
            return Err(damaged(&"a place's id is none"));
        }
        Ok(index)
    }

    /// Puts it on disk, in place of the one before.
    pub(crate) fn write(&self, tablet: &Path) -> Outcome<()> {
        let written = || -> io::Result<()> {
            let text = serde_json::to_vec_pretty(self)?;
            let unfinished = tablet.join(format!("{FILE}.new"));
            let mut options = fs::OpenOptions::new();
            options.write(true).create(true).truncate(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut file = options.open(&unfinished)?;
            file.write_all(&text)?;
            file.sync_all()?;
            fs::rename(&unfinished, tablet.join(FILE))?;
            sync_folder(tablet)
        };
        written().map_err(|error| failed(&error))
    }

    pub(crate) fn place(&self, id: &str) -> Outcome<&Place> {
        let found = self.places.iter().find(|place| place.id == id);
        found.ok_or_else(|| Problem::new("door.user_unknown"))
    }

    pub(crate) fn place_mut(&mut self, id: &str) -> Outcome<&mut Place> {
        let found = self.places.iter_mut().find(|place| place.id == id);
        found.ok_or_else(|| Problem::new("door.user_unknown"))
    }

    pub(crate) fn has_root(&self) -> bool {
        self.places.iter().any(|place| place.home == Home::Root)
    }

    /// Clears away what a power cut left of users who never got their place.
    pub(crate) fn tidy(&self, tablet: &Path) -> Outcome<()> {
        let tidied = || -> io::Result<()> {
            let users = match fs::read_dir(tablet.join(USERS)) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
                users => users?,
            };
            for folder in users {
                let folder = folder?.path();
                let mark = folder.join(UNFINISHED);
                if !mark.exists() {
                    continue;
                }
                let known = |place: &Place| place.folder(tablet) == folder;
                if self.places.iter().any(known) {
                    fs::remove_file(mark)?;
                } else {
                    fs::remove_dir_all(folder)?;
                }
            }
            Ok(())
        };
        tidied().map_err(|error| failed(&error))
    }
}

/// Makes a user's folder, marked as unfinished.
pub(crate) fn begin_home(tablet: &Path, id: &str) -> Outcome<PathBuf> {
    let folder = own_folder(tablet, id);
    let begun = || -> io::Result<()> {
        fs::create_dir_all(&folder)?;
        fs::File::create(folder.join(UNFINISHED))?.sync_all()?;
        sync_folder(&folder)?;
        sync_folder(&tablet.join(USERS))?;
        sync_folder(tablet)
    };
    begun().map_err(|error| failed(&error))?;
    Ok(folder)
}

/// Takes the mark away, once the index knows the user.
pub(crate) fn finish_home(folder: &Path) -> Outcome<()> {
    gone(fs::remove_file(folder.join(UNFINISHED))).map_err(|error| failed(&error))
}

/// What is gone already need not be removed.
fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    fs::File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

/// A failure of the disk, as the store tells it.
pub(crate) fn failed(error: &io::Error) -> Problem {
    tracing::error!(%error, "the door's files");
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            Problem::new("store.disk_full")
        }
        _ => Problem::new("store.io").with("detail", error),
    }
}
