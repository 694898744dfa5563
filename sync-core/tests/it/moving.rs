//! Records that move to another branch or another currency after they were posted: taken back where
//! they stood, posted in full where they belong, the reversal first.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use sync_core::{
    memory::{MemoryDocument, PostFault},
    model::{CostRecord, SourceKey},
    policy::{Basis, ForeignCurrency, OnChange},
    ports::Refusal,
    resolve::Verb,
    states::{Reason, RecordState},
};

use crate::{
    books::balances,
    decisions::decide,
    foreign::{abroad, in_euro},
    records::{SC, add_up, change_order, co, d, dc, direct_cost, lines_of, req, requisition},
    records::{subcontract, vendor},
    world::World,
};

pub(crate) fn in_branch(mut world: World, branch: i64) -> World {
    world.ledger.edit_catalog(|catalog| catalog.branches_enabled = true);
    world.project_row.branch = Some(branch);
    world
}

fn records() -> [CostRecord; 4] {
    [
        subcontract(1, &[(11, "03-300", "1,000"), (12, "26-100", "500")]),
        change_order(5, 1, &[(51, "03-300", "200")]),
        requisition(71, 1, &[(11, "400", "400", "40", "0")], "360"),
        direct_cost(9, "invoice", &[(91, "03-300", "300")]),
    ]
}

fn keys() -> [SourceKey; 4] {
    [SC, co(5), req(71), dc(9)]
}

/// The books per branch and currency, where anything stands.
pub(crate) fn places(world: &World) -> BTreeMap<String, String> {
    let mut documents: BTreeMap<String, Vec<MemoryDocument>> = BTreeMap::new();
    for document in world.ledger.documents() {
        let held = &document.held;
        let place = format!("{} {}", held.branch.unwrap_or_default(), held.currency);
        documents.entry(place).or_default().push(document);
    }
    let told = |documents: Vec<MemoryDocument>| {
        let books = balances(&documents).into_iter();
        let texts = books.filter(|(_, amount)| !amount.is_zero());
        texts.map(|(account, amount)| format!("{account} {amount:.2}")).collect::<Vec<_>>()
    };
    let all = documents.into_iter().map(|(place, documents)| (place, told(documents).join(", ")));
    all.filter(|(_, books)| !books.is_empty()).collect()
}

fn on(basis: Basis, invoices: bool) -> World {
    let world = World::on(basis);
    if invoices && !basis.recognises_commitments() { world.with_invoices() } else { world }
}

fn every_company() -> Vec<(Basis, bool)> {
    let bases = Basis::ALL.into_iter();
    bases.flat_map(|basis| [false, true].map(|invoices| (basis, invoices))).collect()
}

fn refuse(world: &World, after: usize) {
    let refusal = Refusal { reason: Reason::RejectedBySap, message: "no".to_owned() };
    world.ledger.fail_post_after(after, PostFault::Refuse(refusal));
}

#[test]
fn a_commitment_is_reversed_in_its_old_branch_and_posted_in_full_in_the_new_one() {
    let mut world = in_branch(World::of([records()[0].clone()]), 1);
    world.sync();
    world.project_row.branch = Some(2);
    assert!(world.sync().documents.is_empty(), "a cycle without news asks nothing");
    assert_eq!(world.sweep().exit_code(), 0);
    assert_eq!(
        world.documents(SC),
        "#1 PurchaseInvoices 1500.00, #2 PurchaseCreditNotes 1500.00, #3 PurchaseInvoices 1500.00"
    );
    let branches: Vec<Option<i64>> = world.held(SC).iter().map(|held| held.branch).collect();
    assert_eq!(branches, [Some(1), Some(1), Some(2)]);
    assert_eq!(world.dates(SC), ["2026-02-10", "2026-03-31", "2026-03-31"]);
    assert!(world.sweep().documents.is_empty());
    world.assert_reconciles();
}

