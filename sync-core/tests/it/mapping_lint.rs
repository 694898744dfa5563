//! What the lint says of the mapping tables: what is not covered, with its money, and what is wrong.

use sync_core::{
    mapping::{AccountRule, LintKind, Target},
    model::ProjectId,
    policy::Basis,
    ports::Silent,
};

use crate::{
    records::{PROJECT, SC, d, day, requisition, subcontract, vendor},
    world::{World, rule},
};

fn lint(world: &World) -> Vec<(usize, LintKind, String)> {
    let lint = world.with_engine(&Silent, async |engine| engine.lint_mapping().await).unwrap();
    lint.findings.into_iter().map(|found| (found.row, found.kind, found.detail)).collect()
}

#[test]
fn requisitions_are_covered_where_billing_is_cost_and_commitments_where_they_are_posted() {
    for (basis, mapped) in [
        (Basis::Commitment, "1000"),
        (Basis::CommitmentJournal, "1000"),
        (Basis::Progress, "400"),
        (Basis::Encumbrance, "1400"),
    ] {
        let world = World::on(basis);
        world.put([
            subcontract(1, &[(11, "03-300", "1,000")]),
            requisition(71, 1, &[(11, "400", "400", "40", "0")], "360"),
        ]);
        for posted in [false, true] {
            if posted {
                world.sync();
            }
            let lint = world.with_engine(&Silent, async |engine| engine.lint_mapping().await);
            let usd = &lint.unwrap().coverage.amounts["USD"];
            assert_eq!((usd.mapped, usd.unmapped), (d(mapped), d("0")), "{basis:?} {posted}");
        }
    }
}

#[test]
fn the_lint_names_unmapped_codes_with_the_money_that_waits_on_them() {
    let world = World::of([
        subcontract(1, &[(11, "03-300", "700"), (12, "09-100", "300.50")]),
        subcontract(2, &[(21, "09-100", "99.50"), (22, "31-000", "5"), (23, "31-000", "-5")]),
    ]);
    let lint = world.with_engine(&Silent, async |engine| engine.lint_mapping().await).unwrap();
    let usd = &lint.coverage.amounts["USD"];
    assert_eq!((usd.mapped, usd.unmapped), (d("700"), d("410")));
    assert_eq!((usd.mapped_lines, usd.unmapped_lines), (1, 4));
    assert_eq!(usd.percent(), d("63.0"));
    let unmapped: Vec<_> = lint
        .coverage
        .unmapped
        .iter()
        .map(|row| (row.amount, row.records.len(), row.remedy()))
        .collect();
    assert_eq!(
        unmapped,
        [
            (d("400"), 2, "add '865,*,09-100,S,<GL account>' to accounts.csv".to_owned()),
            (d("0"), 1, "add '865,*,31-000,S,<GL account>' to accounts.csv".to_owned()),
        ]
    );
    let lines: Vec<u64> = lint.coverage.unmapped.iter().map(|row| row.lines).collect();
    assert_eq!(lines, [2, 2]);
    assert_eq!(world.store.writes(), 0, "the lint writes nothing");
}

#[test]
fn the_lint_names_vendors_without_a_row_with_their_money() {
    let mut record = subcontract(1, &[(11, "03-300", "700")]);
    record.vendor = vendor(77);
    let world = World::of([record]);
    let lint = world.with_engine(&Silent, async |engine| engine.lint_mapping().await).unwrap();
    let vendors: Vec<_> = lint
        .coverage
        .vendors
        .iter()
        .map(|row| (row.vendor, row.amount, row.records.clone()))
        .collect();
    assert_eq!(vendors, [(77, d("700"), vec![SC])]);
}

#[test]
fn a_rule_of_any_project_is_shadowed_when_every_project_has_its_own() {
    let mut world = World::of([subcontract(1, &[(11, "03-300", "700")])]);
    world.rules.push(AccountRule { project: Some(PROJECT), ..rule(4, "*", "5090") });
    let findings = lint(&world);
    let shadowed: Vec<_> = findings
        .iter()
        .filter(|(_, kind, _)| *kind == LintKind::Shadowed)
        .map(|(row, _, detail)| (*row, detail.contains("row 4")))
        .collect();
    assert_eq!(shadowed, [(2, true), (3, true)]);
    let of_row_2 = findings.iter().filter(|(row, ..)| *row == 2).count();
    assert_eq!(of_row_2, 1, "a shadowed rule is not called unused as well");
}

