//! An administrator for demonstrations, whose secrets are known: never for data about real persons.

use super::account;
use crate::{
    directory::Administration,
    office::{Office, OfficeError},
    sign_in::{Authenticator, Cost, Desk, SealingKey},
};

/// Who it is.
const LOGIN: &str = "per";

/// What he types.
const PASSWORD: &str = "tre gula båtar i hamnen";

/// What a demonstration shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoAdministrator {
    /// The sign-in name.
    pub login: String,
    /// The password.
    pub password: &'static str,
    /// The secret of the one-time codes, as an app takes it.
    pub secret: String,
    /// The same as an address.
    pub url: String,
}

/// Lets the sample data's administrator sign in with a known password and a fresh secret.
///
/// # Errors
/// When the database fails or holds no sample data.
pub async fn administrator(
    administration: &Administration<'_>,
    key: SealingKey,
) -> Result<DemoAdministrator, OfficeError> {
    let account = account(administration, LOGIN).await?;
    let office = Office {
        administration,
        actor: None,
    };
    let invited = office.invite(&account, None, false).await?;
    let app = Authenticator::draw(administration.chance);
    let desk = Desk::new(key, Cost::default(), administration.chance);
    let chosen = desk
        .chosen_for_demonstration(administration, &account, &invited.code, PASSWORD, &app)
        .ok_or(OfficeError::Unknown)?;
    administration.storage.choose(&chosen).await?;
    Ok(DemoAdministrator {
        url: app.url(&invited.login).unwrap_or_default(),
        login: invited.login,
        password: PASSWORD,
        secret: app.text(),
    })
}
