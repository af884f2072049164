//! What waits for this user, and why each thing is there.

use crate::{
    api::{Inbox, InboxItem, InboxReason},
    failure::Outcome,
    observations::is_worse,
    tablet::{Companion, State},
};
use chrono::{DateTime, Duration, Utc};
use hemrond_domain::{
    ids::{PersonId, UserId, VisitId},
    people::Role,
    record::DocumentKind,
};
use hemrond_policy::Action;
use hemrond_store::{NoteRow, VisitRow};

/// For how long back a note or an observation can still be news.
const NEWS: Duration = Duration::days(14);

/// For how long back an observation that someone is worse can still be news.
const OBSERVED: Duration = Duration::days(3);

/// How many letters of a note the list shows.
const SHOWN: usize = 140;

/// An item before the person's name is looked up.
struct Found {
    why: InboxReason,
    person: PersonId,
    visit: Option<VisitId>,
    text: String,
    by: Option<UserId>,
    at: DateTime<Utc>,
}

impl Companion {
    /// What waits: of people in whose care the user takes part, and what is theirs to do by its kind. A
    /// question for doctors is put to every doctor (PDL 4:1: who is asked needs it for their work), a late
    /// signature of the unit is in the unit's own record, and what the user wrote or signed themselves is
    /// theirs to sign and to mend (PDL 3:10).
    pub(crate) async fn inbox(&self, state: &mut State) -> Outcome<Inbox> {
        let user = state.enrolled()?.user.clone();
        let since = self.clock.now() - NEWS;
        let mut found = Vec::new();
        if self.may_read_health(state)? {
            if user.role == Role::Doctor {
                for note in self.store.open_questions().await? {
                    // An order answers a question as well as an answer does.
                    let later = self.store.notes_of_visit(note.visit).await?;
                    if !later.iter().any(|later| is_order_after(later, &note)) {
                        found.push(from_note(InboxReason::Question, &note));
                    }
                }
            }
            found.extend(self.unseen_notes(state, &user.id, user.role, since).await?);
            let late = self.clock.now() - Duration::hours(state.settings.unsigned_hours.into());
            let late = self.store.unsigned_visits_of_unit(user.unit, late).await?;
            found.extend(
                late.iter()
                    .filter_map(|row| from_visit(InboxReason::UnsignedLate, row)),
            );
            let unsigned = self.store.unsigned_visits_by(user.id).await?;
            found.extend(
                unsigned
                    .iter()
                    .filter(|row| late.iter().all(|late| late.visit != row.visit))
                    .filter_map(|row| from_visit(InboxReason::Unsigned, row)),
            );
            let added = self.store.visits_with_additions().await?;
            found.extend(
                added
                    .iter()
                    .filter(|row| row.signed_by == Some(user.id))
                    .filter_map(|row| from_visit(InboxReason::Addition, row)),
            );
        }
        let health = matches!(user.role, Role::Nurse | Role::Doctor);
        if health && self.may_kind(state, Action::Read, DocumentKind::Told)? {
            found.extend(self.worse(state, user.id).await?);
        }
        found.sort_by_key(|item| (item.why, std::cmp::Reverse(item.at)));
        let people: Vec<PersonId> = found.iter().map(|item| item.person).collect();
        let briefs = self.briefs(state, &people).await?;
        state.shown.extend(briefs.keys().copied());
        let items = found
            .into_iter()
            .filter_map(|item| {
                Some(InboxItem {
                    why: item.why,
                    person: briefs.get(&item.person)?.clone(),
                    visit: item.visit,
                    text: shortened(&item.text),
                    by: state.colleague(item.by),
                    at: item.at,
                })
            })
            .collect();
        Ok(Inbox { items })
    }

    /// Colleagues' notes about people in whose care the user takes part, that were not there when the user last looked at the visit.
    async fn unseen_notes(
        &self,
        state: &mut State,
        me: &UserId,
        role: Role,
        since: DateTime<Utc>,
    ) -> Outcome<Vec<Found>> {
        let mut found = Vec::new();
        let notes = self.store.notes_since(since).await?;
        let about: Vec<PersonId> = notes.iter().map(|note| note.person).collect();
        let seen = self.may_see(state, &about, DocumentKind::Visit).await?;
        for note in notes.iter().filter(|note| seen.contains(&note.person)) {
            let by_me = note.by_user == Some(*me);
            let waits_as_question = role == Role::Doctor && note.kind == "question";
            if by_me || note.retracted_at.is_some() || waits_as_question {
                continue;
            }
            let Some(open) = self.open_by_id(state, note.document).await? else {
                continue;
            };
            let before = self.content_last_seen(*me, &open).await?;
            let known = before.is_some_and(|content| {
                content
                    .rows
                    .get("notes")
                    .is_some_and(|rows| rows.contains_key(&note.row.to_string()))
            });
            if known {
                continue;
            }
            let why = if note.kind == "order" {
                InboxReason::Order
            } else {
                InboxReason::Note
            };
            found.push(from_note(why, note));
        }
        Ok(found)
    }

    /// The worse tiles of each observation about people in whose care the user takes part, that was not there when the user last opened the
    /// person's page.
    async fn worse(&self, state: &mut State, me: UserId) -> Outcome<Vec<Found>> {
        let since = self.clock.now() - OBSERVED;
        let rows = self.store.told_since(since).await?;
        let mut rows = self.told_to_own_unit(state, rows)?;
        let mut documents: Vec<_> = rows.iter().map(|row| row.document).collect();
        documents.sort_unstable();
        documents.dedup();
        for document in documents {
            let Some(open) = self.open_by_id(state, document).await? else {
                continue;
            };
            let before = self.content_last_seen(me, &open).await?;
            let known = before.and_then(|mut content| content.rows.remove("entries"));
            let known = known.unwrap_or_default();
            rows.retain(|row| {
                row.document != document || !known.contains_key(&row.row.to_string())
            });
        }
        let mut acts = Vec::new();
        let mut found: Vec<Found> = Vec::new();
        for row in rows.iter().filter(|row| is_worse(row)) {
            if acts.contains(&row.act) {
                continue;
            }
            acts.push(row.act);
            let tiles: Vec<String> = rows
                .iter()
                .filter(|other| other.act == row.act && is_worse(other))
                .map(|other| format!("{}:{}", other.what, other.degree))
                .collect();
            let words = rows
                .iter()
                .filter(|other| other.act == row.act)
                .find_map(|other| other.words.clone());
            let text = words.map_or_else(
                || tiles.join(","),
                |words| format!("{}|{words}", tiles.join(",")),
            );
            found.push(Found {
                why: InboxReason::Observation,
                person: row.person,
                visit: None,
                text,
                by: row.by_user,
                at: row.at,
            });
        }
        Ok(found)
    }
}

/// Whether a colleague ordered something after this note.
fn is_order_after(later: &NoteRow, note: &NoteRow) -> bool {
    later.kind == "order"
        && later.retracted_at.is_none()
        && later.by_user != note.by_user
        && later.at >= note.at
}

fn from_note(why: InboxReason, note: &NoteRow) -> Found {
    Found {
        why,
        person: note.person,
        visit: Some(note.visit),
        text: note.text.clone(),
        by: note.by_user,
        at: note.at,
    }
}

fn from_visit(why: InboxReason, row: &VisitRow) -> Option<Found> {
    Some(Found {
        why,
        person: row.person,
        visit: Some(row.visit),
        text: row.reason.clone().unwrap_or_default(),
        by: row.newest_by,
        at: row.newest_at?,
    })
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= SHOWN {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(SHOWN).collect();
    short.push('…');
    short
}
