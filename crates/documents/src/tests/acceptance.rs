//! What a server takes in, and what it refuses.

use super::{actor, headers, minute, row, tablet, user, visit};
use crate::{
    Document, Edit, Limits, RawChange, Value,
    accept::{Refusal, Target, check, check_counter, check_operations, check_series, inspect},
    genesis, migrations, parse_chunk,
};
use automerge::{
    ActorId, Change, ExpandedChange, ObjType, ROOT, ReadDoc, ScalarValue,
    transaction::{CommitOptions, Transactable},
};

/// A change that a stranger made to a copy of the document with the library at hand.
fn strange(
    document: &Document,
    edit: impl FnOnce(&mut automerge::transaction::Transaction<'_>, &crate::genesis::Containers),
) -> Vec<u8> {
    let mut state = document.state.clone();
    state.set_actor(actor(66).id());
    let mut transaction = state.transaction();
    edit(&mut transaction, document.containers());
    transaction.commit_with(CommitOptions::default().with_time(1));
    state.get_last_local_change().unwrap().raw_bytes().to_vec()
}

/// A stranger's change with its parts altered.
fn altered(bytes: &[u8], alter: impl FnOnce(&mut ExpandedChange)) -> Vec<u8> {
    let mut change = Change::from_bytes(bytes.to_vec()).unwrap().decode();
    alter(&mut change);
    Change::from(change).raw_bytes().to_vec()
}

fn code(document: &Document, bytes: &[u8]) -> &'static str {
    match check(document, bytes, &Limits::EDIT) {
        Ok(_) => "accepted",
        Err(refusal) => refusal.code(),
    }
}

#[test]
fn an_honest_edit_is_taken_in_and_told() {
    let server = tablet(1);
    let mut eva = tablet(2);
    let sent = eva
        .edit(
            minute(0),
            &[
                Edit::set("cfs.level", 6),
                Edit::text("note", "Hej"),
                Edit::add_row("notes", row(1), [("by", user(1).to_string())]),
            ],
        )
        .unwrap();
    let inspected = inspect(&sent[0].bytes, &Limits::EDIT).unwrap();
    assert_eq!(inspected.hash, sent[0].hash);
    assert_eq!((inspected.actor, inspected.seq), ([2; 16], 1));
    assert_eq!(inspected.time, minute(0).timestamp());
    assert_eq!(inspected.deps, server.heads());
    assert_eq!(inspected.start_op, server.max_op() + 1);
    assert_eq!(inspected.max_op, eva.max_op());
    assert_eq!(check_counter(&inspected, server.max_op()), Ok(()));
    assert!(check_counter(&inspected, server.max_op() - 1).is_err());

    let accepted = check(&server, &sent[0].bytes, &Limits::EDIT).unwrap();
    assert!(!accepted.known && !accepted.given);
    let targets: Vec<Target> = accepted
        .writes
        .iter()
        .map(|write| write.target.clone())
        .collect();
    let name = row(1).to_string();
    assert_eq!(
        targets,
        [
            Target::Field("cfs.level".to_owned()),
            Target::Text("note".to_owned()),
            Target::NewRow {
                collection: "notes".to_owned(),
                row: name.clone()
            },
            Target::Row {
                collection: "notes".to_owned(),
                row: name,
                field: "by".to_owned(),
                new: true
            },
        ]
    );
    assert_eq!(accepted.writes[0].value, Some(Value::Int(6)));
    assert!(check(&eva, &sent[0].bytes, &Limits::EDIT).unwrap().known);
}

/// Eva's morning in one visit: six changes, each on the one before.
fn morning() -> Vec<RawChange> {
    let mut eva = tablet(2);
    let levels = (1..=6).map(|level| [Edit::set("cfs.level", level)]);
    levels
        .enumerate()
        .flat_map(|(place, edit)| eva.edit(minute(place as i64), &edit).unwrap())
        .collect()
}

#[test]
fn a_series_is_taken_in_as_one_by_one() {
    let server = tablet(1);
    let sent = morning();
    let mut one_by_one = server.clone();
    let mut said = Vec::new();
    for change in &sent {
        said.push(
            check(&one_by_one, &change.bytes, &Limits::EDIT)
                .unwrap()
                .inspected,
        );
        one_by_one.apply([&change.bytes]).unwrap();
    }
    let bytes: Vec<&[u8]> = sent.iter().map(|change| change.bytes.as_slice()).collect();
    let (together, inspected) = check_series(&server, &bytes, &Limits::EDIT).unwrap();
    assert_eq!(inspected, said);
    assert_eq!(together.heads(), one_by_one.heads());
    assert_eq!(together.content(), one_by_one.content());
    assert!(
        server.heads() != together.heads(),
        "the document itself stays as it was"
    );

    // What is there already is passed over, and what follows goes on from it.
    let again = [bytes.clone(), bytes.clone()].concat();
    let (known, inspected) = check_series(&together, &again, &Limits::EDIT).unwrap();
    assert_eq!(inspected.len(), 12);
    assert_eq!(known.heads(), together.heads());
}

