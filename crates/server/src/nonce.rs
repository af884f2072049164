//! Nonces: words that this server gives out and takes back in signed requests, for ten minutes.
//!
//! Nothing is kept of a nonce: it carries its time under a code (HMAC-SHA256) whose secret all
//! processes on one database share. A new life of the database has a new secret.

mod used;

use crate::{
    environment::Chance,
    state::Server,
    storage::{Storage, StorageError},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hemrond_protocol::signature::Nonce;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::sync::{Mutex, PoisonError};
use used::Used;

/// How long a nonce is good, in milliseconds.
pub const LIFE_MS: i64 = 10 * 60 * 1000;

/// How far another process's clock may be ahead of this one's, in milliseconds.
pub const SKEW_MS: i64 = 60 * 1000;

/// Time and chance, in bytes.
const DRAWN: usize = 16;

/// Half of the code, which is enough for ten minutes.
const CODE: usize = 16;

/// What one process knows of nonces.
#[derive(Default)]
pub struct Nonces {
    secret: Mutex<Option<[u8; 32]>>,
    used: Mutex<Used>,
}

impl Nonces {
    /// A nonce for whoever asks.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn draw(&self, server: &Server) -> Result<Nonce, StorageError> {
        let secret = match self.known() {
            Some(secret) => secret,
            None => self.learn(server).await?,
        };
        let mut drawn = [0; DRAWN];
        drawn[..8].copy_from_slice(&server.clock.now_ms().to_be_bytes());
        server.chance.fill(&mut drawn[8..]);
        let text = write(&secret, drawn);
        // Letters, digits, "-" and "_": what it is written in.
        Nonce::read(&text).map_err(|_| StorageError::Damaged("a nonce cannot be written"))
    }

    /// Whether a nonce is one of this database's and not too old.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_good(&self, server: &Server, nonce: &Nonce) -> Result<bool, StorageError> {
        let now = server.clock.now_ms();
        if let Some(secret) = self.known()
            && let Some(at) = drawn_at(&secret, nonce)
        {
            return Ok(is_fresh(at, now));
        }
        // Another process may have begun a new life of the database meanwhile.
        let secret = self.learn(server).await?;
        Ok(drawn_at(&secret, nonce).is_some_and(|at| is_fresh(at, now)))
    }

    /// Notes that a signature was taken. False if it was before: somebody sent the request again.
    pub fn is_first(&self, mark: &[u8; 32], now_ms: i64) -> bool {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.is_first(mark, now_ms)
    }

    fn known(&self) -> Option<[u8; 32]> {
        *self.secret.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn learn(&self, server: &Server) -> Result<[u8; 32], StorageError> {
        let secret = secret(server.storage.as_ref(), server.chance.as_ref()).await?;
        *self.secret.lock().unwrap_or_else(PoisonError::into_inner) = Some(secret);
        Ok(secret)
    }
}

async fn secret(storage: &dyn Storage, chance: &dyn Chance) -> Result<[u8; 32], StorageError> {
    let mut drawn = [0; 32];
    chance.fill(&mut drawn);
    storage.nonce_secret(drawn).await
}

const fn is_fresh(at: i64, now: i64) -> bool {
    let age = now.saturating_sub(at);
    -SKEW_MS <= age && age <= LIFE_MS
}

fn code(secret: &[u8; 32], drawn: &[u8]) -> Option<Hmac<Sha256>> {
    // A secret of any length is taken; there is no other error.
    let mut code = Hmac::<Sha256>::new_from_slice(secret).ok()?;
    code.update(b"hemrond-nonce-1\0");
    code.update(drawn);
    Some(code)
}

fn write(secret: &[u8; 32], drawn: [u8; DRAWN]) -> String {
    let mut bytes = drawn.to_vec();
    if let Some(code) = code(secret, &drawn) {
        bytes.extend_from_slice(&code.finalize().into_bytes()[..CODE]);
    }
    URL_SAFE_NO_PAD.encode(bytes)
}

/// When a nonce was drawn with this secret, in milliseconds since 1970; none if it was not.
#[must_use]
pub fn drawn_at(secret: &[u8; 32], nonce: &Nonce) -> Option<i64> {
    let bytes = URL_SAFE_NO_PAD.decode(nonce.as_str()).ok()?;
    if bytes.len() != DRAWN + CODE {
        return None;
    }
    let (drawn, sent) = bytes.split_at(DRAWN);
    // Compared in constant time.
    code(secret, drawn)?.verify_truncated_left(sent).ok()?;
    Some(i64::from_be_bytes(drawn[..8].try_into().ok()?))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_good_for_ten_minutes_and_one_secret() {
        let mut drawn = [7; DRAWN];
        drawn[..8].copy_from_slice(&1_000_000_i64.to_be_bytes());
        let text = write(&[1; 32], drawn);
        let nonce = Nonce::read(&text).unwrap();
        assert_eq!(drawn_at(&[1; 32], &nonce), Some(1_000_000));
        assert_eq!(drawn_at(&[2; 32], &nonce), None);
        for (now, good) in [
            (1_000_000, true),
            (1_000_000 + LIFE_MS, true),
            (1_000_001 + LIFE_MS, false),
            (1_000_000 - SKEW_MS, true),
            (999_999 - SKEW_MS, false),
            (i64::MAX, false),
            (i64::MIN, false),
        ] {
            assert_eq!(is_fresh(1_000_000, now), good, "{now}");
        }
    }

    #[test]
    fn no_byte_of_a_nonce_can_be_changed_and_none_left_out() {
        let text = write(&[1; 32], [7; DRAWN]);
        for place in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(drawn_at(&[1; 32], &Nonce::read(&changed).unwrap()), None);
            if place > 0 {
                assert_eq!(
                    drawn_at(&[1; 32], &Nonce::read(&text[..place]).unwrap()),
                    None
                );
            }
        }
        let longer = Nonce::read(&format!("{text}AAAA")).unwrap();
        assert_eq!(drawn_at(&[1; 32], &longer), None);
    }
}
