//! Destroying records when their time has come, and not before.
//!
//! The rule is [`hemrond_domain::retention`]; here it is asked of a whole database. A record is what
//! one organisation holds of one person. What counts as its last entry is when this server took it
//! in, so that no tablet's clock can bring a record's end nearer.

use crate::{
    environment::Clock,
    storage::{Aged, Destroyed, Hold, Storage, StorageError},
};
use chrono::{DateTime, NaiveDate};
use hemrond_domain::{
    ids::{OrganisationId, PersonId},
    record::{DocumentClass, DocumentId},
    retention::{self, Part, Standing},
};
use std::collections::{BTreeMap, BTreeSet};

/// How many persons' records are destroyed in one transaction, so that tablets are not held up.
const TOGETHER: usize = 100;

/// What was asked for cannot be done.
#[derive(Debug, thiserror::Error)]
pub enum RetentionError {
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Something with an earlier last entry must still be kept.
    #[error(
        "{documents} documents without an entry since {before} must still be kept, the last of them \
         until {until}; choose an earlier date, or one class with --class; nothing was destroyed"
    )]
    BeforeItsTime {
        /// The day that was asked for.
        before: NaiveDate,
        /// How many.
        documents: usize,
        /// The last day on which one of them must be kept.
        until: NaiveDate,
    },
    /// A day that has not come.
    #[error("{before} has not come yet; choose a day in the past; nothing was destroyed")]
    InTheFuture {
        /// The day that was asked for.
        before: NaiveDate,
    },
}

/// A document with what may become of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// The document.
    pub aged: Aged,
    /// What may become of it.
    pub standing: Standing,
}

/// What to look at: everything, or one class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// Only what has had no entry since this day.
    pub before: NaiveDate,
    /// Only this class.
    pub class: Option<DocumentClass>,
}

impl Wanted {
    fn includes(&self, line: &Line) -> bool {
        let asked = |clock: retention::Clock| clock.last_entry < self.before;
        let class = line.aged.kind.class();
        self.class.is_none_or(|wanted| wanted == class)
            && match line.standing {
                Standing::Due(clock) | Standing::Kept(clock) | Standing::Held(clock) => {
                    asked(clock)
                }
                Standing::NoClock => false,
            }
    }
}

/// What may become of each of these documents today. They must be all that there is of their persons.
#[must_use]
pub fn standings(aged: &[Aged], holds: &[Hold], today: NaiveDate) -> Vec<Line> {
    let mut records: BTreeMap<(OrganisationId, PersonId), Vec<Part>> = BTreeMap::new();
    for one in aged {
        let record = records.entry((one.organisation, one.person)).or_default();
        record.push(Part {
            class: one.kind.class(),
            last_entry: day_of(one.last_entry),
        });
    }
    let held: BTreeSet<PersonId> = holds
        .iter()
        .filter(|hold| hold.ended.is_none())
        .map(|hold| hold.person)
        .collect();
    aged.iter()
        .map(|one| {
            let record = records.get(&(one.organisation, one.person));
            let record = record.map(Vec::as_slice).unwrap_or_default();
            let held = held.contains(&one.person);
            Line {
                aged: *one,
                standing: retention::standing(one.kind.class(), record, held, today),
            }
        })
        .collect()
}

/// What may become of every document about a person today.
///
/// # Errors
/// When the database fails.
pub async fn survey(storage: &dyn Storage, clock: &dyn Clock) -> Result<Vec<Line>, RetentionError> {
    let aged = storage.aged().await?;
    let holds = storage.holds().await?;
    Ok(standings(&aged, &holds, clock.now().date_naive()))
}

/// Destroys everything that is wanted and due, in several transactions; what is held back stays.
/// Gives what was destroyed. The database's files still have to be compacted.
///
/// # Errors
/// When something that is wanted must still be kept, before anything is destroyed; when the database
/// fails, in which case what is destroyed by then is written down and asking again does the rest.
pub async fn purge(
    storage: &dyn Storage,
    clock: &dyn Clock,
    wanted: Wanted,
) -> Result<Vec<Destroyed>, RetentionError> {
    let today = clock.now().date_naive();
    let before = wanted.before;
    if before > today {
        return Err(RetentionError::InTheFuture { before });
    }
    let lines = survey(storage, clock).await?;
    let asked = || lines.iter().filter(|line| wanted.includes(line));
    let kept = asked().filter_map(|line| match line.standing {
        Standing::Kept(clock) => clock.destroyable_from.pred_opt(),
        Standing::Due(_) | Standing::Held(_) | Standing::NoClock => None,
    });
    let kept: Vec<NaiveDate> = kept.collect();
    if let Some(until) = kept.iter().copied().max() {
        return Err(RetentionError::BeforeItsTime {
            before,
            documents: kept.len(),
            until,
        });
    }
    let persons: BTreeSet<PersonId> = asked()
        .filter(|line| matches!(line.standing, Standing::Due(_)))
        .map(|line| line.aged.person)
        .collect();
    let persons: Vec<PersonId> = persons.into_iter().collect();
    // Asked again under the lock: what was written or held back meanwhile stays.
    let choose = |aged: &[Aged], holds: &[Hold]| -> Vec<DocumentId> {
        standings(aged, holds, today)
            .iter()
            .filter(|line| matches!(line.standing, Standing::Due(_)) && wanted.includes(line))
            .map(|line| line.aged.document)
            .collect()
    };
    let mut destroyed = Vec::new();
    for some in persons.chunks(TOGETHER) {
        destroyed.extend(storage.destroy(some, &choose, clock.now_ms()).await?);
    }
    Ok(destroyed)
}

/// The day of a moment in UTC. A moment that is none counts as a day that is never reached.
#[must_use]
pub fn day_of(moment: i64) -> NaiveDate {
    DateTime::from_timestamp_millis(moment).map_or(NaiveDate::MAX, |moment| moment.date_naive())
}
