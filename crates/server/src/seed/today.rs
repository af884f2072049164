//! Today's round of the mobile team.

use super::{
    cast::{self, Team},
    ids,
    pen::{Hand, Pens, instant},
    persons::person_id,
};
use crate::authoring::AuthoringError;
use hemrond_documents::{Edit, Value};
use hemrond_domain::{ids::VisitId, record::Header};
use std::collections::BTreeMap;

/// Time, person, minutes, whose, reason.
const ROUND: [(&str, usize, i64, Hand, &str); 9] = [
    ("08:00", 5, 40, Hand::Eva, "Uppföljning av andning och vikt"),
    (
        "08:30",
        3,
        30,
        Hand::Omar,
        "Blodtryck, samtal om avlastning",
    ),
    ("09:15", 7, 45, Hand::Eva, "Fallutredning efter två fall"),
    ("10:00", 1, 40, Hand::Omar, "Hudkontroll och nutrition"),
    (
        "10:30",
        0,
        45,
        Hand::Eva,
        "Ny skattning av skörhet, läkemedelsgenomgång",
    ),
    ("13:00", 2, 40, Hand::Omar, "Uppföljning av nedtrappning"),
    ("13:30", 8, 50, Hand::Eva, "Läkemedelsgenomgång med tolk"),
    ("14:30", 6, 30, Hand::Omar, "Blodsocker"),
    (
        "15:15",
        4,
        30,
        Hand::Eva,
        "Symtomlindring, samtal med grannen",
    ),
];

/// The one that nobody had planned.
const ACUTE: (&str, usize, i64, Hand, &str) = (
    "11:30",
    13,
    40,
    Hand::Eva,
    "Yrsel och kräkning sedan i morse",
);

pub(super) fn write(pens: &mut Pens<'_>) -> Result<(), AuthoringError> {
    let at = pens.at(0, 6, 30);
    let round = Header::round(cast::organisation(), cast::unit(Team::Mobile), pens.today);
    let mut rows = Vec::new();
    let all = ROUND
        .into_iter()
        .map(|visit| (visit, false))
        .chain([(ACUTE, true)]);
    for (place, ((start, person, minutes, hand, reason), acute)) in all.enumerate() {
        let visit = VisitId::from_bytes(ids::bytes("visit today", person as u64));
        rows.push(row(
            pens,
            place,
            (start, person, minutes, hand),
            visit,
            acute,
        ));
        let header = Header::visit(
            cast::organisation(),
            cast::unit(Team::Mobile),
            person_id(person),
            visit,
        );
        let mut edits = vec![
            Edit::set("kind", if acute { "unplanned" } else { "planned" }),
            Edit::set("reason", reason),
            Edit::set("state", "planned"),
        ];
        if acute {
            edits.push(Edit::set(
                "called_by",
                "Systern Anita Strand, via hemtjänst",
            ));
            edits.push(Edit::set("requested_at", instant(pens.at(0, 6, 20))));
        }
        pens.write(Hand::Eva, &header, at, &edits)?;
    }
    pens.write(Hand::Eva, &round, at, &rows)
}

fn row(
    pens: &mut Pens<'_>,
    place: usize,
    (start, person, minutes, hand): (&str, usize, i64, Hand),
    visit: VisitId,
    acute: bool,
) -> Edit {
    // The acute visit stands between the morning's and the afternoon's.
    let position = if acute {
        5.5
    } else {
        f64::from(u32::try_from(place).unwrap_or(0)) + 1.0
    };
    let values = BTreeMap::from([
        ("visit".to_owned(), Value::from(visit.to_string())),
        (
            "person".to_owned(),
            Value::from(person_id(person).to_string()),
        ),
        ("start".to_owned(), Value::from(start)),
        ("minutes".to_owned(), Value::from(minutes)),
        ("position".to_owned(), Value::from(position)),
        ("staff".to_owned(), Value::from(hand.user().to_string())),
        ("acute".to_owned(), Value::from(acute)),
        (
            "added_by".to_owned(),
            Value::from(Hand::Eva.user().to_string()),
        ),
        (
            "added_at".to_owned(),
            Value::from(instant(pens.at(0, 6, 30))),
        ),
    ]);
    Edit::AddRow {
        collection: "visits".to_owned(),
        row: pens.row(),
        values,
    }
}
