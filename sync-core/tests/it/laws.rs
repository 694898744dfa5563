//! Laws that hold for any amounts, any order and any sequence of changes.

use proptest::{collection::vec, prelude::*};
use rust_decimal::Decimal;
use sync_core::{
    model::{CostRecord, Posting},
    policy::Basis,
    ports::{CycleStatus, StateStore as _},
    resolve::Verb,
    states::RecordState,
};

use crate::{
    decisions::decide,
    records::{SC, add_up, change_order, d, dc, direct_cost, line, lines_of, req, requisition},
    records::{requisition_of, subcontract, vendor, with_tax},
    world::{World, run},
};

const CODES: [&str; 4] = ["03-300", "03-310", "26-100", "26-200"];

/// Lines of one revision: an amount in hundredths of a cent, and a cost code.
fn revision() -> impl Strategy<Value = Vec<(i64, usize)>> {
    vec((-50_000_i64..500_000, 0..CODES.len()), 1..6)
}

fn apply(record: &mut CostRecord, revision: &[(i64, usize)]) {
    *lines_of(record) = revision
        .iter()
        .zip(11_i64..)
        .map(|((amount, code), id)| {
            let mut line = line(id, CODES[*code], "0");
            line.amount = Decimal::new(*amount, 4);
            line
        })
        .collect();
    add_up(record);
}

/// The books that the last revision alone would make.
fn books_of(revision: &[(i64, usize)]) -> (String, Decimal) {
    let world = World::new();
    let mut record = subcontract(1, &[]);
    apply(&mut record, revision);
    world.put([record]);
    world.sync();
    (world.books(), world.cost())
}

/// Cost per cost account, without the cent that may stay where an earlier revision put it.
fn near(left: &World, revision: &[(i64, usize)]) -> bool {
    let world = World::new();
    let mut record = subcontract(1, &[]);
    apply(&mut record, revision);
    world.put([record]);
    world.sync();
    let allowance = Decimal::new(i64::try_from(revision.len()).unwrap() + 1, 2);
    ["5010", "5020"]
        .iter()
        .all(|account| (left.balance(account) - world.balance(account)).abs() <= allowance)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_revisions_leaves_sap_equal_to_the_last_one(
        revisions in vec(revision(), 1..6),
    ) {
        let world = World::new();
        let mut record = subcontract(1, &[]);
        apply(&mut record, &revisions[0]);
        world.put([record]);
        world.sync();
        for revision in &revisions[1..] {
            world.edit(SC, |record| apply(record, revision));
            let report = world.sync();
            prop_assert_eq!(report.exit_code(), 0, "{:?}", report.exceptions);
        }
        let last = revisions.last().unwrap();
        prop_assert_eq!(world.cost(), books_of(last).1);
        prop_assert_eq!(world.balance("2160"), -world.cost());
        prop_assert!(near(&world, last), "{} is not {}", world.books(), books_of(last).0);
        prop_assert!(world.sync().documents.is_empty());
        world.assert_reconciles();
    }

    #[test]
    fn whole_cent_revisions_leave_every_account_equal_to_the_last_one(
        revisions in vec(vec((-500_i64..5_000, 0..CODES.len()), 1..6), 1..6),
    ) {
        let world = World::new();
        let cents = |revision: &Vec<(i64, usize)>| -> Vec<(i64, usize)> {
            revision.iter().map(|(amount, code)| (amount * 100, *code)).collect()
        };
        let mut record = subcontract(1, &[]);
        apply(&mut record, &cents(&revisions[0]));
        world.put([record]);
        world.sync();
        for revision in &revisions[1..] {
            world.edit(SC, |record| apply(record, &cents(revision)));
            world.sync();
        }
        prop_assert_eq!(world.books(), books_of(&cents(revisions.last().unwrap())).0);
    }

    #[test]
    fn planned_twice_posts_nothing_the_second_time(
        commitment in revision(),
        change in revision(),
        cost in revision(),
        tax in 0_i64..100_000,
        vendor_changes in any::<bool>(),
    ) {
        let world = World::with_tax();
        let mut records =
            [subcontract(1, &[]), change_order(5, 1, &[]), direct_cost(9, "invoice", &[])];
        for (record, revision) in records.iter_mut().zip([&commitment, &change, &cost]) {
            apply(record, revision);
        }
        records[2] = with_tax(records[2].clone(), &Decimal::new(tax, 2).to_string());
        world.put(records);
        world.sync();
        if vendor_changes {
            world.edit(SC, |record| record.vendor = vendor(2));
            world.sync();
        }
        let posts = world.ledger.posts();
        world.sync();
        let keys = [SC, crate::records::co(5), dc(9)];
        prop_assert_eq!(world.replay(Some(&keys)).status, CycleStatus::Done);
        prop_assert_eq!(world.ledger.posts(), posts);
        world.assert_reconciles();
    }

    #[test]
    fn debits_equal_credits_of_every_journal_entry(
        billed in vec((0_i64..100_000, 0_i64..20), 1..5),
        cost in revision(),
    ) {
        let world = World::with_tax();
        let mut record = direct_cost(9, "invoice", &[]);
        apply(&mut record, &cost);
        world.put([subcontract(1, &[(11, "03-300", "10,000")]), record]);
        let (mut completed, mut retained) = (Decimal::ZERO, Decimal::ZERO);
        for ((work, percent), number) in billed.into_iter().zip(1_i64..) {
            let work = Decimal::new(work, 2);
            let held = (work * Decimal::new(percent, 2)).round_dp(2);
            (completed, retained) = (completed + work, retained + held);
            let text = [completed, work, retained].map(|amount| amount.to_string());
            let items = [(11, text[0].as_str(), text[1].as_str(), text[2].as_str(), "0")];
            world.put([requisition(70 + number, number, &items, &(work - held).to_string())]);
            world.sync();
        }
        for document in world.ledger.documents() {
            if let Posting::JournalEntry(entry) = &document.posting {
                prop_assert_eq!(entry.lines.iter().map(|l| l.amount).sum::<Decimal>(), d("0"));
                prop_assert!(entry.lines.iter().all(|line| !line.amount.is_zero()));
            }
        }
        prop_assert_eq!(world.balance("2115"), -retained);
        let vendor_side = world.balance("2110") + world.balance("2115") + world.balance("2160");
        prop_assert_eq!(-vendor_side, world.cost() + world.balance("1610"));
    }

    #[test]
    fn the_order_of_lines_never_changes_the_fingerprint(
        revision in revision(),
        turns in 0_usize..6,
        items in vec(0_i64..100_000, 2..5),
    ) {
        let world = World::new();
        let mut record = subcontract(1, &[(1, "03-300", "100,000")]);
        lines_of(&mut record).extend({
            let mut other = subcontract(2, &[]);
            apply(&mut other, &revision);
            lines_of(&mut other).clone()
        });
        add_up(&mut record);
        let texts: Vec<String> =
            items.iter().map(|cents| Decimal::new(*cents, 2).to_string()).collect();
        let items: Vec<crate::records::Item<'_>> = texts
            .iter()
            .zip(11_i64..)
            .map(|(text, id)| (id, text.as_str(), text.as_str(), "0", "0"))
            .collect();
        let due: Decimal = texts.iter().map(|text| d(text)).sum();
        world.put([record, requisition(71, 1, &items, &due.to_string())]);
        world.sync();
        let before = [SC, req(71)].map(|key| world.stored(key).fingerprint);
        world.edit(SC, |record| {
            let lines = lines_of(record);
            let by = turns % lines.len();
            lines.rotate_left(by);
        });
        world.edit(req(71), |record| requisition_of(record).items.reverse());
        prop_assert!(world.sync().documents.is_empty());
        prop_assert_eq!([SC, req(71)].map(|key| world.stored(key).fingerprint), before);
    }
}

