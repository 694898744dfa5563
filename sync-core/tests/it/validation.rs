//! A posting against SAP's master data: each finding stops the record before anything is sent.

use sync_core::{
    catalog::{AccountMut, Catalog, Validity},
    mapping::Target,
    model::Posting,
    states::Reason,
    validate,
};

use crate::{
    records::{SC, d, day, dc, direct_cost, subcontract, vendor},
    world::{World, catalog},
};

/// How the master data are spoilt, the hold, and what its sentence names.
type Case = (Spoil, Reason, &'static str);

type Spoil = fn(&mut Catalog);

fn ended() -> Validity {
    Validity { from: None, to: Some(day("2026-01-31")) }
}

const CASES: [Case; 22] = [
    (|c| drop(c.partners.remove("V100")), Reason::VendorInvalid, "no business partner V100"),
    (|c| partner(c).supplier = false, Reason::VendorInvalid, "no supplier"),
    (|c| partner(c).active = false, Reason::VendorInvalid, "inactive on 2026-02-10"),
    (|c| partner(c).validity = ended(), Reason::VendorInvalid, "inactive on 2026-02-10"),
    (|c| partner(c).frozen = true, Reason::VendorInvalid, "frozen"),
    (|c| partner(c).frozen_during = Some(Validity::default()), Reason::VendorInvalid, "frozen"),
    (|c| partner(c).currency = Some("EUR".into()), Reason::VendorInvalid, "currency EUR"),
    (|c| drop(c.accounts.remove("5010")), Reason::AccountInvalid, "no account 5010"),
    (|c| account(c).postable = false, Reason::AccountInvalid, "title account"),
    (|c| account(c).control = true, Reason::AccountInvalid, "control account"),
    (|c| account(c).frozen = true, Reason::AccountInvalid, "frozen"),
    (|c| account(c).validity = ended(), Reason::AccountInvalid, "not valid on 2026-02-10"),
    (|c| account(c).currency = Some("EUR".into()), Reason::AccountInvalid, "kept in EUR"),
    (|c| unbilled(c).control = false, Reason::AccountInvalid, "2160"),
    (|c| account(c).dimensions_required[1] = true, Reason::DimensionRequired, "dimension 2"),
    (|c| drop(c.profit_centers.remove("CHI")), Reason::ProfitCenterInvalid, "CHI"),
    (|c| center(c).dimension = 2, Reason::ProfitCenterInvalid, "dimension 2, not 1"),
    (|c| center(c).active = false, Reason::ProfitCenterInvalid, "inactive"),
    (|c| center(c).validity = ended(), Reason::ProfitCenterInvalid, "not effective"),
    (|c| project(c).active = false, Reason::SapProjectInvalid, "P865 is inactive"),
    (|c| project(c).validity = ended(), Reason::SapProjectInvalid, "not valid on 2026-02-10"),
    (|c| drop(c.projects.remove("P865")), Reason::SapProjectInvalid, "no project P865"),
];

fn partner(catalog: &mut Catalog) -> &mut sync_core::catalog::Partner {
    catalog.partners.get_mut("V100").unwrap()
}

fn account(catalog: &mut Catalog) -> AccountMut<'_> {
    catalog.accounts.get_mut("5010").unwrap()
}

fn unbilled(catalog: &mut Catalog) -> AccountMut<'_> {
    catalog.accounts.get_mut("2160").unwrap()
}

fn center(catalog: &mut Catalog) -> &mut sync_core::catalog::ProfitCenter {
    catalog.profit_centers.get_mut("CHI").unwrap()
}

fn project(catalog: &mut Catalog) -> &mut sync_core::catalog::SapProject {
    catalog.projects.get_mut("P865").unwrap()
}

fn entered() -> World {
    World::of([subcontract(1, &[(11, "03-300", "100")])])
}

