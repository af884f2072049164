//! What travels between tablet and server.

use hemrond_documents::{Limits, entry::Entry, parse_chunk};
use hemrond_domain::record::Header;
use hemrond_protocol::{
    SyncRequest, SyncResponse, WireHeader, encoding,
    enrolment::{EnrolRequest, EnrolResponse, Problem},
    packing::Message,
};
use hemrond_server::inspector::is_public_key;
use minicbor::{Decode, Encode};
use std::fmt::Debug;

/// A request as a server reads it: the bytes as a body, and as what a body unpacks to.
pub(super) fn request(bytes: &[u8]) {
    let _ = encoding::decode::<SyncRequest>(bytes);
    if let Some(request) = unpacked(bytes, encoding::decode::<SyncRequest>) {
        again(&request);
        for document in &request.push {
            header(&document.header);
        }
    }
}

/// An answer as a tablet reads it.
pub(super) fn response(bytes: &[u8]) {
    let _ = encoding::decode_response::<SyncResponse>(bytes);
    if let Some(response) = unpacked(bytes, encoding::decode_response::<SyncResponse>) {
        again(&response);
        for delivery in &response.deliveries {
            header(&delivery.header);
            for item in &delivery.items {
                let _ = parse_chunk(&item.bytes, &Limits::STORED);
                let _ = Entry::parse(&item.bytes);
            }
        }
    }
}

/// The bodies of enrolment, in both directions, and the key that a tablet comes with.
pub(super) fn enrolment(bytes: &[u8]) {
    if let Some((key, _)) = bytes.split_first_chunk() {
        let _ = is_public_key(key);
    }
    let _ = serde_json::from_slice::<EnrolRequest>(bytes);
    let _ = serde_json::from_slice::<EnrolResponse>(bytes);
    let _ = serde_json::from_slice::<Problem>(bytes);
}

fn unpacked<T>(cbor: &[u8], decode: fn(&[u8]) -> Result<T, encoding::DecodeError>) -> Option<T> {
    decode(&zstd::encode_all(cbor, 1).ok()?).ok()
}

/// What was read can be written, and is read again as it was.
fn again<T: Message + Encode<()> + for<'b> Decode<'b, ()> + PartialEq + Debug>(message: &T) {
    let body = encoding::encode(message).ok();
    let read = body.and_then(|body| encoding::decode_response::<T>(&body).ok());
    assert_eq!(read.as_ref(), Some(message));
}

fn header(wire: &WireHeader) {
    if let Ok(header) = Header::try_from(wire) {
        assert_eq!(WireHeader::from(&header), *wire);
    }
}
