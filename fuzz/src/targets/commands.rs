//! What the faces of a tablet send.

use hemrond_companion::api::{Command, Enrol, Settings};

/// A command as a face sends it, and what the tablet keeps as JSON.
pub(super) fn command(bytes: &[u8]) {
    if let Ok(command) = serde_json::from_slice::<Command>(bytes) {
        assert!(serde_json::to_vec(&command).is_ok());
    }
    let _ = serde_json::from_slice::<Settings>(bytes);
    let _ = serde_json::from_slice::<Enrol>(bytes);
}
