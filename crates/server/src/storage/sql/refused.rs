//! What was refused, kept so that nothing a person wrote is only on one side.

use super::{Connection, StorageError, convert};
use crate::storage::{
    Asker, PushedDocument, PushedItem, RefusedItem,
    records::{REFUSED_KEPT, keeps_bytes},
};
use hemrond_domain::{ids::DeviceId, record::DocumentId};
use hemrond_sync::acceptance::{Finding, Reason, Verdict};
use sha2::{Digest, Sha256};

/// Keeps the refused items of a push.
pub(super) async fn keep(
    connection: &mut Connection,
    asker: &Asker,
    documents: &[PushedDocument],
    verdicts: &[Vec<Verdict>],
    now: i64,
) -> Result<(), StorageError> {
    let mut kept = false;
    for (document, verdicts) in documents.iter().zip(verdicts) {
        let id = document
            .header
            .as_ref()
            .ok()
            .map(hemrond_domain::record::Header::id);
        for (item, verdict) in document.items.iter().zip(verdicts) {
            if let Verdict::Refused(reason) = verdict
                && !reason.leaves_waiting()
            {
                keep_one(connection, asker, id, item, *reason, now).await?;
                kept = true;
            }
        }
    }
    if kept {
        forget_oldest(connection, asker).await?;
    }
    Ok(())
}

async fn keep_one(
    connection: &mut Connection,
    asker: &Asker,
    document: Option<DocumentId>,
    item: &PushedItem,
    reason: Reason,
    now: i64,
) -> Result<(), StorageError> {
    let hash = match &item.offered.finding {
        Finding::Change(change) => Some(change.hash),
        Finding::Entry(entry) => Some(entry.hash),
        Finding::Refused(_, hash) => *hash,
    };
    let bytes = if keeps_bytes(item, reason) {
        item.bytes.clone()
    } else {
        Vec::new()
    };
    sqlx::query(
        "INSERT INTO refused_items \
         (device_id, bytes_sha256, document_id, hash, code, bytes, refused_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) \
         ON CONFLICT (device_id, bytes_sha256) DO UPDATE SET code = excluded.code, \
         document_id = excluded.document_id, refused_at = excluded.refused_at",
    )
    .bind(asker.device.as_bytes().to_vec())
    .bind(Sha256::digest(&item.bytes).to_vec())
    .bind(document.map(|id| id.as_bytes().to_vec()))
    .bind(hash.map(|hash| hash.to_vec()))
    .bind(reason.code())
    .bind(bytes)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

async fn forget_oldest(connection: &mut Connection, asker: &Asker) -> Result<(), StorageError> {
    sqlx::query(
        "DELETE FROM refused_items WHERE device_id = $1 AND bytes_sha256 NOT IN \
         (SELECT bytes_sha256 FROM refused_items WHERE device_id = $1 \
         ORDER BY refused_at DESC, bytes_sha256 LIMIT $2)",
    )
    .bind(asker.device.as_bytes().to_vec())
    .bind(i64::try_from(REFUSED_KEPT).unwrap_or(i64::MAX))
    .execute(connection)
    .await?;
    Ok(())
}

/// Document, code, bytes, moment.
type RefusedRow = (Option<Vec<u8>>, String, Vec<u8>, i64);

/// What a device sent and was refused, newest first.
pub(super) async fn of(
    connection: &mut Connection,
    device: DeviceId,
) -> Result<Vec<RefusedItem>, StorageError> {
    let rows: Vec<RefusedRow> = sqlx::query_as(
        "SELECT document_id, code, bytes, refused_at FROM refused_items WHERE device_id = $1 \
         ORDER BY refused_at DESC, bytes_sha256",
    )
    .bind(device.as_bytes().to_vec())
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|(document, code, bytes, refused_at)| {
            let document = document
                .map(convert::id)
                .transpose()?
                .map(DocumentId::from_bytes);
            Ok(RefusedItem {
                document,
                code,
                bytes,
                refused_at,
            })
        })
        .collect()
}
