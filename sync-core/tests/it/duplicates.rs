//! Invoices that a person keyed in SAP for a cost that Procore states too: what stops the record, what a
//! person can answer, and what reconciliation shows of records that stood in SAP first.

use sync_core::{
    memory::PostFault,
    model::CostRecord,
    policy::{Basis, Offset},
    ports::{Ledger as _, Refusal, Silent, UnkeyedInvoice},
    resolve::Verb,
    states::{Reason, RecordState},
};

use crate::{
    records::{
        SC, add_up, commitment_of, d, day, dc, direct_cost, direct_cost_of, lines_of, req,
        requisition, requisition_of, subcontract,
    },
    world::World,
};

/// An A/P invoice of vendor V100 on project P865, without a number, of 2026-03-01.
fn keyed(net: &str) -> UnkeyedInvoice {
    UnkeyedInvoice {
        doc_entry: 0,
        doc_num: None,
        card_code: "V100".to_owned(),
        reference: None,
        posting_date: day("2026-03-01"),
        currency: "USD".to_owned(),
        net: d(net),
        total: d(net),
        projects: ["P865".to_owned()].into(),
    }
}

/// A direct cost of 300 dollars, dated 2026-03-10, with the vendor's number INV-7.
fn cost() -> CostRecord {
    let mut record = direct_cost(9, "invoice", &[(91, "03-300", "300")]);
    direct_cost_of(&mut record).dated = Some(day("2026-03-10"));
    direct_cost_of(&mut record).invoice_number = Some("INV-7".to_owned());
    record
}

fn decide(world: &World, verb: Verb) {
    world
        .with_engine(&Silent, async |engine| {
            engine.resolve(dc(9), verb, "Ada", "looked at it").await
        })
        .unwrap();
}

#[test]
fn the_vendors_number_on_an_invoice_that_somebody_keyed_holds_the_record_and_names_the_document() {
    let world = World::of([cost()]);
    let entry = world.ledger.key_invoice(UnkeyedInvoice {
        reference: Some("INV-7".to_owned()),
        posting_date: day("2025-06-30"),
        projects: [].into(),
        ..keyed("12")
    });
    let report = world.sync();
    let detail = world.assert_cause(dc(9), Reason::PossibleManualDuplicate);
    assert_eq!(
        detail,
        format!(
            "A/P invoice {} (DocEntry {entry}) of V100, 2025-06-30, reference INV-7, 12 USD net has \
             the same vendor reference",
            90_000 + entry
        )
    );
    assert_eq!((report.exit_code(), world.ledger.posts()), (2, 0));
    world.assert_reconciles();
    assert_eq!(world.reconcile().projects[0].terms.held, d("300"));
}

#[test]
fn project_and_amount_within_45_days_hold_the_record_net_or_with_tax() {
    let near = [("300", "2026-03-10"), ("300", "2026-01-24"), ("300", "2026-04-24")];
    for (net, on) in near {
        let world = World::of([cost()]);
        world.ledger.key_invoice(UnkeyedInvoice { posting_date: day(on), ..keyed(net) });
        world.sync();
        let detail = world.assert_cause(dc(9), Reason::PossibleManualDuplicate);
        assert!(detail.ends_with("has the same project and amount"), "{detail}");
    }
    let world = World::of([cost()]);
    world.ledger.key_invoice(UnkeyedInvoice { net: d("277.78"), ..keyed("300") });
    world.sync();
    world.assert_cause(dc(9), Reason::PossibleManualDuplicate);
}

