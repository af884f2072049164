//! What can be typed.

mod log;
mod people;
mod register;
mod retention;
mod serve;
mod upkeep;

pub(super) use log::{ExtractLanguage, LogCommand};
pub(super) use people::{
    DevicesCommand, EnrolArgs, OrganisationsCommand, RolesCommand, UnitsCommand, UsersCommand,
};
pub(super) use register::RegisterArgs;
pub(super) use retention::{HoldCommand, PurgeArgs};
pub(super) use serve::{EnrolWith, Inspect, OidcArgs, PagesArgs, ServeArgs, WorkerArgs};
pub(super) use upkeep::{
    BackupArgs, RecoveryCommand, RescueKeyArgs, RestoreArgs, SeedArgs, VerifyArgs,
};

use crate::inspector::worker::Confinement;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// The sync server of Hemrond, the companion for home visits.
#[derive(Debug, Parser)]
#[command(name = "hemrond-server", version, arg_required_else_help = true)]
#[command(after_help = "Example, from nothing to a first tablet:\n  \
    hemrond-server seed --print-codes\n  \
    hemrond-server serve")]
pub struct Cli {
    /// Which database.
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// In which form.
#[derive(Debug, Args)]
pub struct ClassesArgs {
    /// As one line of JSON.
    #[arg(long)]
    pub json: bool,
}

/// Which database.
#[derive(Debug, Args)]
pub struct DatabaseArgs {
    /// The database: sqlite:PATH or postgres://USER@HOST/NAME. An address with a password belongs
    /// in the environment or in a file, for others on the machine can read arguments.
    #[arg(
        long,
        global = true,
        env = "HEMROND_DATABASE",
        hide_env_values = true,
        default_value = "sqlite:hemrond-server.sqlite",
        hide_default_value = false
    )]
    pub database: String,
    /// A file that holds the database's address, instead of --database.
    #[arg(
        long,
        global = true,
        env = "HEMROND_DATABASE_FILE",
        value_name = "FILE"
    )]
    pub database_file: Option<PathBuf>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve tablets until told to stop (SIGTERM or ctrl-c).
    #[command(
        after_help = "Examples:\n  hemrond-server serve --listen 127.0.0.1:8787 \
        --database sqlite:/var/lib/hemrond/server.sqlite\n  \
        hemrond-server serve --listen 0.0.0.0:443 --tls-certificate /etc/hemrond/chain.pem \
        --tls-key /etc/hemrond/key.pem"
    )]
    Serve(Box<ServeArgs>),
    /// Print a one-time code with which a person enrols a tablet.
    #[command(after_help = "Example:\n  hemrond-server enrol --user \"Eva Lind\" --valid-hours 24")]
    Enrol(EnrolArgs),
    /// Organisations: regions, municipalities, private providers.
    #[command(subcommand)]
    Organisations(OrganisationsCommand),
    /// Units and teams.
    #[command(subcommand)]
    Units(UnitsCommand),
    /// Accounts of staff.
    #[command(subcommand)]
    Users(UsersCommand),
    /// Roles and the needs-and-risk analyses behind them (HSLF-FS 2016:40, 4 kap. 2 §).
    #[command(subcommand)]
    Roles(RolesCommand),
    /// Make the key that seals the secrets of one-time codes: once for an installation.
    #[command(after_help = "Example:\n  hemrond-server sign-in-key --to /etc/hemrond/sign-in-key")]
    SignInKey {
        /// The new file. Keep a copy where the backups of the database are not.
        #[arg(long)]
        to: PathBuf,
    },
    /// Tablets.
    #[command(subcommand)]
    Devices(DevicesCommand),
    /// Copy the whole database into a new file, while it goes on serving.
    #[command(after_help = "Example:\n  hemrond-server backup --to /backup/2026-11-22.sqlite")]
    Backup(BackupArgs),
    /// Put a backup where nothing is yet. Tablets then give back what it does not hold.
    #[command(after_help = "Examples, with every server process stopped:\n  \
        hemrond-server restore --from /backup/2026-11-22.sqlite \
        --database sqlite:/var/lib/hemrond/restored.sqlite\n  \
        createdb hemrond2 && hemrond-server restore --from /backup/2026-11-22.dump \
        --database postgres://hemrond@localhost/hemrond2")]
    Restore(RestoreArgs),
    /// Check that everything in the database, or in a backup, is whole. Changes nothing.
    #[command(after_help = "Examples:\n  hemrond-server verify\n  \
        hemrond-server verify --backup /backup/2026-11-22.sqlite")]
    Verify(VerifyArgs),
    /// The access log: check it, give a person their extract, review samples of it.
    #[command(subcommand)]
    Log(LogCommand),
    /// After a backup was put in place by hand: take back from the tablets what it did not hold.
    #[command(subcommand)]
    Recovery(RecoveryCommand),
    /// Destroy records whose time to be kept is over: ten years after the last entry for health care,
    /// five for social services. Says what is due unless --before is given.
    #[command(after_help = "Examples:\n  hemrond-server purge --dry-run\n  \
        hemrond-server purge --before 2016-01-01\n  \
        hemrond-server purge --class social --before 2021-01-01\n  \
        hemrond-server purge --list\n\n\
        Backups made before hold what was destroyed. Destroy them when they are too old to be \
        wanted, and after a restore from one run the same command again.")]
    Purge(PurgeArgs),
    /// Records that must not be destroyed whatever their age: archive, court, complaint.
    #[command(subcommand)]
    Hold(HoldCommand),
    /// Print what may go to the quality register Senior Alert: signed fall-risk assessments of those who
    /// were told of it and have not declined; and who declined since, for the register to erase.
    #[command(
        after_help = "Example:\n  hemrond-server register --from 2026-11-01 --until 2026-11-30 \
        --asked-by \"Per Dahl\"\n\nOne JSON object a line, the last one a summary. Nothing is sent."
    )]
    Register(RegisterArgs),
    /// Print the classes of data for the register of processing and the impact assessment: kind, law, how
    /// long it is kept, and who may read it, by this version's own rules.
    #[command(after_help = "Examples:\n  hemrond-server classes\n  \
        hemrond-server classes --json\n\nIt opens no database.")]
    Classes(ClassesArgs),
    /// Draw a rescue key into a new file: with it `serve` can give back the key of a tablet whose
    /// PIN was lost.
    #[command(
        after_help = "Example:\n  hemrond-server rescue-key --to /etc/hemrond/rescue.key\n\n\
        Keep a copy where the backups are not: who has it and a tablet's files reads the tablet."
    )]
    RescueKey(RescueKeyArgs),
    /// Fill an empty database with sample data about invented persons.
    #[command(after_help = "Examples:\n  hemrond-server seed --print-codes\n  \
        hemrond-server seed --today 2026-11-22 --persons 1000 --visits 10000")]
    Seed(SeedArgs),
    /// Read pushes for a server that started this and speaks through pipes.
    #[command(hide = true)]
    InspectWorker(WorkerArgs),
}

impl Cli {
    /// How this process is to be confined, if it is to be a worker.
    #[must_use]
    pub const fn worker(&self) -> Option<Confinement> {
        match &self.command {
            Command::InspectWorker(args) => Some(Confinement {
                memory: args.memory,
            }),
            _ => None,
        }
    }
}
