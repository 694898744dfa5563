//! A month of changes: amounts, codings and vendors of posted commitments and change orders.

use rust_decimal::Decimal;
use sync_core::{
    engine::CycleReport,
    model::DocumentType::{self, JournalEntry, PurchaseCreditNote, PurchaseInvoice},
    policy::OnChange,
    states::{Reason, RecordState},
};

use crate::world::{Made, Work, World, amount, coding, day};

const LINES: [(&str, &str, &str); 2] = [("03-300", "M", "1000.00"), ("02-300", "S", "500.00")];

/// Type and net cost of the documents of a cycle, in the order of their keys.
pub(crate) fn posted(report: &CycleReport) -> Vec<(DocumentType, Decimal)> {
    assert_eq!((&report.failure, report.problems.len()), (&None, 0));
    let mut documents: Vec<_> = report.documents.iter().collect();
    documents.sort_by_key(|document| (document.key, document.sequence));
    documents.into_iter().map(|document| (document.document_type, document.net_cost)).collect()
}

async fn with_subcontract() -> (World, Made) {
    let world = World::quiet().await;
    let contract = world.subcontract("SC-001", &LINES);
    assert_eq!(posted(&world.sync().await), [(PurchaseInvoice, amount("1500.00"))]);
    (world, contract)
}

fn balance(world: &World, account: &str) -> Decimal {
    world.sandbox.service_layer.ledger().balance(account)
}

#[tokio::test]
async fn an_amount_that_rises_is_invoiced_for_the_difference() {
    let (world, contract) = with_subcontract().await;
    world.set_amount(&contract, 0, "1250.10");
    let report = world.sync().await;
    assert_eq!(posted(&report), [(PurchaseInvoice, amount("250.10"))]);
    assert_eq!(report.documents[0].sequence, 2);
    assert_eq!(balance(&world, "5020"), amount("1250.10"));
    world.proved().await;
}

#[tokio::test]
async fn an_amount_that_falls_is_credited_for_the_difference() {
    let (world, contract) = with_subcontract().await;
    world.set_amount(&contract, 1, "499.99");
    assert_eq!(posted(&world.sync().await), [(PurchaseCreditNote, amount("-0.01"))]);
    assert_eq!(balance(&world, "5030"), amount("499.99"));
    world.proved().await;
}

#[tokio::test]
async fn a_shift_between_two_lines_is_a_journal_entry_between_the_cost_accounts() {
    let (world, contract) = with_subcontract().await;
    world.set_amount(&contract, 0, "900.00");
    world.set_amount(&contract, 1, "600.00");
    assert_eq!(posted(&world.sync().await), [(JournalEntry, Decimal::ZERO)]);
    assert_eq!(balance(&world, "5020"), amount("900.00"));
    assert_eq!(balance(&world, "5030"), amount("600.00"));
    assert_eq!(balance(&world, "2160"), amount("-1500.00"));
    world.proved().await;
}

#[tokio::test]
async fn a_run_of_changes_ends_where_procore_ends() {
    let (world, contract) = with_subcontract().await;
    for (first, second) in
        [("1200.00", "500.00"), ("700.00", "1000.00"), ("700.00", "1.00"), ("1000.00", "500.00")]
    {
        world.set_amount(&contract, 0, first);
        world.set_amount(&contract, 1, second);
        assert_eq!(world.sync().await.documents.len(), 1);
        assert_eq!(balance(&world, "5020"), amount(first));
        assert_eq!(balance(&world, "5030"), amount(second));
        world.proved().await;
    }
}

#[tokio::test]
async fn a_line_added_removed_or_coded_anew_moves_only_its_own_money() {
    let (world, contract) = with_subcontract().await;
    world.edit(|company, project| {
        let coding = coding(company, project, "01-500", "L");
        let line = sync_sandbox::procore::NewLine {
            coding: Some(coding),
            description: "Fence".to_owned(),
            amount: amount("80.00"),
            priced: None,
        };
        company.add_line(project, contract.record, line).unwrap();
    });
    assert_eq!(posted(&world.sync().await), [(PurchaseInvoice, amount("80.00"))]);
    assert_eq!(balance(&world, "5090"), amount("80.00"));
    world.edit(|company, project| {
        company.remove_line(project, contract.record, contract.lines[1], true).unwrap();
    });
    assert_eq!(posted(&world.sync().await), [(PurchaseCreditNote, amount("-500.00"))]);
    assert_eq!(balance(&world, "5030"), Decimal::ZERO);
    world.edit(|company, project| {
        let coding = coding(company, project, "02-300", "E");
        let now = company.now;
        let commitments = &mut company.project_mut(project).unwrap().commitments;
        let commitment = commitments.iter_mut().find(|c| c.id == contract.id).unwrap();
        commitment.lines[0].coding = Some(coding);
        commitment.lines[0].updated_at = now;
        commitment.updated_at = now;
    });
    assert_eq!(posted(&world.sync().await), [(JournalEntry, Decimal::ZERO)]);
    assert_eq!(balance(&world, "5020"), Decimal::ZERO);
    assert_eq!(balance(&world, "5040"), amount("1000.00"));
    world.proved().await;
}

#[tokio::test]
async fn a_new_title_posts_nothing() {
    let (world, contract) = with_subcontract().await;
    world.edit(|company, project| company.set_title(project, contract.record, "Steel").unwrap());
    assert_eq!(posted(&world.sync().await), []);
    world.proved().await;
}

