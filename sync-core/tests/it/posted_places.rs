//! What was posted stays where it was posted: lines that were summed, and after accounts, SAP projects
//! and rules were changed; `remap_posted` moves it.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use sync_core::{
    catalog::{SapProject, Validity},
    memory::PostFault,
    model::{JournalTarget, Posting, SourceKey},
    policy::{Basis, Offset, TaxInJournal},
};

use crate::{
    records::{SC, add_up, change_order, co, d, dc, direct_cost, direct_cost_of, line, lines_of},
    records::{req, requisition, requisition_of, subcontract, with_tax},
    world::{World, account},
};

fn set(world: &World, key: SourceKey, id: i64, amount: &str) {
    world.edit(key, |record| {
        lines_of(record).iter_mut().find(|line| line.id == id).unwrap().amount = d(amount);
        add_up(record);
    });
    world.sync();
}

fn summed() -> World {
    let mut world = World::of([subcontract(
        1,
        &[(11, "03-300", "100"), (12, "03-310", "200"), (13, "26-100", "50")],
    )]);
    world.policy.lines_max = 2;
    world.sync();
    assert_eq!(world.held(SC)[0].lines.len(), 2, "two places");
    world
}

#[test]
fn summed_lines_stay_where_they_were_posted_after_a_mapping_change() {
    let mut world = summed();
    world.rules[0].gl_account = "5090".to_owned();
    set(&world, SC, 11, "130");
    assert_eq!(world.books(), "2160 -380.00, 5010 330.00, 5020 50.00");
    set(&world, SC, 12, "150");
    assert_eq!(world.books(), "2160 -330.00, 5010 280.00, 5020 50.00");
    assert!(world.sweep().documents.is_empty());
}

#[test]
fn remap_posted_moves_summed_lines() {
    let mut world = summed();
    world.rules[0].gl_account = "5090".to_owned();
    world.policy.remap_posted = true;
    world.sweep();
    assert_eq!(world.books(), "2160 -350.00, 5020 50.00, 5090 300.00");
    set(&world, SC, 11, "130");
    assert_eq!(world.books(), "2160 -380.00, 5020 50.00, 5090 330.00");
}

#[test]
fn a_recoded_line_leaves_the_sum_in_which_it_stood() {
    let mut world = summed();
    world.rules[0].gl_account = "5090".to_owned();
    world.edit(SC, |record| {
        lines_of(record)[0].coding.as_mut().unwrap().cost_code = "26-200".to_owned();
    });
    world.sync();
    assert_eq!(world.books(), "2160 -350.00, 5010 200.00, 5020 150.00");
}

#[test]
fn new_lines_that_were_summed_in_an_adjustment_stay_too() {
    let mut world = World::of([subcontract(1, &[(11, "03-300", "100")])]);
    world.sync();
    world.edit(SC, |record| {
        lines_of(record).extend([line(12, "03-310", "20"), line(13, "03-320", "30")]);
        add_up(record);
    });
    world.sync();
    assert_eq!(world.held(SC)[1].lines[0].mark.as_ref().unwrap().to_string(), "*2");
    world.rules[0].gl_account = "5090".to_owned();
    set(&world, SC, 12, "25");
    assert_eq!(world.books(), "2160 -155.00, 5010 155.00");
}

#[test]
fn where_summed_lines_stand_is_known_after_a_lost_answer() {
    let mut world = World::of([subcontract(
        1,
        &[(11, "03-300", "100"), (12, "03-310", "200"), (13, "26-100", "50")],
    )]);
    world.policy.lines_max = 2;
    world.ledger.fail_next_post(PostFault::LostAfter);
    world.sync();
    world.sync();
    world.rules[0].gl_account = "5090".to_owned();
    set(&world, SC, 11, "130");
    assert_eq!(world.books(), "2160 -380.00, 5010 330.00, 5020 50.00");
}

/// The marks of a record's latest journal entry.
fn marks(world: &World, key: SourceKey) -> Vec<String> {
    let Some(Posting::JournalEntry(entry)) = world.postings(key).pop() else { panic!("no entry") };
    entry.lines.iter().map(|line| line.mark.to_string()).collect()
}

