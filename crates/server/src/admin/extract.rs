//! The extract for a patient: who has had to do with their data, by unit and time, without names of
//! staff (patientdatalagen 8 kap. 5 §; lagen 2022:913 4 kap. 5 §).

use super::{
    Pages,
    failure::Failure,
    layout::{self, Field, Part, in_sweden, moment},
    posted::Posted,
    review::what,
    visitor::Admin,
};
use crate::review::{self, Names, Said};
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use hemrond_audit::word;
use hemrond_domain::{
    identity::Identity,
    ids::{OrganisationId, PersonId},
    record::Header,
};
use hemrond_policy::{Action, Principal, Resource};
use maud::{Markup, html};
use std::sync::Arc;

/// The page that asks for whom.
pub(super) async fn ask(admin: Admin) -> Response {
    form(&admin, "", None)
}

fn form(admin: &Admin, number: &str, problem: Option<&str>) -> Response {
    let language = admin.language();
    let title = Part::Extract.title(language);
    let field = Field {
        help: Some(language.say("extract.number_help")),
        ..Field::text("number", language.say("extract.number"), number)
    };
    let content = html! {
        h1 { (title) }
        p { (language.say("extract.help")) }
        (layout::problem(problem))
        form.card method="post" action="/admin/extract" {
            (layout::token(&admin.session.form_token))
            (field.show())
            button.button.primary type="submit" { (language.say("extract.make")) }
        }
    };
    let status = match problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let page = layout::inside(admin, Part::Extract, title, &content);
    (status, page).into_response()
}

/// What the log says of a person.
struct Found {
    number: String,
    names: Names,
    events: Vec<Said>,
    made_ms: i64,
}

/// The persons of the administrator's organisation who have a number, where the policy lets this
/// administrator make their extract.
async fn people(pages: &Pages, admin: &Admin, number: &str) -> Result<Vec<PersonId>, Failure> {
    let user = &admin.account.user;
    let storage = pages.server.storage.as_ref();
    let mut people = review::people_with(storage, user.organisation, number).await?;
    let who = Principal::from(user);
    people.retain(|person| {
        let what = Resource::from(&Header::person(user.organisation, *person));
        pages
            .server
            .policy
            .may(&who, Action::ReadLog, &what)
            .allowed
    });
    Ok(people)
}

/// Makes an extract, which is itself in it. The inner error is a page that says what to mend.
async fn make(
    pages: &Pages,
    admin: &Admin,
    typed: &str,
) -> Result<Result<Found, Response>, Failure> {
    let mend = |key| Ok(Err(form(admin, typed, Some(admin.language().say(key)))));
    let now = pages.server.clock.now();
    let today = layout::swedish(now).date();
    let Ok(identity) = Identity::parse(typed, today) else {
        return mend("extract.unreadable");
    };
    let people = people(pages, admin, &identity.canonical).await?;
    if people.is_empty() {
        return mend("extract.nobody");
    }
    let administration = pages.administration();
    let office = pages.office(&administration, Some(admin.account.user.id));
    let storage = pages.server.storage.as_ref();
    let mut events = Vec::new();
    for person in people {
        let organisation = admin.account.user.organisation;
        office.record_extract(organisation, person).await?;
        let said = review::about(storage, person).await?.into_iter();
        // Another organisation's person may have come to bear the same id. An entry that names somebody
        // else than it came from is shown all the same: it must hide no look.
        // What the operator did is nobody's organisation's.
        let owners = [organisation, OrganisationId::from_stored([0; 16])];
        events
            .extend(said.filter(|said| owners.contains(&said.event.organisation) || said.doubtful));
    }
    events.sort_by_key(|said| said.event.at_ms);
    Ok(Ok(Found {
        number: identity.canonical,
        names: Names::read(storage).await?,
        events,
        made_ms: now.timestamp_millis(),
    }))
}

/// The extract as a page to print.
pub(super) async fn show(
    State(pages): State<Arc<Pages>>,
    Posted { admin, fields }: Posted,
) -> Result<Response, Failure> {
    let found = match make(&pages, &admin, fields.get("number")).await? {
        Ok(found) => found,
        Err(page) => return Ok(page),
    };
    let language = admin.language();
    let say = |key: &str| word(language.into(), key);
    let title = Part::Extract.title(language);
    let content = html! {
        h1 { (say("log.extract.title")) }
        p { (say("log.extract.basis")) }
        p { (language.fill("extract.whose", "number", &found.number)) }
        p { (say("log.extract.made")) ": " (moment(found.made_ms)) }
        p.screen { (language.say("extract.print")) }
        form.screen method="post" action="/admin/extract/text" {
            (layout::token(&admin.session.form_token))
            input type="hidden" name="number" value=(found.number);
            button.button type="submit" { (language.say("extract.text")) }
        }
        div.scroll tabindex="0" role="region" aria-label=(title) {
            table {
                thead { tr {
                    th scope="col" { (language.say("log.at")) }
                    th scope="col" { (language.say("users.unit")) }
                    th scope="col" { (language.say("log.act")) }
                } }
                tbody { @for said in &found.events { (row(&admin, &found.names, said)) } }
            }
        }
    };
    Ok(layout::inside(&admin, Part::Extract, title, &content).into_response())
}

fn row(admin: &Admin, names: &Names, said: &Said) -> Markup {
    let Said { event, doubtful } = said;
    let (unit, organisation) = names.whose_staff(event);
    html! {
        tr {
            td { (moment(event.at_ms)) }
            td { (unit) ", " (organisation) }
            td {
                (what(admin.language(), event))
                @if *doubtful { p { (word(admin.language().into(), "log.extract.doubtful")) } }
            }
        }
    }
}

/// The extract as a file of text.
pub(super) async fn text(
    State(pages): State<Arc<Pages>>,
    Posted { admin, fields }: Posted,
) -> Result<Response, Failure> {
    let found = match make(&pages, &admin, fields.get("number")).await? {
        Ok(found) => found,
        Err(page) => return Ok(page),
    };
    let language = admin.language().into();
    let Found {
        names,
        events,
        made_ms,
        ..
    } = &found;
    let text = review::extract_text(language, names, events, *made_ms, in_sweden);
    // The file's name says nobody's number.
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"loggutdrag.txt\"",
        ),
    ];
    Ok((headers, text).into_response())
}
