//! PIN in, database open.

use super::{
    Door, Inner,
    index::{Place, Shut, Why},
    keys::blocking,
    lease::Lease,
    opened::{Listening, Opened},
    tries::{MOST, Tries},
};
use crate::{
    api::{ChangePin, Typed, Unlock},
    failure::{Outcome, Problem},
    sync::Runner,
    tablet::Companion,
};
use hemrond_audit::Action;
use hemrond_store::Key;
use hemrond_vault::{BadPin, OpenError, Pin, Secret, note};
use std::{path::Path, sync::Arc};

/// The key under which a user's store keeps its lease.
const LEASE: &str = "lease";

impl Door {
    /// Opens a user's database, and locks the one before.
    ///
    /// Where the lease is over it is open for contact only, and the problem says so.
    pub(super) async fn unlock(&self, inner: &mut Inner, args: &Unlock) -> Outcome<()> {
        let wrong = inner.index.place(&args.user)?.tries.wrong();
        let key = self.try_pin(inner, &args.user, &args.pin).await?;
        if inner.open.as_ref().is_some_and(|open| open.id == args.user) {
            self.touch(inner);
        } else {
            self.lock_up(inner).await?;
            match inner.leaving.remove(&args.user) {
                // It never closed: the same database goes on.
                Some(leaving) => inner.open = Some(leaving.opened),
                None => {
                    let folder = inner.index.place(&args.user)?.folder(&self.folder);
                    let companion = self.open_database(&folder, &key).await?;
                    let opened = self
                        .opened(inner.index.place(&args.user)?, companion, key)
                        .await?;
                    inner.open = Some(opened);
                }
            }
            self.touch(inner);
            let now = self.world.clock.now();
            if let Some(opened) = &mut inner.open {
                opened.lease.see(now);
            }
        }
        let noted = async {
            self.note_in_use(inner, &args.user)?;
            Self::log_unlocked(inner, wrong).await?;
            self.write_lease(inner).await
        };
        if let Err(problem) = noted.await {
            // A full disk must not keep anybody out; what was written last counts on.
            tracing::warn!(code = %problem.code, "unlocking was not noted on the disk");
        }
        self.announce(inner);
        match &inner.open {
            Some(opened) if opened.lease.is_over() => Err(Problem::new("door.lease_over")),
            _ => Ok(()),
        }
    }

    /// Logs that the tablet was unlocked, and how many wrong PINs came before.
    pub(super) async fn log_unlocked(inner: &Inner, wrong: u8) -> Outcome<()> {
        let Some(opened) = &inner.open else {
            return Ok(());
        };
        if wrong > 0 {
            let times = format!("{wrong} wrong PIN");
            opened
                .companion
                .log_door(Action::LoginFailed, Some(&times))
                .await?;
        }
        opened.companion.log_door(Action::Unlock, None).await
    }

    /// Notes that from here on more may be unsent than was known, and than was copied.
    pub(super) fn note_in_use(&self, inner: &mut Inner, id: &str) -> Outcome<()> {
        let place = inner.index.place_mut(id)?;
        if place.unsent.take().is_some() || place.exported {
            place.exported = false;
            inner.index.write(&self.folder)?;
        }
        Ok(())
    }

    /// Gives a user another PIN, if they know the one before.
    pub(super) async fn change_pin(&self, inner: &mut Inner, args: &ChangePin) -> Outcome<()> {
        let open = inner.open.as_ref();
        let id = open.map(|open| open.id.clone());
        let id = id.ok_or_else(|| Problem::new("door.locked"))?;
        let new = pin(&args.new)?;
        let key = self.try_pin(inner, &id, &args.old).await?;
        let secret = self.secret_of(&id).await?;
        let slot = self.seal(&key, new, &secret, &id).await?;
        inner.index.place_mut(&id)?.slot = Some(slot);
        inner.index.write(&self.folder)
    }

