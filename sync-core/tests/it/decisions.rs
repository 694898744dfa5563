//! What a person decides on a held record, and when the decision lapses.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use sync_core::{
    memory::PostFault,
    model::SourceKey,
    policy::{Basis, OnChange, OverBilling},
    ports::{Deed, Refusal, Silent, StateStore as _, UnkeyedInvoice},
    resolve::Verb,
    states::{Reason, RecordState},
};

use crate::{
    records::{SC, add_up, change_order, commitment_of, d, day, dc, direct_cost, direct_cost_of},
    records::{lines_of, req, requisition, requisition_of, subcontract},
    world::{World, run},
};

pub(crate) fn decide(world: &World, key: SourceKey, verb: Verb) -> Result<(), String> {
    world.with_engine(&Silent, async |engine| {
        let decided = engine.resolve(key, verb, "Ada", "agreed with the controller").await;
        decided.map(drop).map_err(|error| error.to_string())
    })
}

/// A subcontract of 1,000.00 that is billed to 1,200.00.
fn over_billed() -> World {
    World::of([
        subcontract(1, &[(11, "03-300", "1,000")]),
        requisition(71, 1, &[(11, "1,200", "1,200", "0", "0")], "1,200"),
    ])
}

#[test]
fn a_decision_to_post_lapses_when_the_record_changes() {
    let world = World::of([subcontract(1, &[(11, "03-300", "100.00")])]);
    world.edit(SC, |record| commitment_of(record).grand_total = Some(d("110")));
    world.sync();
    world.assert_cause(SC, Reason::RoundingMismatch);
    decide(&world, SC, Verb::Post).unwrap();
    world.sync();
    assert_eq!(world.books(), "2160 -100.00, 5010 100.00");
    assert!(world.sync().documents.is_empty());

    world.edit(SC, |record| lines_of(record)[0].amount = d("120"));
    world.sync();
    world.assert_cause(SC, Reason::RoundingMismatch);
    assert_eq!(world.books(), "2160 -100.00, 5010 100.00");
}

#[test]
fn every_decision_stays_told_after_it_has_lapsed() {
    let world = World::of([subcontract(1, &[(11, "99-000", "100.00")])]);
    world.sync();
    decide(&world, SC, Verb::Skip).unwrap();
    world.sync();
    let fingerprint = world.stored(SC).fingerprint;
    world.edit(SC, |record| {
        lines_of(record)[0].amount = d("120");
        add_up(record);
    });
    world.sync();
    world.assert_cause(SC, Reason::CostCodeUnmapped);
    decide(&world, SC, Verb::Post).unwrap_err();
    let life = world.with_engine(&Silent, async |engine| engine.explain(SC).await.unwrap());
    assert_eq!(life.acts, run(world.store.acts(Some(&SC))).unwrap());
    assert_eq!(life.acts.len(), 1, "what is refused is no act: {:?}", life.acts);
    let act = &life.acts[0];
    assert_eq!((act.deed, act.key), (Deed::Resolve(Verb::Skip), Some(SC)));
    assert_eq!(act.reason, Some(Reason::CostCodeUnmapped));
    let signed = (act.by.as_str(), act.note.as_str(), act.fingerprint.as_str());
    assert_eq!(signed, ("Ada", "agreed with the controller", fingerprint.as_str()));
}

#[test]
fn a_skipped_record_posts_nothing_until_it_changes_and_is_printed_as_accepted() {
    let world = World::of([subcontract(1, &[(11, "99-000", "100.00")])]);
    world.sync();
    world.assert_cause(SC, Reason::CostCodeUnmapped);
    decide(&world, SC, Verb::Skip).unwrap();
    assert_eq!(world.sync().exit_code(), 0);
    assert_eq!(world.state(SC), RecordState::Skipped);
    assert!(world.assert_cause(SC, Reason::CostCodeUnmapped).contains("accepted by Ada"));
    world.assert_reconciles();
    assert_eq!(world.reconcile().projects[0].terms.skipped, d("100"));

    world.edit(SC, |record| {
        lines_of(record)[0].coding.as_mut().unwrap().cost_code = "03-300".to_owned();
    });
    world.sync();
    assert_eq!(world.books(), "2160 -100.00, 5010 100.00");
}

