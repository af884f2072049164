//! A document's header: what it is about, fixed for ever, and the id that follows from it.

use super::kind::{DocumentClass, DocumentKind};
use crate::ids::{InvalidId, OrganisationId, PersonId, UnitId, VisitId};
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{fmt, str::FromStr};
use ts_rs::TS;

/// A document's name: the first 16 bytes of its header's SHA-256, so that two tablets that create
/// "the same" document by themselves create the same one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(as = "String")]
pub struct DocumentId([u8; 16]);

impl DocumentId {
    /// Takes 16 bytes from disk or wire; whether they fit a header is the reader's check.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The id's 16 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DocumentId({self})")
    }
}

impl FromStr for DocumentId {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let mut bytes = [0; 16];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| InvalidId(text.to_owned()))?;
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for DocumentId {
    type Error = InvalidId;
    fn try_from(text: String) -> Result<Self, InvalidId> {
        text.parse()
    }
}

impl From<DocumentId> for String {
    fn from(id: DocumentId) -> Self {
        id.to_string()
    }
}

/// What a document is about. Written once, in the document's first change, and never changed.
///
/// Made by one constructor per kind; [`Header::from_parts`] reads one from disk or wire.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Header {
    kind: DocumentKind,
    organisation: OrganisationId,
    unit: Option<UnitId>,
    person: Option<PersonId>,
    part: String,
}

/// A header whose parts do not belong together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a document of kind {kind} cannot have this header: {what}")]
pub struct HeaderError {
    /// The kind that was claimed.
    pub kind: DocumentKind,
    /// Which part is missing, superfluous or malformed.
    pub what: &'static str,
}

impl Header {
    /// The person document: one per person and organisation.
    #[must_use]
    pub fn person(organisation: OrganisationId, person: PersonId) -> Self {
        Self::new(
            DocumentKind::Person,
            organisation,
            None,
            Some(person),
            String::new(),
        )
    }

    /// The document of one home visit, kept by one unit.
    #[must_use]
    pub fn visit(
        organisation: OrganisationId,
        unit: UnitId,
        person: PersonId,
        visit: VisitId,
    ) -> Self {
        Self::new(
            DocumentKind::Visit,
            organisation,
            Some(unit),
            Some(person),
            visit.to_string(),
        )
    }

    /// Home-help observations about a person in the month that holds `day`.
    #[must_use]
    pub fn observations(organisation: OrganisationId, person: PersonId, day: NaiveDate) -> Self {
        Self::new(
            DocumentKind::Observations,
            organisation,
            None,
            Some(person),
            month(day),
        )
    }

    /// What of home help's observations about a person is told to a unit in the month that holds
    /// `day`.
    #[must_use]
    pub fn told(
        organisation: OrganisationId,
        to: UnitId,
        person: PersonId,
        day: NaiveDate,
    ) -> Self {
        Self::new(
            DocumentKind::Told,
            organisation,
            Some(to),
            Some(person),
            month(day),
        )
    }

    /// A team's visit list of one day.
    #[must_use]
    pub fn round(organisation: OrganisationId, team: UnitId, day: NaiveDate) -> Self {
        Self::new(
            DocumentKind::Round,
            organisation,
            Some(team),
            None,
            day.to_string(),
        )
    }

    /// An organisation's units, staff and numbers.
    #[must_use]
    pub fn directory(organisation: OrganisationId) -> Self {
        Self::new(
            DocumentKind::Directory,
            organisation,
            None,
            None,
            String::new(),
        )
    }

    /// The legal acts about a person in an organisation.
    #[must_use]
    pub fn acts(organisation: OrganisationId, person: PersonId) -> Self {
        Self::new(
            DocumentKind::Acts,
            organisation,
            None,
            Some(person),
            String::new(),
        )
    }

    fn new(
        kind: DocumentKind,
        organisation: OrganisationId,
        unit: Option<UnitId>,
        person: Option<PersonId>,
        part: String,
    ) -> Self {
        Self {
            kind,
            organisation,
            unit,
            person,
            part,
        }
    }

