//! The background sync: sends what is written, hears what is new, and comes back after every loss.

use crate::{api::Connection, enrolment::Enrolment, failure::Problem, tablet::Companion};
use hemrond_sync::{Backoff, Position};
use std::{sync::Arc, time::Duration};
use tokio::{sync::watch, task::JoinHandle};

/// How long typing may go on before what is there is sent, so that a sentence is one request.
const GATHER: Duration = Duration::from_millis(300);

/// The background sync of one companion. It stops when it is told to, or dropped.
#[derive(Debug)]
pub struct Runner {
    stop: watch::Sender<bool>,
    task: Option<JoinHandle<()>>,
}

impl Runner {
    /// Starts it.
    #[must_use]
    pub fn start(companion: Arc<Companion>) -> Self {
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(run(companion, stopped));
        Self {
            stop,
            task: Some(task),
        }
    }

    /// Stops it, and waits until a request under way is given up.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        if let Some(task) = self.task.take() {
            let _ = task.await;
        }
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
    }
}

async fn run(companion: Arc<Companion>, mut stopped: watch::Receiver<bool>) {
    tokio::select! {
        () = forever(&companion) => {}
        // Being cut here is the same as losing the network: the store decides what was done.
        _ = stopped.wait_for(|stop| *stop) => {}
    }
}

async fn forever(companion: &Companion) {
    let mut backoff = Backoff::default();
    loop {
        if !companion.may_sync().await {
            companion.wake.notified().await;
            continue;
        }
        match companion.sync().await {
            Ok(position) => {
                backoff.succeeded();
                wait_for_something(companion, position).await;
            }
            Err(problem) => {
                tracing::info!(code = %problem.code, "a sync did not come through");
                let wait = backoff.failed(companion.randomness.fraction());
                companion.sleep_until_next_try(wait).await;
            }
        }
    }
}

/// Waits until something is to be sent or to be fetched.
async fn wait_for_something(companion: &Companion, position: Position) {
    tokio::select! {
        () = companion.wake.notified() => {
            // More edits may follow at once; the outbox holds them all.
            tokio::time::sleep(GATHER).await;
        }
        () = hear_news(companion, position) => {}
    }
}

/// Returns once the server has something newer.
async fn hear_news(companion: &Companion, position: Position) {
    let mut backoff = Backoff::default();
    loop {
        let access = companion
            .state
            .lock()
            .await
            .enrolled()
            .and_then(Enrolment::access);
        let Ok(access) = access else { return };
        match companion.transport.news(&access, position.cursor).await {
            // Also where the head is behind: then the server was restored, and a sync finds out.
            Ok(Some(_)) => return,
            // Who only reads writes nothing; the trace of it goes when nothing else does.
            Ok(None) if companion.has_unsent_log().await => return,
            Ok(None) => backoff.succeeded(),
            Err(error) => {
                companion.lost_contact(error.problem()).await;
                tokio::time::sleep(backoff.failed(companion.randomness.fraction())).await;
                // A sync tells whether the server is back, and how it is.
                return;
            }
        }
    }
}

impl Companion {
    /// Whether there is anyone to sync with, and the user wants to.
    async fn may_sync(&self) -> bool {
        let state = self.state.lock().await;
        state.enrolment.is_some() && !state.link.offline_by_choice
    }

    async fn has_unsent_log(&self) -> bool {
        let summary = self.store.log_summary().await;
        summary.is_ok_and(|summary| summary.unsent > 0)
    }

    async fn lost_contact(&self, problem: Problem) {
        {
            let mut state = self.state.lock().await;
            state.link.connection = Connection::Offline;
            state.link.last_failure = Some(problem);
        }
        self.announce_status().await;
    }

    /// Sleeps until the next try is due, or the user asks for one.
    async fn sleep_until_next_try(&self, wait: Duration) {
        {
            let mut state = self.state.lock().await;
            state.link.next_try = chrono::Duration::from_std(wait)
                .ok()
                .map(|wait| self.clock.now() + wait);
        }
        self.announce_status().await;
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = self.asked.notified() => {}
        }
        self.state.lock().await.link.next_try = None;
    }
}
