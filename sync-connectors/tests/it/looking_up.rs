//! A look-up answers everything of the keys asked for, or fails.

use sync_core::{
    model::{DocumentType, HeldState, JournalTarget, Kind, LineMark, Posting},
    ports::{Ledger as _, LedgerErrorKind, PostOutcome},
};
use sync_sandbox::Fault;

use crate::world::{World, amount, day};

async fn done(world: &World, posting: &Posting) -> sync_core::model::HeldDocument {
    match world.post(posting).await {
        PostOutcome::Done(receipt) => receipt.document,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_was_posted_is_found_as_the_receipt_showed_it() {
    let world = World::ready();
    let mut taxed = world.ap(5, 2, "R-2");
    for line in &mut taxed.lines {
        line.coding.tax_code = Some("TX8".to_owned());
    }
    let invoice = done(&world, &world.invoice(5, 1, "R-1")).await;
    let credit = done(&world, &Posting::PurchaseCreditNote(taxed)).await;
    let entry = done(&world, &Posting::JournalEntry(world.entry(6, 1))).await;
    let keys = [world.key(Kind::Subcontract, 5), world.key(Kind::DirectCost, 6)];
    let found = world.ledger.look_up(&keys).await.unwrap();
    assert_eq!(
        found,
        [entry.clone(), invoice.clone(), credit.clone()].into_iter().fold(
            Vec::new(),
            |mut all, document| {
                all.push(document);
                all.sort_by_key(|document: &sync_core::model::HeldDocument| document.key);
                all
            }
        )
    );
    assert_eq!(invoice.document_type, DocumentType::PurchaseInvoice);
    assert_eq!(invoice.net_cost(), amount("300.05"));
    assert_eq!(invoice.total, amount("300.05"));
    assert_eq!(invoice.revision, "00112233445566aa");
    assert_eq!(invoice.posting_date, day(2026, 8, 3));
    assert_eq!(invoice.card_code, Some(world.vendor()));
    assert!(invoice.open && invoice.is_live());
    let posted = world.ap(5, 1, "R-1");
    for (held, sent) in invoice.lines.iter().zip(&posted.lines) {
        assert_eq!(held.mark.as_ref(), Some(&sent.mark));
        assert_eq!(held.coding(), Some(&sent.coding));
        assert_eq!(held.amount, sent.amount);
        assert_eq!(held.description, sent.description);
    }
    assert_eq!(credit.net_cost(), amount("-300.05"));
    assert_eq!((credit.tax, credit.total), (amount("24.00"), amount("324.05")));
    assert_eq!(credit.lines[0].tax, amount("-16.00"));
    assert_eq!(entry.total, amount("100.00"));
    assert_eq!(entry.currency, "USD");
    let sent = world.entry(6, 1);
    for (held, sent) in entry.lines.iter().zip(&sent.lines) {
        assert_eq!(held.mark.as_ref(), Some(&sent.mark));
        assert_eq!(held.target, sent.target);
        assert_eq!(held.amount, sent.amount);
    }
    assert!(matches!(entry.lines[2].target, JournalTarget::Partner { .. }));
    assert_eq!(entry.lines[2].mark, Some(LineMark::Role("payable".to_owned())));
}

#[tokio::test]
async fn a_key_that_only_begins_alike_is_not_found() {
    let world = World::ready();
    done(&world, &world.invoice(51, 1, "R-1")).await;
    assert!(world.ledger.look_up(&[world.key(Kind::Subcontract, 5)]).await.unwrap().is_empty());
    assert!(world.ledger.look_up(&[]).await.unwrap().is_empty());
    let all = world.ledger.keyed_documents(world.company(), world.first_project()).await.unwrap();
    assert_eq!(all.len(), 1);
    let other = sync_core::model::ProjectId(world.first_project().0 / 10);
    let none = world.ledger.keyed_documents(world.company(), other).await.unwrap();
    assert!(none.is_empty());
}

#[tokio::test]
async fn many_keys_and_many_documents_come_over_many_pages() {
    let world = World::ready();
    for id in 1..=130 {
        done(&world, &world.invoice(id, 1, &format!("R-{id}"))).await;
    }
    let keys: Vec<_> = (1..=140).map(|id| world.key(Kind::Subcontract, id)).collect();
    assert_eq!(world.ledger.look_up(&keys).await.unwrap().len(), 130);
    let all = world.ledger.keyed_documents(world.company(), world.first_project()).await.unwrap();
    assert_eq!(all.len(), 130);
}

#[tokio::test]
async fn a_look_up_that_fails_anywhere_is_an_error() {
    let world = World::ready();
    done(&world, &world.invoice(5, 1, "R-1")).await;
    for set in ["PurchaseInvoices", "PurchaseCreditNotes", "Drafts", "JournalEntries"] {
        for fault in [Fault::Html(502), Fault::LostAfter, Fault::Malformed, Fault::Refuse(500)] {
            world.sap_fault("GET", set, 50, fault.clone());
            let error = world.ledger.look_up(&[world.key(Kind::Subcontract, 5)]).await;
            assert_eq!(error.unwrap_err().kind, LedgerErrorKind::Unavailable, "{set} {fault:?}");
            world.sandbox.service_layer_faults.clear();
        }
    }
    world.sandbox.service_layer.expire_sessions();
    let found = world.ledger.look_up(&[world.key(Kind::Subcontract, 5)]).await.unwrap();
    assert_eq!(found[0].state, HeldState::Live, "a lost session is no failure");
}
