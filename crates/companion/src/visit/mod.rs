//! The visit: its page, its edits, its notes and its signature.

mod acts;
mod baseline;
mod computed;
mod edit;
mod page;
mod sections;
mod sign;
mod unchanged;

pub(crate) use acts::read_kind as read_note_kind;
pub(crate) use baseline::change;
pub(crate) use computed::{drugs as drugs_of, flags as medication_flags};
pub(crate) use page::{candidates, disagreements};
