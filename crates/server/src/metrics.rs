//! Counts for the people who run the server, in Prometheus' text form. Never about persons.

use std::{
    fmt::Write,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

/// The upper ends of the duration classes, in seconds.
const CLASSES: [(f64, &str); 8] = [
    (0.005, "0.005"),
    (0.02, "0.02"),
    (0.05, "0.05"),
    (0.1, "0.1"),
    (0.25, "0.25"),
    (1.0, "1"),
    (5.0, "5"),
    (30.0, "30"),
];

/// The server's counts since it started.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Answers by their first digit: 2xx, 3xx, 4xx, 5xx.
    answers: [AtomicU64; 4],
    /// Items taken.
    pub items_accepted: AtomicU64,
    /// Items that were there already.
    pub items_known: AtomicU64,
    /// Items refused.
    pub items_refused: AtomicU64,
    /// Documents sent, whole or in part.
    pub deliveries: AtomicU64,
    /// Tablets enrolled.
    pub enrolled: AtomicU64,
    /// Tablets that have seen more than the database holds: it was restored and nobody said so.
    pub ahead: AtomicU64,
    /// Connections that found no place.
    pub turned_away: AtomicU64,
    /// Records of access logs taken.
    pub log_records: AtomicU64,
    /// Records of access logs that did not hold together with the others.
    pub log_findings: AtomicU64,
    sync_classes: [AtomicU64; CLASSES.len()],
    sync_count: AtomicU64,
    sync_micros: AtomicU64,
}

/// Adds to a count.
pub fn add(count: &AtomicU64, by: usize) {
    count.fetch_add(by as u64, Relaxed);
}

impl Metrics {
    /// Counts an answer by its status.
    pub fn answered(&self, status: u16) {
        if let Some(count) = (status / 100)
            .checked_sub(2)
            .and_then(|i| self.answers.get(i as usize))
        {
            count.fetch_add(1, Relaxed);
        }
    }

    /// Counts a sync by how long it took.
    pub fn synced(&self, took: Duration) {
        for ((limit, _), class) in CLASSES.iter().zip(&self.sync_classes) {
            if took.as_secs_f64() <= *limit {
                class.fetch_add(1, Relaxed);
            }
        }
        self.sync_count.fetch_add(1, Relaxed);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.sync_micros.fetch_add(micros, Relaxed);
    }

    /// Everything as text, with two numbers that are kept elsewhere.
    #[must_use]
    pub fn render(&self, head: u64, reader_restarts: u64) -> String {
        let mut text = String::new();
        let answers = ["2xx", "3xx", "4xx", "5xx"];
        text.push_str("# TYPE hemrond_answers_total counter\n");
        for (class, count) in answers.iter().zip(&self.answers) {
            let count = count.load(Relaxed);
            let _ = writeln!(text, "hemrond_answers_total{{status=\"{class}\"}} {count}");
        }
        for (name, count) in [
            ("items_accepted", &self.items_accepted),
            ("items_known", &self.items_known),
            ("items_refused", &self.items_refused),
            ("deliveries", &self.deliveries),
            ("enrolled", &self.enrolled),
            ("tablets_ahead", &self.ahead),
            ("connections_turned_away", &self.turned_away),
            ("log_records", &self.log_records),
            ("log_findings", &self.log_findings),
        ] {
            let count = count.load(Relaxed);
            counter(&mut text, name, count);
        }
        counter(&mut text, "reader_restarts", reader_restarts);
        text.push_str("# TYPE hemrond_sync_seconds histogram\n");
        for ((_, limit), class) in CLASSES.iter().zip(&self.sync_classes) {
            let count = class.load(Relaxed);
            let _ = writeln!(
                text,
                "hemrond_sync_seconds_bucket{{le=\"{limit}\"}} {count}"
            );
        }
        let count = self.sync_count.load(Relaxed);
        let sum = Duration::from_micros(self.sync_micros.load(Relaxed)).as_secs_f64();
        let _ = writeln!(text, "hemrond_sync_seconds_bucket{{le=\"+Inf\"}} {count}");
        let _ = writeln!(text, "hemrond_sync_seconds_sum {sum}");
        let _ = writeln!(text, "hemrond_sync_seconds_count {count}");
        let _ = writeln!(
            text,
            "# TYPE hemrond_feed_head gauge\nhemrond_feed_head {head}"
        );
        text
    }
}

fn counter(text: &mut String, name: &str, count: u64) {
    let _ = writeln!(text, "# TYPE hemrond_{name}_total counter");
    let _ = writeln!(text, "hemrond_{name}_total {count}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mornings_counts_can_be_read() {
        let metrics = Metrics::default();
        metrics.answered(200);
        metrics.answered(404);
        metrics.answered(999);
        add(&metrics.items_accepted, 3);
        metrics.synced(Duration::from_millis(30));
        let text = metrics.render(41, 2);
        for line in [
            "hemrond_answers_total{status=\"2xx\"} 1",
            "hemrond_answers_total{status=\"4xx\"} 1",
            "hemrond_items_accepted_total 3",
            "hemrond_reader_restarts_total 2",
            "hemrond_sync_seconds_bucket{le=\"0.02\"} 0",
            "hemrond_sync_seconds_bucket{le=\"0.05\"} 1",
            "hemrond_sync_seconds_bucket{le=\"+Inf\"} 1",
            "hemrond_feed_head 41",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in\n{text}");
        }
    }
}
