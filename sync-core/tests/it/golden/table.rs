//! Documents and balances as an accountant reads them.

use std::{collections::BTreeMap, fmt::Write as _};

use rust_decimal::Decimal;
use sync_core::{
    memory::MemoryDocument,
    model::{ApDocument, Coding, HeldDocument, HeldLine, JournalTarget, Posting, PostingHeader},
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
    /// The same in the currency of the books, of a document in another one.
    local: Option<Decimal>,
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

fn coded(coding: &Coding, amount: Decimal, local: Option<Decimal>, text: String) -> Line {
    Line {
        account: coding.account.clone(),
        profit_center: coding.dimensions[0].clone().unwrap_or_default(),
        project: coding.project.clone().unwrap_or_default(),
        amount,
        local,
        text,
    }
}

/// An A/P document with the tax and the vendor's line that SAP makes for it.
fn of_ap(document: &ApDocument, held: &HeldDocument, sign: Decimal) -> Vec<Line> {
    let mut lines: Vec<Line> = document
        .lines
        .iter()
        .zip(&held.lines)
        .map(|(line, held)| {
            let code = line.coding.tax_code.as_deref().unwrap_or("no tax code");
            let text = format!("{} {} [{code}]", line.mark, line.description);
            coded(&line.coding, line.amount * sign, held.local, text)
        })
        .collect();
    if !held.tax.is_zero() {
        let net = lines.iter().map(|line| line.local).sum::<Option<Decimal>>();
        lines.push(Line {
            account: TAX_ACCOUNT.to_owned(),
            profit_center: String::new(),
            project: String::new(),
            amount: held.tax * sign,
            local: held.local_total.zip(net).map(|(total, net)| total * sign - net),
            text: "tax, by SAP".to_owned(),
        });
    }
    lines.push(Line {
        account: document.control_account.clone().unwrap_or_else(|| TRADE.to_owned()),
        profit_center: String::new(),
        project: document.header.project.clone().unwrap_or_default(),
        amount: -held.total * sign,
        local: held.local_total.map(|total| -total * sign),
        text: format!("{}, by SAP", document.card_code),
    });
    lines
}

fn lines(document: &MemoryDocument) -> Vec<Line> {
    let held = &document.held;
    match &document.posting {
        Posting::PurchaseInvoice(ap) => of_ap(ap, held, Decimal::ONE),
        Posting::PurchaseCreditNote(ap) => of_ap(ap, held, Decimal::NEGATIVE_ONE),
        Posting::JournalEntry(entry) => entry
            .lines
            .iter()
            .zip(&held.lines)
            .map(|(line, HeldLine { local, .. })| {
                let text = format!("{} {}", line.mark, line.description);
                match &line.target {
                    JournalTarget::Account(coding) => coded(coding, line.amount, *local, text),
                    JournalTarget::Partner { card_code, control_account, project } => Line {
                        account: control_account.clone(),
                        profit_center: String::new(),
                        project: project.clone().unwrap_or_default(),
                        amount: line.amount,
                        local: *local,
                        text: format!("{card_code} {text}"),
                    },
                }
            })
            .collect(),
    }
}

/// What of a document is not the same in every company: its currency with the rate, and its branch.
fn standing(header: &PostingHeader) -> String {
    let mut text = String::new();
    if let Some(rate) = header.exchange_rate {
        write!(text, ", in {} at {}", header.currency, rate.rate).unwrap();
    }
    if let Some(branch) = header.branch {
        write!(text, ", branch {branch}").unwrap();
    }
    text
}

/// What an amount is worth in the books, in a column of its own before the text.
fn with_local(local: Option<Decimal>, text: &str) -> String {
    match local {
        Some(local) => {
            let sign = if local.is_sign_negative() && !local.is_zero() { "-" } else { "" };
            format!("{:>10}  {text}", format!("{sign}{}", amount(local)))
        }
        None => text.to_owned(),
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
            "\n   {what} {} for {}, {}, \"{}\"{}",
            header.posting_date,
            header.key,
            header.reference,
            header.memo,
            standing(header)
        )
        .unwrap();
        let foreign = header.exchange_rate.is_some();
        let words = if foreign { "    in USD  text" } else { "text" };
        let heads = ["account", "name", "profit center", "project", "debit", "credit", words];
        row(&mut text, heads);
        let (mut debits, mut credits) = (Decimal::ZERO, Decimal::ZERO);
        let lines = lines(document);
        for line in &lines {
            let (debit, credit) = sides(line.amount);
            if line.amount.is_sign_negative() {
                credits -= line.amount
            } else {
                debits += line.amount
            }
            let words = with_local(line.local, &line.text);
            let (account, center) = (line.account.as_str(), line.profit_center.as_str());
            row(
                &mut text,
                [account, &name(account), center, &line.project, &debit, &credit, &words],
            );
        }
        let local = lines.iter().map(|line| line.local).sum::<Option<Decimal>>();
        assert_eq!(local.is_some(), foreign, "{}: every line says what it is worth", header.key);
        assert_eq!(local.unwrap_or_default(), Decimal::ZERO, "{} balances in USD", header.key);
        assert_eq!(debits, credits, "{} balances", header.key);
        row(&mut text, ["", "", "", "", &amount(debits), &amount(credits), ""]);
    }
    text
}

/// The balances of all accounts after a step: of one currency and one branch each.
pub(super) fn balances(documents: &[MemoryDocument]) -> String {
    let mut books: BTreeMap<(Option<i64>, &str), Vec<MemoryDocument>> = BTreeMap::new();
    for document in documents {
        let header = document.posting.header();
        let own = (header.branch, header.currency.as_str());
        books.entry(own).or_default().push(document.clone());
    }
    if books.is_empty() {
        books.insert((None, "USD"), Vec::new());
    }
    let mut text = String::new();
    for ((branch, currency), documents) in books {
        let branch = branch.map(|branch| format!(", branch {branch}")).unwrap_or_default();
        let foreign = if currency == "USD" { String::new() } else { format!(", in {currency}") };
        writeln!(text, "\n   Balances after it{foreign}{branch}").unwrap();
        let local = in_local(&documents);
        for (account, balance) in books::balances(&documents) {
            let local = local.get(&account).copied().unwrap_or_default();
            if balance.is_zero() && local.is_zero() {
                continue;
            }
            let (debit, credit) = sides(balance);
            let words =
                if foreign.is_empty() { String::new() } else { with_local(Some(local), "USD") };
            row(&mut text, [&account, &name(&account), "", "", &debit, &credit, &words]);
        }
    }
    text
}

/// What the accounts hold in the currency of the books.
fn in_local(documents: &[MemoryDocument]) -> BTreeMap<String, Decimal> {
    let mut books: BTreeMap<String, Decimal> = BTreeMap::new();
    for line in documents.iter().filter(|document| document.held.is_live()).flat_map(lines) {
        *books.entry(line.account).or_default() += line.local.unwrap_or_default();
    }
    books
}
