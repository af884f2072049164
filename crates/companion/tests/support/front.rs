//! A tablet as its user meets it: behind its door.

use super::{Day, Exchange, FixedClock, Seeded, Who, Wire, person};
use chrono::Duration;
use hemrond_companion::{
    Door, Knows,
    door::World,
    environment::{Clock, Randomness},
    failure::Problem,
};
use hemrond_vault::{Keystore, MemoryKeystore};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};
use tempfile::TempDir;

/// The users' PIN.
pub(crate) const PIN: &str = "407306";

/// One tablet and its door.
pub(crate) struct Front {
    pub(crate) door: Arc<Door>,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) exchange: Arc<Exchange>,
    pub(crate) keystore: Arc<dyn Keystore>,
    pub(crate) folder: Arc<TempDir>,
    pub(crate) starts: u64,
}

pub(crate) async fn open(
    folder: &Path,
    clock: &Arc<FixedClock>,
    exchange: &Arc<Exchange>,
    keystore: &Arc<dyn Keystore>,
    seed: u64,
    background: bool,
) -> Result<Arc<Door>, Problem> {
    let world = World {
        clock: Arc::clone(clock) as Arc<dyn Clock>,
        randomness: Arc::new(Seeded::new(seed)) as Arc<dyn Randomness>,
        transport: Arc::new(Wire(Arc::clone(exchange))),
        keystore: Arc::clone(keystore),
        knows: Knows::Everything,
        background,
    };
    Door::open(folder, world).await
}

impl Front {
    /// A tablet fresh from its box, whose keystore is a platform's.
    pub(crate) async fn new(day: &Day) -> Self {
        Self::with(day, Arc::new(MemoryKeystore::default()), false).await
    }

    pub(crate) async fn with(day: &Day, keystore: Arc<dyn Keystore>, background: bool) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let (clock, exchange) = (Arc::clone(&day.clock), Arc::clone(&day.exchange));
        let door = open(folder.path(), &clock, &exchange, &keystore, 7, background).await;
        Self {
            door: door.unwrap(),
            clock,
            exchange,
            keystore,
            folder,
            starts: 7,
        }
    }

    /// The app is killed and started again.
    pub(crate) async fn restart(self) -> Self {
        let Self {
            door,
            clock,
            exchange,
            keystore,
            folder,
            starts,
        } = self;
        drop(door);
        let starts = starts + 1;
        let door = open(folder.path(), &clock, &exchange, &keystore, starts, false).await;
        Self {
            door: door.unwrap(),
            clock,
            exchange,
            keystore,
            folder,
            starts,
        }
    }

    pub(crate) async fn call(&self, command: &str, args: Value) -> Result<Value, String> {
        self.door.call_json(command, args).await.map_err(|failure| {
            assert!(failure.message.contains(' '), "no sentence: {failure:?}");
            assert!(!failure.message.contains('{'), "{failure:?}");
            failure.code
        })
    }

    pub(crate) async fn ok(&self, command: &str, args: Value) -> Value {
        let answer = self.call(command, args).await;
        answer.unwrap_or_else(|code| panic!("{command}: {code}"))
    }

    pub(crate) async fn fails(&self, command: &str, args: Value) -> String {
        match self.call(command, args).await {
            Ok(answer) => panic!("{command} should have failed: {answer}"),
            Err(code) => code,
        }
    }

    pub(crate) async fn enrol(&self, who: Who) {
        let args = json!({
            "server": "http://127.0.0.1:1", "code": who.code(), "tablet": "Väst 3", "pin": PIN,
        });
        self.ok("enrol", args).await;
        self.ok("sync_now", json!({})).await;
    }

    pub(crate) async fn user(&self, who: Who) -> Value {
        let door = self.ok("door", json!({})).await;
        let users = door["users"].as_array().unwrap().clone();
        let found = users.into_iter().find(|user| user["name"] == who.name());
        found.unwrap_or_else(|| panic!("{} is not at {door}", who.name()))
    }

    pub(crate) async fn unlock(&self, who: Who, pin: &str) -> Result<Value, String> {
        let user = self.user(who).await["id"].clone();
        self.call("unlock", json!({ "user": user, "pin": pin }))
            .await
    }

    /// Astrid with a planned visit and a note; what finds them again.
    pub(crate) async fn astrid(&self) -> Astrid {
        let mut person = person("Astrid", "Svensson", "191212121212");
        person["street"] = json!("Björkvägen 3");
        let id = self.ok("add_person", person).await["person"].clone();
        let plan = json!({ "person": id, "acute": false, "reason": "Yrsel" });
        let visit = self.ok("plan_visit", plan).await["visit"].clone();
        let page = self.ok("visit", json!({ "visit": visit })).await;
        Astrid {
            person: id,
            visit,
            document: page["document"].clone(),
        }
    }

    pub(crate) async fn write(&self, astrid: &Astrid, words: &str) -> Result<Value, String> {
        let edit = json!({ "edit": "text", "field": "note", "value": words });
        let args = json!({ "document": astrid.document, "edits": [edit] });
        self.call("edit", args).await
    }

    pub(crate) async fn note(&self, astrid: &Astrid) -> Value {
        let page = self.ok("visit", json!({ "visit": astrid.visit })).await;
        page["texts"]["note"].clone()
    }

    pub(crate) fn later(&self, by: Duration) {
        self.clock.forward(by);
    }

    pub(crate) fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        files(self.folder.path())
    }

    /// Types wrong PINs, waiting as long as is asked between two of them; the last one's code.
    pub(crate) async fn wrong_pins(&self, who: Who, times: usize) -> String {
        let mut last = String::new();
        for _ in 0..times {
            let wait = self.user(who).await["wait_seconds"].as_i64().unwrap();
            self.later(Duration::seconds(wait));
            last = self.unlock(who, "407307").await.unwrap_err();
        }
        last
    }
}

pub(crate) struct Astrid {
    pub(crate) person: Value,
    pub(crate) visit: Value,
    pub(crate) document: Value,
}

/// Every file under a folder but the locks, which are no data.
pub(crate) fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if !path.to_string_lossy().contains("lock") {
            found.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    found
}

pub(crate) fn holds(bytes: &[u8], word: &str) -> bool {
    bytes
        .windows(word.len())
        .any(|piece| piece == word.as_bytes())
}
