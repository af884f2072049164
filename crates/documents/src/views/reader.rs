//! Reading values by a schema, surviving whatever is found.

use crate::{
    content::Content,
    schema::{self, FieldSpec, FieldType, KindSchema, parse_date, parse_instant, parse_time},
    value::Value,
};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use hemrond_domain::{
    ids::{RowId, UserId},
    record::DocumentKind,
};
use serde::Serialize;
use std::{collections::BTreeMap, str::FromStr};

/// A value that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The field, or `collection/row/field`.
    pub field: String,
    /// What was found there.
    pub found: String,
}

/// That a row was retracted. Its words stay readable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Retraction {
    /// When, where that can be read.
    pub at: Option<DateTime<Utc>>,
    /// By whom, where that can be read.
    pub by: Option<UserId>,
}

/// The values of a document or a row that fit their fields.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Fields {
    values: BTreeMap<String, Value>,
    #[serde(skip)]
    specs: &'static [FieldSpec],
}

impl Fields {
    /// A field's value.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.values.get(key)
    }

    /// Every value, by key.
    #[must_use]
    pub const fn values(&self) -> &BTreeMap<String, Value> {
        &self.values
    }

    /// Yes or no.
    #[must_use]
    pub fn bool(&self, key: &str) -> Option<bool> {
        match self.get(key)? {
            Value::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// A whole number.
    #[must_use]
    pub fn int(&self, key: &str) -> Option<i64> {
        match self.get(key)? {
            Value::Int(value) => Some(*value),
            _ => None,
        }
    }

    /// A number with decimals.
    #[must_use]
    pub fn number(&self, key: &str) -> Option<f64> {
        match self.get(key)? {
            Value::Number(value) => Some(*value),
            _ => None,
        }
    }

    /// A text.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.get(key)? {
            Value::Text(value) => Some(value),
            _ => None,
        }
    }

    /// A text of one's own.
    #[must_use]
    pub fn string(&self, key: &str) -> Option<String> {
        self.text(key).map(str::to_owned)
    }

    /// One of a field's choices.
    #[must_use]
    pub fn choice(&self, key: &str) -> Option<&'static str> {
        let text = self.text(key)?;
        let spec = self.specs.iter().find(|spec| spec.key == key)?;
        let FieldType::Choice(choices) = spec.kind else {
            return None;
        };
        choices.iter().find(|choice| **choice == text).copied()
    }

    /// A day.
    #[must_use]
    pub fn date(&self, key: &str) -> Option<NaiveDate> {
        parse_date(self.text(key)?)
    }

    /// A time of day.
    #[must_use]
    pub fn time(&self, key: &str) -> Option<NaiveTime> {
        parse_time(self.text(key)?)
    }

    /// A moment.
    #[must_use]
    pub fn instant(&self, key: &str) -> Option<DateTime<Utc>> {
        parse_instant(self.text(key)?)
    }

    /// An identifier.
    #[must_use]
    pub fn id<T: FromStr>(&self, key: &str) -> Option<T> {
        self.text(key)?.parse().ok()
    }

    /// Whether the row was retracted: either sign of it is enough.
    #[must_use]
    pub fn retraction(&self) -> Option<Retraction> {
        let retraction = Retraction {
            at: self.instant("retracted_at"),
            by: self.id("retracted_by"),
        };
        (retraction.at.is_some() || retraction.by.is_some()).then_some(retraction)
    }
}

/// Reads a document's content by its kind's schema.
pub(super) struct Reader {
    schema: &'static KindSchema,
    content: Content,
    pub(super) problems: Vec<Problem>,
    pub(super) unknown: Vec<String>,
}

impl Reader {
    /// A reader of what a document of some kind says, or of nothing where it is of another kind.
    pub(super) fn of(kind: DocumentKind, found: DocumentKind, content: Content) -> Self {
        let mut reader = Self {
            schema: schema::of(kind),
            content,
            problems: Vec::new(),
            unknown: Vec::new(),
        };
        if found != kind {
            reader.content = Content::default();
            reader.problem("header/kind", &found.to_string());
        }
        for (field, found) in std::mem::take(&mut reader.content.unreadable) {
            reader.problem(&field, &found);
        }
        for key in reader.content.texts.keys() {
            if reader.schema.text(key).is_none() {
                reader.unknown.push(key.clone());
            }
        }
        for name in reader.content.rows.keys() {
            if reader.schema.collection(name).is_none() {
                reader.unknown.push(name.clone());
            }
        }
        reader
    }

    /// The document's own fields.
    pub(super) fn fields(&mut self) -> Fields {
        let values = std::mem::take(&mut self.content.fields);
        self.fit(self.schema.fields, values, "")
    }

    /// A running text; nobody having written is an empty one.
    pub(super) fn text(&mut self, key: &str) -> String {
        self.content.texts.remove(key).unwrap_or_default()
    }

    /// The rows of a collection, by id.
    pub(super) fn rows(&mut self, name: &str) -> Vec<(RowId, Fields)> {
        let rows = self.content.rows.remove(name).unwrap_or_default();
        let specs = self
            .schema
            .collection(name)
            .map_or(&[][..], |spec| spec.fields);
        let mut read = Vec::new();
        for (row, values) in rows {
            let address = format!("{name}/{row}/");
            match row.parse() {
                Ok(id) => read.push((id, self.fit(specs, values, &address))),
                Err(_) => self.problem(&format!("{name}/{row}"), &row),
            }
        }
        read
    }

    fn fit(
        &mut self,
        specs: &'static [FieldSpec],
        values: BTreeMap<String, Value>,
        prefix: &str,
    ) -> Fields {
        let mut fields = Fields {
            values: BTreeMap::new(),
            specs,
        };
        for (key, value) in values {
            let address = format!("{prefix}{key}");
            match specs.iter().find(|spec| spec.key == key) {
                None => self.unknown.push(address),
                Some(spec) => match spec.kind.normalise(&value) {
                    Ok(Some(value)) => {
                        fields.values.insert(key, value);
                    }
                    Ok(None) => {}
                    Err(_) => self.problem(&address, &value.to_string()),
                },
            }
        }
        fields
    }

    fn problem(&mut self, field: &str, found: &str) {
        self.problems.push(Problem {
            field: field.to_owned(),
            found: found.to_owned(),
        });
    }
}
