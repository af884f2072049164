//! Who enrols is who the code is for: weighed as at the administrator's pages, with the same checks,
//! the same waits and the same record.

use super::EnrolError;
use crate::{
    directory::Administration,
    office::{Act, Office},
    sign_in::{Attempt, Desk, SignInError},
    state::Server,
    storage::{Account, StorageError},
};
use hemrond_domain::ids::UserId;
use hemrond_protocol::enrolment::EnrolSignIn;

/// Weighs what somebody typed on the tablet, and tells whose it is.
pub(super) async fn weigh(
    server: &Server,
    desk: &Desk,
    typed: Option<&EnrolSignIn>,
) -> Result<UserId, EnrolError> {
    let typed = typed.ok_or(EnrolError::SignInNeeded)?;
    let attempt = Attempt {
        login: &typed.login,
        password: &typed.password,
        second: typed.code.trim(),
        known_browser: None,
    };
    let checked = desk
        .check(
            &server.storage,
            server.clock.as_ref(),
            &server.chance,
            &server.rates,
            attempt,
        )
        .await;
    match checked {
        Ok(account) => {
            keep(server, &account, Act::SignedIn).await?;
            Ok(account.user.id)
        }
        Err(SignInError::Wrong(account)) => {
            match account {
                Some(account) => keep(server, &account, Act::SignInFailed).await?,
                None => {
                    let administration = administration(server);
                    let office = Office {
                        administration: &administration,
                        actor: None,
                    };
                    office.stranger(&server.rates, "name_not_weighed").await?;
                }
            }
            Err(EnrolError::SignInWrong)
        }
        Err(SignInError::TooOften) => Err(EnrolError::TooOften),
        Err(SignInError::Closing) => Err(EnrolError::Closing),
        Err(SignInError::Storage(error)) => Err(error.into()),
        Err(error @ SignInError::OtherKey) => {
            tracing::error!(%error, "nobody can sign in to enrol");
            Err(EnrolError::SignInFailed)
        }
    }
}

/// Keeps in the record what happened, as the pages do.
async fn keep(server: &Server, account: &Account, act: Act) -> Result<(), StorageError> {
    let administration = administration(server);
    let office = Office {
        administration: &administration,
        // Who failed need not be who the account is of.
        actor: (act != Act::SignInFailed).then_some(account.user.id),
    };
    let target = account.user.id.to_string();
    office.record(account.user.organisation, act, &target).await
}

fn administration(server: &Server) -> Administration<'_> {
    Administration {
        storage: server.storage.as_ref(),
        policy: &server.policy,
        clock: server.clock.as_ref(),
        chance: server.chance.as_ref(),
    }
}
