//! Which keystore a program uses.

use crate::PreferredKeystore;
use hemrond_vault::{FileKeystore, Keystore};
use std::{fmt, path::Path, str::FromStr, sync::Arc};

/// Where in a tablet's folder files with halves of keys lie.
const KEYS: &str = "keystore";

/// What keeps a tablet's half of the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Keeper {
    /// Files in the tablet's folder, which whoever copies the folder has too.
    Files,
    /// This system's own keystore; files only where there is none.
    #[default]
    Platform,
}

impl Keeper {
    /// The keystore of the tablet in this folder.
    #[must_use]
    pub fn keystore(self, folder: &Path) -> Arc<dyn Keystore> {
        let keys = folder.join(KEYS);
        match self {
            Self::Files => Arc::new(FileKeystore::new(&keys)),
            Self::Platform => Arc::new(PreferredKeystore::new(&keys)),
        }
    }
}

/// A word that names no keeper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoKeeper;

impl fmt::Display for NoKeeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("write \"platform\" or \"files\"")
    }
}

impl std::error::Error for NoKeeper {}

impl FromStr for Keeper {
    type Err = NoKeeper;

    fn from_str(word: &str) -> Result<Self, NoKeeper> {
        match word {
            "files" => Ok(Self::Files),
            "platform" => Ok(Self::Platform),
            _ => Err(NoKeeper),
        }
    }
}
