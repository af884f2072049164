//! The first sign-in: a code becomes a password and an authenticator app.

use super::{
    Pages,
    cookies::Cookie,
    entry::with_cookies,
    failure::Failure,
    layout::{self, Field},
    posted::{Fields, Outside},
    visitor::Visitor,
};
use crate::{
    office::Act,
    sign_in::{
        PasswordProblem, SignInError,
        first::{Answer, FirstError, Offer},
    },
};
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use maud::html;
use serde::Deserialize;
use std::sync::Arc;

/// A code that came with the link.
#[derive(Debug, Deserialize)]
pub(super) struct Link {
    code: Option<String>,
}

/// The page that asks for the code.
pub(super) async fn ask(
    State(pages): State<Arc<Pages>>,
    visitor: Visitor,
    Query(Link { code }): Query<Link>,
) -> Response {
    let code = code.unwrap_or_default();
    asked(&pages, &visitor, StatusCode::OK, &code, None)
}

fn asked(
    pages: &Pages,
    visitor: &Visitor,
    status: StatusCode,
    code: &str,
    problem: Option<&str>,
) -> Response {
    let language = visitor.language;
    let token = visitor.form_token(pages);
    let title = language.say("first.title");
    let field = Field {
        help: Some(language.say("first.code_help")),
        ..Field::text("code", language.say("first.code"), code)
    };
    let content = html! {
        h1 { (title) }
        (layout::problem(problem))
        form.card method="post" action="/admin/first" {
            (layout::token(&token))
            (field.show())
            button.button.primary.wide type="submit" { (language.say("first.next")) }
        }
        p { a href="/admin/sign-in" { (language.say("first.back")) } }
    };
    let page = layout::outside(visitor, title, &content);
    let kept = Cookie::Form.keep(&token, pages.secure());
    with_cookies((status, page).into_response(), [kept])
}

/// The page on which password and app are chosen.
pub(super) async fn offer(
    State(pages): State<Arc<Pages>>,
    Outside { visitor, fields }: Outside,
) -> Result<Response, Failure> {
    offered(&pages, &visitor, &fields, None).await
}

async fn offered(
    pages: &Pages,
    visitor: &Visitor,
    fields: &Fields,
    problem: Option<&str>,
) -> Result<Response, Failure> {
    let server = &pages.server;
    let code = fields.get("code");
    let before = fields.get("offer");
    let offer = pages
        .desk
        .offer(
            &server.storage,
            server.clock.as_ref(),
            server.chance.as_ref(),
            &server.rates,
            code,
            Some(before).filter(|before| !before.is_empty()),
        )
        .await;
    match offer {
        Ok(offer) => Ok(chooser(pages, visitor, code, &offer, problem)),
        Err(error) => {
            let words = visitor.language.say(told(error)?);
            Ok(asked(
                pages,
                visitor,
                StatusCode::FORBIDDEN,
                code,
                Some(words),
            ))
        }
    }
}

