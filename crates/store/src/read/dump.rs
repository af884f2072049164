//! The read models as text, to compare what was kept with what is made anew.

use crate::{cell::Cell as _, error::StoreError, sql, store::Store, write::read_models::TABLES};
use std::collections::BTreeMap;

impl Store {
    /// Every row of every list as SQL literals, by table, sorted.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn dump_read_models(&self) -> Result<BTreeMap<String, Vec<String>>, StoreError> {
        let mut reading = self.read().await?;
        let mut dump = BTreeMap::new();
        for (name, columns) in TABLES {
            let literals: Vec<String> = columns
                .iter()
                .map(|column| format!("'{column}=' || quote({column})"))
                .collect();
            let statement = format!(
                "SELECT {} FROM {name} ORDER BY 1",
                literals.join(" || ' ' || ")
            );
            let rows = sql::rows(&mut reading, &statement, sql::nothing()).await?;
            let lines: Vec<String> = rows
                .iter()
                .map(|row| String::read(row, 0))
                .collect::<Result<_, _>>()?;
            dump.insert(name.to_owned(), lines);
        }
        Ok(dump)
    }
}
