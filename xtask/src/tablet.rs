//! Hemrond's own programs as this one uses them: a server with sample data, and tablets.

use crate::{
    children::Running,
    error::Error,
    project::{Profile, Project},
    run,
};
use serde_json::{Value, json};
use std::{
    fs::File,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{ChildStdout, Command, Stdio},
};

/// The PIN of everybody in demonstrations and measurements.
pub(crate) const PIN: &str = "407306";

/// A server on SQLite, in a folder of its own. It stops when this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    program: PathBuf,
    database: String,
    log: PathBuf,
    running: Option<Running>,
    /// Where tablets reach it, once it serves.
    pub(crate) address: String,
}

impl Server {
    /// Names a server whose database lies in this folder.
    pub(crate) fn new(project: &Project, profile: Profile, folder: &Path) -> Self {
        Self {
            program: project.binary(profile, "hemrond-server"),
            database: format!("sqlite:{}", folder.join("server.sqlite").display()),
            log: folder.join("server.log"),
            running: None,
            address: String::new(),
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(arguments)
            .arg("--database")
            .arg(&self.database);
        command
    }

    /// Fills its empty database with sample data and further invented persons.
    pub(crate) fn seed(&self, persons: u32) -> Result<(), Error> {
        run::run(&mut self.command(&["seed", "--persons", &persons.to_string()]))
    }

    /// Adds an organisation with one unit and one nurse, whose name is given.
    pub(crate) fn organisation(&self, number: usize) -> Result<String, Error> {
        let (name, unit) = (format!("Kommun {number:03}"), format!("Team {number:03}"));
        let nurse = format!("Nora {number:03}");
        let analysis = ["--decided-by", "Maria Nyberg", "--decided-on", "2026-10-01"];
        let weighed = ["roles", "analyse", "--role", "nurse", "--analysis", "BRA-1"];
        let of_it = ["--organisation", &name];
        for arguments in [
            &["organisations", "add", "--name", &name][..],
            &[
                &["units", "add", "--name", &unit, "--kind", "mobile_team"][..],
                &of_it,
            ]
            .concat(),
            &[&weighed[..], &analysis, &of_it].concat(),
            &[
                "users", "add", "--name", &nurse, "--role", "nurse", "--unit", &unit,
            ],
        ] {
            run::read(&mut self.command(arguments))?;
        }
        Ok(nurse)
    }

    /// Draws a one-time code with which somebody enrols a tablet.
    pub(crate) fn code(&self, name: &str) -> Result<String, Error> {
        let code = run::read(&mut self.command(&["enrol", "--user", name]))?;
        Ok(code.trim().to_owned())
    }

    /// Starts it on a free port. Its log goes to a file beside its database.
    pub(crate) fn serve(&mut self) -> Result<(), Error> {
        let log = File::create(&self.log).map_err(Error::io("making the server's log"))?;
        let mut command = self.command(&["serve", "--listen", "127.0.0.1:0", "--no-admin"]);
        command.stderr(log);
        let (running, line) = Running::start_and_read(&mut command)?;
        let address = line
            .strip_prefix("listening on ")
            .ok_or_else(|| Error::Answer {
                what: "starting the server".to_owned(),
                answer: line.clone(),
            })?;
        self.address = address.to_owned();
        self.running = Some(running);
        Ok(())
    }

    /// The serving process's number.
    pub(crate) fn id(&mut self) -> Result<u32, Error> {
        let running = self.running.as_mut();
        let running =
            running.ok_or_else(|| Error::Missing("the server does not run".to_owned()))?;
        Ok(running.process().id())
    }

    /// Whether it has ended by itself.
    pub(crate) fn has_ended(&mut self) -> Result<bool, Error> {
        self.running.as_mut().map_or(Ok(true), Running::has_ended)
    }
}

/// A tablet without a screen, spoken to line by line. It ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Tablet {
    running: Running,
    answers: BufReader<ChildStdout>,
}

