//! The independent table for people to read: what does not matter left out, what falls alike in one row.

use crate::{
    every::{self, KEEPERS},
    oracle::{Answer, Question, expected},
};
use hemrond_domain::{people::Role, record::DocumentKind};
use hemrond_policy::{Action, Block, Capacity, Consent, Emergency, Relation, Sharing};
use std::{collections::BTreeMap, fmt::Write};

/// What an answer can depend on besides role, kind, action and organisation, with the words for each value.
const WORDS: [(&str, &[&str]); 8] = [
    ("unit", &["none", "own", "other"]),
    ("relation", &["none", "care"]),
    ("block", &["none", "inner", "outer"]),
    ("sharing", &["not informed", "objected", "open"]),
    ("consent", &["none", "given"]),
    ("capacity", &["able", "unable"]),
    ("emergency", &["none", "units", "entries"]),
    ("protected", &["no", "yes"]),
];

/// For each of [`WORDS`] the values of a row, as bits.
type Row = [u8; 8];

/// What somebody is answered, row by row.
type Rows = Vec<(Answer, Row)>;

/// The whole document.
pub(crate) fn table() -> String {
    let mut text = String::from(
        "# Who may do what\n\n\
         Written from the independent table in `crates/policy/tests/table/oracle.rs`, which the tests hold against the\n\
         policies in every combination; do not edit. A condition that is not named does not matter. \"Own\" and \"other\"\n\
         are the organisation that answers for the document. A reason is what the asker may be told.\n",
    );
    for action in Action::ALL {
        let _ = write!(
            text,
            "\n## {}\n\n| Who | Document | Organisation | When | Answer | Paragraph |\n|---|---|---|---|---|---|\n",
            action.as_str()
        );
        for kind in DocumentKind::ALL {
            for own in [true, false] {
                rows(&mut text, action, kind, own);
            }
        }
    }
    text
}

/// The rows of one action, kind and organisation; roles that fall alike share theirs.
fn rows(text: &mut String, action: Action, kind: DocumentKind, own: bool) {
    let mut alike: Vec<(Vec<Role>, Rows)> = Vec::new();
    for role in Role::ALL {
        let rows = compressed(role, kind, action, own);
        match alike.iter_mut().find(|(_, known)| *known == rows) {
            Some((roles, _)) => roles.push(role),
            None => alike.push((vec![role], rows)),
        }
    }
    let organisation = if own { "own" } else { "other" };
    for (roles, rows) in alike {
        let who = if roles.len() == Role::ALL.len() {
            "everyone".to_owned()
        } else {
            roles
                .iter()
                .map(Role::to_string)
                .collect::<Vec<_>>()
                .join(", ")
        };
        for (answer, row) in rows {
            let said = answer
                .refused
                .map_or_else(|| "yes".to_owned(), |reason| format!("no: `{reason}`"));
            let _ = writeln!(
                text,
                "| {who} | {kind} | {organisation} | {} | {said} | {} |",
                when(&row),
                answer.law
            );
        }
    }
}

fn when(row: &Row) -> String {
    let named: Vec<String> = WORDS
        .iter()
        .zip(row)
        .filter(|((_, values), bits)| bits.count_ones() as usize != values.len())
        .map(|((name, values), bits)| {
            let values: Vec<&str> = values
                .iter()
                .enumerate()
                .filter(|(at, _)| bits & (1 << at) != 0)
                .map(|(_, value)| *value)
                .collect();
            format!("{name} {}", values.join(" or "))
        })
        .collect();
    if named.is_empty() {
        "always".to_owned()
    } else {
        named.join(", ")
    }
}

/// The answers with the fewest rows that joining neighbours gives.
fn compressed(role: Role, kind: DocumentKind, action: Action, own: bool) -> Rows {
    let mut by_answer: BTreeMap<Answer, Vec<Row>> = BTreeMap::new();
    for keeper in KEEPERS {
        for given in every::circumstances() {
            let answer = expected(&Question {
                role,
                kind,
                action,
                own,
                keeper,
                given,
            });
            let row = [
                bit(&KEEPERS, keeper),
                bit(&Relation::ALL, given.relation),
                bit(&Block::ALL, given.block),
                bit(&Sharing::ALL, given.sharing),
                bit(&Consent::ALL, given.consent),
                bit(&Capacity::ALL, given.capacity),
                bit(&Emergency::ALL, given.emergency),
                bit(&[false, true], given.protected),
            ];
            by_answer.entry(answer).or_default().push(row);
        }
    }
    by_answer
        .into_iter()
        .flat_map(|(answer, rows)| joined(rows).into_iter().map(move |row| (answer, row)))
        .collect()
}

fn bit<T: PartialEq>(all: &[T], value: T) -> u8 {
    all.iter()
        .position(|one| *one == value)
        .map_or(0, |at| 1 << at)
}

/// Joins rows that differ in one place only, place by place from the last: what matters least goes first.
fn joined(mut rows: Vec<Row>) -> Vec<Row> {
    loop {
        let before = rows.len();
        for place in (0..WORDS.len()).rev() {
            let mut by_rest: BTreeMap<Row, u8> = BTreeMap::new();
            for row in rows {
                let mut rest = row;
                rest[place] = 0;
                *by_rest.entry(rest).or_default() |= row[place];
            }
            rows = by_rest
                .into_iter()
                .map(|(mut row, bits)| {
                    row[place] = bits;
                    row
                })
                .collect();
        }
        if rows.len() == before {
            return rows;
        }
    }
}
