//! Everyone at once, for search.
//!
//! Ten thousand rows one by one cost several times what reading them costs, so SQLite puts them
//! into one text: for each person 32 hexadecimal digits, the lengths of the three fields in bytes,
//! and the fields. Lengths, not separators: a name may hold any character.

use crate::{cell::Cell as _, error::StoreError, rows::PersonIndexRow, sql, store::Store};
use hemrond_domain::ids::PersonId;

const ALL: &str = "
    SELECT group_concat(
        hex(person) || octet_length(name) || ',' || octet_length(folded) || ','
            || coalesce(octet_length(identity), '') || ';' || name || folded
            || coalesce(identity, ''),
        ''
    )
    FROM (
        SELECT person, folded, identity,
            trim(coalesce(given_name, '') || ' ' || coalesce(family_name, '')) AS name
        FROM people
    )";

impl Store {
    /// Everyone, with no more than what search needs, in no order.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn people_index(&self) -> Result<Vec<PersonIndexRow>, StoreError> {
        let mut reading = self.read().await?;
        let row = sql::first_row(&mut reading, ALL, sql::nothing()).await?;
        // Reading the text takes a while, and needs the connection no more.
        drop(reading);
        let all: Option<String> = match row {
            Some(row) => Option::read(&row, 0)?,
            None => None,
        };
        parse(all.as_deref().unwrap_or_default())
            .ok_or_else(|| StoreError::corrupted("the search index cannot be read"))
    }
}

fn parse(mut text: &str) -> Option<Vec<PersonIndexRow>> {
    let mut people = Vec::new();
    while !text.is_empty() {
        let mut person = [0; 16];
        hex::decode_to_slice(text.get(..32)?, &mut person).ok()?;
        let (lengths, rest) = text.get(32..)?.split_once(';')?;
        let mut lengths = lengths.split(',');
        text = rest;
        let mut take = |length: &str| {
            let (field, rest) = text.split_at_checked(length.parse().ok()?)?;
            text = rest;
            Some(field.to_owned())
        };
        let (name, folded) = (take(lengths.next()?)?, take(lengths.next()?)?);
        let identity = match lengths.next()? {
            "" => None,
            length => Some(take(length)?),
        };
        people.push(PersonIndexRow {
            person: PersonId::from_stored(person),
            name,
            folded,
            identity,
        });
    }
    Some(people)
}