fn chooser(
    pages: &Pages,
    visitor: &Visitor,
    code: &str,
    offer: &Offer,
    problem: Option<&str>,
) -> Response {
    let language = visitor.language;
    let token = visitor.form_token(pages);
    let title = language.fill("first.welcome", "name", &offer.account.user.name);
    let password = Field {
        kind: "password",
        help: Some(language.say("first.password_help")),
        autocomplete: "new-password",
        ..Field::text("password", language.say("first.password"), "")
    };
    let again = Field {
        kind: "password",
        autocomplete: "new-password",
        ..Field::text("again", language.say("first.again"), "")
    };
    let shown = Field {
        autocomplete: "one-time-code",
        ..Field::text("shown", language.say("first.shown"), "")
    };
    let content = html! {
        h1 { (title) }
        (layout::problem(problem))
        form method="post" action="/admin/first/choose" {
            (layout::token(&token))
            input type="hidden" name="code" value=(code);
            input type="hidden" name="offer" value=(offer.sealed);
            section.card aria-labelledby="step-password" {
                h2 #step-password { (language.say("first.step_password")) }
                p { (language.say("first.login")) " " strong { (offer.login) } }
                input type="hidden" name="username" value=(offer.login) autocomplete="username";
                (password.show()) (again.show())
            }
            section.card aria-labelledby="step-app" {
                h2 #step-app { (language.say("first.step_app")) }
                p { (language.say("first.app_help")) }
                @if let Some(url) = offer.app.url(&offer.login) {
                    (layout::qr(&url, language.say("first.app_picture")))
                }
                p { (language.say("first.app_text")) br; strong.code.small { (offer.app.text()) } }
                (shown.show())
            }
            button.button.primary.wide type="submit" { (language.say("first.choose")) }
        }
    };
    let status = match problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let page = layout::outside(visitor, &title, &content);
    let kept = Cookie::Form.keep(&token, pages.secure());
    with_cookies((status, page).into_response(), [kept])
}

/// Takes the password and the app.
pub(super) async fn choose(
    State(pages): State<Arc<Pages>>,
    Outside { visitor, fields }: Outside,
) -> Result<Response, Failure> {
    let server = &pages.server;
    let answer = Answer {
        code: fields.get("code"),
        password: fields.raw("password"),
        again: fields.raw("again"),
        sealed: fields.get("offer"),
        shown: fields.get("shown"),
    };
    let chosen = pages
        .desk
        .choose(
            &server.storage,
            server.clock.as_ref(),
            &server.chance,
            &server.rates,
            answer,
        )
        .await;
    let language = visitor.language;
    let (account, codes) = match chosen {
        Ok(chosen) => chosen,
        // What can be mended on this page is mended here; the app keeps its secret.
        Err(error @ (FirstError::Password(_) | FirstError::Differ | FirstError::App)) => {
            let words = language.say(told(error)?);
            return offered(&pages, &visitor, &fields, Some(words)).await;
        }
        Err(error) => {
            let words = language.say(told(error)?);
            return Ok(asked(
                &pages,
                &visitor,
                StatusCode::FORBIDDEN,
                "",
                Some(words),
            ));
        }
    };
    let administration = pages.administration();
    let office = pages.office(&administration, Some(account.user.id));
    let target = account.user.id.to_string();
    let organisation = account.user.organisation;
    office
        .record(organisation, Act::PasswordChosen, &target)
        .await?;
    let title = language.say("first.done");
    let content = html! {
        h1 { (title) }
        p { (language.say("first.recovery_help")) }
        ul.codes { @for code in &codes { li.code.small { (code) } } }
        p.warning { (language.say("first.recovery_once")) }
        p { a.button.primary href="/admin/sign-in" { (language.say("first.to_sign_in")) } }
    };
    Ok(layout::outside(&visitor, title, &content).into_response())
}

/// The words for what is wrong; a failure where no words on this page help.
fn told(error: FirstError) -> Result<&'static str, Failure> {
    let key = |key| Ok(key);
    match error {
        FirstError::TooOften => key("sign_in.too_often"),
        FirstError::Code => key("first.code_wrong"),
        FirstError::Closed => key("first.closed"),
        FirstError::Page => key("first.page_old"),
        FirstError::Differ => key("first.differ"),
        FirstError::App => key("first.app_wrong"),
        FirstError::Password(PasswordProblem::TooShort) => key("first.too_short"),
        FirstError::Password(PasswordProblem::TooLong) => key("first.too_long"),
        FirstError::Password(PasswordProblem::Common) => key("first.common"),
        FirstError::Password(PasswordProblem::OwnName) => key("first.own_name"),
        FirstError::Storage(error) | FirstError::SignIn(SignInError::Storage(error)) => {
            Err(error.into())
        }
        FirstError::SignIn(_) => Err(Failure::Passing),
    }
}
