//! Every check and every test, one after the other, and what came of them.

mod advisories;
mod audit;
mod counts;
mod report;
mod steps;

use crate::{children, error::Error, project::Project, room::Room};
use counts::Counts;
use report::Report;
use std::time::Instant;
use steps::{STEPS, Step};

/// About what builds and tests take on the disk.
const FROM_NOTHING: Room = Room::gigabytes(14);

/// Runs every step that is not left out. A step that fails does not keep the others from running,
/// unless they build on it.
pub(crate) fn test(project: &Project, without: &[String]) -> Result<(), Error> {
    if let Some(name) = without.iter().find(|name| steps::named(name).is_none()) {
        let names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        return Err(Error::Usage(format!(
            "there is no step \"{name}\"; there are {}",
            names.join(", ")
        )));
    }
    if let Some(room) = Room::on_disk_of(project.root())
        && room < FROM_NOTHING
    {
        println!(
            "The disk has {room} left, and everything built from nothing takes {FROM_NOTHING}: should \
             something fail without a reason, make room and try again."
        );
    }
    let mut report = Report::begin();
    for step in STEPS {
        if without.iter().any(|name| name == step.name) {
            report.left_out(step.name);
            continue;
        }
        let failed = play(step, project, &mut report);
        if children::stopped() {
            return Err(Error::Stopped);
        }
        if failed && step.others_build_on_it {
            report.cut_short(step.name);
            break;
        }
    }
    report.end(Room::on_disk_of(project.root()))
}

/// Runs one step and tells whether it failed.
fn play(step: &Step, project: &Project, report: &mut Report) -> bool {
    report.beginning(step.name, step.about);
    let begin = Instant::now();
    let (counts, why) = match (step.run)(project) {
        Ok(counts) => (counts, None),
        Err(error) => (Counts::FAILED, Some(error.to_string())),
    };
    let failed = report.ended(step.name, counts, why, begin.elapsed());
    if failed {
        report.failed(steps::failed_tests(project, step.name));
    }
    failed
}
