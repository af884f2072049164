//! Our own side, as it ships: encrypted tablets, a durable server, every check on.

use super::{
    form::Set,
    numbers::memory_of,
    proxy::Proxy,
    side::{Memory, Side, Stage},
};
use crate::{
    error::Error,
    project::{Profile, Project},
    tablet::{Server, Tablet},
};
use serde_json::{Value, json};
use std::{fs, path::Path};

/// Hemrond with a caseload.
#[derive(Debug)]
pub(super) struct Hemrond<'a> {
    pub(super) project: &'a Project,
    pub(super) profile: Profile,
    /// Invented persons beyond the sample data, each of them a document that both tablets hold.
    pub(super) persons: u32,
}

impl Hemrond<'_> {
    /// The server, a nurse's tablet and a doctor's in this folder.
    pub(super) fn begin(&self, folder: &Path, proxy: &Proxy) -> Result<Round, Error> {
        let new = !folder.join("server.sqlite").exists();
        fs::create_dir_all(folder).map_err(Error::io("making a folder to measure in"))?;
        let mut server = Server::new(self.project, self.profile, folder);
        if new {
            server.seed(self.persons)?;
        }
        server.serve()?;
        proxy.lead_to(&server.address)?;
        let tablet = |who: &str, name: &str| {
            let mut tablet = Tablet::open(self.project, self.profile, &folder.join(name))?;
            if new {
                let address = format!("http://{}", proxy.socket());
                tablet.enrol(&address, &server.code(who)?, name)?;
                tablet.sync()?;
            } else {
                tablet.unlock()?;
            }
            Ok(tablet)
        };
        let nurse = tablet("Eva Lind", "nurse")?;
        let doctor = tablet("Anna Berg", "doctor")?;
        Ok(Round {
            nurse,
            doctor,
            server,
        })
    }
}

impl Side for Hemrond<'_> {
    fn name(&self) -> &'static str {
        "ours"
    }

    fn most(&self) -> usize {
        usize::MAX
    }

    fn open(&self, folder: &Path, proxy: &Proxy) -> Result<Box<dyn Stage>, Error> {
        Ok(Box::new(self.begin(folder, proxy)?))
    }
}

/// A server, and the tablets of a nurse and of a doctor.
#[derive(Debug)]
pub(super) struct Round {
    pub(super) nurse: Tablet,
    pub(super) doctor: Tablet,
    server: Server,
}

impl Round {
    /// Ends them all, and waits until they have let go of their folder.
    pub(super) fn close_all(self) -> Result<(), Error> {
        // The server ends when it is let go of.
        self.nurse.close()?;
        self.doctor.close()
    }
}

/// Persons whom visits are planned to: a family name that many of the invented persons have.
fn people(nurse: &mut Tablet) -> Result<Vec<Value>, Error> {
    let found = nurse.ask("search", &json!({"text": "Almqvist"}))?;
    let people = found["people"].as_array().cloned().unwrap_or_default();
    if people.is_empty() {
        return Err(Error::Answer {
            what: "search".to_owned(),
            answer: found.to_string(),
        });
    }
    Ok(people.iter().map(|person| person["id"].clone()).collect())
}

/// Gives answers one by one, as a nurse does: each is a change of its own, on the disk before the
/// next.
fn answer(tablet: &mut Tablet, document: &str, sets: &[Set]) -> Result<(), Error> {
    for (field, value) in sets {
        let edit = json!({"edit": "set", "field": field, "value": value});
        tablet.ask("edit", &json!({"document": document, "edits": [edit]}))?;
    }
    Ok(())
}

/// A visit and its document in one name.
fn both(name: &str) -> (&str, &str) {
    name.split_once('/').unwrap_or((name, name))
}

impl Stage for Round {
    fn make(&mut self, forms: &[Vec<Set>]) -> Result<Vec<String>, Error> {
        let people = people(&mut self.nurse)?;
        let mut made = Vec::new();
        for ((number, form), person) in forms.iter().enumerate().zip(people.iter().cycle()) {
            let day = format!("2031-{:02}-{:02}", 1 + number / 28 % 12, 1 + number % 28);
            let planned = self.nurse.ask(
                "plan_visit",
                &json!({"day": day, "person": person, "start": null, "minutes": null,
                    "reason": null, "acute": false, "called_by": null, "staff": null}),
            )?;
            let visit = &planned["visit"];
            let page = self.nurse.ask("visit", &json!({"visit": visit}))?;
            let (visit, document) = (visit.as_str(), page["document"].as_str());
            let (visit, document) = (visit.unwrap_or_default(), document.unwrap_or_default());
            answer(&mut self.nurse, document, form)?;
            made.push(format!("{visit}/{document}"));
        }
        Ok(made)
    }

    fn edit(&mut self, edits: &[(String, Vec<Set>)]) -> Result<(), Error> {
        for (name, sets) in edits {
            answer(&mut self.nurse, both(name).1, sets)?;
        }
        Ok(())
    }

    fn push(&mut self, _documents: &[String]) -> Result<(), Error> {
        self.nurse.sync()?;
        Ok(())
    }

    fn pull(&mut self, _documents: &[String]) -> Result<(), Error> {
        self.doctor.sync()?;
        Ok(())
    }

    fn nothing_new(&mut self, _documents: &[String]) -> Result<(), Error> {
        self.nurse.sync()?;
        Ok(())
    }

    fn read(&mut self, document: &str, field: &str) -> Result<Value, Error> {
        let page = self.doctor.open_visit(both(document).0)?;
        Ok(page["fields"][field].clone())
    }

    fn memory(&mut self) -> Result<Memory, Error> {
        Ok(Memory {
            client: memory_of(self.nurse.id())?,
            server: memory_of(self.server.id()?)?,
        })
    }

    fn close(self: Box<Self>) -> Result<(), Error> {
        self.close_all()
    }
}
