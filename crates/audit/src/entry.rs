//! A record as a server took it in: one leaf of its tree.

use crate::tree::{self, Hash};
use hemrond_domain::ids::DeviceId;

/// Keeps an entry's bytes apart from every other bytes of ours.
const DOMAIN: &[u8] = b"hemrond-access-log-entry-1\0";

/// The leaf of a record: what was taken in, from which device and when, in milliseconds since 1970.
#[must_use]
pub fn leaf_of(record: &[u8], sender: DeviceId, received_at: i64) -> Hash {
    let mut data = Vec::with_capacity(DOMAIN.len() + 24 + record.len());
    data.extend_from_slice(DOMAIN);
    data.extend_from_slice(sender.as_bytes());
    data.extend_from_slice(&received_at.to_be_bytes());
    data.extend_from_slice(record);
    tree::leaf(&data)
}

/// The device under whose name a server writes its own chain.
pub const SERVER: DeviceId = DeviceId::from_stored(*b"hemrond-server-1");
