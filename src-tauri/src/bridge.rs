//! What the page can ask of the app: the companion's commands, and to be told that it has painted.

use crate::tablet::Tablet;
use hemrond_companion::api::Failure;
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
    done: AtomicBool,
}

impl Paint {
    pub(crate) fn new(report: bool) -> Self {
        Self {
            started: Instant::now(),
            report,
            done: AtomicBool::new(false),
        }
    }
}

/// The page says that its first content is on the screen.
#[tauri::command]
#[allow(
    clippy::needless_pass_by_value,
    reason = "the handler's macro passes state by value"
)]
pub(crate) fn painted(paint: State<'_, Paint>) {
    if paint.report && !paint.done.swap(true, Ordering::Relaxed) {
        println!("painted after {} ms", paint.started.elapsed().as_millis());
    }
}