/// A chain of billings on a commitment of 1,000.00 and a change order, with retainage.
fn bill(world: &World, works: &[(i64, i64)]) -> (Decimal, Decimal) {
    let (mut completed, mut retained) = (Decimal::ZERO, Decimal::ZERO);
    for ((work, percent), number) in works.iter().zip(1_i64..) {
        let work = Decimal::new(*work, 2);
        let held = (work * Decimal::new(*percent, 2)).round_dp(2);
        (completed, retained) = (completed + work, retained + held);
        let text = [completed, work, retained].map(|amount| amount.to_string());
        let items = [(11, text[0].as_str(), text[1].as_str(), text[2].as_str(), "0")];
        world.put([requisition(70 + number, number, &items, &(work - held).to_string())]);
        world.sync();
    }
    (completed, retained)
}

fn basis() -> impl Strategy<Value = (Basis, bool)> {
    (0..Basis::ALL.len(), any::<bool>()).prop_map(|(at, invoices)| (Basis::ALL[at], invoices))
}

fn world_on((basis, invoices): (Basis, bool)) -> World {
    let world = World::on(basis);
    let by_billing = !basis.recognises_commitments();
    if invoices && by_billing { world.with_invoices() } else { world }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn on_every_basis_cost_is_recognised_once_and_every_account_ends_where_procore_says(
        on in basis(),
        works in vec((1_i64..20_000, 0_i64..20), 0..5),
        change in -10_000_i64..50_000,
        revised in 100_000_i64..200_000,
    ) {
        let world = world_on(on);
        world.put([
            subcontract(1, &[(11, "03-300", "1,000")]),
            change_order(5, 1, &[(51, "03-300", &Decimal::new(change, 2).to_string())]),
        ]);
        world.sync();
        let (billed, retained) = bill(&world, &works);
        world.edit(SC, |record| {
            lines_of(record)[0].amount = Decimal::new(revised, 2);
            add_up(record);
        });
        let report = world.sync();
        prop_assert_eq!(report.exit_code(), 0, "{:?}", report.exceptions);
        let approved = Decimal::new(revised + change, 2);
        let recognised = if on.0.recognises_commitments() { approved } else { billed };
        prop_assert_eq!(world.cost(), recognised);
        prop_assert_eq!(world.balance("2115"), -retained);
        prop_assert_eq!(world.balance("2110"), retained - billed);
        let unbilled = if on.0.recognises_commitments() { billed - approved } else { d("0") };
        prop_assert_eq!(world.balance("2160") + world.balance("2165"), unbilled);
        if on.0 == Basis::Encumbrance {
            prop_assert_eq!(world.balance("9010"), approved - billed);
            prop_assert_eq!(world.balance("9020"), billed - approved);
        }
        let posts = world.ledger.posts();
        world.sync();
        let keys: Vec<_> =
            (71..=70 + i64::try_from(works.len()).unwrap()).map(req).chain([SC, crate::records::co(5)]).collect();
        world.replay(Some(&keys));
        prop_assert_eq!(world.ledger.posts(), posts);
        world.assert_reconciles();
    }

    #[test]
    fn on_every_basis_what_leaves_procore_leaves_no_balance(
        on in basis(),
        works in vec((1_i64..20_000, 0_i64..20), 0..4),
    ) {
        let world = world_on(on);
        world.put([subcontract(1, &[(11, "03-300", "1,000")])]);
        world.sync();
        bill(&world, &works);
        let number = i64::try_from(works.len()).unwrap();
        for id in (71..=70 + number).rev().map(req).chain([SC]) {
            world.edit(id, |record| record.status = "draft".to_owned());
            for _ in 0..3 {
                world.clock.advance(chrono::TimeDelta::hours(7));
                world.sync();
            }
        }
        prop_assert_eq!(world.books(), "");
        world.assert_reconciles();
    }
}

