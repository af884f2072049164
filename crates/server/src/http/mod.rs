//! The server's paths.
//!
//! Tablets speak to [`tablets`]; whoever runs the server looks at [`operators`], on another port
//! that only the machine itself reaches.

mod auth;
mod enrol;
mod health;
mod news;
mod observe;
mod problem;
mod sync;

use crate::state::Shared;
use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware,
    response::IntoResponse,
    routing::{get, post},
};
use hemrond_protocol::{ENROL_PATH, NEWS_PATH, SYNC_PATH, limits};
use problem::Refused;
use std::time::Duration;
use tower_http::{
    catch_panic::CatchPanicLayer, set_header::SetResponseHeaderLayer, timeout::TimeoutLayer,
};

/// Bounds an enrolment's body.
const ENROL_BYTES: usize = 16 << 10;

/// How long a request may take, its body included. A sync on a slow line sends for a while.
const REQUEST_TIME: Duration = Duration::from_secs(120);

/// What tablets reach.
pub fn tablets(server: Shared) -> Router {
    let router = Router::new()
        .route(
            SYNC_PATH,
            post(sync::sync).layer(DefaultBodyLimit::max(limits::MAX_COMPRESSED)),
        )
        .route(
            ENROL_PATH,
            post(enrol::enrol).layer(DefaultBodyLimit::max(ENROL_BYTES)),
        )
        .route(NEWS_PATH, get(news::news))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .fallback(nothing_here)
        .method_not_allowed_fallback(nothing_here);
    around(router, server)
}

/// What only the machine itself reaches.
pub fn operators(server: Shared) -> Router {
    let router = Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .fallback(nothing_here);
    around(router, server)
}

/// Pages for people, with the same around them as other paths but for headers of their own.
pub(crate) fn observed(router: Router, server: Shared) -> Router {
    guarded(router).layer(middleware::from_fn_with_state(server, observe::observe))
}

/// A request that panics or takes for ever ends by itself and holds up nobody else.
fn guarded<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    router
        .layer(CatchPanicLayer::custom(
            |_: Box<dyn std::any::Any + Send>| {
                Refused::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "server.failed",
                    "the server failed on this request; nothing is lost, send it again",
                )
                .into_response()
            },
        ))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            REQUEST_TIME,
        ))
}

/// What every path has around it; the last is the outermost.
fn around(router: Router<Shared>, server: Shared) -> Router {
    let fixed = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
    };
    guarded(router)
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(fixed(header::CACHE_CONTROL, "no-store"))
        .layer(fixed(
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'",
        ))
        .layer(fixed(header::REFERRER_POLICY, "no-referrer"))
        .layer(middleware::from_fn_with_state(
            server.clone(),
            observe::observe,
        ))
        .with_state(server)
}

async fn nothing_here() -> Refused {
    Refused::new(
        StatusCode::NOT_FOUND,
        "path.unknown",
        "there is nothing under this path and method; check the server's address",
    )
}
