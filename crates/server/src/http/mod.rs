//! The server's paths.
//!
//! Tablets speak to [`tablets`]; whoever runs the server looks at [`operators`], on another port
//! that only the machine itself reaches.

mod auth;
mod enrol;
mod health;
mod news;
mod nonce;
mod observe;
mod problem;
mod sync;

use crate::{serve::Limits, state::Shared};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use hemrond_protocol::{CONTENT_TYPE, ENROL_PATH, NEWS_PATH, NONCE_PATH, SYNC_PATH, limits};
use problem::Refused;
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;

/// Bounds an enrolment's body.
const ENROL_BYTES: usize = 16 << 10;

/// What every answer says, whoever asked.
const FOR_ALL: [(HeaderName, &str); 2] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::CACHE_CONTROL, "no-store"),
];

/// What every answer says to a browser that should come upon it. A page of the server's own may
/// say something else by itself. An answer to a tablet's sync leaves it out: it is no document, only
/// a signed request gets it, and these would be a third of its bytes when nothing is new.
const FOR_BROWSERS: [(HeaderName, &str); 5] = [
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
];

/// What tablets reach.
pub fn tablets(server: Shared) -> Router {
    tablets_within(server, Limits::default().request)
}

/// What tablets reach, where a request may take so long, its body included.
pub fn tablets_within(server: Shared, time: Duration) -> Router {
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
        .route(NONCE_PATH, get(nonce::nonce))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .fallback(nothing_here)
        .method_not_allowed_fallback(nothing_here);
    around(router, server.clone(), time).layer(middleware::from_fn_with_state(server, nonce::offer))
}

/// What only the machine itself reaches.
pub fn operators(server: Shared) -> Router {
    let router = Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .fallback(nothing_here);
    around(router, server, Limits::default().request)
}

/// Pages for people, with the same around them as other paths; what they say by themselves holds.
pub(crate) fn observed(router: Router, server: Shared) -> Router {
    around(router.with_state(()), server, Limits::default().request)
}

/// What every path has around it; the last is the outermost.
fn around(router: Router<Shared>, server: Shared, time: Duration) -> Router {
    let router = router
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
        .layer(middleware::from_fn(move |request, next| {
            in_time(time, request, next)
        }));
    router
        .layer(middleware::map_response(guarded))
        .layer(middleware::from_fn_with_state(
            server.clone(),
            observe::observe,
        ))
        .with_state(server)
}

/// Says what browsers and caches must know, where the answer does not say it by itself.
async fn guarded(mut response: Response) -> Response {
    let guards = match is_for_tablets(&response) {
        true => &[][..],
        false => &FOR_BROWSERS,
    };
    let headers = response.headers_mut();
    for (name, value) in FOR_ALL.iter().chain(guards) {
        if !headers.contains_key(name) {
            headers.insert(name.clone(), HeaderValue::from_static(value));
        }
    }
    response
}

/// Whether this answers a tablet's sync, and is no refusal.
fn is_for_tablets(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes() == CONTENT_TYPE.as_bytes())
}

/// Ends a request that takes too long, such as one whose body trickles in.
async fn in_time(time: Duration, request: Request, next: Next) -> Response {
    match tokio::time::timeout(time, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Refused::new(
            StatusCode::REQUEST_TIMEOUT,
            "request.slow",
            "the request took too long; nothing is lost, send the same request again",
        )
        .into_response(),
    }
}

async fn nothing_here() -> Refused {
    Refused::new(
        StatusCode::NOT_FOUND,
        "path.unknown",
        "there is nothing under this path and method; check the server's address",
    )
}
