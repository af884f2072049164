//! Telling it: each criterion, its tests, and the numbers at the end.

use super::{
    criteria::Criteria,
    outcome::{Case, Outcome},
    sources::Test,
};
use crate::error::Error;
use std::fmt;

/// What became of a test, or of all tests of a criterion. The later one weighs more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    /// No report has it, and it was not to be run now.
    NotRun,
    Passed,
    /// It was to be run, and no report has it: its name is not what its runner calls it.
    NotFound,
    Failed,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotRun => "not run",
            Self::Passed => "passed",
            Self::NotFound => "NOT FOUND among the tests that ran",
            Self::Failed => "FAILED",
        })
    }
}

/// What became of a test whose cases are these.
fn state(cases: &[Outcome], was_to_run: bool) -> State {
    if cases.contains(&Outcome::Failed) {
        State::Failed
    } else if cases.contains(&Outcome::Passed) {
        State::Passed
    } else if was_to_run {
        State::NotFound
    } else {
        State::NotRun
    }
}

/// How many criteria there are of each sort.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    criteria: usize,
    with_test: usize,
    passing: usize,
    failing: usize,
    not_run: usize,
}

impl Counts {
    fn add(&mut self, states: &[State]) {
        self.criteria += 1;
        let Some(worst) = states.iter().max() else {
            return;
        };
        self.with_test += 1;
        match worst {
            State::Passed => self.passing += 1,
            State::Failed | State::NotFound => self.failing += 1,
            State::NotRun => self.not_run += 1,
        }
    }
}

/// Prints each criterion and the tests that name it.
pub(super) fn list(criteria: &Criteria, tests: &[Test], faults: &[String]) -> Result<(), Error> {
    let mut with_test = 0;
    for (number, criterion) in criteria {
        println!("AC{number}  {}: {}", criterion.rule, criterion.text);
        let mut named = of(tests, *number).peekable();
        with_test += usize::from(named.peek().is_some());
        if named.peek().is_none() {
            println!("    no test    {}", criterion.place);
        }
        for test in named {
            println!("    {}", called(test));
        }
    }
    println!(
        "criteria {}, with a test {with_test}, without {}",
        criteria.len(),
        criteria.len() - with_test
    );
    close(criteria, tests, faults, 0)
}

/// Prints each criterion, the tests that name it, and what became of them.
pub(super) fn results(
    criteria: &Criteria,
    tests: &[Test],
    faults: &[String],
    cases: &[Case],
    was_to_run: &dyn Fn(&Test) -> bool,
) -> Result<(), Error> {
    let mut counts = Counts::default();
    let mut without = Vec::new();
    println!();
    for (number, criterion) in criteria {
        println!("AC{number}  {}: {}", criterion.rule, criterion.text);
        let mut states = Vec::new();
        for test in of(tests, *number) {
            let outcomes: Vec<Outcome> = cases
                .iter()
                .filter(|case| case.is_of(test))
                .map(Case::outcome)
                .collect();
            let state = state(&outcomes, was_to_run(test));
            println!("    {state}    {}{}", called(test), times(outcomes.len()));
            states.push(state);
        }
        if states.is_empty() {
            println!("    no test    {}", criterion.place);
            without.push(format!("AC{number}"));
        }
        counts.add(&states);
    }
    println!("\nwithout a test: {}", without.join(", "));
    println!(
        "criteria {}, with a test {}, passing {}, failing {}, not run {}, without {}",
        counts.criteria,
        counts.with_test,
        counts.passing,
        counts.failing,
        counts.not_run,
        without.len()
    );
    close(criteria, tests, faults, counts.failing)
}

fn of(tests: &[Test], number: u16) -> impl Iterator<Item = &Test> {
    tests
        .iter()
        .filter(move |test| test.named.numbers.contains(&number))
}

/// A test as people find it.
fn called(test: &Test) -> String {
    let named = &test.named;
    let middle = if named.ends.is_empty() { "" } else { "…" };
    format!("{}: {}{middle}{}", test.file, named.name, named.ends)
}

/// Says how many cases a test has, where they are several.
fn times(cases: usize) -> String {
    match cases {
        0 | 1 => String::new(),
        many => format!(" ({many} times)"),
    }
}

/// Fails where a criterion does, or where something names what is not there.
fn close(
    criteria: &Criteria,
    tests: &[Test],
    faults: &[String],
    failing: usize,
) -> Result<(), Error> {
    for fault in faults {
        println!("no test follows this line: {fault}");
    }
    let mut unknown = 0;
    for test in tests {
        for number in &test.named.numbers {
            if !criteria.contains_key(number) {
                println!("there is no AC{number}: {}", called(test));
                unknown += 1;
            }
        }
    }
    if failing + faults.len() + unknown == 0 {
        Ok(())
    } else {
        Err(Error::NotHeld(format!(
            "{failing} criteria do not hold, {} lines name one where no test is, {unknown} name one \
             that is not in the list",
            faults.len()
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::{
        Counts,
        State::{Failed, NotFound, NotRun, Passed},
        state,
    };
    use crate::acceptance::outcome::Outcome;

    #[test]
    fn nothing_counts_as_passed_that_was_not_seen_to_pass() {
        assert_eq!(state(&[Outcome::Passed, Outcome::Passed], true), Passed);
        assert_eq!(state(&[Outcome::Passed, Outcome::Failed], true), Failed);
        assert_eq!(state(&[], true), NotFound, "a name that nobody knows");
        assert_eq!(state(&[], false), NotRun);
        assert_eq!(state(&[Outcome::Skipped], false), NotRun);
        assert_eq!(state(&[Outcome::Skipped], true), NotFound);
    }

    #[test]
    fn a_criterion_is_as_good_as_its_worst_test() {
        let mut counts = Counts::default();
        for states in [
            &[Passed, Passed] as &[_],
            &[Passed, NotRun],
            &[Passed, Failed],
            &[Passed, NotFound],
            &[NotRun],
            &[],
        ] {
            counts.add(states);
        }
        let expected = Counts {
            criteria: 6,
            with_test: 5,
            passing: 2,
            failing: 2,
            not_run: 1,
        };
        assert_eq!(counts, expected);
    }
}