#[test]
fn a_series_in_which_anything_is_wrong_is_none() {
    let server = tablet(1);
    let sent = morning();
    let series = |changes: &[Vec<u8>]| {
        let bytes: Vec<&[u8]> = changes.iter().map(Vec::as_slice).collect();
        check_series(&server, &bytes, &Limits::EDIT).is_some()
    };
    let sound: Vec<Vec<u8>> = sent.iter().map(|change| change.bytes.clone()).collect();
    assert!(series(&sound));
    for place in 0..sound.len() {
        let mut broken = sound.clone();
        broken[place][20] ^= 1;
        assert!(!series(&broken), "a broken change at {place}");
        let mut counted = sound.clone();
        counted[place] = altered(&sound[place], |change| {
            change.start_op = change.start_op.saturating_add(1);
        });
        assert!(!series(&counted), "a wrong counter at {place}");
        if place + 1 < sound.len() {
            let mut lacking = sound.clone();
            lacking.remove(place);
            assert!(!series(&lacking), "none at {place}");
            let mut swapped = sound.clone();
            swapped.swap(place, place + 1);
            assert!(!series(&swapped), "out of order at {place}");
        }
    }
    // A document in which something waits is read one by one.
    let mut waiting = server.clone();
    waiting.apply([&sound[1]]).unwrap();
    assert!(check_series(&waiting, &[&sound[0]], &Limits::EDIT).is_none());
}

#[test]
fn the_given_changes_are_known_exactly() {
    for header in headers() {
        let server = Document::create(&header, actor(1)).unwrap();
        let given = [
            vec![genesis(&header).unwrap()],
            migrations(&header).unwrap(),
        ]
        .concat();
        for change in given {
            assert!(check(&server, &change.bytes, &Limits::EDIT).unwrap().given);
            assert_eq!(check_operations(&header, &change.bytes), Ok(Vec::new()));
            let claimed = altered(&change.bytes, |change| change.time = 1);
            assert_eq!(code(&server, &claimed), "reserved-actor");
            assert_eq!(
                check_operations(&header, &claimed),
                Err(Refusal::ReservedActor)
            );
        }
    }
}

#[test]
fn what_only_given_changes_write_stays_as_it_is() {
    let server = tablet(1);
    let cases: [(&str, Vec<u8>); 10] = [
        (
            "writes-fixed",
            strange(&server, |t, _| t.put(ROOT, "schema", 99_i64).unwrap()),
        ),
        (
            "writes-fixed",
            strange(&server, |t, _| t.delete(ROOT, "fields").unwrap()),
        ),
        (
            "writes-fixed",
            strange(&server, |t, _| {
                t.put_object(ROOT, "drugs", ObjType::Map).unwrap();
            }),
        ),
        (
            "writes-fixed",
            strange(&server, |t, c| t.put(&c.header, "person", "x").unwrap()),
        ),
        (
            "writes-fixed",
            strange(&server, |t, c| {
                t.put_object(&c.texts, "note", ObjType::Text).unwrap();
            }),
        ),
        (
            "operation",
            strange(&server, |t, c| {
                t.put_object(&c.fields, "cfs.level", ObjType::List).unwrap();
            }),
        ),
        (
            "operation",
            strange(&server, |t, c| {
                t.put(&c.fields, "CFS/level", 1_i64).unwrap()
            }),
        ),
        (
            "operation",
            strange(&server, |t, c| {
                t.put_object(&c.collections["drugs"], "Furix", ObjType::Map)
                    .unwrap();
            }),
        ),
        (
            "operation",
            strange(&server, |t, c| {
                t.put(&c.collections["drugs"], "x", 1_i64).unwrap()
            }),
        ),
        (
            "operation",
            strange(&server, |t, c| {
                t.insert(&c.text["note"], 0, 5_i64).unwrap();
            }),
        ),
    ];
    for (place, (expected, bytes)) in cases.iter().enumerate() {
        assert_eq!(code(&server, bytes), *expected, "case {place}");
    }
}

#[test]
fn values_that_no_field_holds_are_refused() {
    let server = tablet(1);
    for (expected, value) in [
        ("value", ScalarValue::counter(1)),
        ("value", ScalarValue::Timestamp(1)),
        ("value", ScalarValue::Bytes(vec![1])),
        ("value", ScalarValue::Uint(1)),
        ("value", ScalarValue::F64(f64::NAN)),
        ("value", ScalarValue::Str("å".repeat(5_000).into())),
        ("accepted", ScalarValue::Str("å".repeat(4_000).into())),
        ("accepted", ScalarValue::Null),
    ] {
        let bytes = strange(&server, |t, c| {
            t.put(&c.fields, "reason", value.clone()).unwrap()
        });
        assert_eq!(code(&server, &bytes), expected, "{value:?}");
    }
}

