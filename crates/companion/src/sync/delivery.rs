//! Reading what the server delivers. The server may be broken, or not ours: what cannot be read costs
//! itself, and the tablet says so.

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

use super::gather::raw_header;
use crate::{
    cache::{Filed, Open},
    failure::{Outcome, Problem},
    projection::{self, Facts},
    stored::{UNREADABLE, not_shown, shown},
    tablet::{Companion, State},
};
use hemrond_documents::{Actor, Document, Limits, Reason, parse_chunk, schema::Knows};
use hemrond_domain::{
    ids::{DeviceId, UserId},
    record::{DocumentId, Header},
};
use hemrond_protocol::{Delivery, Item, ItemKind};
use hemrond_store::{DocumentCommit, NewItem, Origin};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    panic::{AssertUnwindSafe, catch_unwind},
    thread,
};

/// Why a delivered document cannot be shown here: a newer version knows its kind.
const NEWER_KIND: &str = "document.newer_kind";

/// From how many items on all processors read: fewer are read before another thread has begun.
const MANY: usize = 200;

/// Who reads deliveries.
#[derive(Debug, Clone, Copy)]
struct Readers {
    /// How many threads at most.
    threads: usize,
    /// From how many items on more than this one.
    many: usize,
}

impl Readers {
    /// All processors.
    fn of_this_machine() -> Self {
        Self {
            threads: thread::available_parallelism().map_or(1, usize::from),
            many: MANY,
        }
    }
}

/// What came of reading deliveries.
#[derive(Default)]
pub(super) struct Delivered {
    /// What is to be written of each, in the order in which they came.
    pub(super) commits: Vec<DocumentCommit>,
    /// The documents as they are then.
    pub(super) opened: BTreeMap<DocumentId, Open>,
    /// Documents of which nothing may be used that is in memory.
    pub(super) broken: Vec<DocumentId>,
}

/// What deliveries are read with.
struct Knowledge<'a> {
    actor: Actor,
    knows: Knows,
    user: Option<UserId>,
    authors: &'a HashMap<[u8; 16], (UserId, DeviceId)>,
}

/// All that was delivered of one document, with what is here of it. One answer may bring a document
/// twice: because it was wanted, and by the feed. The second time builds on the first.
struct Job<'a> {
    start: Start,
    deliveries: Vec<(usize, &'a Delivery)>,
}

/// What is to be written, by the place of its delivery.
type Commits = BTreeMap<usize, DocumentCommit>;

/// What is here of a document before it is delivered.
enum Start {
    Here(Box<Open>),
    Nothing(Header),
}

/// One document, read.
struct Done {
    id: DocumentId,
    commits: Vec<(usize, DocumentCommit)>,
    open: Option<Open>,
}

/// A delivery's items, each read by itself.
#[derive(Default)]
struct Items<'a> {
    new: Vec<NewItem>,
    changes: Vec<&'a [u8]>,
    entries: Vec<Filed>,
    /// Some were none, and are left out: the comparison after the next start asks for them again.
    left_out: bool,
}

impl Companion {
    /// Reads deliveries, many of them on all processors.
    pub(super) async fn read_deliveries(
        &self,
        state: &mut State,
        deliveries: &[Delivery],
    ) -> Outcome<Delivered> {
        let stored = self.stored_of(deliveries).await?;
        let mut commits: Commits = BTreeMap::new();
        let mut jobs: BTreeMap<DocumentId, Job<'_>> = BTreeMap::new();
        for (place, delivery) in deliveries.iter().enumerate() {
            let raw = raw_header(&delivery.header);
            let Ok(header) = raw.header() else {
                let items = Items::of(delivery, None);
                commits.insert(place, not_shown(raw, items.new, NEWER_KIND));
                continue;
            };
            let id = header.id();
            if let Some(job) = jobs.get_mut(&id) {
                job.deliveries.push((place, delivery));
                continue;
            }
            let here = match stored.contains(&id) {
                true => self.try_open(state, &header).await?,
                false => None,
            };
            let start = here.map_or(Start::Nothing(header), |open| Start::Here(Box::new(open)));
            let deliveries = vec![(place, delivery)];
            jobs.insert(id, Job { start, deliveries });
        }
        let knowledge = Knowledge {
            actor: state.actor,
            knows: state.knows,
            user: state.enrolment.as_ref().map(|enrolment| enrolment.user.id),
            authors: &state.authors,
        };
        let jobs = jobs.into_values().collect();
        let done = read_all(jobs, &knowledge, Readers::of_this_machine())?;
        Ok(Delivered::of(done, commits))
    }

    /// The delivered documents of which something is stored here, asked in one go.
    async fn stored_of(&self, deliveries: &[Delivery]) -> Outcome<HashSet<DocumentId>> {
        let headers = deliveries.iter().map(|delivery| &delivery.header);
        let ids: Vec<DocumentId> = headers
            .filter_map(|header| Some(raw_header(header).header().ok()?.id()))
            .collect();
        Ok(self.store.documents_stored(&ids).await?)
    }
}

impl Delivered {
    /// Puts together what was read, whoever was done first.
    fn of(done: Vec<Done>, mut commits: Commits) -> Self {
        let mut delivered = Self::default();
        for done in done {
            commits.extend(done.commits);
            match done.open {
                Some(open) => {
                    delivered.opened.insert(done.id, open);
                }
                None => delivered.broken.push(done.id),
            }
        }
        delivered.broken.sort_unstable();
        delivered.commits = commits.into_values().collect();
        delivered
    }
}

