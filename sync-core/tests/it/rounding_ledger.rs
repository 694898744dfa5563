//! The rounding ledger: each unit that was moved so that lines sum to their header is a row, kept with
//! its record, and reconciliation's term of rounding is the sum of what the rows and the lines say.

use proptest::{collection::vec, prelude::*};
use rust_decimal::Decimal;
use sync_core::{
    model::{CostRecord, RecordBody, RoundingRow, SourceKey},
    money::Rounding,
    policy::{Basis, OnChange, Opening},
    ports::{Silent, StateStore as _},
    reconcile::RecordRounding,
    resolve::Verb,
    states::{Reason, RecordState},
};

use crate::{
    decisions::decide,
    records::{SC, add_up, change_order, co, commitment_of, d, day, dc, direct_cost},
    records::{line, lines_of, req, requisition, subcontract},
    world::{World, run},
};

const THIRDS: [(i64, &str, &str); 3] =
    [(9, "03-300", "33.3333"), (10, "26-100", "33.3333"), (11, "26-100", "33.3333")];

fn set_header(record: &mut CostRecord, header: Decimal) {
    match &mut record.body {
        RecordBody::Commitment(body) => body.grand_total = Some(header),
        RecordBody::ChangeOrder(body) => body.grand_total = Some(header),
        RecordBody::DirectCost(body) => body.total = Some(header),
        RecordBody::Requisition(_) => panic!("a requisition has ties and no header to place"),
    }
}

fn header_of(record: &CostRecord) -> Option<Decimal> {
    match &record.body {
        RecordBody::Commitment(body) => body.grand_total,
        RecordBody::ChangeOrder(body) => body.grand_total,
        RecordBody::DirectCost(body) => body.total,
        RecordBody::Requisition(_) => None,
    }
}

fn rows(world: &World, key: SourceKey) -> Vec<RoundingRow> {
    world.stored(key).rounding
}

/// Line, moved unit and since when, of each row of a record.
fn in_short(world: &World, key: SourceKey) -> Vec<(i64, String, String)> {
    let short = |row: RoundingRow| (row.line, row.moved.to_string(), row.since.to_string());
    rows(world, key).into_iter().map(short).collect()
}

fn rounding(world: &World) -> Vec<RecordRounding> {
    world.reconcile().projects.remove(0).rounding
}

/// A subcontract of three thirds of a hundred.
fn thirds() -> CostRecord {
    let mut record = subcontract(1, &THIRDS);
    commitment_of(&mut record).grand_total = Some(d("100.00"));
    record
}

#[test]
fn a_moved_unit_is_a_row_with_the_exact_and_the_rounded_amount() {
    let world = World::of([thirds()]);
    world.sync();
    let row = RoundingRow {
        source: SC,
        line: 9,
        currency: "USD".to_owned(),
        exact: d("33.3333"),
        rounded: d("33.33"),
        moved: d("0.01"),
        since: day("2026-03-31"),
    };
    assert_eq!(row.posted(), d("33.34"));
    assert_eq!(rows(&world, SC), [row]);
}

#[test]
fn a_row_keeps_its_day_as_long_as_the_unit_stays_and_goes_with_it() {
    let world = World::of([thirds()]);
    world.sync();
    world.clock.advance(chrono::TimeDelta::days(2));
    world.edit(SC, |record| {
        lines_of(record)[2] = line(11, "26-100", "43.3334");
        set_header(record, d("110.00"));
    });
    world.sync();
    assert_eq!(in_short(&world, SC), [(9, "0.01".to_owned(), "2026-03-31".to_owned())]);
    world.edit(SC, |record| {
        lines_of(record)[0] = line(9, "03-300", "33.34");
        set_header(record, d("110.00"));
    });
    world.sync();
    assert_eq!(in_short(&world, SC), [], "without a unit to move there is no row");
    world.assert_reconciles();
}

