//! `door.json`: who has a place on this tablet, and what their keys are sealed with.
//!
//! Nothing about patients stands in it. It is replaced as a whole, so that after a power cut it is
//! the old one or the new one.

use super::tries::Tries;
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

    /// The folder of its database.
    pub(crate) fn folder(&self, tablet: &Path) -> PathBuf {
        match self.home {
            Home::Own => own_folder(tablet, &self.id),
            Home::Root => tablet.to_owned(),
        }
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
        let damaged = |error: &dyn std::fmt::Display| {
            tracing::error!(%error, "the door's file cannot be read");
            Problem::new("door.damaged")
        };
        let mut index: Self = serde_json::from_slice(&text).map_err(|error| damaged(&error))?;
        let is_id = |id: &str| id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        if index.version > VERSION {
            return Err(Problem::new("store.newer_schema"));
        }
        if !index.places.iter().all(|place| is_id(&place.id)) {
            return Err(damaged(&"a place's id is none"));
        }
        for place in &mut index.places {
            place.tries = Tries::read(tablet, &place.id).map_err(|error| failed(&error))?;
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
