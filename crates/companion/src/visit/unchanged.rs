//! "Unchanged since": one deliberate tap that takes a section's values from the visit before.

use super::sections::{fields_of, since_field};
use crate::{
    api::{OfVisit, SectionName, Unchanged, VisitPage},
    cache::Open,
    change::Work,
    failure::{Outcome, Problem},
    tablet::{Companion, State},
};
use hemrond_documents::{Edit, Value, views::VisitView};
use hemrond_domain::{ids::RowId, record::DocumentId};
use std::collections::BTreeMap;

impl Companion {
    pub(crate) async fn unchanged(
        &self,
        state: &mut State,
        args: &Unchanged,
    ) -> Outcome<VisitPage> {
        let open = self.open_visit(state, args.visit).await?;
        let header = open.document.header().clone();
        let nothing = || Problem::new("unchanged.nothing");
        let previous = self.visit_before(state, &open).await?.ok_or_else(nothing)?;
        let since = since_field(args.section).ok_or_else(nothing)?;
        let before = VisitView::read(&previous.document);
        let now = VisitView::read(&open.document);
        // What is answered already is today's answer; nothing of it is overwritten.
        let mut edits: Vec<Edit> = fields_of(args.section)
            .filter(|field| now.fields.get(field).is_none())
            .filter_map(|field| {
                before.fields.get(field).map(|value| Edit::Set {
                    field: field.to_owned(),
                    value: Some(value.clone()),
                })
            })
            .collect();
        if args.section == SectionName::Medication && now.drugs.is_empty() {
            edits.extend(self.same_drugs(state, &before)?);
        }
        if edits.is_empty() {
            return Err(nothing());
        }
        if args.section == SectionName::Cfs {
            // The level is confirmed today; that is what the tap says.
            edits.push(Edit::set("cfs.assessed_on", self.clock.today().to_string()));
        }
        let visit = previous.document.header().visit_id().ok_or_else(nothing)?;
        edits.push(Edit::set(since, visit.to_string()));
        self.change(state, vec![Work { header, edits }]).await?;
        self.visit(state, &OfVisit { visit: args.visit }).await
    }

    fn same_drugs(&self, state: &State, before: &VisitView) -> Outcome<Vec<Edit>> {
        let by = state.enrolled()?.user.id.to_string();
        let at = self
            .clock
            .now()
            .to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        Ok(before
            .drugs
            .iter()
            .filter(|drug| drug.retraction.is_none())
            .map(|drug| {
                let mut values: BTreeMap<String, Value> = BTreeMap::new();
                let mut put = |key: &str, value: Option<Value>| {
                    if let Some(value) = value {
                        values.insert(key.to_owned(), value);
                    }
                };
                put("name", drug.name.clone().map(Value::from));
                put("atc", drug.atc.clone().map(Value::from));
                put("dose", drug.dose.clone().map(Value::from));
                put("as_needed", drug.as_needed.map(Value::from));
                put("taken", drug.taken.map(Value::from));
                put("note", drug.note.clone().map(Value::from));
                put("added_by", Some(by.as_str().into()));
                put("added_at", Some(at.as_str().into()));
                let row = RowId::from_bytes(self.randomness.id());
                Edit::AddRow {
                    collection: "drugs".to_owned(),
                    row,
                    values,
                }
            })
            .collect())
    }

    /// The latest visit to the same person before this one that was not cancelled.
    pub(super) async fn visit_before(
        &self,
        state: &mut State,
        open: &Open,
    ) -> Outcome<Option<Open>> {
        let header = open.document.header();
        let Some(person) = header.person_id() else {
            return Ok(None);
        };
        let visits = self.store.visits_of(person).await?;
        let id: DocumentId = header.id();
        let this = visits.iter().find(|visit| visit.document == id);
        let Some(this_at) = this.and_then(|visit| visit.started_at.or(visit.first_at)) else {
            return Ok(None);
        };
        let before = visits.iter().find(|visit| {
            visit.document != id
                && matches!(visit.state.as_str(), "done" | "under_way")
                && visit
                    .started_at
                    .or(visit.first_at)
                    .is_some_and(|at| at < this_at)
        });
        match before {
            Some(row) => self.open_by_id(state, row.document).await,
            None => Ok(None),
        }
    }
}
