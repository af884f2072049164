//! The round of the day: showing it and planning it.

use crate::{
    api::{
        Colleague, Kept, MoveVisit, PlanVisit, Planned, Round, RoundOf, RoundRow, SetVisitState,
        VisitState,
    },
    change::Work,
    failure::{Outcome, Problem},
    tablet::{Companion, State},
};
use chrono::{NaiveDate, NaiveTime, SecondsFormat};
use hemrond_documents::{Edit, Value};
use hemrond_domain::{
    ids::{RowId, UnitId, VisitId},
    people::Role,
    record::Header,
};
use hemrond_policy::Action;
use hemrond_store::{RoundRowRow, VisitRow};
use std::collections::{BTreeMap, HashMap};

/// How far apart rows stand when they are added; a row moved between two takes the middle.
const GAP: f64 = 1_000.0;

/// How many flags a row of the round shows.
const MOST_FLAGS: usize = 2;

impl Companion {
    pub(crate) async fn round(&self, state: &mut State, args: &RoundOf) -> Outcome<Round> {
        let day = args.day.unwrap_or_else(|| self.clock.today());
        let team = self.team_of_the_day(state, day).await?;
        let header = Header::round(state.enrolled()?.user.organisation, team, day);
        self.check(state, Action::Read, &header)?;
        let rows: Vec<RoundRowRow> = self
            .store
            .round(day, team)
            .await?
            .into_iter()
            .filter(|row| !row.removed)
            .collect();
        let people: Vec<_> = rows.iter().map(|row| row.person).collect();
        let visits: Vec<_> = rows.iter().map(|row| row.visit).collect();
        let mut shown = RowFacts {
            briefs: self.briefs(state, &people).await?,
            visits: self
                .store
                .visits_by_ids(&visits)
                .await?
                .into_iter()
                .map(|row| (row.visit, row))
                .collect(),
            whereabouts: HashMap::new(),
            flags: HashMap::new(),
        };
        state.shown.extend(shown.briefs.keys().copied());
        let seen = self.store.seen_of_visits(&visits).await?;
        let documents: Vec<_> = shown.visits.values().map(|row| row.document).collect();
        shown.whereabouts = self.whereabouts_of(state, &documents, &seen).await?;
        for (person, brief) in &shown.briefs {
            let flags = self.flags(state, *person, brief).await?;
            shown.flags.insert(*person, flags);
        }
        let mut rows: Vec<RoundRow> = rows
            .iter()
            .filter_map(|row| shown.row(state, row))
            .collect();
        rows.sort_by_key(|row| match (row.state, row.acute) {
            (VisitState::Cancelled, _) => 2,
            (VisitState::Done, _) | (_, false) => 1,
            (_, true) => 0,
        });
        Ok(Round {
            day,
            team,
            team_name: state.unit_name(team).unwrap_or_default(),
            rows,
            staff: self.team_members(state, team).await?,
            may_plan: self.may(state, Action::Write, &header)?,
        })
    }

    /// A user's own team; for those who do not drive rounds themselves, the mobile team's.
    pub(crate) async fn team_of_the_day(&self, state: &State, day: NaiveDate) -> Outcome<UnitId> {
        let user = &state.enrolled()?.user;
        if user.role != Role::Doctor || !self.store.round(day, user.unit).await?.is_empty() {
            return Ok(user.unit);
        }
        let units = self.store.units().await?;
        let mobile = units
            .iter()
            .find(|unit| unit.kind.as_deref() == Some("mobile_team"));
        Ok(mobile.map_or(user.unit, |unit| unit.unit))
    }

    async fn team_members(&self, state: &State, team: UnitId) -> Outcome<Vec<Colleague>> {
        let members = self.store.staff().await?;
        Ok(members
            .into_iter()
            .filter(|member| member.active && member.unit == Some(team))
            .map(|member| state.colleague(Some(member.user)))
            .collect())
    }

