//! The server's judgement over a push: which items are taken, and why the others are not.
//!
//! Pure: everything that is known comes in, verdicts come out. What an item claims about itself has
//! been read beforehand, away from anything that a crash would hurt; here it is compared with what
//! the server knows. A refused item does not stop the rest, except those that build on it.

use hemrond_domain::{
    ids::{DeviceId, UserId},
    law::Made,
};
use hemrond_protocol::{ItemHash, Outcome, limits::MAX_ITEM_BYTES};
use std::collections::{BTreeMap, BTreeSet};

/// An Automerge actor: fresh for each start of a tablet.
pub type ActorId = [u8; 16];

/// A user at a device: who sends, or who stands behind an actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Claimant {
    /// The member of staff.
    pub user: UserId,
    /// Their tablet.
    pub device: DeviceId,
}

/// Why an item is not taken. Its [code](Reason::code) is stable; tablets have a sentence for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The sender may not write in this document.
    PolicyWrite,
    /// The document was destroyed when its time had come, and does not come back.
    DocumentPurged,
    /// The document's header cannot be.
    HeaderMalformed,
    /// A newer version's kind of document.
    KindUnknown,
    /// The item is larger than an item may be.
    ItemTooLarge,
    /// Reading the item failed: the reader died of it, or did not come to an end.
    ItemUnreadable,
    /// Nobody came to reading the item: what was before it in the push took too long, or too many readers.
    ItemUnread,
    /// Another's item, outside of a recovery; or one in the name of somebody whose tablet did not make it.
    NotAuthor,
    /// The change cannot be read.
    ChangeMalformed,
    /// The change does what a change in such a document may not do.
    ChangeOperations,
    /// The actor belongs to another tablet.
    ChangeActorTaken,
    /// The actor's changes have a gap, or this place in their sequence is taken.
    ChangeSequence,
    /// It builds on changes that the server does not have.
    ChangeDependencies,
    /// It builds on an item that was refused.
    DependencyRefused,
    /// Its operation counter leaps ahead.
    ChangeCounter,
    /// The entry cannot be read.
    EntryMalformed,
    /// The entry's signature is not its device's.
    EntrySignature,
    /// The entry names another author or tablet than the one that sends it.
    EntryAuthor,
    /// The entry belongs to another document.
    EntryDocument,
    /// The person's data is blocked between units, and the sender works in another one (PDL 4:4).
    PolicyBlocked,
    /// The act is not its author's to make.
    ActForbidden,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 21] = [
        Self::PolicyWrite,
        Self::DocumentPurged,
        Self::HeaderMalformed,
        Self::KindUnknown,
        Self::ItemTooLarge,
        Self::ItemUnreadable,
        Self::ItemUnread,
        Self::NotAuthor,
        Self::ChangeMalformed,
        Self::ChangeOperations,
        Self::ChangeActorTaken,
        Self::ChangeSequence,
        Self::ChangeDependencies,
        Self::DependencyRefused,
        Self::ChangeCounter,
        Self::EntryMalformed,
        Self::EntrySignature,
        Self::EntryAuthor,
        Self::EntryDocument,
        Self::PolicyBlocked,
        Self::ActForbidden,
    ];

    /// The reason with this code, if there is one.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }

    /// Whether nothing was found wrong with the item: it stays unsent at its tablet and comes again.
    #[must_use]
    pub const fn leaves_waiting(self) -> bool {
        matches!(self, Self::ItemUnread)
    }

    /// The reason's stable code, on the wire and in the texts.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::PolicyWrite => "policy.write",
            Self::DocumentPurged => "document.purged",
            Self::HeaderMalformed => "header.malformed",
            Self::KindUnknown => "kind.unknown",
            Self::ItemTooLarge => "item.too_large",
            Self::ItemUnreadable => "item.unreadable",
            Self::ItemUnread => "item.unread",
            Self::NotAuthor => "item.not_author",
            Self::ChangeMalformed => "change.malformed",
            Self::ChangeOperations => "change.operations",
            Self::ChangeActorTaken => "change.actor_taken",
            Self::ChangeSequence => "change.sequence",
            Self::ChangeDependencies => "change.dependencies",
            Self::DependencyRefused => "change.dependency_refused",
            Self::ChangeCounter => "change.counter",
            Self::EntryMalformed => "entry.malformed",
            Self::EntrySignature => "entry.signature",
            Self::EntryAuthor => "entry.author",
            Self::EntryDocument => "entry.document",
            Self::PolicyBlocked => "policy.blocked_inner",
            Self::ActForbidden => "act.forbidden",
        }
    }
}

