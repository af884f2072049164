//! The interface's types, generated from the commands, so that neither side can drift.

use super::{Command, Event, Failure, command};
use std::{fmt::Write as _, path::Path};
use ts_rs::{Config, ExportError, TS};

/// Why the types could not be written.
#[derive(Debug, thiserror::Error)]
pub enum TypeScriptError {
    /// A type could not be written.
    #[error("a TypeScript type could not be written: {0}")]
    Export(#[from] ExportError),
    /// The list of commands could not be written.
    #[error("the list of commands could not be written: {0}")]
    Io(#[from] std::io::Error),
}

/// Writes one file per type and `commands.ts`, which maps each command to what it takes and answers.
///
/// # Errors
/// When the folder cannot be written.
pub fn write(folder: &Path) -> Result<(), TypeScriptError> {
    // Counters and positions stay far below 2^53.
    let config = Config::new().with_out_dir(folder).with_large_int("number");
    command::export_types(&config)?;
    Event::export_all(&config)?;
    Failure::export_all(&config)?;
    std::fs::write(folder.join("commands.ts"), commands())?;
    Ok(())
}

fn commands() -> String {
    let mut types: Vec<&str> = Command::ALL
        .iter()
        .flat_map(|command| [command.args, command.answer])
        .collect();
    types.sort_unstable();
    types.dedup();
    let mut text = String::from(
        "// Generated from the companion's commands by `cargo xtask types`. Do not edit.\n",
    );
    for name in types {
        let _ = writeln!(text, "import type {{ {name} }} from \"./{name}\";");
    }
    text.push_str("\n/** Every command with what it takes and what it answers. */\n");
    text.push_str("export interface Commands {\n");
    for command in Command::ALL {
        let _ = writeln!(
            text,
            "  /** {} */\n  {}: {{ args: {}; answer: {} }};",
            command.about.trim(),
            command.name,
            command.args,
            command.answer
        );
    }
    text.push_str("}\n");
    text
}
