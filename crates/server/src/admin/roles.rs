//! The roles: what each may do, by the policy itself, and the needs-and-risk analysis behind it
//! (HSLF-FS 2016:40, 4 kap. 2 §).

use super::{
    Pages,
    failure::Failure,
    layout::{self, Field, Part, swedish},
    posted::Posted,
    users::{Just, role_name},
    visitor::Admin,
};
use crate::{
    classes::{Reach, reach},
    storage::RoleAnalysis,
};
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use chrono::NaiveDate;
use hemrond_domain::{people::Role, record::DocumentKind};
use hemrond_policy::{Action, Policy};
use maud::{Markup, html};
use std::sync::Arc;

/// The roles with their analyses.
pub(super) async fn list(
    State(pages): State<Arc<Pages>>,
    admin: Admin,
    Query(Just { done }): Query<Just>,
) -> Result<Response, Failure> {
    page(&pages, &admin, done.as_deref(), None).await
}

async fn page(
    pages: &Pages,
    admin: &Admin,
    done: Option<&str>,
    problem: Option<&str>,
) -> Result<Response, Failure> {
    let language = admin.language();
    let organisation = admin.account.user.organisation;
    let analyses = pages.server.storage.role_analyses(organisation).await?;
    let title = Part::Roles.title(language);
    let content = html! {
        h1 { (title) }
        (layout::done(language, done))
        (layout::problem(problem))
        p { (language.say("roles.help")) }
        @for role in Role::ALL {
            @let analysis = analyses.iter().find(|analysis| analysis.role == role);
            section.card aria-labelledby={ "role-" (role) } {
                h2 id={ "role-" (role) } { (role_name(language, role)) }
                (known(admin, analysis))
                (rights(&pages.server.policy, admin, role))
                (form(admin, role, analysis))
            }
        }
    };
    let status = match problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let page = layout::inside(admin, Part::Roles, title, &content);
    Ok((status, page).into_response())
}

fn known(admin: &Admin, analysis: Option<&RoleAnalysis>) -> Markup {
    let language = admin.language();
    html! {
        @match analysis {
            None => p.warning { (language.say("roles.missing")) },
            Some(analysis) => dl.facts {
                dt { (language.say("roles.analysis")) } dd { (analysis.analysis) }
                dt { (language.say("roles.decided_by")) } dd { (analysis.decided_by) }
                dt { (language.say("roles.decided_on")) } dd { (analysis.decided_on) }
            },
        }
    }
}

/// What a role may do, asked of the policy itself at this moment.
fn rights(policy: &Policy, admin: &Admin, role: Role) -> Markup {
    let language = admin.language();
    let organisation = admin.account.user.organisation;
    let cell = |action, kind| {
        let key = match reach(policy, organisation, role, action, kind) {
            Reach::Nothing => "reach.nothing",
            Reach::OwnUnit => "reach.own_unit",
            Reach::All => "reach.all",
        };
        language.find(key).unwrap_or_default()
    };
    html! {
        table {
            caption { (language.fill("roles.may", "role", &role_name(language, role))) }
            thead { tr {
                th scope="col" { (language.say("roles.document")) }
                th scope="col" { (language.say("roles.read")) }
                th scope="col" { (language.say("roles.write")) }
            } }
            tbody {
                @for kind in DocumentKind::ALL {
                    tr {
                        th scope="row" { (language.say(&format!("document.{}", kind.as_str()))) }
                        td { (cell(Action::Read, kind)) }
                        td { (cell(Action::Write, kind)) }
                    }
                }
            }
        }
    }
}

fn form(admin: &Admin, role: Role, analysis: Option<&RoleAnalysis>) -> Markup {
    let language = admin.language();
    let id = |name: &str| format!("{}-{name}", role.as_str());
    let names = (id("analysis"), id("decided_by"), id("decided_on"));
    let (label, decided_by, decided_on) = (
        language.say("roles.analysis"),
        language.say("roles.decided_by"),
        language.say("roles.decided_on"),
    );
    let date = Field {
        kind: "date",
        ..Field::text(&names.2, decided_on, "")
    };
    let open = analysis.is_none();
    html! {
        details open[open] {
            summary {
                @if open { (language.say("roles.enter")) } @else { (language.say("roles.renew")) }
            }
            form method="post" action={ "/admin/roles/" (role) } {
                (layout::token(&admin.session.form_token))
                (Field::text(&names.0, label, "").show())
                (Field::text(&names.1, decided_by, "").show())
                (date.show())
                button.button type="submit" { (language.say("roles.save")) }
            }
        }
    }
}

/// Says which analysis stands behind a role.
pub(super) async fn analyse(
    State(pages): State<Arc<Pages>>,
    Path(role): Path<String>,
    Posted { admin, fields }: Posted,
) -> Result<Response, Failure> {
    let role: Role = role.parse().map_err(|_| Failure::Unknown)?;
    let field = |name: &str| fields.get(&format!("{}-{name}", role.as_str())).to_owned();
    let today = swedish(pages.server.clock.now()).date();
    let decided_on = field("decided_on").parse::<NaiveDate>();
    let decided_on = decided_on.ok().filter(|day| *day <= today);
    let (number, decided_by) = (field("analysis"), field("decided_by"));
    let (Some(decided_on), false, false) = (decided_on, number.is_empty(), decided_by.is_empty())
    else {
        let words = admin.language().say("roles.incomplete");
        return page(&pages, &admin, None, Some(words)).await;
    };
    let analysis = RoleAnalysis {
        organisation: admin.account.user.organisation,
        role,
        analysis: number,
        decided_by,
        decided_on,
    };
    let administration = pages.administration();
    let office = pages.office(&administration, Some(admin.account.user.id));
    office.analyse(&analysis).await?;
    Ok(Redirect::to("/admin/roles?done=role_analysed").into_response())
}
