//! Reading a directory document.

use super::reader::{Problem, Reader};
use crate::document::Document;
use hemrond_domain::{
    ids::{RowId, UnitId, UserId},
    record::DocumentKind,
};
use serde::Serialize;

/// An organisation's units, staff and phone numbers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DirectoryView {
    /// The organisation's name.
    pub name: Option<String>,
    /// Its units, by name.
    pub units: Vec<Unit>,
    /// Its staff, by name.
    pub staff: Vec<StaffMember>,
    /// Its numbers, in their order.
    pub numbers: Vec<PhoneNumber>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// What only a newer version knows.
    pub unknown: Vec<String>,
}

/// A unit or team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unit {
    /// The unit.
    pub id: UnitId,
    /// Its name.
    pub name: Option<String>,
    /// What kind of unit it is.
    pub kind: Option<&'static str>,
    /// Its phone.
    pub phone: Option<String>,
}

/// A member of staff, as colleagues see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StaffMember {
    /// The user.
    pub id: UserId,
    /// Their name.
    pub name: Option<String>,
    /// What they work as.
    pub role: Option<&'static str>,
    /// Where they work.
    pub unit: Option<UnitId>,
    /// Their phone.
    pub phone: Option<String>,
    /// Whether they still work here.
    pub active: Option<bool>,
}

/// A number that everyone may need.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PhoneNumber {
    /// The row.
    pub id: RowId,
    /// What it is for.
    pub label: Option<String>,
    /// The number.
    pub phone: Option<String>,
    /// Its place in the list.
    pub order: Option<f64>,
}

impl DirectoryView {
    /// Reads a directory document as it is.
    #[must_use]
    pub fn read(document: &Document) -> Self {
        let mut reader = Reader::of(
            DocumentKind::Directory,
            document.header().kind(),
            document.content(),
        );
        let fields = reader.fields();
        Self {
            name: fields.string("name"),
            units: units(&mut reader),
            staff: staff(&mut reader),
            numbers: numbers(&mut reader),
            problems: reader.problems,
            unknown: reader.unknown,
        }
    }
}

fn units(reader: &mut Reader) -> Vec<Unit> {
    let rows = reader.rows("units");
    let mut units: Vec<Unit> = rows
        .iter()
        .map(|(id, row)| Unit {
            id: UnitId::from_stored(*id.as_bytes()),
            name: row.string("name"),
            kind: row.choice("kind"),
            phone: row.string("phone"),
        })
        .collect();
    units.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    units
}

fn staff(reader: &mut Reader) -> Vec<StaffMember> {
    let rows = reader.rows("staff");
    let mut staff: Vec<StaffMember> = rows
        .iter()
        .map(|(id, row)| StaffMember {
            id: UserId::from_stored(*id.as_bytes()),
            name: row.string("name"),
            role: row.choice("role"),
            unit: row.id("unit"),
            phone: row.string("phone"),
            active: row.bool("active"),
        })
        .collect();
    staff.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    staff
}

fn numbers(reader: &mut Reader) -> Vec<PhoneNumber> {
    let rows = reader.rows("numbers");
    let mut numbers: Vec<PhoneNumber> = rows
        .iter()
        .map(|(id, row)| PhoneNumber {
            id: *id,
            label: row.string("label"),
            phone: row.string("phone"),
            order: row.number("order"),
        })
        .collect();
    let place = |number: &PhoneNumber| number.order.unwrap_or(f64::INFINITY);
    numbers.sort_by(|a, b| place(a).total_cmp(&place(b)).then(a.id.cmp(&b.id)));
    numbers
}
