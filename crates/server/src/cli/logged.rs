//! What the access log says of the administrator's commands. The match names every command, so that
//! a new one cannot be forgotten.

use super::{
    CommandError,
    args::{
        Command, DevicesCommand, OrganisationsCommand, RolesCommand, UnitsCommand, UsersCommand,
    },
};
use crate::directory::Administration;
use hemrond_audit::{Action, Event, SERVER};
use hemrond_domain::ids::{OrganisationId, PersonId, UnitId, UserId};

/// The role under which the server's own commands are logged: whoever may run programs there.
const OPERATOR: &str = "operator";

/// Logs a command before it runs.
///
/// # Errors
/// When the database fails: what cannot be logged is not done.
pub(super) async fn note(
    administration: &Administration<'_>,
    command: &Command,
) -> Result<(), CommandError> {
    let name = match command {
        // These look after the database as a whole, change nothing, or log what they do themselves.
        Command::Serve(_)
        | Command::InspectWorker(_)
        | Command::SignInKey { .. }
        | Command::RescueKey(_)
        | Command::Classes(_)
        | Command::Restore(_)
        | Command::Verify(_)
        | Command::Seed(_)
        | Command::Log(_)
        | Command::Organisations(OrganisationsCommand::List)
        | Command::Units(UnitsCommand::List) => return Ok(()),
        Command::Enrol(_) => "enrol",
        Command::Organisations(OrganisationsCommand::Add { .. }) => "organisations add",
        Command::Units(UnitsCommand::Add { .. }) => "units add",
        Command::Users(UsersCommand::Add { .. }) => "users add",
        Command::Users(UsersCommand::List) => "users list",
        Command::Users(UsersCommand::SetRole { .. }) => "users set-role",
        Command::Users(UsersCommand::Deactivate { .. }) => "users deactivate",
        Command::Users(UsersCommand::Invite { .. }) => "users invite",
        Command::Users(UsersCommand::Reset { .. }) => "users reset",
        Command::Roles(RolesCommand::Analyse { .. }) => "roles analyse",
        Command::Roles(RolesCommand::List { .. }) => "roles list",
        Command::Devices(DevicesCommand::List) => "devices list",
        Command::Devices(DevicesCommand::Revoke { .. }) => "devices revoke",
        Command::Backup(_) => "backup",
        Command::Recovery(_) => "recovery",
        Command::Purge(_) => "purge",
        Command::Hold(_) => "hold",
        Command::Register(_) => "register",
    };
    let action = match command {
        Command::Backup(_) | Command::Register(_) => Action::Export,
        _ => Action::Administer,
    };
    write(administration, action, None, "server", name).await
}

/// Writes into the server's own chain. The reason says which command, or for whom.
pub(super) async fn write(
    administration: &Administration<'_>,
    action: Action,
    person: Option<PersonId>,
    kind: &str,
    reason: &str,
) -> Result<(), CommandError> {
    let now = administration.clock.now_ms();
    let event = Event {
        action,
        user: UserId::from_stored([0; 16]),
        role: OPERATOR.to_owned(),
        unit: UnitId::from_stored([0; 16]),
        organisation: OrganisationId::from_stored([0; 16]),
        device: SERVER,
        person,
        kind: Some(kind.to_owned()),
        document: None,
        reason: Some(reason.to_owned()),
        basis: None,
        at_ms: now,
    };
    event
        .encode()
        .map_err(|error| CommandError::Refused(error.to_string()))?;
    Ok(administration.storage.log_own(event, now).await?)
}
