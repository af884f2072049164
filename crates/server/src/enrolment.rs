//! Enrolment without HTTP: a one-time code makes a device's own key known.

mod sign_in;

use crate::{
    admission::{self, AdmissionError, Presented},
    credential::code_hash,
    inspector::is_public_key,
    metrics::add,
    rate::Rate,
    state::Server,
    storage::{NewDevice, Redeemed, StorageError},
};
use hemrond_audit::{Action, Event, SERVER};
use hemrond_domain::{ids::UserId, people::User};
use hemrond_protocol::enrolment::{EnrolRequest, EnrolResponse, MAGIC, device_id};
use hemrond_vault::Secret;

/// Bounds a tablet's name.
const NAME_MAX: usize = 80;

/// Why a tablet is not enrolled.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// Codes are being tried.
    #[error("too many codes are being tried; wait a minute and try again")]
    TooOften,
    /// The tablet's key is none.
    #[error("the tablet's key is not a public key; update the app")]
    KeyMalformed,
    /// Whoever asks has not shown that the key is theirs.
    #[error("the request is not signed with the tablet's key; update the app")]
    KeyUnproven,
    /// The nonce is not one of ours, is too old, or was used for this very request before.
    #[error("the request's nonce is old or used; sign it again with the one in this answer")]
    Nonce,
    /// A device has used the code already.
    #[error("this code has been used; ask the administrator for a new one")]
    CodeUsed,
    /// The code came too late.
    #[error("this code came too late; ask the administrator for a new one")]
    CodeExpired,
    /// The account is closed.
    #[error("the account is closed; ask the administrator")]
    Closed,
    /// The code is somebody else's than the tablet.
    #[error("the code is another person's than the tablet; ask for one of your own")]
    OtherUser,
    /// The key is no longer good.
    #[error("a tablet with this key was shut out, or is another person's; draw another key")]
    KeyTaken,
    /// What is to be opened was not sealed for this server.
    #[error(
        "the tablet's key was not sealed for this server; check the server's address and its rescue key"
    )]
    NotSealedForUs,
    /// Nobody was given this code.
    #[error("nobody was given this code; check it letter by letter")]
    CodeUnknown,
    /// This server wants to know that it is the person whom the code is for.
    #[error(
        "this server asks who enrols for sign-in name, password and a one-time code of their app; \
         update the app if it does not ask for them"
    )]
    SignInNeeded,
    /// Name, password or app's code is wrong, or the account must wait; it is not told which.
    #[error("name, password or code is wrong, or there were too many tries; wait a little")]
    SignInWrong,
    /// The server is closing.
    #[error("the server is closing; try again in a moment")]
    Closing,
    /// Nobody can sign in here; the server's log says why.
    #[error("nobody can sign in on this server; its log says why")]
    SignInFailed,
    /// The database failed; the code may be used again.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Enrols a tablet.
