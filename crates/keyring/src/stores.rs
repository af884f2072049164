//! Which of the system's keystores this build uses.

use keyring_core::{CredentialStore, Error};
use std::sync::Arc;

/// The Secret Service, which GNOME Keyring, `KWallet` and `KeePassXC` offer.
#[cfg(target_os = "linux")]
pub(crate) fn store() -> Result<Arc<CredentialStore>, Error> {
    Ok(dbus_secret_service_keyring_store::Store::new()?)
}

/// Keys that Android's Keystore keeps in hardware where the tablet has it. Tauri has made the
/// app's context known by the time anything is opened.
#[cfg(target_os = "android")]
pub(crate) fn store() -> Result<Arc<CredentialStore>, Error> {
    Ok(android_native_keyring_store::Store::new()?)
}

/// The Credential Manager of whoever is signed in.
#[cfg(target_os = "windows")]
pub(crate) fn store() -> Result<Arc<CredentialStore>, Error> {
    Ok(windows_native_keyring_store::Store::new()?)
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "windows")))]
pub(crate) fn store() -> Result<Arc<CredentialStore>, Error> {
    Err(Error::NotSupportedByStore(
        "this build knows no keystore of this system".to_owned(),
    ))
}
