//! Tables whose rows are structs: one macro names the columns once, for writing and reading.

use crate::{
    error::StoreError,
    session::Session,
    sql::{self, Values},
};
use hemrond_domain::record::DocumentId;
use sqlx::sqlite::SqliteRow;

/// A struct that is a row of a read model.
pub(crate) trait Table: Sized {
    const NAME: &'static str;
    const COLUMNS: &'static [&'static str];
    fn put(&self, values: &mut Values);
    fn read(row: &SqliteRow) -> Result<Self, StoreError>;
    fn document(&self) -> DocumentId;
}

/// Defines a row struct and where its fields stand: each in the column of its own name.
macro_rules! table {
    ($(#[$about:meta])* $name:ident in $table:literal {
        $($(#[$field_about:meta])* $field:ident: $ty:ty,)*
    }) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name {
            $($(#[$field_about])* pub $field: $ty,)*
        }

        impl $crate::table::Table for $name {
            const NAME: &'static str = $table;
            const COLUMNS: &'static [&'static str] = &[$(stringify!($field)),*];

            fn put(&self, values: &mut $crate::sql::Values) {
                $(values.put(&self.$field);)*
            }

            fn read(row: &sqlx::sqlite::SqliteRow) -> Result<Self, $crate::error::StoreError> {
                let mut columns = $crate::cell::Columns::of(row);
                Ok(Self { $($field: columns.next()?,)* })
            }

            fn document(&self) -> hemrond_domain::record::DocumentId {
                self.document
            }
        }
    };
}
pub(crate) use table;

/// "SELECT its columns FROM its table t", to be followed by a condition.
pub(crate) fn select<T: Table>() -> String {
    format!("SELECT t.{} FROM {} t", T::COLUMNS.join(", t."), T::NAME)
}

/// Reads the rows that fit a condition.
pub(crate) async fn fetch<T: Table>(
    session: &mut Session,
    condition: &str,
    values: Values,
) -> Result<Vec<T>, StoreError> {
    let statement = format!("{} {condition}", select::<T>());
    sql::rows(session, &statement, values)
        .await?
        .iter()
        .map(T::read)
        .collect()
}

/// Writes rows, many to a statement.
pub(crate) async fn insert<T: Table>(session: &mut Session, rows: &[&T]) -> Result<(), StoreError> {
    for piece in sql::chunks(rows) {
        let mut values = sql::nothing();
        for row in piece {
            row.put(&mut values);
        }
        // A read model follows from its document; two rows with one key are no reason to keep the
        // document's items from the disk.
        let statement = format!(
            "INSERT OR REPLACE INTO {} ({}) VALUES {}",
            T::NAME,
            T::COLUMNS.join(", "),
            sql::placeholders(piece.len(), T::COLUMNS.len()),
        );
        sql::execute(session, &statement, values).await?;
    }
    Ok(())
}
