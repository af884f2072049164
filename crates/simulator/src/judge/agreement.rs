//! A tablet holds exactly what its user may read, and all of it as the server has it.

use crate::{drive::to_the_end, witness::Wrong, world::World};
use hemrond_companion::{
    Companion,
    api::{Command, OfVisit},
};
use hemrond_domain::{
    ids::DeviceId,
    record::{DocumentId, DocumentKind, Header},
};
use hemrond_policy::Resource;
use hemrond_protocol::{Digest, digest::combine};
use hemrond_server::storage::{Accounts as _, Asker, Records as _};
use hemrond_store::ItemName;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Every first byte that an id may have.
fn all_buckets() -> Vec<u8> {
    (0..=u8::MAX).collect()
}

impl World {
    /// What a tablet's user may read, as the server knows the account.
    pub(super) fn asker(&self, place: usize) -> Option<Asker> {
        let user = self.staff.get(place)?;
        let site = Arc::clone(&self.site);
        let account = to_the_end(site.database.user(user.id), &self.stop);
        let account = account.ok()?.ok()??;
        Some(site.asker(&account, DeviceId::from_stored([0; 16])))
    }

    /// The documents on the server that the user of this place may read by now, blocks and openings
    /// counted in.
    pub(super) fn open_to(&self, asker: &Asker) -> BTreeSet<DocumentId> {
        let site = Arc::clone(&self.site);
        let digests = to_the_end(site.database.digests(asker), &self.stop);
        let digests = digests.into_iter().flatten().flat_map(|(all, _)| all);
        digests.map(|digested| digested.document).collect()
    }

    /// Tablet and server agree on which visits the people's blocks keep from its user. Each works it
    /// out by itself, so each is held against the other: what the server withholds no tablet opens,
    /// and what a tablet keeps shut no server gives.
    pub(super) fn blocks_are_obeyed(&mut self, place: usize) {
        let (Some(asker), Some(companion)) = (self.asker(place), self.running(place)) else {
            return;
        };
        let open = self.open_to(&asker);
        let visits = self.cases.visits.clone();
        let all: Vec<DocumentId> = visits.iter().map(|visit| visit.document).collect();
        let site = Arc::clone(&self.site);
        let Ok(Ok(withheld)) = to_the_end(site.database.withheld(&asker, &all), &self.stop) else {
            self.witness
                .find(Wrong::Stuck, "what is withheld cannot be read");
            return;
        };
        // A block that the server refused stands among what was refused, and hides here all the same.
        let refused = to_the_end(companion.store().refused_all(), &self.stop);
        let excused = refused.into_iter().flatten().flatten().any(|row| {
            let header = row.header.header();
            header.is_ok_and(|header| header.kind() == DocumentKind::Acts)
        });
        for visit in visits {
            let page = companion.call(Command::Visit(OfVisit { visit: visit.id }));
            let Ok(page) = to_the_end(page, &self.stop) else {
                continue;
            };
            let wrong = match page {
                Ok(_) if withheld.contains(&visit.document) => "opens a visit that is kept from",
                Err(failure)
                    if failure.code == "policy.blocked"
                        && open.contains(&visit.document)
                        && !excused =>
                {
                    "is given a visit that it must keep from"
                }
                _ => continue,
            };
            let tablet = self.places.get(place).map(|number| self.name(*number));
            let what = format!(
                "{} {wrong} its user ({})",
                tablet.unwrap_or_default(),
                visit.document
            );
            self.witness.find(Wrong::Leaked, what);
        }
    }

    /// Those of the items that a tablet which holds them gives to a server that lacks them: its own,
    /// whatever has become of its rights, and others' whose documents its user may read by now.
    pub(crate) fn given_back_among(
        &mut self,
        place: usize,
        items: &BTreeSet<ItemName>,
        own: &BTreeSet<ItemName>,
    ) -> BTreeSet<ItemName> {
        let (Some(asker), Some(companion)) = (self.asker(place), self.running(place)) else {
            return BTreeSet::new();
        };
        let headers = self.headers(&companion);
        let documents: BTreeSet<DocumentId> = items.iter().map(|item| item.document).collect();
        let documents: Vec<DocumentId> = documents.into_iter().collect();
        let site = Arc::clone(&self.site);
        let withheld = to_the_end(site.database.withheld(&asker, &documents), &self.stop);
        let withheld: BTreeSet<DocumentId> = withheld.into_iter().flatten().flatten().collect();
        let may_read = |item: &ItemName| {
            let header = headers.get(&item.document);
            !withheld.contains(&item.document)
                && header.is_some_and(|header| asker.readable.includes(&Resource::from(header)))
        };
        items
            .iter()
            .filter(|item| own.contains(item) || may_read(item))
            .copied()
            .collect()
    }

