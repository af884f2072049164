//! What a server makes of files and headers that strangers and administrators hand it, with no server
//! around them: read as it reads them, for whoever tries bytes that nobody thought of.

use crate::{
    admin::{cookies::Cookie, posted},
    serve::is_pair,
    sign_in::SealingKey,
};
use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderValue, header},
};
use std::collections::BTreeMap;

/// Whether a chain of certificates and a key, both PEM, could be shown to whoever connects.
#[must_use]
pub fn is_certificate(chain: &[u8], key: &[u8]) -> bool {
    is_pair(chain, key)
}

/// Whether a file holds a key for sign-ins.
#[must_use]
pub fn is_sealing_key(file: &str) -> bool {
    SealingKey::parse(file).is_some()
}

/// What a browser sent as the cookies of the pages, in their order; none for a line that is no header.
#[must_use]
pub fn cookies(line: &[u8], secure: bool) -> Option<Vec<Option<String>>> {
    let mut headers = HeaderMap::new();
    headers.insert(header::COOKIE, HeaderValue::from_bytes(line).ok()?);
    let all = Cookie::ALL.into_iter();
    Some(all.map(|cookie| cookie.read(&headers, secure)).collect())
}

/// The fields of a posted form; none where it is none.
pub async fn form(body: &[u8]) -> Option<BTreeMap<String, String>> {
    let request = Request::post("/")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body.to_vec()))
        .ok()?;
    posted::read(request, &()).await
}

/// Chooses how TLS is spoken, as a server that starts does; what asks an identity provider needs it.
pub fn prepare_tls() {
    // Another choice may have been made already, and is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
