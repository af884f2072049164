//! The server's command line.

use clap::Parser;
use hemrond_server::{
    cli::{self, Cli, World},
    environment::{SystemChance, SystemClock},
    inspector::InProcess,
};
use std::{process::ExitCode, sync::Arc};
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
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
        inspector: Arc::new(InProcess),
    };
    match cli::run(cli, world).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("hemrond-server: {error}");
            ExitCode::FAILURE
        }
    }
}
