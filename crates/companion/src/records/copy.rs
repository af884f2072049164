//! A readable copy of visits, in Swedish whatever language the interface has (patientdatalagen 3:13).
//!
//! It names the person and, unless their identity is protected, their number; never an address, a
//! phone number or a relative. What it says of a visit is in [`readable`](crate::readable).

use crate::{
    api::{Language, Line, PersonBrief},
    cache::Open,
    readable::{Readable, sentence},
    tablet::State,
};
use chrono::{DateTime, NaiveDate, Utc};
use hemrond_documents::views::VisitView;
use hemrond_domain::ids::UserId;

/// A visit as it goes into a copy.
pub(super) struct VisitCopy {
    /// Its day.
    pub(super) on: Option<NaiveDate>,
    /// What it says now.
    pub(super) view: VisitView,
    /// The document with its signatures.
    pub(super) open: Open,
}

/// The whole page, which needs nothing beside itself.
pub(super) fn page(
    state: &State,
    person: &PersonBrief,
    to: &str,
    by: &str,
    at: DateTime<Utc>,
    visits: &[VisitCopy],
) -> String {
    let mut page = Page::default();
    page.push("<!doctype html><html lang=\"sv\"><head><meta charset=\"utf-8\"><title>");
    page.text(&word("copy.title"));
    page.push("</title></head><body>");
    page.element("h1", &word("copy.title"));
    page.element("p", &person.name);
    if person.protected.is_protected() {
        page.element("p", &word("copy.protected"));
    } else if let Some(number) = &person.identity {
        page.element("p", number);
    }
    page.element(
        "p",
        &words(
            "copy.handed_out",
            &[("to", to), ("by", by), ("time", &moment(at))],
        ),
    );
    for visit in visits {
        write_visit(&mut page, state, visit);
    }
    page.push("</body></html>\n");
    page.0
}

fn write_visit(page: &mut Page, state: &State, visit: &VisitCopy) {
    let day = visit.on.map(|day| day.to_string()).unwrap_or_default();
    page.element("h2", &words("copy.visit", &[("day", &day)]));
    let name_of = |user: Option<UserId>| state.colleague(user).name.unwrap_or_default();
    let mut readable = Readable::new(Language::Sv, &name_of, &moment);
    readable.visit(&visit.view, &visit.open);
    for line in readable.into_lines() {
        match line {
            Line::Heading { text } => page.element("h3", &text),
            Line::Words { text } => page.element("p", &text),
            Line::Pair { name, value } => page.pair(&name, &value),
        }
    }
}

/// HTML in which nothing that somebody typed can be anything but text.
#[derive(Default)]
struct Page(String);

impl Page {
    fn push(&mut self, html: &str) {
        self.0.push_str(html);
    }

    fn text(&mut self, text: &str) {
        for letter in text.chars() {
            match letter {
                '&' => self.push("&amp;"),
                '<' => self.push("&lt;"),
                '>' => self.push("&gt;"),
                '"' => self.push("&quot;"),
                '\n' => self.push("<br>"),
                other => self.0.push(other),
            }
        }
    }

    fn element(&mut self, name: &str, text: &str) {
        self.push(&format!("<{name}>"));
        self.text(text);
        self.push(&format!("</{name}>\n"));
    }

    fn pair(&mut self, name: &str, value: &str) {
        self.push("<p><b>");
        self.text(name);
        self.push("</b>: ");
        self.text(value);
        self.push("</p>\n");
    }
}

fn word(key: &str) -> String {
    words(key, &[])
}

fn words(key: &str, params: &[(&str, &str)]) -> String {
    sentence(Language::Sv, key, params)
}

/// A moment, the same in every time zone.
fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}
