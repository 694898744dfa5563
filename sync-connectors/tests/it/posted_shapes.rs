//! The documents of every recognition basis, posted through the connector, and the general ledger
//! that they make: retainage lines, accruals, encumbrances, foreign currency, branches.

use rust_decimal::Decimal;
use sync_core::{
    model::{
        ApDocument, ApLine, Coding, DocumentType, HeldDocument, JournalEntry, JournalLine,
        JournalTarget, Kind, LineMark, Posting,
    },
    ports::{Ledger as _, PostOutcome},
    states::Reason,
};
use sync_sandbox::{
    SandboxOptions,
    service_layer::{JournalEntry as SapEntry, JournalLine as SapLine, ServiceLayerOptions},
};

use crate::world::{World, amount, day};

/// A ledger whose vendor takes any currency.
fn world(service_layer: ServiceLayerOptions) -> World {
    let options = SandboxOptions { service_layer, ..SandboxOptions::default() };
    let world = World::built(options, |contractor| {
        contractor.books.partners[0].currency = "##".to_owned();
    });
    world.sandbox.service_layer.create_procore_udfs();
    world
}

fn usual() -> World {
    world(ServiceLayerOptions::default())
}

async fn done(world: &World, posting: &Posting) -> HeldDocument {
    match world.post(posting).await {
        PostOutcome::Done(receipt) => receipt.document,
        other => panic!("{other:?}"),
    }
}

async fn refused(world: &World, posting: &Posting) -> (Reason, String) {
    match world.post(posting).await {
        PostOutcome::Refused(refusal) => (refusal.reason, refusal.message),
        other => panic!("{other:?}"),
    }
}

fn balance(world: &World, account: &str) -> Decimal {
    world.sandbox.service_layer.ledger().balance(account)
}

/// The journal entry that stands for a document, or is one.
fn entry_of(world: &World, held: &HeldDocument) -> SapEntry {
    let sap = &world.sandbox.service_layer;
    let number = if held.document_type == DocumentType::JournalEntry {
        held.doc_entry
    } else {
        let documents = sap.documents();
        let document = documents.iter().find(|document| {
            document.kind.set() == held.document_type.entity_set()
                && document.doc_entry == held.doc_entry
        });
        document.unwrap().journal_entry.unwrap()
    };
    sap.journal_entries().into_iter().find(|entry| entry.number == number).unwrap()
}

/// Account or partner, debit less credit.
fn sides(lines: &[SapLine]) -> Vec<(&str, Decimal)> {
    lines.iter().map(|line| (line.short_name.as_str(), line.debit - line.credit)).collect()
}

fn plain(world: &World, account: &str) -> Coding {
    Coding {
        account: account.to_owned(),
        dimensions: Default::default(),
        project: Some(world.sandbox.contractor.books.projects[0].code.clone()),
        tax_code: None,
    }
}

fn role(world: &World, role: &str, account: &str, text: &str) -> JournalLine {
    JournalLine {
        mark: LineMark::Role(role.to_owned()),
        target: JournalTarget::Account(plain(world, account)),
        amount: amount(text),
        due_date: None,
        payment_block: false,
        description: format!("{role} {}", world.vendor()),
    }
}

fn partner(world: &World, role: &str, account: &str, text: &str, block: bool) -> JournalLine {
    JournalLine {
        target: JournalTarget::Partner {
            card_code: world.vendor(),
            control_account: account.to_owned(),
            project: Some(world.sandbox.contractor.books.projects[0].code.clone()),
        },
        payment_block: block,
        due_date: Some(day(2026, 9, 2)),
        ..self::role(world, role, account, text)
    }
}

fn cost(world: &World, mark: LineMark, account: &str, text: &str) -> JournalLine {
    let center = world.sandbox.contractor.books.profit_centers.iter().find(|c| c.dimension == 1);
    let mut coding = plain(world, account);
    coding.dimensions[0] = center.map(|center| center.code.clone());
    JournalLine {
        mark,
        target: JournalTarget::Account(coding),
        description: "03-300.S Slab on grade".to_owned(),
        ..role(world, "tax", account, text)
    }
}

fn journal(world: &World, kind: Kind, id: i64, lines: Vec<JournalLine>) -> JournalEntry {
    JournalEntry { header: world.header(kind, id, 1, &format!("J-{id}")), lines }
}

