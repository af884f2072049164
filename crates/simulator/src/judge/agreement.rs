//! Who may read what: tablet and server, which each work it out by themselves, agree.

use crate::{drive::to_the_end, witness::Wrong, world::World};
use hemrond_companion::{
    Companion,
    api::{Command, OfVisit},
};
use hemrond_domain::{
    ids::DeviceId,
    law::{Act, Made},
    record::{DocumentId, DocumentKind, Header},
};
use hemrond_policy::Resource;
use hemrond_server::storage::{Accounts as _, Asker, Records as _};
use hemrond_store::ItemName;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

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
        let headers = self.headers(&companion);
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
                Ok(_) if withheld.contains(&visit.document) => {
                    let by_its_clock = self.clock_is_wrong(place)
                        && headers
                            .get(&visit.document)
                            .is_some_and(|header| self.was_opened(place, &companion, header));
                    if by_its_clock {
                        continue;
                    }
                    "opens a visit that is kept from"
                }
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

    /// Whether the tablet in this place goes by a wrong clock.
    pub(super) fn clock_is_wrong(&self, place: usize) -> bool {
        let number = self.places.get(place);
        let tablet = number.and_then(|number| self.tablets.get(*number));
        tablet.is_some_and(|tablet| tablet.clock.is_wrong())
    }

    /// Whether the user of this place ever opened, in an emergency, what is blocked about this document's
    /// person. When that ends tablet and server tell by their own clocks.
    pub(super) fn was_opened(&self, place: usize, companion: &Companion, header: &Header) -> bool {
        let (Some(user), Some(person)) = (self.staff.get(place), header.person_id()) else {
            return false;
        };
        let acts = to_the_end(companion.store().acts_of(person), &self.stop);
        acts.into_iter().flatten().flatten().any(|row| {
            let made = serde_json::from_str::<Made>(&row.made_json);
            made.is_ok_and(|made| {
                made.by == user.id && matches!(made.act, Some(Act::EmergencyOpened { .. }))
            })
        })
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
}