#[test]
fn on_every_basis_everything_moves_to_the_branch_of_the_project() {
    for (basis, invoices) in every_company() {
        let mut world = in_branch(on(basis, invoices), 1);
        world.put(records());
        world.sync();
        let before = places(&world);
        assert_eq!(before.keys().collect::<Vec<_>>(), ["1 USD"], "{basis:?}");
        world.project_row.branch = Some(2);
        let report = world.sweep();
        assert_eq!(report.exit_code(), 0, "{basis:?}: {:?}", report.exceptions);
        let after = places(&world);
        assert_eq!(after.keys().collect::<Vec<_>>(), ["2 USD"], "{basis:?}: {after:?}");
        assert_eq!(after["2 USD"], before["1 USD"], "{basis:?}");
        assert!(world.sweep().documents.is_empty(), "{basis:?}");
        world.replay(Some(&keys()));
        assert_eq!(places(&world), after, "{basis:?}");
        world.assert_reconciles();
    }
}

#[test]
fn on_every_basis_a_record_that_changes_its_currency_leaves_nothing_in_the_old_one() {
    for (basis, invoices) in every_company() {
        let world = abroad(on(basis, invoices));
        world.put(records());
        world.sync();
        let before = places(&world);
        world.put(records().map(in_euro));
        let report = world.sync();
        assert_eq!(report.exit_code(), 0, "{basis:?}: {:?}", report.exceptions);
        let after = places(&world);
        assert_eq!(after.keys().collect::<Vec<_>>(), ["0 EUR"], "{basis:?}: {after:?}");
        assert_eq!(after["0 EUR"], before["0 USD"], "{basis:?}");
        let findings = report.findings.iter().map(|row| row.finding.kind.name());
        assert_eq!(findings.filter(|name| *name == "exchange_difference").count(), 0, "{basis:?}");
        let posts = world.ledger.posts();
        world.sync();
        world.replay(Some(&keys()));
        assert_eq!(world.ledger.posts(), posts, "{basis:?}");
    }
}

#[test]
fn a_restated_amount_in_the_new_currency_is_posted_at_the_rate_of_the_day() {
    let world = abroad(World::of([subcontract(1, &[(11, "03-300", "1,200")])]));
    world.sync();
    world.edit(SC, |record| {
        record.currency = Some("EUR".to_owned());
        lines_of(record)[0].amount = d("1,000");
        add_up(record);
    });
    world.sync();
    assert_eq!(
        world.documents(SC),
        "#1 PurchaseInvoices 1200.00, #2 PurchaseCreditNotes 1200.00, #3 PurchaseInvoices 1000.00"
    );
    let rate = world.postings(SC)[2].header().exchange_rate;
    assert!(rate.is_some() && world.postings(SC)[1].header().exchange_rate.is_none());
    let euro = world.ledger.documents().into_iter().filter(|d| d.held.currency == "EUR");
    assert_eq!(euro.map(|d| d.held.local_total.unwrap()).sum::<Decimal>(), d("1,200"));
}

#[test]
fn a_move_that_breaks_off_is_completed_by_the_next_cycle() {
    for (basis, invoices) in every_company() {
        for at in 0..4 {
            let mut world = in_branch(on(basis, invoices), 1);
            world.put(records());
            world.sync();
            let whole = places(&world);
            world.project_row.branch = Some(2);
            refuse(&world, at);
            world.sweep();
            for _ in 0..3 {
                world.sync();
            }
            let after = places(&world);
            assert_eq!(after.keys().collect::<Vec<_>>(), ["2 USD"], "{basis:?}, document {at}");
            assert_eq!(after["2 USD"], whole["1 USD"], "{basis:?}, document {at}");
        }
    }
}

#[test]
fn a_record_that_moves_back_and_forth_stands_once_where_it_is_now() {
    let mut world = in_branch(World::of(records()), 1);
    world.sync();
    let before = places(&world);
    for branch in [2, 1, 3, 1] {
        world.project_row.branch = Some(branch);
        world.sweep();
    }
    assert_eq!(places(&world), before);
    world.edit(SC, |record| {
        lines_of(record)[0].amount = d("1,100");
        add_up(record);
    });
    assert_eq!(world.sync().exit_code(), 0);
    assert_eq!(world.cost(), d("2,100"), "commitment, change order and direct cost");
    assert!(world.sweep().documents.is_empty());
}

#[test]
fn a_move_taken_back_after_the_reversal_posts_in_full_where_it_stood() {
    let mut world = in_branch(World::of([records()[0].clone()]), 1);
    world.sync();
    let before = places(&world);
    world.project_row.branch = Some(2);
    refuse(&world, 1);
    world.sweep();
    assert!(places(&world).is_empty());
    world.project_row.branch = Some(1);
    world.sync();
    assert_eq!(places(&world), before);
}

