//! Signing in with a card: OpenID Connect, made for an identity provider that fronts SITHS or Freja.
//!
//! Authorization code flow with PKCE. What belongs to one way there and back – state, nonce and
//! verifier – lies sealed in the browser's cookie, so that any server process can take people back.
//! Who a person is stands in one claim, which the administrator has written beside the account; how
//! sure the provider is must be one of the configured levels.

mod config;
mod http;

pub use config::CardConfig;
pub(crate) use config::is_safe;

use super::{seal::SealingKey, totp::same};
use crate::environment::{Chance, Clock};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use config::Checked;
use http::Line;
use openidconnect::{
    AuthenticationContextClass, AuthenticationFlow, AuthorizationCode, ClientId, ClientSecret,
    CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet, Nonce, PkceCodeChallenge,
    PkceCodeVerifier, Scope, TokenResponse,
    core::{
        CoreAuthPrompt, CoreClient, CoreIdToken, CoreJwsSigningAlgorithm, CoreProviderMetadata,
        CoreResponseType,
    },
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, sync::Arc};
use tokio::sync::Mutex;

/// How long somebody may stay at the identity provider, in milliseconds.
const AWAY: i64 = 10 * 60 * 1000;

/// How long the provider's description and keys are used before they are fetched again.
const FRESH: i64 = 3_600_000;

/// How old the keys must be to be fetched again because a signature did not fit them.
const MAY_HAVE_TURNED: i64 = 60 * 1000;

/// The purpose under which a way is sealed.
const WAY: &str = "way to the identity provider";

/// Signatures that a token may have. Those with a shared secret are not among them: the secret
/// proves who asks, not who answers.
const SIGNATURES: [CoreJwsSigningAlgorithm; 5] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Why nobody is signed in by card.
#[derive(Debug, thiserror::Error)]
pub enum CardError {
    /// The configuration cannot work.
    #[error("signing in with a card is not set up rightly: {0}; see deploy/sign-in.md")]
    Config(String),
    /// The provider does not answer.
    #[error("the identity provider does not answer: {0}; try again, or sign in with a password")]
    Unavailable(String),
    /// The person or the provider broke it off.
    #[error("the identity provider did not let anybody in: {0}")]
    BrokenOff(String),
    /// What came back belongs to no way that began in this browser, or to another provider.
    #[error("this sign-in did not begin in this browser, or took too long; begin again")]
    NotOurs,
    /// The provider's word was not good.
    #[error("what the identity provider said is not accepted: {0}")]
    Token(String),
}

/// One way to the provider and back.
#[derive(Serialize, Deserialize)]
struct Way {
    state: String,
    nonce: String,
    verifier: String,
    until: i64,
}

/// What the provider sends back with the browser.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Back {
    /// The code to be exchanged.
    pub code: Option<String>,
    /// What this server sent along.
    pub state: Option<String>,
    /// Which provider says so (RFC 9207).
    pub iss: Option<String>,
    /// Why it did not work.
    pub error: Option<String>,
}

/// What is known of the provider, and when it was fetched.
struct Known {
    at: i64,
    metadata: Arc<CoreProviderMetadata>,
}

/// The way to sign in with a card.
pub struct Cards {
    config: CardConfig,
    checked: Checked,
    line: Line,
    known: Mutex<Option<Known>>,
}

impl std::fmt::Debug for Cards {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Cards").field(&self.config).finish()
    }
}

impl Cards {
    /// Signing in by this provider. It is asked when the first person comes.
    ///
    /// # Errors
    /// When the configuration cannot work.
    pub fn new(config: CardConfig) -> Result<Self, CardError> {
        let checked = config.check()?;
        let line = Line::new().map_err(|why| CardError::Config(why.to_string()))?;
        Ok(Self {
            config,
            checked,
            line,
            known: Mutex::new(None),
        })
    }

