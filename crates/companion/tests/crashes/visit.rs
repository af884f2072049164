//! One visit by Eva at Astrid's, and what she was told at which moment.

use crate::support::*;
use hemrond_disk::{Disk, Recording};
use serde_json::{Value, json};

/// A visit whose disk was recorded.
pub(crate) struct Recorded {
    pub(crate) day: Day,
    pub(crate) recording: Recording,
    /// What she did, in order.
    pub(crate) steps: Vec<Step>,
    /// The visit, as commands name it.
    pub(crate) visit: Value,
}

/// One command of hers.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) what: &'static str,
    /// How many changes of the disk were done when she gave it.
    pub(crate) began: usize,
    /// And when she was told that it is saved.
    pub(crate) saved: usize,
    /// What the visit's page shows after each of its commits: where, and what.
    pub(crate) stages: Vec<Vec<(&'static str, Value)>>,
}

/// What is made wrong on purpose, to show that it would be noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// The disk says that it has synced, and has not.
    SyncsAreIgnored,
    /// "Saved" is taken to be said one change of the disk before it was.
    SaidTooEarly,
}

struct Log<'d> {
    disk: &'d Disk,
    start: u64,
    early: usize,
    steps: Vec<Step>,
}

impl Log<'_> {
    fn done(&self) -> usize {
        usize::try_from(self.disk.operations() - self.start).unwrap()
    }

    async fn step(
        &mut self,
        what: &'static str,
        shows: Vec<(&'static str, Value)>,
        command: impl Future<Output = Value>,
    ) -> Value {
        let began = self.done();
        let answer = command.await;
        let saved = self.done() - self.early;
        self.steps.push(Step {
            what,
            began,
            saved,
            stages: vec![shows],
        });
        answer
    }
}

/// Eva's tablet is enrolled and synced and Astrid's visit planned; then the recording begins: she
/// starts the tablet, does the visit without contact, and closes the tablet.
pub(crate) async fn one_visit(disk: &Disk, flaws: &[Flaw]) -> Recorded {
    let day = Day::new();
    let eva = day.tablet_on(disk, Who::Eva, 0).await.unwrap();
    eva.enrol().await;
    let astrid = eva.astrid().await;
    let visit = eva.plan(&astrid).await;
    eva.sync().await;
    eva.companion.close().await.unwrap();

    disk.ignore_syncs(flaws.contains(&Flaw::SyncsAreIgnored));
    disk.start_recording();
    let mut log = Log {
        disk,
        start: disk.operations(),
        early: usize::from(flaws.contains(&Flaw::SaidTooEarly)),
        steps: Vec::new(),
    };
    let eva = day.tablet_on(disk, Who::Eva, 1).await.unwrap();
    do_visit(&eva, &visit, &mut log).await;
    let steps = log.steps;
    eva.companion.close().await.unwrap();
    Recorded {
        day,
        recording: disk.recording(),
        steps,
        visit: visit.id,
    }
}

async fn do_visit(eva: &Tablet, visit: &Visit, log: &mut Log<'_>) {
    let document = &visit.document;
    log.step(
        "rings the bell",
        vec![("/state", json!("under_way"))],
        eva.ok(
            "set_visit_state",
            json!({ "visit": visit.id, "state": "under_way" }),
        ),
    )
    .await;
    for (what, text) in [
        ("begins the note", "Trött."),
        ("writes on", "Trött och ostadig på benen."),
        (
            "puts something before it",
            "Svarar adekvat. Trött och ostadig på benen.",
        ),
    ] {
        eva.later();
        log.step(
            what,
            vec![("/texts/note", json!(text))],
            eva.write(document, "note", text),
        )
        .await;
    }
    log.step(
        "estimates frailty",
        vec![
            ("/fields/cfs.level", json!(6)),
            ("/fields/cfs.basis", json!("observation")),
        ],
        eva.set(
            document,
            &[("cfs.level", json!(6)), ("cfs.basis", json!("observation"))],
        ),
    )
    .await;
    log.step(
        "sees how she walks",
        vec![("/fields/falls.gait", json!("unsafe"))],
        eva.set(document, &[("falls.gait", json!("unsafe"))]),
    )
    .await;
    log.step(
        "looks into the dosett",
        vec![
            ("/fields/med.use", json!("ok")),
            ("/fields/med.use.note", json!("Dosett, delad av Omar")),
        ],
        eva.set(
            document,
            &[
                ("med.use", json!("ok")),
                ("med.use.note", json!("Dosett, delad av Omar")),
            ],
        ),
    )
    .await;
    let drug = async {
        eva.add_drug(document, 1, "Furix 40 mg", Some("C03CA01"))
            .await;
        Value::Null
    };
    log.step(
        "adds a drug",
        vec![("/drugs/0/name", json!("Furix 40 mg"))],
        drug,
    )
    .await;
    log.step(
        "thinks again",
        vec![("/fields/cfs.level", json!(7))],
        eva.set(document, &[("cfs.level", json!(7))]),
    )
    .await;
    log.step(
        "asks the doctor",
        vec![("/notes/0/text", json!("Höja dosen?"))],
        eva.ok(
            "add_note",
            json!({ "visit": visit.id, "kind": "question", "text": "Höja dosen?" }),
        ),
    )
    .await;
    log.step(
        "plans what comes next",
        vec![("/texts/plan", json!("Ny tid i veckan."))],
        eva.write(document, "plan", "Ny tid i veckan."),
    )
    .await;
    eva.later();
    let signed = log
        .step(
            "signs",
            vec![("/state", json!("done"))],
            eva.ok("sign", visit.args()),
        )
        .await;
    // Two commits: what is signed is done first.
    let signature = signed["signatures"][0].clone();
    assert_eq!(signature["fields"]["cfs.level"], 7);
    if let Some(step) = log.steps.last_mut() {
        step.stages.push(vec![("/signatures/0", signature)]);
    }
    log.step(
        "remembers something",
        vec![("/fields/weight_kg", json!(60.5))],
        eva.set(document, &[("weight_kg", json!(60.5))]),
    )
    .await;
}
