//! The patient finds an entry wrong or misleading (patientdatalagen 3:8).
//!
//! The note stands in the visit document as a row of its own that names the signed entry by its hash:
//! append-only, with author and time, and shown with that entry wherever it is shown. The entry itself
//! is not touched.

use crate::{
    api::{AnnotateDissent, DissentView, OfVisit, VisitPage},
    cache::Open,
    change::Work,
    failure::{Outcome, Problem},
    tablet::{Companion, State},
};
use hemrond_documents::{Edit, views::Note};
use hemrond_domain::ids::RowId;

/// The longest note, in characters.
const TEXT_MAX: usize = 4_000;

impl Companion {
    pub(crate) async fn annotate_dissent(
        &self,
        state: &mut State,
        args: &AnnotateDissent,
    ) -> Outcome<VisitPage> {
        let text = args.text.trim();
        if text.is_empty() || text.chars().count() > TEXT_MAX {
            return Err(Problem::new("dissent.empty"));
        }
        let open = self.open_visit(state, args.visit).await?;
        let entry = args.entry.trim().to_lowercase();
        if !is_signed(&open, &entry) {
            return Err(Problem::new("dissent.entry_unknown"));
        }
        let role = state.enrolled()?.user.role;
        let mut values = self.act(state)?;
        values.insert("kind".to_owned(), "note".into());
        values.insert("text".to_owned(), text.into());
        values.insert("role".to_owned(), role.as_str().into());
        values.insert("dissent_with".to_owned(), entry.into());
        let edits = vec![Edit::AddRow {
            collection: "notes".to_owned(),
            row: RowId::from_bytes(self.randomness.id()),
            values,
        }];
        let header = open.document.header().clone();
        self.change(state, vec![Work { header, edits }]).await?;
        self.visit(state, &OfVisit { visit: args.visit }).await
    }
}

fn is_signed(open: &Open, entry: &str) -> bool {
    open.entries
        .iter()
        .any(|signed| hex::encode(signed.hash) == entry)
}

/// Whether a note is shown with an entry or as a copy that was handed out, and not among the notes.
/// A dissent whose entry has not come to this tablet stands among the notes until it does.
pub(crate) fn is_shown_elsewhere(note: &Note, open: &Open) -> bool {
    note.handed_out_to.is_some()
        || note
            .dissent_with
            .as_deref()
            .is_some_and(|entry| is_signed(open, entry))
}

/// Where the patient finds this entry wrong or misleading, oldest first.
pub(crate) fn dissents(state: &State, notes: &[Note], entry: &str) -> Vec<DissentView> {
    notes
        .iter()
        .filter(|note| note.dissent_with.as_deref() == Some(entry))
        .filter_map(|note| {
            Some(DissentView {
                row: note.id,
                text: note.text.clone()?,
                by: state.colleague(note.by),
                at: note.at?,
                retracted_at: note
                    .retraction
                    .as_ref()
                    .and_then(|retraction| retraction.at),
            })
        })
        .collect()
}
