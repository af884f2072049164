//! The tree against the published figure, and the tree with answers missing.
#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;

type Row = (
    Option<bool>,
    Option<i32>,
    Option<i32>,
    Option<i32>,
    Option<SelfRatedHealth>,
    Option<Effort>,
    Option<bool>,
);

fn input((terminal, badl, iadl, chronic, srh, effort, active): Row) -> TreeInput {
    TreeInput {
        terminal,
        badl,
        iadl,
        chronic,
        srh,
        effort,
        active,
    }
}

const Y: Option<bool> = Some(true);
const N: Option<bool> = Some(false);
const EXCELLENT: Option<SelfRatedHealth> = Some(SelfRatedHealth::Excellent);
const VERY_GOOD: Option<SelfRatedHealth> = Some(SelfRatedHealth::VeryGood);
const GOOD: Option<SelfRatedHealth> = Some(SelfRatedHealth::Good);
const FAIR: Option<SelfRatedHealth> = Some(SelfRatedHealth::Fair);
const POOR: Option<SelfRatedHealth> = Some(SelfRatedHealth::Poor);
const RARELY: Option<Effort> = Some(Effort::Rarely);
const SOMETIMES: Option<Effort> = Some(Effort::Sometimes);
const ALL: Option<Effort> = Some(Effort::All);

/// Terminal, basic activities, instrumental activities, chronic conditions, health, effort, active; then the level.
///
/// Source: Theou 2021, classification tree v1.0. `None` stands where the figure does not ask.
const TABLE: [(Row, u8); 25] = [
    ((Y, Some(0), None, None, None, None, None), 9),
    ((Y, Some(2), None, None, None, None, None), 9),
    ((Y, Some(3), None, None, None, None, None), 8),
    ((Y, Some(5), None, None, None, None, None), 8),
    ((N, Some(5), None, None, None, None, None), 7),
    ((N, Some(3), Some(0), Some(0), EXCELLENT, RARELY, Y), 7),
    ((N, Some(2), Some(6), None, None, None, None), 6),
    ((N, Some(1), Some(0), Some(0), EXCELLENT, RARELY, Y), 6),
    ((N, Some(0), Some(6), None, None, None, None), 6),
    ((N, Some(0), Some(5), None, None, None, None), 6),
    ((N, Some(0), Some(4), None, None, None, None), 5),
    ((N, Some(0), Some(1), Some(12), POOR, ALL, N), 5),
    ((N, Some(0), Some(0), Some(10), EXCELLENT, RARELY, Y), 4),
    ((N, Some(0), Some(0), Some(9), FAIR, RARELY, Y), 4),
    ((N, Some(0), Some(0), Some(9), POOR, None, None), 4),
    ((N, Some(0), Some(0), Some(9), EXCELLENT, ALL, Y), 4),
    ((N, Some(0), Some(0), Some(0), GOOD, ALL, Y), 4),
    ((N, Some(0), Some(0), Some(9), EXCELLENT, RARELY, Y), 1),
    ((N, Some(0), Some(0), Some(9), EXCELLENT, RARELY, N), 2),
    ((N, Some(0), Some(0), Some(0), EXCELLENT, SOMETIMES, Y), 2),
    ((N, Some(0), Some(0), Some(0), EXCELLENT, SOMETIMES, N), 3),
    ((N, Some(0), Some(0), Some(0), VERY_GOOD, RARELY, Y), 2),
    ((N, Some(0), Some(0), Some(0), VERY_GOOD, RARELY, N), 3),
    ((N, Some(0), Some(0), Some(0), GOOD, SOMETIMES, Y), 2),
    ((N, Some(0), Some(0), Some(0), GOOD, SOMETIMES, N), 3),
];

/// Source: Theou 2021, classification tree v1.0, all leaves.
#[test]
fn every_row_of_the_figure() {
    for (row, level) in TABLE {
        let result = classify(&input(row))
            .unwrap()
            .complete()
            .unwrap_or_else(|| panic!("incomplete: {row:?}"));
        assert_eq!(result.level.get(), level, "{row:?}");
    }
}

