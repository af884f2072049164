//! Whether the disk runs, and when that ends.

use crate::error::DiskError;

/// How a disk stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The battery is empty: what is not durable may be lost.
    PowerCut,
    /// The process is killed: the system goes on and keeps what was written.
    Killed,
}

/// Whether the disk runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Power {
    #[default]
    On,
    /// So many changes are still done.
    Ending {
        left: u64,
        end: End,
    },
    Off(End),
}

impl Power {
    /// Whether anything can be read.
    pub(crate) const fn is_on(self) -> Result<(), DiskError> {
        match self {
            Self::On | Self::Ending { .. } => Ok(()),
            Self::Off(_) => Err(DiskError::Dead),
        }
    }

    /// Counts a change, which happens unless this fails.
    pub(crate) const fn spend(&mut self) -> Result<(), DiskError> {
        match self {
            Self::On => Ok(()),
            Self::Ending { left: 0, end } => {
                *self = Self::Off(*end);
                Err(DiskError::Dead)
            }
            Self::Ending { left, .. } => {
                *left -= 1;
                Ok(())
            }
            Self::Off(_) => Err(DiskError::Dead),
        }
    }
}
