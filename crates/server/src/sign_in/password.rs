//! Passwords: what is good enough, and how they are kept (Argon2id, RFC 9106).

use crate::environment::Chance;
use argon2::{
    Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version,
    password_hash::{Error, PasswordHash, SaltString},
};

/// The fewest letters of a password.
pub const SHORTEST: usize = 12;

/// The most letters of a password: enough for a sentence, and a bound on the work.
pub const LONGEST: usize = 128;

/// The commonest passwords of twelve letters and more, by public lists of leaked ones, and what
/// staff would choose first. Small letters, without spaces; digits and signs at the end are cut off
/// before the comparison.
const COMMON: [&str; 24] = [
    "password",
    "passwordpassword",
    "passw0rd",
    "qwerty",
    "qwertyuiop",
    "qwertyuiopå",
    "qwertyuiopasdfghjkl",
    "q1w2e3r4t5y6",
    "1q2w3e4r5t6y",
    "1qaz2wsx3edc",
    "abc",
    "abcdefghijkl",
    "iloveyou",
    "letmein",
    "welcome",
    "administrator",
    "admin",
    "lösenord",
    "losenord",
    "hemligt",
    "sommar",
    "vinter",
    "hemrond",
    "hemtjänst",
];

/// Why a password cannot be chosen. Each tells what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordProblem {
    /// Too few letters.
    #[error("a password has at least {SHORTEST} letters; a sentence is easy to remember")]
    TooShort,
    /// Too many letters.
    #[error("a password has at most {LONGEST} letters; choose a shorter sentence")]
    TooLong,
    /// One of the first that anybody would try.
    #[error("this password is among the first that others try; choose another")]
    Common,
    /// It is made of the person's own name.
    #[error("this password holds your own name; choose another")]
    OwnName,
}

/// What is wrong with a password that somebody would choose; none if it is good.
#[must_use]
pub fn problem(password: &str, name: &str, login: &str) -> Option<PasswordProblem> {
    let letters = password.chars().count();
    if letters < SHORTEST {
        return Some(PasswordProblem::TooShort);
    }
    if letters > LONGEST {
        return Some(PasswordProblem::TooLong);
    }
    let plain: String = password
        .to_lowercase()
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .collect();
    let word = plain.trim_end_matches(|letter: char| !letter.is_alphabetic());
    let mut different: Vec<char> = plain.chars().collect();
    different.sort_unstable();
    different.dedup();
    if word.is_empty()
        || different.len() < 5
        || repeats(&plain)
        || [word, &plain].iter().any(|one| COMMON.contains(one))
    {
        return Some(PasswordProblem::Common);
    }
    // What is left of the password without the name must be a password by itself.
    let mut rest = plain.clone();
    for part in name.split_whitespace().chain(login.split('.')) {
        let part = part.to_lowercase();
        if part.chars().count() >= 3 {
            rest = rest.replace(&part, "");
        }
    }
    (rest != plain && rest.chars().count() < SHORTEST).then_some(PasswordProblem::OwnName)
}

/// Whether a text is one part of itself, over and over.
fn repeats(plain: &str) -> bool {
    let letters: Vec<char> = plain.chars().collect();
    (1..=letters.len() / 2).any(|part| {
        let mut parts = letters.chunks(part);
        let first = parts.next();
        parts.all(|one| Some(one) == first)
    })
}

/// What a password's hash costs whoever makes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Default for Cost {
    /// 19 MiB, two passes, one lane: the least that OWASP recommends for Argon2id.
    fn default() -> Self {
        Self {
            memory_kib: 19 * 1024,
            passes: 2,
            lanes: 1,
        }
    }
}

impl Cost {
    fn argon2(self) -> Result<Argon2<'static>, Error> {
        let params = Params::new(self.memory_kib, self.passes, self.lanes, None)?;
        Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }

    /// The hash of a password as a PHC string, with a salt of its own.
    pub(super) fn hash(self, password: &str, chance: &dyn Chance) -> Result<String, Error> {
        let mut salt = [0; 16];
        chance.fill(&mut salt);
        let salt = SaltString::encode_b64(&salt)?;
        let hash = self.argon2()?.hash_password(password.as_bytes(), &salt)?;
        Ok(hash.to_string())
    }

    /// Whether a hash was made cheaper than hashes are made now.
    pub(super) fn exceeds(self, phc: &str) -> bool {
        let Ok(hash) = PasswordHash::new(phc) else {
            return false;
        };
        let Ok(made) = Params::try_from(&hash) else {
            return false;
        };
        hash.algorithm != Algorithm::Argon2id.ident()
            || made.m_cost() < self.memory_kib
            || made.t_cost() < self.passes
    }
}

/// Whether a password is the one behind a hash, by the cost that the hash itself names.
pub(super) fn matches(password: &str, phc: &str) -> bool {
    // A longer one was never chosen; hashing it would be work for nothing.
    let bounded = password.chars().count() <= LONGEST;
    let password = if bounded { password } else { "" };
    let right = PasswordHash::new(phc).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok()
    });
    right && bounded
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::environment::SystemChance;

    /// The length is that of NIST SP 800-63B-4 for passwords beside a second factor and more.
    #[test]
    fn what_others_try_first_cannot_be_chosen() {
        use PasswordProblem::{Common, OwnName, TooLong, TooShort};
        for (password, expected) in [
            ("elva tecken", Some(TooShort)),
            ("tolv tecken!", None),
            ("åäöåäöåäöåäö", Some(Common)),
            ("Password1234!", Some(Common)),
            ("Lösenord2026", Some(Common)),
            ("1234567890123", Some(Common)),
            ("qwerty qwerty qwerty", Some(Common)),
            ("PerDahl123456", Some(OwnName)),
            ("per.dahl.2026", Some(OwnName)),
            ("Dahlior blommar sent i Viken", None),
            ("tre gula båtar i hamnen", None),
        ] {
            assert_eq!(
                problem(password, "Per Dahl", "per.dahl"),
                expected,
                "{password}"
            );
        }
        assert_eq!(problem(&"lång mening ".repeat(11), "", ""), Some(TooLong));
    }

    #[test]
    fn a_hash_names_its_own_cost_and_is_renewed_when_the_cost_rises() {
        let cheap = Cost {
            memory_kib: 64,
            passes: 1,
            lanes: 1,
        };
        let phc = cheap.hash("tre gula båtar", &SystemChance).unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{phc}");
        assert!(matches("tre gula båtar", &phc));
        assert!(!matches("tre gula båtar ", &phc));
        assert!(!matches("", &phc));
        assert!(!matches("tre gula båtar", "ingen hash"));
        assert!(Cost::default().exceeds(&phc));
        assert!(!cheap.exceeds(&phc));
        assert_ne!(phc, cheap.hash("tre gula båtar", &SystemChance).unwrap());
    }
}
