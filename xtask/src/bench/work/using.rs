//! A tablet in somebody's hands: finding and opening a person, typing.

use crate::{
    bench::{
        numbers::{Spread, ms},
        results::{OURS, Results},
    },
    error::Error,
    tablet::Tablet,
};
use serde_json::{Value, json};
use std::time::Instant;

/// What people type: beginnings, whole names, misspellings, numbers.
const TYPED: [&str; 10] = [
    "al",
    "Almqvist",
    "Hilma Kvist",
    "lofgren",
    "Nören",
    "granqvist",
    "9731",
    "Valdemar",
    "xyz",
    "hedlund birgit",
];

/// What a nurse writes, letter by letter.
const WRITTEN: &str =
    "Går säkrare än sist och orkar trappan igen. Dottern följer med till vårdcentralen. ";

/// Measures each of them so many times, as the interface waits for it.
pub(in crate::bench) fn measure(
    tablet: &mut Tablet,
    times: usize,
    results: &mut Results,
) -> Result<(), Error> {
    let searches: Vec<Value> = TYPED.iter().map(|text| json!({"text": text})).collect();
    let took = each(tablet, "search", &searches, times)?;
    tell(results, "search", &took);

    let people = people(tablet)?;
    let mut document = Value::Null;
    for person in &people {
        document = visit(tablet, person)?;
    }
    let took = each(tablet, "person", &people, times)?;
    tell(results, "open_person", &took);

    let mut text = String::new();
    let mut took = Vec::new();
    for letter in WRITTEN.chars().cycle().take(times) {
        text.push(letter);
        let edit = json!({"edit": "text", "field": "note", "value": text});
        let begin = Instant::now();
        tablet.ask("edit", &json!({"document": document, "edits": [edit]}))?;
        took.push(ms(begin.elapsed()));
    }
    tell(results, "keystroke", &took);
    Ok(())
}

/// The median and the 95th percentile of a wait.
fn tell(results: &mut Results, name: &str, took: &[f64]) {
    results.add(&format!("{name}_ms"), "ms", OURS, took);
    let slow = Spread::of(took).map(|spread| spread.percentile(95));
    results.add(&format!("{name}_p95_ms"), "ms", OURS, slow.as_slice());
}

fn each(
    tablet: &mut Tablet,
    command: &str,
    asked: &[Value],
    times: usize,
) -> Result<Vec<f64>, Error> {
    let mut took = Vec::new();
    for args in asked.iter().cycle().take(times) {
        let begin = Instant::now();
        tablet.ask(command, args)?;
        took.push(ms(begin.elapsed()));
    }
    Ok(took)
}

/// As many different people as a few searches find.
fn people(tablet: &mut Tablet) -> Result<Vec<Value>, Error> {
    let mut people = Vec::new();
    for text in ["Almqvist", "Granqvist", "Hedlund", "Nyberg", "Lund"] {
        let found = tablet.ask("search", &json!({"text": text}))?;
        let found = found["people"].as_array().cloned().unwrap_or_default();
        let found = found.iter().take(20);
        people.extend(found.map(|person| json!({"person": person["id"]})));
    }
    if people.is_empty() {
        return Err(Error::Missing("nobody was found to open".to_owned()));
    }
    Ok(people)
}

/// Plans a visit to a person, whose record the nurse may open from then on; its document.
fn visit(tablet: &mut Tablet, person: &Value) -> Result<Value, Error> {
    let person = &person["person"];
    let planned = tablet.ask(
        "plan_visit",
        &json!({"day": "2031-06-01", "person": person, "start": null, "minutes": null,
            "reason": null, "acute": false, "called_by": null, "staff": null}),
    )?;
    let page = tablet.ask("visit", &json!({"visit": planned["visit"]}))?;
    Ok(page["document"].clone())
}