#[test]
fn a_unit_may_be_taken_from_a_line_and_its_row_is_below_zero() {
    let mut record = subcontract(
        1,
        &[(1, "03-300", "10.005"), (2, "03-300", "10.005"), (3, "03-300", "10.005")],
    );
    set_header(&mut record, d("30.01"));
    let world = World::of([record]);
    world.sync();
    let moved = [1, 2].map(|line| (line, "-0.01".to_owned(), "2026-03-31".to_owned()));
    assert_eq!(in_short(&world, SC), moved);
    world.assert_reconciles();
}

#[test]
fn what_waits_or_is_held_leaves_the_rows_of_what_stands_in_sap() {
    let world = World::of([thirds()]);
    world.sync();
    let before = rows(&world, SC);
    world.edit(SC, |record| set_header(record, d("140.00")));
    world.sync();
    world.assert_cause(SC, Reason::RoundingMismatch);
    assert_eq!(rows(&world, SC), before);
    world.assert_reconciles();
}

#[test]
fn what_is_taken_back_leaves_no_row() {
    let world = World::of([thirds()]);
    world.sync();
    world.edit(SC, |record| record.status = "Draft".to_owned());
    for _ in 0..3 {
        world.clock.advance(chrono::TimeDelta::hours(7));
        world.sync();
    }
    assert_eq!((world.books().as_str(), world.state(SC)), ("", RecordState::Posted));
    assert_eq!(in_short(&world, SC), []);
    world.replay(Some(&[SC]));
    assert_eq!((world.state(SC), in_short(&world, SC)), (RecordState::NotPostable, vec![]));
}

#[test]
fn lines_that_a_person_lets_stand_against_their_header_move_no_unit() {
    let mut record = subcontract(1, &[(11, "03-300", "10.001"), (12, "03-300", "20.002")]);
    set_header(&mut record, d("40.00"));
    let world = World::of([record]);
    world.sync();
    decide(&world, SC, Verb::Post).unwrap();
    world.sync();
    assert_eq!((world.cost(), in_short(&world, SC)), (d("30.00"), vec![]));
    let [of_record] = rounding(&world).try_into().unwrap();
    assert_eq!((of_record.lines, of_record.moved_total()), (d("-0.003"), d("0")));
    world.assert_reconciles();
}

#[test]
fn markup_that_is_spread_is_in_the_exact_amount_of_a_row() {
    let mut change = change_order(5, 1, &[(51, "03-300", "10.00"), (52, "26-100", "20.00")]);
    lines_of(&mut change).push(line(53, "", "0.015"));
    set_header(&mut change, d("30.03"));
    let world = World::of([subcontract(1, &[(11, "03-300", "1,000")]), change]);
    world.sync();
    let exact: Decimal = rows(&world, co(5)).iter().map(|row| row.exact).sum();
    assert_eq!(
        (in_short(&world, co(5)).len(), exact),
        (1, d("20.010")),
        "{:?}",
        rows(&world, co(5))
    );
    assert_eq!(world.cost(), d("1030.03"));
    world.assert_reconciles();
}

#[test]
fn reconciliation_traces_its_term_to_lines_and_rows() {
    let world = World::of([thirds(), direct_cost(9, "invoice", &[(91, "03-300", "5.004")])]);
    world.edit(dc(9), |record| set_header(record, d("5.00")));
    world.sync();
    let report = world.reconcile();
    assert_eq!(report.projects[0].terms.rounding, d("-0.0039"));
    let traced: Vec<_> = report.projects[0]
        .rounding
        .iter()
        .map(|of| (of.key, of.lines, of.moved_total(), of.total(), of.untraced()))
        .collect();
    assert_eq!(
        traced,
        [
            (SC, d("-0.0099"), d("0.01"), d("0.0001"), d("0")),
            (dc(9), d("-0.004"), d("0"), d("-0.004"), d("0")),
        ]
    );
}

