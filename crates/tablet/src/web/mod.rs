//! The interface in a browser on this machine, behind a token that is good for one browser.

mod session;

use crate::open::{Opening, open};
use axum::{
    Json, Router,
    extract::{Query, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware,
    response::{
        IntoResponse, Redirect, Response,
        sse::{Event, KeepAlive, Sse},
    },
    routing::{get, post},
};
use futures_util::{Stream, StreamExt as _};
use hemrond_companion::Door;
use serde::Deserialize;
use serde_json::{Value, json};
use session::Sessions;
use std::{convert::Infallible, net::SocketAddr, path::Path, sync::Arc};
use tokio::sync::watch;
use tokio_stream::wrappers::BroadcastStream;
use tower_http::{
    services::{ServeDir, ServeFile},
    set_header::SetResponseHeaderLayer,
};

/// Everything comes from this address and from nowhere else. Words become markup only through the
/// interface's own templates.
const CSP: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    object-src 'none'; frame-src 'none'; worker-src 'none'; frame-ancestors 'none'; \
    form-action 'none'; base-uri 'none'; \
    require-trusted-types-for 'script'; trusted-types svelte-trusted-html";

/// What else every answer says to the browser.
const HEADERS: [(HeaderName, &str); 8] = [
    (header::CONTENT_SECURITY_POLICY, CSP),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=(), usb=(), payment=()",
    ),
];

#[derive(Clone)]
struct Shared {
    door: Arc<Door>,
    sessions: Arc<Sessions>,
    /// True once the program ends; streams of events end with it.
    ending: watch::Receiver<bool>,
}

pub(crate) async fn run(opening: &Opening, listen: SocketAddr, ui: &Path) -> Result<(), String> {
    if !listen.ip().is_loopback() {
        return Err(
            "the interface is shown on this machine only: use 127.0.0.1 or [::1]".to_owned(),
        );
    }
    let index = ui.join("index.html");
    if !index.is_file() {
        return Err(format!(
            "{} is not there; build the interface first",
            index.display()
        ));
    }
    let door = open(opening, true).await?;
    let sessions = Arc::new(Sessions::new());
    let (end, ending) = watch::channel(false);
    let shared = Shared {
        door: Arc::clone(&door),
        sessions: Arc::clone(&sessions),
        ending,
    };
    let api = Router::new()
        .route("/api/call", post(call))
        .route("/api/events", get(events))
        .route_layer(middleware::from_fn_with_state(
            shared.clone(),
            session::required,
        ));
    let app = Router::new()
        .merge(api)
        .route("/", get(enter))
        .fallback_service(ServeDir::new(ui).fallback(ServeFile::new(&index)))
        .with_state((shared, index))
        .layer(middleware::from_fn(session::this_machine_only));
    // Outermost, so that refusals say the same.
    let app = HEADERS.into_iter().fold(app, |app, (name, value)| {
        app.layer(SetResponseHeaderLayer::overriding(
            name,
            HeaderValue::from_static(value),
        ))
    });
    let listener = tokio::net::TcpListener::bind(listen)
        .await
        .map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let base = format!("http://{address}");
    println!(
        "{}",
        json!({ "listening": base, "open": format!("{base}/?token={}", sessions.token()) })
    );
    axum::serve(listener, app)
        .with_graceful_shutdown(async move {
            told_to_stop().await;
            let _ = end.send(true);
        })
        .await
        .map_err(|error| error.to_string())?;
    door.close().await.map_err(|problem| problem.code)
}

/// Returns on ctrl-c, or when the system asks the program to end.
async fn told_to_stop() {
    #[cfg(unix)]
    if let Ok(mut asked) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
    {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = asked.recv() => {}
        }
        return;
    }
    let _ = tokio::signal::ctrl_c().await;
}

#[derive(Debug, Deserialize)]
struct Enter {
    token: Option<String>,
}

/// The page itself, or the exchange of the token for a session.
async fn enter(
    State((shared, index)): State<(Shared, std::path::PathBuf)>,
    Query(query): Query<Enter>,
    headers: HeaderMap,
) -> Response {
    if let Some(token) = query.token {
        return match shared.sessions.exchange(&token) {
            Some(cookie) => ([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response(),
            None => (
                StatusCode::FORBIDDEN,
                "Den här adressen är redan använd. / This address has been used already.",
            )
                .into_response(),
        };
    }
    if !shared.sessions.knows(&headers) {
        return (
            StatusCode::FORBIDDEN,
            "Öppna adressen som programmet skrev ut. / Open the address that the program printed.",
        )
            .into_response();
    }
    match tokio::fs::read(index).await {
        Ok(page) => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

#[derive(Debug, Deserialize)]
struct Call {
    command: String,
    #[serde(default)]
    args: Value,
}

async fn call(
    State((shared, _)): State<(Shared, std::path::PathBuf)>,
    Json(call): Json<Call>,
) -> Response {
    // A task of its own: a browser that goes away must not cut a write short.
    let door = Arc::clone(&shared.door);
    let work = tokio::spawn(async move { door.call_json(&call.command, call.args).await });
    match work.await {
        Ok(Ok(answer)) => Json(answer).into_response(),
        Ok(Err(failure)) => (StatusCode::UNPROCESSABLE_ENTITY, Json(failure)).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn events(
    State((shared, _)): State<(Shared, std::path::PathBuf)>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let news = BroadcastStream::new(shared.door.subscribe()).filter_map(|event| async move {
        // A face that was too slow misses events; the next one makes it ask again.
        let event = event.ok()?;
        Some(Ok(Event::default().json_data(event).unwrap_or_default()))
    });
    let mut ending = shared.ending.clone();
    let ended = async move {
        // Where the sender is gone, the program has ended as well.
        let _ = ending.wait_for(|ended| *ended).await;
    };
    Sse::new(news.take_until(ended)).keep_alive(KeepAlive::default())
}
