//! Locking: hidden at once, sent while that lasts, closed and forgotten.

use super::{
    Door, Inner,
    opened::{Leaving, Opened},
};
use crate::failure::{Outcome, Problem};
use chrono::TimeDelta;
use hemrond_audit::Action;

/// How long a locked database may go on sending.
const SENDS: TimeDelta = TimeDelta::minutes(3);

impl Door {
    /// Locks the tablet for whoever is in. Nothing is shown from here on; what is unsent may go for
    /// a few minutes more.
    pub(super) async fn lock_up(&self, inner: &mut Inner) -> Outcome<()> {
        let Some(mut opened) = inner.open.take() else {
            return Ok(());
        };
        self.announce(inner);
        if let Err(problem) = opened.companion.log_door(Action::Lock, None).await {
            // A full disk must not keep a tablet open.
            tracing::warn!(code = %problem.code, "locking was not written into the log");
        }
        let unsent = opened.companion.unsent().await.ok();
        opened.lease.see(self.world.clock.now());
        let place = inner.index.place_mut(&opened.id)?;
        place.unsent = unsent;
        if let Err(problem) = self.write_lease_of(&mut opened, place).await {
            // The one that was written last counts on; a full disk must not keep a tablet open.
            tracing::warn!(code = %problem.code, "the lease was not written at locking");
        }
        inner.index.settings = opened.companion.settings().await;
        let written = inner.index.write(&self.folder);
        if unsent.is_some_and(|unsent| unsent.items > 0) && opened.runner.is_some() {
            let until = self
                .world
                .clock
                .now()
                .checked_add_signed(SENDS)
                .unwrap_or_default();
            let id = opened.id.clone();
            inner.leaving.insert(id, Leaving { opened, until });
        } else {
            self.shut(inner, opened).await?;
        }
        written
    }

    /// Closes a database and forgets its key.
    pub(super) async fn shut(&self, inner: &mut Inner, mut opened: Opened) -> Outcome<()> {
        if let Some(runner) = opened.runner.take() {
            runner.stop().await;
        }
        let unsent = opened.companion.unsent().await;
        let closed = opened.companion.shut().await;
        if let (Ok(unsent), Ok(place)) = (unsent, inner.index.place_mut(&opened.id))
            && place.unsent != Some(unsent)
        {
            place.unsent = Some(unsent);
            inner.index.write(&self.folder)?;
        }
        closed
    }

    /// Notes that a person is there.
    pub(super) fn touch(&self, inner: &mut Inner) {
        if let Some(opened) = &mut inner.open {
            opened.touched = self.world.clock.now();
        }
    }

    /// Looks whether it is time for something; called every second, and before every command, so
    /// that a tablet that slept shows nothing when it wakes.
    pub async fn tick(&self) {
        let mut inner = self.inner.lock().await;
        self.look(&mut inner).await;
    }

    pub(super) async fn look(&self, inner: &mut Inner) {
        if let Err(problem) = self.look_or_fail(inner).await {
            tracing::warn!(code = %problem.code, "the door could not do what was due");
        }
    }

    async fn look_or_fail(&self, inner: &mut Inner) -> Outcome<()> {
        let now = self.world.clock.now();
        if let Some(opened) = &mut inner.open {
            // A clock that was set back begins anew.
            opened.touched = opened.touched.min(now);
            if now - opened.touched >= TimeDelta::minutes(i64::from(opened.lock_minutes)) {
                tracing::info!("nobody was there; the tablet locks");
                self.lock_up(inner).await?;
            }
        }
        if let Some(opened) = &mut inner.open {
            opened.lease.see(now);
        }
        let told = inner.open.as_mut().is_some_and(|opened| {
            let over = opened.lease.is_over();
            std::mem::replace(&mut opened.told_over, over) != over
        });
        if told {
            self.announce(inner);
        }
        self.write_lease(inner).await?;
        let mut done = Vec::new();
        for (id, leaving) in &inner.leaving {
            let sent = leaving.opened.companion.has_sent_all().await;
            if matches!(sent, Ok(true)) || now >= leaving.until {
                done.push(id.clone());
            }
        }
        for id in done {
            if let Some(leaving) = inner.leaving.remove(&id) {
                self.shut(inner, leaving.opened).await?;
            }
        }
        Ok(())
    }

    /// The open user's id, or the problem that nobody is in.
    pub(super) fn who_is_in(inner: &Inner) -> Outcome<String> {
        let open = inner.open.as_ref();
        open.map(|opened| opened.id.clone())
            .ok_or_else(|| Problem::new("door.locked"))
    }
}
