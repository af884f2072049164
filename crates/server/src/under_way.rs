//! What is worked on at once: a bound on requests that are being answered.
//!
//! The [`rate`](crate::rate) bounds how often a tablet asks. That alone lets one whose requests each
//! take a minute have hundreds under way, each with all that it unpacks to.

use hemrond_domain::ids::DeviceId;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many requests of one tablet are answered at once. An app has one sync and one wait for news under
/// way; one that gave up waiting and asks again may have as many once more for a while.
const OF_ONE_DEVICE: u32 = 6;

/// How many bodies are unpacked at once; others wait with what came, which is packed. Each takes a
/// processor, and up to twice [`MAX_DECOMPRESSED`](hemrond_protocol::limits::MAX_DECOMPRESSED).
const UNPACKING: usize = 8;

/// The requests that are being answered.
#[derive(Debug)]
pub struct UnderWay {
    devices: Mutex<HashMap<DeviceId, u32>>,
    unpacking: Arc<Semaphore>,
}

impl Default for UnderWay {
    fn default() -> Self {
        Self {
            devices: Mutex::default(),
            unpacking: Arc::new(Semaphore::new(UNPACKING)),
        }
    }
}

impl UnderWay {
    /// A place for one more request of this device; none if it has as many as it may.
    pub fn begin(self: &Arc<Self>, device: DeviceId) -> Option<Place> {
        let mut devices = self.devices.lock().unwrap_or_else(PoisonError::into_inner);
        let count = devices.entry(device).or_default();
        if *count >= OF_ONE_DEVICE {
            return None;
        }
        *count += 1;
        Some(Place(Arc::new(Held {
            all: Arc::clone(self),
            device,
        })))
    }

    /// Waits for the turn to unpack a body; none once the server is gone. It lasts as long as it is held, so
    /// that who hangs up meanwhile does not bring the next turn forward.
    pub async fn unpack(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.unpacking).acquire_owned().await.ok()
    }

    fn end(&self, device: DeviceId) {
        let mut devices = self.devices.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = devices.get_mut(&device) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                devices.remove(&device);
            }
        }
    }
}

/// One request's place, held until every part of its work is done. A thread that works for it keeps a copy:
/// it goes on when who asked has hung up.
#[derive(Debug, Clone)]
pub struct Place(#[allow(dead_code, reason = "held for its end")] Arc<Held>);

#[derive(Debug)]
struct Held {
    all: Arc<UnderWay>,
    device: DeviceId,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.all.end(self.device);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tablet_has_so_many_requests_under_way_and_others_do_not_wait_for_it() {
        let under_way = Arc::new(UnderWay::default());
        let (evas, omars) = (
            DeviceId::from_stored([1; 16]),
            DeviceId::from_stored([2; 16]),
        );
        let mut places: Vec<_> = (0..OF_ONE_DEVICE).map(|_| under_way.begin(evas)).collect();
        assert!(places.iter().all(Option::is_some));
        assert!(under_way.begin(evas).is_none());
        assert!(under_way.begin(omars).is_some());
        let worker = places.pop().flatten();
        let thread = worker.clone();
        drop(worker);
        assert!(
            under_way.begin(evas).is_none(),
            "a thread still works for it"
        );
        drop(thread);
        assert!(under_way.begin(evas).is_some(), "one was answered");
        drop(places);
        assert!(
            under_way
                .devices
                .lock()
                .is_ok_and(|devices| devices.is_empty())
        );
    }
}
