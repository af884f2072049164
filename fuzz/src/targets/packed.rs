//! Items, and records of the access log, as they travel packed.

use crate::parts;
use hemrond_protocol::{
    LogPush, SyncRequest, VERSION,
    packing::{Message as _, Packing, unpack},
};
use minicbor::bytes::ByteSlice;

/// How much may come out, in bytes.
const LIMIT: usize = 1 << 18;

/// The items, then the records.
pub(super) fn packed(bytes: &[u8]) {
    let mut parts = parts(bytes);
    let items = parts.next().unwrap_or_default();
    let records = parts.next();
    let Some(mut request) = carrying(items, records) else {
        return;
    };
    let unpacked = request.unpack(LIMIT);
    assert!(unpacked.is_err() || unpack(items, LIMIT).is_ok());
    if unpacked.is_err() {
        return;
    }
    let items = request.push.iter().flat_map(|document| &document.items);
    assert!(items.map(|item| item.bytes.len()).sum::<usize>() <= LIMIT);
    let log = request.log.iter().flat_map(|log| &log.records);
    assert!(log.map(|record| record.0.len()).sum::<usize>() <= LIMIT);
    // Packed and unpacked again it is the same, in no more room.
    let mut again = request.clone();
    assert!(again.pack().is_ok() && again.push.is_empty());
    assert_eq!(again.unpack(LIMIT), Ok(()));
    assert_eq!(again, request);
}

/// A request that carries these.
fn carrying(items: &[u8], records: Option<&[u8]>) -> Option<SyncRequest> {
    let items: &ByteSlice = items.into();
    let records: Option<&ByteSlice> = records.map(Into::into);
    let packing = minicbor::to_vec((true, items, records)).ok()?;
    let packing: Packing = minicbor::decode(&packing).ok()?;
    Some(SyncRequest {
        protocol: VERSION,
        epoch: None,
        cursor: 0,
        push: Vec::new(),
        wanted: Vec::new(),
        digest: None,
        page_bytes: 1 << 20,
        app: "fuzz".to_owned(),
        run: None,
        log: Some(LogPush {
            after: 0,
            after_hash: [0; 32],
            records: Vec::new(),
            oldest: false,
            known_size: 0,
            known_root: [0; 32],
            no_hurry: true,
        }),
        packing: Some(packing),
        elsewhere: None,
        looked: None,
    })
}
