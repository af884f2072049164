//! Who uses this tablet: the one-time code's outcome, kept in the encrypted store.

use crate::{
    api::{Enrol, Me, SignIn},
    environment::Randomness,
    failure::{Outcome, Problem},
    sync::transport::{Access, Transport, TransportError},
    tablet::{Companion, State},
};
use ed25519_dalek::SigningKey;
use hemrond_domain::{
    ids::{DeviceId, UserId},
    people::User,
};
use hemrond_policy::Principal;
use hemrond_protocol::enrolment::{EnrolRequest, EnrolResponse, EnrolSignIn, device_id};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The key under which the store keeps the enrolment.
const META: &str = "enrolment";

/// What a server says for which this key is another's, or shut out.
const KEY_TAKEN: &str = "enrol.key_taken";

/// Everything that enrolment gave this tablet.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Enrolment {
    pub(crate) user: User,
    pub(crate) organisation_name: String,
    pub(crate) device: DeviceId,
    pub(crate) tablet: String,
    pub(crate) server: String,
    signing_key: String,
    /// What the server said when it enrolled this tablet; none from an older server.
    #[serde(default)]
    rescue_key: Option<String>,
}

/// Who a tablet belongs to, for its door.
pub(crate) struct Owner {
    pub(crate) user: UserId,
    pub(crate) name: String,
    pub(crate) tablet: String,
    pub(crate) server: String,
    pub(crate) rescue_key: Option<String>,
}

/// A database key that the server gave back, and the tablet that it knows for it now.
pub(crate) struct Rescued {
    pub(crate) key: String,
    enrolment: Enrolment,
}

/// Asks the server to open a sealed database key, with a one-time code of the same user. The
/// tablet's own key is in that database, so that it asks as a new one.
pub(crate) async fn rescue(
    transport: &dyn Transport,
    randomness: &dyn Randomness,
    owner: &Owner,
    code: &str,
    sign_in: Option<&SignIn>,
    sealed_key: &[u8],
) -> Outcome<Rescued> {
    let signing = SigningKey::from_bytes(&randomness.key());
    let public_key = signing.verifying_key();
    let request = EnrolRequest {
        code: code.trim().to_owned(),
        tablet: owner.tablet.clone(),
        public_key: hex::encode(public_key.as_bytes()),
        user: Some(owner.user),
        sealed_key: Some(hex::encode(sealed_key)),
        sign_in: sign_in.map(EnrolSignIn::from),
    };
    let access = Access {
        server: owner.server.clone(),
        device: device_id(public_key.as_bytes()),
        signer: Arc::new(signing.clone()),
    };
    let answer = transport.enrol(&access, &request).await;
    let mut answer = answer.map_err(|error| error.problem())?;
    let key = answer.opened_key.take();
    let key = key.ok_or_else(|| Problem::new("door.no_rescue"))?;
    let enrolment = Enrolment::new(answer, &owner.tablet, &owner.server, &signing);
    Ok(Rescued { key, enrolment })
}

impl From<&SignIn> for EnrolSignIn {
    fn from(typed: &SignIn) -> Self {
        Self {
            login: typed.login.trim().to_owned(),
            password: typed.password.text().to_owned(),
            code: typed.code.trim().to_owned(),
        }
    }
}

impl Enrolment {
    fn new(answer: EnrolResponse, tablet: &str, server: &str, key: &SigningKey) -> Self {
        Self {
            user: answer.user,
            organisation_name: answer.organisation_name,
            device: answer.device,
            tablet: tablet.to_owned(),
            server: server.trim().to_owned(),
            signing_key: hex::encode(key.to_bytes()),
            rescue_key: answer.rescue_key,
        }
    }

    pub(crate) fn owner(&self) -> Owner {
        Owner {
            user: self.user.id,
            name: self.user.name.clone(),
            tablet: self.tablet.clone(),
            server: self.server.clone(),
            rescue_key: self.rescue_key.clone(),
        }
    }

    pub(crate) fn access(&self) -> Outcome<Access> {
        Ok(Access {
            server: self.server.clone(),
            device: self.device,
            signer: Arc::new(self.signing_key()?),
        })
    }

    pub(crate) fn principal(&self) -> Principal {
        Principal::from(&self.user)
    }

    /// The tablet's own key, for signing requests and entries.
    pub(crate) fn signing_key(&self) -> Outcome<SigningKey> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(&self.signing_key, &mut bytes)
            .map_err(|_| Problem::new("key.unreadable"))?;
        Ok(SigningKey::from_bytes(&bytes))
    }
}

