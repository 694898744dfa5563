//! Rounding, spreading, signs and ranges.

use rust_decimal::Decimal;
use sync_core::{
    model::{CostRecord, LineMark, Posting, SourceKey},
    money::Rounding,
    ports::Silent,
    states::{FindingKind, Reason, RecordState},
};

use crate::{
    records::{SC, add_up, change_order, change_order_of, co, commitment_of, d, dc, direct_cost},
    records::{direct_cost_of, line, lines_of, req, requisition, requisition_of, subcontract},
    world::World,
};

fn amounts(world: &World) -> Vec<(String, String)> {
    let held = world.held(SC);
    let lines = held.iter().flat_map(|document| &document.lines);
    lines.map(|line| (line.mark.as_ref().unwrap().to_string(), line.amount.to_string())).collect()
}

fn pairs<const N: usize>(of: [(&str, &str); N]) -> Vec<(String, String)> {
    of.map(|(line, amount)| (line.to_owned(), amount.to_owned())).to_vec()
}

fn with_header(lines: &[(i64, &str, &str)], header: &str) -> World {
    let mut record = subcontract(1, lines);
    commitment_of(&mut record).grand_total = Some(d(header));
    World::of([record])
}

#[test]
fn half_up_rounds_a_midpoint_away_from_zero() {
    let world = with_header(&[(11, "03-300", "100.125"), (12, "03-300", "-0.125")], "100.00");
    world.sync();
    assert_eq!(amounts(&world), pairs([("11", "100.13"), ("12", "-0.13")]));
}

#[test]
fn half_even_rounds_a_midpoint_to_the_even_cent() {
    let mut world = with_header(&[(11, "03-300", "100.125"), (12, "03-300", "0.375")], "100.50");
    world.policy.rounding = Rounding::HalfEven;
    world.sync();
    assert_eq!(amounts(&world), pairs([("11", "100.12"), ("12", "0.38")]));
}

#[test]
pub(crate) fn a_cent_that_rounding_leaves_goes_to_the_largest_remainder_ties_to_the_smaller_id() {
    let thirds = [(9, "03-300", "33.3333"), (10, "03-300", "33.3333"), (11, "03-300", "33.3333")];
    let world = with_header(&thirds, "100.00");
    let report = world.sync();
    assert_eq!(amounts(&world), pairs([("9", "33.34"), ("10", "33.33"), ("11", "33.33")]));
    assert_eq!(world.cost(), d("100"));
    assert_eq!(report.findings[0].finding.kind, FindingKind::ExcessDecimals);
    world.assert_reconciles();
}

#[test]
fn a_placed_cent_stays_on_its_line_in_the_next_revision() {
    let thirds = [(9, "03-300", "33.3333"), (10, "26-100", "33.3333"), (11, "26-100", "33.3333")];
    let world = with_header(&thirds, "100.00");
    world.sync();
    assert_eq!(world.books(), "2160 -100.00, 5010 33.34, 5020 66.66");
    // A line with a larger remainder comes: the cent on line 9 does not wander to it.
    world.edit(SC, |record| {
        lines_of(record)[2] = line(11, "26-100", "43.3334");
        commitment_of(record).grand_total = Some(d("110.00"));
    });
    world.sync();
    assert_eq!(world.books(), "2160 -110.00, 5010 33.34, 5020 76.66");
}

#[test]
fn strict_rounding_holds_what_would_place_a_cent() {
    let thirds = [(9, "03-300", "33.3333"), (10, "03-300", "33.3333"), (11, "03-300", "33.3333")];
    let mut world = with_header(&thirds, "100.00");
    world.policy.strict_rounding = true;
    world.sync();
    let detail = world.assert_cause(SC, Reason::RoundingMismatch);
    assert!(detail.contains("100.00") && detail.contains("99.99"), "{detail}");
    assert_eq!(world.ledger.posts(), 0);
    world.assert_reconciles();
}

#[test]
fn strict_rounding_posts_a_single_line_that_is_only_rounded() {
    let mut world = with_header(&[(11, "03-300", "33.335")], "33.34");
    world.policy.strict_rounding = true;
    world.sync();
    assert_eq!(amounts(&world), pairs([("11", "33.34")]));
}

#[test]
pub(crate) fn a_header_that_rounding_does_not_explain_is_held_with_both_figures() {
    let world = with_header(&[(11, "03-300", "100"), (12, "03-300", "50")], "150.02");
    world.sync();
    let detail = world.assert_cause(SC, Reason::RoundingMismatch);
    assert!(detail.contains("150.02") && detail.contains("150"), "{detail}");
    assert_eq!(world.ledger.posts(), 0);
}

#[test]
fn a_line_without_cost_code_of_a_change_order_is_spread_over_the_others() {
    let world = World::of([subcontract(1, &[(11, "03-300", "1,000")])]);
    world.sync();
    world.put([change_order(
        5,
        1,
        &[(51, "03-300", "200"), (52, "26-100", "100"), (53, "", "10.00")],
    )]);
    world.sync();
    assert_eq!(world.books(), "2160 -1310.00, 5010 1206.67, 5020 103.33");
    assert!(world.sync().documents.is_empty());
    world.assert_reconciles();
}

