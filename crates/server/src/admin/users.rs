//! The accounts of an organisation, and adding one.

use super::{
    Pages,
    failure::Failure,
    layout::{self, Field, Part, choice},
    posted::{Fields, Posted},
    visitor::Admin,
    words::Language,
};
use crate::{
    environment::draw_id,
    office::{OfficeError, is_person},
    storage::{Account, SignIn, Unit},
};
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use hemrond_domain::{
    ids::{UnitId, UserId},
    people::{Role, User},
};
use maud::{Markup, html};
use serde::Deserialize;
use std::sync::Arc;

/// What was just done, as the address names it.
#[derive(Debug, Deserialize)]
pub(super) struct Just {
    pub(super) done: Option<String>,
}

/// The people of the administrator's organisation.
pub(super) async fn people(pages: &Pages, admin: &Admin) -> Result<Vec<Account>, Failure> {
    let mut all = pages.server.storage.users().await?;
    all.retain(|account| {
        account.user.organisation == admin.account.user.organisation && is_person(account)
    });
    Ok(all)
}

/// The units of the administrator's organisation.
pub(super) async fn own_units(pages: &Pages, admin: &Admin) -> Result<Vec<Unit>, Failure> {
    let mut all = pages.server.storage.units().await?;
    all.retain(|unit| unit.organisation == admin.account.user.organisation);
    Ok(all)
}

/// A unit of the administrator's organisation, as a form names it.
pub(super) fn unit_of<'a>(units: &'a [Unit], wanted: &str) -> Option<&'a Unit> {
    units.iter().find(|unit| unit.id.to_string() == wanted)
}

/// What a role is called.
pub(super) fn role_name(language: Language, role: Role) -> String {
    language.say(&format!("role.{}", role.as_str())).to_owned()
}

/// The roles that have been weighed, as a form offers them.
pub(super) async fn weighed_roles(
    pages: &Pages,
    admin: &Admin,
) -> Result<Vec<(String, String)>, Failure> {
    let organisation = admin.account.user.organisation;
    let analyses = pages.server.storage.role_analyses(organisation).await?;
    let weighed = Role::ALL
        .into_iter()
        .filter(|role| analyses.iter().any(|analysis| analysis.role == *role));
    Ok(weighed
        .map(|role| (role.as_str().to_owned(), role_name(admin.language(), role)))
        .collect())
}

pub(super) fn unit_options(units: &[Unit]) -> Vec<(String, String)> {
    let options = units.iter();
    options
        .map(|unit| (unit.id.to_string(), unit.name.clone()))
        .collect()
}

/// How far somebody is with signing in, in words.
pub(super) fn sign_in_state(
    language: Language,
    sign_in: Option<&SignIn>,
    now: i64,
) -> &'static str {
    let key = match sign_in {
        Some(one) if one.password.is_some() => "state.ready",
        Some(one) if one.setup_expires_at >= Some(now) => "state.invited",
        Some(one) if one.setup_expires_at.is_some() => "state.expired",
        Some(one) if one.external_id.is_some() => "state.card",
        _ => "state.none",
    };
    language.find(key).unwrap_or_default()
}

/// The list.
pub(super) async fn list(
    State(pages): State<Arc<Pages>>,
    admin: Admin,
    Query(Just { done }): Query<Just>,
) -> Result<Markup, Failure> {
    let language = admin.language();
    let people = people(&pages, &admin).await?;
    let units = own_units(&pages, &admin).await?;
    let sign_ins = pages.server.storage.sign_ins().await?;
    let now = pages.server.clock.now_ms();
    let unit_name = |id: UnitId| {
        let found = units.iter().find(|unit| unit.id == id);
        found.map_or("–", |unit| unit.name.as_str())
    };
    let title = Part::Users.title(language);
    let content = html! {
        div.head {
            h1 { (title) }
            a.button.primary href="/admin/users/new" { (language.say("users.add")) }
        }
        (layout::done(language, done.as_deref()))
        div.scroll tabindex="0" role="region" aria-label=(title) {
            table {
                thead { tr {
                    th scope="col" { (language.say("users.name")) }
                    th scope="col" { (language.say("users.role")) }
                    th scope="col" { (language.say("users.unit")) }
                    th scope="col" { (language.say("users.sign_in")) }
                } }
                tbody {
                    @for Account { user, active, .. } in &people {
                        tr.closed[!active] {
                            th scope="row" { a href={ "/admin/users/" (user.id) } { (user.name) } }
                            td { (role_name(language, user.role)) }
                            td { (unit_name(user.unit)) }
                            td {
                                @if *active {
                                    @let own = sign_ins.iter().find(|one| one.user == user.id);
                                    (sign_in_state(language, own, now))
                                } @else { (language.say("users.closed")) }
                            }
                        }
                    }
                }
            }
        }
    };
    Ok(layout::inside(&admin, Part::Users, title, &content))
}

