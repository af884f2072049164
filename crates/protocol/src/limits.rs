//! The limits that both ends hold to. Each says what it bounds.

/// Bounds a request's body as it arrives, compressed: what a server reads before it gives up.
pub const MAX_COMPRESSED: usize = 4 << 20;

/// Bounds a body after decompression, so that a small bomb stays small.
pub const MAX_DECOMPRESSED: usize = 16 << 20;

/// Bounds the items in one push; a tablet with more sends several.
pub const MAX_PUSH_ITEMS: usize = 5_000;

/// Bounds the bytes of items that a tablet puts in one push, before compression.
pub const MAX_PUSH_BYTES: usize = 2 << 20;

/// Bounds one change or entry.
pub const MAX_ITEM_BYTES: usize = 256 << 10;

/// Bounds the documents that one request may ask for by name.
pub const MAX_WANTED: usize = 500;

/// Bounds the documents in one digest query.
pub const MAX_DIGESTS: usize = 20_000;

/// How many bytes of items a page aims at. One document is never split, so a page may be larger.
pub const PAGE_BYTES: u32 = 1 << 20;

/// How long a tablet waits for the answer to a sync, in seconds. A server that reads a push for longer reads
/// it for nothing.
pub const SYNC_WAIT_SECONDS: u64 = 60;

/// How long the server holds a request for news, in seconds, before it answers "nothing yet".
pub const NEWS_WAIT_SECONDS: u64 = 25;

/// Bounds the records of an access log in one request; a tablet with more sends several.
pub const MAX_LOG_RECORDS: usize = 4_000;

/// Bounds one record of an access log, in bytes.
pub const MAX_LOG_RECORD_BYTES: usize = 2_048;
