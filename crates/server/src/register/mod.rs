//! What one organisation may report to the national quality register Senior Alert: the signed
//! assessments of the risk of falling, of those who were told and have not declined (PDL 7:2-3).
//!
//! Nothing is sent from here. The command line prints it, and whoever answers for the reporting
//! carries it over, or an importer does that the register's owner has approved.

mod gather;

use crate::{
    directory::Administration,
    storage::{LogQuery, StorageError},
};
use chrono::{DateTime, NaiveDate, Utc};
use gather::{Gathered, Person};
use hemrond_audit::{Action, Record, SERVER};
use hemrond_domain::{
    ids::{OrganisationId, PersonId, UnitId},
    instruments::downton::{self, DowntonResult},
    law::{Standing, Withheld, may_be_reported},
    outcome::Outcome,
    record::DocumentId,
};
use serde::Serialize;
use std::collections::BTreeMap;

/// What the access log calls such an export.
pub const LOG_KIND: &str = "quality_register";

/// How many records of the log are read at a time.
const STEP: u32 = 1_000;

/// The report could not be made; nothing is told.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Something that decides who may be reported cannot be read.
    #[error(
        "document {0} cannot be read, and may hold a refusal; run 'hemrond-server verify' and mend \
         what it names; nothing was reported"
    )]
    Unreadable(DocumentId),
}

/// Whose assessments, and of which days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// The organisation that reports.
    pub organisation: OrganisationId,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub until: NaiveDate,
}

/// Why a person's assessments are not among what is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kept {
    /// By law.
    Back(Withheld),
    /// The register asks for a number, and none is written here.
    Nameless,
}

impl Kept {
    /// The stable name, in what is printed.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Back(Withheld::Declined) => "declined",
            Self::Back(Withheld::Newer) => "newer_version",
            Self::Back(Withheld::NotInformed) => "not_informed",
            Self::Back(Withheld::Protected) => "protected",
            Self::Nameless => "no_number",
        }
    }
}

/// A signed assessment that may be reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reported {
    /// Who, inside Hemrond.
    #[serde(skip)]
    pub person: PersonId,
    /// The person's number.
    pub identity: String,
    /// What kind of number it is.
    pub identity_kind: &'static str,
    /// The unit whose visit it was.
    pub unit: UnitId,
    /// The day, by the wall of the machine that reports.
    pub assessed_on: NaiveDate,
    /// Which instrument.
    pub instrument: &'static str,
    /// The sum with its parts.
    pub result: DowntonResult,
    /// The visit.
    pub visit: DocumentId,
    /// What was signed, by its hash.
    pub entry: String,
}

/// A person who was reported once and has declined since: the register is to erase it (PDL 7:2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// Who.
    pub person: PersonId,
    /// The person's number; none where it is no longer written here.
    pub identity: Option<String>,
    /// Since when the person declines.
    pub declined_at: DateTime<Utc>,
}

/// What may be reported, and what may not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// By person and day.
    pub reported: Vec<Reported>,
    /// What the register is to erase.
    pub erasures: Vec<Erasure>,
    /// How many persons with an assessment are kept back, by why.
    pub kept: BTreeMap<Kept, u64>,
    /// How many signed assessments lack an answer, and so have no sum.
    pub incomplete: u64,
}

/// Decides what may be reported. Reads everything that the organisation has.
///
/// # Errors
/// When the database fails, or something that might be a refusal cannot be read.
pub async fn report(
    administration: &Administration<'_>,
    wanted: Wanted,
) -> Result<Report, RegisterError> {
    let gathered = Gathered::of(administration.storage, wanted.organisation).await?;
    let now = administration.clock.now();
    let mut report = Report::default();
    for (id, person) in gathered.people {
        let standing = Standing::of(&person.acts, now);
        if let Some(declined) = standing.registers_declined.first()
            && was_reported(administration, id).await?
        {
            report.erasures.push(Erasure {
                person: id,
                identity: person.number.as_ref().map(|(number, _)| number.clone()),
                declined_at: declined.at,
            });
        }
        add(&mut report, id, person, &standing, wanted);
    }
    Ok(report)
}

fn add(report: &mut Report, id: PersonId, person: Person, standing: &Standing, wanted: Wanted) {
    let days = wanted.from..=wanted.until;
    let of_these_days = person.assessments.into_iter();
    let mut assessments: Vec<_> = of_these_days
        .filter(|one| days.contains(&one.assessed_on))
        .collect();
    assessments.sort_by_key(|one| (one.assessed_on, one.visit));
    if assessments.is_empty() {
        return;
    }
    let allowed = may_be_reported(standing, person.protected);
    let number = allowed
        .map_err(Kept::Back)
        .and_then(|()| person.number.ok_or(Kept::Nameless));
    let (identity, identity_kind) = match number {
        Ok(number) => number,
        Err(why) => {
            *report.kept.entry(why).or_default() += 1;
            return;
        }
    };
    for one in assessments {
        match downton::assess(&one.answers) {
            Outcome::Incomplete(_) => report.incomplete += 1,
            Outcome::Complete(result) => report.reported.push(Reported {
                person: id,
                identity: identity.clone(),
                identity_kind,
                unit: one.unit,
                assessed_on: one.assessed_on,
                instrument: "downton",
                result,
                visit: one.visit,
                entry: one.entry,
            }),
        }
    }
}

/// Whether the access log knows of a report about a person.
async fn was_reported(
    administration: &Administration<'_>,
    person: PersonId,
) -> Result<bool, StorageError> {
    let mut query = LogQuery {
        from: 0,
        person: Some(person),
        most: STEP,
    };
    loop {
        let entries = administration.storage.log_entries(query).await?;
        let Some(last) = entries.last() else {
            return Ok(false);
        };
        query.from = last.index + 1;
        let reports = entries
            .iter()
            .filter(|entry| entry.sender == SERVER)
            .filter_map(|entry| Record::decode(&entry.bytes).ok())
            .any(|record| {
                record.event.action == Action::Export
                    && record.event.kind.as_deref() == Some(LOG_KIND)
            });
        if reports {
            return Ok(true);
        }
    }
}
