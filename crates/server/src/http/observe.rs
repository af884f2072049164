//! A line in the log per request: numbers and ids of devices, never a name or a word of content.

use super::{is_for_tablets, problem::LoggedCode};
use crate::{environment::draw_id, exchange::Tally, state::Shared};
use axum::{
    extract::{Request, State},
    http::HeaderValue,
    middleware::Next,
    response::Response,
};
use hemrond_domain::ids::DeviceId;
use std::time::Instant;
use tracing::Instrument;

/// The device that a request came from, for the log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LoggedDevice(pub(crate) DeviceId);

/// Names the request, and logs and counts its answer.
pub(crate) async fn observe(
    State(server): State<Shared>,
    request: Request,
    next: Next,
) -> Response {
    let id = hex::encode(&draw_id(server.chance.as_ref())[..8]);
    let method = request.method().clone();
    // The path alone: a query or an unknown path could hold anything.
    let path = match request.uri().path() {
        known @ ("/v1/sync" | "/v1/enrol" | "/v1/news" | "/v1/nonce" | "/healthz" | "/readyz"
        | "/metrics") => known.to_owned(),
        // Pages name accounts and tablets in their paths.
        page if page == "/admin" || page.starts_with("/admin/") => "/admin".to_owned(),
        _ => "unknown".to_owned(),
    };
    let span = tracing::info_span!("request", id = %id);
    let started = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let took = started.elapsed();
    let _entered = span.enter();
    let status = response.status().as_u16();
    server.metrics.answered(status);
    if path == "/v1/sync" {
        server.metrics.synced(took);
    }
    let extensions = response.extensions();
    let device = extensions
        .get::<LoggedDevice>()
        .map(|device| device.0.to_string());
    let code = extensions.get::<LoggedCode>().map(|code| code.0);
    let tally = extensions.get::<Tally>().copied().unwrap_or_default();
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    tracing::info!(
        %method,
        path,
        status,
        ms,
        device,
        code,
        accepted = tally.accepted,
        known = tally.known,
        refused = tally.refused,
        unread = tally.unread,
        deliveries = tally.deliveries,
        sent = tally.sent,
        gone = tally.gone,
        "answered"
    );
    // An answer that a tablet takes is never asked about; one that it cannot take may be.
    if !is_for_tablets(&response)
        && let Ok(value) = HeaderValue::from_str(&id)
    {
        response.headers_mut().insert("x-request-id", value);
    }
    response
}
