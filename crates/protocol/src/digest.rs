//! Digests of documents and buckets: equal sets of items have equal digests, in any order.
//!
//! Both ends work them out by themselves and compare, so that the formula stands here once.

use crate::{Digest, ItemHash};
use hemrond_domain::record::DocumentId;
use sha2::{Digest as _, Sha256};

/// Adds an item to a document's digest, or takes it out again.
///
/// The document's id is hashed in, so that a bucket's digest is the exclusive-or of its documents'.
pub fn mix(digest: &mut Digest, document: DocumentId, item: &ItemHash) {
    let mut hash = Sha256::new();
    hash.update(document.as_bytes());
    hash.update(item);
    combine(digest, &hash.finalize().into());
}

/// Adds a document's digest to its bucket's, or takes it out again.
pub fn combine(digest: &mut Digest, other: &Digest) {
    for (byte, other) in digest.iter_mut().zip(other) {
        *byte ^= other;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_items_does_not_show_and_the_document_does() {
        let of = |document: u8, items: [u8; 2]| {
            let mut digest = [0; 32];
            for item in items {
                mix(
                    &mut digest,
                    DocumentId::from_bytes([document; 16]),
                    &[item; 32],
                );
            }
            digest
        };
        assert_eq!(of(1, [5, 6]), of(1, [6, 5]));
        assert_ne!(of(1, [5, 6]), of(2, [5, 6]));
        assert_eq!(of(1, [5, 5]), [0; 32]);
    }
}
