//! `check`: what can be known before the first cycle; it changes nothing.

use sync_core::{engine::CheckStatus, policy::Offset, ports::Silent};

use crate::{records::subcontract, world::World};

/// Lines that are not as they should be: subject and detail.
fn complaints(world: &World, status: CheckStatus) -> Vec<String> {
    let report = world.with_engine(&Silent, async |engine| engine.check().await);
    let failed = report.lines.iter().any(|line| line.status == CheckStatus::Failed);
    assert_eq!(report.exit_code(), u8::from(failed));
    let lines = report.lines.into_iter().filter(|line| line.status == status);
    lines.map(|line| format!("{}: {}", line.subject, line.detail)).collect()
}

fn assert_fails(world: &World, says: &str) {
    let failed = complaints(world, CheckStatus::Failed);
    assert!(failed.iter().any(|line| line.contains(says)), "{failed:?} do not say {says}");
    assert_eq!((world.ledger.posts(), world.store.writes()), (0, 0));
}

#[test]
fn a_company_in_order_passes_and_nothing_is_written() {
    let world = World::of([subcontract(1, &[(11, "03-300", "100")])]);
    world.ledger.make_store_table();
    assert_eq!(complaints(&world, CheckStatus::Failed), [""; 0]);
    assert_eq!(complaints(&world, CheckStatus::Warning), [""; 0]);
    assert_eq!(world.store.writes(), 0);
}

#[test]
fn missing_user_fields_fail_and_name_the_command() {
    let world = World::new();
    world.ledger.edit_catalog(|catalog| catalog.user_fields_present = false);
    assert_fails(&world, "run setup");
}

#[test]
fn a_rule_with_an_account_that_sap_lacks_or_cannot_post_to_fails_with_its_row() {
    let mut world = World::new();
    world.rules.push(crate::world::rule(4, "07-*", "4711"));
    world.rules.push(crate::world::rule(5, "08-*", "2110"));
    world.rules.push(crate::world::rule(6, "09-*", "5000"));
    assert_fails(&world, "row 4: gl_account: SAP has no account 4711");
    assert_fails(&world, "row 5: gl_account: account 2110 (Trade payables) cannot be posted to");
    assert_fails(
        &world,
        "row 6: gl_account: account 5000 (Cost of construction) cannot be posted to",
    );
}

#[test]
fn a_missing_period_for_today_fails() {
    let world = World::new();
    world.ledger.edit_catalog(|catalog| catalog.periods.clear());
    assert_fails(&world, "no posting period for today, 2026-03-31");
}

#[test]
fn a_cash_account_as_offset_fails() {
    let mut world = World::new();
    world.policy.direct_cost_offset.insert("expense".to_owned(), Offset::Account("1110".into()));
    assert_fails(&world, "1110 is a cash account");
}

#[test]
fn an_unbilled_account_that_is_no_control_account_fails() {
    let mut world = World::new();
    world.policy.unbilled_account = Some("2115".to_owned());
    assert_fails(&world, "2115 is no control account");
}

#[test]
fn without_an_unbilled_account_the_consequence_is_a_warning() {
    let mut world = World::new();
    world.policy.unbilled_account = None;
    let warnings = complaints(&world, CheckStatus::Warning);
    assert!(warnings[0].contains("A/P ageing"), "{warnings:?}");
}

#[test]
fn a_vendor_that_sap_lacks_is_a_warning_because_it_stops_its_own_records_only() {
    let world = World::new();
    world.ledger.edit_catalog(|catalog| catalog.partners.retain(|code, _| code != "V200"));
    let warnings = complaints(&world, CheckStatus::Warning);
    assert!(warnings[0].contains("row 3: card_code: V200 of vendor 2"), "{warnings:?}");
}
