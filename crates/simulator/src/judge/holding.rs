//! A tablet holds exactly what its user may read, and all of it as the server has it.

use crate::{drive::to_the_end, witness::Wrong, world::World};
use hemrond_companion::Companion;
use hemrond_domain::record::{DocumentId, Header};
use hemrond_policy::Resource;
use hemrond_protocol::{Digest, ItemHash, digest::combine};
use hemrond_server::storage::{Asker, Records as _};
use hemrond_store::{ItemName, StoreError};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Every first byte that an id may have.
fn all_buckets() -> Vec<u8> {
    (0..=u8::MAX).collect()
}

/// When a tablet is held against the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// After a sync that came through. What the server would not take it may have from a colleague by
    /// now, which this tablet learns when it next compares.
    Meanwhile,
    /// When everything is quiet.
    InTheEnd,
}

/// What a tablet has, as far as it is compared.
struct Holding {
    /// What its lists are made from.
    headers: BTreeMap<DocumentId, Header>,
    /// What the server is expected to hold of each document.
    digests: BTreeMap<DocumentId, Digest>,
    /// What the server does not have, as the tablet knows: it waits, or was refused.
    pending: BTreeSet<ItemName>,
    /// What the server has withdrawn, and what stays for what is pending.
    withdrawn: Vec<DocumentId>,
}

impl Holding {
    async fn of(companion: &Companion) -> Result<Self, StoreError> {
        let store = companion.store();
        let headers = store.all_documents().await?.into_iter();
        let mut pending: BTreeSet<ItemName> = store.waiting_names().await?.into_iter().collect();
        let refused = store.refused_all().await?;
        pending.extend(refused.into_iter().map(|row| ItemName {
            document: row.document,
            hash: row.hash,
        }));
        let withdrawn = store.withdrawn_documents().await?;
        Ok(Self {
            headers: headers
                .filter_map(|(id, raw)| Some((id, raw.header().ok()?)))
                .collect(),
            digests: store
                .document_digests(&all_buckets())
                .await?
                .into_iter()
                .collect(),
            pending,
            withdrawn: withdrawn.into_iter().map(|(id, _)| id).collect(),
        })
    }

    fn kind(&self, id: DocumentId) -> &'static str {
        self.headers
            .get(&id)
            .map_or("document", |header| header.kind().as_str())
    }
}

/// How a document on a tablet differs from the server's.
struct Difference {
    on_server_only: usize,
    /// What the tablet takes to be on the server, and is not.
    on_tablet_only: usize,
    on_both: usize,
}

impl World {
    /// After a sync that came through a tablet holds just what the server holds for its user, beside
    /// what waits and what was refused.
    pub(crate) fn has_everything(&mut self, place: usize) {
        let (Some(asker), Some(companion)) = (self.asker(place), self.running(place)) else {
            return;
        };
        let site = Arc::clone(&self.site);
        let theirs = to_the_end(site.database.digests(&asker), &self.stop);
        let ours = to_the_end(companion.store().bucket_digests(), &self.stop);
        let (Ok(Ok(ours)), Ok(Ok((theirs, _)))) = (ours, theirs) else {
            self.witness.find(Wrong::Stuck, "digests cannot be read");
            return;
        };
        let mut buckets: BTreeMap<u8, Digest> = BTreeMap::new();
        for digested in &theirs {
            let first = digested.document.as_bytes()[0];
            combine(buckets.entry(first).or_default(), &digested.digest);
        }
        let empty = |(_, digest): &(u8, Digest)| *digest != [0; 32];
        let ours: Vec<_> = ours.into_iter().filter(empty).collect();
        let theirs: Vec<_> = buckets.into_iter().filter(empty).collect();
        if ours != theirs {
            // Which, and whether more or less, the longer look tells.
            self.all_agree(place, When::Meanwhile);
        }
    }

