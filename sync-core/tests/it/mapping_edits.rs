//! The blast radius: what an edit of the mapping tables would change, posted and waiting, in money.

use sync_core::{
    mapping::{AccountRule, MappedCost, MappingTables, ProjectRow, VendorRow, blast_radius},
    model::Kind,
    policy::Basis,
    ports::Silent,
};

use crate::{
    mapping::tables,
    records::{PROJECT, SC, d, key, req, requisition, subcontract},
    world::World,
};

/// The world's own rows with other rules.
fn tables_of(world: &World, rules: Vec<AccountRule>) -> MappingTables {
    let vendor = VendorRow { row: 2, card_code: "V100".to_owned(), wt_liable: None };
    let projects = vec![(PROJECT, world.project_row.clone())];
    MappingTables::new(rules, projects, vec![(1, vendor)]).unwrap()
}

/// The costs of a world, as the last cycle left them.
fn costs(world: &World) -> Vec<MappedCost> {
    let keys = [SC, key(Kind::Subcontract, 2)];
    let stored = keys.map(|key| world.stored(key));
    stored.iter().flat_map(|stored| MappedCost::of(stored, &world.policy, "USD")).collect()
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
