//! Earlier visits over two years, so that there is something to draw.

use super::{
    cast::{self, Team},
    ids,
    pen::{Hand, Pens, instant},
    persons::person_id,
    stories::{Found, STORIES, Story},
};
use crate::authoring::AuthoringError;
use chrono::{DateTime, Utc};
use hemrond_documents::{Edit, Value, schema::MEDICATION_ITEMS};
use hemrond_domain::{ids::VisitId, record::Header};
use std::collections::BTreeMap;

/// Writes all earlier visits.
pub(super) fn write(pens: &mut Pens<'_>) -> Result<(), AuthoringError> {
    for story in STORIES {
        let mut before: Option<&Found> = None;
        for (place, found) in story.found.iter().enumerate() {
            let last = place + 1 == story.found.len();
            // The two nurses share the visits.
            let hand = if place % 2 == 0 {
                Hand::Eva
            } else {
                Hand::Omar
            };
            visit(pens, hand, story, found, before, last)?;
            before = Some(found);
        }
    }
    Ok(())
}

fn visit(
    pens: &mut Pens<'_>,
    hand: Hand,
    story: &Story,
    found: &Found,
    before: Option<&Found>,
    last: bool,
) -> Result<(), AuthoringError> {
    let number = story.person as u64 * 10_000 + found.days_ago;
    let header = Header::visit(
        cast::organisation(),
        cast::unit(Team::Mobile),
        person_id(story.person),
        VisitId::from_bytes(ids::bytes("visit", number)),
    );
    let hour = 8 + u32::try_from(ids::below("hour", number, 7)).unwrap_or(0);
    let start = pens.at(found.days_ago, hour, 10);
    let end = pens.at(found.days_ago, hour, 50);
    pens.write(
        hand,
        &header,
        start,
        &[
            Edit::set("kind", "planned"),
            Edit::set("reason", "Uppföljning"),
            Edit::set("state", "under_way"),
            Edit::set("started_at", instant(start)),
        ],
    )?;
    pens.write(hand, &header, start, &frailty(pens, found, before))?;
    pens.write(hand, &header, start, &falls(story))?;
    pens.write(
        hand,
        &header,
        start,
        &medication(pens, story, found.days_ago),
    )?;
    let drugs = drugs(pens, hand, story, start);
    pens.write(hand, &header, start, &drugs)?;
    let mut close = vec![
        Edit::set("weight_kg", found.weight),
        Edit::text("note", story.note),
        Edit::set("state", "done"),
        Edit::set("ended_at", instant(end)),
    ];
    if last && let Some((question, _)) = story.question {
        close.push(note(pens, hand, "nurse", "question", question, end));
    }
    pens.write(hand, &header, end, &close)?;
    if last && let Some((_, answer)) = story.question {
        let at = pens.at(found.days_ago, hour + 1, 30);
        let edit = note(pens, Hand::Anna, "doctor", "answer", answer, at);
        pens.write(Hand::Anna, &header, at, &[edit])?;
    }
    Ok(())
}

/// The answers on which a level rests, such that the decision tree agrees with the clinician.
fn frailty(pens: &Pens<'_>, found: &Found, before: Option<&Found>) -> Vec<Edit> {
    let (terminal, badl, iadl, chronic, health, effort, active) = match found.cfs {
        1 => (false, 0, 0, 1, "excellent", "rarely", true),
        2 => (false, 0, 0, 2, "good", "sometimes", true),
        3 => (false, 0, 0, 3, "good", "sometimes", false),
        4 => (false, 0, 0, 5, "fair", "sometimes", false),
        5 => (false, 0, 3, 5, "fair", "sometimes", false),
        6 => (false, 2, 5, 6, "fair", "all", false),
        7 => (false, 4, 6, 6, "poor", "all", false),
        8 => (true, 5, 6, 7, "poor", "all", false),
        _ => (true, 1, 6, 7, "poor", "all", false),
    };
    let mut edits = vec![
        Edit::set("cfs.level", found.cfs),
        Edit::set("cfs.basis", "interview"),
        Edit::set("cfs.assessed_on", pens.day(found.days_ago).to_string()),
        Edit::set("cfs.terminal", terminal),
        Edit::set("cfs.badl", badl),
        Edit::set("cfs.iadl", iadl),
        Edit::set("cfs.chronic", chronic),
        Edit::set("cfs.srh", health),
        Edit::set("cfs.effort", effort),
        Edit::set("cfs.active", active),
    ];
    if before.is_some_and(|before| before.cfs < found.cfs) {
        edits.push(Edit::set(
            "cfs.cause",
            "Behöver mer hjälp i vardagen än förra gången",
        ));
    }
    edits
}

fn falls(story: &Story) -> Vec<Edit> {
    let mut edits: Vec<Edit> = [
        "previous_falls",
        "sedatives",
        "diuretics",
        "antihypertensives",
        "antiparkinson",
        "antidepressants",
        "vision",
        "hearing",
        "limbs",
    ]
    .into_iter()
    .map(|item| Edit::set(&format!("falls.{item}"), story.falls.contains(&item)))
    .collect();
    let cognition = if story.confused {
        "confused"
    } else {
        "oriented"
    };
    edits.push(Edit::set("falls.cognition", cognition));
    edits.push(Edit::set("falls.gait", story.gait));
    edits
}

fn medication(pens: &Pens<'_>, story: &Story, days_ago: u64) -> Vec<Edit> {
    let mut edits = vec![Edit::set(
        "med.last_review_on",
        pens.day(days_ago + 200).to_string(),
    )];
    for item in MEDICATION_ITEMS {
        match story.actions.iter().find(|(name, _)| name == item) {
            Some((_, what)) => {
                edits.push(Edit::set(&format!("med.{item}"), "action"));
                edits.push(Edit::set(&format!("med.{item}.note"), *what));
            }
            None => edits.push(Edit::set(&format!("med.{item}"), "ok")),
        }
    }
    edits
}

fn drugs(pens: &mut Pens<'_>, hand: Hand, story: &Story, at: DateTime<Utc>) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (name, atc, dose, as_needed) in story.drugs {
        let values = BTreeMap::from([
            ("name".to_owned(), Value::from(*name)),
            ("atc".to_owned(), Value::from(*atc)),
            ("dose".to_owned(), Value::from(*dose)),
            ("as_needed".to_owned(), Value::from(*as_needed)),
            ("taken".to_owned(), Value::from("as_ordered")),
            ("added_by".to_owned(), Value::from(hand.user().to_string())),
            ("added_at".to_owned(), Value::from(instant(at))),
        ]);
        edits.push(Edit::AddRow {
            collection: "drugs".to_owned(),
            row: pens.row(),
            values,
        });
    }
    edits
}

fn note(
    pens: &mut Pens<'_>,
    hand: Hand,
    role: &str,
    kind: &str,
    text: &str,
    at: DateTime<Utc>,
) -> Edit {
    let values = BTreeMap::from([
        ("kind".to_owned(), Value::from(kind)),
        ("text".to_owned(), Value::from(text)),
        ("by".to_owned(), Value::from(hand.user().to_string())),
        ("role".to_owned(), Value::from(role)),
        ("at".to_owned(), Value::from(instant(at))),
    ]);
    Edit::AddRow {
        collection: "notes".to_owned(),
        row: pens.row(),
        values,
    }
}
