//! Flags beside a person: at most two in a list, the gravest first.

use crate::{
    api::{Flag, FlagLevel, PersonBrief},
    failure::Outcome,
    tablet::{Companion, State},
};
use chrono::Days;
use hemrond_domain::{
    ids::PersonId,
    instruments::cfs::{CfsChange, CfsLevel, change},
    medication,
    record::DocumentKind,
};
use hemrond_policy::Action;
use hemrond_store::{ObservationRow, VisitRow};
use std::collections::BTreeMap;

/// For how many days an observation of "worse" is flagged.
const OBSERVED_DAYS: u64 = 3;

impl Companion {
    /// All flags of a person that this user may know of, the gravest first. Whose relation was not asked
    /// has none that tell of their health.
    pub(crate) async fn flags(
        &self,
        state: &State,
        person: PersonId,
        brief: &PersonBrief,
    ) -> Outcome<Vec<Flag>> {
        let mut flags = Vec::new();
        if brief.protected.is_protected() {
            flags.push(flag("flag.protected", FlagLevel::Info, []));
        }
        if self.may_read_observed(state)? {
            let today = self.clock.today();
            let since = today
                .checked_sub_days(Days::new(OBSERVED_DAYS))
                .unwrap_or(today);
            let recent = self.observed(state, person, 20).await?;
            flags.extend(observed(
                recent
                    .iter()
                    .filter(|row| self.clock.date_of(row.at) >= since),
            ));
        }
        if self.may_of(state, Action::Read, person, DocumentKind::Visit)? {
            let visits = self.store.visits_of(person).await?;
            flags.extend(self.visit_flags(&visits, brief.age));
        }
        flags.sort_by_key(|flag| flag.level);
        Ok(flags)
    }

    /// `visits`, newest first.
    fn visit_flags(&self, visits: &[VisitRow], age: Option<u32>) -> Vec<Flag> {
        let mut flags = Vec::new();
        if let Some(score) = visits
            .iter()
            .find(|visit| visit.falls_score.is_some())
            .filter(|visit| visit.falls_high == Some(true))
            .and_then(|visit| visit.falls_score)
        {
            flags.push(flag(
                "flag.fall_risk_high",
                FlagLevel::Today,
                [("score", score.to_string())],
            ));
        }
        let levels: Vec<CfsLevel> = visits
            .iter()
            .filter_map(|visit| CfsLevel::try_from(i64::from(visit.cfs_level?)).ok())
            .take(2)
            .collect();
        if let [current, previous] = levels.as_slice()
            && matches!(
                change(*previous, *current),
                CfsChange::RiseAskCause | CfsChange::RiseSuggestReassessment
            )
        {
            let params = [
                ("from", previous.get().to_string()),
                ("to", current.get().to_string()),
            ];
            flags.push(flag("flag.cfs_rise", FlagLevel::Info, params));
        }
        let listed = visits.iter().find(|visit| visit.drug_count > 0);
        let reviewed = visits.iter().filter_map(|visit| visit.last_review_on).max();
        if let (Some(listed), Some(age)) = (listed, age) {
            let days = reviewed.map(|day| {
                u32::try_from((self.clock.today() - day).num_days().max(0)).unwrap_or(u32::MAX)
            });
            let drugs = usize::try_from(listed.drug_count).unwrap_or(usize::MAX);
            if medication::review_due(age, drugs, days) {
                flags.push(flag("flag.review_due", FlagLevel::Info, []));
            }
        }
        if visits.iter().any(|visit| visit.asks > 0) {
            flags.push(flag("flag.question_open", FlagLevel::Info, []));
        }
        flags
    }
}

fn observed<'a>(rows: impl Iterator<Item = &'a ObservationRow>) -> Option<Flag> {
    let worst = rows
        .filter(|row| !row.retracted)
        .filter_map(|row| {
            let rank = match row.degree.as_str() {
                "much_worse" => 2,
                "worse" => 1,
                _ => return None,
            };
            Some((rank, row.at, row))
        })
        .max_by_key(|(rank, at, _)| (*rank, *at))?;
    let (rank, _, row) = worst;
    let params = [("what", format!("observation.{}", row.what))];
    Some(if rank == 2 {
        flag("flag.much_worse_observation", FlagLevel::Danger, params)
    } else {
        flag("flag.worse_observation", FlagLevel::Today, params)
    })
}

fn flag<const N: usize>(code: &str, level: FlagLevel, params: [(&str, String); N]) -> Flag {
    let params: BTreeMap<String, String> = params
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    Flag {
        code: code.to_owned(),
        level,
        params,
    }
}