fn assert_held(world: &World, reason: Reason, says: &str) {
    assert_eq!(world.sync().exit_code(), 2, "{reason}: {says}");
    let detail = world.assert_cause(SC, reason);
    assert!(detail.contains(says), "'{detail}' does not say '{says}'");
    assert_eq!(world.ledger.posts(), 0);
    world.assert_reconciles();
}

#[test]
fn each_fault_of_the_master_data_holds_the_record_and_mending_it_posts() {
    for (spoil, reason, says) in CASES {
        let world = entered();
        world.ledger.edit_catalog(spoil);
        assert_held(&world, reason, says);
        world.ledger.edit_catalog(|mended| *mended = catalog());
        world.sync();
        assert_eq!(world.cost(), d("100"), "after mending: {says}");
    }
}

#[test]
pub(crate) fn an_account_that_requires_a_project_is_dimension_required() {
    let mut world = entered();
    world.project_row.sap_project = None;
    world.ledger.edit_catalog(|catalog| account(catalog).project_required = true);
    assert_held(&world, Reason::DimensionRequired, "requires a project");
    world.project_row.sap_project = Some("P865".to_owned());
    assert_eq!(world.sync().exit_code(), 0, "the project is there");
}

#[test]
pub(crate) fn an_ap_line_without_a_tax_code_is_tax_code_missing() {
    let mut world = entered();
    world.project_row.tax_code = None;
    assert_held(&world, Reason::TaxCodeMissing, "5010");
}

#[test]
fn a_dash_is_deliberately_no_tax_code() {
    let mut world = entered();
    world.rules[0].tax_code = Target::None;
    assert_held(&world, Reason::TaxCodeMissing, "5010");
}

#[test]
pub(crate) fn a_tax_code_that_sap_lacks_or_does_not_take_for_purchases_is_tax_code_invalid() {
    let spoilt: [(Spoil, &str); 3] = [
        (|c| drop(c.tax_codes.remove("EX")), "no tax code EX"),
        (|c| c.tax_codes.get_mut("EX").unwrap().active = false, "inactive"),
        (|c| c.tax_codes.get_mut("EX").unwrap().valid_for_purchases = false, "purchases"),
    ];
    for (spoil, says) in spoilt {
        let world = entered();
        world.ledger.edit_catalog(spoil);
        assert_held(&world, Reason::TaxCodeInvalid, says);
    }
}

#[test]
pub(crate) fn with_branches_on_a_project_without_one_is_branch_missing() {
    let world = entered();
    world.ledger.edit_catalog(|catalog| catalog.branches_enabled = true);
    assert_held(&world, Reason::BranchMissing, "projects.csv");
}

#[test]
fn a_partner_of_other_branches_is_vendor_invalid() {
    let mut world = entered();
    world.project_row.branch = Some(2);
    world.ledger.edit_catalog(|catalog| {
        catalog.branches_enabled = true;
        partner(catalog).branches = vec![1];
    });
    assert_held(&world, Reason::VendorInvalid, "branch");
    world.ledger.edit_catalog(|catalog| partner(catalog).branches.clear());
    assert_eq!(world.sync().exit_code(), 0, "a partner of no branch is one of every branch");
}

#[test]
pub(crate) fn a_code_over_saps_length_is_value_too_long_and_says_the_limit() {
    let mut world = entered();
    world.project_row.dimensions[0] = Some("CHICAGO-1".to_owned());
    assert_held(&world, Reason::ValueTooLong, "holds 8");
    // One of just that length is long enough to be unknown, and not too long.
    world.project_row.dimensions[0] = Some("CHICAGO1".to_owned());
    world.sync();
    let detail = world.assert_cause(SC, Reason::ProfitCenterInvalid);
    assert!(!detail.contains("characters"), "{detail}");
}

#[test]
fn every_fault_of_a_document_is_named_at_once() {
    let world = entered();
    world.ledger.edit_catalog(|catalog| {
        partner(catalog).frozen = true;
        center(catalog).active = false;
    });
    world.sync();
    let detail = world.assert_cause(SC, Reason::VendorInvalid);
    assert!(detail.contains("frozen") && detail.contains("profit center CHI"), "{detail}");
}

