//! In and out: by password and code, or by card.

use super::{
    Pages,
    cookies::Cookie,
    failure::Failure,
    layout::{self, Field},
    posted::{Outside, Posted},
    visitor::Visitor,
    words::Language,
};
use crate::{
    office::Act,
    sign_in::{
        Attempt, SignInError,
        card::{Back, CardError},
        session::{self, Means},
    },
    storage::{Account, StorageError},
};
use axum::{
    extract::{Path, Query, State, rejection::QueryRejection},
    http::{HeaderValue, StatusCode, header::SET_COOKIE},
    response::{IntoResponse, Redirect, Response},
};
use maud::html;
use serde::Deserialize;
use std::sync::Arc;

/// The page on which people sign in.
pub(super) async fn sign_in(State(pages): State<Arc<Pages>>, visitor: Visitor) -> Response {
    ask(&pages, &visitor, StatusCode::OK, "", None)
}

fn ask(
    pages: &Pages,
    visitor: &Visitor,
    status: StatusCode,
    login: &str,
    problem: Option<&str>,
) -> Response {
    let language = visitor.language;
    let token = visitor.form_token(pages);
    let title = language.say("sign_in.title");
    let login = Field {
        autocomplete: "username",
        ..Field::text("login", language.say("sign_in.login"), login)
    };
    let password = Field {
        kind: "password",
        autocomplete: "current-password",
        ..Field::text("password", language.say("sign_in.password"), "")
    };
    let code = Field {
        help: Some(language.say("sign_in.code_help")),
        autocomplete: "one-time-code",
        ..Field::text("code", language.say("sign_in.code"), "")
    };
    let content = html! {
        h1 { (title) }
        (layout::problem(problem))
        @if pages.cards.is_some() {
            section.card aria-labelledby="by-card" {
                h2 #by-card { (language.say("sign_in.card_title")) }
                a.button.primary.wide href="/admin/card" { (language.say("sign_in.card")) }
            }
        }
        section.card aria-labelledby="by-password" {
            h2 #by-password { (language.say("sign_in.password_title")) }
            form method="post" action="/admin/sign-in" {
                (layout::token(&token))
                (login.show()) (password.show()) (code.show())
                button.button.primary.wide type="submit" { (language.say("sign_in.enter")) }
            }
        }
        p { a href="/admin/first" { (language.say("sign_in.first")) } }
    };
    let page = layout::outside(visitor, title, &content);
    let kept = Cookie::Form.keep(&token, pages.secure());
    with_cookies((status, page).into_response(), [kept])
}

/// Weighs what somebody typed.
pub(super) async fn signed_in(
    State(pages): State<Arc<Pages>>,
    Outside { visitor, fields }: Outside,
) -> Result<Response, Failure> {
    let server = &pages.server;
    let browser = visitor.cookie(&pages, Cookie::Browser);
    let login = fields.get("login");
    let attempt = Attempt {
        login,
        password: fields.raw("password"),
        second: fields.get("code"),
        known_browser: browser.as_deref(),
    };
    let checked = pages
        .desk
        .check(
            &server.storage,
            server.clock.as_ref(),
            &server.chance,
            &server.rates,
            attempt,
        )
        .await;
    let (status, words) = match checked {
        Ok(account) => return enter(&pages, &visitor, &account, Means::Password).await,
        Err(SignInError::Wrong(account)) => {
            match account {
                Some(account) => keep(&pages, &account, Act::SignInFailed).await?,
                // What was typed as a name is not kept: it may be a password in the wrong field.
                None => note_stranger(&pages, "name_not_weighed").await?,
            }
            (StatusCode::FORBIDDEN, "sign_in.wrong")
        }
        Err(SignInError::TooOften) => (StatusCode::TOO_MANY_REQUESTS, "sign_in.too_often"),
        Err(SignInError::Closing) => return Err(Failure::Passing),
        Err(SignInError::Storage(error)) => return Err(error.into()),
        Err(error @ SignInError::OtherKey) => {
            tracing::error!(%error, "nobody can sign in");
            return Err(Failure::Failed);
        }
    };
    let words = visitor.language.say(words);
    Ok(ask(&pages, &visitor, status, login, Some(words)))
}

/// Keeps in the record what happened at the door.
async fn keep(pages: &Pages, account: &Account, act: Act) -> Result<(), StorageError> {
    let administration = pages.administration();
    // Who failed need not be who the account is of.
    let actor = (act != Act::SignInFailed).then_some(account.user.id);
    let target = account.user.id.to_string();
    let office = pages.office(&administration, actor);
    office.record(account.user.organisation, act, &target).await
}

/// Keeps in the log that somebody tried to come in of whom nothing is known.
async fn note_stranger(pages: &Pages, why: &'static str) -> Result<(), StorageError> {
    let administration = pages.administration();
    let office = pages.office(&administration, None);
    office.stranger(&pages.server.rates, why).await
}

/// Lets somebody in whose word was good, if there is anything for them to administer.
async fn enter(
    pages: &Pages,
    visitor: &Visitor,
    account: &Account,
    means: Means,
) -> Result<Response, Failure> {
    if !pages.may_administer(account) {
        keep(pages, account, Act::TurnedAway).await?;
        return Err(Failure::NotAdministrator);
    }
    let server = &pages.server;
    let (clock, chance) = (server.clock.as_ref(), server.chance.as_ref());
    // An older session of this browser ends with the new one.
    end(pages, visitor).await?;
    let token = session::begin(server.storage.as_ref(), clock, chance, account, means).await?;
    keep(pages, account, Act::SignedIn).await?;
    let secure = pages.secure();
    let browser = pages.desk.known(account.user.id, clock.now_ms(), chance);
    let cookies = [
        Cookie::Session.keep(&token, secure),
        Cookie::Browser.keep(&browser, secure),
        Cookie::Form.forget(secure),
        Cookie::Way.forget(secure),
    ];
    Ok(with_cookies(
        Redirect::to("/admin/users").into_response(),
        cookies,
    ))
}

