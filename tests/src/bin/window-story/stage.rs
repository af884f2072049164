//! The stage: a real server with sample data, and an enrolled tablet for everyone in the story.

use crate::Told;
use hemrond_tests::PIN;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// Everything that the story needs around its windows.
pub(crate) struct Stage {
    server: Child,
    address: String,
    codes: BTreeMap<String, String>,
    folder: tempfile::TempDir,
    pictures: PathBuf,
    display: String,
}

impl Stage {
    pub(crate) fn set(pictures: &Path, display: &str) -> Told<Self> {
        std::fs::create_dir_all(pictures).map_err(|error| error.to_string())?;
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let database = format!("sqlite:{}", folder.path().join("server.db").display());
        let seeded = Command::new(program("hemrond-server")?)
            .args(["--database", &database, "seed", "--print-codes"])
            .output()
            .map_err(|error| error.to_string())?;
        if !seeded.status.success() {
            return Err(format!(
                "seeding: {}",
                String::from_utf8_lossy(&seeded.stderr)
            ));
        }
        let codes = serde_json::from_slice(&seeded.stdout)
            .map_err(|error| format!("the codes cannot be read: {error}"))?;
        let mut server = Command::new(program("hemrond-server")?)
            .args(["--database", &database, "serve", "--listen", "127.0.0.1:0"])
            .args(["--admin-listen", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| error.to_string())?;
        let address = listening(&mut server)?;
        Ok(Self {
            server,
            address,
            codes,
            folder,
            pictures: pictures.to_owned(),
            display: display.to_owned(),
        })
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn display(&self) -> &str {
        &self.display
    }

    pub(crate) fn pictures(&self) -> &Path {
        &self.pictures
    }

    pub(crate) fn code(&self, who: &str) -> Told<&str> {
        self.codes
            .get(who)
            .map(String::as_str)
            .ok_or_else(|| format!("the server gave {who} no code"))
    }

    pub(crate) fn tablet(&self, who: &str) -> PathBuf {
        self.folder.path().join(who)
    }

    /// Enrols a tablet and fills it, without a window.
    pub(crate) fn enrol(&self, who: &str) -> Told<()> {
        let code = self.code(who)?;
        let tablet = format!("{who}s platta");
        let enrol = json!({ "server": self.address, "code": code, "tablet": tablet, "pin": PIN });
        self.ask(who, &[("enrol", enrol), ("sync_now", json!({}))])
            .map(|_| ())
    }

    /// Has its user unlock a tablet that has no window open, and asks it; answers the last command's
    /// answer.
    pub(crate) fn ask_unlocked(&self, who: &str, command: &str, args: Value) -> Told<Value> {
        let door = self.ask(who, &[("door", json!({}))])?;
        let unlock = json!({ "user": door["users"][0]["id"], "pin": PIN });
        self.ask(who, &[("unlock", unlock), (command, args)])
    }

    /// Asks a tablet that has no window open; answers the last command's answer.
    fn ask(&self, who: &str, commands: &[(&str, Value)]) -> Told<Value> {
        let mut tablet = Command::new(program("hemrond-tablet")?)
            .arg("stdio")
            .arg("--folder")
            .arg(self.tablet(who))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        let mut lines = String::new();
        for (command, args) in commands {
            lines.push_str(&json!({ "command": command, "args": args }).to_string());
            lines.push('\n');
        }
        if let Some(mut stdin) = tablet.stdin.take() {
            stdin
                .write_all(lines.as_bytes())
                .map_err(|error| error.to_string())?;
        }
        let output = tablet
            .wait_with_output()
            .map_err(|error| error.to_string())?;
        let mut last = Value::Null;
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            let answer: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
            if let Some(error) = answer.get("error") {
                return Err(format!("{who}'s tablet: {error}"));
            }
            last = answer.get("ok").cloned().unwrap_or_default();
        }
        Ok(last)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// A program of ours, beside this one.
pub(crate) fn program(name: &str) -> Told<PathBuf> {
    let here = std::env::current_exe().map_err(|error| error.to_string())?;
    let path = here
        .parent()
        .map(|folder| folder.join(name))
        .unwrap_or_default();
    if path.is_file() {
        Ok(path)
    } else {
        Err(format!(
            "{} is not built; run `cargo build --workspace` first",
            path.display()
        ))
    }
}

/// Waits for the server's line and reads its address.
fn listening(server: &mut Child) -> Told<String> {
    let out = server.stdout.take().ok_or("the server has no output")?;
    let mut lines = BufReader::new(out).lines();
    let address = loop {
        let line = lines
            .next()
            .ok_or("the server ended before it listened")?
            .map_err(|error| error.to_string())?;
        if let Some(address) = line.strip_prefix("listening on ") {
            break address.trim().to_owned();
        }
    };
    // The server must never wait for somebody to read what it prints.
    std::thread::spawn(move || lines.for_each(drop));
    Ok(address)
}