/// What a change says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeClaims {
    /// Its hash, computed by the reader.
    pub hash: ItemHash,
    /// Who made it.
    pub actor: ActorId,
    /// Its place among the actor's changes in this document, from 1.
    pub seq: u64,
    /// The counter of its first operation.
    pub start_op: u64,
    /// The counter of its last operation.
    pub max_op: u64,
    /// The changes that it builds on.
    pub deps: Vec<ItemHash>,
    /// Whether its operations were checked against the document. They cannot be while a change that
    /// it builds on is missing, and what is unchecked is never taken.
    pub checked: bool,
}

/// What a signed entry says about itself, and what its reader found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryClaims {
    /// Its hash, computed by the reader.
    pub hash: ItemHash,
    /// Who signed it.
    pub author: Claimant,
    /// Whether it belongs to the document that it came with.
    pub in_this_document: bool,
    /// Whether the signature is that of its author's registered device.
    pub signed: bool,
    /// The legal act that it is, where it is one.
    pub act: Option<Box<Made>>,
}

/// What the reader made of an item's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// A change that may be looked at.
    Change(ChangeClaims),
    /// An entry that may be looked at.
    Entry(EntryClaims),
    /// Neither. The hash is there where the bytes were at least what they claim to be.
    Refused(Reason, Option<ItemHash>),
}

/// An item that was offered, as its reader found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// Its size in bytes.
    pub size: usize,
    /// Another author, where a tablet gives back what a restored server forgot, or goes on with the unsent
    /// work of another.
    pub author: Option<Claimant>,
    /// Whether that author's tablet is known to be one that the sender's own account has, or had.
    pub own_tablet: bool,
    /// What the reader found.
    pub finding: Finding,
}

/// What the sender may do with the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permission {
    /// See it: enough to give back others' items in a recovery.
    pub read: bool,
    /// Add to it.
    pub write: bool,
    /// Whether it is blocked off from the sender, whatever their role allows.
    pub blocked: bool,
}

/// What the server knows of a document before, and item by item after, a judgement.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// Items that it holds, at least all those that the push offers or builds on, each with the
    /// counter of its last operation (0 for an entry).
    pub held: BTreeMap<ItemHash, u64>,
    /// Changes that follow from the header and the schema, with their last counters. The first of
    /// all is never an item. The migrations after it are, where somebody has built on them: an app
    /// of an earlier version cannot make them by itself.
    pub given: BTreeMap<ItemHash, u64>,
    /// Items that it refused; they are kept, and what builds on them is refused too.
    pub refused: BTreeSet<ItemHash>,
    /// Each actor's last change in this document.
    pub last: BTreeMap<ActorId, LastChange>,
    /// The highest operation counter of all its changes, the given ones too.
    pub max_op: u64,
    /// Whether it was destroyed when its time had come: nothing of it is taken ever again, not even
    /// from a tablet that still holds it.
    pub purged: bool,
}

/// How far an actor has come in a document.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LastChange {
    /// The sequence number of its last change.
    pub seq: u64,
    /// The counter of its last operation.
    pub max_op: u64,
}

/// What becomes of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Taken.
    Accepted,
    /// There already.
    Known,
    /// Not taken.
    Refused(Reason),
}

impl From<Verdict> for Outcome {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Accepted => Self::Accepted,
            Verdict::Known => Self::Known,
            Verdict::Refused(reason) => Self::Refused(reason.code().to_owned()),
        }
    }
}

/// Judges one push, document by document.
#[derive(Debug)]
pub struct Judge {
    sender: Claimant,
    recovering: bool,
    actors: BTreeMap<ActorId, Claimant>,
    registered: BTreeMap<ActorId, Claimant>,
}

impl Judge {
    /// A judge of what `sender` pushes, who knows the actors that are registered already.
    ///
    /// `recovering` is true while a restored server takes back what it forgot.
    #[must_use]
    pub fn new(sender: Claimant, recovering: bool, actors: BTreeMap<ActorId, Claimant>) -> Self {
        Self {
            sender,
            recovering,
            actors,
            registered: BTreeMap::new(),
        }
    }

    /// The actors that accepted changes brought in and that are to be registered.
    #[must_use]
    pub fn registered(&self) -> &BTreeMap<ActorId, Claimant> {
        &self.registered
    }

    /// Judges the items of one document, in order, and adds what it takes to `known`.
    pub fn document(
        &mut self,
        items: &[Offered],
        known: &mut Known,
        permission: Permission,
    ) -> Vec<Verdict> {
        items
            .iter()
            .map(|item| self.item(item, known, permission))
            .collect()
    }

