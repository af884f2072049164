//! How long a search takes, as the window waits for it.

use super::{
    Bench,
    numbers::{Line, ms, percentile},
};
use crate::{error::Error, tablet::Tablet};
use serde_json::json;
use std::time::Instant;

/// What people type: beginnings, whole names, misspellings, numbers.
const TYPED: [&str; 10] = [
    "al",
    "Almqvist",
    "Hilma Kvist",
    "lofgren",
    "Nören",
    "granqvist",
    "9731",
    "Valdemar",
    "xyz",
    "hedlund birgit",
];

/// Measures searches on the nurse's tablet.
pub(super) fn measure(bench: &Bench<'_>) -> Result<(), Error> {
    let folder = bench.place("nurse");
    let mut tablet = Tablet::open(bench.project, bench.scale.profile, &folder)?;
    tablet.unlock()?;
    let mut times = Vec::new();
    for text in TYPED.iter().cycle().take(bench.scale.searches as usize) {
        let begin = Instant::now();
        tablet.ask("search", &json!({"text": text}))?;
        times.push(ms(begin.elapsed()));
    }
    for percent in [50, 95] {
        if let Some(value) = percentile(&times, percent) {
            let line = Line::new(&format!("search_p{percent}"), value, "ms");
            bench.print(line.with("searches", bench.scale.searches));
        }
    }
    tablet.close()
}
