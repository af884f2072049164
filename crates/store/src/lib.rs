//! The tablet's encrypted store: items, outbox and read models in one SQLCipher file.
