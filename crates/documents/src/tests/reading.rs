//! Typed views, history and differences.

use super::{actor, exchange, headers, minute, row, tablet, user, visit};
use crate::{
    Document, Edit, Value,
    history::{differences, history},
    views::{DirectoryView, ObservationsView, PersonView, RoundView, ToldView, VisitView},
};
use automerge::{ROOT, ReadDoc, transaction::Transactable};

fn at(minutes: i64) -> Value {
    minute(minutes).to_rfc3339().into()
}

/// AC8: what is retracted keeps its words, with who retracted it and when.
#[test]
fn stinas_observation_is_read_as_she_wrote_it_and_keeps_its_words_when_retracted() {
    let mut stina = Document::create(&headers()[2], actor(4)).unwrap();
    let seen = |id, what: &str, minutes| {
        let values: Vec<(&'static str, Value)> = vec![
            ("act", row(9).to_string().into()),
            ("at", at(minutes)),
            ("by", user(4).to_string().into()),
            ("what", what.into()),
            ("degree", "worse".into()),
            ("words", "Åt bara hälften.".into()),
        ];
        Edit::add_row("entries", row(id), values)
    };
    stina
        .edit(minute(5), &[seen(1, "gait", 5), seen(2, "food_drink", 3)])
        .unwrap();
    stina
        .edit(
            minute(6),
            &[
                Edit::set_row("entries", row(1), "retracted_at", at(6)),
                Edit::set_row("entries", row(1), "retracted_by", user(4).to_string()),
            ],
        )
        .unwrap();
    let view = ObservationsView::read(&stina);
    assert_eq!(view.problems, []);
    assert!(view.unknown.is_empty());
    let read: Vec<_> = view
        .entries
        .iter()
        .map(|entry| (entry.what, entry.at))
        .collect();
    assert_eq!(
        read,
        [
            (Some("food_drink"), Some(minute(3))),
            (Some("gait"), Some(minute(5)))
        ],
        "oldest first"
    );
    let retracted = view.entries[1].retraction.as_ref().unwrap();
    assert_eq!(
        (retracted.at, retracted.by),
        (Some(minute(6)), Some(user(4)))
    );
    assert_eq!(view.entries[1].words.as_deref(), Some("Åt bara hälften."));
    assert_eq!(view.entries[1].degree, Some("worse"));
}

#[test]
fn every_kind_can_be_read_when_it_is_empty() {
    let [person, visit, observations, round, directory, _acts, told] =
        headers().map(|header| Document::create(&header, actor(1)).unwrap());
    let read = PersonView::read(&person);
    assert_eq!(
        (read.given_name, read.contacts.len(), read.problems.len()),
        (None, 0, 0)
    );
    let read = VisitView::read(&visit);
    assert_eq!(
        (read.cfs.level, read.note.as_str(), read.plan.as_str()),
        (None, "", "")
    );
    assert_eq!(read.medication.items.len(), 20);
    assert!(read.problems.is_empty() && read.unknown.is_empty());
    assert!(ObservationsView::read(&observations).entries.is_empty());
    assert!(ToldView::read(&told).entries.is_empty());
    assert!(RoundView::read(&round).visits.is_empty());
    assert!(DirectoryView::read(&directory).staff.is_empty());
    // Nobody's person document is read as a visit.
    assert_eq!(VisitView::read(&person).problems[0].found, "person");
}

/// AC52: what was told is a note of its own that names its source and why it could be told.
#[test]
fn what_was_told_names_its_source_and_its_legal_basis() {
    let observations = headers()[2].id();
    let mut told = Document::create(&headers()[6], actor(4)).unwrap();
    let values: Vec<(&'static str, Value)> = vec![
        ("act", row(9).to_string().into()),
        ("at", at(5)),
        ("by", user(4).to_string().into()),
        ("what", "gait".into()),
        ("degree", "much_worse".into()),
        ("words", "Vinglig".into()),
        ("source.document", observations.to_string().into()),
        ("source.row", row(1).to_string().into()),
        ("basis", "consent_osl101".into()),
        ("telling", "ab".repeat(32).into()),
        ("disclosure", "cd".repeat(32).into()),
        ("told_at", at(6)),
        ("told_by", user(5).to_string().into()),
    ];
    told.edit(minute(6), &[Edit::add_row("entries", row(2), values)])
        .unwrap();
    let view = ToldView::read(&told);
    assert_eq!((view.problems.len(), view.unknown.len()), (0, 0));
    let entry = &view.entries[0];
    assert_eq!(
        (entry.source, entry.source_row),
        (Some(observations), Some(row(1)))
    );
    assert_eq!(entry.basis, Some("consent_osl101"));
    assert_eq!(entry.telling, Some("ab".repeat(32)));
    assert_eq!(entry.disclosure, Some("cd".repeat(32)));
    assert_eq!(
        (entry.told_at, entry.told_by),
        (Some(minute(6)), Some(user(5)))
    );
    assert_eq!((entry.by, entry.at), (Some(user(4)), Some(minute(5))));
    // It is added to, and never changed.
    let changed = Edit::set_row("entries", row(2), "words", "Stadig");
    assert!(told.edit(minute(7), &[changed]).is_err());
}

