//! Sync on the tablet: carrying the engine's messages, and knowing when.

mod delivery;
pub(crate) mod driver;
mod form;
mod gather;
pub mod http;
mod priorities;
mod refused;
mod runner;
mod take;
pub mod transport;

pub(crate) use http::head_in;
pub use runner::Runner;
