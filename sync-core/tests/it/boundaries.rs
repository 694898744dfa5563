//! Every allowance at its edge: what lies on it passes, one unit more is stopped. The allowances are those
//! of accounting: a unit per line in the guard, a unit per item in the ties, half a unit in rounding.

use sync_core::{
    policy::{Basis, OverBilling},
    resolve::Verb,
    states::{Reason, RecordState},
};

use crate::{
    decisions::decide,
    records::{
        SC, add_up, change_order, co, commitment_of, d, day, lines_of, req, requisition,
        requisition_of, subcontract,
    },
    world::World,
};

/// A subcontract whose header says 100.00, posted with the amounts of its lines by a person's decision.
fn posted_by_its_lines(lines: &[(i64, &str, &str)], header: &str) -> World {
    let mut record = subcontract(1, lines);
    commitment_of(&mut record).grand_total = Some(d(header));
    let world = World::of([record]);
    world.sync();
    world.assert_cause(SC, Reason::RoundingMismatch);
    decide(&world, SC, Verb::Post).unwrap();
    world.sync();
    world
}

#[test]
fn the_guard_allows_a_unit_for_the_header_and_one_per_line_above_the_header() {
    let world = posted_by_its_lines(&[(11, "03-300", "100.02")], "100.00");
    assert_eq!(world.cost(), d("100.02"));
    let world = posted_by_its_lines(&[(11, "03-300", "100.03")], "100.00");
    let detail = world.assert_cause(SC, Reason::OverRecognised);
    assert!(detail.contains("hold 100.03 by key, Procore's headers allow 100.00"), "{detail}");
}

#[test]
fn the_lines_that_stand_in_sap_count_for_the_guards_allowance_too() {
    let mut record = subcontract(1, &[(11, "03-300", "60"), (12, "03-310", "40")]);
    commitment_of(&mut record).grand_total = Some(d("100"));
    let world = World::of([record]);
    world.sync();
    let raise = |to: &str| {
        world.edit(SC, |record| lines_of(record)[0].amount = d(to));
        world.sync();
        world.assert_cause(SC, Reason::RoundingMismatch);
        decide(&world, SC, Verb::Post).unwrap();
        world.sync();
    };
    // Two lines stand, one is posted, and the header: four units.
    raise("60.05");
    world.assert_cause(SC, Reason::OverRecognised);
    raise("60.04");
    assert_eq!(world.cost(), d("100.04"));
}

#[test]
fn the_headers_approved_change_orders_raise_the_guards_limit() {
    let mut record = subcontract(1, &[(11, "03-300", "1,100")]);
    commitment_of(&mut record).grand_total = Some(d("1,000"));
    commitment_of(&mut record).approved_change_orders = Some(d("100"));
    let world = World::of([record]);
    world.sync();
    world.assert_cause(SC, Reason::RoundingMismatch);
    decide(&world, SC, Verb::Post).unwrap();
    world.sync();
    assert_eq!(world.cost(), d("1,100"));
}

#[test]
fn an_excess_as_cost_never_goes_beyond_what_the_header_says_is_billed() {
    let mut world = World::new();
    world.policy.over_billing = OverBilling::Post;
    let mut billed = requisition(71, 1, &[(11, "1,300", "1,300", "0", "0")], "1,300");
    requisition_of(&mut billed).completed_and_stored = Some(d("1,200"));
    world.put([subcontract(1, &[(11, "03-300", "1,000")]), billed]);
    world.sync();
    world.assert_cause(req(71), Reason::DoesNotTie);
    decide(&world, req(71), Verb::Post).unwrap();
    world.sync();
    let detail = world.assert_cause(req(71), Reason::OverRecognised);
    assert!(detail.contains("hold 1300"), "{detail}");
    assert_eq!(world.cost(), d("1,000"));
}

#[test]
fn what_is_billed_as_cost_is_guarded_to_the_unit_of_the_currency() {
    let world = World::on(Basis::Progress);
    let mut billed = requisition(71, 1, &[(11, "400.05", "400.05", "0", "0")], "400.05");
    requisition_of(&mut billed).completed_and_stored = Some(d("400"));
    world.put([subcontract(1, &[(11, "03-300", "1,000")]), billed]);
    world.sync();
    world.assert_cause(req(71), Reason::DoesNotTie);
    decide(&world, req(71), Verb::Post).unwrap();
    world.sync();
    world.assert_cause(req(71), Reason::OverRecognised);
}

