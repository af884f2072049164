//! Back in after a wiped key or a forgotten PIN: the server gives the key back for a one-time code.

use super::{Door, Inner, tries::Tries, unlock::pin};
use crate::{
    api::Recover,
    enrolment::{self, Owner},
    failure::{Outcome, Problem},
};
use hemrond_vault::Secret;

impl Door {
    /// Gets a place's key back and opens it under a new PIN, with everything that was unsent.
    pub(super) async fn recover(&self, inner: &mut Inner, args: &Recover) -> Outcome<()> {
        let pin = pin(&args.pin)?;
        let place = inner.index.place(&args.user)?;
        if place.rescue.is_empty() {
            return Err(Problem::new("door.no_rescue"));
        }
        let server = args.server.trim();
        let owner = Owner {
            user: place.user,
            name: place.name.clone(),
            tablet: place.tablet.clone(),
            server: if server.is_empty() {
                place.server.clone()
            } else {
                server.to_owned()
            },
            rescue_key: None,
        };
        let (transport, randomness) = (&*self.world.transport, &*self.world.randomness);
        let rescued = enrolment::rescue(
            transport,
            randomness,
            &owner,
            &args.code,
            args.sign_in.as_ref(),
            &place.rescue,
        )
        .await?;
        let was_shut_out = place.shut.is_some_and(|shut| shut.why.is_shut_out());
        let folder = place.folder(&self.folder);
        let mut bytes = zeroize::Zeroizing::new([0; 32]);
        hex::decode_to_slice(&rescued.key, bytes.as_mut_slice())
            .map_err(|_| Problem::new("transport.not_hemrond"))?;
        let key = Secret::new(*bytes);
        self.let_go_of(inner, &args.user).await?;
        self.lock_up(inner).await?;
        let companion = self.open_database(&folder, &key).await?;
        let readied = async {
            // With its own key a tablet is the same one again; only one that was shut out goes on
            // as another.
            if was_shut_out {
                companion.go_on_as(rescued).await?;
            }
            self.new_slot(&key, pin, &args.user).await
        };
        let slot = match readied.await {
            Ok(slot) => slot,
            Err(problem) => {
                companion.shut().await?;
                return Err(problem);
            }
        };
        let place = inner.index.place_mut(&args.user)?;
        place.slot = Some(slot);
        place.shut = None;
        place.exported = false;
        place.unsent = None;
        place.tries = Tries::default();
        place.write_tries(&self.folder)?;
        if let Err(problem) = inner.index.write(&self.folder) {
            companion.shut().await?;
            return Err(problem);
        }
        self.come_in(inner, &args.user, companion, key).await?;
        Self::log_unlocked(inner, 0).await
    }

    /// Closes a place's database wherever it is open still.
    pub(super) async fn let_go_of(&self, inner: &mut Inner, id: &str) -> Outcome<()> {
        if inner.open.as_ref().is_some_and(|opened| opened.id == id) {
            self.lock_up(inner).await?;
        }
        match inner.leaving.remove(id) {
            Some(leaving) => self.shut(inner, leaving.opened).await,
            None => Ok(()),
        }
    }
}
