//! How long the window takes from being started to its first page, beside an empty window.

use crate::{
    bench::{
        numbers::ms,
        results::{OURS, Results},
    },
    children::Running,
    error::Error,
    project::{Profile, Project},
    screen::Hidden,
};
use std::{
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

/// Measures starts with a tablet's whole caseload behind the locked page, and of an empty window,
/// in turn.
pub(in crate::bench) fn measure(
    project: &Project,
    profile: Profile,
    tablet: &Path,
    starts: usize,
    results: &mut Results,
) -> Result<(), Error> {
    let screen = Hidden::start()?;
    let program = project.binary(profile, "hemrond");
    let empty = tablet.with_file_name("nobody");
    let (mut ours, mut limit) = (Vec::new(), Vec::new());
    for _ in 0..starts {
        limit.push(start(&program, &screen, &empty, true)?);
        ours.push(start(&program, &screen, tablet, false)?);
    }
    results.add("first_paint_ms", "ms", OURS, &ours);
    results.limit("first_paint_ms", "ms", &limit);
    Ok(())
}

/// Starts the app, waits for its word that the page is on the screen, and ends it.
fn start(program: &Path, screen: &Hidden, folder: &Path, blank: bool) -> Result<f64, Error> {
    let mut app = Command::new(program);
    app.arg("--folder").arg(folder).arg("--report-paint");
    app.args(["--keystore", "files"]);
    if blank {
        app.arg("--blank");
    }
    app.stderr(Stdio::null());
    let begin = Instant::now();
    let (_window, line) = Running::start_and_read(screen.show(&mut app))?;
    let took = ms(begin.elapsed());
    if line.starts_with("painted") {
        Ok(took)
    } else {
        Err(Error::Answer {
            what: "starting the app".to_owned(),
            answer: line,
        })
    }
}
