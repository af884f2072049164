//! The record's parts: what a document is as a unit of access, of sync and of retention.
//!
//! Whoever may read a document may read its whole history, so nothing with different readers ever
//! shares a document. This module says which documents there are and how each is named; what they
//! hold is the documents crate's business.

mod header;
mod kind;

pub use header::{DocumentId, Header, HeaderError};
pub use kind::{DocumentClass, DocumentKind, UnknownKind};
