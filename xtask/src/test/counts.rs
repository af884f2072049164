//! How many passed and failed, read from what each test runner leaves.

use serde_json::Value;

/// How many passed and failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) passed: u64,
    pub(super) failed: u64,
    pub(super) skipped: u64,
}

impl Counts {
    /// A check that passed.
    pub(super) const PASSED: Self = Self {
        passed: 1,
        failed: 0,
        skipped: 0,
    };

    /// A check that failed.
    pub(super) const FAILED: Self = Self {
        passed: 0,
        failed: 1,
        skipped: 0,
    };

    /// Something that is not counted.
    pub(super) const NONE: Self = Self {
        passed: 0,
        failed: 0,
        skipped: 0,
    };

    /// Both together.
    pub(super) const fn and(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            skipped: self.skipped + other.skipped,
        }
    }
}

/// Reads a JUnit report's first element, as nextest writes it.
pub(super) fn from_junit(xml: &str) -> Option<Counts> {
    let (_, rest) = xml.split_once("<testsuites ")?;
    let (element, _) = rest.split_once('>')?;
    let number = |name: &str| {
        let (_, rest) = element.split_once(&format!("{name}=\""))?;
        rest.split_once('"')?.0.parse::<u64>().ok()
    };
    let tests = number("tests")?;
    let failed = number("failures")? + number("errors")?;
    Some(Counts {
        passed: tests.checked_sub(failed)?,
        failed,
        skipped: 0,
    })
}

/// Reads the JSON report that vitest writes.
pub(super) fn from_vitest(json: &str) -> Option<Counts> {
    let report: Value = serde_json::from_str(json).ok()?;
    let number = |name: &str| report.get(name)?.as_u64();
    Some(Counts {
        passed: number("numPassedTests")?,
        // A file that cannot be loaded has no tests of its own to fail.
        failed: number("numFailedTests")?.max(number("numFailedTestSuites")?.min(1)),
        skipped: number("numPendingTests")? + number("numTodoTests")?,
    })
}

/// Reads the last line such as "browser: 12 passed, 0 failed, 1 skipped", as our own test programs
/// end with.
pub(super) fn from_closing_line(text: &str) -> Option<Counts> {
    text.lines().rev().find_map(closing_line)
}

fn closing_line(line: &str) -> Option<Counts> {
    let numbers = line.rsplit_once(": ").map_or(line, |(_, numbers)| numbers);
    let mut counts = Counts::NONE;
    let (mut passed, mut failed) = (false, false);
    for part in numbers.trim().split(", ") {
        let (number, word) = part.split_once(' ')?;
        let number = number.parse().ok()?;
        match word {
            "passed" => (counts.passed, passed) = (number, true),
            "failed" => (counts.failed, failed) = (number, true),
            "skipped" => counts.skipped = number,
            _ => return None,
        }
    }
    (passed && failed).then_some(counts)
}

#[cfg(test)]
mod tests {
    use super::{Counts, from_closing_line, from_junit, from_vitest};

    const fn counts(passed: u64, failed: u64, skipped: u64) -> Option<Counts> {
        Some(Counts {
            passed,
            failed,
            skipped,
        })
    }

    #[test]
    fn nextest_is_counted_from_its_report() {
        let xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"nextest-run\" \
            tests=\"7\" failures=\"2\" errors=\"1\" uuid=\"0\" time=\"1.5\">\n<testsuite name=\"a\" \
            tests=\"3\" failures=\"0\">";
        assert_eq!(from_junit(xml), counts(4, 3, 0));
        assert_eq!(from_junit("<testsuites name=\"cut"), None);
    }

    #[test]
    fn vitest_is_counted_from_its_report() {
        let report = |failed: u64, suites: u64| {
            format!(
                "{{\"numPassedTests\":9,\"numFailedTests\":{failed},\"numFailedTestSuites\":{suites},\
                 \"numPendingTests\":1,\"numTodoTests\":0}}"
            )
        };
        assert_eq!(from_vitest(&report(0, 0)), counts(9, 0, 1));
        assert_eq!(from_vitest(&report(3, 5)), counts(9, 3, 1));
        assert_eq!(from_vitest(&report(0, 1)), counts(9, 1, 1), "a file failed");
        assert_eq!(from_vitest("{}"), None);
    }

    #[test]
    fn our_own_test_programs_are_counted_from_their_last_line() {
        let browser =
            "  3 passed (4.1s)\n2 passed, 2 failed\nbrowser: 3 passed, 1 failed, 2 skipped\n\n";
        assert_eq!(from_closing_line(browser), counts(3, 1, 2));
        assert_eq!(from_closing_line("7 passed, 0 failed\n"), counts(7, 0, 0));
        assert_eq!(from_closing_line("7 passed\nall is well\n"), None);
    }
}
