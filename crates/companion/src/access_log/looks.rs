//! Telling a page that is opened from a page that stands open and asks again.
//!
//! A page asks again whenever documents have changed; that is one look, not many. A look is the same
//! as one before if it is at the same thing in the same run, at most ten minutes after that was
//! logged, and something changed since it was last answered. Whoever opens a page twice by hand is
//! logged twice, unless something changed in between.

use super::Subject;
use chrono::{DateTime, Duration, Utc};
use hemrond_audit::Action;
use std::collections::BTreeMap;

/// How long a page may stand open as one look.
const ONE_LOOK: Duration = Duration::minutes(10);

/// How many looks are remembered; beyond that each is logged anew.
const MOST: usize = 4_096;

/// The looks of this run.
#[derive(Debug, Default)]
pub(crate) struct Looks(BTreeMap<(Action, Subject), Look>);

#[derive(Debug, Clone, Copy)]
struct Look {
    logged: DateTime<Utc>,
    /// How often documents had changed when it was last answered.
    generation: u64,
}

impl Looks {
    /// Whether this look is one that is logged already.
    pub(crate) fn is_the_same(
        &mut self,
        action: &Action,
        subject: &Subject,
        now: DateTime<Utc>,
        generation: u64,
    ) -> bool {
        let Some(look) = self.0.get_mut(&(action.clone(), subject.clone())) else {
            return false;
        };
        let recent = now >= look.logged && now - look.logged < ONE_LOOK;
        // The page about sync asks again whenever the connection moves.
        let asked_by_itself = generation > look.generation || subject.kind == "sync";
        look.generation = generation;
        recent && asked_by_itself
    }

    /// Remembers a look that was logged.
    pub(crate) fn note(
        &mut self,
        action: Action,
        subject: Subject,
        now: DateTime<Utc>,
        generation: u64,
    ) {
        if self.0.len() >= MOST {
            self.0.clear();
        }
        // Found by a search and opened, a page stands open as any other.
        let action = if action == Action::SearchOpen {
            Action::Read
        } else {
            action
        };
        let look = Look {
            logged: now,
            generation,
        };
        self.0.insert((action, subject), look);
    }
}
