//! One push, read by one worker after the other where need be.

use super::{
    Patience,
    pool::{Lent, Pool},
    process::{Lost, StartError},
};
use crate::inspector::{Findings, Reading, reading::unreadable};

/// The reading of one push.
#[derive(Debug)]
pub(super) struct Work<'a> {
    worker: Lent<'a>,
    losses_left: usize,
    /// Whether a worker was lost while it read items together: from then on they are read one by one.
    one_by_one: bool,
    /// What led to losses, for the same document may come again further on.
    poison: Vec<Vec<u8>>,
}

/// Where a worker was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// While it opened the document.
    Opening,
    /// While it read this item.
    Item(usize),
}

impl<'a> Work<'a> {
    pub(super) async fn begin(pool: &'a Pool, patience: Patience) -> Result<Self, StartError> {
        Ok(Self {
            worker: pool.worker().await?,
            losses_left: patience.losses,
            one_by_one: false,
            poison: Vec::new(),
        })
    }

    /// Gives the worker back.
    pub(super) fn end(self) {
        self.worker.give_back();
    }

    /// Reads a document's items. What a worker is lost at twice, reading one by one, is refused.
    pub(super) async fn read(&mut self, mut reading: Reading) -> Result<Findings, StartError> {
        reading.stored.retain(|bytes| !self.poison.contains(bytes));
        let mut findings = Findings::default();
        let mut suspect = None;
        while self.losses_left > 0 {
            let Err((place, why)) = self.attempt(&reading, &mut findings).await else {
                return Ok(findings);
            };
            tracing::warn!(%why, ?place, "a worker was lost");
            self.losses_left -= 1;
            self.worker.replace().await?;
            // Read together, any of the items may have led to it.
            if place != Place::Opening && !std::mem::replace(&mut self.one_by_one, true) {
                continue;
            }
            if suspect.replace(place) != Some(place) {
                continue;
            }
            match place {
                Place::Opening => break,
                Place::Item(number) => {
                    if let Some(item) = reading.items.get(number) {
                        findings.items.push(unreadable(item));
                        self.poison.push(item.bytes.clone());
                    }
                }
            }
        }
        let rest = reading.items.iter().skip(findings.items.len());
        findings.items.extend(rest.map(unreadable));
        Ok(findings)
    }

    /// Goes on where the findings end.
    async fn attempt(
        &mut self,
        reading: &Reading,
        findings: &mut Findings,
    ) -> Result<(), (Place, Lost)> {
        let process = &mut self.worker.process;
        findings.given = process
            .open(reading, &findings.items, self.one_by_one)
            .await
            .map_err(|why| (Place::Opening, why))?;
        for number in findings.items.len()..reading.items.len() {
            let finding = process.next().await;
            findings
                .items
                .push(finding.map_err(|why| (Place::Item(number), why))?);
        }
        Ok(())
    }
}
