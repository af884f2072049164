//! Telling how it goes and, at the end, how it went.

use super::counts::Counts;
use crate::{error::Error, room::Room};
use std::time::{Duration, Instant};

/// What became of one step.
#[derive(Debug)]
struct Line {
    name: &'static str,
    counts: Counts,
    took: Duration,
}

/// What became of all steps so far.
#[derive(Debug)]
pub(super) struct Report {
    begin: Instant,
    lines: Vec<Line>,
    failures: Vec<String>,
    left_out: Vec<&'static str>,
}

impl Report {
    pub(super) fn begin() -> Self {
        Self {
            begin: Instant::now(),
            lines: Vec::new(),
            failures: Vec::new(),
            left_out: Vec::new(),
        }
    }

    pub(super) fn beginning(&self, name: &str, about: &str) {
        println!("\n[{}] {name}: {about}", clock(self.begin.elapsed()));
    }

    /// Notes what became of a step, and tells whether it failed.
    pub(super) fn ended(
        &mut self,
        name: &'static str,
        counts: Counts,
        why: Option<String>,
        took: Duration,
    ) -> bool {
        let failed = counts.failed > 0;
        match why {
            Some(why) => self.failures.push(format!("{name}: {why}")),
            None if failed => self
                .failures
                .push(format!("{name}: {} failed, see above", counts.failed)),
            None => {}
        }
        let word = if failed { "FAILED" } else { "ok" };
        println!("[{}] {name}: {word}", clock(self.begin.elapsed()));
        self.lines.push(Line { name, counts, took });
        failed
    }

    /// Notes which tests failed, so that the end names them: of a long run often only the end is kept.
    pub(super) fn failed(&mut self, tests: Vec<String>) {
        self.failures.extend(tests);
    }

    pub(super) fn left_out(&mut self, name: &'static str) {
        self.left_out.push(name);
    }

    /// Says that nothing further was tried, because everything further needs this step.
    pub(super) fn cut_short(&mut self, name: &str) {
        self.failures.push(format!(
            "nothing after {name} was tried, for the rest builds on it"
        ));
    }

    /// Prints the end, with the room that is left on the disk where something failed: a full disk breaks
    /// builds and tests with words that do not say so. Fails if anything failed.
    pub(super) fn end(self, room: Option<Room>) -> Result<(), Error> {
        println!();
        for line in &self.lines {
            let skipped = match line.counts.skipped {
                0 => String::new(),
                skipped => format!(", {skipped} skipped"),
            };
            println!(
                "{:<13} {:>6}   {} passed, {} failed{skipped}",
                line.name,
                clock(line.took),
                line.counts.passed,
                line.counts.failed
            );
        }
        for name in &self.left_out {
            println!("{name:<13}          left out");
        }
        for failure in &self.failures {
            println!("FAILED {failure}");
        }
        if let Some(room) = room.filter(|_| !self.failures.is_empty()) {
            println!("the disk has {room} left");
        }
        let total = self
            .lines
            .iter()
            .fold(Counts::default(), |sum, line| sum.and(line.counts));
        println!("all           {:>6}", clock(self.begin.elapsed()));
        println!("{} passed, {} failed", total.passed, total.failed);
        if total.failed == 0 {
            Ok(())
        } else {
            Err(Error::NotHeld("not everything held".to_owned()))
        }
    }
}

/// Minutes and seconds.
fn clock(time: Duration) -> String {
    format!("{}:{:02}", time.as_secs() / 60, time.as_secs() % 60)
}
