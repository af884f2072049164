//! Writing as somebody: every change of the sample data has an author.

use super::{cast, ids};
use crate::{
    authoring::{AuthoringError, Written, keep},
    directory::nothing,
    storage::{Asker, Storage},
};
use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use hemrond_documents::{Actor, Document, Edit, RawChange};
use hemrond_domain::{
    ids::{DeviceId, RowId, UserId},
    record::{DocumentId, Header},
};
use std::collections::{BTreeMap, btree_map::Entry};

/// How many documents go into one transaction.
const BATCH: usize = 400;

/// Somebody who writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Hand {
    Eva,
    Omar,
    Stina,
    Lena,
    /// Last: she answers what others wrote.
    Anna,
}

impl Hand {
    const fn login(self) -> &'static str {
        match self {
            Self::Eva => "eva",
            Self::Omar => "omar",
            Self::Stina => "stina",
            Self::Lena => "lena",
            Self::Anna => "anna",
        }
    }

    pub(super) fn user(self) -> UserId {
        cast::user_id(self.login()).unwrap_or_else(|| UserId::from_stored([0; 16]))
    }

    const fn number(self) -> u64 {
        self as u64
    }
}

/// Everybody's pens, and what they have written since it was last kept.
pub(super) struct Pens<'a> {
    storage: &'a dyn Storage,
    pub(super) today: NaiveDate,
    pages: BTreeMap<(Hand, DocumentId), Written>,
    open: BTreeMap<(Hand, DocumentId), Document>,
    rows: u64,
}

impl<'a> Pens<'a> {
    pub(super) const fn new(storage: &'a dyn Storage, today: NaiveDate) -> Self {
        Self {
            storage,
            today,
            pages: BTreeMap::new(),
            open: BTreeMap::new(),
            rows: 0,
        }
    }

    /// The next row's id.
    pub(super) fn row(&mut self) -> RowId {
        self.rows += 1;
        RowId::from_bytes(ids::bytes("row", self.rows))
    }

    /// Writes in a document as somebody, on top of what everybody has written in it.
    pub(super) fn write(
        &mut self,
        hand: Hand,
        header: &Header,
        at: DateTime<Utc>,
        edits: &[Edit],
    ) -> Result<(), AuthoringError> {
        let id = header.id();
        let others: Vec<RawChange> = self
            .pages
            .iter()
            .filter(|((by, document), _)| *document == id && *by != hand)
            .flat_map(|(_, written)| written.changes.clone())
            .collect();
        let document = match self.open.entry((hand, id)) {
            Entry::Occupied(open) => open.into_mut(),
            Entry::Vacant(place) => {
                let actor = Actor::from_random(ids::bytes("actor", hand.number()));
                place.insert(Document::create(header, actor)?)
            }
        };
        document
            .apply(others)
            .map_err(|error| AuthoringError::Unreadable(error.to_string()))?;
        let changes = document.edit(at, edits)?;
        self.pages
            .entry((hand, id))
            .or_insert_with(|| Written {
                header: header.clone(),
                changes: document
                    .migrations()
                    .map(|(change, _)| change.clone())
                    .collect(),
            })
            .changes
            .extend(changes);
        Ok(())
    }

    /// Keeps everything written so far. A document that somebody else goes on with must have been
    /// written by an earlier hand.
    pub(super) async fn flush(&mut self) -> Result<(), AuthoringError> {
        let pages = std::mem::take(&mut self.pages);
        self.open.clear();
        let mut by_hand: BTreeMap<Hand, Vec<Written>> = BTreeMap::new();
        for ((hand, _), written) in pages {
            by_hand.entry(hand).or_default().push(written);
        }
        let now = self.at(0, 6, 0).timestamp_millis();
        for (hand, written) in by_hand {
            let asker = Asker {
                user: hand.user(),
                device: DeviceId::from_bytes(ids::bytes("device", hand.number())),
                run: ids::bytes("device", hand.number()),
                access_version: 1,
                readable: nothing(cast::organisation()),
                now,
            };
            for some in written.chunks(BATCH) {
                keep(self.storage, &asker, some, now).await?;
            }
        }
        Ok(())
    }

    /// A day before today.
    pub(super) fn day(&self, days_ago: u64) -> NaiveDate {
        self.today
            .checked_sub_days(Days::new(days_ago))
            .unwrap_or(self.today)
    }

    /// A moment on a day before today.
    pub(super) fn at(&self, days_ago: u64, hour: u32, minute: u32) -> DateTime<Utc> {
        moment(self.day(days_ago), hour, minute)
    }
}

/// A moment on a day.
pub(super) fn moment(day: NaiveDate, hour: u32, minute: u32) -> DateTime<Utc> {
    day.and_time(NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default())
        .and_utc()
}

/// A moment as fields hold it.
pub(super) fn instant(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
