//! Reading a document, now and as it was.

use super::Document;
use crate::{change::Hash, content::Content, snapshot::Snapshot};
use automerge::ChangeHash;

/// The document was to be read at changes that it does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the document does not hold {} of the changes", .0.len())]
pub struct UnknownHeads(pub Vec<Hash>);

impl Document {
    /// What the document says now.
    #[must_use]
    pub fn content(&self) -> Content {
        Content::of(&self.snapshot())
    }

    /// What the document said to someone who had seen these changes and no others.
    ///
    /// # Errors
    /// When it does not hold one of them.
    pub fn content_at(&self, heads: &[Hash]) -> Result<Content, UnknownHeads> {
        Ok(Content::of(&self.snapshot_at(heads)?))
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot::of(&self.state, self.containers(), None)
    }

    pub(crate) fn snapshot_at(&self, heads: &[Hash]) -> Result<Snapshot, UnknownHeads> {
        let unknown: Vec<Hash> = heads
            .iter()
            .filter(|hash| !self.contains(hash))
            .copied()
            .collect();
        if !unknown.is_empty() {
            return Err(UnknownHeads(unknown));
        }
        let heads: Vec<ChangeHash> = heads.iter().map(|hash| ChangeHash(*hash)).collect();
        Ok(Snapshot::of(&self.state, self.containers(), Some(&heads)))
    }
}