/// A requisition of two items over 400.00 and 200.00 with this payment due.
fn two_items(due: &str) -> World {
    World::of([
        subcontract(1, &[(11, "03-300", "600"), (12, "03-310", "400")]),
        requisition(71, 1, &[(11, "400", "400", "0", "0"), (12, "200", "200", "0", "0")], due),
    ])
}

#[test]
fn the_payment_due_may_be_off_by_a_unit_per_item() {
    for (due, ties) in [("600.02", true), ("599.98", true), ("600.03", false), ("599.97", false)] {
        let world = two_items(due);
        world.sync();
        if ties {
            assert_eq!(world.state(req(71)), RecordState::Posted, "{due}");
        } else {
            let detail = world.assert_cause(req(71), Reason::DoesNotTie);
            assert!(detail.contains(&format!("current_payment_due says {due}")), "{detail}");
        }
    }
}

#[test]
fn the_payment_due_may_contain_the_stated_tax_and_be_off_by_a_unit_per_item() {
    for (due, ties) in [("648.02", true), ("648.03", false), ("600.02", true), ("600.03", false)] {
        let mut world = two_items(due);
        world.policy.tax_in_journal = sync_core::policy::TaxInJournal::Cost;
        world.edit(req(71), |record| requisition_of(record).stated_tax = Some(d("48")));
        world.sync();
        if ties {
            assert_eq!(world.state(req(71)), RecordState::Posted, "{due}");
        } else {
            world.assert_cause(req(71), Reason::DoesNotTie);
        }
    }
}

#[test]
fn an_item_ties_with_its_materials_within_one_unit() {
    let chain = |off: &str| {
        let mut first = requisition(71, 1, &[(11, "400", "250", "0", "0")], "400");
        let item = &mut requisition_of(&mut first).items[0];
        (item.materials_stored, item.materials_moved) = (d("100"), d("50") + d(off));
        // The second one names nothing that was stored before: the first one's materials count.
        let mut second = requisition(72, 2, &[(11, "600", "150", "0", "0")], "200");
        let item = &mut requisition_of(&mut second).items[0];
        (item.materials_stored, item.materials_moved) = (d("120"), d("30"));
        let world = World::of([subcontract(1, &[(11, "03-300", "1,000")]), first, second]);
        world.sync();
        world
    };
    for off in ["0", "0.01", "-0.01"] {
        let world = chain(off);
        assert_eq!(world.books(), "2110 -600.00, 2160 -400.00, 5010 1000.00", "{off}");
    }
    for off in ["0.02", "-0.02"] {
        let detail = chain(off).assert_cause(req(71), Reason::DoesNotTie);
        assert!(detail.contains("item 11: the cumulative column moved by 400"), "{detail}");
    }
}

#[test]
fn the_items_may_miss_the_summary_by_a_unit_each() {
    for (stated, ties) in [("600.02", true), ("600.03", false), ("599.98", true), ("599.97", false)]
    {
        let world = two_items("600");
        world.edit(req(71), |record| {
            requisition_of(record).completed_and_stored = Some(d(stated));
        });
        world.sync();
        if ties {
            assert_eq!(world.state(req(71)), RecordState::Posted, "{stated}");
        } else {
            let detail = world.assert_cause(req(71), Reason::DoesNotTie);
            assert!(detail.contains("the items are completed and stored to 600"), "{detail}");
        }
    }
}

#[test]
fn a_unit_per_item_above_what_is_approved_is_no_over_billing() {
    for (billed, within) in [("400.02", true), ("400.03", false)] {
        let due = (d(billed) + d("600")).to_string();
        let items = [(11, "600", "600", "0", "0"), (12, billed, billed, "0", "0")];
        let world = World::of([
            subcontract(1, &[(11, "03-300", "600"), (12, "03-310", "400")]),
            requisition(71, 1, &items, &due),
        ]);
        world.sync();
        if within {
            assert_eq!(world.state(req(71)), RecordState::Posted);
        } else {
            let detail = world.assert_cause(req(71), Reason::OverBilling);
            assert!(detail.contains("0.03 too much"), "{detail}");
        }
    }
}

