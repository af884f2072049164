//! What must hold, told with the people who rely on it.

use super::{actor, exchange, minute, row, tablet, user, visit};
use crate::{Document, Edit, EditError, RawChange, Value, settlement};
use std::collections::BTreeMap;

#[test]
fn eva_writes_in_a_kitchen_and_dr_berg_reads_the_same() {
    let mut eva = tablet(1);
    let mut berg = tablet(2);
    let made = eva
        .edit(
            minute(0),
            &[
                Edit::set("cfs.level", 6),
                Edit::set("cfs.basis", "interview"),
                Edit::set("weight_kg", 61),
                Edit::text("note", "Astrid sitter uppe i köket."),
                Edit::add_row("drugs", row(1), [("name", "Furix"), ("dose", "1 x 1")]),
            ],
        )
        .unwrap();
    assert_eq!(made.len(), 1, "one change for one save");
    let applied = berg.apply(&made).unwrap();
    assert_eq!(applied.new, [made[0].hash]);
    let content = berg.content();
    assert_eq!(content, eva.content());
    assert_eq!(content.fields["cfs.level"], Value::Int(6));
    assert_eq!(content.fields["weight_kg"], Value::Number(61.0));
    assert_eq!(content.texts["note"], "Astrid sitter uppe i köket.");
    assert_eq!(
        content.rows["drugs"][&row(1).to_string()]["name"],
        Value::from("Furix")
    );
    assert_eq!(eva.digest(), berg.digest());
}

#[test]
fn saving_what_is_already_there_makes_no_change() {
    let mut eva = tablet(1);
    let edits = [
        Edit::set("cfs.level", 6),
        Edit::text("note", "Hej"),
        Edit::clear("reason"),
    ];
    assert_eq!(eva.edit(minute(0), &edits).unwrap().len(), 1);
    assert_eq!(eva.edit(minute(1), &edits).unwrap(), []);
    assert_eq!(eva.edit(minute(1), &[]).unwrap(), []);
}

#[test]
fn a_refused_edit_leaves_nothing_behind() {
    let mut eva = tablet(1);
    eva.edit(minute(0), &[Edit::set("cfs.level", 6)]).unwrap();
    let before = (eva.content(), eva.heads());
    for (edit, code) in [
        (Edit::set("cfs.level", 10), "unfit"),
        (Edit::set("cfs.mood", 1), "unknown-field"),
        (Edit::text("diary", "x"), "unknown-field"),
        (Edit::text("note", "å".repeat(8_001)), "unfit"),
        (
            Edit::add_row("pets", row(9), [("name", "Misse")]),
            "unknown-collection",
        ),
        (
            Edit::add_row("drugs", row(9), [("colour", "red")]),
            "unknown-field",
        ),
        (
            Edit::set_row("drugs", row(9), "name", "Furix"),
            "unknown-row",
        ),
    ] {
        let error = eva
            .edit(minute(1), &[Edit::set("cfs.level", 7), edit])
            .unwrap_err();
        assert_eq!(error.code(), code);
        assert_eq!((eva.content(), eva.heads()), before);
    }
    // And the document can still be written in.
    eva.edit(minute(2), &[Edit::set("cfs.level", 7)]).unwrap();
}

