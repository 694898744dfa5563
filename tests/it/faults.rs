//! Answers that are lost, late, replaced or wrong: exactly one live document per record, and the
//! difference is 0.00 once the faults stop.

use std::time::Duration;

use chrono::TimeDelta;
use sync_core::{
    engine::CycleReport, model::DocumentType, ports::CycleStatus, states::RecordState,
};
use sync_sandbox::Fault;

use crate::world::{Made, Work, World, day};

/// Five records: a subcontract with a change order and a requisition, a purchase order, a direct
/// cost. Three A/P invoices and two journal entries.
pub(crate) async fn five_records() -> (World, Vec<Made>) {
    let world = World::quiet().await;
    let contract =
        world.subcontract("SC-001", &[("03-300", "M", "1000.00"), ("02-300", "S", "500.00")]);
    let change = world.change_order(&contract, &[("03-300", "M", "200.00")]);
    let work = Work {
        line: contract.lines[0],
        completed: "400.00",
        retained_percent: "10",
        released: "0",
    };
    let requisition = world.requisition(&contract, day(2026, 4, 1), &[work]);
    let order = world.purchase_order("PO-001", &[("03-300", "M", "720.00")]);
    let cost = world.direct_cost("INV-1", day(2026, 4, 2), &[("03-300", "M", "10.00")]);
    (world, vec![contract, change, requisition, order, cost])
}

pub(crate) fn in_state(report: &CycleReport, state: RecordState) -> u64 {
    report.counts.get(&state).copied().unwrap_or_default()
}

/// Where the fault happens: the first and the third A/P invoice, the first journal entry.
const PLACES: [(&str, u32); 3] =
    [("PurchaseInvoices", 0), ("PurchaseInvoices", 2), ("JournalEntries", 0)];

/// Faults after which nobody can know: uncertain first, settled later, one document in the end.
async fn settles(fault: Fault, executed: bool) {
    for (set, skip) in PLACES {
        let (world, _) = five_records().await;
        world.sap_fault("POST", set, skip, 1, fault.clone());
        let first = world.sync().await;
        let at = format!("{fault:?} at {set} {skip}");
        assert_eq!(world.sandbox.service_layer_faults.waiting(), 0, "{at} happened");
        assert_eq!((first.status, first.exit_code()), (CycleStatus::Done, 2), "{at}");
        assert_eq!(in_state(&first, RecordState::Uncertain), 1, "{at}: {:?}", first.counts);
        let reconciliation = world.reconciled().await;
        assert_eq!(reconciliation.exit_code(), 2, "{at}: uncertain is an open item");
        let sent = world.sent();
        let second = world.sync().await;
        if executed {
            assert_eq!(
                in_state(&second, RecordState::Uncertain),
                0,
                "{at}: presence counts at once"
            );
        } else {
            assert_eq!(in_state(&second, RecordState::Uncertain), 1, "{at}: absence does not");
            assert_eq!(world.sent(), sent, "{at}: nothing is sent while it is uncertain");
        }
        world.pass(TimeDelta::minutes(11));
        let third = world.sync().await;
        assert_eq!((third.status, third.exit_code()), (CycleStatus::Done, 0), "{at}");
        world.proved().await;
    }
}

#[tokio::test]
async fn a_connection_lost_before_execution_is_posted_once() {
    settles(Fault::LostBefore, false).await;
}

#[tokio::test]
async fn a_connection_lost_after_execution_is_adopted() {
    settles(Fault::LostAfter, true).await;
}

#[tokio::test]
async fn an_answer_replaced_by_a_bad_gateway_is_adopted() {
    settles(Fault::AnswerReplaced(502), true).await;
}

#[tokio::test]
async fn an_html_page_instead_of_execution_is_posted_once() {
    settles(Fault::Html(502), false).await;
}

#[tokio::test]
async fn an_html_page_with_status_200_proves_nothing() {
    settles(Fault::Html(200), false).await;
}

#[tokio::test]
async fn half_an_answer_is_adopted() {
    settles(Fault::Malformed, true).await;
}

