//! What each step does to the world, and what is asked of the tablets right after it.

mod administration;
mod log;
mod queue;
mod seen;
mod signed;
mod sync;
mod tablets;
mod told;
mod work;

use crate::{
    chance::Chance,
    site::lock,
    steps::{Step, What},
    witness::Wrong,
    world::World,
};
use hemrond_companion::api::Failure;
use std::collections::BTreeSet;
use sync::Age;

impl World {
    /// Carries out a step.
    pub(crate) fn perform(&mut self, step: &Step) {
        self.time.pass(i64::from(step.minutes) * 60_000);
        let mut chance = Chance::new(step.salt);
        let places = self.places.len().max(1);
        match &step.what {
            What::Work { tablet, disk } => self.work(tablet % places, *disk, &mut chance),
            What::Sync {
                tablet,
                network,
                disk,
            } => self.sync(tablet % places, network, *disk),
            What::Together { tablets } => {
                let some: BTreeSet<usize> = tablets.iter().map(|tablet| tablet % places).collect();
                self.together(&some, &mut chance);
            }
            What::Resume => self.resume(),
            What::ReplaySoon => self.replay(Age::Minutes, &mut chance),
            What::Replay => self.replay(Age::Any, &mut chance),
            What::Restart { tablet, how } => self.restart(tablet % places, *how),
            What::CopyTablet { tablet } => self.copy(tablet % places),
            What::PutTabletBack { tablet } => self.put_back(tablet % places),
            What::Backup => self.site.back_up(),
            What::Restore => self.restore(),
            What::RestartServer => {
                let place = chance.below(crate::site::PROCESSES);
                self.air.struck.fault();
                if self.site.restart(place).is_err() {
                    self.witness
                        .find(Wrong::Stuck, "a server process does not start");
                }
            }
            What::SetClock {
                tablet,
                wrong_by_minutes,
            } => self.set_clock(tablet % places, *wrong_by_minutes),
            What::ChangeRole { user } => self.change_role(user % places, &mut chance),
            What::NewTablet { tablet } => self.replace(tablet % places),
        }
        let leaks = std::mem::take(&mut *lock(&self.air.leaks));
        for leak in leaks {
            self.witness.find(Wrong::Leaked, leak);
        }
    }

    pub(super) fn settle(&mut self, number: usize) {
        if let Some(tablet) = self.tablets.get_mut(number) {
            self.air.struck.fault_if(tablet.settle());
        }
    }

    pub(crate) fn name(&self, number: usize) -> String {
        self.tablets
            .get(number)
            .map_or_else(String::new, |tablet| tablet.name.clone())
    }
}

/// Whether a refusal is one of these.
pub(super) fn is_fair(failure: &Failure, fair: &[&str]) -> bool {
    fair.iter().any(|start| failure.code.starts_with(start))
}
