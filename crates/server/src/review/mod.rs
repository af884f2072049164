//! Looking into the access log: random samples for an organisation's own review, what reviews found,
//! and whose entries the extract for a person is made of (patientdatalagen 4 kap. 3 §, 8 kap. 5 §;
//! lagen 2022:913 4 kap. 4–5 §§; HSLF-FS 2016:40 4 kap. 9 §).
//!
//! The command line and the administrator's pages show the same; each says in the log who looked.

mod names;
mod sample;

pub(crate) use names::{Names, PersonName};
pub(crate) use sample::sample;

use crate::{
    elsewhere::national_number,
    office::Act,
    storage::{AdminEvent, FindingKind, LogEntry, LogQuery, LogReview, Storage, StorageError},
};
use chrono::{DateTime, FixedOffset};
use hemrond_audit::{Event, Language, Record, RecordHash, extract};
use hemrond_domain::{
    ids::{OrganisationId, PersonId, UserId},
    record::Header,
};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// How many entries are read at a time.
const STEP: u32 = 1_000;

/// How many persons one number leads to at most. Honestly it leads to one, or to two where two tablets
/// added the same person.
const MOST_PEOPLE: u32 = 256;

/// An entry of the log with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Placed {
    /// Where in the log.
    pub(crate) place: u64,
    /// What it says.
    pub(crate) event: Event,
}

impl Placed {
    /// An entry that can be read.
    fn of(entry: &LogEntry) -> Option<Self> {
        let place = entry.index;
        event(entry).map(|event| Self { place, event })
    }
}

/// What an entry says.
pub(crate) fn event(entry: &LogEntry) -> Option<Event> {
    Record::decode(&entry.bytes).ok().map(|record| record.event)
}

/// What the log says of a person in one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    /// What it says.
    pub(crate) event: Event,
    /// Whether the entry names another user than the one whose tablet it came from.
    pub(crate) doubtful: bool,
}

/// Everything that the log says of a person, oldest first.
///
/// # Errors
/// When the database fails.
pub(crate) async fn about(
    storage: &dyn Storage,
    person: PersonId,
) -> Result<Vec<Said>, StorageError> {
    let findings = storage.log_findings().await?.into_iter();
    let other_user: BTreeSet<RecordHash> = findings
        .filter(|finding| finding.kind == FindingKind::OtherUser)
        .map(|finding| finding.hash)
        .collect();
    let said = |entry: &LogEntry| {
        let doubtful = other_user.contains(&entry.hash);
        event(entry).map(|event| Said { event, doubtful })
    };
    let mut events: Vec<Said> = Vec::new();
    let mut query = LogQuery {
        from: 0,
        person: Some(person),
        most: STEP,
    };
    loop {
        let entries = storage.log_entries(query).await?;
        let Some(last) = entries.last() else { break };
        query.from = last.index + 1;
        events.extend(entries.iter().filter_map(said));
    }
    events.sort_by_key(|said| said.event.at_ms);
    Ok(events)
}

/// The entries of an organisation at some places.
///
/// # Errors
/// When the database fails.
pub(crate) async fn at(
    storage: &dyn Storage,
    organisation: OrganisationId,
    places: &[u64],
) -> Result<Vec<Placed>, StorageError> {
    let mut found = Vec::new();
    for place in places {
        let query = LogQuery {
            from: *place,
            person: None,
            most: 1,
        };
        let entries = storage.log_entries(query).await?;
        found.extend(
            entries
                .iter()
                .filter_map(Placed::of)
                .filter(|one| one.place == *place && one.event.organisation == organisation),
        );
    }
    Ok(found)
}

/// The persons of an organisation whose documents say a national number.
///
/// # Errors
/// When the database fails.
pub(crate) async fn people_with(
    storage: &dyn Storage,
    organisation: OrganisationId,
    number: &str,
) -> Result<Vec<PersonId>, StorageError> {
    let nobodys = OrganisationId::from_stored([0; 16]);
    let mut found = Vec::new();
    for (whose, person) in storage
        .people_numbered(number, nobodys, MOST_PEOPLE)
        .await?
    {
        if whose != organisation {
            continue;
        }
        // What is listed may have been corrected since.
        let header = Header::person(organisation, person);
        let changes = storage.changes(&[header.id()]).await?;
        let says = changes.get(&header.id());
        let says = says.and_then(|changes| national_number(&header, changes));
        if says.as_deref() == Some(number) {
            found.push(person);
        }
    }
    Ok(found)
}

/// The extract for a person as plain text. `wall` tells the time of the place.
pub(crate) fn extract_text(
    language: Language,
    names: &Names,
    events: &[Said],
    made_ms: i64,
    wall: impl Fn(i64) -> DateTime<FixedOffset>,
) -> String {
    let named: Vec<_> = events
        .iter()
        .map(|Said { event, .. }| (wall(event.at_ms), names.whose_staff(event)))
        .collect();
    let lines: Vec<extract::Line<'_>> = events
        .iter()
        .zip(&named)
        .map(|(said, (at, (unit, organisation)))| extract::Line {
            event: &said.event,
            doubtful: said.doubtful,
            at: *at,
            unit,
            organisation,
        })
        .collect();
    extract::text(language, wall(made_ms), &lines)
}

/// The name of a review's content, which the log says, so that it cannot be changed afterwards unseen.
pub(crate) fn mark(review: &LogReview) -> String {
    let mut hash = Sha256::new();
    hash.update(review.id);
    hash.update(review.made_at.to_be_bytes());
    for text in [&review.reviewer, &review.finding] {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    }
    for place in &review.drawn {
        hash.update(place.to_be_bytes());
    }
    hex::encode(hash.finalize())
}

/// Keeps a review that the log names already, as one of an organisation's.
///
/// # Errors
/// When the database fails.
pub(crate) async fn keep(
    storage: &dyn Storage,
    organisation: OrganisationId,
    actor: Option<UserId>,
    review: &LogReview,
) -> Result<(), StorageError> {
    // Whose it is comes first: a review without that would be on nobody's list.
    let event = AdminEvent {
        organisation,
        at: review.made_at,
        actor,
        act: Act::ReviewKept.as_str().to_owned(),
        target: hex::encode(review.id),
    };
    storage.add_admin_event(&event).await?;
    storage.keep_review(review).await
}

/// The reviews of an organisation, newest first.
///
/// # Errors
/// When the database fails.
pub(crate) async fn kept(
    storage: &dyn Storage,
    organisation: OrganisationId,
) -> Result<Vec<LogReview>, StorageError> {
    let mut reviews = storage.reviews().await?;
    let mut own = BTreeSet::new();
    let mut before = None;
    while !reviews.is_empty() {
        let events = storage.admin_events(organisation, before, STEP).await?;
        let Some((number, _)) = events.last() else {
            break;
        };
        before = Some(*number);
        let kept = events.iter().map(|(_, event)| event);
        let kept = kept.filter(|event| event.act == Act::ReviewKept.as_str());
        own.extend(kept.map(|event| event.target.clone()));
    }
    reviews.retain(|review| own.contains(&hex::encode(review.id)));
    Ok(reviews)
}
