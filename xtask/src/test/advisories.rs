//! Giving cargo-deny the copy of the RustSec database that lies beside the project.

use crate::{error::Error, project::Project};
use std::{fs, io, path::Path};

/// Where the copy is looked for, from the project's folder.
pub(super) const BESIDE: &str = "../shared/advisory-db";

/// What cargo-deny calls the RustSec database, in the folder that `deny.toml` names.
const NAME: &str = "advisories/advisory-db-3157b0e258782691";

/// Lays it out as cargo-deny would have fetched it. Says whether there is one.
pub(super) fn prepare(project: &Project) -> Result<bool, Error> {
    let crates = project.root().join(BESIDE).join("crates");
    if !crates.is_dir() {
        return Ok(false);
    }
    lay_out(&crates, &project.target(NAME)).map_err(Error::io("laying out the advisories"))?;
    Ok(true)
}

fn lay_out(crates: &Path, folder: &Path) -> io::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    // It asks this file, and nothing else in there, when the database was fetched.
    fs::create_dir_all(folder.join(".git"))?;
    fs::write(folder.join(".git/FETCH_HEAD"), "")?;
    std::os::unix::fs::symlink(fs::canonicalize(crates)?, folder.join("crates"))
}
