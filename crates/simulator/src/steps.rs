//! A story as a list of steps. Every choice of a step is in it, so that steps can be left out when
//! a story is shortened, and the others still mean the same.

use crate::chance::Chance;

/// One step of a story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// How many minutes pass before.
    pub minutes: u32,
    /// The seed of all smaller choices within the step.
    pub salt: u64,
    /// What happens.
    pub what: What,
}

/// What happens in a step. Tablets, users and processes are named by number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Somebody works on a tablet.
    Work {
        /// Which tablet.
        tablet: usize,
        /// What happens to its disk meanwhile.
        disk: Option<DiskFault>,
    },
    /// A tablet syncs.
    Sync {
        /// Which tablet.
        tablet: usize,
        /// What happens to each request in turn.
        network: Vec<Option<NetworkFault>>,
        /// What happens to its disk meanwhile.
        disk: Option<DiskFault>,
    },
    /// Tablets sync at the same time, at several server processes.
    Together {
        /// Which tablets.
        tablets: Vec<usize>,
    },
    /// What was paused on the server goes on.
    Resume,
    /// A request of the last minutes comes to the server once more, to any of its processes; or for the
    /// first time, where it was held up.
    ReplaySoon,
    /// A request of any time before comes to the server once more.
    Replay,
    /// A tablet is closed and opened, or stops.
    Restart {
        /// Which tablet.
        tablet: usize,
        /// How.
        how: Ending,
    },
    /// A tablet's database is copied away.
    CopyTablet {
        /// Which tablet.
        tablet: usize,
    },
    /// A tablet's database is put back from the copy.
    PutTabletBack {
        /// Which tablet.
        tablet: usize,
    },
    /// The server's database is backed up.
    Backup,
    /// The server's database is restored from the last backup.
    Restore,
    /// A server process dies and another takes its place.
    RestartServer,
    /// A tablet's clock is set.
    SetClock {
        /// Which tablet.
        tablet: usize,
        /// How wrong it is from now on.
        wrong_by_minutes: i64,
    },
    /// A user's role or unit changes, and with it what they may see.
    ChangeRole {
        /// Whose.
        user: usize,
    },
    /// A tablet is lost and shut out; its user gets another.
    NewTablet {
        /// Which tablet.
        tablet: usize,
    },
}

/// What can happen to a tablet's disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiskFault {
    /// The app is killed at this write.
    Kill(u32),
    /// The power fails at this write; what was not synced is lost in part.
    PowerCut(u32),
    /// A write fails once.
    WriteError(u32),
    /// A sync fails once.
    SyncError(u32),
    /// The disk is full.
    Full,
}

/// What can happen to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NetworkFault {
    /// It never arrives.
    RequestLost,
    /// It is cut at this thousandth of its length.
    RequestCut(u16),
    /// The answer never arrives.
    AnswerLost,
    /// The answer is cut at this thousandth of its length.
    AnswerCut(u16),
    /// It arrives twice, and the second answer counts.
    Doubled,
    /// The server process dies at this gate.
    ServerDies(u8),
    /// The server process is paused at this gate and goes on later; the tablet waits in vain.
    ServerPauses(u8),
}

/// How a tablet's app ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// In good order.
    Closed,
    /// Killed by the system.
    Killed,
    /// The battery was empty.
    PowerCut,
}

/// How large a story is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// How many tablets.
    pub tablets: usize,
    /// How many days.
    pub days: usize,
}

impl Size {
    /// How many tablet-days are lived.
    #[must_use]
    pub fn tablet_days(self) -> u64 {
        u64::try_from(self.tablets * self.days).unwrap_or(u64::MAX)
    }
}

/// Draws a story.
#[must_use]
pub fn story(chance: &mut Chance, size: Size) -> Vec<Step> {
    let mut steps = Vec::new();
    for _ in 0..size.days {
        let mut day: Vec<What> = Vec::new();
        for tablet in 0..size.tablets {
            for _ in 0..chance.below(3) {
                let disk = chance.one_in(3).then(|| disk_fault(chance));
                day.push(What::Work { tablet, disk });
            }
            for _ in 0..1 + chance.below(5) / 2 {
                day.push(sync(chance, tablet));
            }
            if chance.one_in(3) {
                day.push(rarely(chance, tablet, size));
            }
        }
        shuffle(chance, &mut day);
        let pause = 24 * 60 / u32::try_from(day.len().max(1)).unwrap_or(1);
        for what in day {
            let again = comes_again_soon(chance, &what);
            steps.push(Step {
                minutes: pause,
                salt: chance.word(),
                what,
            });
            if let Some(minutes) = again {
                steps.push(Step {
                    minutes,
                    salt: chance.word(),
                    what: What::ReplaySoon,
                });
            }
        }
    }
    steps
}

