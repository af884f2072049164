//! `hemrond-server log`.

use super::{
    CommandError,
    args::{ExtractLanguage, LogCommand},
    logged, say,
};
use crate::{
    directory::Administration,
    environment::draw_id,
    storage::{LogEntry, LogQuery, LogReview},
    verify::access_log,
};
use chrono::{DateTime, FixedOffset, Local, NaiveDate};
use hemrond_audit::{Action, Event, Language, Record, draw, earliest_kept, extract, fhir};
use hemrond_domain::ids::PersonId;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// How many entries are read at a time.
const STEP: u32 = 1_000;

const KIND: &str = "access_log";

pub(super) async fn run(
    administration: &Administration<'_>,
    command: LogCommand,
) -> Result<(), CommandError> {
    match command {
        LogCommand::Verify => verify(administration).await,
        LogCommand::Extract {
            person,
            asked_by,
            language,
        } => {
            logged::write(
                administration,
                Action::Extract,
                Some(person),
                KIND,
                &asked_by,
            )
            .await?;
            print_extract(administration, person, language).await
        }
        LogCommand::Sample {
            count,
            reviewer,
            finding,
            places,
        } => match (finding, places) {
            (Some(finding), Some(places)) => {
                keep_review(administration, reviewer, &places, finding).await
            }
            _ => sample(administration, count, &reviewer).await,
        },
        LogCommand::Reviews => reviews(administration).await,
        LogCommand::Export { asked_by, from, .. } => {
            logged::write(administration, Action::Export, None, KIND, &asked_by).await?;
            export(administration, from).await
        }
        LogCommand::Purge { before, asked_by } => purge(administration, before, &asked_by).await,
    }
}

async fn verify(administration: &Administration<'_>) -> Result<(), CommandError> {
    let mut faults = Vec::new();
    let looked = access_log::check(administration.storage, &mut faults).await?;
    for fault in &faults {
        say(fault)?;
    }
    let findings = administration.storage.log_findings().await?;
    for finding in &findings {
        say(format_args!(
            "device {}, record {}: {} (found {})",
            finding.sender,
            finding.seq,
            finding.kind.as_str(),
            moment(finding.found_at)
        ))?;
    }
    say(format_args!(
        "checked {} entries in {} chains, {} hashes and {} checkpoints",
        looked.entries, looked.chains, looked.nodes, looked.checkpoints
    ))?;
    match (faults.len(), findings.len()) {
        (0, 0) => say("nothing is wrong"),
        (wrong, broken) => Err(CommandError::Refused(format!(
            "{wrong} things are wrong here, and {broken} records do not hold together as they came"
        ))),
    }
}

async fn print_extract(
    administration: &Administration<'_>,
    person: PersonId,
    language: ExtractLanguage,
) -> Result<(), CommandError> {
    let storage = administration.storage;
    let units: BTreeMap<_, _> = storage
        .units()
        .await?
        .into_iter()
        .map(|unit| (unit.id, (unit.name, unit.organisation)))
        .collect();
    let organisations: BTreeMap<_, _> = storage
        .organisations()
        .await?
        .into_iter()
        .map(|organisation| (organisation.id, organisation.name))
        .collect();
    let mut events: Vec<Event> = Vec::new();
    let mut query = LogQuery {
        from: 0,
        person: Some(person),
        most: STEP,
    };
    loop {
        let entries = storage.log_entries(query).await?;
        let Some(last) = entries.last() else { break };
        query.from = last.index + 1;
        events.extend(entries.iter().filter_map(event));
    }
    events.sort_by_key(|event| event.at_ms);
    let nameless = |id: String| format!("({id})");
    let named: Vec<(DateTime<FixedOffset>, String, String)> = events
        .iter()
        .map(|event| {
            // Whose staff looked: the event itself stands with the organisation that answers for the
            // data, which may be another.
            let (unit, organisation) = units.get(&event.unit).cloned().unzip();
            let organisation = organisation.unwrap_or(event.organisation);
            let organisation = organisations.get(&organisation).cloned();
            (
                moment(event.at_ms),
                unit.unwrap_or_else(|| nameless(event.role.clone())),
                organisation.unwrap_or_else(|| nameless("Hemrond".to_owned())),
            )
        })
        .collect();
    let lines: Vec<extract::Line<'_>> = events
        .iter()
        .zip(&named)
        .map(|(event, (at, unit, organisation))| extract::Line {
            event,
            at: *at,
            unit,
            organisation,
        })
        .collect();
    let language = match language {
        ExtractLanguage::Sv => Language::Swedish,
        ExtractLanguage::En => Language::English,
    };
    let made = moment(administration.clock.now_ms());
    say(extract::text(language, made, &lines).trim_end())
}

