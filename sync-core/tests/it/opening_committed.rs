//! The cut-over with `opening = "committed"`: the books hold whole commitments, and what changes
//! afterwards is posted against what they hold.
//!
//! What the controller keyed before the cut-over stands in the books, not in these documents: every
//! figure here is what is posted on top of it.

use chrono::TimeDelta;
use rust_decimal::Decimal;
use sync_core::{
    catalog::PeriodStatus,
    memory::MemoryStore,
    policy::{Basis, ClosedPeriod, OnChange, Opening, OverBilling, TaxInJournal},
    ports::{CycleStatus, Silent},
    resolve::Verb,
    states::{Reason, RecordState},
};

use crate::{
    decisions::decide,
    records::{
        SC, add_up, change_order, change_order_of, co, commitment_of, d, day, lines_of, req,
        requisition, requisition_of, subcontract,
    },
    world::{ACCRUED, RETAINAGE, TAX_ACCOUNT, TRADE, UNBILLED, World, rule},
};

/// The books before 2026: a subcontract of 10,000 with a change order of 1,000, of which 4,000 are billed
/// and 400 are retained.
fn committed(basis: Basis) -> World {
    let mut world = World::on(basis);
    world.policy.opening = Opening::Committed;
    let mut commitment = subcontract(1, &[(11, "03-300", "6,000"), (12, "26-100", "4,000")]);
    commitment_of(&mut commitment).agreed_on = Some(day("2025-06-01"));
    let mut change = change_order(5, 1, &[(51, "03-300", "1,000")]);
    change_order_of(&mut change).reviewed_on = Some(day("2025-11-01"));
    let mut billed = requisition(71, 1, &[(11, "4,000", "4,000", "400", "0")], "3,600");
    requisition_of(&mut billed).period_end = Some(day("2025-12-31"));
    world.put([commitment, change, billed]);
    world
}

/// The same after the first cycle, which posts nothing.
fn opened(basis: Basis) -> World {
    let world = committed(basis);
    let report = world.sync();
    assert_eq!((report.exit_code(), report.counts[&RecordState::Opening]), (0, 3));
    assert_eq!(world.ledger.posts(), 0);
    world
}

/// The account on which what is approved and not billed stands.
fn unbilled(basis: Basis) -> &'static str {
    if basis == Basis::Commitment { UNBILLED } else { ACCRUED }
}

const BASES: [Basis; 2] = [Basis::Commitment, Basis::CommitmentJournal];

/// A further cycle posts nothing, and every cent is explained.
fn assert_settled(world: &World) {
    assert!(world.sync().documents.is_empty());
    let posts = world.ledger.posts();
    world.sweep();
    assert_eq!(world.ledger.posts(), posts);
    world.assert_reconciles();
}

fn set_line(world: &World, amount: &str) {
    world.edit(SC, |record| {
        lines_of(record)[0].amount = d(amount);
        add_up(record);
    });
}

#[test]
fn the_list_holds_whole_commitments_and_what_was_billed_and_retained_of_them() {
    for basis in BASES {
        let world = opened(basis);
        let entry = world.stored(SC).opening.unwrap();
        assert_eq!((entry.amount, entry.billed), (d("10,000"), d("4,000")));
        assert_eq!(entry.retained, d("400"));
        let lines: Vec<(i64, Decimal)> = entry.lines.iter().map(|l| (l.id, l.amount)).collect();
        assert_eq!(lines, [(11, d("6,000")), (12, d("4,000"))]);
        assert_eq!(entry.card_code.as_deref(), Some("V100"));
        let project = world.reconcile().projects.remove(0);
        assert_eq!(project.procore_total(), d("11,000"), "approved, whatever is billed");
        assert_eq!(project.terms.opening, d("11,000"));
        assert_eq!((project.expected(), project.in_sap), (d("0"), d("0")));
        assert_settled(&world);
    }
}

#[test]
fn a_later_change_posts_its_difference_to_what_the_books_held() {
    for basis in BASES {
        let world = opened(basis);
        set_line(&world, "6,500");
        let report = world.sync();
        assert_eq!((report.exit_code(), report.documents.len()), (0, 1));
        let clearing = unbilled(basis);
        assert_eq!(world.books(), format!("{clearing} -500.00, 5010 500.00"));
        assert_eq!(world.documents(SC).chars().take(2).collect::<String>(), "#2");
        assert_eq!(world.state(SC), RecordState::Posted);
        assert_eq!(world.dates(SC), ["2026-03-31"], "the day on which the change was seen");
        let project = world.reconcile().projects.remove(0);
        assert_eq!((project.terms.opening, project.expected()), (d("11,000"), d("500")));
        assert_settled(&world);

        // Down again, below what the books held.
        set_line(&world, "5,900");
        world.sync();
        assert_eq!(world.books(), format!("{clearing} 100.00, 5010 -100.00"));
        assert_settled(&world);
        set_line(&world, "6,000");
        world.sync();
        assert_eq!(world.books(), "", "as it was at the cut-over");
        assert_settled(&world);
    }
}

