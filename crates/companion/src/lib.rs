//! The tablet's use cases: every command and query, headless.
//!
//! A face (the window, the browser, the line-by-line tablet) opens a [`Companion`], sends it
//! [`api::Command`]s and shows its [`api::Event`]s. Nothing here draws anything; nothing in a face
//! decides anything.

mod access_log;
mod acts;
pub mod api;
mod cache;
mod change;
mod dispatch;
pub mod door;
mod elsewhere;
mod enrolment;
pub mod environment;
mod export;
pub mod failure;
mod flags;
pub mod foreign;
mod heads;
mod inbox;
mod keys;
mod observations;
mod people;
mod projection;
mod readable;
mod rebuild;
mod records;
mod rights;
mod rounds;
mod settings;
mod status;
pub mod stored;
pub mod sync;
mod tablet;
mod telling;
pub mod texts;
mod visit;
mod whereabouts;

pub use door::Door;
pub use tablet::{Companion, Environment, Granted, Knows};
