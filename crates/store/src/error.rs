//! What can go wrong, each with a stable code and a sentence that says what to do.

use std::path::{Path, PathBuf};

/// The primary result codes of SQLite that mean something of their own here.
mod code {
    pub(super) const ERROR: i32 = 1;
    pub(super) const BUSY: i32 = 5;
    pub(super) const LOCKED: i32 = 6;
    pub(super) const CORRUPT: i32 = 11;
    pub(super) const FULL: i32 = 13;
    pub(super) const CONSTRAINT: i32 = 19;
    pub(super) const NOT_A_DATABASE: i32 = 26;
}

/// The store could not be opened. The file is left as it was.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The first page cannot be decrypted.
    #[error(
        "{path} cannot be decrypted: the key is another one, or the file's first page is damaged. \
         Nothing was changed; check the key, or keep the file and enrol this tablet anew beside it"
    )]
    WrongKeyOrNotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// The key fits and the content does not, or the file is cut short.
    #[error(
        "{path} is damaged ({detail}). Nothing was changed; keep the file, for it may hold work \
         that is nowhere else, and have it looked at"
    )]
    Corrupted {
        /// The file.
        path: PathBuf,
        /// What was found.
        detail: String,
    },
    /// A newer version of the app wrote the file.
    #[error(
        "the store was written by a newer version (schema {found}, this one knows {known}). \
         Nothing was changed; install the newer version again"
    )]
    NewerSchema {
        /// The file's schema.
        found: i64,
        /// The newest schema that this version knows.
        known: i64,
    },
    /// Another process, or another part of this one, has it open.
    #[error("{path} is open elsewhere; close the other window of the app and try again")]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// There is no room for what opening has to write.
    #[error("the tablet's storage is full; free some space and try again")]
    DiskFull,
    /// This build has no encryption.
    #[error("this build of the app cannot encrypt its store; install a proper one")]
    NoEncryption,
    /// The file or its folder cannot be read or written.
    #[error("{path} cannot be opened: {detail}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        detail: String,
    },
}

impl OpenError {
    /// The error's stable code; its sentences are in the text files.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::WrongKeyOrNotADatabase { .. } => "store.wrong_key",
            Self::Corrupted { .. } => "store.corrupted",
            Self::NewerSchema { .. } => "store.newer_schema",
            Self::InUse { .. } => "store.in_use",
            Self::DiskFull => "store.disk_full",
            Self::NoEncryption => "store.no_encryption",
            Self::Io { .. } => "store.io",
        }
    }
}

/// A call to an open store failed. Nothing of a failed write is visible.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no room on the disk.
    #[error(
        "the tablet's storage is full, so nothing of this was saved; free some space and try again"
    )]
    DiskFull,
    /// A page cannot be read, or a value is none that this store writes.
    #[error(
        "the store is damaged ({detail}); keep the file, for it may hold work that is nowhere \
         else, and have it looked at"
    )]
    Corrupted {
        /// What was found.
        detail: String,
    },
    /// The disk failed.
    #[error("the store could not be read or written, so nothing of this was saved: {detail}")]
    Io {
        /// What the system said.
        detail: String,
    },
    /// The caller gave something that the store must not hold.
    #[error("this cannot be stored, and nothing of it was: {detail}")]
    Invalid {
        /// What is wrong with it.
        detail: String,
    },
    /// The store has been closed.
    #[error("the store is closed; start the app again")]
    Closed,
}

impl StoreError {
    /// The error's stable code; its sentences are in the text files.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::DiskFull => "store.disk_full",
            Self::Corrupted { .. } => "store.corrupted",
            Self::Io { .. } => "store.io",
            Self::Invalid { .. } => "store.invalid",
            Self::Closed => "store.closed",
        }
    }

    /// Whether trying again without changing anything cannot help.
    #[must_use]
    pub const fn is_permanent(&self) -> bool {
        match self {
            Self::DiskFull | Self::Io { .. } => false,
            Self::Corrupted { .. } | Self::Invalid { .. } | Self::Closed => true,
        }
    }

    pub(crate) fn corrupted(detail: impl Into<String>) -> Self {
        Self::Corrupted {
            detail: detail.into(),
        }
    }

    pub(crate) fn invalid(detail: impl Into<String>) -> Self {
        Self::Invalid {
            detail: detail.into(),
        }
    }

    /// Why an open store's file could not be opened again.
    pub(crate) fn from_open(error: &OpenError) -> Self {
        let detail = error.to_string();
        match error {
            OpenError::DiskFull => Self::DiskFull,
            OpenError::WrongKeyOrNotADatabase { .. } | OpenError::Corrupted { .. } => {
                Self::Corrupted { detail }
            }
            _ => Self::Io { detail },
        }
    }

    /// Why a file could not be opened.
    pub(crate) fn into_open(self, path: &Path) -> OpenError {
        let path = path.to_owned();
        match self {
            Self::DiskFull => OpenError::DiskFull,
            Self::Corrupted { detail } => OpenError::Corrupted { path, detail },
            Self::Io { detail } | Self::Invalid { detail } => OpenError::Io { path, detail },
            Self::Closed => OpenError::Io {
                path,
                detail: "the store is closed".to_owned(),
            },
        }
    }
}

/// SQLite's primary result code, where the error is SQLite's.
fn primary_code(error: &sqlx::Error) -> Option<i32> {
    let code: i32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(code & 0xff)
}

/// Whether another connection holds the file.
pub(crate) fn is_busy(error: &sqlx::Error) -> bool {
    matches!(primary_code(error), Some(code::BUSY | code::LOCKED))
}

/// Whether SQLite had nothing against the disk or the file, but against the statement.
pub(crate) fn is_misuse(error: &sqlx::Error) -> bool {
    primary_code(error) == Some(code::ERROR)
}

/// Whether the first page could not be read.
pub(crate) fn is_not_a_database(error: &sqlx::Error) -> bool {
    primary_code(error) == Some(code::NOT_A_DATABASE)
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let detail = error.to_string();
        match primary_code(&error) {
            Some(code::FULL) => Self::DiskFull,
            Some(code::CORRUPT | code::NOT_A_DATABASE) => Self::Corrupted { detail },
            // A statement that is wrong is told what is wrong with it. Without a word more, this is
            // SQLCipher: it has refused one page and refuses all others.
            Some(code::ERROR) if detail.ends_with(" SQL logic error") => Self::Corrupted { detail },
            Some(code::CONSTRAINT) => Self::Invalid { detail },
            Some(_) => Self::Io { detail },
            None => match error {
                sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => {
                    Self::Corrupted { detail }
                }
                _ => Self::Io { detail },
            },
        }
    }
}
