//! Records that leave their postable status or are deleted: money is reversed only when that has
//! been seen often and long enough.

use chrono::TimeDelta;
use rust_decimal::Decimal;
use sync_core::{
    model::DocumentType::{JournalEntry, PurchaseCreditNote, PurchaseInvoice},
    states::{Reason, RecordState},
};

use crate::{
    month::posted,
    world::{Made, Work, World, amount, day},
};

const SETTLING: (RecordState, Option<Reason>) = (RecordState::Waiting, Some(Reason::Settling));

async fn with_subcontract() -> (World, Made) {
    let world = World::quiet().await;
    let contract =
        world.subcontract("SC-001", &[("03-300", "M", "1000.00"), ("02-300", "S", "500.00")]);
    assert_eq!(world.sync().await.documents.len(), 1);
    (world, contract)
}

#[tokio::test]
async fn an_approval_taken_back_and_given_again_between_two_cycles_posts_nothing() {
    let (world, contract) = with_subcontract().await;
    world.set_status(&contract, "Draft");
    world.pass(TimeDelta::minutes(5));
    world.set_status(&contract, "Approved");
    world.proved().await;
}

#[tokio::test]
async fn an_approval_seen_taken_back_once_settles_and_goes_on_when_it_is_given_again() {
    let (world, contract) = with_subcontract().await;
    world.set_status(&contract, "Draft");
    let report = world.sync().await;
    assert_eq!((posted(&report), report.exit_code()), (vec![], 0), "settling needs nobody");
    assert_eq!(world.standing(contract.key).await, SETTLING);
    assert_eq!(report.counts[&RecordState::Waiting], 1);
    world.proved_but(&[contract.key]).await;
    world.pass(TimeDelta::hours(2));
    world.set_status(&contract, "Approved");
    assert_eq!(posted(&world.sync().await), []);
    world.proved().await;
}

#[tokio::test]
async fn an_approval_taken_back_for_good_is_reversed_after_two_cycles_and_twelve_hours() {
    let (world, contract) = with_subcontract().await;
    world.set_status(&contract, "Draft");
    for _ in 0..3 {
        assert_eq!(posted(&world.sync().await), [], "seen often, but not for long");
        assert_eq!(world.standing(contract.key).await, SETTLING);
    }
    world.pass(TimeDelta::hours(13));
    assert_eq!(posted(&world.sync().await), [(PurchaseCreditNote, amount("-1500.00"))]);
    world.proved().await;
    world.set_status(&contract, "Approved");
    assert_eq!(posted(&world.sync().await), [(PurchaseInvoice, amount("1500.00"))]);
    world.proved().await;
}

#[tokio::test]
async fn one_sight_of_a_lost_approval_never_reverses_however_long_ago() {
    let (world, contract) = with_subcontract().await;
    world.set_status(&contract, "Void");
    world.pass(TimeDelta::days(3));
    assert_eq!(posted(&world.sync().await), []);
    assert_eq!(world.standing(contract.key).await, SETTLING);
}

#[tokio::test]
async fn a_purchase_order_in_the_recycle_bin_is_reversed() {
    let mut world = World::quiet().await;
    world.policy.settle_time = TimeDelta::zero();
    let order = world.purchase_order("PO-001", &[("03-300", "M", "720.00")]);
    world.sync().await;
    world.delete(&order);
    assert_eq!(posted(&world.sync().await), []);
    assert_eq!(world.standing(order.key).await, SETTLING);
    assert_eq!(posted(&world.sync().await), [(PurchaseCreditNote, amount("-720.00"))]);
    world.proved().await;
}

#[tokio::test]
async fn a_direct_cost_that_is_gone_is_found_by_a_sweep_and_reversed() {
    let mut world = World::quiet().await;
    world.policy.settle_time = TimeDelta::zero();
    let stays = world.direct_cost("INV-1", day(2026, 4, 2), &[("03-300", "M", "10.00")]);
    let goes = world.direct_cost("INV-2", day(2026, 4, 3), &[("03-300", "M", "20.00")]);
    assert_eq!(world.sync().await.documents.len(), 2);
    world.delete(&goes);
    assert_eq!(posted(&world.sync().await), []);
    assert_eq!(world.standing(goes.key).await.0, RecordState::Posted, "nobody told");
    assert_eq!(posted(&world.sweep().await), []);
    assert_eq!(world.standing(goes.key).await, SETTLING);
    let report = world.sync().await;
    assert_eq!(posted(&report), [(JournalEntry, amount("-20.00"))], "an absent one is read again");
    assert_eq!(report.documents[0].key, goes.key);
    assert_ne!(world.standing(stays.key).await.0, RecordState::Waiting);
    world.proved().await;
    assert_eq!(posted(&world.sweep().await), [], "it is reversed once");
    world.proved().await;
}

