//! A file that has its own name only once it is whole and on the disk.

use super::StorageError;
use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering::Relaxed},
};

/// Tells apart what one process writes at once.
static COUNT: AtomicU32 = AtomicU32::new(0);

/// A file that is being written, beside its place. Dropped, it leaves nothing.
#[derive(Debug)]
pub(super) struct Unfinished {
    beside: PathBuf,
    to: PathBuf,
}

impl Unfinished {
    /// Begins an empty file that only its owner reads.
    pub(super) fn begin(to: &Path) -> Result<Self, StorageError> {
        refuse_what_is_there(to)?;
        let count = COUNT.fetch_add(1, Relaxed);
        let mut name = OsString::from(to);
        name.push(format!(".unfinished-{}-{count}", std::process::id()));
        let beside = PathBuf::from(name);
        // Who had this number before and was killed has no more use for it.
        let _ = fs::remove_file(&beside);
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&beside).map_err(failed)?;
        Ok(Self {
            beside,
            to: to.to_owned(),
        })
    }

    /// Where to write.
    pub(super) fn path(&self) -> &Path {
        &self.beside
    }

    /// Waits until it is on the disk, and gives it its name.
    pub(super) async fn finish(self) -> Result<(), StorageError> {
        sync(&self.beside).await.map_err(failed)?;
        // A link never replaces a file. Not every disk knows links.
        if tokio::fs::hard_link(&self.beside, &self.to).await.is_err() {
            refuse_what_is_there(&self.to)?;
            tokio::fs::rename(&self.beside, &self.to)
                .await
                .map_err(failed)?;
        }
        let _ = tokio::fs::remove_file(&self.beside).await;
        sync(&self.to).await.map_err(failed)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.beside);
    }
}

fn refuse_what_is_there(to: &Path) -> Result<(), StorageError> {
    if to.exists() {
        return Err(StorageError::Backup(format!(
            "{} exists already; choose a new name, so that no earlier backup is lost",
            to.display()
        )));
    }
    Ok(())
}

fn failed(error: io::Error) -> StorageError {
    StorageError::Backup(format!(
        "{error}; check that the folder exists, is yours and has room"
    ))
}

/// Waits until a file and its name are on the disk.
pub(super) async fn sync(path: &Path) -> io::Result<()> {
    tokio::fs::File::open(path).await?.sync_all().await?;
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = tokio::fs::File::open(folder.unwrap_or(Path::new("."))).await?;
    folder.sync_all().await
}
