//! A one-time code, shown once: as text, and as a picture that a tablet or telephone reads.

use super::layout::qr;
use maud::{Markup, html};

/// A code and what to do with it.
pub(super) struct ShownOnce<'a> {
    pub(super) title: &'a str,
    pub(super) what_to_do: &'a str,
    pub(super) code: &'a str,
    /// What the picture holds.
    pub(super) picture: &'a str,
    pub(super) picture_label: &'a str,
    pub(super) once: &'a str,
    pub(super) back: (&'a str, &'a str),
}

impl ShownOnce<'_> {
    pub(super) fn show(&self) -> Markup {
        html! {
            h1 { (self.title) }
            p { (self.what_to_do) }
            p.code { (self.code) }
            (qr(self.picture, self.picture_label))
            p.warning { (self.once) }
            p { a.button.primary href=(self.back.0) { (self.back.1) } }
        }
    }
}
