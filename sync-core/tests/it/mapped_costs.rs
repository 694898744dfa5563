//! Which costs the mapping tables are asked for, what they are worth, and where the lint draws its lines.

use sync_core::{
    mapping::{AccountRule, LintKind, MappedCost, MappingTables, Target, blast_radius, lint},
    policy::Basis,
    states::RecordState,
};

use crate::{
    records::{
        SC, add_up, change_order, co, d, day, line, lines_of, req, requisition, subcontract,
    },
    world::{World, catalog, rule},
};

/// Line, amount and whether it has a coding, of everything that the tables are asked for of one record.
fn lines(world: &World, key: sync_core::model::SourceKey) -> Vec<(i64, String, bool)> {
    let costs = MappedCost::of(&world.stored(key), &world.policy, "USD");
    costs.iter().map(|c| (c.line, c.amount.to_string(), c.coding.is_some())).collect()
}

#[test]
fn a_record_outside_its_status_deleted_or_on_the_opening_list_asks_the_tables_for_nothing() {
    let world = World::of([subcontract(1, &[(11, "03-300", "700")])]);
    world.edit(SC, |record| record.status = "Draft".to_owned());
    world.sync();
    assert_eq!(lines(&world, SC), []);
    world.edit(SC, |record| record.status = "Approved".to_owned());
    world.sync();
    assert_eq!(lines(&world, SC), [(11, "700".to_owned(), true)]);

    let mut world = World::new();
    world.policy.start_date = day("2026-02-11");
    world.put([subcontract(1, &[(11, "03-300", "700")])]);
    world.sync();
    assert_eq!(world.state(SC), RecordState::Opening);
    assert_eq!(lines(&world, SC), []);
}

#[test]
fn a_markup_line_without_a_code_follows_the_others_and_a_commitments_line_without_one_is_unmapped()
{
    let mut change = change_order(5, 1, &[(51, "03-300", "100")]);
    lines_of(&mut change).push(line(52, "", "10"));
    add_up(&mut change);
    let mut contract = subcontract(1, &[(11, "03-300", "700")]);
    lines_of(&mut contract).push(line(12, "", "30"));
    lines_of(&mut contract).push(line(13, "03-310", "0"));
    add_up(&mut contract);
    let world = World::of([contract, change]);
    world.sync();
    assert_eq!(lines(&world, co(5)), [(51, "100".to_owned(), true)]);
    let of_contract = [(11, "700".to_owned(), true), (12, "30".to_owned(), false)];
    assert_eq!(lines(&world, SC), of_contract, "a zero line asks for nothing");
}

#[test]
fn each_basis_asks_for_what_it_brings_into_the_ledger() {
    for basis in Basis::ALL {
        let world = World::on(basis);
        world.put([
            subcontract(1, &[(11, "03-300", "700")]),
            requisition(71, 1, &[(11, "400", "400", "0", "0")], "400"),
        ]);
        world.sync();
        let of_contract = usize::from(basis != Basis::Progress);
        assert_eq!(lines(&world, SC).len(), of_contract, "{basis:?}");
    }
}

#[test]
fn a_cell_is_empty_a_dash_or_a_value() {
    assert_eq!(Target::read("  "), Target::Default);
    assert_eq!(Target::read(" - "), Target::None);
    assert_eq!(Target::read(" T8 "), Target::Value("T8".to_owned()));
}

/// What the lint says of the rule in row 4, which maps nothing yet.
fn of_row_4(rule: AccountRule) -> Vec<LintKind> {
    let mut world = World::of([subcontract(1, &[(11, "03-300", "700")])]);
    world.policy.start_date = day("2026-01-01");
    world.rules.push(rule);
    world.sync();
    let costs = MappedCost::of(&world.stored(SC), &world.policy, "USD");
    let (start, today) = (world.policy.start_date, day("2026-03-31"));
    let found = world.with_parts(|tables, _| lint(tables, &catalog(), &costs, start, today));
    found.findings.iter().filter(|found| found.row == 4).map(|found| found.kind).collect()
}

#[test]
fn a_rule_that_ends_on_the_cut_over_can_still_answer_and_one_that_ends_before_it_cannot() {
    let until = |last: &str| AccountRule { valid_to: Some(day(last)), ..rule(4, "44-*", "5090") };
    assert_eq!(of_row_4(until("2026-01-01")), [LintKind::Unused]);
    assert_eq!(of_row_4(until("2025-12-31")), [LintKind::NeverMatches]);
}

#[test]
fn without_costs_no_rule_is_called_unused() {
    let world = World::new();
    let (start, today) = (world.policy.start_date, day("2026-03-31"));
    let found = world.with_parts(|tables, _| lint(tables, &catalog(), &[], start, today));
    assert!(found.findings.iter().all(|found| found.kind != LintKind::Unused), "{found:?}");
}

