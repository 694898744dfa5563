//! The mapping tables: which rule answers, what is wrong with them, what an edit would change.

use sync_core::{
    mapping::{
        AccountRule, LintKind, MappedCost, MappingTables, ProjectRow, Target, VendorRow,
        blast_radius,
    },
    model::{CostCoding, Kind, ProjectId},
    ports::Silent,
};

use crate::{
    records::{PROJECT, SC, d, day, key, subcontract, vendor},
    world::{World, rule},
};

fn coding(sub_job: Option<&str>, code: &str, cost_type: &str) -> CostCoding {
    CostCoding {
        sub_job: sub_job.map(str::to_owned),
        cost_code: code.to_owned(),
        cost_type: Some(cost_type.to_owned()),
    }
}

fn tables(rules: Vec<AccountRule>) -> MappingTables {
    let row = |row| ProjectRow { row, ..ProjectRow::default() };
    let projects = vec![(PROJECT, row(2)), (ProjectId(866), row(3))];
    let vendor = VendorRow { row: 2, card_code: "V100".to_owned(), wt_liable: None };
    MappingTables::new(rules, projects, vec![(1, vendor)]).unwrap()
}

fn row_of(tables: &MappingTables, project: ProjectId, coding: &CostCoding) -> Option<usize> {
    tables.locate(project, coding, day("2026-03-01")).ok().map(|located| located.rule.row)
}

fn lint(world: &World) -> Vec<(usize, LintKind, String)> {
    let lint = world.with_engine(&Silent, async |engine| engine.lint_mapping().await).unwrap();
    lint.findings.into_iter().map(|found| (found.row, found.kind, found.detail)).collect()
}

#[test]
fn sub_job_comes_before_cost_code_and_project_before_both() {
    let tables = tables(vec![
        rule(2, "03-300", "5010"),
        AccountRule { sub_job: Some("A".into()), ..rule(3, "*", "5020") },
        AccountRule { project: Some(PROJECT), ..rule(4, "*", "5030") },
        AccountRule {
            project: Some(PROJECT),
            sub_job: Some("A".into()),
            ..rule(5, "03-*", "5040")
        },
    ]);
    let other = ProjectId(866);
    assert_eq!(row_of(&tables, other, &coding(None, "03-300", "L")), Some(2));
    assert_eq!(row_of(&tables, other, &coding(Some("A"), "03-300", "L")), Some(3));
    assert_eq!(row_of(&tables, other, &coding(Some("B"), "03-300", "L")), Some(2));
    assert_eq!(row_of(&tables, PROJECT, &coding(Some("B"), "03-300", "L")), Some(4));
    assert_eq!(row_of(&tables, PROJECT, &coding(Some("A"), "03-300", "L")), Some(5));
    assert_eq!(row_of(&tables, PROJECT, &coding(Some("A"), "26-100", "L")), Some(4));
}

