//! Documents in foreign currency on the wire: what is sent, what SAP makes of it, how it reads back.

use sync_core::{
    exchange::ExchangeRate,
    model::{Kind, Posting},
    ports::{Ledger as _, LedgerErrorKind, MovementRequest, PostOutcome},
};
use sync_sandbox::{Fault, SandboxOptions, service_layer::ServiceLayerOptions};

use crate::world::{World, amount, day};

/// A company with euro rates, whose partners trade in every currency.
fn world() -> World {
    let options = ServiceLayerOptions {
        rates: vec![("EUR".to_owned(), day(2026, 8, 3), amount("1.105"))],
        ..ServiceLayerOptions::default()
    };
    let options = SandboxOptions { service_layer: options, ..SandboxOptions::default() };
    let world = World::built(options, |contractor| {
        for partner in &mut contractor.books.partners {
            partner.currency = "##".to_owned();
        }
    });
    world.sandbox.service_layer.create_procore_udfs();
    world
}

/// The posting in euro, at this rate.
fn in_euro(mut posting: Posting, rate: ExchangeRate) -> Posting {
    let header = match &mut posting {
        Posting::PurchaseInvoice(document) | Posting::PurchaseCreditNote(document) => {
            &mut document.header
        }
        Posting::JournalEntry(entry) => &mut entry.header,
    };
    header.currency = "EUR".to_owned();
    header.exchange_rate = Some(rate);
    posting
}

#[tokio::test]
async fn the_rate_of_a_day_is_read_and_a_day_without_one_is_no_error() {
    let world = world();
    let rate = world.ledger.exchange_rate("EUR", day(2026, 8, 3)).await.unwrap().unwrap();
    assert_eq!(rate, ExchangeRate::direct(amount("1.105")));
    assert_eq!(world.ledger.exchange_rate("EUR", day(2026, 7, 3)).await.unwrap(), None);
}

#[tokio::test]
async fn a_rate_that_cannot_be_asked_for_is_a_failed_look_up_and_never_a_missing_rate() {
    let world = world();
    world.sap_fault("POST", "GetCurrencyRate", 20, Fault::Html(502));
    world.sap_fault("GET", "GetCurrencyRate", 20, Fault::Html(502));
    let error = world.ledger.exchange_rate("EUR", day(2026, 8, 3)).await.unwrap_err();
    assert_eq!(error.kind, LedgerErrorKind::Unavailable, "{error}");
}