#[test]
fn eva_and_omar_answer_differently_and_omar_settles_it() {
    let (mut eva, mut omar) = (tablet(1), tablet(2));
    eva.edit(
        minute(1),
        &[Edit::set("cfs.level", 5), Edit::set("reason", "Trött")],
    )
    .unwrap();
    omar.edit(
        minute(2),
        &[Edit::set("cfs.level", 6), Edit::set("reason", "Trött")],
    )
    .unwrap();
    exchange(&mut eva, &mut omar);

    let conflicts = omar.conflicts();
    assert_eq!(conflicts, eva.conflicts());
    assert_eq!(conflicts.len(), 1, "equal answers agree");
    let conflict = &conflicts[0];
    assert_eq!(conflict.field, "cfs.level");
    let shown: Vec<_> = conflict
        .candidates
        .iter()
        .map(|c| (c.value.clone(), c.actor))
        .collect();
    assert_eq!(
        shown,
        [
            (Some(Value::Int(5)), [1; 16]),
            (Some(Value::Int(6)), [2; 16])
        ]
    );
    assert_eq!(conflict.candidates[0].at, minute(1));

    let refused = EditError::InConflict {
        field: "cfs.level".to_owned(),
    };
    assert_eq!(
        omar.edit(minute(3), &[Edit::set("cfs.level", 6)]),
        Err(refused.clone())
    );
    assert_eq!(
        omar.edit(minute(3), &[Edit::clear("cfs.level")]),
        Err(refused)
    );

    let edits = settlement(Some(Value::Int(6)), conflict, user(2), minute(4), row(7));
    omar.edit(minute(4), &edits).unwrap();
    exchange(&mut eva, &mut omar);
    assert_eq!(eva.conflicts(), []);
    let content = eva.content();
    assert_eq!(content.fields["cfs.level"], Value::Int(6));
    let kept = &content.rows["settlements"][&row(7).to_string()];
    assert_eq!(kept["field"], Value::from("cfs.level"));
    assert_eq!(kept["chosen"], Value::from("6"));
    assert!(
        kept["others"].to_string().contains("\"value\":5"),
        "{}",
        kept["others"]
    );
}

#[test]
fn a_settlement_does_not_touch_an_answer_that_came_after_it_was_read() {
    let (mut eva, mut omar, mut berg) = (tablet(1), tablet(2), tablet(3));
    for (document, level) in [(&mut eva, 4), (&mut omar, 5), (&mut berg, 6)] {
        document
            .edit(minute(1), &[Edit::set("cfs.level", level)])
            .unwrap();
    }
    exchange(&mut eva, &mut omar);
    let read = omar.conflict("cfs.level").unwrap();
    exchange(&mut omar, &mut berg);
    let error = omar
        .edit(minute(2), &[read.settle(Some(Value::Int(5)))])
        .unwrap_err();
    assert_eq!(
        error,
        EditError::InConflict {
            field: "cfs.level".to_owned()
        }
    );
    let read = omar.conflict("cfs.level").unwrap();
    assert_eq!(read.candidates.len(), 3);
    omar.edit(minute(2), &[read.settle(Some(Value::Int(5)))])
        .unwrap();
    assert_eq!(omar.conflicts(), []);
}

#[test]
fn two_who_settle_differently_at_the_same_time_are_in_conflict_again() {
    let (mut eva, mut omar) = (tablet(1), tablet(2));
    eva.edit(minute(1), &[Edit::set("cfs.level", 5)]).unwrap();
    omar.edit(minute(1), &[Edit::set("cfs.level", 6)]).unwrap();
    exchange(&mut eva, &mut omar);
    // Whichever answer the library would show by itself: choosing it is an act that is kept.
    for (chosen, other) in [(5, 6), (6, 5)] {
        let (mut eva, mut omar) = (eva.clone(), omar.clone());
        let conflict = eva.conflict("cfs.level").unwrap();
        let made = eva
            .edit(minute(2), &[conflict.settle(Some(Value::Int(chosen)))])
            .unwrap();
        let server = Document::load(&visit(), actor(8), omar.changes())
            .unwrap()
            .document;
        crate::accept::check(&server, &made[0].bytes, &crate::Limits::EDIT).unwrap();
        let traces = crate::history::history(&eva, "cfs.level");
        assert_eq!(traces.last().unwrap().value, Some(Value::Int(chosen)));
        assert_eq!(traces.len(), 3);
        omar.edit(minute(2), &[conflict.settle(Some(Value::Int(other)))])
            .unwrap();
        exchange(&mut eva, &mut omar);
        assert_eq!(eva.conflict("cfs.level").unwrap().candidates.len(), 2);
    }
}

