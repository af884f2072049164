//! One-time codes: drawn here, kept only as hashes.

use crate::environment::Chance;
use sha2::{Digest, Sha256};

/// Letters and digits that nobody mistakes for others, read aloud or written by hand.
const ALPHABET: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";

/// How many characters a one-time code has: 31^8 is 8.5 × 10^11.
const CODE_LENGTH: usize = 8;

/// A secret and what the server keeps of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    /// To be shown once.
    pub text: String,
    /// To be kept.
    pub sha256: [u8; 32],
}

/// Draws a one-time code, such as "K7QM-4XDP".
pub fn draw_code(chance: &dyn Chance) -> Secret {
    let mut code = String::new();
    while code.len() < CODE_LENGTH {
        let mut byte = [0];
        chance.fill(&mut byte);
        // Bytes above the last whole multiple would make some letters likelier than others.
        let index = usize::from(byte[0]);
        if index < ALPHABET.len() * 8
            && let Some(letter) = ALPHABET.get(index % ALPHABET.len())
        {
            code.push(char::from(*letter));
        }
    }
    let sha256 = code_hash(&code);
    code.insert(CODE_LENGTH / 2, '-');
    Secret { text: code, sha256 }
}

/// The hash of a code as a person typed it: case, spaces and dashes do not matter.
#[must_use]
pub fn code_hash(typed: &str) -> [u8; 32] {
    let plain: String = typed
        .chars()
        .filter(|letter| letter.is_ascii_alphanumeric())
        .map(|letter| letter.to_ascii_uppercase())
        .collect();
    Sha256::digest(plain).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::SystemChance;

    #[test]
    fn a_code_may_be_typed_carelessly() {
        let code = draw_code(&SystemChance);
        assert_eq!(code.text.len(), 9);
        let careless = format!(" {} ", code.text.to_lowercase().replace('-', " "));
        assert_eq!(code_hash(&careless), code.sha256);
        for mistaken in ['0', 'O', '1', 'I', 'L'] {
            assert!(!code.text.contains(mistaken));
        }
    }
}
