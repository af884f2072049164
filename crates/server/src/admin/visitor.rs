//! Who looks at a page: a language, and perhaps a signed-in administrator.

use super::{Pages, cookies::Cookie, failure::Failure, words::Language};
use crate::{
    office::Act,
    sign_in::session,
    storage::{Account, Session},
};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, Uri, request::Parts},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use std::{convert::Infallible, sync::Arc};

/// Anybody who looks at a page.
#[derive(Debug, Clone)]
pub(super) struct Visitor {
    pub(super) language: Language,
    /// The page's path, for the switch of languages.
    pub(super) path: String,
    pub(super) headers: HeaderMap,
}

impl Visitor {
    pub(super) fn of(pages: &Pages, headers: &HeaderMap, uri: &Uri) -> Self {
        let chosen = Cookie::Language.read(headers, pages.secure());
        let language = chosen
            .and_then(|code| Language::of(&code))
            .unwrap_or_else(|| Language::asked(headers));
        Self {
            language,
            path: uri.path().to_owned(),
            headers: headers.clone(),
        }
    }

    /// A cookie that the browser sent.
    pub(super) fn cookie(&self, pages: &Pages, cookie: Cookie) -> Option<String> {
        cookie.read(&self.headers, pages.secure())
    }

    /// What this browser's forms bring along while nobody is signed in; drawn if it has none yet.
    pub(super) fn form_token(&self, pages: &Pages) -> String {
        self.cookie(pages, Cookie::Form)
            .filter(|token| token.len() == 43)
            .unwrap_or_else(|| {
                let mut token = [0; 32];
                pages.server.chance.fill(&mut token);
                URL_SAFE_NO_PAD.encode(token)
            })
    }
}

impl FromRequestParts<Arc<Pages>> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        pages: &Arc<Pages>,
    ) -> Result<Self, Self::Rejection> {
        Ok(Self::of(pages, &parts.headers, &parts.uri))
    }
}

/// A signed-in administrator.
#[derive(Debug, Clone)]
pub(super) struct Admin {
    pub(super) account: Account,
    pub(super) session: Session,
    pub(super) visitor: Visitor,
}

impl Admin {
    pub(super) const fn language(&self) -> Language {
        self.visitor.language
    }

    /// The administrator behind a request; anybody else is turned away, and it is kept that they
    /// were there.
    async fn find(pages: &Pages, visitor: Visitor) -> Result<Self, Failure> {
        let Some(token) = visitor.cookie(pages, Cookie::Session) else {
            return Err(Failure::SignInFirst);
        };
        let server = &pages.server;
        let found = session::find(server.storage.as_ref(), server.clock.as_ref(), &token).await?;
        let Some((session, account)) = found else {
            return Err(Failure::SignInFirst);
        };
        if !pages.may_administer(&account) {
            let administration = pages.administration();
            let office = pages.office(&administration, Some(account.user.id));
            let organisation = account.user.organisation;
            office
                .record(organisation, Act::TurnedAway, &visitor.path)
                .await?;
            return Err(Failure::NotAdministrator);
        }
        Ok(Self {
            account,
            session,
            visitor,
        })
    }
}

impl FromRequestParts<Arc<Pages>> for Admin {
    type Rejection = Failure;

    async fn from_request_parts(
        parts: &mut Parts,
        pages: &Arc<Pages>,
    ) -> Result<Self, Self::Rejection> {
        let visitor = Visitor::of(pages, &parts.headers, &parts.uri);
        Self::find(pages, visitor).await
    }
}
