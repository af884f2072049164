//! The access logs as tablets wrote them: which records there were, and which of them tablets were told
//! are on the server.

use hemrond_store::{LogHead, LogRow, LogState};
use std::collections::{BTreeMap, BTreeSet};

/// A record's name.
pub type RecordHash = [u8; 32];

/// One tablet's log, as it was looked at.
#[derive(Debug, Clone, Default)]
pub struct Chain {
    /// By number, from the first on.
    records: BTreeMap<u64, RecordHash>,
    /// Up to which number the tablet was told that the server has it.
    told: u64,
    /// What the tablet was told that the server has, and wrote anew after it went back to an older
    /// copy of itself.
    aside: BTreeSet<RecordHash>,
    seen: Option<(LogHead, LogHead)>,
}

/// What does not hold together on a tablet by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Torn;

impl Chain {
    /// From which record on the tablet's log is to be read; none where nothing has moved.
    #[must_use]
    pub fn reads_from(&self, state: &LogState) -> Option<u64> {
        if self.seen == Some((state.head, state.sent)) {
            return None;
        }
        Some(self.last().saturating_add(1))
    }

    fn last(&self) -> u64 {
        self.records.last_key_value().map_or(0, |(seq, _)| *seq)
    }

    /// Takes in what was read. Answers the records of which the tablet was told, since the last look,
    /// that the server has them.
    ///
    /// # Errors
    /// When records that were there are there no longer, or the new ones do not follow them.
    pub fn read(&mut self, state: &LogState, rows: &[LogRow]) -> Result<Vec<RecordHash>, Torn> {
        for row in rows {
            if row.place.seq != self.last().saturating_add(1) {
                return Err(Torn);
            }
            self.records.insert(row.place.seq, row.place.hash);
        }
        let at_head = self.records.get(&state.head.seq).copied();
        if self.last() != state.head.seq || at_head.unwrap_or_default() != state.head.hash {
            return Err(Torn);
        }
        let new = self.records.range(self.told.saturating_add(1)..);
        let new = new.take_while(|(seq, _)| **seq <= state.sent.seq);
        let new = new.map(|(_, hash)| *hash).collect();
        // A server that forgot some of it is given that back: it was told once all the same.
        self.told = self.told.max(state.sent.seq.min(self.last()));
        self.seen = Some((state.head, state.sent));
        Ok(new)
    }

    /// The tablet went back to an older copy of itself, which holds these records, and whose log ends here.
    ///
    /// A copy may hold a record that the log of then did not have: one whose transaction reached the file
    /// while the disk refused to say that it is safe, so that the tablet took it for failed. From there on
    /// the copy's log is another.
    pub fn go_back(&mut self, head: LogHead, rows: &[LogRow]) {
        let differs = |row: &&LogRow| self.records.get(&row.place.seq) != Some(&row.place.hash);
        let other = rows.iter().find(differs).map(|row| row.place.seq);
        let ends = head.seq.saturating_add(1);
        let from = other.map_or(ends, |seq| seq.min(ends));
        let later = self.records.split_off(&from);
        let told = self.told;
        let known = later.into_iter().filter(|(seq, _)| *seq <= told);
        self.aside.extend(known.map(|(_, hash)| hash));
        self.told = self.told.min(from.saturating_sub(1));
        self.seen = None;
    }

    /// The whole log as it is now, in order.
    pub fn whole(&self) -> impl Iterator<Item = RecordHash> + '_ {
        self.records.values().copied()
    }

    /// Everything of which the tablet was ever told that the server has it.
    pub fn told(&self) -> impl Iterator<Item = RecordHash> + '_ {
        let told = self.records.range(..=self.told);
        told.map(|(_, hash)| *hash)
            .chain(self.aside.iter().copied())
    }
}
