//! What every page has around it, and what pages are made of.

use super::{
    posted::TOKEN,
    visitor::{Admin, Visitor},
    words::Language,
};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use qrcode::{EcLevel, QrCode, render::svg};

/// The parts of the administration, in the order in which they are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Users,
    Devices,
    Units,
    Roles,
    Log,
    Review,
    Extract,
}

impl Part {
    const ALL: [(Self, &'static str); 7] = [
        (Self::Users, "/admin/users"),
        (Self::Devices, "/admin/devices"),
        (Self::Units, "/admin/units"),
        (Self::Roles, "/admin/roles"),
        (Self::Log, "/admin/log"),
        (Self::Review, "/admin/review"),
        (Self::Extract, "/admin/extract"),
    ];

    pub(super) fn title(self, language: Language) -> &'static str {
        let key = match self {
            Self::Users => language.find("users.title"),
            Self::Devices => language.find("devices.title"),
            Self::Units => language.find("units.title"),
            Self::Roles => language.find("roles.title"),
            Self::Log => language.find("log.title"),
            Self::Review => language.find("review.title"),
            Self::Extract => language.find("extract.title"),
        };
        key.unwrap_or_default()
    }
}

/// A page for somebody who is not signed in.
pub(super) fn outside(visitor: &Visitor, title: &str, content: &Markup) -> Markup {
    page(visitor, title, None, content)
}

/// A page of the administration.
pub(super) fn inside(admin: &Admin, part: Part, title: &str, content: &Markup) -> Markup {
    page(&admin.visitor, title, Some((admin, part)), content)
}

fn page(
    visitor: &Visitor,
    title: &str,
    signed_in: Option<(&Admin, Part)>,
    content: &Markup,
) -> Markup {
    let language = visitor.language;
    html! {
        (DOCTYPE)
        html lang=(language.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " – Hemrond" }
                link rel="stylesheet" href="/admin/style.css";
                link rel="icon" href="data:,";
            }
            body {
                a.skip href="#content" { (language.say("layout.skip")) }
                header.top {
                    p.brand { "Hemrond " span { (language.say("layout.administration")) } }
                    (languages(visitor))
                    @if let Some((admin, _)) = signed_in {
                        div.who {
                            span { (admin.account.user.name) }
                            form method="post" action="/admin/sign-out" {
                                (token(&admin.session.form_token))
                                button.button type="submit" { (language.say("layout.sign_out")) }
                            }
                        }
                    }
                }
                @if let Some((_, part)) = signed_in { (navigation(language, part)) }
                main #content tabindex="-1" { (content) }
            }
        }
    }
}

fn languages(visitor: &Visitor) -> Markup {
    let back = visitor.path.as_str();
    html! {
        nav.languages aria-label=(visitor.language.say("layout.languages")) {
            @for (language, name) in [(Language::Swedish, "Svenska"), (Language::English, "English")] {
                @let current = (language == visitor.language).then_some("true");
                a href={ "/admin/language/" (language.code()) "?back=" (back) }
                    lang=(language.code()) aria-current=[current] { (name) }
            }
        }
    }
}

fn navigation(language: Language, here: Part) -> Markup {
    html! {
        nav.parts aria-label=(language.say("layout.parts")) {
            ul {
                @for (part, address) in Part::ALL {
                    @let current = (part == here).then_some("page");
                    li { a href=(address) aria-current=[current] { (part.title(language)) } }
                }
            }
        }
    }
}

/// The field that every form brings along.
pub(super) fn token(token: &str) -> Markup {
    html! { input type="hidden" name=(TOKEN) value=(token); }
}

/// The most letters of a field, as of a line in a document.
const LINE: usize = 200;

/// Whether what was typed into fields is no longer than they are. A page holds people to it; not everybody
/// comes from a page.
pub(super) fn fit(typed: &[&str]) -> bool {
    typed.iter().all(|words| words.chars().count() <= LINE)
}

/// A field with its label above it, and its help between.
pub(super) struct Field<'a> {
    pub(super) name: &'a str,
    pub(super) label: &'a str,
    pub(super) help: Option<&'a str>,
    pub(super) kind: &'a str,
    pub(super) value: &'a str,
    pub(super) autocomplete: &'a str,
    pub(super) required: bool,
}

impl<'a> Field<'a> {
    /// A required field for a line of text.
    pub(super) const fn text(name: &'a str, label: &'a str, value: &'a str) -> Self {
        Self {
            name,
            label,
            help: None,
            kind: "text",
            value,
            autocomplete: "off",
            required: true,
        }
    }

