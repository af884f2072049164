//! CBOR inside one length-capped zstd frame.

use crate::{
    limits::{MAX_COMPRESSED, MAX_DECOMPRESSED},
    packing::{Message, UnpackError},
    values,
};
use minicbor::{Decode, Encode};
use std::io::Read;

/// The compression level: 3 is zstd's own default, fast enough for a tablet.
const LEVEL: i32 = 3;

/// Packed items are few bytes, and worth more of the tablet's time than its radio's.
const LEVEL_PACKED: i32 = 7;

/// A body that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// More bytes than a peer may send.
    #[error("the body is larger than {limit} bytes")]
    TooLarge {
        /// The limit that it passed.
        limit: usize,
    },
    /// More values than a peer may send: each takes memory, however few bytes it has.
    #[error("the body holds more values than fit in {limit} bytes")]
    TooMany {
        /// The limit that they passed, in bytes of memory.
        limit: usize,
    },
    /// Not a zstd frame, or a damaged one.
    #[error("the body is not a whole zstd frame: {0}")]
    NotZstd(#[source] std::io::Error),
    /// Not the CBOR that was expected.
    #[error("the body is not a sync message: {0}")]
    NotCbor(#[source] minicbor::decode::Error),
    /// Its items are not packed as they should be.
    #[error(transparent)]
    NotPacked(#[from] UnpackError),
    /// Something follows the message.
    #[error("the body goes on after its message")]
    Trailing,
}

/// A message that could not be written.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    /// The compressor failed, which means that memory ran out.
    #[error("the message could not be compressed: {0}")]
    Zstd(#[source] std::io::Error),
    /// The encoder failed.
    #[error("the message could not be encoded: {0}")]
    Cbor(String),
}

/// Writes a message.
///
/// # Errors
/// When memory runs out.
pub fn encode<T: Encode<()>>(message: &T) -> Result<Vec<u8>, EncodeError> {
    let cbor = minicbor::to_vec(message).map_err(|error| EncodeError::Cbor(error.to_string()))?;
    compress(&cbor, LEVEL).map_err(EncodeError::Zstd)
}

/// Writes a message for a peer that reads packed items.
///
/// # Errors
/// When memory runs out.
pub fn encode_packed<T: Message + Encode<()>>(mut message: T) -> Result<Vec<u8>, EncodeError> {
    message.pack().map_err(EncodeError::Cbor)?;
    let cbor = minicbor::to_vec(message).map_err(|error| EncodeError::Cbor(error.to_string()))?;
    compress(&cbor, LEVEL_PACKED).map_err(EncodeError::Zstd)
}

/// In one go: a compressor that is not told how much will come lays out, and clears, tables for the most that could.
fn compress(cbor: &[u8], level: i32) -> std::io::Result<Vec<u8>> {
    zstd::bulk::compress(cbor, level)
}

/// Reads a message, packed or not, never unpacking more than [`MAX_DECOMPRESSED`].
///
/// # Errors
/// When the body is too large, damaged, cut short, or something else altogether.
pub fn decode<T: Message + for<'b> Decode<'b, ()>>(body: &[u8]) -> Result<T, DecodeError> {
    decode_within(body, MAX_COMPRESSED, MAX_DECOMPRESSED)
}

/// Reads an answer. A server's page may be larger than what a server takes in.
///
/// # Errors
/// As [`decode`].
pub fn decode_response<T: Message + for<'b> Decode<'b, ()>>(body: &[u8]) -> Result<T, DecodeError> {
    decode_within(body, 16 * MAX_COMPRESSED, 16 * MAX_DECOMPRESSED)
}

fn decode_within<T: Message + for<'b> Decode<'b, ()>>(
    body: &[u8],
    compressed: usize,
    unpacked: usize,
) -> Result<T, DecodeError> {
    if body.len() > compressed {
        return Err(DecodeError::TooLarge { limit: compressed });
    }
    let decoder = zstd::Decoder::with_buffer(body).map_err(DecodeError::NotZstd)?;
    let mut cbor = Vec::new();
    decoder
        .take(unpacked as u64 + 1)
        .read_to_end(&mut cbor)
        .map_err(DecodeError::NotZstd)?;
    if cbor.len() > unpacked {
        return Err(DecodeError::TooLarge { limit: unpacked });
    }
    if values::are_too_many(&cbor, unpacked) {
        return Err(DecodeError::TooMany { limit: unpacked });
    }
    let mut reader = minicbor::Decoder::new(&cbor);
    let mut message: T = reader.decode().map_err(DecodeError::NotCbor)?;
    if reader.position() != cbor.len() {
        return Err(DecodeError::Trailing);
    }
    message.unpack(unpacked)?;
    Ok(message)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::{Epoch, Item, ItemKind, PushDocument, SyncRequest, WireHeader, WireId};

    fn evas_sync() -> SyncRequest {
        SyncRequest {
            protocol: crate::VERSION,
            epoch: Some(Epoch([7; 16])),
            cursor: 41,
            push: vec![PushDocument {
                header: WireHeader {
                    kind: "directory".into(),
                    organisation: WireId([1; 16]),
                    unit: None,
                    person: None,
                    part: String::new(),
                },
                items: vec![Item {
                    kind: ItemKind::Change,
                    bytes: vec![9; 90],
                    author: None,
                }],
            }],
            wanted: vec![],
            digest: None,
            page_bytes: 1 << 20,
            app: "0.1.0".into(),
            run: None,
            log: None,
            packing: None,
            elsewhere: None,
            looked: None,
        }
    }

    #[test]
    fn a_sync_arrives_as_it_was_sent() {
        let body = encode(&evas_sync()).unwrap();
        assert_eq!(decode::<SyncRequest>(&body).unwrap(), evas_sync());
    }

    #[test]
    fn the_wire_format_changes_only_on_purpose() {
        let cbor = minicbor::to_vec(evas_sync()).unwrap();
        let hex: String = cbor.iter().map(|byte| format!("{byte:02x}")).collect();
        let nines = "09".repeat(90);
        // Trailing absent fields are left out; that is how a newer writer may add some.
        let expected = format!(
            "880150{epoch}182981828569{kind}50{organisation}f6f660818200585a{nines}80f61a00100000\
             65302e312e30",
            epoch = "07".repeat(16),
            kind = "6469726563746f7279",
            organisation = "01".repeat(16),
        );
        assert_eq!(hex, expected);
    }

    #[test]
    fn a_body_cut_at_any_byte_is_an_error_and_nothing_else() {
        let body = encode(&evas_sync()).unwrap();
        for cut in 0..body.len() {
            assert!(decode::<SyncRequest>(&body[..cut]).is_err(), "cut at {cut}");
        }
    }

    #[test]
    fn a_bomb_is_refused_before_it_unpacks() {
        let bomb = zstd::encode_all(std::io::repeat(0).take(1 << 30), 1).unwrap();
        assert!(bomb.len() < MAX_COMPRESSED);
        assert!(matches!(
            decode::<SyncRequest>(&bomb),
            Err(DecodeError::TooLarge {
                limit: MAX_DECOMPRESSED
            })
        ));
    }

    #[test]
    fn a_push_of_nothing_but_empty_items_is_refused_before_it_is_laid_out() {
        let empty = Item {
            kind: ItemKind::Change,
            bytes: vec![],
            author: None,
        };
        let mut sync = evas_sync();
        sync.push[0].items = vec![empty; MAX_DECOMPRESSED / 8];
        let body = encode(&sync).unwrap();
        assert!(body.len() < MAX_COMPRESSED);
        assert!(matches!(
            decode::<SyncRequest>(&body),
            Err(DecodeError::TooMany {
                limit: MAX_DECOMPRESSED
            })
        ));
    }

    #[test]
    fn the_largest_push_that_may_be_is_read() {
        let mut sync = evas_sync();
        let author = crate::Author {
            actor: WireId([2; 16]),
            user: WireId([3; 16]),
            device: WireId([4; 16]),
        };
        let item = Item {
            kind: ItemKind::Entry,
            bytes: vec![],
            author: Some(author),
        };
        let document = PushDocument {
            items: vec![item],
            ..sync.push[0].clone()
        };
        sync.push = vec![document; crate::limits::MAX_PUSH_ITEMS];
        sync.digest = Some(crate::DigestQuery::Documents(
            (0..=255).collect(),
            vec![
                crate::DocumentDigest {
                    document: WireId([5; 16]),
                    digest: [6; 32],
                };
                crate::limits::MAX_DIGESTS
            ],
        ));
        sync.wanted = vec![WireId([7; 16]); crate::limits::MAX_WANTED];
        let body = encode(&sync).unwrap();
        assert_eq!(decode::<SyncRequest>(&body).unwrap(), sync);
    }
}
