//! The CRDT documents: schema, typed views, field-level edits, conflicts.
