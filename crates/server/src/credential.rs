//! One-time codes and what a browser holds of a session: drawn here, kept only as hashes.

use crate::environment::Chance;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
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

/// Draws what a browser holds while somebody is signed in: 32 random bytes.
pub fn draw_token(chance: &dyn Chance) -> Secret {
    let mut bytes = [0; 32];
    chance.fill(&mut bytes);
    Secret {
        text: URL_SAFE_NO_PAD.encode(bytes),
        sha256: Sha256::digest(bytes).into(),
    }
}

/// The hash of a token as it was sent; none if it cannot be one.
#[must_use]
pub fn token_hash(token: &str) -> Option<[u8; 32]> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    (bytes.len() == 32).then(|| Sha256::digest(bytes).into())
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

    #[test]
    fn a_token_is_found_by_its_hash_and_nothing_else() {
        let token = draw_token(&SystemChance);
        assert_eq!(token_hash(&token.text), Some(token.sha256));
        assert_eq!(token_hash(&token.text[1..]), None);
        assert_eq!(token_hash("inte en nyckel"), None);
    }
}