    /// Everything that a tablet lists, by name.
    pub(super) fn headers(&self, companion: &Companion) -> BTreeMap<DocumentId, Header> {
        let rows = to_the_end(companion.store().all_documents(), &self.stop);
        let Ok(Ok(rows)) = rows else {
            return BTreeMap::new();
        };
        rows.into_iter()
            .filter_map(|(id, raw)| Some((id, raw.header().ok()?)))
            .collect()
    }

    /// A tablet holds exactly what its user may read, and all of it as the server has it.
    pub(super) fn all_agree(&mut self, place: usize) {
        let (Some(asker), Some(companion)) = (self.asker(place), self.running(place)) else {
            return;
        };
        let Some(&number) = self.places.get(place) else {
            return;
        };
        let site = Arc::clone(&self.site);
        let theirs = to_the_end(site.database.digests(&asker), &self.stop);
        let ours = to_the_end(
            companion.store().document_digests(&all_buckets()),
            &self.stop,
        );
        let (Ok(Ok((theirs, _))), Ok(Ok(ours))) = (theirs, ours) else {
            self.witness.find(Wrong::Stuck, "digests cannot be read");
            return;
        };
        let headers = self.headers(&companion);
        for (id, header) in &headers {
            if asker.readable.includes(&Resource::from(header)) {
                continue;
            }
            let what = format!(
                "{} lists a {} that its user may not read ({id})",
                self.name(number),
                header.kind()
            );
            self.witness.find(Wrong::Leaked, what);
        }
        let ours: BTreeMap<DocumentId, _> = ours.into_iter().collect();
        let theirs: BTreeMap<DocumentId, _> = theirs
            .into_iter()
            .map(|digested| (digested.document, digested.digest))
            .collect();
        for (id, digest) in &theirs {
            if ours.get(id) != Some(digest) {
                let kind = headers
                    .get(id)
                    .map_or("document", |header| header.kind().as_str());
                let difference = self.difference(&companion, *id);
                let what = format!(
                    "{} and the server do not agree on a {kind} ({id}): {difference}",
                    self.name(number)
                );
                self.witness.find(Wrong::Diverged, what);
                return;
            }
        }
    }

    /// After a sync that came through, a tablet that has nothing more to say holds just what the
    /// server holds for its user.
    pub(crate) fn has_everything(&mut self, place: usize) {
        let (Some(asker), Some(companion)) = (self.asker(place), self.running(place)) else {
            return;
        };
        let seen = async {
            let waiting = companion.store().waiting_names().await;
            let refused = companion.store().refused_all().await;
            let ours = companion.store().bucket_digests().await;
            Ok::<_, hemrond_store::StoreError>((waiting?, refused?, ours?))
        };
        let site = Arc::clone(&self.site);
        let theirs = to_the_end(site.database.digests(&asker), &self.stop);
        let (Ok(Ok((waiting, refused, ours))), Ok(Ok((theirs, _)))) =
            (to_the_end(seen, &self.stop), theirs)
        else {
            self.witness.find(Wrong::Stuck, "digests cannot be read");
            return;
        };
        if !waiting.is_empty() || !refused.is_empty() {
            return;
        }
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
            self.all_agree(place);
        }
    }

    /// How a tablet's document differs from the server's.
    fn difference(&self, companion: &Companion, id: DocumentId) -> String {
        let site = Arc::clone(&self.site);
        let theirs = to_the_end(site.database.hashes(&[id]), &self.stop);
        let ours = to_the_end(companion.store().hashes(id), &self.stop);
        let (Ok(Ok(mut theirs)), Ok(Ok(ours))) = (theirs, ours) else {
            return "it cannot be read".to_owned();
        };
        let theirs: BTreeSet<_> = theirs.remove(&id).unwrap_or_default().into_iter().collect();
        let ours: BTreeSet<_> = ours.into_iter().collect();
        format!(
            "{} items are on the server only, {} on the tablet only, {} on both",
            theirs.difference(&ours).count(),
            ours.difference(&theirs).count(),
            ours.intersection(&theirs).count()
        )
    }
}
