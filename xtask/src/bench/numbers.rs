//! Measurements as lines of JSON.

use serde_json::Value;
use std::{fmt, io::Write as _, time::Duration};

/// One measurement: a name, a value, its unit, and whatever else belongs to it.
#[derive(Debug, Clone)]
pub(super) struct Line(Vec<(String, Value)>);

impl Line {
    pub(super) fn new(name: &str, value: f64, unit: &str) -> Self {
        Self(Vec::new())
            .with("name", name)
            .with("value", tidy(value))
            .with("unit", unit)
    }

    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.push((name.to_owned(), value.into()));
        self
    }
}

/// In the order in which it was put together, for people read it as well.
impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (name, value)) in self.0.iter().enumerate() {
            let before = if place == 0 { '{' } else { ',' };
            write!(f, "{before}{}:{value}", Value::from(name.as_str()))?;
        }
        f.write_str("}")
    }
}

/// At most one decimal: nothing here is more exact than that.
fn tidy(value: f64) -> Value {
    ((value * 10.0).round() / 10.0).into()
}

pub(super) fn print(line: &Line) {
    // Whoever reads the lines may stop reading; measuring goes on to its end all the same.
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Milliseconds.
pub(super) fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// The value below which this share of the values lies.
pub(super) fn percentile(values: &[f64], percent: usize) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().checked_sub(1)?;
    sorted.get((last * percent).div_ceil(100)).copied()
}

#[cfg(test)]
mod tests {
    use super::{Line, percentile};

    #[test]
    fn a_line_is_json_in_the_order_in_which_it_was_made() {
        let line = Line::new("push", 1.25, "ms").with("bytes", 7);
        let text = r#"{"name":"push","value":1.3,"unit":"ms","bytes":7}"#;
        assert_eq!(line.to_string(), text);
    }

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let values = [5.0, 1.0, 4.0, 2.0, 3.0];
        assert_eq!(percentile(&values, 50), Some(3.0));
        assert_eq!(percentile(&values, 95), Some(5.0));
        assert_eq!(percentile(&values, 0), Some(1.0));
        assert_eq!(percentile(&[], 50), None);
    }
}
