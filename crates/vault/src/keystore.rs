//! The half of a slot's secret that the tablet keeps.

use crate::Secret;
use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};
use zeroize::Zeroizing;

/// Where a keystore keeps what it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In a file that its owner can read: whoever copies the folder has it.
    File,
    /// In the platform's keystore: it does not leave this tablet.
    Platform,
}

/// What could not be done with the platform's secrets.
#[derive(Debug, thiserror::Error)]
pub enum KeystoreError {
    /// A file could not be read, written or removed.
    #[error("the keystore's file cannot be used: {0}")]
    Io(#[from] io::Error),
    /// What is kept there is no secret of ours.
    #[error("what the keystore holds is no key of this app")]
    Damaged,
    /// The platform's own words.
    #[error("the platform's keystore refuses: {0}")]
    Platform(String),
}

/// Keeps one secret per slot, apart from the database and from the slot.
///
/// The platform's own (Android Keystore, iOS Keychain, a TPM) takes its place behind this trait; a
/// secret that was put is there after a power cut, and one that was erased is not.
pub trait Keystore: Send + Sync {
    /// Where the secrets lie, to be told to people.
    fn place(&self) -> Place;

    /// A slot's secret; none where there is none.
    ///
    /// # Errors
    /// When the keystore fails.
    fn get(&self, slot: &str) -> Result<Option<Secret>, KeystoreError>;

    /// Keeps a slot's secret, in place of the one before.
    ///
    /// # Errors
    /// When the keystore fails; then the one before is kept.
    fn put(&self, slot: &str, secret: &Secret) -> Result<(), KeystoreError>;

    /// Destroys a slot's secret. One that is not there is no error.
    ///
    /// # Errors
    /// When the keystore fails.
    fn erase(&self, slot: &str) -> Result<(), KeystoreError>;
}

/// The stand-in: a file per slot, readable by its owner only.
#[derive(Debug, Clone)]
pub struct FileKeystore {
    folder: PathBuf,
}

impl FileKeystore {
    /// Keeps its files in this folder, which is made when it is needed.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    /// Slots' names are drawn by this app; anything else must not become a path.
    fn path(&self, slot: &str) -> Result<PathBuf, KeystoreError> {
        if slot.is_empty() || !slot.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(KeystoreError::Damaged);
        }
        Ok(self.folder.join(slot))
    }

    fn sync_folder(&self) -> io::Result<()> {
        #[cfg(unix)]
        fs::File::open(&self.folder)?.sync_all()?;
        Ok(())
    }
}

impl Keystore for FileKeystore {
    fn place(&self) -> Place {
        Place::File
    }

    fn get(&self, slot: &str) -> Result<Option<Secret>, KeystoreError> {
        let text = match fs::read_to_string(self.path(slot)?) {
            Ok(text) => Zeroizing::new(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                return Err(KeystoreError::Damaged);
            }
            Err(error) => return Err(error.into()),
        };
        let mut bytes = [0; 32];
        hex::decode_to_slice(text.trim(), &mut bytes).map_err(|_| KeystoreError::Damaged)?;
        Ok(Some(Secret::new(bytes)))
    }

    fn put(&self, slot: &str, secret: &Secret) -> Result<(), KeystoreError> {
        let path = self.path(slot)?;
        fs::create_dir_all(&self.folder)?;
        let unfinished = path.with_extension("new");
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&unfinished)?;
        let digits = Zeroizing::new(hex::encode(secret.as_bytes()));
        file.write_all(digits.as_bytes())?;
        // A slot rests on its secret: it must be on disk first.
        file.sync_all()?;
        fs::rename(&unfinished, &path)?;
        Ok(self.sync_folder()?)
    }

    fn erase(&self, slot: &str) -> Result<(), KeystoreError> {
        let path = self.path(slot)?;
        // Written over first. On flash memory the old bytes may stay where only a laboratory reads
        // them: that is why this is a stand-in.
        match fs::OpenOptions::new().write(true).open(&path) {
            Ok(mut file) => {
                file.write_all(&[b'0'; 64])?;
                file.sync_all()?;
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error.into()),
        }
        fs::remove_file(&path)?;
        Ok(self.sync_folder()?)
    }
}

/// Secrets that are kept apart from every file, for tests: what a platform's keystore looks like.
#[derive(Debug, Default)]
pub struct MemoryKeystore(Mutex<BTreeMap<String, Secret>>);

impl Keystore for MemoryKeystore {
    fn place(&self) -> Place {
        Place::Platform
    }

    fn get(&self, slot: &str) -> Result<Option<Secret>, KeystoreError> {
        let secrets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(secrets.get(slot).cloned())
    }

    fn put(&self, slot: &str, secret: &Secret) -> Result<(), KeystoreError> {
        let mut secrets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        secrets.insert(slot.to_owned(), secret.clone());
        Ok(())
    }

    fn erase(&self, slot: &str) -> Result<(), KeystoreError> {
        let mut secrets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        secrets.remove(slot);
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn story(keystore: &dyn Keystore) {
        let (eva, omar) = (Secret::new([1; 32]), Secret::new([2; 32]));
        assert_eq!(keystore.get("eva").unwrap(), None);
        keystore.put("eva", &eva).unwrap();
        keystore.put("omar", &omar).unwrap();
        assert_eq!(keystore.get("eva").unwrap(), Some(eva));
        keystore.put("eva", &Secret::new([3; 32])).unwrap();
        assert_eq!(keystore.get("eva").unwrap(), Some(Secret::new([3; 32])));
        keystore.erase("eva").unwrap();
        keystore.erase("eva").unwrap();
        assert_eq!(keystore.get("eva").unwrap(), None);
        assert_eq!(keystore.get("omar").unwrap(), Some(omar));
    }

    #[test]
    fn every_keystore_keeps_and_erases_alike() {
        let folder = tempfile::tempdir().unwrap();
        story(&FileKeystore::new(&folder.path().join("keys")));
        story(&MemoryKeystore::default());
    }

    #[test]
    fn a_slots_name_is_never_a_path_and_a_damaged_file_is_said_so() {
        let folder = tempfile::tempdir().unwrap();
        let keystore = FileKeystore::new(folder.path());
        for name in ["", "..", "../eva", "a/b", "é"] {
            assert!(keystore.put(name, &Secret::new([1; 32])).is_err(), "{name}");
        }
        for bytes in [&b""[..], b"hej", &[0xff; 64]] {
            fs::write(folder.path().join("eva"), bytes).unwrap();
            let found = keystore.get("eva");
            assert!(matches!(found, Err(KeystoreError::Damaged)), "{found:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_read_the_file() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let keystore = FileKeystore::new(folder.path());
        keystore.put("eva", &Secret::new([1; 32])).unwrap();
        let mode = fs::metadata(folder.path().join("eva"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
