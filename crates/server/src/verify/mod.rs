//! Checking a whole database: that everything in it is what it says, and that nothing is missing.
//!
//! Every document is loaded under the limits that its changes were taken under; every item's name
//! and every signature is worked out again; what is kept beside them (digests, counts, positions)
//! is compared. It reads in small steps, so that a server may go on serving meanwhile, and changes
//! nothing.

pub mod access_log;
mod climb;
mod document;
mod fault;
mod feed;
mod hint;
mod people;

pub use fault::{Fault, What};

use crate::storage::{Device, DocumentRow, FeedRow, StorageError, Survey, effects_in_words};
use feed::Walk;
use hemrond_domain::{ids::UserId, record::Header};
use hemrond_protocol::limits::MAX_ITEM_BYTES;
use people::People;
use sha2::{Digest, Sha256};
use std::{collections::BTreeSet, fmt};

/// How many documents are read at a time.
const DOCUMENTS: u32 = 64;

/// How many positions or refused items are read at a time.
const ROWS: u32 = 10_000;

/// How many refused items, with their bytes, are read at a time.
const REFUSED: u32 = 200;

/// Bounds the faults that are told of one by one.
const TOLD: usize = 1_000;

/// How much was looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Documents.
    pub documents: u64,
    /// Those of them that were destroyed when their time had come.
    pub destroyed: u64,
    /// Changes.
    pub changes: u64,
    /// Signed entries.
    pub entries: u64,
    /// Positions of the feed.
    pub positions: u64,
    /// Items that were refused and are kept.
    pub refused: u64,
    /// Accounts.
    pub accounts: u64,
    /// Devices.
    pub devices: u64,
    /// Rows whose references were followed.
    pub references: u64,
    /// Entries of the access log.
    pub log_entries: u64,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} documents ({} of them destroyed in their time) with {} changes and {} signed \
             entries, {} feed positions, {} refused items, {} accounts, {} devices, {} references, \
             {} entries of the access log",
            self.documents,
            self.destroyed,
            self.changes,
            self.entries,
            self.positions,
            self.refused,
            self.accounts,
            self.devices,
            self.references,
            self.log_entries,
        )
    }
}

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// How much was looked at.
    pub counts: Counts,
    /// What is wrong, at most a thousand of it.
    pub faults: Vec<Fault>,
    /// How much more is wrong.
    pub more: usize,
    /// What may be as it should, and somebody should look at, at most a thousand of it.
    pub hints: Vec<String>,
    /// How much more there is to look at.
    pub more_hints: usize,
}

impl Report {
    fn take(&mut self, faults: &mut Vec<Fault>) {
        let room = TOLD.saturating_sub(self.faults.len()).min(faults.len());
        self.more += faults.len() - room;
        faults.truncate(room);
        self.faults.append(faults);
    }

    fn hint(&mut self, hints: Vec<String>) {
        let room = TOLD.saturating_sub(self.hints.len()).min(hints.len());
        self.more_hints += hints.len() - room;
        self.hints.extend(hints.into_iter().take(room));
    }
}

/// How far a check has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being looked at, such as "documents".
    pub what: &'static str,
    /// How many have been.
    pub done: u64,
    /// Of how many.
    pub all: u64,
}

/// Checks a whole database, and tells how far it has come after every step.
///
/// # Errors
/// When the database cannot be read; what can be read and is wrong is in the report.
pub async fn verify(
    survey: &dyn Survey,
    mut progress: impl FnMut(Progress),
) -> Result<Report, StorageError> {
    let mut report = Report::default();
    let mut faults = Vec::new();
    faults.extend(survey.integrity().await?.into_iter().map(|words| Fault {
        place: "database".to_owned(),
        what: What::Integrity(words),
    }));
    let (orphans, references) = survey.orphans().await?;
    report.counts.references = references;
    faults.extend(orphans.into_iter().map(|orphan| Fault {
        place: format!("{} {}", orphan.what, orphan.id),
        what: What::Lacks(orphan.lacks),
    }));
    let people = People::read(survey, &mut faults).await?;
    (report.counts.accounts, report.counts.devices) = people.counts();
    report.take(&mut faults);
    // Rows are only added: what was there before must follow from an entry, and what follows from
    // one must be there afterwards.
    let before = survey.effects().await?;
    let said = documents(survey, &people, &mut report, &mut progress).await?;
    let after = survey.effects().await?;
    let missing = said
        .difference(&after)
        .map(|_| "is not kept, so that it has no effect");
    let unfounded = before
        .difference(&said)
        .map(|_| "follows from no signed act");
    faults.extend(missing.chain(unfounded).map(|words| Fault {
        place: "acts".to_owned(),
        what: What::Effect(words),
    }));
    report.take(&mut faults);
    positions(survey, &people, &mut report, &mut progress).await?;
    refused(survey, &people, &mut report).await?;
    let mut faults = Vec::new();
    let looked = access_log::check(survey, &mut faults).await?;
    report.counts.log_entries = looked.entries;
    report.take(&mut faults);
    report.hint(hint::looks(survey.log_findings().await?));
    Ok(report)
}

