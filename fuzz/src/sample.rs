//! The documents that foreign bytes are tried on, the same in every run.

use chrono::{DateTime, Utc};
use ed25519_dalek::{Signer as _, SigningKey};
use hemrond_audit::{Action, Event, Head};
use hemrond_documents::{
    Actor, Document, Edit, RawChange,
    entry::{
        ACT_FORMAT, ActContent, ActSigner, Contents, EntryContent, EntryError, FORMAT, SignedEntry,
        Signer, signing_message,
    },
};
use hemrond_domain::{
    ids::{DeviceId, OrganisationId, PersonId, RowId, UnitId, UserId, VisitId},
    law::Act,
    people::Role,
    record::{DocumentKind, Header},
};
use std::sync::LazyLock;

/// Eva, who writes and signs.
pub const EVA: UserId = UserId::from_bytes([11; 16]);

/// Eva's tablet.
pub const TABLET: DeviceId = DeviceId::from_bytes([12; 16]);

/// The key of Eva's tablet.
static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::from_bytes(&[13; 32]));

/// A visit to Astrid.
#[must_use]
pub fn visit() -> Header {
    Header::visit(
        OrganisationId::from_bytes([1; 16]),
        UnitId::from_bytes([2; 16]),
        PersonId::from_bytes([40; 16]),
        VisitId::from_bytes([7; 16]),
    )
}

/// What was decided and done about Astrid's data.
#[must_use]
pub fn acts() -> Header {
    Header::acts(visit().organisation(), PersonId::from_bytes([40; 16]))
}

/// A moment of that day.
#[must_use]
pub fn minute(number: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_793_700_000 + 60 * number, 0).unwrap_or_default()
}

/// A document of every kind: what is about Astrid, and what her team has.
#[must_use]
pub fn headers() -> [Header; 7] {
    let visit = visit();
    let organisation = visit.organisation();
    let astrid = PersonId::from_bytes([40; 16]);
    let day = minute(0).date_naive();
    [
        Header::person(organisation, astrid),
        Header::observations(organisation, astrid, day),
        Header::round(organisation, UnitId::from_bytes([2; 16]), day),
        Header::directory(organisation),
        Header::told(organisation, UnitId::from_bytes([2; 16]), astrid, day),
        visit,
        acts(),
    ]
}

/// The visit before anybody has written in it, in the hands of whoever has this number.
#[must_use]
pub fn blank(actor: u8) -> Option<Document> {
    Document::create(&visit(), Actor::from_random([actor; 16])).ok()
}

/// A morning's changes by Eva in the visit, each of another sort.
#[must_use]
pub fn morning() -> &'static [RawChange] {
    static MORNING: LazyLock<Vec<RawChange>> = LazyLock::new(|| written(&visit()));
    &MORNING
}

/// What Eva writes in a document of this kind.
#[must_use]
pub fn written(header: &Header) -> Vec<RawChange> {
    let Ok(mut eva) = Document::create(header, Actor::from_random([1; 16])) else {
        return Vec::new();
    };
    edits(header.kind())
        .iter()
        .zip(0..)
        .flat_map(|(edits, at)| eva.edit(minute(at), edits).unwrap_or_default())
        .collect()
}

