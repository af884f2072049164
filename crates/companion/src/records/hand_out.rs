//! Copies that are handed out: shown for a person to print, and noted in the record (patientdatalagen
//! 3:11: to whom, and when).
//!
//! The notes are on disk before the copy is shown, so that there is none that the record does not tell
//! of. The copy itself is in the window only: nothing readable is left on the disk.

use super::copy::{self, VisitCopy};
use crate::{
    api::{HandOut, HandedOut, HandedOutView, Language},
    change::Work,
    failure::{Outcome, Problem},
    tablet::{Companion, State},
    texts,
};
use hemrond_documents::{
    Edit,
    views::{Note, VisitView},
};
use hemrond_domain::ids::RowId;
use std::{collections::BTreeMap, fs, io, path::Path};

/// The longest name of who gets a copy, in characters.
const TO_MAX: usize = 200;

/// Where earlier versions left copies.
const FOLDER: &str = "handed-out";

impl Companion {
    pub(crate) async fn hand_out(&self, state: &mut State, args: &HandOut) -> Outcome<HandedOut> {
        let to = args.to.trim();
        if to.is_empty() || to.chars().count() > TO_MAX {
            return Err(Problem::new("copy.recipient"));
        }
        let person = self
            .brief_of(state, args.person)
            .await?
            .ok_or_else(|| Problem::new("person.unknown"))?;
        let me = state.enrolled()?.user.name.clone();
        let now = self.clock.now();
        let mut rows = self.store.visits_of(args.person).await?;
        rows.retain(|row| args.visits.is_empty() || args.visits.contains(&row.visit));
        rows.sort_by_key(|row| (row.started_at.or(row.first_at), row.visit));
        let mut copies = Vec::new();
        let mut work = Vec::new();
        for row in &rows {
            let open = self.open_visit(state, row.visit).await?;
            let mut values = self.act(state)?;
            values.insert("kind".to_owned(), "note".into());
            values.insert("text".to_owned(), event(to).into());
            values.insert("handed_out_to".to_owned(), to.into());
            work.push(Work {
                header: open.document.header().clone(),
                edits: vec![Edit::AddRow {
                    collection: "notes".to_owned(),
                    row: RowId::from_bytes(self.randomness.id()),
                    values,
                }],
            });
            copies.push(VisitCopy {
                on: self.day_of(row),
                view: VisitView::read(&open.document),
                open,
            });
        }
        if copies.is_empty() {
            return Err(Problem::new("copy.nothing"));
        }
        let copy = copy::copy(state, &person, to, &me, now, &copies);
        self.change(state, work).await?;
        Ok(HandedOut { copy })
    }
}

/// Removes the copies that an earlier version wrote as files, which anybody can read.
pub(crate) fn remove_copies(folder: &Path) {
    match fs::remove_dir_all(folder.join(FOLDER)) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => tracing::warn!(%error, "copies that were handed out could not be removed"),
    }
}

/// The note's words, in the record's language, for apps that know no more of it than its text.
fn event(to: &str) -> String {
    let params = BTreeMap::from([("to".to_owned(), to.to_owned())]);
    texts::sentence(Language::Sv, "copy.event", &params).unwrap_or_else(|| to.to_owned())
}

/// The copies of a visit that were handed out, oldest first.
pub(crate) fn handed_out(state: &State, notes: &[Note]) -> Vec<HandedOutView> {
    notes
        .iter()
        .filter_map(|note| {
            Some(HandedOutView {
                to: note.handed_out_to.clone()?,
                by: state.colleague(note.by),
                at: note.at?,
            })
        })
        .collect()
}
