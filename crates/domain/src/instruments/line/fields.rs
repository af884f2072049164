//! Reading typed fields of a JSON object, with sentences that name the field.

use serde_json::{Map, Value};
use thiserror::Error;

use super::NAMES;

/// What is wrong with a line, as a sentence.
#[derive(Debug, Error)]
#[error("{0}")]
pub(super) struct LineError(String);

impl LineError {
    pub(super) const fn new(sentence: String) -> Self {
        Self(sentence)
    }

    pub(super) fn instrument(name: &str) -> Self {
        Self(format!(
            "there is no instrument named {name:?}; the known ones are {}",
            NAMES.join(", ")
        ))
    }
}

/// The fields of one object; `null` counts as missing unless asked otherwise.
pub(super) struct Fields<'a> {
    object: &'a Map<String, Value>,
    /// Where the object stands in the line, for the sentences: empty, or `drugs[2].`.
    place: String,
}

impl<'a> Fields<'a> {
    pub(super) const fn new(object: &'a Map<String, Value>) -> Self {
        Self {
            object,
            place: String::new(),
        }
    }

    pub(super) const fn at(object: &'a Map<String, Value>, place: String) -> Self {
        Self { object, place }
    }

    /// The full name of a field, as errors and `incomplete` give it.
    pub(super) fn name(&self, field: &str) -> String {
        format!("{}{field}", self.place)
    }

    /// The field, also when it is `null`.
    pub(super) fn raw(&self, field: &str) -> Option<&'a Value> {
        self.object.get(field)
    }

    pub(super) fn present(&self, field: &str) -> Option<&'a Value> {
        self.raw(field).filter(|value| !value.is_null())
    }

    pub(super) fn wrong(&self, field: &str, expected: &str) -> LineError {
        LineError(format!("{} must be {expected}", self.name(field)))
    }

    pub(super) fn boolean(&self, field: &str) -> Result<Option<bool>, LineError> {
        self.typed(field, "true or false", Value::as_bool)
    }

    pub(super) fn text(&self, field: &str) -> Result<Option<&'a str>, LineError> {
        self.typed(field, "a text", Value::as_str)
    }

    /// A whole number; its range is the instrument's concern.
    pub(super) fn integer(&self, field: &str) -> Result<Option<i32>, LineError> {
        self.typed(field, "a whole number of ordinary size", |value| {
            value.as_i64().and_then(|number| i32::try_from(number).ok())
        })
    }

    /// A whole number from 0 to `max`.
    pub(super) fn count(&self, field: &str, max: u32) -> Result<Option<u32>, LineError> {
        let expected = if max == u32::MAX {
            "a whole number, 0 or more".to_owned()
        } else {
            format!("a whole number from 0 to {max}")
        };
        self.typed(field, &expected, |value| {
            value
                .as_u64()
                .and_then(|number| u32::try_from(number).ok())
                .filter(|number| *number <= max)
        })
    }

    /// A positive number.
    pub(super) fn positive(&self, field: &str) -> Result<Option<f64>, LineError> {
        self.typed(field, "a number above 0", |value| {
            value
                .as_f64()
                .filter(|number| number.is_finite() && *number > 0.0)
        })
    }

    /// One of the values of an enum, by its key.
    pub(super) fn choice<T: Copy>(
        &self,
        field: &str,
        values: &[T],
        key: fn(T) -> &'static str,
    ) -> Result<Option<T>, LineError> {
        let keys: Vec<&str> = values.iter().map(|value| key(*value)).collect();
        self.typed(field, &format!("one of {}", keys.join(", ")), |value| {
            let text = value.as_str()?;
            values
                .iter()
                .copied()
                .find(|candidate| key(*candidate) == text)
        })
    }

    fn typed<T>(
        &self,
        field: &str,
        expected: &str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, LineError> {
        match self.present(field) {
            None => Ok(None),
            Some(value) => read(value)
                .map(Some)
                .ok_or_else(|| self.wrong(field, expected)),
        }
    }
}
