//! The values that a field can have.

use automerge as am;
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt};
use ts_rs::TS;

/// A field's value. A field without a value is `None` (`null` in JSON), never an empty text.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(untagged)]
pub enum Value {
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(#[ts(type = "number")] i64),
    /// A number with decimals.
    #[ts(skip)] // TypeScript has one type of number.
    Number(f64),
    /// Text, and everything that is written as text: a choice, a date, a time, an identifier.
    Text(String),
}

// Numbers are compared by their bits, so that equality is total and agrees on every replica.
impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Number(a), Self::Number(b)) => a.to_bits() == b.to_bits(),
            (Self::Text(a), Self::Text(b)) => a == b,
            _ => false,
        }
    }
}

impl Eq for Value {}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => value.fmt(f),
            Self::Int(value) => value.fmt(f),
            Self::Number(value) => value.fmt(f),
            Self::Text(value) => value.fmt(f),
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Self::Int(value.into())
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Number(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

/// What was found under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    /// Cleared.
    Absent,
    /// A value of a kind that this version writes.
    Value(Value),
    /// Something that no version so far writes, described.
    Foreign(String),
}

impl Found {
    /// The value as a person would be shown it.
    pub(crate) fn shown(&self) -> Option<Value> {
        match self {
            Self::Absent => None,
            Self::Value(value) => Some(value.clone()),
            Self::Foreign(what) => Some(Value::Text(what.clone())),
        }
    }

    /// Reads a value that an iterator over a map gave.
    pub(crate) fn from_ref(value: &am::ValueRef<'_>) -> Self {
        match value {
            am::ValueRef::Object(kind) => Self::Foreign(format!("({kind})")),
            am::ValueRef::Scalar(scalar) => match scalar {
                am::ScalarValueRef::Null => Self::Absent,
                am::ScalarValueRef::Boolean(value) => Self::Value(Value::Bool(*value)),
                am::ScalarValueRef::Int(value) => Self::Value(Value::Int(*value)),
                am::ScalarValueRef::F64(value) => Self::Value(Value::Number(*value)),
                am::ScalarValueRef::Str(Cow::Borrowed(value)) => {
                    Self::Value(Value::Text((*value).to_owned()))
                }
                am::ScalarValueRef::Str(Cow::Owned(value)) => {
                    Self::Value(Value::Text(value.clone()))
                }
                other => Self::Foreign(format!("({other})")),
            },
        }
    }

    /// Reads a value that a look-up gave.
    pub(crate) fn from_value(value: &am::Value<'_>) -> Self {
        match value {
            am::Value::Object(kind) => Self::Foreign(format!("({kind})")),
            am::Value::Scalar(scalar) => Self::from_scalar(scalar),
        }
    }

    /// Reads the value of an operation.
    pub(crate) fn from_scalar(scalar: &am::ScalarValue) -> Self {
        match scalar {
            am::ScalarValue::Null => Self::Absent,
            am::ScalarValue::Boolean(value) => Self::Value(Value::Bool(*value)),
            am::ScalarValue::Int(value) => Self::Value(Value::Int(*value)),
            am::ScalarValue::F64(value) => Self::Value(Value::Number(*value)),
            am::ScalarValue::Str(value) => Self::Value(Value::Text(value.to_string())),
            other => Self::Foreign(format!("({other})")),
        }
    }
}

/// The scalar that stands for a value; a cleared field is a null, so that clearing leaves a trace
/// that a concurrent answer can be seen beside.
pub(crate) fn scalar(value: Option<&Value>) -> am::ScalarValue {
    match value {
        None => am::ScalarValue::Null,
        Some(Value::Bool(value)) => am::ScalarValue::Boolean(*value),
        Some(Value::Int(value)) => am::ScalarValue::Int(*value),
        Some(Value::Number(value)) => am::ScalarValue::F64(*value),
        Some(Value::Text(value)) => am::ScalarValue::Str(value.as_str().into()),
    }
}
