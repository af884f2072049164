//! An organisation's staff, units and phone numbers.

use crate::table::table;
use hemrond_domain::{
    ids::{RowId, UnitId, UserId},
    record::DocumentId,
};

table! {
    /// A member of staff.
    StaffRow in "staff" {
        /// Who.
        user: UserId,
        /// The directory document.
        document: DocumentId,
        /// The name that colleagues read.
        name: Option<String>,
        /// What they work as.
        role: Option<String>,
        /// Where.
        unit: Option<UnitId>,
        /// Their number.
        phone: Option<String>,
        /// Whether they still work there.
        active: bool,
    }
}

table! {
    /// A unit.
    UnitRow in "units" {
        /// Which.
        unit: UnitId,
        /// The directory document.
        document: DocumentId,
        /// Its name.
        name: Option<String>,
        /// `mobile_team`, `health_centre` and so on.
        kind: Option<String>,
        /// Its number.
        phone: Option<String>,
    }
}

table! {
    /// A phone number that everyone needs.
    NumberRow in "numbers" {
        /// The row in the directory's `numbers`.
        row: RowId,
        /// The directory document.
        document: DocumentId,
        /// Whose number.
        label: Option<String>,
        /// The number.
        phone: Option<String>,
        /// The place in the order; those without one stand last.
        position: Option<f64>,
    }
}
