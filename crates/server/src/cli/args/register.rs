//! What can be typed about quality registers.

use chrono::NaiveDate;
use clap::Args;

/// Options of `register`.
#[derive(Debug, Args)]
pub struct RegisterArgs {
    /// The first day.
    #[arg(long)]
    pub from: NaiveDate,
    /// The last day.
    #[arg(long)]
    pub until: NaiveDate,
    /// The organisation by name, where there are several.
    #[arg(long)]
    pub organisation: Option<String>,
    /// Who reports, for the access log.
    #[arg(long)]
    pub asked_by: String,
}