#[test]
fn change_orders_of_both_sides_of_the_cut_over_post_as_the_basis_says() {
    for basis in BASES {
        let world = opened(basis);
        // Approved before: only its change. Approved after: the whole.
        world.edit(co(5), |record| {
            lines_of(record)[0].amount = d("900");
            add_up(record);
        });
        world.put([change_order(6, 1, &[(61, "26-100", "750")])]);
        assert_eq!(world.sync().exit_code(), 0);
        let clearing = unbilled(basis);
        assert_eq!(world.books(), format!("{clearing} -650.00, 5010 -100.00, 5020 750.00"));
        assert_settled(&world);
    }
}

#[test]
fn requisitions_from_the_cut_over_on_clear_what_the_books_hold_as_unbilled() {
    for basis in BASES {
        let world = opened(basis);
        world.put([change_order(6, 1, &[(61, "03-300", "500")])]);
        let second = [(11, "6,000", "2,000", "900", "0"), (12, "3,000", "3,000", "0", "0")];
        world.put([requisition(72, 2, &second, "4,500")]);
        world.sync();
        let clearing = unbilled(basis);
        // The change order of 500 against 5,000 billed; 4,500 payable, 500 retained.
        assert_eq!(world.balance(clearing), d("4,500"));
        assert_eq!((world.balance(TRADE), world.balance(RETAINAGE)), (d("-4,500"), d("-500")));
        assert_settled(&world);

        let items = [
            (11, "6,000", "0", "0", "900"),
            (12, "4,000", "1,000", "0", "0"),
            (51, "1,000", "1,000", "0", "0"),
            (61, "500", "500", "0", "0"),
        ];
        world.put([requisition(73, 3, &items, "3,400")]);
        world.sync();
        assert_eq!(world.state(req(73)), RecordState::Posted);
        // 7,000 of the books and 500 of the change order are cleared, 400 of the books' retainage is
        // released: with what stood before the cut-over all of it is 0.00.
        assert_eq!(world.balance(clearing), d("7,000"));
        assert_eq!(world.balance(RETAINAGE), d("400"));
        assert_eq!(world.balance(TRADE), d("-7,900"));
        assert_eq!(world.balance("5010"), d("500"), "only the change order is new cost");
        assert_settled(&world);
    }
}

#[test]
fn no_more_retainage_is_released_than_the_list_and_sap_hold() {
    for basis in BASES {
        let world = opened(basis);
        world.put([requisition(72, 2, &[(11, "4,000", "0", "-50", "450")], "450")]);
        world.sync();
        let detail = world.assert_cause(req(72), Reason::ReleaseExceedsRetainage);
        assert!(detail.contains("400"), "{detail}");
        world.put([requisition(72, 2, &[(11, "4,000", "0", "0", "400")], "400")]);
        world.sync();
        assert_eq!(world.books(), format!("{TRADE} -400.00, {RETAINAGE} 400.00"));
        assert_settled(&world);
    }
}

#[test]
fn the_guard_counts_the_opening_list() {
    for basis in BASES {
        let world = opened(basis);
        // A person duplicates the document of a change order: what the books hold counts beside it.
        world.put([change_order(6, 1, &[(61, "03-300", "500")])]);
        world.sync();
        world.ledger.duplicate(1);
        world.put([change_order(7, 1, &[(71, "03-300", "20")])]);
        world.sync();
        let detail = world.assert_cause(co(7), Reason::OverRecognised);
        assert!(detail.contains("12020") && detail.contains("11520"), "{detail}");
        assert!(detail.contains("the opening list over 10000"), "{detail}");
    }
}

#[test]
fn what_is_billed_above_the_list_and_the_changes_is_over_billing() {
    for basis in BASES {
        let mut world = opened(basis);
        world.put([requisition(72, 2, &[(11, "11,300", "7,300", "400", "0")], "7,300")]);
        world.sync();
        world.assert_cause(req(72), Reason::OverBilling);
        world.policy.over_billing = OverBilling::Post;
        world.sync();
        let clearing = unbilled(basis);
        assert_eq!(world.books(), format!("{TRADE} -7300.00, {clearing} 7000.00, 5010 300.00"));
        assert_settled(&world);
    }
}

