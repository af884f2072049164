//! An encrypted copy of somebody's work becomes a place again. It opens as one whose key was wiped
//! does: with the key that the server gives back for a new code.

use super::{
    Door, Inner,
    index::{self, Index, Place},
};
use crate::{
    api::{BringBack, Copies, CopyView},
    failure::{Outcome, Problem},
    tablet::Unsent,
};
use chrono::{DateTime, NaiveDateTime, Utc};
use hemrond_domain::ids::UserId;
use serde::{Deserialize, Serialize};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Where encrypted copies are put.
pub(super) const EXPORTS: &str = "exports";

/// How a copy's name says when it was made.
pub(super) const MADE_AT: &str = "%Y%m%dT%H%M%SZ";

/// The copied database.
const DATABASE: &str = "tablet.db";

/// What lies beside it. It is written last: a copy without it is none.
const KEY: &str = "key.json";

/// Whose copy it is, and the key that only the server opens.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct CopyKey {
    pub(super) user: UserId,
    pub(super) name: String,
    pub(super) server: String,
    #[serde(with = "hex::serde")]
    pub(super) sealed_key: Vec<u8>,
    /// What people called the tablet. An earlier version did not write this and what follows.
    #[serde(default)]
    pub(super) tablet: String,
    /// Whether the server had shut the tablet out: it goes on as another then.
    #[serde(default)]
    pub(super) shut_out: bool,
    #[serde(default)]
    pub(super) unsent: Option<Unsent>,
}

/// A copy that lies on this tablet.
struct Copy {
    folder: PathBuf,
    /// The folder's name.
    name: String,
    /// The place that it was made of.
    id: String,
    made_at: DateTime<Utc>,
    key: CopyKey,
}

impl Door {
    /// The copies that lie on this tablet and have no place, the newest first. Nothing of a patient's
    /// can be told of them.
    pub(super) fn copies(&self, inner: &Inner) -> Outcome<Copies> {
        let found = found(&self.folder, &inner.index).map_err(|error| index::failed(&error))?;
        let copies = found.into_iter().map(|copy| CopyView {
            copy: copy.name,
            name: copy.key.name,
            made_at: copy.made_at,
        });
        Ok(Copies {
            copies: copies.collect(),
        })
    }

    /// Gives a copy its place back, closed. The copy itself stays where it is.
    pub(super) fn bring_back(&self, inner: &mut Inner, args: &BringBack) -> Outcome<()> {
        let failed = |error: io::Error| index::failed(&error);
        let found = found(&self.folder, &inner.index).map_err(failed)?;
        let copy = found.into_iter().find(|copy| copy.name == args.copy);
        let copy = copy.ok_or_else(|| Problem::new("export.unknown"))?;
        // No place knows this folder: what lies there is left of a removal that was cut short.
        remove(&index::own_folder(&self.folder, &copy.id)).map_err(failed)?;
        let folder = index::begin_home(&self.folder, &copy.id)?;
        if let Err(error) = copy_database(&copy.folder, &folder) {
            remove(&folder).map_err(failed)?;
            return Err(failed(error));
        }
        let now = self.world.clock.now();
        inner
            .index
            .places
            .push(Place::of_copy(copy.id, copy.key, now));
        if let Err(problem) = inner.index.write(&self.folder) {
            inner.index.places.pop();
            remove(&folder).map_err(failed)?;
            return Err(problem);
        }
        index::finish_home(&folder)?;
        self.announce(inner);
        Ok(())
    }
}

/// Copies a closed database, and what a run that was killed left beside it.
pub(super) fn copy_database(from: &Path, to: &Path) -> io::Result<()> {
    for name in [DATABASE, "tablet.db-wal"] {
        let file = from.join(name);
        if file.exists() {
            fs::copy(&file, to.join(name))?;
            fs::File::open(to.join(name))?.sync_all()?;
        }
    }
    fs::File::open(to)?.sync_all()
}

/// Writes whose copy it is, which makes it one.
pub(super) fn write_key(to: &Path, key: &CopyKey) -> io::Result<()> {
    let path = to.join(KEY);
    fs::write(&path, serde_json::to_vec(key)?)?;
    fs::File::open(&path)?.sync_all()?;
    fs::File::open(to)?.sync_all()
}

fn found(tablet: &Path, index: &Index) -> io::Result<Vec<Copy>> {
    let folders = match fs::read_dir(tablet.join(EXPORTS)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        folders => folders?,
    };
    let mut copies = Vec::new();
    for folder in folders {
        let Some(copy) = read(folder?.path()) else {
            continue;
        };
        if index.place(&copy.id).is_err() {
            copies.push(copy);
        }
    }
    copies.sort_by(|a, b| b.name.cmp(&a.name));
    Ok(copies)
}

/// A folder as a copy; none if it is something else, or was never finished.
fn read(folder: PathBuf) -> Option<Copy> {
    let name = folder.file_name()?.to_str()?.to_owned();
    let (made_at, id) = name.rsplit_once('-')?;
    let made_at = NaiveDateTime::parse_from_str(made_at, MADE_AT).ok()?;
    let id = index::is_id(id).then(|| id.to_owned())?;
    let key = fs::read(folder.join(KEY)).ok()?;
    let key: CopyKey = serde_json::from_slice(&key).ok()?;
    let whole = folder.join(DATABASE).is_file() && !key.sealed_key.is_empty();
    whole.then_some(Copy {
        folder,
        name,
        id,
        made_at: made_at.and_utc(),
        key,
    })
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}