#[test]
fn what_differs_in_vendor_project_amount_currency_or_date_holds_nothing() {
    let others = [
        UnkeyedInvoice { card_code: "V200".to_owned(), ..keyed("300") },
        UnkeyedInvoice { projects: ["P866".to_owned()].into(), ..keyed("300") },
        UnkeyedInvoice { projects: [].into(), ..keyed("300") },
        keyed("300.01"),
        UnkeyedInvoice { currency: "EUR".to_owned(), ..keyed("300") },
        UnkeyedInvoice { posting_date: day("2026-01-23"), ..keyed("300") },
        UnkeyedInvoice { posting_date: day("2026-04-25"), ..keyed("300") },
        UnkeyedInvoice { reference: Some("INV-70".to_owned()), ..keyed("1") },
    ];
    for other in others {
        let world = World::of([cost()]);
        world.ledger.key_invoice(other.clone());
        assert_eq!(world.sync().exit_code(), 0, "{other:?}");
        assert_eq!(world.documents(dc(9)), "#1 JournalEntries 300.00", "{other:?}");
    }
}

#[test]
pub(crate) fn commitments_and_requisitions_are_compared_too() {
    let mut contract = subcontract(1, &[(11, "03-300", "1,000")]);
    commitment_of(&mut contract).agreed_on = Some(day("2026-02-20"));
    let mut billed = requisition(71, 1, &[(11, "400", "400", "40", "0")], "360");
    requisition_of(&mut billed).invoice_number = Some("PA-1".to_owned());
    let world = World::of([contract.clone(), billed.clone()]);
    world.ledger.key_invoice(keyed("1000"));
    world.sync();
    world.assert_cause(SC, Reason::PossibleManualDuplicate);
    world.assert_cause(req(71), Reason::WaitingForParent);

    // The gross, and what is payable of it, stand for the requisition.
    for amount in ["400", "360"] {
        let world = World::of([contract.clone(), billed.clone()]);
        world
            .ledger
            .key_invoice(UnkeyedInvoice { posting_date: day("2026-03-09"), ..keyed(amount) });
        world.sync();
        assert_eq!(world.documents(SC), "#1 PurchaseInvoices 1000.00");
        world.assert_cause(req(71), Reason::PossibleManualDuplicate);
    }
    let world = World::of([contract, billed]);
    world.ledger.key_invoice(UnkeyedInvoice { reference: Some("PA-1".to_owned()), ..keyed("5") });
    world.sync();
    world.assert_cause(req(71), Reason::PossibleManualDuplicate);
}

#[test]
fn a_basis_that_does_not_post_commitments_compares_none() {
    let world = World::on(Basis::Progress);
    world.put([subcontract(1, &[(11, "03-300", "1,000")])]);
    world.ledger.key_invoice(UnkeyedInvoice { posting_date: day("2026-02-10"), ..keyed("1000") });
    assert_eq!(world.sync().exit_code(), 0);
    assert_eq!(world.state(SC), RecordState::NothingToPost);
}

#[test]
fn a_cost_against_a_clearing_account_is_compared_where_procore_names_a_vendor() {
    let mut world = World::new();
    world.policy.direct_cost_offset.insert("expense".to_owned(), Offset::Account("2190".into()));
    let mut card = cost();
    direct_cost_of(&mut card).direct_cost_type = "expense".to_owned();
    world.put([card]);
    world.ledger.key_invoice(keyed("300"));
    world.sync();
    world.assert_cause(dc(9), Reason::PossibleManualDuplicate);
}

#[test]
fn it_goes_on_by_itself_when_the_keyed_invoice_is_cancelled() {
    let world = World::of([cost()]);
    let entry = world.ledger.key_invoice(keyed("300"));
    world.sync();
    world.assert_cause(dc(9), Reason::PossibleManualDuplicate);
    world.ledger.cancel_keyed(entry);
    assert_eq!(world.sync().exit_code(), 0);
    assert_eq!(world.documents(dc(9)), "#1 JournalEntries 300.00");
}

