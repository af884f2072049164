//! One account: role and unit, ways in, tablets, closing.

use super::{
    Pages,
    code::ShownOnce,
    failure::Failure,
    layout::{self, Field, Part, choice},
    posted::Posted,
    users::{
        Just, own_units, people, role_name, sign_in_state, unit_of, unit_options, weighed_roles,
    },
    visitor::Admin,
};
use crate::{
    office::{Invited, OfficeError, TABLET_CODE_HOURS},
    storage::{Account, SignIn},
};
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use hemrond_domain::people::Role;
use maud::{Markup, html};
use std::sync::Arc;

/// The account that an address names, if it is the organisation's.
async fn account(pages: &Pages, admin: &Admin, id: &str) -> Result<Account, Failure> {
    let all = people(pages, admin).await?;
    let found = all.into_iter().find(|one| one.user.id.to_string() == id);
    found.ok_or(Failure::Unknown)
}

/// The page of one account.
pub(super) async fn show(
    State(pages): State<Arc<Pages>>,
    admin: Admin,
    Path(id): Path<String>,
    Query(Just { done }): Query<Just>,
) -> Result<Response, Failure> {
    let account = account(&pages, &admin, &id).await?;
    page(&pages, &admin, &account, done.as_deref(), None).await
}

async fn page(
    pages: &Pages,
    admin: &Admin,
    account: &Account,
    done: Option<&str>,
    problem: Option<&str>,
) -> Result<Response, Failure> {
    let language = admin.language();
    let user = &account.user;
    let all = pages.server.storage.sign_ins().await?;
    let sign_in = all.iter().find(|one| one.user == user.id);
    let content = html! {
        p { a href="/admin/users" { "← " (Part::Users.title(language)) } }
        h1 { (user.name) }
        (layout::done(language, done))
        (layout::problem(problem))
        @if !account.active {
            p.warning { (language.say("user.closed")) }
        } @else {
            @if user.id == admin.account.user.id {
                p { (role_name(language, user.role)) ". " (language.say("user.own")) }
            } @else { (role_form(pages, admin, account).await?) }
            (ways_in(pages, admin, account, sign_in).await?)
            (tablet_form(admin, account))
            @if user.id != admin.account.user.id {
                section.card aria-labelledby="closing" {
                    h2 #closing { (language.say("user.close_title")) }
                    p { (language.say("user.close_help")) }
                    a.button.danger href={ "/admin/users/" (user.id) "/close" } {
                        (language.say("user.close"))
                    }
                }
            }
        }
    };
    let status = match problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let page = layout::inside(admin, Part::Users, &user.name, &content);
    Ok((status, page).into_response())
}

async fn role_form(pages: &Pages, admin: &Admin, account: &Account) -> Result<Markup, Failure> {
    let language = admin.language();
    let user = &account.user;
    let mut roles = weighed_roles(pages, admin).await?;
    if roles.iter().all(|(role, _)| role != user.role.as_str()) {
        let own = (
            user.role.as_str().to_owned(),
            role_name(language, user.role),
        );
        roles.push(own);
    }
    let units = unit_options(&own_units(pages, admin).await?);
    let unit = user.unit.to_string();
    Ok(html! {
        section.card aria-labelledby="role-and-unit" {
            h2 #role-and-unit { (language.say("user.role_title")) }
            form method="post" action={ "/admin/users/" (user.id) "/role" } {
                (layout::token(&admin.session.form_token))
                (choice("role", language.say("users.role"), &roles, user.role.as_str()))
                (choice("unit", language.say("users.unit"), &units, &unit))
                p.help { (language.say("user.role_help")) }
                button.button type="submit" { (language.say("user.role_save")) }
            }
        }
    })
}

