//! The platform's keystore where there is one, files where there is none.

use crate::PlatformKeystore;
use hemrond_vault::{FileKeystore, Keystore, KeystoreError, Place, Secret};
use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// How a slot is marked whose secret the platform keeps.
const MARK: &str = "platform";

type Reach = Box<dyn Fn() -> Result<Arc<dyn Keystore>, KeystoreError> + Send + Sync>;

/// Prefers the platform's keystore, and never takes one that is away for one that is empty.
///
/// A secret that lies in a file from a time without a platform's keystore moves when it is asked
/// for. For each secret that the platform keeps, an empty file says so: where the platform does
/// not answer, that is an error to be told, and not a key that is lost.
pub struct PreferredKeystore {
    folder: PathBuf,
    files: FileKeystore,
    reach: Reach,
    platform: Mutex<Platform>,
}

#[derive(Default)]
enum Platform {
    #[default]
    NotTried,
    There(Arc<dyn Keystore>),
    Away,
}

impl PreferredKeystore {
    /// The keystore of this system, with files in this folder underneath. Nothing is reached for
    /// before it is needed.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self::reaching(folder, || Ok(Arc::new(PlatformKeystore::open()?)))
    }

    /// The same with another way to the platform's keystore.
    fn reaching(
        folder: &Path,
        reach: impl Fn() -> Result<Arc<dyn Keystore>, KeystoreError> + Send + Sync + 'static,
    ) -> Self {
        Self {
            folder: folder.to_owned(),
            files: FileKeystore::new(folder),
            reach: Box::new(reach),
            platform: Mutex::default(),
        }
    }

    /// The platform's keystore, reached for once more where it was away; else why not.
    fn platform(&self) -> Result<Arc<dyn Keystore>, KeystoreError> {
        let mut platform = self.platform.lock().unwrap_or_else(PoisonError::into_inner);
        if let Platform::There(keystore) = &*platform {
            return Ok(Arc::clone(keystore));
        }
        match (self.reach)() {
            Ok(keystore) => {
                *platform = Platform::There(Arc::clone(&keystore));
                Ok(keystore)
            }
            Err(error) => {
                tracing::warn!(%error, "the platform's keystore is not used");
                *platform = Platform::Away;
                Err(error)
            }
        }
    }

    /// Whether it was reached when it was last tried; the first question tries.
    fn is_there(&self) -> bool {
        let platform = self.platform.lock().unwrap_or_else(PoisonError::into_inner);
        match &*platform {
            Platform::There(_) => return true,
            Platform::Away => return false,
            Platform::NotTried => {}
        }
        drop(platform);
        self.platform().is_ok()
    }

    fn mark(&self, slot: &str) -> Result<PathBuf, KeystoreError> {
        if slot.is_empty() || !slot.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(KeystoreError::Damaged);
        }
        Ok(self.folder.join(slot).with_extension(MARK))
    }

    fn is_marked(&self, slot: &str) -> Result<bool, KeystoreError> {
        Ok(self.mark(slot)?.try_exists()?)
    }

    fn set_mark(&self, slot: &str) -> Result<(), KeystoreError> {
        fs::create_dir_all(&self.folder)?;
        fs::File::create(self.mark(slot)?)?.sync_all()?;
        Ok(self.sync_folder()?)
    }

    fn remove_mark(&self, slot: &str) -> Result<(), KeystoreError> {
        match fs::remove_file(self.mark(slot)?) {
            Ok(()) => Ok(self.sync_folder()?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn sync_folder(&self) -> io::Result<()> {
        #[cfg(unix)]
        fs::File::open(&self.folder)?.sync_all()?;
        Ok(())
    }

    /// Puts a secret where it is read back before anything rests on it.
    fn put_with(
        &self,
        platform: &dyn Keystore,
        slot: &str,
        secret: &Secret,
    ) -> Result<(), KeystoreError> {
        // The mark comes first: one too many is asked about, one too few is a key lost.
        self.set_mark(slot)?;
        platform.put(slot, secret)?;
        if platform.get(slot)?.as_ref() == Some(secret) {
            Ok(())
        } else {
            Err(KeystoreError::Platform(
                "it does not give back what it was given".to_owned(),
            ))
        }
    }
}

impl Keystore for PreferredKeystore {
    fn place(&self) -> Place {
        if self.is_there() {
            Place::Platform
        } else {
            Place::File
        }
    }

    fn get(&self, slot: &str) -> Result<Option<Secret>, KeystoreError> {
        if let Some(secret) = self.files.get(slot)? {
            if let Ok(platform) = self.platform() {
                match self.put_with(&*platform, slot, &secret) {
                    Ok(()) => self.files.erase(slot)?,
                    // It opens as before, and is tried again the next time.
                    Err(error) => tracing::warn!(%error, "a key stays in its file"),
                }
            }
            return Ok(Some(secret));
        }
        match self.platform() {
            Ok(platform) => platform.get(slot),
            Err(away) if self.is_marked(slot)? => Err(away),
            Err(_) => Ok(None),
        }
    }

    fn put(&self, slot: &str, secret: &Secret) -> Result<(), KeystoreError> {
        match self.platform() {
            Ok(platform) => {
                self.put_with(&*platform, slot, secret)?;
                self.files.erase(slot)
            }
            // What the platform may still keep for this slot is older: a file goes before it.
            Err(_) => {
                self.files.put(slot, secret)?;
                self.remove_mark(slot)
            }
        }
    }

    fn erase(&self, slot: &str) -> Result<(), KeystoreError> {
        self.files.erase(slot)?;
        match self.platform() {
            Ok(platform) => platform.erase(slot)?,
            Err(away) if self.is_marked(slot)? => return Err(away),
            Err(_) => {}
        }
        self.remove_mark(slot)
    }
}

impl fmt::Debug for PreferredKeystore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("PreferredKeystore");
        debug.field("folder", &self.folder).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use hemrond_vault::MemoryKeystore;
    use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

    /// A tablet whose platform's keystore can be away.
    struct Tablet {
        folder: tempfile::TempDir,
        platform: Arc<MemoryKeystore>,
        away: Arc<AtomicBool>,
    }

    impl Tablet {
        fn new() -> Self {
            Self {
                folder: tempfile::tempdir().unwrap(),
                platform: Arc::default(),
                away: Arc::default(),
            }
        }

        /// The keystore as a newly started app has it.
        fn start(&self) -> PreferredKeystore {
            let (platform, away) = (Arc::clone(&self.platform), Arc::clone(&self.away));
            PreferredKeystore::reaching(self.folder.path(), move || {
                if away.load(SeqCst) {
                    return Err(KeystoreError::Platform("nobody answers".to_owned()));
                }
                Ok(Arc::clone(&platform) as Arc<dyn Keystore>)
            })
        }

        fn files(&self) -> FileKeystore {
            FileKeystore::new(self.folder.path())
        }
    }

    const EVA: Secret = Secret::new([1; 32]);

    #[test]
    fn evas_secret_lies_with_the_platform_and_in_no_file() {
        let tablet = Tablet::new();
        let keystore = tablet.start();
        assert_eq!(keystore.place(), Place::Platform);
        keystore.put("eva", &EVA).unwrap();
        assert_eq!(tablet.start().get("eva").unwrap(), Some(EVA));
        assert_eq!(tablet.files().get("eva").unwrap(), None);
        assert_eq!(tablet.platform.get("eva").unwrap(), Some(EVA));
        keystore.erase("eva").unwrap();
        assert_eq!(tablet.platform.get("eva").unwrap(), None);
        assert_eq!(tablet.start().get("eva").unwrap(), None);
        let left = fs::read_dir(tablet.folder.path()).unwrap().count();
        assert_eq!(left, 0, "no mark stays either");
    }

    #[test]
    fn a_secret_from_before_moves_out_of_its_file() {
        let tablet = Tablet::new();
        tablet.away.store(true, SeqCst);
        let before = tablet.start();
        assert_eq!(before.place(), Place::File);
        before.put("eva", &EVA).unwrap();
        assert_eq!(before.get("eva").unwrap(), Some(EVA), "nothing to move to");
        tablet.away.store(false, SeqCst);
        let after = tablet.start();
        assert_eq!(after.get("eva").unwrap(), Some(EVA));
        assert_eq!(tablet.files().get("eva").unwrap(), None);
        assert_eq!(tablet.platform.get("eva").unwrap(), Some(EVA));
    }

    #[test]
    fn a_platform_that_is_away_is_not_a_key_that_is_lost() {
        let tablet = Tablet::new();
        tablet.start().put("eva", &EVA).unwrap();
        tablet.away.store(true, SeqCst);
        let keystore = tablet.start();
        assert_eq!(keystore.place(), Place::File);
        assert!(keystore.get("eva").is_err(), "told, and nothing is lost");
        assert!(keystore.erase("eva").is_err());
        assert_eq!(keystore.get("omar").unwrap(), None, "never had one");
        tablet.away.store(false, SeqCst);
        assert_eq!(keystore.get("eva").unwrap(), Some(EVA), "without a restart");
        assert_eq!(keystore.place(), Place::Platform);
    }

    #[test]
    fn a_new_secret_goes_before_what_a_platform_kept_that_was_away() {
        let tablet = Tablet::new();
        tablet.start().put("eva", &EVA).unwrap();
        tablet.away.store(true, SeqCst);
        let new = Secret::new([2; 32]);
        tablet.start().put("eva", &new).unwrap();
        assert_eq!(tablet.start().get("eva").unwrap(), Some(new.clone()));
        tablet.away.store(false, SeqCst);
        assert_eq!(tablet.start().get("eva").unwrap(), Some(new.clone()));
        assert_eq!(tablet.platform.get("eva").unwrap(), Some(new));
    }

    #[test]
    fn a_slots_name_is_never_a_path() {
        let keystore = Tablet::new().start();
        for name in ["", "../eva", "e/va", "e va"] {
            assert!(keystore.put(name, &EVA).is_err(), "{name:?}");
            assert!(keystore.erase(name).is_err(), "{name:?}");
        }
    }
}
