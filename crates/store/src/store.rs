//! The store itself: one connection, one call at a time, every write one transaction.

use crate::{
    cell::Cell as _,
    error::{OpenError, StoreError},
    key::Key,
    medium::{FileSystem, Medium},
    open::{self, Versions},
    reserve::Reserve,
    session::Session,
    sql,
};
use std::{
    fmt,
    ops::{Deref, DerefMut},
    path::Path,
    sync::Arc,
};
use tokio::sync::{MappedMutexGuard, Mutex, MutexGuard};

/// The tablet's encrypted store. Share it behind an `Arc`; calls wait for each other.
pub struct Store {
    session: Mutex<Option<Session>>,
    reserve: Reserve,
    versions: Versions,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store")
            .field("versions", &self.versions)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the store at `path`, and makes it where there is no file. Its folder must exist.
    ///
    /// # Errors
    /// When the file cannot be read with this key, is damaged, newer or in use, or the disk fails.
    /// The file is left as it was.
    pub async fn open(path: impl AsRef<Path>, key: &Key) -> Result<Self, OpenError> {
        Self::open_on(Arc::new(FileSystem), path, key).await
    }

    /// Opens the store at `path` of a medium, as [`Store::open`] does on the file system. It stays
    /// on this medium as long as it is open.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open_on(
        medium: Arc<dyn Medium>,
        path: impl AsRef<Path>,
        key: &Key,
    ) -> Result<Self, OpenError> {
        let path = path.as_ref();
        let (opened, lock) = open::open(&*medium, path, key).await?;
        let (connection, versions) = opened;
        let reserve = Reserve::of(Arc::clone(&medium), path);
        let session = Session::new(connection, medium, path.to_owned(), key.clone(), lock);
        Ok(Self {
            session: Mutex::new(Some(session)),
            reserve,
            versions,
        })
    }

    /// What the store runs on.
    #[must_use]
    pub const fn versions(&self) -> &Versions {
        &self.versions
    }

    /// Reads the whole file and names what is damaged in it; it takes seconds. Empty: nothing is.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn check(&self) -> Result<Vec<String>, StoreError> {
        let mut found = Vec::new();
        for statement in ["PRAGMA cipher_integrity_check", "PRAGMA quick_check(20)"] {
            let mut reading = self.read().await?;
            match sql::rows(&mut reading, statement, sql::nothing()).await {
                Ok(rows) => {
                    for row in &rows {
                        let line = String::read(row, 0)?;
                        found.extend((line != "ok").then_some(line));
                    }
                }
                Err(StoreError::Corrupted { detail }) => found.push(detail),
                Err(error) => return Err(error),
            }
            // SQLCipher's own check leaves a connection that reads nothing more.
            reading.distrust();
        }
        Ok(found)
    }

    /// Whether the room that is kept for the access log is all there. If not, the disk has been full
    /// since the store was opened, or was too full to keep any.
    #[must_use]
    pub fn has_reserve(&self) -> bool {
        self.reserve.is_whole()
    }

    /// Makes the room that is kept for the access log whole again, where the disk has room for it.
    pub fn fill_reserve(&self) {
        if !self.reserve.is_whole() {
            self.reserve.fill();
        }
    }

    /// What to try once the disk is full, for what must be written all the same: first the log is
    /// written into the file, so that it begins anew in the room that it has; then the reserve gives
    /// way, a slice each time. False once nothing is left to try.
    pub(crate) async fn make_room(&self, first: bool) -> Result<bool, StoreError> {
        if !first && !self.reserve.give_way() {
            return Ok(false);
        }
        let mut held = self.read().await?;
        let statement = "PRAGMA wal_checkpoint(RESTART)";
        match sql::rows(&mut held, statement, sql::nothing()).await {
            // What the file could not grow by stays in the log, which may grow now.
            Ok(_) | Err(StoreError::DiskFull) => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// Writes the log into the file and closes it. Later calls fail; closing twice does nothing.
    ///
    /// # Errors
    /// When the disk fails. What was committed stays in the log, and the next opening finds it.
    pub async fn close(&self) -> Result<(), StoreError> {
        let Some(mut session) = self.session.lock().await.take() else {
            return Ok(());
        };
        let checkpointed = match session.settle().await {
            Ok(()) => {
                let statement = "PRAGMA wal_checkpoint(TRUNCATE)";
                sql::rows(&mut session, statement, sql::nothing())
                    .await
                    .map(|_| ())
            }
            Err(error) => Err(error),
        };
        session.close().await?;
        checkpointed
    }

    /// The connection, for reading.
    pub(crate) async fn read(&self) -> Result<Held<'_>, StoreError> {
        let mut guard = self.session.lock().await;
        guard.as_mut().ok_or(StoreError::Closed)?.settle().await?;
        match MutexGuard::try_map(guard, Option::as_mut) {
            Ok(session) => Ok(Held { session }),
            Err(_) => Err(StoreError::Closed),
        }
    }

    /// Runs one statement, which is a transaction by itself. It is on disk when this returns; answers
    /// how many rows it touched.
    pub(crate) async fn write_once(
        &self,
        statement: &str,
        values: sql::Values,
    ) -> Result<u64, StoreError> {
        sql::execute(&mut *self.read().await?, statement, values).await
    }

    /// The connection with a transaction begun. Unless it is committed, it is rolled back before
    /// anything else happens.
    pub(crate) async fn write(&self) -> Result<Writing<'_>, StoreError> {
        let mut held = self.read().await?;
        held.begin();
        sql::execute(&mut held, "BEGIN IMMEDIATE", sql::nothing()).await?;
        Ok(Writing { held })
    }
}

/// The connection for the length of one call.
pub(crate) struct Held<'s> {
    session: MappedMutexGuard<'s, Session>,
}

impl Deref for Held<'_> {
    type Target = Session;
    fn deref(&self) -> &Session {
        &self.session
    }
}

impl DerefMut for Held<'_> {
    fn deref_mut(&mut self) -> &mut Session {
        &mut self.session
    }
}

/// The connection for the length of one transaction.
pub(crate) struct Writing<'s> {
    held: Held<'s>,
}

impl Writing<'_> {
    /// Puts everything on disk. Only when this has returned may anyone say "saved".
    pub(crate) async fn commit(mut self) -> Result<(), StoreError> {
        sql::execute(&mut self.held, "COMMIT", sql::nothing()).await?;
        self.held.committed();
        Ok(())
    }
}

impl Deref for Writing<'_> {
    type Target = Session;
    fn deref(&self) -> &Session {
        &self.held
    }
}

impl DerefMut for Writing<'_> {
    fn deref_mut(&mut self) -> &mut Session {
        &mut self.held
    }
}
