//! Which identity provider, and what it must say.

use super::CardError;
use openidconnect::{IssuerUrl, RedirectUrl};
use std::net::IpAddr;

/// Which identity provider, and what it must say of whoever comes back from it.
#[derive(Clone)]
pub struct CardConfig {
    /// The provider's address, exactly as its tokens name it.
    pub issuer: String,
    /// How the provider knows this server.
    pub client_id: String,
    /// What proves it; none for a client without a secret.
    pub client_secret: Option<String>,
    /// The claim that names the person, such as `employeeHsaId`.
    pub claim: String,
    /// The levels of assurance that are good enough; at least one.
    pub levels: Vec<String>,
    /// Where the provider sends people back to.
    pub back: String,
}

impl std::fmt::Debug for CardConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CardConfig")
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

/// The same, checked.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) issuer: IssuerUrl,
    pub(super) back: RedirectUrl,
}

impl CardConfig {
    /// Whether a server would start with it.
    ///
    /// # Errors
    /// When it cannot work.
    pub fn try_out(&self) -> Result<(), CardError> {
        self.check().map(|_| ())
    }

    pub(super) fn check(&self) -> Result<Checked, CardError> {
        let wrong = |why: &str| CardError::Config(why.to_owned());
        let issuer = IssuerUrl::new(self.issuer.clone())
            .map_err(|_| wrong("the issuer is not an address"))?;
        if !is_safe(issuer.url()) {
            return Err(wrong("the issuer's address must begin with https://"));
        }
        let back = RedirectUrl::new(self.back.clone())
            .map_err(|_| wrong("the address of the administrator's pages is none"))?;
        if self.client_id.trim().is_empty() || self.claim.trim().is_empty() {
            return Err(wrong("the client's id and the claim must be given"));
        }
        if self.levels.iter().all(|level| level.trim().is_empty()) {
            return Err(wrong("at least one level of assurance must be given"));
        }
        Ok(Checked { issuer, back })
    }
}

/// Whether nobody between can read along: TLS, or this machine itself.
pub(crate) fn is_safe(url: &reqwest::Url) -> bool {
    let own = match url.host_str() {
        Some("localhost") => true,
        Some(host) => host
            .trim_matches(['[', ']'])
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback()),
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && own)
}
