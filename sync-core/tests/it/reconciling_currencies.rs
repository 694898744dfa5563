//! Reconciliation of a project that has records in two currencies: each currency by itself, in every
//! figure, down to the accounts of the ledger.

use sync_core::{
    exchange::ExchangeRate,
    model::{CostCoding, CostRecord},
    policy::ForeignCurrency,
    ports::BudgetRow,
    reconcile::{ProjectReconciliation, Reconciliation},
    states::Reason,
};

use crate::{
    records::{
        PROJECT, SC, add_up, change_order, d, day, direct_cost, lines_of, requisition, subcontract,
    },
    world::World,
};

fn in_euro(mut record: CostRecord) -> CostRecord {
    record.currency = Some("EUR".to_owned());
    record
}

/// Books in dollars; a euro is worth 1.10 of them, 1.20 from March on.
fn world() -> World {
    let mut world = World::with_tax();
    world.policy.foreign_currency = ForeignCurrency::Post;
    world.ledger.set_rate("EUR", day("2026-01-01"), ExchangeRate::direct(d("1.10")));
    world.ledger.set_rate("EUR", day("2026-03-01"), ExchangeRate::direct(d("1.20")));
    world
}

/// A subcontract of 1,000 euro with a change order and a requisition, and 500 dollars of other cost.
fn both_currencies(world: &World) {
    world.put([
        in_euro(subcontract(1, &[(11, "03-300", "1,000")])),
        in_euro(change_order(5, 1, &[(51, "03-300", "200")])),
        in_euro(requisition(71, 1, &[(11, "400", "400", "40", "0")], "360")),
        subcontract(2, &[(21, "03-300", "300")]),
        direct_cost(9, "invoice", &[(91, "26-100", "200")]),
    ]);
}

/// `"EUR: procore 1200.00, in SAP 1200.00, difference 0.00"`, one line per currency.
fn in_short(report: &Reconciliation) -> Vec<String> {
    assert_eq!(report.failure, None);
    let of = |row: &ProjectReconciliation| {
        let (procore, in_sap) = (row.procore_total(), row.in_sap);
        let off = row.difference();
        format!("{}: procore {procore:.2}, in SAP {in_sap:.2}, difference {off:.2}", row.currency)
    };
    report.projects.iter().map(of).collect()
}

fn of<'a>(report: &'a Reconciliation, currency: &str) -> &'a ProjectReconciliation {
    let found = report.projects.iter().find(|project| project.currency == currency);
    found.unwrap_or_else(|| panic!("{currency} in {:?}", in_short(report)))
}

#[test]
fn a_project_reconciles_once_per_currency_and_its_own_stands_first() {
    let world = world();
    both_currencies(&world);
    world.sync();
    let report = world.reconcile();
    assert_eq!(
        in_short(&report),
        [
            "USD: procore 500.00, in SAP 500.00, difference 0.00",
            "EUR: procore 1200.00, in SAP 1200.00, difference 0.00",
        ]
    );
    assert_eq!(report.exit_code(), 0);
    let euro = of(&report, "EUR");
    assert_eq!((euro.billed, euro.retainage_in_sap), (d("400"), d("40")));
    assert_eq!((euro.documents, of(&report, "USD").documents), (3, 2));
    // With 8 % tax: 1,296 less the billed 432.
    assert_eq!(euro.unbilled_in_sap, d("864"));
    let months = |project: &ProjectReconciliation| {
        project
            .periods
            .iter()
            .map(|period| (period.name.clone(), period.in_sap))
            .collect::<Vec<_>>()
    };
    let euros: rust_decimal::Decimal = months(euro).iter().map(|(_, amount)| amount).sum();
    assert_eq!(euros, d("1,200"), "the periods of a currency add up to it");
}

#[test]
fn totals_are_kept_apart_by_currency() {
    let world = world();
    both_currencies(&world);
    world.sync();
    let totals = world.reconcile().totals();
    let short: Vec<_> =
        totals.iter().map(|total| (total.currency.as_str(), total.in_sap)).collect();
    assert_eq!(short, [("EUR", d("1200")), ("USD", d("500"))]);
}

#[test]
fn a_difference_in_one_currency_is_never_made_up_for_by_another() {
    let world = world();
    both_currencies(&world);
    world.sync();
    let entry = |currency: &str| {
        let documents = world.ledger.documents();
        let invoice = |held: &sync_core::model::HeldDocument| {
            held.currency == currency && !held.net_cost().is_zero()
        };
        documents.iter().find(|d| invoice(&d.held)).map(|d| d.held.doc_entry).unwrap()
    };
    // A hundred too much in euro, a hundred too little in dollars.
    world.ledger.edit(entry("EUR"), |document| document.lines[0].amount += d("100"));
    world.ledger.edit(entry("USD"), |document| document.lines[0].amount -= d("100"));
    let report = world.reconcile();
    assert_eq!(report.differences(), [("EUR".to_owned(), d("100")), ("USD".to_owned(), d("100"))]);
    assert_eq!(report.exit_code(), 1);
}

#[test]
fn what_waits_in_euro_explains_nothing_in_dollars() {
    let mut world = world();
    world.policy.foreign_currency = ForeignCurrency::Hold;
    both_currencies(&world);
    world.sync();
    let report = world.reconcile();
    let (dollars, euro) = (of(&report, "USD"), of(&report, "EUR"));
    assert_eq!((dollars.terms.held, euro.terms.held), (d("0"), d("1,200")));
    assert_eq!(dollars.difference(), d("0"));
    assert_eq!(euro.difference(), d("0"));
    assert_eq!(report.exit_code(), 2);
}

