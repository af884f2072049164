//! The targets, and what each promises.

mod documents;
mod protocol;
mod reader;
mod session;
mod signature;
mod stored;
mod typed;
mod verify;
mod worker;

/// A reader of foreign bytes.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its name, and its folder's in the corpus.
    pub name: &'static str,
    /// Reads some bytes.
    ///
    /// # Panics
    /// When a reader does not hold what it promises.
    pub run: fn(&[u8]),
    /// The longest input worth trying, in bytes.
    pub longest: usize,
}

const fn target(name: &'static str, run: fn(&[u8]), longest: usize) -> Target {
    Target { name, run, longest }
}

/// Every target.
pub const ALL: &[Target] = &[
    target("request", protocol::request, 4096),
    target("response", protocol::response, 4096),
    target("enrolment", protocol::enrolment, 1024),
    target("signature", signature::signature, 2048),
    target("session", session::session, 2048),
    target("chunk", documents::chunk, 2048),
    target("change", documents::change, 2048),
    target("load", documents::load, 4096),
    target("entry", documents::entry, 4096),
    target("stored", stored::stored, 4096),
    target("reader", reader::reader, 4096),
    target("worker", worker::worker, 4096),
    target("verify", verify::verify, 4096),
    target("inputs", typed::inputs, 256),
    target("instrument", typed::instrument, 1024),
    target("command", typed::command, 2048),
];

/// The target with this name.
#[must_use]
pub fn named(name: &str) -> Option<Target> {
    ALL.iter().find(|target| target.name == name).copied()
}
