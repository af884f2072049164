//! Random samples of the access log: drawing one, keeping what it showed, and what earlier ones did
//! (patientdatalagen 4 kap. 3 §; lagen 2022:913 4 kap. 4 §; HSLF-FS 2016:40 4 kap. 9 §).
//!
//! An administrator sees who looked at whom, of their own organisation, and nothing of the record.

use super::{
    Pages,
    failure::Failure,
    layout::{self, Part, choice, moment},
    log::short,
    posted::Posted,
    users::{Just, role_name},
    visitor::Admin,
    words::Language,
};
use crate::{
    environment::draw_id,
    office::{Act, OPERATOR},
    review::{self, Names, PersonName, Placed},
    storage::LogReview,
};
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use hemrond_audit::Event;
use hemrond_domain::{people::Role, record::Header};
use hemrond_policy::{Action, Principal, Resource};
use maud::{Markup, html};
use std::sync::Arc;

/// What the places of a sample are sealed for: this administrator's page, as long as they are signed in. Whoever
/// chose the entries by themselves would look at what they like, and call it a random sample.
fn sample_of(admin: &Admin) -> String {
    format!("review sample {}", admin.session.form_token)
}

/// How many entries can be drawn at a time.
const COUNTS: [u32; 3] = [10, 20, 50];

/// Bounds what a review says, in letters.
const FINDING: usize = 4_000;

/// Whether an administrator may review what the log says of a document.
fn may_review(pages: &Pages, admin: &Admin, header: &Header) -> bool {
    let who = Principal::from(&admin.account.user);
    let what = Resource::from(header);
    let policy = &pages.server.policy;
    policy.may(&who, Action::ReviewLog, &what).allowed
}

/// Asks the policy whether this administrator reviews the log at all.
fn check(pages: &Pages, admin: &Admin) -> Result<(), Failure> {
    let own = Header::directory(admin.account.user.organisation);
    if may_review(pages, admin, &own) {
        Ok(())
    } else {
        Err(Failure::NotAdministrator)
    }
}

/// The page with the earlier reviews, and the way to a new one.
pub(super) async fn show(
    State(pages): State<Arc<Pages>>,
    admin: Admin,
    Query(Just { done }): Query<Just>,
) -> Result<Markup, Failure> {
    check(&pages, &admin)?;
    let language = admin.language();
    let organisation = admin.account.user.organisation;
    let administration = pages.administration();
    let office = pages.office(&administration, Some(admin.account.user.id));
    office.record(organisation, Act::LogRead, "reviews").await?;
    let reviews = review::kept(pages.server.storage.as_ref(), organisation).await?;
    let counts = COUNTS.map(|count| (count.to_string(), count.to_string()));
    let earlier = language.say("review.earlier");
    let title = Part::Review.title(language);
    let content = html! {
        h1 { (title) }
        p { (language.say("review.help")) }
        (layout::done(language, done.as_deref()))
        form.card method="post" action="/admin/review/draw" {
            (layout::token(&admin.session.form_token))
            (choice("count", language.say("review.count"), &counts, "20"))
            button.button.primary type="submit" { (language.say("review.draw")) }
        }
        h2 { (earlier) }
        @if reviews.is_empty() { p { (language.say("review.none_earlier")) } } @else {
            div.scroll tabindex="0" role="region" aria-label=(earlier) {
                table {
                    thead { tr {
                        th scope="col" { (language.say("log.at")) }
                        th scope="col" { (language.say("log.who")) }
                        th scope="col" { (language.say("review.entries")) }
                        th scope="col" { (language.say("review.found")) }
                    } }
                    tbody { @for one in &reviews { tr {
                        td { (moment(one.made_at)) }
                        td { (one.reviewer) }
                        td { (one.drawn.len()) }
                        td.words { (one.finding) }
                    } } }
                }
            }
        }
    };
    Ok(layout::inside(&admin, Part::Review, title, &content))
}

/// Draws a sample and shows it.
pub(super) async fn draw(
    State(pages): State<Arc<Pages>>,
    Posted { admin, fields }: Posted,
) -> Result<Response, Failure> {
    check(&pages, &admin)?;
    let wanted = fields.get("count").parse().ok();
    let count = COUNTS.into_iter().find(|count| wanted == Some(*count));
    let count = count.ok_or(Failure::Form)?;
    let organisation = admin.account.user.organisation;
    let administration = pages.administration();
    let office = pages.office(&administration, Some(admin.account.user.id));
    let told = count.to_string();
    office.record(organisation, Act::ReviewDrawn, &told).await?;
    let server = &pages.server;
    let (storage, chance) = (server.storage.as_ref(), server.chance.as_ref());
    let drawn = review::sample(storage, chance, organisation, count).await?;
    sample_page(&pages, &admin, &drawn, "", None).await
}