async fn ways_in(
    pages: &Pages,
    admin: &Admin,
    account: &Account,
    sign_in: Option<&SignIn>,
) -> Result<Markup, Failure> {
    let language = admin.language();
    let user = &account.user;
    let token = &admin.session.form_token;
    let now = pages.server.clock.now_ms();
    let has_password = sign_in.is_some_and(|one| one.password.is_some());
    let left = pages.server.storage.recovery_left(user.id).await?;
    let login = sign_in.and_then(|one| one.login.as_deref());
    let external = sign_in.and_then(|one| one.external_id.as_deref());
    let card = Field {
        required: false,
        help: Some(language.say("user.card_help")),
        ..Field::text(
            "external",
            language.say("user.card"),
            external.unwrap_or_default(),
        )
    };
    Ok(html! {
        section.card aria-labelledby="ways-in" {
            h2 #ways-in { (language.say("user.ways_in")) }
            p {
                (sign_in_state(language, sign_in, now))
                @if let Some(login) = login {
                    " " (language.say("user.login")) " " strong { (login) } "."
                }
                @if has_password {
                    " " (language.fill("user.recovery_left", "count", &left.to_string()))
                }
            }
            @if user.role != Role::Administrator {
                p.help { (language.say("user.not_administrator")) }
            }
            @if user.id == admin.account.user.id {
                // Another administrator's to do.
            } @else if has_password {
                a.button href={ "/admin/users/" (user.id) "/reset" } {
                    (language.say("user.reset"))
                }
            } @else {
                form method="post" action={ "/admin/users/" (user.id) "/invite" } {
                    (layout::token(token))
                    button.button type="submit" { (language.say("user.invite")) }
                }
            }
            @if user.id != admin.account.user.id && (pages.cards.is_some() || external.is_some()) {
                form method="post" action={ "/admin/users/" (user.id) "/card" } {
                    (layout::token(token))
                    (card.show())
                    button.button type="submit" { (language.say("user.card_save")) }
                }
            }
        }
    })
}

fn tablet_form(admin: &Admin, account: &Account) -> Markup {
    let language = admin.language();
    let user = &account.user;
    // An administrator reads no records, so a tablet would be of no use to one.
    if user.role == Role::Administrator {
        return html! {};
    }
    html! {
        section.card aria-labelledby="tablet" {
            h2 #tablet { (language.say("user.tablet_title")) }
            p { (language.say("user.tablet_help")) }
            form method="post" action={ "/admin/users/" (user.id) "/tablet" } {
                (layout::token(&admin.session.form_token))
                button.button type="submit" { (language.say("user.tablet")) }
            }
        }
    }
}

/// Changes role and unit.
pub(super) async fn role(
    State(pages): State<Arc<Pages>>,
    Path(id): Path<String>,
    Posted { admin, fields }: Posted,
) -> Result<Response, Failure> {
    let account = account(&pages, &admin, &id).await?;
    let units = own_units(&pages, &admin).await?;
    let language = admin.language();
    let role = fields.get("role").parse::<Role>();
    let (Some(unit), Ok(role)) = (unit_of(&units, fields.get("unit")), role) else {
        let words = language.say("users.incomplete");
        return page(&pages, &admin, &account, None, Some(words)).await;
    };
    let administration = pages.administration();
    let office = pages.office(&administration, Some(admin.account.user.id));
    let changed = office.change_role(&account, role, unit.id).await;
    answer(&pages, &admin, &account, changed, "role_changed").await
}

/// Says how the identity provider names somebody.
pub(super) async fn card(
    State(pages): State<Arc<Pages>>,
    Path(id): Path<String>,
    Posted { admin, fields }: Posted,
) -> Result<Response, Failure> {
    let account = account(&pages, &admin, &id).await?;
    let external = fields.get("external");
    if !layout::fit(&[external]) {
        return Err(Failure::Form);
    }
    let administration = pages.administration();
    let office = pages.office(&administration, Some(admin.account.user.id));
    let named = office.name_card(&account, external).await;
    answer(&pages, &admin, &account, named, "card_named").await
}

/// Back to the account's page, with what was done or why not.
async fn answer(
    pages: &Pages,
    admin: &Admin,
    account: &Account,
    outcome: Result<(), OfficeError>,
    done: &str,
) -> Result<Response, Failure> {
    let words = match outcome {
        Ok(()) => {
            let to = format!("/admin/users/{}?done={done}", account.user.id);
            return Ok(Redirect::to(&to).into_response());
        }
        Err(OfficeError::NoAnalysis(_)) => "users.no_analysis",
        Err(OfficeError::Taken(_)) => "user.taken",
        Err(OfficeError::Own) => "user.own",
        Err(OfficeError::Closed(_)) => "user.closed",
        Err(error) => return Err(error.into()),
    };
    let words = admin.language().say(words);
    page(pages, admin, account, None, Some(words)).await
}

/// Invites somebody to choose a password.
pub(super) async fn invite(
    State(pages): State<Arc<Pages>>,
    Path(id): Path<String>,
    Posted { admin, .. }: Posted,
) -> Result<Response, Failure> {
    let account = account(&pages, &admin, &id).await?;
    invited(&pages, &admin, &account, false).await
}

/// Asks before what somebody signs in with ends.
pub(super) async fn ask_reset(
    State(pages): State<Arc<Pages>>,
    admin: Admin,
    Path(id): Path<String>,
) -> Result<Markup, Failure> {
    let account = account(&pages, &admin, &id).await?;
    let language = admin.language();
    let name = &account.user.name;
    let title = language.fill("user.reset_title", "name", name);
    let words = language.say("user.reset_help");
    let button = language.say("user.reset");
    Ok(confirm(&admin, &account, "reset", &title, words, button))
}

