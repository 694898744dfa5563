//! How a post ends, and that nothing is posted twice.

use sync_core::{
    model::{Kind, Posting},
    ports::{Always, Ledger as _, PostOutcome},
    states::Reason,
};
use sync_sandbox::{
    Fault, SandboxOptions,
    contractor::books::PeriodState,
    service_layer::{DocumentKind, ManualInvoice, ManualLine},
};

use crate::world::{World, amount, day};

fn refusal(outcome: PostOutcome) -> (Reason, String) {
    match outcome {
        PostOutcome::Refused(refusal) => (refusal.reason, refusal.message),
        other => panic!("{other:?}"),
    }
}

async fn count(world: &World, id: i64) -> usize {
    world.ledger.look_up(&[world.key(Kind::Subcontract, id)]).await.unwrap().len()
}

#[tokio::test]
async fn a_lost_answer_is_unknown_and_the_document_is_found_once() {
    let world = World::ready();
    for (id, fault, stands) in [
        (1, Fault::LostAfter, 1),
        (2, Fault::AnswerReplaced(502), 1),
        (3, Fault::Malformed, 1),
        (4, Fault::LostBefore, 0),
        (5, Fault::Html(502), 0),
    ] {
        world.sap_fault("POST", "PurchaseInvoices", 1, fault.clone());
        let outcome = world.post(&world.invoice(id, 1, &format!("R-{id}"))).await;
        assert!(matches!(outcome, PostOutcome::Unknown(_)), "{fault:?}: {outcome:?}");
        assert_eq!(count(&world, id).await, stands, "{fault:?}");
    }
    let posts = world.sandbox.service_layer.posts("PurchaseInvoices");
    assert_eq!(posts.created, 3, "no document was sent a second time");
}

#[tokio::test]
async fn a_lost_session_is_regained_and_the_document_stands_once() {
    let world = World::ready();
    world.catalog().await;
    world.sap_fault("POST", "PurchaseInvoices", 1, Fault::Expire);
    let outcome = world.post(&world.invoice(5, 1, "R-1")).await;
    assert!(matches!(outcome, PostOutcome::Done(_)), "{outcome:?}");
    assert_eq!(count(&world, 5).await, 1);
    assert_eq!(world.ledger.availability().logins, 2);
}

#[tokio::test]
async fn a_bare_5002_on_a_living_session_is_a_refusal() {
    let world = World::ready();
    world.sap_fault("POST", "PurchaseInvoices", 1, Fault::Bare5002);
    let (reason, message) = refusal(world.post(&world.invoice(5, 1, "R-1")).await);
    assert_eq!(reason, Reason::RejectedBySap);
    assert!(message.contains("-5002"), "{message}");
    assert_eq!(count(&world, 5).await, 0);
}

#[tokio::test]
async fn a_session_lost_as_a_bare_5002_is_looked_up_before_anything_is_sent_again() {
    let world = World::ready();
    for (id, executed, received) in [(1, false, 1), (2, true, 2)] {
        *world.lost_as_5002.lock().unwrap() = Some(executed);
        let outcome = world.post(&world.invoice(id, 1, &format!("R-{id}"))).await;
        assert!(matches!(outcome, PostOutcome::Done(_)), "{executed}: {outcome:?}");
        assert_eq!(count(&world, id).await, 1);
        let posts = world.sandbox.service_layer.posts("PurchaseInvoices");
        assert_eq!((posts.received, posts.created), (received, received), "{executed}");
    }
}

#[tokio::test]
async fn our_own_document_that_stands_already_is_answered_as_done() {
    let world = World::ready();
    let invoice = world.invoice(5, 1, "R-1");
    world.sap_fault("POST", "PurchaseInvoices", 1, Fault::LostAfter);
    assert!(matches!(world.post(&invoice).await, PostOutcome::Unknown(_)));
    let PostOutcome::Done(receipt) = world.post(&invoice).await else { panic!("not done") };
    assert_eq!(receipt.document.key, invoice.key());
    assert_eq!(count(&world, 5).await, 1);
}

#[tokio::test]
async fn a_vendor_reference_that_another_document_holds_is_named() {
    let world = World::ready();
    let books = &world.sandbox.contractor.books;
    let manual = ManualInvoice {
        card_code: world.vendor(),
        num_at_card: "R-1".to_owned(),
        date: day(2026, 8, 2),
        lines: vec![ManualLine {
            account: "5030".to_owned(),
            net: amount("10"),
            tax_code: "EX".to_owned(),
            profit_center: books.profit_centers[0].code.clone(),
            project: books.projects[0].code.clone(),
        }],
    };
    let sap = &world.sandbox.service_layer;
    let entry = sap.key_invoice(&manual).unwrap();
    let held = sap.documents();
    let number = held
        .iter()
        .find(|held| held.kind == DocumentKind::Invoice && held.doc_entry == entry)
        .unwrap()
        .doc_num;
    let (reason, message) = refusal(world.post(&world.invoice(5, 1, "R-1")).await);
    assert_eq!(reason, Reason::VendorReferenceTaken);
    assert!(message.contains(&number.to_string()), "{message}");
}

