//! The story of a seed.

use crate::{
    chance::Chance,
    plant::Bug,
    steps::{Size, Step, story},
    world::{Broken, Outcome, Setting, run},
};

/// A story with everything that it needs to be told again.
#[derive(Debug, Clone)]
pub struct Tale {
    /// The world.
    pub setting: Setting,
    /// What happens in it.
    pub steps: Vec<Step>,
}

impl Tale {
    /// The story of this seed.
    #[must_use]
    pub fn of(seed: u64, bug: Option<Bug>) -> Self {
        let mut chance = Chance::new(seed);
        let size = size(&mut chance);
        let steps = story(&mut chance, size);
        Self {
            setting: Setting { seed, size, bug },
            steps,
        }
    }

    /// Tells it.
    ///
    /// # Errors
    /// When it cannot even begin.
    pub fn tell(&self) -> Result<Outcome, Broken> {
        run(self.setting, &self.steps)
    }
}

fn size(chance: &mut Chance) -> Size {
    Size {
        tablets: 3 + chance.below(4),
        days: 5 + chance.below(16),
    }
}

/// The seeds of the stories, from the first on, in which together so many tablet-days are lived.
#[must_use]
pub fn seeds(first: u64, tablet_days: u64) -> Vec<u64> {
    let mut lived = 0;
    (first..)
        .take_while(|seed| {
            let enough = lived >= tablet_days;
            lived += size(&mut Chance::new(*seed)).tablet_days();
            !enough
        })
        .collect()
}
