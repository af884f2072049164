//! What can be typed.

use super::retention_args::{HoldCommand, PurgeArgs};
use crate::{admin::PageAddress, inspector::worker::Confinement};
use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand, ValueEnum};
use hemrond_domain::{ids::PersonId, people::Role};
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
    /// Where tablets reach the server; port 0 takes a free one. Other machines reach it with TLS
    /// only: its own, or a proxy's.
    #[arg(long, default_value = "127.0.0.1:8787")]
    pub listen: SocketAddr,
    /// The server's certificate with its chain, PEM. Read again at SIGHUP and when it changes.
    #[arg(
        long,
        env = "HEMROND_TLS_CERTIFICATE",
        value_name = "FILE",
        requires = "tls_key"
    )]
    pub tls_certificate: Option<PathBuf>,
    /// The certificate's private key, PEM.
    #[arg(
        long,
        env = "HEMROND_TLS_KEY",
        value_name = "FILE",
        requires = "tls_certificate"
    )]
    pub tls_key: Option<PathBuf>,
    /// A proxy in front ends TLS, and nobody else reaches this address.
    #[arg(long, conflicts_with = "tls_certificate")]
    pub behind_proxy: bool,
    /// How many connections are open at once; who comes then tries again later.
    #[arg(long, default_value_t = 4096, value_parser = clap::value_parser!(u32).range(1..))]
    pub max_connections: u32,
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
    /// The administrator's pages.
    #[command(flatten)]
    pub pages: PagesArgs,
}

/// The administrator's pages: under /admin, if they are wanted.
#[derive(Debug, Args)]
pub struct PagesArgs {
    /// Serve the administrator's pages, which browsers reach under this address, such as
    /// https://hemrond.example.se. Needs --sign-in-key-file.
    #[arg(
        long,
        env = "HEMROND_PAGES",
        value_name = "ADDRESS",
        requires = "sign_in_key_file"
    )]
    pub pages: Option<PageAddress>,
    /// A listener of their own for the pages, instead of the tablets'.
    #[arg(long, env = "HEMROND_PAGES_LISTEN", requires = "pages")]
    pub pages_listen: Option<SocketAddr>,
    /// The address under which tablets reach the server, which the pages show beside a tablet's
    /// one-time code; that of the pages if not given.
    #[arg(
        long,
        env = "HEMROND_TABLETS",
        value_name = "ADDRESS",
        requires = "pages"
    )]
    pub tablets: Option<PageAddress>,
    /// The key that seals the secrets of one-time codes; see 'hemrond-server sign-in-key'.
    #[arg(long, env = "HEMROND_SIGN_IN_KEY_FILE", value_name = "FILE")]
    pub sign_in_key_file: Option<PathBuf>,
    /// Signing in with a card.
    #[command(flatten)]
    pub oidc: OidcArgs,
}

/// Signing in with a card, by an identity provider that speaks OpenID Connect.
#[derive(Debug, Args)]
pub struct OidcArgs {
    /// The provider's address, exactly as its tokens name it.
    #[arg(
        long,
        env = "HEMROND_OIDC_ISSUER",
        requires_all = ["pages", "oidc_client_id", "oidc_levels"]
    )]
    pub oidc_issuer: Option<String>,
    /// How the provider knows this server.
    #[arg(long, env = "HEMROND_OIDC_CLIENT_ID", requires = "oidc_issuer")]
    pub oidc_client_id: Option<String>,
    /// A file with the secret that proves it.
    #[arg(
        long,
        env = "HEMROND_OIDC_CLIENT_SECRET_FILE",
        value_name = "FILE",
        requires = "oidc_issuer"
    )]
    pub oidc_client_secret_file: Option<PathBuf>,
    /// The claim that names the person, as the administrator wrote it beside the account.
    #[arg(long, env = "HEMROND_OIDC_CLAIM", default_value = "employeeHsaId")]
    pub oidc_claim: String,
    /// A level of assurance (acr) that is good enough, such as
    /// http://id.sambi.se/loa/loa3; several are separated by spaces.
    #[arg(
        long,
        env = "HEMROND_OIDC_LEVELS",
        value_delimiter = ' ',
        requires = "oidc_issuer"
    )]
    pub oidc_levels: Vec<String>,
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
    /// Print a sign-in name and a one-time code with which a person chooses a password.
    #[command(after_help = "Example:\n  hemrond-server users invite --user \"Per Dahl\"")]
    Invite {
        /// Whose: a name, the beginning of one, or an id.
        #[arg(long)]
        user: String,
        /// The name to sign in with; made of the person's own if not given.
        #[arg(long)]
        login: Option<String>,
    },
    /// End what a person signs in with, such as a lost telephone, and invite them again.
    #[command(after_help = "Example:\n  hemrond-server users reset --user \"Per Dahl\"")]
    Reset {
        /// Whose: a name, the beginning of one, or an id.
        #[arg(long)]
        user: String,
    },
    /// Close an account and shut out its tablets. What it wrote stays.
    #[command(after_help = "Example:\n  hemrond-server users deactivate --user \"Stina Ek\"")]
    Deactivate {
        /// Whose: a name, the beginning of one, or an id.
        #[arg(long)]
        user: String,
    },
}

