//! Serving until told to stop.

mod connections;
mod door;
mod tls;

pub use connections::Limits;
pub use door::{Door, Way};
pub(crate) use tls::is_pair;
pub use tls::{Tls, TlsError};

use crate::{
    admin::{self, Pages},
    http,
    state::Shared,
};
use connections::listen;
use std::{future::Future, io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::net::TcpListener;

/// How long requests in flight may go on once the server is told to stop.
const GRACE: Duration = Duration::from_secs(30);

/// How often the head is looked at, for what other processes on the same database commit.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Serves tablets at one door and operators on another listener until `stop` resolves; then
/// requests in flight are finished and those who wait for news are answered.
///
/// # Errors
/// When a listener's task fails.
pub async fn serve(
    server: Shared,
    tablets: impl Into<Door>,
    operators: Option<TcpListener>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    serve_with(server, tablets, operators, None, stop).await
}

/// The administrator's pages, and the door of their own where they have one; else browsers reach
/// them where tablets reach the server. A certificate is shared with the tablets' door, which reads
/// it again when it changes.
pub type PagesAt = (Arc<Pages>, Option<Door>);

/// The same, with the administrator's pages.
///
/// # Errors
/// When a listener's task fails.
pub async fn serve_with(
    server: Shared,
    tablets: impl Into<Door>,
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
    let tablets = tablets.into();
    let freshener = match &tablets.way {
        Way::Tls(tls) => {
            let tls = Arc::clone(tls);
            Some(tokio::spawn(async move { tls.keep_fresh().await }))
        }
        Way::Plain | Way::Proxy => None,
    };
    let mut router = http::tablets_within(server.clone(), tablets.limits.request);
    if let Some((pages, own)) = pages {
        let pages = admin::router(pages);
        match own {
            Some(own) => {
                open.spawn(listen(own, pages, server.clone()));
            }
            None => router = router.merge(pages),
        }
    }
    open.spawn(listen(tablets, router, server.clone()));
    if let Some(operators) = operators {
        let router = http::operators(server.clone());
        open.spawn(listen(operators.into(), router, server.clone()));
    }
    let mut result = Ok(());
    let all_done = async {
        while let Some(done) = open.join_next().await {
            if let Err(error) = done {
                result = Err(io::Error::other(error));
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
    if let Some(freshener) = freshener {
        freshener.abort();
    }
    server.storage.close().await;
    result
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
