//! Ids that are the same every time.

use sha2::{Digest, Sha256};

/// What all sample data is drawn from.
const SEED: &str = "hemrond sample data 1";

/// Sixteen bytes for the `number`th thing of a sort.
pub(super) fn bytes(sort: &str, number: u64) -> [u8; 16] {
    let digest: [u8; 32] = Sha256::digest(format!("{SEED}/{sort}/{number}")).into();
    let mut id = [0; 16];
    id.copy_from_slice(&digest[..16]);
    id
}

/// A small number below `end`, drawn for the `number`th thing of a sort.
pub(super) fn below(sort: &str, number: u64, end: u64) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = bytes(sort, number);
    u64::from_le_bytes([a, b, c, d, e, f, g, h]) % end.max(1)
}
