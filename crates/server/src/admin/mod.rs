//! The administrator's pages: accounts, tablets, units, roles, what was done, and who has looked.
//!
//! Plain HTML without scripts, in Swedish and English. Nobody but an administrator who is signed in
//! comes past [`visitor`]; no form does anything that [`posted`] has not found to be ours; every act
//! goes through [`crate::office`], which checks and keeps it.

mod code;
pub(crate) mod cookies;
mod devices;
mod entry;
mod extract;
mod failure;
mod first;
mod layout;
mod log;
mod log_book;
pub(crate) mod posted;
mod review;
mod roles;
mod units;
mod user;
mod users;
mod visitor;
mod words;

pub use log_book::{AdminEvents, LogBook, LogLine};

use crate::{
    directory::Administration,
    office::Office,
    sign_in::{
        Desk,
        card::{Cards, is_safe},
    },
    state::Shared,
    storage::Account,
};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderName, HeaderValue, header},
    middleware,
    response::Redirect,
    routing::{get, post},
};
use failure::Failure;
use hemrond_domain::{ids::UserId, record::Header};
use hemrond_policy::{Action, Principal, Resource};
use std::{fmt, str::FromStr, sync::Arc};
use tower_http::set_header::SetResponseHeaderLayer;

/// Bounds a form's body.
const FORM_BYTES: usize = 16 << 10;

/// Nothing but our own style and our own forms; pictures are part of the page.
const CONTENT_POLICY: &str = "default-src 'none'; style-src 'self'; img-src data:; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Where browsers reach the pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageAddress {
    origin: String,
    secure: bool,
}

/// The address is none for pages where people type passwords.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" is no address of this server; give it as browsers and tablets reach it, such as \
     https://hemrond.example.se, without a path; http:// is for this machine alone"
)]
pub struct PageAddressError(String);

impl FromStr for PageAddress {
    type Err = PageAddressError;

    fn from_str(text: &str) -> Result<Self, PageAddressError> {
        let wrong = || PageAddressError(text.to_owned());
        let url = reqwest::Url::parse(text.trim()).map_err(|_| wrong())?;
        let plain = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        if !is_safe(&url) || !plain || !url.username().is_empty() {
            return Err(wrong());
        }
        Ok(Self {
            origin: url.origin().ascii_serialization(),
            secure: url.scheme() == "https",
        })
    }
}

impl fmt::Display for PageAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/admin", self.origin)
    }
}

impl PageAddress {
    /// Whether browsers speak TLS with it.
    pub(crate) const fn is_secure(&self) -> bool {
        self.secure
    }

    /// As browsers name it when they send a form.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// Where an identity provider sends people back to.
    #[must_use]
    pub fn card_back(&self) -> String {
        format!("{}/admin/card/back", self.origin)
    }
}

/// What the pages share.
pub struct Pages {
    /// The server whose administration it is.
    pub server: Shared,
    /// Weighs passwords.
    pub desk: Arc<Desk>,
    /// Signing in with a card, where there is an identity provider.
    pub cards: Option<Cards>,
    /// Where browsers reach the pages.
    pub address: PageAddress,
    /// Where tablets reach the server.
    pub tablets: PageAddress,
    /// What was done.
    pub log: Arc<dyn LogBook>,
}

impl Pages {
    const fn secure(&self) -> bool {
        self.address.is_secure()
    }

    /// Whether somebody looks after accounts, devices and roles at their organisation.
    fn may_administer(&self, account: &Account) -> bool {
        let what = Resource::from(&Header::directory(account.user.organisation));
        let who = Principal::from(&account.user);
        let policy = &self.server.policy;
        policy.may(&who, Action::Administer, &what).allowed
    }

    fn administration(&self) -> Administration<'_> {
        Administration {
            storage: self.server.storage.as_ref(),
            policy: &self.server.policy,
            clock: self.server.clock.as_ref(),
            chance: self.server.chance.as_ref(),
        }
    }

    fn office<'a>(
        &self,
        administration: &'a Administration<'a>,
        actor: Option<UserId>,
    ) -> Office<'a> {
        Office {
            administration,
            actor,
        }
    }
}