/// AC8: no change of anybody can take away what was written.
#[test]
fn nothing_is_deleted_and_no_row_is_put_in_the_place_of_another() {
    let mut server = tablet(1);
    let add = Edit::add_row("notes", row(1), [("text", "Sätt ut Furix")]);
    let other = Edit::add_row("drugs", row(2), [("name", "Furix")]);
    server
        .edit(
            minute(0),
            &[
                add,
                other,
                Edit::set("reason", "x"),
                Edit::text("note", "abc"),
            ],
        )
        .unwrap();
    let name = row(1).to_string();
    let note = |t: &automerge::transaction::Transaction<'_>, c: &crate::genesis::Containers| {
        t.get(&c.collections["notes"], name.as_str())
            .unwrap()
            .unwrap()
            .1
    };
    for (expected, bytes) in [
        (
            "operation",
            strange(&server, |t, c| t.delete(&c.fields, "reason").unwrap()),
        ),
        (
            "operation",
            strange(&server, |t, c| {
                t.delete(&c.collections["notes"], name.as_str()).unwrap()
            }),
        ),
        (
            "operation",
            strange(&server, |t, c| {
                t.put_object(&c.collections["notes"], name.as_str(), ObjType::Map)
                    .unwrap();
            }),
        ),
        (
            "append-only",
            strange(&server, |t, c| {
                let note = note(t, c);
                t.put(&note, "text", "Öka Furix").unwrap();
            }),
        ),
        (
            "accepted",
            strange(&server, |t, c| {
                let note = note(t, c);
                t.put(&note, "retracted_at", "2026-11-03T08:00:00Z")
                    .unwrap();
            }),
        ),
        (
            "accepted",
            strange(&server, |t, c| {
                t.splice_text(&c.text["note"], 1, 1, "x").unwrap()
            }),
        ),
    ] {
        assert_eq!(code(&server, &bytes), expected);
    }
    // The row that an honest edit to an old row touches is told.
    let mut eva = server.clone();
    let sent = eva
        .edit(minute(1), &[Edit::set_row("drugs", row(2), "dose", "2")])
        .unwrap();
    let accepted = check(&server, &sent[0].bytes, &Limits::EDIT).unwrap();
    assert_eq!(
        accepted.writes[0].target,
        Target::Row {
            collection: "drugs".to_owned(),
            row: row(2).to_string(),
            field: "dose".to_owned(),
            new: false
        }
    );
    let alone = check_operations(&visit(), &sent[0].bytes).unwrap();
    assert!(matches!(alone[0].target, Target::Elsewhere { .. }));
}

#[test]
fn a_write_cannot_remove_another_fields_value_behind_its_back() {
    let mut server = tablet(1);
    server
        .edit(
            minute(0),
            &[Edit::set("reason", "Fall"), Edit::set("cfs.level", 6)],
        )
        .unwrap();
    let honest = strange(&server, |t, c| t.put(&c.fields, "reason", "x").unwrap());
    assert_eq!(code(&server, &honest), "accepted");
    let forged = altered(&honest, |change| {
        change.operations[0].key = automerge::legacy::Key::Map("cfs.cause".into());
    });
    assert_eq!(code(&server, &forged), "operation");
    let dangling = altered(&honest, |change| {
        let id = automerge::legacy::OpId::new(9_999, &ActorId::from([1; 16].as_slice()));
        change.operations[0].pred = vec![id].into();
    });
    assert_eq!(code(&server, &dangling), "operation");
}

