//! A real tablet without a screen, in a process of its own.

use crate::{
    DEADLINE, SystemKeyring,
    programs::{Output, program, run_with_input},
};
use serde_json::{Value, json};
use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{Arc, mpsc},
};
use tempfile::TempDir;

/// The PIN of everybody in the tests.
pub const PIN: &str = "407306";

/// What a tablet could not do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The stable code.
    pub code: String,
    /// The sentence in the user's language.
    pub message: String,
}

/// A tablet of one person. Its folder outlives its process, until the test ends.
#[derive(Debug)]
pub struct Tablet {
    folder: Arc<TempDir>,
    background: bool,
    /// The bus of the desktop whose keystore it uses; else files keep its half of the keys.
    desktop: Option<String>,
    /// Whether somebody has a place on it, whom to let in again after a start.
    enrolled: bool,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    child: Child,
    stdin: ChildStdin,
    answers: mpsc::Receiver<String>,
}

impl Tablet {
    /// A tablet fresh from its box, which syncs only when it is told to.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn new() -> Self {
        Self::made(false)
    }

    /// The same, and it syncs by itself as the app does.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn with_background() -> Self {
        Self::made(true)
    }

    fn made(background: bool) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("hemrond-tablet-")
            .tempdir()
            .expect("a folder");
        let mut tablet = Self {
            folder: Arc::new(folder),
            background,
            desktop: None,
            enrolled: false,
            running: None,
        };
        tablet.start();
        tablet
    }

    /// A tablet whose folder is a small disk of its own, in a mount namespace of its own. Files on
    /// it are reached by [`Tablet::on_its_disk`].
    ///
    /// # Panics
    /// When this system does not let a user mount a disk of their own.
    #[must_use]
    pub fn on_a_disk_of(bytes: usize) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("hemrond-tablet-")
            .tempdir()
            .expect("a folder");
        let script = r#"mount -t tmpfs -o "size=$1" tmpfs "$2" && exec "$3" stdio --folder "$2""#;
        let mut command = Command::new("unshare");
        command
            .args(["--map-root-user", "--mount", "sh", "-c", script, "sh"])
            .arg(bytes.to_string())
            .arg(folder.path())
            .arg(program("hemrond-tablet"));
        let mut tablet = Self {
            folder: Arc::new(folder),
            background: false,
            desktop: None,
            enrolled: false,
            running: None,
        };
        tablet.spawn(&mut command);
        tablet
    }

    /// The path under which others than the tablet see a file of its folder.
    ///
    /// # Panics
    /// When the tablet does not run.
    #[must_use]
    pub fn on_its_disk(&self, name: &str) -> PathBuf {
        let process = self.running.as_ref().expect("the tablet runs").child.id();
        let inside = self
            .folder()
            .strip_prefix("/")
            .unwrap_or_else(|_| self.folder());
        PathBuf::from(format!("/proc/{process}/root"))
            .join(inside)
            .join(name)
    }

    /// The tablet's folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The database of the tablet's only user.
    ///
    /// # Panics
    /// When nobody has a place on it.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        let users = std::fs::read_dir(self.folder().join("users")).expect("users");
        let mut folders = users.map(|user| user.expect("a user's folder").path());
        folders.next().expect("a user").join("tablet.db")
    }

    /// Starts it again in the same folder, and its user unlocks it.
    ///
    /// # Panics
    /// When it runs already or does not start.
    pub fn start(&mut self) {
        assert!(self.running.is_none(), "it runs already");
        let mut command = Command::new(program("hemrond-tablet"));
        command.arg("stdio").arg("--folder").arg(self.folder());
        if self.background {
            command.arg("--background");
        }
        if let Some(bus) = &self.desktop {
            command.args(["--keystore", "platform"]);
            command.env("DBUS_SESSION_BUS_ADDRESS", bus);
        }
        self.spawn(&mut command);
        if self.enrolled {
            self.unlock();
        }
    }

    /// From its next start on it keeps its half of the keys with a desktop.
    pub fn keep_keys_with(&mut self, keyring: &SystemKeyring) {
        self.desktop = Some(keyring.address());
    }

    /// The tablet's only user types the PIN.
    ///
    /// # Panics
    /// When it does not open.
    pub fn unlock(&mut self) {
        let unlocked = self.try_unlock();
        unlocked.unwrap_or_else(|failure| panic!("unlock: {} ({})", failure.message, failure.code));
    }

    /// The same, when it may not open.
    ///
    /// # Errors
    /// With what the tablet says instead.
    ///
    /// # Panics
    /// When the tablet does not answer.
    pub fn try_unlock(&mut self) -> Result<Value, Failure> {
        let door = self.ok("door", Value::Null);
        let user = door["users"][0]["id"].clone();
        self.call("unlock", json!({ "user": user, "pin": PIN }))
    }

    /// Starts it again, and leaves it locked.
    ///
    /// # Panics
    /// When it runs already or does not start.
    pub fn start_locked(&mut self) {
        let enrolled = std::mem::replace(&mut self.enrolled, false);
        self.start();
        self.enrolled = enrolled;
    }

    fn spawn(&mut self, command: &mut Command) {
        let mut child = command
            .env("HEMROND_LOG", "off")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the tablet starts");
        let stdin = child.stdin.take().expect("a pipe");
        let stdout = child.stdout.take().expect("a pipe");
        let (told, answers) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if told.send(line).is_err() {
                    return;
                }
            }
        });
        self.running = Some(Running {
            child,
            stdin,
            answers,
        });
    }

    /// What opening this folder a second time says, while it runs or not.
    #[must_use]
    pub fn open_again(&self) -> Output {
        let folder = self.folder().as_os_str().to_owned();
        let arguments = ["stdio".into(), "--folder".into(), folder];
        run_with_input("hemrond-tablet", arguments, "{\"command\":\"door\"}\n")
    }

    /// Sends a line as it is and gives the answer as it is.
    ///
    /// # Panics
    /// When the tablet does not answer.
    pub fn line(&mut self, line: &str) -> Value {
        self.send(line);
        self.receive()
    }

    /// Sends a command without waiting for its answer: [`Tablet::receive`] gives it.
    ///
    /// # Panics
    /// When the tablet is gone.
    pub fn begin(&mut self, command: &str, arguments: Value) {
        let mut arguments = arguments;
        if command == "enrol" && arguments.get("pin").is_none() {
            arguments["pin"] = PIN.into();
        }
        self.send(&json!({ "command": command, "args": arguments }).to_string());
    }

    fn send(&mut self, line: &str) {
        let running = self.running.as_mut().expect("the tablet runs");
        running
            .stdin
            .write_all(format!("{line}\n").as_bytes())
            .and_then(|()| running.stdin.flush())
            .expect("the tablet listens");
    }

    /// The next answer.
    ///
    /// # Panics
    /// When none comes.
    pub fn receive(&mut self) -> Value {
        let running = self.running.as_mut().expect("the tablet runs");
        let line = running
            .answers
            .recv_timeout(DEADLINE)
            .expect("the tablet answers");
        serde_json::from_str(&line).expect("the answer is JSON")
    }

    /// Runs a command.
    ///
    /// # Errors
    /// With what the tablet says instead.
    ///
    /// # Panics
    /// When the tablet does not answer.
    pub fn call(&mut self, command: &str, arguments: Value) -> Result<Value, Failure> {
        self.begin(command, arguments);
        let answer = read(self.receive());
        self.enrolled |= command == "enrol" && answer.is_ok();
        answer
    }

    /// Runs a command that must succeed.
    ///
    /// # Panics
    /// When it does not.
    #[track_caller]
    pub fn ok(&mut self, command: &str, arguments: Value) -> Value {
        match self.call(command, arguments) {
            Ok(answer) => answer,
            Err(failure) => panic!("{command}: {} ({})", failure.message, failure.code),
        }
    }

    /// Runs a command that must fail, and gives its code.
    ///
    /// # Panics
    /// When it succeeds, or fails without a sentence.
    #[track_caller]
    pub fn fails(&mut self, command: &str, arguments: Value) -> String {
        match self.call(command, arguments) {
            Ok(answer) => panic!("{command} should have failed, and answered {answer}"),
            Err(failure) => {
                assert!(failure.message.len() > failure.code.len(), "{failure:?}");
                assert!(failure.message.contains(' '), "no sentence: {failure:?}");
                failure.code
            }
        }
    }

    /// Syncs, which must succeed, and gives the status.
    ///
    /// # Panics
    /// When it does not.
    #[track_caller]
    pub fn sync(&mut self) -> Value {
        self.ok("sync_now", Value::Null)
    }

    /// Edits fields of a document: each a field and its value.
    ///
    /// # Panics
    /// When an edit is refused.
    #[track_caller]
    pub fn set(&mut self, document: &Value, fields: &[(&str, Value)]) -> Value {
        let edits: Vec<Value> = fields
            .iter()
            .map(|(field, value)| json!({ "edit": "set", "field": field, "value": value }))
            .collect();
        self.ok("edit", json!({ "document": document, "edits": edits }))
    }

    /// Writes a running text of a document.
    ///
    /// # Panics
    /// When it is refused.
    #[track_caller]
    pub fn write(&mut self, document: &Value, field: &str, text: &str) -> Value {
        let edit = json!({ "edit": "text", "field": field, "value": text });
        self.ok("edit", json!({ "document": document, "edits": [edit] }))
    }

    /// A visit's page.
    ///
    /// # Panics
    /// When it is not there.
    #[track_caller]
    pub fn visit(&mut self, visit: &Value) -> Value {
        self.ok("visit", json!({ "visit": visit }))
    }

    /// Takes its power away in the middle of whatever it does.
    ///
    /// # Panics
    /// When it does not run.
    pub fn kill(&mut self) {
        let mut running = self.running.take().expect("the tablet runs");
        running.child.kill().expect("the tablet is killed");
        running.child.wait().expect("the tablet ends");
    }

    /// Closes it as a person does.
    ///
    /// # Panics
    /// When it does not end well.
    pub fn close(&mut self) {
        let Running {
            mut child, stdin, ..
        } = self.running.take().expect("the tablet runs");
        drop(stdin);
        assert!(
            child.wait().expect("the tablet ends").success(),
            "it did not close well"
        );
    }
}

impl Default for Tablet {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Tablet {
    fn drop(&mut self) {
        if let Some(mut running) = self.running.take() {
            drop(running.child.kill());
            drop(running.child.wait());
        }
    }
}

fn read(answer: Value) -> Result<Value, Failure> {
    if let Some(ok) = answer.get("ok") {
        return Ok(ok.clone());
    }
    let text = |key: &str| answer["error"][key].as_str().unwrap_or_default().to_owned();
    Err(Failure {
        code: text("code"),
        message: text("message"),
    })
}
