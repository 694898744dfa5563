//! What SAP and people in SAP do to a document.

use std::sync::atomic::{AtomicBool, Ordering};

use sync_core::{
    engine::CycleOptions,
    memory::PostFault,
    policy::Basis,
    ports::{Observer, Progress, Refusal},
    reconcile::DifferenceKind,
    states::{FindingKind, Reason, RecordState},
};

use crate::{
    records::{SC, add_up, change_order, co, d, lines_of, req, requisition, subcontract},
    world::World,
};

/// The commitment's line is worth this by now.
fn raise_to(world: &World, amount: &str) {
    world.edit(SC, |record| {
        lines_of(record)[0].amount = d(amount);
        add_up(record);
    });
}

fn refusal(reason: Reason) -> PostFault {
    PostFault::Refuse(Refusal { reason, message: "(1) SAP says no".to_owned() })
}

fn entered() -> World {
    World::of([subcontract(1, &[(11, "03-300", "100")])])
}

fn posted() -> World {
    let world = entered();
    world.sync();
    world
}

fn touch(world: &World) {
    world.edit(SC, |record| record.title.push('!'));
    world.sync();
}

#[test]
pub(crate) fn a_refused_document_is_rejected_with_saps_words_and_sent_again_in_the_next_cycle() {
    let world = entered();
    world.ledger.fail_next_post(refusal(Reason::RejectedBySap));
    assert_eq!(world.sync().exit_code(), 2);
    assert_eq!(world.state(SC), RecordState::Rejected);
    assert_eq!(world.assert_cause(SC, Reason::RejectedBySap), "(1) SAP says no");
    world.assert_reconciles();
    world.sync();
    assert_eq!(world.documents(SC), "#2 PurchaseInvoices 100.00", "a number is never used again");
    world.assert_reconciles();
}

#[test]
pub(crate) fn the_reasons_of_a_refusal_are_told_apart() {
    for reason in
        [Reason::CustomRule, Reason::Forbidden, Reason::SetupMissing, Reason::PeriodClosed]
    {
        let world = entered();
        world.ledger.fail_next_post(refusal(reason));
        world.sync();
        world.assert_cause(SC, reason);
        assert_eq!(world.state(SC), RecordState::Rejected);
    }
}

#[test]
pub(crate) fn a_vendor_reference_that_is_taken_is_held() {
    let world = entered();
    for posts in 1..3 {
        world.ledger.fail_next_post(refusal(Reason::VendorReferenceTaken));
        assert_eq!(world.sync().exit_code(), 2);
        world.assert_cause(SC, Reason::VendorReferenceTaken);
        assert_eq!(world.state(SC), RecordState::Held);
        assert_eq!((world.documents(SC).as_str(), world.ledger.posts()), ("", posts));
        world.assert_reconciles();
    }
}

#[test]
fn children_of_a_rejected_commitment_wait_and_others_go_on() {
    let world = entered();
    world.put([
        change_order(5, 1, &[(51, "03-300", "10")]),
        subcontract(2, &[(21, "26-100", "70")]),
    ]);
    world.ledger.fail_next_post(refusal(Reason::RejectedBySap));
    world.sync();
    world.assert_cause(co(5), Reason::WaitingForParent);
    assert_eq!(world.cost(), d("70"));
    world.sync();
    assert_eq!(world.cost(), d("180"));
}

#[test]
pub(crate) fn a_draft_is_pending_approval_and_nothing_further_is_planned() {
    let world = entered();
    world.ledger.fail_next_post(PostFault::Draft);
    assert_eq!(world.sync().exit_code(), 2);
    world.edit(SC, |record| {
        lines_of(record)[0].amount = d("150");
        add_up(record);
    });
    world.sync();
    assert_eq!(world.state(SC), RecordState::PendingApproval);
    assert_eq!(world.ledger.posts(), 1);
    assert_eq!(world.reconcile().projects[0].terms.pending_approval, d("150"));
    world.assert_reconciles();
}

#[test]
fn nothing_that_depends_on_a_commitment_is_posted_while_a_change_of_it_is_a_draft() {
    for basis in [Basis::Commitment, Basis::CommitmentJournal, Basis::Encumbrance] {
        for in_one_cycle in [true, false] {
            let world = World::on(basis);
            world.put([subcontract(1, &[(11, "03-300", "100")])]);
            world.sync();
            raise_to(&world, "150");
            world.ledger.fail_next_post(PostFault::Draft);
            if !in_one_cycle {
                world.sync();
            }
            let items = [(11, "40", "40", "0", "0")];
            world.put([
                change_order(5, 1, &[(51, "03-300", "10")]),
                requisition(71, 1, &items, "40"),
            ]);
            for _ in 0..2 {
                world.sync();
                assert_eq!(world.state(SC), RecordState::PendingApproval);
                let detail = world.assert_cause(co(5), Reason::WaitingForParent);
                assert!(detail.contains("is pending_approval"), "{detail}");
                world.assert_cause(req(71), Reason::WaitingForParent);
                assert_eq!(world.ledger.posts(), 2, "{basis:?}: the commitment and its draft");
                world.assert_reconciles();
            }
            world.ledger.approve(world.held(SC)[1].doc_entry);
            world.sync();
            let states = [SC, co(5), req(71)].map(|key| world.state(key));
            assert_eq!(
                states,
                [RecordState::Unchanged, RecordState::Posted, RecordState::Posted],
                "{basis:?}"
            );
            assert_eq!(world.balance("2110"), d("-40"), "{basis:?}");
            world.assert_reconciles();
        }
    }
}

