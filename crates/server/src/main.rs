//! The server's command line.

use clap::Parser;
use hemrond_server::{
    cli::{self, Cli, World},
    environment::{SystemChance, SystemClock},
    inspector::worker,
};
use std::{ffi::OsString, process::ExitCode, sync::Arc};
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    if let Err(error) = cli::refuse_secrets(arguments.iter().map(OsString::as_os_str)) {
        return told(Err(error));
    }
    let cli = Cli::parse_from(arguments);
    // A worker has no log, no runtime and no database: two pipes are all that it knows.
    match cli.worker() {
        Some(confinement) => told(worker::run(confinement)),
        None => told(command(cli)),
    }
}

/// Runs a person's command.
#[tokio::main]
async fn command(cli: Cli) -> Result<(), cli::CommandError> {
    let filter = EnvFilter::try_from_env("HEMROND_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let world = World {
        clock: Arc::new(SystemClock),
        chance: Arc::new(SystemChance),
        program: std::env::current_exe()?,
    };
    cli::run(cli, world).await
}

fn told(result: Result<(), impl std::fmt::Display>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("hemrond-server: {error}");
            ExitCode::FAILURE
        }
    }
}
