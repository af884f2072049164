//! How each Rust type stands in a column, both ways.

use crate::error::StoreError;
use chrono::{DateTime, NaiveDate, Utc};
use hemrond_domain::{
    ids::{DeviceId, OrganisationId, PersonId, RowId, UnitId, UserId, VisitId},
    record::DocumentId,
};
use sqlx::{Row as _, sqlite::SqliteRow};

/// One value as it travels to SQLite.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Null,
    Integer(i64),
    Real(f64),
    Text(String),
    Blob(Vec<u8>),
}

/// A type that has a place in a column.
pub(crate) trait Cell: Sized {
    fn value(&self) -> Value;
    fn read(row: &SqliteRow, index: usize) -> Result<Self, StoreError>;
}

fn unreadable(index: usize, what: &str) -> StoreError {
    StoreError::corrupted(format!("column {index} holds no {what}"))
}

impl Cell for i64 {
    fn value(&self) -> Value {
        Value::Integer(*self)
    }
    fn read(row: &SqliteRow, index: usize) -> Result<Self, StoreError> {
        Ok(row.try_get(index)?)
    }
}

macro_rules! integer_cells {
    ($($ty:ty),*) => {$(
        impl Cell for $ty {
            fn value(&self) -> Value {
                Value::Integer(i64::from(*self))
            }
            fn read(row: &SqliteRow, index: usize) -> Result<Self, StoreError> {
                Self::try_from(i64::read(row, index)?).map_err(|_| unreadable(index, "small number"))
            }
        }
    )*};
}

integer_cells!(u8, u32);

impl Cell for bool {
    fn value(&self) -> Value {
        Value::Integer(i64::from(*self))
    }
    fn read(row: &SqliteRow, index: usize) -> Result<Self, StoreError> {
        Ok(i64::read(row, index)? != 0)
    }
}

impl Cell for f64 {
    fn value(&self) -> Value {
        Value::Real(*self)
    }
    fn read(row: &SqliteRow, index: usize) -> Result<Self, StoreError> {
        Ok(row.try_get(index)?)
    }
}

impl Cell for String {
    fn value(&self) -> Value {
        Value::Text(self.clone())
    }
    fn read(row: &SqliteRow, index: usize) -> Result<Self, StoreError> {
        Ok(row.try_get(index)?)
    }
}

impl Cell for Vec<u8> {
    fn value(&self) -> Value {
        Value::Blob(self.clone())
    }
    fn read(row: &SqliteRow, index: usize) -> Result<Self, StoreError> {
        Ok(row.try_get(index)?)
    }
}

impl<const N: usize> Cell for [u8; N] {
    fn value(&self) -> Value {
        Value::Blob(self.to_vec())
    }
    fn read(row: &SqliteRow, index: usize) -> Result<Self, StoreError> {
        let bytes: &[u8] = row.try_get(index)?;
        Self::try_from(bytes).map_err(|_| unreadable(index, "name of the right length"))
    }
}

/// Milliseconds since 1970, UTC.
impl Cell for DateTime<Utc> {
    fn value(&self) -> Value {
        Value::Integer(self.timestamp_millis())
    }
    fn read(row: &SqliteRow, index: usize) -> Result<Self, StoreError> {
        Self::from_timestamp_millis(i64::read(row, index)?).ok_or_else(|| unreadable(index, "time"))
    }
}

/// "2026-11-03": its order as text is its order in time.
impl Cell for NaiveDate {
    fn value(&self) -> Value {
        Value::Text(self.format("%Y-%m-%d").to_string())
    }
    fn read(row: &SqliteRow, index: usize) -> Result<Self, StoreError> {
        let text: &str = row.try_get(index)?;
        text.parse().map_err(|_| unreadable(index, "day"))
    }
}

impl<T: Cell> Cell for Option<T> {
    fn value(&self) -> Value {
        self.as_ref().map_or(Value::Null, Cell::value)
    }
    fn read(row: &SqliteRow, index: usize) -> Result<Self, StoreError> {
        use sqlx::ValueRef as _;
        if row.try_get_raw(index)?.is_null() {
            Ok(None)
        } else {
            T::read(row, index).map(Some)
        }
    }
}

macro_rules! id_cells {
    ($($ty:ty),*) => {$(
        impl Cell for $ty {
            fn value(&self) -> Value {
                Value::Blob(self.as_bytes().to_vec())
            }
            fn read(row: &SqliteRow, index: usize) -> Result<Self, StoreError> {
                <[u8; 16]>::read(row, index).map(Self::from_stored)
            }
        }
    )*};
}

id_cells!(
    DeviceId,
    OrganisationId,
    PersonId,
    RowId,
    UnitId,
    UserId,
    VisitId
);

impl Cell for DocumentId {
    fn value(&self) -> Value {
        Value::Blob(self.as_bytes().to_vec())
    }
    fn read(row: &SqliteRow, index: usize) -> Result<Self, StoreError> {
        <[u8; 16]>::read(row, index).map(Self::from_bytes)
    }
}

/// Reads a row's columns one after the other.
pub(crate) struct Columns<'r> {
    row: &'r SqliteRow,
    next: usize,
}

impl<'r> Columns<'r> {
    pub(crate) fn of(row: &'r SqliteRow) -> Self {
        Self { row, next: 0 }
    }

    pub(crate) fn next<T: Cell>(&mut self) -> Result<T, StoreError> {
        let value = T::read(self.row, self.next);
        self.next += 1;
        value
    }
}
