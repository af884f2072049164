//! Weighing what somebody typed. Strangers learn nothing from the answer or from its time.

use super::{
    Desk, password,
    throttle::{EVERYBODY, KNOWN_BROWSER, waits_until},
    totp::Authenticator,
};
use crate::{
    credential::code_hash,
    environment::{Chance, Clock},
    rate::Rates,
    storage::{Account, Second, SignIn, Storage, StorageError},
};
use hemrond_domain::ids::UserId;
use std::sync::Arc;

/// The letters of a recovery code, without dashes.
const RECOVERY_LETTERS: usize = 16;

/// How long a browser stays known, in milliseconds.
const KNOWN_FOR: i64 = 90 * 24 * 3_600_000;

/// What somebody typed.
#[derive(Clone, Copy)]
pub struct Attempt<'a> {
    /// The name under which they sign in; case and spaces around it do not matter.
    pub login: &'a str,
    /// The password.
    pub password: &'a str,
    /// The app's six digits, or a recovery code.
    pub second: &'a str,
    /// What the browser was given when somebody was signed in there before; see [`Desk::known`].
    pub known_browser: Option<&'a str>,
}

/// Why somebody is not signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Names are being tried.
    #[error("too many people are trying to sign in; wait a minute and try again")]
    TooOften,
    /// Name, password or code is wrong, or this account must wait; it is not told which. Of whom it is said
    /// where something was weighed.
    #[error("name, password or code is wrong, or there were too many tries; wait a little")]
    Wrong(Option<Account>),
    /// The server is closing.
    #[error("the server is closing; try again in a moment")]
    Closing,
    /// The secret of the one-time codes was sealed with another key.
    #[error("the key for sign-ins is not the one that was used before; give the right key file")]
    OtherKey,
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl Desk {
    /// Weighs a password with what came besides it, and gives the open account that both are of.
    ///
    /// The same work is done whether or not there is such an account; a code is used up only by a
    /// right password.
    ///
    /// # Errors
    /// [`SignInError::Wrong`] for whatever is wrong, and when the database fails.
    pub async fn check(
        &self,
        storage: &Arc<dyn Storage>,
        clock: &dyn Clock,
        chance: &Arc<dyn Chance>,
        rates: &Rates,
        attempt: Attempt<'_>,
    ) -> Result<Account, SignInError> {
        let now = clock.now_ms();
        if !rates.allows(b"sign-in", EVERYBODY, now) {
            return Err(SignInError::TooOften);
        }
        let login = normal(attempt.login);
        let found = storage.sign_in_by_login(&login).await?;
        let may_try = match &found {
            Some((sign_in, _)) if self.may_try(sign_in, attempt.known_browser, rates, now) => {
                // Counted before it is weighed: of many that come at once only one is.
                let failures = sign_in.failures;
                storage.begin_try(sign_in.user, failures, now).await?
            }
            _ => false,
        };
        let kept = found
            .as_ref()
            .and_then(|(sign_in, _)| sign_in.password.clone())
            .filter(|_| may_try);
        let right = self.weigh(attempt.password, kept.clone()).await?;
        let Some((sign_in, account)) = found else {
            return Err(SignInError::Wrong(None));
        };
        let second = self.second(&sign_in, attempt.second, now)?;
        if !may_try {
            // Nothing was weighed, so nothing is counted: waiting grows by tries, not by asking. Nor is it said of
            // whom: one who knows a name would fill the log of its organisation.
            return Err(SignInError::Wrong(None));
        }
        if let (true, true, Some(second)) = (right, account.active, second)
            && storage.use_second(sign_in.user, second, now).await?
        {
            if let Some(before) = kept.filter(|phc| self.cost.exceeds(phc)) {
                self.renew(storage, chance, &account, attempt.password, &before)
                    .await?;
            }
            return Ok(account);
        }
        Err(SignInError::Wrong(Some(account)))
    }

    /// Whether an account may be tried now: it need not wait, or the browser is the person's own.
    fn may_try(&self, sign_in: &SignIn, browser: Option<&str>, rates: &Rates, now: i64) -> bool {
        if now >= waits_until(sign_in.failures, sign_in.failed_at) {
            return true;
        }
        let name = [b"known browser ".as_slice(), sign_in.user.as_bytes()].concat();
        browser.is_some_and(|browser| self.knows(browser, sign_in.user, now))
            && rates.allows(&name, KNOWN_BROWSER, now)
    }

    /// What a browser keeps after somebody was signed in there.
    pub fn known(&self, user: UserId, now: i64, chance: &dyn Chance) -> String {
        let until = now.saturating_add(KNOWN_FOR);
        self.key
            .seal_text(&browser_of(user), &until.to_be_bytes(), chance)
    }

    fn knows(&self, browser: &str, user: UserId, now: i64) -> bool {
        let opened = self.key.open_text(&browser_of(user), browser);
        let until = opened.and_then(|bytes| bytes.try_into().ok());
        until.is_some_and(|until| i64::from_be_bytes(until) >= now)
    }

    /// Whether a password is right; without a hash to weigh it against, as much work for nothing.
    async fn weigh(&self, password: &str, phc: Option<String>) -> Result<bool, SignInError> {
        let there = phc.is_some();
        let phc = phc.unwrap_or_else(|| self.decoy.clone());
        let password = password.to_owned();
        let right = self
            .apart(move || password::matches(&password, &phc))
            .await?;
        Ok(right && there)
    }

    async fn renew(
        &self,
        storage: &Arc<dyn Storage>,
        chance: &Arc<dyn Chance>,
        account: &Account,
        password: &str,
        before: &str,
    ) -> Result<(), SignInError> {
        if let Some(after) = self.hash(password, chance).await? {
            storage.rehash(account.user.id, before, &after).await?;
        }
        Ok(())
    }

    /// The hash of a password; none if the cost is beyond what Argon2 can do.
    pub(super) async fn hash(
        &self,
        password: &str,
        chance: &Arc<dyn Chance>,
    ) -> Result<Option<String>, SignInError> {
        let (password, chance, cost) = (password.to_owned(), Arc::clone(chance), self.cost);
        self.apart(move || cost.hash(&password, chance.as_ref()).ok())
            .await
    }

    /// Does slow work on a thread of its own, a few at a time.
    async fn apart<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, SignInError> {
        let permit = Arc::clone(&self.hashing).acquire_owned().await;
        let permit = permit.map_err(|_| SignInError::Closing)?;
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(permit);
            done
        });
        done.await.map_err(|_| SignInError::Closing)
    }

    fn second(
        &self,
        sign_in: &SignIn,
        typed: &str,
        now: i64,
    ) -> Result<Option<Second>, SignInError> {
        let Some(sealed) = &sign_in.totp else {
            return Ok(None);
        };
        let opened = self.key.open(&totp_of(sign_in.user), sealed);
        let app = opened
            .and_then(|secret| Authenticator::from_bytes(&secret))
            .ok_or(SignInError::OtherKey)?;
        if let Some(step) = app.step_of(typed, now) {
            return Ok(Some(Second::Step(step)));
        }
        let letters = typed.chars().filter(char::is_ascii_alphanumeric).count();
        Ok((letters == RECOVERY_LETTERS).then(|| Second::Recovery(code_hash(typed))))
    }
}

/// A sign-in name as it is kept.
pub(crate) fn normal(login: &str) -> String {
    login.trim().to_lowercase()
}

/// The purpose under which an account's secret is sealed.
pub(super) fn totp_of(user: UserId) -> String {
    format!("totp {user}")
}

fn browser_of(user: UserId) -> String {
    format!("known browser {user}")
}