#[tokio::test]
async fn an_invoice_in_euro_stands_in_euro_and_says_what_it_is_worth_at_home() {
    let world = world();
    let rate = world.ledger.exchange_rate("EUR", day(2026, 8, 3)).await.unwrap().unwrap();
    let posting = in_euro(world.invoice(5, 1, "P-1/SC-001"), rate);
    let payload = world.ledger.payload(&posting, &world.catalog().await).unwrap();
    let text = String::from_utf8(payload.body).unwrap();
    assert!(text.contains(r#""DocCurrency":"EUR","DocRate":1.105"#), "{text}");
    assert!(text.contains(r#""RowTotalFC":200.05"#) && !text.contains("LineTotal"), "{text}");

    let outcome = world.post(&posting).await;
    let PostOutcome::Done(receipt) = outcome else { panic!("{outcome:?}") };
    let held = receipt.document;
    assert_eq!((held.currency.as_str(), held.total), ("EUR", amount("300.05")));
    assert_eq!(held.local_total, Some(amount("331.56")));
    assert_eq!(held.lines[0].amount, amount("200.05"));
    assert_eq!(held.lines[0].local, Some(amount("221.06")));
    let found = world.ledger.look_up(&[world.key(Kind::Subcontract, 5)]).await.unwrap();
    assert_eq!(found, [held]);
}

#[tokio::test]
async fn an_entry_in_euro_balances_in_both_currencies_with_the_rest_on_its_largest_line() {
    let world = world();
    let rate = ExchangeRate::direct(amount("1.105"));
    let posting = in_euro(Posting::JournalEntry(world.entry(5, 1)), rate);
    let payload = world.ledger.payload(&posting, &world.catalog().await).unwrap();
    let text = String::from_utf8(payload.body).unwrap();
    // 24.50 is worth 27.07 (27.0725), 75.50 is worth 83.43 (83.4275), 100.00 is worth 110.50.
    assert!(text.contains(r#""Debit":27.07"#), "{text}");
    assert!(text.contains(r#""Debit":83.43"#), "{text}");
    assert!(text.contains(r#""Credit":110.50"#), "{text}");
    assert!(text.contains(r#""FCDebit":24.50"#) && text.contains(r#""FCCredit":100.00"#), "{text}");
    assert_eq!(text.matches(r#""FCCurrency":"EUR""#).count(), 3, "{text}");

    let outcome = world.post(&posting).await;
    let PostOutcome::Done(receipt) = outcome else { panic!("{outcome:?}") };
    let held = receipt.document;
    assert_eq!((held.currency.as_str(), held.total), ("EUR", amount("100.00")));
    assert_eq!(held.local_total, Some(amount("110.50")));
    let local: Vec<_> = held.lines.iter().map(|line| line.local.unwrap()).collect();
    assert_eq!(local, [amount("27.07"), amount("83.43"), amount("-110.50")]);
    let found = world.ledger.look_up(&[world.key(Kind::DirectCost, 5)]).await.unwrap();
    assert_eq!(found, [held]);
}

#[tokio::test]
async fn an_entry_without_a_rate_states_its_foreign_amounts_alone_and_never_as_local_ones() {
    let world = world();
    let mut entry = world.entry(5, 1);
    entry.header.currency = "EUR".to_owned();
    let posting = Posting::JournalEntry(entry);
    let payload = world.ledger.payload(&posting, &world.catalog().await).unwrap();
    let text = String::from_utf8(payload.body).unwrap();
    assert!(!text.contains(r#""Debit""#) && !text.contains(r#""Credit""#), "{text}");
    assert!(text.contains(r#""FCDebit":24.50"#) && text.contains(r#""FCCredit":100.00"#), "{text}");
}

#[tokio::test]
async fn the_journal_says_each_line_in_euro_and_in_the_currency_of_the_books() {
    let world = world();
    let rate = ExchangeRate::direct(amount("1.105"));
    for posting in [world.invoice(5, 1, "P-1/SC-001"), Posting::JournalEntry(world.entry(5, 1))] {
        let outcome = world.post(&in_euro(posting, rate)).await;
        assert!(matches!(outcome, PostOutcome::Done(_)), "{outcome:?}");
    }
    let outcome = world.post(&Posting::JournalEntry(world.entry(6, 1))).await;
    assert!(matches!(outcome, PostOutcome::Done(_)), "{outcome:?}");
    let request = MovementRequest {
        company: world.key(Kind::Subcontract, 5).company,
        from: day(2026, 1, 1),
        to: day(2026, 12, 31),
        accounts: std::collections::BTreeSet::new(),
    };
    let movements = world.ledger.movements(&request).await.unwrap().unwrap();
    let of = |id: i64, kind: Kind| {
        let key = world.key(kind, id);
        let own = movements.iter().filter(move |line| line.key.is_some_and(|k| k.source == key));
        own.map(|line| (line.currency.as_str(), line.amount, line.local)).collect::<Vec<_>>()
    };
    let entry = of(5, Kind::DirectCost);
    assert_eq!(
        entry,
        [
            ("EUR", amount("24.50"), amount("27.07")),
            ("EUR", amount("75.50"), amount("83.43")),
            ("EUR", amount("-100.00"), amount("-110.50")),
        ]
    );
    let invoice = of(5, Kind::Subcontract);
    assert!(invoice.contains(&("EUR", amount("-300.05"), amount("-331.56"))), "{invoice:?}");
    let sum = invoice
        .iter()
        .fold((amount("0"), amount("0")), |(own, local), line| (own + line.1, local + line.2));
    assert_eq!(sum, (amount("0"), amount("0")), "it balances in both");
    let at_home = of(6, Kind::DirectCost);
    assert!(at_home.iter().all(|(currency, amount, local)| *currency == "USD" && amount == local));
    assert_eq!(at_home.len(), 3);
}
