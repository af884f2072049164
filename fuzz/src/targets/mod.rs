//! The targets, and what each promises.

mod act;
mod config;
mod documents;
mod door;
mod elsewhere;
mod feed;
mod log;
mod packed;
mod protocol;
mod reader;
mod session;
mod signature;
mod stored;
mod typed;
mod verify;
mod worker;

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

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
    target("packed", packed::packed, 4096),
    target("signature", signature::signature, 2048),
    target("session", session::session, 2048),
    target("chunk", documents::chunk, 2048),
    target("change", documents::change, 2048),
    target("load", documents::load, 4096),
    target("entry", documents::entry, 4096),
    target("act", act::act, 2048),
    target("stored", stored::stored, 4096),
    target("elsewhere", elsewhere::elsewhere, 4096),
    target("reader", reader::reader, 4096),
    target("worker", worker::worker, 4096),
    target("verify", verify::verify, 4096),
    target("feed", feed::feed, 2048),
    target("log", log::log, 4096),
    target("word", log::word, 2048),
    target("door", door::door, 2048),
    target("config", config::config, 2048),
    target("card", config::card, 4096),
    target("inputs", typed::inputs, 256),
    target("instrument", typed::instrument, 1024),
    target("command", typed::command, 2048),
];

/// The target with this name.
#[must_use]
pub fn named(name: &str) -> Option<Target> {
    ALL.iter().find(|target| target.name == name).copied()
}

/// What comes of something that waits for nobody; none where it does.
fn now<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => Some(done),
        Poll::Pending => None,
    }
}