    pub(crate) async fn plan_visit(&self, state: &mut State, args: &PlanVisit) -> Outcome<Planned> {
        let day = args.day.unwrap_or_else(|| self.clock.today());
        let user = state.enrolled()?.user.clone();
        let team = self.team_of_the_day(state, day).await?;
        if self.store.person(args.person).await?.is_none() {
            return Err(Problem::new("person.unknown"));
        }
        let called = args.reason.as_deref().filter(|_| args.acute);
        self.check_relation_to_plan(state, args.person, called)
            .await?;
        let now = self.clock.now().to_rfc3339_opts(SecondsFormat::Secs, true);
        let visit = VisitId::from_bytes(self.randomness.id());
        let row = RowId::from_bytes(self.randomness.id());
        let last = self
            .store
            .round(day, team)
            .await?
            .iter()
            .filter_map(|row| row.position)
            .fold(0.0, f64::max);
        let staff = args.staff.unwrap_or(user.id);
        let mut values: BTreeMap<String, Value> = BTreeMap::new();
        values.insert("visit".to_owned(), visit.to_string().into());
        values.insert("person".to_owned(), args.person.to_string().into());
        values.insert("position".to_owned(), Value::Number(last + GAP));
        values.insert("staff".to_owned(), staff.to_string().into());
        values.insert("acute".to_owned(), args.acute.into());
        values.insert("removed".to_owned(), false.into());
        values.insert("added_by".to_owned(), user.id.to_string().into());
        values.insert("added_at".to_owned(), now.as_str().into());
        if let Some(start) = time(args.start.as_deref())? {
            values.insert("start".to_owned(), start.into());
        }
        if let Some(minutes) = args.minutes {
            values.insert("minutes".to_owned(), Value::Int(i64::from(minutes)));
        }
        let mut edits = vec![
            Edit::set("kind", if args.acute { "unplanned" } else { "planned" }),
            Edit::set("state", "planned"),
        ];
        for (field, value) in [("reason", &args.reason), ("called_by", &args.called_by)] {
            if let Some(value) = value
                .as_deref()
                .map(str::trim)
                .filter(|value| !value.is_empty())
            {
                edits.push(Edit::set(field, value));
            }
        }
        if args.acute {
            edits.push(Edit::set("requested_at", now.as_str()));
        }
        let add_row = Edit::AddRow {
            collection: "visits".to_owned(),
            row,
            values,
        };
        let mut work = vec![Work {
            header: Header::round(user.organisation, team, day),
            edits: vec![add_row],
        }];
        // Home help plans whom to visit; the health record of a visit is not theirs to begin.
        let visit_header = Header::visit(user.organisation, team, args.person, visit);
        self.ask_relations(state, &[args.person]).await?;
        if self.may(state, Action::Write, &visit_header)? {
            work.push(Work {
                header: visit_header,
                edits,
            });
        }
        self.change(state, work).await?;
        Ok(Planned { visit, row })
    }

    pub(crate) async fn move_visit(&self, state: &mut State, args: &MoveVisit) -> Outcome<Round> {
        let day = args.day.unwrap_or_else(|| self.clock.today());
        let team = self.team_of_the_day(state, day).await?;
        let rows = self.store.round(day, team).await?;
        let standing = rows.iter().find(|row| row.row == args.row);
        let standing = standing.ok_or_else(|| Problem::new("round.row_unknown"))?;
        // A planner's move is a choice: where colleagues moved the same row apart, it settles that.
        let put = |field: &str, value: Option<Value>| {
            Edit::settle(&format!("visits/{}/{field}", args.row), value)
        };
        let mut edits = Vec::new();
        if args.first || args.after.is_some() {
            let others: Vec<&RoundRowRow> = rows
                .iter()
                .filter(|row| row.row != args.row && !row.removed)
                .collect();
            edits.push(put(
                "position",
                Some(Value::Number(position(&others, args.after)?)),
            ));
        }
        let start = time(args.start.as_deref())?.map(Value::from);
        let minutes = args.minutes.map(|minutes| Value::Int(minutes.into()));
        let staff = args.staff.map(|staff| Value::from(staff.to_string()));
        for (field, had, value) in [
            ("start", standing.start.is_some(), start),
            ("minutes", standing.minutes.is_some(), minutes),
            ("staff", standing.staff.is_some(), staff),
        ] {
            if value.is_some() || (args.replan && had) {
                edits.push(put(field, value));
            }
        }
        let header = Header::round(state.enrolled()?.user.organisation, team, day);
        self.change(state, vec![Work { header, edits }]).await?;
        self.round(state, &RoundOf { day: Some(day) }).await
    }

