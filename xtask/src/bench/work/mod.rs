//! The work that is measured.

pub(super) mod documents;
pub(super) mod paint;
pub(super) mod using;
