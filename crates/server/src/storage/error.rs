//! What can go wrong with the database.

/// The database did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The database address is neither of the two kinds.
    #[error("\"{0}\" is not a database address; give sqlite:PATH or postgres://USER@HOST/NAME")]
    Address(String),
    /// The database could not be opened.
    #[error(
        "the database cannot be opened: {0}; check that the path or server exists and is yours"
    )]
    Open(#[source] sqlx::Error),
    /// The database's tables could not be brought up to date.
    #[error(
        "the database's tables cannot be brought up to date: {0}; it may have been written by a \
         newer version of hemrond-server"
    )]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The database refused or lost a query.
    #[error("the database did not answer: {0}; try again, and look at its log")]
    Query(#[from] sqlx::Error),
    /// The cluster does not write through to its disk.
    #[error(
        "PostgreSQL runs with fsync = off, so that a power cut would take what tablets were told to be \
         kept; set fsync = on in its configuration, reload it, and start this server again"
    )]
    NotDurable,
    /// A row holds what this version never writes.
    #[error("the database is damaged: {0}; restore it from a backup")]
    Damaged(&'static str),
    /// A role, unit or account changed while a request was under way.
    #[error("the account changed while the request was under way; ask again")]
    AccessChanged,
    /// Nothing has that name or id.
    #[error("there is no {what} \"{name}\"; list them to see which there are")]
    Unknown {
        /// What was looked for.
        what: &'static str,
        /// Under which name.
        name: String,
    },
    /// A row would break what holds between the tables: a name given twice, or one that nobody has.
    #[error("the database does not take this: {0}")]
    Constraint(&'static str),
    /// The backup could not be put back; nothing was changed.
    #[error("nothing was restored: {0}")]
    Restore(String),
    /// The backup could not be made.
    #[error("the backup was not made: {0}")]
    Backup(String),
}

impl StorageError {
    /// Whether asking again later can help.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Query(_) | Self::Open(_) | Self::AccessChanged)
    }
}