#[tokio::test]
async fn a_service_unavailable_after_the_body_was_sent_is_posted_once() {
    settles(Fault::Refuse(503), false).await;
}

#[tokio::test]
async fn an_answer_after_the_time_out_is_adopted() {
    let (mut world, _) = five_records().await;
    let mut access = world.access();
    access.document_timeout = Duration::from_millis(300);
    world.reconnect(&access);
    world.sap_fault("POST", "JournalEntries", 0, 1, Fault::Slow(1_500));
    let first = world.sync().await;
    assert_eq!(in_state(&first, RecordState::Uncertain), 1, "{:?}", first.counts);
    assert_eq!(world.sync().await.exit_code(), 0);
    world.proved().await;
}

#[tokio::test]
async fn a_commit_after_the_first_look_up_is_adopted_within_unknown_settle() {
    for (set, skip) in PLACES {
        let (world, _) = five_records().await;
        world.sap_fault("POST", set, skip, 1, Fault::LateCommit(120_000));
        let first = world.sync().await;
        assert_eq!(in_state(&first, RecordState::Uncertain), 1);
        let sent = world.sent();
        let second = world.sync().await;
        assert_eq!(in_state(&second, RecordState::Uncertain), 1, "it is not there yet");
        assert_eq!(world.sent(), sent);
        world.pass(TimeDelta::minutes(3));
        assert_eq!(world.sandbox.service_layer.run_due(), 1);
        let third = world.sync().await;
        assert_eq!(third.exit_code(), 0, "{:?}", third.exceptions);
        world.proved().await;
    }
}

#[tokio::test]
async fn a_commit_later_than_unknown_settle_is_found_by_reconciliation() {
    let (world, records) = five_records().await;
    world.sap_fault("POST", "JournalEntries", 0, 9, Fault::LateCommit(1_200_000));
    world.sync().await;
    world.sandbox.service_layer_faults.clear();
    world.pass(TimeDelta::minutes(11));
    assert_eq!(world.sync().await.exit_code(), 0, "absent for long enough, posted again");
    world.pass(TimeDelta::minutes(11));
    assert!(world.sandbox.service_layer.run_due() > 0, "the first request ran after all");
    let reconciliation = world.engine().reconcile().await;
    assert_eq!(reconciliation.exit_code(), 1);
    let cost = &records[4];
    let found = &reconciliation.projects[0].differences;
    assert!(found.iter().any(|difference| difference.key == cost.key), "{found:?}");
}

#[tokio::test]
async fn a_bare_5002_on_a_living_session_is_a_refusal_and_is_sent_again_by_the_next_cycle() {
    for (set, skip) in PLACES {
        let (world, _) = five_records().await;
        world.sap_fault("POST", set, skip, 1, Fault::Bare5002);
        let logins = world.sandbox.service_layer.logins().received;
        let first = world.sync().await;
        assert_eq!((first.status, first.exit_code()), (CycleStatus::Done, 2));
        assert_eq!(in_state(&first, RecordState::Rejected), 1, "{:?}", first.counts);
        assert!(world.sandbox.service_layer.logins().received <= logins + 1);
        assert_eq!(world.sync().await.exit_code(), 0);
        world.proved().await;
    }
}

#[tokio::test]
async fn a_session_lost_at_a_post_and_a_transient_fault_are_not_noticed() {
    for fault in [Fault::Expire, Fault::Refuse(500)] {
        for (set, skip) in PLACES {
            let (world, _) = five_records().await;
            world.sap_fault("POST", set, skip, 1, fault.clone());
            let first = world.sync().await;
            assert_eq!((first.status, first.exit_code()), (CycleStatus::Done, 0), "{fault:?}");
            assert_eq!(first.documents.len(), 5);
            world.proved().await;
        }
    }
}

