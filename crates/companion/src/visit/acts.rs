//! Notes, orders, questions and answers, and saying that one has seen a visit.

use crate::{
    api::{AddNote, NoteKind, OfVisit, VisitPage},
    change::Work,
    failure::{Outcome, Problem},
    heads,
    tablet::{Companion, State},
};
use chrono::SecondsFormat;
use hemrond_documents::{Edit, Value, views::VisitView};
use hemrond_domain::ids::RowId;
use std::collections::BTreeMap;

/// The longest note, in characters.
const NOTE_MAX: usize = 4_000;

impl Companion {
    pub(crate) async fn add_note(&self, state: &mut State, args: &AddNote) -> Outcome<VisitPage> {
        let text = args.text.trim();
        if text.is_empty() || text.chars().count() > NOTE_MAX {
            return Err(Problem::new("note.empty"));
        }
        let open = self.open_visit(state, args.visit).await?;
        let user = state.enrolled()?.user.clone();
        let mut values = self.act(state)?;
        values.insert("kind".to_owned(), kind_name(args.kind).into());
        values.insert("text".to_owned(), text.into());
        values.insert("role".to_owned(), user.role.as_str().into());
        let row = RowId::from_bytes(self.randomness.id());
        let mut edits = vec![Edit::AddRow {
            collection: "notes".to_owned(),
            row,
            values,
        }];
        // Who answers has read: the colleague who asked is told so.
        if others_wrote(state, &open) {
            edits.push(self.seen_edit(state, &open)?);
        }
        let header = open.document.header().clone();
        self.change(state, vec![Work { header, edits }]).await?;
        self.visit(state, &OfVisit { visit: args.visit }).await
    }

    pub(crate) async fn mark_seen(&self, state: &mut State, args: &OfVisit) -> Outcome<VisitPage> {
        let open = self.open_visit(state, args.visit).await?;
        let me = state.enrolled()?.user.id;
        let view = VisitView::read(&open.document);
        let user_of = |actor: &[u8; 16]| state.user_of(actor);
        let done = view.seen.iter().any(|seen| {
            seen.by == Some(me)
                && crate::projection::seen_completely(&open.document, seen, &user_of)
        });
        if !done {
            let edits = vec![self.seen_edit(state, &open)?];
            let header = open.document.header().clone();
            self.change(state, vec![Work { header, edits }]).await?;
        }
        self.visit(state, args).await
    }

    fn seen_edit(&self, state: &State, open: &crate::cache::Open) -> Outcome<Edit> {
        let mut values = self.act(state)?;
        values.insert(
            "heads".to_owned(),
            heads::write(&open.document.heads()).into(),
        );
        let row = RowId::from_bytes(self.randomness.id());
        Ok(Edit::AddRow {
            collection: "seen".to_owned(),
            row,
            values,
        })
    }

    /// Who and when, for a row that is an act. To the millisecond: an answer given at once still
    /// stands after its question.
    pub(crate) fn act(&self, state: &State) -> Outcome<BTreeMap<String, Value>> {
        let now = self
            .clock
            .now()
            .to_rfc3339_opts(SecondsFormat::Millis, true);
        Ok(BTreeMap::from([
            (
                "by".to_owned(),
                state.enrolled()?.user.id.to_string().into(),
            ),
            ("at".to_owned(), now.into()),
        ]))
    }
}

fn others_wrote(state: &State, open: &crate::cache::Open) -> bool {
    let me = state.enrolment.as_ref().map(|enrolment| enrolment.user.id);
    open.document
        .written()
        .iter()
        .any(|change| state.user_of(&change.actor) != me)
}

const fn kind_name(kind: NoteKind) -> &'static str {
    match kind {
        NoteKind::Note => "note",
        NoteKind::Order => "order",
        NoteKind::Question => "question",
        NoteKind::Answer => "answer",
    }
}

pub(crate) fn read_kind(name: &str) -> Option<NoteKind> {
    match name {
        "note" => Some(NoteKind::Note),
        "order" => Some(NoteKind::Order),
        "question" => Some(NoteKind::Question),
        "answer" => Some(NoteKind::Answer),
        _ => None,
    }
}
