//! Editing documents field by field, and choosing between answers.

use crate::{
    api::{CandidateView, EditDocument, FieldHistory, Kept, OfField, Settle},
    cache::Open,
    change::Work,
    failure::{Outcome, Problem},
    projection::{is_sensitive, protection_of},
    tablet::{Companion, State},
};
use hemrond_documents::{Edit, Value, history::history, settlement};
use hemrond_domain::{
    ids::{RowId, VisitId},
    phone::Phone,
    record::{DocumentId, DocumentKind},
};
use hemrond_policy::Action;

/// Collections whose rows only the companion's own commands write, since each row is an act with
/// an author and a time.
const ACTS: [&str; 4] = ["notes", "seen", "settlements", "entries"];

impl Companion {
    pub(crate) async fn edit(&self, state: &mut State, args: &EditDocument) -> Outcome<Kept> {
        let open = self.known(state, args.document).await?;
        let header = open.document.header().clone();
        let edits = args
            .edits
            .iter()
            .map(|edit| checked(header.kind(), edit))
            .collect::<Outcome<Vec<Edit>>>()?;
        self.change(state, vec![Work { header, edits }]).await?;
        self.kept(state, args.document).await
    }

    pub(crate) async fn settle(&self, state: &mut State, args: &Settle) -> Outcome<Kept> {
        let open = self.known(state, args.document).await?;
        let conflict = open
            .document
            .conflict(&args.field)
            .ok_or_else(|| Problem::new("edit.not_in_conflict").with("field", &args.field))?;
        let header = open.document.header().clone();
        let edits = if header.kind() == DocumentKind::Visit {
            let row = RowId::from_bytes(self.randomness.id());
            let user = state.enrolled()?.user.id;
            settlement(args.value.clone(), &conflict, user, self.clock.now(), row)
        } else {
            vec![conflict.settle(args.value.clone())]
        };
        self.change(state, vec![Work { header, edits }]).await?;
        self.kept(state, args.document).await
    }

    pub(crate) async fn history(&self, state: &mut State, args: &OfField) -> Outcome<FieldHistory> {
        let open = self.known(state, args.document).await?;
        let header = open.document.header();
        self.check(state, Action::Read, header)?;
        if header.kind() == DocumentKind::Person
            && is_sensitive(&args.field)
            && protection_of(&open).is_protected()
        {
            return Err(Problem::new("person.protected"));
        }
        let values = history(&open.document, &args.field)
            .into_iter()
            .map(|trace| CandidateView {
                value: trace.value,
                by: state.colleague_behind(&trace.actor),
                at: trace.at,
                here: state.is_here(&trace.actor),
            })
            .collect();
        Ok(FieldHistory { values })
    }

    async fn kept(&self, state: &State, document: DocumentId) -> Outcome<Kept> {
        Ok(Kept {
            whereabouts: self.whereabouts(state, document, &[]).await?,
        })
    }

    /// The document, which must be on this tablet.
    pub(crate) async fn known(&self, state: &mut State, document: DocumentId) -> Outcome<Open> {
        state.enrolled()?;
        let open = self
            .open_unasked(state, document)
            .await?
            .ok_or_else(|| Problem::new("document.unknown"))?;
        let header = open.document.header();
        if self.hides(state, header)? {
            let blocked = Problem::new("policy.blocked");
            return Err(match header.person_id() {
                Some(person) => blocked.with("person", person),
                None => blocked,
            });
        }
        if let (true, Some(person)) = (is_a_record(header.kind()), header.person_id()) {
            self.check_relation(state, person).await?;
        }
        Ok(open)
    }

    /// A visit's document, which must be on this tablet and readable for the user.
    pub(crate) async fn open_visit(&self, state: &mut State, visit: VisitId) -> Outcome<Open> {
        let Some(row) = self.store.visit(visit).await? else {
            return Err(self.why_no_visit(state, visit).await?);
        };
        let open = self.known(state, row.document).await?;
        self.check(state, Action::Read, open.document.header())?;
        Ok(open)
    }
}

impl State {
    /// Whether an actor wrote on this very tablet, now or before its last start.
    pub(crate) fn is_here(&self, actor: &[u8; 16]) -> bool {
        let device = self.enrolment.as_ref().map(|enrolment| enrolment.device);
        device.is_some() && self.device_of(actor) == device
    }
}

/// Whether a kind says what was done for somebody, or seen of them.
const fn is_a_record(kind: DocumentKind) -> bool {
    matches!(kind, DocumentKind::Visit | DocumentKind::Observations)
}

/// What a face may write by itself; phone numbers are put into their one spelling.
fn checked(kind: DocumentKind, edit: &Edit) -> Outcome<Edit> {
    let collection = match edit {
        Edit::AddRow { collection, .. } | Edit::SetRow { collection, .. } => Some(collection),
        _ => None,
    };
    if collection.is_some_and(|name| ACTS.contains(&name.as_str())) {
        return Err(Problem::new("edit.refused")
            .with("field", collection.cloned().unwrap_or_default())
            .with("reason", "it has a command of its own"));
    }
    if kind != DocumentKind::Person {
        return Ok(edit.clone());
    }
    let mut edit = edit.clone();
    match &mut edit {
        Edit::Set {
            field,
            value: Some(value),
        } if field == "phone" => spell(value)?,
        Edit::SetRow {
            field,
            value: Some(value),
            ..
        } if field == "phone" => spell(value)?,
        Edit::AddRow { values, .. } => {
            if let Some(value) = values.get_mut("phone") {
                spell(value)?;
            }
        }
        _ => {}
    }
    Ok(edit)
}

fn spell(value: &mut Value) -> Outcome<()> {
    if let Value::Text(text) = value
        && !text.trim().is_empty()
    {
        let phone = Phone::parse(text).map_err(|error| Problem::new(error.code()))?;
        *text = phone.as_str().to_owned();
    }
    Ok(())
}
