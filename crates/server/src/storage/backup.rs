//! Backups as files: put back, or looked at.

use super::{Address, StorageError, Survey, postgres, sqlite};
use hemrond_protocol::Epoch;
use std::{path::Path, sync::Arc};

/// Opens a database to look at it, and changes nothing in it.
///
/// # Errors
/// When it cannot be reached.
pub async fn examine(address: &Address) -> Result<Arc<dyn Survey>, StorageError> {
    Ok(match address {
        Address::Sqlite(path) => Arc::new(sqlite::examine(path).await?),
        Address::Postgres(url) => Arc::new(postgres::examine(url).await?),
    })
}

/// Puts a backup where nothing is yet, as a database that begins a new life with `epoch` and takes
/// back from the tablets what it lacks: both or neither.
///
/// # Errors
/// When there is something already, or the file is no backup of ours.
pub async fn restore(address: &Address, from: &Path, epoch: Epoch) -> Result<(), StorageError> {
    match address {
        Address::Sqlite(path) => sqlite::restore(path, from, epoch).await,
        Address::Postgres(url) => postgres::restore(url, from, epoch).await,
    }
}

/// A backup that can be looked at, until it is removed.
pub struct Unpacked(Kind);

enum Kind {
    /// A file is looked at where it lies.
    File(sqlite::Tables),
    /// A dump is played into a database of its own.
    Database(Box<postgres::Scratch>),
}

/// Opens a backup of a database such as the one at this address, to look at it.
///
/// # Errors
/// When it is no backup of ours, or PostgreSQL lets nobody make a database.
pub async fn examine_backup(
    address: &Address,
    backup: &Path,
    mark: [u8; 16],
) -> Result<Unpacked, StorageError> {
    Ok(Unpacked(match address {
        Address::Sqlite(_) => Kind::File(sqlite::examine(backup).await?),
        Address::Postgres(url) => {
            Kind::Database(Box::new(postgres::unpack(url, backup, mark).await?))
        }
    }))
}

impl Unpacked {
    /// What is in it.
    #[must_use]
    pub fn survey(&self) -> &dyn Survey {
        match &self.0 {
            Kind::File(tables) => tables,
            Kind::Database(scratch) => &scratch.tables,
        }
    }

    /// Takes away what was unpacked. The backup itself stays.
    ///
    /// # Errors
    /// When the database in which it was looked at cannot be removed.
    pub async fn remove(self) -> Result<(), StorageError> {
        match self.0 {
            Kind::File(_) => Ok(()),
            Kind::Database(scratch) => scratch.remove().await,
        }
    }
}