/// A requisition of 4,000 with 400 held, on the vendor's trade account, taxed at 8 %.
fn retainage_invoice(world: &World, held: &str, released: &str) -> ApDocument {
    let mut document = world.ap(31, 1, "REQ-1");
    document.header.key.source.kind = Kind::Requisition;
    document.control_account = None;
    document.payment_block = false;
    document.lines.truncate(1);
    document.lines[0].amount = amount("4000.00");
    document.lines[0].coding.tax_code = Some("TX8".to_owned());
    document.expected_tax = amount("320.00");
    for (role, text) in [("held", held), ("released", released)] {
        if text == "0" {
            continue;
        }
        document.lines.push(ApLine {
            mark: LineMark::Role(role.to_owned()),
            coding: Coding { tax_code: Some("EX".to_owned()), ..plain(world, "2115") },
            amount: amount(text),
            wt_liable: Some(false),
            description: format!("retainage {role}"),
        });
    }
    document
}

#[tokio::test]
async fn an_invoice_with_retainage_held_leaves_the_net_payable_and_no_tax_on_retainage() {
    let world = usual();
    let posting = Posting::PurchaseInvoice(retainage_invoice(&world, "-400.00", "0"));
    let held = done(&world, &posting).await;
    assert_eq!((held.total, held.tax), (amount("3920.00"), amount("320.00")));
    let vendor = world.vendor();
    assert_eq!(
        sides(&entry_of(&world, &held).lines),
        [
            (vendor.as_str(), amount("-3920.00")),
            ("5030", amount("4000.00")),
            ("2115", amount("-400.00")),
            ("1510", amount("320.00")),
        ]
    );
    assert_eq!(held.lines[1].mark, Some(LineMark::Role("held".to_owned())));
    assert_eq!((held.lines[1].amount, held.lines[1].tax), (amount("-400.00"), Decimal::ZERO));
    let read = world.ledger.look_up(&[held.key.source]).await.unwrap();
    assert_eq!(read, [held]);
}

#[tokio::test]
async fn an_invoice_that_holds_and_releases_retainage_moves_both_and_nothing_else() {
    let world = usual();
    let document = retainage_invoice(&world, "-250.00", "650.00");
    done(&world, &Posting::PurchaseInvoice(document)).await;
    assert_eq!(balance(&world, "2115"), amount("400.00"));
    assert_eq!(balance(&world, "2110"), amount("-4720.00"));
    assert_eq!(balance(&world, "5030"), amount("4000.00"));
    assert_eq!(balance(&world, "1510"), amount("320.00"));
}

#[tokio::test]
async fn a_release_of_retainage_alone_is_an_invoice_without_cost_or_tax() {
    let world = usual();
    let mut document = retainage_invoice(&world, "0", "650.00");
    document.lines.remove(0);
    document.expected_tax = Decimal::ZERO;
    let held = done(&world, &Posting::PurchaseInvoice(document)).await;
    assert_eq!((held.total, held.tax), (amount("650.00"), Decimal::ZERO));
    assert_eq!(
        (balance(&world, "2115"), balance(&world, "2110")),
        (amount("650.00"), amount("-650.00"))
    );
}

#[tokio::test]
async fn more_retainage_than_cost_is_refused_as_an_invoice_and_taken_as_a_credit_memo() {
    let world = usual();
    let mut document = retainage_invoice(&world, "-5000.00", "0");
    let (reason, message) = refused(&world, &Posting::PurchaseInvoice(document.clone())).await;
    assert_eq!(reason, Reason::RejectedBySap, "{message}");
    assert!(message.contains("cannot be negative"), "{message}");
    // The same as a credit memo: the document's own direction is the other one.
    document.lines[0].coding.tax_code = Some("EX".to_owned());
    document.expected_tax = Decimal::ZERO;
    for line in &mut document.lines {
        line.amount = -line.amount;
    }
    let held = done(&world, &Posting::PurchaseCreditNote(document)).await;
    assert_eq!(held.lines[0].amount, amount("4000.00"), "a credit memo's lines are turned round");
    assert_eq!(balance(&world, "5030"), amount("4000.00"));
    assert_eq!(balance(&world, "2115"), amount("-5000.00"));
    assert_eq!(balance(&world, "2110"), amount("1000.00"));
}

