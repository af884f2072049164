//! Status, the sync page, enrolment and settings.

use super::{
    DoorView, Typed,
    access_log::LogFindingView,
    common::{Colleague, Disagreement, Failure, PersonBrief},
};
use chrono::{DateTime, NaiveDate, Utc};
use hemrond_domain::{
    ids::{UnitId, UserId, VisitId},
    people::Role,
    record::{DocumentId, DocumentKind},
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the top of every page says.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Status {
    /// Who uses this tablet; none before enrolment.
    pub user: Option<Me>,
    /// The tablet's name.
    pub tablet: Option<String>,
    /// The server's address.
    pub server: Option<String>,
    /// Today, on this tablet's clock and calendar.
    pub today: NaiveDate,
    /// The connection.
    pub connection: Connection,
    /// Changes that wait for the server.
    pub waiting: u32,
    /// Since when the oldest of them waits.
    pub waiting_since: Option<DateTime<Utc>>,
    /// Items that the server refused, those laid aside not counted.
    pub refused: u32,
    /// Items that the server refused and somebody laid aside.
    pub laid_aside: u32,
    /// Fields on which colleagues disagree.
    pub disagreements: u32,
    /// Whether the tablet's storage has run full: what is there can be read, and what is new may
    /// not be saved.
    pub storage_full: bool,
    /// When the server last answered.
    pub last_contact: Option<DateTime<Utc>>,
    /// A long sync's progress.
    pub progress: Option<Progress>,
    /// How the database's key is kept: `file` is a stand-in that must not be used in earnest.
    pub key_kept_in: KeyPlace,
    /// The app's version.
    pub version: String,
    /// The language, theme and text size.
    pub settings: Settings,
    /// What this user may open at all, for the navigation.
    pub may: Rights,
}

/// What a user may do anywhere.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
pub struct Rights {
    /// See rounds.
    pub rounds: bool,
    /// Read visits and the doctor's view.
    pub health: bool,
    /// Log observations.
    pub observe: bool,
    /// Add persons.
    pub add_person: bool,
}

/// The user of this tablet.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Me {
    /// Who.
    pub id: UserId,
    /// The name.
    pub name: String,
    /// What they work as.
    pub role: Role,
    /// Their unit.
    pub unit: UnitId,
    /// The unit's name; absent until the directory has come.
    pub unit_name: Option<String>,
    /// The organisation's name.
    pub organisation_name: String,
}

/// The connection to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Connection {
    /// Not tried yet since the start.
    Unknown,
    /// The last try reached the server.
    Online,
    /// The last try did not.
    Offline,
    /// A sync is under way.
    Syncing,
    /// The server answers, and will not have this tablet.
    Rejected,
}

/// How far a long sync has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Progress {
    /// Steps taken.
    pub done: u64,
    /// About how many are left.
    pub left: u64,
}

/// Where the database's key is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum KeyPlace {
    /// In a file beside the database: a stand-in for development and demonstration.
    File,
    /// In the platform's keystore.
    Keystore,
}

/// Everything about sync.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SyncPage {
    /// The same as at the top.
    pub status: Status,
    /// What waits, the most urgent first.
    pub waiting: Vec<WaitingDocument>,
    /// What the server refused; it is kept.
    pub refused: Vec<RefusedItem>,
    /// What somebody laid aside of that; it is kept too.
    pub laid_aside: Vec<RefusedItem>,
    /// Where colleagues disagree.
    pub disagreements: Vec<Disagreement>,
    /// Documents that this version cannot show: a newer version wrote them. They are kept.
    pub unshown: Vec<UnshownDocument>,
    /// Why the last try failed.
    pub last_failure: Option<Failure>,
    /// When the next try comes by itself.
    pub next_try: Option<DateTime<Utc>>,
    /// Documents on this tablet.
    pub documents: u32,
    /// Records of the access log that only this tablet has.
    pub log_waiting: u32,
    /// What did not agree with the server's access log: each needs a person's attention.
    pub log_findings: Vec<LogFindingView>,
}

/// A document with changes that wait.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct WaitingDocument {
    /// Which.
    pub document: DocumentId,
    /// What it is.
    pub kind: DocumentKind,
    /// Whose.
    pub person: Option<PersonBrief>,
    /// The visit, where it is one.
    pub visit: Option<VisitId>,
    /// How many changes.
    pub changes: u32,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// Names a document.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct OfDocument {
    /// Which.
    pub document: DocumentId,
}

