//! What people and other programs type: numbers, names, commands.

use crate::sample;
use hemrond_companion::api::{Command, Enrol, Settings};
use hemrond_domain::{
    identity::Identity,
    ids::PersonId,
    instruments::line,
    medication::Atc,
    people::Role,
    phone::Phone,
    record::{DocumentId, DocumentKind},
    search_name,
};
use hemrond_server::{credential::code_hash, storage::Address};

/// Everything that is read from a line of text.
pub(super) fn inputs(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let today = sample::minute(0).date_naive();
    let _ = Identity::parse(&text, today);
    if let Ok(phone) = Phone::parse(&text) {
        assert_eq!(Phone::parse(phone.as_str()).as_ref(), Ok(&phone));
        let _ = phone.display();
    }
    let _ = Atc::parse(&text);
    let folded = search_name::fold(&text);
    assert_eq!(search_name::fold(&folded), folded);
    let _ = text.parse::<PersonId>();
    let _ = text.parse::<DocumentId>();
    let _ = text.parse::<DocumentKind>();
    let _ = text.parse::<Role>();
    let _ = text.parse::<Address>();
    // A code is read aloud and typed as it was heard.
    let careless = format!(" {}-", text.to_ascii_lowercase());
    assert_eq!(code_hash(&careless), code_hash(&text));
}

/// A line for each instrument.
pub(super) fn instrument(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for name in line::NAMES {
        let answer = line::evaluate(name, &text);
        assert!(serde_json::from_str::<serde_json::Value>(&answer).is_ok());
    }
}

/// A command as a face sends it, and what the tablet keeps as JSON.
pub(super) fn command(bytes: &[u8]) {
    if let Ok(command) = serde_json::from_slice::<Command>(bytes) {
        assert!(serde_json::to_vec(&command).is_ok());
    }
    let _ = serde_json::from_slice::<Settings>(bytes);
    let _ = serde_json::from_slice::<Enrol>(bytes);
}
