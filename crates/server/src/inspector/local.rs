//! Reading within this process.

use super::{Findings, Inspector, Interrupted, Reading};
use async_trait::async_trait;

/// Reads at once, where it is called: for simulation, and for what the server itself wrote.
#[derive(Debug, Clone, Copy, Default)]
pub struct Inline;

impl Inline {
    /// Reads one document's items.
    #[must_use]
    pub fn read_one(reading: &Reading) -> Findings {
        Findings::of(reading)
    }
}

#[async_trait]
impl Inspector for Inline {
    async fn read(&self, work: Vec<Reading>) -> Result<Vec<Findings>, Interrupted> {
        Ok(work.iter().map(Findings::of).collect())
    }
}

/// Reads on a thread where a long read holds up nobody else. An abort of the library, or a read
/// without end, is this process's too.
#[derive(Debug, Clone, Copy, Default)]
pub struct InProcess;

#[async_trait]
impl Inspector for InProcess {
    async fn read(&self, work: Vec<Reading>) -> Result<Vec<Findings>, Interrupted> {
        tokio::task::spawn_blocking(move || work.iter().map(Findings::of).collect())
            .await
            .map_err(|_| Interrupted)
    }
}
