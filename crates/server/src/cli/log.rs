//! `hemrond-server log`.

use super::{
    CommandError,
    args::{ExtractLanguage, LogCommand},
    logged, say, target,
};
use crate::{
    directory::Administration,
    environment::draw_id,
    review::{self, Names, PersonName, Placed},
    storage::{LogQuery, LogReview, Organisation},
    verify::access_log,
};
use chrono::{DateTime, FixedOffset, Local, NaiveDate};
use hemrond_audit::{Action, Language, earliest_kept, fhir};
use hemrond_domain::ids::{OrganisationId, PersonId};

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
            organisation,
        } => {
            let whose = target::organisation(administration, organisation.as_deref()).await?;
            match (finding, places) {
                (Some(finding), Some(places)) => {
                    keep_review(administration, whose.id, reviewer, &places, finding).await
                }
                _ => sample(administration, &whose, count, &reviewer).await,
            }
        }
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
    let names = Names::read(administration.storage).await?;
    let events = review::about(administration.storage, person).await?;
    let language = match language {
        ExtractLanguage::Sv => Language::Swedish,
        ExtractLanguage::En => Language::English,
    };
    let made = administration.clock.now_ms();
    let text = review::extract_text(language, &names, &events, made, moment);
    say(text.trim_end())
}

async fn sample(
    administration: &Administration<'_>,
    organisation: &Organisation,
    count: u32,
    reviewer: &str,
) -> Result<(), CommandError> {
    let storage = administration.storage;
    logged::write(administration, Action::Review, None, KIND, reviewer).await?;
    let own = organisation.id;
    let drawn = review::sample(storage, administration.chance, own, count).await?;
    let names = Names::read(storage).await?;
    let names = names.with_people(storage, own, &drawn, |_| true).await?;
    for one in &drawn {
        say(line(one, &names, own))?;
    }
    let places: Vec<String> = drawn.iter().map(|one| one.place.to_string()).collect();
    say(format_args!(
        "when reviewed: hemrond-server log sample --organisation {:?} --reviewer {reviewer:?} \
         --places {:?} --finding …",
        organisation.name,
        places.join(" ")
    ))
}

fn line(one: &Placed, names: &Names, own: OrganisationId) -> String {
    let Placed { place, event } = one;
    let or_none = |text: Option<&str>| text.unwrap_or("-").to_owned();
    let (unit, organisation) = names.whose_staff(event);
    let person = event.person.map(|person| match names.person(person) {
        Some(PersonName::Called(name)) => name.clone(),
        Some(PersonName::Protected) => "(protected identity)".to_owned(),
        None => format!("({person})"),
    });
    format!(
        "{place}  {}  {}  {} ({})  {unit}, {organisation}  about {}  {}  {}",
        moment(event.at_ms),
        event.action,
        names.staff(event, own).unwrap_or("somebody"),
        event.role,
        or_none(person.as_deref()),
        or_none(event.kind.as_deref()),
        or_none(event.reason.as_deref()),
    )
}

async fn keep_review(
    administration: &Administration<'_>,
    organisation: OrganisationId,
    reviewer: String,
    places: &str,
    finding: String,
) -> Result<(), CommandError> {
    let drawn: Result<Vec<u64>, _> = places.split_whitespace().map(str::parse).collect();
    let drawn = drawn.map_err(|_| {
        CommandError::Refused("--places takes numbers separated by spaces".to_owned())
    })?;
    let storage = administration.storage;
    if review::at(storage, organisation, &drawn).await?.len() != drawn.len() {
        return Err(CommandError::Refused(
            "nothing was kept: some of these places are not of this organisation; draw a sample of \
             it first"
                .to_owned(),
        ));
    }
    let review = LogReview {
        id: draw_id(administration.chance),
        made_at: administration.clock.now_ms(),
        reviewer,
        drawn,
        finding,
    };
    // The log names the review's content, so that it cannot be changed afterwards unseen.
    let reason = format!("{} {}", review.reviewer, review::mark(&review));
    logged::write(administration, Action::Review, None, KIND, &reason).await?;
    review::keep(storage, organisation, None, &review).await?;
    say(format_args!("kept as review {}", hex::encode(review.id)))
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
            let resource = review::event(entry)
                .and_then(|event| fhir::audit_event(&entry.index.to_string(), &event));
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

/// A moment on this machine's wall.
fn moment(at_ms: i64) -> DateTime<FixedOffset> {
    DateTime::from_timestamp_millis(at_ms)
        .unwrap_or_default()
        .with_timezone(&Local)
        .fixed_offset()
}