#[test]
fn a_round_keeps_its_order_and_a_directory_its_ids() {
    let mut round = Document::create(&headers()[3], actor(1)).unwrap();
    let planned = |id, position: f64| {
        let values: Vec<(&'static str, Value)> =
            vec![("position", position.into()), ("start", "08:30".into())];
        Edit::add_row("visits", row(id), values)
    };
    round
        .edit(
            minute(0),
            &[planned(1, 2.0), planned(2, 1.0), planned(3, 1.5)],
        )
        .unwrap();
    let order: Vec<_> = RoundView::read(&round)
        .visits
        .iter()
        .map(|visit| visit.id)
        .collect();
    assert_eq!(order, [row(2), row(3), row(1)]);

    let mut directory = Document::create(&headers()[4], actor(1)).unwrap();
    let eva: Vec<(&'static str, Value)> = vec![
        ("name", "Eva Lind".into()),
        ("role", "nurse".into()),
        ("active", true.into()),
    ];
    directory
        .edit(minute(0), &[Edit::add_row("staff", row(7), eva)])
        .unwrap();
    let staff = DirectoryView::read(&directory).staff;
    assert_eq!(staff[0].id.as_bytes(), row(7).as_bytes());
    assert_eq!(
        (staff[0].role, staff[0].active),
        (Some("nurse"), Some(true))
    );
}

#[test]
fn what_a_newer_version_wrote_is_listed_and_survives_an_older_ones_edits() {
    let mut eva = tablet(1);
    eva.edit(minute(0), &[Edit::set("cfs.level", 6)]).unwrap();
    // A newer version's field, choice and type, in a document of the schema that we know.
    let mut newer = eva.clone();
    let fields = newer.containers().fields.clone();
    newer.state.set_actor(actor(7).id());
    let mut transaction = newer.state.transaction();
    transaction.put(&fields, "pain.vas", 7_i64).unwrap();
    transaction.put(&fields, "cfs.basis", "telepathy").unwrap();
    transaction.put(&fields, "weight_kg", "heavy").unwrap();
    transaction
        .put(&fields, "phone", automerge::ScalarValue::counter(1))
        .unwrap();
    transaction.commit();
    let sent = newer
        .state
        .get_last_local_change()
        .unwrap()
        .raw_bytes()
        .to_vec();
    eva.apply([&sent]).unwrap();

    let view = VisitView::read(&eva);
    assert_eq!(view.cfs.level, Some(6));
    assert_eq!((view.cfs.basis, view.weight_kg), (None, None));
    assert_eq!(view.unknown, ["pain.vas"]);
    let problems: Vec<_> = view
        .problems
        .iter()
        .map(|p| (p.field.as_str(), p.found.as_str()))
        .collect();
    assert!(
        problems.contains(&("cfs.basis", "telepathy")),
        "{problems:?}"
    );
    assert!(problems.contains(&("weight_kg", "heavy")));
    assert!(problems.iter().any(|(field, _)| *field == "phone"));

    eva.edit(minute(1), &[Edit::set("cfs.level", 7)]).unwrap();
    let again = Document::load(&visit(), actor(2), eva.changes())
        .unwrap()
        .document;
    let (value, _) = again.state.get(&fields, "pain.vas").unwrap().unwrap();
    assert_eq!(value.as_i64(), Some(7));
    assert_eq!(history(&again, "pain.vas")[0].value, Some(Value::Int(7)));
    assert!(again.state.get(ROOT, "fields").unwrap().is_some());
}

#[test]
fn no_answer_disappears_without_a_trace() {
    let (mut eva, mut omar) = (tablet(1), tablet(2));
    eva.edit(minute(1), &[Edit::set("cfs.level", 4)]).unwrap();
    exchange(&mut eva, &mut omar);
    omar.edit(minute(2), &[Edit::set("cfs.level", 6)]).unwrap();
    eva.edit(minute(3), &[Edit::clear("cfs.level")]).unwrap();
    exchange(&mut eva, &mut omar);
    let conflict = eva.conflict("cfs.level").unwrap();
    eva.edit(minute(4), &[conflict.settle(Some(Value::Int(5)))])
        .unwrap();
    exchange(&mut eva, &mut omar);
    let told = history(&omar, "cfs.level");
    let values: Vec<_> = told
        .iter()
        .map(|t| (t.value.clone(), t.actor[0], t.at))
        .collect();
    assert_eq!(
        values,
        [
            (Some(Value::Int(4)), 1, minute(1)),
            (Some(Value::Int(6)), 2, minute(2)),
            (None, 1, minute(3)),
            (Some(Value::Int(5)), 1, minute(4)),
        ]
    );
    assert_eq!(history(&eva, "cfs.level"), told);
    assert_eq!(history(&eva, "cfs.basis"), []);
}

#[test]
fn a_text_and_a_row_have_a_history_too() {
    let mut eva = tablet(1);
    eva.edit(
        minute(1),
        &[Edit::add_row(
            "drugs",
            row(1),
            [("name", "Furix"), ("dose", "1")],
        )],
    )
    .unwrap();
    eva.edit(minute(2), &[Edit::text("note", "Yr.")]).unwrap();
    eva.edit(
        minute(3),
        &[
            Edit::text("note", "Yr på morgonen."),
            Edit::set_row("drugs", row(1), "dose", "2"),
        ],
    )
    .unwrap();
    let values = |field: &str| -> Vec<String> {
        history(&eva, field)
            .into_iter()
            .map(|t| t.value.unwrap().to_string())
            .collect()
    };
    assert_eq!(values("note"), ["Yr.", "Yr på morgonen."]);
    assert_eq!(values(&format!("drugs/{}/dose", row(1))), ["1", "2"]);
}

#[test]
fn dr_berg_sees_what_came_after_he_looked() {
    let (mut eva, mut berg) = (tablet(1), tablet(3));
    eva.edit(
        minute(1),
        &[
            Edit::set("cfs.level", 6),
            Edit::set("reason", "Trött"),
            Edit::text("note", "Yr."),
        ],
    )
    .unwrap();
    exchange(&mut eva, &mut berg);
    let looked = berg.heads();
    assert_eq!(differences(&berg, &looked).unwrap(), []);
    eva.edit(
        minute(2),
        &[
            Edit::set("reason", "Fall"),
            Edit::text("note", "Yr. Fallit."),
        ],
    )
    .unwrap();
    eva.edit(minute(3), &[Edit::clear("cfs.level")]).unwrap();
    eva.edit(
        minute(4),
        &[Edit::add_row("drugs", row(1), [("name", "Furix")])],
    )
    .unwrap();
    exchange(&mut eva, &mut berg);
    let found = differences(&berg, &looked).unwrap();
    let told: Vec<_> = found
        .iter()
        .map(|d| {
            let text = |value: &Option<Value>| value.as_ref().map(ToString::to_string);
            (d.field.clone(), text(&d.before), text(&d.after), d.at)
        })
        .collect();
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        told,
        [
            ("cfs.level".to_owned(), some("6"), None, minute(3)),
            (
                format!("drugs/{}/name", row(1)),
                None,
                some("Furix"),
                minute(4)
            ),
            (
                "note".to_owned(),
                some("Yr."),
                some("Yr. Fallit."),
                minute(2)
            ),
            ("reason".to_owned(), some("Trött"), some("Fall"), minute(2)),
        ]
    );
    assert!(differences(&berg, &[[9; 32]]).is_err());
    assert_eq!(
        VisitView::read_at(&berg, &looked).unwrap().cfs.level,
        Some(6)
    );
    assert_eq!(VisitView::read(&berg).cfs.level, None);
}

#[test]
fn a_losing_concurrent_answer_is_told_as_a_difference() {
    let (mut eva, mut berg) = (tablet(9), tablet(1));
    eva.edit(minute(1), &[Edit::set("reason", "Trött")])
        .unwrap();
    exchange(&mut eva, &mut berg);
    berg.edit(minute(2), &[Edit::set("reason", "Feber")])
        .unwrap();
    eva.edit(minute(2), &[Edit::set("reason", "Fall")]).unwrap();
    let looked = eva.heads();
    exchange(&mut eva, &mut berg);
    let found = differences(&eva, &looked).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].before, Some("Fall".into()));
    assert_eq!(found[0].after, Some("Feber".into()));
    assert_eq!(found[0].actor, [1; 16]);
}