#[test]
fn a_skipped_refusal_is_not_sent_again() {
    let world = World::of([subcontract(1, &[(11, "03-300", "100.00")])]);
    let refusal = Refusal { reason: Reason::CustomRule, message: "no".to_owned() };
    world.ledger.fail_next_post(PostFault::Refuse(refusal));
    world.sync();
    decide(&world, SC, Verb::Skip).unwrap();
    world.sync();
    world.replay(Some(&[SC]));
    assert_eq!(world.ledger.posts(), 1);
}

#[test]
fn a_decision_is_signed_and_must_be_one_that_the_reason_takes() {
    let world = World::of([subcontract(1, &[(11, "99-000", "100.00")])]);
    world.sync();
    let refused = decide(&world, SC, Verb::Post).unwrap_err();
    assert!(refused.contains("cost_code_unmapped cannot be answered with --post"), "{refused}");
    assert!(refused.contains("it takes --skip"), "{refused}");
    let unsigned = world.with_engine(&Silent, async |engine| {
        engine.resolve(SC, Verb::Skip, " ", "because").await.unwrap_err().to_string()
    });
    assert!(unsigned.contains("needs the name"), "{unsigned}");
    let unknown = decide(&world, req(1), Verb::Skip).unwrap_err();
    assert!(unknown.contains("no record is known"), "{unknown}");
    world.edit(SC, |record| {
        lines_of(record)[0].coding.as_mut().unwrap().cost_code = "03-300".to_owned();
    });
    world.sync();
    let settled = decide(&world, SC, Verb::Skip).unwrap_err();
    assert!(settled.contains("there is nothing to decide"), "{settled}");
}

#[test]
fn a_document_cancelled_in_sap_is_posted_again_under_the_next_sequence_on_the_day_of_the_decision()
{
    let world = World::of([subcontract(1, &[(11, "03-300", "100.00")])]);
    world.sync();
    world.ledger.cancel(world.held(SC)[0].doc_entry);
    world.replay(Some(&[SC]));
    world.assert_cause(SC, Reason::CancelledInSap);
    decide(&world, SC, Verb::Post).unwrap();
    world.sync();
    assert_eq!(world.documents(SC), "#1 PurchaseInvoices 100.00, #2 PurchaseInvoices 100.00");
    assert_eq!(world.dates(SC)[1], "2026-03-31");
    assert!(world.replay(Some(&[SC])).documents.is_empty());

    // A later change is an adjustment: what was answered stays answered.
    world.edit(SC, |record| {
        lines_of(record)[0].amount = d("130");
        add_up(record);
    });
    world.sync();
    assert_eq!(world.books(), "2160 -130.00, 5010 130.00");
}

#[test]
fn what_is_billed_above_approved_is_held_posted_as_cost_by_policy_or_by_decision() {
    let world = over_billed();
    world.sync();
    world.assert_cause(req(71), Reason::OverBilling);
    decide(&world, req(71), Verb::Post).unwrap();
    world.sync();
    assert_eq!(world.books(), "2110 -1200.00, 5010 1200.00");
    world.assert_reconciles();

    let mut world = over_billed();
    world.policy.over_billing = OverBilling::Post;
    world.sync();
    assert_eq!(world.books(), "2110 -1200.00, 5010 1200.00");
    world.assert_reconciles();
}

#[test]
fn a_change_order_that_covers_an_over_billing_takes_the_cost_back_with_the_next_requisition() {
    for basis in [Basis::Commitment, Basis::CommitmentJournal] {
        let mut world = World::on(basis);
        world.policy.over_billing = OverBilling::Post;
        world.put([
            subcontract(1, &[(11, "03-300", "1,000")]),
            requisition(71, 1, &[(11, "1,200", "1,200", "0", "0")], "1,200"),
        ]);
        world.sync();
        assert_eq!(world.cost(), d("1,200"), "{basis:?}");
        world.put([
            change_order(5, 1, &[(51, "03-300", "500")]),
            requisition(72, 2, &[(11, "1,300", "100", "0", "0")], "100"),
        ]);
        let report = world.sync();
        assert_eq!(report.exit_code(), 0, "{:?}", report.exceptions);
        assert_eq!(world.cost(), d("1,500"), "{basis:?}");
        let open = world.balance("2160") + world.balance("2165");
        assert_eq!((world.balance("2110"), open), (d("-1,300"), d("-200")), "{basis:?}");
        world.assert_reconciles();
    }
}

