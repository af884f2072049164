//! Measurements, and what is said of several.

use crate::error::Error;
use std::{fs, time::Duration};

/// Several measurements of the same thing.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Spread {
    sorted: Vec<f64>,
}

impl Spread {
    /// None where nothing was measured.
    pub(super) fn of(values: &[f64]) -> Option<Self> {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        (!sorted.is_empty()).then_some(Self { sorted })
    }

    pub(super) fn runs(&self) -> usize {
        self.sorted.len()
    }

    /// The value below which this share of the values lies: one that was measured.
    pub(super) fn percentile(&self, percent: usize) -> f64 {
        let last = self.sorted.len().saturating_sub(1);
        let place = (last * percent).div_ceil(100);
        self.sorted.get(place).copied().unwrap_or_default()
    }

    pub(super) fn median(&self) -> f64 {
        self.percentile(50)
    }

    pub(super) fn least(&self) -> f64 {
        self.percentile(0)
    }

    pub(super) fn most(&self) -> f64 {
        self.percentile(100)
    }
}

/// Milliseconds.
pub(super) fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// As exact as anything here is: three digits, whole numbers whole.
pub(super) fn tidy(value: f64) -> f64 {
    let digits = match value.abs() {
        large if large >= 100.0 => 1.0,
        some if some >= 10.0 => 10.0,
        _ => 100.0,
    };
    (value * digits).round() / digits
}

/// The most memory that a process has used so far (resident), in megabytes.
pub(super) fn memory_of(process: u32) -> Result<f64, Error> {
    let path = format!("/proc/{process}/status");
    let status = fs::read_to_string(&path).map_err(Error::io(format!("reading {path}")))?;
    read_peak(&status).ok_or(Error::Answer {
        what: path,
        answer: status,
    })
}

fn read_peak(status: &str) -> Option<f64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::{Spread, read_peak, tidy};

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let values = Spread::of(&[5.0, 1.0, 4.0, 2.0, 3.0]);
        let at = |percent| values.as_ref().map(|values| values.percentile(percent));
        assert_eq!(at(50), Some(3.0));
        assert_eq!(at(95), Some(5.0));
        assert_eq!(at(0), Some(1.0));
        assert_eq!(Spread::of(&[]), None);
    }

    #[test]
    fn nothing_is_told_more_exactly_than_it_was_measured() {
        let told: Vec<f64> = [1234.567, 123.456, 12.345, 1.234].map(tidy).to_vec();
        assert_eq!(told, [1235.0, 123.0, 12.3, 1.23]);
    }

    #[test]
    fn the_peak_is_read_from_what_the_system_says() {
        let status = "Name:\themrond\nVmHWM:\t   20480 kB\nVmRSS:\t   10240 kB\n";
        assert_eq!(read_peak(status), Some(20.0));
        assert_eq!(read_peak("Name:\tx\n"), None);
    }
}
