//! What the access log says of administration: the server's own chain holds it too, where nobody
//! changes it unseen.

use super::{Act, Office};
use crate::{
    rate::{Rate, Rates},
    storage::{AdminEvent, StorageError},
};
use hemrond_audit::{Action, Event, SERVER};
use hemrond_domain::ids::{OrganisationId, PersonId, UnitId, UserId};

/// The role of whoever is at the command line: they may run programs on the server.
pub(crate) const OPERATOR: &str = "operator";

/// The role of whoever failed to sign in: nobody knows who it was.
const STRANGER: &str = "stranger";

/// Bounds what is said of an act's target, in letters. A path that somebody asked for can be long.
const TARGET: usize = 500;

impl Office<'_> {
    /// Writes an act into the server's own chain, as one about a person where it is.
    pub(super) async fn write_log(
        &self,
        act: Act,
        told: &AdminEvent,
        person: Option<PersonId>,
    ) -> Result<(), StorageError> {
        let storage = self.administration.storage;
        let account = match self.actor {
            Some(actor) => storage.user(actor).await?,
            None => None,
        };
        let (role, unit) = match &account {
            Some(account) => (account.user.role.as_str(), account.user.unit),
            None if act == Act::SignInFailed => (STRANGER, UnitId::from_stored([0; 16])),
            None => (OPERATOR, UnitId::from_stored([0; 16])),
        };
        let target = told.target.chars().take(TARGET);
        let reason: String = format!("{} ", told.act).chars().chain(target).collect();
        let event = Event {
            action: action(act),
            user: self.actor.unwrap_or(UserId::from_stored([0; 16])),
            role: role.to_owned(),
            unit,
            organisation: told.organisation,
            device: SERVER,
            person,
            kind: Some(kind(act).to_owned()),
            document: None,
            reason: Some(reason.trim_end().to_owned()),
            basis: None,
            at_ms: told.at,
        };
        storage.log_own(event, told.at).await
    }

    /// Writes into the server's own chain that somebody failed to sign in of whom nothing is known, not
    /// even at which organisation: only why they failed. Whoever asks without end fills no disk with it:
    /// beyond the bound only the server's own messages tell.
    pub(crate) async fn stranger(
        &self,
        rates: &Rates,
        why: &'static str,
    ) -> Result<(), StorageError> {
        let now = self.administration.clock.now_ms();
        if !rates.allows(b"strangers", Rate::STRANGERS, now) {
            tracing::warn!(why, "somebody unknown tries to sign in, again and again");
            return Ok(());
        }
        let event = Event {
            action: Action::LoginFailed,
            user: UserId::from_stored([0; 16]),
            role: STRANGER.to_owned(),
            unit: UnitId::from_stored([0; 16]),
            organisation: OrganisationId::from_stored([0; 16]),
            device: SERVER,
            person: None,
            kind: Some("server".to_owned()),
            document: None,
            reason: Some(format!("{} {why}", Act::SignInFailed.as_str())),
            basis: None,
            at_ms: now,
        };
        self.administration.storage.log_own(event, now).await
    }
}

const fn action(act: Act) -> Action {
    match act {
        Act::SignedIn => Action::Login,
        Act::SignInFailed => Action::LoginFailed,
        Act::TurnedAway => Action::Denied,
        Act::SignedOut
        | Act::PasswordChosen
        | Act::UserAdded
        | Act::RoleChanged
        | Act::UserClosed
        | Act::Invited
        | Act::Reset
        | Act::CardNamed
        | Act::TabletCode
        | Act::DeviceShutOut
        | Act::UnitAdded
        | Act::RoleAnalysed
        | Act::LogRead => Action::Administer,
        Act::ReviewDrawn | Act::ReviewKept => Action::Review,
        Act::ExtractMade => Action::Extract,
    }
}

/// What an act looked at or changed.
const fn kind(act: Act) -> &'static str {
    match act {
        Act::ReviewDrawn | Act::ReviewKept | Act::ExtractMade => "access_log",
        _ => "server",
    }
}