/// A requisition of a chain as Procore keeps it: what was done in its period in quarters, of which 8 % are
/// whole cents, its retainage in percent, and whether it was deleted.
type Period = (i64, i64, bool);

/// Enters a chain as Procore shows it: every column is cumulative over the requisitions that are there. The
/// work of one that was deleted is gone, or was done in the period of the next one.
fn enter(world: &World, chain: &[Period], work_stays: bool) {
    let (mut completed, mut retained, mut of_deleted) = (Decimal::ZERO, Decimal::ZERO, 0);
    for ((work, percent, deleted), number) in chain.iter().zip(1_i64..) {
        if *deleted {
            of_deleted += if work_stays { *work } else { 0 };
            world.edit(req(70 + number), |record| record.deleted = true);
            continue;
        }
        let work = Decimal::new((*work + std::mem::take(&mut of_deleted)) * 25, 2);
        let held = (work * Decimal::new(*percent, 2)).round_dp(2);
        (completed, retained) = (completed + work, retained + held);
        let text = [completed, work, retained].map(|amount| amount.to_string());
        let items = [(11, text[0].as_str(), text[1].as_str(), text[2].as_str(), "0")];
        world.put([requisition(70 + number, number, &items, &(work - held).to_string())]);
    }
}

/// A person answers with `--post` whatever waits for one.
fn answer_all(world: &World, requisitions: usize) {
    let keys = (71..71 + i64::try_from(requisitions).unwrap()).map(req).chain([SC]);
    for key in keys {
        let stored = run(world.store.records(&[key])).unwrap().pop();
        if stored.is_some_and(|stored| stored.state == RecordState::Held) {
            decide(world, key, Verb::Post).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn whatever_becomes_of_a_posted_chain_the_books_are_those_of_its_last_state(
        on in basis(),
        taxed in any::<bool>(),
        works in vec((40_i64..800, 0_i64..20), 1..5),
        events in vec((0_usize..5, 40_i64..800, 0_i64..20, any::<bool>(), any::<bool>()), 1..5),
    ) {
        let company = || {
            let mut world = world_on(on);
            if taxed && on.0 == Basis::Commitment {
                world.project_row.tax_code = Some("T8".to_owned());
            }
            world.put([subcontract(1, &[(11, "03-300", "2,000")])]);
            world.sync();
            world
        };
        let world = company();
        let mut chain: Vec<Period> =
            works.into_iter().map(|(work, percent)| (work, percent, false)).collect();
        enter(&world, &chain, true);
        world.sync();
        for (at, work, percent, deletes, work_stays) in events {
            let at = at % chain.len();
            chain[at] = if deletes { (chain[at].0, 0, true) } else { (work, percent, chain[at].2) };
            enter(&world, &chain, work_stays);
            for _ in 0..8 {
                world.clock.advance(chrono::TimeDelta::hours(7));
                world.sync();
                answer_all(&world, chain.len());
            }
            let report = world.sync();
            prop_assert_eq!(report.exit_code(), 0, "{:?}", report.exceptions);
            prop_assert!(report.documents.is_empty());
            let alone = company();
            for key in (71..71 + i64::try_from(chain.len()).unwrap()).map(req) {
                alone.put(world.source.record(&key));
            }
            alone.sync();
            prop_assert_eq!(world.books(), alone.books());
            world.assert_reconciles();
        }
    }
}
