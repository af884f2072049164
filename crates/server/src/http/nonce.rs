//! Every answer carries a nonce for the next request, so that an ordinary sync is one request.

use crate::state::Shared;
use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode},
    middleware::Next,
    response::Response,
};
use hemrond_protocol::signature::NONCE;

/// For a tablet that has no nonce yet: the header says it all.
pub(crate) async fn nonce() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// Puts a nonce into the answer. It is drawn when the answer is there, for a request for news may
/// have waited. Without a database there is none, and the answer says so itself.
pub(crate) async fn offer(State(server): State<Shared>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    match server.nonces.draw(&server).await {
        Ok(nonce) => {
            if let Ok(value) = HeaderValue::from_str(nonce.as_str()) {
                response.headers_mut().insert(NONCE, value);
            }
        }
        Err(error) => tracing::warn!(%error, "an answer went out without a nonce"),
    }
    response
}
