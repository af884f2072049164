//! What became of tests, read from what each test runner leaves.

use super::sources::{Runner, Test};
use serde_json::Value;

/// What became of one case: a test, on one storage or with one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Passed,
    Failed,
    /// It is in the report and was left out.
    Skipped,
}

/// One case of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Case {
    /// What it stands in: nextest's name of a program, or a file.
    suite: String,
    name: String,
    outcome: Outcome,
    /// What its runner says of a failure, in a line; empty where it says nothing.
    why: String,
}

impl Case {
    /// Whether this is a case of a test.
    pub(super) fn is_of(&self, test: &Test) -> bool {
        let named = &test.named;
        match &test.runner {
            Runner::Rust { package, binary } => {
                let suite = match binary {
                    Some(binary) => self.suite == *binary,
                    None => {
                        self.suite == *package
                            || self.suite.starts_with(&format!("{package}::bin/"))
                    }
                };
                // Which module it stands in need not follow from its file.
                suite && self.name.rsplit("::").next() == Some(&named.name)
            }
            Runner::Browser | Runner::Parts => {
                let title = if named.ends.is_empty() {
                    self.name == named.name
                } else {
                    self.name.starts_with(&named.name) && self.name.ends_with(&named.ends)
                };
                // Reports name files from another folder; the end is the same.
                let same =
                    |one: &str, other: &str| one.rsplit('/').next() == other.rsplit('/').next();
                title && same(&self.suite, &test.file)
            }
        }
    }

    pub(super) const fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// A failed case in a line: where it stands, its name, and what its runner says of it.
    pub(crate) fn failure(&self) -> Option<String> {
        let Self {
            suite,
            name,
            outcome,
            why,
        } = self;
        let told = if why.is_empty() {
            format!("{suite}: {name}")
        } else {
            format!("{suite}: {name}: {why}")
        };
        (*outcome == Outcome::Failed).then_some(told)
    }
}

/// Reads a JUnit report, as nextest writes it.
pub(crate) fn from_junit(xml: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut suite = String::new();
    for tag in xml.split('<').skip(1) {
        let (element, rest) = tag.split_once([' ', '>']).unwrap_or((tag, ""));
        match element {
            "testsuite" => suite = attribute(rest, "name").unwrap_or_default(),
            "testcase" => cases.push(Case {
                suite: suite.clone(),
                name: attribute(rest, "name").unwrap_or_default(),
                outcome: Outcome::Passed,
                why: String::new(),
            }),
            "failure" | "error" => {
                settle(&mut cases, Outcome::Failed);
                if let (Some(case), Some(why)) = (cases.last_mut(), attribute(rest, "message")) {
                    case.why = line(&why);
                }
            }
            "skipped" => settle(&mut cases, Outcome::Skipped),
            _ => {}
        }
    }
    cases
}

fn settle(cases: &mut [Case], outcome: Outcome) {
    if let Some(case) = cases.last_mut() {
        case.outcome = outcome;
    }
}

/// An attribute's value. Names of tests hold no letter that XML writes in another way.
fn attribute(element: &str, name: &str) -> Option<String> {
    let (_, rest) = element.split_once(&format!("{name}=\""))?;
    Some(rest.split_once('"')?.0.to_owned())
}

/// Reads the JSON report that Playwright writes.
pub(crate) fn from_playwright(json: &str) -> Vec<Case> {
    let mut cases = Vec::new();
    if let Ok(report) = serde_json::from_str::<Value>(json) {
        specs(&report, &mut cases);
    }
    cases
}

fn specs(suite: &Value, cases: &mut Vec<Case>) {
    for spec in list(suite, "specs") {
        let statuses: Vec<&str> = list(spec, "tests")
            .iter()
            .map(|test| word(test, "status"))
            .collect();
        let outcome = if statuses.is_empty() || statuses.contains(&"skipped") {
            Outcome::Skipped
        } else if statuses.iter().all(|status| *status == "expected") {
            Outcome::Passed
        } else {
            Outcome::Failed
        };
        cases.push(Case {
            suite: word(spec, "file").to_owned(),
            name: word(spec, "title").to_owned(),
            outcome,
            why: list(spec, "tests")
                .iter()
                .flat_map(|test| list(test, "results"))
                .filter_map(|result| result.get("error"))
                .map(|error| line(word(error, "message")))
                .next()
                .unwrap_or_default(),
        });
    }
    for inner in list(suite, "suites") {
        specs(inner, cases);
    }
}

/// Reads the JSON report that vitest writes.
pub(crate) fn from_vitest(json: &str) -> Vec<Case> {
    let report: Value = serde_json::from_str(json).unwrap_or_default();
    let mut cases = Vec::new();
    for file in list(&report, "testResults") {
        for test in list(file, "assertionResults") {
            cases.push(Case {
                suite: word(file, "name").to_owned(),
                name: word(test, "title").to_owned(),
                outcome: match word(test, "status") {
                    "passed" => Outcome::Passed,
                    "failed" => Outcome::Failed,
                    _ => Outcome::Skipped,
                },
                why: list(test, "failureMessages")
                    .first()
                    .and_then(Value::as_str)
                    .map(line)
                    .unwrap_or_default(),
            });
        }
    }
    cases
}