#[test]
fn a_unit_per_item_above_what_is_held_may_be_released() {
    for (released, within) in [("40.02", true), ("40.03", false)] {
        let retained = (d("40") - d(released)).to_string();
        let due = (d("400") + d(released)).to_string();
        let world = World::of([
            subcontract(1, &[(11, "03-300", "600"), (12, "03-310", "400")]),
            requisition(71, 1, &[(11, "400", "400", "40", "0"), (12, "0", "0", "0", "0")], "360"),
            requisition(
                72,
                2,
                &[(11, "600", "200", &retained, released), (12, "200", "200", "0", "0")],
                &due,
            ),
        ]);
        world.sync();
        if within {
            assert_eq!(world.balance("2115"), d(released) - d("40"));
        } else {
            let detail = world.assert_cause(req(72), Reason::ReleaseExceedsRetainage);
            assert!(detail.contains("40.03 is released, 40"), "{detail}");
        }
    }
}

#[test]
fn a_posted_release_is_no_retainage_that_its_own_change_could_miss() {
    let world = World::of([
        subcontract(1, &[(11, "03-300", "1,000")]),
        requisition(71, 1, &[(11, "400", "400", "40", "0")], "360"),
        requisition(72, 2, &[(11, "600", "200", "0", "40")], "240"),
    ]);
    world.sync();
    world.edit(req(72), |record| {
        let body = requisition_of(record);
        body.items[0].completed_and_stored = d("700");
        body.items[0].work_this_period = d("300");
        (body.completed_and_stored, body.current_payment_due) = (Some(d("700")), Some(d("340")));
    });
    world.sync();
    assert_eq!(world.books(), "2110 -700.00, 2160 -300.00, 5010 1000.00");
    world.assert_reconciles();
}

#[test]
fn what_is_billed_of_a_change_order_that_is_held_waits_for_it_to_the_unit() {
    let chain = |change: &str| {
        let billed = (d("1,000") + d(change)).to_string();
        let world = World::of([
            subcontract(1, &[(11, "03-300", "1,000")]),
            change_order(5, 1, &[(51, "99-000", change)]),
            requisition(
                71,
                1,
                &[(11, "1,000", "1,000", "0", "0"), (51, change, change, "0", "0")],
                &billed,
            ),
        ]);
        world.sync();
        world.assert_cause(co(5), Reason::CostCodeUnmapped);
        world
    };
    let detail = chain("0.03").assert_cause(req(71), Reason::WaitingForParent);
    assert!(detail.contains("billed to date is 1000.03, SAP holds 1000"), "{detail}");
    assert_eq!(chain("0.02").state(req(71)), RecordState::Posted);
}

#[test]
fn rounding_explains_half_a_unit_per_line_and_half_for_the_header() {
    for (header, places) in [("99.98", true), ("99.97", false), ("100.02", true), ("100.03", false)]
    {
        let lines = [(11, "03-300", "40"), (12, "03-310", "30"), (13, "03-300", "30")];
        let mut record = subcontract(1, &lines);
        commitment_of(&mut record).grand_total = Some(d(header));
        let world = World::of([record]);
        world.sync();
        if places {
            assert_eq!(world.cost(), d(header));
        } else {
            let detail = world.assert_cause(SC, Reason::RoundingMismatch);
            assert!(detail.contains("rounding explains at most 0.02"), "{detail}");
        }
    }
}

#[test]
fn a_reduction_may_leave_a_unit_per_item_less_than_is_billed() {
    let reduced = |to: &str| {
        let world = World::of([
            subcontract(1, &[(11, "03-300", "600"), (12, "03-310", "400")]),
            requisition(
                71,
                1,
                &[(11, "500", "500", "0", "0"), (12, "400", "400", "0", "0")],
                "900",
            ),
        ]);
        world.sync();
        world.edit(SC, |record| {
            lines_of(record)[0].amount = d(to);
            add_up(record);
        });
        world.sync();
        world
    };
    let detail = reduced("499.97").assert_cause(SC, Reason::OverBilling);
    assert!(detail.contains("only 899.97 is approved"), "{detail}");
    assert_eq!(reduced("499.98").cost(), d("899.98"));
}

