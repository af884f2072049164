//! The one typed set of commands and answers that every face speaks: the window, the browser and
//! the line-by-line tablet.
//!
//! Everything here is data. A face sends a [`Command`] and gets that command's answer or a
//! [`Failure`]; news come as an [`Event`]. The TypeScript types of the interface are generated from
//! these, and `docs/commands.md` is their reference.

mod access;
mod access_log;
mod command;
mod common;
mod door;
mod elsewhere;
mod observation;
mod person;
mod records;
mod round;
mod sync;
pub mod typescript;
mod visit;

pub use access::*;
pub use access_log::*;
pub use command::{
    Added, Command, CommandInfo, FieldHistory, Found, Nothing, OfField, Rebuilt, SetOffline,
};
pub use common::*;
pub use door::*;
pub use elsewhere::*;
pub use observation::*;
pub use person::*;
pub use records::*;
pub use round::*;
pub use sync::*;
pub use visit::*;
