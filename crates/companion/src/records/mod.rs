//! What the record law asks of entries beside writing and signing them: the patient's dissent, and
//! copies that are handed out.

mod copy;
mod dissent;
mod hand_out;

pub(crate) use dissent::{dissents, is_shown_elsewhere};
pub(crate) use hand_out::{handed_out, remove_copies};
