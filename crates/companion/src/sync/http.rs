//! The way to the server over HTTP, with reqwest and rustls.

use super::transport::{Access, STALE_NONCE, Transport, TransportError};
use async_trait::async_trait;
use hemrond_protocol::{
    CONTENT_TYPE, ENROL_PATH, NEWS_PATH, NONCE_PATH, SYNC_PATH,
    enrolment::{EnrolRequest, EnrolResponse, MAGIC, Problem},
    limits,
    signature::{self, Nonce, Target},
};
use reqwest::{Client, Method, Response, StatusCode, Url, header};
use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// How long to wait for a connection: a kitchen without coverage must say so soon.
const CONNECT: Duration = Duration::from_secs(5);

/// How long a whole sync request may take on a slow network.
const SYNC: Duration = Duration::from_secs(limits::SYNC_WAIT_SECONDS);

/// How long to wait for a nonce.
const NONCE: Duration = Duration::from_secs(15);

/// A body above this many bytes is sent with a nonce that was just given out.
const LARGE: usize = 64 << 10;

/// The largest answer that is read.
const MAX_ANSWER: usize = 16 * limits::MAX_COMPRESSED;

/// A client for one tablet.
#[derive(Debug, Clone)]
pub struct HttpTransport {
    client: Client,
    /// The last nonce of each server.
    nonces: Arc<Mutex<HashMap<String, Nonce>>>,
}

/// Why no client could be made.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The library would not start.
    #[error("the network client could not be started: {0}; check the system's certificates")]
    Start(#[source] reqwest::Error),
    /// The authority's file cannot be read.
    #[error("the file {file} with a certificate authority cannot be read: {why}")]
    Authority {
        /// Which.
        file: String,
        /// The system's words.
        why: std::io::Error,
    },
    /// The authority's file holds no certificate.
    #[error("the file {file} holds no certificate in PEM form; give the authority's own")]
    NoAuthority {
        /// Which.
        file: String,
    },
}

impl HttpTransport {
    /// Makes a client. Proxies from the environment are not used: care data goes straight to its
    /// server.
    ///
    /// # Errors
    /// When the system's certificates cannot be read.
    pub fn new() -> Result<Self, ClientError> {
        Self::trusting(None)
    }

    /// Makes a client that also trusts an organisation's own certificate authorities, from a file
    /// in PEM form. Those of the system are trusted as well.
    ///
    /// # Errors
    /// When the file holds none, or the system's certificates cannot be read.
    pub fn trusting(authority: Option<&Path>) -> Result<Self, ClientError> {
        // Installed once per process; a second time it says so, and that is fine.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let authorities = authority.map_or(Ok(Vec::new()), certificates)?;
        let client = Client::builder()
            .tls_certs_merge(authorities)
            .connect_timeout(CONNECT)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .pool_idle_timeout(Duration::from_secs(50))
            .build()
            .map_err(ClientError::Start)?;
        Ok(Self {
            client,
            nonces: Arc::default(),
        })
    }
}

/// The certificates in a file; a file without any is a mistake that must not go unnoticed.
fn certificates(path: &Path) -> Result<Vec<reqwest::Certificate>, ClientError> {
    let file = || path.display().to_string();
    let pem = std::fs::read(path).map_err(|why| ClientError::Authority { file: file(), why })?;
    match reqwest::Certificate::from_pem_bundle(&pem) {
        Ok(found) if !found.is_empty() => Ok(found),
        _ => Err(ClientError::NoAuthority { file: file() }),
    }
}

/// Puts a path behind a server address that a person typed.
fn url(server: &str, path: &str) -> Result<Url, TransportError> {
    let wrong = || TransportError::Address(server.to_owned());
    let base = Url::parse(server.trim()).map_err(|_| wrong())?;
    if !matches!(base.scheme(), "http" | "https") || base.host().is_none() {
        return Err(wrong());
    }
    // Without encryption only to this very machine: tests, demonstrations, a proxy beside it.
    let local = match base.host_str() {
        Some("localhost") => true,
        Some(host) => host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback()),
        None => false,
    };
    if base.scheme() == "http" && !local {
        return Err(wrong());
    }
    base.join(path).map_err(|_| wrong())
}

