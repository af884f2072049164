//! The log, as whoever keeps it gives it. Looking into it is itself kept.

use super::{
    Pages,
    failure::Failure,
    layout::{self, Part, moment},
    log_book::LogLine,
    users::people,
    visitor::Admin,
};
use crate::{office::Act, storage::Account};
use axum::extract::{Query, State};
use hemrond_domain::{ids::UserId, people::Role};
use maud::{Markup, html};
use serde::Deserialize;
use std::sync::Arc;

/// How many lines a page has.
const LINES: u32 = 50;

/// From where on.
#[derive(Debug, Deserialize)]
pub(super) struct From {
    before: Option<i64>,
}

/// A page of the log.
pub(super) async fn show(
    State(pages): State<Arc<Pages>>,
    admin: Admin,
    Query(From { before }): Query<From>,
) -> Result<Markup, Failure> {
    let language = admin.language();
    let organisation = admin.account.user.organisation;
    let people = people(&pages, &admin).await?;
    let lines = pages.log.lines(organisation, before, LINES).await?;
    let administration = pages.administration();
    let office = pages.office(&administration, Some(admin.account.user.id));
    office.record(organisation, Act::LogRead, "").await?;
    let title = Part::Log.title(language);
    let full = u32::try_from(lines.len()).is_ok_and(|count| count >= LINES);
    let older = lines.last().filter(|_| full).map(|line| line.number);
    let content = html! {
        h1 { (title) }
        p { (language.say("log.help")) }
        @if lines.is_empty() { p { (language.say("log.empty")) } } @else {
            div.scroll tabindex="0" role="region" aria-label=(title) {
                table {
                    thead { tr {
                        th scope="col" { (language.say("log.at")) }
                        th scope="col" { (language.say("log.who")) }
                        th scope="col" { (language.say("log.act")) }
                        th scope="col" { (language.say("log.target")) }
                    } }
                    tbody { @for line in &lines { (row(&admin, &people, line)) } }
                }
            }
        }
        @if let Some(older) = older {
            p { a.button href={ "/admin/log?before=" (older) } { (language.say("log.older")) } }
        }
    };
    Ok(layout::inside(&admin, Part::Log, title, &content))
}

fn row(admin: &Admin, people: &[Account], line: &LogLine) -> Markup {
    let language = admin.language();
    let act = language.find(&format!("act.{}", line.act));
    html! {
        tr {
            td { (moment(line.at)) }
            td {
                @match line.who {
                    Some(who) => (named(people, &who.to_string())),
                    None => (language.say("log.nobody")),
                }
            }
            td { (act.unwrap_or(&line.act)) }
            td { (target(admin, people, &line.target)) }
        }
    }
}

/// Whom or what an act was about, by name, and how it was and became.
fn target(admin: &Admin, people: &[Account], target: &str) -> Markup {
    let (what, how) = target.split_once(' ').unwrap_or((target, ""));
    html! {
        @match what.parse::<Role>() {
            Ok(role) => (super::users::role_name(admin.language(), role)),
            Err(_) => (named(people, what)),
        }
        @if !how.is_empty() { " " (how) }
    }
}

/// The name behind an id; other ids by their first eight digits.
fn named(people: &[Account], id: &str) -> Markup {
    let is_it = |user: UserId| user.to_string() == id;
    match people.iter().find(|account| is_it(account.user.id)) {
        Some(account) => html! { a href={ "/admin/users/" (id) } { (account.user.name) } },
        None => html! { @if id.is_empty() { "–" } @else { (short(id)) } },
    }
}

pub(super) fn short(id: &str) -> String {
    let is_id = id.len() >= 32
        && id
            .bytes()
            .all(|letter| letter.is_ascii_hexdigit() || letter == b'-');
    if is_id {
        id.chars().take(8).collect()
    } else {
        id.to_owned()
    }
}
