//! How time passes, for whoever may take only so much of it.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

/// Tells how much time has passed since a moment that is always the same.
#[derive(Clone)]
pub struct Watch(Arc<dyn Fn() -> Duration + Send + Sync>);

impl Watch {
    /// One that goes as it is told to.
    pub fn new(passed: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self(Arc::new(passed))
    }

    /// How much has passed.
    #[must_use]
    pub fn passed(&self) -> Duration {
        (self.0)()
    }
}

impl Default for Watch {
    /// The machine's own, which no clock that is put right changes.
    fn default() -> Self {
        let begun = Instant::now();
        Self::new(move || begun.elapsed())
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Watch").field(&self.passed()).finish()
    }
}
