//! Wrong credentials, invisible companies and projects, gaps in the mapping, master data that SAP
//! does not take: each has its name, its exit code and its remedy, and nothing else stops.

use chrono::TimeDelta;
use sync_connectors::Projects;
use sync_core::{
    engine::CycleReport,
    model::ProjectId,
    ports::{CycleStatus, Ledger},
    states::{Reason, RecordState},
};
use sync_sandbox::contractor::Contractor;

use crate::world::{Made, World, as_of, day};

/// A failed cycle before the first write: its name, and that nothing was sent.
fn failed(world: &World, report: &CycleReport, name: &str) {
    assert_eq!((report.status, report.exit_code()), (CycleStatus::Failed, 1));
    assert_eq!(report.failure.as_ref().map(|failure| failure.name), Some(name));
    assert_eq!((report.documents.len(), world.sent()), (0, 0));
}

/// A vendor's invoice of the first vendor, and one of the second on another cost code.
async fn two_costs() -> (World, Made, Made) {
    let world = World::quiet().await;
    let order = world.purchase_order("PO-001", &[("03-300", "M", "720.00")]);
    let cost = world.direct_cost("INV-1", day(2026, 4, 2), &[("02-300", "S", "10.00")]);
    (world, order, cost)
}

/// `held` waits for `reason` while the other record is posted.
async fn only(world: &World, held: &Made, reason: Reason) {
    let report = world.sync().await;
    assert_eq!((report.status, report.exit_code()), (CycleStatus::Done, 2));
    assert_eq!(world.standing(held.key).await, (RecordState::Held, Some(reason)));
    assert_eq!(report.exceptions.len(), 1);
    assert_eq!(report.documents.len(), 1, "the other record is posted");
    world.proved_but(&[held.key]).await;
}

/// The cause is mended: the next cycle posts the record that waited.
async fn mended(world: &World, held: &Made) {
    let report = world.sync().await;
    assert_eq!(report.exit_code(), 0, "{:?}", report.exceptions);
    let keys: Vec<_> = report.documents.iter().map(|document| document.key).collect();
    assert_eq!(keys, [held.key]);
    world.proved().await;
}

#[tokio::test]
async fn a_wrong_secret_of_procore_is_tried_once() {
    let mut world = World::of(Contractor::one_project(7, as_of())).await;
    let mut access = world.access();
    access.client_secret = "not the secret".to_owned();
    world.reconnect(&access);
    let report = world.sync().await;
    failed(&world, &report, "login_refused");
    let log = world.sandbox.procore.call_log();
    assert_eq!(log, ["POST /oauth/token"]);
    world.reconnect(&world.access());
    assert_eq!(world.sync().await.exit_code(), 0);
    world.proved().await;
}

#[tokio::test]
async fn a_wrong_password_of_sap_is_tried_once() {
    let mut world = World::of(Contractor::one_project(7, as_of())).await;
    let mut access = world.access();
    access.password = "not the password".to_owned();
    world.reconnect(&access);
    let before = world.sandbox.service_layer.logins();
    let report = world.sync().await;
    failed(&world, &report, "login_refused");
    let after = world.sandbox.service_layer.logins();
    assert_eq!(after.received, before.received + 1);
    assert_eq!(after.created, before.created);
    world.reconnect(&world.access());
    assert_eq!(world.sync().await.exit_code(), 0);
    world.proved().await;
}

#[tokio::test]
async fn a_company_that_the_app_does_not_see_stops_the_cycle() {
    let mut world = World::of(Contractor::one_project(7, as_of())).await;
    let mut access = world.access();
    access.company = 999;
    world.reconnect(&access);
    failed(&world, &world.sync().await, "company_not_visible");
    world.reconnect(&world.access());
    world.edit(|company, _| company.set_installed(false));
    failed(&world, &world.sync().await, "company_not_visible");
    world.edit(|company, _| company.set_installed(true));
    assert_eq!(world.sync().await.exit_code(), 0);
    world.proved().await;
}

#[tokio::test]
async fn a_project_that_is_not_visible_leaves_the_others_and_reverses_nothing() {
    let mut world = World::of(Contractor::small(7, as_of())).await;
    world.policy.settle_time = TimeDelta::zero();
    let [hidden, seen] = world.sandbox.contractor.project_ids()[..] else { panic!() };
    let mut access = world.access();
    access.projects = Projects::Only([hidden, seen].map(ProjectId).into());
    world.reconnect(&access);
    let permit = |yes| world.edit(|company, _| company.set_permitted(hidden, yes).unwrap());
    permit(false);
    let report = world.sync().await;
    assert_eq!((report.status, report.exit_code()), (CycleStatus::Partial, 1));
    let problems: Vec<_> = report.problems.iter().map(|p| (p.project, p.failure.name)).collect();
    assert_eq!(problems, [(ProjectId(hidden), "project_not_visible")]);
    assert!(report.documents.len() > 10);
    assert!(report.documents.iter().all(|document| document.key.project.0 == seen));
    permit(true);
    assert_eq!(world.sync().await.exit_code(), 0);
    world.proved().await;
    permit(false);
    for _ in 0..3 {
        let report = world.sweep().await;
        assert_eq!((report.documents.len(), report.exit_code()), (0, 1), "403 is no deletion");
    }
    permit(true);
    world.proved().await;
}

