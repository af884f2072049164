//! What syncing costs: time, bytes and requests.

use super::{
    Bench,
    numbers::{Line, ms},
};
use crate::{error::Error, tablet::Tablet};
use serde_json::{Value, json};
use std::time::Instant;

/// Measures a first sync, a large push and pull, nothing new, and a few changed documents.
pub(super) fn measure(bench: &Bench<'_>) -> Result<(), Error> {
    let mut nurse = bench.tablet("Eva Lind", "nurse")?;
    let mut doctor = bench.tablet("Anna Berg", "doctor")?;
    nurse.sync()?;
    sync(bench, &mut doctor, "first_sync", None)?;
    let documents = visits(&mut nurse, bench.scale.few)?;
    nurse.sync()?;
    doctor.sync()?;

    let changes = bench.scale.changes;
    let begin = Instant::now();
    for number in 0..changes {
        let index = number as usize % documents.len();
        let document = documents.get(index).map_or("", String::as_str);
        edit(&mut nurse, document, number)?;
    }
    let each = ms(begin.elapsed()) / f64::from(changes.max(1));
    bench.print(Line::new("keep_one_change", each, "ms").with("changes", changes));
    sync(bench, &mut nurse, &format!("push_{changes}"), Some(changes))?;
    sync(
        bench,
        &mut doctor,
        &format!("pull_{changes}"),
        Some(changes),
    )?;
    sync(bench, &mut nurse, "idle", None)?;
    sync(bench, &mut doctor, "idle_reader", None)?;

    let few = bench.scale.few;
    for (number, document) in (changes..).zip(&documents) {
        edit(&mut nurse, document, number)?;
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

/// Plans visits to the first persons found, and names their documents.
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
    for person in ids.iter().cycle().take(count as usize) {
        let planned = nurse.ask(
            "plan_visit",
            &json!({"day": null, "person": person, "start": null, "minutes": null,
                "reason": null, "acute": false, "called_by": null, "staff": null}),
        )?;
        let page = nurse.ask("visit", &json!({"visit": planned["visit"]}))?;
        documents.extend(page["document"].as_str().map(str::to_owned));
    }
    Ok(documents)
}

/// One change of one field, as a nurse makes by one tap.
fn edit(nurse: &mut Tablet, document: &str, number: u32) -> Result<(), Error> {
    nurse.ask(
        "edit",
        &json!({"document": document, "edits": [
            {"edit": "set", "field": "cfs.comment", "value": format!("Iakttagelse {number}")}
        ]}),
    )?;
    Ok(())
}

/// Syncs and prints what it took.
fn sync(
    bench: &Bench<'_>,
    tablet: &mut Tablet,
    name: &str,
    changes: Option<u32>,
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
    if let Some(changes) = changes {
        line = line.with("changes", changes);
    }
    bench.print(line);
    Ok(())
}
