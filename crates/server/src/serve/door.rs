//! Where tablets come in: the listener, what is spoken on it, and how much it bears.

use super::{Limits, tls::Tls};
use axum::{
    Router,
    http::{HeaderValue, header::STRICT_TRANSPORT_SECURITY},
};
use std::sync::Arc;
use tokio::net::TcpListener;
use tower_http::set_header::SetResponseHeaderLayer;

/// Browsers speak to this address only with TLS for a year. Other addresses of the same name are
/// not ours to decide about.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Where requests come in.
#[derive(Debug)]
pub struct Door {
    pub(super) listener: TcpListener,
    pub(super) limits: Limits,
    pub(super) way: Way,
}

/// How bytes come from a tablet to this process.
#[derive(Debug, Clone)]
pub enum Way {
    /// Without encryption, within this machine.
    Plain,
    /// Without encryption, from a proxy that ends TLS.
    Proxy,
    /// With TLS that this process ends.
    Tls(Arc<Tls>),
}

impl Door {
    /// A door with the usual limits.
    #[must_use]
    pub fn new(listener: TcpListener, way: Way) -> Self {
        Self {
            listener,
            limits: Limits::default(),
            way,
        }
    }

    /// The same door with other limits.
    #[must_use]
    pub fn within(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Has answers say what holds for the way that they take.
    pub(super) fn around(&self, router: Router) -> Router {
        match &self.way {
            Way::Plain => router,
            Way::Proxy | Way::Tls(_) => router.layer(SetResponseHeaderLayer::overriding(
                STRICT_TRANSPORT_SECURITY,
                HSTS,
            )),
        }
    }
}

impl From<TcpListener> for Door {
    /// Plain, with the usual limits.
    fn from(listener: TcpListener) -> Self {
        Self::new(listener, Way::Plain)
    }
}
