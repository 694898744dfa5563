//! What a requisition's item says of retainage. The one place that knows, because it is not verified.

use procore_client::resources::requisitions::RequisitionItem;
use rust_decimal::Decimal;
use sync_core::money::{OutOfRange, sum};

/// Retainage of one item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Retainage {
    /// Currently held on work and on stored materials, cumulative.
    pub(super) held_to_date: Decimal,
    /// Released in the period, on work and on materials.
    pub(super) released: Decimal,
}

/// Reads the retainage columns of an item.
///
/// Held on work is `work_completed_retainage_currently_retained` where a body has it; the public
/// description of v1.1 does not. Else it is
/// `work_completed_retainage_from_previous_application` + `…_retained_this_period` -
/// `…_released_this_period`. Held on materials is `materials_stored_retainage_currently_retained`,
/// else the same sum of its three columns.
///
/// Unverified against a live server: that `from_previous_application` already contains
/// `materials_retainage_retained_moved` (retainage that moves from stored materials into work with
/// the materials), and that `currently_retained` on materials is after the period's release. Where
/// either is otherwise, the ties of the requisition fail and it is held as `does_not_tie`: nothing
/// is posted on the strength of this reading alone.
///
/// # Errors
///
/// When a sum is beyond what a ledger's columns hold.
pub(super) fn of_item(item: &RequisitionItem) -> Result<Retainage, OutOfRange> {
    let zero = |column: Option<Decimal>| column.unwrap_or_default();
    let work_released = zero(item.work_completed_retainage_released_this_period);
    let materials_released = zero(item.materials_stored_retainage_released_this_period);
    let work = match item.work_completed_retainage_currently_retained {
        Some(stated) => stated,
        None => sum([
            zero(item.work_completed_retainage_from_previous_application),
            zero(item.work_completed_retainage_retained_this_period),
            -work_released,
        ])?,
    };
    let materials = match item.materials_stored_retainage_currently_retained {
        Some(stated) => stated,
        None => sum([
            zero(item.materials_stored_retainage_from_previous_application),
            zero(item.materials_stored_retainage_retained_this_period),
            -materials_released,
        ])?,
    };
    Ok(Retainage {
        held_to_date: sum([work, materials])?,
        released: sum([work_released, materials_released])?,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn item(json: &str) -> RequisitionItem {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn held_is_previous_plus_retained_less_released_plus_materials() {
        let read = of_item(&item(
            r#"{"id":1,"work_completed_retainage_from_previous_application":"400.00",
            "work_completed_retainage_retained_this_period":"250.00",
            "work_completed_retainage_released_this_period":"650.0",
            "materials_stored_retainage_currently_retained":"100.00"}"#,
        ))
        .unwrap();
        assert_eq!(read.held_to_date, Decimal::from(100));
        assert_eq!(read.released, Decimal::from(650));
    }

    #[test]
    fn a_stated_current_column_is_believed() {
        let read = of_item(&item(
            r#"{"id":1,"work_completed_retainage_currently_retained":7,
            "work_completed_retainage_from_previous_application":"400.00"}"#,
        ))
        .unwrap();
        assert_eq!(read.held_to_date, Decimal::from(7));
    }
}
