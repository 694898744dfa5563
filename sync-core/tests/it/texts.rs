//! What a person reads on a document in SAP.

use sync_core::model::{JournalTarget, Posting};

use crate::{
    records::{SC, add_up, change_order, co, d, dc, direct_cost, direct_cost_of, lines_of, req},
    records::{requisition, requisition_of, subcontract},
    world::World,
};

fn world() -> World {
    let world = World::of([
        subcontract(1, &[(11, "03-300", "1,000")]),
        change_order(5, 1, &[(51, "26-100", "200")]),
        requisition(71, 1, &[(11, "400", "400", "40", "0")], "360"),
        direct_cost(9, "invoice", &[(91, "03-300", "30")]),
    ]);
    world.sync();
    world
}

fn text(world: &World, key: sync_core::model::SourceKey, number: usize) -> (String, String) {
    let posting = world.postings(key).remove(number);
    (posting.header().reference.clone(), posting.header().memo.clone())
}

fn pair(reference: &str, memo: &str) -> (String, String) {
    (reference.to_owned(), memo.to_owned())
}

#[test]
fn the_reference_is_the_vendors_own_number_or_project_and_contract() {
    let world = world();
    assert_eq!(text(&world, SC, 0), pair("P865/SC-001", "Procore subcontract SC-001"));
    assert_eq!(text(&world, co(5), 0), pair("P865/SC-001-CO5", "Procore change_order CO5"));
    assert_eq!(text(&world, req(71), 0), pair("PA-1", "Procore requisition SC-001-1"));
    assert_eq!(text(&world, dc(9), 0), pair("INV-9", "Procore direct_cost INV-9"));
}

#[test]
fn from_the_second_sequence_the_reference_ends_in_its_number() {
    let world = world();
    for amount in ["1,100", "1,050"] {
        world.edit(SC, |record| {
            lines_of(record)[0].amount = d(amount);
            add_up(record);
        });
        world.sync();
    }
    assert_eq!(text(&world, SC, 1).0, "P865/SC-001 /2");
    assert_eq!(text(&world, SC, 2).0, "P865/SC-001 /3");
    let keys: Vec<String> = world.held(SC).iter().map(|held| held.key.to_string()).collect();
    assert_eq!(keys, (1..=3).map(|n| format!("8089:865:subcontract:1#{n}")).collect::<Vec<_>>());
}

#[test]
fn without_a_vendors_number_the_records_own_number_stands() {
    let mut cost = direct_cost(9, "invoice", &[(91, "03-300", "30")]);
    cost.number = "9".to_owned();
    direct_cost_of(&mut cost).invoice_number = None;
    let mut billing = requisition(71, 1, &[(11, "400", "400", "40", "0")], "360");
    requisition_of(&mut billing).invoice_number = None;
    let world = World::of([subcontract(1, &[(11, "03-300", "1,000")]), billing, cost]);
    world.sync();
    assert_eq!(text(&world, dc(9), 0), pair("9", "Procore direct_cost 9"));
    assert_eq!(text(&world, req(71), 0).0, "SC-001-1");
}

#[test]
fn a_line_begins_with_its_cost_code_and_carries_its_source_line() {
    let world = world();
    let Posting::PurchaseInvoice(document) = &world.postings(SC)[0] else { panic!("no invoice") };
    assert_eq!(document.lines[0].description, "03-300.S line 11");
    assert_eq!(document.lines[0].mark.to_string(), "11");
    assert_eq!(document.comments, "8089:865:subcontract:1 Title of SC-001");
}

#[test]
fn every_line_carries_project_and_its_rules_dimensions() {
    let world = world();
    for document in world.ledger.documents() {
        assert_eq!(document.posting.header().project.as_deref(), Some("P865"));
        for line in &document.held.lines {
            match &line.target {
                JournalTarget::Account(coding) => {
                    assert_eq!(coding.project.as_deref(), Some("P865"));
                    let cost = coding.account.starts_with('5');
                    assert_eq!(coding.dimensions[0].as_deref(), cost.then_some("CHI"));
                }
                JournalTarget::Partner { project, .. } => {
                    assert_eq!(project.as_deref(), Some("P865"));
                }
            }
        }
    }
}

#[test]
fn what_ap_must_not_pay_is_blocked_and_what_it_pays_is_not() {
    let world = world();
    let Posting::PurchaseInvoice(document) = &world.postings(SC)[0] else { panic!("no invoice") };
    assert!(document.payment_block);
    assert_eq!(document.control_account.as_deref(), Some("2160"));
    let Posting::JournalEntry(entry) = &world.postings(req(71))[0] else { panic!("no entry") };
    let blocked: Vec<(String, bool)> =
        entry.lines.iter().map(|l| (l.mark.to_string(), l.payment_block)).collect();
    assert!(blocked.contains(&("unbilled".to_owned(), true)), "{blocked:?}");
    assert!(blocked.contains(&("payable".to_owned(), false)), "{blocked:?}");
}

#[test]
fn a_retainage_line_on_a_plain_account_names_the_vendor() {
    let world = world();
    let Posting::JournalEntry(entry) = &world.postings(req(71))[0] else { panic!("no entry") };
    let held = entry.lines.iter().find(|line| line.mark.to_string() == "held").unwrap();
    assert!(held.description.contains("V100"), "{}", held.description);
}

#[test]
fn the_revision_is_the_fingerprints_first_sixteen_digits() {
    let world = world();
    let stored = world.stored(SC);
    assert_eq!(world.held(SC)[0].revision, stored.fingerprint[..16]);
}
