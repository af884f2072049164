//! The demonstration: a server with sample data, a nurse's and a doctor's tablet.

mod headless;
mod show;

pub(crate) use headless::headless;

use crate::{
    build,
    children::{self, poll},
    error::Error,
    only_one::only_one,
    project::{Profile, Project},
    screen,
    setup::{self, Need},
    tablet::{PIN, Server, Tablet},
};
use show::Shown;
use std::{fs, path::Path, time::Duration};

/// Who shows what: the name in the sample data, the tablet's folder, and what people call it.
const TABLETS: [(&str, &str, &str); 2] = [
    ("Eva Lind", "nurse", "Evas surfplatta"),
    ("Anna Berg", "doctor", "Annas surfplatta"),
];

/// Opens the demonstration and stays until it is closed or ctrl-c is pressed.
pub(crate) fn demo(project: &Project) -> Result<(), Error> {
    setup::setup(project, &[Need::Interface, Need::Build], false)?;
    build::interface(project)?;
    build::programs(project, Profile::Debug)?;
    let folder = project.target("demo");
    fs::create_dir_all(&folder).map_err(Error::io("making target/demo"))?;
    let _only_one = only_one(project, "demo")?;
    let data = folder.join("data");
    if data.exists() {
        fs::remove_dir_all(&data).map_err(Error::io("emptying target/demo/data"))?;
    }
    fs::create_dir_all(&data).map_err(Error::io("making target/demo/data"))?;

    let mut server = Server::new(project, Profile::Debug, &data);
    server.seed(0)?;
    server.serve()?;
    println!(
        "The server, with data about invented persons: {}",
        server.address
    );
    let mut shown = Vec::new();
    for (who, place, name) in TABLETS {
        let folder = data.join(place);
        enrol(project, &server, &folder, who, name)?;
        let tablet = if screen::is_there() {
            show::window(project, &folder)?
        } else {
            show::browser(project, &folder)?
        };
        println!("{name} ({who}), PIN {PIN}: {}", tablet.told);
        shown.push(tablet);
    }
    println!(
        "The data and the server's log are in target/demo/data until the next demonstration. \
         Ctrl-c ends it."
    );
    wait(&mut server, &mut shown)
}

/// Enrols a tablet and fetches its caseload, as its user would on the first day.
fn enrol(
    project: &Project,
    server: &Server,
    folder: &Path,
    who: &str,
    name: &str,
) -> Result<(), Error> {
    let code = server.code(who)?;
    let mut tablet = Tablet::open(project, Profile::Debug, folder)?;
    tablet.enrol(&server.address, &code, name)?;
    tablet.sync()?;
    tablet.close()
}

/// Waits until every tablet is closed, the server ends, or ctrl-c is pressed.
fn wait(server: &mut Server, shown: &mut [Shown]) -> Result<(), Error> {
    const AS_LONG_AS_IT_TAKES: Duration = Duration::from_secs(60 * 60 * 24 * 365);
    let ended = poll("the end of the demonstration", AS_LONG_AS_IT_TAKES, || {
        let mut open = false;
        for tablet in shown.iter_mut() {
            open |= !tablet.running.has_ended()?;
        }
        let over = !open || server.has_ended()?;
        Ok(over.then_some(()))
    });
    match ended {
        Err(Error::Stopped) => Ok(()),
        Ok(()) if server.has_ended()? && !children::stopped() => Err(Error::Missing(
            "the server ended; see target/demo/data/server.log".to_owned(),
        )),
        other => other,
    }
}
