//! Scoring one instrument at a time, for checking the rules by hand.

use hemrond_domain::instruments::line;
use std::io::{BufRead as _, Write as _};

pub(crate) fn run(name: &str) -> Result<(), String> {
    if !line::NAMES.contains(&name) {
        return Err(format!(
            "there is no instrument \"{name}\"; there are {}",
            line::NAMES.join(", ")
        ));
    }
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(|error| error.to_string())?;
        if line.trim().is_empty() {
            continue;
        }
        writeln!(out, "{}", line::evaluate(name, &line)).map_err(|error| error.to_string())?;
    }
    out.flush().map_err(|error| error.to_string())
}
