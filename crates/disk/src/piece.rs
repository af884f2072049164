//! The smallest thing that a power cut keeps or loses: one sector of one write, one new length.

use crate::content::{Content, parts};
use std::sync::Arc;

/// Names something that is not durable yet: a sector of a write, a new length, or a change of
/// names. Later ones are greater, and none is used twice on one disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PieceId(pub(crate) u64);

/// What a power cut does to a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Kept,
    Lost,
    /// Only the first so many bytes are written. What has no bytes is lost.
    Torn(usize),
}

/// What is done to a file's content.
#[derive(Debug, Clone)]
pub(crate) enum Piece {
    /// Bytes within one sector.
    Write { at: usize, bytes: Arc<[u8]> },
    /// A new length.
    Length(usize),
}

impl Piece {
    /// A write, sector by sector.
    pub(crate) fn of_write(at: usize, bytes: &[u8]) -> impl Iterator<Item = Self> {
        parts(at, bytes.len()).filter_map(move |part| {
            Some(Self::Write {
                at: at.checked_add(part.outside.start)?,
                bytes: bytes.get(part.outside)?.into(),
            })
        })
    }

    pub(crate) fn apply(&self, content: &mut Content) {
        match self {
            Self::Write { at, bytes } => content.write(*at, bytes),
            Self::Length(len) => content.set_len(*len),
        }
    }

    /// Applies what a power cut has left of it.
    pub(crate) fn survive(&self, fate: Fate, content: &mut Content) {
        match (self, fate) {
            (_, Fate::Kept) => self.apply(content),
            (Self::Write { at, bytes }, Fate::Torn(first)) => {
                if let Some(bytes) = bytes.get(..first.min(bytes.len())) {
                    content.write(*at, bytes);
                }
            }
            (_, Fate::Lost) | (Self::Length(_), Fate::Torn(_)) => {}
        }
    }
}
