//! How long the window takes from being started to its first page, and how much memory it needs, beside an
//! empty window.

use crate::{
    bench::{
        numbers::{memory_of, ms},
        results::{OURS, Results},
    },
    children::{Running, Words},
    error::Error,
    project::{Profile, Project},
    run,
    screen::Hidden,
    tablet::PIN,
};
use std::{
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

/// Measures starts of a tablet with a whole caseload, up to the page that asks for the PIN and from
/// the PIN to the round, and of an empty window, in turn.
pub(in crate::bench) fn measure(
    project: &Project,
    profile: Profile,
    tablet: &Path,
    starts: usize,
    results: &mut Results,
) -> Result<(), Error> {
    let screen = Hidden::start()?;
    let program = project.binary(profile, "hemrond");
    let nobody = tablet.with_file_name("nobody");
    let (mut locked, mut round, mut both, mut empty) = (vec![], vec![], vec![], vec![]);
    let mut more = vec![];
    for _ in 0..starts {
        let (mut window, took) = start(&program, &screen, &nobody, &["--blank"], "painted Blank")?;
        empty.push(took);
        let bare = window.memory()?;
        drop(window);
        let (mut window, start) = start(&program, &screen, tablet, &[], "painted Lock")?;
        let unlock = window.unlock(&screen)?;
        more.push(window.memory()? - bare);
        locked.push(start);
        round.push(unlock);
        both.push(start + unlock);
    }
    results.add("first_paint_ms", "ms", OURS, &locked);
    results.limit("first_paint_ms", "ms", &empty);
    results.add("pin_to_round_ms", "ms", OURS, &round);
    results.add("first_round_ms", "ms", OURS, &both);
    results.limit("first_round_ms", "ms", &empty);
    results.add("tablet_mb", "MB", OURS, &more);
    Ok(())
}

/// The app's window.
struct Window {
    running: Running,
    words: Words,
}

/// Starts the app, and waits for its word that a page is on the screen.
fn start(
    program: &Path,
    screen: &Hidden,
    folder: &Path,
    more: &[&str],
    page: &str,
) -> Result<(Window, f64), Error> {
    let mut app = Command::new(program);
    app.arg("--folder").arg(folder).arg("--report-paint");
    app.args(["--keystore", "files"]).args(more);
    app.stderr(Stdio::null());
    let begin = Instant::now();
    let (running, words) = Running::start_and_listen(screen.show(&mut app))?;
    expect(&words, page)?;
    let took = ms(begin.elapsed());
    Ok((Window { running, words }, took))
}

impl Window {
    /// The most memory that the app's own process has used; what the page itself needs is in others, with and
    /// without a caseload.
    fn memory(&mut self) -> Result<f64, Error> {
        memory_of(self.running.process().id())
    }

    /// Types the PIN as a person does, and measures from the last key to the round.
    fn unlock(&self, screen: &Hidden) -> Result<f64, Error> {
        let mut typing = Command::new("xdotool");
        run::run(screen.show(typing.args(["type", "--delay", "20", PIN])))?;
        let begin = Instant::now();
        let mut open = Command::new("xdotool");
        run::run(screen.show(open.args(["key", "Return"])))?;
        expect(&self.words, "painted Round")?;
        Ok(ms(begin.elapsed()))
    }
}

fn expect(words: &Words, beginning: &str) -> Result<(), Error> {
    let line = words.next()?;
    if line.starts_with(beginning) {
        return Ok(());
    }
    Err(Error::Answer {
        what: "starting the app".to_owned(),
        answer: line,
    })
}
