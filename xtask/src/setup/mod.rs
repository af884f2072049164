//! Installing what is missing, and only that.

mod look;
mod plan;

use crate::{error::Error, project::Project, run};
pub(crate) use plan::Need;
use plan::Step;
use std::{fs, path::Path, process::Command};

/// Keeps Debian from starting a PostgreSQL server on this machine: the tests start their own.
const CREATECLUSTER: &str = "/etc/postgresql-common/createcluster.conf";

/// Installs what these needs lack on this machine.
pub(crate) fn setup(project: &Project, needs: &[Need], dry_run: bool) -> Result<(), Error> {
    let found = look::look(project, needs)?;
    let steps = plan::plan(&found);
    if steps.is_empty() && dry_run {
        println!("setup: nothing is missing");
    }
    for step in steps {
        println!("setup: {step}");
        if !dry_run {
            act(project, &step)?;
        }
    }
    Ok(())
}

fn act(project: &Project, step: &Step) -> Result<(), Error> {
    match step {
        Step::NoSystemCluster => no_system_cluster(),
        Step::UpdatePackageLists => run::run(as_root("apt-get").args(["update", "--quiet"])),
        Step::InstallPackages(packages) => run::run(
            as_root("env")
                .args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "install"])
                .args(["--quiet", "--yes", "--no-install-recommends"])
                .args(["-o", "Dpkg::Options::=--force-confold"])
                .args(packages),
        ),
        Step::InstallCargoTool(tool) => run::run(
            run::cargo(project)
                .args(["install", tool.package, "--version", tool.version])
                .arg("--locked")
                .args(tool.options),
        ),
        Step::InstallNodePackages(folder) => run::run(
            Command::new("npm")
                .args(["ci", "--no-audit", "--no-fund"])
                // Debian's browser is used; nothing fetches another one.
                .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
                .current_dir(project.root().join(folder)),
        ),
        Step::Tell(words) => Err(Error::Missing(words.clone())),
    }
}

/// Something that only the administrator may do.
fn as_root(program: &str) -> Command {
    let root = run::read(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if root {
        Command::new(program)
    } else {
        let mut command = Command::new("sudo");
        command.arg(program);
        command
    }
}

/// Written before PostgreSQL is installed, or its installation starts a server.
fn no_system_cluster() -> Result<(), Error> {
    let line = "create_main_cluster = false\n";
    let folder = Path::new(CREATECLUSTER).parent();
    let written = folder
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::write(CREATECLUSTER, line));
    match written {
        Ok(()) => Ok(()),
        Err(why) if why.kind() == std::io::ErrorKind::PermissionDenied => {
            let script = format!(
                "mkdir -p \"$(dirname {CREATECLUSTER})\" && echo '{}' > {CREATECLUSTER}",
                line.trim()
            );
            run::run(as_root("sh").args(["-c", &script]))
        }
        Err(why) => Err(Error::io(CREATECLUSTER)(why)),
    }
}
