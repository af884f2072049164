//! Measurements as lines of JSON.

use serde_json::{Map, Value};
use std::{io::Write as _, time::Duration};

/// One measurement: a name, a value, its unit, and whatever else belongs to it.
#[derive(Debug, Clone)]
pub(super) struct Line(Map<String, Value>);

impl Line {
    pub(super) fn new(name: &str, value: f64, unit: &str) -> Self {
        let mut map = Map::new();
        map.insert("name".to_owned(), name.into());
        map.insert("value".to_owned(), tidy(value));
        map.insert("unit".to_owned(), unit.into());
        Self(map)
    }

    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }
}

/// At most one decimal: nothing here is more exact than that.
fn tidy(value: f64) -> Value {
    ((value * 10.0).round() / 10.0).into()
}

pub(super) fn print(line: Line) {
    // Whoever reads the lines may stop reading; measuring goes on to its end all the same.
    let _ = writeln!(std::io::stdout(), "{}", Value::Object(line.0));
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
    use super::percentile;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let values = [5.0, 1.0, 4.0, 2.0, 3.0];
        assert_eq!(percentile(&values, 50), Some(3.0));
        assert_eq!(percentile(&values, 95), Some(5.0));
        assert_eq!(percentile(&values, 0), Some(1.0));
        assert_eq!(percentile(&[], 50), None);
    }
}
