//! Documents and balances as an accountant reads them.

use std::fmt::Write as _;

use rust_decimal::Decimal;
use sync_core::{
    memory::MemoryDocument,
    model::{ApDocument, Coding, JournalTarget, Posting},
};

use crate::{
    books,
    world::{TAX_ACCOUNT, TRADE, catalog},
};

/// One line of the journal that a document brings into SAP.
struct Line {
    account: String,
    profit_center: String,
    project: String,
    amount: Decimal,
    text: String,
}

/// `12,345.60`.
fn amount(value: Decimal) -> String {
    let digits = format!("{:.2}", value.abs());
    let (whole, cents) = digits.split_once('.').unwrap();
    let mut text = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    format!("{text}.{cents}")
}

/// The amount on its side: debit, credit.
fn sides(value: Decimal) -> (String, String) {
    if value.is_sign_negative() && !value.is_zero() {
        (String::new(), amount(value))
    } else {
        (amount(value), String::new())
    }
}

fn name(account: &str) -> String {
    catalog().accounts.get(account).map(|account| account.name.clone()).unwrap_or_default()
}

fn coded(coding: &Coding, amount: Decimal, text: String) -> Line {
    Line {
        account: coding.account.clone(),
        profit_center: coding.dimensions[0].clone().unwrap_or_default(),
        project: coding.project.clone().unwrap_or_default(),
        amount,
        text,
    }
}

/// An A/P document with the tax and the vendor's line that SAP makes for it.
fn of_ap(document: &ApDocument, held: &MemoryDocument, sign: Decimal) -> Vec<Line> {
    let mut lines: Vec<Line> = document
        .lines
        .iter()
        .map(|line| {
            let code = line.coding.tax_code.as_deref().unwrap_or("no tax code");
            coded(
                &line.coding,
                line.amount * sign,
                format!("{} {} [{code}]", line.mark, line.description),
            )
        })
        .collect();
    if !held.held.tax.is_zero() {
        lines.push(Line {
            account: TAX_ACCOUNT.to_owned(),
            profit_center: String::new(),
            project: String::new(),
            amount: held.held.tax * sign,
            text: "tax, by SAP".to_owned(),
        });
    }
    lines.push(Line {
        account: document.control_account.clone().unwrap_or_else(|| TRADE.to_owned()),
        profit_center: String::new(),
        project: document.header.project.clone().unwrap_or_default(),
        amount: -held.held.total * sign,
        text: format!("{}, by SAP", document.card_code),
    });
    lines
}

fn lines(document: &MemoryDocument) -> Vec<Line> {
    match &document.posting {
        Posting::PurchaseInvoice(ap) => of_ap(ap, document, Decimal::ONE),
        Posting::PurchaseCreditNote(ap) => of_ap(ap, document, Decimal::NEGATIVE_ONE),
        Posting::JournalEntry(entry) => entry
            .lines
            .iter()
            .map(|line| {
                let text = format!("{} {}", line.mark, line.description);
                match &line.target {
                    JournalTarget::Account(coding) => coded(coding, line.amount, text),
                    JournalTarget::Partner { card_code, control_account, project } => Line {
                        account: control_account.clone(),
                        profit_center: String::new(),
                        project: project.clone().unwrap_or_default(),
                        amount: line.amount,
                        text: format!("{card_code} {text}"),
                    },
                }
            })
            .collect(),
    }
}

fn row(text: &mut String, cells: [&str; 7]) {
    let [account, name, center, project, debit, credit, words] = cells;
    let line = format!(
        "   {account:<7}  {name:<24}  {center:<13}  {project:<7}  {debit:>10}  {credit:>10}  {words}"
    );
    text.push_str(line.trim_end());
    text.push('\n');
}

/// Each document with its lines; debits equal credits.
pub(super) fn documents(documents: &[MemoryDocument]) -> String {
    let mut text = String::new();
    if documents.is_empty() {
        text.push_str("\n   nothing is posted\n");
    }
    for document in documents {
        let header = document.posting.header();
        let what = match &document.posting {
            Posting::PurchaseInvoice(_) => "A/P invoice",
            Posting::PurchaseCreditNote(_) => "A/P credit memo",
            Posting::JournalEntry(_) => "Journal entry",
        };
        writeln!(
            text,
            "\n   {what} {} for {}, {}, \"{}\"",
            header.posting_date, header.key, header.reference, header.memo
        )
        .unwrap();
        let heads = ["account", "name", "profit center", "project", "debit", "credit", "text"];
        row(&mut text, heads);
        let (mut debits, mut credits) = (Decimal::ZERO, Decimal::ZERO);
        for line in lines(document) {
            let (debit, credit) = sides(line.amount);
            if line.amount.is_sign_negative() {
                credits -= line.amount
            } else {
                debits += line.amount
            }
            let account = name(&line.account);
            row(
                &mut text,
                [
                    &line.account,
                    &account,
                    &line.profit_center,
                    &line.project,
                    &debit,
                    &credit,
                    &line.text,
                ],
            );
        }
        assert_eq!(debits, credits, "{} balances", header.key);
        row(&mut text, ["", "", "", "", &amount(debits), &amount(credits), ""]);
    }
    text
}

/// The balances of all accounts after a step.
pub(super) fn balances(documents: &[MemoryDocument]) -> String {
    let mut text = String::from("\n   Balances after it\n");
    for (account, balance) in books::balances(documents) {
        if !balance.is_zero() {
            let (debit, credit) = sides(balance);
            row(&mut text, [&account, &name(&account), "", "", &debit, &credit, ""]);
        }
    }
    text
}