#[tokio::test]
async fn a_line_edit_that_does_not_move_its_record_is_found_by_a_sweep() {
    let (world, contract) = with_subcontract().await;
    world.pass(chrono::TimeDelta::hours(1));
    world.subcontract("SC-002", &LINES);
    assert_eq!(world.sync().await.documents.len(), 1, "the list is read beyond the first");
    world.edit(|company, project| {
        let to = amount("1300.00");
        company.set_line_amount(project, contract.record, contract.lines[0], to, false).unwrap();
    });
    assert_eq!(posted(&world.sync().await), [], "the list of changes does not show it");
    assert_eq!(posted(&world.sweep().await), [(PurchaseInvoice, amount("300.00"))]);
    world.proved().await;
}

#[tokio::test]
async fn another_vendor_is_a_reversal_on_the_old_and_the_whole_on_the_new() {
    let (world, contract) = with_subcontract().await;
    let change = world.change_order(&contract, &[("03-300", "M", "100.00")]);
    let work = Work {
        line: contract.lines[0],
        completed: "400.00",
        retained_percent: "10",
        released: "0",
    };
    world.requisition(&contract, day(2026, 4, 1), &[work]);
    assert_eq!(world.sync().await.documents.len(), 2);
    let new = Some(world.vendor(2));
    world.edit(|company, project| company.set_vendor(project, contract.record, new).unwrap());
    let report = world.sync().await;
    let of = |made: &Made| -> Vec<_> {
        let mut of = report.documents.iter().filter(|d| d.key == made.key).collect::<Vec<_>>();
        of.sort_by_key(|document| document.sequence);
        of.iter().map(|d| (d.document_type, d.net_cost)).collect()
    };
    assert_eq!(
        of(&contract),
        [(PurchaseCreditNote, amount("-1500.00")), (PurchaseInvoice, amount("1500.00"))]
    );
    assert_eq!(
        of(&change),
        [(PurchaseCreditNote, amount("-100.00")), (PurchaseInvoice, amount("100.00"))]
    );
    let ledger = world.sandbox.service_layer.ledger();
    for account in ["2160", "2110"] {
        assert_eq!(ledger.partner_balance(account, "V10001"), Decimal::ZERO, "{account}");
    }
    assert_eq!(ledger.partner_balance("2160", "V10003"), amount("-1200.00"));
    assert_eq!(ledger.partner_balance("2110", "V10003"), amount("-360.00"));
    world.proved().await;
}

#[tokio::test]
async fn change_orders_of_one_two_and_three_tiers_are_posted_once_and_follow_their_edits() {
    for tiers in [1, 2, 3] {
        let world = World::quiet().await;
        world.edit(|company, project| company.set_change_order_tiers(project, tiers).unwrap());
        let contract = world.subcontract("SC-001", &LINES);
        world.sync().await;
        let more = world.change_order(&contract, &[("03-300", "M", "200.00")]);
        assert_eq!(posted(&world.sync().await), [(PurchaseInvoice, amount("200.00"))], "{tiers}");
        let less = world.change_order(&contract, &[("02-300", "S", "-75.50")]);
        assert_eq!(posted(&world.sync().await), [(PurchaseCreditNote, amount("-75.50"))]);
        world.change_order(&contract, &[("03-300", "M", "-10.00"), ("02-300", "S", "10.00")]);
        assert_eq!(posted(&world.sync().await), [(JournalEntry, Decimal::ZERO)], "{tiers}");
        world.set_amount(&more, 0, "150.00");
        world.set_amount(&less, 0, "-100.00");
        let report = world.sync().await;
        assert_eq!(report.exceptions, [], "{tiers} tiers");
        let documents = posted(&report);
        assert_eq!(documents.len(), 2, "{tiers} tiers: {documents:?}");
        assert_eq!(documents.iter().map(|(_, net)| net).sum::<Decimal>(), amount("-74.50"));
        world.proved().await;
    }
}

#[tokio::test]
async fn a_reduction_below_what_is_paid_is_held_with_both_figures() {
    let (world, contract) = with_subcontract().await;
    let sap = &world.sandbox.service_layer;
    let invoice = sap.documents()[0].doc_entry;
    sap.pay_invoice(invoice, amount("1400.00")).unwrap();
    world.set_amount(&contract, 0, "100.00");
    let report = world.sync().await;
    assert_eq!((posted(&report), report.exit_code()), (vec![], 2));
    let held = (RecordState::Held, Some(Reason::WouldExceedOpenBalance));
    assert_eq!(world.standing(contract.key).await, held);
    assert_eq!(report.exceptions[0].amount, amount("-900.00"));
    world.set_amount(&contract, 0, "950.00");
    assert_eq!(posted(&world.sync().await), [(PurchaseCreditNote, amount("-50.00"))]);
    assert_eq!(balance(&world, "5020"), amount("950.00"));
    world.reconciled().await;
}

#[tokio::test]
async fn a_change_is_held_where_the_company_wants_to_decide() {
    let (mut world, contract) = with_subcontract().await;
    world.policy.on_change = OnChange::Hold;
    world.set_amount(&contract, 0, "1100.00");
    let report = world.sync().await;
    assert_eq!((posted(&report), report.exit_code()), (vec![], 2));
    let held = (RecordState::Held, Some(Reason::ChangedAfterPosting));
    assert_eq!(world.standing(contract.key).await, held);
    world.reconciled().await;
    world.set_amount(&contract, 0, "1000.00");
    assert_eq!(world.sync().await.exit_code(), 0, "what is changed back needs nobody");
    world.proved().await;
}
