//! How people sign in on the server: a password and a one-time code, or a card.
//!
//! [`Desk::check`] is the one place where a password is weighed; [`first`] is where it is chosen;
//! [`session`] is what a browser holds afterwards; [`card`] leaves it all to an identity provider.
//! Whatever is wrong, who tries gets one and the same answer.

pub mod card;
mod check;
pub mod first;
mod password;
mod seal;
pub mod session;
mod throttle;
mod totp;

pub(crate) use check::normal;
pub use check::{Attempt, SignInError};
pub use password::{Cost, LONGEST, PasswordProblem, SHORTEST, problem};
pub use seal::{KeyError, SealingKey};
pub(crate) use totp::same;
pub use totp::{Authenticator, code_at};

use crate::{
    credential::{Secret, code_hash, draw_code},
    environment::Chance,
};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// How many passwords are hashed at a time; each takes the memory that its cost names.
const AT_ONCE: usize = 2;

/// What signing in needs besides the database.
#[derive(Debug)]
pub struct Desk {
    key: SealingKey,
    cost: Cost,
    hashing: Arc<Semaphore>,
    /// The hash of a password that nobody has, weighed where there is no account to weigh.
    decoy: String,
}

impl Desk {
    /// A desk with the key under which secrets are sealed.
    #[must_use]
    pub fn new(key: SealingKey, cost: Cost, chance: &dyn Chance) -> Self {
        let mut nobodys = [0; 32];
        chance.fill(&mut nobodys);
        let decoy = cost
            .hash(&hex::encode(nobodys), chance)
            .unwrap_or_else(|_| String::new());
        Self {
            key,
            cost,
            hashing: Arc::new(Semaphore::new(AT_ONCE)),
            decoy,
        }
    }

    /// The key under which secrets are sealed.
    #[must_use]
    pub const fn key(&self) -> &SealingKey {
        &self.key
    }
}

/// Draws a one-time code of sixteen letters, such as "K7QM-4XDP-9HTA-22VW": it is kept as a plain
/// hash for days or years, so nobody may be able to try all of them on a stolen copy.
pub fn draw_long_code(chance: &dyn Chance) -> Secret {
    let text = format!("{}-{}", draw_code(chance).text, draw_code(chance).text);
    let sha256 = code_hash(&text);
    Secret { text, sha256 }
}
