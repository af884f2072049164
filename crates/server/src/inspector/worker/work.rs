//! A push, or a share of it, read by one worker after the other where need be.

use super::{
    pool::Lent,
    process::{Lost, StartError},
    share::Budget,
};
use crate::inspector::{
    Findings, Raw, Reading,
    reading::{unread, unreadable},
};
use hemrond_sync::acceptance::Finding;

/// The reading of one push, or of a share of it.
#[derive(Debug)]
pub(super) struct Work<'a> {
    /// None once the push has cost too much: nothing more is read here.
    worker: Option<Lent<'a>>,
    /// What the whole push may still cost.
    budget: &'a Budget,
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

/// Why a document was not read to its end.
enum Stop {
    /// The worker was lost.
    Lost(Place, Lost),
    /// The push's time is up.
    Over,
}

impl<'a> Work<'a> {
    pub(super) const fn begin(worker: Lent<'a>, budget: &'a Budget) -> Self {
        Self {
            worker: Some(worker),
            budget,
            one_by_one: false,
            poison: Vec::new(),
        }
    }

    /// Whether nothing more is read here.
    pub(super) const fn is_spent(&self) -> bool {
        self.worker.is_none()
    }

    /// Gives the worker back.
    pub(super) fn end(self) {
        if let Some(worker) = self.worker {
            worker.give_back();
        }
    }

    /// Reads a document's items. What a worker is lost at twice, reading one by one, is refused; what
    /// nobody comes to reading is called unread.
    pub(super) async fn read(&mut self, mut reading: Reading) -> Result<Findings, StartError> {
        reading.stored.retain(|bytes| !self.poison.contains(bytes));
        let mut findings = Findings::default();
        let mut suspect = None;
        let mut rest: fn(&Raw) -> Finding = unread;
        loop {
            let place = match self.attempt(&reading, &mut findings).await {
                Ok(()) => return Ok(findings),
                Err(Stop::Lost(place, why)) => {
                    tracing::warn!(%why, ?place, "a worker was lost");
                    place
                }
                Err(Stop::Over) => {
                    // It may be in the midst of an answer, and is of no use to anybody else then.
                    self.worker = None;
                    break;
                }
            };
            self.replace().await?;
            // Read together, any of the items may have led to it.
            if place != Place::Opening && !std::mem::replace(&mut self.one_by_one, true) {
                continue;
            }
            if suspect.replace(place) != Some(place) {
                continue;
            }
            match place {
                Place::Opening => {
                    rest = unreadable;
                    break;
                }
                Place::Item(number) => {
                    if let Some(item) = reading.items.get(number) {
                        findings.items.push(unreadable(item));
                        self.poison.push(item.bytes.clone());
                    }
                }
            }
        }
        let left = reading.items.iter().skip(findings.items.len());
        findings.items.extend(left.map(rest));
        Ok(findings)
    }

    /// Has another worker take the place of one that is lost, unless it was one too many.
    async fn replace(&mut self) -> Result<(), StartError> {
        let may_go_on = self.budget.lose() && !self.budget.is_over();
        match &mut self.worker {
            Some(worker) if may_go_on => worker.replace().await,
            _ => {
                if let Some(worker) = self.worker.take() {
                    worker.lose();
                }
                Ok(())
            }
        }
    }

    /// Goes on where the findings end.
    async fn attempt(&mut self, reading: &Reading, findings: &mut Findings) -> Result<(), Stop> {
        let worker = self.worker.as_mut().ok_or(Stop::Over)?;
        let process = &mut worker.process;
        if self.budget.is_over() {
            return Err(Stop::Over);
        }
        findings.given = process
            .open(reading, &findings.items, self.one_by_one)
            .await
            .map_err(|why| Stop::Lost(Place::Opening, why))?;
        for number in findings.items.len()..reading.items.len() {
            if self.budget.is_over() {
                return Err(Stop::Over);
            }
            let finding = process.next().await;
            findings
                .items
                .push(finding.map_err(|why| Stop::Lost(Place::Item(number), why))?);
        }
        Ok(())
    }
}