fn edits(kind: DocumentKind) -> Vec<Vec<Edit>> {
    let row = RowId::from_bytes([9; 16]);
    match kind {
        DocumentKind::Visit => vec![
            vec![Edit::set("cfs.level", 5), Edit::set("reason", "Trött")],
            vec![Edit::text("note", "Astrid är trött.")],
            vec![Edit::add_row(
                "drugs",
                row,
                [("name", "Furix"), ("dose", "1 x 1")],
            )],
            vec![
                Edit::text("note", "Astrid är mycket trött."),
                Edit::clear("reason"),
            ],
            vec![
                Edit::set_row("drugs", row, "dose", "2 x 1"),
                Edit::set("weight_kg", 61.5),
            ],
        ],
        DocumentKind::Person => vec![
            vec![
                Edit::set("given_name", "Astrid"),
                Edit::set("identity", "19400229-1239"),
                Edit::set("address.street", "Storgatan 1"),
            ],
            vec![Edit::add_row(
                "contacts",
                row,
                [("name", "Kalle"), ("relation", "relative")],
            )],
            vec![Edit::set("protected", "sekretessmarkering")],
        ],
        DocumentKind::Observations => vec![vec![Edit::add_row(
            "entries",
            row,
            [
                ("at", "2026-11-03T08:00:00.000Z"),
                ("by", "0b0b0b0b-0b0b-4b0b-8b0b-0b0b0b0b0b0b"),
                ("what", "gait"),
                ("degree", "worse"),
            ],
        )]],
        DocumentKind::Round => vec![vec![
            Edit::add_row(
                "visits",
                row,
                [
                    ("visit", "07070707-0707-4707-8707-070707070707"),
                    ("person", "28282828-2828-4828-a828-282828282828"),
                    ("start", "09:30"),
                ],
            ),
            Edit::set_row("visits", row, "minutes", 30),
            Edit::set_row("visits", row, "position", 1.5),
        ]],
        DocumentKind::Directory => vec![vec![
            Edit::add_row("staff", row, [("name", "Eva Lind"), ("role", "nurse")]),
            Edit::add_row("numbers", row, [("label", "Jour"), ("phone", "1177")]),
        ]],
        DocumentKind::Told => vec![vec![Edit::add_row(
            "entries",
            row,
            [
                ("at", "2026-11-03T08:00:00.000Z"),
                ("by", "0b0b0b0b-0b0b-4b0b-8b0b-0b0b0b0b0b0b"),
                ("what", "gait"),
                ("degree", "worse"),
                ("source.document", "0c07a5c963103ac9fa9d31f1c69265e5"),
                ("source.row", "09090909-0909-4909-8909-090909090909"),
                ("basis", "consent_osl101"),
                ("told_at", "2026-11-03T08:00:00.000Z"),
            ],
        )]],
        // It holds signed entries only.
        DocumentKind::Acts => Vec::new(),
    }
}

/// The public key of Eva's tablet.
#[must_use]
pub fn public_key() -> [u8; 32] {
    *KEY.verifying_key().as_bytes()
}

/// Signs a request's base on Eva's tablet.
#[must_use]
pub fn sign_request(base: &[u8]) -> [u8; 64] {
    KEY.sign(base).to_bytes()
}

/// Signs an entry's bytes, whatever they are, on Eva's tablet.
#[must_use]
pub fn sign(bytes: &[u8]) -> SignedEntry {
    let format = match Contents::parse(bytes) {
        Ok(Contents::Act(_)) => ACT_FORMAT,
        _ => FORMAT,
    };
    let mut entry = SignedEntry {
        bytes: bytes.to_vec(),
        signature: [0; 64],
    };
    let message = signing_message(format, entry.hash());
    entry.signature = KEY.sign(&message).to_bytes();
    entry
}

/// The bytes that Eva signs after her morning.
///
/// # Errors
/// Never; the error stands in for a panic.
pub fn entry() -> Result<Vec<u8>, EntryError> {
    let missing = EntryError::Malformed("no document");
    let mut document = blank(1).ok_or(missing.clone())?;
    document.apply(morning()).map_err(|_| missing)?;
    let signer = Signer {
        author: EVA,
        author_name: "Eva Lind".to_owned(),
        device: TABLET,
        signed_at: minute(30),
    };
    EntryContent::of(&document, &document.heads(), signer, None)?.to_bytes()
}

/// The bytes that Eva signs for an act about Astrid's data.
///
/// # Errors
/// Never; the error stands in for a panic.
pub fn act(act: &Act) -> Result<Vec<u8>, EntryError> {
    let signer = ActSigner {
        author: EVA,
        author_name: "Eva Lind".to_owned(),
        device: TABLET,
        role: Role::Nurse,
        unit: UnitId::from_bytes([2; 16]),
        made_at: minute(31),
    };
    ActContent::of(&acts(), act, signer)?.to_bytes()
}

/// What Eva did with Astrid's data, as her tablet logs it.
#[must_use]
pub fn event(action: &str, at: i64) -> Event {
    let visit = visit();
    Event {
        action: Action::from(action),
        user: EVA,
        role: "nurse".to_owned(),
        unit: UnitId::from_bytes([2; 16]),
        organisation: visit.organisation(),
        device: TABLET,
        person: visit.person_id(),
        kind: Some("visit".to_owned()),
        document: Some(visit.id()),
        reason: None,
        basis: None,
        at_ms: minute(at).timestamp_millis(),
    }
}

/// A server's key for its word about its log.
#[must_use]
pub fn log_key() -> SigningKey {
    SigningKey::from_bytes(&[14; 32])
}

/// The log that a tablet keeps of a morning.
#[must_use]
pub fn log() -> Vec<Vec<u8>> {
    let mut head = Head::default();
    let mut records = Vec::new();
    for (action, at) in [("read", 1), ("write", 2), ("read", 3), ("sign", 40)] {
        let Ok((bytes, next)) = head.next(event(action, at)) else {
            break;
        };
        records.push(bytes);
        head = next;
    }
    records
}
