//! Colleagues, units and numbers.

use crate::cache::Open;
use hemrond_documents::views::DirectoryView;
use hemrond_store::{NumberRow, ReadModels, StaffRow, UnitRow};

pub(super) fn read_models(open: &Open) -> ReadModels {
    let document = open.document.id();
    let view = DirectoryView::read(&open.document);
    ReadModels {
        staff: view
            .staff
            .into_iter()
            .map(|member| StaffRow {
                user: member.id,
                document,
                name: member.name,
                role: member.role.map(str::to_owned),
                unit: member.unit,
                phone: member.phone,
                active: member.active != Some(false),
            })
            .collect(),
        units: view
            .units
            .into_iter()
            .map(|unit| UnitRow {
                unit: unit.id,
                document,
                name: unit.name,
                kind: unit.kind.map(str::to_owned),
                phone: unit.phone,
            })
            .collect(),
        numbers: view
            .numbers
            .into_iter()
            .map(|number| NumberRow {
                row: number.id,
                document,
                label: number.label,
                phone: number.phone,
                position: number.order,
            })
            .collect(),
        ..ReadModels::default()
    }
}
