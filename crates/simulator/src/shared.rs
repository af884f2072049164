//! Two users of one tablet: one of them is in at a time, each with a database of their own, and what
//! happens to the tablet happens to both.

use crate::{chance::Chance, steps::Ending, witness::Wrong, world::World};
use std::sync::Arc;

/// One story in so many has a tablet that two share.
const SHARED: usize = 2;

/// Which two places share a tablet in a story with so many places.
pub(crate) fn pair(seed: u64, places: usize) -> Option<(usize, usize)> {
    let mut chance = Chance::new(seed ^ 0x5a4e);
    if places < 2 || !chance.one_in(SHARED) {
        return None;
    }
    let one = chance.below(places);
    let other = (one + 1 + chance.below(places - 1)) % places;
    Some((one, other))
}

impl World {
    /// Who else has a place on the tablet of this one.
    pub(crate) fn shares_with(&self, place: usize) -> Option<usize> {
        match self.shared {
            Some((one, other)) if one == place => Some(other),
            Some((one, other)) if other == place => Some(one),
            _ => None,
        }
    }

    /// Every place on the tablet of this one.
    pub(crate) fn on_the_tablet_of(&self, place: usize) -> Vec<usize> {
        let mut places = vec![place];
        places.extend(self.shares_with(place));
        places
    }

    /// Locks the tablet for the other user before this one comes in.
    pub(crate) fn make_way(&mut self, place: usize) {
        let Some(other) = self.shares_with(place) else {
            return;
        };
        let stop = self.stop.clone();
        let number = self.places.get(other).copied();
        let Some(tablet) = number.and_then(|number| self.tablets.get_mut(number)) else {
            return;
        };
        if tablet.companion.is_some() && tablet.end(Ending::Closed, &stop).is_err() {
            let what = format!("{} hangs when another user comes in", tablet.name);
            self.witness.find(Wrong::Stuck, what);
        }
    }

    /// Gives both users of a shared tablet its one clock.
    pub(crate) fn share_clock(&mut self) {
        let Some((one, other)) = self.shared else {
            return;
        };
        self.make_way(one);
        let number = |place: usize| self.places.get(place).copied();
        let (Some(one), Some(other)) = (number(one), number(other)) else {
            return;
        };
        let clock = self
            .tablets
            .get(one)
            .map(|tablet| Arc::clone(&tablet.clock));
        if let (Some(clock), Some(tablet)) = (clock, self.tablets.get_mut(other)) {
            tablet.clock = clock;
        }
    }
}
