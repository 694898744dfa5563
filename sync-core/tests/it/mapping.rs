//! The mapping tables: which rule answers, what is wrong with them, what an edit would change.

use chrono::NaiveDate;
use proptest::{collection::vec, prelude::*};
use sync_core::{
    mapping::{
        AccountRule, LintKind, MappedCost, MappingTables, ProjectRow, Target, VendorRow,
        blast_radius,
    },
    model::{CostCoding, Kind, ProjectId},
    policy::Basis,
    ports::Silent,
};

use crate::{
    records::{PROJECT, SC, d, day, key, req, requisition, subcontract, vendor},
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

/// Any rule over a small world of projects, sub jobs, codes, types and months, so that rules meet.
fn any_rule() -> impl Strategy<Value = AccountRule> {
    let codes = ["*", "0*", "03-*", "03-3*", "03-300", "03-310", "26-*", "26-100"];
    let month = |month: u32| NaiveDate::from_ymd_opt(2026, month, 1).unwrap();
    (
        prop_oneof![Just(None), Just(Some(PROJECT)), Just(Some(ProjectId(866)))],
        prop_oneof![Just(None), Just(Some("A")), Just(Some("B"))],
        0..codes.len(),
        prop_oneof![Just(None), Just(Some("L")), Just(Some("S"))],
        proptest::option::of(1_u32..7),
        proptest::option::of(6_u32..12),
    )
        .prop_map(move |(project, sub_job, code, cost_type, from, to)| AccountRule {
            project,
            sub_job: sub_job.map(str::to_owned),
            cost_type: cost_type.map(str::to_owned),
            valid_from: from.map(month),
            valid_to: to.map(month),
            ..rule(2, codes[code], "5010")
        })
}

/// Rules that do not contradict each other, with rows and accounts of their own.
fn any_rules() -> impl Strategy<Value = Vec<AccountRule>> {
    vec(any_rule(), 0..40).prop_map(|rules| {
        let mut kept: Vec<AccountRule> = Vec::new();
        for rule in rules {
            let same = |other: &AccountRule| {
                other.project == rule.project
                    && other.sub_job == rule.sub_job
                    && other.cost_code == rule.cost_code
                    && other.cost_type == rule.cost_type
            };
            if !kept.iter().any(same) {
                let row = kept.len() + 2;
                kept.push(AccountRule { row, gl_account: format!("5{row:03}"), ..rule });
            }
        }
        kept
    })
}

fn any_question() -> impl Strategy<Value = (ProjectId, CostCoding, NaiveDate)> {
    let codes = ["", "0", "03-300", "03-310", "03-399", "26-100", "26-1", "31-000"];
    (
        prop_oneof![Just(PROJECT), Just(ProjectId(866))],
        prop_oneof![Just(None), Just(Some("A")), Just(Some("C"))],
        0..codes.len(),
        prop_oneof![Just("L"), Just("S"), Just("X")],
        1_u32..13,
    )
        .prop_map(move |(project, sub_job, code, cost_type, month)| {
            let day = NaiveDate::from_ymd_opt(2026, month, 15).unwrap();
            (project, coding(sub_job, codes[code], cost_type), day)
        })
}

proptest! {
    #[test]
    fn the_order_of_rules_never_matters_and_the_index_answers_as_a_scan_of_every_rule(
        rules in any_rules(),
        shuffled in any::<prop::sample::Index>(),
        questions in vec(any_question(), 1..40),
    ) {
        let mut turned = rules.clone();
        turned.reverse();
        let by = shuffled.index(turned.len().max(1)).min(turned.len());
        turned.rotate_left(by);
        let (tables, turned) = (tables(rules.clone()), tables(turned));
        for (project, asked, day) in &questions {
            let answer = tables.locate(*project, asked, *day).ok();
            let row = answer.map(|located| located.rule.row);
            let other = turned.locate(*project, asked, *day).ok().map(|located| located.rule.row);
            prop_assert_eq!(row, other);
            // By hand: of all rules that match, the one that is more specific than every other.
            let matching: Vec<&AccountRule> =
                rules.iter().filter(|rule| rule.matches(*project, asked, *day)).collect();
            let best = matching.iter().copied().max_by_key(|rule| {
                let code = match rule.cost_code.strip_suffix('*') {
                    Some(prefix) => (0, prefix.len()),
                    None => (1, 0),
                };
                (rule.project.is_some(), rule.sub_job.is_some(), code, rule.cost_type.is_some())
            });
            prop_assert_eq!(row, best.map(|rule| rule.row), "{:?} {:?}", asked, day);
        }
    }

    #[test]
    fn equally_specific_rules_of_one_day_are_refused_whatever_their_order(
        rule in any_rule(),
        from in 1_u32..12,
        swap in any::<bool>(),
    ) {
        let month = |month: u32| NaiveDate::from_ymd_opt(2026, month, 1).unwrap();
        let first = AccountRule { valid_from: None, valid_to: Some(month(6)), ..rule.clone() };
        let second =
            AccountRule { row: 3, valid_from: Some(month(from)), valid_to: None, ..rule };
        let rules = if swap { vec![second, first] } else { vec![first, second] };
        let tables = MappingTables::new(rules, vec![], vec![]);
        // The first holds to the first of June, the second from the first of its month on.
        prop_assert_eq!(tables.is_err(), from <= 6);
        if let Err(faults) = tables {
            prop_assert!(faults[0].detail.contains("rows 2 and 3"), "{}", faults[0].detail);
        }
    }
}

#[test]
fn ten_thousand_rules_answer_as_a_scan_would_and_a_look_up_allocates_nothing() {
    let mut rules = vec![rule(2, "*", "5090")];
    for number in 0_i64..10_000 {
        let row = rules.len() + 2;
        let code = format!("{:02}-{:03}", number % 50, number % 997);
        let project = (number % 3 != 0).then_some(ProjectId(865 + number % 40));
        let own = AccountRule { project, ..rule(row, &code, "5010") };
        let same = |other: &&AccountRule| other.project == project && other.cost_code == code;
        if !rules.iter().rev().take(4_000).any(|other| same(&other)) {
            rules.push(own);
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    rules.retain(|rule| seen.insert((rule.project, rule.cost_code.clone())));
    let tables = tables(rules);
    for number in 0..200 {
        let asked = coding(None, &format!("{:02}-{:03}", number % 50, number * 7 % 997), "L");
        for project in [PROJECT, ProjectId(866)] {
            let on = day("2026-03-01");
            let slow = tables.rules().iter().find(|rule| rule.matches(project, &asked, on));
            let mut fast = None;
            let allocations = allocation_counter::measure(|| {
                let located = tables.locate(project, &asked, on).ok();
                fast = located.map(|located| (located.rule.row, located.dimension(1)));
            });
            assert_eq!(allocations.count_total, 0, "a look-up allocates nothing");
            assert_eq!(fast.map(|(row, _)| row), slow.map(|rule| rule.row));
        }
    }
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
fn an_edit_weighs_what_requisitions_billed_and_leaves_the_encumbrance_account_alone() {
    for (basis, posted, kept) in
        [(Basis::Progress, vec![], vec![req(71)]), (Basis::Encumbrance, vec![], vec![req(71)])]
    {
        let world = World::on(basis);
        world.put([
            subcontract(1, &[(11, "03-300", "1,000")]),
            requisition(71, 1, &[(11, "400", "400", "40", "0")], "360"),
        ]);
        world.sync();
        world.put([requisition(72, 2, &[(11, "500", "100", "50", "0")], "90")]);
        let mut edited = world.rules.clone();
        edited[0].gl_account = "5090".to_owned();
        let edited = tables_of(&world, edited);
        let radius =
            world.with_engine(&Silent, async |engine| engine.blast_radius(&edited).await).unwrap();
        assert_eq!(Vec::from_iter(radius.posted_records()), posted, "{basis:?}");
        assert_eq!(Vec::from_iter(radius.kept_records()), kept, "{basis:?}");
        assert_eq!(Vec::from_iter(radius.waiting_records()), [req(72)], "{basis:?}");
        let accounts: Vec<_> = radius
            .accounts
            .iter()
            .map(|((account, _), shift)| (account.as_str(), shift.posted, shift.waiting))
            .collect();
        assert_eq!(accounts, [("5010", d("0"), d("-100")), ("5090", d("0"), d("100"))]);
    }
}

/// The world's own rows with other rules.
fn tables_of(world: &World, rules: Vec<AccountRule>) -> MappingTables {
    let vendor = VendorRow { row: 2, card_code: "V100".to_owned(), wt_liable: None };
    let projects = vec![(PROJECT, world.project_row.clone())];
    MappingTables::new(rules, projects, vec![(1, vendor)]).unwrap()
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
    assert!(moving.kept_records().is_empty());
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