/// Checks one document's row as [`verify()`] does each, where there are these accounts and devices.
#[must_use]
pub fn check_document(
    row: &DocumentRow,
    users: impl IntoIterator<Item = UserId>,
    devices: impl IntoIterator<Item = Device>,
) -> Vec<Fault> {
    let mut faults = Vec::new();
    document::check(row, &People::of(users, devices), &mut faults);
    faults
}

/// Checks rows of the feed, in their order, as [`verify()`] does, where there are these accounts, devices
/// and this head.
#[must_use]
pub fn check_feed(
    rows: &[FeedRow],
    head: i64,
    users: impl IntoIterator<Item = UserId>,
    devices: impl IntoIterator<Item = Device>,
) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut walk = Walk::default();
    walk.check(rows, &People::of(users, devices), &mut faults);
    walk.end(head, &mut faults);
    faults
}

async fn documents(
    survey: &dyn Survey,
    people: &People,
    report: &mut Report,
    progress: &mut impl FnMut(Progress),
) -> Result<BTreeSet<String>, StorageError> {
    let all = survey.document_count().await?;
    let mut effects = BTreeSet::new();
    let mut after = None;
    loop {
        let rows = survey.documents_after(after, DOCUMENTS).await?;
        let Some(last) = rows.last() else {
            return Ok(effects);
        };
        after = Some(last.id);
        for row in &rows {
            if let Ok(header) = Header::try_from(&row.header) {
                let items = row.items.iter();
                effects.extend(items.flat_map(|item| effects_in_words(&header, &item.bytes)));
                report.hint(hint::acts(row, &header, people));
            }
            let mut faults = Vec::new();
            let looked = document::check(row, people, &mut faults);
            report.counts.documents += 1;
            report.counts.destroyed += u64::from(row.destroyed);
            report.counts.changes += looked.changes;
            report.counts.entries += looked.entries;
            report.take(&mut faults);
        }
        progress(Progress {
            what: "documents",
            done: report.counts.documents,
            all: all.max(report.counts.documents),
        });
    }
}

async fn positions(
    survey: &dyn Survey,
    people: &People,
    report: &mut Report,
    progress: &mut impl FnMut(Progress),
) -> Result<(), StorageError> {
    // What is published meanwhile lies after this.
    let head = survey.feed_head().await?;
    let mut walk = Walk::default();
    let mut faults = Vec::new();
    loop {
        let rows = survey.feed_after(walk.last, head, ROWS).await?;
        if rows.is_empty() {
            break;
        }
        walk.check(&rows, people, &mut faults);
        report.counts.positions += u64::try_from(rows.len()).unwrap_or(u64::MAX);
        report.take(&mut faults);
        progress(Progress {
            what: "feed positions",
            done: report.counts.positions,
            all: u64::try_from(head).unwrap_or_default(),
        });
    }
    walk.end(head, &mut faults);
    report.take(&mut faults);
    Ok(())
}

async fn refused(
    survey: &dyn Survey,
    people: &People,
    report: &mut Report,
) -> Result<(), StorageError> {
    let mut after = None;
    loop {
        let rows = survey.refused_after(after, REFUSED).await?;
        let Some(last) = rows.last() else {
            return Ok(());
        };
        after = Some((last.device, last.name));
        let mut faults = Vec::new();
        for row in rows {
            report.counts.refused += 1;
            let place = || format!("refused item {}", hex::encode(row.name));
            // An item that was larger than one may be is kept without its bytes.
            let kept = !row.bytes.is_empty() && row.bytes.len() <= MAX_ITEM_BYTES;
            let name: [u8; 32] = Sha256::digest(&row.bytes).into();
            if kept && name != row.name {
                faults.push(Fault {
                    place: place(),
                    what: What::OtherBytes(hex::encode(name)),
                });
            }
            if !people.has_device(row.device) {
                faults.push(Fault {
                    place: place(),
                    what: What::Lacks("device"),
                });
            }
        }
        report.take(&mut faults);
    }
}
