//! The whole story in real windows, under a display that nobody sees.
//!
//! Nurse Eva and her colleague Omar are both offline and edit the same visit, also the same field;
//! Stina of the home help logs "unsteady, ate little"; all come back into coverage; the different
//! answers are shown and settled; Eva signs; Dr Anna Berg reads everything and adds a note; Eva sees
//! it; an edit that Omar made late and offline appears as an addition to the signed visit.
//!
//! `window-story --pictures FOLDER` leaves a picture of every step and exits 0 only if each held.

mod display;
mod stage;
mod story;
mod window;

use std::{path::PathBuf, process::ExitCode};

/// What can stop the story: a sentence about the step that did not hold.
type Told<T> = Result<T, String>;

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let mut pictures = PathBuf::from("target/demo");
    while let Some(argument) = arguments.next() {
        match (argument.as_str(), arguments.next()) {
            ("--pictures", Some(folder)) => pictures = PathBuf::from(folder),
            _ => {
                eprintln!("usage: window-story [--pictures FOLDER]");
                return ExitCode::FAILURE;
            }
        }
    }
    match run(&pictures).await {
        Ok(steps) => {
            println!(
                "story: {steps} steps held; pictures in {}",
                pictures.display()
            );
            println!("{steps} passed, 0 failed");
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("story: {problem}");
            println!("0 passed, 1 failed");
            ExitCode::FAILURE
        }
    }
}

async fn run(pictures: &std::path::Path) -> Told<u32> {
    let display = display::Display::start()?;
    let stage = stage::Stage::set(pictures, display.name())?;
    story::tell(&stage).await
}
