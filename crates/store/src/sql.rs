//! Running statements: values bound, many rows at once, every error typed.

use crate::{
    cell::{Cell, Value},
    error::StoreError,
    session::Session,
};
use sqlx::{
    Arguments as _, AssertSqlSafe, Sqlite,
    query::Query,
    sqlite::{SqliteArguments, SqliteRow},
};

/// How many rows one statement carries. Few sizes keep the prepared statements few.
const CHUNKS: [usize; 4] = [512, 64, 8, 1];

/// The values of a statement's placeholders, in order.
#[derive(Debug, Default)]
pub(crate) struct Values(Vec<Value>);

impl Values {
    pub(crate) fn put(&mut self, cell: &impl Cell) {
        self.0.push(cell.value());
    }

    pub(crate) fn and(mut self, cell: &impl Cell) -> Self {
        self.put(cell);
        self
    }
}

/// The values of a statement that has none.
pub(crate) fn nothing() -> Values {
    Values::default()
}

/// The first value of a statement.
pub(crate) fn with(cell: &impl Cell) -> Values {
    Values::default().and(cell)
}

fn query(sql: &str, values: Values) -> Result<Query<'static, Sqlite, SqliteArguments>, StoreError> {
    let mut arguments = SqliteArguments::default();
    for value in values.0 {
        match value {
            Value::Null => arguments.add(None::<i64>),
            Value::Integer(integer) => arguments.add(integer),
            Value::Real(real) => arguments.add(real),
            Value::Text(text) => arguments.add(text),
            Value::Blob(blob) => arguments.add(blob),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    // Every statement of this crate is put together from its own constants; what comes from
    // outside is bound.
    Ok(sqlx::query_with(AssertSqlSafe(sql), arguments))
}

/// Runs a statement and tells how many rows it touched.
pub(crate) async fn execute(
    session: &mut Session,
    sql: &str,
    values: Values,
) -> Result<u64, StoreError> {
    let done = query(sql, values)?.execute(session.connection()?).await;
    done.map(|done| done.rows_affected())
        .map_err(|error| session.failed(error))
}

/// Runs a statement and reads all its rows.
pub(crate) async fn rows(
    session: &mut Session,
    sql: &str,
    values: Values,
) -> Result<Vec<SqliteRow>, StoreError> {
    let found = query(sql, values)?.fetch_all(session.connection()?).await;
    found.map_err(|error| session.failed(error))
}

/// Runs a statement and reads its first row.
pub(crate) async fn first_row(
    session: &mut Session,
    sql: &str,
    values: Values,
) -> Result<Option<SqliteRow>, StoreError> {
    let found = query(sql, values)?
        .fetch_optional(session.connection()?)
        .await;
    found.map_err(|error| session.failed(error))
}

/// Reads the first column of the first row.
pub(crate) async fn scalar<T: Cell>(
    session: &mut Session,
    sql: &str,
    values: Values,
) -> Result<Option<T>, StoreError> {
    first_row(session, sql, values)
        .await?
        .map(|row| T::read(&row, 0))
        .transpose()
}

/// Cuts a slice into pieces of the few sizes that have a prepared statement.
pub(crate) fn chunks<T>(mut slice: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = CHUNKS.into_iter().find(|size| *size <= slice.len())?;
        let (piece, rest) = slice.split_at(size);
        slice = rest;
        Some(piece)
    })
}

/// "(?,?),(?,?)": placeholders for some rows of some columns.
pub(crate) fn placeholders(rows: usize, columns: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(","));
    vec![row.as_str(); rows].join(",")
}

/// "(?,?,?)": placeholders for a list.
pub(crate) fn list(count: usize) -> String {
    format!("({})", vec!["?"; count].join(","))
}

/// Runs a query for every piece of a list, which stands in it as `{list}`, and reads all rows. A
/// member that is listed twice is looked for once.
pub(crate) async fn rows_in<T: Cell + Copy + Ord>(
    session: &mut Session,
    sql: &str,
    members: &[T],
) -> Result<Vec<SqliteRow>, StoreError> {
    let mut members = members.to_vec();
    members.sort_unstable();
    members.dedup();
    let mut found = Vec::new();
    for piece in chunks(&members) {
        let mut values = nothing();
        for member in piece {
            values.put(member);
        }
        found.extend(rows(session, &sql.replace("{list}", &list(piece.len())), values).await?);
    }
    Ok(found)
}

/// Which items, named `i`, somebody wrote: all but migrations, whose actors the schema reserves.
/// The same as `item::is_nobodys`, the other way round.
pub(crate) const SOMEBODYS: &str = "(i.actor IS NULL OR substr(i.actor, 1, 15) <> zeroblob(15))";

/// Runs a statement for every piece of a list, which stands in it as `{list}`.
pub(crate) async fn execute_in<T: Cell>(
    session: &mut Session,
    sql: &str,
    members: &[T],
) -> Result<u64, StoreError> {
    let mut touched = 0;
    for piece in chunks(members) {
        let mut values = nothing();
        for member in piece {
            values.put(member);
        }
        touched += execute(session, &sql.replace("{list}", &list(piece.len())), values).await?;
    }
    Ok(touched)
}
