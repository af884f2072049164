//! Time and chance, which come in through the door: real ones in `main`, others in tests.

use chrono::{DateTime, Utc};
use rand::RngCore;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> DateTime<Utc>;

    /// Now, in milliseconds since 1970.
    fn now_ms(&self) -> i64 {
        self.now().timestamp_millis()
    }
}

/// Draws random bytes that nobody can guess.
pub trait Chance: Send + Sync {
    /// Fills the bytes.
    fn fill(&self, bytes: &mut [u8]);
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// The operating system's random numbers.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemChance;

impl Chance for SystemChance {
    fn fill(&self, bytes: &mut [u8]) {
        rand::rng().fill_bytes(bytes);
    }
}

/// Sixteen random bytes, for an id.
pub fn draw_id(chance: &dyn Chance) -> [u8; 16] {
    let mut bytes = [0; 16];
    chance.fill(&mut bytes);
    bytes
}
