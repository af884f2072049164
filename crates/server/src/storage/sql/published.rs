//! What was published, as far as it says whom it concerns.

use super::{Connection, StorageError, convert};
use crate::storage::Publication;
use hemrond_domain::{
    ids::{DeviceId, OrganisationId, UnitId, UserId},
    record::DocumentKind,
};
use hemrond_policy::Resource;

/// Position, kind, organisation, unit, audience, device.
type Row = (
    i64,
    String,
    Vec<u8>,
    Option<Vec<u8>>,
    Option<Vec<u8>>,
    Option<Vec<u8>>,
);

/// What was published after a position, in order.
pub(super) async fn published(
    connection: &mut Connection,
    after: u64,
    most: usize,
) -> Result<Vec<Publication>, StorageError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT f.seq, d.kind, d.organisation_id, d.unit_id, f.audience_id, i.device_id \
         FROM feed f JOIN documents d ON d.id = f.document_id \
         LEFT JOIN items i ON i.document_id = f.document_id AND i.hash = f.item_hash \
         WHERE f.seq > $1 AND f.event <> 4 ORDER BY f.seq LIMIT $2",
    )
    .bind(convert::number(after))
    .bind(i64::try_from(most).unwrap_or(i64::MAX))
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(publication).collect()
}

fn publication(row: Row) -> Result<Publication, StorageError> {
    let (position, kind, organisation, unit, audience, device) = row;
    let kind: DocumentKind = kind
        .parse()
        .map_err(|_| StorageError::Damaged("a document's kind is unknown"))?;
    Ok(Publication {
        position: convert::position(position)?,
        about: Resource {
            kind,
            class: kind.class(),
            organisation: OrganisationId::from_stored(convert::id(organisation)?),
            unit: unit.map(convert::id).transpose()?.map(UnitId::from_stored),
        },
        audience: audience
            .map(convert::id)
            .transpose()?
            .map(UserId::from_stored),
        device: device
            .map(convert::id)
            .transpose()?
            .map(DeviceId::from_stored),
    })
}
