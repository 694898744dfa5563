//! Choices that would bring a cost into the ledger twice are refused before anything is posted.

use sync_core::{
    catalog::TaxField,
    mapping::{AccountRule, Target},
    policy::{Basis, Offset, Opening, Policy, RequisitionDocument},
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
fn whole_commitments_in_the_books_are_refused_where_the_basis_has_no_place_for_them() {
    for basis in [Basis::Progress, Basis::Encumbrance] {
        let mut world = World::on(basis);
        world.policy.opening = Opening::Committed;
        let detail = refused(&world);
        assert!(detail.contains("posting.opening") && detail.contains(basis.name()), "{detail}");
        assert!(detail.contains("write opening = \"billed\""), "{detail}");
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
        let mut account = catalog.accounts.get_mut(UNBILLED).unwrap();
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

/// 8 % on A/P lines, in a localisation of value added tax.
fn in_a_vat_country() -> World {
    let mut world = World::with_tax();
    world.put([subcontract(1, &[(11, "03-300", "100.00")])]);
    // One row that names no code, one that does, one that has none.
    world.rules[1].tax_code = Target::Value("T5".to_owned());
    world.rules.push(AccountRule { tax_code: Target::None, ..rule(4, "31-*", "5020") });
    world.ledger.edit_catalog(|catalog| catalog.tax_field = TaxField::VatGroup);
    world
}

#[test]
fn a_taxable_code_on_commitments_is_refused_in_a_vat_localisation_unless_it_is_named() {
    let mut world = in_a_vat_country();
    let detail = refused(&world);
    assert!(detail.contains("accounts.csv row 3: tax code T5 (5 %) is taxable"), "{detail}");
    assert!(detail.contains("projects.csv row 2: tax code T8 (8 %) is taxable"), "{detail}");
    assert!(detail.contains("or name T8 in posting.commitment_tax_codes"), "{detail}");
    assert_eq!(detail.matches("is taxable").count(), 2, "{detail}");

    world.policy.commitment_tax_codes = ["T8".to_owned()].into();
    let detail = refused(&world);
    assert!(detail.contains("T5") && !detail.contains("T8 ("), "{detail}");

    world.policy.commitment_tax_codes = ["T5".to_owned(), "T8".to_owned()].into();
    assert_eq!(world.cycle().status, CycleStatus::Done);
    assert_eq!(world.ledger.posts(), 1);
}

#[test]
fn a_code_of_no_tax_needs_no_leave_and_a_default_counts_only_where_a_rule_reads_it() {
    let mut world = in_a_vat_country();
    world.rules[1].tax_code = Target::Value("EX".to_owned());
    world.rules[0].tax_code = Target::Value("EX".to_owned());
    world.rules.push(rule(5, "09-*", "5090"));
    assert!(refused(&world).contains("projects.csv row 2: tax code T8"));
    world.rules.pop();
    assert_eq!(world.cycle().status, CycleStatus::Done, "no rule reads the project's T8");
}

#[test]
fn where_tax_is_sales_tax_or_commitments_are_no_invoices_any_code_may_stand() {
    let mut world = World::with_tax();
    world.put([subcontract(1, &[(11, "03-300", "100.00")])]);
    world.policy.commitment_tax_codes = ["T8".to_owned()].into();
    assert!(refused(&world).contains("is used only in a VAT localisation"));
    world.policy.commitment_tax_codes.clear();
    assert_eq!(world.cycle().status, CycleStatus::Done);

    for basis in [Basis::CommitmentJournal, Basis::Progress, Basis::Encumbrance] {
        let mut world = World::on(basis);
        world.project_row.tax_code = Some("T8".to_owned());
        world.ledger.edit_catalog(|catalog| catalog.tax_field = TaxField::VatGroup);
        assert_eq!(world.cycle().status, CycleStatus::Done, "{basis:?}");
        world.policy.commitment_tax_codes = ["T8".to_owned()].into();
        assert!(refused(&world).contains("used only with basis = \"commitment\""), "{basis:?}");
    }
}

#[test]
fn a_named_code_that_sap_lacks_is_refused() {
    let mut world = in_a_vat_country();
    world.policy.commitment_tax_codes = ["T5", "T8", "TB"].map(str::to_owned).into_iter().collect();
    assert!(refused(&world).contains("posting.commitment_tax_codes: SAP has no tax code 'TB'"));
}