    /// The field's markup.
    pub(super) fn show(&self) -> Markup {
        let help = self.help.map(|_| format!("{}-help", self.name));
        // A code is typed as it is read: no capital letters by themselves, no corrections.
        let numeric = (self.autocomplete == "one-time-code").then_some("text");
        html! {
            div.field {
                label for=(self.name) { (self.label) }
                @if let (Some(id), Some(text)) = (&help, self.help) { p.help id=(id) { (text) } }
                input.input id=(self.name) name=(self.name) type=(self.kind) value=(self.value)
                    autocomplete=(self.autocomplete) autocapitalize="none" spellcheck="false"
                    inputmode=[numeric] maxlength=(LINE) required[self.required]
                    aria-describedby=[help];
            }
        }
    }
}

/// A choice among several, with its label.
pub(super) fn choice(
    name: &str,
    label: &str,
    options: &[(String, String)],
    chosen: &str,
) -> Markup {
    html! {
        div.field {
            label for=(name) { (label) }
            select.input id=(name) name=(name) required {
                @for (value, words) in options {
                    option value=(value) selected[value == chosen] { (words) }
                }
            }
        }
    }
}

/// What went wrong with a form, above it and read out at once.
pub(super) fn problem(words: Option<&str>) -> Markup {
    html! {
        @if let Some(words) = words { p.problem role="alert" { (words) } }
    }
}

/// What was just done.
pub(super) fn done(language: Language, done: Option<&str>) -> Markup {
    let words = done.and_then(|done| language.find(&format!("done.{done}")));
    html! {
        @if let Some(words) = words { p.done role="status" { (words) } }
    }
}

/// A QR code with a white border, as the readers need it; nothing if the text is too long for one.
pub(super) fn qr(text: &str, label: &str) -> Markup {
    let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::M) else {
        return html! {};
    };
    let drawn = code
        .render::<svg::Color<'_>>()
        .min_dimensions(240, 240)
        .build();
    // The picture's own first line does not belong inside a page.
    let drawn = drawn.split_once("?>").map_or("", |(_, svg)| svg).to_owned();
    html! {
        div.qr role="img" aria-label=(label) { (PreEscaped(drawn)) }
    }
}

/// A moment, by the clocks in Sweden, to the minute.
pub(super) fn moment(ms: i64) -> Markup {
    let at = chrono::DateTime::from_timestamp_millis(ms).unwrap_or_default();
    html! {
        time datetime=(at.to_rfc3339()) { (swedish(at).format("%Y-%m-%d %H:%M")) }
    }
}

/// The same with its distance from UTC, for texts that say it.
pub(super) fn in_sweden(ms: i64) -> chrono::DateTime<chrono::FixedOffset> {
    let at = chrono::DateTime::from_timestamp_millis(ms).unwrap_or_default();
    let ahead = swedish(at) - at.naive_utc();
    let ahead = i32::try_from(ahead.num_seconds()).unwrap_or_default();
    let zone = chrono::FixedOffset::east_opt(ahead);
    zone.map_or_else(|| at.fixed_offset(), |zone| at.with_timezone(&zone))
}

/// Swedish local time: an hour ahead of UTC, two from the last Sunday of March to that of October,
/// each at one o'clock UTC (directive 2000/84/EC).
pub(super) fn swedish(at: chrono::DateTime<chrono::Utc>) -> chrono::NaiveDateTime {
    use chrono::{Datelike, Duration, NaiveDate};
    let last_sunday = |month| {
        let last = NaiveDate::from_ymd_opt(at.year(), month, 31).unwrap_or_default();
        let back = i64::from(last.weekday().num_days_from_sunday());
        (last - Duration::days(back))
            .and_hms_opt(1, 0, 0)
            .unwrap_or_default()
    };
    let utc = at.naive_utc();
    let summer = utc >= last_sunday(3) && utc < last_sunday(10);
    utc + Duration::hours(if summer { 2 } else { 1 })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Directive 2000/84/EC, articles 2 and 3; the dates are those of 2026.
    #[test]
    fn moments_are_shown_by_the_clocks_in_sweden() {
        for (utc, local) in [
            ("2026-01-15T12:00:00Z", "2026-01-15T13:00:00"),
            ("2026-03-29T00:59:59Z", "2026-03-29T01:59:59"),
            ("2026-03-29T01:00:00Z", "2026-03-29T03:00:00"),
            ("2026-10-25T00:59:59Z", "2026-10-25T02:59:59"),
            ("2026-10-25T01:00:00Z", "2026-10-25T02:00:00"),
            ("2026-12-31T23:30:00Z", "2027-01-01T00:30:00"),
        ] {
            let shown = swedish(utc.parse().unwrap()).format("%Y-%m-%dT%H:%M:%S");
            assert_eq!(shown.to_string(), local);
        }
    }

    #[test]
    fn what_people_typed_stays_text() {
        let field = Field::text("name", "Namn", "\"><script>alert(1)</script>").show();
        assert!(!field.into_string().contains("<script>"));
    }
}
