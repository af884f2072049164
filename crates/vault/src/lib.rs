//! What locks a user's database on a tablet, and what opens it again.
//!
//! A [`Slot`] holds a database key, sealed under a key that Argon2id derives from the user's [`Pin`]
//! and a secret of the platform's [`Keystore`]: neither opens it alone. A [`sealed note`](note) keeps
//! small things from being changed unnoticed. A [`rescue`] box is the way back through the
//! organisation's server when PIN or secret are gone.
//!
//! Nothing here knows a database, a clock or a user. Chance is passed in; the disk is touched by
//! [`FileKeystore`] only.

mod chance;
mod cost;
mod keystore;
pub mod note;
mod pin;
pub mod rescue;
mod secret;
mod slot;

pub use chance::Chance;
pub use cost::{BadCost, Cost};
pub use keystore::{FileKeystore, Keystore, KeystoreError, MemoryKeystore, Place};
pub use pin::{BadPin, Pin};
pub use secret::Secret;
pub use slot::{OpenError, SealError, Slot};
