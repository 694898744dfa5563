//! How a posting stands in the books of the ledger in memory: lines, tax and totals as a look-up answers
//! them, and the journal that SAP makes of an A/P document.

use rust_decimal::{Decimal, RoundingStrategy};

use super::ledger::MemoryDocument;
use crate::{
    catalog::Catalog,
    exchange::ExchangeRate,
    model::{
        ApDocument, DocumentType, HeldDocument, HeldLine, HeldState, JournalTarget, LineMark,
        Posting,
    },
    ports::Movement,
};

/// A posting as the ledger holds it under this number: with the tax that the catalog's rates give.
pub(super) fn as_held(
    catalog: &Catalog,
    doc_entry: i64,
    posting: &Posting,
    state: HeldState,
) -> HeldDocument {
    let header = posting.header();
    let scale = catalog.scale(&header.currency);
    let (lines, total, tax) = match posting {
        Posting::PurchaseInvoice(document) => ap(catalog, document, Decimal::ONE, scale),
        Posting::PurchaseCreditNote(document) => {
            ap(catalog, document, Decimal::NEGATIVE_ONE, scale)
        }
        Posting::JournalEntry(entry) => {
            let debits = entry.lines.iter().map(|line| line.amount.max(Decimal::ZERO)).sum();
            let lines = entry.lines.iter().map(|line| HeldLine {
                mark: read_mark(&line.mark),
                target: line.target.clone(),
                amount: line.amount,
                local: None,
                tax: Decimal::ZERO,
                paid: Decimal::ZERO,
                description: line.description.clone(),
            });
            (lines.collect(), debits, Decimal::ZERO)
        }
    };
    let draft = state == HeldState::PendingApproval;
    let (lines, local_total) = in_local(catalog, header.exchange_rate, posting, lines, total);
    HeldDocument {
        key: header.key,
        revision: header.revision.clone(),
        document_type: if draft { DocumentType::Draft } else { posting.document_type() },
        doc_entry,
        doc_num: Some(doc_entry),
        state,
        posting_date: header.posting_date,
        card_code: posting.card_code().map(str::to_owned),
        control_account: control_account_of(catalog, posting),
        branch: header.branch,
        currency: header.currency.clone(),
        total,
        local_total,
        tax,
        paid: Decimal::ZERO,
        open: true,
        lines,
    }
}

/// The same lines and total with what they are worth in the books' currency.
fn in_local(
    catalog: &Catalog,
    rate: Option<ExchangeRate>,
    posting: &Posting,
    mut lines: Vec<HeldLine>,
    total: Decimal,
) -> (Vec<HeldLine>, Option<Decimal>) {
    let Some(rate) = rate else { return (lines, None) };
    let scale = catalog.scale(&catalog.local_currency);
    let amounts: Vec<Decimal> = lines.iter().map(|line| line.amount).collect();
    let local = match posting {
        Posting::JournalEntry(_) => rate.balanced(&amounts, scale).unwrap_or_default(),
        _ => amounts.iter().filter_map(|amount| rate.to_local(*amount, scale).ok()).collect(),
    };
    for (line, local) in lines.iter_mut().zip(local) {
        line.local = Some(local);
    }
    (lines, rate.to_local(total, scale).ok())
}

/// Lines, total and tax of an A/P document; `sign` makes a credit memo's lines credits.
fn ap(
    catalog: &Catalog,
    document: &ApDocument,
    sign: Decimal,
    scale: u32,
) -> (Vec<HeldLine>, Decimal, Decimal) {
    let (mut net, mut tax) = (Decimal::ZERO, Decimal::ZERO);
    let mut lines = Vec::with_capacity(document.lines.len());
    for line in &document.lines {
        let code = line.coding.tax_code.as_ref();
        let rate = code.and_then(|code| catalog.tax_codes.get(code)).map(|code| code.rate);
        let exact = line.amount * rate.unwrap_or_default() / Decimal::ONE_HUNDRED;
        let of_line = exact.round_dp_with_strategy(scale, RoundingStrategy::MidpointAwayFromZero);
        net += line.amount;
        tax += of_line;
        lines.push(HeldLine {
            mark: read_mark(&line.mark),
            target: JournalTarget::Account(line.coding.clone()),
            amount: line.amount * sign,
            local: None,
            tax: of_line * sign,
            paid: Decimal::ZERO,
            description: line.description.clone(),
        });
    }
    (lines, net + tax, tax)
}

/// The account that an A/P document stands on: its own, else the partner's.
fn control_account_of(catalog: &Catalog, posting: &Posting) -> Option<String> {
    let (Posting::PurchaseInvoice(document) | Posting::PurchaseCreditNote(document)) = posting
    else {
        return None;
    };
    let own = || catalog.partners.get(&document.card_code)?.control_account.clone();
    document.control_account.clone().or_else(own)
}

/// The account of the tax that the ledger computes.
const TAX_ACCOUNT: &str = "1610";

/// The journal of one document, as SAP makes it.
pub(super) fn journal_of(document: &MemoryDocument) -> Vec<Movement> {
    let held = &document.held;
    let line = |account: &str, center: Option<&String>, amount, local: Option<Decimal>| Movement {
        entry: held.doc_entry,
        posting_date: held.posting_date,
        account: account.to_owned(),
        profit_center: center.cloned(),
        currency: held.currency.clone(),
        amount,
        local: local.unwrap_or(amount),
        tax: false,
        key: Some(held.key),
        text: document.posting.header().memo.clone(),
    };
    let mut lines: Vec<Movement> = held
        .lines
        .iter()
        .map(|of| match &of.target {
            JournalTarget::Account(coding) => {
                line(&coding.account, coding.dimensions[0].as_ref(), of.amount, of.local)
            }
            JournalTarget::Partner { control_account, .. } => {
                line(control_account, None, of.amount, of.local)
            }
        })
        .collect();
    let sign = match &document.posting {
        Posting::PurchaseInvoice(_) => Decimal::ONE,
        Posting::PurchaseCreditNote(_) => Decimal::NEGATIVE_ONE,
        Posting::JournalEntry(_) => return lines,
    };
    if !held.tax.is_zero() {
        // In local currency the tax is what the total leaves over.
        let net = held.lines.iter().map(|of| of.local).sum::<Option<Decimal>>();
        let local = held.local_total.zip(net).map(|(total, net)| total * sign - net);
        let tax = line(TAX_ACCOUNT, None, held.tax * sign, local);
        lines.push(Movement { tax: true, ..tax });
    }
    let control = held.control_account.as_deref().unwrap_or_default();
    let local = held.local_total.map(|total| -total * sign);
    lines.push(line(control, None, -held.total * sign, local));
    lines
}

/// Marks come back as the text in which they were kept.
fn read_mark(mark: &LineMark) -> Option<LineMark> {
    LineMark::parse(&mark.to_string())
}
