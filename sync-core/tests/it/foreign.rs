//! Records in another currency than that of the books, basis by basis: what each account holds in the
//! record's currency, and what that is worth in the books' own.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use sync_core::{
    catalog::Partner,
    exchange::ExchangeRate,
    model::{CostRecord, DocumentType, JournalTarget, Posting},
    policy::{Basis, ForeignCurrency, Offset},
    states::{FindingKind, Reason, RecordState},
};

use crate::{
    records::{SC, add_up, change_order, co, d, day, dc, direct_cost, lines_of, req, requisition},
    records::{commitment_of, subcontract},
    world::{TRADE, World},
};

/// A table of the books after each step: in euro, and in the dollars of the books.
type Table = [(&'static str, &'static str); 3];

const COMMITMENT: Table = [
    ("2160 -10000.00, 5010 10000.00", "2160 -11000.00, 5010 11000.00"),
    (
        "2110 -3600.00, 2115 -400.00, 2160 -6000.00, 5010 10000.00",
        "2110 -4320.00, 2115 -480.00, 2160 -6200.00, 5010 11000.00",
    ),
    // The rate moved from 1.10 to 1.20: 1,000 dollars are left on the cleared commitment.
    ("2110 -10000.00, 5010 10000.00", "2110 -12000.00, 2160 1000.00, 5010 11000.00"),
];

const COMMITMENT_JOURNAL: Table = [
    ("2165 -10000.00, 5010 10000.00", "2165 -11000.00, 5010 11000.00"),
    (
        "2110 -3600.00, 2115 -400.00, 2165 -6000.00, 5010 10000.00",
        "2110 -4320.00, 2115 -480.00, 2165 -6200.00, 5010 11000.00",
    ),
    ("2110 -10000.00, 5010 10000.00", "2110 -12000.00, 2165 1000.00, 5010 11000.00"),
];

const ENCUMBRANCE: Table = [
    ("9010 10000.00, 9020 -10000.00", "9010 11000.00, 9020 -11000.00"),
    (
        "2110 -3600.00, 2115 -400.00, 5010 4000.00, 9010 6000.00, 9020 -6000.00",
        "2110 -4320.00, 2115 -480.00, 5010 4800.00, 9010 6200.00, 9020 -6200.00",
    ),
    ("2110 -10000.00, 5010 10000.00", "2110 -12000.00, 5010 12000.00, 9010 -1000.00, 9020 1000.00"),
];

const PROGRESS: Table = [
    ("", ""),
    ("2110 -3600.00, 2115 -400.00, 5010 4000.00", "2110 -4320.00, 2115 -480.00, 5010 4800.00"),
    ("2110 -10000.00, 5010 10000.00", "2110 -12000.00, 5010 12000.00"),
];

pub(crate) fn in_euro(mut record: CostRecord) -> CostRecord {
    record.currency = Some("EUR".to_owned());
    record
}

/// A company that posts in foreign currency: a euro is worth 1.10 dollars, 1.20 from March on.
pub(crate) fn abroad(mut world: World) -> World {
    world.policy.foreign_currency = ForeignCurrency::Post;
    world.ledger.set_rate("EUR", day("2026-01-01"), ExchangeRate::direct(d("1.10")));
    world.ledger.set_rate("EUR", day("2026-03-01"), ExchangeRate::direct(d("1.20")));
    world
}

/// The accounts with a balance in the currency of the books.
fn books_at_home(world: &World) -> String {
    let mut books: BTreeMap<String, Decimal> = BTreeMap::new();
    for document in world.ledger.documents() {
        let held = document.held;
        for line in &held.lines {
            let account = match &line.target {
                JournalTarget::Account(coding) => &coding.account,
                JournalTarget::Partner { control_account, .. } => control_account,
            };
            *books.entry(account.clone()).or_default() += line.local.unwrap();
        }
        let (Posting::PurchaseInvoice(sent) | Posting::PurchaseCreditNote(sent)) =
            &document.posting
        else {
            continue;
        };
        let control = sent.control_account.as_deref().unwrap_or(TRADE).to_owned();
        let total = held.local_total.unwrap();
        let invoice = held.document_type == DocumentType::PurchaseInvoice;
        *books.entry(control).or_default() += if invoice { -total } else { total };
    }
    assert_eq!(books.values().sum::<Decimal>(), Decimal::ZERO, "debits equal credits at home too");
    let standing = books.iter().filter(|(_, amount)| !amount.is_zero());
    let texts = standing.map(|(account, amount)| format!("{account} {amount:.2}"));
    texts.collect::<Vec<_>>().join(", ")
}

