//! `hemrond-simulate`: tells stories from a seed until so many tablet-days are lived.

use clap::Parser;
use hemrond_simulator::{
    jobs::{self, JobError},
    plant::Bug,
    shrink::shrink,
    steps::Step,
    tale::{Tale, seeds},
    witness::{Finding, Wrong},
    world::{Broken, Outcome, Setting},
};
use std::{
    process::ExitCode,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

/// How often a long run says how far it has come.
const WORD_EVERY: Duration = Duration::from_secs(10);

/// Within so many tablet-days every planted bug must be found.
const FOUND_WITHIN: u64 = 2_000;

/// Many tablets, several server processes, bad networks, crashes and clocks, from one seed.
#[derive(Debug, Parser)]
#[command(name = "hemrond-simulate", version)]
struct Arguments {
    /// The first story's seed; each further story has the next number.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many tablet-days are lived at least, over as many stories as it takes.
    #[arg(long, default_value_t = 1000)]
    tablet_days: u64,
    /// Plants a bug; see --bugs.
    #[arg(long)]
    plant: Option<String>,
    /// Lists the bugs that can be planted, and ends.
    #[arg(long)]
    bugs: bool,
    /// Plants every bug in turn, and prints after how many tablet-days it is found.
    #[arg(long)]
    each_bug: bool,
    /// Leaves a story that finds something as long as it is.
    #[arg(long)]
    as_it_is: bool,
    /// Tells every story twice, and compares.
    #[arg(long)]
    twice: bool,
    /// How many stories are told at once; as many as there are processors where nothing is said.
    #[arg(long)]
    jobs: Option<usize>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if arguments.bugs {
        for bug in Bug::ALL {
            println!("{:30} {}", bug.name(), bug.about().trim());
        }
        return ExitCode::SUCCESS;
    }
    let bug = match arguments
        .plant
        .as_deref()
        .map(|name| (name, Bug::named(name)))
    {
        None => None,
        Some((_, Some(bug))) => Some(bug),
        Some((name, None)) => {
            eprintln!("there is no bug called \"{name}\"; --bugs lists them");
            return ExitCode::FAILURE;
        }
    };
    let outcome = if arguments.each_bug {
        jobs::alone(|| each_bug(&arguments))
    } else {
        tell_all(&arguments, bug)
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("{error}");
        ExitCode::FAILURE
    })
}

fn tell_all(arguments: &Arguments, bug: Option<Bug>) -> Result<ExitCode, JobError> {
    let sum = simulate(arguments, bug)?;
    if let Some((setting, steps, finding)) = sum.first.clone() {
        jobs::alone(|| tell(arguments, setting, steps, finding))?;
    }
    println!("{}", sum.line(arguments));
    Ok(sum.verdict())
}

/// What all stories together came to.
#[derive(Debug, Default)]
struct Sum {
    tablet_days: u64,
    edits: u64,
    faults: u64,
    replays: u64,
    findings: Vec<Finding>,
    /// The story with the smallest seed that found something.
    first: Option<(Setting, Vec<Step>, Finding)>,
    broken: Option<String>,
    seconds: f64,
    next_word: Duration,
}

impl Sum {
    fn add(&mut self, tale: Tale, told: Result<Outcome, Broken>) {
        let outcome = match told {
            Ok(outcome) => outcome,
            Err(error) => {
                self.broken = Some(format!("seed {}: {error}", tale.setting.seed));
                return;
            }
        };
        self.tablet_days += outcome.tablet_days;
        self.edits += outcome.edits;
        self.faults += outcome.faults;
        self.replays += outcome.replays;
        if let Some(finding) = outcome.findings.first() {
            let earlier = self
                .first
                .as_ref()
                .is_none_or(|(setting, _, _)| setting.seed > tale.setting.seed);
            if earlier {
                self.first = Some((tale.setting, tale.steps, finding.clone()));
            }
        }
        self.findings.extend(outcome.findings);
    }

    /// Says how far it has come, now and then, beside what scripts read.
    fn tell_progress(&mut self, elapsed: Duration, of: u64) {
        if elapsed < self.next_word {
            return;
        }
        self.next_word = elapsed + WORD_EVERY;
        eprintln!(
            "{} of {of} tablet-days in {} s, {} edits, {} faults, {} findings",
            self.tablet_days,
            elapsed.as_secs(),
            self.edits,
            self.faults,
            self.findings.len()
        );
    }

    fn how_many(&self, wrong: Wrong) -> usize {
        let findings = self.findings.iter();
        findings.filter(|finding| finding.wrong == wrong).count()
    }

