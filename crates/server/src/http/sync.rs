//! The sync itself: CBOR in zstd, both ways.

use super::{
    auth::{authenticate, pass_by, presented},
    observe::LoggedDevice,
    problem::Refused,
};
use crate::{
    admission::{AdmissionError, check_body},
    exchange,
    state::{Server, Shared},
    storage::Device,
    under_way::Place,
};
use axum::{
    body::Bytes,
    extract::{FromRequest as _, Request, State, rejection::BytesRejection},
    http::{StatusCode, header::CONTENT_TYPE as CONTENT_TYPE_HEADER, request::Parts},
    response::{IntoResponse, Response},
};
use hemrond_protocol::{CONTENT_TYPE, SyncRequest, SyncResponse, encoding, limits};

/// How often a device's last sync is noted: each note costs a write.
const SEEN_EVERY_MS: i64 = 10 * 60 * 1000;

/// Answers one sync.
pub(crate) async fn sync(
    State(server): State<Shared>,
    request: Request,
) -> Result<Response, Refused> {
    let (parts, body) = request.into_parts();
    let (device, account) = match authenticate(&server, &parts).await {
        Ok(found) => found,
        Err(refused) => {
            pass_by(body).await;
            return Err(refused);
        }
    };
    let Some(place) = server.under_way.begin(device.id) else {
        pass_by(body).await;
        return Err(AdmissionError::TooManyAtOnce.into());
    };
    let request = Request::from_parts(parts.clone(), body);
    let body = Bytes::from_request(request, &server).await;
    let answer = answer(&server, &device, account, &parts, body, place).await;
    let mut response = answer.unwrap_or_else(IntoResponse::into_response);
    response.extensions_mut().insert(LoggedDevice(device.id));
    Ok(response)
}

async fn answer(
    server: &Shared,
    device: &Device,
    account: crate::storage::Account,
    parts: &Parts,
    body: Result<Bytes, BytesRejection>,
    place: Place,
) -> Result<Response, Refused> {
    let body = body.map_err(|rejection| too_large_or_cut(&rejection))?;
    check_body(&presented(parts).ok_or(AdmissionError::Unsigned)?, &body)?;
    let request = decode(server, body, place.clone()).await?;
    let packed = request.packing.as_ref().is_some_and(|way| way.reads);
    let (response, tally) = exchange::exchange(server, device, account, request).await?;
    note_seen(server, device).await;
    let body = encode(response, packed, place.clone()).await?;
    let body = Bytes::from_owner(Unsent { body, place });
    let mut response = ([(CONTENT_TYPE_HEADER, CONTENT_TYPE)], body).into_response();
    response.extensions_mut().insert(tally);
    Ok(response)
}

/// An answer that has yet to be sent: it has its place until it is, for it takes memory as long.
struct Unsent {
    body: Vec<u8>,
    #[allow(dead_code, reason = "held for its end")]
    place: Place,
}

impl AsRef<[u8]> for Unsent {
    fn as_ref(&self) -> &[u8] {
        &self.body
    }
}

fn too_large_or_cut(rejection: &BytesRejection) -> Refused {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Refused::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "request.too_large",
            format!(
                "the body is larger than {} bytes; send fewer items",
                limits::MAX_COMPRESSED
            ),
        )
    } else {
        Refused::new(
            StatusCode::BAD_REQUEST,
            "request.cut",
            "the body did not arrive whole; send the same request again",
        )
    }
}

/// Unpacks on a thread where a large body holds up nobody else, and a few at a time.
async fn decode(server: &Server, body: Bytes, place: Place) -> Result<SyncRequest, Refused> {
    let turn = server.under_way.unpack().await.ok_or_else(closing)?;
    let decoded = tokio::task::spawn_blocking(move || {
        // Whoever hangs up does not end this thread.
        let _held = (turn, place);
        encoding::decode::<SyncRequest>(&body)
    })
    .await;
    decoded.map_err(|_| closing())?.map_err(|error| {
        let (status, code) = match error {
            encoding::DecodeError::TooLarge { .. } | encoding::DecodeError::TooMany { .. } => {
                (StatusCode::PAYLOAD_TOO_LARGE, "request.too_large")
            }
            _ => (StatusCode::BAD_REQUEST, "request.malformed"),
        };
        Refused::new(status, code, error.to_string())
    })
}

async fn encode(response: SyncResponse, packed: bool, place: Place) -> Result<Vec<u8>, Refused> {
    let encoded = tokio::task::spawn_blocking(move || {
        let _held = place;
        if packed {
            encoding::encode_packed(response)
        } else {
            encoding::encode(&response)
        }
    })
    .await;
    encoded.map_err(|_| closing())?.map_err(|error| {
        tracing::error!(%error, "an answer could not be written");
        Refused::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "server.failed",
            "the answer could not be written; nothing is lost, send the same request again",
        )
    })
}

fn closing() -> Refused {
    Refused::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "server.closing",
        "the server is closing; send the same request again",
    )
}

/// Notes that the device synced. It is a courtesy to administrators: failing does not matter.
async fn note_seen(server: &Shared, device: &Device) {
    let now = server.clock.now_ms();
    let due = device
        .last_seen
        .is_none_or(|seen| now.saturating_sub(seen) >= SEEN_EVERY_MS);
    if due && let Err(error) = server.storage.seen(device.id, now).await {
        tracing::warn!(%error, "a device's last sync was not noted");
    }
}
