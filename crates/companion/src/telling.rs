//! Telling units of health care what home help saw.
//!
//! What home help writes is social documentation, and health care reads none of it. What may be told is
//! copied into a document of the unit that is told, each entry with its source and its legal basis,
//! and with each goes a signed act (AC52, AC60). A telling that was begun once does that with every
//! observation from then on, until somebody ends it.

use crate::{
    acts::SignedAct,
    api::{
        AccessState, BeginTelling, Disclose, OfPerson, Receiver, TellingView, TellingsOfPerson,
        ToldView,
    },
    change::{Filing, Work},
    failure::{Outcome, Problem},
    observations::{name, read},
    tablet::{Companion, State},
};
use chrono::{DateTime, SecondsFormat, SubsecRound as _, Utc};
use hemrond_documents::{Edit, Value};
use hemrond_domain::{
    ids::{PersonId, RowId, UnitId},
    law::{Act, ActId, LegalBasis, Standing, Telling},
    people::Role,
    record::{DocumentKind, Header},
};
use hemrond_policy::Action;
use hemrond_store::ObservationRow;
use std::collections::{BTreeMap, BTreeSet};

/// Whom to tell, and why it may be.
#[derive(Debug, Clone, Copy)]
struct Leave {
    to: UnitId,
    basis: LegalBasis,
    /// The act by which such things may be told from then on; none where only this is.
    telling: Option<ActId>,
}

impl From<&Telling> for Leave {
    fn from(telling: &Telling) -> Self {
        Self {
            to: telling.to,
            basis: telling.basis,
            telling: Some(telling.id),
        }
    }
}

/// Changes and acts that belong together: all of them are on disk afterwards, or none.
#[derive(Default)]
pub(crate) struct Together {
    pub(crate) work: Vec<Work>,
    acts: Vec<SignedAct>,
}

impl Together {
    /// The signed acts, which all stand in the person's one acts document.
    pub(crate) fn filing(&mut self) -> Option<Filing> {
        let acts = std::mem::take(&mut self.acts);
        let header = acts.first()?.header.clone();
        Some(Filing {
            header,
            entries: acts.into_iter().map(|act| act.bytes).collect(),
        })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.work.is_empty() && self.acts.is_empty()
    }
}

impl Companion {
    /// What goes with an observation that is being logged: to each unit that may be told, a copy
    /// and an act.
    pub(crate) async fn told_along(
        &self,
        state: &mut State,
        rows: &[ObservationRow],
    ) -> Outcome<Together> {
        let mut together = Together::default();
        let Some(first) = rows.first() else {
            return Ok(together);
        };
        self.ask_relations(state, &[first.person]).await?;
        let standing = self.standing(state, first.person).await?;
        let mut units = BTreeSet::new();
        for telling in &standing.tellings {
            if units.insert(telling.to) {
                self.tell(state, rows, telling.into(), &mut together)?;
            }
        }
        Ok(together)
    }

    /// Lets units be told what home help sees from now on, and of the observation that made
    /// somebody ask.
    pub(crate) async fn begin_telling(
        &self,
        state: &mut State,
        args: &BeginTelling,
    ) -> Outcome<AccessState> {
        if self.store.person(args.person).await?.is_none() {
            return Err(Problem::new("person.unknown"));
        }
        self.check_receivers(state, &args.to).await?;
        self.ask_relations(state, &[args.person]).await?;
        let standing = self.standing(state, args.person).await?;
        check_basis(args.basis, &standing, args.basis.lets_social_care_tell())?;
        let rows = match args.observation {
            Some(observation) => self.tiles_of(args.person, observation).await?,
            None => Vec::new(),
        };
        let mut together = Together::default();
        for to in &args.to {
            let act = match standing.telling_to(*to) {
                Some(stands) => Leave::from(stands),
                None => {
                    let act = Act::TellingBegun {
                        to: *to,
                        basis: args.basis,
                    };
                    let signed = self.sign_act(state, args.person, act)?;
                    let telling = Some(signed.id);
                    together.acts.push(signed);
                    Leave {
                        to: *to,
                        basis: args.basis,
                        telling,
                    }
                }
            };
            if !self.was_told(&rows, *to).await? {
                self.tell(state, &rows, act, &mut together)?;
            }
        }
        self.keep(state, together).await?;
        self.access_state(state, args.person).await
    }

    /// Ends what may be told from now on; what was told stays told.
    pub(crate) async fn end_telling(
        &self,
        state: &mut State,
        args: &OfPerson,
    ) -> Outcome<AccessState> {
        let standing = self.standing(state, args.person).await?;
        let tellings = standing.tellings.iter().map(|telling| telling.id);
        let act = Act::TellingEnded {
            tellings: tellings.collect(),
        };
        self.make(state, args.person, act).await?;
        self.access_state(state, args.person).await
    }

