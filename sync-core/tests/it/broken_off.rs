//! Plans of several documents of which one is not taken: the next cycle posts exactly what is
//! missing, and the books end where the whole plan would have left them.

use chrono::TimeDelta;
use rust_decimal::Decimal;
use sync_core::{
    mapping::Target,
    memory::PostFault,
    model::{HeldDocument, SourceKey},
    policy::{Basis, NegativeLines, OnChange},
    ports::Refusal,
    resolve::Verb,
    states::{Reason, RecordState},
};

use crate::{
    decisions::decide,
    records::{SC, add_up, change_order, d, dc, direct_cost, direct_cost_of, lines_of, req},
    records::{requisition, requisition_of, subcontract, vendor},
    world::World,
};

/// A plan of more than one document: what stands before it, what is changed, and whose it is.
struct Case {
    name: &'static str,
    of: SourceKey,
    before: fn() -> World,
    change: fn(&World),
}

fn two_lines() -> World {
    let world = World::of([subcontract(1, &[(11, "03-300", "100"), (12, "26-100", "50")])]);
    world.sync();
    world
}

fn amounts(world: &World, first: &str, second: &str) {
    world.edit(SC, |record| {
        lines_of(record)[0].amount = d(first);
        lines_of(record)[1].amount = d(second);
        add_up(record);
    });
}

fn splitting(mut world: World) -> World {
    world.policy.negative_lines = NegativeLines::Split;
    world
}

fn across_tax_codes() -> World {
    let mut world = World::of([subcontract(1, &[(11, "03-300", "100"), (12, "26-100", "50")])]);
    world.rules[0].tax_code = Target::Value("T8".to_owned());
    world.rules[1].tax_code = Target::Value("T5".to_owned());
    world.sync();
    world
}

fn restating(mut world: World) -> World {
    world.policy.on_change = OnChange::Restate;
    world
}

fn approved(basis: Basis) -> World {
    let world = World::on(basis);
    world.put([subcontract(1, &[(11, "03-300", "1,000"), (12, "26-100", "500")])]);
    world.sync();
    world
}

fn bill(world: &World) {
    world.put([requisition(71, 1, &[(11, "400", "400", "40", "0")], "360")]);
}

fn billed(world: World) -> World {
    bill(&world);
    world.sync();
    world
}

fn bill_more(world: &World) {
    world.edit(req(71), |record| {
        let requisition = requisition_of(record);
        requisition.items[0].completed_and_stored = d("600");
        requisition.items[0].work_this_period = d("600");
        requisition.completed_and_stored = Some(d("600"));
        requisition.current_payment_due = Some(d("560"));
    });
}

fn cases() -> Vec<Case> {
    vec![
        Case {
            name: "negative lines apart",
            of: SC,
            before: || splitting(World::new()),
            change: |world| {
                world.put([subcontract(1, &[(11, "03-300", "100"), (12, "26-100", "-30")])]);
            },
        },
        Case {
            name: "an adjustment with negative lines apart",
            of: SC,
            before: || splitting(two_lines()),
            change: |world| amounts(world, "170", "20"),
        },
        Case {
            name: "a shift across tax codes",
            of: SC,
            before: across_tax_codes,
            change: |world| amounts(world, "70", "80"),
        },
        Case {
            name: "another vendor",
            of: SC,
            before: two_lines,
            change: |world| world.edit(SC, |record| record.vendor = vendor(2)),
        },
        Case {
            name: "a requisition's invoice and the relief of its encumbrance",
            of: req(71),
            before: || approved(Basis::Encumbrance).with_invoices(),
            change: bill,
        },
        Case {
            name: "a requisition's invoice and a credit memo beside it",
            of: req(71),
            before: || splitting(approved(Basis::Progress).with_invoices()),
            change: |world| {
                let items = [(11, "400", "400", "0", "0"), (12, "-50", "-50", "0", "0")];
                world.put([requisition(71, 1, &items, "350")]);
            },
        },
        Case {
            name: "a requisition's invoice of another vendor",
            of: req(71),
            before: || billed(approved(Basis::Progress).with_invoices()),
            change: |world| world.edit(SC, |record| record.vendor = vendor(2)),
        },
        Case {
            name: "a change of a requisition's invoice and of its relief",
            of: req(71),
            before: || billed(approved(Basis::Encumbrance).with_invoices()),
            change: bill_more,
        },
        Case {
            name: "a restated commitment",
            of: SC,
            before: || restating(two_lines()),
            change: |world| amounts(world, "130", "50"),
        },
        Case {
            name: "a restated direct cost",
            of: dc(9),
            before: || {
                let cost = direct_cost(9, "invoice", &[(91, "03-300", "100")]);
                let world = restating(World::of([cost]));
                world.sync();
                world
            },
            change: |world| {
                world.edit(dc(9), |record| {
                    lines_of(record)[0].amount = d("80");
                    direct_cost_of(record).total = Some(d("80"));
                });
            },
        },
        Case {
            name: "a restated requisition",
            of: req(71),
            before: || restating(billed(approved(Basis::Commitment))),
            change: bill_more,
        },
        Case {
            name: "a restated requisition with its relief",
            of: req(71),
            before: || restating(billed(approved(Basis::Encumbrance).with_invoices())),
            change: bill_more,
        },
    ]
}

