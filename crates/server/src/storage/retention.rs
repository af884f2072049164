//! What is kept for how long: the age of documents, what is held back, and what was destroyed.

use super::StorageError;
use async_trait::async_trait;
use hemrond_domain::{
    ids::{OrganisationId, PersonId},
    record::{DocumentId, DocumentKind},
};

/// A document as far as retention looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Aged {
    /// Which.
    pub document: DocumentId,
    /// Its kind, from which its class follows.
    pub kind: DocumentKind,
    /// Who answers for it.
    pub organisation: OrganisationId,
    /// Whom it is about.
    pub person: PersonId,
    /// When this database took its last item in, in milliseconds since 1970. What a tablet's clock
    /// said does not count.
    pub last_entry: i64,
    /// How many items it has.
    pub items: u64,
    /// How many bytes they are.
    pub bytes: u64,
}

/// That a person's record must not be destroyed, whatever its age.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// Its id.
    pub id: [u8; 16],
    /// Whose record.
    pub person: PersonId,
    /// Why, in words: the decision or its number.
    pub why: String,
    /// Since when, in milliseconds since 1970.
    pub since: i64,
    /// When it ended; none while it holds.
    pub ended: Option<i64>,
}

/// A document that was destroyed: what remains of it, which is no content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Destroyed {
    /// Which.
    pub document: DocumentId,
    /// Its kind.
    pub kind: DocumentKind,
    /// Whom it was about.
    pub person: PersonId,
    /// When its last item had been taken in, in milliseconds since 1970.
    pub last_entry: i64,
    /// When it was destroyed.
    pub destroyed_at: i64,
    /// How many items it had.
    pub items: u64,
    /// How many bytes they were.
    pub bytes: u64,
    /// How many refused items were destroyed with it.
    pub refused: u64,
}

/// Says which of these documents go. It is asked under the lock that no write passes, with everything
/// that is held of some persons, and with the holds on them.
pub type Choose<'a> = dyn Fn(&[Aged], &[Hold]) -> Vec<DocumentId> + Send + Sync + 'a;

/// Keeping and destroying.
#[async_trait]
pub trait Retention: Send + Sync {
    /// Every document about a person, as one moment saw them, by person and document.
    async fn aged(&self) -> Result<Vec<Aged>, StorageError>;
    /// The same about some persons.
    async fn aged_of(&self, persons: &[PersonId]) -> Result<Vec<Aged>, StorageError>;
    /// Destroys what is chosen of what there is about these persons, in one transaction: items,
    /// refused items, and what the feed said of them. Tablets are told by the feed. What remains is
    /// a row that keeps each from coming back. Gives what was destroyed.
    async fn destroy(
        &self,
        persons: &[PersonId],
        choose: &Choose<'_>,
        now: i64,
    ) -> Result<Vec<Destroyed>, StorageError>;
    /// Makes sure that the database's files hold no more of what was destroyed.
    async fn compact(&self) -> Result<(), StorageError>;
    /// Everything that was ever destroyed, oldest first.
    async fn destroyed(&self) -> Result<Vec<Destroyed>, StorageError>;
    /// Adds a hold.
    async fn add_hold(&self, hold: &Hold) -> Result<(), StorageError>;
    /// Ends a hold; it stays listed. False where there is none that holds.
    async fn end_hold(&self, id: [u8; 16], now: i64) -> Result<bool, StorageError>;
    /// Every hold, oldest first.
    async fn holds(&self) -> Result<Vec<Hold>, StorageError>;
}
