//! Whether something that was made is newer than what it was made from.

use crate::error::Error;
use std::{
    fs, io,
    path::{Path, PathBuf},
    time::SystemTime,
};

/// Whether `made` is there and newer than all of the sources; folders are looked through.
pub(crate) fn is_newer(made: &Path, sources: &[PathBuf]) -> Result<bool, Error> {
    let Some(made) = modified(made).map_err(Error::io(made.display().to_string()))? else {
        return Ok(false);
    };
    for source in sources {
        let newest = newest(source).map_err(Error::io(source.display().to_string()))?;
        if newest.is_none_or(|newest| newest > made) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// When a file was last written; none where there is no such file.
fn modified(path: &Path) -> io::Result<Option<SystemTime>> {
    match fs::metadata(path) {
        Ok(metadata) => metadata.modified().map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// When a file, or anything in a folder, was last written. A folder's own time tells of files that
/// were taken away.
fn newest(path: &Path) -> io::Result<Option<SystemTime>> {
    let mut newest = modified(path)?;
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            newest = newest.max(self::newest(&entry?.path())?);
        }
    }
    Ok(newest)
}

#[cfg(test)]
mod tests {
    use super::is_newer;
    use std::{
        error::Error,
        fs::{self, File},
        path::{Path, PathBuf},
        time::{Duration, SystemTime},
    };

    /// A folder for one test, emptied first.
    fn folder(name: &str) -> Result<PathBuf, Box<dyn Error>> {
        let folder =
            std::env::temp_dir().join(format!("hemrond-xtask-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("src/deep"))?;
        Ok(folder)
    }

    fn write(path: &Path, age: u64) -> Result<(), Box<dyn Error>> {
        let file = File::create(path)?;
        file.set_modified(SystemTime::now() - Duration::from_secs(age))?;
        Ok(())
    }

    #[test]
    fn what_is_absent_or_older_than_a_source_is_not_fresh() -> Result<(), Box<dyn Error>> {
        let folder = folder("fresh")?;
        let (made, source) = (folder.join("made"), folder.join("src"));
        write(&source.join("deep/a"), 50)?;
        for path in [source.join("deep"), source.clone()] {
            File::open(path)?.set_modified(SystemTime::now() - Duration::from_secs(50))?;
        }
        let sources = [source.clone()];
        assert!(!is_newer(&made, &sources)?, "absent");
        write(&made, 100)?;
        assert!(!is_newer(&made, &sources)?, "older");
        write(&made, 10)?;
        assert!(is_newer(&made, &sources)?, "newer");
        assert!(
            !is_newer(&made, &[folder.join("gone")])?,
            "a source is gone"
        );
        fs::remove_dir_all(folder)?;
        Ok(())
    }
}