#[test]
fn the_answer_is_the_one_that_trying_every_rule_in_order_gives() {
    let codes = ["*", "0*", "03-*", "03-3*", "03-300", "03-300-\u{e9}*", "26-100"];
    let mut rules = Vec::new();
    for project in [None, Some(PROJECT)] {
        for sub_job in [None, Some("A")] {
            for code in codes {
                for cost_type in [None, Some("L"), Some("S")] {
                    // Every third combination is left out, so that look-ups fall through.
                    let row = rules.len() + 2;
                    rules.push(AccountRule {
                        project,
                        sub_job: sub_job.map(str::to_owned),
                        cost_type: cost_type.map(str::to_owned),
                        ..rule(row, code, "5010")
                    });
                }
            }
        }
    }
    let rules: Vec<AccountRule> =
        rules.into_iter().filter(|rule| rule.row % 3 != 0 && rule.row % 7 != 0).collect();
    let tables = tables(rules);
    let mut answered = 0;
    for project in [PROJECT, ProjectId(866)] {
        for sub_job in [None, Some("A"), Some("B")] {
            for code in ["", "0", "03-300", "03-300-\u{e9}1", "03-31", "26-100", "\u{e9}"] {
                for cost_type in ["L", "S", "X"] {
                    let asked = coding(sub_job, code, cost_type);
                    let day = day("2026-03-01");
                    let slow = tables.rules().iter().find(|r| r.matches(project, &asked, day));
                    let fast = row_of(&tables, project, &asked);
                    assert_eq!(fast, slow.map(|rule| rule.row), "{project} {asked:?}");
                    answered += usize::from(fast.is_some());
                }
            }
        }
    }
    assert!(answered > 50, "{answered}");
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
        let account = catalog.accounts.get_mut("5010").unwrap();
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

/// The costs of a world, as the last cycle left them.
fn costs(world: &World) -> Vec<MappedCost> {
    let keys = [SC, key(Kind::Subcontract, 2)];
    let stored = keys.map(|key| world.stored(key));
    stored.iter().flat_map(|stored| MappedCost::of(stored, &world.policy, "USD")).collect()
}

#[test]
fn the_blast_radius_moves_waiting_money_and_leaves_posted_money_where_it_stands() {
    let world = World::of([
        subcontract(1, &[(11, "03-300", "700")]),
        subcontract(2, &[(21, "03-400", "40"), (22, "99-000", "2")]),
    ]);
    world.sync();
    let before = tables(world.rules.clone());
    let mut edited = world.rules.clone();
    edited[0].gl_account = "5090".to_owned();
    let after = tables(edited);

    let radius = blast_radius(&before, &after, &costs(&world), false);
    assert!(radius.posted_records().is_empty());
    assert_eq!(Vec::from_iter(radius.kept_records()), [SC]);
    assert_eq!(Vec::from_iter(radius.waiting_records()), [key(Kind::Subcontract, 2)]);
    let shift = |account: &str| {
        let shift = &radius.accounts[&(account.to_owned(), "USD".to_owned())];
        (shift.posted, shift.waiting)
    };
    assert_eq!(shift("5010"), (d("0"), d("-40")));
    assert_eq!(shift("5090"), (d("0"), d("40")));

    let moving = blast_radius(&before, &after, &costs(&world), true);
    assert_eq!(Vec::from_iter(moving.posted_records()), [SC]);
    let shift = &moving.accounts[&("5090".to_owned(), "USD".to_owned())];
    assert_eq!((shift.posted, shift.waiting), (d("700"), d("40")));
    assert!(blast_radius(&before, &before, &costs(&world), true).costs.is_empty());
}

#[test]
fn the_blast_radius_is_what_the_next_cycle_posts() {
    let mut world = World::of([subcontract(1, &[(11, "03-300", "700"), (12, "26-100", "30")])]);
    world.policy.remap_posted = true;
    world.sync();
    let mut edited = world.rules.clone();
    edited[0].gl_account = "5090".to_owned();
    let stored = world.stored(SC);
    let costs = MappedCost::of(&stored, &world.policy, "USD");
    let radius = blast_radius(&tables(world.rules.clone()), &tables(edited.clone()), &costs, true);
    world.rules = edited;
    world.replay(Some(&[SC]));
    for ((account, _), shift) in &radius.accounts {
        let held = world.held(SC);
        let moved: rust_decimal::Decimal = held[1..]
            .iter()
            .flat_map(|document| &document.lines)
            .filter(|line| line.coding().is_some_and(|coding| coding.account == *account))
            .map(|line| line.amount)
            .sum();
        assert_eq!(moved, shift.posted, "{account}");
    }
    assert_eq!(radius.accounts.len(), 2);
}

#[test]
fn a_changed_vendor_row_moves_posted_documents_whatever_remap_posted_says() {
    let world = World::of([subcontract(1, &[(11, "03-300", "700")])]);
    world.sync();
    let before = tables(world.rules.clone());
    let row = |row| ProjectRow { row, ..ProjectRow::default() };
    let vendor = VendorRow { row: 2, card_code: "V200".to_owned(), wt_liable: None };
    let after = MappingTables::new(world.rules.clone(), vec![(PROJECT, row(2))], vec![(1, vendor)])
        .unwrap();
    let costs = MappedCost::of(&world.stored(SC), &world.policy, "USD");
    let radius = blast_radius(&before, &after, &costs, false);
    assert_eq!(Vec::from_iter(radius.posted_records()), [SC]);
    assert!(radius.accounts.is_empty(), "the cost accounts stay");
    let cards = radius.costs[0].card_codes.clone();
    assert_eq!(cards, Some((Some("V100".to_owned()), Some("V200".to_owned()))));
}