    /// Reads a header from its parts.
    ///
    /// # Errors
    /// When the parts are not what one of the constructors would have made.
    pub fn from_parts(
        kind: DocumentKind,
        organisation: OrganisationId,
        unit: Option<UnitId>,
        person: Option<PersonId>,
        part: &str,
    ) -> Result<Self, HeaderError> {
        let wrong = |what| HeaderError { kind, what };
        let day = || NaiveDate::parse_from_str(part, "%Y-%m-%d").map_err(|_| wrong("the day"));
        let first_day = || {
            NaiveDate::parse_from_str(&format!("{part}-01"), "%Y-%m-%d")
                .map_err(|_| wrong("the month"))
        };
        let header = match (kind, unit, person) {
            (DocumentKind::Person, None, Some(person)) => Self::person(organisation, person),
            (DocumentKind::Visit, Some(unit), Some(person)) => {
                let visit = part.parse().map_err(|_| wrong("the visit"))?;
                Self::visit(organisation, unit, person, visit)
            }
            (DocumentKind::Observations, None, Some(person)) => {
                Self::observations(organisation, person, first_day()?)
            }
            (DocumentKind::Told, Some(to), Some(person)) => {
                Self::told(organisation, to, person, first_day()?)
            }
            (DocumentKind::Round, Some(team), None) => Self::round(organisation, team, day()?),
            (DocumentKind::Directory, None, None) => Self::directory(organisation),
            (DocumentKind::Acts, None, Some(person)) => Self::acts(organisation, person),
            _ => return Err(wrong("the person or the unit")),
        };
        if header.part == part {
            Ok(header)
        } else {
            Err(wrong("the part's spelling"))
        }
    }

    /// What the document is about.
    #[must_use]
    pub const fn kind(&self) -> DocumentKind {
        self.kind
    }

    /// Who it is for by law.
    #[must_use]
    pub const fn class(&self) -> DocumentClass {
        self.kind.class()
    }

    /// The organisation that answers for it (the controller).
    #[must_use]
    pub const fn organisation(&self) -> OrganisationId {
        self.organisation
    }

    /// The unit that keeps it, for a visit and a round, or that is told.
    #[must_use]
    pub const fn unit(&self) -> Option<UnitId> {
        self.unit
    }

    /// The person it is about, where it is about one.
    #[must_use]
    pub const fn person_id(&self) -> Option<PersonId> {
        self.person
    }

    /// What tells it from others of its kind: a visit's id, a month, a day, or nothing.
    #[must_use]
    pub fn part(&self) -> &str {
        &self.part
    }

    /// The visit, for a visit document.
    #[must_use]
    pub fn visit_id(&self) -> Option<VisitId> {
        (self.kind == DocumentKind::Visit)
            .then(|| self.part.parse().ok())
            .flatten()
    }

    /// The day, for a round.
    #[must_use]
    pub fn day(&self) -> Option<NaiveDate> {
        (self.kind == DocumentKind::Round)
            .then(|| self.part.parse().ok())
            .flatten()
    }

    /// The document's id, which follows from the header alone.
    #[must_use]
    pub fn id(&self) -> DocumentId {
        let mut hash = Sha256::new();
        hash.update(b"hemrond document\0");
        hash.update(self.kind.as_str());
        hash.update([0]);
        hash.update(self.organisation.as_bytes());
        // A missing part is told from a present one by its length byte.
        match self.unit {
            Some(unit) => {
                hash.update([16]);
                hash.update(unit.as_bytes());
            }
            None => hash.update([0]),
        }
        match self.person {
            Some(person) => {
                hash.update([16]);
                hash.update(person.as_bytes());
            }
            None => hash.update([0]),
        }
        hash.update(&self.part);
        let digest = hash.finalize();
        let mut id = [0; 16];
        id.copy_from_slice(&digest[..16]);
        DocumentId(id)
    }
}

