//! One look or act.

use crate::Action;
use hemrond_domain::{
    ids::{DeviceId, OrganisationId, PersonId, UnitId, UserId},
    record::DocumentId,
};
use minicbor::{Decode, Encode};

/// Bounds the names of actions, roles, kinds and legal bases, in bytes.
const MAX_NAME: usize = 40;

/// Bounds a reason, in bytes: what somebody gave for opening a record in an emergency.
pub const MAX_REASON: usize = 600;

/// One look or act. It never holds what was seen or written, and no name of anybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What was done.
    pub action: Action,
    /// Who did it.
    pub user: UserId,
    /// In which role, by its stable name.
    pub role: String,
    /// In which unit.
    pub unit: UnitId,
    /// For which organisation.
    pub organisation: OrganisationId,
    /// On which device.
    pub device: DeviceId,
    /// Whose data it was, where it was one person's.
    pub person: Option<PersonId>,
    /// The kind of document or page.
    pub kind: Option<String>,
    /// The document.
    pub document: Option<DocumentId>,
    /// What for: the reason that was given, or a code that says more of the act.
    pub reason: Option<String>,
    /// The code of the legal basis, where one was named.
    pub basis: Option<String>,
    /// When, on the device's clock, in milliseconds since 1970.
    pub at_ms: i64,
}

/// An event that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// A text is longer than it may be.
    #[error(
        "the event's {what} is {found} bytes long, and at most {limit} are allowed; shorten it"
    )]
    TooLong {
        /// Which text.
        what: &'static str,
        /// How long it is.
        found: usize,
        /// How long it may be.
        limit: usize,
    },
    /// A name is empty.
    #[error("the event's {0} is empty; give it")]
    Empty(&'static str),
    /// The bytes are no event.
    #[error("the bytes are no event of the access log: {0}")]
    Malformed(String),
}

/// The event as it is written. An index never changes its meaning; new fields get new ones.
#[derive(Encode, Decode)]
struct Written {
    #[n(0)]
    action: String,
    #[cbor(n(1), with = "minicbor::bytes")]
    user: [u8; 16],
    #[n(2)]
    role: String,
    #[cbor(n(3), with = "minicbor::bytes")]
    unit: [u8; 16],
    #[cbor(n(4), with = "minicbor::bytes")]
    organisation: [u8; 16],
    #[cbor(n(5), with = "minicbor::bytes")]
    device: [u8; 16],
    #[n(6)]
    at_ms: i64,
    #[cbor(n(7), with = "minicbor::bytes")]
    person: Option<[u8; 16]>,
    #[n(8)]
    kind: Option<String>,
    #[cbor(n(9), with = "minicbor::bytes")]
    document: Option<[u8; 16]>,
    #[n(10)]
    reason: Option<String>,
    #[n(11)]
    basis: Option<String>,
}

impl Event {
    /// Writes the event in its one form.
    ///
    /// # Errors
    /// When a text is empty or longer than it may be.
    pub fn encode(&self) -> Result<Vec<u8>, EventError> {
        self.check()?;
        let written = Written {
            action: self.action.as_str().to_owned(),
            user: *self.user.as_bytes(),
            role: self.role.clone(),
            unit: *self.unit.as_bytes(),
            organisation: *self.organisation.as_bytes(),
            device: *self.device.as_bytes(),
            at_ms: self.at_ms,
            person: self.person.map(|id| *id.as_bytes()),
            kind: self.kind.clone(),
            document: self.document.map(|id| *id.as_bytes()),
            reason: self.reason.clone(),
            basis: self.basis.clone(),
        };
        minicbor::to_vec(written).map_err(|error| EventError::Malformed(error.to_string()))
    }

    /// Reads an event. Fields that a newer version added are passed over.
    ///
    /// # Errors
    /// When the bytes are none, or go on after it.
    pub fn decode(bytes: &[u8]) -> Result<Self, EventError> {
        let mut decoder = minicbor::Decoder::new(bytes);
        let written: Written = decoder
            .decode()
            .map_err(|error| EventError::Malformed(error.to_string()))?;
        if decoder.position() != bytes.len() {
            return Err(EventError::Malformed("they go on after it".to_owned()));
        }
        let event = Self {
            action: Action::from(written.action.as_str()),
            user: UserId::from_stored(written.user),
            role: written.role,
            unit: UnitId::from_stored(written.unit),
            organisation: OrganisationId::from_stored(written.organisation),
            device: DeviceId::from_stored(written.device),
            person: written.person.map(PersonId::from_stored),
            kind: written.kind,
            document: written.document.map(DocumentId::from_bytes),
            reason: written.reason,
            basis: written.basis,
            at_ms: written.at_ms,
        };
        event.check()?;
        Ok(event)
    }

    fn check(&self) -> Result<(), EventError> {
        let texts = [
            ("action", Some(self.action.as_str()), MAX_NAME),
            ("role", Some(self.role.as_str()), MAX_NAME),
            ("kind", self.kind.as_deref(), MAX_NAME),
            ("reason", self.reason.as_deref(), MAX_REASON),
            ("legal basis", self.basis.as_deref(), MAX_NAME),
        ];
        for (what, text, limit) in texts {
            let Some(text) = text else { continue };
            if text.is_empty() {
                return Err(EventError::Empty(what));
            }
            if text.len() > limit {
                return Err(EventError::TooLong {
                    what,
                    found: text.len(),
                    limit,
                });
            }
        }
        Ok(())
    }
}