#[tokio::test]
async fn an_accrual_and_the_requisition_that_bills_it_leave_cost_payable_and_retainage() {
    let world = usual();
    // `2195` stands for `accrued_account`: a plain account of the balance sheet.
    let accrual = journal(
        &world,
        Kind::Subcontract,
        41,
        vec![
            cost(&world, LineMark::Line(7), "5030", "10000.00"),
            role(&world, "accrued", "2195", "-10000.00"),
        ],
    );
    let held = done(&world, &Posting::JournalEntry(accrual)).await;
    assert_eq!(held.card_code, None, "an accrual names its vendor in the text alone");
    assert_eq!(held.total, amount("10000.00"));
    assert_eq!(
        sides(&entry_of(&world, &held).lines),
        [("5030", amount("10000.00")), ("2195", amount("-10000.00")),]
    );
    let requisition = journal(
        &world,
        Kind::Requisition,
        42,
        vec![
            role(&world, "accrued", "2195", "4000.00"),
            partner(&world, "payable", "2110", "-3600.00", false),
            partner(&world, "held", "2110", "-400.00", true),
        ],
    );
    let billed = done(&world, &Posting::JournalEntry(requisition)).await;
    let lines = entry_of(&world, &billed).lines;
    assert_eq!(
        lines.iter().map(|line| line.payment_block).collect::<Vec<_>>(),
        [false, false, true],
        "retainage on a control account is not for the payment run"
    );
    assert_eq!(balance(&world, "2195"), amount("-6000.00"));
    assert_eq!(
        world.sandbox.service_layer.ledger().partner_balance("2110", &world.vendor()),
        amount("-4000.00")
    );
    let marks: Vec<_> = billed.lines.iter().map(|line| line.mark.clone().unwrap()).collect();
    assert_eq!(marks, ["accrued", "payable", "held"].map(|role| LineMark::Role(role.to_owned())));
}

#[tokio::test]
async fn an_encumbrance_stays_outside_the_income_statement_and_is_relieved_to_nothing() {
    let world = usual();
    // `2300` and `2195` stand for `encumbrance_account` and `encumbrance_reserve`.
    let encumbrance = journal(
        &world,
        Kind::PurchaseOrder,
        51,
        vec![
            cost(&world, LineMark::Encumbrance(7), "2300", "6500.10"),
            cost(&world, LineMark::Encumbrance(8), "2300", "4000.00"),
            role(&world, "reserve", "2195", "-10500.10"),
        ],
    );
    let held = done(&world, &Posting::JournalEntry(encumbrance)).await;
    assert_eq!(held.lines[0].mark, Some(LineMark::Encumbrance(7)));
    let lines = entry_of(&world, &held).lines;
    assert!(!lines[0].costing_codes[0].is_empty(), "the encumbrance carries its profit center");
    let relief = journal(
        &world,
        Kind::Requisition,
        52,
        vec![
            cost(&world, LineMark::Line(7), "5030", "10500.10"),
            partner(&world, "payable", "2110", "-10500.10", false),
            cost(&world, LineMark::Encumbrance(7), "2300", "-6500.10"),
            cost(&world, LineMark::Encumbrance(8), "2300", "-4000.00"),
            role(&world, "reserve", "2195", "10500.10"),
        ],
    );
    let billed = done(&world, &Posting::JournalEntry(relief)).await;
    assert_eq!(billed.total, amount("21000.20"));
    for (account, rest) in
        [("2300", "0"), ("2195", "0"), ("5030", "10500.10"), ("2110", "-10500.10")]
    {
        assert_eq!(balance(&world, account), amount(rest), "{account}");
    }
    let relieved: Vec<_> = billed.lines.iter().map(|line| line.amount).collect();
    assert_eq!(relieved[2..4], [amount("-6500.10"), amount("-4000.00")]);
}

fn euros() -> World {
    let rates = vec![("EUR".to_owned(), day(2026, 8, 3), amount("1.1337"))];
    world(ServiceLayerOptions { rates, ..ServiceLayerOptions::default() })
}

