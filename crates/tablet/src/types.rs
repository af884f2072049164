//! Writing what is generated from the commands: the interface's types and their reference.

use hemrond_companion::api::{Command, typescript};
use std::{fmt::Write as _, path::Path};

pub(crate) fn write(root: &Path) -> Result<(), String> {
    let folder = root.join("ui/src/generated");
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    typescript::write(&folder).map_err(|error| error.to_string())?;
    let docs = root.join("docs/commands.md");
    let text = std::fs::read_to_string(&docs).unwrap_or_default();
    let intro = text.split(MARK).next().unwrap_or_default().to_owned();
    std::fs::write(docs, format!("{intro}{MARK}\n\n{}", table())).map_err(|error| error.to_string())
}

/// What follows is generated; what stands before is written by hand.
const MARK: &str = "<!-- generated: commands -->";

fn table() -> String {
    let mut text =
        String::from("| Command | Takes | Answers | What it does |\n|---|---|---|---|\n");
    for command in Command::ALL {
        let link = |name: &str| format!("[`{name}`](../ui/src/generated/{name}.ts)");
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} |",
            command.name,
            link(command.args),
            link(command.answer),
            command.about.trim()
        );
    }
    text
}
