//! One process at a time: a lock beside the database, which the system drops with the process.

use crate::error::OpenError;
use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
};

/// Holds the database for this process until it is dropped.
#[derive(Debug)]
pub(crate) struct LockFile {
    /// The lock lives as long as the open file does.
    _file: File,
}

impl LockFile {
    /// Takes the lock of the database at `path`, or says who is in the way. It does not wait.
    pub(crate) fn take(path: &Path) -> Result<Self, OpenError> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(beside(path, ".lock"))
            .map_err(|error| from_io(path, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse {
                path: path.to_owned(),
            }),
            Err(TryLockError::Error(error)) => Err(from_io(path, &error)),
        }
    }
}

/// The path with something put behind its name.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// A failure of the file system itself.
pub(crate) fn from_io(path: &Path, error: &io::Error) -> OpenError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => OpenError::DiskFull,
        _ => OpenError::Io {
            path: path.to_owned(),
            detail: error.to_string(),
        },
    }
}
