//! What a person is told of where their work is, held against the rows of the tablet's own database.

use super::queue::Queue;
use crate::{drive::to_the_end, witness::Wrong, world::World};
use hemrond_companion::{
    Companion,
    api::{Command, Nothing, OfVisit, Status, VisitPage, Whereabouts},
};
use hemrond_domain::record::DocumentId;

impl World {
    /// Reads the line at the top of every page, and holds it against what waits and what was refused.
    pub(super) fn line_at_the_top(&mut self, number: usize, companion: &Companion, queue: &Queue) {
        let status = to_the_end(companion.call(Command::Status(Nothing {})), &self.stop);
        let status = status.ok().and_then(Result::ok);
        let Some(status) = status.and_then(|value| serde_json::from_value::<Status>(value).ok())
        else {
            let what = format!("{} cannot say how it is", self.name(number));
            self.witness.find(Wrong::Stuck, what);
            return;
        };
        let (waiting, refused) = (queue.somebodys(None), queue.refused(None));
        let told = (status.waiting as usize, status.refused as usize);
        if told != (waiting, refused) || status.waiting_since.is_some() != (waiting > 0) {
            let what = format!(
                "{} says that {} changes wait and {} are refused, and it is {waiting} and {refused}",
                self.name(number),
                told.0,
                told.1
            );
            self.witness.find(Wrong::Lost, what);
        }
    }

    /// Opens one of the visits, and holds what the page says of where it is against the rows.
    pub(crate) fn whereabouts_of_a_visit(&mut self, place: usize) {
        let (Some(companion), Some(&number)) = (self.running(place), self.places.get(place)) else {
            return;
        };
        let mut chance = crate::chance::Chance::new(self.setting.seed ^ (self.marks << 8));
        let Some(visit) = chance.pick(&self.cases.visits).copied() else {
            return;
        };
        let page = companion.call(Command::Visit(OfVisit { visit: visit.id }));
        let page = to_the_end(page, &self.stop).ok().and_then(Result::ok);
        // Who may not open it is told nothing.
        let Some(page) = page.and_then(|page| serde_json::from_value::<VisitPage>(page).ok())
        else {
            return;
        };
        let Ok(Ok(queue)) = to_the_end(Queue::of(&companion), &self.stop) else {
            return;
        };
        self.is_told_truly(number, visit.document, &page.whereabouts, &queue);
    }

    fn is_told_truly(
        &mut self,
        number: usize,
        document: DocumentId,
        told: &Whereabouts,
        queue: &Queue,
    ) {
        let waiting = queue.somebodys(Some(document));
        let refused = queue.refused(Some(document)) > 0;
        let true_word = match told {
            Whereabouts::Refused { .. } => refused,
            Whereabouts::OnlyHere { changes, since } => {
                let is_so = *changes as usize == waiting && queue.since(document) == Some(*since);
                !refused && is_so
            }
            Whereabouts::Unchanged | Whereabouts::OnServer { .. } | Whereabouts::Seen { .. } => {
                !refused && waiting == 0
            }
        };
        if !true_word {
            let what = format!(
                "{} says of {document}: {told:?}, and {waiting} items of it wait, {}",
                self.name(number),
                if refused {
                    "some are refused"
                } else {
                    "none is refused"
                }
            );
            self.witness.find(Wrong::Lost, what);
        }
    }
}