#[test]
fn vendor_and_branch_may_change_in_one_cycle() {
    let mut world = in_branch(World::of([records()[0].clone()]), 1);
    world.sync();
    world.project_row.branch = Some(2);
    world.edit(SC, |record| record.vendor = vendor(2));
    world.sync();
    let cards: Vec<(Option<String>, Option<i64>)> =
        world.held(SC).into_iter().map(|held| (held.card_code, held.branch)).collect();
    let v = |card: &str, branch| (Some(card.to_owned()), Some(branch));
    assert_eq!(cards, [v("V100", 1), v("V100", 1), v("V200", 2)]);
    assert_eq!(places(&world)["2 USD"], "2160 -1500.00, 5010 1000.00, 5020 500.00");
}

#[test]
fn what_leaves_procore_after_a_move_leaves_nothing_anywhere() {
    let mut world = in_branch(World::of([records()[0].clone()]), 1);
    world.sync();
    world.project_row.branch = Some(2);
    refuse(&world, 1);
    world.sweep();
    world.edit(SC, |record| record.status = "Draft".to_owned());
    for _ in 0..3 {
        world.clock.advance(chrono::TimeDelta::hours(7));
        world.sync();
    }
    assert!(places(&world).is_empty(), "{:?}", places(&world));
    assert_eq!(world.state(SC), RecordState::NotPostable);
}

#[test]
fn a_requisition_waits_while_its_commitment_stands_in_the_old_currency() {
    let world = abroad(World::of(records()));
    world.sync();
    let before = places(&world);
    world.put(records().map(in_euro));
    refuse(&world, 0);
    world.sync();
    world.assert_cause(req(71), Reason::WaitingForParent);
    world.sync();
    assert_eq!(places(&world)["0 EUR"], before["0 USD"]);
    assert!(!places(&world).contains_key("0 USD"));
    assert!(books_at_home_of_euro(&world));
}

/// Each euro is worth 1.20 dollars on the day of the move.
fn books_at_home_of_euro(world: &World) -> bool {
    let documents = world.ledger.documents();
    let euro = documents.iter().filter(|document| document.held.currency == "EUR");
    euro.flat_map(|document| &document.held.lines)
        .all(|line| line.local.unwrap() == (line.amount * d("1.20")).round_dp(2))
}

#[test]
fn on_change_hold_leaves_a_move_to_a_person() {
    let mut world = in_branch(World::of([records()[0].clone()]), 1);
    world.sync();
    world.policy.on_change = OnChange::Hold;
    world.project_row.branch = Some(2);
    world.sweep();
    let detail = world.assert_cause(SC, Reason::ChangedAfterPosting);
    assert!(detail.contains("branch 1") && detail.contains("branch 2"), "{detail}");
    decide(&world, SC, Verb::Post).unwrap();
    world.sync();
    assert_eq!(places(&world).keys().collect::<Vec<_>>(), ["2 USD"]);
}

#[test]
fn a_currency_that_is_not_posted_is_held_and_nothing_is_reversed() {
    let mut world = abroad(World::of([records()[0].clone()]));
    world.sync();
    let before = places(&world);
    world.policy.foreign_currency = ForeignCurrency::Hold;
    world.put([in_euro(records()[0].clone())]);
    world.sync();
    world.assert_cause(SC, Reason::ForeignCurrencyNotEnabled);
    assert_eq!(places(&world), before);
    world.policy.foreign_currency = ForeignCurrency::Post;
    world.sync();
    assert_eq!(books_in_dollars_of(&world), d("1800"));
}

fn books_in_dollars_of(world: &World) -> Decimal {
    let documents = world.ledger.documents().into_iter();
    let euro = documents.filter(|document| document.held.currency == "EUR");
    euro.map(|document| document.held.local_total.unwrap()).sum()
}

#[test]
fn without_branches_the_column_moves_nothing() {
    let mut world = World::of([records()[0].clone()]);
    world.project_row.branch = Some(1);
    world.sync();
    world.project_row.branch = Some(2);
    world.sweep();
    assert_eq!(world.held(SC).len(), 1);
}
