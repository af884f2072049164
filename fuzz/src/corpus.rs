//! The inputs that are kept: seeds made of real messages, and what once was a fault.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// A target's seeds, below this package's folder.
#[must_use]
pub fn seeds(target: &str) -> PathBuf {
    folder("corpus").join(target)
}

/// What once was a fault of a target.
#[must_use]
pub fn faults(target: &str) -> PathBuf {
    folder("faults").join(target)
}

/// The files of a folder by name; none where there is no folder.
///
/// # Errors
/// When a file cannot be read.
pub fn files(folder: &Path) -> io::Result<Vec<(PathBuf, Vec<u8>)>> {
    let mut paths = match fs::read_dir(folder) {
        Ok(entries) => entries
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<io::Result<Vec<_>>>()?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error),
    };
    paths.sort();
    paths
        .into_iter()
        .map(|path| fs::read(&path).map(|bytes| (path, bytes)))
        .collect()
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}