#[test]
fn a_requisition_waits_while_a_change_of_the_one_before_is_a_draft() {
    for basis in Basis::ALL {
        let world = World::on(basis);
        world.put([
            subcontract(1, &[(11, "03-300", "100")]),
            requisition(71, 1, &[(11, "40", "40", "0", "0")], "40"),
        ]);
        world.sync();
        world.put([requisition(71, 1, &[(11, "45", "45", "0", "0")], "45")]);
        world.ledger.fail_next_post(PostFault::Draft);
        world.sync();
        assert_eq!(world.state(req(71)), RecordState::PendingApproval, "{basis:?}");
        world.put([requisition(72, 2, &[(11, "60", "15", "0", "0")], "15")]);
        world.sync();
        world.assert_cause(req(72), Reason::WaitingForPrevious);
        world.ledger.approve(world.held(req(71))[1].doc_entry);
        world.sync();
        assert_eq!(world.balance("2110"), d("-60"), "{basis:?}");
        world.assert_reconciles();
    }
}

#[test]
fn an_approved_draft_counts_and_the_change_since_is_posted() {
    let world = entered();
    world.ledger.fail_next_post(PostFault::Draft);
    world.sync();
    world.edit(SC, |record| {
        lines_of(record)[0].amount = d("150");
        add_up(record);
    });
    world.sync();
    world.ledger.approve(world.held(SC)[0].doc_entry);
    world.sync();
    assert_eq!(world.documents(SC), "#1 PurchaseInvoices 100.00, #2 PurchaseInvoices 50.00");
}

#[test]
pub(crate) fn a_rejected_draft_is_refused_in_sap_and_never_posted_again_by_itself() {
    let world = entered();
    world.ledger.fail_next_post(PostFault::Draft);
    world.sync();
    world.ledger.reject(world.held(SC)[0].doc_entry);
    world.sync();
    world.assert_cause(SC, Reason::RefusedInSap);
    world.sync();
    assert_eq!(world.ledger.posts(), 1);
    world.assert_reconciles();
}

#[test]
pub(crate) fn a_document_cancelled_by_a_person_is_cancelled_in_sap_and_not_posted_again() {
    let world = posted();
    world.ledger.cancel(world.held(SC)[0].doc_entry);
    let report = world.reconcile();
    let difference = &report.projects[0].differences[0];
    assert_eq!((difference.kind, report.exit_code()), (DifferenceKind::Cancelled, 1));
    assert_eq!(report.difference("USD"), d("100"));
    touch(&world);
    let detail = world.assert_cause(SC, Reason::CancelledInSap);
    assert!(detail.contains("100"), "{detail}");
    world.sync();
    assert_eq!(world.ledger.posts(), 1);
}

#[test]
pub(crate) fn two_live_documents_under_one_sequence_are_a_foreign_document() {
    let world = posted();
    world.ledger.duplicate(world.held(SC)[0].doc_entry);
    assert_eq!(world.reconcile().exit_code(), 1, "a copy counts in reconciliation");
    touch(&world);
    let detail = world.assert_cause(SC, Reason::ForeignDocument);
    assert!(detail.contains("PurchaseInvoices 1") && detail.contains("PurchaseInvoices 2"));
    world.ledger.cancel(2);
    world.sync();
    assert_eq!(world.state(SC), RecordState::Unchanged, "the cancelled copy is worth nothing");
    world.assert_reconciles();
}

#[test]
fn lines_that_are_not_the_records_are_a_foreign_document() {
    let world = posted();
    world.ledger.edit(1, |document| document.lines[0].mark = None);
    touch(&world);
    world.assert_cause(SC, Reason::ForeignDocument);
    assert_eq!(world.ledger.posts(), 1);
}

#[test]
pub(crate) fn a_document_edited_in_sap_is_a_difference() {
    let world = posted();
    world.ledger.edit(1, |document| document.lines[0].amount = d("90"));
    let report = world.reconcile();
    assert_eq!(report.projects[0].differences[0].kind, DifferenceKind::Edited);
    assert_eq!((report.difference("USD"), report.exit_code()), (d("10"), 1));
}

