//! What a field may hold, and the one spelling of each value.

use crate::value::Value;
use chrono::{DateTime, NaiveDate, NaiveTime, SecondsFormat, Utc};
use serde::Serialize;
use uuid::Uuid;

/// What a field may hold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FieldType {
    /// Yes or no.
    Bool,
    /// A whole number.
    Int {
        /// The least.
        min: i64,
        /// The greatest.
        max: i64,
    },
    /// A number with decimals.
    Number {
        /// The least.
        min: f64,
        /// The greatest.
        max: f64,
    },
    /// One of a few words.
    #[serde(serialize_with = "serialize_choice")]
    Choice(&'static [&'static str]),
    /// A day, as `2026-11-03`.
    Date,
    /// A time of day, as `08:30`.
    Time,
    /// A moment in UTC, as `2026-11-03T08:30:00Z`.
    Instant,
    /// Text that is answered as a whole; line breaks are allowed.
    Line {
        /// The most characters.
        max: usize,
    },
    /// An identifier.
    Id,
}

/// Why a value does not fit a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// The value is of another type than the field.
    #[error("the value has the wrong type")]
    Type,
    /// The number is too small or too large.
    #[error("the number is outside what can be right")]
    Range,
    /// The word is none of the choices.
    #[error("this is none of the choices")]
    Choice,
    /// The text is not a date, time, moment or identifier.
    #[error("this is not a date, a time or an identifier")]
    Form,
    /// The text is too long.
    #[error("the text is too long")]
    Length,
    /// The text holds characters that cannot be shown.
    #[error("the text holds control characters")]
    Characters,
}

/// The longest text that any field may hold, in bytes; servers refuse a longer one.
pub(crate) const TEXT_BYTES_MAX: usize = 8 * 1024;

impl FieldType {
    /// Checks a value and gives it its one spelling, so that two people who answer the same agree.
    ///
    /// An empty text is no value.
    ///
    /// # Errors
    /// When the value does not fit.
    pub fn normalise(&self, value: &Value) -> Result<Option<Value>, Unfit> {
        let value = match (self, value) {
            (Self::Bool, Value::Bool(_)) => value.clone(),
            (Self::Int { min, max }, Value::Int(number)) => {
                if number < min || number > max {
                    return Err(Unfit::Range);
                }
                value.clone()
            }
            #[allow(clippy::cast_precision_loss)] // Bounds are far below 2^53.
            (Self::Number { .. }, Value::Int(number)) => {
                return self.normalise(&Value::Number(*number as f64));
            }
            (Self::Number { min, max }, Value::Number(number)) => {
                if !(number >= min && number <= max) {
                    return Err(Unfit::Range);
                }
                // Adding zero turns minus zero into zero.
                Value::Number(number + 0.0)
            }
            (Self::Bool | Self::Int { .. } | Self::Number { .. }, _) => return Err(Unfit::Type),
            (_, Value::Text(text)) if text.is_empty() => return Ok(None),
            (_, Value::Text(text)) => Value::Text(self.normalise_text(text)?),
            _ => return Err(Unfit::Type),
        };
        Ok(Some(value))
    }

    fn normalise_text(&self, text: &str) -> Result<String, Unfit> {
        match self {
            Self::Choice(choices) if choices.contains(&text) => Ok(text.to_owned()),
            Self::Choice(_) => Err(Unfit::Choice),
            Self::Date => parse_date(text)
                .map(|date| date.to_string())
                .ok_or(Unfit::Form),
            Self::Time => parse_time(text)
                .map(|time| time.format("%H:%M").to_string())
                .ok_or(Unfit::Form),
            Self::Instant => parse_instant(text)
                .map(|at| at.to_rfc3339_opts(SecondsFormat::AutoSi, true))
                .ok_or(Unfit::Form),
            Self::Id => {
                let id: Uuid = text.parse().map_err(|_| Unfit::Form)?;
                Ok(id.hyphenated().to_string())
            }
            Self::Line { max } => {
                if text.len() > TEXT_BYTES_MAX || text.chars().count() > *max {
                    return Err(Unfit::Length);
                }
                check_characters(text)?;
                Ok(text.to_owned())
            }
            Self::Bool | Self::Int { .. } | Self::Number { .. } => Err(Unfit::Type),
        }
    }
}

