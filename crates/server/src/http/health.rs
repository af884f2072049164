//! Whether the server is up, and its counts.

use super::problem::Refused;
use crate::state::Shared;
use axum::{
    extract::State,
    http::header::CONTENT_TYPE,
    response::{IntoResponse, Response},
};

/// The process is up.
pub(crate) async fn alive() -> &'static str {
    "up\n"
}

/// The database answers.
pub(crate) async fn ready(State(server): State<Shared>) -> Result<&'static str, Refused> {
    server.storage.life().await?;
    Ok("ready\n")
}

/// The counts, for Prometheus.
pub(crate) async fn metrics(State(server): State<Shared>) -> Response {
    let head = *server.storage.head().borrow();
    let text = server.metrics.render(head, server.inspector.restarts());
    ([(CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
}
