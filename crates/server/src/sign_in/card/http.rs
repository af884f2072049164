//! The way to the identity provider: reqwest with rustls, no redirects, bounded in time and size.

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use std::{future::Future, pin::Pin, time::Duration};

/// How long the identity provider may take for an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Bounds an answer; a key set is some kilobytes.
const LARGEST: usize = 1 << 20;

/// Why there was no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum ProviderHttpError {
    #[error("the identity provider was not reached: {0}")]
    Lost(#[from] reqwest::Error),
    #[error("the identity provider's answer is larger than {LARGEST} bytes")]
    TooLarge,
    #[error("the identity provider's answer is malformed: {0}")]
    Malformed(#[from] openidconnect::http::Error),
}

/// Speaks with the identity provider.
#[derive(Debug, Clone)]
pub(super) struct Line(reqwest::Client);

impl Line {
    pub(super) fn new() -> Result<Self, reqwest::Error> {
        // A redirect could lead the code or the client's secret somewhere else.
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()?;
        Ok(Self(client))
    }

    async fn answer(&self, request: HttpRequest) -> Result<HttpResponse, ProviderHttpError> {
        let mut response = self.0.execute(request.try_into()?).await?;
        let mut answer = openidconnect::http::Response::builder().status(response.status());
        for (name, value) in response.headers() {
            answer = answer.header(name, value);
        }
        let mut body = Vec::new();
        while let Some(part) = response.chunk().await? {
            if body.len() + part.len() > LARGEST {
                return Err(ProviderHttpError::TooLarge);
            }
            body.extend_from_slice(&part);
        }
        Ok(answer.body(body)?)
    }
}

impl<'c> AsyncHttpClient<'c> for Line {
    type Error = ProviderHttpError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Self::Error>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.answer(request))
    }
}
