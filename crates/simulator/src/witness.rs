//! The witness: remembers what tablets said was saved, and holds everybody to it.

use crate::{act::Expect, chains::Chain, plant::Bug};
use hemrond_domain::{ids::UserId, record::DocumentId};
use hemrond_protocol::ItemHash;
use hemrond_store::ItemName;
use std::collections::{BTreeMap, BTreeSet};

/// What can go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wrong {
    /// What was said to be saved is nowhere and was not refused, or a person was told it was sent
    /// when it was not.
    Lost,
    /// Two who may see a document do not agree on it.
    Diverged,
    /// A queue that never empties, or something that never ends.
    Stuck,
    /// Somebody holds or was sent what he may not see.
    Leaked,
}

/// Something that went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind.
    pub wrong: Wrong,
    /// In words.
    pub what: String,
}

impl Finding {
    /// A finding.
    pub fn new(wrong: Wrong, what: impl Into<String>) -> Self {
        Self {
            wrong,
            what: what.into(),
        }
    }
}

/// An item that a tablet said was saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// Which.
    pub item: ItemName,
    /// On which tablet.
    pub tablet: usize,
    /// How many items had been saved before.
    pub number: usize,
    /// Where the tablet says it is.
    pub told: Told,
    /// Whether nobody can be asked for it any more: the only copies were on disks that the story
    /// took away.
    pub excused: bool,
}

/// Where a tablet says that an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Only here.
    OnlyHere,
    /// On the server.
    OnServer,
    /// Refused, and kept here.
    Refused,
}

/// Something that must be found in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The document.
    pub document: DocumentId,
    /// What must be found.
    pub expect: Expect,
    /// The items that the act saved.
    pub items: Vec<ItemName>,
    /// On which tablet.
    pub tablet: usize,
}

/// Remembers.
#[derive(Debug, Default)]
pub struct Witness {
    saved: Vec<Saved>,
    index: BTreeMap<(usize, ItemName), usize>,
    known: BTreeSet<ItemName>,
    seen: BTreeMap<(UserId, DocumentId), BTreeSet<ItemHash>>,
    /// Signed entries as they were when they first waited.
    pub entries: BTreeMap<ItemName, Vec<u8>>,
    /// Every tablet's access log.
    pub chains: BTreeMap<usize, Chain>,
    /// What must be found at the end.
    pub marks: Vec<Mark>,
    /// What went wrong.
    pub findings: Vec<Finding>,
}

impl Witness {
    /// How many items were said to be saved so far.
    #[must_use]
    pub fn count(&self) -> usize {
        self.saved.len()
    }

    /// Everything that was said to be saved.
    #[must_use]
    pub fn saved(&self) -> &[Saved] {
        &self.saved
    }

    /// Somebody said that they have seen a document, of which their tablet holds this.
    pub fn saw(&mut self, user: UserId, document: DocumentId, held: Vec<ItemHash>) {
        self.seen.entry((user, document)).or_default().extend(held);
    }

    /// Whether these items were before somebody who said that they have seen the document.
    #[must_use]
    pub fn has_seen(&self, user: UserId, items: &[ItemName]) -> bool {
        items.iter().all(|item| {
            let seen = self.seen.get(&(user, item.document));
            seen.is_some_and(|seen| seen.contains(&item.hash))
        })
    }

    /// Notes that something went wrong.
    pub fn find(&mut self, wrong: Wrong, what: impl Into<String>) {
        self.findings.push(Finding::new(wrong, what));
    }

    /// An act was said to be kept: what waits now and did not before is its work. Returns the new
    /// items.
    pub fn kept(&mut self, tablet: usize, waiting: &BTreeSet<ItemName>) -> Vec<ItemName> {
        let mut new = Vec::new();
        for item in waiting {
            if let Some(at) = self.index.get(&(tablet, *item)) {
                // Given back to a server that forgot it.
                if let Some(saved) = self.saved.get_mut(*at) {
                    saved.told = Told::OnlyHere;
                }
                continue;
            }
            if !self.known.insert(*item) {
                // A colleague's, which this tablet gives back while its user may.
                continue;
            }
            self.index.insert((tablet, *item), self.saved.len());
            self.saved.push(Saved {
                item: *item,
                tablet,
                number: self.saved.len(),
                told: Told::OnlyHere,
                excused: false,
            });
            new.push(*item);
        }
        new
    }

    /// What a tablet said was only there, and says no longer.
    pub fn said_to_be_gone(&self, tablet: usize, waiting: &BTreeSet<ItemName>) -> Vec<ItemName> {
        self.saved
            .iter()
            .filter(|saved| saved.tablet == tablet && saved.told == Told::OnlyHere)
            .filter(|saved| !saved.excused && !waiting.contains(&saved.item))
            .map(|saved| saved.item)
            .collect()
    }

    /// Notes where a tablet says that an item is.
    pub fn tell(&mut self, tablet: usize, item: ItemName, told: Told) {
        if let Some(saved) = self
            .index
            .get(&(tablet, item))
            .and_then(|at| self.saved.get_mut(*at))
        {
            saved.told = told;
        }
    }

    /// Excuses items for which this holds: nobody can be asked for them any more.
    pub fn excuse(&mut self, mut gone: impl FnMut(&Saved) -> bool) {
        for at in 0..self.saved.len() {
            let excused = self
                .saved
                .get(at)
                .is_some_and(|saved| !saved.excused && gone(saved));
            if excused && let Some(saved) = self.saved.get_mut(at) {
                saved.excused = true;
            }
        }
        let excused: BTreeSet<ItemName> = self
            .saved
            .iter()
            .filter(|saved| saved.excused)
            .map(|saved| saved.item)
            .collect();
        self.marks
            .retain(|mark| !mark.items.iter().any(|item| excused.contains(item)));
    }

    /// A tablet went back to an older copy of itself: what it saved since waits nowhere, unless
    /// somebody else has it.
    pub fn forget_since(
        &mut self,
        tablet: usize,
        number: usize,
        elsewhere: &dyn Fn(ItemName) -> bool,
    ) {
        self.excuse(|saved| {
            saved.tablet == tablet && saved.number >= number && !elsewhere(saved.item)
        });
        for saved in &mut self.saved {
            if saved.tablet == tablet && saved.number >= number {
                // Its own word on it is gone with the copy.
                saved.told = Told::OnServer;
            }
        }
    }

    /// Whether this run has found anything.
    #[must_use]
    pub fn found_something(&self) -> bool {
        !self.findings.is_empty()
    }

    /// How many findings there are of a kind.
    #[must_use]
    pub fn how_many(&self, wrong: Wrong) -> u64 {
        let count = self
            .findings
            .iter()
            .filter(|finding| finding.wrong == wrong)
            .count();
        u64::try_from(count).unwrap_or(u64::MAX)
    }
}

/// The name of an item.
#[must_use]
pub const fn name(document: DocumentId, hash: ItemHash) -> ItemName {
    ItemName { document, hash }
}

/// Whether an error counts as saved under this bug.
#[must_use]
pub fn takes_errors_for_saved(bug: Option<Bug>) -> bool {
    bug == Some(Bug::ErrorCountsAsSaved)
}
