//! The two steps of an emergency opening (PDL 4:5): which units have blocked, then what is needed.

use super::standing::a_visit;
use crate::{
    api::{BlockingUnit, EmergencyOpen, EmergencyReason, EmergencyUnits, Opened},
    failure::{Outcome, Problem},
    tablet::{Companion, State},
};
use chrono::{DateTime, TimeDelta, Utc};
use hemrond_domain::{
    ids::{PersonId, UnitId},
    law::{Act, Bound, Step},
};
use hemrond_policy::Action;
use std::collections::BTreeSet;

/// How long step 1 stands: long enough to choose.
const FIRST_STEP: TimeDelta = TimeDelta::hours(1);

impl Companion {
    /// Step 1: says which units have blocked.
    pub(crate) async fn emergency_units(
        &self,
        state: &mut State,
        args: &EmergencyReason,
    ) -> Outcome<EmergencyUnits> {
        let units = self.blocking(state, args.person)?;
        let Some(first) = units.first() else {
            return Err(Problem::new("emergency.nothing"));
        };
        let user = state.enrolled()?.user.clone();
        let header = a_visit(&user, *first, args.person);
        self.ask_relations(state, &[args.person]).await?;
        self.check(state, Action::OpenEmergency, &header)?;
        let until = self.clock.now() + FIRST_STEP;
        let act = Act::EmergencyOpened {
            bound: Bound::Inner,
            step: Step::Units,
            danger: args.reason.trim().to_owned(),
            units: Vec::new(),
            documents: Vec::new(),
            until,
        };
        self.make(state, args.person, act).await?;
        self.ask_relations(state, &[args.person]).await?;
        self.check(state, Action::SeeBlockingUnit, &header)?;
        Ok(EmergencyUnits {
            units: self.named(state, args.person, &units).await?,
            until,
        })
    }

    /// Step 2: opens the chosen units' data for the user, for some hours.
    pub(crate) async fn emergency_open(
        &self,
        state: &mut State,
        args: &EmergencyOpen,
    ) -> Outcome<Opened> {
        let me = state.enrolled()?.user.id;
        let asked = self.standing(state, args.person).await?;
        if asked.emergencies_of(me, Bound::Inner).next().is_none() {
            return Err(Problem::new("emergency.first_step"));
        }
        let blocking = self.blocking(state, args.person)?;
        if args.units.is_empty() || args.units.iter().any(|unit| !blocking.contains(unit)) {
            return Err(Problem::new("emergency.units"));
        }
        let until: DateTime<Utc> = self.clock.now() + TimeDelta::hours(i64::from(args.hours));
        let act = Act::EmergencyOpened {
            bound: Bound::Inner,
            step: Step::Entries,
            danger: args.reason.trim().to_owned(),
            units: args.units.clone(),
            documents: Vec::new(),
            until,
        };
        let act = self.make(state, args.person, act).await?;
        let visits = self.store.visits_of(args.person).await?;
        let here: BTreeSet<UnitId> = visits.iter().map(|visit| visit.unit).collect();
        let missing: Vec<UnitId> = args
            .units
            .iter()
            .copied()
            .filter(|unit| !here.contains(unit))
            .collect();
        Ok(Opened {
            act,
            until,
            visits: visits
                .iter()
                .filter(|visit| args.units.contains(&visit.unit))
                .map(|visit| visit.visit)
                .collect(),
            missing: self.named(state, args.person, &missing).await?,
        })
    }

    /// The units whose data is blocked off from the user.
    fn blocking(&self, state: &State, person: PersonId) -> Outcome<Vec<UnitId>> {
        let own = state.enrolled()?.user.unit;
        let blocks = state.sight.of(person).map(|standing| &standing.blocks);
        let units: BTreeSet<UnitId> = blocks
            .into_iter()
            .flatten()
            .filter_map(|block| block.unit)
            .filter(|unit| *unit != own)
            .collect();
        Ok(units.into_iter().collect())
    }

    async fn named(
        &self,
        state: &State,
        person: PersonId,
        units: &[UnitId],
    ) -> Outcome<Vec<BlockingUnit>> {
        let rows = self.store.units().await?;
        let held = self.store.health_documents_of(&[person]).await?;
        Ok(units
            .iter()
            .map(|unit| BlockingUnit {
                unit: *unit,
                name: state.unit_name(*unit),
                phone: rows
                    .iter()
                    .find(|row| row.unit == *unit)
                    .and_then(|row| row.phone.clone()),
                here: held.iter().any(|(_, header)| header.unit == Some(*unit)),
            })
            .collect())
    }
}
