//! What can be wrong with a database, and what to do about it.

use hemrond_domain::record::DocumentId;
use std::fmt;

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where it is, such as "document 3f… item 9a…".
    pub place: String,
    /// What is wrong there.
    pub what: What,
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum What {
    /// The database's own check complains.
    #[error("the database's own check says: {0}")]
    Integrity(String),
    /// The header's parts do not belong together.
    #[error("its header cannot be: {0}")]
    Header(String),
    /// The id or class does not follow from the header.
    #[error("its {0} does not follow from its header")]
    NotFromHeader(&'static str),
    /// The bytes are not what they are kept as.
    #[error("its bytes cannot be read: {0}")]
    Unreadable(String),
    /// The bytes have another name than the one that they are kept under.
    #[error("its bytes are those of {0}")]
    OtherBytes(String),
    /// What is kept beside the bytes is not what they say.
    #[error("its {0} is not what its bytes say")]
    Column(&'static str),
    /// A change does not fit the others.
    #[error("it does not fit its document: {0}")]
    DoesNotFit(String),
    /// A signature does not hold.
    #[error("its signature does not hold: {0}")]
    Signature(&'static str),
    /// An actor's changes are not numbered from one without a gap.
    #[error("the changes of actor {actor} have a gap: number {expected} is not there")]
    SequenceGap {
        /// The actor, in hex.
        actor: String,
        /// The first number that is missing.
        expected: i64,
    },
    /// Nobody is registered for an actor.
    #[error("nobody is registered for its actor")]
    ActorUnknown,
    /// A row names another that is not there.
    #[error("the {0} that it names is not there")]
    Lacks(&'static str),
    /// What is kept of a document's items is not what they add up to.
    #[error("its {0} is not that of its items")]
    Sum(&'static str),
    /// An item is not in the feed.
    #[error("the feed does not name it at its position {0}, so that tablets may never get it")]
    NotInFeed(i64),
    /// A document that is written down as destroyed is there.
    #[error("it is written down as destroyed and holds items")]
    NotDestroyed,
    /// A document has lost everything.
    #[error("it holds nothing, and nobody destroyed it")]
    Emptied,
    /// A person document is not listed under the national number that it says.
    #[error(
        "it says a national number under which it is not listed, so that other organisations do not \
         find the person"
    )]
    NotListed,
    /// Positions are missing.
    #[error("the feed has no position {0}")]
    PositionMissing(i64),
    /// A record of the access log does not build on the one before it.
    #[error("it does not build on the record before it in its chain")]
    Chain,
    /// What an act does is not kept as the act says.
    #[error("what a block, a lift or an opening does {0}")]
    Effect(&'static str),
    /// A position says something that is not so.
    #[error("it {0}")]
    Position(&'static str),
}

impl What {
    /// What an administrator can do.
    #[must_use]
    pub const fn remedy(&self) -> &'static str {
        match self {
            // The bytes themselves are lost here, or nobody can tell whose they are.
            Self::Integrity(_)
            | Self::Unreadable(_)
            | Self::OtherBytes(_)
            | Self::DoesNotFit(_)
            | Self::Signature(_)
            | Self::SequenceGap { .. }
            | Self::Header(_)
            | Self::NotFromHeader(_)
            | Self::NotInFeed(_)
            | Self::Chain
            | Self::PositionMissing(_)
            | Self::Emptied
            | Self::Effect(_)
            | Self::Position(_) => {
                "restore the newest backup in which 'verify' finds nothing; tablets give back what \
                 it lacks"
            }
            Self::NotListed => "start 'hemrond-server serve', which lists it, and check again",
            Self::NotDestroyed => "run 'hemrond-server purge' again, and report this",
            Self::Column(_) | Self::Sum(_) => {
                "tablets compare and fetch what they have already; restore a backup in which \
                 'verify' finds nothing, and report this"
            }
            Self::ActorUnknown | Self::Lacks(_) => {
                "what it wrote is shown without a name; restore a backup in which 'verify' finds \
                 nothing, and report this"
            }
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.place, self.what, self.what.remedy())
    }
}

/// Names a document.
pub(super) fn document(id: DocumentId) -> String {
    format!("document {id}")
}

/// Names an item of a document.
pub(super) fn item(id: DocumentId, hash: &[u8; 32]) -> String {
    format!("document {id}, item {}", hex::encode(hash))
}

/// Names a position of the feed.
pub(super) fn position(seq: i64) -> String {
    format!("feed position {seq}")
}
