//! Records in another currency than that of the books: whether they are posted, at which rate, and
//! what the rates leave over when a commitment is cleared.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{Decision, Family, Member, PlanContext, Stop, family::role_amount, hold};
use crate::{
    exchange::ExchangeRate,
    model::{DocumentType, HeldDocument, JournalEntry, Kind, LineMark, Posting, SourceKey},
    policy::ForeignCurrency,
    states::{Finding, FindingKind, Reason},
};

/// The roles of the lines that a commitment opens and its requisitions clear.
const CLEARED: [&str; 3] = ["unbilled", "accrued", "reserve"];

/// Holds what is in another currency than SAP's local one, where the policy does not post it.
///
/// # Errors
///
/// `foreign_currency_not_enabled`.
pub(super) fn allowed(context: &PlanContext<'_>, member: &Member) -> Result<(), Stop> {
    let currency = context.currency_of(member.record());
    let local = &context.catalog.local_currency;
    let key = member.record().key;
    if &currency != local && context.policy.foreign_currency == ForeignCurrency::Hold {
        return Err(hold(
            Reason::ForeignCurrencyNotEnabled,
            format!("{key} is in {currency}, the books are in {local}"),
        ));
    }
    Ok(())
}

/// The rate of a document's posting date; `None` in local currency.
///
/// # Errors
///
/// `missing_exchange_rate`, and [`Decision::NeedsRate`] where nobody has asked SAP for it yet.
pub(super) fn rate(
    context: &PlanContext<'_>,
    currency: &str,
    day: NaiveDate,
) -> Result<Option<ExchangeRate>, Stop> {
    // What SAP does not know at all is `currency_not_in_sap`, which validation says.
    if currency == context.catalog.local_currency
        || !context.catalog.currencies.contains_key(currency)
    {
        return Ok(None);
    }
    match context.rates.get(&(currency.to_owned(), day)) {
        Some(Some(rate)) => Ok(Some(*rate)),
        Some(None) => Err(hold(
            Reason::MissingExchangeRate,
            format!("SAP has no exchange rate of {currency} on {day}"),
        )),
        None => Err(Decision::NeedsRate { currency: currency.to_owned(), day }),
    }
}

/// What is left in local currency on a commitment that these documents clear in its own: rates moved
/// between its approval and its billing. SAP's own run of exchange rate differences takes it.
pub(super) fn exchange_difference(
    context: &PlanContext<'_>,
    family: &Family,
    key: SourceKey,
    decision: &Decision,
) -> Option<Finding> {
    let Decision::Post(postings) = decision else { return None };
    let currency = &postings.first()?.header().currency;
    let local = &context.catalog.local_currency;
    if currency == local || key.kind == Kind::DirectCost {
        return None;
    }
    // What moves to another currency clears nothing.
    let mut live = family.members.iter().flat_map(Member::live);
    let other = live.any(|document| document.currency != *currency);
    if other || postings.iter().any(|posting| posting.header().currency != *currency) {
        return None;
    }
    let scale = context.catalog.scale(local);
    let mut own = Decimal::ZERO;
    let mut books = Decimal::ZERO;
    for document in family.members.iter().flat_map(Member::live) {
        let (foreign, home) = open_in(document);
        (own, books) = (own + foreign, books + home?);
    }
    for posting in postings {
        let (foreign, home) = opens(posting, scale)?;
        (own, books) = (own + foreign, books + home);
    }
    (own.is_zero() && !books.is_zero()).then(|| Finding {
        kind: FindingKind::ExchangeDifference,
        detail: format!(
            "its commitment is cleared in {currency}; {books} {local} of moved rates are left for \
             SAP's own run"
        ),
    })
}

/// What a document leaves open, in its own and in local currency; the latter only where SAP says it.
fn open_in(document: &HeldDocument) -> (Decimal, Option<Decimal>) {
    let of_contract = document.key.source.kind != Kind::Requisition;
    match document.document_type {
        DocumentType::PurchaseInvoice if of_contract => {
            (-document.total, document.local_total.map(|total| -total))
        }
        DocumentType::PurchaseCreditNote if of_contract => (document.total, document.local_total),
        DocumentType::JournalEntry => {
            let own = CLEARED.iter().map(|role| role_amount(document, role)).sum();
            let lines = document.lines.iter().filter(|line| is_cleared(line.mark.as_ref()));
            let home = lines.map(|line| line.local).sum::<Option<Decimal>>();
            (own, home)
        }
        _ => (Decimal::ZERO, Some(Decimal::ZERO)),
    }
}

fn is_cleared(mark: Option<&LineMark>) -> bool {
    matches!(mark, Some(LineMark::Role(role)) if CLEARED.contains(&role.as_str()))
}

/// What a document that is to be posted opens or clears.
fn opens(posting: &Posting, scale: u32) -> Option<(Decimal, Decimal)> {
    let rate = posting.header().exchange_rate?;
    let local = |amount| rate.to_local(amount, scale).ok();
    match posting {
        Posting::JournalEntry(entry) => of_entry(entry, rate, scale),
        Posting::PurchaseInvoice(_) if !of_requisition(posting) => {
            Some((-posting.total(), -local(posting.total())?))
        }
        Posting::PurchaseCreditNote(_) if !of_requisition(posting) => {
            Some((posting.total(), local(posting.total())?))
        }
        _ => Some((Decimal::ZERO, Decimal::ZERO)),
    }
}

fn of_requisition(posting: &Posting) -> bool {
    posting.key().source.kind == Kind::Requisition
}

fn of_entry(entry: &JournalEntry, rate: ExchangeRate, scale: u32) -> Option<(Decimal, Decimal)> {
    let amounts: Vec<Decimal> = entry.lines.iter().map(|line| line.amount).collect();
    let local = rate.balanced(&amounts, scale).ok()?;
    let cleared = entry.lines.iter().zip(local).filter(|(line, _)| is_cleared(Some(&line.mark)));
    Some(cleared.fold((Decimal::ZERO, Decimal::ZERO), |(own, home), (line, local)| {
        (own + line.amount, home + local)
    }))
}
