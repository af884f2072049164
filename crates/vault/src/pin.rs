//! What a user types.

use std::fmt;
use zeroize::Zeroizing;

/// The fewest digits of a PIN.
const LEAST: usize = 6;

/// The most digits of a PIN.
const MOST: usize = 12;

/// A PIN that keeps the rules: 6–12 digits, not all the same, and no simple run such as 123456.
///
/// It is wiped from memory when it is dropped, and never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Pin(Zeroizing<String>);

/// Why something cannot be a PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPin {
    /// Too few digits, too many, or something else than digits.
    #[error("a PIN has {LEAST} to {MOST} digits and nothing else")]
    Digits,
    /// One digit again and again.
    #[error("a PIN is not one digit again and again")]
    AllSame,
    /// Digits that only count up or down.
    #[error("a PIN does not only count up or down")]
    Run,
}

impl Pin {
    /// Reads what was typed. Spaces around it do not matter.
    ///
    /// # Errors
    /// When it does not keep the rules.
    pub fn new(typed: &str) -> Result<Self, BadPin> {
        let typed = typed.trim();
        let digits = typed.as_bytes();
        if !(LEAST..=MOST).contains(&digits.len()) || !digits.iter().all(u8::is_ascii_digit) {
            return Err(BadPin::Digits);
        }
        // 890123 counts on past nine, as fingers do on a number pad.
        let step = |by: u8| {
            digits.windows(2).all(|pair| match pair {
                [first, next] => (first - b'0' + by) % 10 == next - b'0',
                _ => false,
            })
        };
        if step(0) {
            return Err(BadPin::AllSame);
        }
        if step(1) || step(9) {
            return Err(BadPin::Run);
        }
        Ok(Self(Zeroizing::new(typed.to_owned())))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(…)")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_has_six_digits_that_nobody_types_first() {
        for (typed, wrong) in [
            ("407306", None),
            (" 407306 ", None),
            ("112233", None),
            ("123457", None),
            ("407306407306", None),
            ("40730", Some(BadPin::Digits)),
            ("4073064073064", Some(BadPin::Digits)),
            ("40730a", Some(BadPin::Digits)),
            ("407 306", Some(BadPin::Digits)),
            ("٤٠٧٣٠٦", Some(BadPin::Digits)),
            ("", Some(BadPin::Digits)),
            ("000000", Some(BadPin::AllSame)),
            ("7777777", Some(BadPin::AllSame)),
            ("123456", Some(BadPin::Run)),
            ("890123", Some(BadPin::Run)),
            ("654321", Some(BadPin::Run)),
            ("210987", Some(BadPin::Run)),
        ] {
            assert_eq!(Pin::new(typed).err(), wrong, "{typed}");
        }
    }

    #[test]
    fn a_pin_is_never_printed() {
        assert_eq!(format!("{:?}", Pin::new("407306").unwrap()), "Pin(…)");
    }
}