#[test]
fn a_change_has_its_place_after_those_that_it_builds_on() {
    let mut server = tablet(1);
    let mut eva = tablet(66);
    let first = eva
        .edit(minute(0), &[Edit::set("cfs.level", 5)])
        .unwrap()
        .remove(0);
    let second = eva
        .edit(minute(1), &[Edit::set("cfs.level", 6)])
        .unwrap()
        .remove(0);
    assert_eq!(code(&server, &second.bytes), "missing-dependencies");
    server.apply([&first]).unwrap();
    assert_eq!(code(&server, &second.bytes), "accepted");
    let base = server.heads();
    for (expected, bytes) in [
        ("sequence", altered(&second.bytes, |c| c.seq = 3)),
        ("sequence", altered(&second.bytes, |c| c.seq = 1)),
        (
            "counter",
            altered(&second.bytes, |c| {
                c.start_op = 5_000_u64.try_into().unwrap()
            }),
        ),
        (
            "counter",
            altered(&second.bytes, |c| c.start_op = 1_u64.try_into().unwrap()),
        ),
        (
            "too-large",
            altered(&second.bytes, |c| {
                c.start_op = (1 << 31).try_into().unwrap()
            }),
        ),
        ("other-document", altered(&second.bytes, |c| c.deps.clear())),
        (
            "detached",
            altered(&second.bytes, |c| c.deps = tablet(1).state.get_heads()),
        ),
        (
            "malformed",
            altered(&second.bytes, |c| c.message = Some("hej".to_owned())),
        ),
        (
            "malformed",
            altered(&second.bytes, |c| c.extra_bytes = vec![1]),
        ),
        (
            "malformed",
            altered(&second.bytes, |c| {
                c.actor_id = ActorId::from([1; 3].as_slice())
            }),
        ),
        (
            "reserved-actor",
            altered(&second.bytes, |c| {
                c.actor_id = ActorId::from([0; 16].as_slice())
            }),
        ),
    ] {
        assert_eq!(code(&server, &bytes), expected);
    }
    assert_eq!(server.heads(), base);
}

#[test]
fn a_few_bytes_cannot_become_millions_of_operations() {
    for (operations, expected) in [(100, Ok(100)), (10_000_000, Err("too-large"))] {
        let bomb = bomb(operations);
        assert!(bomb.len() < 90, "{}", bomb.len());
        let inspected = inspect(&bomb, &Limits::EDIT);
        assert_eq!(
            inspected.map(|i| i.ops_count).map_err(|r| r.code()),
            expected
        );
        // The small one is what the library takes for a sound change of so many operations.
        if operations == 100 {
            assert_eq!(Change::from_bytes(bomb).unwrap().len(), 100);
        }
    }
}

#[test]
fn what_is_no_uncompressed_change_is_refused_by_its_kind() {
    let mut eva = tablet(1);
    let long = Edit::text("note", "mycket lång text ".repeat(40));
    let sent: RawChange = eva.edit(minute(0), &[long]).unwrap().remove(0);
    let code = |bytes: &[u8]| parse_chunk(bytes, &Limits::EDIT).map_err(|error| error.code());
    assert!(code(&sent.bytes).is_ok());
    assert_eq!(code(&eva.state.save()), Err("wrong-chunk-type"));
    let compressed = Change::from_bytes(sent.bytes.clone())
        .unwrap()
        .bytes()
        .to_vec();
    assert_eq!(code(&compressed), Err("wrong-chunk-type"));
    assert_eq!(code(b""), Err("not-a-chunk"));
    assert_eq!(code(&[&sent.bytes[..], &[0]].concat()), Err("wrong-length"));
    assert_eq!(
        code(&[&sent.bytes[..], &sent.bytes[..]].concat()),
        Err("wrong-length")
    );
    let small = Limits {
        bytes: 100,
        ..Limits::EDIT
    };
    assert_eq!(
        parse_chunk(&sent.bytes, &small).unwrap_err().code(),
        "too-large"
    );
    for place in 0..sent.bytes.len() {
        assert!(code(&sent.bytes[..place]).is_err(), "cut at {place}");
        let mut flipped = sent.bytes.clone();
        flipped[place] ^= 1;
        assert!(code(&flipped).is_err(), "flipped at {place}");
    }
}

/// A sound change whose columns repeat one operation as often as asked, in a few bytes.
fn bomb(operations: i64) -> Vec<u8> {
    let run = |value: u8| [signed(operations), vec![value]].concat();
    let columns: [(u8, Vec<u8>); 5] = [
        (0x15, [signed(operations), vec![1, b'a']].concat()),
        (0x34, unsigned(operations.unsigned_abs())),
        (0x42, run(1)),
        (0x56, run(0)),
        (0x70, run(0)),
    ];
    let mut content = vec![0, 16];
    content.extend([1; 16]);
    content.extend([1, 1, 0, 0, 0, 5]);
    for (column, data) in &columns {
        content.extend([*column, u8::try_from(data.len()).unwrap()]);
    }
    for (_, data) in columns {
        content.extend(data);
    }
    super::hostile::chunk(&content)
}

pub(super) fn unsigned(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let byte = u8::try_from(value & 0x7f).unwrap();
        value >>= 7;
        if value == 0 {
            bytes.push(byte);
            return bytes;
        }
        bytes.push(byte | 0x80);
    }
}

fn signed(mut value: i64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let byte = u8::try_from(value & 0x7f).unwrap();
        value >>= 7;
        if (value == 0 && byte & 0x40 == 0) || (value == -1 && byte & 0x40 != 0) {
            bytes.push(byte);
            return bytes;
        }
        bytes.push(byte | 0x80);
    }
}