/// Ends what somebody signs in with, and invites them again.
pub(super) async fn reset(
    State(pages): State<Arc<Pages>>,
    Path(id): Path<String>,
    Posted { admin, .. }: Posted,
) -> Result<Response, Failure> {
    let account = account(&pages, &admin, &id).await?;
    if account.user.id == admin.account.user.id {
        let own = Err(OfficeError::Own);
        return answer(&pages, &admin, &account, own, "reset").await;
    }
    invited(&pages, &admin, &account, true).await
}

async fn invited(
    pages: &Pages,
    admin: &Admin,
    account: &Account,
    reset: bool,
) -> Result<Response, Failure> {
    let language = admin.language();
    let administration = pages.administration();
    let office = pages.office(&administration, Some(admin.account.user.id));
    let Invited { login, code } = match office.invite(account, None, reset).await {
        Ok(invited) => invited,
        Err(error) => return answer(pages, admin, account, Err(error), "invited").await,
    };
    let link = format!("{}/first?code={code}", pages.address);
    let back = format!("/admin/users/{}", account.user.id);
    let title = language.fill("invited.title", "name", &account.user.name);
    let what_to_do = language
        .fill(
            "invited.what_to_do",
            "address",
            &format!("{}/first", pages.address),
        )
        .replace("{login}", &login);
    let shown = ShownOnce {
        title: &title,
        what_to_do: &what_to_do,
        code: &code,
        picture: &link,
        picture_label: language.say("invited.picture"),
        once: language.say("invited.once"),
        back: (&back, language.say("code.back")),
    };
    let page = layout::inside(admin, Part::Users, &title, &shown.show());
    Ok(page.into_response())
}

/// Draws a code for a tablet.
pub(super) async fn tablet(
    State(pages): State<Arc<Pages>>,
    Path(id): Path<String>,
    Posted { admin, .. }: Posted,
) -> Result<Response, Failure> {
    let account = account(&pages, &admin, &id).await?;
    let language = admin.language();
    let administration = pages.administration();
    let office = pages.office(&administration, Some(admin.account.user.id));
    let code = match office.tablet_code(&account, TABLET_CODE_HOURS).await {
        Ok(code) => code,
        Err(error) => return answer(&pages, &admin, &account, Err(error), "tablet").await,
    };
    let server = pages.tablets.origin();
    let picture = format!("hemrond:enrol?server={server}&code={code}");
    let back = format!("/admin/users/{}", account.user.id);
    let title = language.fill("tablet.title", "name", &account.user.name);
    let what_to_do = language.fill("tablet.what_to_do", "server", server);
    let shown = ShownOnce {
        title: &title,
        what_to_do: &what_to_do,
        code: &code,
        picture: &picture,
        picture_label: language.say("tablet.picture"),
        once: language.say("tablet.once"),
        back: (&back, language.say("code.back")),
    };
    let page = layout::inside(&admin, Part::Users, &title, &shown.show());
    Ok(page.into_response())
}

/// Asks before an account is closed.
pub(super) async fn ask_close(
    State(pages): State<Arc<Pages>>,
    admin: Admin,
    Path(id): Path<String>,
) -> Result<Markup, Failure> {
    let account = account(&pages, &admin, &id).await?;
    let language = admin.language();
    let title = language.fill("user.close_ask", "name", &account.user.name);
    let words = language.say("user.close_help");
    let button = language.say("user.close");
    Ok(confirm(&admin, &account, "close", &title, words, button))
}

/// Closes an account.
pub(super) async fn close(
    State(pages): State<Arc<Pages>>,
    Path(id): Path<String>,
    Posted { admin, .. }: Posted,
) -> Result<Response, Failure> {
    let account = account(&pages, &admin, &id).await?;
    let administration = pages.administration();
    let office = pages.office(&administration, Some(admin.account.user.id));
    match office.close(&account).await {
        Ok(()) => Ok(Redirect::to("/admin/users?done=user_closed").into_response()),
        Err(error) => answer(&pages, &admin, &account, Err(error), "user_closed").await,
    }
}

fn confirm(
    admin: &Admin,
    account: &Account,
    act: &str,
    title: &str,
    words: &str,
    button: &str,
) -> Markup {
    let address = format!("/admin/users/{}", account.user.id);
    let content = html! {
        h1 { (title) }
        p { (words) }
        form.row method="post" action={ (address) "/" (act) } {
            (layout::token(&admin.session.form_token))
            button.button.danger type="submit" { (button) }
            a.button href=(address) { (admin.language().say("layout.cancel")) }
        }
    };
    layout::inside(admin, Part::Users, title, &content)
}
