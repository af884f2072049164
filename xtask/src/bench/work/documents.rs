//! Documents on their way: to the server, to another tablet, nothing new, a few changed.

use crate::{
    bench::{
        form::{Set, WHOLE, afterthought, answers},
        numbers::ms,
        proxy::{Proxy, Traffic},
        results::Results,
        side::{Side, Stage},
    },
    error::Error,
    run,
};
use serde_json::Value;
use std::{fs, path::Path, process::Command, time::Instant};

/// How many documents change a little in the end.
const FEW: usize = 10;

/// How much is made and how often it is carried.
#[derive(Debug, Clone, Copy)]
pub(in crate::bench) struct Load {
    pub(in crate::bench) documents: usize,
    /// Answers in each of them.
    pub(in crate::bench) answers: usize,
    pub(in crate::bench) runs: usize,
}

impl Load {
    /// Whole forms.
    pub(in crate::bench) const fn whole(documents: usize, runs: usize) -> Self {
        Self {
            documents,
            answers: WHOLE,
            runs,
        }
    }

    fn form(self, number: usize) -> Vec<Set> {
        let mut form = answers(number);
        form.truncate(self.answers);
        form
    }
}

/// What some work took.
#[derive(Debug, Clone, Copy)]
struct Cost {
    ms: f64,
    traffic: Traffic,
}

impl Cost {
    #[allow(clippy::cast_precision_loss)] // Bytes of a benchmark.
    fn bytes(&self) -> f64 {
        (self.traffic.up + self.traffic.down) as f64
    }

    #[allow(clippy::cast_precision_loss)]
    fn requests(&self) -> f64 {
        self.traffic.requests as f64
    }
}

/// One run's costs.
struct Run {
    push: Cost,
    pull: Cost,
    idle: Cost,
    changed: Cost,
    changed_pull: Cost,
}

/// What one side's runs cost.
pub(in crate::bench) struct Runs {
    side: &'static str,
    runs: Vec<Run>,
}

/// Carries one load with one side. What is made before is made once and copied for each run.
pub(in crate::bench) fn carry(
    side: &dyn Side,
    load: Load,
    folder: &Path,
    proxy: &Proxy,
) -> Result<Runs, Error> {
    let (template, place) = (folder.join("template"), folder.join("run"));
    let mut stage = side.open(&template, proxy)?;
    let forms: Vec<Vec<Set>> = (0..load.documents)
        .map(|number| load.form(number))
        .collect();
    let made = stage.make(&forms)?;
    stage.close()?;
    let mut runs = Vec::new();
    for _ in 0..load.runs {
        copy(&template, &place)?;
        runs.push(run(side, &made, &place, proxy)?);
        remove(&place)?;
    }
    remove(&template)?;
    Ok(Runs {
        side: side.name(),
        runs,
    })
}

/// Takes away what a side that failed has left.
pub(in crate::bench) fn clear(folder: &Path) -> Result<(), Error> {
    for left in [folder.join("template"), folder.join("run")] {
        if left.exists() {
            remove(&left)?;
        }
    }
    Ok(())
}

impl Runs {
    fn add(&self, results: &mut Results, name: &str, unit: &'static str, value: fn(&Run) -> f64) {
        let values: Vec<f64> = self.runs.iter().map(value).collect();
        results.add(name, unit, self.side, &values);
    }

    /// To the server, to the other tablet, and nothing new, with so many documents.
    pub(in crate::bench) fn tell(&self, results: &mut Results, count: usize) {
        self.add(results, &format!("push_{count}"), "ms", |run| run.push.ms);
        self.add(results, &format!("push_{count}_bytes"), "bytes", |run| {
            run.push.bytes()
        });
        self.add(results, &format!("pull_{count}"), "ms", |run| run.pull.ms);
        self.add(results, &format!("pull_{count}_bytes"), "bytes", |run| {
            run.pull.bytes()
        });
        self.add(results, &format!("idle_{count}"), "bytes", |run| {
            run.idle.bytes()
        });
        self.add(results, &format!("idle_{count}_ms"), "ms", |run| {
            run.idle.ms
        });
        self.add(
            results,
            &format!("idle_{count}_requests"),
            "requests",
            |run| run.idle.requests(),
        );
    }

