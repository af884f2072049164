//! What hemtjänst does and sees.

use super::{
    cast::{self, Team},
    ids,
    pen::{Hand, Pens, instant, moment},
    persons::person_id,
    telling::{OldTablet, Seen},
};
use crate::authoring::AuthoringError;
use chrono::{Datelike, NaiveDate};
use hemrond_documents::{Edit, Value};
use hemrond_domain::{
    ids::{RowId, VisitId},
    record::Header,
};
use std::collections::BTreeMap;

/// Time, person, minutes.
const ROUND: [(&str, usize, i64); 8] = [
    ("07:15", 0, 20),
    ("07:45", 1, 40),
    ("08:30", 2, 20),
    ("09:00", 4, 30),
    ("11:45", 5, 25),
    ("12:15", 7, 20),
    ("12:45", 8, 20),
    ("15:00", 1, 30),
];

/// Days ago, person, what, degree, words.
const OBSERVED: [(u64, usize, &str, &str, &str); 9] = [
    (40, 0, "food_drink", "as_usual", ""),
    (6, 0, "food_drink", "worse", "Åt halva lunchen"),
    (2, 0, "tiredness", "worse", "Ville ligga kvar i sängen"),
    (
        1,
        0,
        "food_drink",
        "much_worse",
        "Drack bara kaffe hela dagen",
    ),
    (4, 1, "skin", "worse", "Röd häl på höger fot"),
    (
        3,
        7,
        "fall",
        "much_worse",
        "Satt på golvet när jag kom, inte skadad",
    ),
    (1, 7, "gait", "worse", "Stapplar mer än vanligt"),
    (2, 2, "mood", "as_usual", ""),
    (
        1,
        5,
        "sleep",
        "worse",
        "Har suttit uppe i stolen hela natten",
    ),
];

pub(super) fn write(pens: &mut Pens<'_>, tablet: &mut OldTablet) -> Result<(), AuthoringError> {
    round(pens)?;
    for (number, (days_ago, person, what, degree, words)) in OBSERVED.into_iter().enumerate() {
        let day = this_month(pens, days_ago);
        let at = moment(day, 7 + u32::try_from(number).unwrap_or(0), 40);
        let header = Header::observations(cast::organisation(), person_id(person), day);
        let act = RowId::from_bytes(ids::bytes("act", number as u64));
        let mut values = BTreeMap::from([
            ("act".to_owned(), Value::from(act.to_string())),
            ("at".to_owned(), Value::from(instant(at))),
            ("by".to_owned(), Value::from(Hand::Stina.user().to_string())),
            (
                "unit".to_owned(),
                Value::from(cast::unit(Team::Hemtjanst).to_string()),
            ),
            ("what".to_owned(), Value::from(what)),
            ("degree".to_owned(), Value::from(degree)),
        ]);
        if !words.is_empty() {
            values.insert("words".to_owned(), Value::from(words));
        }
        let row = pens.row();
        let edit = Edit::AddRow {
            collection: "entries".to_owned(),
            row,
            values: values.clone(),
        };
        pens.write(Hand::Stina, &header, at, &[edit])?;
        let seen = Seen {
            person,
            day,
            row,
            act,
            values: &values,
            at,
        };
        tablet.tell(pens, &seen)?;
    }
    Ok(())
}

/// A day a little ago, within this month where it was meant to be recent.
fn this_month(pens: &Pens<'_>, days_ago: u64) -> NaiveDate {
    let day = pens.day(days_ago);
    let first = pens.today.with_day(1).unwrap_or(pens.today);
    if days_ago < 10 { day.max(first) } else { day }
}

fn round(pens: &mut Pens<'_>) -> Result<(), AuthoringError> {
    let header = Header::round(
        cast::organisation(),
        cast::unit(Team::Hemtjanst),
        pens.today,
    );
    let at = pens.at(0, 5, 45);
    let mut rows = Vec::new();
    for (place, (start, person, minutes)) in ROUND.into_iter().enumerate() {
        let visit = VisitId::from_bytes(ids::bytes("home help today", place as u64));
        let values = BTreeMap::from([
            ("visit".to_owned(), Value::from(visit.to_string())),
            (
                "person".to_owned(),
                Value::from(person_id(person).to_string()),
            ),
            ("start".to_owned(), Value::from(start)),
            ("minutes".to_owned(), Value::from(minutes)),
            (
                "position".to_owned(),
                Value::from(f64::from(u32::try_from(place).unwrap_or(0)) + 1.0),
            ),
            (
                "staff".to_owned(),
                Value::from(Hand::Stina.user().to_string()),
            ),
            ("acute".to_owned(), Value::from(false)),
            (
                "added_by".to_owned(),
                Value::from(Hand::Stina.user().to_string()),
            ),
            ("added_at".to_owned(), Value::from(instant(at))),
        ]);
        rows.push(Edit::AddRow {
            collection: "visits".to_owned(),
            row: pens.row(),
            values,
        });
    }
    pens.write(Hand::Stina, &header, at, &rows)
}
