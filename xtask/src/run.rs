//! Running other programs.

use crate::{error::Error, project::Project};
use std::{
    env,
    io::{BufRead as _, BufReader, Write as _},
    process::{Command, ExitStatus, Stdio},
};

/// Cargo in the project's folder, as somebody at a prompt would call it.
///
/// What `cargo run` tells this program about its own package is taken out: build scripts look at
/// such variables, and would run again each time cargo is called from here and then from outside.
pub(crate) fn cargo(project: &Project) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(project.root());
    for (name, _) in env::vars_os() {
        let Some(text) = name.to_str() else { continue };
        let about_us = text.starts_with("CARGO_PKG_")
            || text.starts_with("CARGO_MANIFEST_")
            || [
                "CARGO_BIN_NAME",
                "CARGO_CRATE_NAME",
                "CARGO_PRIMARY_PACKAGE",
            ]
            .contains(&text);
        if about_us {
            command.env_remove(name);
        }
    }
    command
}

/// Whether this runs where nobody watches, and a lock file that is not up to date is an error.
pub(crate) fn unattended() -> bool {
    env::var_os("CI").is_some_and(|value| !value.is_empty())
}

/// `--locked` where nobody watches.
pub(crate) fn locked(command: &mut Command) -> &mut Command {
    if unattended() {
        command.arg("--locked");
    }
    command
}

/// Whether a program can be found.
pub(crate) fn is_installed(program: &str) -> bool {
    env::var_os("PATH")
        .is_some_and(|path| env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

/// How a command reads.
pub(crate) fn told(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let mut text = program
        .file_name()
        .unwrap_or(command.get_program())
        .to_string_lossy()
        .into_owned();
    for argument in command.get_args() {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text
}

fn start_error(command: &Command) -> impl FnOnce(std::io::Error) -> Error {
    let program = command.get_program().to_string_lossy().into_owned();
    move |why| Error::Start { program, why }
}

fn check(command: &Command, status: ExitStatus) -> Result<(), Error> {
    if status.success() {
        Ok(())
    } else {
        Err(Error::Failed {
            what: told(command),
            status,
        })
    }
}

/// Runs a program to its end; what it prints is seen.
pub(crate) fn run(command: &mut Command) -> Result<(), Error> {
    let status = command
        .stdin(Stdio::null())
        .status()
        .map_err(start_error(command))?;
    check(command, status)
}

/// Runs a program to its end and returns what it printed on its standard output.
pub(crate) fn read(command: &mut Command) -> Result<String, Error> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(start_error(command))?;
    check(command, output.status)?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a program to its end; what it prints is seen and returned, whether it succeeded or not.
pub(crate) fn watch(command: &mut Command) -> Result<(ExitStatus, String), Error> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(start_error(command))?;
    let mut text = String::new();
    if let Some(out) = child.stdout.take() {
        let mut lines = BufReader::new(out);
        let mut line = Vec::new();
        while lines
            .read_until(b'\n', &mut line)
            .map_err(Error::io("reading a program's output"))?
            > 0
        {
            // A closed standard output of ours is no reason to stop reading.
            let _ = std::io::stdout().write_all(&line);
            text.push_str(&String::from_utf8_lossy(&line));
            line.clear();
        }
    }
    let status = child.wait().map_err(start_error(command))?;
    Ok((status, text))
}
