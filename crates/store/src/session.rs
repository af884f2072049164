//! One call's hold on the connection: what it began is ended, what broke is opened anew.

use crate::{
    error::{self, StoreError},
    key::Key,
    lock_file::LockFile,
    medium::Medium,
    open,
};
use sqlx::{Connection as _, SqliteConnection};
use std::{path::PathBuf, sync::Arc};

/// The connection and what the last call left it in.
pub(crate) struct Session {
    /// None only while it cannot be opened anew.
    connection: Option<SqliteConnection>,
    /// Set while a transaction may be open, also when its call was given up halfway.
    in_transaction: bool,
    /// Set once a page could not be read. SQLCipher then refuses every other page too, so that one
    /// damaged document would take all others with it.
    damaged: bool,
    medium: Arc<dyn Medium>,
    path: PathBuf,
    key: Key,
    /// Dropped after the connection.
    _lock: LockFile,
}

impl Session {
    pub(crate) fn new(
        connection: SqliteConnection,
        medium: Arc<dyn Medium>,
        path: PathBuf,
        key: Key,
        lock: LockFile,
    ) -> Self {
        Self {
            connection: Some(connection),
            in_transaction: false,
            damaged: false,
            medium,
            path,
            key,
            _lock: lock,
        }
    }

    /// The connection itself.
    pub(crate) fn connection(&mut self) -> Result<&mut SqliteConnection, StoreError> {
        self.connection.as_mut().ok_or_else(|| StoreError::Io {
            detail: "the file could not be opened again after an error".to_owned(),
        })
    }

    /// Notes what an error does to the connection, and passes it on.
    pub(crate) fn failed(&mut self, error: sqlx::Error) -> StoreError {
        let error = StoreError::from(error);
        self.damaged |= matches!(error, StoreError::Corrupted { .. });
        error
    }

    /// Has the connection opened anew before its next use.
    pub(crate) const fn distrust(&mut self) {
        self.damaged = true;
    }

    /// Says that a transaction is about to begin.
    pub(crate) const fn begin(&mut self) {
        self.in_transaction = true;
    }

    /// Says that the transaction is on disk.
    pub(crate) const fn committed(&mut self) {
        self.in_transaction = false;
    }

    /// Ends what an earlier call left behind: failed, or given up by its caller halfway.
    pub(crate) async fn settle(&mut self) -> Result<(), StoreError> {
        if self.damaged || self.connection.is_none() {
            return self.open_anew().await;
        }
        if self.in_transaction {
            match sqlx::query("ROLLBACK").execute(self.connection()?).await {
                Ok(_) => {}
                // SQLite has rolled back by itself, as it does when the disk is full.
                Err(error) if error::is_misuse(&error) => {}
                Err(error) => return Err(self.failed(error)),
            }
            self.in_transaction = false;
        }
        Ok(())
    }

    /// What was committed is in the log and comes back; what was not is gone.
    async fn open_anew(&mut self) -> Result<(), StoreError> {
        if let Some(broken) = self.connection.take() {
            // It may well fail: that is why it is closed.
            let _ = broken.close().await;
        }
        let (connection, _) = open::open_existing(&*self.medium, &self.path, &self.key)
            .await
            .map_err(|error| StoreError::from_open(&error))?;
        self.connection = Some(connection);
        self.in_transaction = false;
        self.damaged = false;
        Ok(())
    }

    /// Closes the connection and lets go of the file.
    pub(crate) async fn close(mut self) -> Result<(), StoreError> {
        match self.connection.take() {
            Some(connection) => Ok(connection.close().await?),
            None => Ok(()),
        }
    }
}

impl Drop for Session {
    /// Waits until the connection is closed. It lives on a thread of its own, which would otherwise
    /// still be writing its last page while the file is opened anew, or while the process ends and
    /// the cipher's library is taken down under it.
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            // Nothing is lost when it fails: what was committed is in the log.
            let _ = pollster::block_on(connection.close());
        }
    }
}
