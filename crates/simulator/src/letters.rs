//! Requests that somebody on the way has kept, to hand them over once more.

use crate::{chance::Chance, site::Parcel};
use hemrond_domain::ids::DeviceId;
use hemrond_server::nonce::LIFE_MS;
use std::collections::VecDeque;

/// How many requests of the last minutes are kept.
const LATELY: usize = 60;

/// How many requests of all times are kept.
const EVER: usize = 60;

/// A request that was on its way.
#[derive(Debug, Clone)]
pub struct Letter {
    /// The request.
    pub parcel: Parcel,
    /// Whose.
    pub device: DeviceId,
    /// When, on the true time, in milliseconds since 1970.
    pub at: i64,
}

/// What was kept: everything of the last minutes, and of all that ever was a sample in which each has
/// the same chance to be.
#[derive(Debug)]
pub struct Letters {
    lately: VecDeque<Letter>,
    ever: Vec<Letter>,
    met: usize,
    chance: Chance,
}

impl Letters {
    /// Nothing yet.
    #[must_use]
    pub const fn new(chance: Chance) -> Self {
        Self {
            lately: VecDeque::new(),
            ever: Vec::new(),
            met: 0,
            chance,
        }
    }

    /// Keeps a request.
    pub fn keep(&mut self, letter: Letter) {
        self.met += 1;
        if self.ever.len() < EVER {
            self.ever.push(letter.clone());
        } else if let Some(place) = self.ever.get_mut(self.chance.below(self.met)) {
            *place = letter.clone();
        }
        if self.lately.len() >= LATELY {
            self.lately.pop_front();
        }
        self.lately.push_back(letter);
    }

    /// One whose nonce may still be good.
    pub fn of_the_last_minutes(&self, now: i64, chance: &mut Chance) -> Option<Letter> {
        let fresh = |letter: &&Letter| now.saturating_sub(letter.at) <= LIFE_MS;
        let fresh: Vec<&Letter> = self.lately.iter().filter(fresh).collect();
        chance.pick(&fresh).map(|letter| (*letter).clone())
    }

    /// One of any time.
    pub fn of_any_time(&self, chance: &mut Chance) -> Option<Letter> {
        chance.pick(&self.ever).cloned()
    }
}