#[test]
fn a_state_of_an_earlier_version_has_no_rows_and_reconciliation_says_what_it_cannot_trace() {
    let world = World::of([thirds()]);
    world.sync();
    let mut stored = world.stored(SC);
    let text = serde_json::to_string(&stored).unwrap();
    assert!(text.contains("\"rounding\":[{"), "{text}");
    stored.rounding.clear();
    let earlier = serde_json::to_string(&stored).unwrap();
    assert!(!earlier.contains("rounding"), "{earlier}");
    assert_eq!(serde_json::from_str::<sync_core::ports::StoredRecord>(&earlier).unwrap(), stored);

    let epoch = run(world.store.acquire_writer(moment_of(&world))).unwrap();
    let batch = sync_core::ports::ReadBatch { records: vec![stored], cursor: None };
    run(world.store.save_read(&batch, epoch)).unwrap();
    run(world.store.release_writer(epoch)).unwrap();
    let [of_record] = rounding(&world).try_into().unwrap();
    assert_eq!((of_record.moved_total(), of_record.untraced()), (d("0"), d("0.01")));
    world.replay(Some(&[SC]));
    let [of_record] = rounding(&world).try_into().unwrap();
    assert_eq!((of_record.moved_total(), of_record.untraced()), (d("0.01"), d("0")));
}

fn moment_of(world: &World) -> chrono::DateTime<chrono::Utc> {
    use sync_core::ports::Clock as _;
    world.clock.now()
}

#[test]
fn a_rebuilt_state_has_the_rows_of_what_stands_in_sap() {
    let mut world = World::of([thirds()]);
    world.sync();
    let before = rows(&world, SC);
    world.store = sync_core::memory::MemoryStore::new();
    let report =
        world.with_engine(&Silent, async |engine| engine.rebuild(Default::default()).await);
    assert_eq!(report.exit_code(), 0);
    assert_eq!(rows(&world, SC), before);
    world.assert_reconciles();
}

#[test]
fn explain_shows_the_rows() {
    let world = World::of([thirds()]);
    world.sync();
    let life = world.with_engine(&Silent, async |engine| engine.explain(SC).await).unwrap();
    assert_eq!(life.explanation.rounding, rows(&world, SC));
}

#[test]
fn what_the_opening_list_was_rounded_by_is_no_rounding_of_the_changes_since() {
    let mut world = World::new();
    world.policy.opening = Opening::Committed;
    let mut record = thirds();
    commitment_of(&mut record).agreed_on = Some(day("2025-06-01"));
    world.put([record]);
    world.sync();
    assert_eq!((world.state(SC), in_short(&world, SC)), (RecordState::Opening, vec![]));
    world.edit(SC, |record| {
        lines_of(record)[0] = line(9, "03-300", "43.3333");
        set_header(record, d("110.00"));
    });
    world.sync();
    assert_eq!(world.documents(SC), "#2 PurchaseInvoices 10.00");
    assert_eq!(in_short(&world, SC), [(9, "0.01".to_owned(), "2026-03-31".to_owned())]);
    let [of_record] = rounding(&world).try_into().unwrap();
    let figures = (of_record.stated, of_record.total(), of_record.lines, of_record.moved_total());
    assert_eq!(figures, (d("10"), d("0"), d("-0.01"), d("0.01")), "the list had that unit before");
    world.assert_reconciles();
}

/// One revision: the lines' amounts in hundredths of a cent, and by how many cents the header is off
/// their exact sum.
type Revision = (Vec<i64>, i64);

fn revision() -> impl Strategy<Value = Revision> {
    (vec(-50_000_i64..500_000, 2..7), -2_i64..3)
}

