//! What is worked on at once: a bound on requests that are being answered.
//!
//! The [`rate`](crate::rate) bounds how often a tablet asks. That alone lets one whose requests each
//! take a minute have hundreds under way, each with all that it unpacks to.

use hemrond_domain::ids::DeviceId;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};
use tokio::sync::{Semaphore, SemaphorePermit};

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
    unpacking: Semaphore,
}

impl Default for UnderWay {
    fn default() -> Self {
        Self {
            devices: Mutex::default(),
            unpacking: Semaphore::new(UNPACKING),
        }
    }
}

impl UnderWay {
    /// A place for one more request of this device; none if it has as many as it may.
    pub fn begin(&self, device: DeviceId) -> Option<Place<'_>> {
        let mut devices = self.devices.lock().unwrap_or_else(PoisonError::into_inner);
        let count = devices.entry(device).or_default();
        if *count >= OF_ONE_DEVICE {
            return None;
        }
        *count += 1;
        Some(Place { all: self, device })
    }

    /// Waits for the turn to unpack a body; none once the server is gone.
    pub async fn unpack(&self) -> Option<SemaphorePermit<'_>> {
        self.unpacking.acquire().await.ok()
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

/// One request's place, held until it is answered or given up.
#[derive(Debug)]
pub struct Place<'a> {
    all: &'a UnderWay,
    device: DeviceId,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.all.end(self.device);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tablet_has_so_many_requests_under_way_and_others_do_not_wait_for_it() {
        let under_way = UnderWay::default();
        let (evas, omars) = (
            DeviceId::from_stored([1; 16]),
            DeviceId::from_stored([2; 16]),
        );
        let mut places: Vec<_> = (0..OF_ONE_DEVICE).map(|_| under_way.begin(evas)).collect();
        assert!(places.iter().all(Option::is_some));
        assert!(under_way.begin(evas).is_none());
        assert!(under_way.begin(omars).is_some());
        places.pop();
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
