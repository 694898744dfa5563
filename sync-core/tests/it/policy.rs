//! Choices that would bring a cost into the ledger twice are refused before anything is posted.

use sync_core::{
    catalog::Account,
    policy::{Basis, Offset, Policy, RequisitionDocument},
    ports::CycleStatus,
};

use crate::{
    records::{day, direct_cost, subcontract},
    world::{UNBILLED, World, rule},
};

fn refused(world: &World) -> String {
    let report = world.cycle();
    assert_eq!(report.status, CycleStatus::Failed);
    let failure = report.failure.expect("the cycle is refused");
    assert_eq!(failure.name, "configuration");
    assert_eq!(world.ledger.posts(), 0);
    assert!(!world.preview().failure.is_none_or(|preview| preview != failure));
    failure.detail
}

#[test]
fn subcontractor_invoices_beside_requisitions_are_refused_on_every_basis() {
    for basis in Basis::ALL {
        let mut world = World::on(basis);
        world.put([subcontract(1, &[(11, "03-300", "100.00")])]);
        let offsets = &mut world.policy.direct_cost_offset;
        offsets.insert("subcontractor_invoice".to_owned(), Offset::Vendor);
        let detail = refused(&world);
        assert!(detail.contains("direct_cost_offset.subcontractor_invoice"), "{detail}");
        assert!(detail.contains("would recognise cost twice"), "{detail}");
    }
}

#[test]
fn requisitions_as_invoices_are_refused_where_commitments_are_cost() {
    for basis in [Basis::Commitment, Basis::CommitmentJournal] {
        let world = World::on(basis).with_invoices();
        let detail = refused(&world);
        assert!(detail.contains("would recognise cost twice"), "{detail}");
    }
    for basis in [Basis::Progress, Basis::Encumbrance] {
        assert_eq!(World::on(basis).with_invoices().cycle().status, CycleStatus::Done);
    }
}

#[test]
fn one_account_as_cost_and_as_clearing_account_is_refused_under_either_of_its_names() {
    let mut world = World::of([direct_cost(51, "invoice", &[(1, "03-300", "10.00")])]);
    world.rules.push(rule(7, "09-*", UNBILLED));
    let detail = refused(&world);
    assert!(detail.contains("accounts.csv row 7: account 2160 is also posting.unbilled_account"));

    // Where accounts are segmented, the table names the visible code and the policy SAP's own.
    let mut world = World::new();
    world.rules.push(rule(8, "09-*", "21-60-00"));
    assert_eq!(world.cycle().status, CycleStatus::Done);
    world.ledger.edit_catalog(|catalog| {
        let account: &mut Account = catalog.accounts.get_mut(UNBILLED).unwrap();
        account.format_code = Some("21-60-00".to_owned());
    });
    let detail = refused(&world);
    assert!(detail.contains("accounts.csv row 8: account 21-60-00 is also"), "{detail}");
}

#[test]
fn an_account_that_the_basis_posts_to_must_be_named() {
    let mut policy = Policy::starting_on(day("2026-01-01"));
    policy.basis = Basis::CommitmentJournal;
    policy.requisition_document = RequisitionDocument::JournalEntry;
    let findings = policy.findings(&[]);
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert!(findings[0].to_string().starts_with("posting.accrued_account: is missing"));
}