    /// The database key of a place, for its PIN. The try is on disk before it is known whether it
    /// is right: pulling the battery gives no try back.
    pub(super) async fn try_pin(
        &self,
        inner: &mut Inner,
        id: &str,
        typed: &Typed,
    ) -> Outcome<Secret> {
        let now = self.world.clock.now();
        let place = inner.index.place_mut(id)?;
        if let Some(shut) = place.shut {
            return Err(shut_problem(shut, place));
        }
        if place.tries.left() == 0 {
            // The tenth was counted, and the disk took no more of it.
            return Err(self.out_of_tries(inner, id).await?);
        }
        // What cannot be a PIN cannot be this one, and costs no try.
        let pin = pin(typed)?;
        let moved = place.tries.see(now);
        let wait = place.tries.wait(now);
        if wait > 0 {
            if moved {
                place.write_tries(&self.folder)?;
            }
            return Err(Problem::new("door.wait").with("seconds", wait));
        }
        let slot = place.slot.clone();
        let slot = slot.ok_or_else(|| Problem::new("door.wiped"))?;
        let secret = self.secret_of(id).await?;
        let place = inner.index.place_mut(id)?;
        let before = place.tries;
        place.tries.count(now);
        place.write_tries(&self.folder)?;
        let owner = id.to_owned();
        let opened = blocking(move || slot.open(&pin, &secret, &owner)).await?;
        let place = inner.index.place_mut(id)?;
        match opened {
            Ok(key) => {
                place.tries = Tries::default();
                place.write_tries(&self.folder)?;
                Ok(key)
            }
            Err(OpenError::Failed) => {
                place.tries = before;
                place.write_tries(&self.folder)?;
                Err(Problem::new("door.failed"))
            }
            Err(OpenError::Wrong) if place.tries.left() == 0 => {
                Err(self.out_of_tries(inner, id).await?)
            }
            Err(OpenError::Wrong) => {
                let left = place.tries.left();
                let code = match (left > 3, place.rescue.is_empty()) {
                    (true, _) => Problem::new("door.wrong_pin"),
                    // From the seventh on they are told what is at stake.
                    (false, false) => Problem::new("door.wrong_pin_soon"),
                    (false, true) => Problem::new("door.wrong_pin_soon_lost"),
                };
                Err(code
                    .with("left", left)
                    .with("most", MOST)
                    .with("seconds", place.tries.wait(now)))
            }
        }
    }

    /// Destroys the key of a place that has no try left; what to tell then.
    async fn out_of_tries(&self, inner: &mut Inner, id: &str) -> Outcome<Problem> {
        self.wipe(inner, id, Why::Pins).await?;
        self.announce(inner);
        let place = inner.index.place(id)?;
        let shut = place.shut.map(|shut| shut_problem(shut, place));
        Ok(shut.unwrap_or_else(|| Problem::new("door.wiped")))
    }

    /// Destroys a place's key. The database stays where it is; nothing on this tablet opens it.
    ///
    /// This tablet's half of the key goes whatever else fails: a full disk, which anybody can fill, keeps no
    /// key alive.
    pub(super) async fn wipe(&self, inner: &mut Inner, id: &str, why: Why) -> Outcome<()> {
        let open = inner.open.take_if(|opened| opened.id == id);
        let leaving = inner.leaving.remove(id).map(|leaving| leaving.opened);
        for opened in open.into_iter().chain(leaving) {
            if let Err(problem) = self.shut(inner, opened).await {
                tracing::warn!(code = %problem.code, "a database whose key goes was not closed in order");
            }
        }
        let at = self.world.clock.now();
        let place = inner.index.place_mut(id)?;
        place.slot = None;
        place.lease = Vec::new();
        place.shut = Some(Shut { why, at });
        let written = inner.index.write(&self.folder);
        self.erase_secret(id).await?;
        written
    }

    pub(super) async fn open_database(&self, folder: &Path, key: &Secret) -> Outcome<Companion> {
        let key = Key::new(*key.as_bytes());
        Companion::open(folder, &key, self.environment()).await
    }

