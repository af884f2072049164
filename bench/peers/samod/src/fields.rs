//! A document's fields, as they come in lines and as Automerge has them.

use automerge::{
    AutoSerde, Automerge, AutomergeError, ROOT, ScalarValue,
    hydrate::{List, Map, Value as Held},
    transaction::{Transactable as _, Transaction},
};
use serde_json::Value;
use std::collections::HashMap;

/// Makes one change of all that is set.
pub(crate) fn set<'a>(
    document: &mut Automerge,
    sets: impl IntoIterator<Item = (&'a String, &'a Value)>,
) -> Result<(), AutomergeError> {
    let done = document.transact(|change| {
        let mut sets = sets.into_iter();
        sets.try_for_each(|(field, value)| put(change, field, value))
    });
    done.map(drop).map_err(|failure| failure.error)
}

pub(crate) fn read(document: &Automerge) -> serde_json::Result<Value> {
    serde_json::to_value(AutoSerde::from(document))
}

fn put(change: &mut Transaction<'_>, field: &str, value: &Value) -> Result<(), AutomergeError> {
    match held(value) {
        Held::Scalar(scalar) => change.put(ROOT, field, scalar),
        deep => change
            .batch_create_object(ROOT, field, &deep, false)
            .map(drop),
    }
}

/// A text is a plain value, which is replaced whole, not one that can be edited letter by letter.
fn held(value: &Value) -> Held {
    match value {
        Value::Null => Held::scalar(ScalarValue::Null),
        Value::Bool(value) => Held::scalar(*value),
        Value::Number(number) => Held::Scalar(match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => ScalarValue::Int(number),
            (None, Some(number)) => ScalarValue::Uint(number),
            (None, None) => number.as_f64().map_or(ScalarValue::Null, ScalarValue::F64),
        }),
        Value::String(text) => Held::scalar(text.as_str()),
        Value::Array(items) => List::from(items.iter().map(held).collect::<Vec<_>>()).into(),
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(field, value)| (field.clone(), held(value)));
            Map::from(fields.collect::<HashMap<_, _>>()).into()
        }
    }
}
