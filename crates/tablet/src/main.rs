//! A tablet without the app's window: over stdio, in a browser, or one instrument at a time.

mod instrument;
mod open;
mod stdio;
mod types;
mod web;

use clap::{Parser, Subcommand};
use open::Opening;
use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

/// A Hemrond tablet without the app's window.
#[derive(Debug, Parser)]
#[command(name = "hemrond-tablet", version, about)]
struct Arguments {
    #[command(subcommand)]
    face: Face,
}

#[derive(Debug, Subcommand)]
enum Face {
    /// Takes one JSON command per line and answers in order; see docs/commands.md.
    ///
    /// Example: echo '{"command":"status"}' | hemrond-tablet stdio --folder /var/lib/hemrond/tablet
    Stdio {
        #[command(flatten)]
        opening: Opening,
        /// Also syncs by itself in the background, as the app does.
        #[arg(long)]
        background: bool,
    },
    /// Shows the interface in a browser on this machine.
    ///
    /// Prints one line of JSON with the address to open; its token is good for one browser.
    Web {
        #[command(flatten)]
        opening: Opening,
        /// Where to listen: only addresses of this machine are allowed.
        #[arg(long, default_value = "127.0.0.1:0")]
        listen: SocketAddr,
        /// The built interface.
        #[arg(long, default_value = "ui/dist")]
        ui: PathBuf,
    },
    /// Scores one instrument: one JSON object per line in, one per line out.
    ///
    /// Example: echo '{"terminal":false,"badl":4}' | hemrond-tablet instrument cfs-tree
    Instrument {
        /// cfs-tree, downton, medication or identity.
        name: String,
    },
    /// Writes the interface's TypeScript types and docs/commands.md.
    #[command(hide = true)]
    Types {
        /// The project's root.
        root: PathBuf,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("HEMROND_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn")),
        )
        .with_writer(std::io::stderr)
        .init();
    let result = match Arguments::parse().face {
        Face::Stdio {
            opening,
            background,
        } => stdio::run(&opening, background).await,
        Face::Web {
            opening,
            listen,
            ui,
        } => web::run(&opening, listen, &ui).await,
        Face::Instrument { name } => instrument::run(&name),
        Face::Types { root } => types::write(&root),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("hemrond-tablet: {message}");
            ExitCode::FAILURE
        }
    }
}
