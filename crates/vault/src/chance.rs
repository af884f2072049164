//! Chance, passed in, and lent to the libraries that ask for it in their own words.

use rand_core::{CryptoRng, Error, RngCore};

/// Draws random bytes that nobody can guess.
pub trait Chance {
    /// Fills the bytes.
    fn fill(&self, bytes: &mut [u8]);
}

impl<F: Fn(&mut [u8])> Chance for F {
    fn fill(&self, bytes: &mut [u8]) {
        self(bytes);
    }
}

/// Chance as the cryptographic libraries want it.
pub(crate) struct Lent<'a>(pub(crate) &'a dyn Chance);

impl RngCore for Lent<'_> {
    fn next_u32(&mut self) -> u32 {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        u32::from_le_bytes(bytes)
    }

    fn next_u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl CryptoRng for Lent<'_> {}
