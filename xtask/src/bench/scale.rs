//! How much is measured, and which part of it.

use super::work::documents::Load;
use crate::project::Profile;
use std::num::NonZeroUsize;

/// How much is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    /// Small numbers and the debug build, to see that it works.
    Quick,
    /// Our own figures.
    Short,
    /// All of it, beside the peers.
    Peers,
}

/// The numbers behind a scale.
#[derive(Debug, Clone, Copy)]
pub(super) struct Numbers {
    pub(super) profile: Profile,
    /// Loads, the largest last: few changed documents are measured among that.
    pub(super) loads: &'static [Load],
    pub(super) week: Load,
    /// Persons on the tablet that is started and used.
    pub(super) persons: u32,
    pub(super) starts: usize,
    pub(super) times: usize,
    /// Tablets that come back at the end of a shift.
    pub(super) shift: usize,
    /// Tablets that wait for news.
    pub(super) online: usize,
    /// Documents on the server, from few to many.
    pub(super) growth: &'static [u32],
}

const QUICK: Numbers = Numbers {
    profile: Profile::Debug,
    loads: &[Load::whole(20, 1)],
    week: Load::whole(10, 1),
    persons: 100,
    starts: 1,
    times: 10,
    shift: 10,
    online: 20,
    growth: &[50, 500],
};

const SHORT: Numbers = Numbers {
    profile: Profile::Release,
    loads: &[Load::whole(100, 3), Load::whole(1_000, 3)],
    week: Load::whole(200, 3),
    persons: 10_000,
    starts: 5,
    times: 1_000,
    shift: 500,
    online: 1_000,
    growth: &[1_000, 10_000, 100_000],
};

const FULL: Numbers = Numbers {
    loads: &[
        Load::whole(100, 5),
        Load::whole(1_000, 5),
        Load {
            documents: 10_000,
            answers: 4,
            runs: 3,
        },
    ],
    week: Load::whole(200, 5),
    growth: &[1_000, 10_000, 100_000, 1_000_000],
    ..SHORT
};

impl Scale {
    pub(super) const fn numbers(self) -> Numbers {
        match self {
            Self::Quick => QUICK,
            Self::Short => SHORT,
            Self::Peers => FULL,
        }
    }
}

/// A part of what is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// Documents on their way, and a week's.
    Documents,
    /// The end of a shift.
    ShiftEnd,
    /// Tablets that wait for news.
    Online,
    /// A server that grows.
    Growth,
    /// A tablet in the hand.
    InHand,
}

impl Part {
    const ALL: [(Self, &'static str); 5] = [
        (Self::Documents, "documents"),
        (Self::ShiftEnd, "shift-end"),
        (Self::Online, "online"),
        (Self::Growth, "growth"),
        (Self::InHand, "in-hand"),
    ];

    /// The part of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let found = Self::ALL.iter().find(|(_, one)| *one == name);
        found.map(|(part, _)| *part)
    }
}

/// What is to be measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// How much.
    pub(crate) scale: Scale,
    /// Which parts; all where none is named.
    pub(crate) only: Vec<Part>,
    /// With how many documents at least, where some are carried.
    pub(crate) least: Option<usize>,
    /// With how many documents at most, where some are carried or a server grows.
    pub(crate) most: Option<usize>,
    /// Beside which peers; all where none is named.
    pub(crate) beside: Vec<String>,
    /// How often each load is carried at most, where less time is to be had than the figures deserve.
    pub(crate) runs: Option<NonZeroUsize>,
}

impl Wanted {
    /// All of it.
    pub(crate) const fn all(scale: Scale) -> Self {
        Self {
            scale,
            only: Vec::new(),
            least: None,
            most: None,
            beside: Vec::new(),
            runs: None,
        }
    }

    /// Whether a part is to be measured.
    pub(super) fn takes(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }

    /// Whether any of the parts needs many tablets at once.
    pub(super) fn takes_a_crowd(&self) -> bool {
        [Part::ShiftEnd, Part::Online, Part::Growth]
            .into_iter()
            .any(|part| self.takes(part))
    }

    /// The loads to be carried, the largest last.
    pub(super) fn loads(&self) -> Vec<Load> {
        let loads = self.scale.numbers().loads.iter().copied();
        loads
            .filter(|load| self.holds(load.documents))
            .map(|load| self.often(load))
            .collect()
    }

    /// How many documents the growing server has, one size after the other.
    pub(super) fn growth(&self) -> Vec<u32> {
        let sizes = self.scale.numbers().growth.iter().copied();
        sizes
            .filter(|size| self.holds(usize::try_from(*size).unwrap_or(usize::MAX)))
            .collect()
    }

    fn holds(&self, documents: usize) -> bool {
        self.least.is_none_or(|least| documents >= least)
            && self.most.is_none_or(|most| documents <= most)
    }

    /// A week's load.
    pub(super) fn week(&self) -> Load {
        self.often(self.scale.numbers().week)
    }

    fn often(&self, load: Load) -> Load {
        let runs = self
            .runs
            .map_or(load.runs, |most| load.runs.min(most.get()));
        Load { runs, ..load }
    }
}