    fn line(&self, arguments: &Arguments) -> serde_json::Value {
        serde_json::json!({
            "seed": arguments.seed,
            "tablet_days": self.tablet_days,
            "edits": self.edits,
            "faults": self.faults,
            "replays_judged": self.replays,
            "lost": self.how_many(Wrong::Lost),
            "diverged": self.how_many(Wrong::Diverged),
            "stuck": self.how_many(Wrong::Stuck),
            "leaked": self.how_many(Wrong::Leaked),
            "seconds": self.seconds.round(),
        })
    }

    fn verdict(&self) -> ExitCode {
        if let Some(broken) = &self.broken {
            eprintln!("{broken}");
        }
        if self.findings.is_empty() && self.broken.is_none() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

/// Tells stories until enough is lived or something is found.
fn simulate(arguments: &Arguments, bug: Option<Bug>) -> Result<Sum, JobError> {
    let began = Instant::now();
    let seeds = seeds(arguments.seed, arguments.tablet_days);
    let next = AtomicUsize::new(0);
    let ended = AtomicBool::new(false);
    let sum = Mutex::new(Sum {
        next_word: WORD_EVERY,
        ..Sum::default()
    });
    let tell_on = || {
        while !ended.load(Ordering::SeqCst) {
            let Some(seed) = seeds.get(next.fetch_add(1, Ordering::SeqCst)) else {
                return;
            };
            let tale = Tale::of(*seed, bug);
            let mut told = tale.tell();
            if arguments.twice && tale.tell() != told {
                told = Err(Broken::Beginning("it is not the same twice".to_owned()));
            }
            if !told
                .as_ref()
                .is_ok_and(|outcome| outcome.findings.is_empty())
            {
                ended.store(true, Ordering::SeqCst);
            }
            let mut sum = sum.lock().unwrap_or_else(PoisonError::into_inner);
            sum.add(tale, told);
            sum.tell_progress(began.elapsed(), arguments.tablet_days);
        }
    };
    jobs::side_by_side(arguments.jobs, tell_on)?;
    let mut sum = sum.into_inner().unwrap_or_else(PoisonError::into_inner);
    sum.seconds = began.elapsed().as_secs_f64();
    Ok(sum)
}

/// Plants every bug in turn, one story at a time, so that the count is the same everywhere.
fn each_bug(arguments: &Arguments) -> ExitCode {
    let mut missed = 0;
    println!("| Planted bug | Found after tablet-days | In the story of seed | As |");
    println!("|---|---|---|---|");
    for bug in Bug::ALL {
        let mut lived = 0;
        let mut found = None;
        for seed in seeds(arguments.seed, FOUND_WITHIN) {
            let tale = Tale::of(seed, Some(*bug));
            lived += tale.setting.size.tablet_days();
            match tale.tell() {
                Ok(outcome) => found = outcome.findings.into_iter().next(),
                Err(error) => eprintln!("seed {seed}: {error}"),
            }
            if let Some(finding) = &found {
                println!(
                    "| `{}`: {} | {lived} | {seed} | {:?} |",
                    bug.name(),
                    bug.about().trim(),
                    finding.wrong
                );
                break;
            }
        }
        if found.is_none() {
            missed += 1;
            println!(
                "| `{}`: {} | not within {lived} | | |",
                bug.name(),
                bug.about().trim()
            );
        }
    }
    if missed == 0 {
        ExitCode::SUCCESS
    } else {
        eprintln!("{missed} of {} planted bugs were not found", Bug::ALL.len());
        ExitCode::FAILURE
    }
}

/// Prints what was found, and the shortest story that finds it.
fn tell(arguments: &Arguments, setting: Setting, steps: Vec<Step>, finding: Finding) {
    eprintln!(
        "seed {}: {:?}: {}",
        setting.seed, finding.wrong, finding.what
    );
    if arguments.as_it_is {
        return;
    }
    let (steps, finding) = shrink(setting, steps, finding);
    eprintln!(
        "the shortest story that finds this ({} steps):",
        steps.len()
    );
    for (number, step) in steps.iter().enumerate() {
        eprintln!(
            "  {:3}. {:?} (salt {:#x})",
            number + 1,
            step.what,
            step.salt
        );
    }
    eprintln!("  then: {:?}: {}", finding.wrong, finding.what);
    eprintln!(
        "again: cargo xtask simulate --seed {} --tablet-days 1{}",
        setting.seed,
        setting
            .bug
            .map_or_else(String::new, |bug| format!(" --plant {}", bug.name()))
    );
}