/// An item that the server refused.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct RefusedItem {
    /// Which document.
    pub document: DocumentId,
    /// What it is; absent where this version does not know the kind.
    pub kind: Option<DocumentKind>,
    /// Whose.
    pub person: Option<PersonBrief>,
    /// The visit, where it is one.
    pub visit: Option<VisitId>,
    /// How many items for this reason.
    pub items: u32,
    /// The reason: a stable code with its sentence.
    pub reason: Failure,
    /// When the server said so.
    pub at: DateTime<Utc>,
}

/// A document that this version cannot show.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct UnshownDocument {
    /// Which.
    pub document: DocumentId,
    /// The kind's name as the newer version gave it.
    pub kind: String,
    /// Why, and what to do.
    pub reason: Failure,
}

/// What to enrol with.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Enrol {
    /// The server's address, such as "https://hemrond.example.se".
    pub server: String,
    /// The one-time code.
    pub code: String,
    /// What people call this tablet.
    pub tablet: String,
    /// The PIN with which the user will open it: 6–12 digits, not all the same and no simple run.
    #[serde(default)]
    pub pin: Typed,
    /// What the person signs in with at the server, once the server has asked for it
    /// (`enrol.sign_in_needed`).
    #[serde(default)]
    pub sign_in: Option<SignIn>,
}

/// What a person signs in with at the server, where a one-time code alone is not enough.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SignIn {
    /// The name under which they sign in.
    pub login: String,
    /// The password.
    pub password: Typed,
    /// The six digits that their app for one-time codes shows, or a recovery code.
    pub code: String,
}

/// What a user sets for themselves on this tablet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Settings {
    /// The language.
    pub language: Language,
    /// The theme.
    pub theme: Theme,
    /// 100–200 per cent.
    pub text_percent: u16,
    /// After how many hours without a signature a visit is in its whole unit's list: 1–168.
    #[serde(default = "unsigned_hours")]
    #[ts(as = "Option<_>", optional)]
    pub unsigned_hours: u16,
    /// After how many minutes without anybody the tablet locks by itself: 1–30.
    #[serde(default = "usual_lock_minutes")]
    pub lock_minutes: u8,
}

/// A day. Source: patientdatalagen 3:9–10, "as soon as possible"; the figure is the project's.
const fn unsigned_hours() -> u16 {
    24
}

/// Five minutes: a talk at the kitchen table, and not yet a tablet left behind.
const fn usual_lock_minutes() -> u8 {
    5
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: Language::Sv,
            theme: Theme::Light,
            text_percent: 100,
            unsigned_hours: unsigned_hours(),
            lock_minutes: usual_lock_minutes(),
        }
    }
}

/// The interface's languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Svenska.
    Sv,
    /// English.
    En,
}

/// The interface's themes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// Ink on off-white.
    Light,
    /// Really dark.
    Dark,
    /// Pure black on white with thick lines, for bright sunlight.
    Sun,
}

/// Visits that ask something of the user: unanswered questions, unseen notes, unread additions.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Inbox {
    /// The gravest first.
    pub items: Vec<InboxItem>,
}

/// One thing that waits for the user.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct InboxItem {
    /// Why it is here.
    pub why: InboxReason,
    /// Whose.
    pub person: PersonBrief,
    /// Where.
    pub visit: Option<VisitId>,
    /// The words, shortened.
    pub text: String,
    /// From whom.
    pub by: Colleague,
    /// Since when.
    pub at: DateTime<Utc>,
}

/// Why something is in the inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum InboxReason {
    /// A question without an answer (for doctors).
    Question,
    /// An order that the user has not seen (for nurses).
    Order,
    /// An answer or a note by a colleague that the user has not seen.
    Note,
    /// An observation that someone is worse.
    Observation,
    /// Something written after a signature.
    Addition,
    /// A visit of the user's unit that has waited for a signature for too long.
    UnsignedLate,
    /// A visit of the user's that is done and not signed.
    Unsigned,
}

/// News for a face: ask again for what is on the screen.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// Documents changed, here or by a colleague.
    Changed {
        /// Which.
        documents: Vec<DocumentId>,
        /// Whether a colleague's changes are among them.
        by_others: bool,
    },
    /// The status changed.
    Status {
        /// The new one.
        status: Box<Status>,
    },
    /// The tablet was locked or opened, or the lease ended: what is on the screen may have to go.
    Door {
        /// How it is now.
        door: Box<DoorView>,
    },
}

/// Where an export was written.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Exported {
    /// The file.
    pub path: String,
    /// How many items it holds.
    pub items: u32,
}