/// Everything of the record is taken back, and nothing is left on any account.
fn assert_leaves_nothing(world: &World, key: SourceKey) {
    world.edit(key, |record| record.deleted = true);
    for _ in 0..3 {
        world.clock.advance(chrono::TimeDelta::hours(7));
        world.sync();
    }
    assert_eq!(world.books(), "");
    world.assert_reconciles();
}

#[test]
fn the_tax_of_a_direct_cost_of_many_lines_is_summed_as_its_cost_is_and_stays_where_it_was_posted() {
    let mut world = World::new();
    (world.policy.lines_max, world.policy.tax_in_journal) = (2, TaxInJournal::Cost);
    let lines = [(91, "03-300", "100"), (92, "03-310", "200"), (93, "26-100", "50")];
    world.put([with_tax(direct_cost(9, "invoice", &lines), "35")]);
    world.sync();
    assert_eq!(marks(&world, dc(9)), ["*2", "93", "*2/tax", "93/tax", "payable"]);
    assert_eq!(world.books(), "2110 -385.00, 5010 330.00, 5020 55.00");
    world.rules[0].gl_account = "5090".to_owned();
    world.edit(dc(9), |record| direct_cost_of(record).stated_tax = Some(d("42")));
    world.sync();
    assert_eq!(marks(&world, dc(9)), ["*2/tax", "93/tax", "payable"]);
    assert_eq!(world.books(), "2110 -392.00, 5010 336.00, 5020 56.00");
    assert!(world.sweep().documents.is_empty());
    world.assert_reconciles();
    assert_leaves_nothing(&world, dc(9));
}

#[test]
fn the_tax_of_a_requisition_of_many_items_is_summed_and_stays_where_it_was_posted() {
    for basis in Basis::ALL {
        let mut world = World::on(basis);
        (world.policy.lines_max, world.policy.tax_in_journal) = (2, TaxInJournal::Cost);
        let items = [11, 12, 13].map(|id| (id, "100", "100", "0", "0"));
        let mut billed = with_tax(requisition(71, 1, &items, "300"), "30");
        requisition_of(&mut billed).items[2].coding.as_mut().unwrap().cost_code =
            "26-100".to_owned();
        let lines = [(11, "03-300", "100"), (12, "03-310", "100"), (13, "26-100", "100")];
        world.put([subcontract(1, &lines), billed]);
        world.sync();
        let taxed = |world: &World| -> Vec<String> {
            marks(world, req(71)).into_iter().filter(|mark| mark.ends_with("/tax")).collect()
        };
        assert_eq!(taxed(&world), ["*2/tax", "13/tax"], "{basis:?}");
        assert_eq!(world.books(), "2110 -330.00, 5010 220.00, 5020 110.00", "{basis:?}");
        world.rules[0].gl_account = "5090".to_owned();
        world.edit(req(71), |record| requisition_of(record).stated_tax = Some(d("33")));
        world.sync();
        assert_eq!(taxed(&world), ["*2/tax", "13/tax"], "{basis:?}");
        assert_eq!(world.books(), "2110 -333.00, 5010 222.00, 5020 111.00", "{basis:?}");
        assert!(world.sweep().documents.is_empty(), "{basis:?}");
        world.assert_reconciles();
        // The requisition leaves its commitment as it stood.
        world.edit(req(71), |record| record.deleted = true);
        for _ in 0..3 {
            world.clock.advance(chrono::TimeDelta::hours(7));
            world.sync();
        }
        assert_eq!((world.balance("2110"), world.balance("5090")), (d("0"), d("0")), "{basis:?}");
        world.assert_reconciles();
    }
}

#[test]
fn tax_that_an_earlier_version_posted_line_by_line_stands() {
    let mut world = World::new();
    world.policy.tax_in_journal = TaxInJournal::Cost;
    let lines = [(91, "03-300", "100"), (92, "03-310", "200"), (93, "26-100", "50")];
    world.put([with_tax(direct_cost(9, "invoice", &lines), "35")]);
    world.sync();
    // As if its lines had been too many for one document.
    world.policy.lines_max = 2;
    assert!(world.sweep().documents.is_empty());
    world.edit(dc(9), |record| direct_cost_of(record).stated_tax = Some(d("42")));
    world.sync();
    assert_eq!(marks(&world, dc(9)), ["*2/tax", "93/tax", "payable"]);
    assert_eq!(world.books(), "2110 -392.00, 5010 336.00, 5020 56.00");
    assert_leaves_nothing(&world, dc(9));
}

