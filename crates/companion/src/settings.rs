//! What the user sets on this tablet: language, theme, text size, staying offline.

use crate::{
    api::{SetOffline, Settings},
    failure::{Outcome, Problem},
    tablet::{Companion, State},
};
use hemrond_store::Store;

const SETTINGS: &str = "settings";
const OFFLINE: &str = "offline_by_choice";

/// Text below 100 % would pass under 18 px; above 200 % the layout is not made for it.
const TEXT_PERCENT: std::ops::RangeInclusive<u16> = 100..=200;

/// Records are signed as soon as possible: not later than a week, whatever is set.
const UNSIGNED_HOURS: std::ops::RangeInclusive<u16> = 1..=168;
/// At least long enough to read a page, at most half an hour on a table.
const LOCK_MINUTES: std::ops::RangeInclusive<u8> = 1..=30;

/// What was wished for, as far as it can be had.
pub(crate) fn within_bounds(wanted: &Settings) -> Settings {
    Settings {
        text_percent: wanted
            .text_percent
            .clamp(*TEXT_PERCENT.start(), *TEXT_PERCENT.end()),
        unsigned_hours: wanted
            .unsigned_hours
            .clamp(*UNSIGNED_HOURS.start(), *UNSIGNED_HOURS.end()),
        lock_minutes: wanted
            .lock_minutes
            .clamp(*LOCK_MINUTES.start(), *LOCK_MINUTES.end()),
        ..wanted.clone()
    }
}

impl Companion {
    pub(crate) async fn read_settings(store: &Store) -> Outcome<Settings> {
        let text = store.meta_get(SETTINGS).await?;
        // Settings of another version that cannot be read are no reason not to start.
        Ok(text
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default())
    }

    pub(crate) async fn read_offline(store: &Store) -> Outcome<bool> {
        Ok(store.meta_get(OFFLINE).await?.as_deref() == Some("yes"))
    }

    pub(crate) async fn set_settings(&self, state: &mut State, wanted: &Settings) -> Outcome<()> {
        let settings = within_bounds(wanted);
        let text = serde_json::to_string(&settings)
            .map_err(|error| Problem::new("command.unreadable").with("detail", error))?;
        self.store.meta_set(SETTINGS, &text).await?;
        state.settings = settings;
        Ok(())
    }

    pub(crate) async fn set_offline(&self, state: &mut State, args: SetOffline) -> Outcome<()> {
        self.store
            .meta_set(OFFLINE, if args.offline { "yes" } else { "no" })
            .await?;
        state.link.offline_by_choice = args.offline;
        if args.offline {
            state.link.connection = crate::api::Connection::Offline;
            state.link.last_failure = Some(Problem::new("sync.offline_by_choice"));
        } else {
            state.link.last_failure = None;
        }
        self.wake.notify_one();
        self.asked.notify_one();
        Ok(())
    }
}
