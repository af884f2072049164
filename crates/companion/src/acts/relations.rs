//! In whose care the user takes part, as it was when it was last asked.

use chrono::{DateTime, NaiveDate, Utc};
use hemrond_domain::ids::PersonId;
use hemrond_policy::Relation;
use std::collections::BTreeMap;

/// What was asked since documents last changed: for this day, and until the next relation ends.
#[derive(Debug, Default)]
pub(crate) struct Relations {
    people: BTreeMap<PersonId, Relation>,
    /// The day for which it was asked: rounds are looked at around it.
    day: Option<NaiveDate>,
    /// When the next declared relation ends.
    ends: Option<DateTime<Utc>>,
}

impl Relations {
    /// What is between the user and a person; none where it was not asked.
    pub(super) fn of(&self, person: PersonId) -> Relation {
        self.people.get(&person).copied().unwrap_or(Relation::None)
    }

    /// Those of whom it must be asked now.
    pub(super) fn unasked(
        &mut self,
        people: &[PersonId],
        day: NaiveDate,
        now: DateTime<Utc>,
    ) -> Vec<PersonId> {
        if self.day != Some(day) || self.ends.is_some_and(|end| end <= now) {
            *self = Self {
                day: Some(day),
                ..Self::default()
            };
        }
        let mut unasked: Vec<PersonId> = people.to_vec();
        unasked.sort_unstable();
        unasked.dedup();
        unasked.retain(|person| !self.people.contains_key(person));
        unasked
    }

    /// Remembers an answer.
    pub(super) fn note(&mut self, person: PersonId, takes_part: bool) {
        let relation = match takes_part {
            true => Relation::Care,
            false => Relation::None,
        };
        self.people.insert(person, relation);
    }

    /// Remembers that something that was answered ends then.
    pub(super) fn ends(&mut self, at: Option<DateTime<Utc>>) {
        self.ends = [self.ends, at].into_iter().flatten().min();
    }
}
