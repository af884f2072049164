//! Loaded documents: a bounded number, the least recently used one goes first.

use crate::failure::{Outcome, Problem};
use chrono::{DateTime, Utc};
use hemrond_documents::{
    Actor, Document, Hash,
    entry::{Contents, Entry, EntryError, EntryRecord},
    schema::Knows,
};
use hemrond_domain::{
    ids::UserId,
    law::Made,
    record::{DocumentId, Header},
};
use std::collections::HashMap;

/// How many documents stay in memory. A form document takes 40–90 KiB while it is loaded.
const BOUND: usize = 64;

/// A document in memory with its signed entries.
#[derive(Debug, Clone)]
pub(crate) struct Open {
    pub(crate) document: Document,
    /// By the time of signing; the last one counts.
    pub(crate) entries: Vec<Signed>,
    /// The acts of an acts document, by the time of making.
    pub(crate) acts: Vec<Made>,
    /// Whether something that came for the document could not be read and was set aside.
    pub(crate) incomplete: bool,
}

/// A signed entry, read once.
#[derive(Debug, Clone)]
pub(crate) struct Signed {
    pub(crate) hash: Hash,
    /// The document that it belongs to.
    pub(crate) document: DocumentId,
    /// The document's heads at the signature.
    pub(crate) heads: Vec<Hash>,
    pub(crate) at: DateTime<Utc>,
    pub(crate) author: UserId,
    pub(crate) author_name: String,
    pub(crate) corrects: Option<Hash>,
    pub(crate) content: EntryRecord,
}

/// An entry, by what it is.
#[derive(Debug, Clone)]
pub(crate) enum Filed {
    /// A signed record.
    Record(Box<Signed>),
    /// A legal act, with the acts document that it belongs to.
    Act(Box<Made>, DocumentId),
}

impl Filed {
    /// Reads an entry's bytes as they are stored and sent.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, EntryError> {
        let entry = Entry::parse(bytes)?;
        Ok(match entry.content {
            Contents::Act(content) => {
                Self::Act(Box::new(content.made(entry.hash)?), content.document)
            }
            Contents::Record(content) => Self::Record(Box::new(Signed {
                hash: entry.hash.0,
                document: content.document,
                heads: content.heads()?,
                at: content.signed_at()?,
                author: content.author,
                author_name: content.author_name,
                corrects: content.corrects.map(|hash| hash.0),
                content: content.content,
            })),
        })
    }

    /// The entry's name.
    pub(crate) const fn hash(&self) -> Hash {
        match self {
            Self::Record(entry) => entry.hash,
            Self::Act(made, _) => made.id.0,
        }
    }

    /// The document that it belongs to.
    pub(crate) const fn document(&self) -> DocumentId {
        match self {
            Self::Record(entry) => entry.document,
            Self::Act(_, document) => *document,
        }
    }
}

impl Open {
    /// A document of which nothing is here yet.
    pub(crate) fn begun(header: &Header, actor: Actor, knows: Knows) -> Outcome<Self> {
        let document = Document::create_knowing(header, actor, knows)
            .map_err(|_| Problem::new("document.unreadable"))?;
        Ok(Self {
            document,
            entries: Vec::new(),
            acts: Vec::new(),
            incomplete: false,
        })
    }

    /// Adds an entry where it belongs in time; one that is there already is passed over, and one
    /// of another document is set aside.
    pub(crate) fn add_entry(&mut self, entry: Filed) {
        if entry.document() != self.document.id() {
            self.incomplete = true;
            return;
        }
        let entry = match entry {
            Filed::Record(entry) => *entry,
            Filed::Act(made, _) => {
                if self.acts.iter().all(|known| known.id != made.id) {
                    self.acts.push(*made);
                    self.acts.sort_by_key(|made| (made.at, made.id));
                }
                return;
            }
        };
        if self.entries.iter().any(|known| known.hash == entry.hash) {
            return;
        }
        self.entries.push(entry);
        self.entries.sort_by_key(|entry| (entry.at, entry.hash));
    }
}

/// The loaded documents.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    clock: u64,
    held: HashMap<DocumentId, (u64, Open)>,
}

impl Cache {
    pub(crate) fn get(&mut self, id: DocumentId) -> Option<&mut Open> {
        self.clock += 1;
        let (used, open) = self.held.get_mut(&id)?;
        *used = self.clock;
        Some(open)
    }

    pub(crate) fn put(&mut self, id: DocumentId, open: Open) {
        self.clock += 1;
        self.held.insert(id, (self.clock, open));
        if self.held.len() > BOUND {
            let oldest = self
                .held
                .iter()
                .min_by_key(|(_, (used, _))| *used)
                .map(|(id, _)| *id);
            if let Some(oldest) = oldest {
                self.held.remove(&oldest);
            }
        }
    }

    /// Forgets a document: what is on disk counts.
    pub(crate) fn forget(&mut self, id: DocumentId) {
        self.held.remove(&id);
    }

    pub(crate) fn forget_all(&mut self) {
        self.held.clear();
    }
}