    fn item(&mut self, item: &Offered, known: &mut Known, permission: Permission) -> Verdict {
        let hash = match &item.finding {
            Finding::Change(change) => Some(change.hash),
            Finding::Entry(entry) => Some(entry.hash),
            Finding::Refused(_, hash) => *hash,
        };
        if known.purged {
            return Verdict::Refused(Reason::DocumentPurged);
        }
        if let Some(hash) = hash {
            if known.held.contains_key(&hash) {
                return Verdict::Known;
            }
            if let Some(counter) = known.given.get(&hash).copied() {
                return self.given(hash, counter, &item.finding, known, permission);
            }
        }
        match self.check(item, known, permission) {
            Ok(()) => {
                // A hash that was refused before may be taken now: the role may have changed.
                if let Some(hash) = hash {
                    known.refused.remove(&hash);
                    known.held.insert(hash, last_counter(&item.finding));
                }
                Verdict::Accepted
            }
            Err(reason) => {
                if let Some(hash) = hash
                    && !reason.leaves_waiting()
                {
                    known.refused.insert(hash);
                }
                Verdict::Refused(reason)
            }
        }
    }

    /// A change that follows from the header and the schema is nobody's: whoever may add to the
    /// document may bring it, and who may see it gives it back.
    fn given(
        &self,
        hash: ItemHash,
        counter: u64,
        finding: &Finding,
        known: &mut Known,
        permission: Permission,
    ) -> Verdict {
        let first = !matches!(finding, Finding::Change(change) if !change.deps.is_empty());
        if first {
            return Verdict::Known;
        }
        if permission.blocked {
            return Verdict::Refused(Reason::PolicyBlocked);
        }
        if !(permission.write || (self.recovering && permission.read)) {
            return Verdict::Refused(Reason::PolicyWrite);
        }
        known.refused.remove(&hash);
        known.held.insert(hash, counter);
        Verdict::Accepted
    }

    fn check(
        &mut self,
        item: &Offered,
        known: &mut Known,
        permission: Permission,
    ) -> Result<(), Reason> {
        let author = item.author.unwrap_or(self.sender);
        // What was unsent on a tablet that was shut out goes on from its user's next one.
        let own = author == self.sender || (item.own_tablet && author.user == self.sender.user);
        if !own && !self.recovering {
            return Err(Reason::NotAuthor);
        }
        if permission.blocked {
            return Err(Reason::PolicyBlocked);
        }
        if !(permission.write || (!own && permission.read)) {
            return Err(Reason::PolicyWrite);
        }
        if item.size > MAX_ITEM_BYTES {
            return Err(Reason::ItemTooLarge);
        }
        match &item.finding {
            Finding::Refused(reason, _) => Err(*reason),
            Finding::Change(change) => self.change(change, author, known),
            Finding::Entry(entry) => check_entry(entry, author),
        }
    }

    fn change(
        &mut self,
        change: &ChangeClaims,
        author: Claimant,
        known: &mut Known,
    ) -> Result<(), Reason> {
        let owner = self.actors.get(&change.actor);
        if owner.is_some_and(|owner| *owner != author) {
            return Err(Reason::ChangeActorTaken);
        }
        let last = known.last.get(&change.actor).copied().unwrap_or_default();
        // An operation is named by counter and actor, so one actor's counters never come again.
        let mut before = last.max_op;
        for dep in &change.deps {
            if known.refused.contains(dep) && !known.given.contains_key(dep) {
                return Err(Reason::DependencyRefused);
            }
            let Some(counter) = known.held.get(dep).or_else(|| known.given.get(dep)) else {
                return Err(Reason::ChangeDependencies);
            };
            before = before.max(*counter);
        }
        // The missing ones came while this one was being read: it may be sent again.
        if !change.checked {
            return Err(Reason::ChangeDependencies);
        }
        if Some(change.seq) != last.seq.checked_add(1) {
            return Err(Reason::ChangeSequence);
        }
        // A change without operations ends one before it starts.
        let leaps = change.start_op > known.max_op.saturating_add(1);
        if leaps || change.start_op <= before || change.max_op < change.start_op - 1 {
            return Err(Reason::ChangeCounter);
        }
        if owner.is_none() {
            self.actors.insert(change.actor, author);
            self.registered.insert(change.actor, author);
        }
        known.last.insert(
            change.actor,
            LastChange {
                seq: change.seq,
                max_op: change.max_op.max(last.max_op),
            },
        );
        known.max_op = known.max_op.max(change.max_op);
        Ok(())
    }
}

fn last_counter(finding: &Finding) -> u64 {
    match finding {
        Finding::Change(change) => change.max_op,
        Finding::Entry(_) | Finding::Refused(..) => 0,
    }
}

fn check_entry(entry: &EntryClaims, author: Claimant) -> Result<(), Reason> {
    if !entry.in_this_document {
        return Err(Reason::EntryDocument);
    }
    if entry.author != author {
        return Err(Reason::EntryAuthor);
    }
    if !entry.signed {
        return Err(Reason::EntrySignature);
    }
    Ok(())
}

#[cfg(test)]
#[path = "acceptance_tests.rs"]
mod tests;
