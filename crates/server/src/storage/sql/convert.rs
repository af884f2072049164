//! Between rows and types.

use super::StorageError;

/// A position or counter as it is kept. Nothing that is accepted comes near the end.
pub(super) fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A position or counter read back.
pub(super) fn position(value: i64) -> Result<u64, StorageError> {
    u64::try_from(value).map_err(|_| StorageError::Damaged("a counter is negative"))
}

/// Sixteen bytes.
pub(super) fn id(bytes: Vec<u8>) -> Result<[u8; 16], StorageError> {
    bytes
        .try_into()
        .map_err(|_| StorageError::Damaged("an id is not 16 bytes long"))
}

/// Thirty-two bytes.
pub(super) fn hash(bytes: Vec<u8>) -> Result<[u8; 32], StorageError> {
    bytes
        .try_into()
        .map_err(|_| StorageError::Damaged("a hash is not 32 bytes long"))
}
