//! The door: who is on this tablet, PINs, locking.

use super::{KeyPlace, Settings, SignIn};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;
use ts_rs::TS;
use zeroize::Zeroizing;

/// A PIN as it was typed: never printed, and wiped from memory when it is dropped.
#[derive(Clone, Default, Serialize, Deserialize, TS)]
#[serde(transparent)]
#[ts(type = "string")]
pub struct Typed(String);

impl Typed {
    /// Takes what was typed.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}

impl Drop for Typed {
    fn drop(&mut self) {
        drop(Zeroizing::new(std::mem::take(&mut self.0)));
    }
}

impl fmt::Debug for Typed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Typed(…)")
    }
}

/// Who is on this tablet, and whether it is open.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct DoorView {
    /// Everybody who has a place on this tablet, by name.
    pub users: Vec<DoorUser>,
    /// The id of the one for whom it is open; none while it is locked.
    pub open: Option<String>,
    /// The name of the user of an earlier version, who has no PIN yet: see `choose_pin`.
    pub without_pin: Option<String>,
    /// Where the tablet's half of the keys lies: `file` is a stand-in that must not be used in earnest.
    pub key_kept_in: KeyPlace,
    /// Until when the open user may read without contact, by this tablet's clock.
    pub lease_until: Option<DateTime<Utc>>,
    /// Whether the lease is over: nothing is shown until the server has been reached.
    pub lease_over: bool,
    /// Language, theme and text size while it is locked.
    pub settings: Settings,
}

/// Somebody who has a place on this tablet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DoorUser {
    /// The place's id, for the other commands.
    pub id: String,
    /// The name.
    pub name: String,
    /// What can be done there.
    pub state: DoorState,
    /// How many wrong PINs are left before the key is wiped.
    pub tries_left: u8,
    /// How many seconds to wait before the next try; 0 where none.
    pub wait_seconds: u32,
    /// Whether the server can give the key back if it is wiped or the PIN is forgotten.
    pub rescuable: bool,
    /// Changes that were unsent when it was last open; absent where that is not known.
    pub unsent: Option<u32>,
}

/// What can be done at a user's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DoorState {
    /// It opens with the PIN.
    Locked,
    /// It is open.
    Open,
    /// Its key was wiped after too many wrong PINs.
    Wiped,
    /// Its key was erased because the server shut this tablet or its user out.
    Revoked,
    /// It was brought back from an encrypted copy, and opens with `recover`.
    Copy,
}

/// The encrypted copies on this tablet that have no place.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Copies {
    /// The newest first.
    pub copies: Vec<CopyView>,
}

/// An encrypted copy of somebody's work, made before they were taken from a tablet.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct CopyView {
    /// The copy's name, for `bring_back`.
    pub copy: String,
    /// Whose it is.
    pub name: String,
    /// When it was made.
    pub made_at: DateTime<Utc>,
}

/// Brings an encrypted copy back.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct BringBack {
    /// Which, as `copies` names it.
    pub copy: String,
}

/// Opens the tablet for a user.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Unlock {
    /// Whose place, as `door` names it.
    pub user: String,
    /// The PIN.
    pub pin: Typed,
}

/// Chooses a PIN where there is none.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ChoosePin {
    /// 6–12 digits, not all the same and no simple run.
    pub pin: Typed,
}

/// Changes the open user's PIN.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ChangePin {
    /// The PIN until now.
    pub old: Typed,
    /// The PIN from now on.
    pub new: Typed,
}

/// Names a user's place.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct OfDoorUser {
    /// Whose, as `door` names it.
    pub user: String,
}

/// Takes a user from this tablet.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct RemoveUser {
    /// Whose place, as `door` names it.
    pub user: String,
    /// That the person has read the warning about what is unsent.
    #[serde(default)]
    pub confirmed: bool,
}

/// Opens a place again whose key was wiped, or whose PIN is forgotten.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Recover {
    /// Whose place, as `door` names it.
    pub user: String,
    /// The server's address; the one that it was enrolled with where it is left empty.
    #[serde(default)]
    pub server: String,
    /// A new one-time code, for the same user.
    pub code: String,
    /// The new PIN.
    pub pin: Typed,
    /// What the person signs in with at the server, once the server has asked for it
    /// (`enrol.sign_in_needed`).
    #[serde(default)]
    pub sign_in: Option<SignIn>,
}