#[tokio::test]
async fn an_invoice_in_foreign_currency_is_read_back_in_that_currency_with_its_tax() {
    let world = euros();
    let mut document = world.ap(61, 1, "E-1");
    document.header.currency = "EUR".to_owned();
    document.lines[0].coding.tax_code = Some("TX8".to_owned());
    document.expected_tax = amount("16.00");
    let held = done(&world, &Posting::PurchaseInvoice(document)).await;
    assert_eq!(
        (held.currency.as_str(), held.total, held.tax),
        ("EUR", amount("316.05"), amount("16.00"))
    );
    assert_eq!(held.lines[0].amount, amount("200.05"));
    assert_eq!(
        held.lines[0].tax,
        amount("16.00"),
        "the tax of a line is in the document's currency"
    );
    let entry = entry_of(&world, &held);
    // 200.05 and 100.00 at 1.1337, and 8 % of the first.
    assert_eq!(
        entry.lines.iter().map(|line| line.debit - line.credit).collect::<Vec<_>>(),
        ["-358.31", "226.80", "113.37", "18.14"].map(amount)
    );
    assert!(entry.lines.iter().all(|line| line.fc_currency == "EUR"));
    assert_eq!(
        entry.lines.iter().map(|line| line.fc_debit - line.fc_credit).collect::<Vec<_>>(),
        ["-316.05", "200.05", "100.00", "16.00"].map(amount)
    );
    assert_eq!(world.ledger.look_up(&[held.key.source]).await.unwrap(), [held]);
}

#[tokio::test]
async fn without_a_rate_of_the_posting_date_nothing_in_foreign_currency_is_posted() {
    let world = euros();
    let mut document = world.ap(62, 1, "E-2");
    document.header.currency = "EUR".to_owned();
    document.header.posting_date = day(2026, 8, 4);
    let mut entry = world.entry(63, 1);
    entry.header.currency = "EUR".to_owned();
    entry.header.posting_date = day(2026, 8, 4);
    for posting in [Posting::PurchaseInvoice(document), Posting::JournalEntry(entry)] {
        let (reason, message) = refused(&world, &posting).await;
        assert_eq!(reason, Reason::MissingExchangeRate, "{message}");
        assert!(message.contains("EUR"), "{message}");
    }
    assert_eq!(world.sandbox.service_layer.journal_entries().len(), 0);
}

#[tokio::test]
async fn a_journal_entry_in_foreign_currency_balances_in_both_currencies() {
    let world = euros();
    let mut entry = world.entry(64, 1);
    entry.header.currency = "EUR".to_owned();
    let held = done(&world, &Posting::JournalEntry(entry)).await;
    assert_eq!((held.currency.as_str(), held.total), ("EUR", amount("100.00")));
    let lines = entry_of(&world, &held).lines;
    let local: Decimal = lines.iter().map(|line| line.debit - line.credit).sum();
    assert_eq!(local, Decimal::ZERO);
    assert_eq!(lines[2].credit, amount("113.37"));
    assert_eq!(held.lines[0].amount, amount("24.50"));
}

fn branches() -> World {
    world(ServiceLayerOptions { branches: true, ..ServiceLayerOptions::default() })
}

#[tokio::test]
async fn a_multi_branch_company_gets_the_branch_on_the_document_and_on_every_journal_line() {
    let world = branches();
    let mut document = world.ap(71, 1, "B-1");
    document.header.branch = Some(2);
    let held = done(&world, &Posting::PurchaseInvoice(document)).await;
    assert!(entry_of(&world, &held).lines.iter().all(|line| line.branch == Some(2)));
    let mut entry = world.entry(72, 1);
    entry.header.branch = Some(2);
    let held = done(&world, &Posting::JournalEntry(entry)).await;
    assert!(entry_of(&world, &held).lines.iter().all(|line| line.branch == Some(2)));
}

#[tokio::test]
async fn without_an_open_branch_of_the_partner_nothing_is_posted_in_a_multi_branch_company() {
    let world = branches();
    for (branch, reason, text) in [
        (None, Reason::SetupMissing, "Specify an active branch"),
        (Some(3), Reason::SetupMissing, "Specify an active branch"),
        (Some(77), Reason::SetupMissing, "Specify an active branch"),
    ] {
        let mut document = world.ap(73, 1, "B-2");
        document.header.branch = branch;
        let mut entry = world.entry(74, 1);
        entry.header.branch = branch;
        for posting in [Posting::PurchaseInvoice(document), Posting::JournalEntry(entry)] {
            let (found, message) = refused(&world, &posting).await;
            assert_eq!(found, reason, "{message}");
            assert!(message.contains(text), "{message}");
        }
    }
    assert_eq!(world.sandbox.service_layer.journal_entries().len(), 0);
}

#[tokio::test]
async fn the_catalog_names_the_open_branches_of_each_partner() {
    let world = branches();
    let catalog = world.catalog().await;
    assert!(catalog.branches_enabled);
    assert_eq!(catalog.partners[&world.vendor()].branches, [1, 2]);
}
