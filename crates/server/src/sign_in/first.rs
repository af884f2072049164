//! The first sign-in: an invitation becomes a password and an authenticator app.

use super::{
    Desk, SignInError,
    check::totp_of,
    draw_long_code,
    password::{PasswordProblem, problem},
    totp::Authenticator,
};
use crate::{
    credential::code_hash,
    directory::Administration,
    environment::{Chance, Clock},
    rate::{Rate, Rates},
    storage::{Account, Chosen, Invitation, SignIn, Storage, StorageError},
};
use hemrond_domain::ids::UserId;
use std::sync::Arc;

/// How many recovery codes a person gets.
const RECOVERY_CODES: usize = 8;

/// How long an invitation can be used, in hours.
pub const VALID_HOURS: u32 = 72;

/// Why nothing was chosen.
#[derive(Debug, thiserror::Error)]
pub enum FirstError {
    /// Codes are being tried.
    #[error("too many codes are being tried; wait a minute and try again")]
    TooOften,
    /// The code is none, was used, or came too late.
    #[error("this code cannot be used; ask the administrator for a new one")]
    Code,
    /// The account is closed.
    #[error("the account is closed; ask the administrator")]
    Closed,
    /// The password cannot be chosen.
    #[error(transparent)]
    Password(#[from] PasswordProblem),
    /// The password was not typed twice the same.
    #[error("the two passwords differ; type the same one twice")]
    Differ,
    /// The app's code is not right.
    #[error("the code is not the one that the app shows now; wait for the next one")]
    App,
    /// The form was another's, or too old.
    #[error("the page was open for too long; begin again with the code")]
    Page,
    /// The password could not be hashed, or the server is closing.
    #[error(transparent)]
    SignIn(#[from] SignInError),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// What somebody with an invitation is offered.
#[derive(Debug, Clone)]
pub struct Offer {
    /// Whose invitation it is.
    pub account: Account,
    /// The name under which the person will sign in.
    pub login: String,
    /// The secret for the authenticator app.
    pub app: Authenticator,
    /// The same, sealed, to be given back with the answer.
    pub sealed: String,
}

/// What somebody with an invitation answers.
#[derive(Clone, Copy)]
pub struct Answer<'a> {
    /// The invitation's code as it was typed.
    pub code: &'a str,
    /// The password.
    pub password: &'a str,
    /// The password once more.
    pub again: &'a str,
    /// What came with the offer.
    pub sealed: &'a str,
    /// What the app shows.
    pub shown: &'a str,
}

impl Desk {
    /// Looks at an invitation, and offers a secret for an app: a new one, or the one that was
    /// offered before and came back sealed.
    ///
    /// # Errors
    /// When the code cannot be used or the database fails.
    pub async fn offer(
        &self,
        storage: &Arc<dyn Storage>,
        clock: &dyn Clock,
        chance: &dyn Chance,
        rates: &Rates,
        code: &str,
        before: Option<&str>,
    ) -> Result<Offer, FirstError> {
        let (sign_in, account) = invited(storage, clock, rates, code).await?;
        let user = account.user.id;
        let app = match before {
            Some(sealed) => self.offered(user, code, sealed).ok_or(FirstError::Page)?,
            None => Authenticator::draw(chance),
        };
        let sealed = self
            .key()
            .seal_text(&offer_of(user, code), app.as_bytes(), chance);
        Ok(Offer {
            account,
            login: sign_in.login.unwrap_or_default(),
            app,
            sealed,
        })
    }

    /// Uses an invitation up: password and app are the account's from now on. Gives the account and
    /// its recovery codes, to be shown once.
    ///
    /// # Errors
    /// When something in the answer is not good, or the database fails; the code is still good.
    pub async fn choose(
        &self,
        storage: &Arc<dyn Storage>,
        clock: &dyn Clock,
        chance: &Arc<dyn Chance>,
        rates: &Rates,
        answer: Answer<'_>,
    ) -> Result<(Account, Vec<String>), FirstError> {
        let (sign_in, account) = invited(storage, clock, rates, answer.code).await?;
        let user = account.user.id;
        let app = self
            .offered(user, answer.code, answer.sealed)
            .ok_or(FirstError::Page)?;
        let login = sign_in.login.as_deref().unwrap_or_default();
        if let Some(problem) = problem(answer.password, &account.user.name, login) {
            return Err(problem.into());
        }
        if answer.password != answer.again {
            return Err(FirstError::Differ);
        }
        let now = clock.now_ms();
        let step = app.step_of(answer.shown, now).ok_or(FirstError::App)?;
        let password = self
            .hash(answer.password, chance)
            .await?
            .ok_or(SignInError::Closing)?;
        let codes: Vec<_> = std::iter::repeat_with(|| draw_long_code(chance.as_ref()))
            .take(RECOVERY_CODES)
            .collect();
        let chosen = Chosen {
            code_sha256: code_hash(answer.code),
            password,
            totp: self
                .key()
                .seal(&totp_of(user), app.as_bytes(), chance.as_ref()),
            step,
            recovery: codes.iter().map(|code| code.sha256).collect(),
            now,
        };
        if !storage.choose(&chosen).await? {
            return Err(FirstError::Code);
        }
        Ok((account, codes.into_iter().map(|code| code.text).collect()))
    }

    /// What somebody would have chosen whose secrets are known.
    pub(crate) fn chosen_for_demonstration(
        &self,
        administration: &Administration<'_>,
        account: &Account,
        code: &str,
        password: &str,
        app: &Authenticator,
    ) -> Option<Chosen> {
        let chance = administration.chance;
        let purpose = totp_of(account.user.id);
        Some(Chosen {
            code_sha256: code_hash(code),
            password: self.cost.hash(password, chance).ok()?,
            totp: self.key().seal(&purpose, app.as_bytes(), chance),
            step: 0,
            recovery: Vec::new(),
            now: administration.clock.now_ms(),
        })
    }

    fn offered(&self, user: UserId, code: &str, sealed: &str) -> Option<Authenticator> {
        let secret = self.key().open_text(&offer_of(user, code), sealed)?;
        Authenticator::from_bytes(&secret)
    }
}

/// The account that a code invites.
async fn invited(
    storage: &Arc<dyn Storage>,
    clock: &dyn Clock,
    rates: &Rates,
    code: &str,
) -> Result<(SignIn, Account), FirstError> {
    let now = clock.now_ms();
    if !rates.allows(b"first sign-in", Rate::ENROLMENT, now) {
        return Err(FirstError::TooOften);
    }
    let found = storage.sign_in_by_setup(code_hash(code)).await?;
    let (sign_in, account) = found.ok_or(FirstError::Code)?;
    if sign_in.setup_expires_at < Some(now) {
        return Err(FirstError::Code);
    }
    if !account.active {
        return Err(FirstError::Closed);
    }
    Ok((sign_in, account))
}

/// The purpose under which an offer is sealed: this person's, and this invitation's.
fn offer_of(user: UserId, code: &str) -> String {
    format!("offer {user} {}", hex::encode(code_hash(code)))
}

/// Draws an invitation for an account. Gives it with the code, to be shown once.
#[must_use]
pub fn invitation(
    user: UserId,
    login: Option<String>,
    reset: bool,
    clock: &dyn Clock,
    chance: &dyn Chance,
) -> (Invitation, String) {
    let code = draw_long_code(chance);
    let invitation = Invitation {
        user,
        login,
        code_sha256: code.sha256,
        expires_at: clock.now_ms() + i64::from(VALID_HOURS) * 3_600_000,
        reset,
    };
    (invitation, code.text)
}
