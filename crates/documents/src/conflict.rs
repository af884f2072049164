//! Conflicts: different answers that people gave without seeing each other's.

use crate::{
    change::Hash,
    document::{Document, UnknownHeads},
    edit::Edit,
    log::Log,
    schema::is_retraction,
    snapshot::{Cell, Snapshot},
    value::{Found, Value},
};
use chrono::{DateTime, SecondsFormat, Utc};
use hemrond_domain::ids::{RowId, UserId};
use serde::Serialize;
use std::collections::BTreeMap;

/// A field with different answers, between which a person must choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The field, or `collection/row/field`.
    pub field: String,
    /// The answers, by time and then by actor; equal answers of several people are all listed.
    pub candidates: Vec<Candidate>,
}

/// One of a conflict's answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The answer; `None` where the field was cleared.
    pub value: Option<Value>,
    /// Who answered, as an actor.
    pub actor: [u8; 16],
    /// When, by the author's clock.
    pub at: DateTime<Utc>,
    /// The change in which.
    pub change: Hash,
}

impl Document {
    /// Every field and row field with different answers, by address.
    #[must_use]
    pub fn conflicts(&self) -> Vec<Conflict> {
        conflicts(&self.log, &self.snapshot())
    }

    /// The conflicts that there were for someone who had seen these changes and no others.
    ///
    /// # Errors
    /// When the document does not hold one of them.
    pub fn conflicts_at(&self, heads: &[Hash]) -> Result<Vec<Conflict>, UnknownHeads> {
        Ok(conflicts(&self.log, &self.snapshot_at(heads)?))
    }

    /// The conflict of one field, if it is in one.
    #[must_use]
    pub fn conflict(&self, field: &str) -> Option<Conflict> {
        self.conflicts()
            .into_iter()
            .find(|conflict| conflict.field == field)
    }
}

fn conflicts(log: &Log, snapshot: &Snapshot) -> Vec<Conflict> {
    let mut found = Vec::new();
    for (key, cells) in &snapshot.fields {
        if differ(key, cells.iter().map(|cell| &cell.found)) {
            found.push(conflict(log, key.clone(), cells));
        }
    }
    for (collection, rows) in &snapshot.rows {
        for (row, fields) in rows {
            for (key, cells) in fields {
                if differ(key, cells.iter().map(|cell| &cell.found)) {
                    found.push(conflict(log, format!("{collection}/{row}/{key}"), cells));
                }
            }
        }
    }
    found
}

/// Whether live values are different answers. Two people who retract the same row agree, whatever
/// times and names they give.
pub(crate) fn differ<'a>(key: &str, mut live: impl Iterator<Item = &'a Found>) -> bool {
    let Some(first) = live.next() else {
        return false;
    };
    if is_retraction(key) {
        return live.any(|found| (found == &Found::Absent) != (first == &Found::Absent));
    }
    live.any(|found| found != first)
}

fn conflict(log: &Log, field: String, cells: &[Cell]) -> Conflict {
    let mut candidates: Vec<Candidate> = cells
        .iter()
        .filter_map(|cell| {
            let chunk = log.of_operation(&cell.actor, cell.counter)?;
            Some(Candidate {
                value: cell.found.shown(),
                actor: chunk.actor,
                at: moment(chunk.time),
                change: chunk.hash,
            })
        })
        .collect();
    candidates.sort_by_key(|candidate| (candidate.at, candidate.actor, candidate.change));
    Conflict { field, candidates }
}

/// A change's time; one beyond the calendar is shown as its end.
pub(crate) fn moment(seconds: i64) -> DateTime<Utc> {
    let end = if seconds < 0 {
        DateTime::<Utc>::MIN_UTC
    } else {
        DateTime::<Utc>::MAX_UTC
    };
    DateTime::from_timestamp(seconds, 0).unwrap_or(end)
}

impl Conflict {
    /// The edit that puts a chosen value in the place of these candidates, and of no others.
    #[must_use]
    pub fn settle(&self, chosen: Option<Value>) -> Edit {
        Edit::Settle {
            field: self.field.clone(),
            value: chosen,
            seen: self
                .candidates
                .iter()
                .map(|c| hex::encode(c.change))
                .collect(),
        }
    }
}

/// The edits that settle a visit's conflict and record who chose what, when, and instead of what.
///
/// Documents of other kinds keep no list of settlements; there [`Conflict::settle`] alone serves.
#[must_use]
pub fn settlement(
    chosen: Option<Value>,
    conflict: &Conflict,
    by: UserId,
    at: DateTime<Utc>,
    row: RowId,
) -> Vec<Edit> {
    let others: Vec<&Candidate> = conflict
        .candidates
        .iter()
        .filter(|candidate| candidate.value != chosen)
        .collect();
    let mut values: BTreeMap<String, Value> = BTreeMap::new();
    values.insert("field".to_owned(), conflict.field.as_str().into());
    if let Some(chosen) = &chosen {
        values.insert("chosen".to_owned(), chosen.to_string().into());
    }
    values.insert("others".to_owned(), list(&others).into());
    values.insert("by".to_owned(), by.to_string().into());
    let at = at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
    values.insert("at".to_owned(), at.into());
    vec![
        conflict.settle(chosen),
        Edit::AddRow {
            collection: "settlements".to_owned(),
            row,
            values,
        },
    ]
}

/// A candidate as a settlement lists it.
#[derive(Serialize)]
struct Listed<'a> {
    actor: String,
    at: String,
    change: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Option<&'a Value>>,
}

/// The room that a settlement has for the candidates.
const LIST_MAX: usize = 4_000;

/// Lists candidates as JSON. Where there is no room for their values, the changes that hold them
/// are named, and where there is none for that either, the first of them.
fn list(candidates: &[&Candidate]) -> String {
    let listed = |values: bool, count: usize| {
        let listed: Vec<Listed<'_>> = candidates
            .iter()
            .take(count)
            .map(|candidate| Listed {
                actor: hex::encode(candidate.actor),
                at: candidate.at.to_rfc3339_opts(SecondsFormat::Secs, true),
                change: hex::encode(candidate.change),
                value: values.then_some(candidate.value.as_ref()),
            })
            .collect();
        serde_json::to_string(&listed).unwrap_or_default()
    };
    let full = listed(true, usize::MAX);
    if full.chars().count() <= LIST_MAX && full.len() <= 2 * LIST_MAX {
        return full;
    }
    listed(false, LIST_MAX / 200)
}
