//! The places where a process may be held up, for whoever decides what happens when.

use async_trait::async_trait;

/// A call of the storage's traits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each has the name of the call")]
pub enum Call {
    AddOrganisation,
    Organisations,
    AddUnit,
    Units,
    AddUser,
    Users,
    User,
    ChangeRole,
    Deactivate,
    AddCode,
    RedeemCode,
    AddDevice,
    DeviceWithAccount,
    Devices,
    DevicesById,
    RevokeDevice,
    Seen,
    TakeIn,
    Page,
    Digests,
    Hashes,
    Headers,
    Withheld,
    Document,
    Changes,
    PeopleNumbered,
    ListNumbers,
    Refused,
    Published,
    News,
    LogKey,
    TakeLog,
    LogOwn,
    LogTree,
    KeepCheckpoint,
    Checkpoints,
    LogEntries,
    LogNodes,
    LogFindings,
    KeepReview,
    Reviews,
    PurgeLog,
    Life,
    BeginRecovery,
    EndRecovery,
    NonceSecret,
    RefreshHead,
    Backup,
    Invite,
    SignIn,
    SetExternalId,
    Choose,
    BeginTry,
    UseSecond,
    Rehash,
    BeginSession,
    Session,
    UseSession,
    EndSession,
    SetRoleAnalysis,
    RoleAnalyses,
    AddAdminEvent,
    AdminEvents,
    Aged,
    Destroy,
    Compact,
    Destroyed,
    AddHold,
    EndHold,
    Holds,
}

/// How far a call has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Moment {
    /// A read that has not looked yet. It looks at one moment, the one after this.
    Read,
    /// A write that has not begun and holds no lock.
    Begin,
    /// A write that has its lock and has not looked yet. Calls that need no lock never come here.
    Locked,
    /// A write that has done everything but commit. A process that dies here leaves no trace.
    Commit,
    /// A write that is durable and has not been answered. A process that dies here has written.
    Committed,
}

/// Where a process stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Point {
    /// In which call.
    pub call: Call,
    /// How far it has come.
    pub moment: Moment,
}

/// Decides when a process goes on.
///
/// It is awaited at every [`Point`]; while it waits, the process is paused there with the locks
/// that it holds. Dropping the call's future is the death of the process.
#[async_trait]
pub trait Gate: Send + Sync {
    /// Returns when the process may go on.
    async fn pass(&self, point: Point);
}

/// Holds nobody up.
#[derive(Debug, Clone, Copy, Default)]
pub struct Open;

#[async_trait]
impl Gate for Open {
    async fn pass(&self, _: Point) {}
}