fn assert_table(world: World, table: &Table, leaves_a_difference: bool) {
    let world = abroad(world);
    let basis = world.policy.basis;
    let steps = [
        subcontract(1, &[(11, "03-300", "10,000")]),
        requisition(71, 1, &[(11, "4,000", "4,000", "400", "0")], "3,600"),
        requisition(72, 2, &[(11, "10,000", "6,000", "0", "400")], "6,400"),
    ];
    let mut findings = Vec::new();
    for (record, (own, home)) in steps.into_iter().zip(table) {
        world.put([in_euro(record)]);
        let report = world.sync();
        assert_eq!(report.exit_code(), 0, "{basis:?}: {:?}", report.exceptions);
        assert_eq!(world.books(), *own, "{basis:?} in euro");
        assert_eq!(books_at_home(&world), *home, "{basis:?} in dollars");
        findings.extend(report.findings);
    }
    let left: Vec<String> = findings
        .into_iter()
        .filter(|row| row.finding.kind == FindingKind::ExchangeDifference)
        .map(|row| format!("{}: {}", row.key.id, row.finding.detail))
        .collect();
    assert_eq!(left.len(), usize::from(leaves_a_difference), "{basis:?}: {left:?}");
    assert!(left.iter().all(|text| text.starts_with("72: ") && text.contains("1000.00 USD")));
    assert!(world.sync().documents.is_empty(), "{basis:?}: a finished cycle posts nothing");
}

#[test]
fn every_basis_posts_in_the_records_currency_at_the_rate_of_the_posting_date() {
    assert_table(World::on(Basis::Commitment), &COMMITMENT, true);
    assert_table(World::on(Basis::CommitmentJournal), &COMMITMENT_JOURNAL, true);
    assert_table(World::on(Basis::Encumbrance), &ENCUMBRANCE, true);
    assert_table(World::on(Basis::Progress), &PROGRESS, false);
}

#[test]
pub(crate) fn what_moved_rates_leave_on_a_cleared_commitment_is_an_exchange_difference() {
    let world = abroad(World::new());
    world.put([in_euro(subcontract(1, &[(11, "03-300", "1,000")]))]);
    world.sync();
    world.put([in_euro(requisition(71, 1, &[(11, "1,000", "1,000", "0", "0")], "1,000"))]);
    let report = world.sync();
    let found: Vec<_> = report.findings.iter().map(|row| (row.key, row.finding.kind)).collect();
    assert_eq!(found, [(req(71), FindingKind::ExchangeDifference)]);
    assert!(report.findings[0].finding.detail.contains("cleared in EUR; 100.00 USD"));
    assert_eq!(report.exit_code(), 0, "it waits for nobody");
}

#[test]
fn requisitions_as_invoices_post_in_the_records_currency_too() {
    assert_table(World::on(Basis::Progress).with_invoices(), &PROGRESS, false);
    assert_table(World::on(Basis::Encumbrance).with_invoices(), &ENCUMBRANCE, true);
}

#[test]
fn direct_costs_and_change_orders_post_in_their_currency() {
    let mut world = abroad(World::new());
    world.policy.direct_cost_offset.insert("expense".to_owned(), Offset::Account("2190".into()));
    world.put([
        in_euro(direct_cost(51, "invoice", &[(1, "03-300", "100.05")])),
        in_euro(direct_cost(52, "expense", &[(1, "03-300", "10.00")])),
        in_euro(subcontract(1, &[(11, "03-300", "1,000")])),
        in_euro(change_order(61, 1, &[(21, "03-300", "-300")])),
    ]);
    assert_eq!(world.sync().exit_code(), 0);
    assert_eq!(world.books(), "2110 -100.05, 2160 -700.00, 2190 -10.00, 5010 810.05");
    assert_eq!(books_at_home(&world), "2110 -120.06, 2160 -770.00, 2190 -12.00, 5010 902.06");
    for key in [dc(51), dc(52), SC, co(61)] {
        let header = world.postings(key)[0].header().clone();
        assert_eq!(header.currency, "EUR");
        assert!(header.exchange_rate.is_some());
    }
}

#[test]
fn a_change_is_posted_at_the_rate_of_its_own_day() {
    let world = abroad(World::new());
    world.put([in_euro(subcontract(1, &[(11, "03-300", "1,000")]))]);
    world.sync();
    world.edit(SC, |record| {
        lines_of(record)[0].amount = d("1,100");
        add_up(record);
    });
    world.sync();
    assert_eq!(world.books(), "2160 -1100.00, 5010 1100.00");
    assert_eq!(books_at_home(&world), "2160 -1220.00, 5010 1220.00");
}