    /// Puts everything around an open database that it needs.
    pub(super) async fn opened(
        &self,
        place: &Place,
        companion: Companion,
        key: Secret,
    ) -> Outcome<Opened> {
        let lease = self.read_lease(place, &companion, &key).await?;
        let lock_minutes = companion.settings().await.lock_minutes;
        let companion = Arc::new(companion);
        let runner = self
            .world
            .background
            .then(|| Runner::start(Arc::clone(&companion)));
        Ok(Opened {
            id: place.id.clone(),
            _news: Listening(self.listen(&place.id, &companion)),
            companion,
            key,
            runner,
            touched: self.world.clock.now(),
            lock_minutes,
            lease,
            written: None,
            told_over: false,
        })
    }

    /// The lease as database and slot know it; where they differ one is an older copy.
    async fn read_lease(
        &self,
        place: &Place,
        companion: &Companion,
        key: &Secret,
    ) -> Outcome<Lease> {
        let now = self.world.clock.now();
        let stored = companion.store().meta_get(LEASE).await?;
        let stored = stored.map(|text| Lease::parse(text.as_bytes()).unwrap_or(Lease::over(now)));
        let sealed = (!place.lease.is_empty()).then(|| {
            let opened = note::open(key, &lease_label(&place.id), &place.lease);
            // Changed by somebody who does not have the key: it vouches for nothing.
            opened
                .and_then(|text| Lease::parse(&text))
                .unwrap_or(Lease::over(now))
        });
        let mut lease = match (stored, sealed) {
            (Some(stored), Some(sealed)) => stored.stricter(sealed),
            (Some(lease), None) | (None, Some(lease)) => lease,
            // From before there were leases: a shift from the last contact.
            (None, None) => match companion.store().sync_position().await?.last_contact {
                Some(contact) => Lease::granted(contact, None),
                None => Lease::over(now),
            },
        };
        lease.see(now);
        Ok(lease)
    }

    /// Writes the open user's lease to database and slot, where it is worth the write.
    pub(super) async fn write_lease(&self, inner: &mut Inner) -> Outcome<()> {
        let Some(opened) = &mut inner.open else {
            return Ok(());
        };
        if !opened.lease.is_worth_writing(opened.written.as_ref()) {
            return Ok(());
        }
        let place = inner.index.place_mut(&opened.id)?;
        self.write_lease_of(opened, place).await?;
        inner.index.write(&self.folder)
    }

    /// The same for a database that is being locked.
    pub(super) async fn write_lease_of(
        &self,
        opened: &mut Opened,
        place: &mut Place,
    ) -> Outcome<()> {
        let text = serde_json::to_string(&opened.lease)
            .map_err(|error| Problem::new("store.io").with("detail", error))?;
        opened.companion.store().meta_set(LEASE, &text).await?;
        let chance = |bytes: &mut [u8]| self.world.randomness.fill(bytes);
        let label = lease_label(&place.id);
        let sealed = note::seal(&opened.key, &label, text.as_bytes(), &chance);
        place.lease = sealed.ok_or_else(|| Problem::new("door.failed"))?;
        opened.written = Some(opened.lease);
        Ok(())
    }
}

fn lease_label(id: &str) -> String {
    format!("hemrond-lease-1 {id}")
}

/// A PIN that keeps the rules.
pub(super) fn pin(typed: &Typed) -> Outcome<Pin> {
    Pin::new(typed.text()).map_err(|bad| match bad {
        BadPin::Digits => Problem::new("door.pin_digits"),
        BadPin::AllSame => Problem::new("door.pin_all_same"),
        BadPin::Run => Problem::new("door.pin_run"),
    })
}

/// Why a place opens no longer, and what to do.
fn shut_problem(shut: Shut, place: &Place) -> Problem {
    match (shut.why, place.rescue.is_empty()) {
        (Why::Server, _) => Problem::new("door.revoked"),
        (Why::Pins, false) => Problem::new("door.wiped"),
        (Why::Copy | Why::CopyOfShutOut, _) => Problem::new("door.copy"),
        (Why::Pins, true) => Problem::new("door.wiped_lost"),
    }
}
