//! The project's own commands, called as `cargo xtask COMMAND`.

mod acceptance;
mod android;
mod arguments;
mod bench;
mod build;
mod children;
mod demo;
mod error;
mod figures;
mod fresh;
mod fuzz;
mod kills;
mod only_one;
mod project;
mod room;
mod run;
mod sbom;
mod screen;
mod setup;
mod simulate;
mod tablet;
mod test;
mod types;

use arguments::Command;
use error::Error;
use project::Project;
use std::process::ExitCode;

fn main() -> ExitCode {
    match go() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

fn go() -> Result<(), Error> {
    let command = arguments::read()?;
    if command == Command::Help {
        println!("{}", arguments::USAGE);
        return Ok(());
    }
    let project = Project::find()?;
    children::notice_ctrl_c()?;
    match command {
        Command::Help => Ok(()),
        Command::Setup { dry_run } => setup::setup(&project, setup::Need::ALL, dry_run),
        Command::BuildUi => {
            setup::setup(&project, &[setup::Need::Interface], false)?;
            build::interface(&project)
        }
        Command::Types { check } => types::types(&project, check),
        Command::Test { without } => test::test(&project, &without),
        Command::Acceptance { what } => acceptance::acceptance(&project, &what),
        Command::Demo { headless: true } => demo::headless(&project),
        Command::Demo { headless: false } => demo::demo(&project),
        Command::Bench { wanted } => bench::bench(&project, &wanted),
        Command::Figures { quick } => figures::figures(&project, quick),
        Command::Simulate { arguments } => simulate::simulate(&project, &arguments),
        Command::Fuzz { minutes } => fuzz::fuzz(&project, minutes),
        Command::Kills {
            times,
            seed,
            postgres,
        } => kills::kills(&project, times, seed, postgres),
        Command::Sbom => sbom::sbom(&project),
        Command::CheckAndroid => android::check(&project),
    }
}
