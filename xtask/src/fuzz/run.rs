//! One target under the fuzzer.

use crate::{children::Running, error::Error, project::Project};
use std::{
    fs::{self, File},
    io::Read as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// The memory that the fuzzer may take, in MiB, its own part and the corpus included.
const MEMORY_MB: u32 = 64;

/// The longest that one input may take, in seconds on the wall's clock: on a machine that is busy with
/// other things an input of milliseconds has taken 20, and was no fault.
const INPUT_SECONDS: u32 = 60;

/// The longest input that is tried, in bytes.
const LONGEST: u32 = 4096;

/// What came of fuzzing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Fuzzed {
    /// Inputs tried.
    pub(super) executions: u64,
    /// How long, building not counted.
    pub(super) seconds: u64,
    /// Inputs that were faults.
    pub(super) crashes: u64,
    /// The most memory that the program took.
    pub(super) peak_mb: u64,
}

impl Fuzzed {
    /// Adds another target's.
    pub(super) fn add(&mut self, other: &Self) {
        self.executions += other.executions;
        self.seconds += other.seconds;
        self.crashes += other.crashes;
        self.peak_mb = self.peak_mb.max(other.peak_mb);
    }
}

/// A target that is being fuzzed.
pub(super) struct Fuzzing {
    target: String,
    running: Running,
    begun: Instant,
    log: PathBuf,
    faults: PathBuf,
    before: usize,
}

impl Fuzzing {
    /// Begins. What the fuzzer finds worth keeping stays below the target folder for the next time;
    /// what is a fault goes where the tests look for it.
    pub(super) fn start(
        project: &Project,
        program: &Path,
        package: &Path,
        target: String,
        time: Duration,
    ) -> Result<Self, Error> {
        let found = project.target("fuzz-corpus").join(&target);
        let faults = package.join("faults").join(&target);
        for folder in [&found, &faults] {
            fs::create_dir_all(folder).map_err(Error::io(folder.display().to_string()))?;
        }
        let log = project.target(format!("fuzz-{target}.log"));
        let out = File::create(&log).map_err(Error::io(log.display().to_string()))?;
        let mut command = Command::new(program);
        command
            .arg(format!("-max_total_time={}", time.as_secs().max(1)))
            .arg(format!("-rss_limit_mb={MEMORY_MB}"))
            .arg(format!("-timeout={INPUT_SECONDS}"))
            .arg(format!("-max_len={LONGEST}"))
            .arg(format!("-artifact_prefix={}/", faults.display()))
            // Weighing inputs by how rare what they reach is costs a table for each of them.
            .arg("-entropic=0")
            .arg("-print_final_stats=1")
            .args([&found, &package.join("corpus").join(&target), &faults])
            .env("HEMROND_FUZZ_TARGET", &target)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(out);
        Ok(Self {
            before: count(&faults)?,
            running: Running::start(&mut command)?,
            begun: Instant::now(),
            target,
            log,
            faults,
        })
    }

    /// Takes out one that has ended.
    pub(super) fn take_ended(all: &mut Vec<Self>) -> Result<Option<Self>, Error> {
        for place in 0..all.len() {
            if let Some(one) = all.get_mut(place)
                && one.running.has_ended()?
            {
                return Ok(Some(all.swap_remove(place)));
            }
        }
        Ok(None)
    }

    /// What came of it.
    pub(super) fn end(mut self) -> Result<(String, Fuzzed), Error> {
        let status = self.running.process().wait();
        let status = status.map_err(Error::io(self.target.clone()))?;
        let mut log = Vec::new();
        File::open(&self.log)
            .and_then(|mut file| file.read_to_end(&mut log))
            .map_err(Error::io(self.log.display().to_string()))?;
        let log = String::from_utf8_lossy(&log).into_owned();
        let new = count(&self.faults)?.saturating_sub(self.before) as u64;
        // A fuzzer that ends badly without leaving an input has found one all the same.
        let crashes = new.max(u64::from(!status.success()));
        if crashes > 0 {
            eprintln!("{}", last_words(&log));
        } else if new == 0 && count(&self.faults)? == 0 {
            // Nothing is kept of a folder that nothing came into.
            let _ = fs::remove_dir(&self.faults);
        }
        let fuzzed = Fuzzed {
            executions: stat(&log, "number_of_executed_units"),
            seconds: self.begun.elapsed().as_secs(),
            crashes,
            peak_mb: stat(&log, "peak_rss_mb"),
        };
        Ok((self.target, fuzzed))
    }
}

fn count(folder: &Path) -> Result<usize, Error> {
    let files = fs::read_dir(folder).map_err(Error::io(folder.display().to_string()))?;
    Ok(files.count())
}

/// A number of the fuzzer's last lines: `stat::NAME: NUMBER`.
fn stat(log: &str, name: &str) -> u64 {
    let mut lines = log.lines().rev();
    lines
        .find_map(|line| line.strip_prefix("stat::")?.strip_prefix(name))
        .and_then(|rest| rest.trim_start_matches(':').trim().parse().ok())
        .unwrap_or_default()
}

/// The end of a log, where it says what went wrong.
fn last_words(log: &str) -> String {
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(30)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::stat;

    #[test]
    fn the_fuzzers_numbers_are_read() {
        let log = "#2 INITED\nDone 4242 runs in 2 second(s)\n\
                   stat::number_of_executed_units: 4242\nstat::peak_rss_mb:              57\n";
        assert_eq!(stat(log, "number_of_executed_units"), 4242);
        assert_eq!(stat(log, "peak_rss_mb"), 57);
        assert_eq!(stat("it died", "peak_rss_mb"), 0);
    }
}