/// The pages, all under `/admin`.
pub fn router(pages: Arc<Pages>) -> Router {
    let fixed = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
    };
    let server = pages.server.clone();
    let secure = pages.secure();
    let router = Router::new()
        .route("/admin", get(|| async { Redirect::to("/admin/users") }))
        .route("/admin/style.css", get(style))
        .route("/admin/language/{code}", get(entry::language))
        .route("/admin/sign-in", get(entry::sign_in).post(entry::signed_in))
        .route("/admin/sign-out", post(entry::sign_out))
        .route("/admin/card", get(entry::card))
        .route("/admin/card/back", get(entry::card_back))
        .route("/admin/first", get(first::ask).post(first::offer))
        .route("/admin/first/choose", post(first::choose))
        .route("/admin/users", get(users::list))
        .route("/admin/users/new", get(users::new).post(users::add))
        .route("/admin/users/{id}", get(user::show))
        .route("/admin/users/{id}/role", post(user::role))
        .route("/admin/users/{id}/card", post(user::card))
        .route("/admin/users/{id}/invite", post(user::invite))
        .route("/admin/users/{id}/tablet", post(user::tablet))
        .route(
            "/admin/users/{id}/reset",
            get(user::ask_reset).post(user::reset),
        )
        .route(
            "/admin/users/{id}/close",
            get(user::ask_close).post(user::close),
        )
        .route("/admin/devices", get(devices::list))
        .route(
            "/admin/devices/{id}/shut-out",
            get(devices::ask).post(devices::shut_out),
        )
        .route("/admin/units", get(units::list).post(units::add))
        .route("/admin/roles", get(roles::list))
        .route("/admin/roles/{role}", post(roles::analyse))
        .route("/admin/log", get(log::show))
        .route("/admin/review", get(review::show).post(review::keep))
        .route("/admin/review/draw", post(review::draw))
        .route("/admin/extract", get(extract::ask).post(extract::show))
        .route("/admin/extract/text", post(extract::text))
        .route("/admin/{*rest}", get(|| async { Failure::Unknown }))
        .layer(DefaultBodyLimit::max(FORM_BYTES))
        .layer(middleware::from_fn_with_state(
            pages.clone(),
            failure::dress,
        ))
        .with_state(pages)
        .layer(fixed(header::CONTENT_SECURITY_POLICY, CONTENT_POLICY))
        // Under "no-referrer" a browser names no origin for a form either, and every form of ours
        // would count as another site's.
        .layer(fixed(header::REFERRER_POLICY, "same-origin"));
    let router = if secure {
        let year = "max-age=31536000";
        router.layer(fixed(header::STRICT_TRANSPORT_SECURITY, year))
    } else {
        router
    };
    crate::http::observed(router, server)
}

async fn style() -> impl axum::response::IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "max-age=600"),
    ];
    (headers, include_str!("style.css"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_typed_under_tls_or_on_this_machine_only() {
        for (text, back) in [
            (
                "https://hemrond.example.se",
                "https://hemrond.example.se/admin/card/back",
            ),
            (
                "https://h.example:8443/",
                "https://h.example:8443/admin/card/back",
            ),
            (
                "http://127.0.0.1:8787",
                "http://127.0.0.1:8787/admin/card/back",
            ),
            ("http://[::1]:8787", "http://[::1]:8787/admin/card/back"),
            (
                "http://localhost:8787",
                "http://localhost:8787/admin/card/back",
            ),
        ] {
            assert_eq!(text.parse::<PageAddress>().unwrap().card_back(), back);
        }
        for text in [
            "http://hemrond.example.se",
            "http://10.0.0.1",
            "https://hemrond.example.se/admin",
            "https://u@hemrond.example.se",
            "ftp://localhost",
            "hemrond.example.se",
            "",
        ] {
            assert!(text.parse::<PageAddress>().is_err(), "{text}");
        }
    }
}
