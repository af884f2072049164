//! What was measured: lines of JSON for programs, a table for people.

use super::{
    goals::{GOALS, Goal},
    numbers::{Spread, tidy},
};
use crate::error::Error;
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

/// Our side's name among the sides.
pub(super) const OURS: &str = "ours";

/// One figure of every side.
#[derive(Debug)]
struct Row {
    name: String,
    unit: &'static str,
    sides: BTreeMap<&'static str, Spread>,
    limit: Option<f64>,
}

/// Every figure, in the order in which the first side was measured.
#[derive(Debug, Default)]
pub(super) struct Results {
    rows: Vec<Row>,
    peers: Vec<&'static str>,
    notes: Vec<String>,
}

impl Results {
    /// Takes what a side was measured at; nothing where nothing was.
    pub(super) fn add(
        &mut self,
        name: &str,
        unit: &'static str,
        side: &'static str,
        values: &[f64],
    ) {
        let Some(spread) = Spread::of(values) else {
            return;
        };
        println!("{name}: {side} {} {unit}", tidy(spread.median()));
        if side != OURS && !self.peers.contains(&side) {
            self.peers.push(side);
        }
        self.row(name, unit).sides.insert(side, spread);
    }

    /// What the machine itself needs for the work: the median of these.
    pub(super) fn limit(&mut self, name: &str, unit: &'static str, values: &[f64]) {
        if let Some(limit) = Spread::of(values).map(|spread| spread.median()) {
            println!("{name}: limit {} {unit}", tidy(limit));
            self.row(name, unit).limit = Some(limit);
        }
    }

    /// Something that readers must know beside the figures.
    pub(super) fn note(&mut self, words: String) {
        println!("{words}");
        self.notes.push(words);
    }

    fn row(&mut self, name: &str, unit: &'static str) -> &mut Row {
        let place = self.rows.iter().position(|row| row.name == name);
        let place = place.unwrap_or_else(|| {
            self.rows.push(Row {
                name: name.to_owned(),
                unit,
                sides: BTreeMap::new(),
                limit: None,
            });
            self.rows.len() - 1
        });
        &mut self.rows[place]
    }

    /// Prints the table, and how many goals are reached.
    pub(super) fn tell(&self) {
        println!("\n{}", self.table());
    }

    /// Writes what was measured so far into `results.jsonl` and `results.md` in a folder.
    pub(super) fn write(&self, folder: &Path) -> Result<(), Error> {
        let lines: String = self
            .rows
            .iter()
            .map(|row| format!("{}\n", row.json()))
            .collect();
        let cannot = || Error::io("writing the results");
        fs::write(folder.join("results.jsonl"), lines).map_err(cannot())?;
        fs::write(folder.join("results.md"), self.table()).map_err(cannot())
    }

    fn table(&self) -> String {
        let mut text = String::from("| Figure | ours | limit |");
        let mut rule = String::from("|---|---|---|");
        for peer in &self.peers {
            let _ = write!(text, " {peer} |");
            rule.push_str("---|");
        }
        let _ = write!(text, "\n{rule}\n");
        for row in &self.rows {
            let _ = write!(
                text,
                "| `{}` ({}) | {} | {} |",
                row.name,
                row.unit,
                row.told(OURS),
                row.told_limit()
            );
            for peer in &self.peers {
                let _ = write!(text, " {} |", row.told(peer));
            }
            text.push('\n');
        }
        text.push_str("\n| Goal | | Reached |\n|---|---|---|\n");
        let mut reached = [0; 2];
        for (name, goal) in GOALS {
            let outcome = self.outcome(name, *goal);
            if let Some(outcome) = outcome {
                reached[usize::from(outcome)] += 1;
            }
            let word = match outcome {
                Some(true) => "yes",
                Some(false) => "**no**",
                None => "not measured",
            };
            let _ = writeln!(text, "| `{name}` | {} | {word} |", goal.told());
        }
        let [missed, reached] = reached;
        let _ = writeln!(
            text,
            "\nGoals reached: {reached}, missed: {missed}, of {}.",
            GOALS.len()
        );
        for note in &self.notes {
            let _ = writeln!(text, "\n* {note}");
        }
        text
    }

    fn outcome(&self, name: &str, goal: Goal) -> Option<bool> {
        let row = self.rows.iter().find(|row| row.name == name)?;
        goal.reached(row.median(OURS)?, row.limit, |peer| row.median(peer))
    }
}

impl Row {
    fn median(&self, side: &str) -> Option<f64> {
        self.sides.get(side).map(Spread::median)
    }

    /// A side's median, its least and most, and how many times ours it is.
    fn told(&self, side: &str) -> String {
        let Some(spread) = self.sides.get(side) else {
            return "–".to_owned();
        };
        let mut text = tidy(spread.median()).to_string();
        if spread.runs() > 1 && spread.least() < spread.most() {
            let _ = write!(text, " ({}–{})", tidy(spread.least()), tidy(spread.most()));
        }
        if let (true, Some(ours)) = (side != OURS, self.median(OURS))
            && ours > 0.0
        {
            let _ = write!(text, " **{}×**", tidy(spread.median() / ours));
        }
        text
    }

    fn told_limit(&self) -> String {
        match (self.limit, self.median(OURS)) {
            (Some(limit), Some(ours)) if limit > 0.0 => {
                format!("{} (ours {}×)", tidy(limit), tidy(ours / limit))
            }
            (Some(limit), _) => tidy(limit).to_string(),
            (None, _) => "–".to_owned(),
        }
    }

    fn json(&self) -> Value {
        let peers: Map<String, Value> = self
            .sides
            .iter()
            .filter(|(side, _)| **side != OURS)
            .map(|(side, spread)| ((*side).to_owned(), json!(tidy(spread.median()))))
            .collect();
        let runs = self.sides.values().map(Spread::runs).max();
        json!({
            "name": self.name,
            "unit": self.unit,
            "ours": self.median(OURS).map(tidy),
            "peers": peers,
            "limit": self.limit.map(tidy),
            "runs": runs.unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Results;

    #[test]
    fn a_row_says_medians_ratios_and_whether_the_goal_is_reached() {
        let mut results = Results::default();
        results.add("push_1000", "ms", "ours", &[100.0, 120.0, 110.0]);
        results.add("push_1000", "ms", "pouchdb", &[400.0]);
        results.add("idle_100", "bytes", "ours", &[1200.0]);
        let table = results.table();
        assert!(
            table.contains("| `push_1000` (ms) | 110 (100–120) | – | 400 **3.64×** |"),
            "{table}"
        );
        assert!(
            table.contains("| `push_1000` | ≥3× less than pouchdb | yes |"),
            "{table}"
        );
        assert!(table.contains("| `idle_100` | ≤1000 | **no** |"), "{table}");
        assert!(table.contains("Goals reached: 1, missed: 1, of"), "{table}");
        let line = results.rows[0].json();
        let expected = serde_json::json!({"name": "push_1000", "unit": "ms", "ours": 110.0,
            "peers": {"pouchdb": 400.0}, "limit": null, "runs": 3});
        assert_eq!(line, expected);
    }
}