#[test]
pub(crate) fn the_unbilled_remainder_of_a_finished_commitment_is_released_by_decision_or_by_policy()
{
    for basis in [Basis::Commitment, Basis::CommitmentJournal, Basis::Encumbrance] {
        for by_policy in [false, true] {
            let mut world = World::on(basis);
            world.policy.release_unbilled = by_policy;
            world.put([
                subcontract(1, &[(11, "03-300", "700"), (12, "03-310", "300")]),
                change_order(5, 1, &[(51, "03-300", "50")]),
                requisition(
                    71,
                    1,
                    &[(11, "700", "700", "0", "0"), (12, "100", "100", "0", "0")],
                    "800",
                ),
            ]);
            world.sync();
            world.edit(req(71), |record| requisition_of(record).is_final = true);
            world.sync();
            if !by_policy {
                let detail = world.assert_cause(SC, Reason::UnbilledRemainder);
                assert!(detail.contains("250 is not billed"), "{detail}");
                world.assert_reconciles();
                decide(&world, SC, Verb::Post).unwrap();
                world.sync();
            }
            assert_eq!(world.books(), "2110 -800.00, 5010 800.00", "{basis:?}");
            assert_eq!(world.sync().exit_code(), 0);
            assert_eq!(world.replay(Some(&[SC])).exit_code(), 0, "released, it waits for nobody");
            assert_eq!(world.state(SC), RecordState::Unchanged, "{basis:?}");
            world.assert_reconciles();
        }
    }
}

#[test]
fn a_finished_commitment_that_is_raised_waits_from_the_cycle_that_posts_it() {
    for basis in [Basis::Commitment, Basis::CommitmentJournal, Basis::Encumbrance] {
        let world = World::on(basis);
        world.put([
            subcontract(1, &[(11, "03-300", "400")]),
            requisition(71, 1, &[(11, "400", "400", "0", "0")], "400"),
        ]);
        world.edit(req(71), |record| requisition_of(record).is_final = true);
        assert_eq!(world.sync().exit_code(), 0, "billed in full");
        world.edit(SC, |record| {
            lines_of(record)[0].amount = d("450");
            add_up(record);
        });
        let raised = world.sync();
        assert_eq!(raised.documents.len(), 1, "{basis:?}");
        assert_eq!(raised.exit_code(), 2, "{basis:?}: it waits, whatever was posted before");
        let detail = world.assert_cause(SC, Reason::UnbilledRemainder);
        assert!(detail.contains("450 approved and 400 billed"), "{detail}");
        world.assert_reconciles();
        let again = world.sync();
        assert_eq!((again.documents.len(), again.exit_code()), (0, 2), "{basis:?}");
        assert_eq!(world.assert_cause(SC, Reason::UnbilledRemainder), detail);
        decide(&world, SC, Verb::Post).unwrap();
        assert_eq!(world.sync().exit_code(), 0, "{basis:?}: released");
        assert_eq!(world.books(), "2110 -400.00, 5010 400.00", "{basis:?}");
    }
}

#[test]
fn a_commitment_that_a_first_cycle_finds_finished_waits_in_that_cycle() {
    let world = World::of([subcontract(1, &[(11, "03-300", "500")])]);
    world.put([requisition(71, 1, &[(11, "400", "400", "0", "0")], "400")]);
    world.edit(req(71), |record| requisition_of(record).is_final = true);
    let first = world.sync();
    assert_eq!((first.documents.len(), first.exit_code()), (2, 2));
    let detail = world.assert_cause(SC, Reason::UnbilledRemainder);
    assert!(detail.contains("100 is not billed"), "{detail}");
    world.assert_reconciles();
}

#[test]
fn a_commitment_that_ended_early_is_reduced_to_what_was_billed_by_decision() {
    for basis in [Basis::Commitment, Basis::CommitmentJournal, Basis::Encumbrance] {
        let world = World::on(basis);
        world.put([
            subcontract(1, &[(11, "03-300", "1,000")]),
            change_order(5, 1, &[(51, "03-300", "50")]),
            requisition(71, 1, &[(11, "400", "400", "0", "0")], "400"),
        ]);
        world.sync();
        world.edit(SC, |record| record.status = "Terminated".to_owned());
        for _ in 0..3 {
            world.clock.advance(chrono::TimeDelta::hours(7));
            world.sync();
        }
        world.assert_cause(SC, Reason::EndedEarly);
        decide(&world, SC, Verb::Post).unwrap();
        world.sync();
        assert_eq!(world.books(), "2110 -400.00, 5010 400.00", "{basis:?}");
        assert!(world.sync().documents.is_empty());
        world.assert_reconciles();
    }
}

