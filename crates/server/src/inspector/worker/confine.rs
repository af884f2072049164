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

    /// Closes every file but the three that a program starts with. The server closes its own; these
    /// are what whoever started the server left open.
    #[cfg(unix)]
    pub(super) fn close_files() -> io::Result<()> {
        let open = std::fs::read_dir("/proc/self/fd")?;
        let numbers: Vec<i32> = open
            .filter_map(|file| file.ok()?.file_name().to_str()?.parse().ok())
            .filter(|number| *number > 2)
            .collect();
        for number in numbers {
            // Fails for the folder itself, which is closed by now.
            let _ = nix::unistd::close(number);
        }
        Ok(())
    }

    /// Nothing to close: [`Confinement::apply`] ends it.
    #[cfg(not(unix))]
    pub(super) fn close_files() -> io::Result<()> {
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