/// Enters a revision; the header is off by what rounding explains at most.
fn apply(record: &mut CostRecord, mode: Rounding, (amounts, off): &Revision) {
    let code = |at: usize| ["03-300", "03-310", "26-100"][at % 3];
    *lines_of(record) = amounts
        .iter()
        .zip(11_i64..)
        .enumerate()
        .map(|(at, (amount, id))| {
            let mut line = line(id, code(at), "0");
            line.amount = Decimal::new(*amount, 4);
            line
        })
        .collect();
    let rounded: Decimal = lines_of(record).iter().map(|line| mode.round(line.amount, 2)).sum();
    let most = i64::try_from(amounts.len().div_ceil(2)).unwrap();
    add_up(record);
    set_header(record, rounded + Decimal::new(*off.clamp(&-most, &most), 2));
}

/// The law: the rows of a record sum to its rounded header less the sum of its lines rounded alone.
fn obeys_the_law(world: &World, key: SourceKey) -> Result<(), TestCaseError> {
    let stored = world.stored(key);
    let mode = world.policy.rounding;
    let header = mode.round(header_of(&stored.record).unwrap(), 2);
    let lines: Decimal = stored.record.lines().iter().map(|line| mode.round(line.amount, 2)).sum();
    let moved: Decimal = stored.rounding.iter().map(|row| row.moved).sum();
    prop_assert_eq!(moved, header - lines, "{:?}", stored.rounding);
    for row in &stored.rounding {
        let line = stored.record.lines().iter().find(|line| line.id == row.line).unwrap();
        prop_assert_eq!((row.exact, row.rounded), (line.amount, mode.round(line.amount, 2)));
        prop_assert_eq!(row.moved.abs(), d("0.01"), "each row is one unit");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn after_every_revision_of_every_record_the_rows_sum_to_the_header_less_the_rounded_lines(
        basis in 0..Basis::ALL.len(),
        half_even in any::<bool>(),
        restate in any::<bool>(),
        revisions in vec((0_usize..3, revision()), 3..9),
    ) {
        let mut world = World::on(Basis::ALL[basis]);
        world.policy.rounding = if half_even { Rounding::HalfEven } else { Rounding::HalfUp };
        if restate {
            world.policy.on_change = OnChange::Restate;
        }
        let mode = world.policy.rounding;
        let mut records = [subcontract(1, &[]), change_order(5, 1, &[]), direct_cost(9, "invoice", &[])];
        for (record, (_, revision)) in records.iter_mut().zip(&revisions) {
            apply(record, mode, revision);
        }
        world.put(records);
        world.sync();
        let keys = [SC, co(5), dc(9)];
        for (at, revision) in &revisions[3..] {
            world.edit(keys[*at], |record| apply(record, mode, revision));
            let report = world.sync();
            prop_assert_eq!(report.exit_code(), 0, "{:?}", report.exceptions);
            // Where cost is recognised when it is billed, contracts are not in the ledger.
            let posted = keys.iter().filter(|key| **key == dc(9) || world.policy.basis != Basis::Progress);
            for key in posted {
                obeys_the_law(&world, *key)?;
            }
            world.assert_reconciles();
        }
    }

    #[test]
    fn requisitions_of_excess_decimals_are_traced_by_their_columns(
        works in vec(1_i64..200_000, 1..5),
        basis in 0..Basis::ALL.len(),
    ) {
        let world = World::on(Basis::ALL[basis]);
        world.put([subcontract(1, &[(11, "03-300", "1,000")])]);
        world.sync();
        let mut completed = Decimal::ZERO;
        for (work, number) in works.into_iter().zip(1_i64..) {
            let work = Decimal::new(work, 4);
            completed += work;
            let text = [completed, work].map(|amount| amount.to_string());
            let items = [(11, text[0].as_str(), text[1].as_str(), "0", "0")];
            world.put([requisition(70 + number, number, &items, &text[1])]);
            let report = world.sync();
            prop_assert_eq!(report.exit_code(), 0, "{:?}", report.exceptions);
            prop_assert!(world.stored(req(70 + number)).rounding.is_empty());
            world.assert_reconciles();
        }
    }
}