fn month(day: NaiveDate) -> String {
    format!("{:04}-{:02}", day.year(), day.month())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn astrids_visit() -> Header {
        Header::visit(
            OrganisationId::from_bytes([1; 16]),
            UnitId::from_bytes([2; 16]),
            PersonId::from_bytes([3; 16]),
            VisitId::from_bytes([4; 16]),
        )
    }

    #[test]
    fn two_tablets_that_plan_the_same_round_name_the_same_document() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 3).unwrap();
        let organisation = OrganisationId::from_bytes([1; 16]);
        let team = UnitId::from_bytes([2; 16]);
        let eva = Header::round(organisation, team, day);
        let omar = Header::round(organisation, team, day);
        assert_eq!(eva.id(), omar.id());
        assert_ne!(
            eva.id(),
            Header::round(organisation, team, day.succ_opt().unwrap()).id()
        );
    }

    #[test]
    fn a_header_survives_its_parts() {
        let header = astrids_visit();
        let again = Header::from_parts(
            header.kind(),
            header.organisation(),
            header.unit(),
            header.person_id(),
            header.part(),
        )
        .unwrap();
        assert_eq!(again, header);
        assert_eq!(again.visit_id(), Some(VisitId::from_bytes([4; 16])));
    }

    /// AC30, AC42: a record is about exactly one person and one giver answers for it; both are part
    /// of its name, so that it never becomes another's.
    #[test]
    fn a_record_is_about_one_person_and_names_who_answers_for_it() {
        let region = OrganisationId::from_bytes([1; 16]);
        let kommun = OrganisationId::from_bytes([7; 16]);
        let (astrid, sven) = (PersonId::from_bytes([3; 16]), PersonId::from_bytes([8; 16]));
        let visit = astrids_visit();
        for (kind, unit, part) in [
            (DocumentKind::Person, None, ""),
            (DocumentKind::Visit, visit.unit(), visit.part()),
            (DocumentKind::Observations, None, "2026-11"),
            (DocumentKind::Told, visit.unit(), "2026-11"),
        ] {
            let header = |organisation, person| {
                Header::from_parts(kind, organisation, unit, Some(person), part).unwrap()
            };
            let hers = header(region, astrid);
            assert_eq!(hers.person_id(), Some(astrid), "{kind}");
            assert_eq!(hers.organisation(), region, "{kind}");
            assert_ne!(hers.id(), header(region, sven).id(), "{kind}");
            assert_ne!(hers.id(), header(kommun, astrid).id(), "{kind}");
            assert!(
                Header::from_parts(kind, region, unit, None, part).is_err(),
                "{kind} about nobody"
            );
        }
    }

    /// AC52: what is told to a unit has an id of its own, another than the observations' and than what
    /// another unit is told.
    #[test]
    fn what_is_told_is_a_document_of_its_own_for_each_receiving_unit() {
        let visit = astrids_visit();
        let (kommun, astrid) = (visit.organisation(), visit.person_id().unwrap());
        let day = NaiveDate::from_ymd_opt(2026, 11, 3).unwrap();
        let team = UnitId::from_bytes([2; 16]);
        let told = Header::told(kommun, team, astrid, day);
        assert_eq!(told.unit(), Some(team));
        assert_eq!(told.part(), "2026-11");
        assert_eq!(told.class(), DocumentClass::Transfer);
        assert_ne!(told.id(), Header::observations(kommun, astrid, day).id());
        let centre = UnitId::from_bytes([9; 16]);
        assert_ne!(told.id(), Header::told(kommun, centre, astrid, day).id());
    }

    #[test]
    fn parts_that_do_not_belong_together_are_refused() {
        let visit = astrids_visit();
        let organisation = visit.organisation();
        let person = visit.person_id();
        for (kind, unit, person, part) in [
            (DocumentKind::Person, None, None, ""),
            (DocumentKind::Person, None, person, "extra"),
            (DocumentKind::Visit, visit.unit(), person, "not a visit"),
            (DocumentKind::Visit, None, person, visit.part()),
            (DocumentKind::Round, visit.unit(), None, "2026-02-30"),
            (DocumentKind::Round, visit.unit(), None, "2026-2-03"),
            (DocumentKind::Observations, None, person, "2026-13"),
            (DocumentKind::Told, None, person, "2026-11"),
            (DocumentKind::Told, visit.unit(), None, "2026-11"),
            (DocumentKind::Told, visit.unit(), person, "2026-11-03"),
            (DocumentKind::Directory, visit.unit(), None, ""),
            (DocumentKind::Acts, None, None, ""),
            (DocumentKind::Acts, visit.unit(), person, ""),
        ] {
            assert!(
                Header::from_parts(kind, organisation, unit, person, part).is_err(),
                "{kind} with part {part:?}"
            );
        }
    }
}
