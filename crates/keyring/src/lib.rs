//! The platform's own keystore, behind the vault's [`Keystore`](hemrond_vault::Keystore).
//!
//! [`PlatformKeystore`] keeps secrets where the system keeps everybody's: Android's Keystore, the
//! Secret Service of a Linux desktop, Windows' Credential Manager. [`PreferredKeystore`] uses it
//! where there is one, has [`FileKeystore`](hemrond_vault::FileKeystore) stand in where there is
//! none, and moves what lies in files as soon as there is. A program says with [`Keeper`] which.
//!
//! Both wait for the system, which may ask a person to unlock their keys: call them where waiting
//! holds up nobody else.

mod keeper;
mod platform;
mod preferred;
mod stores;

pub use keeper::{Keeper, NoKeeper};
pub use platform::PlatformKeystore;
pub use preferred::PreferredKeystore;