    /// Begins a way: the address to send the browser to, and what it keeps meanwhile.
    ///
    /// # Errors
    /// When the provider does not answer.
    pub async fn begin(
        &self,
        key: &SealingKey,
        clock: &dyn Clock,
        chance: &dyn Chance,
    ) -> Result<(String, String), CardError> {
        let now = clock.now_ms();
        let client = self.client(&self.provider(now, FRESH).await?);
        let way = Way {
            state: random(chance),
            nonce: random(chance),
            verifier: random(chance),
            until: now.saturating_add(AWAY),
        };
        let verifier = PkceCodeVerifier::new(way.verifier.clone());
        let (state, nonce) = (way.state.clone(), way.nonce.clone());
        let mut request = client
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                move || CsrfToken::new(state),
                move || Nonce::new(nonce),
            )
            .add_scope(Scope::new("profile".to_owned()))
            // Whoever sits down after somebody shows their own card, though the provider knows the one before.
            .add_prompt(CoreAuthPrompt::Login)
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        for level in &self.config.levels {
            request =
                request.add_auth_context_value(AuthenticationContextClass::new(level.clone()));
        }
        let (url, _, _) = request.url();
        let bytes = serde_json::to_vec(&way).map_err(|why| CardError::Config(why.to_string()))?;
        Ok((url.to_string(), key.seal_text(WAY, &bytes, chance)))
    }

    /// Ends a way: how the provider names the person who came back.
    ///
    /// # Errors
    /// When anything about the answer is not as it must be, or the provider does not answer.
    pub async fn finish(
        &self,
        key: &SealingKey,
        clock: &dyn Clock,
        kept: Option<&str>,
        back: &Back,
    ) -> Result<String, CardError> {
        let now = clock.now_ms();
        let way = kept
            .and_then(|kept| key.open_text(WAY, kept))
            .and_then(|bytes| serde_json::from_slice::<Way>(&bytes).ok())
            .filter(|way| way.until >= now)
            .ok_or(CardError::NotOurs)?;
        let state = back.state.as_deref().unwrap_or_default();
        if !same(state.as_bytes(), way.state.as_bytes()) {
            return Err(CardError::NotOurs);
        }
        // Another provider's answer that was led here would be exchanged at ours (RFC 9207).
        if back
            .iss
            .as_ref()
            .is_some_and(|iss| *iss != self.config.issuer)
        {
            return Err(CardError::NotOurs);
        }
        if let Some(error) = &back.error {
            let plain = error.chars().filter(|letter| letter.is_ascii_graphic());
            return Err(CardError::BrokenOff(plain.take(60).collect()));
        }
        let code = back.code.clone().ok_or(CardError::NotOurs)?;
        let metadata = self.provider(now, FRESH).await?;
        let token = self.exchange(&metadata, code, way.verifier).await?;
        let nonce = Nonce::new(way.nonce);
        let checked = match self.verify(&metadata, clock, &token, &nonce) {
            // The provider may have turned to a new key since its keys were fetched.
            Err(_) => {
                let metadata = self.provider(now, MAY_HAVE_TURNED).await?;
                self.verify(&metadata, clock, &token, &nonce)
            }
            fine => fine,
        };
        checked.map_err(CardError::Token)?;
        self.named(&token)
    }

    /// How a token names the person, by a provider's description and keys as they came.
    ///
    /// # Errors
    /// When one of them cannot be read, or the token is not good.
    pub fn named_by(
        &self,
        description: &[u8],
        keys: &[u8],
        token: &str,
        nonce: &str,
        clock: &dyn Clock,
    ) -> Result<String, CardError> {
        let unavailable = |why: serde_json::Error| CardError::Unavailable(why.to_string());
        let metadata: CoreProviderMetadata =
            serde_json::from_slice(description).map_err(unavailable)?;
        let keys = serde_json::from_slice(keys).map_err(unavailable)?;
        let token: CoreIdToken = token
            .parse()
            .map_err(|why: serde_json::Error| CardError::Token(why.to_string()))?;
        let metadata = Arc::new(metadata.set_jwks(keys));
        let nonce = Nonce::new(nonce.to_owned());
        self.verify(&metadata, clock, &token, &nonce)
            .map_err(CardError::Token)?;
        self.named(&token)
    }

    async fn exchange(
        &self,
        metadata: &Arc<CoreProviderMetadata>,
        code: String,
        verifier: String,
    ) -> Result<CoreIdToken, CardError> {
        let client = self.client(metadata);
        let answer = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|why| CardError::Config(why.to_string()))?
            .set_pkce_verifier(PkceCodeVerifier::new(verifier))
            .request_async(&self.line)
            .await
            .map_err(|why| CardError::Token(why.to_string()))?;
        let token = answer.id_token().cloned();
        token.ok_or_else(|| CardError::Token("it says nothing of the person".to_owned()))
    }

    /// Signature, issuer, audience, expiry, nonce and level.
    fn verify(
        &self,
        metadata: &Arc<CoreProviderMetadata>,
        clock: &dyn Clock,
        token: &CoreIdToken,
        nonce: &Nonce,
    ) -> Result<(), String> {
        let client = self.client(metadata);
        let levels: BTreeSet<&str> = self.config.levels.iter().map(String::as_str).collect();
        let verifier = client
            .id_token_verifier()
            .set_allowed_algs(SIGNATURES)
            .set_time_fn(|| clock.now())
            .set_auth_context_verifier_fn(|level| match level {
                Some(level) if levels.contains(level.as_str()) => Ok(()),
                Some(level) => Err(format!("{} is no level that is enough", level.as_str())),
                None => Err("it does not say how sure it is".to_owned()),
            });
        match token.claims(&verifier, nonce) {
            Ok(_) => Ok(()),
            Err(why) => Err(why.to_string()),
        }
    }

    /// The claim that names the person, out of a token that was verified.
    fn named(&self, token: &CoreIdToken) -> Result<String, CardError> {
        let text = token.to_string();
        let payload = text
            .split('.')
            .nth(1)
            .and_then(|part| URL_SAFE_NO_PAD.decode(part).ok())
            .and_then(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).ok());
        let claim = payload.as_ref().and_then(|all| all.get(&self.config.claim));
        let name = claim.and_then(serde_json::Value::as_str).map(str::trim);
        name.filter(|name| !name.is_empty())
            .map(str::to_owned)
            .ok_or_else(|| CardError::Token(format!("{} is missing", self.config.claim)))
    }

    fn client(&self, metadata: &Arc<CoreProviderMetadata>) -> Client {
        let secret = self.config.client_secret.clone().map(ClientSecret::new);
        let id = ClientId::new(self.config.client_id.clone());
        CoreClient::from_provider_metadata(CoreProviderMetadata::clone(metadata), id, secret)
            .set_redirect_uri(self.checked.back.clone())
    }

    /// The provider's description and keys, fetched again if they are older than this.
    async fn provider(
        &self,
        now: i64,
        oldest: i64,
    ) -> Result<Arc<CoreProviderMetadata>, CardError> {
        let mut known = self.known.lock().await;
        if let Some(known) = known.as_ref()
            && now.saturating_sub(known.at) < oldest
        {
            return Ok(Arc::clone(&known.metadata));
        }
        let issuer = self.checked.issuer.clone();
        // It refuses a description that names another issuer than the one it was asked from.
        let metadata = CoreProviderMetadata::discover_async(issuer, &self.line)
            .await
            .map_err(|why| CardError::Unavailable(why.to_string()))?;
        let metadata = Arc::new(metadata);
        *known = Some(Known {
            at: now,
            metadata: Arc::clone(&metadata),
        });
        Ok(metadata)
    }
}

/// 256 random bits, as letters.
fn random(chance: &dyn Chance) -> String {
    let mut bytes = [0; 32];
    chance.fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}
