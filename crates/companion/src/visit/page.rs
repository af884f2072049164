//! The visit page, put together.

use super::{
    acts::read_kind,
    baseline::{by_colleagues, change},
    computed,
    sections::{Earlier, sections, since_field},
    sign::obstacles,
};
use crate::{
    api::{
        CandidateView, CfsBrief, Disagreement, NoteView, OfVisit, PersonBrief, PreviousVisit,
        SectionName, SeenView, SettlementView, SignatureView, UnchosenView, VisitPage,
    },
    cache::Open,
    failure::{Outcome, Problem},
    projection::{additions, seen_completely, shown_conflicts},
    records::{dissents, handed_out, is_shown_elsewhere},
    rounds::read_state,
    tablet::{Companion, State},
};
use chrono::NaiveDate;
use hemrond_documents::views::{Note, VisitView};
use hemrond_domain::ids::{PersonId, VisitId};
use hemrond_store::VisitRow;

impl Companion {
    pub(crate) async fn visit(&self, state: &mut State, args: &OfVisit) -> Outcome<VisitPage> {
        let open = self.open_visit(state, args.visit).await?;
        let header = open.document.header().clone();
        let person: PersonId = header
            .person_id()
            .ok_or_else(|| Problem::new("visit.unknown"))?;
        let brief = self
            .brief_of(state, person)
            .await?
            .ok_or_else(|| Problem::new("person.unknown"))?;
        let baseline = self.look_at(state, &open).await?;
        let view = VisitView::read(&open.document);
        let rows = self.store.visits_of(person).await?;
        let row = rows.iter().find(|row| row.visit == args.visit);
        let round_day = self.planned_day(args.visit).await?;
        let previous = self.visit_before(state, &open).await?;
        let emergency_until = self.document_opened_until(state, &header)?;
        let today = self.clock.today();
        let begun = |row: &VisitRow| row.started_at.or(row.first_at);
        let this_begun = row.and_then(begun);
        // An old visit that is read today must not show a later value as "last time".
        let before: Vec<&VisitRow> = rows
            .iter()
            .filter(|row| row.visit != args.visit && row.state != "cancelled")
            .filter(|row| this_begun.is_none_or(|this| begun(row).is_some_and(|at| at < this)))
            .collect();
        let earlier_cfs = before.iter().find_map(|row| {
            Some(CfsBrief {
                level: row.cfs_level?,
                on: row.cfs_on.or_else(|| self.day_of(row))?,
                validated: None,
            })
        });
        let seen_rows = self.store.seen_of_visit(args.visit).await?;
        let flags = self.flags(state, person, &brief).await?;
        let look_out_for = self
            .store
            .person(person)
            .await?
            .and_then(|row| row.look_out_for);
        let whereabouts = self.whereabouts(state, header.id(), &seen_rows).await?;
        let sections = {
            let earlier = Earlier {
                visits: before,
                day_of: &|row| self.day_of(row),
            };
            sections(&open, &view, &earlier)
        };
        Ok(VisitPage {
            visit: args.visit,
            document: header.id(),
            look_out_for,
            flags,
            state: read_state(view.state.unwrap_or("planned")),
            acute: view.kind == Some("unplanned"),
            reason: view.reason.clone(),
            called_by: view.called_by.clone(),
            on: row
                .and_then(|row| row.started_at)
                .map(|at| self.clock.date_of(at))
                .or(round_day),
            started_at: view.started_at,
            ended_at: view.ended_at,
            fields: agreed(&open, &view),
            texts: [("note", &view.note), ("plan", &view.plan)]
                .into_iter()
                .map(|(key, text)| (key.to_owned(), text.clone()))
                .collect(),
            sections,
            cfs: computed::cfs(&view, brief.age, today, earlier_cfs),
            falls: computed::falls(&view),
            medication: computed::medication(&view, brief.age, today),
            drugs: computed::drugs(&view),
            notes: view
                .notes
                .iter()
                .filter(|note| !is_shown_elsewhere(note, &open))
                .filter_map(|note| {
                    let new = is_new(&open, baseline.heads.as_deref(), note);
                    note_view(state, args.visit, note, new)
                })
                .collect(),
            seen: seen(state, &open, &view),
            previous: previous
                .as_ref()
                .and_then(|open| self.previous(open, &rows)),
            changes: by_colleagues(state, &open, &baseline),
            disagreements: disagreements(state, &open, Some(&brief)),
            settlements: settlements(state, &view),
            signatures: signatures(state, &open, &view.notes),
            handed_out: handed_out(state, &view.notes),
            additions: open
                .entries
                .last()
                .map(|entry| {
                    additions(&open.document, &entry.heads)
                        .iter()
                        .map(|difference| change(state, &open, difference))
                        .collect()
                })
                .unwrap_or_default(),
            sign_obstacles: obstacles(&open).into_iter().map(str::to_owned).collect(),
            unreadable: view
                .problems
                .iter()
                .map(|problem| problem.field.clone())
                .collect(),
            read_only: open.document.is_newer() || emergency_until.is_some(),
            emergency_until,
            whereabouts,
            person: brief,
        })
    }

    /// The day a visit was made, or is planned for as far as its own row tells.
    pub(crate) fn day_of(&self, row: &VisitRow) -> Option<NaiveDate> {
        row.started_at
            .or(row.first_at)
            .map(|at| self.clock.date_of(at))
    }

    /// The day of the round that a visit stands on.
    pub(crate) async fn planned_day(&self, visit: VisitId) -> Outcome<Option<NaiveDate>> {
        let rows = self.store.round_rows_of_visit(visit).await?;
        Ok(rows
            .iter()
            .find(|row| !row.removed)
            .or(rows.first())
            .map(|row| row.day))
    }