#[test]
fn a_record_whose_currency_changed_waits_in_both_and_is_counted_once() {
    let mut world = world();
    world.put([subcontract(1, &[(11, "03-300", "1,000")])]);
    world.sync();
    world.edit(SC, |record| record.currency = Some("EUR".to_owned()));
    world.policy.foreign_currency = ForeignCurrency::Hold;
    world.sync();
    world.assert_cause(SC, Reason::ForeignCurrencyNotEnabled);
    let report = world.reconcile();
    assert_eq!(
        in_short(&report),
        [
            "USD: procore 0.00, in SAP 1000.00, difference 0.00",
            "EUR: procore 1000.00, in SAP 0.00, difference 0.00",
        ]
    );
    let (dollars, euro) = (of(&report, "USD"), of(&report, "EUR"));
    assert_eq!((dollars.terms.held, euro.terms.held), (d("-1,000"), d("1,000")));
    assert_eq!(report.waiting_for_a_person(), 1);

    world.policy.foreign_currency = ForeignCurrency::Post;
    world.sync();
    assert_eq!(
        in_short(&world.reconcile()),
        [
            "USD: procore 0.00, in SAP 0.00, difference 0.00",
            "EUR: procore 1000.00, in SAP 1000.00, difference 0.00",
        ]
    );
}

#[test]
fn every_account_ties_in_the_currency_of_its_postings_and_in_that_of_the_books() {
    let world = world();
    both_currencies(&world);
    world.sync();
    let report = world.reconcile();
    let rows: Vec<String> = report
        .tie_out
        .rows
        .iter()
        .map(|row| {
            let (own, local) = (row.amounts.by_key, row.local.by_key);
            format!("{} {} {own:.2} is {local:.2}", row.account, row.currency)
        })
        .collect();
    assert_eq!(
        rows,
        [
            "1610 EUR 96.00 is 105.60",
            "1610 USD 24.00 is 24.00",
            // Billed in March, at 1.20.
            "2110 EUR -392.00 is -470.40",
            "2110 USD -200.00 is -200.00",
            "2115 EUR -40.00 is -48.00",
            // 1,296.00 at 1.10 less 432.00 at 1.20.
            "2160 EUR -864.00 is -907.20",
            "2160 USD -324.00 is -324.00",
            "5010 EUR 1200.00 is 1320.00",
            "5010 USD 300.00 is 300.00",
            "5020 USD 200.00 is 200.00",
        ]
    );
    assert!(report.tie_out.ties());
    let home: rust_decimal::Decimal = report.tie_out.rows.iter().map(|r| r.local.by_key).sum();
    assert_eq!(home, d("0"), "in the currency of the books all accounts add up to nothing");
    assert_eq!(report.tie_out.tax["EUR"].in_journal, d("96"));
    assert_eq!(report.tie_out.tax["USD"].in_journal, d("24"));
}

#[test]
fn balances_by_key_stand_per_account_and_currency() {
    let world = world();
    both_currencies(&world);
    world.sync();
    let report = world.reconcile();
    let concrete = report.accounts.iter().filter(|balance| balance.account == "5010");
    let concrete: Vec<_> = concrete.map(|b| (b.currency.as_str(), b.amount)).collect();
    assert_eq!(concrete, [("EUR", d("1,200")), ("USD", d("300"))]);
}

#[test]
fn a_budget_is_compared_in_the_projects_own_currency_alone() {
    let world = world();
    both_currencies(&world);
    let coding = CostCoding {
        sub_job: None,
        cost_code: "03-300".to_owned(),
        cost_type: Some("S".to_owned()),
    };
    world
        .source
        .set_budget(PROJECT, vec![BudgetRow { coding, original: d("900"), modifications: d("0") }]);
    world.sync();
    let report = world.reconcile();
    let own = &of(&report, "USD").budget;
    assert!(own.compared);
    assert_eq!((own.lines[0].committed, own.lines[0].remaining()), (d("300"), d("600")));
    let other = &of(&report, "EUR").budget;
    assert!(!other.compared, "1,200 euro are not set against a budget in dollars");
    assert_eq!((other.lines[0].budget, other.lines[0].committed), (None, d("1,200")));
    assert!(of(&report, "EUR").findings.is_empty());
}

#[test]
fn the_allowance_for_rounding_is_that_of_the_records_own_currency() {
    let world = world();
    world.ledger.edit_catalog(|catalog| {
        catalog.currencies.insert("KWD".to_owned(), Some(3));
    });
    world.ledger.set_rate("KWD", day("2026-01-01"), ExchangeRate::direct(d("3")));
    let mut dinar = subcontract(1, &[(11, "03-300", "100.0004")]);
    dinar.currency = Some("KWD".to_owned());
    world.put([dinar]);
    world.sync();
    let held = world.held(SC);
    assert_eq!(of(&world.reconcile(), "KWD").terms.rounding, d("-0.0004"));
    // Four thousandths are a difference: three decimals explain one, and two would explain a cent.
    world.ledger.edit(held[0].doc_entry, |document| document.lines[0].amount += d("0.004"));
    let report = world.reconcile();
    assert_eq!(report.differences(), [("KWD".to_owned(), d("0.0036"))]);
}

#[test]
fn an_edit_after_posting_moves_only_its_own_currency() {
    let world = world();
    both_currencies(&world);
    world.sync();
    world.edit(SC, |record| {
        lines_of(record)[0].amount = d("1,100");
        add_up(record);
    });
    world.sync();
    let report = world.reconcile();
    assert_eq!(
        in_short(&report),
        [
            "USD: procore 500.00, in SAP 500.00, difference 0.00",
            "EUR: procore 1300.00, in SAP 1300.00, difference 0.00",
        ]
    );
    assert!(report.tie_out.ties());
}