///
/// # Errors
/// When the code or the key is not good, or the database fails.
pub async fn enrol(
    server: &Server,
    request: &EnrolRequest,
    presented: Option<&Presented<'_>>,
    body: &[u8],
) -> Result<EnrolResponse, EnrolError> {
    let mut device = new_device(request)?;
    let presented = presented.ok_or(EnrolError::KeyUnproven)?;
    prove(server, presented, &device, body).await?;
    let now = server.clock.now_ms();
    // All codes together: whoever tries codes does so from anywhere.
    if !server.rates.allows(b"enrolment", Rate::ENROLMENT, now) {
        return Err(EnrolError::TooOften);
    }
    let signed_in = match &server.sign_in_to_enrol {
        Some(desk) => Some(sign_in::weigh(server, desk, request.sign_in.as_ref()).await?),
        None => None,
    };
    let opened = open_key(server, request)?;
    let owner = opened.as_ref().map(|(owner, _)| *owner);
    // A key is given back to a code of its own user's only, and a code is good for who signed in only;
    // another's may still be used elsewhere.
    for user in [owner, signed_in].into_iter().flatten() {
        if *device.only_for.get_or_insert(user) != user {
            return Err(EnrolError::OtherUser);
        }
    }
    let redeemed = server
        .storage
        .redeem_code(code_hash(&request.code), &device, now)
        .await?;
    let (account, organisation) = match redeemed {
        Redeemed::Enrolled(account, organisation) => (account, organisation),
        Redeemed::Used => return Err(EnrolError::CodeUsed),
        Redeemed::Expired => return Err(EnrolError::CodeExpired),
        Redeemed::Closed => return Err(EnrolError::Closed),
        Redeemed::OtherUser => return Err(EnrolError::OtherUser),
        Redeemed::KeyTaken => return Err(EnrolError::KeyTaken),
        Redeemed::Unknown => return Err(EnrolError::CodeUnknown),
    };
    server
        .storage
        .log_own(enrolled(&account.user, opened.is_some(), now), now)
        .await?;
    add(&server.metrics.enrolled, 1);
    Ok(EnrolResponse {
        hemrond: MAGIC.to_owned(),
        device: device.id,
        user: account.user,
        organisation_name: organisation.name,
        rescue_key: server.rescue.as_ref().map(|key| key.public().to_string()),
        opened_key: opened.map(|(_, key)| hex::encode(key.as_bytes())),
    })
}

/// Whether the request is signed with the key that it brings: nobody enrols another's key.
async fn prove(
    server: &Server,
    presented: &Presented<'_>,
    device: &NewDevice,
    body: &[u8],
) -> Result<(), EnrolError> {
    let claim = admission::claim(server, presented).await?;
    if claim.device() != device.id {
        return Err(EnrolError::KeyUnproven);
    }
    admission::check_body(presented, body)?;
    admission::check_key(server, presented, &claim, &device.public_key)?;
    Ok(())
}

impl From<AdmissionError> for EnrolError {
    fn from(error: AdmissionError) -> Self {
        match error {
            AdmissionError::Nonce => Self::Nonce,
            AdmissionError::Storage(error) => Self::Storage(error),
            _ => Self::KeyUnproven,
        }
    }
}

/// What the access log says of it.
fn enrolled(user: &User, key_given_back: bool, now: i64) -> Event {
    Event {
        action: Action::Enrol,
        user: user.id,
        role: user.role.as_str().to_owned(),
        unit: user.unit,
        organisation: user.organisation,
        device: SERVER,
        person: None,
        kind: Some("tablet".to_owned()),
        document: None,
        reason: key_given_back.then(|| "database key given back".to_owned()),
        basis: None,
        at_ms: now,
    }
}

/// The database key that a tablet wants back, and whose it is.
fn open_key(
    server: &Server,
    request: &EnrolRequest,
) -> Result<Option<(UserId, Secret)>, EnrolError> {
    let Some(sealed) = &request.sealed_key else {
        return Ok(None);
    };
    let rescue = server.rescue.as_ref().ok_or(EnrolError::NotSealedForUs)?;
    let sealed = hex::decode(sealed).map_err(|_| EnrolError::NotSealedForUs)?;
    let opened = rescue.open(&sealed);
    let (owner, key) = opened.map_err(|_| EnrolError::NotSealedForUs)?;
    Ok(Some((UserId::from_bytes(owner), key)))
}

fn new_device(request: &EnrolRequest) -> Result<NewDevice, EnrolError> {
    let mut public_key = [0; 32];
    if hex::decode_to_slice(&request.public_key, &mut public_key).is_err()
        || !is_public_key(&public_key)
    {
        return Err(EnrolError::KeyMalformed);
    }
    let name: String = request
        .tablet
        .chars()
        .filter(|letter| !letter.is_control())
        .take(NAME_MAX)
        .collect();
    Ok(NewDevice {
        id: device_id(&public_key),
        name: name.trim().to_owned(),
        public_key,
        only_for: request.user,
    })
}