    pub(crate) async fn set_visit_state(
        &self,
        state: &mut State,
        args: &SetVisitState,
    ) -> Outcome<Kept> {
        let open = self.open_visit(state, args.visit).await?;
        let header = open.document.header().clone();
        let now = self.clock.now().to_rfc3339_opts(SecondsFormat::Secs, true);
        let view = hemrond_documents::views::VisitView::read(&open.document);
        let mut edits = vec![Edit::set("state", state_name(args.state))];
        match args.state {
            VisitState::UnderWay if view.started_at.is_none() => {
                edits.push(Edit::set("started_at", now));
            }
            VisitState::Done => edits.push(Edit::set("ended_at", now)),
            VisitState::Cancelled => {
                if let Some(reason) = args
                    .reason
                    .as_deref()
                    .filter(|text| !text.trim().is_empty())
                {
                    edits.push(Edit::set("cancel_reason", reason.trim()));
                }
            }
            // Begun by mistake: what is begun later begins then. What is signed stays as it was.
            VisitState::Planned if view.started_at.is_some() && open.entries.is_empty() => {
                edits.push(Edit::settle("started_at", None));
            }
            VisitState::UnderWay | VisitState::Planned => {}
        }
        let document = header.id();
        self.change(state, vec![Work { header, edits }]).await?;
        let seen = self.store.seen_of_visit(args.visit).await?;
        Ok(Kept {
            whereabouts: self.whereabouts(state, document, &seen).await?,
        })
    }
}

/// What the rows of a round need, read once for all of them.
struct RowFacts {
    briefs: BTreeMap<hemrond_domain::ids::PersonId, crate::api::PersonBrief>,
    visits: HashMap<VisitId, VisitRow>,
    whereabouts: HashMap<hemrond_domain::record::DocumentId, crate::api::Whereabouts>,
    flags: HashMap<hemrond_domain::ids::PersonId, Vec<crate::api::Flag>>,
}

impl RowFacts {
    /// A row; none while the person has not come to this tablet yet.
    fn row(&self, state: &State, row: &RoundRowRow) -> Option<RoundRow> {
        let visit = self.visits.get(&row.visit);
        let person = self.briefs.get(&row.person)?.clone();
        let flags = self.flags.get(&row.person).cloned().unwrap_or_default();
        Some(RoundRow {
            row: row.row,
            visit: row.visit,
            person,
            start: row.start.clone(),
            minutes: row.minutes,
            reason: visit.and_then(|visit| visit.reason.clone()),
            acute: row.acute,
            state: visit.map_or(VisitState::Planned, |visit| read_state(&visit.state)),
            staff: row.staff.map(|staff| state.colleague(Some(staff))),
            flags: flags.into_iter().take(MOST_FLAGS).collect(),
            disagreement: visit.is_some_and(|visit| visit.disagreements > 0),
            signed: visit.is_some_and(|visit| visit.signed_entry.is_some()),
            whereabouts: visit
                .and_then(|visit| self.whereabouts.get(&visit.document).cloned())
                .unwrap_or(crate::api::Whereabouts::Unchanged),
        })
    }
}

/// The place after a row, or before all of them.
fn position(others: &[&RoundRowRow], after: Option<RowId>) -> Outcome<f64> {
    let place = |row: &RoundRowRow| row.position.unwrap_or_default();
    let Some(after) = after else {
        return Ok(others.first().map_or(GAP, |row| place(row) - GAP));
    };
    let index = others
        .iter()
        .position(|row| row.row == after)
        .ok_or_else(|| Problem::new("round.row_unknown"))?;
    let before = others.get(index).map_or(0.0, |row| place(row));
    Ok(others
        .get(index + 1)
        .map_or(before + GAP, |next| f64::midpoint(before, place(next))))
}

fn time(text: Option<&str>) -> Outcome<Option<String>> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let time = NaiveTime::parse_from_str(&text.replace('.', ":"), "%H:%M")
        .map_err(|_| Problem::new("round.bad_time"))?;
    Ok(Some(time.format("%H:%M").to_string()))
}

pub(crate) fn read_state(name: &str) -> VisitState {
    match name {
        "under_way" => VisitState::UnderWay,
        "done" => VisitState::Done,
        "cancelled" => VisitState::Cancelled,
        _ => VisitState::Planned,
    }
}

const fn state_name(state: VisitState) -> &'static str {
    match state {
        VisitState::Planned => "planned",
        VisitState::UnderWay => "under_way",
        VisitState::Done => "done",
        VisitState::Cancelled => "cancelled",
    }
}
