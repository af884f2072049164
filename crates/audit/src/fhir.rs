//! Events as FHIR R4 `AuditEvent` resources (hl7.org/fhir/R4/auditevent.html).
//!
//! Codes are those of DICOM PS3.16 CID 400 (type), of FHIR's RESTful interactions (subtype), of the
//! action's letter (C, R, U, D, E) and of the outcome (0 success, 4 minor failure). Staff, units,
//! devices and persons are named by their ids, which are nobody's name or number.

use crate::{Action, Event};
use chrono::{DateTime, SecondsFormat};
use serde_json::{Value, json};

/// DICOM's audit codes.
pub const DCM: &str = "http://dicom.nema.org/resources/ontology/DCM";

/// FHIR's RESTful interactions.
pub const REST: &str = "http://hl7.org/fhir/restful-interaction";

/// What an audit event's data is.
pub const OBJECT_TYPE: &str = "http://terminology.hl7.org/CodeSystem/audit-entity-type";

/// The part that the data plays in it.
pub const OBJECT_ROLE: &str = "http://terminology.hl7.org/CodeSystem/object-role";

/// Where our own names of ids and codes stand.
const OURS: &str = "urn:hemrond";

/// How an action is coded: DICOM type, its words, RESTful interaction and letter.
type Codes = (
    &'static str,
    &'static str,
    Option<&'static str>,
    &'static str,
);

fn codes(action: &Action) -> Codes {
    match action {
        Action::Read | Action::SearchOpen | Action::Emergency => {
            ("110110", "Patient Record", Some("read"), "R")
        }
        Action::Search => ("110112", "Query", Some("search-type"), "E"),
        Action::Write | Action::LegalAct => ("110110", "Patient Record", Some("update"), "U"),
        Action::Sign => ("110110", "Patient Record", Some("create"), "C"),
        Action::Export | Action::Print => ("110106", "Export", None, "R"),
        Action::Denied | Action::Alarm => ("110113", "Security Alert", None, "E"),
        Action::Login | Action::LoginFailed | Action::Unlock | Action::Lock => {
            ("110114", "User Authentication", None, "E")
        }
        Action::Enrol | Action::Administer => ("110113", "Security Alert", None, "U"),
        Action::Extract | Action::Review => ("110101", "Audit Log Used", None, "R"),
        Action::Purge => ("110110", "Patient Record", Some("delete"), "D"),
        Action::Other(_) => ("110100", "Application Activity", None, "E"),
    }
}

/// An event as an `AuditEvent`, named `id` (RFC 6962's place in the log makes a good one). None
/// where its time is none that a calendar has.
#[must_use]
pub fn audit_event(id: &str, event: &Event) -> Option<Value> {
    let recorded =
        DateTime::from_timestamp_millis(event.at_ms)?.to_rfc3339_opts(SecondsFormat::Millis, true);
    let (code, display, interaction, letter) = codes(&event.action);
    let refused = matches!(
        event.action,
        Action::Denied | Action::LoginFailed | Action::Alarm
    );
    let mut subtypes = vec![json!({
        "system": format!("{OURS}:action"),
        "code": event.action.as_str(),
    })];
    if let Some(interaction) = interaction {
        subtypes.insert(0, json!({ "system": REST, "code": interaction }));
    }
    let mut resource = json!({
        "resourceType": "AuditEvent",
        "id": id,
        "type": { "system": DCM, "code": code, "display": display },
        "subtype": subtypes,
        "action": letter,
        "recorded": recorded,
        "outcome": if refused { "4" } else { "0" },
        "agent": [{
            "role": [{ "coding": [{ "system": format!("{OURS}:role"), "code": event.role }] }],
            "who": { "identifier": { "system": format!("{OURS}:user"), "value": event.user.to_string() } },
            "requestor": true,
            "location": {
                "identifier": { "system": format!("{OURS}:unit"), "value": event.unit.to_string() }
            },
        }],
        "source": {
            "observer": {
                "identifier": { "system": format!("{OURS}:device"), "value": event.device.to_string() }
            },
            "site": event.organisation.to_string(),
        },
    });
    let purpose = purpose(event);
    let entities = entities(event);
    if let Some(object) = resource.as_object_mut() {
        if !purpose.is_empty() {
            object.insert("purposeOfEvent".to_owned(), Value::Array(purpose));
        }
        if !entities.is_empty() {
            object.insert("entity".to_owned(), Value::Array(entities));
        }
    }
    Some(resource)
}

fn purpose(event: &Event) -> Vec<Value> {
    let mut purpose = Vec::new();
    if let Some(basis) = &event.basis {
        purpose.push(json!({ "coding": [{ "system": format!("{OURS}:basis"), "code": basis }] }));
    }
    if let Some(reason) = &event.reason {
        purpose.push(json!({ "text": reason }));
    }
    purpose
}

fn entities(event: &Event) -> Vec<Value> {
    let mut entities = Vec::new();
    if let Some(person) = event.person {
        entities.push(json!({
            "what": { "identifier": { "system": format!("{OURS}:person"), "value": person.to_string() } },
            "type": { "system": OBJECT_TYPE, "code": "1", "display": "Person" },
            "role": { "system": OBJECT_ROLE, "code": "1", "display": "Patient" },
        }));
    }
    let kind = event.kind.as_deref();
    if event.document.is_some() || kind.is_some() {
        let mut entity = json!({
            "type": { "system": OBJECT_TYPE, "code": "2", "display": "System Object" },
            "role": { "system": OBJECT_ROLE, "code": "3", "display": "Report" },
        });
        if let Some(object) = entity.as_object_mut() {
            if let Some(document) = event.document {
                let value = document.to_string();
                object.insert(
                    "what".to_owned(),
                    json!({ "identifier": { "system": format!("{OURS}:document"), "value": value } }),
                );
            }
            if let Some(kind) = kind {
                object.insert("name".to_owned(), json!(kind));
            }
        }
        entities.push(entity);
    }
    entities
}
