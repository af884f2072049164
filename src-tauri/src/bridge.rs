//! What the page can ask of the app: the companion's commands, and to be told that it has painted.

use crate::tablet::Tablet;
use hemrond_companion::api::Failure;
use serde::Deserialize;
use serde_json::Value;
use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Instant,
};
use tauri::State;

/// Runs one of the companion's commands.
#[tauri::command]
pub(crate) async fn call(
    tablet: State<'_, Tablet>,
    command: String,
    args: Option<Value>,
) -> Result<Value, Failure> {
    tablet
        .door()?
        .call_json(&command, args.unwrap_or(Value::Null))
        .await
}

/// When the app started, and whether anyone wants to know how long the first page took.
pub(crate) struct Paint {
    started: Instant,
    report: bool,
    done: [AtomicBool; 3],
}

/// A page whose first picture is measured.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Page {
    /// An empty page, to be measured against.
    Blank,
    /// The locked tablet.
    Lock,
    /// The round.
    Round,
}

impl Paint {
    pub(crate) fn new(report: bool) -> Self {
        Self {
            started: Instant::now(),
            report,
            done: Default::default(),
        }
    }
}

/// The page says that its content is on the screen.
#[tauri::command]
#[allow(
    clippy::needless_pass_by_value,
    reason = "the handler's macro passes state by value"
)]
pub(crate) fn painted(paint: State<'_, Paint>, page: Page) {
    let first = match paint.done.get(page as usize) {
        Some(done) => !done.swap(true, Ordering::Relaxed),
        None => false,
    };
    if paint.report && first {
        let after = paint.started.elapsed().as_millis();
        println!("painted {page:?} after {after} ms");
    }
}
