//! Waiting for news: answered as soon as something newer may concern who asks.

use super::{
    auth::{authenticate, presented},
    observe::LoggedDevice,
    problem::Refused,
};
use crate::{
    admission::{AdmissionError, check_body},
    exchange,
    newsroom::Look,
    state::Shared,
    storage::StorageError,
};
use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};

/// What a tablet has seen.
#[derive(Debug, Deserialize)]
pub(crate) struct After {
    after: u64,
}

/// The feed's last position.
#[derive(Debug, Serialize)]
struct News {
    head: u64,
}

/// Holds the request until there are news, the wait is over, or the server closes.
pub(crate) async fn news(
    State(server): State<Shared>,
    parts: Parts,
    after: Result<Query<After>, QueryRejection>,
) -> Result<Response, Refused> {
    let (device, account) = authenticate(&server, &parts).await?;
    // Nothing of a body is read here, so what is signed must be that there is none.
    check_body(&presented(&parts).ok_or(AdmissionError::Unsigned)?, b"")?;
    let Query(After { after }) = after.map_err(|_| {
        Refused::new(
            StatusCode::BAD_REQUEST,
            "request.malformed",
            "say which position was seen last: ?after=NUMBER",
        )
    })?;
    let _place = server
        .under_way
        .begin(device.id)
        .ok_or(AdmissionError::TooManyAtOnce)?;
    let asker = exchange::asker(&server, &device, &account);
    // Both are subscribed to before the first look, so that nothing falls in between.
    let mut head_moves = server.storage.head();
    let mut closing = server.closing.subscribe();
    let wait = tokio::time::sleep(server.news_wait);
    tokio::pin!(wait);
    let mut seen = after;
    let mut moved_to = None;
    head_moves.borrow_and_update();
    let mut response = loop {
        // The first look asks the database, and whether the account is as it was; later ones what
        // was published meanwhile. A change of the account is published to all.
        let look = match moved_to {
            Some(head) => {
                let storage = server.storage.as_ref();
                server.newsroom.look(storage, &asker, seen, head).await?
            }
            None => Look::TooLongAgo,
        };
        match look {
            Look::Concerned(head) => break Json(News { head }).into_response(),
            Look::Nothing(head) => seen = head.max(seen),
            Look::TooLongAgo => match server.storage.news(&asker, seen).await {
                // A position that the server never gave out: it was restored. The tablet finds out.
                Ok((_, head)) if head < after => break Json(News { head }).into_response(),
                Ok((true, head)) => break Json(News { head }).into_response(),
                Ok((false, head)) => seen = head.max(seen),
                // Another role: the tablet asks again and gets what follows from it.
                Err(StorageError::AccessChanged) => {
                    let head = server.storage.life().await?.head;
                    break Json(News { head }).into_response();
                }
                Err(error) => return Err(error.into()),
            },
        }
        if *closing.borrow_and_update() {
            break StatusCode::NO_CONTENT.into_response();
        }
        tokio::select! {
            () = &mut wait => break StatusCode::NO_CONTENT.into_response(),
            _ = closing.changed() => break StatusCode::NO_CONTENT.into_response(),
            moved = head_moves.changed() => {
                if moved.is_err() {
                    break StatusCode::NO_CONTENT.into_response();
                }
                moved_to = Some(*head_moves.borrow_and_update());
            }
        }
    };
    response.extensions_mut().insert(LoggedDevice(device.id));
    Ok(response)
}