/// The beginning of a message as one line, without a terminal's colours.
fn line(message: &str) -> String {
    const LONGEST: usize = 300;
    let mut plain = String::new();
    let mut coloured = false;
    for letter in message.chars() {
        match letter {
            '\u{1b}' => coloured = true,
            'm' if coloured => coloured = false,
            _ if coloured => {}
            _ => plain.push(letter),
        }
    }
    let words: Vec<&str> = plain.split_whitespace().collect();
    words.join(" ").chars().take(LONGEST).collect()
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value
        .get(name)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn word<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{
        Case,
        Outcome::{Failed, Passed, Skipped},
        from_junit, from_playwright, from_vitest,
    };
    use crate::acceptance::{
        scan::Named,
        sources::{Runner, Test},
    };

    fn test(runner: Runner, file: &str, name: &str, ends: &str) -> Test {
        Test {
            named: Named {
                numbers: vec![1],
                name: name.to_owned(),
                ends: ends.to_owned(),
            },
            runner,
            file: file.to_owned(),
        }
    }

    #[test]
    fn nextest_tells_each_case_of_a_story() {
        let xml = "<testsuites name=\"nextest-run\" tests=\"4\">
            <testsuite name=\"hemrond-server::sync_story\" tests=\"3\">
            <testcase name=\"memory::stina_gets_no_visit\" classname=\"x\" time=\"0.1\">
            </testcase>
            <testcase name=\"sqlite::stina_gets_no_visit\" classname=\"x\" time=\"0.1\">
            <failure type=\"test failure\">left: &lt;testcase&gt;</failure></testcase>
            <testcase name=\"memory::other\" classname=\"x\" time=\"0.1\"/></testsuite>
            <testsuite name=\"hemrond-server\" tests=\"1\">
            <testcase name=\"rate::tests::stina_gets_no_visit\" classname=\"x\" time=\"0.1\"/>
            </testsuite></testsuites>";
        let runner = |binary: Option<&str>| Runner::Rust {
            package: "hemrond-server".to_owned(),
            binary: binary.map(str::to_owned),
        };
        let of = |runner: Runner| -> Vec<_> {
            let test = test(runner, "", "stina_gets_no_visit", "");
            let cases = from_junit(xml).into_iter();
            cases
                .filter(|case| case.is_of(&test))
                .map(|case| case.outcome())
                .collect()
        };
        assert_eq!(
            of(runner(Some("hemrond-server::sync_story"))),
            [Passed, Failed]
        );
        assert_eq!(of(runner(None)), [Passed]);
        assert_eq!(of(runner(Some("hemrond-server::http_story"))), []);
    }

    #[test]
    fn playwright_tells_each_story_of_a_file() {
        let json = "{\"suites\":[{\"file\":\"axe.spec.ts\",\"specs\":[
            {\"title\":\"The round can be used by everybody\",\"file\":\"axe.spec.ts\",
             \"tests\":[{\"status\":\"expected\"}]},
            {\"title\":\"the check finds faint text\",\"file\":\"axe.spec.ts\",
             \"tests\":[{\"status\":\"unexpected\"}]}],
            \"suites\":[{\"specs\":[{\"title\":\"Search can be used by everybody\",
             \"file\":\"axe.spec.ts\",\"tests\":[{\"status\":\"skipped\"}]}]}]}]}";
        let file = "tests/browser/stories/axe.spec.ts";
        let of = |name: &str, ends: &str, file: &str| -> Vec<_> {
            let test = test(Runner::Browser, file, name, ends);
            let cases = from_playwright(json).into_iter();
            cases
                .filter(|case| case.is_of(&test))
                .map(|case| case.outcome())
                .collect()
        };
        assert_eq!(of("", " can be used by everybody", file), [Passed, Skipped]);
        assert_eq!(of("the check finds faint text", "", file), [Failed]);
        assert_eq!(
            of("the check finds faint text", "", "stories/taps.spec.ts"),
            []
        );
        assert_eq!(from_playwright("cut"), []);
    }

    #[test]
    fn a_failure_is_told_in_a_line() {
        let xml = "<testsuite name=\"hemrond-sync::rounds\"><testcase name=\"eva_sends\">
            <failure message=\"thread panicked at rounds.rs:7\" type=\"test failure\">left</failure>
            </testcase><testcase name=\"eva_waits\"></testcase></testsuite>";
        let told: Vec<_> = from_junit(xml).iter().filter_map(Case::failure).collect();
        assert_eq!(
            told,
            ["hemrond-sync::rounds: eva_sends: thread panicked at rounds.rs:7"]
        );
        let json = "{\"suites\":[{\"specs\":[{\"title\":\"Eva locks\",\"file\":\"lock.spec.ts\",
            \"tests\":[{\"status\":\"unexpected\",\"results\":[{\"error\":{\"message\":
            \"Error: \\u001b[31mtoBe\\u001b[39m failed\\n\\n  Received: 3\"}}]}]}]}]}";
        let told: Vec<_> = from_playwright(json)
            .iter()
            .filter_map(Case::failure)
            .collect();
        assert_eq!(
            told,
            ["lock.spec.ts: Eva locks: Error: toBe failed Received: 3"]
        );
    }

    #[test]
    fn vitest_tells_each_part() {
        let json = "{\"testResults\":[{\"name\":\"/x/ui/src/lib/charts/charts.test.ts\",
            \"assertionResults\":[{\"title\":\"says so\",\"status\":\"passed\"}]}]}";
        let test = test(
            Runner::Parts,
            "ui/src/lib/charts/charts.test.ts",
            "says so",
            "",
        );
        let cases = from_vitest(json);
        assert!(cases.iter().any(|case| case.is_of(&test)));
    }
}
