//! Secrets in the platform's keystore.

use crate::stores;
use hemrond_vault::{Keystore, KeystoreError, Place, Secret};
use keyring_core::{CredentialStore, Entry, Error};
use std::sync::Arc;
use zeroize::Zeroizing;

/// Under what name the system lists our secrets, for people who look.
const SERVICE: &str = "Hemrond";

/// The platform's keystore: what it holds does not leave this tablet in a file that opens.
#[derive(Debug, Clone)]
pub struct PlatformKeystore {
    store: Arc<CredentialStore>,
}

impl PlatformKeystore {
    /// Reaches this platform's keystore, and sees that it really keeps, gives back and erases.
    ///
    /// # Errors
    /// When there is none, it is locked, or does not do what it says.
    pub fn open() -> Result<Self, KeystoreError> {
        let keystore = Self {
            store: stores::store().map_err(told)?,
        };
        // Two programs of ours that begin at once must not try with the same name.
        let name = format!("try{}", std::process::id());
        let tried = Secret::new([7; 32]);
        keystore.put(&name, &tried)?;
        let found = keystore.get(&name);
        keystore.erase(&name)?;
        match found? {
            Some(found) if found == tried => Ok(keystore),
            _ => Err(KeystoreError::Platform(
                "it does not give back what it was given".to_owned(),
            )),
        }
    }

    fn entry(&self, slot: &str) -> Result<Entry, KeystoreError> {
        self.store.build(SERVICE, slot, None).map_err(told)
    }
}

impl Keystore for PlatformKeystore {
    fn place(&self) -> Place {
        Place::Platform
    }

    fn get(&self, slot: &str) -> Result<Option<Secret>, KeystoreError> {
        match self.entry(slot)?.get_secret() {
            Ok(bytes) => {
                let bytes = Zeroizing::new(bytes);
                let bytes: [u8; 32] = bytes
                    .as_slice()
                    .try_into()
                    .map_err(|_| KeystoreError::Damaged)?;
                Ok(Some(Secret::new(bytes)))
            }
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(told(error)),
        }
    }

    fn put(&self, slot: &str, secret: &Secret) -> Result<(), KeystoreError> {
        self.entry(slot)?
            .set_secret(secret.as_bytes())
            .map_err(told)
    }

    fn erase(&self, slot: &str) -> Result<(), KeystoreError> {
        match self.entry(slot)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(told(error)),
        }
    }
}

/// The system's own words, with the cause that lies under them.
fn told(error: Error) -> KeystoreError {
    let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
    KeystoreError::Platform(format!("{error}{}", cause.unwrap_or_default()))
}
