//! What syncing costs: time, bytes and requests.

use super::{
    Bench,
    numbers::{Line, ms},
};
use crate::{error::Error, tablet::Tablet};
use serde_json::{Value, json};
use std::time::Instant;

/// Measures a first sync, many new documents, a change in each of them, nothing new, and a few
/// changed documents.
pub(super) fn measure(bench: &Bench<'_>) -> Result<(), Error> {
    let mut nurse = bench.tablet("Eva Lind", "nurse")?;
    let mut doctor = bench.tablet("Anna Berg", "doctor")?;
    nurse.sync()?;
    sync(bench, &mut doctor, "first_sync", None)?;
    let (many, few) = (bench.scale.changes, bench.scale.few);
    let documents = visits(&mut nurse, many)?;
    sync(bench, &mut nurse, &format!("push_new_{many}"), Some(many))?;
    sync(bench, &mut doctor, &format!("pull_new_{many}"), Some(many))?;

    let begin = Instant::now();
    for document in &documents {
        edit(&mut nurse, document, "Går säkrare än sist")?;
    }
    let each = ms(begin.elapsed()) / f64::from(many.max(1));
    bench.print(Line::new("keep_one_change", each, "ms").with("changes", many));
    sync(bench, &mut nurse, &format!("push_{many}"), Some(many))?;
    sync(bench, &mut doctor, &format!("pull_{many}"), Some(many))?;
    sync(bench, &mut nurse, "idle", None)?;
    sync(bench, &mut doctor, "idle_reader", None)?;

    for document in documents.iter().take(few as usize) {
        edit(&mut nurse, document, "Orkar trappan igen")?;
    }
    sync(bench, &mut nurse, &format!("changed_{few}_push"), Some(few))?;
    sync(
        bench,
        &mut doctor,
        &format!("changed_{few}_pull"),
        Some(few),
    )?;
    nurse.close()?;
    doctor.close()
}

/// Plans visits over a year to some of the invented persons, and names their documents.
fn visits(nurse: &mut Tablet, count: u32) -> Result<Vec<String>, Error> {
    // A family name that many of the invented persons have.
    let found = nurse.ask("search", &json!({"text": "Almqvist"}))?;
    let people = found["people"].as_array().cloned().unwrap_or_default();
    let ids: Vec<&Value> = people.iter().map(|person| &person["id"]).collect();
    if ids.is_empty() {
        return Err(Error::Answer {
            what: "search".to_owned(),
            answer: found.to_string(),
        });
    }
    let mut documents = Vec::new();
    for (number, person) in (0..count).zip(ids.iter().cycle()) {
        let day = format!("2031-{:02}-{:02}", 1 + number / 28 % 12, 1 + number % 28);
        let planned = nurse.ask(
            "plan_visit",
            &json!({"day": day, "person": person, "start": null, "minutes": null,
                "reason": null, "acute": false, "called_by": null, "staff": null}),
        )?;
        let page = nurse.ask("visit", &json!({"visit": planned["visit"]}))?;
        documents.extend(page["document"].as_str().map(str::to_owned));
    }
    Ok(documents)
}

/// One change of one field, as a nurse makes by one answer.
fn edit(nurse: &mut Tablet, document: &str, comment: &str) -> Result<(), Error> {
    nurse.ask(
        "edit",
        &json!({"document": document, "edits": [
            {"edit": "set", "field": "cfs.comment", "value": comment}
        ]}),
    )?;
    Ok(())
}

/// Syncs and prints what it took.
fn sync(
    bench: &Bench<'_>,
    tablet: &mut Tablet,
    name: &str,
    documents: Option<u32>,
) -> Result<(), Error> {
    bench.proxy.take();
    let begin = Instant::now();
    tablet.sync()?;
    let took = begin.elapsed();
    let traffic = bench.proxy.take();
    let mut line = Line::new(name, ms(took), "ms")
        .with("bytes_up", traffic.up)
        .with("bytes_down", traffic.down)
        .with("requests", traffic.requests);
    if let Some(documents) = documents {
        line = line.with("documents", documents);
    }
    bench.print(line);
    Ok(())
}
