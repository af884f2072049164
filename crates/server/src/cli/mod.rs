//! The commands of `hemrond-server`.

mod args;
mod backup;
mod classes;
mod devices;
mod enrol;
mod log;
mod logged;
mod organisations;
mod purge;
mod recovery;
mod register;
mod rescue_key;
mod restore;
mod roles;
mod secrets;
mod seed;
mod serve;
mod target;
mod units;
mod users;
mod verify;

pub use args::Cli;
pub use secrets::refuse_secrets;

use crate::{
    authoring::AuthoringError,
    directory::Administration,
    environment::{Chance, Clock, draw_id},
    inspector::worker::StartError,
    office::{Office, OfficeError},
    register::RegisterError,
    retention::RetentionError,
    seed::SeedError,
    serve::{BindError, TlsError},
    sign_in::{KeyError, SealingKey, card::CardError},
    storage::{self, Storage, StorageError},
};
use args::Command;
use hemrond_policy::{Policy, PolicyError};
use hemrond_protocol::Epoch;
use std::{io, path::PathBuf, sync::Arc};

/// What comes in through the door.
#[derive(Clone)]
pub struct World {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Draws random bytes.
    pub chance: Arc<dyn Chance>,
    /// This program, which serves as its own worker.
    pub program: PathBuf,
}

/// Why a command did not do what it was asked. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The directory or the sample data.
    #[error(transparent)]
    Authoring(#[from] AuthoringError),
    /// The sample data.
    #[error(transparent)]
    Seed(#[from] SeedError),
    /// Destroying what is due.
    #[error(transparent)]
    Retention(#[from] RetentionError),
    /// A report to a quality register.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// The policies.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The address to listen on.
    #[error(transparent)]
    Bind(#[from] BindError),
    /// What an administrator may not do.
    #[error(transparent)]
    Office(#[from] OfficeError),
    /// The key for sign-ins.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Signing in with a card.
    #[error(transparent)]
    Card(#[from] CardError),
    /// The certificate.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The workers.
    #[error(transparent)]
    Worker(#[from] StartError),
    /// The network or the terminal.
    #[error("the system refused: {0}")]
    Io(#[from] io::Error),
    /// The file that holds the database's address.
    #[error("the file {file} with the database's address cannot be read: {why}")]
    DatabaseFile {
        /// Which.
        file: String,
        /// The system's words.
        why: io::Error,
    },
    /// What was asked for cannot be done.
    #[error("{0}")]
    Refused(String),
}

/// Runs one command.
///
/// # Errors
/// When it cannot be done; the message says what to do.
pub async fn run(cli: Cli, world: World) -> Result<(), CommandError> {
    let address = target::address(&cli.database)?;
    // These do not bring a database to life.
    match &cli.command {
        Command::Restore(args) => return restore::restore(&address, &world, args).await,
        Command::RescueKey(args) => return rescue_key::make(&world, args),
        Command::Classes(args) => return classes::run(args),
        Command::Verify(args) => return verify::run(&address, &world, args).await,
        Command::SignInKey { to } => {
            return Ok(SealingKey::draw(world.chance.as_ref()).write_new(to)?);
        }
        _ => {}
    }
    // Opening makes a database where there is none, and an empty one is no backup of anything.
    if is_for_what_is_there(&cli.command) && !storage::is_there(&address).await? {
        return Err(CommandError::Refused(format!(
            "there is no database of hemrond-server at {address:?}; nothing was done, and none was made: \
             check its address"
        )));
    }
    let epoch = Epoch(draw_id(world.chance.as_ref()));
    let storage = storage::open(&address, epoch).await?;
    let policy = Policy::load()?;
    if let Command::Serve(args) = cli.command {
        return serve::serve(storage, policy, world, &args).await;
    }
    let result = administer(cli.command, &world, storage.as_ref(), &policy).await;
    storage.close().await;
    result
}

/// Whether a command has nothing to do where no database is. The others begin one, or say how to.
const fn is_for_what_is_there(command: &Command) -> bool {
    matches!(
        command,
        Command::Backup(_)
            | Command::Recovery(_)
            | Command::Purge(_)
            | Command::Hold(_)
            | Command::Register(_)
            | Command::Log(_)
            | Command::Devices(_)
            | Command::Enrol(_)
    )
}

async fn administer(
    command: Command,
    world: &World,
    storage: &dyn Storage,
    policy: &Policy,
) -> Result<(), CommandError> {
    let administration = Administration {
        storage,
        policy,
        clock: world.clock.as_ref(),
        chance: world.chance.as_ref(),
    };
    logged::note(&administration, &command).await?;
    match command {
        // Those are done with before the others.
        Command::Serve(_)
        | Command::InspectWorker(_)
        | Command::SignInKey { .. }
        | Command::Restore(_)
        | Command::RescueKey(_)
        | Command::Classes(_)
        | Command::Verify(_) => Ok(()),
        Command::Enrol(args) => enrol::enrol(&administration, &args).await,
        Command::Organisations(command) => organisations::run(&administration, command).await,
        Command::Units(command) => units::run(&administration, command).await,
        Command::Users(command) => users::run(&administration, command).await,
        Command::Roles(command) => roles::run(&administration, command).await,
        Command::Devices(command) => devices::run(&administration, command).await,
        Command::Backup(args) => backup::backup(storage, &args).await,
        Command::Recovery(command) => recovery::run(&administration, command).await,
        Command::Purge(args) => purge::purge(&administration, &args).await,
        Command::Hold(command) => purge::hold(&administration, command).await,
        Command::Register(args) => register::run(&administration, &args).await,
        Command::Seed(args) => seed::seed(&administration, &args).await,
        Command::Log(command) => log::run(&administration, command).await,
    }
}

/// Administration by whoever may use this command line.
fn office<'a>(administration: &'a Administration<'a>) -> Office<'a> {
    Office {
        administration,
        actor: None,
    }
}

/// The day on this machine's wall: at half past midnight in Sweden another one than by UTC.
fn today(administration: &Administration<'_>) -> chrono::NaiveDate {
    let now = administration.clock.now();
    now.with_timezone(&chrono::Local).date_naive()
}

/// Prints a line that a person or a script asked for.
fn say(line: impl std::fmt::Display) -> Result<(), CommandError> {
    use io::Write;
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}