/// The books of each SAP project: the lines of every document, A/P documents by their cost.
fn per_project(world: &World) -> BTreeMap<String, Decimal> {
    let mut projects: BTreeMap<String, Decimal> = BTreeMap::new();
    for line in world.ledger.documents().into_iter().flat_map(|document| document.held.lines) {
        let (JournalTarget::Account(sync_core::model::Coding { project, .. })
        | JournalTarget::Partner { project, .. }) = line.target;
        *projects.entry(project.unwrap_or_default()).or_default() += line.amount.abs();
    }
    projects
}

fn two_projects(basis: Basis, invoices: bool) -> World {
    let world = World::on(basis);
    let by_billing = !basis.recognises_commitments();
    let world = if invoices && by_billing { world.with_invoices() } else { world };
    world.ledger.edit_catalog(|catalog| {
        let project = SapProject {
            code: "P866".to_owned(),
            name: "Tower, second".to_owned(),
            active: true,
            validity: Validity::default(),
        };
        catalog.projects.insert("P866".to_owned(), project);
    });
    world.put([
        subcontract(1, &[(11, "03-300", "1,000")]),
        change_order(5, 1, &[(51, "03-300", "200")]),
        requisition(71, 1, &[(11, "400", "400", "40", "0")], "360"),
        direct_cost(9, "invoice", &[(91, "03-300", "300")]),
    ]);
    world.sync();
    world
}

#[test]
fn on_every_basis_another_sap_project_moves_nothing_that_is_posted() {
    for basis in Basis::ALL {
        for invoices in [false, true] {
            let mut world = two_projects(basis, invoices);
            let before = per_project(&world);
            world.project_row.sap_project = Some("P866".to_owned());
            let report = world.sweep();
            assert!(report.documents.is_empty(), "{basis:?}: {:?}", report.documents);
            assert_eq!(report.exit_code(), 0, "{basis:?}");
            assert_eq!(per_project(&world), before, "{basis:?}");
            for (key, id) in [(SC, 11), (co(5), 51), (dc(9), 91)] {
                set(&world, key, id, "500");
            }
            world.edit(req(71), |record| {
                let requisition = requisition_of(record);
                requisition.items[0].completed_and_stored = d("450");
                requisition.items[0].work_this_period = d("450");
                requisition.completed_and_stored = Some(d("450"));
                requisition.current_payment_due = Some(d("410"));
            });
            world.sync();
            let after = per_project(&world);
            assert_eq!(after.keys().collect::<Vec<_>>(), ["P865"], "{basis:?}: adjustments stay");
            world.assert_reconciles();
        }
    }
}

#[test]
fn remap_posted_moves_a_direct_cost_and_a_requisition_to_the_new_sap_project() {
    let mut world = two_projects(Basis::Progress, false);
    world.policy.remap_posted = true;
    world.project_row.sap_project = Some("P866".to_owned());
    world.sweep();
    let mut net: BTreeMap<String, Decimal> = BTreeMap::new();
    for line in world.ledger.documents().into_iter().flat_map(|document| document.held.lines) {
        let (JournalTarget::Account(sync_core::model::Coding { project, .. })
        | JournalTarget::Partner { project, .. }) = line.target;
        let key = format!("{} {}", project.unwrap_or_default(), line.mark.unwrap());
        *net.entry(key).or_default() += line.amount;
    }
    net.retain(|_, amount| !amount.is_zero());
    assert!(net.keys().all(|key| key.starts_with("P866")), "{net:?}");
    assert_eq!(net["P866 payable"], d("-660"));
    assert!(world.sweep().documents.is_empty());
}

/// The vendor's own account becomes another one.
fn another_control_account(world: &World) {
    world.ledger.edit_catalog(|catalog| {
        let mut trade = account("2111", "Trade payables, new");
        trade.control = true;
        catalog.accounts.insert(trade);
        catalog.partners.get_mut("V100").unwrap().control_account = Some("2111".to_owned());
    });
}

