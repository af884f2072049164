//! A tablet of an earlier version, which had one user and no PIN.
//!
//! Its database stays where it is; what moves is the key, from the file beside it to behind a PIN.
//! The index that says so is written first and as a whole, and the file is destroyed after: a power
//! cut leaves the old tablet or the new one.

use super::{
    Door, Inner,
    index::{Home, Index, Place},
    unlock::pin,
};
use crate::{
    api::ChoosePin,
    enrolment::Enrolment,
    failure::{Outcome, Problem},
    keys,
    tablet::Companion,
};
use hemrond_store::{Key, Store};
use std::path::Path;

const DATABASE: &str = "tablet.db";

/// Looks whether an earlier version's tablet lies in the folder: the name of its user.
///
/// # Errors
/// When there is one and it cannot be read. It is left as it is.
pub(super) async fn look(folder: &Path, index: &Index) -> Outcome<Option<String>> {
    if index.has_root() {
        // The index was written; a power cut came before the file was destroyed.
        keys::forget(folder)?;
        return Ok(None);
    }
    let path = folder.join(DATABASE);
    if !path.exists() {
        return Ok(None);
    }
    let key = keys::of_earlier_version(folder)?;
    let key = key.ok_or_else(|| Problem::new("store.wrong_key"))?;
    let store = Store::open(&path, &Key::new(*key.as_bytes())).await?;
    let enrolment = Companion::read_enrolment(&store).await;
    store.close().await?;
    Ok(enrolment?.map(|enrolment: Enrolment| enrolment.owner().name))
}

impl Door {
    /// Puts an earlier version's key behind a PIN, and opens the tablet.
    pub(super) async fn choose_pin(&self, inner: &mut Inner, args: &ChoosePin) -> Outcome<()> {
        if inner.without_pin.is_none() {
            return Err(Problem::new("door.has_pin"));
        }
        let pin = pin(&args.pin)?;
        let key = keys::of_earlier_version(&self.folder)?;
        let key = key.ok_or_else(|| Problem::new("store.wrong_key"))?;
        self.lock_up(inner).await?;
        let companion = self.open_database(&self.folder, &key).await?;
        let moved = async {
            let owner = companion.owner().await?;
            let id = hex::encode(self.world.randomness.id());
            let slot = self.new_slot(&key, pin, &id).await?;
            Ok(Place::new(id, Home::Root, &owner, slot))
        };
        let place = match moved.await {
            Ok(place) => place,
            Err(problem) => {
                companion.shut().await?;
                return Err(problem);
            }
        };
        let id = place.id.clone();
        inner.index.settings = companion.settings().await;
        inner.index.places.push(place);
        if let Err(problem) = inner.index.write(&self.folder) {
            inner.index.places.pop();
            companion.shut().await?;
            return Err(problem);
        }
        inner.without_pin = None;
        keys::forget(&self.folder)?;
        let opened = self.opened(inner.index.place(&id)?, companion, key).await?;
        inner.open = Some(opened);
        Self::log_unlocked(inner, 0).await?;
        self.write_lease(inner).await?;
        self.announce(inner);
        Ok(())
    }
}