fn written(enrolment: &Enrolment) -> Outcome<String> {
    serde_json::to_string(enrolment).map_err(|_| Problem::new("key.unreadable"))
}

impl Companion {
    /// Reads the enrolment, if there is one.
    pub(crate) async fn read_enrolment(store: &hemrond_store::Store) -> Outcome<Option<Enrolment>> {
        match store.meta_get(META).await? {
            Some(text) => serde_json::from_str(&text)
                .map(Some)
                .map_err(|_| Problem::new("key.unreadable")),
            None => Ok(None),
        }
    }

    /// Makes this tablet's key known with the code. The state is free while the network is slow, so
    /// that everything else is answered meanwhile.
    ///
    /// A tablet that its server no longer knows, as after a restore from a backup that is older than
    /// the enrolment, may be enrolled anew for the same user: what waits on it is sent then.
    pub(crate) async fn enrol(&self, args: &Enrol) -> Outcome<()> {
        let open_for = |state: &State| match &state.enrolment {
            Some(_) if !state.link.is_unknown_to_server() => Err(Problem::new("enrol.already")),
            before => Ok(before.clone()),
        };
        let before = open_for(&*self.state.lock().await)?;
        let tablet = args.tablet.trim();
        if tablet.is_empty() || tablet.chars().count() > 60 {
            return Err(Problem::new("enrol.tablet_name"));
        }
        let new_key = || SigningKey::from_bytes(&self.randomness.key());
        // With its old key a tablet is the same one again, and what it signed still its own.
        let mut key = match &before {
            Some(enrolment) => enrolment.signing_key()?,
            None => new_key(),
        };
        let user = before.map(|enrolment| enrolment.user.id);
        let ask = async |key: &SigningKey| {
            let public_key = key.verifying_key();
            let request = EnrolRequest {
                code: args.code.trim().to_owned(),
                tablet: tablet.to_owned(),
                public_key: hex::encode(public_key.as_bytes()),
                user,
                sealed_key: None,
                sign_in: args.sign_in.as_ref().map(EnrolSignIn::from),
            };
            let access = Access {
                server: args.server.trim().to_owned(),
                device: device_id(public_key.as_bytes()),
                signer: Arc::new(key.clone()),
            };
            self.transport.enrol(&access, &request).await
        };
        let mut answer = ask(&key).await;
        if matches!(&answer, Err(TransportError::Rejected(code)) if code == KEY_TAKEN) {
            key = new_key();
            answer = ask(&key).await;
        }
        let answer = answer.map_err(|error| error.problem())?;
        let enrolment = Enrolment::new(answer, tablet, &args.server, &key);
        let text = written(&enrolment)?;
        let mut state = self.state.lock().await;
        if open_for(&state)?.is_some_and(|before| before.user.id != enrolment.user.id) {
            return Err(Problem::new("enrol.other_user"));
        }
        self.store.meta_set(META, &text).await?;
        state.enrolment = Some(enrolment);
        state.link.last_failure = None;
        Ok(())
    }

    /// Goes on as the tablet that the server knows since the key was given back: the one before is
    /// shut out.
    pub(crate) async fn go_on_as(&self, rescued: Rescued) -> Outcome<()> {
        let text = written(&rescued.enrolment)?;
        let mut state = self.state.lock().await;
        self.store.meta_set(META, &text).await?;
        state.enrolment = Some(rescued.enrolment);
        Ok(())
    }

    /// Whose tablet this is, for its door.
    pub(crate) async fn owner(&self) -> Outcome<Owner> {
        Ok(self.state.lock().await.enrolled()?.owner())
    }

    /// Whether the server said last that it has never heard of this tablet.
    pub(crate) async fn is_unknown_to_server(&self) -> bool {
        self.state.lock().await.link.is_unknown_to_server()
    }

    /// Who uses this tablet, for the line at the top.
    pub(crate) async fn me(&self, state: &State) -> Outcome<Option<Me>> {
        let Some(enrolment) = &state.enrolment else {
            return Ok(None);
        };
        let user = &enrolment.user;
        Ok(Some(Me {
            id: user.id,
            name: user.name.clone(),
            role: user.role,
            unit: user.unit,
            unit_name: state.unit_name(user.unit),
            organisation_name: enrolment.organisation_name.clone(),
        }))
    }
}