/// How a document is not taken, or seems not to be.
fn faults() -> [PostFault; 4] {
    let no = Refusal { reason: Reason::RejectedBySap, message: "no".to_owned() };
    [PostFault::Refuse(no), PostFault::NotSent, PostFault::LostBefore, PostFault::LostAfter]
}

/// What a person sees of a record's documents; the number and the entry are used up by what failed.
fn told(world: &World, of: SourceKey) -> Vec<String> {
    let lines = |held: &HeldDocument| {
        let lines = held.lines.iter().map(|line| format!("{:?} {}", line.target, line.amount));
        lines.collect::<Vec<_>>().join(", ")
    };
    world
        .held(of)
        .iter()
        .map(|held| {
            let set = held.document_type.entity_set();
            format!("{set} {:?} {} [{}]", held.card_code, held.posting_date, lines(held))
        })
        .collect()
}

/// The world after the change, and how many documents the change took.
fn undisturbed(case: &Case) -> (World, usize) {
    let world = (case.before)();
    let before = world.held(case.of).len();
    (case.change)(&world);
    world.sync();
    let documents = world.held(case.of).len() - before;
    (world, documents)
}

#[test]
fn the_next_cycle_posts_exactly_the_documents_that_were_not_taken() {
    for case in cases() {
        let (whole, documents) = undisturbed(&case);
        assert!(documents > 1, "{}: {}", case.name, whole.documents(case.of));
        for at in 0..documents {
            for fault in faults() {
                let world = (case.before)();
                (case.change)(&world);
                world.ledger.fail_post_after(at, fault.clone());
                let told_by = format!("{}, {fault:?} of document {}", case.name, at + 1);
                world.sync();
                assert_ne!(world.state(case.of), RecordState::Unchanged, "{told_by}");
                for _ in 0..4 {
                    world.sync();
                }
                assert_eq!(told(&world, case.of), told(&whole, case.of), "{told_by}");
                assert_eq!(world.books(), whole.books(), "{told_by}");
                let posts = world.ledger.posts();
                world.replay(Some(&[case.of]));
                assert_eq!(world.state(case.of), RecordState::Unchanged, "{told_by}");
                assert_eq!(world.ledger.posts(), posts, "{told_by}");
                world.assert_reconciles();
            }
        }
    }
}

#[test]
fn a_plan_that_broke_off_is_completed_with_an_empty_store() {
    for case in cases() {
        let (whole, documents) = undisturbed(&case);
        let mut world = (case.before)();
        (case.change)(&world);
        world.ledger.fail_post_after(documents - 1, faults()[0].clone());
        world.sync();
        world.store = sync_core::memory::MemoryStore::new();
        world.with_engine(&sync_core::ports::Silent, async |engine| {
            engine.rebuild(Default::default()).await
        });
        world.sync();
        world.sync();
        assert_eq!(world.books(), whole.books(), "{}", case.name);
    }
}

#[test]
fn only_the_last_document_of_a_plan_says_that_the_record_stands_whole() {
    for case in cases() {
        let (world, documents) = undisturbed(&case);
        let fingerprint = world.stored(case.of).fingerprint;
        let held = world.held(case.of);
        let (last, before) = held[held.len() - documents..].split_last().unwrap();
        assert_eq!(last.revision, fingerprint[..16], "{}", case.name);
        for part in before {
            assert_eq!(part.revision.len(), 16, "{}", case.name);
            assert_ne!(part.revision, last.revision, "{}", case.name);
        }
    }
}