#[test]
fn the_remainder_of_a_finished_commitment_begins_above_a_unit_per_item() {
    let finished = |billed: &str| {
        let due = (d("600") + d(billed)).to_string();
        let items = [(11, "600", "600", "0", "0"), (12, billed, billed, "0", "0")];
        let world = World::of([
            subcontract(1, &[(11, "03-300", "600"), (12, "03-310", "400")]),
            requisition(71, 1, &items, &due),
        ]);
        world.sync();
        world.edit(req(71), |record| requisition_of(record).is_final = true);
        world.edit(SC, |record| record.title = "read again".to_owned());
        world.sync();
        world
    };
    let detail = finished("399.97").assert_cause(SC, Reason::UnbilledRemainder);
    assert!(detail.contains("1000 approved and 999.97 billed: 0.03 is not billed"), "{detail}");
    assert_ne!(finished("399.98").state(SC), RecordState::Held);
}

#[test]
fn a_record_dated_on_the_cut_over_is_after_it() {
    let mut world = World::on(Basis::Progress);
    world.policy.start_date = day("2026-02-10");
    world.put([subcontract(1, &[(11, "03-300", "100")])]);
    world.sync();
    // The basis posts no commitment; on the opening list stands only what lies before the cut-over.
    assert_eq!(world.state(SC), RecordState::NothingToPost);
    let mut world = World::on(Basis::Progress);
    world.policy.start_date = day("2026-02-11");
    world.put([subcontract(1, &[(11, "03-300", "100")])]);
    world.sync();
    assert_eq!(world.state(SC), RecordState::Opening);
}

#[test]
fn the_headers_approved_change_orders_are_added_to_the_limit_once() {
    let mut record = subcontract(1, &[(11, "03-300", "1,200")]);
    commitment_of(&mut record).grand_total = Some(d("1,000"));
    commitment_of(&mut record).approved_change_orders = Some(d("100"));
    let world = World::of([record]);
    world.sync();
    decide(&world, SC, Verb::Post).unwrap();
    world.sync();
    let detail = world.assert_cause(SC, Reason::OverRecognised);
    assert!(detail.contains("hold 1200 by key, Procore's headers allow 1100"), "{detail}");
}

#[test]
fn what_the_books_held_as_billed_at_the_cut_over_counts_against_the_header() {
    let mut world = World::new();
    world.policy.start_date = day("2026-03-09");
    let mut first = requisition(71, 1, &[(11, "300", "300", "0", "0")], "300");
    requisition_of(&mut first).period_end = Some(day("2026-02-28"));
    world.put([subcontract(1, &[(11, "03-300", "1,000")]), first]);
    world.sync();
    assert_eq!(world.state(SC), RecordState::Opening);
    let mut second = requisition(72, 2, &[(11, "700", "400", "0", "0")], "400");
    requisition_of(&mut second).completed_and_stored = Some(d("650"));
    world.put([second]);
    world.sync();
    world.assert_cause(req(72), Reason::DoesNotTie);
    decide(&world, req(72), Verb::Post).unwrap();
    world.sync();
    let detail = world.assert_cause(req(72), Reason::OverRecognised);
    assert!(detail.contains("hold 700 by key, Procore's headers allow 650"), "{detail}");
}

#[test]
fn the_excess_of_a_copied_document_is_no_reduction_to_come() {
    let world = World::of([
        subcontract(1, &[(11, "03-300", "1,000")]),
        change_order(5, 1, &[(51, "03-300", "100")]),
    ]);
    world.sync();
    world.ledger.duplicate(world.held(co(5))[0].doc_entry);
    world.edit(SC, |record| {
        lines_of(record)[0].amount = d("1,050");
        add_up(record);
    });
    world.sync();
    let detail = world.assert_cause(SC, Reason::OverRecognised);
    assert!(detail.contains("hold 1250 by key, Procore's headers allow 1150"), "{detail}");
}

#[test]
fn what_was_released_before_cannot_be_released_again() {
    for (released, within) in [("30", true), ("31", false)] {
        let due = (d("100") + d(released)).to_string();
        let retained = (d("30") - d(released)).to_string();
        let world = World::of([
            subcontract(1, &[(11, "03-300", "1,000")]),
            requisition(71, 1, &[(11, "400", "400", "40", "0")], "360"),
            requisition(72, 2, &[(11, "500", "100", "30", "10")], "110"),
            requisition(73, 3, &[(11, "600", "100", &retained, released)], &due),
        ]);
        world.sync();
        if within {
            assert_eq!(world.balance("2115"), d("0"));
        } else {
            let detail = world.assert_cause(req(73), Reason::ReleaseExceedsRetainage);
            assert!(detail.contains("31 is released, 30"), "{detail}");
        }
    }
}
