//! Where things lie.

use crate::error::Error;
use std::{
    env,
    ffi::OsStr,
    path::{Path, PathBuf},
};

/// How the programs are built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Quick to build.
    Debug,
    /// As it goes to tablets.
    Release,
}

impl Profile {
    /// Its folder below the target folder.
    pub(crate) const fn folder(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Release => "release",
        }
    }
}

/// The project's folders.
#[derive(Debug, Clone)]
pub(crate) struct Project {
    root: PathBuf,
    target: PathBuf,
}

impl Project {
    /// Finds the project from this program's own package, or from the folder one stands in.
    pub(crate) fn find() -> Result<Self, Error> {
        let begin = match env::var_os("CARGO_MANIFEST_DIR") {
            Some(package) => PathBuf::from(package),
            None => env::current_dir().map_err(Error::io("the current folder"))?,
        };
        let root = begin
            .ancestors()
            .find(|folder| folder.join("tauri.conf.json").is_file())
            .ok_or_else(|| Error::Missing("run this inside the project's folder".to_owned()))?
            .to_owned();
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => root.join(folder),
            None => root.join("target"),
        };
        Ok(Self { root, target })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The interface's sources.
    pub(crate) fn ui(&self) -> PathBuf {
        self.root.join("ui")
    }

    /// The tests that drive the interface in a browser.
    pub(crate) fn browser_tests(&self) -> PathBuf {
        self.root.join("tests/browser")
    }

    /// The systems that ours is measured beside.
    pub(crate) fn peers(&self) -> PathBuf {
        self.root.join("bench/peers")
    }

    /// A folder or file below the target folder.
    pub(crate) fn target(&self, below: impl AsRef<Path>) -> PathBuf {
        self.target.join(below)
    }

    /// Where nextest leaves its report: below the project's folder, wherever programs are built.
    pub(crate) fn nextest_report(&self, profile: &str) -> PathBuf {
        self.root
            .join("target/nextest")
            .join(profile)
            .join("junit.xml")
    }

    /// A program that the workspace builds.
    pub(crate) fn binary(&self, profile: Profile, name: impl AsRef<OsStr>) -> PathBuf {
        self.target
            .join(profile.folder())
            .join(Path::new(name.as_ref()))
    }

    /// A path as people of this project say it.
    pub(crate) fn told(&self, path: &Path) -> String {
        path.strip_prefix(&self.root)
            .unwrap_or(path)
            .display()
            .to_string()
    }
}
