//! A few workers, and who may use them.

use super::process::{Process, Program, StartError};
use std::{
    num::NonZeroUsize,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};
use tokio::sync::{Semaphore, SemaphorePermit};

/// The workers of a server.
#[derive(Debug)]
pub(super) struct Pool {
    program: Program,
    step: Duration,
    size: NonZeroUsize,
    places: Semaphore,
    idle: Mutex<Vec<Process>>,
    lost: AtomicU64,
}

/// A worker that is lent to one push. Dropped in the midst of a job, it is killed; only
/// [given back](Lent::give_back) it is used again.
#[derive(Debug)]
pub(super) struct Lent<'a> {
    pool: &'a Pool,
    pub(super) process: Process,
    // Free again once this is dropped.
    _place: Option<SemaphorePermit<'a>>,
}

impl Pool {
    pub(super) fn new(program: Program, size: NonZeroUsize, step: Duration) -> Self {
        Self {
            program,
            step,
            size,
            places: Semaphore::new(size.get()),
            idle: Mutex::default(),
            lost: AtomicU64::new(0),
        }
    }

    /// How many may work at a time.
    pub(super) const fn size(&self) -> usize {
        self.size.get()
    }

    /// Waits for a free place, and lends an idle worker or a new one.
    pub(super) async fn worker(&self) -> Result<Lent<'_>, StartError> {
        // An error means that the semaphore is closed, which nobody does.
        let place = self.places.acquire().await.ok();
        let idle = self.idle().pop();
        let process = match idle {
            Some(process) => process,
            None => self.start().await?,
        };
        Ok(Lent {
            pool: self,
            process,
            _place: place,
        })
    }

    /// Lends a worker for a share of a long push, where there is room beside it for another push and a
    /// worker starts. The push is read without it too.
    pub(super) async fn spare(&self) -> Option<Lent<'_>> {
        // Two at once may both find the same room: then one push waits a little.
        if self.places.available_permits() < 2 {
            return None;
        }
        let place = self.places.try_acquire().ok()?;
        let idle = self.idle().pop();
        let process = match idle {
            Some(process) => process,
            None => match self.start().await {
                Ok(process) => process,
                Err(error) => {
                    tracing::warn!(%error, "a push is read by fewer workers than there are places");
                    return None;
                }
            },
        };
        Some(Lent {
            pool: self,
            process,
            _place: Some(place),
        })
    }

    async fn start(&self) -> Result<Process, StartError> {
        Process::start(&self.program, self.step).await
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Process>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many workers were lost.
    pub(super) fn lost(&self) -> u64 {
        self.lost.load(Relaxed)
    }
}

impl Lent<'_> {
    /// Has a fresh worker take the place of one that is lost, which is killed if it still runs.
    pub(super) async fn replace(&mut self) -> Result<(), StartError> {
        self.pool.lost.fetch_add(1, Relaxed);
        self.process = self.pool.start().await?;
        Ok(())
    }

    /// Ends a worker that is lost, and has nobody take its place.
    pub(super) fn lose(self) {
        self.pool.lost.fetch_add(1, Relaxed);
    }

    /// Gives back a worker that has answered everything.
    pub(super) fn give_back(self) {
        self.pool.idle().push(self.process);
    }
}
