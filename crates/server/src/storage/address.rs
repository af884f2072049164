//! Which database, and opening it.

use super::{Storage, StorageError, postgres, sqlite};
use hemrond_protocol::Epoch;
use std::{fmt, path::PathBuf, sync::Arc};

/// A database's address, as an administrator writes it.
#[derive(Clone, PartialEq, Eq)]
pub enum Address {
    /// A file: `sqlite:PATH`.
    Sqlite(PathBuf),
    /// A server: `postgres://…`. It may hold a password, so it is never shown.
    Postgres(String),
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(_) => f.write_str("postgres://…"),
        }
    }
}

impl std::str::FromStr for Address {
    type Err = StorageError;
    fn from_str(text: &str) -> Result<Self, StorageError> {
        let text = text.trim();
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        match text.strip_prefix("sqlite:") {
            Some(path) if !path.is_empty() => Ok(Self::Sqlite(PathBuf::from(
                path.strip_prefix("//").unwrap_or(path),
            ))),
            // What is no address of ours may be another's, password and all.
            _ if text.contains("://") || text.contains('@') => {
                Err(StorageError::Address("…".to_owned()))
            }
            _ => Err(StorageError::Address(text.to_owned())),
        }
    }
}

/// Opens a database and brings its tables up to date. A new one begins its life with `epoch`.
///
/// # Errors
/// When it cannot be reached, or was written by a newer version.
pub async fn open(address: &Address, epoch: Epoch) -> Result<Arc<dyn Storage>, StorageError> {
    Ok(match address {
        Address::Sqlite(path) => Arc::new(sqlite::open(path, epoch).await?),
        Address::Postgres(url) => Arc::new(postgres::open(url, epoch).await?),
    })
}

/// Whether there is a database already. None is made.
///
/// # Errors
/// When that cannot be told.
pub async fn is_there(address: &Address) -> Result<bool, StorageError> {
    match address {
        Address::Sqlite(path) => path
            .try_exists()
            .map_err(|error| StorageError::Open(error.into())),
        Address::Postgres(url) => postgres::is_there(url).await,
    }
}