#[tokio::test]
async fn change_orders_that_are_deleted_softly_or_for_good_are_reversed() {
    for tiers in [2, 3] {
        let mut world = World::quiet().await;
        world.policy.settle_time = TimeDelta::zero();
        world.edit(|company, project| company.set_change_order_tiers(project, tiers).unwrap());
        let contract = world.subcontract("SC-001", &[("03-300", "M", "1000.00")]);
        let soft = world.change_order(&contract, &[("03-300", "M", "50.00")]);
        let hard = world.change_order(&contract, &[("03-300", "M", "-30.00")]);
        assert_eq!(world.sync().await.documents.len(), 3, "{tiers} tiers");
        world.delete(&soft);
        world.edit(|company, project| {
            let project = company.project_mut(project).unwrap();
            project.change_orders.retain(|change| change.package_id != Some(hard.id));
        });
        assert_eq!(posted(&world.sweep().await), []);
        assert_eq!(world.standing(soft.key).await, SETTLING);
        assert_eq!(world.standing(hard.key).await, SETTLING);
        let mut reversed = posted(&world.sweep().await);
        reversed.sort();
        assert_eq!(
            reversed,
            [(PurchaseInvoice, amount("30.00")), (PurchaseCreditNote, amount("-50.00"))],
            "{tiers} tiers"
        );
        world.proved().await;
    }
}

#[tokio::test]
async fn a_project_that_changes_its_tier_reverses_nothing_and_posts_nothing_twice() {
    let mut world = World::quiet().await;
    world.policy.settle_time = TimeDelta::zero();
    world.edit(|company, project| company.set_change_order_tiers(project, 2).unwrap());
    let contract = world.subcontract("SC-001", &[("03-300", "M", "1000.00")]);
    world.change_order(&contract, &[("03-300", "M", "50.00")]);
    world.change_order(&contract, &[("03-300", "M", "-30.00")]);
    assert_eq!(world.sync().await.documents.len(), 3);
    for tiers in [3, 2, 3] {
        world.edit(|company, project| company.set_change_order_tiers(project, tiers).unwrap());
        for _ in 0..3 {
            assert_eq!(posted(&world.sweep().await), [], "{tiers} tiers");
        }
    }
    world.proved().await;
}

#[tokio::test]
async fn a_billed_commitment_that_ends_is_held_and_not_reversed() {
    let (mut world, contract) = with_subcontract().await;
    world.policy.settle_time = TimeDelta::zero();
    let work = Work {
        line: contract.lines[0],
        completed: "400.00",
        retained_percent: "10",
        released: "0",
    };
    let requisition = world.requisition(&contract, day(2026, 4, 1), &[work]);
    assert_eq!(world.sync().await.documents.len(), 1);
    world.set_status(&contract, "Terminated");
    world.sync().await;
    let report = world.sync().await;
    assert_eq!((posted(&report), report.exit_code()), (vec![], 2));
    let held = (RecordState::Held, Some(Reason::EndedEarly));
    assert_eq!(world.standing(contract.key).await, held);
    world.proved_but(&[contract.key, requisition.key]).await;
    let cost = world.sandbox.service_layer.ledger().balance("5020");
    assert_eq!(cost, amount("1000.00"), "what is posted stays");
}

#[tokio::test]
async fn a_requisition_taken_back_is_reversed_unless_a_later_one_is_posted() {
    let (mut world, contract) = with_subcontract().await;
    world.policy.settle_time = TimeDelta::zero();
    let work = |completed| Work {
        line: contract.lines[0],
        completed,
        retained_percent: "10",
        released: "0",
    };
    let first = world.requisition(&contract, day(2026, 3, 1), &[work("400.00")]);
    let second = world.requisition(&contract, day(2026, 4, 1), &[work("300.00")]);
    assert_eq!(world.sync().await.documents.len(), 2);
    world.set_status(&first, "revise_and_resubmit");
    world.sync().await;
    let report = world.sync().await;
    assert_eq!((posted(&report), report.exit_code()), (vec![], 2));
    let held = (RecordState::Held, Some(Reason::ChangedAfterPosting));
    assert_eq!(world.standing(first.key).await, held);
    world.set_status(&first, "approved");
    assert_eq!(posted(&world.sync().await), []);
    world.set_status(&second, "revise_and_resubmit");
    world.sync().await;
    assert_eq!(posted(&world.sync().await), [(JournalEntry, Decimal::ZERO)]);
    world.proved().await;
}
