//! Finding out what a machine has.

use super::{
    CREATECLUSTER,
    plan::{Found, Need},
};
use crate::{error::Error, fresh, project::Project, run};
use std::{collections::BTreeSet, path::Path, process::Command};

/// Looks for what these needs take.
pub(super) fn look(project: &Project, needs: &[Need]) -> Result<Found, Error> {
    let packages: Vec<&str> = needs
        .iter()
        .flat_map(|need| need.packages())
        .copied()
        .collect();
    let is_debian = run::is_installed("dpkg-query");
    let installed = if is_debian {
        installed_packages(&packages)?
    } else {
        BTreeSet::new()
    };
    let tools = needs.iter().flat_map(|need| need.tools()).copied();
    let node_folders = node_folders(project, needs)?;
    Ok(Found {
        is_debian,
        packages: packages
            .into_iter()
            .filter(|package| !installed.contains(*package))
            .collect(),
        cluster_decided: Path::new(CREATECLUSTER).exists(),
        tools: tools
            .filter(|tool| !run::is_installed(tool.package))
            .collect(),
        node: node(),
        node_folders,
    })
}

fn installed_packages(packages: &[&str]) -> Result<BTreeSet<String>, Error> {
    let output = Command::new("dpkg-query")
        .args([
            "--show",
            "--showformat",
            "${db:Status-Status} ${Package}\\n",
        ])
        .args(packages)
        .output()
        .map_err(|why| Error::Start {
            program: "dpkg-query".to_owned(),
            why,
        })?;
    // It fails when it does not know one of them, and still tells of the others.
    Ok(read_dpkg(&String::from_utf8_lossy(&output.stdout)))
}

fn read_dpkg(text: &str) -> BTreeSet<String> {
    text.lines()
        .filter_map(|line| line.strip_prefix("installed "))
        .map(str::to_owned)
        .collect()
}

/// The main version of Node.js, if it and npm are there.
fn node() -> Option<u32> {
    if !run::is_installed("npm") {
        return None;
    }
    let version = run::read(Command::new("node").arg("--version")).ok()?;
    let version = version.trim().strip_prefix('v')?;
    version.split('.').next()?.parse().ok()
}

/// The folders with packages from npm that are missing or older than their lock file.
fn node_folders(project: &Project, needs: &[Need]) -> Result<Vec<String>, Error> {
    let mut folders = Vec::new();
    if needs.contains(&Need::Interface) {
        folders.push(project.ui());
    }
    if needs.contains(&Need::Tests) {
        folders.push(project.browser_tests());
    }
    if needs.contains(&Need::Peers) {
        folders.push(project.peers());
    }
    let mut stale = Vec::new();
    for folder in folders {
        let lock = folder.join("package-lock.json");
        // npm writes this file last, so it is there only after a whole installation.
        let installed = folder.join("node_modules/.package-lock.json");
        if lock.is_file() && !fresh::is_newer(&installed, &[lock])? {
            stale.push(project.told(&folder));
        }
    }
    Ok(stale)
}

#[cfg(test)]
mod tests {
    use super::read_dpkg;

    #[test]
    fn only_packages_that_are_fully_installed_count() {
        let told = "installed xvfb\nconfig-files chromium\nnot-installed xauth\n";
        assert_eq!(read_dpkg(told).into_iter().collect::<Vec<_>>(), ["xvfb"]);
    }
}
