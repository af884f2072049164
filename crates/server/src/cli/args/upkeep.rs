//! What backups, checks, recovery and sample data are told.

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Options of `backup`.
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// The new file.
    #[arg(long)]
    pub to: PathBuf,
}

/// Options of `rescue-key`.
#[derive(Debug, Args)]
pub struct RescueKeyArgs {
    /// The new file, readable by its owner only.
    #[arg(long)]
    pub to: PathBuf,
}

/// Options of `restore`.
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// The backup.
    #[arg(long)]
    pub from: PathBuf,
}

/// Options of `verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// A backup to check instead of the database. One of PostgreSQL's is unpacked for it into a new
    /// database on the same server, which is taken away afterwards.
    #[arg(long)]
    pub backup: Option<PathBuf>,
}

/// Steps of a recovery.
#[derive(Debug, Subcommand)]
pub enum RecoveryCommand {
    /// Say that this database was restored. Tablets then give back what it forgot.
    #[command(
        after_help = "Example, with the server stopped and the backup in place:\n  \
        hemrond-server recovery begin"
    )]
    Begin,
    /// Say that all tablets have synced. From then on each gives only its own again.
    #[command(after_help = "Example:\n  hemrond-server recovery end")]
    End,
}

/// Options of `seed`.
#[derive(Debug, Args)]
pub struct SeedArgs {
    /// The day that the sample data treats as today; the machine's date if not given.
    #[arg(long)]
    pub today: Option<NaiveDate>,
    /// Print a one-time code per user as JSON.
    #[arg(long)]
    pub print_codes: bool,
    /// Let Per Dahl sign in as administrator, and print his password and the secret of his one-time
    /// codes as JSON: for demonstrations only. Needs --sign-in-key-file.
    #[arg(long, requires = "sign_in_key_file")]
    pub print_administrator: bool,
    /// The key that the server will be given; made if there is no such file.
    #[arg(long, env = "HEMROND_SIGN_IN_KEY_FILE", value_name = "FILE")]
    pub sign_in_key_file: Option<PathBuf>,
    /// Further invented persons, for measurements.
    #[arg(long, default_value_t = 0)]
    pub persons: u32,
    /// Further invented visits, for measurements.
    #[arg(long, default_value_t = 0)]
    pub visits: u32,
}
