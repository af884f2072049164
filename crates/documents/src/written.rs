//! Who wrote when: the changes that people made, without their content.

use crate::{actor::is_reserved, change::Hash, conflict::moment, document::Document};
use chrono::{DateTime, Utc};

/// A change that a person made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Which.
    pub change: Hash,
    /// By whom, as an actor.
    pub actor: [u8; 16],
    /// When, by the author's clock.
    pub at: DateTime<Utc>,
}

impl Document {
    /// The changes that people made, each after those that it builds on.
    #[must_use]
    pub fn written(&self) -> Vec<Written> {
        self.log
            .all()
            .iter()
            .filter(|change| !is_reserved(&change.chunk.actor))
            .map(|change| Written {
                change: change.chunk.hash,
                actor: change.chunk.actor,
                at: moment(change.chunk.time),
            })
            .collect()
    }
}