/// Reads all jobs. What comes of it does not depend on how many threads do.
fn read_all(jobs: Vec<Job<'_>>, knowledge: &Knowledge<'_>, readers: Readers) -> Outcome<Vec<Done>> {
    let items: usize = jobs
        .iter()
        .flat_map(|job| &job.deliveries)
        .map(|(_, delivery)| delivery.items.len())
        .sum();
    if items < readers.many || readers.threads < 2 {
        return jobs.into_iter().map(|job| job.read(knowledge)).collect();
    }
    let mut shares: Vec<Vec<Job<'_>>> = Vec::new();
    shares.resize_with(readers.threads, Vec::new);
    for (place, job) in jobs.into_iter().enumerate() {
        if let Some(share) = shares.get_mut(place % readers.threads) {
            share.push(job);
        }
    }
    thread::scope(|scope| {
        let read = |share: Vec<Job<'_>>| -> Outcome<Vec<Done>> {
            share.into_iter().map(|job| job.read(knowledge)).collect()
        };
        let threads: Vec<_> = shares
            .into_iter()
            .map(|share| scope.spawn(move || read(share)))
            .collect();
        let mut done = Vec::new();
        for thread in threads {
            match thread.join() {
                Ok(some) => done.extend(some?),
                // As it would have been on this thread.
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok(done)
    })
}

impl Knowledge<'_> {
    fn user_of(&self, actor: &[u8; 16]) -> Option<UserId> {
        if actor == self.actor.as_bytes() {
            return self.user;
        }
        self.authors.get(actor).map(|(user, _)| *user)
    }
}

impl Job<'_> {
    fn read(self, knowledge: &Knowledge<'_>) -> Outcome<Done> {
        let open = match self.start {
            Start::Here(open) => *open,
            Start::Nothing(header) => Open::begun(&header, knowledge.actor, knowledge.knows)?,
        };
        let header = open.document.header().clone();
        let mut done = Done {
            id: header.id(),
            commits: Vec::new(),
            open: Some(open),
        };
        for (place, delivery) in self.deliveries {
            let raw = raw_header(&delivery.header);
            let items = Items::of(delivery, Some(&header));
            let Some(mut open) = done.open.take() else {
                done.commits
                    .push((place, not_shown(raw, items.new, UNREADABLE)));
                continue;
            };
            take_in(&mut open, knowledge, &items.changes)?;
            open.incomplete |= items.left_out;
            for entry in items.entries {
                open.add_entry(entry);
            }
            let facts = Facts {
                user_of: &|actor| knowledge.user_of(actor),
            };
            // The changes went into a copy; a list is the first thing that is made of what they add up
            // to. Nothing of the document is used after a panic.
            let models = catch_unwind(AssertUnwindSafe(|| projection::read_models(&open, &facts)));
            let Ok(models) = models else {
                tracing::error!(document = %done.id, "a delivered document cannot be read");
                done.commits
                    .push((place, not_shown(raw, items.new, UNREADABLE)));
                continue;
            };
            let commit = DocumentCommit {
                header: raw,
                new_items: items.new,
                read_models: Some(models),
                shown: shown(&open),
            };
            done.commits.push((place, commit));
            done.open = Some(open);
        }
        Ok(done)
    }
}

impl<'a> Items<'a> {
    /// Reads all items of a delivery.
    fn of(delivery: &'a Delivery, header: Option<&Header>) -> Self {
        let mut items = Self::default();
        for item in &delivery.items {
            items.read(item, header);
        }
        items
    }

    /// Reads an item of a document, whose header is none where a newer version knows its kind.
    fn read(&mut self, item: &'a Item, header: Option<&Header>) {
        match item.kind {
            ItemKind::Change => match parse_chunk(&item.bytes, &Limits::STORED) {
                Ok(chunk) => {
                    self.changes.push(&item.bytes);
                    self.new.push(NewItem {
                        hash: chunk.hash,
                        kind: hemrond_store::ItemKind::Change,
                        bytes: item.bytes.clone(),
                        actor: Some(chunk.actor),
                        origin: Origin::Server,
                    });
                }
                Err(error) => self.leave_out(&error),
            },
            ItemKind::Entry => match Filed::read(&item.bytes) {
                Ok(entry) if header.is_some_and(|header| header.id() != entry.document()) => {
                    self.leave_out(&"an entry of another document");
                }
                Ok(entry) => {
                    self.new.push(NewItem {
                        hash: entry.hash(),
                        kind: hemrond_store::ItemKind::Entry,
                        bytes: item.bytes.clone(),
                        actor: None,
                        origin: Origin::Server,
                    });
                    self.entries.push(entry);
                }
                Err(error) => self.leave_out(&error),
            },
        }
    }

    fn leave_out(&mut self, why: &dyn std::fmt::Display) {
        tracing::warn!(reason = %why, "a delivered item is none");
        self.left_out = true;
    }
}

/// Takes changes into a document. One bad change must not hide the good ones: if there is one,
/// everything is read anew, and what cannot be applied is set aside.
fn take_in(open: &mut Open, knowledge: &Knowledge<'_>, changes: &[&[u8]]) -> Outcome<()> {
    match open.document.apply(changes) {
        Ok(applied) => {
            open.incomplete |= !applied.set_aside.is_empty();
            return Ok(());
        }
        Err(aside) => tracing::warn!(reason = %aside, "a delivered change was set aside"),
    }
    let held = open.document.changes();
    let all = held
        .iter()
        .map(|change| change.bytes.as_slice())
        .chain(changes.iter().copied());
    let header = open.document.header();
    let loaded = Document::load_knowing(header, knowledge.actor, knowledge.knows, all)
        .map_err(|_| Problem::new(UNREADABLE))?;
    open.incomplete |= loaded
        .set_aside
        .iter()
        .any(|aside| !matches!(aside.reason, Reason::Missing(_)));
    open.document = loaded.document;
    Ok(())
}
