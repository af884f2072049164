//! What can be typed.

use crate::inspector::worker::Confinement;
use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand, ValueEnum};
use hemrond_domain::people::Role;
use std::{net::SocketAddr, path::PathBuf};

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
        after_help = "Example:\n  hemrond-server serve --listen 127.0.0.1:8787 \
        --database sqlite:/var/lib/hemrond/server.sqlite"
    )]
    Serve(ServeArgs),
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
    /// After a backup was put in place by hand: take back from the tablets what it did not hold.
    #[command(subcommand)]
    Recovery(RecoveryCommand),
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

/// Options of `inspect-worker`.
#[derive(Debug, Args)]
pub struct WorkerArgs {
    /// The memory that it may write to, in bytes.
    #[arg(long)]
    pub memory: u64,
}

/// Where pushes are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Inspect {
    /// In processes of their own, under limits of memory and time; they may die and are replaced.
    Worker,
    /// Within the server: a little faster, but a crash or an endless read is the server's.
    InProcess,
}

/// Options of `serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Where tablets reach the server; port 0 takes a free one. Put a proxy with TLS in front.
    #[arg(long, default_value = "127.0.0.1:8787")]
    pub listen: SocketAddr,
    /// Where only this machine reaches /metrics and /readyz; the port after --listen's by default.
    #[arg(long)]
    pub admin_listen: Option<SocketAddr>,
    /// No second listener for /metrics.
    #[arg(long, conflicts_with = "admin_listen")]
    pub no_admin: bool,
    /// How many hours a tablet may be read after its last contact; then it shows nothing until the
    /// next.
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=24 * 7))]
    pub lease_hours: u32,
    /// The file with the rescue key (see `rescue-key`). With it a tablet's wiped key can be given
    /// back for a one-time code; without it unsent work on a wiped tablet is lost.
    #[arg(long, env = "HEMROND_RESCUE_KEY_FILE", value_name = "FILE")]
    pub rescue_key_file: Option<PathBuf>,
    /// Where pushes are read.
    #[arg(long, value_enum, default_value_t = Inspect::Worker)]
    pub inspect: Inspect,
}

/// Options of `enrol`.
#[derive(Debug, Args)]
pub struct EnrolArgs {
    /// Whose tablet: a name, the beginning of one, or an id.
    #[arg(long)]
    pub user: String,
    /// How long the code can be used.
    #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=24 * 31))]
    pub valid_hours: u32,
}

/// What to do with organisations.
#[derive(Debug, Subcommand)]
pub enum OrganisationsCommand {
    /// Add one and print its id.
    #[command(
        after_help = "Example:\n  hemrond-server organisations add --name \"Hemrond kommun\""
    )]
    Add {
        /// What people call it.
        #[arg(long)]
        name: String,
    },
    /// List them.
    #[command(after_help = "Example:\n  hemrond-server organisations list")]
    List,
}

/// What to do with units.
#[derive(Debug, Subcommand)]
pub enum UnitsCommand {
    /// Add one and print its id.
    #[command(
        after_help = "Example:\n  hemrond-server units add --name \"Mobila teamet\" \
        --kind mobile_team --phone 08-46500400"
    )]
    Add {
        /// What people call it.
        #[arg(long)]
        name: String,
        /// mobile_team, health_centre, hemtjanst, municipality_office or other.
        #[arg(long, value_parser = crate::directory::UNIT_KINDS)]
        kind: String,
        /// The number that colleagues ring.
        #[arg(long, default_value = "")]
        phone: String,
        /// Whose it is: a name or an id; not needed while there is only one organisation.
        #[arg(long)]
        organisation: Option<String>,
    },
    /// List them.
    #[command(after_help = "Example:\n  hemrond-server units list")]
    List,
}

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub enum UsersCommand {
    /// Add one and print its id.
    #[command(
        after_help = "Example:\n  hemrond-server users add --name \"Eva Lind\" --role nurse \
        --unit \"Mobila teamet\""
    )]
    Add {
        /// The name that colleagues read.
        #[arg(long)]
        name: String,
        /// nurse, doctor, hemtjanst, assessor or administrator.
        #[arg(long)]
        role: Role,
        /// Where they work: a name or an id.
        #[arg(long)]
        unit: String,
        /// Their direct number.
        #[arg(long, default_value = "")]
        phone: String,
    },
    /// List them.
    #[command(after_help = "Example:\n  hemrond-server users list")]
    List,
    /// Give an account another role or unit. Its tablets get and lose documents accordingly.
    #[command(
        after_help = "Example:\n  hemrond-server users set-role --user \"Stina Ek\" \
        --role assessor --unit Biståndsenheten"
    )]
    SetRole {
        /// Whose: a name, the beginning of one, or an id.
        #[arg(long)]
        user: String,
        /// nurse, doctor, hemtjanst, assessor or administrator.
        #[arg(long)]
        role: Role,
        /// The new unit: a name or an id; the same as before if not given.
        #[arg(long)]
        unit: Option<String>,
    },
    /// Close an account and shut out its tablets. What it wrote stays.
    #[command(after_help = "Example:\n  hemrond-server users deactivate --user \"Stina Ek\"")]
    Deactivate {
        /// Whose: a name, the beginning of one, or an id.
        #[arg(long)]
        user: String,
    },
}

/// What to do with tablets.
#[derive(Debug, Subcommand)]
pub enum DevicesCommand {
    /// List them.
    #[command(after_help = "Example:\n  hemrond-server devices list")]
    List,
    /// Shut one out, such as one that was lost.
    #[command(after_help = "Example:\n  hemrond-server devices revoke --device \
        0f3c…")]
    Revoke {
        /// The tablet's id, as `devices list` shows it.
        #[arg(long)]
        device: String,
    },
}

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
    /// Further invented persons, for measurements.
    #[arg(long, default_value_t = 0)]
    pub persons: u32,
    /// Further invented visits, for measurements.
    #[arg(long, default_value_t = 0)]
    pub visits: u32,
}