#[test]
fn what_completes_a_plan_carries_its_date() {
    let case = &cases()[0];
    let (whole, _) = undisturbed(case);
    let world = (case.before)();
    (case.change)(&world);
    world.ledger.fail_post_after(1, faults()[0].clone());
    world.sync();
    world.clock.advance(TimeDelta::days(3));
    world.sync();
    assert_eq!(world.dates(SC), whole.dates(SC));
    assert_eq!(world.dates(SC), ["2026-02-10", "2026-02-10"]);
}

#[test]
fn on_change_hold_does_not_hold_what_completes_a_plan() {
    for case in cases().into_iter().filter(|case| (case.before)().held(case.of).is_empty()) {
        let (whole, documents) = undisturbed(&case);
        let mut world = (case.before)();
        world.policy.on_change = OnChange::Hold;
        (case.change)(&world);
        world.ledger.fail_post_after(documents - 1, faults()[0].clone());
        assert_eq!(world.sync().exit_code(), 2, "{}", case.name);
        assert_eq!(world.sync().exit_code(), 0, "{}", case.name);
        assert_eq!(world.books(), whole.books(), "{}", case.name);
    }
}

#[test]
fn an_edit_in_between_is_posted_against_what_was_taken() {
    let whole = billed(approved(Basis::Encumbrance).with_invoices());
    bill_more(&whole);
    whole.sync();
    let world = approved(Basis::Encumbrance).with_invoices();
    bill(&world);
    world.ledger.fail_post_after(1, faults()[0].clone());
    world.sync();
    bill_more(&world);
    world.sync();
    assert_eq!(world.books(), whole.books());
    assert!(world.sync().documents.is_empty());
}

#[test]
fn a_change_that_is_taken_back_after_its_first_document_leaves_the_books_as_they_were() {
    let before = billed(approved(Basis::Progress).with_invoices());
    let world = billed(approved(Basis::Progress).with_invoices());
    world.edit(SC, |record| record.vendor = vendor(2));
    world.ledger.fail_post_after(1, faults()[0].clone());
    world.sync();
    assert_eq!(world.cost(), d("0"), "taken back from the former vendor alone");
    world.edit(SC, |record| record.vendor = vendor(1));
    world.sync();
    assert_eq!(world.books(), before.books());
    assert!(world.sync().documents.is_empty());
}

#[test]
pub(crate) fn the_next_requisition_waits_for_one_whose_plan_broke_off() {
    let world = approved(Basis::Encumbrance).with_invoices();
    bill(&world);
    world.ledger.fail_post_after(1, faults()[0].clone());
    world.put([requisition(72, 2, &[(11, "700", "300", "70", "0")], "270")]);
    world.sync();
    world.assert_cause(req(72), Reason::WaitingForPrevious);
    world.sync();
    assert_eq!(world.balance("9010"), d("800"), "1,500 approved, 700 billed");
    world.assert_reconciles();
}

#[test]
fn a_requisition_with_a_cancelled_document_is_measured_anew_when_a_person_lets_it_be_posted() {
    let world = billed(approved(Basis::Commitment));
    bill_more(&world);
    world.sync();
    world.edit(req(71), |record| {
        let requisition = requisition_of(record);
        requisition.items[0].completed_and_stored = d("400");
        requisition.items[0].work_this_period = d("400");
        requisition.completed_and_stored = Some(d("400"));
        requisition.current_payment_due = Some(d("360"));
    });
    world.sync();
    let books = world.books();
    assert_eq!(world.balance("2110"), d("-360"));
    // The newest document says "as first billed"; the one between it and the first is taken away.
    world.ledger.cancel(world.held(req(71))[1].doc_entry);
    world.replay(Some(&[req(71)]));
    world.assert_cause(req(71), Reason::CancelledInSap);
    decide(&world, req(71), Verb::Post).unwrap();
    world.ledger.fail_next_post(faults()[0].clone());
    world.sync();
    assert_eq!(world.state(req(71)), RecordState::Rejected);
    world.sync();
    assert_eq!(world.books(), books);
    assert!(world.sync().documents.is_empty());
    assert_eq!(world.cost(), Decimal::from(1500));
}

#[test]
fn a_change_order_that_is_split_is_completed_before_the_next_reduction() {
    let world = splitting(two_lines());
    world.put([change_order(5, 1, &[(51, "03-300", "40"), (52, "26-100", "-10")])]);
    world.ledger.fail_post_after(1, faults()[0].clone());
    world.sync();
    world.sync();
    assert_eq!(world.books(), "2160 -180.00, 5010 140.00, 5020 40.00");
    world.assert_reconciles();
}
