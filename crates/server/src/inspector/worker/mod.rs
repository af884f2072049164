//! Reading in processes of their own, which may die without anyone noticing.
//!
//! A worker is this same program, started with nothing but two pipes: no environment, no sockets, a
//! bound on its memory. It reads a document's items together, which costs a fraction; when it dies, hangs
//! or talks nonsense, the rest of the push is read one by one and answered item by item, so that the
//! item is known that led to it. That item is tried once more in a fresh worker, for the first may
//! have been killed for no fault of its; then it is refused, and the rest of the push goes on. A push that
//! costs too many workers, or too much time, is not read to its end: the rest is called unread, and comes
//! again.

mod child;
mod confine;
mod frames;
mod messages;
mod pool;
mod process;
mod share;
mod watch;
mod work;

pub use child::{Failure, Honest, Reads, answer, run, serve};
pub use confine::Confinement;
pub use frames::{FrameError, frame, receive};
pub use messages::{Found, Job, Opened};
pub use process::{Program, StartError};
pub use watch::Watch;

use super::{Findings, Inspector, Interrupted, Reading};
use async_trait::async_trait;
use futures_util::future::{try_join, try_join_all};
use pool::{Lent, Pool};
use share::{Budget, Queue};
use std::{num::NonZeroUsize, time::Duration};
use tokio::time::timeout;
use work::Work;

/// What workers are held to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How long one step may take: starting, opening a document, reading an item. An honest step
    /// takes milliseconds; the rest is for machines that are busy.
    pub step: Duration,
    /// How many workers one push may cost, whoever of its readers loses them; each item that is refused
    /// for it costs two. What the last one was reading, and what comes after it there, stays unread,
    /// so that a push made of poison holds no reader for long.
    pub losses: usize,
    /// How long one push may take, waiting for a place included. Afterwards no further step of it begins,
    /// and what is left stays unread.
    pub push: Duration,
}

impl Default for Patience {
    /// Together, with a last step and a last start, less than a tablet waits: what it gave up waiting for
    /// it would send again for ever. And more than a poison costs that hangs, which is three steps: each
    /// push gets rid of one at least.
    fn default() -> Self {
        Self {
            step: Duration::from_secs(5),
            losses: 16,
            push: Duration::from_secs(40),
        }
    }
}

/// Has pushes read by a few processes.
#[derive(Debug)]
pub struct Worker {
    pool: Pool,
    patience: Patience,
    watch: Watch,
}

impl Worker {
    /// At most `size` processes of a program at a time. The first is started now, so that a program
    /// which cannot read is noticed before the first push.
    ///
    /// # Errors
    /// When the program does not start or does not speak as a worker does.
    pub async fn start(
        program: Program,
        size: NonZeroUsize,
        patience: Patience,
    ) -> Result<Self, StartError> {
        let pool = Pool::new(program, size, patience.step);
        pool.worker().await?.give_back();
        Ok(Self {
            pool,
            patience,
            watch: Watch::default(),
        })
    }

    /// Measures how long a push takes by another watch.
    #[must_use]
    pub fn timed_by(self, watch: Watch) -> Self {
        Self { watch, ..self }
    }
}

#[async_trait]
impl Inspector for Worker {
    async fn read(&self, work: Vec<Reading>) -> Result<Vec<Findings>, Interrupted> {
        if work.is_empty() {
            return Ok(Vec::new());
        }
        let readers = share::readers(&work, self.pool.size());
        let queue = Queue::of(work);
        let budget = Budget::of(self.patience, self.watch.clone());
        // One reads whatever the others do; the others only where there is room and they start.
        let Ok(first) = timeout(budget.left(), self.pool.worker()).await else {
            return Ok(share::in_order(vec![queue.unread()]));
        };
        let first = first.map_err(interrupted)?;
        let others = (1..readers).map(|_| async {
            match self.pool.spare().await {
                Some(worker) => read_on(worker, &queue, &budget).await,
                None => Ok(Vec::new()),
            }
        });
        let (found, mut others_found) =
            try_join(read_on(first, &queue, &budget), try_join_all(others)).await?;
        others_found.push(found);
        others_found.push(queue.unread());
        Ok(share::in_order(others_found))
    }

    fn restarts(&self) -> u64 {
        self.pool.lost()
    }
}

/// Has one process read one document after the other, until none is left or the push has cost too much.
async fn read_on(
    worker: Lent<'_>,
    queue: &Queue,
    budget: &Budget,
) -> Result<Vec<(usize, Findings)>, Interrupted> {
    let mut found = Vec::new();
    let mut reader = Work::begin(worker, budget);
    while !reader.is_spent()
        && let Some((place, reading)) = queue.next()
    {
        found.push((place, reader.read(reading).await.map_err(interrupted)?));
    }
    reader.end();
    Ok(found)
}

/// A fault of this machine is never told to a tablet as one of what it pushed.
fn interrupted(error: StartError) -> Interrupted {
    tracing::error!(%error, "pushes cannot be read");
    Interrupted
}
