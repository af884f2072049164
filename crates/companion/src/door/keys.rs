//! This tablet's halves of the keys, and the slots that rest on them.
//!
//! A platform's keystore may ask a person before it answers, and a slot takes a good part of a
//! second: both happen on threads where they hold up nobody else.

use super::Door;
use crate::{
    api::KeyPlace,
    failure::{Outcome, Problem},
};
use hemrond_vault::{Cost, Keystore, KeystoreError, Pin, Place, Secret, Slot};
use std::sync::Arc;

impl Door {
    /// Where this tablet's halves lie, as people are told.
    pub(super) fn key_place(&self) -> KeyPlace {
        match self.world.keystore.place() {
            Place::File => KeyPlace::File,
            Place::Platform => KeyPlace::Keystore,
        }
    }

    /// This tablet's half of a place's key.
    pub(super) async fn secret_of(&self, id: &str) -> Outcome<Secret> {
        let id = id.to_owned();
        let found = self.keystore(move |keystore| keystore.get(&id)).await?;
        found.ok_or_else(|| Problem::new("door.key_lost"))
    }

    /// Destroys this tablet's half of a place's key.
    pub(super) async fn erase_secret(&self, id: &str) -> Outcome<()> {
        let id = id.to_owned();
        self.keystore(move |keystore| keystore.erase(&id)).await
    }

    /// Makes this tablet's half for a new place, and a slot with it.
    pub(super) async fn new_slot(&self, key: &Secret, pin: Pin, id: &str) -> Outcome<Slot> {
        let chance = |bytes: &mut [u8]| self.world.randomness.fill(bytes);
        let secret = Secret::draw(&chance);
        let (kept, name) = (secret.clone(), id.to_owned());
        self.keystore(move |keystore| keystore.put(&name, &kept))
            .await?;
        self.seal(key, pin, &secret, id).await
    }

    /// Seals a database key under PIN and this tablet's half.
    pub(super) async fn seal(
        &self,
        key: &Secret,
        pin: Pin,
        secret: &Secret,
        id: &str,
    ) -> Outcome<Slot> {
        let (key, secret, id) = (key.clone(), secret.clone(), id.to_owned());
        let randomness = Arc::clone(&self.world.randomness);
        blocking(move || {
            let chance = |bytes: &mut [u8]| randomness.fill(bytes);
            Slot::seal(&key, &pin, &secret, &id, Cost::USUAL, &chance)
        })
        .await?
        .map_err(|_| Problem::new("door.failed"))
    }

    async fn keystore<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Keystore) -> Result<T, KeystoreError> + Send + 'static,
    ) -> Outcome<T> {
        let keystore = Arc::clone(&self.world.keystore);
        blocking(move || work(&*keystore)).await?.map_err(|error| {
            tracing::error!(%error, "the keystore");
            Problem::new("door.keystore")
        })
    }
}

/// Work that takes a good part of a second, on a thread where it holds up nobody else.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Outcome<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| Problem::new("door.failed"))
}