#[test]
fn a_payable_stays_on_the_control_account_on_which_it_was_posted() {
    let world = two_projects(Basis::Progress, false);
    another_control_account(&world);
    set(&world, dc(9), 91, "350");
    world.edit(req(71), |record| {
        let requisition = requisition_of(record);
        requisition.items[0].completed_and_stored = d("450");
        requisition.items[0].work_this_period = d("450");
        requisition.completed_and_stored = Some(d("450"));
        requisition.current_payment_due = Some(d("410"));
    });
    world.sync();
    assert_eq!(world.books(), "2110 -760.00, 2115 -40.00, 5010 800.00");
    world.put([direct_cost(10, "invoice", &[(101, "03-300", "7")])]);
    world.sync();
    assert_eq!(world.balance("2111"), d("-7"), "what is new stands on the new account");
}

#[test]
fn retainage_stays_on_the_account_on_which_it_was_posted() {
    let mut world = two_projects(Basis::Progress, false);
    world.policy.retainage_account = Some("2116".to_owned());
    world.edit(req(71), |record| {
        let requisition = requisition_of(record);
        requisition.items[0].retainage_held_to_date = d("50");
        requisition.current_payment_due = Some(d("350"));
    });
    world.sync();
    assert_eq!(world.balance("2115"), d("-50"));
    assert_eq!(world.balance("2116"), d("0"));
}

#[test]
fn an_offset_stays_but_a_type_that_was_changed_in_procore_goes_to_its_own() {
    let mut world = World::of([direct_cost(9, "expense", &[(91, "03-300", "300")])]);
    world.policy.direct_cost_offset = BTreeMap::from([
        ("expense".to_owned(), Offset::Account("2190".to_owned())),
        ("payroll".to_owned(), Offset::Account("2165".to_owned())),
    ]);
    world.sync();
    let renamed = Offset::Account("9010".to_owned());
    world.policy.direct_cost_offset.insert("expense".to_owned(), renamed);
    set(&world, dc(9), 91, "310");
    assert_eq!(world.books(), "2190 -310.00, 5010 310.00");
    let old = Offset::Account("2190".to_owned());
    world.policy.direct_cost_offset.insert("expense".to_owned(), old);
    world.edit(dc(9), |record| direct_cost_of(record).direct_cost_type = "payroll".to_owned());
    world.sync();
    assert_eq!(world.books(), "2165 -310.00, 5010 310.00");
}

/// The company names another account for what is approved and not billed.
fn another_clearing_account(world: &mut World) {
    world.ledger.edit_catalog(|catalog| {
        for code in ["2161", "2166", "9021"] {
            let mut renamed = account(code, "renamed");
            renamed.control = code == "2161";
            catalog.accounts.insert(renamed);
        }
    });
    let to = |code: &str| Some(code.to_owned());
    match world.policy.basis {
        Basis::Commitment => world.policy.unbilled_account = to("2161"),
        Basis::CommitmentJournal => world.policy.accrued_account = to("2166"),
        Basis::Encumbrance => world.policy.encumbrance_reserve = to("9021"),
        Basis::Progress => {}
    }
}

#[test]
fn what_is_billed_clears_the_account_on_which_its_commitment_stands() {
    for basis in Basis::ALL {
        let mut world = World::on(basis);
        world.put([subcontract(1, &[(11, "03-300", "1,000")])]);
        world.sync();
        another_clearing_account(&mut world);
        set(&world, SC, 11, "1,100");
        world.put([change_order(5, 1, &[(51, "03-300", "-100")])]);
        world.put([requisition(71, 1, &[(11, "1,000", "1,000", "0", "0")], "1,000")]);
        assert_eq!(world.sync().exit_code(), 0, "{basis:?}");
        assert_eq!(world.books(), "2110 -1000.00, 5010 1000.00", "{basis:?}");
        // A commitment that is new stands on the new account.
        world.put([subcontract(2, &[(21, "03-300", "50")])]);
        world.sync();
        let renamed: Decimal =
            ["2161", "2166", "9021"].map(|code| world.balance(code)).iter().sum();
        let expected = if basis == Basis::Progress { d("0") } else { d("-50") };
        assert_eq!(renamed, expected, "{basis:?}");
        assert!(world.sweep().documents.is_empty(), "{basis:?}");
        world.assert_reconciles();
    }
}
