//! A readable copy of visits, in Swedish whatever language the interface has (patientdatalagen 3:13).
//!
//! It names the person and, unless their identity is protected, their number; never an address, a
//! phone number or a relative. Every signature stands with what was signed, what corrects it and what
//! the patient finds wrong in it; what nobody has signed is marked so; what was retracted is readable,
//! with who and when.

use crate::{
    api::{Language, PersonBrief},
    cache::{Open, Signed},
    projection::additions,
    tablet::State,
    texts,
};
use chrono::{DateTime, NaiveDate, Utc};
use hemrond_documents::{
    Value,
    views::{Note, VisitView},
};
use std::collections::BTreeMap;

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
    let entries = &visit.open.entries;
    for (place, entry) in entries.iter().enumerate() {
        write_entry(page, entry);
        if place + 1 < entries.len() {
            page.element("p", &word("copy.corrected"));
        }
        let hash = hex::encode(entry.hash);
        for note in &visit.view.notes {
            if note.dissent_with.as_deref() == Some(hash.as_str()) {
                write_note(page, state, note, "copy.dissent");
            }
        }
    }
    match entries.last() {
        None => {
            page.element("h3", &word("copy.unsigned"));
            write_texts(
                page,
                [("note", &visit.view.note), ("plan", &visit.view.plan)],
            );
            write_fields(page, visit.view.fields.values());
        }
        Some(last) => write_additions(page, &visit.open, last),
    }
    for note in &visit.view.notes {
        let with_entry = note.dissent_with.is_some() && !entries.is_empty();
        if !with_entry && note.handed_out_to.is_none() {
            write_note(page, state, note, "copy.note");
        }
    }
}

fn write_entry(page: &mut Page, entry: &Signed) {
    page.element(
        "h3",
        &words(
            "copy.signed",
            &[("name", &entry.author_name), ("time", &moment(entry.at))],
        ),
    );
    if entry.corrects.is_some() {
        page.element("p", &word("copy.corrects"));
    }
    write_texts(page, &entry.content.texts);
    write_fields(page, &entry.content.fields);
}

fn write_additions(page: &mut Page, open: &Open, last: &Signed) {
    let additions = additions(&open.document, &last.heads);
    if additions.is_empty() {
        return;
    }
    page.element("h3", &word("copy.additions"));
    for addition in additions {
        let value = addition.after.as_ref();
        let value = value.map(|value| value_words(&addition.field, value));
        let value = value.unwrap_or_else(|| word("copy.removed"));
        page.pair(&field_name(&addition.field), &value);
    }
}

fn write_texts<'a, K: AsRef<str> + 'a>(
    page: &mut Page,
    texts: impl IntoIterator<Item = (K, &'a String)>,
) {
    for (key, text) in texts {
        if !text.trim().is_empty() {
            page.pair(&field_name(key.as_ref()), text);
        }
    }
}

fn write_fields(page: &mut Page, fields: &BTreeMap<String, Value>) {
    for (field, value) in fields {
        page.pair(&field_name(field), &value_words(field, value));
    }
}

fn write_note(page: &mut Page, state: &State, note: &Note, key: &str) {
    let name = state.colleague(note.by).name.unwrap_or_default();
    let at = note.at.map(moment).unwrap_or_default();
    page.element("h3", &words(key, &[("name", &name), ("time", &at)]));
    page.element("p", note.text.as_deref().unwrap_or_default());
    if let Some(retraction) = &note.retraction {
        let by = state.colleague(retraction.by).name.unwrap_or_default();
        let at = retraction.at.map(moment).unwrap_or_default();
        page.element(
            "p",
            &words("copy.retracted", &[("name", &by), ("time", &at)]),
        );
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
    let params = params
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    texts::sentence(Language::Sv, key, &params).unwrap_or_else(|| key.to_owned())
}

fn known(key: &str) -> Option<String> {
    texts::sentence(Language::Sv, key, &BTreeMap::new())
}

/// What a field is called; rows' fields ("drugs/ROW/name") by collection and field.
fn field_name(field: &str) -> String {
    let mut parts = field.split('/');
    let key = match (parts.next(), parts.nth(1)) {
        (Some(collection), Some(of)) => format!("field.{collection}.{of}"),
        _ => format!("field.{field}"),
    };
    if let Some(name) = known(&key) {
        return name;
    }
    match field.strip_suffix(".note") {
        Some(beside) => words("field.note_of", &[("field", &field_name(beside))]),
        None => field.to_owned(),
    }
}

fn value_words(field: &str, value: &Value) -> String {
    match value {
        Value::Bool(yes) => word(if *yes { "copy.yes" } else { "copy.no" }),
        Value::Text(text) => [
            format!("value.{field}.{text}"),
            format!("{field}.{text}"),
            format!("value.any.{text}"),
        ]
        .iter()
        .find_map(|key| known(key))
        .unwrap_or_else(|| text.clone()),
        Value::Int(_) | Value::Number(_) => value.to_string().replace('.', ","),
    }
}

fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}
