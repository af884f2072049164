//! The database's own life: epoch, head, health, backup.

use super::StorageError;
use async_trait::async_trait;
use hemrond_protocol::Epoch;
use std::path::Path;
use tokio::sync::watch;

/// What the database says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Life {
    /// Names this unbroken life of the database.
    pub epoch: Epoch,
    /// Whether a restored server is taking back what it forgot.
    pub recovering: bool,
    /// The feed's last position.
    pub head: u64,
}

/// How far a backup has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copied {
    /// How many pages are copied.
    pub pages: u32,
    /// How many there are.
    pub of: u32,
    /// How often the copy was begun anew, since somebody wrote meanwhile.
    pub begun_anew: u32,
}

/// Hears of each step of a backup, between two steps, while nothing is held up. A database that is
/// copied by its own tool tells of none.
pub type OnStep = Box<dyn FnMut(Copied) + Send>;

/// What keeps a database in shape.
#[async_trait]
pub trait Upkeep: Send + Sync {
    /// Epoch, recovery and head.
    async fn life(&self) -> Result<Life, StorageError>;
    /// Declares the database restored: a new epoch begins, and tablets give back what it forgot.
    async fn begin_recovery(&self, epoch: Epoch) -> Result<(), StorageError>;
    /// Ends the time in which others' items are taken back.
    async fn end_recovery(&self) -> Result<(), StorageError>;
    /// The secret behind this life's nonces, which all processes share; `drawn` becomes it where
    /// there is none yet.
    async fn nonce_secret(&self, drawn: [u8; 32]) -> Result<[u8; 32], StorageError>;
    /// The feed's last position, as it moves: by this process at once, by others soon.
    fn head(&self) -> watch::Receiver<u64>;
    /// Looks whether another process has moved the feed.
    async fn refresh_head(&self) -> Result<(), StorageError>;
    /// Copies the whole database, as it is at one moment, into a new file, while it goes on serving.
    /// The file has its name only once it is whole and on the disk.
    async fn backup(&self, to: &Path, on_step: OnStep) -> Result<(), StorageError>;
    /// Closes the database's connections.
    async fn close(&self);
}
