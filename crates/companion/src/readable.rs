//! A visit as lines that a person reads, in one language: for copies that are handed out, and for what
//! another organisation wrote.
//!
//! Every signature stands with what was signed, what corrects it and what the patient finds wrong in it;
//! what nobody has signed is marked so; what was retracted is readable, with who and when.

use crate::{
    api::{Language, Line},
    cache::{Open, Signed},
    projection::additions,
    texts,
};
use chrono::{DateTime, Utc};
use hemrond_documents::{
    Value,
    views::{Note, Observation, ObservationsView, VisitView},
};
use hemrond_domain::ids::UserId;
use std::collections::BTreeMap;

/// What somebody is called; empty where nobody here knows it.
pub(crate) type NameOf<'a> = dyn Fn(Option<UserId>) -> String + 'a;

/// How a moment reads.
pub(crate) type TimeOf<'a> = dyn Fn(DateTime<Utc>) -> String + 'a;

/// Lines under way.
pub(crate) struct Readable<'a> {
    language: Language,
    name_of: &'a NameOf<'a>,
    time_of: &'a TimeOf<'a>,
    lines: Vec<Line>,
}

impl<'a> Readable<'a> {
    pub(crate) const fn new(
        language: Language,
        name_of: &'a NameOf<'a>,
        time_of: &'a TimeOf<'a>,
    ) -> Self {
        Self {
            language,
            name_of,
            time_of,
            lines: Vec::new(),
        }
    }

    pub(crate) fn into_lines(self) -> Vec<Line> {
        self.lines
    }

    /// All of a visit.
    pub(crate) fn visit(&mut self, view: &VisitView, open: &Open) {
        let entries = &open.entries;
        for (place, entry) in entries.iter().enumerate() {
            self.entry(entry);
            if place + 1 < entries.len() {
                self.words("copy.corrected", &[]);
            }
            let hash = hex::encode(entry.hash);
            for note in &view.notes {
                if note.dissent_with.as_deref() == Some(hash.as_str()) {
                    self.note(note, "copy.dissent");
                }
            }
        }
        match entries.last() {
            None => {
                self.heading("copy.unsigned", &[]);
                self.texts([("note", &view.note), ("plan", &view.plan)]);
                self.fields(view.fields.values());
            }
            Some(last) => self.additions(open, last),
        }
        for note in &view.notes {
            let with_entry = note.dissent_with.is_some() && !entries.is_empty();
            if !with_entry && note.handed_out_to.is_none() {
                self.note(note, "copy.note");
            }
        }
    }

    /// All that home help saw, newest first.
    pub(crate) fn observations(&mut self, view: &ObservationsView) {
        for seen in view.entries.iter().rev() {
            self.observation(seen);
        }
    }

    fn observation(&mut self, seen: &Observation) {
        let time = seen.at.map(self.time_of).unwrap_or_default();
        self.heading("copy.observation", &[("time", &time)]);
        let value = |key: &str, code: Option<&str>| {
            let code = code.unwrap_or_default();
            self.known(&format!("{key}.{code}"))
                .unwrap_or_else(|| code.to_owned())
        };
        let pair = Line::Pair {
            name: value("observe.what", seen.what),
            value: value("observe.degree", seen.degree),
        };
        self.lines.push(pair);
        if let Some(words) = &seen.words {
            self.lines.push(Line::Words {
                text: words.clone(),
            });
        }
        if let Some(retraction) = &seen.retraction {
            self.retracted(retraction.by, retraction.at);
        }
    }

    fn entry(&mut self, entry: &Signed) {
        let time = (self.time_of)(entry.at);
        self.heading(
            "copy.signed",
            &[("name", &entry.author_name), ("time", &time)],
        );
        if entry.corrects.is_some() {
            self.words("copy.corrects", &[]);
        }
        self.texts(&entry.content.texts);
        self.fields(&entry.content.fields);
    }

