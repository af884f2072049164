//! Enrolment: a one-time code becomes a device's own credential.

use super::{observe::LoggedDevice, problem::Refused};
use crate::{
    credential::{code_hash, draw_credential},
    environment::draw_id,
    inspector::is_public_key,
    metrics::add,
    rate::Rate,
    state::{Server, Shared},
    storage::{NewDevice, Redeemed},
};
use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use hemrond_domain::ids::DeviceId;
use hemrond_protocol::enrolment::{EnrolRequest, EnrolResponse, MAGIC};

/// Bounds a tablet's name.
const NAME_MAX: usize = 80;

/// Enrols a tablet.
pub(crate) async fn enrol(
    State(server): State<Shared>,
    request: Result<Json<EnrolRequest>, JsonRejection>,
) -> Result<Response, Refused> {
    let Json(request) = request.map_err(|rejection| {
        let status = match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => StatusCode::PAYLOAD_TOO_LARGE,
            _ => StatusCode::BAD_REQUEST,
        };
        Refused::new(
            status,
            "request.malformed",
            "this is not an enrolment; update the app",
        )
    })?;
    let now = server.clock.now_ms();
    // All codes together: whoever tries codes does so from anywhere.
    if !server.rates.allows(b"enrolment", Rate::ENROLMENT, now) {
        return Err(Refused::new(
            StatusCode::TOO_MANY_REQUESTS,
            "rate.limited",
            "too many codes are being tried; wait a minute and try again",
        ));
    }
    let (device, credential) = new_device(&server, &request)?;
    let redeemed = server
        .storage
        .redeem_code(code_hash(&request.code), &device, now)
        .await?;
    let (account, organisation) = match redeemed {
        Redeemed::Enrolled(account, organisation) => (account, organisation),
        refused => return Err(code_refused(&refused)),
    };
    add(&server.metrics.enrolled, 1);
    let mut response = Json(EnrolResponse {
        hemrond: MAGIC.to_owned(),
        device: device.id,
        user: account.user,
        organisation_name: organisation.name,
        credential,
    })
    .into_response();
    response.extensions_mut().insert(LoggedDevice(device.id));
    Ok(response)
}

fn new_device(server: &Server, request: &EnrolRequest) -> Result<(NewDevice, String), Refused> {
    let mut public_key = [0; 32];
    if hex::decode_to_slice(&request.public_key, &mut public_key).is_err()
        || !is_public_key(&public_key)
    {
        return Err(Refused::new(
            StatusCode::BAD_REQUEST,
            "enrol.key_malformed",
            "the tablet's key is not a public key; update the app",
        ));
    }
    let name: String = request
        .tablet
        .chars()
        .filter(|letter| !letter.is_control())
        .take(NAME_MAX)
        .collect();
    let secret = draw_credential(server.chance.as_ref());
    let device = NewDevice {
        id: DeviceId::from_bytes(draw_id(server.chance.as_ref())),
        name: name.trim().to_owned(),
        credential_sha256: secret.sha256,
        public_key,
    };
    Ok((device, secret.text))
}

fn code_refused(redeemed: &Redeemed) -> Refused {
    let (status, code, message) = match redeemed {
        Redeemed::Used => (
            StatusCode::GONE,
            "enrol.code_used",
            "this code has been used; ask the administrator for a new one",
        ),
        Redeemed::Expired => (
            StatusCode::GONE,
            "enrol.code_expired",
            "this code came too late; ask the administrator for a new one",
        ),
        Redeemed::Closed => (
            StatusCode::FORBIDDEN,
            "user.inactive",
            "the account is closed; ask the administrator",
        ),
        Redeemed::Unknown | Redeemed::Enrolled(..) => (
            StatusCode::NOT_FOUND,
            "enrol.code_unknown",
            "nobody was given this code; check it letter by letter",
        ),
    };
    Refused::new(status, code, message)
}
