//! What was published lately, kept in memory for all who wait for news.
//!
//! Every move of the feed's head wakes every tablet that waits. If each asked the database whether
//! it is concerned, the questions would grow with the square of the tablets. So a process asks once
//! for each move what was published, and holds that against what each waiting tablet may read.

use crate::storage::{Asker, Publication, Storage, StorageError};
use std::collections::VecDeque;
use tokio::sync::Mutex;

/// How many publications are remembered; about 100 bytes each.
const KEPT: usize = 10_000;

/// What was published lately.
#[derive(Debug, Default)]
pub struct Newsroom {
    recent: Mutex<Option<Recent>>,
}

/// Everything that was published after one position and up to another.
#[derive(Debug)]
struct Recent {
    after: u64,
    head: u64,
    publications: VecDeque<Publication>,
}

/// What a look into the newsroom says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Something after the position may concern the asker. With the feed's last position.
    Concerned(u64),
    /// Nothing does, up to this position.
    Nothing(u64),
    /// It is not remembered so far back: the database knows.
    TooLongAgo,
}

impl Newsroom {
    /// Looks whether something after `seen` may concern the asker, now that the head has moved to
    /// `head`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn look(
        &self,
        storage: &dyn Storage,
        asker: &Asker,
        seen: u64,
        head: u64,
    ) -> Result<Look, StorageError> {
        // Whoever comes first after a move asks for all; the others wait for the answer.
        let mut guard = self.recent.lock().await;
        let recent = guard.get_or_insert_with(|| Recent {
            after: seen,
            head: seen,
            publications: VecDeque::new(),
        });
        if recent.head < head && !recent.follow(storage).await? {
            *guard = None;
            return Ok(Look::TooLongAgo);
        }
        if seen < recent.after {
            return Ok(Look::TooLongAgo);
        }
        let concerned = recent
            .publications
            .iter()
            .rev()
            .take_while(|publication| publication.position > seen)
            .any(|publication| publication.concerns(asker));
        Ok(if concerned {
            Look::Concerned(recent.head)
        } else {
            Look::Nothing(recent.head)
        })
    }
}

impl Recent {
    /// Fetches what was published since. False where that is more than is remembered, or the
    /// database has gone back.
    async fn follow(&mut self, storage: &dyn Storage) -> Result<bool, StorageError> {
        let (new, head) = storage.published(self.head, KEPT + 1).await?;
        if new.len() > KEPT || head < self.head {
            return Ok(false);
        }
        self.publications.extend(new);
        self.head = head;
        while self.publications.len() > KEPT {
            if let Some(oldest) = self.publications.pop_front() {
                self.after = oldest.position;
            }
        }
        Ok(true)
    }
}
