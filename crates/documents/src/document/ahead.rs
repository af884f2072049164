//! A document that knows of changes which the library has not taken in yet.

use super::{Document, apply::read};
use crate::log::Logged;

/// A copy of a document whose log is ahead of its state. What only asks the log can be asked of it.
#[derive(Debug)]
pub(crate) struct Ahead {
    document: Document,
    noted: Vec<Logged>,
}

impl Document {
    /// A copy that may run ahead; none of a document in which changes wait for others.
    pub(crate) fn ahead(&self) -> Option<Ahead> {
        self.waiting.is_empty().then(|| Ahead {
            document: self.clone(),
            noted: Vec::new(),
        })
    }
}

impl Ahead {
    pub(crate) const fn document(&self) -> &Document {
        &self.document
    }

    /// Puts a change in the log that follows on what stands there.
    pub(crate) fn note(&mut self, bytes: &[u8]) -> Option<()> {
        let change = read(bytes).ok()?;
        self.document.log.push(change.clone());
        self.noted.push(change);
        Some(())
    }

    /// Has the library take in what was noted, all or none.
    pub(crate) fn catch_up(mut self) -> Option<Document> {
        if !self.noted.is_empty() {
            self.document.state = self.document.state_with(&self.noted).ok()?;
        }
        Some(self.document)
    }
}
