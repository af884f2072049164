//! Who has seen what: a tablet that says "seen by Omar" is held to what Omar's tablet held when he
//! said so.

use crate::{
    act::{Expect, Kept, Visit},
    chance::Chance,
    drive::{Hangs, to_the_end},
    plant::Bug,
    witness::Wrong,
    world::World,
};
use hemrond_companion::{
    Companion,
    api::{Command, Failure, OfVisit, VisitPage, Whereabouts},
};
use hemrond_domain::{ids::UserId, record::DocumentId};

impl World {
    /// Remembers what somebody had before them who said that they have seen a visit. What broke off
    /// may have been kept all the same, for any visit.
    pub(super) fn was_seen(
        &mut self,
        place: usize,
        companion: &Companion,
        worked: &Result<Result<Kept, Failure>, Hangs>,
    ) {
        let documents: Vec<DocumentId> = match worked {
            Ok(Ok(kept)) => kept.seen.into_iter().collect(),
            Ok(Err(_)) => self
                .cases
                .visits
                .iter()
                .map(|visit| visit.document)
                .collect(),
            Err(Hangs) => Vec::new(),
        };
        let Some(user) = self.staff.get(place).map(|user| user.id) else {
            return;
        };
        for document in documents {
            // A disk that has failed by now cannot be asked; then nothing was kept after it did.
            if let Ok(Ok(held)) = to_the_end(companion.store().hashes(document), &self.stop) {
                self.witness.saw(user, document, held);
            }
        }
    }

    /// Opens a visit with notes that were written on this tablet, and holds what it says of who has
    /// seen it against what they had before them.
    pub(crate) fn claims_of_seen(&mut self, place: usize) {
        let (Some(companion), Some(&number)) = (self.running(place), self.places.get(place)) else {
            return;
        };
        let notes: Vec<_> = self
            .witness
            .marks
            .iter()
            .filter(|mark| mark.tablet == number && matches!(mark.expect, Expect::Words(_)))
            .cloned()
            .collect();
        let visits = self.cases.visits.iter();
        let visits: Vec<Visit> = visits
            .filter(|visit| notes.iter().any(|note| note.document == visit.document))
            .copied()
            .collect();
        let mut chance = Chance::new(self.setting.seed ^ self.marks);
        let Some(visit) = chance.pick(&visits).copied() else {
            return;
        };
        let Some(by) = self.said_to_have_seen(&companion, visit) else {
            return;
        };
        let held = to_the_end(companion.store().hashes(visit.document), &self.stop);
        let Ok(Ok(held)) = held else {
            return;
        };
        let unseen = notes.iter().any(|note| {
            note.document == visit.document
                && note.items.iter().all(|item| held.contains(&item.hash))
                && !self.witness.has_seen(by, &note.items)
        });
        if unseen {
            let what = format!(
                "{} says that a colleague has seen all of {}, who never had a note of it",
                self.name(number),
                visit.document
            );
            self.witness.find(Wrong::Lost, what);
        }
    }

    /// The colleague who has seen all of a visit, as the tablet says.
    fn said_to_have_seen(&self, companion: &Companion, visit: Visit) -> Option<UserId> {
        if self.setting.bug == Some(Bug::SeenOnceAndForAll) {
            let rows = to_the_end(companion.store().seen_of_visit(visit.id), &self.stop);
            let rows = rows.ok()?.ok()?;
            return rows.into_iter().find_map(|row| row.by_user);
        }
        let page = companion.call(Command::Visit(OfVisit { visit: visit.id }));
        let page = to_the_end(page, &self.stop).ok()?.ok()?;
        let page: VisitPage = serde_json::from_value(page).ok()?;
        let Whereabouts::Seen { by, .. } = page.whereabouts else {
            return None;
        };
        let colleague = self.staff.iter().find(|user| user.name == by);
        colleague.map(|user| user.id)
    }
}
