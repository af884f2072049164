//! The peers: programs under `bench/peers`, each with its own client and server.

use super::{
    form::Set,
    lines::Lines,
    numbers::memory_of,
    proxy::Proxy,
    side::{Memory, Side, Stage},
};
use crate::{error::Error, project::Project, run};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// How many documents are handed over in one line.
const AT_ONCE: usize = 100;

/// A peer that runs on Node.js.
#[derive(Debug, Clone)]
pub(super) struct Peer {
    name: &'static str,
    most: usize,
    server: Vec<PathBuf>,
    client: Vec<PathBuf>,
}

/// The peers of these names, or all of them, in the order of the tables.
pub(super) fn among(project: &Project, names: &[String]) -> Result<Vec<Peer>, Error> {
    let folder = project.peers();
    let node = |name: &'static str, most| {
        let program = |file: &str| vec![PathBuf::from("node"), folder.join(name).join(file)];
        Peer {
            name,
            most,
            server: program("server.js"),
            client: program("client.js"),
        }
    };
    let wanted = |name: &str| names.is_empty() || names.iter().any(|one| one == name);
    let mut peers = vec![
        node("pouchdb", 10_000),
        node("hocuspocus", 10_000),
        node("automerge-repo", 1_000),
        node("automerge-repo-sync-server", 1_000),
    ];
    peers.retain(|peer| wanted(peer.name));
    if wanted(SAMOD) {
        peers.push(samod(project)?);
    }
    for name in names {
        if peers.iter().all(|peer| peer.name != name) {
            return Err(Error::Usage(format!("there is no peer \"{name}\"")));
        }
    }
    Ok(peers)
}

/// The peer that is no folder of scripts.
const SAMOD: &str = "samod";

/// The one peer that is written in Rust, in a workspace and with a lock file of its own.
fn samod(project: &Project) -> Result<Peer, Error> {
    let manifest = project.peers().join("samod/Cargo.toml");
    let target = project.target("peers");
    let mut cargo = run::cargo(project);
    cargo
        .args(["build", "--release", "--locked", "--manifest-path"])
        .arg(manifest)
        .arg("--target-dir")
        .arg(&target);
    run::run(&mut cargo)?;
    let program = target.join("release/hemrond-bench-samod");
    Ok(Peer {
        name: SAMOD,
        most: 1_000,
        server: vec![program.clone(), "server".into()],
        client: vec![program, "client".into()],
    })
}

fn command(words: &[PathBuf], folder: &Path) -> Result<Command, Error> {
    fs::create_dir_all(folder).map_err(Error::io("making a peer's folder"))?;
    let (program, rest) = words
        .split_first()
        .ok_or_else(|| Error::Missing("a peer without a program".to_owned()))?;
    let mut command = Command::new(program);
    command.args(rest).arg("--folder").arg(folder);
    Ok(command)
}

impl Side for Peer {
    fn name(&self) -> &'static str {
        self.name
    }

    fn most(&self) -> usize {
        self.most
    }

    fn open(&self, folder: &Path, proxy: &Proxy) -> Result<Box<dyn Stage>, Error> {
        let mut server = Lines::start(&mut command(&self.server, &folder.join("server"))?)?;
        let told = server.next("a peer's server")?;
        let address = told["listening"].as_str().ok_or_else(|| Error::Answer {
            what: format!("the server of {}", self.name),
            answer: told.to_string(),
        })?;
        proxy.lead_to(address)?;
        let scheme = address.split("://").next().unwrap_or("http");
        let address = format!("{scheme}://{}", proxy.socket());
        let client = |name: &str| {
            let mut command = command(&self.client, &folder.join(name))?;
            Lines::start(command.arg("--server").arg(&address))
        };
        Ok(Box::new(Running {
            writer: client("writer")?,
            reader: client("reader")?,
            server,
        }))
    }
}

/// A peer's server and two clients.
struct Running {
    writer: Lines,
    reader: Lines,
    server: Lines,
}

fn object(sets: &[Set]) -> Value {
    let pairs = sets
        .iter()
        .map(|(field, value)| ((*field).to_owned(), value.clone()));
    Value::Object(pairs.collect())
}

impl Stage for Running {
    fn make(&mut self, forms: &[Vec<Set>]) -> Result<Vec<String>, Error> {
        let mut made = Vec::new();
        for forms in forms.chunks(AT_ONCE) {
            // As our visits have: who is visited and when stand there before the first answer.
            let documents: Vec<Value> = (made.len()..)
                .zip(forms)
                .map(|(number, _)| {
                    let header = [
                        ("person", json!(format!("{:032x}", number / 7))),
                        (
                            "day",
                            json!(format!(
                                "2031-{:02}-{:02}",
                                1 + number / 28 % 12,
                                1 + number % 28
                            )),
                        ),
                        ("unit", json!("Mobila teamet")),
                    ];
                    json!({"id": format!("visit-{number:06}"), "fields": object(&header)})
                })
                .collect();
            let answer = self.writer.ask("make", json!({"documents": documents}))?;
            let ids: Vec<String> =
                serde_json::from_value(answer["ids"].clone()).unwrap_or_default();
            let edits: Vec<(String, Vec<Set>)> = ids.iter().cloned().zip(forms.to_vec()).collect();
            self.edit(&edits)?;
            made.extend(ids);
        }
        if made.len() == forms.len() {
            Ok(made)
        } else {
            Err(Error::Answer {
                what: "make".to_owned(),
                answer: format!("{} of {} documents", made.len(), forms.len()),
            })
        }
    }

    fn edit(&mut self, edits: &[(String, Vec<Set>)]) -> Result<(), Error> {
        for edits in edits.chunks(AT_ONCE) {
            let edits: Vec<Value> = edits
                .iter()
                .map(|(id, sets)| json!({"id": id, "sets": sets}))
                .collect();
            self.writer.ask("edit", json!({"edits": edits}))?;
        }
        Ok(())
    }

    fn push(&mut self, documents: &[String]) -> Result<(), Error> {
        self.writer.ask("push", json!({"ids": documents}))?;
        self.server.ask("settle", json!({}))?;
        Ok(())
    }

    fn pull(&mut self, documents: &[String]) -> Result<(), Error> {
        self.reader.ask("pull", json!({"ids": documents}))?;
        Ok(())
    }

    fn nothing_new(&mut self, documents: &[String]) -> Result<(), Error> {
        self.writer.ask("disconnect", json!({}))?;
        self.writer.ask("push", json!({"ids": documents}))?;
        self.writer.ask("pull", json!({"ids": documents}))?;
        Ok(())
    }

    fn read(&mut self, document: &str, field: &str) -> Result<Value, Error> {
        let answer = self.reader.ask("read", json!({"id": document}))?;
        Ok(answer["fields"][field].clone())
    }

    fn memory(&mut self) -> Result<Memory, Error> {
        Ok(Memory {
            client: memory_of(self.writer.id())?,
            server: memory_of(self.server.id())?,
        })
    }

    fn close(self: Box<Self>) -> Result<(), Error> {
        self.writer.close()?;
        self.reader.close()?;
        self.server.close()
    }
}