#[test]
pub(crate) fn without_the_switch_a_foreign_record_is_held_and_names_the_key() {
    let mut world = abroad(World::new());
    world.policy.foreign_currency = ForeignCurrency::Hold;
    world.put([in_euro(subcontract(1, &[(11, "03-300", "1,000")]))]);
    world.sync();
    let detail = world.assert_cause(SC, Reason::ForeignCurrencyNotEnabled);
    assert!(detail.contains("is in EUR, the books are in USD"), "{detail}");
    assert!(Reason::ForeignCurrencyNotEnabled.remedy().contains("posting.foreign_currency"));
}

#[test]
pub(crate) fn a_missing_rate_holds_the_record_with_currency_and_day_until_it_is_entered() {
    let mut world = World::new();
    world.policy.foreign_currency = ForeignCurrency::Post;
    world.put([
        in_euro(subcontract(1, &[(11, "03-300", "1,000")])),
        direct_cost(51, "invoice", &[(1, "03-300", "10.00")]),
    ]);
    world.sync();
    let detail = world.assert_cause(SC, Reason::MissingExchangeRate);
    assert!(detail.contains("no exchange rate of EUR on 2026-02-10"), "{detail}");
    assert_eq!(world.books(), "2110 -10.00, 5010 10.00", "everything else goes on");
    assert_eq!(world.state(SC), RecordState::Held);
    world.ledger.set_rate("EUR", day("2026-01-01"), ExchangeRate::direct(d("1.10")));
    world.sync();
    assert_eq!(world.books(), "2110 -10.00, 2160 -1000.00, 5010 1010.00");
}

#[test]
pub(crate) fn a_vendor_of_another_currency_is_invalid_and_one_of_this_or_of_all_is_not() {
    for (currency, stands) in [(Some("EUR"), true), (None, true), (Some("USD"), false)] {
        let world = abroad(World::new());
        world.ledger.edit_catalog(|catalog| {
            let partner: &mut Partner = catalog.partners.get_mut("V100").unwrap();
            partner.currency = currency.map(str::to_owned);
        });
        world.put([in_euro(subcontract(1, &[(11, "03-300", "1,000")]))]);
        world.sync();
        assert_eq!(!world.held(SC).is_empty(), stands, "{currency:?}");
        if !stands {
            let detail = world.assert_cause(SC, Reason::VendorInvalid);
            assert!(detail.contains("has the currency USD, the record has EUR"), "{detail}");
        }
    }
}

#[test]
fn a_currency_has_its_own_decimals() {
    let world = abroad(World::new());
    world.ledger.edit_catalog(|catalog| {
        catalog.currencies.insert("JPY".to_owned(), Some(0));
        catalog.currencies.insert("KWD".to_owned(), Some(3));
    });
    for currency in ["JPY", "KWD"] {
        world.ledger.set_rate(currency, day("2026-01-01"), ExchangeRate::direct(d("0.5")));
    }
    let thirds = |currency: &str, id: i64| {
        let mut record = subcontract(id, &[(11, "03-300", "33.3334"), (12, "26-100", "66.6667")]);
        record.currency = Some(currency.to_owned());
        commitment_of(&mut record).grand_total = Some(d("100.0001"));
        record
    };
    world.put([thirds("JPY", 1), thirds("KWD", 2)]);
    assert_eq!(world.sync().exit_code(), 0);
    let yen = world.held(SC);
    let amounts: Vec<String> = yen[0].lines.iter().map(|l| l.amount.to_string()).collect();
    assert_eq!(amounts, ["33", "67"]);
    let documents = world.ledger.documents();
    let dinar = documents.iter().find(|document| document.held.currency == "KWD").unwrap();
    let amounts: Vec<String> = dinar.held.lines.iter().map(|l| l.amount.to_string()).collect();
    assert_eq!(amounts, ["33.333", "66.667"]);
}

#[test]
fn a_requisition_in_euro_waits_for_its_rate_and_never_guesses_one() {
    let mut world = World::on(Basis::Progress);
    world.policy.foreign_currency = ForeignCurrency::Post;
    world.put([
        in_euro(subcontract(1, &[(11, "03-300", "1,000")])),
        in_euro(requisition(71, 1, &[(11, "400", "400", "0", "0")], "400")),
    ]);
    world.sync();
    let detail = world.assert_cause(req(71), Reason::MissingExchangeRate);
    assert!(detail.contains("EUR on 2026-03-10"), "{detail}");
    let preview = world.preview();
    assert!(preview.documents.is_empty());
}
