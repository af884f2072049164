//! What a tablet's store holds, as far as a visit changes it.

use crate::support::key;
use hemrond_disk::{Disk, Snapshot};
use hemrond_store::{OutboxDocument, Store, StoreError};
use std::{collections::BTreeMap, sync::Arc};

/// The documents and what of them is unsent, byte for byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Held {
    digests: Vec<(u8, [u8; 32])>,
    unsent: Vec<OutboxDocument>,
}

/// The lists, row by row.
pub(crate) type Lists = BTreeMap<String, Vec<String>>;

/// Opens what a power cut has left and reads it; the lists too, where they are asked for.
pub(crate) async fn read(
    image: &Snapshot,
    with_lists: bool,
) -> Result<(Held, Option<Lists>), String> {
    let disk = Disk::from_snapshot(image);
    let store = Store::open_on(Arc::new(disk.clone()), disk.path("tablet.db"), &key())
        .await
        .map_err(|error| format!("it does not open: {error}"))?;
    let read = read_store(&store, with_lists).await;
    // Nothing of it is needed any more, not even an orderly end.
    disk.cut_power_now();
    read.map_err(|error| format!("it cannot be read: {error}"))
}

async fn read_store(store: &Store, with_lists: bool) -> Result<(Held, Option<Lists>), StoreError> {
    let held = Held {
        digests: store.bucket_digests().await?,
        unsent: store.unacknowledged().await?,
    };
    let lists = match with_lists {
        true => Some(store.dump_read_models().await?),
        false => None,
    };
    Ok((held, lists))
}
