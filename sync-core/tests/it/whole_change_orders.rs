//! Requisition items without a cost code of their own are spread over the lines of their change order.

use sync_core::{
    model::CostRecord,
    policy::{Basis, OverBilling},
    states::{Reason, RecordState},
};

use crate::{
    records::{
        Item, add_up, change_order, co, d, lines_of, req, requisition, requisition_of, subcontract,
    },
    world::World,
};

/// An item that bills change order 5 as a whole.
const WHOLE: i64 = 77;

/// A requisition whose items beside those of line 11 have no cost code and bill change order 5.
fn bare(id: i64, items: &[Item<'_>], due: &str) -> CostRecord {
    let mut record = requisition(id, id - 70, items, due);
    let items = requisition_of(&mut record).items.iter_mut();
    for item in items.filter(|item| item.line_item_id != 11) {
        (item.coding, item.change_order) = (None, Some(5));
    }
    record
}

/// A commitment of 1,000.00 with a change order of 600.00 for concrete and 400.00 for electrical work.
fn changed(basis: Basis) -> World {
    let world = World::on(basis);
    world.put([
        subcontract(1, &[(11, "03-300", "1,000")]),
        change_order(5, 1, &[(51, "03-300", "600"), (52, "26-100", "400")]),
    ]);
    world.sync();
    world
}

fn cost(world: &World) -> (rust_decimal::Decimal, rust_decimal::Decimal) {
    (world.balance("5010"), world.balance("5020"))
}

#[test]
fn an_item_that_bills_a_whole_change_order_is_cost_on_its_lines_by_amount() {
    let world = changed(Basis::Progress);
    world.put([bare(71, &[(WHOLE, "500", "500", "50", "0")], "450")]);
    world.sync();
    assert_eq!(world.books(), "2110 -450.00, 2115 -50.00, 5010 300.00, 5020 200.00");
    let items = [(11, "100", "100", "0", "0"), (WHOLE, "1,000", "500", "100", "0")];
    world.put([bare(72, &items, "550")]);
    world.sync();
    assert_eq!(world.books(), "2110 -1000.00, 2115 -100.00, 5010 700.00, 5020 400.00");
    assert!(world.sync().documents.is_empty());
    world.assert_reconciles();
}

#[test]
fn units_that_do_not_divide_go_by_largest_remainder_and_the_chain_ends_at_the_lines() {
    let world = World::on(Basis::Progress);
    world.put([
        subcontract(1, &[(11, "03-300", "1,000")]),
        change_order(5, 1, &[(51, "03-300", "50"), (52, "26-100", "50"), (53, "26-200", "50")]),
        bare(71, &[(WHOLE, "100", "100", "0", "0")], "100"),
    ]);
    world.sync();
    assert_eq!(cost(&world), (d("33.34"), d("66.66")));
    world.put([bare(72, &[(WHOLE, "150", "50", "0", "0")], "50")]);
    world.sync();
    assert_eq!(cost(&world), (d("50"), d("100")));
    world.assert_reconciles();
}

#[test]
fn what_is_billed_of_a_whole_change_order_is_taken_out_of_where_its_lines_are_encumbered() {
    let world = changed(Basis::Encumbrance);
    let items = [(11, "1,000", "1,000", "0", "0"), (WHOLE, "500", "500", "0", "0")];
    world.put([bare(71, &items, "1,500")]);
    world.sync();
    assert_eq!(cost(&world), (d("1,300"), d("200")));
    assert_eq!((world.balance("9010"), world.balance("9020")), (d("500"), d("-500")));
    world.put([bare(72, &[items[0], (WHOLE, "1,000", "500", "0", "0")], "500")]);
    world.edit(req(72), |record| {
        requisition_of(record).items[0].work_this_period = d("0");
    });
    world.sync();
    assert_eq!((world.balance("9010"), world.balance("9020")), (d("0"), d("0")));
    world.assert_reconciles();
}

#[test]
fn what_a_whole_change_order_is_billed_above_it_is_cost_on_its_lines() {
    let mut world = changed(Basis::Commitment);
    world.policy.over_billing = OverBilling::Post;
    let items = [(11, "1,000", "1,000", "0", "0"), (WHOLE, "1,100", "1,100", "0", "0")];
    world.put([bare(71, &items, "2,100")]);
    world.sync();
    assert_eq!(world.books(), "2110 -2100.00, 5010 1660.00, 5020 440.00");
}

#[test]
fn the_item_of_a_line_without_a_cost_code_bills_where_that_line_was_spread() {
    let world = World::on(Basis::Progress);
    world.put([
        subcontract(1, &[(11, "03-300", "1,000")]),
        change_order(5, 1, &[(51, "03-300", "600"), (52, "26-100", "300"), (53, "", "90")]),
    ]);
    let mut record = bare(71, &[(53, "90", "90", "0", "0")], "90");
    requisition_of(&mut record).items[0].change_order = None;
    world.put([record]);
    world.sync();
    assert_eq!(cost(&world), (d("60"), d("30")));
}

#[test]
fn an_item_without_cost_code_and_change_order_is_held() {
    let world = changed(Basis::Progress);
    let mut record = bare(71, &[(WHOLE, "500", "500", "0", "0")], "500");
    requisition_of(&mut record).items[0].change_order = Some(6);
    world.put([record]);
    world.sync();
    let detail = world.assert_cause(req(71), Reason::CostCodeUnmapped);
    assert!(detail.contains("item 77"), "{detail}");
}

#[test]
fn cost_moves_with_the_lines_of_the_change_order() {
    let world = changed(Basis::Progress);
    world.put([bare(71, &[(WHOLE, "500", "500", "0", "0")], "500")]);
    world.sync();
    world.edit(co(5), |record| {
        let lines = lines_of(record);
        (lines[0].amount, lines[1].amount) = (d("200"), d("800"));
        add_up(record);
    });
    world.sync();
    assert_eq!(cost(&world), (d("100"), d("400")));
    assert_eq!(world.balance("2110"), d("-500"));
    assert!(world.sync().documents.is_empty());
    world.assert_reconciles();
}

#[test]
fn a_requisition_without_cost_lines_stays_when_the_lines_of_its_change_order_move() {
    let world = changed(Basis::Commitment);
    world.put([bare(71, &[(WHOLE, "500", "500", "0", "0")], "500")]);
    world.sync();
    world.edit(co(5), |record| {
        lines_of(record)[0].coding.as_mut().unwrap().cost_code = "26-200".to_owned();
    });
    world.sync();
    assert_eq!(world.state(req(71)), RecordState::Unchanged);
    assert_eq!(world.documents(req(71)), "#1 JournalEntries 500.00");
}
