//! Any edits, on any number of tablets, met in any order.

use super::{actor, minute, row, visit};
use crate::{
    Document, Edit, EditError, Limits, RawChange, Value,
    accept::check,
    history::{history, last_writer},
};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// What happens next.
#[derive(Debug, Clone)]
enum Step {
    /// Someone edits.
    Edit(usize, What),
    /// Some of one tablet's changes reach another, in some order, some of them twice.
    Send {
        from: usize,
        to: usize,
        part: Vec<prop::sample::Index>,
    },
    /// A tablet is started anew from what it stored.
    Restart(usize),
}

#[derive(Debug, Clone)]
enum What {
    Level(i64),
    Clear,
    Reason(u8),
    Note(String),
    AddDrug(u8),
    Dose(u8, u8),
    /// Choose the first candidate of the first conflict, if there is one.
    Settle,
}

fn what() -> impl Strategy<Value = What> {
    prop_oneof![
        3 => (1_i64..10).prop_map(What::Level),
        1 => Just(What::Clear),
        2 => (0_u8..4).prop_map(What::Reason),
        2 => "[a-eå 👩‍⚕️\u{301}]{0,8}".prop_map(What::Note),
        1 => (0_u8..3).prop_map(What::AddDrug),
        2 => (0_u8..3, 0_u8..4).prop_map(|(drug, dose)| What::Dose(drug, dose)),
        2 => Just(What::Settle),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let indices = prop::collection::vec(any::<prop::sample::Index>(), 1..12);
    prop_oneof![
        5 => (0_usize..5, what()).prop_map(|(who, what)| Step::Edit(who, what)),
        4 => (0_usize..5, 0_usize..5, indices)
            .prop_map(|(from, to, part)| Step::Send { from, to, part }),
        1 => (0_usize..5).prop_map(Step::Restart),
    ]
}

fn edits(document: &Document, what: &What) -> Vec<Edit> {
    match what {
        What::Level(level) => vec![Edit::set("cfs.level", *level)],
        What::Clear => vec![Edit::clear("cfs.level")],
        What::Reason(reason) => vec![Edit::set("reason", format!("skäl {reason}"))],
        What::Note(note) => vec![Edit::text("note", note)],
        What::AddDrug(drug) => vec![Edit::add_row("drugs", row(*drug), [("name", "Furix")])],
        What::Dose(drug, dose) => {
            vec![Edit::set_row(
                "drugs",
                row(*drug),
                "dose",
                format!("{dose} x 1"),
            )]
        }
        What::Settle => document
            .conflicts()
            .first()
            .map(|conflict| conflict.settle(conflict.candidates[0].value.clone()))
            .into_iter()
            .collect(),
    }
}

/// Several tablets with one visit, and what was written on any of them.
struct World {
    tablets: Vec<Document>,
    starts: u8,
    time: i64,
    /// Every value that an edit gave, by field and change.
    written: Vec<(String, Option<Value>, [u8; 32])>,
    sent: BTreeMap<[u8; 32], RawChange>,
}

impl World {
    fn new(tablets: usize, versions: &[u64]) -> Self {
        let mut world = Self {
            tablets: Vec::new(),
            starts: 0,
            time: 0,
            written: Vec::new(),
            sent: BTreeMap::new(),
        };
        for place in 0..tablets {
            world.starts += 1;
            let version = versions.get(place).copied().unwrap_or(2);
            let document = Document::create_at(&visit(), actor(world.starts), version).unwrap();
            world.tablets.push(document);
        }
        world
    }

    fn go(&mut self, step: &Step) {
        let count = self.tablets.len();
        self.time += 1;
        match step {
            Step::Edit(who, what) => {
                let document = &mut self.tablets[who % count];
                let edits = edits(document, what);
                match document.edit(minute(self.time), &edits) {
                    Ok(changes) => {
                        for change in changes {
                            for edit in &edits {
                                self.written.extend(
                                    written(edit).map(|(field, value)| (field, value, change.hash)),
                                );
                            }
                            self.sent.insert(change.hash, change);
                        }
                    }
                    Err(
                        EditError::InConflict { .. }
                        | EditError::RowExists { .. }
                        | EditError::UnknownRow { .. }
                        | EditError::NewerSchema { .. },
                    ) => {}
                    Err(other) => panic!("{other}"),
                }
            }
            Step::Send { from, to, part } => {
                let changes = self.tablets[from % count].changes();
                let part: Vec<_> = part.iter().map(|index| index.get(&changes)).collect();
                self.tablets[to % count].apply(part).unwrap();
            }
            Step::Restart(who) => {
                self.starts += 1;
                let stored = self.tablets[who % count].changes();
                let loaded = Document::load(&visit(), actor(self.starts), stored).unwrap();
                assert_eq!(loaded.set_aside, []);
                self.tablets[who % count] = loaded.document;
            }
        }
    }

    /// Everyone meets everyone.
    fn meet(&mut self) {
        let all: Vec<_> = self.tablets.iter().flat_map(Document::changes).collect();
        for document in &mut self.tablets {
            document.apply(&all).unwrap();
            assert_eq!(document.waiting(), []);
        }
    }

    fn check(&self) -> Result<(), TestCaseError> {
        let first = &self.tablets[0];
        for other in &self.tablets[1..] {
            prop_assert_eq!(first.heads(), other.heads());
            prop_assert_eq!(first.conflicts(), other.conflicts());
            let (mut a, mut b) = (first.content(), other.content());
            // A tablet that knows no plan still has it, among what a newer version wrote.
            a.texts.remove("plan");
            b.texts.remove("plan");
            prop_assert_eq!(a, b);
            prop_assert_eq!(history(first, "note"), history(other, "note"));
        }
        for (field, value, change) in &self.written {
            let traces = history(first, field);
            let traced = traces
                .iter()
                .any(|trace| trace.change == *change && trace.value == *value);
            prop_assert!(traced, "{} = {:?} left no trace", field, value);
            let last = traces.last().map(|trace| trace.actor);
            prop_assert_eq!(last_writer(first, field), last, "{}", field);
        }
        for change in self.sent.keys() {
            prop_assert!(first.contains(change));
        }
        Ok(())
    }
}

/// The values that an edit gives, where the document did not have them before.
fn written(edit: &Edit) -> impl Iterator<Item = (String, Option<Value>)> {
    let one = match edit {
        Edit::Set { field, value } => Some((field.clone(), value.clone())),
        Edit::Clear { field } => Some((field.clone(), None)),
        Edit::SetRow {
            collection,
            row,
            field,
            value,
        } => Some((format!("{collection}/{row}/{field}"), value.clone())),
        Edit::AddRow {
            collection,
            row,
            values,
        } => values
            .iter()
            .next()
            .map(|(key, value)| (format!("{collection}/{row}/{key}"), Some(value.clone()))),
        Edit::Text { field, value } => Some((field.clone(), Some(value.as_str().into()))),
        Edit::Settle { field, value, .. } => Some((field.clone(), value.clone())),
    };
    one.into_iter()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: super::cases(16), failure_persistence: None, max_shrink_iters: 2000, ..ProptestConfig::default() })]

    #[test]
    fn tablets_converge_and_no_edit_is_lost(
        tablets in 2_usize..6,
        steps in prop::collection::vec(step(), 1..40),
    ) {
        let mut world = World::new(tablets, &[]);
        for step in &steps {
            world.go(step);
        }
        world.meet();
        world.check()?;
    }

    #[test]
    fn an_older_tablet_among_newer_ones_loses_nothing(
        steps in prop::collection::vec(step(), 1..30),
    ) {
        let mut world = World::new(3, &[1, 2, 2]);
        for step in &steps {
            world.go(step);
        }
        world.meet();
        world.check()?;
    }

    #[test]
    fn a_server_takes_every_honest_change(
        steps in prop::collection::vec(step(), 1..30),
    ) {
        let mut world = World::new(3, &[1, 2, 2]);
        for step in &steps {
            world.go(step);
        }
        world.meet();
        let mut server = Document::create(&visit(), actor(200)).unwrap();
        for change in world.tablets[0].changes() {
            let accepted = check(&server, &change.bytes, &Limits::EDIT);
            prop_assert!(accepted.is_ok(), "{:?}", accepted);
            server.apply([&change]).unwrap();
        }
        prop_assert_eq!(server.heads(), world.tablets[0].heads());
    }
}
