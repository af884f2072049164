//! Why an operation did not happen.

use std::io;

/// Why the disk did not do what it was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DiskError {
    /// The power is off, or the process that asks was killed.
    #[error("the power is off")]
    Dead,
    /// The file was opened before the disk last started.
    #[error("the file was opened before the disk last started")]
    Stale,
    /// A fault that a test has asked for.
    #[error("the disk failed, as it was told to")]
    Injected,
    /// There is no room.
    #[error("the disk is full")]
    Full,
    /// There is no such file.
    #[error("there is no such file")]
    Missing,
    /// Another connection holds a lock that is in the way.
    #[error("another connection holds the file")]
    Busy,
}

impl From<DiskError> for io::Error {
    fn from(error: DiskError) -> Self {
        let kind = match error {
            DiskError::Full => io::ErrorKind::StorageFull,
            DiskError::Missing => io::ErrorKind::NotFound,
            DiskError::Busy => io::ErrorKind::WouldBlock,
            DiskError::Dead | DiskError::Stale | DiskError::Injected => io::ErrorKind::Other,
        };
        Self::new(kind, error)
    }
}