#[test]
fn a_change_held_by_policy_is_adjusted_by_decision_once() {
    let mut world = World::of([subcontract(1, &[(11, "03-300", "100.00")])]);
    world.policy.on_change = OnChange::Hold;
    world.sync();
    let raise = |world: &World, amount: &str| {
        world.edit(SC, |record| {
            lines_of(record)[0].amount = d(amount);
            add_up(record);
        });
        world.sync();
    };
    raise(&world, "150");
    world.assert_cause(SC, Reason::ChangedAfterPosting);
    decide(&world, SC, Verb::Post).unwrap();
    world.sync();
    assert_eq!(world.cost(), d("150"));
    raise(&world, "175");
    world.assert_cause(SC, Reason::ChangedAfterPosting);
    assert_eq!(world.cost(), Decimal::from(150));
}

/// A direct cost with the invoice number of a posted requisition and of an A/P invoice that somebody
/// keyed in SAP.
fn suspected_twice() -> World {
    let world = World::on(Basis::Progress);
    let mut cost = direct_cost(9, "invoice", &[(91, "03-300", "250")]);
    direct_cost_of(&mut cost).invoice_number = Some("PA-1".to_owned());
    world.put([
        subcontract(1, &[(11, "03-300", "1,000")]),
        requisition(71, 1, &[(11, "400", "400", "0", "0")], "400"),
    ]);
    world.sync();
    world.ledger.key_invoice(UnkeyedInvoice {
        doc_entry: 0,
        doc_num: None,
        card_code: "V100".to_owned(),
        reference: Some("PA-1".to_owned()),
        posting_date: day("2026-03-01"),
        currency: "USD".to_owned(),
        net: d("7"),
        total: d("7"),
        projects: BTreeSet::new(),
    });
    world.put([cost]);
    world.sync();
    world
}

#[test]
fn an_answer_to_one_hold_does_not_take_back_the_answer_to_another() {
    let world = suspected_twice();
    world.assert_cause(dc(9), Reason::PossibleDoubleCount);
    decide(&world, dc(9), Verb::Post).unwrap();
    world.sync();
    world.assert_cause(dc(9), Reason::PossibleManualDuplicate);
    decide(&world, dc(9), Verb::Post).unwrap();
    world.sync();
    assert_eq!(world.documents(dc(9)), "#1 JournalEntries 250.00");
    assert!(world.sync().documents.is_empty());
    assert_eq!(world.state(dc(9)), RecordState::Posted);
}

#[test]
fn both_answers_lapse_when_the_record_changes() {
    let world = suspected_twice();
    decide(&world, dc(9), Verb::Post).unwrap();
    world.sync();
    world.assert_cause(dc(9), Reason::PossibleManualDuplicate);
    world.edit(dc(9), |record| lines_of(record)[0].amount = d("260"));
    world.sync();
    world.assert_cause(dc(9), Reason::PossibleDoubleCount);
}

#[test]
fn a_record_that_is_given_up_at_its_second_hold_stays_given_up() {
    let world = suspected_twice();
    decide(&world, dc(9), Verb::Post).unwrap();
    world.sync();
    decide(&world, dc(9), Verb::Skip).unwrap();
    for _ in 0..2 {
        world.sync();
        let detail = world.assert_cause(dc(9), Reason::PossibleManualDuplicate);
        assert!(detail.contains("accepted by Ada"), "{detail}");
        assert_eq!(world.state(dc(9)), RecordState::Skipped);
    }
    world.assert_reconciles();
}

#[test]
fn a_document_that_is_cancelled_once_more_asks_once_more() {
    let world = World::of([subcontract(1, &[(11, "03-300", "100.00")])]);
    world.sync();
    for sequence in 1..=2 {
        let held = world.held(SC);
        let standing = held.iter().find(|document| document.key.sequence == sequence).unwrap();
        world.ledger.cancel(standing.doc_entry);
        world.replay(Some(&[SC]));
        let detail = world.assert_cause(SC, Reason::CancelledInSap);
        assert!(detail.contains("was cancelled in SAP"), "{detail}");
        assert!(world.replay(Some(&[SC])).documents.is_empty(), "nobody said to post it again");
        decide(&world, SC, Verb::Post).unwrap();
        world.sync();
        assert_eq!(world.books(), "2160 -100.00, 5010 100.00");
    }
    assert_eq!(world.held(SC).len(), 3);
}