impl Tablet {
    /// Opens the tablet that keeps its data in this folder.
    pub(crate) fn open(project: &Project, profile: Profile, folder: &Path) -> Result<Self, Error> {
        let mut running = Running::start(
            Command::new(project.binary(profile, "hemrond-tablet"))
                .args(["stdio", "--folder"])
                .arg(folder)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped()),
        )?;
        let answers = running.output()?;
        Ok(Self { running, answers })
    }

    /// Asks for a command, which must succeed.
    pub(crate) fn ask(&mut self, command: &str, args: &Value) -> Result<Value, Error> {
        let answer = self.answer(command, args)?;
        read(command, answer)
    }

    /// Asks for a command and waits for the answer, whatever it is.
    fn answer(&mut self, command: &str, args: &Value) -> Result<Value, Error> {
        let broken = || Error::io(format!("asking a tablet for {command}"));
        let mut line = json!({"command": command, "args": args}).to_string();
        line.push('\n');
        let stdin = self.running.process().stdin.as_mut();
        let stdin = stdin.ok_or_else(|| Error::Missing("the tablet takes no input".to_owned()))?;
        stdin.write_all(line.as_bytes()).map_err(broken())?;
        stdin.flush().map_err(broken())?;
        line.clear();
        self.answers.read_line(&mut line).map_err(broken())?;
        serde_json::from_str(&line).map_err(|_| Error::Answer {
            what: command.to_owned(),
            answer: line.trim().to_owned(),
        })
    }

    /// The process's number.
    pub(crate) fn id(&mut self) -> u32 {
        self.running.process().id()
    }

    /// Opens a visit; whoever has no relation to the person says why, as a doctor who is rung does.
    pub(crate) fn open_visit(&mut self, visit: &str) -> Result<Value, Error> {
        let visit = json!({"visit": visit});
        let page = self.answer("visit", &visit)?;
        if page["error"]["code"] == "policy.relation_needed" {
            let why = json!({"person": page["error"]["params"]["person"], "reason": "asked",
                "words": "Ringd om besöket", "days": 1});
            self.ask("declare_relation", &why)?;
            return self.ask("visit", &visit);
        }
        read("visit", page)
    }

    /// Lets its only user in again, after it was opened once more.
    pub(crate) fn unlock(&mut self) -> Result<(), Error> {
        let door = self.ask("door", &Value::Null)?;
        let user = door["users"][0]["id"].clone();
        self.ask("unlock", &json!({"user": user, "pin": PIN}))?;
        Ok(())
    }

    /// Exchanges a one-time code and gets what its user may see.
    pub(crate) fn enrol(&mut self, server: &str, code: &str, name: &str) -> Result<(), Error> {
        self.ask(
            "enrol",
            &json!({"server": server, "code": code, "tablet": name, "pin": PIN}),
        )?;
        Ok(())
    }

    /// Syncs until there is nothing left to send or to get.
    pub(crate) fn sync(&mut self) -> Result<Value, Error> {
        let status = self.ask("sync_now", &Value::Null)?;
        match (status["connection"].as_str(), status["waiting"].as_u64()) {
            (Some("online"), Some(0)) => Ok(status),
            _ => Err(Error::Answer {
                what: "sync_now".to_owned(),
                answer: status.to_string(),
            }),
        }
    }

    /// Closes it and waits until it has let go of its folder.
    pub(crate) fn close(mut self) -> Result<(), Error> {
        drop(self.running.process().stdin.take());
        let status = self.running.process().wait();
        let status = status.map_err(Error::io("closing a tablet"))?;
        if status.success() {
            Ok(())
        } else {
            Err(Error::Failed {
                what: "a tablet".to_owned(),
                status,
            })
        }
    }
}

fn read(command: &str, mut answer: Value) -> Result<Value, Error> {
    match answer.get_mut("ok") {
        Some(ok) => Ok(ok.take()),
        None => Err(Error::Answer {
            what: command.to_owned(),
            answer: answer.to_string(),
        }),
    }
}
