//! What leaves the log: checkpoints, extracts, FHIR.
#![allow(clippy::unwrap_used)]

use chrono::{DateTime, FixedOffset, TimeZone, Utc};
use ed25519_dalek::SigningKey;
use hemrond_audit::{
    Action, Event, Language,
    checkpoint::{Checkpoint, CheckpointError},
    earliest_kept, extract, fhir, word,
};
use hemrond_domain::ids::{DeviceId, OrganisationId, PersonId, UnitId, UserId};

fn look(action: Action) -> Event {
    Event {
        action,
        user: UserId::from_bytes([50; 16]),
        role: "doctor".to_owned(),
        unit: UnitId::from_bytes([2; 16]),
        organisation: OrganisationId::from_bytes([1; 16]),
        device: DeviceId::from_bytes([60; 16]),
        person: Some(PersonId::from_bytes([40; 16])),
        kind: Some("visit".to_owned()),
        document: None,
        reason: Some("Astrid svarar inte".to_owned()),
        basis: Some("svod_3_6".to_owned()),
        at_ms: 1_793_000_000_000,
    }
}

#[test]
fn a_checkpoint_is_believed_only_as_it_was_signed() {
    let key = SigningKey::from_bytes(&[3; 32]);
    let checkpoint = Checkpoint {
        size: 41,
        root: [8; 32],
        at_ms: 1_793_000_000_000,
    };
    let note = checkpoint.sign(&key);
    assert_eq!(note.lines().count(), 6, "{note}");
    assert_eq!(
        Checkpoint::open(&note, &key.verifying_key()),
        Ok(checkpoint)
    );
    let other = SigningKey::from_bytes(&[4; 32]).verifying_key();
    assert_eq!(
        Checkpoint::open(&note, &other),
        Err(CheckpointError::Signature)
    );
    let bytes = note.as_bytes();
    for place in 0..bytes.len() {
        let mut changed = bytes.to_vec();
        changed[place] ^= 1;
        let Ok(changed) = String::from_utf8(changed) else {
            continue;
        };
        assert!(
            Checkpoint::open(&changed, &key.verifying_key()).is_err(),
            "byte {place} may be changed"
        );
    }
}

/// AC16: the person gets times, units and kinds of act, and no names of staff.
#[test]
fn astrids_extract_names_times_units_and_acts() {
    let sweden = FixedOffset::east_opt(3_600).unwrap();
    let event = look(Action::Emergency);
    let at = sweden.timestamp_millis_opt(event.at_ms).unwrap();
    let line = extract::Line {
        event: &event,
        at,
        unit: "Mobila teamet",
        organisation: "Hemrond kommun",
        doubtful: false,
    };
    let text = extract::text(Language::Swedish, at, std::slice::from_ref(&line));
    assert!(text.contains("Utdrag ur åtkomstloggen"), "{text}");
    assert!(
        text.contains("Mobila teamet, Hemrond kommun: har öppnat i en nödsituation (hembesök)"),
        "{text}"
    );
    assert!(!text.contains(&event.user.to_string()), "{text}");
    let english = extract::text(Language::English, at, std::slice::from_ref(&line));
    assert!(
        english.contains("has opened in an emergency (home visit)"),
        "{english}"
    );
    let doubtful = extract::Line {
        doubtful: true,
        ..line.clone()
    };
    let told = extract::text(Language::Swedish, at, &[doubtful]);
    assert!(
        told.contains("stämmer inte med vems surfplattan är"),
        "{told}"
    );
    let nobody = extract::text(Language::Swedish, at, &[]);
    assert!(nobody.contains("Ingen har öppnat"), "{nobody}");
}

#[test]
fn every_action_has_words_in_both_languages() {
    for action in Action::ALL {
        let key = format!("log.action.{action}");
        for language in [Language::Swedish, Language::English] {
            assert_ne!(word(language, &key), key, "{key} in {language:?}");
        }
    }
}

/// FHIR R4 AuditEvent: type, recorded, agent and source are required; an agent says whether it is
/// the requestor, and a source who observed (hl7.org/fhir/R4/auditevent.html).
#[test]
fn every_action_makes_an_audit_event_with_what_fhir_requires() {
    for action in Action::ALL {
        let resource = fhir::audit_event("7", &look(action.clone())).unwrap();
        assert_eq!(resource["resourceType"], "AuditEvent");
        assert_eq!(resource["type"]["system"], fhir::DCM);
        assert!(
            resource["type"]["code"]
                .as_str()
                .unwrap()
                .starts_with("1101")
        );
        assert!(["C", "R", "U", "D", "E"].contains(&resource["action"].as_str().unwrap()));
        assert!(["0", "4"].contains(&resource["outcome"].as_str().unwrap()));
        DateTime::parse_from_rfc3339(resource["recorded"].as_str().unwrap()).unwrap();
        assert_eq!(resource["agent"][0]["requestor"], true);
        assert!(resource["agent"][0]["who"]["identifier"]["value"].is_string());
        assert!(resource["source"]["observer"]["identifier"]["value"].is_string());
        assert_eq!(resource["entity"][0]["type"]["system"], fhir::OBJECT_TYPE);
        assert_eq!(resource["entity"][0]["role"]["system"], fhir::OBJECT_ROLE);
        assert_eq!(resource["entity"][0]["role"]["code"], "1");
        let ours = resource["subtype"].as_array().unwrap().last().unwrap();
        assert_eq!(ours["code"], action.as_str());
    }
    let denied = fhir::audit_event("7", &look(Action::Denied)).unwrap();
    assert_eq!(denied["outcome"], "4");
    let read = fhir::audit_event("7", &look(Action::Read)).unwrap();
    assert_eq!(read["subtype"][0]["system"], fhir::REST);
    assert_eq!(read["subtype"][0]["code"], "read");
}

/// AC20: HSLF-FS 2016:40 4 kap. 9 §: five years.
#[test]
fn five_years_are_five_calendar_years() {
    let now = Utc.with_ymd_and_hms(2028, 2, 29, 12, 0, 0).unwrap();
    let kept = Utc.with_ymd_and_hms(2023, 2, 28, 12, 0, 0).unwrap();
    assert_eq!(earliest_kept(now), Some(kept));
}
