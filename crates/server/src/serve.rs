//! Serving until told to stop.

use crate::{
    admin::{self, Pages},
    http,
    state::Shared,
};
use std::{future::Future, io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::net::TcpListener;

/// How long requests in flight may go on once the server is told to stop.
const GRACE: Duration = Duration::from_secs(30);

/// How often the head is looked at, for what other processes on the same database commit.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Serves tablets on one listener and operators on another until `stop` resolves; then requests in
/// flight are finished and those who wait for news are answered.
///
/// # Errors
/// When a listener fails.
pub async fn serve(
    server: Shared,
    tablets: TcpListener,
    operators: Option<TcpListener>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    serve_with(server, tablets, operators, None, stop).await
}

/// The administrator's pages, and the listener of their own where they have one; else browsers
/// reach them where tablets reach the server.
pub type PagesAt = (Arc<Pages>, Option<TcpListener>);

/// The same, with the administrator's pages.
///
/// # Errors
/// When a listener fails.
pub async fn serve_with(
    server: Shared,
    tablets: TcpListener,
    operators: Option<TcpListener>,
    pages: Option<PagesAt>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let watcher = tokio::spawn(look_at_head(server.clone()));
    let closing = server.closing.clone();
    tokio::spawn(async move {
        stop.await;
        tracing::info!("closing");
        closing.send_replace(true);
    });
    let mut open = tokio::task::JoinSet::new();
    let mut router = http::tablets(server.clone());
    if let Some((pages, own)) = pages {
        let pages = admin::router(pages);
        match own {
            Some(own) => {
                open.spawn(listen(own, pages, closed(server.clone())));
            }
            None => router = router.merge(pages),
        }
    }
    open.spawn(listen(tablets, router, closed(server.clone())));
    if let Some(operators) = operators {
        let router = http::operators(server.clone());
        open.spawn(listen(operators, router, closed(server.clone())));
    }
    let mut result = Ok(());
    let all_done = async {
        while let Some(done) = open.join_next().await {
            if let Err(error) = done.map_err(io::Error::other).and_then(|done| done) {
                result = Err(error);
                server.closing.send_replace(true);
            }
        }
    };
    let too_late = async {
        closed(server.clone()).await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        () = all_done => {}
        () = too_late => tracing::warn!("requests were still under way and were cut off"),
    }
    watcher.abort();
    server.storage.close().await;
    result
}

async fn listen(
    listener: TcpListener,
    router: axum::Router,
    closed: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    axum::serve(listener, router)
        .with_graceful_shutdown(closed)
        .await
}

/// Resolves once the server is closing.
async fn closed(server: Shared) {
    let mut closing = server.closing.subscribe();
    // An error means that the server is gone, which is closed enough.
    let _ = closing.wait_for(|closing| *closing).await;
}

async fn look_at_head(server: Shared) {
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = server.storage.refresh_head().await {
            tracing::warn!(%error, "the feed's head could not be looked at");
        }
    }
}

/// Resolves at SIGTERM or ctrl-c.
pub async fn told_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let Ok(mut terminate) =
            tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
        else {
            let _ = interrupt.await;
            return;
        };
        tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    {
        let _ = interrupt.await;
    }
}

/// Opens a listener, with a sentence that says what to do when it cannot be.
///
/// # Errors
/// When the address is taken or not this machine's.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, BindError> {
    TcpListener::bind(address)
        .await
        .map_err(|why| BindError { address, why })
}

/// The server cannot listen.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}: {why}; choose another address, or stop who listens there")]
pub struct BindError {
    address: SocketAddr,
    #[source]
    why: io::Error,
}