    /// A tablet holds exactly what its user may read, and all of it as the server has it; nothing more.
    pub(super) fn all_agree(&mut self, place: usize, when: When) {
        let (Some(asker), Some(companion)) = (self.asker(place), self.running(place)) else {
            return;
        };
        let Some(&number) = self.places.get(place) else {
            return;
        };
        let name = self.name(number);
        let site = Arc::clone(&self.site);
        let theirs = to_the_end(site.database.digests(&asker), &self.stop);
        let holding = to_the_end(Holding::of(&companion), &self.stop);
        let (Ok(Ok((theirs, _))), Ok(Ok(holding))) = (theirs, holding) else {
            self.witness.find(Wrong::Stuck, "digests cannot be read");
            return;
        };
        for (id, header) in &holding.headers {
            if !asker.readable.includes(&Resource::from(header)) {
                let kind = header.kind();
                let what = format!("{name} lists a {kind} that its user may not read ({id})");
                self.witness.find(Wrong::Leaked, what);
            }
        }
        let theirs: BTreeMap<DocumentId, Digest> = theirs
            .into_iter()
            .map(|digested| (digested.document, digested.digest))
            .collect();
        for (id, digest) in &theirs {
            if holding.digests.get(id) == Some(digest) {
                continue;
            }
            let Some(difference) = self.difference(&companion, &holding, *id) else {
                self.witness.find(Wrong::Stuck, "items cannot be read");
                return;
            };
            let agree = difference.on_server_only == 0 && difference.on_tablet_only == 0;
            if agree && when == When::Meanwhile {
                continue;
            }
            let what = format!(
                "{name} and the server do not agree on a {} ({id}): {difference}",
                holding.kind(*id)
            );
            self.witness.find(Wrong::Diverged, what);
            return;
        }
        let more = holding.digests.keys().filter(|id| !theirs.contains_key(id));
        let more: Vec<DocumentId> = more.copied().collect();
        self.may_hold(place, &companion, &asker, &holding, &more);
        self.withdrawn_stays_for_something(&name, &holding);
    }

    /// Looks at what a tablet holds and the server does not hold for its user: the server keeps it
    /// from the user, or does not know it.
    fn may_hold(
        &mut self,
        place: usize,
        companion: &Companion,
        asker: &Asker,
        holding: &Holding,
        more: &[DocumentId],
    ) {
        let site = Arc::clone(&self.site);
        let withheld = to_the_end(site.database.withheld(asker, more), &self.stop);
        let known = to_the_end(site.database.hashes(more), &self.stop);
        let (Ok(Ok(withheld)), Ok(Ok(known))) = (withheld, known) else {
            self.witness.find(Wrong::Stuck, "items cannot be read");
            return;
        };
        let hidden = to_the_end(companion.store().hidden_documents(), &self.stop);
        let hidden: BTreeSet<DocumentId> = hidden.into_iter().flatten().flatten().collect();
        for id in more {
            let kept_from = withheld.contains(id);
            // The end of an opening is no event of the server's: the tablet hides what it opened, by its own
            // clock, and lets go of it when it next compares.
            if kept_from
                && (hidden.contains(id) || self.clock_is_wrong(place))
                && let Some(header) = holding.headers.get(id)
                && self.was_opened(place, companion, header)
            {
                continue;
            }
            let (wrong, why) = match known.get(id).is_some_and(|items| !items.is_empty()) {
                _ if kept_from => (Wrong::Leaked, "is kept from its user"),
                true => (Wrong::Leaked, "its user may not read"),
                false => (Wrong::Diverged, "the server does not know"),
            };
            let number = self.places.get(place).copied().unwrap_or(usize::MAX);
            let what = format!(
                "{} holds a {} that {why} ({id})",
                self.name(number),
                holding.kind(*id)
            );
            self.witness.find(wrong, what);
        }
    }

    /// What was withdrawn stays only for what waits or was refused.
    fn withdrawn_stays_for_something(&mut self, name: &str, holding: &Holding) {
        for id in &holding.withdrawn {
            if !holding.pending.iter().any(|item| item.document == *id) {
                let what = format!("{name} keeps a withdrawn document for nothing ({id})");
                self.witness.find(Wrong::Leaked, what);
            }
        }
    }

    /// How a tablet's document differs from the server's.
    fn difference(
        &self,
        companion: &Companion,
        holding: &Holding,
        id: DocumentId,
    ) -> Option<Difference> {
        let site = Arc::clone(&self.site);
        let theirs = to_the_end(site.database.hashes(&[id]), &self.stop);
        let ours = to_the_end(companion.store().hashes(id), &self.stop);
        let (Ok(Ok(mut theirs)), Ok(Ok(ours))) = (theirs, ours) else {
            return None;
        };
        let theirs: BTreeSet<ItemHash> =
            theirs.remove(&id).unwrap_or_default().into_iter().collect();
        let ours: BTreeSet<ItemHash> = ours.into_iter().collect();
        let is_pending = |hash: &ItemHash| {
            let name = ItemName {
                document: id,
                hash: *hash,
            };
            holding.pending.contains(&name)
        };
        let more = ours.difference(&theirs);
        Some(Difference {
            on_server_only: theirs.difference(&ours).count(),
            on_tablet_only: more.filter(|hash| !is_pending(hash)).count(),
            on_both: ours.intersection(&theirs).count(),
        })
    }
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} items are on the server only, {} on the tablet only, {} on both",
            self.on_server_only, self.on_tablet_only, self.on_both
        )
    }
}
