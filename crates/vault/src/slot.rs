//! A database key behind PIN and platform secret.

use crate::{Chance, Cost, Pin, Secret, note};
use argon2::{Algorithm, Argon2, Version};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// What a sealed key is told apart by from everything else that is sealed.
const LABEL: &str = "hemrond-slot-1";

/// A user's database key, sealed under PIN and platform secret together.
///
/// It may lie beside the database: without both it opens nothing. What it says is checked when it is
/// opened, the cost and the owner's name included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    cost: Cost,
    #[serde(with = "hex")]
    salt: [u8; 16],
    #[serde(with = "hex")]
    sealed: Vec<u8>,
}

/// Why no slot could be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the key could not be sealed")]
pub struct SealError;

/// Why a slot does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The PIN, the secret or the owner is another, or the slot was changed: they look alike.
    #[error("the PIN is wrong")]
    Wrong,
    /// The tablet could not do the work, such as for lack of memory.
    #[error("the PIN could not be checked on this tablet")]
    Failed,
}

impl Slot {
    /// Seals a database key for its owner.
    ///
    /// # Errors
    /// When the tablet has no memory left for the work.
    pub fn seal(
        key: &Secret,
        pin: &Pin,
        secret: &Secret,
        owner: &str,
        cost: Cost,
        chance: &dyn Chance,
    ) -> Result<Self, SealError> {
        let mut salt = [0; 16];
        chance.fill(&mut salt);
        let under = derive(pin, secret, &salt, cost).ok_or(SealError)?;
        let label = label(owner, cost);
        let sealed = note::seal_under(&under, &label, key.as_bytes(), chance).ok_or(SealError)?;
        Ok(Self { cost, salt, sealed })
    }

    /// Gives the database key to whoever has PIN and platform secret. It takes a good part of a
    /// second and much memory, by intent.
    ///
    /// # Errors
    /// When one of both is wrong, or the slot is another's or was changed.
    pub fn open(&self, pin: &Pin, secret: &Secret, owner: &str) -> Result<Secret, OpenError> {
        let under = derive(pin, secret, &self.salt, self.cost).ok_or(OpenError::Failed)?;
        let label = label(owner, self.cost);
        let opened = note::open_under(&under, &label, &self.sealed).ok_or(OpenError::Wrong)?;
        let opened = Zeroizing::new(opened);
        let bytes: [u8; 32] = opened.as_slice().try_into().map_err(|_| OpenError::Wrong)?;
        Ok(Secret::new(bytes))
    }
}

fn label(owner: &str, cost: Cost) -> String {
    format!("{LABEL} {owner} {cost:?}")
}

/// The key that PIN and secret make together.
fn derive(pin: &Pin, secret: &Secret, salt: &[u8; 16], cost: Cost) -> Option<Secret> {
    let params = cost.params().ok()?;
    let argon = Argon2::new_with_secret(
        secret.as_bytes(),
        Algorithm::Argon2id,
        Version::V0x13,
        params,
    )
    .ok()?;
    let mut out = Zeroizing::new([0; 32]);
    argon
        .hash_password_into(pin.bytes(), salt, out.as_mut_slice())
        .ok()?;
    Some(Secret::new(*out))
}
