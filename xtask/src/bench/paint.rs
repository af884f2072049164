//! How long the window takes from being started to its first page, beside an empty window.

use super::{
    Bench,
    numbers::{Line, ms, percentile},
};
use crate::{children::Running, error::Error, screen::Hidden};
use std::{
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

/// Measures starts with the nurse's whole caseload behind the locked page, and of an empty window.
pub(super) fn measure(bench: &Bench<'_>) -> Result<(), Error> {
    let screen = Hidden::start()?;
    for (name, place, blank) in [
        ("first_paint", "nurse", false),
        ("first_paint_empty_window", "nobody", true),
    ] {
        let folder = bench.place(place);
        let mut times = Vec::new();
        for _ in 0..bench.scale.starts {
            times.push(start(bench, &screen, &folder, blank)?);
        }
        if let Some(median) = percentile(&times, 50) {
            bench.print(Line::new(name, median, "ms").with("starts", bench.scale.starts));
        }
    }
    Ok(())
}

/// Starts the app, waits for its word that the page is on the screen, and ends it.
fn start(bench: &Bench<'_>, screen: &Hidden, folder: &Path, blank: bool) -> Result<f64, Error> {
    let program = bench.project.binary(bench.scale.profile, "hemrond");
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