    fn additions(&mut self, open: &Open, last: &Signed) {
        let additions = additions(&open.document, &last.heads);
        if additions.is_empty() {
            return;
        }
        self.heading("copy.additions", &[]);
        for addition in additions {
            let value = addition.after.as_ref();
            let value = value.map(|value| self.value(&addition.field, value));
            let value = value.unwrap_or_else(|| self.word("copy.removed", &[]));
            let name = self.field(&addition.field);
            self.lines.push(Line::Pair { name, value });
        }
    }

    fn texts<'t, K: AsRef<str> + 't>(&mut self, texts: impl IntoIterator<Item = (K, &'t String)>) {
        for (key, text) in texts {
            if !text.trim().is_empty() {
                let name = self.field(key.as_ref());
                self.lines.push(Line::Pair {
                    name,
                    value: text.clone(),
                });
            }
        }
    }

    fn fields(&mut self, fields: &BTreeMap<String, Value>) {
        for (field, value) in fields {
            let (name, value) = (self.field(field), self.value(field, value));
            self.lines.push(Line::Pair { name, value });
        }
    }

    fn note(&mut self, note: &Note, key: &str) {
        let name = (self.name_of)(note.by);
        let time = note.at.map(self.time_of).unwrap_or_default();
        self.heading(key, &[("name", &name), ("time", &time)]);
        self.lines.push(Line::Words {
            text: note.text.clone().unwrap_or_default(),
        });
        if let Some(retraction) = &note.retraction {
            self.retracted(retraction.by, retraction.at);
        }
    }

    fn retracted(&mut self, by: Option<UserId>, at: Option<DateTime<Utc>>) {
        let name = (self.name_of)(by);
        let time = at.map(self.time_of).unwrap_or_default();
        self.words("copy.retracted", &[("name", &name), ("time", &time)]);
    }

    fn heading(&mut self, key: &str, params: &[(&str, &str)]) {
        let text = self.word(key, params);
        self.lines.push(Line::Heading { text });
    }

    fn words(&mut self, key: &str, params: &[(&str, &str)]) {
        let text = self.word(key, params);
        self.lines.push(Line::Words { text });
    }

    fn word(&self, key: &str, params: &[(&str, &str)]) -> String {
        sentence(self.language, key, params)
    }

    fn known(&self, key: &str) -> Option<String> {
        texts::sentence(self.language, key, &BTreeMap::new())
    }

    /// What a field is called; rows' fields ("drugs/ROW/name") by collection and field.
    fn field(&self, field: &str) -> String {
        let mut parts = field.split('/');
        let key = match (parts.next(), parts.nth(1)) {
            (Some(collection), Some(of)) => format!("field.{collection}.{of}"),
            _ => format!("field.{field}"),
        };
        if let Some(name) = self.known(&key) {
            return name;
        }
        match field.strip_suffix(".note") {
            Some(beside) => self.word("field.note_of", &[("field", &self.field(beside))]),
            None => field.to_owned(),
        }
    }

    fn value(&self, field: &str, value: &Value) -> String {
        match value {
            Value::Bool(yes) => self.word(if *yes { "copy.yes" } else { "copy.no" }, &[]),
            Value::Text(text) if field.ends_with("_at") => match text.parse() {
                Ok(at) => (self.time_of)(at),
                Err(_) => text.clone(),
            },
            Value::Text(text) => [
                format!("value.{field}.{text}"),
                format!("{field}.{text}"),
                format!("value.any.{text}"),
            ]
            .iter()
            .find_map(|key| self.known(key))
            .unwrap_or_else(|| text.clone()),
            Value::Int(_) | Value::Number(_) => match self.language {
                Language::Sv => value.to_string().replace('.', ","),
                Language::En => value.to_string(),
            },
        }
    }
}

/// A sentence with its blanks filled in; the key where there is none.
pub(crate) fn sentence(language: Language, key: &str, params: &[(&str, &str)]) -> String {
    let params = params
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    texts::sentence(language, key, &params).unwrap_or_else(|| key.to_owned())
}
