//! A system that is measured: a server and two clients, whatever they are made of.

use super::{form::Set, proxy::Proxy};
use crate::error::Error;
use std::path::Path;

/// A system that is measured, ours or a peer's.
pub(super) trait Side {
    /// Its name in tables and results.
    fn name(&self) -> &'static str;

    /// The most documents that it is given; more would take hours.
    fn most(&self) -> usize;

    /// Opens a server and two clients in a folder with what it holds, or anew where it is empty.
    /// Clients reach the server through the proxy.
    fn open(&self, folder: &Path, proxy: &Proxy) -> Result<Box<dyn Stage>, Error>;
}

/// A server with a writing and a reading client, running.
pub(super) trait Stage {
    /// The writer makes documents without contact, each with these answers, and has them in its
    /// files; their names come back in order.
    fn make(&mut self, forms: &[Vec<Set>]) -> Result<Vec<String>, Error>;

    /// The writer gives further answers without contact, and has them in its files.
    fn edit(&mut self, edits: &[(String, Vec<Set>)]) -> Result<(), Error>;

    /// The writer brings these documents to the server, and the server has them in its files.
    fn push(&mut self, documents: &[String]) -> Result<(), Error>;

    /// The reader gets what is new in these documents, and has it in its files.
    fn pull(&mut self, documents: &[String]) -> Result<(), Error>;

    /// The writer comes back, and finds that there is nothing new in either direction.
    fn nothing_new(&mut self, documents: &[String]) -> Result<(), Error>;

    /// The value of a field in the reader's copy, to see that it arrived.
    fn read(&mut self, document: &str, field: &str) -> Result<serde_json::Value, Error>;

    /// The most memory that writer and server have used so far, in megabytes.
    fn memory(&mut self) -> Result<Memory, Error>;

    /// Ends them all, and waits until they have let go of their folder.
    fn close(self: Box<Self>) -> Result<(), Error>;
}

/// Memory of processes at its peak (resident), in megabytes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Memory {
    pub(super) client: f64,
    pub(super) server: f64,
}