/// A fault, as the person who must mend it reads it.
type Sentence = (Spoil, &'static str);

const SENTENCES: [Sentence; 9] = [
    (
        |c| partner(c).frozen = true,
        "8089:865:subcontract:1#1, CardCode 'V100': business partner V100 (Partner V100) is frozen \
         on 2026-02-10; lift the freeze in SAP",
    ),
    (
        |c| account(c).postable = false,
        "8089:865:subcontract:1#1, lines 11, 12, AccountCode '5010': account 5010 (Concrete) is a \
         title account; name a postable account in accounts.csv",
    ),
    (
        |c| drop(c.accounts.remove("5020")),
        "8089:865:subcontract:1#1, line 13, AccountCode '5020': SAP has no account 5020; correct \
         gl_account in accounts.csv, or create the account in SAP",
    ),
    (
        |c| unbilled(c).control = false,
        "8089:865:subcontract:1#1, ControlAccount '2160': account 2160 (Unbilled commitments) is no \
         control account in SAP; name a control account of A/P in the configuration",
    ),
    (
        |c| account(c).dimensions_required[1] = true,
        "8089:865:subcontract:1#1, lines 11, 12, CostingCode2: account 5010 requires dimension 2; \
         fill it in accounts.csv or projects.csv",
    ),
    (
        |c| center(c).active = false,
        "8089:865:subcontract:1#1, lines 11, 12, 13, CostingCode 'CHI': profit center CHI (Center \
         CHI) is inactive; correct it in accounts.csv or projects.csv, or in SAP",
    ),
    (
        |c| project(c).active = false,
        "8089:865:subcontract:1#1, Project 'P865': project P865 is inactive in SAP; correct \
         sap_project in projects.csv, or the project in SAP",
    ),
    (
        |c| c.tax_codes.get_mut("EX").unwrap().active = false,
        "8089:865:subcontract:1#1, lines 11, 12, 13, TaxCode 'EX': tax code EX is inactive in SAP; \
         correct tax_code in accounts.csv or projects.csv, or the code in SAP",
    ),
    (
        |c| c.branches_enabled = true,
        "8089:865:subcontract:1#1, BPL_IDAssignedToInvoice: SAP's company has branches and the \
         project's row in projects.csv names none; fill branch in projects.csv",
    ),
];

#[test]
fn every_fault_names_record_line_field_value_and_remedy() {
    let lines = [(11, "03-300", "100"), (12, "03-310", "50"), (13, "26-100", "25")];
    let of_all = World::of([subcontract(1, &lines)]);
    of_all.ledger.edit_catalog(|catalog| {
        for (spoil, _) in &SENTENCES {
            spoil(catalog);
        }
    });
    of_all.sync();
    let every = of_all.stored(SC).cause.unwrap().detail;
    for (spoil, sentence) in SENTENCES {
        let world = World::of([subcontract(1, &lines)]);
        world.ledger.edit_catalog(spoil);
        world.sync();
        let detail = world.stored(SC).cause.unwrap().detail;
        assert!(detail.contains(sentence), "{detail}\nis to contain\n{sentence}");
        assert!(every.contains(sentence), "all at once: {every}\nis to contain\n{sentence}");
    }
}

#[test]
fn an_amount_that_saps_columns_cannot_hold_is_out_of_range_with_its_line() {
    let world = entered();
    world.sync();
    let mut posting = world.postings(SC).remove(0);
    let Posting::PurchaseInvoice(document) = &mut posting else { panic!("no invoice") };
    document.lines[0].amount = rust_decimal::Decimal::MAX;
    let faults = validate::findings(&posting, &catalog());
    assert!(faults.iter().all(|fault| fault.reason == Reason::AmountOutOfRange), "{faults:?}");
    assert!(faults[0].to_string().contains("line 11, LineTotal '79228162514264337593543950335'"));
}

#[test]
pub(crate) fn a_vendor_without_row_is_vendor_unmapped_and_names_the_row_to_add() {
    let world = entered();
    world.edit(SC, |record| record.vendor = vendor(77));
    assert_held(&world, Reason::VendorUnmapped, "77,<CardCode>");
}

#[test]
pub(crate) fn a_commitment_without_vendor_is_vendor_missing() {
    let world = entered();
    world.edit(SC, |record| record.vendor = None);
    assert_held(&world, Reason::VendorMissing, "names no vendor");
}

#[test]
fn a_code_without_rule_is_cost_code_unmapped_with_the_money_waiting() {
    let mut world = entered();
    world.rules.remove(0);
    assert_held(&world, Reason::CostCodeUnmapped, "line 11 over 100");
}

#[test]
fn a_foreign_currency_is_held() {
    let world = entered();
    world.edit(SC, |record| record.currency = Some("EUR".to_owned()));
    assert_held(&world, Reason::ForeignCurrencyNotEnabled, "EUR");
}

#[test]
fn a_currency_that_sap_lacks_is_currency_not_in_sap() {
    let world = entered();
    world.sync();
    let mut posting = world.postings(SC).remove(0);
    let Posting::PurchaseInvoice(document) = &mut posting else { panic!("no invoice") };
    document.header.currency = "XTS".to_owned();
    let reasons: Vec<Reason> =
        validate::findings(&posting, &catalog()).into_iter().map(|cause| cause.reason).collect();
    assert_eq!(reasons, [Reason::CurrencyNotInSap]);
}

#[test]
fn a_journal_entry_that_does_not_balance_never_leaves() {
    let world = World::of([direct_cost(9, "invoice", &[(91, "03-300", "100")])]);
    world.sync();
    let mut posting = world.postings(dc(9)).remove(0);
    assert_eq!(validate::findings(&posting, &catalog()), []);
    let Posting::JournalEntry(entry) = &mut posting else { panic!("no entry") };
    entry.lines[0].amount += d("0.01");
    let causes = validate::findings(&posting, &catalog());
    assert_eq!(causes[0].reason, Reason::RoundingMismatch);
    assert!(causes[0].to_string().contains("0.01"), "{}", causes[0]);
}

#[test]
fn a_segmented_account_may_be_named_by_its_format_code() {
    let mut world = entered();
    world.rules[0].gl_account = "5010-00-01".to_owned();
    world.ledger.edit_catalog(|catalog| {
        account(catalog).format_code = Some("5010-00-01".to_owned());
    });
    world.sync();
    assert_eq!(world.balance("5010"), d("100"), "documents carry SAP's own code");
}

#[test]
fn without_user_fields_nothing_is_posted() {
    let world = entered();
    world.ledger.edit_catalog(|catalog| catalog.user_fields_present = false);
    let report = world.cycle();
    assert_eq!(report.failure.unwrap().name, "udf_missing");
    assert_eq!(world.ledger.posts(), 0);
}

#[test]
fn a_fault_of_a_header_names_the_column_of_the_document_that_is_sent() {
    use sync_core::policy::Basis;
    for (basis, branch, project) in [
        (Basis::Commitment, "BPL_IDAssignedToInvoice", "Project 'P865'"),
        (Basis::CommitmentJournal, "BPLID", "ProjectCode 'P865'"),
    ] {
        let world = World::on(basis);
        world.put([subcontract(1, &[(11, "03-300", "100")])]);
        world.ledger.edit_catalog(|catalog| {
            catalog.branches_enabled = true;
            catalog.projects.clear();
        });
        world.sync();
        let causes = world.stored(SC).cause.unwrap().detail;
        assert!(causes.contains(branch), "{basis:?}: {causes}");
        assert!(causes.contains(project), "{basis:?}: {causes}");
    }
}
