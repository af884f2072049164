//! Connections: each bounded in time, and all of them in number.

use super::{
    closed,
    door::{Door, Way},
};
use crate::{metrics, state::Shared};
use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use std::{
    io,
    pin::{Pin, pin},
    sync::Arc,
    time::Duration,
};
use tokio::{net::TcpStream, sync::Semaphore, task::JoinSet, time};
use tokio_io_timeout::TimeoutStream;

/// What a listener bears before it turns somebody away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many connections are open at once. Who comes then is not let in, and tries again.
    pub connections: usize,
    /// How long a TLS handshake may take.
    pub handshake: Duration,
    /// How long a request's head may take, and how long a connection may stay without any. Longer
    /// than tablets keep an idle connection, so that it is they who close it.
    pub head: Duration,
    /// How long a request may take, its body included. A sync on a slow line sends for a while.
    pub request: Duration,
    /// How long whoever asked may take in nothing of an answer that is being sent.
    pub standstill: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4096,
            handshake: Duration::from_secs(10),
            head: Duration::from_secs(75),
            request: Duration::from_secs(120),
            standstill: Duration::from_secs(60),
        }
    }
}

/// How long to wait where the system gives no further connection, for instance for want of files.
const EXHAUSTED: Duration = Duration::from_secs(1);

/// Lets connections in until the server closes, and then finishes those that are under way.
pub(super) async fn listen(door: Door, router: Router, server: Shared) {
    let router = door.around(router);
    let places = Arc::new(Semaphore::new(door.limits.connections));
    let mut open = JoinSet::new();
    let mut closing = pin!(closed(server.clone()));
    loop {
        let accepted = tokio::select! {
            () = &mut closing => break,
            Some(_) = open.join_next() => continue,
            accepted = door.listener.accept() => accepted,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) if is_one_connections(&error) => continue,
            Err(error) => {
                tracing::error!(%error, "the system gives no further connection");
                time::sleep(EXHAUSTED).await;
                continue;
            }
        };
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
            metrics::add(&server.metrics.turned_away, 1);
            continue;
        };
        let attended = attend(
            stream,
            door.way.clone(),
            door.limits,
            router.clone(),
            server.clone(),
        );
        open.spawn(async move {
            attended.await;
            drop(place);
        });
    }
    drop(door);
    while open.join_next().await.is_some() {}
}

/// Whether an error is about the connection that was to come, and not about the listener.
fn is_one_connections(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}

/// Answers on one connection until either side closes it.
async fn attend(stream: TcpStream, way: Way, limits: Limits, router: Router, server: Shared) {
    // Small answers go out at once; where that cannot be had they go out a little later.
    let _ = stream.set_nodelay(true);
    let stream = moving(stream, limits.standstill);
    match way {
        Way::Plain | Way::Proxy => answer(TokioIo::new(stream), limits, router, server).await,
        Way::Tls(tls) => {
            let greeted = tokio::select! {
                greeted = time::timeout(limits.handshake, tls.accept(stream)) => greeted,
                () = closed(server.clone()) => return,
            };
            match greeted {
                Ok(Ok(stream)) => answer(stream, limits, router, server).await,
                // Whoever speaks no TLS, or an older one, or does not trust us.
                Ok(Err(error)) => tracing::debug!(%error, "a handshake failed"),
                Err(_) => tracing::debug!("a handshake took too long"),
            }
        }
    }
}

/// A connection that ends where nothing of what is sent is taken in for so long.
fn moving(stream: TcpStream, standstill: Duration) -> Pin<Box<TimeoutStream<TcpStream>>> {
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(standstill));
    Box::pin(stream)
}

async fn answer<S>(stream: S, limits: Limits, router: Router, server: Shared)
where
    S: hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
{
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.head)
            .serve_connection(stream, TowerToHyperService::new(router))
    );
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = closed(server) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}
