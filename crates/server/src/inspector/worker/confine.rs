//! What a worker gives up before it reads a byte.

use std::io;

/// A worker's bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Confinement {
    /// The memory that it may write to, in bytes: heap, stacks of threads, private mappings. The
    /// program's own code is not counted, so the bound means the same in every build.
    pub memory: u64,
}

impl Default for Confinement {
    fn default() -> Self {
        Self { memory: 64 << 20 }
    }
}

impl Confinement {
    /// Binds this process, for good.
    ///
    /// # Errors
    /// When the system refuses; then nothing may be read.
    #[cfg(unix)]
    pub fn apply(self) -> io::Result<()> {
        use nix::sys::resource::{Resource, setrlimit};
        for (what, limit) in [
            (Resource::RLIMIT_DATA, self.memory),
            // A worker that dies leaves no copy of what people wrote.
            (Resource::RLIMIT_CORE, 0),
            // It opens nothing and writes to its pipe only.
            (Resource::RLIMIT_NOFILE, 3),
            (Resource::RLIMIT_FSIZE, 0),
        ] {
            setrlimit(what, limit, limit)?;
        }
        Ok(())
    }

    /// Binds this process, for good.
    ///
    /// # Errors
    /// Always: this system has no such bounds, and `--inspect in-process` is the choice there.
    #[cfg(not(unix))]
    pub fn apply(self) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