#[test]
fn a_person_posts_it_as_planned_or_skips_it_for_good() {
    let world = World::of([cost()]);
    world.ledger.key_invoice(keyed("300"));
    world.sync();
    decide(&world, Verb::Post);
    assert_eq!(world.sync().exit_code(), 0);
    assert_eq!(world.documents(dc(9)), "#1 JournalEntries 300.00");
    assert!(world.reconcile().possible_duplicates.is_empty(), "a person has answered it");

    let world = World::of([cost()]);
    world.ledger.key_invoice(keyed("300"));
    world.sync();
    decide(&world, Verb::Skip);
    assert_eq!(world.sync().exit_code(), 0);
    assert_eq!((world.state(dc(9)), world.ledger.posts()), (RecordState::Skipped, 0));
    world.assert_reconciles();
}

#[test]
fn a_record_that_was_changed_before_it_was_posted_is_compared_anew() {
    let world = World::of([cost()]);
    world.ledger.key_invoice(keyed("300"));
    world.sync();
    decide(&world, Verb::Post);
    let refusal = Refusal { reason: Reason::CustomRule, message: "no".to_owned() };
    world.ledger.fail_next_post(PostFault::Refuse(refusal));
    world.sync();
    assert_eq!(world.state(dc(9)), RecordState::Rejected);
    world.ledger.key_invoice(keyed("310"));
    world.edit(dc(9), |record| {
        lines_of(record)[0].amount = d("310");
        add_up(record);
    });
    world.sync();
    let detail = world.assert_cause(dc(9), Reason::PossibleManualDuplicate);
    assert!(detail.contains("310 USD net"), "{detail}");
}

#[test]
fn a_search_that_fails_posts_nothing_and_the_next_cycle_goes_on() {
    let world = World::of([cost()]);
    // The look-up by key, then the search.
    world.ledger.fail_next_search();
    let report = world.cycle();
    assert_eq!(report.exit_code(), 1, "{report:?}");
    assert_eq!(world.ledger.posts(), 0);
    assert_eq!(world.sync().exit_code(), 0);
    assert_eq!(world.documents(dc(9)), "#1 JournalEntries 300.00");
}

#[test]
fn many_new_records_of_one_vendor_are_one_question_and_an_idle_cycle_asks_none() {
    let world = World::of((1..=60).map(|id| direct_cost(id, "invoice", &[(id, "03-300", "7")])));
    let before = world.ledger.availability().calls;
    world.sync();
    // Master data, the question of an empty state, one look-up, one search, and the posts.
    assert_eq!(world.ledger.availability().calls - before, 1 + 1 + 1 + 1 + 60);
    let before = world.ledger.availability().calls;
    world.sync();
    assert_eq!(world.ledger.availability().calls - before, 1);
}

#[test]
fn a_preview_and_an_explanation_say_it_as_the_cycle_does() {
    let world = World::of([cost()]);
    world.ledger.key_invoice(keyed("300"));
    let preview = world.preview();
    assert!(preview.documents.is_empty());
    let causes: Vec<_> =
        preview.exceptions.iter().filter_map(|row| row.cause.as_ref().map(|c| c.reason)).collect();
    assert_eq!(causes, [Reason::PossibleManualDuplicate]);
    world.sync();
    let life = world.with_engine(&Silent, async |engine| engine.explain(dc(9)).await).unwrap();
    assert!(
        life.explanation.because.contains("same project and amount"),
        "{}",
        life.explanation.because
    );
}

#[test]
fn what_a_person_keys_after_the_post_is_found_by_reconciliation_and_explains_nothing() {
    let world = World::of([cost(), subcontract(1, &[(11, "03-300", "1,000")])]);
    world.sync();
    let entry = world
        .ledger
        .key_invoice(UnkeyedInvoice { reference: Some("INV-7".to_owned()), ..keyed("5") });
    let report = world.reconcile();
    let [found] = report.possible_duplicates.as_slice() else {
        panic!("{:?}", report.possible_duplicates)
    };
    assert_eq!((found.key, found.invoice.doc_entry), (dc(9), entry));
    assert_eq!(found.alike, "the same vendor reference");
    assert_eq!(report.differences(), []);
    assert_eq!(report.exit_code(), 0, "our side ties; whether it is one cost only a person knows");
}