async fn sample(
    administration: &Administration<'_>,
    count: u32,
    reviewer: &str,
) -> Result<(), CommandError> {
    let storage = administration.storage;
    logged::write(administration, Action::Review, None, KIND, reviewer).await?;
    let tree = storage.log_tree(0).await?;
    // What was destroyed after its time cannot be reviewed any more.
    let first = tree.destroyed_below;
    let places = draw(tree.size.saturating_sub(first), u64::from(count), || {
        let mut bytes = [0; 8];
        administration.chance.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    });
    let places: Vec<u64> = places.into_iter().map(|place| first + place).collect();
    for place in &places {
        let query = LogQuery {
            from: *place,
            person: None,
            most: 1,
        };
        for entry in storage.log_entries(query).await? {
            if let Some(event) = event(&entry).filter(|_| entry.index == *place) {
                say(line(*place, &event))?;
            }
        }
    }
    let places: Vec<String> = places.iter().map(ToString::to_string).collect();
    say(format_args!(
        "when reviewed: hemrond-server log sample --reviewer {reviewer:?} --places {:?} --finding …",
        places.join(" ")
    ))
}

fn line(place: u64, event: &Event) -> String {
    let or_none = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    format!(
        "{place}  {}  {}  user {} ({})  unit {}  person {}  {}  {}",
        moment(event.at_ms),
        event.action,
        event.user,
        event.role,
        event.unit,
        or_none(event.person.map(|id| id.to_string())),
        or_none(event.kind.clone()),
        or_none(event.reason.clone()),
    )
}

async fn keep_review(
    administration: &Administration<'_>,
    reviewer: String,
    places: &str,
    finding: String,
) -> Result<(), CommandError> {
    let drawn: Result<Vec<u64>, _> = places.split_whitespace().map(str::parse).collect();
    let drawn = drawn.map_err(|_| {
        CommandError::Refused("--places takes numbers separated by spaces".to_owned())
    })?;
    let review = LogReview {
        id: draw_id(administration.chance),
        made_at: administration.clock.now_ms(),
        reviewer,
        drawn,
        finding,
    };
    // The log names the review's content, so that it cannot be changed afterwards unseen.
    let mark = hex::encode(review_hash(&review));
    let reason = format!("{} {mark}", review.reviewer);
    logged::write(administration, Action::Review, None, KIND, &reason).await?;
    administration.storage.keep_review(&review).await?;
    say(format_args!("kept as review {}", hex::encode(review.id)))
}

fn review_hash(review: &LogReview) -> [u8; 32] {
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
    hash.finalize().into()
}

async fn reviews(administration: &Administration<'_>) -> Result<(), CommandError> {
    for review in administration.storage.reviews().await? {
        say(format_args!(
            "{}  {}  {} entries: {}",
            moment(review.made_at),
            review.reviewer,
            review.drawn.len(),
            review.finding
        ))?;
    }
    Ok(())
}

async fn export(administration: &Administration<'_>, from: u64) -> Result<(), CommandError> {
    let mut query = LogQuery {
        from,
        person: None,
        most: STEP,
    };
    loop {
        let entries = administration.storage.log_entries(query).await?;
        let Some(last) = entries.last() else {
            return Ok(());
        };
        query.from = last.index + 1;
        for entry in &entries {
            let resource =
                event(entry).and_then(|event| fhir::audit_event(&entry.index.to_string(), &event));
            match resource {
                Some(resource) => say(resource)?,
                None => eprintln!("entry {} cannot be written as FHIR", entry.index),
            }
        }
    }
}

async fn purge(
    administration: &Administration<'_>,
    before: NaiveDate,
    asked_by: &str,
) -> Result<(), CommandError> {
    let moment = before.and_time(chrono::NaiveTime::MIN).and_utc();
    let earliest = earliest_kept(administration.clock.now());
    if earliest.is_none_or(|earliest| moment > earliest) {
        return Err(CommandError::Refused(format!(
            "nothing was destroyed: the access log is kept for at least {} years (HSLF-FS 2016:40 4 \
             kap. 9 §); give an earlier day",
            hemrond_audit::KEPT_YEARS
        )));
    }
    logged::write(administration, Action::Purge, None, KIND, asked_by).await?;
    let gone = administration
        .storage
        .purge_log(moment.timestamp_millis())
        .await?;
    say(format_args!("{gone} entries were destroyed"))
}

fn event(entry: &LogEntry) -> Option<Event> {
    Record::decode(&entry.bytes).ok().map(|record| record.event)
}

/// A moment on this machine's wall.
fn moment(at_ms: i64) -> DateTime<FixedOffset> {
    DateTime::from_timestamp_millis(at_ms)
        .unwrap_or_default()
        .with_timezone(&Local)
        .fixed_offset()
}