#[test]
pub(crate) fn a_commitment_line_without_cost_code_is_held() {
    let world = World::of([subcontract(1, &[(11, "03-300", "100"), (12, "", "50")])]);
    world.sync();
    let detail = world.assert_cause(SC, Reason::CostCodeUnmapped);
    assert!(detail.contains("12"), "{detail}");
}

#[test]
fn negative_lines_stay_inside_a_positive_document() {
    let world = World::of([subcontract(1, &[(11, "03-300", "100"), (12, "26-100", "-30")])]);
    world.sync();
    assert_eq!(world.documents(SC), "#1 PurchaseInvoices 70.00");
    assert_eq!(amounts(&world), pairs([("11", "100"), ("12", "-30")]));
}

#[test]
fn a_negative_direct_cost_turns_the_sides() {
    let world = World::of([direct_cost(9, "invoice", &[(91, "03-300", "-80")])]);
    world.sync();
    assert_eq!(world.books(), "2110 80.00, 5010 -80.00");
}

#[test]
pub(crate) fn a_record_of_zero_lines_is_nothing_to_post() {
    let world = World::of([
        subcontract(1, &[(11, "03-300", "0")]),
        direct_cost(9, "invoice", &[(91, "03-300", "0.004")]),
    ]);
    assert_eq!(world.sync().exit_code(), 0);
    assert_eq!(world.state(SC), RecordState::NothingToPost);
    assert_eq!(world.state(dc(9)), RecordState::NothingToPost);
    assert_eq!(world.ledger.posts(), 0);
    world.assert_reconciles();
}

#[test]
fn a_change_order_posts_under_a_commitment_that_had_nothing_to_post() {
    let world = World::of([
        subcontract(1, &[(11, "03-300", "0")]),
        change_order(5, 1, &[(51, "03-300", "500")]),
    ]);
    world.sync();
    assert_eq!(world.documents(co(5)), "#1 PurchaseInvoices 500.00");
}

#[test]
fn zero_lines_are_not_sent() {
    let world = World::of([subcontract(1, &[(11, "03-300", "100"), (12, "26-100", "0")])]);
    world.sync();
    assert_eq!(amounts(&world), pairs([("11", "100")]));
}

#[test]
pub(crate) fn an_amount_beyond_thirteen_digits_is_held() {
    let world = World::of([subcontract(1, &[(11, "03-300", "10,000,000,000,000")])]);
    world.sync();
    world.assert_cause(SC, Reason::AmountOutOfRange);
    assert_eq!(world.ledger.posts(), 0);
}

#[test]
fn the_largest_amount_of_saps_columns_is_posted_to_the_cent() {
    let world = World::of([subcontract(1, &[(11, "03-300", "9,999,999,999,999.99")])]);
    world.sync();
    assert_eq!(world.cost(), d("9,999,999,999,999.99"));
}

#[test]
fn lines_above_the_limit_are_summed_per_place() {
    let lines: Vec<(i64, &str, &str)> =
        (1..=7).map(|id| (id, if id < 5 { "03-300" } else { "26-100" }, "10")).collect();
    let mut world = World::of([subcontract(1, &lines)]);
    world.policy.lines_max = 5;
    world.sync();
    assert_eq!(amounts(&world), pairs([("*4", "40"), ("*3", "30")]));
    assert!(world.sync().documents.is_empty());
    world.edit(SC, |record| {
        lines_of(record)[0].amount = d("11");
        add_up(record);
    });
    world.sync();
    assert_eq!(world.books(), "2160 -71.00, 5010 41.00, 5020 30.00");
}

#[test]
pub(crate) fn quantity_times_price_is_a_finding_and_never_a_substitute() {
    let mut record = subcontract(1, &[(11, "03-300", "100")]);
    let line = &mut lines_of(&mut record)[0];
    (line.quantity, line.unit_cost, line.calculated) = (Some(d("3")), Some(d("40")), true);
    let world = World::of([record]);
    let report = world.sync();
    assert_eq!(report.findings[0].finding.kind, FindingKind::QuantityPriceDiffers);
    assert_eq!((report.exit_code(), world.cost()), (0, d("100")));
}

#[test]
fn a_change_order_without_header_total_is_posted_by_its_lines() {
    let mut change = change_order(5, 1, &[(51, "03-300", "25")]);
    change_order_of(&mut change).grand_total = None;
    let world = World::of([subcontract(1, &[(11, "03-300", "100")]), change]);
    world.sync();
    assert_eq!(world.cost(), d("125"));
}

