//! The search index in memory: names folded, numbers as digits. Forgiving of spelling and åäö.

use hemrond_domain::{ids::PersonId, search_name};
use hemrond_store::PersonIndexRow;
use std::sync::Arc;

/// How many people one search shows.
pub(crate) const MOST: usize = 40;

/// How far a word may be from a name's word, by its length: short words must be nearer.
const fn tolerance(length: usize) -> usize {
    match length {
        0..=3 => 0,
        4..=6 => 1,
        _ => 2,
    }
}

/// The index, read when it is first needed and after people have changed.
#[derive(Debug, Default)]
pub(crate) struct PeopleIndex {
    people: Option<Arc<Vec<Indexed>>>,
}

/// A person as search sees them.
#[derive(Debug)]
pub(crate) struct Indexed {
    person: PersonId,
    words: Vec<String>,
    number: String,
}

impl PeopleIndex {
    pub(crate) fn forget(&mut self) {
        self.people = None;
    }

    pub(crate) fn held(&self) -> Option<Arc<Vec<Indexed>>> {
        self.people.clone()
    }

    pub(crate) fn fill(&mut self, rows: Vec<PersonIndexRow>) -> Arc<Vec<Indexed>> {
        let people: Vec<Indexed> = rows.into_iter().map(Indexed::from).collect();
        let people = Arc::new(people);
        self.people = Some(Arc::clone(&people));
        people
    }
}

impl From<PersonIndexRow> for Indexed {
    fn from(row: PersonIndexRow) -> Self {
        Self {
            person: row.person,
            words: row.folded.split_whitespace().map(str::to_owned).collect(),
            number: row.identity.unwrap_or_default(),
        }
    }
}

/// Finds people, the likeliest first. Every word that is typed must fit a word of the name, or the
/// digits a part of the number.
pub(crate) fn search(people: &[Indexed], text: &str) -> Vec<PersonId> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let letters: String = text
        .chars()
        .map(|letter| if letter.is_ascii_digit() { ' ' } else { letter })
        .collect();
    let folded = search_name::fold(&letters);
    let words: Vec<&str> = folded.split_whitespace().collect();
    if words.is_empty() && digits.len() < 2 {
        return Vec::new();
    }
    let mut found: Vec<(usize, usize)> = people
        .iter()
        .enumerate()
        .filter_map(|(place, indexed)| {
            let number = number_distance(&indexed.number, &digits)?;
            let name = words.iter().try_fold(0, |sum, word| {
                indexed
                    .words
                    .iter()
                    .filter_map(|name| word_distance(name, word))
                    .min()
                    .map(|d| sum + d)
            })?;
            Some((name + number, place))
        })
        .collect();
    found.sort_unstable();
    found.truncate(MOST);
    found
        .into_iter()
        .filter_map(|(_, place)| people.get(place).map(|indexed| indexed.person))
        .collect()
}

/// People whose whole name is as good as this one.
pub(crate) fn same_name(people: &[Indexed], name: &str) -> Vec<PersonId> {
    let folded = search_name::fold(name);
    let words: Vec<&str> = folded.split_whitespace().collect();
    if words.len() < 2 {
        return Vec::new();
    }
    people
        .iter()
        .filter(|indexed| {
            words.len() == indexed.words.len()
                && words.iter().zip(&indexed.words).all(|(typed, name)| {
                    strsim::osa_distance(typed, name) <= tolerance(name.len()).min(1)
                })
        })
        .map(|indexed| indexed.person)
        .take(5)
        .collect()
}

/// 0 for the beginning of the number, with or without its century; more further in.
fn number_distance(number: &str, digits: &str) -> Option<usize> {
    if digits.is_empty() {
        return Some(0);
    }
    let place = number.find(digits)?;
    Some(if place <= 2 { 0 } else { 1 })
}

/// 0 for the same word, then what begins so, then near spellings; none where it does not fit.
fn word_distance(name: &str, typed: &str) -> Option<usize> {
    if name == typed {
        return Some(0);
    }
    if name.starts_with(typed) {
        return Some(1);
    }
    let allowed = tolerance(typed.len());
    if allowed == 0 {
        return None;
    }
    // While a name is being typed, only its beginning can be compared.
    let typed_length = typed.chars().count();
    let beginning: String = name.chars().take(typed_length).collect();
    let distance = if name.len().abs_diff(typed.len()) <= allowed {
        strsim::osa_distance(name, typed).min(strsim::osa_distance(&beginning, typed))
    } else if name.len() > typed.len() {
        strsim::osa_distance(&beginning, typed)
    } else {
        return None;
    };
    (distance <= allowed).then_some(distance * 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people() -> Vec<Indexed> {
        [
            ("Astrid Svensson", "191212121212"),
            ("Åke Öström", "194408139089"),
            ("Karl-Erik Wahlgren", "193012299263"),
            ("Astrid Svenson", "189001019802"),
            ("Märta Lindqvist", "190104132386"),
        ]
        .iter()
        .enumerate()
        .map(|(place, (name, number))| {
            Indexed::from(PersonIndexRow {
                person: person(place),
                name: (*name).to_owned(),
                folded: search_name::fold(name),
                identity: Some((*number).to_owned()),
            })
        })
        .collect()
    }

    fn person(place: usize) -> PersonId {
        let mut bytes = [7; 16];
        bytes[0] = u8::try_from(place).unwrap_or_default();
        PersonId::from_bytes(bytes)
    }

    #[test]
    fn eva_finds_people_however_she_spells() {
        for (typed, expected) in [
            ("astrid sv", vec![0, 3]),
            ("ake ostrom", vec![1]),
            ("öström", vec![1]),
            ("carlerik", vec![2]),
            ("Karl-Erik", vec![2]),
            ("valgren", vec![2]),
            ("marta lindkvist", vec![4]),
            ("lindqivst", vec![4]),
            ("1212", vec![0]),
            ("440813", vec![1]),
            ("19440813-9089", vec![1]),
            ("astrid 8900", vec![3]),
            ("zorro", vec![]),
            ("", vec![]),
            ("7", vec![]),
        ] {
            let expected: Vec<PersonId> = expected.into_iter().map(person).collect();
            assert_eq!(search(&people(), typed), expected, "{typed:?}");
        }
    }

    #[test]
    fn a_like_name_is_a_likely_duplicate() {
        assert_eq!(
            same_name(&people(), "Astrid Svensson"),
            [person(0), person(3)]
        );
        assert_eq!(same_name(&people(), "Astrid"), []);
    }
}
