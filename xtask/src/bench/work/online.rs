//! A calm hour: many tablets have synced and wait for news.

use super::crowd;
use crate::{
    bench::{
        numbers::memory_of,
        results::{OURS, Results},
    },
    error::Error,
    project::{Profile, Project},
    tablet::Server,
};
use std::{fs, path::Path};

/// Measures what the server needs while so many wait.
pub(in crate::bench) fn measure(
    project: &Project,
    profile: Profile,
    tablets: usize,
    folder: &Path,
    results: &mut Results,
) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(Error::io("making a folder to measure in"))?;
    let mut server = Server::new(project, profile, folder);
    server.seed(100)?;
    server.serve()?;
    let codes = crowd::codes(&server, "Eva Lind", tablets)?;
    let mut load = crowd::send(project, profile, &server, &codes, Some("online"))?;
    crowd::told(&mut load, "online")?;
    results.add("server_mb", "MB", OURS, &[memory_of(server.id()?)?]);
    Ok(())
}
