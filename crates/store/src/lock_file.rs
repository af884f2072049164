//! One process at a time: a lock beside the database, which the system drops with the process.

use crate::{
    error::OpenError,
    medium::{Locked, Medium},
};
use std::{
    fmt, io,
    path::{Path, PathBuf},
};

/// Holds the database for this process until it is dropped.
pub(crate) struct LockFile {
    _lock: Box<dyn Send>,
}

impl fmt::Debug for LockFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LockFile").finish_non_exhaustive()
    }
}

impl LockFile {
    /// Takes the lock of the database at `path`, or says who is in the way. It does not wait.
    pub(crate) fn take(medium: &dyn Medium, path: &Path) -> Result<Self, OpenError> {
        match medium.lock(&beside(path, ".lock")) {
            Ok(Locked::Ours(lock)) => Ok(Self { _lock: lock }),
            Ok(Locked::Elsewhere) => Err(OpenError::InUse {
                path: path.to_owned(),
            }),
            Err(error) => Err(from_io(path, &error)),
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
