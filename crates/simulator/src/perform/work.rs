//! Somebody works on a tablet.

use super::is_fair;
use crate::{
    act,
    chance::Chance,
    drive::{Hangs, to_the_end},
    steps::DiskFault,
    tablet::Tablet,
    witness::{Mark, Wrong, takes_errors_for_saved},
    world::World,
};

/// What a tablet may say no with, although nothing is wrong: the story asks for much that the
/// person may not do, or does not have.
const FAIR_REFUSALS: [&str; 13] = [
    "policy.",
    "act.",
    "emergency.",
    "relation.",
    // By an app of an earlier version, of what a newer one has written in.
    "document.newer",
    "visit.unknown",
    "person.unknown",
    "document.unknown",
    "sign.obstacle",
    "edit.",
    "round.",
    "observation.",
    "note.",
];

impl World {
    pub(super) fn work(&mut self, place: usize, disk: Option<DiskFault>, chance: &mut Chance) {
        let Some(companion) = self.running(place) else {
            return;
        };
        let Some(&number) = self.places.get(place) else {
            return;
        };
        self.marks += 1;
        let mark = format!("mark{}x", self.marks);
        let post = self.post(place);
        if let (Some(fault), Some(tablet)) = (disk, self.tablets.get_mut(number)) {
            tablet.disturb(fault);
        }
        let worked = act::work(&companion, post, &self.cases, chance, &mark);
        let worked = to_the_end(worked, &self.stop);
        self.was_seen(place, &companion, &worked);
        drop(companion);
        self.settle(number);
        let kept = match worked {
            Err(Hangs) => {
                self.witness
                    .find(Wrong::Stuck, format!("{} hangs at work", self.name(number)));
                return;
            }
            Ok(Ok(kept)) => kept,
            Ok(Err(_)) if disk.is_some() && takes_errors_for_saved(self.setting.bug) => act::Kept {
                must_wait: true,
                ..act::Kept::default()
            },
            Ok(Err(failure)) => {
                if disk.is_none() && !is_fair(&failure, &FAIR_REFUSALS) {
                    let what = format!(
                        "{} refuses to work: {failure} ({})",
                        self.name(number),
                        failure.code
                    );
                    self.witness.find(Wrong::Stuck, what);
                }
                // Some of it may have been kept before it broke off: that is not the next act's.
                self.look_at_queue(place);
                return;
            }
        };
        // What was said to be saved must be there, also when the app ended right afterwards.
        let Some(companion) = self.running(place) else {
            return;
        };
        let Ok(Ok(waiting)) = to_the_end(Tablet::waiting(&companion), &self.stop) else {
            self.witness.find(
                Wrong::Stuck,
                format!("{} cannot be read", self.name(number)),
            );
            return;
        };
        let new = self.witness.kept(number, &waiting);
        self.remember_entries(&companion, &new);
        if kept.must_wait && new.is_empty() {
            let what = format!(
                "{} said saved ({mark}), and nothing waits to be sent",
                self.name(number)
            );
            self.witness.find(Wrong::Lost, what);
        }
        self.cases.visits.extend(kept.visit);
        if let Some((document, expect)) = kept.expect
            && let Some(document) = document.or_else(|| new.first().map(|item| item.document))
        {
            self.witness.marks.push(Mark {
                document,
                expect,
                items: new,
                tablet: number,
            });
        }
    }
}