/// What the figure does not ask for changes nothing, whatever is answered there.
#[test]
fn answers_beyond_the_leaf_do_not_matter() {
    for (row, level) in TABLE {
        let given = input(row);
        for filler in [
            (0, SelfRatedHealth::Excellent, Effort::Rarely, true),
            (6, SelfRatedHealth::Poor, Effort::All, false),
        ] {
            let filled = TreeInput {
                iadl: given.iadl.or(Some(filler.0)),
                chronic: given.chronic.or(Some(filler.0)),
                srh: given.srh.or(Some(filler.1)),
                effort: given.effort.or(Some(filler.2)),
                active: given.active.or(Some(filler.3)),
                ..given
            };
            assert_eq!(
                classify(&filled).unwrap().complete().unwrap().level.get(),
                level,
                "{filled:?}"
            );
        }
    }
}

/// The walk stops at the first node that cannot be decided, also when a later answer would have settled the level.
#[test]
fn the_first_missing_answer_is_named_and_only_that() {
    for (row, missing) in [
        ((None, None, None, None, None, None, None), "terminal"),
        ((None, Some(5), Some(6), Some(12), POOR, ALL, N), "terminal"),
        ((Y, None, None, None, None, None, None), "badl"),
        ((N, None, Some(6), None, None, None, None), "badl"),
        ((N, Some(0), None, Some(12), POOR, ALL, N), "iadl"),
        ((N, Some(0), Some(0), None, POOR, ALL, N), "chronic"),
        ((N, Some(0), Some(0), Some(9), None, ALL, N), "srh"),
        ((N, Some(0), Some(0), Some(9), GOOD, None, N), "effort"),
        (
            (N, Some(0), Some(0), Some(9), EXCELLENT, None, None),
            "effort",
        ),
        (
            (N, Some(0), Some(0), Some(9), EXCELLENT, RARELY, None),
            "active",
        ),
        (
            (N, Some(0), Some(0), Some(9), GOOD, SOMETIMES, None),
            "active",
        ),
    ] {
        assert_eq!(
            classify(&input(row)),
            Ok(Outcome::Incomplete(vec![missing])),
            "{row:?}"
        );
    }
}

#[test]
fn a_number_outside_its_range_is_an_error_wherever_it_stands() {
    for (row, field) in [
        ((Y, Some(6), None, None, None, None, None), "badl"),
        ((Y, Some(-1), None, None, None, None, None), "badl"),
        ((N, Some(3), Some(7), None, None, None, None), "iadl"),
        ((N, Some(3), Some(0), Some(-1), None, None, None), "chronic"),
        ((None, None, Some(i32::MIN), None, None, None, None), "iadl"),
    ] {
        assert_eq!(classify(&input(row)).unwrap_err().field, field, "{row:?}");
    }
    let error = classify(&input((Y, Some(6), None, None, None, None, None))).unwrap_err();
    assert_eq!(error.to_string(), "badl must be between 0 and 5, but is 6");
}

#[test]
fn greta_sees_why_the_tree_says_five() {
    let greta = input((N, Some(0), Some(3), None, None, None, None));
    let result = classify(&greta).unwrap().complete().unwrap();
    assert_eq!(
        result.path,
        [TreeStep::NotTerminal, TreeStep::Badl0, TreeStep::Iadl1To4]
    );
    assert_eq!(
        serde_json::to_value(&result).unwrap(),
        serde_json::json!({ "level": 5, "path": ["not_terminal", "badl_0", "iadl_1_4"] })
    );
}

/// Every combination of answers in range reaches a level, and every level is reached.
#[test]
fn every_combination_has_one_level() {
    let mut seen = [0_u32; 10];
    for terminal in [true, false] {
        for badl in 0..=5 {
            for iadl in 0..=6 {
                for chronic in [0, 9, 10, i32::MAX] {
                    for srh in SelfRatedHealth::ALL {
                        for effort in Effort::ALL {
                            for active in [true, false] {
                                let full = TreeInput {
                                    terminal: Some(terminal),
                                    badl: Some(badl),
                                    iadl: Some(iadl),
                                    chronic: Some(chronic),
                                    srh: Some(*srh),
                                    effort: Some(*effort),
                                    active: Some(active),
                                };
                                let result = classify(&full).unwrap().complete().unwrap();
                                seen[usize::from(result.level.get())] += 1;
                            }
                        }
                    }
                }
            }
        }
    }
    assert!(
        seen.iter().skip(1).all(|count| *count > 0),
        "every level is reachable: {seen:?}"
    );
}