#[test]
pub(crate) fn a_document_of_no_record_is_an_unknown_difference() {
    let world = posted();
    world.ledger.edit(1, |document| document.key.source.id = 4711);
    let report = world.reconcile();
    let kinds: Vec<DifferenceKind> =
        report.projects[0].differences.iter().map(|difference| difference.kind).collect();
    assert_eq!(kinds, [DifferenceKind::Missing, DifferenceKind::Unknown]);
}

#[test]
pub(crate) fn more_cost_than_the_headers_allow_is_over_recognised() {
    // SAP holds the first change order twice: a person duplicated its document.
    let world = posted();
    world.put([change_order(5, 1, &[(51, "03-300", "50")])]);
    world.sync();
    world.ledger.duplicate(2);
    world.put([change_order(6, 1, &[(61, "03-300", "20")])]);
    world.sync();
    let detail = world.assert_cause(co(6), Reason::OverRecognised);
    assert!(detail.contains("220") && detail.contains("170"), "{detail}");
    assert!(detail.contains("PurchaseInvoices 3"), "{detail}");
    world.assert_cause(co(5), Reason::ForeignDocument);
}

/// Changes SAP's tax rate between the reading of the master data and the first document.
struct RateChange<'a>(&'a World, &'a str, AtomicBool);

impl Observer for RateChange<'_> {
    fn on(&self, progress: &Progress) {
        if matches!(progress, Progress::CycleOpened { .. }) && !self.2.swap(true, Ordering::SeqCst)
        {
            self.0.ledger.edit_catalog(|catalog| {
                catalog.tax_codes.get_mut("T8").unwrap().rate = d(self.1);
            });
        }
    }
}

fn with_rate(rate: &str) -> (u8, FindingKind) {
    let world = World::with_tax();
    world.put([subcontract(1, &[(11, "03-300", "100")])]);
    let observer = RateChange(&world, rate, AtomicBool::new(false));
    let report = world.with_engine(&observer, async |e| e.sync(&CycleOptions::default()).await);
    world.note_cycle(&report);
    (report.exit_code(), report.findings[0].finding.kind)
}

#[test]
pub(crate) fn a_tax_of_sap_that_is_off_by_a_cent_is_tax_rounding() {
    assert_eq!(with_rate("8.01"), (0, FindingKind::TaxRounding));
}

#[test]
pub(crate) fn a_tax_of_sap_that_is_off_by_more_is_sap_recalculated_and_waits_for_a_person() {
    assert_eq!(with_rate("9"), (2, FindingKind::SapRecalculated));
}

#[test]
fn a_document_that_sap_no_longer_answers_by_its_key_is_not_posted_again() {
    let world = posted();
    let entry = world.ledger.documents()[0].held.doc_entry;
    world.ledger.edit(entry, |held| held.key.source.id = 999);
    touch(&world);
    let detail = world.assert_cause(SC, Reason::CancelledInSap);
    assert!(detail.contains("no longer answers"), "{detail}");
    touch(&world);
    assert_eq!(world.ledger.documents().len(), 1, "nothing is posted in its place");
    world.ledger.edit(entry, |held| held.key.source.id = SC.id);
    touch(&world);
    assert_eq!(world.state(SC), RecordState::Unchanged, "it goes on when SAP answers again");
}

#[test]
fn a_change_order_that_gets_a_package_after_it_was_posted_is_not_posted_again() {
    let world = posted();
    let mut loose = change_order(5, 1, &[(51, "03-300", "20")]);
    loose.key.kind = sync_core::model::Kind::CommitmentChangeOrder;
    world.put([loose.clone()]);
    world.sync();
    assert_eq!(world.state(loose.key), RecordState::Posted);

    let mut packaged = change_order(705, 1, &[(51, "03-300", "20")]);
    packaged.number.clone_from(&loose.number);
    world.put([packaged]);
    assert!(world.sync().documents.is_empty());
    let detail = world.assert_cause(co(705), Reason::TierChanged);
    assert!(detail.contains("commitment_change_order:5"), "{detail}");
}

#[test]
fn a_draft_that_is_gone_was_refused_and_a_document_that_is_gone_was_cancelled() {
    let world = entered();
    world.ledger.fail_next_post(PostFault::Draft);
    world.sync();
    world.ledger.remove(world.held(SC)[0].doc_entry);
    touch(&world);
    let detail = world.assert_cause(SC, Reason::RefusedInSap);
    assert!(detail.contains("a draft that is gone"), "{detail}");

    let world = posted();
    world.ledger.remove(world.held(SC)[0].doc_entry);
    touch(&world);
    world.assert_cause(SC, Reason::CancelledInSap);
}