#[tokio::test]
async fn without_user_fields_nothing_is_posted_until_set_up() {
    let world = World::without_user_fields(Contractor::one_project(7, as_of())).await;
    failed(&world, &world.sync().await, "udf_missing");
    world.ledger.set_up().await.unwrap();
    assert_eq!(world.sync().await.exit_code(), 0);
    world.proved().await;
}

#[tokio::test]
async fn an_unmapped_cost_code_holds_its_record_only() {
    let (mut world, order, _) = two_costs().await;
    let all = world.tables.accounts.clone();
    world.tables.accounts.retain(|rule| !rule.cost_code.starts_with("03-"));
    world.remap();
    only(&world, &order, Reason::CostCodeUnmapped).await;
    world.tables.accounts = all;
    world.remap();
    mended(&world, &order).await;
}

#[tokio::test]
async fn an_unmapped_vendor_holds_its_record_only() {
    let (mut world, _, cost) = two_costs().await;
    let row = world.tables.vendors.remove(&world.vendor(1)).unwrap();
    world.remap();
    only(&world, &cost, Reason::VendorUnmapped).await;
    world.tables.vendors.insert(world.vendor(1), row);
    world.remap();
    mended(&world, &cost).await;
}

#[tokio::test]
async fn a_commitment_without_a_vendor_holds_its_record_only() {
    let (world, order, _) = two_costs().await;
    let set = |vendor| {
        world.edit(|company, project| company.set_vendor(project, order.record, vendor).unwrap());
    };
    set(None);
    only(&world, &order, Reason::VendorMissing).await;
    set(Some(world.vendor(0)));
    mended(&world, &order).await;
}

#[tokio::test]
async fn a_frozen_vendor_holds_its_record_only() {
    let (world, _, cost) = two_costs().await;
    assert!(world.sandbox.service_layer.freeze_partner("V10002", true));
    only(&world, &cost, Reason::VendorInvalid).await;
    assert!(world.sandbox.service_layer.freeze_partner("V10002", false));
    mended(&world, &cost).await;
}

#[tokio::test]
async fn an_account_that_sap_lacks_holds_its_record_only() {
    let (mut world, order, _) = two_costs().await;
    let all = world.tables.accounts.clone();
    for rule in world.tables.accounts.iter_mut().filter(|r| r.cost_code.starts_with("03-")) {
        rule.gl_account = "5999".to_owned();
    }
    world.remap();
    only(&world, &order, Reason::AccountInvalid).await;
    world.tables.accounts = all;
    world.remap();
    mended(&world, &order).await;
}

#[tokio::test]
async fn an_unmapped_project_and_an_inactive_profit_center_hold_their_project_only() {
    let mut world = World::of(Contractor::small(7, as_of())).await;
    let row = world.tables.projects.remove(&ProjectId(world.project())).unwrap();
    let center = row.dimensions[0].clone().unwrap();
    world.remap();
    let unmapped = world.sync().await;
    let held = held_with(&world, &unmapped, Reason::ProjectUnmapped).await;
    assert!(unmapped.documents.iter().all(|d| d.key.project.0 != world.project()));
    assert!(unmapped.documents.len() > 10, "the other project is posted");

    world.tables.projects.insert(ProjectId(world.project()), row);
    world.remap();
    assert!(world.sandbox.service_layer.activate_profit_center(&center, false));
    let inactive = world.sync().await;
    assert_eq!(inactive.documents, []);
    let still = held_with(&world, &inactive, Reason::ProfitCenterInvalid).await;
    assert_eq!(still, held);
    assert!(world.sandbox.service_layer.activate_profit_center(&center, true));
    let mended = world.sync().await;
    assert_eq!(mended.exit_code(), 0, "{:?}", mended.exceptions);
    assert!(mended.documents.len() >= held);
    world.proved().await;
}

/// How many records are held; all for this reason, and the books reconcile meanwhile.
async fn held_with(world: &World, report: &CycleReport, reason: Reason) -> usize {
    assert_eq!((report.status, report.exit_code()), (CycleStatus::Done, 2));
    for row in &report.exceptions {
        assert_eq!(row.cause.as_ref().map(|cause| cause.reason), Some(reason), "{}", row.key);
        assert_eq!(row.key.project.0, world.project());
    }
    assert_eq!(world.reconciled().await.exit_code(), 2);
    report.exceptions.len()
}