    fn previous(&self, open: &Open, rows: &[VisitRow]) -> Option<PreviousVisit> {
        let visit = open.document.header().visit_id()?;
        let row = rows.iter().find(|row| row.visit == visit)?;
        let view = VisitView::read(&open.document);
        let can_take = [
            SectionName::Cfs,
            SectionName::Falls,
            SectionName::Medication,
        ]
        .into_iter()
        .filter(|section| {
            since_field(*section).is_some()
                && super::sections::fields_of(*section)
                    .any(|field| view.fields.get(field).is_some())
        })
        .collect();
        Some(PreviousVisit {
            visit,
            on: self.day_of(row)?,
            fields: agreed(open, &view),
            texts: [("note", view.note.clone()), ("plan", view.plan.clone())]
                .into_iter()
                .map(|(key, text)| (key.to_owned(), text))
                .collect(),
            can_take,
        })
    }
}

/// The fields that have one answer; those on which colleagues disagree are left out.
fn agreed(
    open: &Open,
    view: &VisitView,
) -> std::collections::BTreeMap<String, hemrond_documents::Value> {
    let disputed: Vec<String> = open
        .document
        .conflicts()
        .into_iter()
        .map(|conflict| conflict.field)
        .collect();
    view.fields
        .values()
        .iter()
        .filter(|(field, _)| !disputed.contains(field))
        .map(|(field, value)| (field.clone(), value.clone()))
        .collect()
}

fn is_new(open: &Open, heads: Option<&[hemrond_documents::Hash]>, note: &Note) -> bool {
    let Some(heads) = heads else { return false };
    let Ok(before) = open.document.content_at(heads) else {
        return false;
    };
    let known = before
        .rows
        .get("notes")
        .is_some_and(|rows| rows.contains_key(&note.id.to_string()));
    !known
}

/// A note as faces show it; none while it lacks its words or its time.
pub(crate) fn note_view(state: &State, visit: VisitId, note: &Note, new: bool) -> Option<NoteView> {
    let by = state.colleague(note.by);
    Some(NoteView {
        row: note.id,
        visit,
        kind: read_kind(note.kind?)?,
        text: note.text.clone()?,
        new: new && !by.me,
        by,
        at: note.at?,
        retracted_at: note
            .retraction
            .as_ref()
            .and_then(|retraction| retraction.at),
    })
}

fn seen(state: &State, open: &Open, view: &VisitView) -> Vec<SeenView> {
    let user_of = |actor: &[u8; 16]| state.user_of(actor);
    view.seen
        .iter()
        .filter_map(|seen| {
            Some(SeenView {
                by: state.colleague(seen.by),
                at: seen.at?,
                all: seen_completely(&open.document, seen, &user_of),
            })
        })
        .collect()
}

/// Where colleagues disagree in a document.
pub(crate) fn disagreements(
    state: &State,
    open: &Open,
    person: Option<&PersonBrief>,
) -> Vec<Disagreement> {
    shown_conflicts(open)
        .iter()
        .map(|conflict| Disagreement {
            document: open.document.id(),
            field: conflict.field.clone(),
            person: person.cloned(),
            visit: open.document.header().visit_id(),
            candidates: conflict
                .candidates
                .iter()
                .map(|candidate| CandidateView {
                    value: candidate.value.clone(),
                    by: state.colleague_behind(&candidate.actor),
                    at: candidate.at,
                    here: state.is_here(&candidate.actor),
                })
                .collect(),
        })
        .collect()
}

fn settlements(state: &State, view: &VisitView) -> Vec<SettlementView> {
    let mut settled: Vec<SettlementView> = view
        .settlements
        .iter()
        .filter_map(|settlement| {
            Some(SettlementView {
                field: settlement.field.clone()?,
                chosen: settlement.chosen.clone().unwrap_or_default(),
                others: unchosen(state, settlement.others.as_deref().unwrap_or_default()),
                by: state.colleague(settlement.by),
                at: settlement.at?,
            })
        })
        .collect();
    settled.reverse();
    settled
}

/// Reads the candidates that a settlement lists.
pub(crate) fn candidates(json: &str) -> Vec<Listed> {
    serde_json::from_str(json).unwrap_or_default()
}

/// A candidate that a settlement lists.
#[derive(serde::Deserialize)]
pub(crate) struct Listed {
    actor: String,
    at: Option<chrono::DateTime<chrono::Utc>>,
    #[serde(default)]
    value: Option<hemrond_documents::Value>,
}

/// The candidates that were not chosen, with their authors' names.
fn unchosen(state: &State, json: &str) -> Vec<UnchosenView> {
    candidates(json)
        .into_iter()
        .map(|candidate| {
            let mut actor = [0; 16];
            let known = hex::decode_to_slice(&candidate.actor, &mut actor).is_ok();
            UnchosenView {
                value: candidate
                    .value
                    .map(|value| value.to_string())
                    .unwrap_or_default(),
                by: state.colleague(if known { state.user_of(&actor) } else { None }),
                at: candidate.at,
            }
        })
        .collect()
}

fn signatures(state: &State, open: &Open, notes: &[Note]) -> Vec<SignatureView> {
    open.entries
        .iter()
        .map(|entry| {
            let mut by = state.colleague(Some(entry.author));
            // The name as it was signed, should the directory not have come yet.
            by.name = by.name.or_else(|| Some(entry.author_name.clone()));
            let hash = hex::encode(entry.hash);
            SignatureView {
                dissents: dissents(state, notes, &hash),
                entry: hash,
                by,
                at: entry.at,
                corrects: entry.corrects.map(hex::encode),
                fields: entry.content.fields.clone(),
                texts: entry.content.texts.clone(),
            }
        })
        .collect()
}