/// After how many minutes a request of this step comes to the server again, while its nonce may still be
/// good; more often where one was held up.
fn comes_again_soon(chance: &mut Chance, what: &What) -> Option<u32> {
    let held_up = |fault: &Option<NetworkFault>| *fault == Some(NetworkFault::RequestLost);
    let one_in = match what {
        What::Sync { network, .. } if network.iter().any(held_up) => 2,
        What::Sync { .. } | What::Together { .. } => 8,
        _ => return None,
    };
    let minutes = u32::try_from(chance.below(9)).unwrap_or(0);
    chance.one_in(one_in).then_some(minutes)
}

fn sync(chance: &mut Chance, tablet: usize) -> What {
    if chance.one_in(5) {
        let other = chance.below(8);
        return What::Together {
            tablets: vec![tablet, tablet + 1 + other],
        };
    }
    let faults = match chance.below(10) {
        0 => 0,
        1..3 => 1,
        3..8 => 2,
        _ => 5,
    };
    let network = (0..faults)
        .map(|_| (!chance.one_in(10)).then(|| network_fault(chance)))
        .collect();
    What::Sync {
        tablet,
        network,
        disk: chance.one_in(3).then(|| disk_fault(chance)),
    }
}

fn disk_fault(chance: &mut Chance) -> DiskFault {
    // A command writes about a dozen pages and syncs once or twice.
    let at = u32::try_from(chance.below(30)).unwrap_or(0);
    match chance.below(8) {
        0..2 => DiskFault::Kill(at),
        2..5 => DiskFault::PowerCut(at),
        5 => DiskFault::WriteError(at),
        6 => DiskFault::SyncError(at % 3),
        _ => DiskFault::Full,
    }
}

fn network_fault(chance: &mut Chance) -> NetworkFault {
    let part = u16::try_from(chance.below(1000)).unwrap_or(0);
    let gate = u8::try_from(chance.below(18)).unwrap_or(0);
    match chance.below(12) {
        0..2 => NetworkFault::RequestLost,
        2 => NetworkFault::RequestCut(part),
        3..6 => NetworkFault::AnswerLost,
        6 => NetworkFault::AnswerCut(part),
        7..9 => NetworkFault::Doubled,
        9..11 => NetworkFault::ServerDies(gate),
        _ => NetworkFault::ServerPauses(gate),
    }
}

fn rarely(chance: &mut Chance, tablet: usize, size: Size) -> What {
    match chance.below(40) {
        0..6 => What::Restart {
            tablet,
            how: match chance.below(3) {
                0 => Ending::Closed,
                1 => Ending::Killed,
                _ => Ending::PowerCut,
            },
        },
        6..10 => What::CopyTablet { tablet },
        10..13 => What::PutTabletBack { tablet },
        13..17 => What::Backup,
        17..20 => What::Restore,
        20..24 => What::RestartServer,
        24..28 => What::Replay,
        28..31 => What::Resume,
        31..33 => What::SetClock {
            tablet,
            wrong_by_minutes: wrong_by(chance),
        },
        33..38 => What::ChangeRole {
            user: chance.below(size.tablets),
        },
        _ => What::NewTablet { tablet },
    }
}

fn wrong_by(chance: &mut Chance) -> i64 {
    let year = 365 * 24 * 60;
    let minutes = i64::try_from(chance.below(40_000)).unwrap_or(0) - 20_000;
    match chance.below(4) {
        0 => 0,
        1 => minutes,
        2 => minutes + 5 * year,
        _ => minutes - 3 * year,
    }
}

fn shuffle<T>(chance: &mut Chance, items: &mut [T]) {
    for end in (1..items.len()).rev() {
        items.swap(end, chance.below(end + 1));
    }
}