#[tokio::test]
async fn a_document_of_the_record_that_came_late_is_told_as_that_and_not_as_anothers() {
    for claims in [false, true] {
        let world = if claims { World::ready().claiming().await } else { World::ready() };
        assert!(matches!(world.post(&world.invoice(5, 1, "R-1")).await, PostOutcome::Done(_)));
        let (reason, message) = refusal(world.post(&world.invoice(5, 2, "R-1")).await);
        assert_eq!(reason, Reason::RejectedBySap, "{claims}: {message}");
        assert!(message.contains("5#1 meanwhile"), "{message}");
        assert_eq!(count(&world, 5).await, 1);
    }
}

#[tokio::test]
async fn refusals_carry_the_engines_reasons() {
    let world = World::built(SandboxOptions::default(), |contractor| {
        contractor.books.partners[0].currency = "##".to_owned();
    });
    world.sandbox.service_layer.create_procore_udfs();
    let sap = &world.sandbox.service_layer;
    let code = world
        .sandbox
        .contractor
        .books
        .periods
        .iter()
        .find(|period| period.from <= day(2026, 8, 3) && day(2026, 8, 3) <= period.to);
    let code = code.unwrap().code.clone();
    assert!(sap.set_period(&code, PeriodState::Locked));
    let (reason, message) = refusal(world.post(&world.invoice(5, 1, "R-1")).await);
    assert_eq!(reason, Reason::PeriodClosed, "{message}");
    assert!(sap.set_period(&code, PeriodState::Open));
    let mut foreign = world.ap(5, 1, "R-1");
    foreign.header.currency = "EUR".to_owned();
    let (reason, message) = refusal(world.post(&Posting::PurchaseInvoice(foreign)).await);
    assert_eq!(reason, Reason::MissingExchangeRate, "{message}");
    assert!(sap.freeze_partner(&world.vendor(), true));
    let (reason, message) = refusal(world.post(&world.invoice(5, 1, "R-1")).await);
    assert_eq!(reason, Reason::RejectedBySap, "{message}");
    assert!(!message.is_empty());
    assert_eq!(count(&world, 5).await, 0);
}

#[tokio::test]
async fn without_the_user_fields_nothing_is_posted() {
    let world = World::new();
    let (reason, message) = refusal(world.post(&world.invoice(5, 1, "R-1")).await);
    assert_eq!(reason, Reason::SetupMissing, "{message}");
    assert_eq!(world.sandbox.service_layer.posts("PurchaseInvoices").created, 0);
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_for_a_login_has_got_nothing() {
    let world = World::ready();
    let posting = world.invoice(5, 1, "R-1");
    let payload = world.ledger.payload(&posting, &world.catalog().await).unwrap();
    world.sandbox.service_layer.expire_sessions();
    world.sap_fault("POST", "Login", 50, Fault::Refuse(503));
    let outcome = world.ledger.post(&posting.key().source, &payload, 0, &Always).await;
    assert!(matches!(outcome, PostOutcome::NotSent(_)), "{outcome:?}");
    assert_eq!(world.sandbox.service_layer.posts("PurchaseInvoices").created, 0);
}

#[tokio::test]
async fn a_payload_of_another_record_is_not_sent() {
    let world = World::ready();
    let posting = world.invoice(5, 1, "R-1");
    let payload = world.ledger.payload(&posting, &world.catalog().await).unwrap();
    let outcome = world.ledger.post(&world.key(Kind::Subcontract, 6), &payload, 0, &Always).await;
    assert!(matches!(outcome, PostOutcome::NotSent(_)), "{outcome:?}");
    assert_eq!(world.sandbox.service_layer.posts("PurchaseInvoices").received, 0);
}

#[tokio::test]
async fn what_stands_under_our_key_and_is_not_what_was_sent_is_no_success() {
    for claims in [false, true] {
        let world = if claims { World::ready().claiming().await } else { World::ready() };
        assert!(matches!(world.post(&world.invoice(5, 1, "R-1")).await, PostOutcome::Done(_)));
        let mut other = world.ap(5, 1, "R-1");
        other.lines[0].amount = amount("200.06");
        let (reason, message) = refusal(world.post(&Posting::PurchaseInvoice(other)).await);
        assert_eq!(reason, Reason::RejectedBySap, "{claims}");
        assert!(message.contains("is not the one that was sent"), "{message}");
        assert_eq!(count(&world, 5).await, 1);
    }
}

#[tokio::test]
async fn a_reference_that_is_taken_gives_the_claim_back() {
    let world = World::ready().claiming().await;
    assert!(matches!(world.post(&world.invoice(5, 1, "R-1")).await, PostOutcome::Done(_)));
    let (reason, _) = refusal(world.post(&world.invoice(6, 1, "R-1")).await);
    assert_eq!(reason, Reason::VendorReferenceTaken);
    assert_eq!(world.sandbox.service_layer.user_table_rows("PROCORE_CLAIM").len(), 1);
    assert!(matches!(world.post(&world.invoice(6, 2, "R-2")).await, PostOutcome::Done(_)));
}
