//! What opening asks of a disk besides SQLite itself, so that a test may give it a disk of its own.

use std::{
    borrow::Cow,
    fmt,
    fs::{self, OpenOptions, TryLockError},
    io::{self, Seek as _, SeekFrom, Write as _},
    path::Path,
};

/// What a database's files lie on.
///
/// Paths are those that were given to [`crate::Store::open_on`], with something put behind their
/// names. An error's kind tells a full disk ([`io::ErrorKind::StorageFull`]) from a broken one.
pub trait Medium: fmt::Debug + Send + Sync {
    /// The name under which SQLite knows this medium's file system; none for its own.
    fn vfs(&self) -> Option<Cow<'static, str>>;

    /// Takes the lock that this path names, or says that it is taken. It does not wait.
    ///
    /// # Errors
    /// When the disk fails.
    fn lock(&self, path: &Path) -> io::Result<Locked>;

    /// A file's size in bytes, or none where there is no file.
    ///
    /// # Errors
    /// When the disk fails.
    fn size(&self, path: &Path) -> io::Result<Option<u64>>;

    /// Removes a file. One that is not there is no error.
    ///
    /// # Errors
    /// When the disk fails.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Gives a file another name in the same folder, in place of the file that had it.
    ///
    /// # Errors
    /// When the disk fails.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Makes what was created, renamed and removed in this file's folder last.
    ///
    /// # Errors
    /// When the disk fails.
    fn sync_folder(&self, of: &Path) -> io::Result<()>;

    /// Makes a file this many bytes long, each of them taken from the disk's room. Media that have
    /// no room to run out of make none.
    ///
    /// # Errors
    /// When the disk fails or is full; the file may have any length then.
    fn lay(&self, path: &Path, size: u64) -> io::Result<()> {
        let _ = (path, size);
        Ok(())
    }

    /// Cuts a file to this many bytes, none removing it.
    ///
    /// # Errors
    /// When the disk fails.
    fn shrink(&self, path: &Path, size: u64) -> io::Result<()> {
        let _ = (path, size);
        Ok(())
    }
}

/// What asking for a lock gave.
pub enum Locked {
    /// It is ours until this is dropped, or the process ends.
    Ours(Box<dyn Send>),
    /// Someone else has it.
    Elsewhere,
}

impl fmt::Debug for Locked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ours(_) => "Ours",
            Self::Elsewhere => "Elsewhere",
        })
    }
}

/// The computer's own file system.
#[derive(Debug, Clone, Copy, Default)]
pub struct FileSystem;

impl Medium for FileSystem {
    fn vfs(&self) -> Option<Cow<'static, str>> {
        None
    }

    fn lock(&self, path: &Path) -> io::Result<Locked> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        match file.try_lock() {
            // The lock lives as long as the open file does.
            Ok(()) => Ok(Locked::Ours(Box::new(file))),
            Err(TryLockError::WouldBlock) => Ok(Locked::Elsewhere),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    fn size(&self, path: &Path) -> io::Result<Option<u64>> {
        match fs::metadata(path) {
            Ok(found) => Ok(Some(found.len())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn sync_folder(&self, of: &Path) -> io::Result<()> {
        #[cfg(unix)]
        {
            let folder = match of.parent() {
                Some(folder) if !folder.as_os_str().is_empty() => folder,
                _ => Path::new("."),
            };
            fs::File::open(folder).and_then(|folder| folder.sync_all())?;
        }
        #[cfg(not(unix))]
        let _ = of;
        Ok(())
    }

    fn lay(&self, path: &Path, size: u64) -> io::Result<()> {
        let mut file = OpenOptions::new()
            .create(true)
            .write(true)
            .truncate(false)
            .open(path)?;
        let mut at = file.seek(SeekFrom::End(0))?;
        // Neither zeroes, which some file systems do not store, nor what one could compress.
        let mut noise = Noise(0x9e37_79b9_7f4a_7c15);
        let mut piece = vec![0; 64 << 10];
        while at < size {
            noise.fill(&mut piece);
            let some = usize::try_from(size - at).map_or(piece.len(), |left| left.min(piece.len()));
            let (some, _) = piece.split_at(some);
            file.write_all(some)?;
            at += u64::try_from(some.len()).unwrap_or(u64::MAX);
        }
        // A disk may find out only now that it is full.
        file.sync_all()
    }

    fn shrink(&self, path: &Path, size: u64) -> io::Result<()> {
        if size == 0 {
            return self.remove(path);
        }
        match OpenOptions::new().write(true).open(path) {
            Ok(file) if file.metadata()?.len() > size => file.set_len(size),
            Ok(_) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// Bytes that no file system makes smaller (xorshift64). They keep a place and say nothing.
struct Noise(u64);

impl Noise {
    fn fill(&mut self, bytes: &mut [u8]) {
        for eight in bytes.chunks_mut(8) {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            for (to, from) in eight.iter_mut().zip(self.0.to_le_bytes()) {
                *to = from;
            }
        }
    }
}
