//! The criteria, read from `docs/acceptance.md`.

use std::collections::BTreeMap;

/// Where they stand, from the project's folder.
pub(super) const PLACE: &str = "docs/acceptance.md";

/// What must be true, because a rule says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Criterion {
    /// The act and its paragraph.
    pub(super) rule: String,
    /// What must be true.
    pub(super) text: String,
    /// Which part answers for it, or why none does.
    pub(super) place: String,
}

/// The criteria by their numbers.
pub(super) type Criteria = BTreeMap<u16, Criterion>;

/// Reads the rows of every table. A row that cannot be read, or a number that stands twice, is an
/// error: a criterion that is overlooked would never be missed.
pub(super) fn read(text: &str) -> Result<Criteria, String> {
    let mut criteria = Criteria::new();
    for line in text.lines().filter(|line| line.starts_with("| AC")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [number, rule, text, place] = cells[..] else {
            return Err(format!("a row needs four cells: {line}"));
        };
        let number: u16 = number
            .strip_prefix("AC")
            .and_then(|digits| digits.parse().ok())
            .ok_or_else(|| format!("\"{number}\" is no number of a criterion"))?;
        if [rule, text, place].contains(&"") {
            return Err(format!("AC{number} has an empty cell"));
        }
        let criterion = Criterion {
            rule: rule.to_owned(),
            text: text.to_owned(),
            place: place.to_owned(),
        };
        if criteria.insert(number, criterion).is_some() {
            return Err(format!("AC{number} stands there twice"));
        }
    }
    if criteria.is_empty() {
        return Err("there is no criterion in it".to_owned());
    }
    Ok(criteria)
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn the_list_names_every_number_once() {
        let criteria = read(include_str!("../../../docs/acceptance.md")).unwrap_or_default();
        // The law's table has these stretches, and the project's own rule one more.
        let given: Vec<u16> = (1..=26)
            .chain(30..=44)
            .chain(50..=54)
            .chain(60..=66)
            .chain([70])
            .collect();
        assert_eq!(criteria.keys().copied().collect::<Vec<_>>(), given);
    }

    #[test]
    fn a_number_twice_and_a_row_that_lacks_something_are_errors() {
        let row = "| AC1 | PDL 3:1 | One person. | documents |\n";
        assert!(read(row).is_ok_and(|criteria| criteria.contains_key(&1)));
        for wrong in [
            format!("{row}{row}"),
            "| AC1 | PDL 3:1 | One person. |\n".to_owned(),
            "| AC1 | PDL 3:1 |  | documents |\n".to_owned(),
            "| ACx | PDL 3:1 | One person. | documents |\n".to_owned(),
            "no table\n".to_owned(),
        ] {
            assert!(read(&wrong).is_err(), "{wrong}");
        }
    }
}