    /// Tells one unit one observation.
    pub(crate) async fn disclose(
        &self,
        state: &mut State,
        args: &Disclose,
    ) -> Outcome<AccessState> {
        let rows = self.tiles_of(args.person, args.observation).await?;
        self.check_receivers(state, &[args.to]).await?;
        self.ask_relations(state, &[args.person]).await?;
        let standing = self.standing(state, args.person).await?;
        let allowed = args.basis.lets_social_care_tell_once();
        check_basis(args.basis, &standing, allowed)?;
        // Again is harmless.
        if !self.was_told(&rows, args.to).await? {
            let leave = Leave {
                to: args.to,
                basis: args.basis,
                telling: None,
            };
            let mut together = Together::default();
            self.tell(state, &rows, leave, &mut together)?;
            self.keep(state, together).await?;
        }
        self.access_state(state, args.person).await
    }

    async fn keep(&self, state: &mut State, mut together: Together) -> Outcome<()> {
        if together.is_empty() {
            return Ok(());
        }
        let filing = together.filing();
        self.change_and_file(state, together.work, filing).await
    }

    /// A copy of an observation's tiles for a unit, and the act of telling it.
    fn tell(
        &self,
        state: &State,
        rows: &[ObservationRow],
        leave: Leave,
        together: &mut Together,
    ) -> Outcome<()> {
        let Some(first) = rows.first() else {
            return Ok(());
        };
        let user = state.enrolled()?.user.clone();
        let header = Header::told(
            user.organisation,
            leave.to,
            first.person,
            self.clock.today(),
        );
        self.check(state, Action::Write, &header)?;
        let act = Act::Disclosed {
            document: first.document,
            row: first.act,
            to: leave.to,
            basis: leave.basis,
        };
        let signed = self.sign_act(state, first.person, act)?;
        let told_at = self.clock.now().trunc_subsecs(3);
        let mut edits = Vec::new();
        for row in rows {
            let mut values: BTreeMap<String, Value> = BTreeMap::new();
            let mut put = |key: &str, value: String| {
                values.insert(key.to_owned(), value.into());
            };
            put("act", row.act.to_string());
            put("at", instant(row.at));
            if let Some(by) = row.by_user {
                put("by", by.to_string());
            }
            put("what", row.what.clone());
            put("degree", row.degree.clone());
            if let Some(words) = &row.words {
                put("words", words.clone());
            }
            put("source.document", row.document.to_string());
            put("source.row", row.row.to_string());
            put("basis", name(&leave.basis)?);
            if let Some(telling) = leave.telling {
                put("telling", telling.to_string());
            }
            put("disclosure", signed.id.to_string());
            put("told_at", instant(told_at));
            put("told_by", user.id.to_string());
            edits.push(Edit::AddRow {
                collection: "entries".to_owned(),
                row: RowId::from_bytes(self.randomness.id()),
                values,
            });
        }
        together.work.push(Work { header, edits });
        together.acts.push(signed);
        Ok(())
    }

    /// The tiles of an observation that was not taken back.
    async fn tiles_of(&self, person: PersonId, observation: RowId) -> Outcome<Vec<ObservationRow>> {
        let mut rows = self.store.observations_of(person, u32::MAX).await?;
        rows.retain(|row| row.act == observation && !row.retracted);
        if rows.is_empty() {
            return Err(Problem::new("observation.unknown"));
        }
        Ok(rows)
    }

    /// Whether a unit was told all of an observation.
    async fn was_told(&self, rows: &[ObservationRow], to: UnitId) -> Outcome<bool> {
        let Some(first) = rows.first() else {
            return Ok(false);
        };
        let told = self.store.told_of(first.person, u32::MAX).await?;
        Ok(rows.iter().all(|row| {
            told.iter()
                .any(|one| one.told_to == Some(to) && one.source_row == Some(row.row))
        }))
    }

    /// Refuses units in which nobody of health care works.
    async fn check_receivers(&self, state: &State, units: &[UnitId]) -> Outcome<()> {
        let known = self.receivers(state).await?;
        let receives = |unit: &UnitId| known.iter().any(|one| one.unit == *unit);
        if units.is_empty() || !units.iter().all(receives) {
            return Err(Problem::new("telling.unit"));
        }
        Ok(())
    }

    /// The units in which health staff work, the mobile teams first.
    async fn receivers(&self, state: &State) -> Outcome<Vec<Receiver>> {
        let health = [Role::Nurse.as_str(), Role::Doctor.as_str()];
        let staff = self.store.staff().await?;
        let with_health: BTreeSet<UnitId> = staff
            .iter()
            .filter(|one| one.active && one.role.as_deref().is_some_and(|is| health.contains(&is)))
            .filter_map(|one| one.unit)
            .collect();
        let mut units = self.store.units().await?;
        units.retain(|unit| with_health.contains(&unit.unit));
        let of_kind = |kind: &str| {
            let alike = units.iter();
            alike
                .filter(|unit| unit.kind.as_deref() == Some(kind))
                .count()
        };
        // Where there is one mobile team and one health centre it is they who are meant.
        let only: BTreeMap<&str, bool> = ["mobile_team", "health_centre"]
            .into_iter()
            .map(|kind| (kind, of_kind(kind) == 1))
            .collect();
        let mut receivers: Vec<(bool, Receiver)> = units
            .iter()
            .map(|unit| {
                let kind = unit.kind.as_deref().unwrap_or_default();
                let receiver = Receiver {
                    unit: unit.unit,
                    name: state.unit_name(unit.unit).or_else(|| unit.name.clone()),
                    usual: only.get(kind).copied().unwrap_or(false),
                };
                (kind != "mobile_team", receiver)
            })
            .collect();
        receivers.sort_by_key(|(other, receiver)| (*other, receiver.name.clone()));
        Ok(receivers
            .into_iter()
            .map(|(_, receiver)| receiver)
            .collect())
    }