#[test]
fn rules_that_can_match_nothing_are_named_and_unused_ones_say_what_came_first() {
    let mut world = World::of([subcontract(1, &[(11, "03-300", "700")])]);
    world.rules.push(AccountRule { project: Some(ProjectId(9)), ..rule(4, "*", "5090") });
    world.rules.push(AccountRule { valid_to: Some(day("2025-12-31")), ..rule(5, "04-*", "5090") });
    world.rules.push(rule(6, "*", "5090"));
    world.rules.push(rule(7, "44-*", "5090"));
    let found = lint(&world);
    let kind = |row| found.iter().find(|(own, ..)| *own == row).map(|(_, kind, _)| *kind);
    assert_eq!(kind(2), None);
    assert_eq!(kind(4), Some(LintKind::NeverMatches));
    assert_eq!(kind(5), Some(LintKind::NeverMatches));
    assert_eq!(kind(6), Some(LintKind::Unused));
    assert_eq!(kind(7), Some(LintKind::Unused));
    let detail = |row| &found.iter().find(|(own, ..)| *own == row).unwrap().2;
    assert!(detail(6).contains("row 2 came first"), "{}", detail(6));
    assert!(detail(7).contains("no cost in Procore"), "{}", detail(7));
}

#[test]
fn values_that_sap_lacks_are_inactive_on_the_date_or_too_long_are_named_with_their_column() {
    let mut world = World::of([subcontract(1, &[(11, "03-300", "700")])]);
    world.rules[0].dimensions[1] = Target::Value("CHI".into());
    world.rules[1].dimensions[0] = Target::Value("TOOLONGCENTER".into());
    world.rules[1].tax_code = Target::Value("ZZ".into());
    world.ledger.edit_catalog(|catalog| {
        // Valid today, and not on the posting date of the one cost that it is needed for.
        let mut account = catalog.accounts.get_mut("5010").unwrap();
        account.validity.from = Some(day("2026-03-01"));
    });
    let found = lint(&world);
    let expected = [
        (
            2,
            LintKind::NotInSap,
            "dimension_2: profit center CHI (Center CHI) belongs to dimension 1",
        ),
        (2, LintKind::Inactive, "account 5010 (Concrete) is not valid in SAP on 2026-02-10"),
        (3, LintKind::NotInSap, "profit_center: SAP has no profit center TOOLONGCENTER"),
        (3, LintKind::NotInSap, "tax_code: SAP has no tax code ZZ"),
        (3, LintKind::TooLong, "'TOOLONGCENTER' has 13 characters, SAP's CostingCode holds 8"),
    ];
    for (row, kind, says) in expected {
        let there = found.iter().any(|(r, k, text)| (*r, *k) == (row, kind) && text.contains(says));
        assert!(there, "{row} {kind:?} {says}: {found:#?}");
    }
}

#[test]
fn what_is_inactive_in_sap_is_named_and_a_code_of_just_saps_length_is_not() {
    let mut world = World::of([subcontract(1, &[(11, "03-300", "700")])]);
    world.rules[1].dimensions[0] = Target::Value("EIGHTLET".into());
    world.rules[1].tax_code = Target::Value("T8".into());
    let of = |world: &World, says: &str| lint(world).iter().any(|(_, _, text)| text.contains(says));
    assert!(of(&world, "SAP has no profit center EIGHTLET"));
    assert!(!of(&world, "'EIGHTLET' has 8 characters"));
    assert!(!of(&world, "T8 is inactive") && !of(&world, "V100 of vendor 1"));

    world.ledger.edit_catalog(|catalog| {
        catalog.tax_codes.get_mut("T8").unwrap().active = false;
        catalog.partners.get_mut("V100").unwrap().active = false;
    });
    assert!(of(&world, "tax_code: T8 is inactive in SAP"));
    assert!(of(&world, "V100 of vendor 1: is inactive in SAP on 2026-03-31"));

    world.ledger.edit_catalog(|catalog| {
        let partner = catalog.partners.get_mut("V100").unwrap();
        partner.active = true;
        partner.validity.to = Some(day("2026-03-30"));
    });
    assert!(of(&world, "V100 of vendor 1: is inactive in SAP on 2026-03-31"));

    world.ledger.edit_catalog(|catalog| catalog.partners.get_mut("V100").unwrap().frozen = true);
    assert!(of(&world, "V100 of vendor 1: is frozen in SAP"));

    world.ledger.edit_catalog(|catalog| {
        catalog.partners.get_mut("V100").unwrap().supplier = false;
        let code = catalog.tax_codes.get_mut("T8").unwrap();
        (code.active, code.valid_for_purchases) = (true, false);
    });
    assert!(of(&world, "V100 of vendor 1: is no supplier in SAP"));
    assert!(of(&world, "tax_code: T8 is not valid for purchases in SAP"));
}
