//! Where the database's key is kept.

use crate::{
    environment::Randomness,
    failure::{Outcome, Problem},
};
use hemrond_store::Key;
use std::{fs, io::Write as _, path::Path};

/// The stand-in's file, beside the database.
const FILE: &str = "tablet.key";

/// Reads the key from the file beside the database, or makes both.
///
/// A stand-in for development and demonstration: whoever copies the folder has the key as well.
/// The interface says so wherever it shows this tablet. The platform's keystore takes its place
/// behind the same call.
///
/// # Errors
/// When the file cannot be read or written, or holds no key. A new key is never made beside an
/// existing database: it could not open it.
pub fn from_file(folder: &Path, randomness: &dyn Randomness) -> Outcome<Key> {
    fs::create_dir_all(folder).map_err(|error| unreadable(&error))?;
    let path = folder.join(FILE);
    match fs::read_to_string(&path) {
        Ok(text) => {
            let mut bytes = [0; 32];
            hex::decode_to_slice(text.trim(), &mut bytes).map_err(|error| unreadable(&error))?;
            Ok(Key::new(bytes))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            if folder.join("tablet.db").exists() {
                return Err(Problem::new("store.wrong_key"));
            }
            make(&path, randomness)
        }
        Err(error) => Err(unreadable(&error)),
    }
}

fn make(path: &Path, randomness: &dyn Randomness) -> Outcome<Key> {
    let bytes = randomness.key();
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|error| unreadable(&error))?;
    file.write_all(hex::encode(bytes).as_bytes())
        .map_err(|error| unreadable(&error))?;
    // Without its key the database is lost: the key must be on disk before anything rests on it.
    file.sync_all().map_err(|error| unreadable(&error))?;
    if let Some(folder) = path.parent() {
        fs::File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(|error| unreadable(&error))?;
    }
    Ok(Key::new(bytes))
}

fn unreadable(error: &dyn std::fmt::Display) -> Problem {
    tracing::error!(%error, "the key file");
    Problem::new("key.unreadable")
}