#[tokio::test]
async fn what_depends_on_an_uncertain_commitment_waits_and_everything_else_goes_on() {
    let (world, records) = five_records().await;
    let [contract, change, requisition, order, cost] = &records[..] else { unreachable!() };
    world.edit(|company, project| {
        // Alone in its list it is sent first.
        company.set_status(project, order.record, "Draft").unwrap();
    });
    world.sap_fault("POST", "PurchaseInvoices", 0, 1, Fault::LostAfter);
    world.sync().await;
    assert_eq!(world.standing(contract.key).await.0, RecordState::Uncertain);
    assert_eq!(world.standing(change.key).await.0, RecordState::Waiting);
    assert_eq!(world.standing(requisition.key).await.0, RecordState::Waiting);
    assert_eq!(world.standing(cost.key).await.0, RecordState::Posted);
    let next = world.sync().await;
    assert_eq!(next.exit_code(), 0);
    let kinds: Vec<_> = next.documents.iter().map(|d| d.document_type).collect();
    assert_eq!(kinds, [DocumentType::PurchaseInvoice, DocumentType::JournalEntry]);
    world.proved().await;
}

#[tokio::test]
async fn many_faults_in_a_row_end_in_the_same_books() {
    let (world, _) = five_records().await;
    for fault in [Fault::LostAfter, Fault::AnswerReplaced(502), Fault::LostBefore] {
        world.sap_fault("POST", "PurchaseInvoices", 1, 1, fault.clone());
        world.sap_fault("POST", "JournalEntries", 0, 1, fault);
        world.sync().await;
        world.pass(TimeDelta::minutes(11));
    }
    world.sandbox.service_layer_faults.clear();
    for _ in 0..2 {
        world.pass(TimeDelta::minutes(11));
        world.sync().await;
    }
    world.proved().await;
}

#[tokio::test]
async fn a_look_up_that_fails_is_never_absence() {
    for fault in [Fault::Html(502), Fault::Html(200), Fault::Malformed, Fault::LostBefore] {
        let (world, _) = five_records().await;
        world.sap_fault("POST", "JournalEntries", 0, 1, Fault::LostAfter);
        world.sync().await;
        let sent = world.sent();
        world.pass(TimeDelta::minutes(30));
        // Not what SAP says of the state that feeds it: that would stop the cycle before.
        world.sap_fault("GET", "U_ProcoreKey", 0, 99, fault.clone());
        let blind = world.sync().await;
        assert_eq!(blind.exit_code(), 1, "{fault:?}");
        assert_eq!(blind.problems[0].failure.name, "ledger_unavailable", "{fault:?}");
        assert_eq!((blind.documents.len(), world.sent()), (0, sent), "{fault:?}");
        world.sandbox.service_layer_faults.clear();
        assert_eq!(world.sync().await.exit_code(), 0, "{fault:?}");
        world.proved().await;
    }
}

#[tokio::test]
async fn without_a_look_up_nothing_is_posted() {
    let (world, _) = five_records().await;
    // Not what SAP says of the state that feeds it: that would stop the cycle before.
    let fails = || world.sap_fault("GET", "U_ProcoreKey", 0, 99, Fault::Html(503));
    // An empty state asks whether SAP holds documents of the company before anything else.
    fails();
    let empty = world.sync().await;
    assert_eq!((empty.status, empty.exit_code()), (CycleStatus::Partial, 1));
    assert_eq!(empty.failure.map(|failure| failure.name), Some("ledger_unavailable"));
    assert_eq!((empty.documents.len(), world.sent()), (0, 0));
    world.sandbox.service_layer_faults.clear();
    assert_eq!(world.sync().await.documents.len(), 5);

    // A state that knows the company asks for each record.
    world.direct_cost("INV-2", day(2026, 4, 3), &[("03-300", "M", "20.00")]);
    let sent = world.sent();
    fails();
    let blind = world.sync().await;
    assert_eq!((blind.status, blind.exit_code()), (CycleStatus::Partial, 1));
    assert_eq!(blind.problems[0].failure.name, "ledger_unavailable");
    assert_eq!((blind.documents.len(), world.sent()), (0, sent));
    world.sandbox.service_layer_faults.clear();
    assert_eq!(world.sync().await.documents.len(), 1);
    world.proved().await;
}