/// Refuses characters that no screen shows, apart from line breaks and tabs.
pub(crate) fn check_characters(text: &str) -> Result<(), Unfit> {
    let hidden = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if text.chars().any(hidden) {
        Err(Unfit::Characters)
    } else {
        Ok(())
    }
}

/// A day in its one spelling.
pub(crate) fn parse_date(text: &str) -> Option<NaiveDate> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    (date.to_string() == text).then_some(date)
}

/// A time of day in its one spelling.
pub(crate) fn parse_time(text: &str) -> Option<NaiveTime> {
    let time = NaiveTime::parse_from_str(text, "%H:%M").ok()?;
    (text.len() == 5).then_some(time)
}

/// A moment, with any offset.
pub(crate) fn parse_instant(text: &str) -> Option<DateTime<Utc>> {
    let at = DateTime::parse_from_rfc3339(text).ok()?.with_timezone(&Utc);
    // A year outside four digits could be written but not read back.
    let spelled = at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
    DateTime::parse_from_rfc3339(&spelled).is_ok().then_some(at)
}

// An internally tagged enum cannot hold a bare list; the words get a name of their own.
fn serialize_choice<S: serde::Serializer>(
    choices: &&'static [&'static str],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    use serde::ser::SerializeMap;
    let mut map = serializer.serialize_map(Some(1))?;
    map.serialize_entry("of", choices)?;
    map.end()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn text(kind: FieldType, text: &str) -> Result<Option<Value>, Unfit> {
        kind.normalise(&Value::from(text))
    }

    #[test]
    fn one_moment_has_one_spelling() {
        let spelled = Ok(Some(Value::from("2026-11-03T08:30:00Z")));
        for other in [
            "2026-11-03T08:30:00Z",
            "2026-11-03T09:30:00+01:00",
            "2026-11-03t08:30:00z",
        ] {
            assert_eq!(text(FieldType::Instant, other), spelled, "{other}");
        }
        assert_eq!(
            text(FieldType::Instant, "2026-11-03 08:30"),
            Err(Unfit::Form)
        );
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let level = FieldType::Int { min: 1, max: 9 };
        assert_eq!(level.normalise(&Value::Int(10)), Err(Unfit::Range));
        assert_eq!(level.normalise(&Value::from("5")), Err(Unfit::Type));
        assert_eq!(level.normalise(&Value::Number(5.0)), Err(Unfit::Type));
        let weight = FieldType::Number {
            min: 20.0,
            max: 300.0,
        };
        assert_eq!(
            weight.normalise(&Value::Number(f64::NAN)),
            Err(Unfit::Range)
        );
        assert_eq!(
            weight.normalise(&Value::Int(71)),
            Ok(Some(Value::Number(71.0)))
        );
        assert_eq!(text(FieldType::Date, "2026-02-30"), Err(Unfit::Form));
        assert_eq!(text(FieldType::Date, "2026-2-3"), Err(Unfit::Form));
        assert_eq!(text(FieldType::Time, "8:30"), Err(Unfit::Form));
        assert_eq!(text(FieldType::Time, "24:00"), Err(Unfit::Form));
        assert_eq!(text(FieldType::Id, "Eva"), Err(Unfit::Form));
        assert_eq!(text(FieldType::Choice(&["a"]), "b"), Err(Unfit::Choice));
        let line = FieldType::Line { max: 5 };
        assert_eq!(text(line, "åäöåäö"), Err(Unfit::Length));
        assert_eq!(text(line, "a\u{0}"), Err(Unfit::Characters));
        assert_eq!(text(line, "å\nä"), Ok(Some(Value::from("å\nä"))));
        assert_eq!(text(line, ""), Ok(None));
        assert_eq!(
            text(FieldType::Line { max: 4000 }, &"🦉".repeat(4000)),
            Err(Unfit::Length)
        );
    }

    #[test]
    fn the_schema_can_be_shown_as_json() {
        let schema = serde_json::to_value(crate::schema::of(
            hemrond_domain::record::DocumentKind::Observations,
        ))
        .unwrap();
        let entries = &schema["collections"][0];
        assert_eq!(entries["name"], "entries");
        let degree = entries["fields"]
            .as_array()
            .unwrap()
            .iter()
            .find(|field| field["key"] == "degree")
            .unwrap();
        assert_eq!(degree["kind"]["type"], "choice");
        assert_eq!(degree["kind"]["of"][2], "much_worse");
    }
}