    /// A few changed documents among all of them.
    pub(in crate::bench) fn tell_few(&self, results: &mut Results) {
        self.add(results, "changed_10_ms", "ms", |run| run.changed.ms);
        self.add(results, "changed_10_bytes", "bytes", |run| {
            run.changed.bytes()
        });
        self.add(results, "changed_10_requests", "requests", |run| {
            run.changed.requests()
        });
        self.add(results, "changed_10_pull_ms", "ms", |run| {
            run.changed_pull.ms
        });
        self.add(results, "changed_10_pull_bytes", "bytes", |run| {
            run.changed_pull.bytes()
        });
    }

    /// What a week without contact comes to when it is sent.
    pub(in crate::bench) fn tell_week(&self, results: &mut Results) {
        self.add(results, "week_ms", "ms", |run| run.push.ms);
        self.add(results, "week_bytes", "bytes", |run| run.push.bytes());
    }
}

/// A week's answers as bare text, for its limit: what was answered in which document, and no more.
pub(in crate::bench) fn bare(load: Load) -> String {
    let lines = (0..load.documents).flat_map(|number| {
        let sets = load.form(number).into_iter();
        sets.map(move |(field, value)| format!("{number} {field} {value}\n"))
    });
    lines.collect()
}

fn run(side: &dyn Side, made: &[String], place: &Path, proxy: &Proxy) -> Result<Run, Error> {
    let mut stage = side.open(place, proxy)?;
    let push = cost(proxy, || stage.push(made))?;
    let pull = cost(proxy, || stage.pull(made))?;
    let idle = cost(proxy, || stage.nothing_new(made))?;
    let few: Vec<(String, Vec<Set>)> = made
        .iter()
        .take(FEW)
        .enumerate()
        .map(|(number, document)| (document.clone(), afterthought(number)))
        .collect();
    stage.edit(&few)?;
    let names: Vec<String> = few.iter().map(|(document, _)| document.clone()).collect();
    let changed = cost(proxy, || stage.push(&names))?;
    let changed_pull = cost(proxy, || stage.pull(made))?;
    for (document, sets) in &few {
        arrived(&mut *stage, document, sets)?;
    }
    stage.close()?;
    Ok(Run {
        push,
        pull,
        idle,
        changed,
        changed_pull,
    })
}

/// Nothing is measured that did not happen: the reader has what the writer wrote last.
fn arrived(stage: &mut dyn Stage, document: &str, sets: &[Set]) -> Result<(), Error> {
    for (field, value) in sets {
        let found = stage.read(document, field)?;
        if found != *value {
            let told = |value: &Value| value.to_string();
            return Err(Error::NotHeld(format!(
                "{document}: {field} is {} at the reader, and {} was written",
                told(&found),
                told(value)
            )));
        }
    }
    Ok(())
}

fn cost(proxy: &Proxy, work: impl FnOnce() -> Result<(), Error>) -> Result<Cost, Error> {
    proxy.take();
    let begin = Instant::now();
    work()?;
    let ms = ms(begin.elapsed());
    Ok(Cost {
        ms,
        traffic: proxy.take(),
    })
}

fn copy(from: &Path, to: &Path) -> Result<(), Error> {
    run::run(Command::new("cp").arg("-a").arg(from).arg(to))?;
    // Whoever waits for the disk first would wait for the copy as well.
    run::run(&mut Command::new("sync"))
}

fn remove(folder: &Path) -> Result<(), Error> {
    fs::remove_dir_all(folder).map_err(Error::io("removing what was measured"))
}
