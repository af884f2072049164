//! The work that is measured.

pub(super) mod crowd;
pub(super) mod documents;
pub(super) mod growth;
pub(super) mod online;
pub(super) mod paint;
pub(super) mod shift_end;
pub(super) mod using;