async fn end(pages: &Pages, visitor: &Visitor) -> Result<(), StorageError> {
    let token = visitor.cookie(pages, Cookie::Session);
    if let Some(hash) = token.and_then(|token| crate::credential::token_hash(&token)) {
        pages.server.storage.end_session(hash).await?;
    }
    Ok(())
}

/// Ends the session.
pub(super) async fn sign_out(
    State(pages): State<Arc<Pages>>,
    Posted { admin, .. }: Posted,
) -> Result<Response, Failure> {
    end(&pages, &admin.visitor).await?;
    keep(&pages, &admin.account, Act::SignedOut).await?;
    let gone = Cookie::Session.forget(pages.secure());
    Ok(with_cookies(
        Redirect::to("/admin/sign-in").into_response(),
        [gone],
    ))
}

/// Sends somebody to the identity provider.
pub(super) async fn card(
    State(pages): State<Arc<Pages>>,
    visitor: Visitor,
) -> Result<Response, Failure> {
    let Some(cards) = &pages.cards else {
        return Err(Failure::Unknown);
    };
    let server = &pages.server;
    let (clock, chance) = (server.clock.as_ref(), server.chance.as_ref());
    match cards.begin(pages.desk.key(), clock, chance).await {
        Ok((url, way)) => {
            let kept = Cookie::Way.keep(&way, pages.secure());
            Ok(with_cookies(Redirect::to(&url).into_response(), [kept]))
        }
        Err(error) => card_failed(&pages, &visitor, &error).await,
    }
}

/// Takes somebody back from the identity provider.
pub(super) async fn card_back(
    State(pages): State<Arc<Pages>>,
    visitor: Visitor,
    back: Result<Query<Back>, QueryRejection>,
) -> Result<Response, Failure> {
    let Some(cards) = &pages.cards else {
        return Err(Failure::Unknown);
    };
    let back = back.map(|Query(back)| back).unwrap_or_default();
    let way = visitor.cookie(&pages, Cookie::Way);
    let clock = pages.server.clock.as_ref();
    let finished = cards
        .finish(pages.desk.key(), clock, way.as_deref(), &back)
        .await;
    // A way is gone once, however it ended.
    let gone = Cookie::Way.forget(pages.secure());
    let name = match finished {
        Ok(name) => name,
        Err(error) => {
            let page = card_failed(&pages, &visitor, &error).await?;
            return Ok(with_cookies(page, [gone]));
        }
    };
    let found = pages.server.storage.sign_in_by_external_id(&name).await?;
    match found.filter(|(_, account)| account.active) {
        Some((_, account)) => enter(&pages, &visitor, &account, Means::Card).await,
        None => {
            note_stranger(&pages, "card_unknown").await?;
            let words = visitor.language.say("sign_in.card_unknown");
            let status = StatusCode::FORBIDDEN;
            let page = ask(&pages, &visitor, status, "", Some(words));
            Ok(with_cookies(page, [gone]))
        }
    }
}

async fn card_failed(
    pages: &Pages,
    visitor: &Visitor,
    error: &CardError,
) -> Result<Response, Failure> {
    tracing::warn!(%error, "nobody was signed in by card");
    let (status, words) = match error {
        CardError::Unavailable(_) | CardError::Config(_) => {
            (StatusCode::BAD_GATEWAY, "sign_in.card_unavailable")
        }
        CardError::BrokenOff(_) => {
            note_stranger(pages, "card_broken_off").await?;
            (StatusCode::FORBIDDEN, "sign_in.card_broken_off")
        }
        CardError::NotOurs => {
            note_stranger(pages, "card_not_ours").await?;
            (StatusCode::FORBIDDEN, "sign_in.card_not_ours")
        }
        CardError::Token(_) => {
            note_stranger(pages, "card_refused").await?;
            (StatusCode::FORBIDDEN, "sign_in.card_refused")
        }
    };
    Ok(ask(
        pages,
        visitor,
        status,
        "",
        Some(visitor.language.say(words)),
    ))
}

/// Where to go back to after the language was chosen.
#[derive(Debug, Deserialize)]
pub(super) struct BackTo {
    back: Option<String>,
}

/// Chooses a language.
pub(super) async fn language(
    State(pages): State<Arc<Pages>>,
    Path(code): Path<String>,
    Query(BackTo { back }): Query<BackTo>,
) -> Result<Response, Failure> {
    let language = Language::of(&code).ok_or(Failure::Unknown)?;
    // Only to a page of ours.
    let back = back.filter(|back| {
        back.starts_with("/admin")
            && back
                .bytes()
                .all(|letter| letter.is_ascii_alphanumeric() || b"/-_".contains(&letter))
    });
    let kept = Cookie::Language.keep(language.code(), pages.secure());
    let to = Redirect::to(back.as_deref().unwrap_or("/admin"));
    Ok(with_cookies(to.into_response(), [kept]))
}

/// A response with cookies.
pub(super) fn with_cookies(
    mut response: Response,
    cookies: impl IntoIterator<Item = Option<HeaderValue>>,
) -> Response {
    for cookie in cookies.into_iter().flatten() {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}