#[test]
fn clearing_and_answering_at_the_same_time_is_a_conflict_too() {
    let (mut eva, mut omar) = (tablet(1), tablet(2));
    eva.edit(minute(0), &[Edit::set("cfs.level", 5)]).unwrap();
    exchange(&mut eva, &mut omar);
    eva.edit(minute(1), &[Edit::clear("cfs.level")]).unwrap();
    omar.edit(minute(2), &[Edit::set("cfs.level", 7)]).unwrap();
    exchange(&mut eva, &mut omar);
    let conflict = eva.conflict("cfs.level").unwrap();
    let values: Vec<_> = conflict
        .candidates
        .iter()
        .map(|c| c.value.clone())
        .collect();
    assert_eq!(values, [None, Some(Value::Int(7))]);
    eva.edit(minute(3), &[conflict.settle(None)]).unwrap();
    assert_eq!(eva.conflicts(), []);
    assert!(!eva.content().fields.contains_key("cfs.level"));
}

#[test]
fn two_people_who_type_in_one_note_keep_both_their_words() {
    let (mut eva, mut omar) = (tablet(1), tablet(2));
    eva.edit(minute(0), &[Edit::text("note", "Äter bra.")])
        .unwrap();
    exchange(&mut eva, &mut omar);
    eva.edit(minute(1), &[Edit::text("note", "Äter bra. Sover illa.")])
        .unwrap();
    omar.edit(minute(1), &[Edit::text("note", "Idag: Äter bra.")])
        .unwrap();
    exchange(&mut eva, &mut omar);
    assert_eq!(eva.content().texts["note"], "Idag: Äter bra. Sover illa.");
    assert_eq!(eva.content(), omar.content());
    assert_eq!(eva.conflicts(), []);
    // A whole text that is replaced by another is not compared letter by letter.
    let long = |c: &str| c.repeat(2_500);
    eva.edit(minute(2), &[Edit::text("note", long("a"))])
        .unwrap();
    eva.edit(minute(3), &[Edit::text("note", long("b"))])
        .unwrap();
    assert_eq!(eva.content().texts["note"], long("b"));
}

#[test]
fn two_devices_that_make_one_row_each_do_not_hide_each_other() {
    let (mut eva, mut omar) = (tablet(1), tablet(2));
    eva.edit(
        minute(1),
        &[Edit::add_row(
            "drugs",
            row(1),
            [("name", "Furix"), ("dose", "1")],
        )],
    )
    .unwrap();
    omar.edit(
        minute(2),
        &[Edit::add_row(
            "drugs",
            row(1),
            [("name", "Furix"), ("note", "mår illa")],
        )],
    )
    .unwrap();
    exchange(&mut eva, &mut omar);
    let content = eva.content();
    assert_eq!(content, omar.content());
    let drug = &content.rows["drugs"][&row(1).to_string()];
    assert_eq!(drug.len(), 3);
    assert_eq!(eva.conflicts(), []);
    let again = Edit::add_row("drugs", row(1), [("name", "Furix")]);
    assert_eq!(
        eva.edit(minute(3), &[again]).unwrap_err().code(),
        "row-exists"
    );
    omar.edit(
        minute(3),
        &[Edit::set_row("drugs", row(1), "name", "Furosemid")],
    )
    .unwrap();
    exchange(&mut eva, &mut omar);
    assert_eq!(eva.conflicts(), []);
    assert_eq!(
        eva.content().rows["drugs"][&row(1).to_string()]["name"],
        Value::from("Furosemid")
    );
}

