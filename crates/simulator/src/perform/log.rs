//! The access log on its way: what a tablet was told is on the server is there.

use crate::{
    chains::{Chain, RecordHash},
    drive::to_the_end,
    witness::Wrong,
    world::World,
};
use hemrond_companion::Companion;
use hemrond_server::storage::{AccessLog as _, LogEntry, LogQuery, StorageError};
use std::{collections::BTreeSet, sync::Arc};

/// How many entries are read at once.
const MOST: u32 = 10_000;

impl World {
    /// Looks how far a tablet's log has come, and whether what it was told of it is so.
    pub(super) fn look_at_log(&mut self, number: usize, companion: &Companion) {
        let store = companion.store();
        let chain = self.witness.chains.entry(number).or_default();
        let read = async {
            let state = store.log_state().await?;
            let rows = match chain.reads_from(&state) {
                Some(from) => store.log_from(from, usize::MAX).await?,
                None => return Ok(None),
            };
            Ok::<_, hemrond_store::StoreError>(Some((state, rows)))
        };
        let told = match to_the_end(read, &self.stop) {
            Ok(Ok(None)) => return,
            Ok(Ok(Some((state, rows)))) => chain.read(&state, &rows),
            _ => {
                let what = format!("the log of {} cannot be read", self.name(number));
                self.witness.find(Wrong::Stuck, what);
                return;
            }
        };
        let Ok(told) = told else {
            let what = format!("the log of {} lacks what it held", self.name(number));
            self.witness.find(Wrong::Lost, what);
            return;
        };
        let site = Arc::clone(&self.site);
        for hash in told {
            let place = to_the_end(site.database.log_place(hash), &self.stop);
            if !matches!(place, Ok(Ok(Some(_)))) && !self.forgotten_log.contains(&hash) {
                let what = format!(
                    "{} was told that a record of its access log is on the server, and it is not",
                    self.name(number)
                );
                self.witness.find(Wrong::Lost, what);
                return;
            }
        }
    }

    /// A tablet went back to an older copy of itself, and its log with it.
    pub(super) fn log_goes_back(&mut self, place: usize) {
        let (Some(companion), Some(&number)) = (self.running(place), self.places.get(place)) else {
            return;
        };
        let store = companion.store();
        let read = async {
            let state = store.log_state().await?;
            let rows = store.log_from(1, usize::MAX).await?;
            Ok::<_, hemrond_store::StoreError>((state, rows))
        };
        if let Ok(Ok((state, rows))) = to_the_end(read, &self.stop) {
            let chain: &mut Chain = self.witness.chains.entry(number).or_default();
            chain.go_back(state.head, &rows);
        }
    }

    /// All entries of the server's access log, in order.
    pub(crate) fn log_on_server(&mut self) -> Vec<LogEntry> {
        let site = Arc::clone(&self.site);
        let read = async {
            let mut all: Vec<LogEntry> = Vec::new();
            loop {
                let query = LogQuery {
                    from: all.last().map_or(0, |entry| entry.index + 1),
                    person: None,
                    most: MOST,
                };
                let next = site.database.log_entries(query).await?;
                if next.is_empty() {
                    return Ok::<_, StorageError>(all);
                }
                all.extend(next);
            }
        };
        match to_the_end(read, &self.stop) {
            Ok(Ok(all)) => all,
            _ => {
                self.witness
                    .find(Wrong::Stuck, "the server's access log cannot be read");
                Vec::new()
            }
        }
    }

    /// The names of all records in the server's access log.
    pub(super) fn logged(&mut self) -> BTreeSet<RecordHash> {
        let entries = self.log_on_server().into_iter();
        entries.map(|entry| entry.hash).collect()
    }
}
