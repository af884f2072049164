//! A new user on this tablet.

use super::{
    Door, Inner,
    index::{self, Home, Place},
    lease::Lease,
    unlock::pin,
};
use crate::{
    api::{Command, Enrol, Failure},
    dispatch::answer,
    enrolment::Owner,
    failure::{Outcome, Problem},
    tablet::Companion,
};
use hemrond_audit::Action;
use hemrond_vault::{Pin, Secret, rescue::RescuePublicKey};
use serde_json::Value;
use std::{path::Path, sync::Arc};
use tokio::sync::MutexGuard;

impl Door {
    /// Adds a user with a one-time code and a PIN, and opens the tablet for them.
    ///
    /// Where the open tablet's server has forgotten it, the same database is enrolled anew; its PIN
    /// stays as it is.
    pub(super) async fn enrol(
        &self,
        mut inner: MutexGuard<'_, Inner>,
        args: Enrol,
    ) -> Outcome<Result<Value, Failure>> {
        if let Some(opened) = &mut inner.open
            && opened.companion.is_unknown_to_server().await
        {
            opened.touched = self.world.clock.now();
            let companion = Arc::clone(&opened.companion);
            drop(inner);
            return Ok(companion.call(Command::Enrol(args)).await);
        }
        let pin = pin(&args.pin)?;
        let id = hex::encode(self.world.randomness.id());
        let folder = index::begin_home(&self.folder, &id)?;
        let added = self.add(&mut inner, &args, pin, &id, &folder).await;
        match added {
            Ok(status) => Ok(Ok(status)),
            Err(problem) => {
                // Nobody was told that anything is kept there.
                if let Err(error) = std::fs::remove_dir_all(&folder) {
                    tracing::warn!(%error, "an unfinished user's folder was not removed");
                }
                self.erase_secret(&id).await?;
                Err(problem)
            }
        }
    }

    async fn add(
        &self,
        inner: &mut Inner,
        args: &Enrol,
        pin: Pin,
        id: &str,
        folder: &Path,
    ) -> Outcome<Value> {
        let chance = |bytes: &mut [u8]| self.world.randomness.fill(bytes);
        let key = Secret::draw(&chance);
        let slot = self.new_slot(&key, pin, id).await?;
        let companion = self.open_database(folder, &key).await?;
        let enrolled = async {
            companion.enrol(args).await?;
            companion.log_door(Action::Enrol, None).await?;
            let owner = companion.owner().await?;
            let mut place = Place::new(id.to_owned(), Home::Own, &owner, slot);
            place.rescue = self.seal_for_server(&owner, &key)?;
            Ok(place)
        };
        let place = match enrolled.await {
            Ok(place) => place,
            Err(problem) => {
                companion.shut().await?;
                return Err(problem);
            }
        };
        if let Err(problem) = self.lock_up(inner).await {
            tracing::warn!(code = %problem.code, "the one before was not locked well");
        }
        inner.index.places.push(place);
        if let Err(problem) = inner.index.write(&self.folder) {
            inner.index.places.pop();
            companion.shut().await?;
            return Err(problem);
        }
        index::finish_home(folder)?;
        self.come_in(inner, id, companion, key).await?;
        let Some(opened) = &inner.open else {
            return Err(Problem::new("door.locked"));
        };
        let companion = Arc::clone(&opened.companion);
        let status = companion.status_now().await;
        companion.wake.notify_one();
        answer(status)
    }

    /// Opens the tablet for someone whom the server has just named: that was contact.
    pub(super) async fn come_in(
        &self,
        inner: &mut Inner,
        id: &str,
        companion: Companion,
        key: Secret,
    ) -> Outcome<()> {
        let mut opened = self.opened(inner.index.place(id)?, companion, key).await?;
        opened.lease = Lease::granted(self.world.clock.now(), None);
        inner.open = Some(opened);
        self.write_lease(inner).await?;
        self.announce(inner);
        Ok(())
    }

    /// The database key, sealed to the server; empty where the server cannot give one back.
    pub(super) fn seal_for_server(&self, owner: &Owner, key: &Secret) -> Outcome<Vec<u8>> {
        let Some(rescue_key) = &owner.rescue_key else {
            return Ok(Vec::new());
        };
        let chance = |bytes: &mut [u8]| self.world.randomness.fill(bytes);
        RescuePublicKey::parse(rescue_key)
            .and_then(|rescue_key| rescue_key.seal(key, owner.user.as_bytes(), &chance))
            .map_err(|error| {
                tracing::error!(%error, "the server's rescue key");
                Problem::new("transport.not_hemrond")
            })
    }
}