#[test]
fn an_order_is_never_rewritten_only_retracted() {
    let mut berg = tablet(3);
    let order = Edit::AddRow {
        collection: "notes".to_owned(),
        row: row(1),
        values: BTreeMap::from([
            ("kind".to_owned(), "order".into()),
            ("text".to_owned(), "Sätt ut Furix".into()),
            ("by".to_owned(), user(3).to_string().into()),
        ]),
    };
    berg.edit(minute(0), &[order]).unwrap();
    let address = format!("notes/{}/text", row(1));
    for edit in [
        Edit::set_row("notes", row(1), "text", "Öka Furix"),
        Edit::settle(&address, Some("Öka Furix".into())),
        Edit::SetRow {
            collection: "notes".to_owned(),
            row: row(1),
            field: "retracted_at".to_owned(),
            value: None,
        },
    ] {
        assert_eq!(
            berg.edit(minute(1), &[edit]).unwrap_err().code(),
            "append-only"
        );
    }
    let retract = |who: u8, at: i64| {
        [
            Edit::set_row("notes", row(1), "retracted_at", minute(at).to_rfc3339()),
            Edit::set_row("notes", row(1), "retracted_by", user(who).to_string()),
        ]
    };
    let mut eva = tablet(1);
    exchange(&mut eva, &mut berg);
    berg.edit(minute(2), &retract(3, 2)).unwrap();
    eva.edit(minute(3), &retract(1, 3)).unwrap();
    exchange(&mut eva, &mut berg);
    assert_eq!(berg.conflicts(), [], "both say that it is retracted");
    let note = &berg.content().rows["notes"][&row(1).to_string()];
    assert_eq!(note["text"], Value::from("Sätt ut Furix"), "its words stay");
}

#[test]
fn changes_may_come_in_any_order_and_more_than_once() {
    let mut eva = tablet(1);
    let mut sent: Vec<RawChange> = Vec::new();
    for level in 1..=9 {
        sent.extend(
            eva.edit(minute(level), &[Edit::set("cfs.level", level)])
                .unwrap(),
        );
    }
    let mut omar = tablet(2);
    sent.reverse();
    let first = omar.apply(&sent[..1]).unwrap();
    assert!(first.new.is_empty());
    assert_eq!(first.waiting[0].missing, [sent[1].hash]);
    assert!(!omar.contains(&sent[0].hash));
    for change in &sent[1..] {
        omar.apply([change, change]).unwrap();
    }
    assert_eq!(omar.waiting(), []);
    assert_eq!(omar.heads(), eva.heads());
    assert_eq!(omar.content(), eva.content());
}

#[test]
fn a_broken_change_that_waited_does_not_block_what_comes_later() {
    let (mut eva, mut omar) = (tablet(1), tablet(2));
    let first = eva
        .edit(minute(0), &[Edit::set("cfs.level", 6)])
        .unwrap()
        .remove(0);
    let second = eva
        .edit(minute(1), &[Edit::set("cfs.level", 7)])
        .unwrap()
        .remove(0);
    // Numbered as the third, it waits for the first and then does not fit.
    let mut parts = automerge::Change::from_bytes(second.bytes.clone())
        .unwrap()
        .decode();
    parts.seq = 3;
    let broken = RawChange::of(&automerge::Change::from(parts));
    let applied = omar.apply([&broken]).unwrap();
    assert_eq!(applied.waiting.len(), 1);
    let applied = omar.apply([&first]).unwrap();
    assert_eq!(applied.new, [first.hash]);
    assert_eq!(applied.set_aside.len(), 1);
    assert_eq!(applied.set_aside[0].hash, broken.hash);
    omar.apply([&second]).unwrap();
    assert_eq!(omar.content(), eva.content());
}

#[test]
fn a_restart_loses_nothing_and_writes_under_a_new_actor() {
    let mut eva = tablet(1);
    eva.edit(minute(0), &[Edit::set("cfs.level", 6)]).unwrap();
    let stored = eva.changes();
    let loaded = Document::load(&visit(), actor(9), &stored).unwrap();
    assert_eq!(loaded.set_aside, []);
    let mut again = loaded.document;
    again
        .edit(minute(1), &[Edit::set("cfs.comment", "Bättre")])
        .unwrap();
    eva.edit(minute(1), &[Edit::set("reason", "Kontroll")])
        .unwrap();
    exchange(&mut eva, &mut again);
    assert_eq!(eva.content(), again.content());
    assert_eq!(&again.changes()[..stored.len()], &stored[..]);
    // Without its given changes too.
    let loaded = Document::load(&visit(), actor(9), &stored[2..]).unwrap();
    assert_eq!(loaded.document.changes(), stored);
}