/// The page on which an account is added.
pub(super) async fn new(
    State(pages): State<Arc<Pages>>,
    admin: Admin,
) -> Result<Response, Failure> {
    form(&pages, &admin, &Fields::default(), None).await
}

async fn form(
    pages: &Pages,
    admin: &Admin,
    fields: &Fields,
    problem: Option<&str>,
) -> Result<Response, Failure> {
    let language = admin.language();
    let roles = weighed_roles(pages, admin).await?;
    let units = unit_options(&own_units(pages, admin).await?);
    let title = language.say("users.add");
    let name = Field::text("name", language.say("users.name"), fields.get("name"));
    let phone = Field {
        kind: "tel",
        required: false,
        help: Some(language.say("users.phone_help")),
        ..Field::text("phone", language.say("users.phone"), fields.get("phone"))
    };
    let ready = !roles.is_empty() && !units.is_empty();
    let content = html! {
        h1 { (title) }
        (layout::problem(problem))
        @if roles.is_empty() {
            p.warning { (language.say("users.no_roles")) " "
                a href="/admin/roles" { (Part::Roles.title(language)) } }
        } @else if units.is_empty() {
            p.warning { (language.say("users.no_units")) " "
                a href="/admin/units" { (Part::Units.title(language)) } }
        }
        @if ready {
            form.card method="post" action="/admin/users/new" {
                (layout::token(&admin.session.form_token))
                (name.show())
                (choice("role", language.say("users.role"), &roles, fields.get("role")))
                @if roles.len() < Role::ALL.len() {
                    p.help { (language.say("users.missing_roles")) " "
                        a href="/admin/roles" { (Part::Roles.title(language)) } }
                }
                (choice("unit", language.say("users.unit"), &units, fields.get("unit")))
                (phone.show())
                button.button.primary type="submit" { (language.say("users.add")) }
            }
        }
    };
    let status = match problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let page = layout::inside(admin, Part::Users, title, &content);
    Ok((status, page).into_response())
}

/// Adds an account.
pub(super) async fn add(
    State(pages): State<Arc<Pages>>,
    Posted { admin, fields }: Posted,
) -> Result<Response, Failure> {
    let language = admin.language();
    let units = own_units(&pages, &admin).await?;
    let name = fields.get("name");
    let wanted = unit_of(&units, fields.get("unit"));
    let role = fields.get("role").parse::<Role>();
    let phone = fields.get("phone");
    let is_whole = !name.is_empty() && layout::fit(&[name, phone]);
    let (Some(unit), Ok(role), true) = (wanted, role, is_whole) else {
        let words = language.say("users.incomplete");
        return form(&pages, &admin, &fields, Some(words)).await;
    };
    let user = User {
        id: UserId::from_bytes(draw_id(pages.server.chance.as_ref())),
        name: name.to_owned(),
        role,
        organisation: admin.account.user.organisation,
        unit: unit.id,
    };
    let administration = pages.administration();
    let office = pages.office(&administration, Some(admin.account.user.id));
    match office.hire(&user, phone).await {
        Ok(()) => {
            let to = format!("/admin/users/{}?done=user_added", user.id);
            Ok(Redirect::to(&to).into_response())
        }
        Err(OfficeError::NoAnalysis(_)) => {
            let words = language.say("users.no_analysis");
            form(&pages, &admin, &fields, Some(words)).await
        }
        Err(error) => Err(error.into()),
    }
}
