//! What can be done at the administrator's pages and command line, by name.

/// What was done. The names are stable: they are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each has the name of what was done")]
pub enum Act {
    SignedIn,
    SignInFailed,
    SignedOut,
    TurnedAway,
    PasswordChosen,
    UserAdded,
    RoleChanged,
    UserClosed,
    Invited,
    Reset,
    CardNamed,
    TabletCode,
    DeviceShutOut,
    UnitAdded,
    RoleAnalysed,
    LogRead,
    ReviewDrawn,
    ReviewKept,
    ExtractMade,
}

impl Act {
    /// Every act.
    pub const ALL: [Self; 19] = [
        Self::SignedIn,
        Self::SignInFailed,
        Self::SignedOut,
        Self::TurnedAway,
        Self::PasswordChosen,
        Self::UserAdded,
        Self::RoleChanged,
        Self::UserClosed,
        Self::Invited,
        Self::Reset,
        Self::CardNamed,
        Self::TabletCode,
        Self::DeviceShutOut,
        Self::UnitAdded,
        Self::RoleAnalysed,
        Self::LogRead,
        Self::ReviewDrawn,
        Self::ReviewKept,
        Self::ExtractMade,
    ];

    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignedIn => "signed_in",
            Self::SignInFailed => "sign_in_failed",
            Self::SignedOut => "signed_out",
            Self::TurnedAway => "turned_away",
            Self::PasswordChosen => "password_chosen",
            Self::UserAdded => "user_added",
            Self::RoleChanged => "role_changed",
            Self::UserClosed => "user_closed",
            Self::Invited => "invited",
            Self::Reset => "reset",
            Self::CardNamed => "card_named",
            Self::TabletCode => "tablet_code",
            Self::DeviceShutOut => "device_shut_out",
            Self::UnitAdded => "unit_added",
            Self::RoleAnalysed => "role_analysed",
            Self::LogRead => "log_read",
            Self::ReviewDrawn => "review_drawn",
            Self::ReviewKept => "review_kept",
            Self::ExtractMade => "extract_made",
        }
    }
}