/// What to do with roles.
#[derive(Debug, Subcommand)]
pub enum RolesCommand {
    /// Say which needs-and-risk analysis stands behind a role. No account gets a role without one.
    #[command(
        after_help = "Example:\n  hemrond-server roles analyse --role nurse --analysis BRA-2026-1 \
        --decided-by \"Verksamhetschef Maria Nyberg\" --decided-on 2026-10-01"
    )]
    Analyse {
        /// nurse, doctor, hemtjanst, assessor or administrator; may be given several times.
        #[arg(long, required = true)]
        role: Vec<Role>,
        /// The analysis by the organisation's own number.
        #[arg(long)]
        analysis: String,
        /// Who decided.
        #[arg(long)]
        decided_by: String,
        /// When: a date that is not to come.
        #[arg(long)]
        decided_on: NaiveDate,
        /// Whose roles: a name or an id; not needed while there is only one organisation.
        #[arg(long)]
        organisation: Option<String>,
    },
    /// List them.
    #[command(after_help = "Example:\n  hemrond-server roles list")]
    List {
        /// Whose roles: a name or an id; not needed while there is only one organisation.
        #[arg(long)]
        organisation: Option<String>,
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

/// What to do with the access log. Everything but `verify` is itself logged.
#[derive(Debug, Subcommand)]
pub enum LogCommand {
    /// Check the chains, the tree and the checkpoints, and list what does not hold together.
    #[command(after_help = "Example:\n  hemrond-server log verify")]
    Verify,
    /// Print who has looked at a person's data: times, units and acts, no names of staff.
    #[command(after_help = "Example:\n  hemrond-server log extract --person \
        28282828-2828-4828-a828-282828282828 --asked-by \"Registrator Maj Ek\"")]
    Extract {
        /// The person's id.
        #[arg(long)]
        person: PersonId,
        /// Who makes the extract, for the log.
        #[arg(long)]
        asked_by: String,
        /// The extract's language.
        #[arg(long, value_enum, default_value_t = ExtractLanguage::Sv)]
        language: ExtractLanguage,
    },
    /// Draw a random sample for review and print it; with --finding, keep the result of reviewing it.
    #[command(
        after_help = "Examples:\n  hemrond-server log sample --count 20 --reviewer \"Per Dahl\"\n  \
        hemrond-server log sample --places \"4 17 230\" --reviewer \"Per Dahl\" \
        --finding \"Alla hade en vårdrelation\""
    )]
    Sample {
        /// How many entries to draw.
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1_000))]
        count: u32,
        /// Who reviews.
        #[arg(long)]
        reviewer: String,
        /// What the review of these places found.
        #[arg(long, requires = "places")]
        finding: Option<String>,
        /// The places that were drawn before and have been reviewed now.
        #[arg(long, requires = "finding")]
        places: Option<String>,
    },
    /// List the reviews that were made.
    #[command(after_help = "Example:\n  hemrond-server log reviews")]
    Reviews,
    /// Print entries as FHIR R4 AuditEvent resources, one a line.
    #[command(after_help = "Example:\n  hemrond-server log export --fhir --asked-by \"Per Dahl\"")]
    Export {
        /// In FHIR's form, which is the only one.
        #[arg(long, required = true)]
        fhir: bool,
        /// Who makes the export, for the log.
        #[arg(long)]
        asked_by: String,
        /// From this place of the log on.
        #[arg(long, default_value_t = 0)]
        from: u64,
    },
    /// Destroy entries older than a day. Refuses those younger than five years.
    #[command(
        after_help = "Example:\n  hemrond-server log purge --before 2021-01-01 \
        --asked-by \"Per Dahl\""
    )]
    Purge {
        /// The day before which entries are destroyed.
        #[arg(long)]
        before: NaiveDate,
        /// Who destroys them, for the log.
        #[arg(long)]
        asked_by: String,
    },
}

/// The languages of an extract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExtractLanguage {
    /// Svenska.
    Sv,
    /// English.
    En,
}