#[test]
fn tax_is_predicted_per_line_and_compared_after_the_post() {
    let world = World::with_tax();
    world.put([subcontract(1, &[(11, "03-300", "0.10"), (12, "26-100", "0.10")])]);
    let report = world.sync();
    let Posting::PurchaseInvoice(document) = &world.postings(SC)[0] else { panic!("no invoice") };
    assert_eq!(document.expected_tax, d("0.02"), "0.008 rounds to 0.01 on each line");
    assert!(report.findings.is_empty());
    assert!(matches!(document.lines[0].mark, LineMark::Line(11)));
}

/// Puts an amount into a record.
type Put = fn(&mut CostRecord, Decimal);

#[test]
fn an_amount_near_the_largest_number_is_a_hold_that_names_record_and_field_and_never_a_panic() {
    let fields: [(&str, SourceKey, Put); 9] = [
        ("line 12", SC, |record, amount| lines_of(record)[1].amount = amount),
        ("grand_total", SC, |record, amount| commitment_of(record).grand_total = Some(amount)),
        ("approved_change_orders", SC, |record, amount| {
            commitment_of(record).approved_change_orders = Some(amount);
        }),
        ("line 51", co(5), |record, amount| lines_of(record)[0].amount = amount),
        ("grand_total", co(5), |record, amount| change_order_of(record).grand_total = Some(amount)),
        ("line 91", dc(9), |record, amount| lines_of(record)[0].amount = amount),
        ("tax_breakdown.tax_total", dc(9), |record, amount| {
            direct_cost_of(record).stated_tax = Some(amount);
        }),
        ("item 11 completed and stored", req(71), |record, amount| {
            requisition_of(record).items[0].completed_and_stored = amount;
        }),
        ("item 11 retainage held", req(71), |record, amount| {
            requisition_of(record).items[0].retainage_held_to_date = amount;
        }),
    ];
    for (field, key, put) in fields {
        for amount in [Decimal::MAX, Decimal::MIN, Decimal::MAX - Decimal::ONE] {
            let world = World::of([
                subcontract(1, &[(11, "03-300", "100"), (12, "03-300", "50")]),
                change_order(5, 1, &[(51, "03-300", "10")]),
                direct_cost(9, "invoice", &[(91, "03-300", "10"), (92, "03-300", "10")]),
                requisition(71, 1, &[(11, "40", "40", "4", "0")], "36"),
            ]);
            world.edit(key, |record| put(record, amount));
            world.sync();
            let detail = world.assert_cause(key, Reason::AmountOutOfRange);
            assert!(detail.contains(&format!("{key}, {field}: the amount {amount}")), "{detail}");
            assert!(world.held(key).is_empty());
            let life =
                world.with_engine(&Silent, async |engine| engine.explain(key).await).unwrap();
            assert!(life.explanation.because.contains("amount_out_of_range"));
            // What has nothing to do with it goes on.
            let other = if key == dc(9) { SC } else { dc(9) };
            assert_eq!(world.state(other), RecordState::Posted, "{key} {field}");
        }
    }
}

#[test]
fn quantity_times_price_beyond_every_number_is_a_finding_and_not_a_panic() {
    let mut record = subcontract(1, &[(11, "03-300", "-100")]);
    let line = &mut lines_of(&mut record)[0];
    (line.quantity, line.unit_cost, line.calculated) =
        (Some(Decimal::MAX), Some(Decimal::ONE), true);
    let world = World::of([record]);
    let report = world.sync();
    assert_eq!(report.findings[0].finding.kind, FindingKind::QuantityPriceDiffers);
}

#[test]
fn an_amount_in_whole_units_is_no_finding_and_a_price_counts_only_where_the_line_is_calculated() {
    let mut record = subcontract(1, &[(11, "03-300", "100.25"), (12, "03-300", "100.250")]);
    let line = &mut lines_of(&mut record)[0];
    (line.quantity, line.unit_cost, line.calculated) = (Some(d("3")), Some(d("40")), false);
    let world = World::of([record]);
    assert_eq!(world.sync().findings.len(), 0);
    world.edit(SC, |record| lines_of(record)[0].calculated = true);
    let found: Vec<_> = world.sync().findings.iter().map(|row| row.finding.kind).collect();
    assert_eq!(found, [FindingKind::QuantityPriceDiffers]);
}

#[test]
fn a_price_may_be_off_by_one_unit() {
    for (unit_cost, found) in [("50.13", 0), ("50.135", 1)] {
        let mut record = subcontract(1, &[(11, "03-300", "100.25")]);
        let line = &mut lines_of(&mut record)[0];
        (line.quantity, line.calculated) = (Some(d("2")), true);
        line.unit_cost = Some(d(unit_cost));
        assert_eq!(World::of([record]).sync().findings.len(), found, "{unit_cost}");
    }
}

#[test]
fn a_line_of_nothing_needs_no_rule() {
    let world = World::of([subcontract(1, &[(11, "03-300", "100"), (12, "99-000", "0.004")])]);
    assert_eq!(world.sync().exit_code(), 0);
    assert_eq!(world.books(), "2160 -100.00, 5010 100.00");
}
