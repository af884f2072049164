//! The town of the stories: Eva and Omar, Dr Berg, Stina, and the people they visit.

use crate::{CuttableLine, Server, Tablet};
use serde_json::{Value, json};

/// A server with the people of the stories, and the line that leads to it.
#[derive(Debug)]
pub struct Town {
    /// The server.
    pub server: Server,
    /// The line that every tablet uses. Its address stays when the server gets another one.
    pub line: CuttableLine,
}

/// Where and with whom a visit is.
#[derive(Debug, Clone)]
pub struct Place {
    /// The person.
    pub person: Value,
    /// The visit.
    pub visit: Value,
    /// The visit's document.
    pub document: Value,
}

impl Town {
    /// A town whose people have accounts and no tablets yet.
    ///
    /// # Panics
    /// When the server does not start.
    #[must_use]
    pub fn new() -> Self {
        Self::of(Server::new())
    }

    /// The same around a server whose database is empty.
    ///
    /// # Panics
    /// When the server does not start.
    #[must_use]
    pub fn of(mut server: Server) -> Self {
        server.command(&["organisations", "add", "--name", "Hemrond kommun"]);
        for (name, kind) in [
            ("Mobila teamet", "mobile_team"),
            ("Hemtjänsten Öster", "hemtjanst"),
            ("Biståndsenheten", "municipality_office"),
        ] {
            server.command(&["units", "add", "--name", name, "--kind", kind]);
        }
        server.command(&[
            "roles",
            "analyse",
            "--role",
            "nurse",
            "--role",
            "doctor",
            "--role",
            "hemtjanst",
            "--analysis",
            "BRA-2026-1",
            "--decided-by",
            "Maria Nyberg",
            "--decided-on",
            "2026-10-01",
        ]);
        for (name, role, unit) in [
            ("Eva Lind", "nurse", "Mobila teamet"),
            ("Omar Haddad", "nurse", "Mobila teamet"),
            ("Anna Berg", "doctor", "Mobila teamet"),
            ("Stina Ek", "hemtjanst", "Hemtjänsten Öster"),
        ] {
            server.command(&[
                "users", "add", "--name", name, "--role", role, "--unit", unit,
            ]);
        }
        server.start();
        let line = CuttableLine::to(server.address());
        Self { server, line }
    }

    /// A person's new tablet, enrolled over the line and not yet synced.
    ///
    /// # Panics
    /// When it is not enrolled.
    #[must_use]
    pub fn tablet_of(&self, name: &str) -> Tablet {
        self.enrolled(name, Tablet::new())
    }

    /// A person's new tablet that syncs by itself.
    ///
    /// # Panics
    /// When it is not enrolled.
    #[must_use]
    pub fn online_tablet_of(&self, name: &str) -> Tablet {
        self.enrolled(name, Tablet::with_background())
    }

    /// The same with a tablet that runs already.
    ///
    /// # Panics
    /// When it is not enrolled.
    #[must_use]
    pub fn enrolled(&self, name: &str, mut tablet: Tablet) -> Tablet {
        let code = self.server.code_for(name);
        let arguments = json!({
            "server": self.line.address(),
            "code": code,
            "tablet": format!("{name}s surfplatta"),
        });
        let status = tablet.ok("enrol", arguments);
        assert_eq!(status["user"]["name"], name);
        tablet
    }

    /// Puts another server, or the same one started again, behind the line.
    pub fn restart_server(&mut self) {
        self.server.start();
        self.line.leads_to(self.server.address());
    }
}

impl Default for Town {
    fn default() -> Self {
        Self::new()
    }
}

impl Tablet {
    /// Adds a person.
    ///
    /// # Panics
    /// When that is refused.
    #[track_caller]
    pub fn add_person(&mut self, given: &str, family: &str, identity: &str) -> Value {
        let added = self.ok(
            "add_person",
            json!({
                "given_name": given,
                "family_name": family,
                "identity": identity,
                "protected": "none",
                "street": "Björkvägen 3",
                "postcode": "433 30",
                "city": "Partille",
                "phone": "070-1740610",
                "despite_duplicates": false,
            }),
        );
        added["person"].clone()
    }

    /// Plans a visit today.
    ///
    /// # Panics
    /// When that is refused.
    #[track_caller]
    pub fn plan(&mut self, person: &Value, reason: &str) -> Place {
        let planned = self.ok(
            "plan_visit",
            json!({ "person": person, "acute": false, "reason": reason }),
        );
        let visit = planned["visit"].clone();
        let document = self.visit(&visit)["document"].clone();
        Place {
            person: person.clone(),
            visit,
            document,
        }
    }

    /// Adds Astrid Svensson and plans a visit to her today.
    ///
    /// # Panics
    /// When that is refused.
    #[track_caller]
    pub fn plan_astrid(&mut self) -> Place {
        let astrid = self.add_person("Astrid", "Svensson", "191212121212");
        self.plan(&astrid, "Yrsel")
    }
}

/// The texts under a key of every object in a list.
#[must_use]
pub fn ids(list: &Value, key: &str) -> Vec<String> {
    let rows = list.as_array().map(Vec::as_slice).unwrap_or_default();
    rows.iter()
        .map(|row| row[key].as_str().unwrap_or_default().to_owned())
        .collect()
}
