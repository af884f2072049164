//! The app's command line, for demonstrations and tests; in daily use there is none.

use clap::Parser;
use hemrond_keyring::Keeper;
use std::path::PathBuf;

/// Hemrond, the companion for home visits.
#[derive(Debug, Clone, Parser)]
#[command(name = "hemrond", version, about)]
pub(crate) struct Arguments {
    /// Where the tablet keeps its encrypted database; the user's own folder where it is left out.
    #[arg(long)]
    pub(crate) folder: Option<PathBuf>,
    /// A certificate authority of your own organisation's, PEM, trusted besides the system's.
    #[arg(long, env = "HEMROND_CA", value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// What keeps this tablet's half of the keys: "platform" for this system's own keystore, or
    /// "files".
    #[arg(long, default_value = "platform")]
    pub(crate) keystore: Keeper,
    /// The window's size, such as 1280x800 or 800x1280.
    #[arg(long, default_value = "1280x800", value_parser = size)]
    pub(crate) size: (f64, f64),
    /// Prints a line once the first page is painted, for measurements.
    #[arg(long, hide = true)]
    pub(crate) report_paint: bool,
    /// Shows an empty page, to be measured against.
    #[arg(long, hide = true)]
    pub(crate) blank: bool,
}

impl Default for Arguments {
    fn default() -> Self {
        Self {
            folder: None,
            ca: None,
            keystore: Keeper::Platform,
            size: (1280.0, 800.0),
            report_paint: false,
            blank: false,
        }
    }
}

impl Arguments {
    pub(crate) fn from_command_line() -> Self {
        Self::parse()
    }
}

fn size(text: &str) -> Result<(f64, f64), String> {
    let number = |text: &str| {
        text.parse::<u16>()
            .ok()
            .filter(|number| *number >= 320)
            .map(f64::from)
    };
    text.split_once('x')
        .and_then(|(width, height)| Some((number(width)?, number(height)?)))
        .ok_or_else(|| "write the size as WIDTHxHEIGHT, at least 320 each".to_owned())
}
