//! Figures that anybody can print: what a decision costs, and what a line of the access log.

use crate::{
    error::Error,
    project::Project,
    run,
    setup::{self, Need},
};

/// The test that prints what a line of the log adds to opening a person.
const LOG_ENTRY: &str = "what_a_log_entry_costs";

/// Prints how long the policies take to start, what a decision takes, and what opening a person takes
/// with its line in the log: medians, in a release build unless a debug build is wanted.
pub(crate) fn figures(project: &Project, quick: bool) -> Result<(), Error> {
    setup::setup(project, &[Need::Build], false)?;
    let how: &[&str] = if quick { &[] } else { &["--release"] };
    let mut decisions = run::cargo(project);
    decisions.args(["run", "--quiet", "-p", "hemrond-policy"]);
    decisions.args(["--example", "decisions"]).args(how);
    run::run(run::locked(&mut decisions))?;
    let mut entry = run::cargo(project);
    entry.args(["test", "--quiet", "-p", "hemrond-companion"]);
    entry.args(["--test", "access_log"]).args(how);
    run::locked(&mut entry);
    entry.args(["--", "--ignored", "--exact", "--nocapture", LOG_ENTRY]);
    run::run(&mut entry)
}
