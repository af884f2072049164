//! Who may use the interface in a browser: the one who opened the printed address.

use super::Shared;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use hemrond_companion::environment::{Randomness as _, SystemRandomness};
use std::sync::Mutex;

const COOKIE: &str = "hemrond_session";

/// One token, exchanged once for one session.
pub(super) struct Sessions {
    token: String,
    session: String,
    used: Mutex<bool>,
}

impl Sessions {
    pub(super) fn new() -> Self {
        let secret = || hex::encode(SystemRandomness.key());
        Self {
            token: secret(),
            session: secret(),
            used: Mutex::new(false),
        }
    }

    pub(super) fn token(&self) -> &str {
        &self.token
    }

    /// The session's cookie, the first time that the right token comes.
    pub(super) fn exchange(&self, token: &str) -> Option<String> {
        let mut used = self.used.lock().ok()?;
        if *used || !same(token, &self.token) {
            return None;
        }
        *used = true;
        Some(format!(
            "{COOKIE}={}; HttpOnly; SameSite=Strict; Path=/",
            self.session
        ))
    }

    pub(super) fn knows(&self, headers: &HeaderMap) -> bool {
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|cookies| cookies.split(';'))
            .filter_map(|cookie| cookie.trim().split_once('='))
            .any(|(name, value)| name == COOKIE && same(value, &self.session))
    }
}

/// Compares in a time that does not tell how much was right.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len()
        && a.bytes()
            .zip(b.bytes())
            .fold(0, |sum, (x, y)| sum | (x ^ y))
            == 0
}

/// Refuses the commands to whoever has no session.
pub(super) async fn required(
    State(shared): State<Shared>,
    request: Request,
    next: Next,
) -> Response {
    if shared.sessions.knows(request.headers()) {
        next.run(request).await
    } else {
        StatusCode::FORBIDDEN.into_response()
    }
}

/// Refuses requests that name another host (a foreign page that points its own name here) or come
/// from another origin.
pub(super) async fn this_machine_only(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let host = headers
        .get(header::HOST)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let origin = headers.get(header::ORIGIN);
    let same_origin = |origin: &HeaderValue| {
        origin
            .to_str()
            .ok()
            .and_then(|origin| origin.strip_prefix("http://"))
            == Some(host)
    };
    if is_this_machine(host) && origin.is_none_or(same_origin) {
        next.run(request).await
    } else {
        StatusCode::FORBIDDEN.into_response()
    }
}

fn is_this_machine(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    matches!(name, "127.0.0.1" | "localhost" | "[::1]")
}
