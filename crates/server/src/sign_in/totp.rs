//! One-time codes by an authenticator app: TOTP (RFC 6238), six digits, thirty seconds.

use crate::environment::Chance;
use totp_rs::{Algorithm, TOTP};

/// How long a code is shown, in seconds.
const STEP: i64 = 30;

/// How many steps an app's clock may be off, either way.
const OFF: i64 = 1;

/// What the app calls the service.
const ISSUER: &str = "Hemrond";

/// The secret that an authenticator app holds.
#[derive(Clone, PartialEq, Eq)]
pub struct Authenticator([u8; 20]);

impl std::fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Authenticator")
    }
}

impl Authenticator {
    /// Draws a secret of 160 bits, as RFC 4226 recommends.
    pub fn draw(chance: &dyn Chance) -> Self {
        let mut secret = [0; 20];
        chance.fill(&mut secret);
        Self(secret)
    }

    /// A secret that was kept.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The secret, to be sealed and kept.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 20] {
        &self.0
    }

    fn totp(&self, login: &str) -> Option<TOTP> {
        // A colon would end the issuer's part of the label.
        let login = login.replace(':', " ");
        let issuer = Some(ISSUER.to_owned());
        TOTP::new(Algorithm::SHA1, 6, 1, 30, self.0.to_vec(), issuer, login).ok()
    }

    /// The address that an app reads from a QR code.
    #[must_use]
    pub fn url(&self, login: &str) -> Option<String> {
        Some(self.totp(login)?.get_url())
    }

    /// The secret as letters, in groups of four, for an app that cannot see the QR code.
    #[must_use]
    pub fn text(&self) -> String {
        let letters = self
            .totp("")
            .map(|totp| totp.get_secret_base32())
            .unwrap_or_default();
        let groups: Vec<String> = letters
            .as_bytes()
            .chunks(4)
            .map(|group| String::from_utf8_lossy(group).into_owned())
            .collect();
        groups.join(" ")
    }

    /// The step of thirty seconds whose code was typed, if it is now or one beside it. Every step
    /// is compared in full, so that the time taken tells nothing.
    #[must_use]
    pub fn step_of(&self, typed: &str, now_ms: i64) -> Option<i64> {
        let totp = self.totp("")?;
        let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
        let now = now_ms.div_euclid(1000 * STEP);
        let mut found = None;
        for step in now - OFF..=now + OFF {
            let Ok(second) = u64::try_from(step * STEP) else {
                continue;
            };
            if same(totp.generate(second).as_bytes(), digits.as_bytes()) {
                found = Some(step);
            }
        }
        found
    }
}

/// The code that an app with this secret shows at a moment, in milliseconds since 1970.
#[must_use]
pub fn code_at(authenticator: &Authenticator, now_ms: i64) -> Option<String> {
    let second = u64::try_from(now_ms.div_euclid(1000)).ok()?;
    Some(authenticator.totp("")?.generate(second))
}

/// Compares without telling by time where the first difference is.
pub(crate) fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, SHA-1: the last six of its eight digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let app = Authenticator::from_bytes(b"12345678901234567890").unwrap();
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code_at(&app, second * 1000).unwrap(), code);
            let spaced = format!("{} {}", &code[..3], &code[3..]);
            assert_eq!(app.step_of(&spaced, second * 1000), Some(second / 30));
        }
    }

    #[test]
    fn a_clock_may_be_off_by_one_step() {
        let app = Authenticator::from_bytes(b"12345678901234567890").unwrap();
        let at = 1_111_111_110_000;
        let code = code_at(&app, at).unwrap();
        let step = Some(1_111_111_110 / 30);
        assert_eq!(app.step_of(&code, at - 30_000), step);
        assert_eq!(app.step_of(&code, at + 59_999), step);
        assert_eq!(app.step_of(&code, at - 30_001), None);
        assert_eq!(app.step_of(&code, at + 60_000), None);
        assert_eq!(app.step_of("", at), None);
        assert_eq!(app.step_of(&code[1..], at), None);
        assert_eq!(app.step_of(&code, -at), None, "a clock before 1970");
    }

    #[test]
    fn an_app_reads_the_secret_from_the_address() {
        let app = Authenticator::from_bytes(b"12345678901234567890").unwrap();
        let url = app.url("per.dahl").unwrap();
        assert!(url.starts_with("otpauth://totp/Hemrond:per.dahl?"), "{url}");
        assert!(url.contains("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), "{url}");
        assert_eq!(app.text(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        assert!(app.url("per:dahl").is_some(), "any name has an address");
    }
}
