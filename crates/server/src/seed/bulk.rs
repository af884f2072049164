//! Many persons and visits, for measurements.

use super::{
    cast::{self, Team},
    ids,
    pen::{Hand, Pens},
};
use crate::authoring::AuthoringError;
use hemrond_documents::Edit;
use hemrond_domain::{
    identity::Identity,
    ids::{PersonId, VisitId},
    record::Header,
};

/// How many documents are held in memory before they are kept.
const FLUSH_EVERY: u32 = 400;

const GIVEN: [&str; 12] = [
    "Alma", "Arvid", "Birgit", "Edvin", "Ester", "Folke", "Hilma", "Ivar", "Linnea", "Olof", "Rut",
    "Valdemar",
];

const FAMILY: [&str; 12] = [
    "Almqvist",
    "Boman",
    "Dahlin",
    "Ekdahl",
    "Forsman",
    "Grankvist",
    "Hedlund",
    "Isaksson",
    "Kvist",
    "Lövgren",
    "Norén",
    "Rosvall",
];

/// Writes further persons and visits. Visits go to the further persons in turn.
pub(super) async fn write(
    pens: &mut Pens<'_>,
    persons: u32,
    visits: u32,
) -> Result<(), AuthoringError> {
    for number in 0..persons {
        person(pens, u64::from(number))?;
        if number % FLUSH_EVERY == FLUSH_EVERY - 1 {
            pens.flush().await?;
        }
    }
    pens.flush().await?;
    for number in 0..visits {
        visit(pens, u64::from(number), u64::from(number % persons.max(1)))?;
        if number % FLUSH_EVERY == FLUSH_EVERY - 1 {
            pens.flush().await?;
        }
    }
    pens.flush().await
}

fn person_id(number: u64) -> PersonId {
    PersonId::from_bytes(ids::bytes("bulk person", number))
}

fn person(pens: &mut Pens<'_>, number: u64) -> Result<(), AuthoringError> {
    let pick = |sort, names: [&'static str; 12]| {
        let place = usize::try_from(ids::below(sort, number, 12)).unwrap_or(0);
        names.get(place).copied().unwrap_or("Namn")
    };
    let mut edits = vec![
        Edit::set("given_name", pick("given", GIVEN)),
        Edit::set("family_name", pick("family", FAMILY)),
        Edit::set("protected", "none"),
        Edit::set("address.street", format!("Provgatan {}", number + 1)),
        Edit::set("address.city", "Hemrond"),
        Edit::set("municipal_care", true),
    ];
    if let Some(identity) = identity(pens, number) {
        edits.push(Edit::set("identity", identity));
        edits.push(Edit::set("identity_kind", "nrid"));
    }
    let header = Header::person(cast::organisation(), person_id(number));
    let at = pens.at(700, 9, 0);
    pens.write(Hand::Eva, &header, at, &edits)
}

/// A national reserve number of the last series, 97, which nobody has been given: the series before
/// it are used up first.
fn identity(pens: &Pens<'_>, number: u64) -> Option<String> {
    const LETTERS: &[u8] = b"ABCDEFGHJKLMNPRSTUXYZ";
    let letter = |place: u64| {
        let index = usize::try_from(place % LETTERS.len() as u64).ok()?;
        LETTERS.get(index).copied().map(char::from)
    };
    let (year, month, day) = (
        30 + number % 25,
        1 + number / 25 % 12,
        1 + number / (25 * 12) % 28,
    );
    let serial = number / (25 * 12 * 28);
    let (first, second) = (letter(serial / 21)?, letter(serial)?);
    let begin = format!(
        "97{year:02}{month:02}{day:02}{first}{second}{}",
        number % 10
    );
    (0..10)
        .map(|check| format!("{begin}{check}"))
        .find(|candidate| Identity::parse(candidate, pens.today).is_ok())
}

fn visit(pens: &mut Pens<'_>, number: u64, person: u64) -> Result<(), AuthoringError> {
    let header = Header::visit(
        cast::organisation(),
        cast::unit(Team::Mobile),
        person_id(person),
        VisitId::from_bytes(ids::bytes("bulk visit", number)),
    );
    let hand = if number.is_multiple_of(2) {
        Hand::Eva
    } else {
        Hand::Omar
    };
    let days_ago = ids::below("bulk day", number, 700) + 1;
    let at = pens.at(days_ago, 8 + u32::try_from(number % 8).unwrap_or(0), 0);
    let level = i64::try_from(ids::below("bulk cfs", number, 7)).unwrap_or(0) + 2;
    let edits = [
        Edit::set("kind", "planned"),
        Edit::set("reason", "Uppföljning"),
        Edit::set("state", "done"),
        Edit::set("cfs.level", level),
        Edit::set("cfs.basis", "observation"),
        Edit::set("cfs.assessed_on", pens.day(days_ago).to_string()),
        Edit::text("note", "Mår som vanligt. Uppföljning enligt plan."),
    ];
    pens.write(hand, &header, at, &edits)
}
