//! The tablets of an organisation, and shutting one out.

use super::{
    Pages,
    failure::Failure,
    layout::{self, Part, moment},
    posted::Posted,
    users::{Just, people},
    visitor::Admin,
};
use crate::storage::{Account, Device};
use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use std::{cmp::Reverse, sync::Arc};

/// The tablets of the administrator's organisation with whose they are, lately seen ones first.
async fn tablets(pages: &Pages, admin: &Admin) -> Result<Vec<(Device, Account)>, Failure> {
    let people = people(pages, admin).await?;
    let devices = pages.server.storage.devices().await?;
    let mut tablets: Vec<(Device, Account)> = devices
        .into_iter()
        .filter_map(|device| {
            let owner = people.iter().find(|account| account.user.id == device.user);
            owner.cloned().map(|owner| (device, owner))
        })
        .collect();
    tablets.sort_by_key(|(device, _)| (device.revoked_at.is_some(), Reverse(device.last_seen)));
    Ok(tablets)
}

fn name(device: &Device) -> String {
    if device.name.is_empty() {
        let id = device.id.to_string();
        return id.chars().take(8).collect();
    }
    device.name.clone()
}

/// The list.
pub(super) async fn list(
    State(pages): State<Arc<Pages>>,
    admin: Admin,
    Query(Just { done }): Query<Just>,
) -> Result<Markup, Failure> {
    let language = admin.language();
    let tablets = tablets(&pages, &admin).await?;
    let title = Part::Devices.title(language);
    let content = html! {
        h1 { (title) }
        (layout::done(language, done.as_deref()))
        p { (language.say("devices.new_help")) }
        @if tablets.is_empty() {
            p { (language.say("devices.none")) }
        } @else {
            div.scroll tabindex="0" role="region" aria-label=(title) {
                table {
                    thead { tr {
                        th scope="col" { (language.say("devices.name")) }
                        th scope="col" { (language.say("devices.whose")) }
                        th scope="col" { (language.say("devices.enrolled")) }
                        th scope="col" { (language.say("devices.seen")) }
                        th scope="col" { (language.say("devices.state")) }
                    } }
                    tbody {
                        @for (device, owner) in &tablets { (row(&admin, device, owner)) }
                    }
                }
            }
        }
    };
    Ok(layout::inside(&admin, Part::Devices, title, &content))
}

fn row(admin: &Admin, device: &Device, owner: &Account) -> Markup {
    let language = admin.language();
    let name = name(device);
    html! {
        tr.closed[device.revoked_at.is_some()] {
            th scope="row" { (name) }
            td { a href={ "/admin/users/" (owner.user.id) } { (owner.user.name) } }
            td { (moment(device.enrolled_at)) }
            td {
                @if let Some(seen) = device.last_seen { (moment(seen)) }
                @else { (language.say("devices.never")) }
            }
            td {
                @if let Some(at) = device.revoked_at {
                    (language.say("devices.shut_out_at")) " " (moment(at))
                } @else {
                    a.button.danger href={ "/admin/devices/" (device.id) "/shut-out" }
                        aria-label=(language.fill("devices.shut_out_which", "name", &name)) {
                        (language.say("devices.shut_out"))
                    }
                }
            }
        }
    }
}

async fn tablet(pages: &Pages, admin: &Admin, id: &str) -> Result<(Device, Account), Failure> {
    let all = tablets(pages, admin).await?;
    let found = all.into_iter().find(|(one, _)| one.id.to_string() == id);
    found.ok_or(Failure::Unknown)
}

/// Asks before a tablet is shut out.
pub(super) async fn ask(
    State(pages): State<Arc<Pages>>,
    admin: Admin,
    Path(id): Path<String>,
) -> Result<Markup, Failure> {
    let (device, owner) = tablet(&pages, &admin, &id).await?;
    let language = admin.language();
    let title = language
        .fill("devices.ask", "tablet", &name(&device))
        .replace("{name}", &owner.user.name);
    let content = html! {
        h1 { (title) }
        p { (language.say("devices.shut_out_help")) }
        form.row method="post" action={ "/admin/devices/" (device.id) "/shut-out" } {
            (layout::token(&admin.session.form_token))
            button.button.danger type="submit" { (language.say("devices.shut_out")) }
            a.button href="/admin/devices" { (language.say("layout.cancel")) }
        }
    };
    Ok(layout::inside(&admin, Part::Devices, &title, &content))
}

/// Shuts a tablet out.
pub(super) async fn shut_out(
    State(pages): State<Arc<Pages>>,
    Path(id): Path<String>,
    Posted { admin, .. }: Posted,
) -> Result<Response, Failure> {
    let (device, owner) = tablet(&pages, &admin, &id).await?;
    let administration = pages.administration();
    let office = pages.office(&administration, Some(admin.account.user.id));
    let organisation = owner.user.organisation;
    office.shut_out(organisation, device.id).await?;
    Ok(Redirect::to("/admin/devices?done=device_shut_out").into_response())
}