#[test]
fn a_project_row_is_held_against_saps_projects_and_centers() {
    let mut world = World::new();
    world.project_row.sap_project = Some("P999".to_owned());
    world.project_row.dimensions[0] = Some("EAST".to_owned());
    world.project_row.tax_code = Some("ZZ".to_owned());
    let (start, today) = (world.policy.start_date, day("2026-03-31"));
    let said = |world: &World| {
        let found = world.with_parts(|tables, _| lint(tables, &catalog(), &[], start, today));
        let of_projects = found.findings.into_iter().filter(|found| found.table == "projects");
        of_projects.map(|found| found.detail).collect::<Vec<_>>().join("; ")
    };
    let found = said(&world);
    assert!(found.contains("sap_project: SAP has no project P999"), "{found}");
    assert!(found.contains("profit center EAST (Center EAST) belongs to dimension 2"), "{found}");
    assert!(found.contains("SAP has no tax code ZZ"), "{found}");

    world.project_row = World::new().project_row;
    assert_eq!(said(&world), "");
    let inactive = {
        let mut catalog = catalog();
        for project in catalog.projects.values_mut() {
            project.active = false;
        }
        world.with_parts(|tables, _| lint(tables, &catalog, &[], start, today))
    };
    assert!(inactive.findings.iter().any(|f| f.kind == LintKind::Inactive), "{inactive:?}");
}

#[test]
fn an_amount_that_was_billed_of_a_carried_over_commitment_is_what_the_tables_are_asked_for() {
    let mut world = World::new();
    world.policy.start_date = day("2026-03-01");
    world.put([
        subcontract(1, &[(11, "03-300", "700")]),
        requisition(71, 1, &[(11, "400", "400", "0", "0")], "400"),
    ]);
    world.sync();
    assert_eq!(world.state(SC), RecordState::Opening);
    let families = [SC, req(71)].map(|key| world.stored(key));
    let family = sync_core::plan::Family::new(
        families
            .into_iter()
            .map(|stored| sync_core::plan::Member {
                held: stored.documents.clone(),
                stored,
                blocked: false,
                set_aside: 0,
            })
            .collect(),
    );
    let costs = MappedCost::of_family(&family, &world.policy, "USD");
    let asked: Vec<_> = costs.iter().map(|cost| (cost.key, cost.line, cost.amount)).collect();
    assert_eq!(asked, [(req(71), 11, d("400"))]);
}

#[test]
fn each_fault_of_a_table_has_its_name_and_stops_records_or_not() {
    let kinds = [
        (LintKind::NotInSap, "not_in_sap", true),
        (LintKind::Inactive, "inactive", true),
        (LintKind::TooLong, "too_long", true),
        (LintKind::Shadowed, "shadowed", false),
        (LintKind::NeverMatches, "never_matches", false),
        (LintKind::Unused, "unused", false),
    ];
    for (kind, name, stops) in kinds {
        assert_eq!((kind.name(), kind.stops_records()), (name, stops));
    }
}

/// The tables of a world, to be compared.
fn tables(world: &World) -> MappingTables {
    world.with_parts(|tables, _| tables.clone())
}

#[test]
fn another_tax_code_moves_no_encumbrance_which_carries_none() {
    for (basis, moves) in [(Basis::Encumbrance, false), (Basis::Commitment, true)] {
        let mut world = World::on(basis);
        world.put([subcontract(1, &[(11, "99-000", "700")])]);
        world.sync();
        let before = tables(&world);
        world.project_row.tax_code = Some("T5".to_owned());
        world.rules.push(rule(4, "99-*", "5090"));
        let mapped = tables(&world);
        world.rules[2].tax_code = Target::Value("T8".to_owned());
        let taxed = tables(&world);
        let costs = MappedCost::of(&world.stored(SC), &world.policy, "USD");
        assert_eq!(blast_radius(&before, &mapped, &costs, false).costs.len(), 1, "{basis:?}");
        let moved = blast_radius(&mapped, &taxed, &costs, false).costs;
        assert_eq!(moved.len(), usize::from(moves), "{basis:?}");
    }
}

#[test]
fn another_card_code_moves_what_waits_and_what_stands_on_a_vendor() {
    let moved = |basis: Basis, code: &str| {
        let mut world = World::on(basis);
        world.put([subcontract(1, &[(11, code, "700")])]);
        world.sync();
        let before = tables(&world);
        world.vendors[0].1 = "V200";
        let costs = MappedCost::of(&world.stored(SC), &world.policy, "USD");
        let radius = blast_radius(&before, &tables(&world), &costs, false);
        radius.costs[0].vendor_moves
    };
    assert!(moved(Basis::Commitment, "99-000"), "it waits, and is posted for the new partner");
    assert!(moved(Basis::Commitment, "03-300"), "its invoice is reversed on the old one");
    assert!(!moved(Basis::CommitmentJournal, "03-300"), "its entry has no vendor line");
    assert!(moved(Basis::CommitmentJournal, "99-000"));
}
