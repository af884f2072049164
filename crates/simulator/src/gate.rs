//! Where a server process can be stopped: at the storage's own gates.

use crate::{drive::Stop, site::lock};
use async_trait::async_trait;
use hemrond_server::storage::memory::{Call, Gate, Moment, Point};
use std::{
    future::poll_fn,
    sync::{Arc, Mutex},
    task::Poll,
};

/// When the request that a process is at work on is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// Never.
    #[default]
    Open,
    /// At this many gates from now, once.
    At(u8),
    /// Before the push is committed, once.
    BeforeCommit,
    /// At every gate: others move in between.
    Each,
    /// At every gate of what writes and reads the feed: others move in between, and meet there
    /// more often than on the long way.
    Feed,
}

/// Which process holds the lock on the feed's head. A process that waits for it must be seen to
/// wait, or the simulation would take it for being at work.
#[derive(Debug, Default)]
pub struct HeadLock(Mutex<Option<usize>>);

impl HeadLock {
    /// Whether anybody holds it.
    #[must_use]
    pub fn is_held(&self) -> bool {
        lock(&self.0).is_some()
    }
}

/// One process's gates. A process is at work on one request at a time.
#[derive(Debug)]
pub struct Gatekeeper {
    /// The process's own number, also after others of its place have died.
    process: usize,
    stop: Stop,
    order: Mutex<Order>,
    head: Arc<HeadLock>,
}

impl Gatekeeper {
    /// Gates that stand open.
    #[must_use]
    pub fn new(process: usize, stop: Stop, head: Arc<HeadLock>) -> Self {
        Self {
            process,
            stop,
            order: Mutex::new(Order::Open),
            head,
        }
    }

    /// Says when the request is stopped.
    pub fn order(&self, order: Order) {
        *lock(&self.order) = order;
    }

    /// The request is over, or its process dead: what it held is free, and its gates stand open.
    pub fn over(&self) {
        self.order(Order::Open);
        let mut holder = lock(&self.head.0);
        if *holder == Some(self.process) {
            *holder = None;
        }
    }

    fn stops(&self, point: Point) -> bool {
        let mut order = lock(&self.order);
        match *order {
            Order::Open => false,
            Order::Each => true,
            Order::Feed => matches!(point.call, Call::TakeIn | Call::Page),
            Order::At(0) => {
                *order = Order::Open;
                true
            }
            Order::At(left) => {
                *order = Order::At(left - 1);
                false
            }
            Order::BeforeCommit if point.moment == Moment::Commit => {
                *order = Order::Open;
                true
            }
            Order::BeforeCommit => false,
        }
    }

    fn waits_for_another(&self) -> bool {
        lock(&self.head.0).is_some_and(|holder| holder != self.process)
    }

    /// Notes who holds the lock.
    fn note(&self, point: Point) {
        if point.call != Call::TakeIn {
            return;
        }
        let mut holder = lock(&self.head.0);
        match point.moment {
            Moment::Locked => *holder = Some(self.process),
            Moment::Committed => *holder = None,
            Moment::Read | Moment::Begin | Moment::Commit => {}
        }
    }
}

#[async_trait]
impl Gate for Gatekeeper {
    async fn pass(&self, point: Point) {
        self.note(point);
        let needs_lock = point.call == Call::TakeIn && point.moment == Moment::Begin;
        let mut stop = self.stops(point);
        poll_fn(|_| {
            let waits = needs_lock && self.waits_for_another();
            if stop || waits {
                stop = false;
                self.stop.raise();
                return Poll::Pending;
            }
            Poll::Ready(())
        })
        .await;
    }
}