#[test]
fn a_line_that_is_re_coded_moves_from_where_the_list_has_it() {
    for basis in BASES {
        let mut world = opened(basis);
        // The table was edited after the cut-over: what the books hold stays where it is.
        world.rules = vec![rule(2, "03-*", "5090"), rule(3, "26-*", "5020")];
        set_line(&world, "5,000");
        world.sync();
        assert_eq!(world.balance("5010"), d("-1,000"), "where the books hold the line");
        assert_settled(&world);
        world.edit(SC, |record| {
            let line = &mut lines_of(record)[0];
            line.coding.as_mut().unwrap().cost_code = "26-100".to_owned();
        });
        world.sync();
        assert_eq!((world.balance("5010"), world.balance("5020")), (d("-6,000"), d("5,000")));
        assert_settled(&world);
    }
}

#[test]
fn a_change_of_vendor_takes_the_books_amount_back_on_the_former_one() {
    let world = opened(Basis::Commitment);
    world.edit(SC, |record| record.vendor = crate::records::vendor(2));
    world.edit(co(5), |_| {});
    world.sync();
    let cards: Vec<_> = world.held(SC).into_iter().map(|d| (d.card_code, d.total)).collect();
    let card = |card: &str| Some(card.to_owned());
    assert_eq!(cards, [(card("V100"), d("10,000")), (card("V200"), d("10,000"))]);
    assert_eq!(world.balance(UNBILLED), Decimal::ZERO);
    assert_settled(&world);
}

#[test]
fn the_tax_of_what_the_books_held_is_not_moved_and_that_of_later_documents_is() {
    let mut world = committed(Basis::Commitment);
    world.project_row.tax_code = Some("T8".to_owned());
    world.policy.tax_in_journal = TaxInJournal::Account(TAX_ACCOUNT.to_owned());
    world.sync();
    world.put([change_order(6, 1, &[(61, "03-300", "1,000")])]);
    // Half of the 12,000 is billed: half of the change order's tax of 80.
    world.put([requisition(72, 2, &[(11, "6,000", "2,000", "400", "0")], "2,000")]);
    world.sync();
    assert_eq!(world.balance(TAX_ACCOUNT), d("80"));
    assert_eq!((world.balance(UNBILLED), world.balance(TRADE)), (d("960"), d("-2,040")));
    world.put([requisition(73, 3, &[(11, "12,000", "6,000", "400", "0")], "6,000")]);
    world.sync();
    // 7,000 of the books are cleared net, and the change order with its tax.
    assert_eq!(world.balance(UNBILLED), d("7,000"));
    assert_eq!(world.balance(TRADE), d("-8,080"));
    assert_settled(&world);
}

#[test]
fn a_commitment_of_the_list_that_left_its_status_settles_and_is_then_taken_back() {
    for basis in BASES {
        let mut world = committed(basis);
        world.policy.opening = Opening::Committed;
        world.source.remove(&req(71));
        world.sync();
        world.edit(SC, |record| record.status = "Void".to_owned());
        world.edit(co(5), |record| record.status = "void".to_owned());
        assert!(world.sync().documents.is_empty(), "one observation never moves money");
        world.assert_cause(SC, Reason::Settling);
        world.assert_reconciles();
        world.clock.advance(TimeDelta::hours(13));
        world.sync();
        let clearing = unbilled(basis);
        assert_eq!(
            world.books(),
            format!("{clearing} 11000.00, 5010 -7000.00, 5020 -4000.00"),
            "all that the books held"
        );
        assert_settled(&world);
    }
}

#[test]
fn a_billed_commitment_of_the_list_that_ends_early_is_reduced_by_a_person() {
    for basis in BASES {
        let world = opened(basis);
        world.edit(SC, |record| record.status = "Terminated".to_owned());
        world.sync();
        world.clock.advance(TimeDelta::hours(13));
        world.sync();
        world.assert_cause(SC, Reason::EndedEarly);
        decide(&world, SC, Verb::Post).unwrap();
        world.sync();
        world.sync();
        // 11,000 approved, 4,000 billed: 7,000 are taken back.
        assert_eq!(world.balance(unbilled(basis)), d("7,000"));
        assert_eq!(world.cost(), d("-7,000"));
        assert_settled(&world);
    }
}

