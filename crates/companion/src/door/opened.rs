//! A user's database while it is open.

use super::lease::Lease;
use crate::{sync::Runner, tablet::Companion};
use chrono::{DateTime, Utc};
use hemrond_vault::Secret;
use std::sync::Arc;
use tokio::task::JoinHandle;

/// A user's database that is open, and everything that goes on around it.
pub(super) struct Opened {
    /// The place's id.
    pub(super) id: String,
    pub(super) companion: Arc<Companion>,
    /// The database's key, for sealing what belongs to it.
    pub(super) key: Secret,
    pub(super) runner: Option<Runner>,
    /// Hands the companion's news on.
    pub(super) _news: Listening,
    /// When a person last did something.
    pub(super) touched: DateTime<Utc>,
    /// After how many minutes without one it locks.
    pub(super) lock_minutes: u8,
    pub(super) lease: Lease,
    /// The lease as it was last written down.
    pub(super) written: Option<Lease>,
    /// Whether the faces have been told that the lease is over.
    pub(super) told_over: bool,
}

/// A database that is locked and still sends.
pub(super) struct Leaving {
    pub(super) opened: Opened,
    /// When it is closed at the latest.
    pub(super) until: DateTime<Utc>,
}

/// A task that ends with this.
pub(super) struct Listening(pub(super) JoinHandle<()>);

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.abort();
    }
}