#[test]
fn a_broken_change_on_disk_costs_only_itself_and_what_builds_on_it() {
    let (mut eva, mut omar) = (tablet(1), tablet(2));
    eva.edit(minute(0), &[Edit::set("cfs.level", 6)]).unwrap();
    let lost = eva
        .edit(minute(1), &[Edit::set("reason", "Trött")])
        .unwrap();
    eva.edit(minute(2), &[Edit::set("cfs.comment", "Orolig")])
        .unwrap();
    omar.edit(minute(2), &[Edit::set("weight_kg", 70.5)])
        .unwrap();
    exchange(&mut eva, &mut omar);
    let mut stored: Vec<Vec<u8>> = eva.changes().into_iter().map(|c| c.bytes).collect();
    for bytes in &mut stored {
        if *bytes == lost[0].bytes {
            let end = bytes.len() - 1;
            bytes[end] ^= 1;
        }
    }
    let loaded = Document::load(&visit(), actor(3), &stored).unwrap();
    assert_eq!(loaded.set_aside.len(), 2, "{:?}", loaded.set_aside);
    let mut document = loaded.document;
    let content = document.content();
    assert_eq!(content.fields["cfs.level"], Value::Int(6));
    assert_eq!(content.fields["weight_kg"], Value::Number(70.5));
    assert!(!content.fields.contains_key("cfs.comment"));
    // The server still has it, and then everything is there.
    document.apply(&lost).unwrap();
    assert_eq!(document.content(), eva.content());
}

#[test]
fn another_documents_changes_are_told_apart() {
    let other = super::headers()[0].clone();
    let mut person = Document::create(&other, actor(5)).unwrap();
    person
        .edit(minute(0), &[Edit::set("given_name", "Astrid")])
        .unwrap();
    let mut eva = tablet(1);
    let before = eva.content();
    let error = eva.apply(person.changes()).unwrap_err();
    assert_eq!(error.0.reason, crate::Reason::OtherDocument);
    assert_eq!(eva.content(), before);
    let loaded = Document::load(&visit(), actor(1), person.changes()).unwrap();
    assert_eq!(loaded.set_aside.len(), 2);
    assert_eq!(loaded.document.content(), before);
}

#[test]
fn a_tablet_with_yesterdays_app_merges_with_todays() {
    let mut old = Document::create_at(&visit(), actor(1), 1).unwrap();
    let mut new = tablet(2);
    assert_eq!((old.schema(), new.schema()), (1, 2));
    assert_eq!(
        old.edit(minute(0), &[Edit::text("plan", "x")])
            .unwrap_err()
            .code(),
        "unknown-field"
    );
    old.edit(
        minute(0),
        &[Edit::set("cfs.level", 6), Edit::text("note", "Hej")],
    )
    .unwrap();
    new.edit(
        minute(0),
        &[
            Edit::text("plan", "Ring dottern"),
            Edit::set("reason", "Fall"),
        ],
    )
    .unwrap();
    new.apply(old.changes()).unwrap();
    assert_eq!(new.schema(), 2);
    let content = new.content();
    assert_eq!(content.fields["cfs.level"], Value::Int(6));
    assert_eq!(content.texts["note"], "Hej");
    assert_eq!(content.texts["plan"], "Ring dottern");
    // Once the old one has heard of the newer schema it reads all and writes nothing.
    old.apply(new.changes()).unwrap();
    assert!(old.is_newer());
    assert_eq!(old.content().texts["plan"], "Ring dottern");
    assert_eq!(old.content().fields, new.content().fields);
    let refused = old.edit(minute(1), &[Edit::set("cfs.level", 5)]);
    assert_eq!(
        refused,
        Err(EditError::NewerSchema {
            document: 2,
            ours: 1
        })
    );
    assert_eq!(old.heads(), new.heads());
    // After its update it writes again.
    let mut updated = Document::load(&visit(), actor(3), old.changes())
        .unwrap()
        .document;
    updated
        .edit(minute(1), &[Edit::set("cfs.level", 5)])
        .unwrap();
}