#[test]
fn a_finished_commitment_of_the_list_releases_what_is_not_billed() {
    for basis in BASES {
        let mut world = opened(basis);
        world.edit(SC, |record| record.status = "Complete".to_owned());
        world.sync();
        let detail = world.assert_cause(SC, Reason::UnbilledRemainder);
        assert!(detail.contains("7000"), "{detail}");
        world.policy.release_unbilled = true;
        world.sync();
        assert_eq!(world.balance(unbilled(basis)), d("7,000"));
        assert_settled(&world);
    }
}

#[test]
fn a_change_that_a_person_is_to_see_waits_as_every_other_one() {
    let mut world = opened(Basis::Commitment);
    world.policy.on_change = OnChange::Hold;
    set_line(&world, "6,500");
    world.sync();
    let detail = world.assert_cause(SC, Reason::ChangedAfterPosting);
    assert!(detail.contains("10000"), "{detail}");
    world.assert_reconciles();
    decide(&world, SC, Verb::Post).unwrap();
    world.sync();
    assert_eq!(world.books(), "2160 -500.00, 5010 500.00");
    assert_settled(&world);
}

#[test]
fn what_the_books_held_is_adjusted_and_never_restated() {
    let mut world = opened(Basis::Commitment);
    world.policy.on_change = OnChange::Restate;
    set_line(&world, "6,500");
    let report = world.sync();
    assert_eq!(world.books(), "2160 -500.00, 5010 500.00");
    let finding = &report.findings[0].finding;
    assert!(finding.detail.contains("before the cut-over"), "{}", finding.detail);
    assert_settled(&world);
}

#[test]
fn a_change_order_that_comes_later_with_an_earlier_date_waits_and_posts_from_the_cut_over_on() {
    let mut world = opened(Basis::Commitment);
    let mut late = change_order(6, 1, &[(61, "03-300", "200")]);
    change_order_of(&mut late).reviewed_on = Some(day("2025-12-01"));
    world.put([late]);
    world.sync();
    world.assert_cause(co(6), Reason::LateBeforeStart);
    world.assert_reconciles();
    decide(&world, co(6), Verb::Post).unwrap();
    world.ledger.edit_catalog(|catalog| {
        let january = catalog.periods.iter_mut().find(|period| period.name == "2026-01");
        january.unwrap().status = PeriodStatus::Closed;
    });
    world.policy.closed_period = ClosedPeriod::Hold;
    world.sync();
    assert_eq!(world.dates(co(6)), ["2026-02-01"], "January is closed");
    assert_eq!(world.books(), "2160 -200.00, 5010 200.00");
    assert_settled(&world);
}

#[test]
fn a_state_lost_after_a_difference_is_made_again_and_posts_nothing() {
    for basis in BASES {
        let mut world = opened(basis);
        set_line(&world, "6,500");
        world.put([requisition(72, 2, &[(11, "6,000", "2,000", "600", "0")], "1,800")]);
        world.sync();
        let books = world.books();
        world.store = MemoryStore::new();
        world.clock.advance(TimeDelta::minutes(10));
        let report =
            world.with_engine(&Silent, async |engine| engine.rebuild(Default::default()).await);
        assert_eq!(report.cycle.status, CycleStatus::Done, "{:?}", report.cycle.failure);
        let entry = world.stored(SC).opening.unwrap();
        assert_eq!((entry.amount, entry.billed), (d("10,000"), d("4,000")), "as on paper");
        assert_eq!(entry.retained, d("400"));
        assert_settled(&world);
        assert_eq!(world.books(), books);
        // It goes on where it was.
        set_line(&world, "6,600");
        world.sync();
        assert_eq!(world.cost(), d("600"));
        assert_settled(&world);
    }
}

#[test]
fn retainage_and_unbilled_of_the_books_stand_beside_what_sap_holds_by_key() {
    for basis in BASES {
        let world = opened(basis);
        let mut second = requisition(72, 2, &[(11, "6,000", "2,000", "500", "100")], "1,900");
        requisition_of(&mut second).period_end = Some(day("2026-03-10"));
        world.put([second]);
        world.sync();
        let project = world.reconcile().projects.remove(0);
        assert_eq!((project.unbilled_opening, project.retainage_opening), (d("7,000"), d("400")));
        assert_eq!((project.unbilled_in_sap, project.retainage_in_sap), (d("-2,000"), d("100")));
        assert_eq!(
            project.retainage_in_procore,
            d("500"),
            "{basis:?}: 400 of the books and 100 since"
        );
        let total = world.reconcile().totals().remove(0);
        assert_eq!((total.unbilled_opening, total.retainage_opening), (d("7,000"), d("400")));
    }
}
