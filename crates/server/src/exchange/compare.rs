//! The fallback: what the tablet holds against what the server holds.

use crate::storage::{Asker, Storage, StorageError};
use hemrond_domain::record::DocumentId;
use hemrond_protocol::{
    Bucket, Digest, DigestAnswer, DocumentDigest, HeldDocument, WireId, digest::combine,
};
use std::collections::{BTreeMap, BTreeSet};

/// In place of the names of all items of a document that a tablet holds nothing of: it lacks whatever
/// bears this name, which is no item's, and asks for the document. One item's real name would not do, for
/// the tablet may hold just that one unsent, its answer lost.
const NO_ITEM: [u8; 32] = [0; 32];

/// What came of comparing documents.
#[derive(Debug, Default)]
pub(super) struct Compared {
    /// Documents that differ or that the tablet lacks.
    pub(super) differing: Vec<HeldDocument>,
    /// Documents that the tablet holds and the server does not.
    pub(super) missing: Vec<WireId>,
    /// Documents that the tablet holds and may not read.
    pub(super) gone: Vec<DocumentId>,
}

/// The buckets that differ, and the feed's position at which they did.
pub(super) async fn buckets(
    storage: &dyn Storage,
    asker: &Asker,
    held: &[Bucket],
) -> Result<DigestAnswer, StorageError> {
    let (ours, head) = storage.digests(asker).await?;
    let mut differences: BTreeMap<u8, Digest> = BTreeMap::new();
    for document in &ours {
        let first = document.document.as_bytes()[0];
        combine(differences.entry(first).or_default(), &document.digest);
    }
    for bucket in held {
        combine(differences.entry(bucket.first).or_default(), &bucket.digest);
    }
    let differing = differences
        .into_iter()
        .filter(|(_, difference)| *difference != [0; 32])
        .map(|(first, _)| first)
        .collect();
    Ok(DigestAnswer::Buckets(differing, head))
}

/// The documents in some buckets that differ.
pub(super) async fn documents(
    storage: &dyn Storage,
    asker: &Asker,
    buckets: &[u8],
    held: &[DocumentDigest],
) -> Result<Compared, StorageError> {
    let buckets: BTreeSet<u8> = buckets.iter().copied().collect();
    let theirs: BTreeMap<DocumentId, Digest> = held
        .iter()
        .map(|document| (document.document.into(), document.digest))
        .collect();
    let (ours, _) = storage.digests(asker).await?;
    let mut readable = BTreeSet::new();
    let mut differing = Vec::new();
    for document in ours {
        readable.insert(document.document);
        let asked = buckets.contains(&document.document.as_bytes()[0]);
        if asked && theirs.get(&document.document) != Some(&document.digest) {
            differing.push(document.document);
        }
    }
    // What the tablet holds nothing of it asks for whole: naming every item would carry more than they do.
    let (partly, lacking): (Vec<DocumentId>, Vec<DocumentId>) = differing
        .into_iter()
        .partition(|document| theirs.contains_key(document));
    let mut hashes = storage.hashes(&partly).await?;
    let partly = partly.into_iter().map(|document| {
        let hashes = hashes.remove(&document).unwrap_or_default();
        (document, hashes.concat())
    });
    let lacking = lacking.into_iter().map(|id| (id, NO_ITEM.to_vec()));
    let differing = partly
        .chain(lacking)
        .map(|(document, hashes)| HeldDocument {
            document: document.into(),
            hashes,
        })
        .collect();
    let strange: Vec<DocumentId> = theirs
        .into_keys()
        .filter(|document| !readable.contains(document))
        .collect();
    // A colleague may have given one of them back since the digests were read: what is there and
    // readable by now must not be called gone. It counts as missing, and is known when it comes.
    let withheld = storage.withheld(asker, &strange).await?;
    let withheld: BTreeSet<DocumentId> = withheld.into_iter().collect();
    let (gone, missing): (Vec<_>, Vec<_>) = strange
        .into_iter()
        .partition(|document| withheld.contains(document));
    Ok(Compared {
        differing,
        missing: missing.into_iter().map(WireId::from).collect(),
        gone,
    })
}
