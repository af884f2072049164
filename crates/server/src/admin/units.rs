//! The units of an organisation, and adding one.

use super::{
    Pages,
    failure::Failure,
    layout::{self, Field, Part, choice},
    posted::{Fields, Posted},
    users::{Just, own_units},
    visitor::Admin,
    words::Language,
};
use crate::{directory::UNIT_KINDS, environment::draw_id, storage::Unit};
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use hemrond_domain::ids::UnitId;
use maud::html;
use std::sync::Arc;

fn kind_name(language: Language, kind: &str) -> String {
    language.say(&format!("unit_kind.{kind}")).to_owned()
}

/// The list, with the form for a new unit.
pub(super) async fn list(
    State(pages): State<Arc<Pages>>,
    admin: Admin,
    Query(Just { done }): Query<Just>,
) -> Result<Response, Failure> {
    page(&pages, &admin, done.as_deref(), &Fields::default(), None).await
}

async fn page(
    pages: &Pages,
    admin: &Admin,
    done: Option<&str>,
    fields: &Fields,
    problem: Option<&str>,
) -> Result<Response, Failure> {
    let language = admin.language();
    let units = own_units(pages, admin).await?;
    let title = Part::Units.title(language);
    let kinds: Vec<(String, String)> = UNIT_KINDS
        .into_iter()
        .map(|kind| (kind.to_owned(), kind_name(language, kind)))
        .collect();
    let name = Field::text("name", language.say("units.name"), fields.get("name"));
    let phone = Field {
        kind: "tel",
        required: false,
        ..Field::text("phone", language.say("units.phone"), fields.get("phone"))
    };
    let content = html! {
        h1 { (title) }
        (layout::done(language, done))
        (layout::problem(problem))
        div.scroll tabindex="0" role="region" aria-label=(title) {
            table {
                thead { tr {
                    th scope="col" { (language.say("units.name")) }
                    th scope="col" { (language.say("units.kind")) }
                    th scope="col" { (language.say("units.phone")) }
                } }
                tbody {
                    @for unit in &units {
                        tr {
                            th scope="row" { (unit.name) }
                            td { (kind_name(language, &unit.kind)) }
                            td { @if unit.phone.is_empty() { "–" } @else { (unit.phone) } }
                        }
                    }
                }
            }
        }
        section.card aria-labelledby="new-unit" {
            h2 #new-unit { (language.say("units.add")) }
            form method="post" action="/admin/units" {
                (layout::token(&admin.session.form_token))
                (name.show())
                (choice("kind", language.say("units.kind"), &kinds, fields.get("kind")))
                (phone.show())
                button.button.primary type="submit" { (language.say("units.add")) }
            }
        }
    };
    let status = match problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let page = layout::inside(admin, Part::Units, title, &content);
    Ok((status, page).into_response())
}

/// Adds a unit.
pub(super) async fn add(
    State(pages): State<Arc<Pages>>,
    Posted { admin, fields }: Posted,
) -> Result<Response, Failure> {
    let (name, kind) = (fields.get("name"), fields.get("kind"));
    let phone = fields.get("phone");
    if name.is_empty() || !UNIT_KINDS.contains(&kind) || !layout::fit(&[name, phone]) {
        let words = admin.language().say("units.incomplete");
        return page(&pages, &admin, None, &fields, Some(words)).await;
    }
    let unit = Unit {
        id: UnitId::from_bytes(draw_id(pages.server.chance.as_ref())),
        organisation: admin.account.user.organisation,
        name: name.to_owned(),
        kind: kind.to_owned(),
        phone: phone.to_owned(),
    };
    let administration = pages.administration();
    let office = pages.office(&administration, Some(admin.account.user.id));
    office.add_unit(&unit).await?;
    Ok(Redirect::to("/admin/units?done=unit_added").into_response())
}
