//! Pages that cannot be shown as asked, and what to do then.

use super::{Pages, layout, visitor::Visitor};
use crate::{authoring::AuthoringError, office::OfficeError, storage::StorageError};
use axum::{
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use maud::html;
use std::sync::Arc;

/// Why a page is not shown as asked.
#[derive(Debug)]
pub(super) enum Failure {
    /// Nobody is signed in, or no longer.
    SignInFirst,
    /// Somebody is signed in who administers nothing.
    NotAdministrator,
    /// The form came from somewhere else, or from a page that was open for too long.
    Form,
    /// There is no such page, account, unit or tablet in the administrator's organisation.
    Unknown,
    /// The database does not answer.
    Passing,
    /// The server failed; its log says how.
    Failed,
}

/// The failure of a response, to be dressed in the visitor's language.
#[derive(Debug, Clone, Copy)]
struct Undressed(&'static str);

/// A key of words; the name lets a test find them.
const fn key(key: &'static str) -> &'static str {
    key
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let (status, words) = match self {
            Self::SignInFirst => return Redirect::to("/admin/sign-in").into_response(),
            Self::NotAdministrator => (StatusCode::FORBIDDEN, key("failure.not_administrator")),
            Self::Form => (StatusCode::FORBIDDEN, key("failure.form")),
            Self::Unknown => (StatusCode::NOT_FOUND, key("failure.unknown")),
            Self::Passing => (StatusCode::SERVICE_UNAVAILABLE, key("failure.passing")),
            Self::Failed => (StatusCode::INTERNAL_SERVER_ERROR, key("failure.failed")),
        };
        let mut response = status.into_response();
        response.extensions_mut().insert(Undressed(words));
        response
    }
}

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        tracing::error!(%error, "the database failed under a page");
        if error.is_passing() {
            Self::Passing
        } else {
            Self::Failed
        }
    }
}

impl From<AuthoringError> for Failure {
    fn from(error: AuthoringError) -> Self {
        match error {
            AuthoringError::Storage(error) => error.into(),
            other => {
                tracing::error!(error = %other, "the directory failed under a page");
                Self::Failed
            }
        }
    }
}

impl From<OfficeError> for Failure {
    fn from(error: OfficeError) -> Self {
        match error {
            OfficeError::Storage(error) => error.into(),
            OfficeError::Authoring(error) => error.into(),
            OfficeError::Unknown => Self::Unknown,
            // Those that a form can cause are told beside the form.
            _ => Self::Form,
        }
    }
}

/// Gives a failure its page.
pub(super) async fn dress(
    State(pages): State<Arc<Pages>>,
    request: Request,
    next: Next,
) -> Response {
    let visitor = Visitor::of(&pages, request.headers(), request.uri());
    let response = next.run(request).await;
    let Some(Undressed(words)) = response.extensions().get::<Undressed>().copied() else {
        return response;
    };
    let language = visitor.language;
    let title = language.say("failure.title");
    let content = html! {
        h1 { (title) }
        p { (language.say(words)) }
        p { a.button href="/admin" { (language.say("failure.back")) } }
    };
    let page = layout::outside(&visitor, title, &content);
    (response.status(), page).into_response()
}
