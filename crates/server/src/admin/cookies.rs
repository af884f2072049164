//! The pages' cookies: under TLS bound to this host alone, never readable by a script.

use axum::http::{HeaderMap, HeaderValue, header::COOKIE};

/// A cookie of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cookie {
    /// Who is signed in.
    Session,
    /// What forms bring along while nobody is signed in.
    Form,
    /// Somebody was signed in here before.
    Browser,
    /// A way to the identity provider and back.
    Way,
    /// The chosen language.
    Language,
}

impl Cookie {
    /// Every one.
    pub(crate) const ALL: [Self; 5] = [
        Self::Session,
        Self::Form,
        Self::Browser,
        Self::Way,
        Self::Language,
    ];

    const fn plain_name(self) -> &'static str {
        match self {
            Self::Session => "hemrond-session",
            Self::Form => "hemrond-form",
            Self::Browser => "hemrond-browser",
            Self::Way => "hemrond-way",
            Self::Language => "hemrond-language",
        }
    }

    /// For how long a browser keeps it, in seconds; none for until it is closed.
    const fn seconds(self) -> Option<u32> {
        match self {
            Self::Session | Self::Form => None,
            Self::Way => Some(10 * 60),
            Self::Browser | Self::Language => Some(90 * 24 * 3600),
        }
    }

    /// The name; browsers take one with `__Host-` from this host under TLS only, never from a
    /// neighbour under the same domain.
    fn name(self, secure: bool) -> String {
        let prefix = if secure { "__Host-" } else { "" };
        format!("{prefix}{}", self.plain_name())
    }

    /// What a browser sent.
    pub(crate) fn read(self, headers: &HeaderMap, secure: bool) -> Option<String> {
        let name = self.name(secure);
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(named, _)| *named == name)
            .map(|(_, value)| value.to_owned())
    }

    /// Has a browser keep a value. It is sent along from links elsewhere too (Lax), for people come
    /// back from the identity provider by one; forms from elsewhere are refused by their token.
    pub(crate) fn keep(self, value: &str, secure: bool) -> Option<HeaderValue> {
        self.line(value, self.seconds(), secure)
    }

    /// Has a browser forget the value.
    pub(super) fn forget(self, secure: bool) -> Option<HeaderValue> {
        self.line("", Some(0), secure)
    }

    fn line(self, value: &str, seconds: Option<u32>, secure: bool) -> Option<HeaderValue> {
        let name = self.name(secure);
        let mut line = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax");
        if secure {
            line.push_str("; Secure");
        }
        if let Some(seconds) = seconds {
            line.push_str(&format!("; Max-Age={seconds}"));
        }
        HeaderValue::from_str(&line).ok()
    }
}