/// Keeps what a review found.
pub(super) async fn keep(
    State(pages): State<Arc<Pages>>,
    Posted { admin, fields }: Posted,
) -> Result<Response, Failure> {
    check(&pages, &admin)?;
    let organisation = admin.account.user.organisation;
    let sealed = pages
        .desk
        .key()
        .open_text(&sample_of(&admin), fields.get("places"));
    let drawn = sealed.and_then(|bytes| String::from_utf8(bytes).ok());
    let drawn = drawn.ok_or(Failure::Form)?;
    let places = drawn.split_whitespace().map(str::parse);
    let places: Vec<u64> = places
        .collect::<Result<_, _>>()
        .map_err(|_| Failure::Form)?;
    let most = COUNTS.into_iter().max().unwrap_or_default();
    let storage = pages.server.storage.as_ref();
    let few = u32::try_from(places.len()).is_ok_and(|count| (1..=most).contains(&count));
    if !few {
        return Err(Failure::Form);
    }
    let drawn = review::at(storage, organisation, &places).await?;
    // Places of another organisation, or that hold nothing, are nothing that our page asked about.
    if drawn.len() != places.len() {
        return Err(Failure::Form);
    }
    let finding = fields.get("finding");
    if finding.is_empty() || finding.chars().count() > FINDING {
        let words = admin.language().say("review.incomplete");
        return sample_page(&pages, &admin, &drawn, finding, Some(words)).await;
    }
    let kept = LogReview {
        id: draw_id(pages.server.chance.as_ref()),
        made_at: pages.server.clock.now_ms(),
        reviewer: admin.account.user.name.clone(),
        drawn: places,
        finding: finding.to_owned(),
    };
    let administration = pages.administration();
    let office = pages.office(&administration, Some(admin.account.user.id));
    office.keep_review(organisation, &kept).await?;
    Ok(Redirect::to("/admin/review?done=review_kept").into_response())
}

async fn sample_page(
    pages: &Pages,
    admin: &Admin,
    drawn: &[Placed],
    finding: &str,
    problem: Option<&str>,
) -> Result<Response, Failure> {
    let language = admin.language();
    let storage = pages.server.storage.as_ref();
    let own = admin.account.user.organisation;
    let shown = |header: &Header| may_review(pages, admin, header);
    let names = Names::read(storage).await?;
    let names = names.with_people(storage, own, drawn, shown).await?;
    let places: Vec<String> = drawn.iter().map(|one| one.place.to_string()).collect();
    let chance = pages.server.chance.as_ref();
    let key = pages.desk.key();
    let places = key.seal_text(&sample_of(admin), places.join(" ").as_bytes(), chance);
    let title = Part::Review.title(language);
    let content = html! {
        h1 { (title) }
        (layout::problem(problem))
        @if drawn.is_empty() {
            p { (language.say("log.empty")) }
            p { a.button href="/admin/review" { (language.say("failure.back")) } }
        } @else {
            p { (language.say("review.look")) }
            div.scroll tabindex="0" role="region" aria-label=(title) {
                table {
                    thead { tr {
                        th scope="col" { (language.say("log.at")) }
                        th scope="col" { (language.say("log.who")) }
                        th scope="col" { (language.say("log.act")) }
                        th scope="col" { (language.say("review.about")) }
                    } }
                    tbody { @for one in drawn { (row(admin, &names, &one.event)) } }
                }
            }
            form.card method="post" action="/admin/review" {
                (layout::token(&admin.session.form_token))
                input type="hidden" name="places" value=(places);
                div.field {
                    label for="finding" { (language.say("review.finding")) }
                    p.help id="finding-help" { (language.say("review.finding_help")) }
                    textarea.input id="finding" name="finding" rows="5" maxlength=(FINDING)
                        required aria-describedby="finding-help" { (finding) }
                }
                button.button.primary type="submit" { (language.say("review.keep")) }
            }
        }
    };
    let status = match problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let page = layout::inside(admin, Part::Review, title, &content);
    Ok((status, page).into_response())
}

fn row(admin: &Admin, names: &Names, event: &Event) -> Markup {
    let language = admin.language();
    let own = admin.account.user.organisation;
    let unit = names.unit_seen_from(event, own);
    let reason = event.reason.as_deref();
    let act = reason.and_then(|reason| act_words(language, reason));
    html! {
        tr {
            td { (moment(event.at_ms)) }
            td {
                @match names.staff(event, own) {
                    Some(name) => (name),
                    // Of others one sees what the law asks for: unit, role and time.
                    None => (role_words(language, &event.role)),
                }
                @if let Some(unit) = unit { ", " (unit) }
            }
            td {
                @match (act, reason) {
                    (Some(act), _) => (act),
                    (None, None) => (what(language, event)),
                    (None, Some(reason)) => {
                        (what(language, event)) ". " (language.say("review.reason")) ": " (reason)
                    }
                }
            }
            td {
                @match event.person {
                    None => "–",
                    Some(person) => @match names.person(person) {
                        Some(PersonName::Called(name)) => (name),
                        Some(PersonName::Protected) => (language.say("review.protected")),
                        None => (short(&person.to_string())),
                    },
                }
            }
        }
    }
}

/// What was done at the administrator's pages or command line, where a reason names it.
fn act_words(language: Language, reason: &str) -> Option<&'static str> {
    let act = reason.split(' ').next().unwrap_or_default();
    language.find(&format!("act.{act}"))
}

fn role_words(language: Language, role: &str) -> String {
    match role.parse::<Role>() {
        Ok(role) => role_name(language, role),
        Err(_) if role == OPERATOR => language.say("review.operator").to_owned(),
        Err(_) => language.say("review.somebody").to_owned(),
    }
}

/// What was done with what, in words.
pub(super) fn what(language: Language, event: &Event) -> String {
    let say = |subject: &str, name: &str| {
        let key = format!("log.{subject}.{name}");
        let words = hemrond_audit::word(language.into(), &key);
        if words == key { name.to_owned() } else { words }
    };
    let action = say("action", event.action.as_str());
    match &event.kind {
        Some(kind) => format!("{action} ({})", say("kind", kind)),
        None => action,
    }
}
