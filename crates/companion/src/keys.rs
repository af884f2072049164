//! The key that earlier versions kept in a file beside the database.

use crate::failure::{Outcome, Problem};
use hemrond_vault::Secret;
use std::{fs, io::Write as _, path::Path};
use zeroize::Zeroizing;

/// The file, beside the database.
const FILE: &str = "tablet.key";

/// Reads the key of an earlier version's tablet; none where there is no file.
///
/// # Errors
/// When the file cannot be read, or holds no key.
pub(crate) fn of_earlier_version(folder: &Path) -> Outcome<Option<Secret>> {
    let text = match fs::read_to_string(folder.join(FILE)) {
        Ok(text) => Zeroizing::new(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(&error)),
    };
    let mut bytes = [0; 32];
    hex::decode_to_slice(text.trim(), &mut bytes).map_err(|error| unreadable(&error))?;
    Ok(Some(Secret::new(bytes)))
}

/// Destroys the file, once the key lies behind a PIN.
///
/// # Errors
/// When the disk fails.
pub(crate) fn forget(folder: &Path) -> Outcome<()> {
    let path = folder.join(FILE);
    let erased = || -> std::io::Result<()> {
        let mut file = fs::OpenOptions::new().write(true).open(&path)?;
        file.write_all(&[b'0'; 64])?;
        file.sync_all()?;
        fs::remove_file(&path)?;
        fs::File::open(folder)?.sync_all()
    };
    match erased() {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(unreadable(&error)),
        _ => Ok(()),
    }
}

fn unreadable(error: &dyn std::fmt::Display) -> Problem {
    tracing::error!(%error, "the key file");
    Problem::new("key.unreadable")
}
