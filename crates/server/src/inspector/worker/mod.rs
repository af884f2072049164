//! Reading in processes of their own, which may die without anyone noticing.
//!
//! A worker is this same program, started with nothing but two pipes: no environment, no sockets, a
//! bound on its memory. It reads a document's items together, which costs a fraction; when it dies, hangs
//! or talks nonsense, the rest of the push is read one by one and answered item by item, so that the
//! item is known that led to it. That item is tried once more in a fresh worker, for the first may
//! have been killed for no fault of its; then it is refused, and the rest of the push goes on.

mod child;
mod confine;
mod frames;
mod messages;
mod pool;
mod process;
mod share;
mod work;

pub use child::{Failure, Honest, Reads, answer, run, serve};
pub use confine::Confinement;
pub use frames::{FrameError, frame, receive};
pub use messages::{Found, Job, Opened};
pub use process::{Program, StartError};

use super::{Findings, Inspector, Interrupted, Reading};
use async_trait::async_trait;
use futures_util::future::try_join_all;
use pool::Pool;
use std::{num::NonZeroUsize, time::Duration};
use work::Work;

/// What workers are held to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How long one step may take: starting, opening a document, reading an item. An honest step
    /// takes milliseconds; the rest is for machines that are busy.
    pub step: Duration,
    /// How many workers one push may cost, shared out where several read it; each item that is refused for it costs two. What comes
    /// after them is refused unread, so that a push made of poison holds no reader for long.
    pub losses: usize,
}

impl Default for Patience {
    /// Together less than a request may take.
    fn default() -> Self {
        Self {
            step: Duration::from_secs(5),
            losses: 16,
        }
    }
}

/// Has pushes read by a few processes.
#[derive(Debug)]
pub struct Worker {
    pool: Pool,
    patience: Patience,
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
        Ok(Self { pool, patience })
    }
}

#[async_trait]
impl Inspector for Worker {
    async fn read(&self, work: Vec<Reading>) -> Result<Vec<Findings>, Interrupted> {
        let parts = share::parts(work, self.pool.size());
        let patience = Patience {
            losses: (self.patience.losses / parts.len().max(1)).max(1),
            ..self.patience
        };
        let reading = parts.into_iter().map(|part| self.read_part(part, patience));
        Ok(try_join_all(reading).await?.concat())
    }

    fn restarts(&self) -> u64 {
        self.pool.lost()
    }
}

impl Worker {
    /// Has one process read, one document after the other.
    async fn read_part(
        &self,
        work: Vec<Reading>,
        patience: Patience,
    ) -> Result<Vec<Findings>, Interrupted> {
        let mut all = Vec::with_capacity(work.len());
        if work.is_empty() {
            return Ok(all);
        }
        let mut reader = Work::begin(&self.pool, patience)
            .await
            .map_err(interrupted)?;
        for reading in work {
            all.push(reader.read(reading).await.map_err(interrupted)?);
        }
        reader.end();
        Ok(all)
    }
}

/// A fault of this machine is never told to a tablet as one of what it pushed.
fn interrupted(error: StartError) -> Interrupted {
    tracing::error!(%error, "pushes cannot be read");
    Interrupted
}
