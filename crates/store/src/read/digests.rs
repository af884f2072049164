//! The fallback's side: digests of what the server may be expected to hold, by bucket and by
//! document.
//!
//! Withdrawn documents are left out, for the server does not count them as held; and so is what waits
//! to be sent and what the server has refused. Should it have either all the same, because its answer
//! was lost or a colleague's tablet brought it, the digests differ, and the comparison finds it there.

use crate::{
    cell::{Cell as _, Columns},
    error::StoreError,
    item::ItemHash,
    session::Session,
    sql,
    store::Store,
};
use hemrond_domain::record::DocumentId;
use hemrond_protocol::digest::{combine, mix};
use std::collections::{BTreeMap, BTreeSet};

/// The digest of no items at all.
const NOTHING: [u8; 32] = [0; 32];

impl Store {
    /// One digest per bucket, a document's bucket being its id's first byte. Empty ones are left
    /// out.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn bucket_digests(&self) -> Result<Vec<(u8, [u8; 32])>, StoreError> {
        let mut reading = self.read().await?;
        let rows = sql::rows(
            &mut reading,
            "SELECT id, digest FROM documents WHERE withdrawn_at IS NULL AND item_count > 0",
            sql::nothing(),
        )
        .await?;
        let mut buckets: BTreeMap<u8, [u8; 32]> = BTreeMap::new();
        for row in &rows {
            let mut columns = Columns::of(row);
            let id: DocumentId = columns.next()?;
            let [first, ..] = *id.as_bytes();
            combine(buckets.entry(first).or_default(), &columns.next()?);
        }
        for (id, absent) in not_there(&mut reading).await? {
            let [first, ..] = *id.as_bytes();
            if let Some(digest) = buckets.get_mut(&first) {
                combine(digest, &absent);
            }
        }
        buckets.retain(|_, digest| *digest != NOTHING);
        Ok(buckets.into_iter().collect())
    }

    /// The digests of all documents in these buckets, by id.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn document_digests(
        &self,
        buckets: &[u8],
    ) -> Result<Vec<(DocumentId, [u8; 32])>, StoreError> {
        let mut reading = self.read().await?;
        let absent = not_there(&mut reading).await?;
        let mut found = Vec::new();
        for (first, last) in runs(buckets) {
            let mut least = [0; 16];
            let mut most = [0xff; 16];
            least[0] = first;
            most[0] = last;
            let rows = sql::rows(
                &mut reading,
                "SELECT id, digest FROM documents
                 WHERE id BETWEEN ?1 AND ?2 AND withdrawn_at IS NULL AND item_count > 0
                 ORDER BY id",
                sql::with(&least).and(&most),
            )
            .await?;
            for row in &rows {
                let mut columns = Columns::of(row);
                let (id, mut digest) = (columns.next()?, columns.next()?);
                if let Some(absent) = absent.get(&id) {
                    combine(&mut digest, absent);
                }
                if digest != NOTHING {
                    found.push((id, digest));
                }
            }
        }
        Ok(found)
    }

    /// The hashes of a document's items, in the order in which they came.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn hashes(&self, document: DocumentId) -> Result<Vec<ItemHash>, StoreError> {
        self.hashes_where(document, "1").await
    }

    /// As [`Store::hashes`], without those that the server has refused: what the server may be
    /// expected to have, or to take.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn hashes_not_refused(
        &self,
        document: DocumentId,
    ) -> Result<Vec<ItemHash>, StoreError> {
        let condition = "NOT EXISTS (
            SELECT 1 FROM refused
            WHERE refused.document = items.document AND refused.hash = items.hash)";
        self.hashes_where(document, condition).await
    }

    async fn hashes_where(
        &self,
        document: DocumentId,
        condition: &str,
    ) -> Result<Vec<ItemHash>, StoreError> {
        let mut reading = self.read().await?;
        let statement =
            format!("SELECT hash FROM items WHERE document = ?1 AND {condition} ORDER BY position");
        let rows = sql::rows(&mut reading, &statement, sql::with(&document)).await?;
        rows.iter().map(|row| ItemHash::read(row, 0)).collect()
    }
}

/// The first and the last of each run of buckets that follow each other, in order: a run is read at
/// once.
fn runs(buckets: &[u8]) -> Vec<(u8, u8)> {
    let wanted: BTreeSet<u8> = buckets.iter().copied().collect();
    let mut runs: Vec<(u8, u8)> = Vec::new();
    for bucket in wanted {
        match runs.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(bucket) => *last = bucket,
            _ => runs.push((bucket, bucket)),
        }
    }
    runs
}

/// What unsent and refused items add to the digests of their documents; of documents that are not
/// withdrawn.
async fn not_there(reading: &mut Session) -> Result<BTreeMap<DocumentId, [u8; 32]>, StoreError> {
    let rows = sql::rows(
        reading,
        "SELECT document, hash FROM (
             SELECT document, hash FROM refused UNION SELECT document, hash FROM outbox
         ) JOIN documents ON documents.id = document WHERE withdrawn_at IS NULL",
        sql::nothing(),
    )
    .await?;
    let mut digests: BTreeMap<DocumentId, [u8; 32]> = BTreeMap::new();
    for row in &rows {
        let mut columns = Columns::of(row);
        let id: DocumentId = columns.next()?;
        let hash: ItemHash = columns.next()?;
        mix(digests.entry(id).or_default(), id, &hash);
    }
    Ok(digests)
}
