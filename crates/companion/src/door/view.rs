//! What can be seen of the door from outside.

use super::{Door, Inner, index::Why, tries::Tries};
use crate::{
    api::{Connection, DoorState, DoorUser, DoorView, Rights, Settings, Status},
    failure::Outcome,
};

impl Door {
    pub(super) fn view(&self, inner: &Inner) -> DoorView {
        let now = self.world.clock.now();
        let open = inner.open.as_ref();
        let mut users: Vec<DoorUser> = inner
            .index
            .places
            .iter()
            .map(|place| {
                let is_open = open.is_some_and(|opened| opened.id == place.id);
                let tries: Tries = place.tries;
                DoorUser {
                    id: place.id.clone(),
                    name: place.name.clone(),
                    state: match place.shut.map(|shut| shut.why) {
                        Some(Why::Pins) => DoorState::Wiped,
                        Some(Why::Server) => DoorState::Revoked,
                        Some(Why::Copy | Why::CopyOfShutOut) => DoorState::Copy,
                        None if is_open => DoorState::Open,
                        None => DoorState::Locked,
                    },
                    tries_left: tries.left(),
                    wait_seconds: tries.wait(now),
                    rescuable: !place.rescue.is_empty(),
                    unsent: place.unsent.map(|unsent| unsent.items),
                }
            })
            .collect();
        users.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
        DoorView {
            users,
            open: open.map(|opened| opened.id.clone()),
            without_pin: inner.without_pin.clone(),
            key_kept_in: self.key_place(),
            lease_until: open.map(|opened| opened.lease.until()),
            lease_over: open.is_some_and(|opened| opened.lease.is_over()),
            settings: inner.index.settings.clone(),
        }
    }

    /// The status while nobody is in: nothing of anybody's.
    pub(super) fn nobodys_status(&self, inner: &Inner) -> Status {
        Status {
            user: None,
            tablet: None,
            server: None,
            today: self.world.clock.today(),
            connection: Connection::Unknown,
            waiting: 0,
            waiting_since: None,
            refused: 0,
            laid_aside: 0,
            disagreements: 0,
            storage_full: false,
            last_contact: None,
            progress: None,
            key_kept_in: self.key_place(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            settings: inner.index.settings.clone(),
            may: Rights::default(),
        }
    }

    pub(super) fn set_nobodys_settings(
        &self,
        inner: &mut Inner,
        wanted: &Settings,
    ) -> Outcome<Status> {
        inner.index.settings = crate::settings::within_bounds(wanted);
        inner.index.write(&self.folder)?;
        Ok(self.nobodys_status(inner))
    }
}
