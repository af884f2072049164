//! The acts document: nothing is edited in it, it holds signed entries only.

use super::KindSchema;
use hemrond_domain::record::DocumentKind;

/// The acts document.
pub(super) static SCHEMA: KindSchema = KindSchema {
    kind: DocumentKind::Acts,
    version: 1,
    fields: &[],
    texts: &[],
    collections: &[],
};