fn lost(error: &reqwest::Error) -> TransportError {
    if error.is_timeout() {
        TransportError::Timeout
    } else {
        TransportError::Unreachable(error.to_string())
    }
}

/// Reads a body up to the limit.
async fn body(mut response: Response) -> Result<Vec<u8>, TransportError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| lost(&error))? {
        if bytes.len() + chunk.len() > MAX_ANSWER {
            return Err(TransportError::NotHemrond);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Tells our server's refusals from other servers' answers.
async fn refused(response: Response) -> TransportError {
    let status = response.status();
    let problem = match body(response).await {
        Ok(bytes) => serde_json::from_slice::<Problem>(&bytes).ok(),
        Err(error) => return error,
    };
    match problem.filter(|problem| problem.hemrond == MAGIC) {
        Some(problem) => match status {
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => TransportError::Busy,
            StatusCode::PAYLOAD_TOO_LARGE => TransportError::TooLarge,
            StatusCode::REQUEST_TIMEOUT => TransportError::Timeout,
            status if status.is_client_error() => TransportError::Rejected(problem.code),
            status => TransportError::Failed(status.as_u16()),
        },
        // A proxy that waits for less than we do: the next request is smaller, as after our own wait.
        None if status == StatusCode::GATEWAY_TIMEOUT => TransportError::Timeout,
        // A proxy in front of our server answers in its own words when the server is down.
        None if status.is_server_error() => TransportError::Failed(status.as_u16()),
        None => TransportError::NotHemrond,
    }
}

/// What is asked of a server.
struct Ask {
    method: Method,
    url: Url,
    kind: Option<&'static str>,
    body: Vec<u8>,
    patience: Duration,
}

impl HttpTransport {
    /// Asks, signed by the tablet, and gives the answer where it is none of the refusals.
    ///
    /// The nonce is the one that the server's last answer brought. Where it has become too old the
    /// server gives another, and the same is asked once more.
    async fn ask(&self, access: &Access, ask: &Ask) -> Result<Response, TransportError> {
        let known = self.nonces().get(&access.server).cloned();
        let nonce = match known {
            // What is large is not sent only to be told that the nonce is too old.
            Some(nonce) if ask.body.len() <= LARGE => nonce,
            _ => self.fetch_nonce(access).await?,
        };
        match self.ask_with(access, ask, &nonce).await {
            Err(TransportError::Rejected(code)) if code == STALE_NONCE => {}
            answer => return answer,
        }
        let fresh = self.nonces().get(&access.server).cloned();
        let Some(fresh) = fresh.filter(|fresh| *fresh != nonce) else {
            return Err(TransportError::Busy);
        };
        match self.ask_with(access, ask, &fresh).await {
            // Its processes do not agree yet, as in the moments after a restore.
            Err(TransportError::Rejected(code)) if code == STALE_NONCE => Err(TransportError::Busy),
            answer => answer,
        }
    }

    async fn ask_with(
        &self,
        access: &Access,
        ask: &Ask,
        nonce: &Nonce,
    ) -> Result<Response, TransportError> {
        let target = Target {
            method: ask.method.as_str(),
            path: ask.url.path(),
            query: ask.url.query(),
        };
        let signed = access.sign(&target, &ask.body, nonce)?;
        let mut request = self
            .client
            .request(ask.method.clone(), ask.url.clone())
            .timeout(ask.patience);
        for (name, value) in signed.headers() {
            request = request.header(name, value);
        }
        if let Some(kind) = ask.kind {
            request = request
                .header(header::CONTENT_TYPE, kind)
                .body(ask.body.clone());
        }
        let response = request.send().await.map_err(|error| lost(&error))?;
        self.remember(access, &response);
        if response.status().is_success() {
            Ok(response)
        } else {
            Err(refused(response).await)
        }
    }

    /// Gets a nonce from a server that has not answered yet since this app started.
    async fn fetch_nonce(&self, access: &Access) -> Result<Nonce, TransportError> {
        let response = self
            .client
            .get(url(&access.server, NONCE_PATH)?)
            .timeout(NONCE)
            .send()
            .await
            .map_err(|error| lost(&error))?;
        match self.remember(access, &response) {
            Some(nonce) => Ok(nonce),
            None if response.status().is_success() => Err(TransportError::NotHemrond),
            None => Err(refused(response).await),
        }
    }

    fn remember(&self, access: &Access, response: &Response) -> Option<Nonce> {
        let text = response.headers().get(signature::NONCE)?.to_str().ok()?;
        let nonce = Nonce::read(text).ok()?;
        self.nonces().insert(access.server.clone(), nonce.clone());
        Some(nonce)
    }

    fn nonces(&self) -> MutexGuard<'_, HashMap<String, Nonce>> {
        self.nonces.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Transport for HttpTransport {
    async fn enrol(
        &self,
        access: &Access,
        request: &EnrolRequest,
    ) -> Result<EnrolResponse, TransportError> {
        let ask = Ask {
            method: Method::POST,
            url: url(&access.server, ENROL_PATH)?,
            kind: Some("application/json"),
            body: serde_json::to_vec(request).map_err(|_| TransportError::NotHemrond)?,
            patience: SYNC,
        };
        let response = self.ask(access, &ask).await?;
        let answer: EnrolResponse = serde_json::from_slice(&body(response).await?)
            .map_err(|_| TransportError::NotHemrond)?;
        if answer.hemrond == MAGIC {
            Ok(answer)
        } else {
            Err(TransportError::NotHemrond)
        }
    }

    async fn sync(&self, access: &Access, request: Vec<u8>) -> Result<Vec<u8>, TransportError> {
        let ask = Ask {
            method: Method::POST,
            url: url(&access.server, SYNC_PATH)?,
            kind: Some(CONTENT_TYPE),
            body: request,
            patience: SYNC,
        };
        let response = self.ask(access, &ask).await?;
        let ours = response
            .headers()
            .get(header::CONTENT_TYPE)
            .is_some_and(|value| value.as_bytes() == CONTENT_TYPE.as_bytes());
        if !ours {
            return Err(TransportError::NotHemrond);
        }
        body(response).await
    }

    async fn news(&self, access: &Access, after: u64) -> Result<Option<u64>, TransportError> {
        let mut url = url(&access.server, NEWS_PATH)?;
        url.query_pairs_mut()
            .append_pair("after", &after.to_string());
        let ask = Ask {
            method: Method::GET,
            url,
            kind: None,
            body: Vec::new(),
            patience: Duration::from_secs(limits::NEWS_WAIT_SECONDS + 15),
        };
        let response = self.ask(access, &ask).await?;
        if response.status() == StatusCode::NO_CONTENT {
            return Ok(None);
        }
        let head = head_in(&body(response).await?).ok_or(TransportError::NotHemrond)?;
        Ok(Some(head))
    }
}

/// How far the feed is, by the news that a server tells; none where it tells none.
pub(crate) fn head_in(body: &[u8]) -> Option<u64> {
    #[derive(serde::Deserialize)]
    struct News {
        head: u64,
    }
    let news: News = serde_json::from_slice(body).ok()?;
    Some(news.head)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_address_must_be_https_or_this_machine() {
        for (address, good) in [
            ("https://hemrond.example.se", true),
            ("https://hemrond.example.se/under/", true),
            ("http://127.0.0.1:8787", true),
            ("http://[::1]:8787", true),
            ("http://localhost:8787", true),
            ("http://hemrond.example.se", false),
            ("http://127.0.0.1.example.se", false),
            ("ftp://hemrond.example.se", false),
            ("hemrond", false),
            ("", false),
        ] {
            assert_eq!(url(address, SYNC_PATH).is_ok(), good, "{address:?}");
        }
    }
}
