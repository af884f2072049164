//! A real Secret Service: GNOME Keyring on a session bus of its own.

use crate::until;
use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;

/// The keystore of one desktop, unlocked as signing in does. It ends with the test; what it keeps
/// lies in its own folder.
#[derive(Debug)]
pub struct SystemKeyring {
    folder: TempDir,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    bus: Child,
    keyring: Child,
}

impl SystemKeyring {
    /// A keystore that is empty, and runs.
    ///
    /// # Panics
    /// When GNOME Keyring or D-Bus is not installed.
    #[must_use]
    pub fn new() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("hemrond-keyring-")
            .tempdir()
            .expect("a folder");
        let mut keyring = Self {
            folder,
            running: None,
        };
        keyring.start();
        keyring
    }

    /// Starts it again with what it kept.
    ///
    /// # Panics
    /// When it runs already or does not start.
    pub fn start(&mut self) {
        assert!(self.running.is_none(), "it runs already");
        let bus = start_bus(&self.socket());
        let mut keyring = self.command("gnome-keyring-daemon");
        let mut keyring = keyring
            .args(["--foreground", "--unlock", "--components=secrets"])
            .arg("--control-directory")
            .arg(self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("GNOME Keyring starts");
        let mut password = keyring.stdin.take().expect("a pipe");
        password.write_all(b"signs in").expect("it reads");
        drop(password);
        self.running = Some(Running { bus, keyring });
        until("the keyring offers its secrets", || self.is_offered());
    }

    fn is_offered(&self) -> Option<()> {
        let mut asked = self.command("dbus-send");
        asked
            .args(["--session", "--print-reply=literal"])
            .args(["--dest=org.freedesktop.DBus", "/org/freedesktop/DBus"])
            .arg("org.freedesktop.DBus.NameHasOwner")
            .arg("string:org.freedesktop.secrets");
        let answer = asked.output().expect("dbus-send");
        let answer = String::from_utf8_lossy(&answer.stdout).into_owned();
        answer.contains("true").then_some(())
    }

    /// Ends it, and its bus with it.
    ///
    /// # Panics
    /// When it does not run.
    pub fn stop(&mut self) {
        let mut running = self.running.take().expect("the keyring runs");
        running.end();
    }

    /// The bus on which programs reach it.
    #[must_use]
    pub fn address(&self) -> String {
        format!("unix:path={}", self.socket().display())
    }

    /// The file in which it keeps its secrets.
    #[must_use]
    pub fn file(&self) -> PathBuf {
        self.folder.path().join("data/keyrings/login.keyring")
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("bus")
    }

    /// A program of this desktop's.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env("DBUS_SESSION_BUS_ADDRESS", self.address())
            .env("XDG_DATA_HOME", self.folder.path().join("data"))
            .env("XDG_RUNTIME_DIR", self.folder.path())
            .env("HOME", self.folder.path());
        command
    }
}

/// A bus that has nothing to start by itself: what is not there stays away.
fn start_bus(socket: &Path) -> Child {
    drop(std::fs::remove_file(socket));
    let configuration = socket.with_extension("conf");
    let rules = format!(
        "<busconfig><type>session</type><listen>unix:path={}</listen><policy context=\"default\">\
         <allow send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/>\
         <allow own=\"*\"/></policy></busconfig>",
        socket.display()
    );
    std::fs::write(&configuration, rules).expect("the bus's rules");
    let mut bus = Command::new("dbus-daemon")
        .arg(format!("--config-file={}", configuration.display()))
        .args(["--nofork", "--print-address"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("D-Bus starts");
    let mut address = String::new();
    BufReader::new(bus.stdout.take().expect("a pipe"))
        .read_line(&mut address)
        .expect("the bus's address");
    assert!(address.starts_with("unix:"), "the bus did not start");
    bus
}

impl Running {
    fn end(&mut self) {
        for process in [&mut self.keyring, &mut self.bus] {
            drop(process.kill());
            drop(process.wait());
        }
    }
}

impl Default for SystemKeyring {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for SystemKeyring {
    fn drop(&mut self) {
        if let Some(mut running) = self.running.take() {
            running.end();
        }
    }
}
