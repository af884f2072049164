//! What was done.

use std::fmt;

macro_rules! actions {
    ($($(#[doc = $doc:literal])* $name:ident $text:literal;)*) => {
        /// What was done, or tried. Its name is stable, on disk and on the wire.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action {
            $($(#[doc = $doc])* $name,)*
            /// Something that only a newer version knows: kept under its name.
            Other(String),
        }

        impl Action {
            /// Every action that this version knows.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The action's stable name.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$name => $text,)*
                    Self::Other(name) => name,
                }
            }
        }

        impl From<&str> for Action {
            fn from(name: &str) -> Self {
                match name {
                    $($text => Self::$name,)*
                    other => Self::Other(other.to_owned()),
                }
            }
        }
    };
}

actions! {
    /// A document or a page made of documents was opened.
    Read "read";
    /// People were looked for by name or number. What was typed is not kept.
    Search "search";
    /// Somebody who was found by a search was opened.
    SearchOpen "search_open";
    /// Something was written.
    Write "write";
    /// A record was signed.
    Sign "sign";
    /// Data left the system as a file.
    Export "export";
    /// Data left the system on paper.
    Print "print";
    /// Data was opened in an emergency.
    Emergency "emergency";
    /// Something was asked for and refused.
    Denied "denied";
    /// Somebody signed in.
    Login "login";
    /// Somebody failed to sign in.
    LoginFailed "login_failed";
    /// The tablet was unlocked.
    Unlock "unlock";
    /// The tablet was locked, by hand or by itself.
    Lock "lock";
    /// A tablet was given to somebody.
    Enrol "enrol";
    /// Accounts, roles, units or devices were changed.
    Administer "administer";
    /// A block (spärr), consent, objection or other legal act was set or lifted.
    LegalAct "legal_act";
    /// An extract of the log was made for a person (patientdatalagen 8 kap. 5 §).
    Extract "extract";
    /// A random sample of the log was drawn or reviewed (HSLF-FS 2016:40 4 kap. 9 §).
    Review "review";
    /// Something was destroyed after its time.
    Purge "purge";
    /// The server's log did not agree with what was remembered of it.
    Alarm "alarm";
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
