//! Amounts that no column of SAP holds, in a reconciliation: an open item of their record, in no sum, and
//! never a panic.

use rust_decimal::Decimal;
use sync_core::{
    model::{CostRecord, SourceKey},
    policy::{Basis, OverBilling},
    reconcile::Reconciliation,
    states::{Reason, RecordState},
};

use crate::{
    records::{SC, change_order, change_order_of, co, commitment_of, d, dc, direct_cost},
    records::{direct_cost_of, lines_of, req, requisition, requisition_of, subcontract},
    world::World,
};

/// Puts an amount into a record.
type Put = fn(&mut CostRecord, Decimal);

const FIELDS: [(SourceKey, Put); 8] = [
    (SC, |record, amount| lines_of(record)[1].amount = amount),
    (SC, |record, amount| commitment_of(record).grand_total = Some(amount)),
    (SC, |record, amount| commitment_of(record).approved_change_orders = Some(amount)),
    (co(5), |record, amount| lines_of(record)[0].amount = amount),
    (co(5), |record, amount| change_order_of(record).grand_total = Some(amount)),
    (dc(9), |record, amount| lines_of(record)[0].amount = amount),
    (dc(9), |record, amount| direct_cost_of(record).total = Some(amount)),
    (req(71), |record, amount| requisition_of(record).items[0].completed_and_stored = amount),
];

const AMOUNTS: [Decimal; 2] = [Decimal::MAX, Decimal::MIN];

fn company(basis: Basis) -> World {
    let mut world = World::on(basis);
    world.policy.over_billing = OverBilling::Post;
    world.put([
        subcontract(1, &[(11, "03-300", "100"), (12, "03-300", "50")]),
        change_order(5, 1, &[(51, "03-300", "10")]),
        direct_cost(9, "invoice", &[(91, "03-300", "10"), (92, "03-300", "10")]),
        requisition(71, 1, &[(11, "40", "40", "4", "0")], "36"),
    ]);
    world
}

/// Every cent is explained, and the record is an open item for its amount.
fn says_so(report: &Reconciliation, key: SourceKey) {
    assert_eq!((report.differences(), report.exit_code()), (vec![], 2), "{:#?}", report.projects);
    let item = report.projects[0].open_items.iter().find(|item| item.key == key);
    let item = item.unwrap_or_else(|| panic!("{key} is no open item"));
    let reason = item.cause.as_ref().map(|cause| cause.reason);
    assert_eq!((item.state, reason), (RecordState::Held, Some(Reason::AmountOutOfRange)));
}

#[test]
fn what_states_it_from_the_beginning_is_an_open_item_and_in_no_sum() {
    for basis in Basis::ALL {
        for (key, put) in FIELDS {
            for amount in AMOUNTS {
                let world = company(basis);
                world.edit(key, |record| put(record, amount));
                world.sync();
                says_so(&world.reconcile(), key);
            }
        }
    }
}

#[test]
fn what_was_changed_to_it_stands_in_sap_as_it_was_and_is_an_open_item_before_and_after_the_next_cycle()
 {
    for (key, put) in FIELDS {
        for amount in AMOUNTS {
            let world = company(Basis::Commitment);
            world.sync();
            let in_sap = world.cost();
            world.edit(key, |record| put(record, amount));
            says_so(&world.reconcile(), key);
            world.sync();
            says_so(&world.reconcile(), key);
            assert_eq!((world.cost(), world.reconcile().projects[0].in_sap), (in_sap, in_sap));
        }
    }
}

#[test]
fn a_draft_that_states_it_holds_nothing_and_is_in_no_sum_even_of_a_commitment_at_what_was_billed() {
    for amount in AMOUNTS {
        let mut world = company(Basis::Commitment);
        world.policy.release_unbilled = true;
        world.edit(co(5), |record| {
            record.status = "draft".to_owned();
            lines_of(record)[0].amount = amount;
            change_order_of(record).grand_total = Some(amount);
        });
        world.edit(req(71), |record| requisition_of(record).is_final = true);
        world.sync();
        let report = world.reconcile();
        assert_eq!(
            (report.differences(), report.exit_code()),
            (vec![], 0),
            "{:#?}",
            report.projects
        );
        assert_eq!(
            world.cost(),
            d("60"),
            "what was billed of 150.00, and 20.00 of the direct cost"
        );
        world.assert_reconciles();
    }
}
