//! What contact with the server means for the door: a longer lease, or none ever again.

use super::{Door, Inner, index::Why, lease::Lease};
use crate::{
    api::{Connection, Event},
    failure::Outcome,
    tablet::{Companion, Unsent},
};
use std::sync::Arc;
use tokio::{sync::broadcast::error::RecvError, task::JoinHandle};

/// What a server says to a tablet that it has shut out, and to one whose user it has.
const SHUT_OUT: [&str; 2] = ["device.revoked", "user.inactive"];

impl Door {
    /// Hands a companion's news on to the faces while its user is in, and takes note of contact.
    pub(super) fn listen(&self, id: &str, companion: &Arc<Companion>) -> JoinHandle<()> {
        let mut news = companion.subscribe();
        let (door, id) = (self.this.clone(), id.to_owned());
        tokio::spawn(async move {
            loop {
                match news.recv().await {
                    Ok(event) => {
                        let Some(door) = door.upgrade() else { return };
                        door.hear(&id, event).await;
                    }
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return,
                }
            }
        })
    }

    async fn hear(&self, id: &str, event: Event) {
        let is_status = matches!(event, Event::Status { .. });
        let contact = match &event {
            Event::Status { status } => {
                matches!(status.connection, Connection::Online | Connection::Rejected)
            }
            _ => false,
        };
        let inner = self.inner.lock().await;
        let open = inner.open.as_ref().filter(|opened| opened.id == id);
        if open.is_some_and(|opened| is_status || !opened.lease.is_over()) {
            // Nobody listening is fine.
            let _ = self.events.send(event);
        }
        drop(inner);
        if contact {
            let (door, id) = (self.this.clone(), id.to_owned());
            // A task of its own: a key that is erased there ends the one that listens here.
            tokio::spawn(async move {
                let Some(door) = door.upgrade() else { return };
                let mut inner = door.inner.lock().await;
                if let Err(problem) = door.take_note(&mut inner, &id).await {
                    tracing::warn!(code = %problem.code, "contact was not taken note of");
                }
            });
        }
    }

    /// Takes note of what the server's last answer said. True if it shut this tablet out: then the
    /// key is gone.
    pub(super) async fn take_note(&self, inner: &mut Inner, id: &str) -> Outcome<bool> {
        let leaving = inner.leaving.get(id).map(|leaving| &leaving.opened);
        let open = inner.open.as_ref().filter(|opened| opened.id == id);
        let Some(companion) = open.or(leaving).map(|opened| Arc::clone(&opened.companion)) else {
            // Whoever heard of it first may have erased the key already.
            let shut = inner.index.place(id).ok().and_then(|place| place.shut);
            return Ok(shut.is_some_and(|shut| shut.why == Why::Server));
        };
        let refusal = companion.refusal().await;
        if refusal.is_some_and(|code| SHUT_OUT.contains(&code.as_str())) {
            self.revoke(inner, id).await?;
            return Ok(true);
        }
        let Some(granted) = companion.take_granted() else {
            return Ok(false);
        };
        let open = inner.open.as_mut().filter(|opened| opened.id == id);
        let leaving = inner.leaving.get_mut(id).map(|leaving| &mut leaving.opened);
        if let Some(opened) = open.or(leaving) {
            opened.lease = Lease::granted(granted.at, granted.seconds);
            opened.lease.see(self.world.clock.now());
            if opened.told_over && !opened.lease.is_over() {
                opened.told_over = false;
                self.announce(inner);
            }
        }
        self.write_lease(inner).await?;
        Ok(false)
    }

    /// Erases the key at this contact. The database goes with it where nothing is unsent; else it
    /// stays, and opens only with a key that the server gives back.
    async fn revoke(&self, inner: &mut Inner, id: &str) -> Outcome<()> {
        tracing::warn!("the server shut this tablet out; the key is erased");
        self.wipe(inner, id, Why::Server).await?;
        let place = inner.index.place(id)?;
        if place.unsent == Some(Unsent::default()) {
            place.remove_files(&self.folder)?;
        }
        self.announce(inner);
        Ok(())
    }
}