    /// What may be told about a person, and what can be chosen; none where the user tells nobody.
    pub(crate) async fn tellings(
        &self,
        state: &mut State,
        person: PersonId,
    ) -> Outcome<Option<TellingsOfPerson>> {
        if !self.may_kind(state, Action::Write, DocumentKind::Told)? {
            return Ok(None);
        }
        let standing = self.standing(state, person).await?;
        let can_be_chosen =
            |basis: &LegalBasis, allowed: bool| check_basis(*basis, &standing, allowed).is_ok();
        let always = LegalBasis::ALL
            .into_iter()
            .filter(|basis| can_be_chosen(basis, basis.lets_social_care_tell()));
        let once = LegalBasis::ALL
            .into_iter()
            .filter(|basis| can_be_chosen(basis, basis.lets_social_care_tell_once()));
        let tellings = standing.tellings.iter().map(|telling| TellingView {
            unit: telling.to,
            to: state.unit_name(telling.to),
            basis: telling.basis,
            by: state.colleague(Some(telling.by)),
            since: telling.since,
        });
        Ok(Some(TellingsOfPerson {
            tellings: tellings.collect(),
            always: always.collect(),
            once: once.collect(),
            receivers: self.receivers(state).await?,
        }))
    }

    /// The tiles that this user may read about a person, the newest first: what home help logged, or
    /// what the user's own unit was told of it.
    pub(crate) async fn observed(
        &self,
        state: &State,
        person: PersonId,
        limit: u32,
    ) -> Outcome<Vec<ObservationRow>> {
        if self.may_kind(state, Action::Read, DocumentKind::Observations)? {
            // Whoever reads what was logged reads it of those in whose care they take part.
            return match self.may_of(state, Action::Read, person, DocumentKind::Observations)? {
                true => Ok(self.store.observations_of(person, limit).await?),
                false => Ok(Vec::new()),
            };
        }
        let told = self.store.told_of(person, limit).await?;
        self.told_to_own_unit(state, told)
    }

    /// Of what units were told, what the user's own was, each tile once.
    pub(crate) fn told_to_own_unit(
        &self,
        state: &State,
        mut told: Vec<ObservationRow>,
    ) -> Outcome<Vec<ObservationRow>> {
        if !self.may_kind(state, Action::Read, DocumentKind::Told)? {
            return Ok(Vec::new());
        }
        let unit = state.enrolled()?.user.unit;
        // Two colleagues may have told the same, each on their own tablet.
        let mut seen = BTreeSet::new();
        told.retain(|row| {
            row.told_to == Some(unit) && row.source_row.is_none_or(|row| seen.insert(row))
        });
        Ok(told)
    }

    /// Whom each observation about a person was told to, oldest first, by the observation.
    pub(crate) async fn told_views(
        &self,
        state: &State,
        person: PersonId,
        limit: u32,
    ) -> Outcome<BTreeMap<RowId, Vec<ToldView>>> {
        let mut views: BTreeMap<RowId, Vec<ToldView>> = BTreeMap::new();
        for row in self.store.told_of(person, limit).await? {
            let (Some(to), Some(at)) = (row.told_to, row.told_at) else {
                continue;
            };
            let header = Header::told(
                state.enrolled()?.user.organisation,
                to,
                person,
                self.clock.date_of(at),
            );
            if !self.may(state, Action::Read, &header)? {
                continue;
            }
            let Some(basis) = row.basis.as_deref().and_then(read) else {
                continue;
            };
            let told = views.entry(row.act).or_default();
            let known = told
                .iter()
                .any(|one| one.unit == to && one.at == at && one.basis == basis);
            if !known {
                told.push(ToldView {
                    unit: to,
                    to: state.unit_name(to),
                    basis,
                    by: state.colleague(row.told_by),
                    at,
                });
            }
        }
        for told in views.values_mut() {
            told.sort_by_key(|one| (one.at, one.to.clone()));
        }
        Ok(views)
    }
}

/// Refuses a basis on which this cannot be told.
fn check_basis(basis: LegalBasis, standing: &Standing, allowed: bool) -> Outcome<()> {
    if !allowed {
        return Err(Problem::new("telling.basis"));
    }
    let unable = standing.capacity.as_ref().is_some_and(|found| !found.able);
    if basis == LegalBasis::Svod33 && !unable {
        return Err(Problem::new("telling.not_assessed"));
    }
    Ok(())
}

/// A moment as fields hold it.
pub(crate) fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}
