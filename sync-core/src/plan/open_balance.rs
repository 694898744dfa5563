//! What a vendor is still owed of one record, and whether a reduction finds as much.
//!
//! A reduction of what was paid leaves the vendor owing us: that is for a person to see first. The
//! balance is that of one vendor and one record, with tax, payments of journal entries included as
//! far as the ledger tells them.

use rust_decimal::Decimal;

use super::{Member, Stop, hold};
use crate::{
    model::{DocumentType, HeldDocument, HeldLine, JournalLine, JournalTarget, LineMark},
    states::Reason,
};

/// What one document leaves open of a vendor, and what was paid of it.
fn of_document(document: &HeldDocument, card_code: &str) -> (Decimal, Decimal) {
    let own = document.card_code.as_deref() == Some(card_code);
    match document.document_type {
        DocumentType::PurchaseInvoice if own => (document.total - document.paid, document.paid),
        DocumentType::PurchaseCreditNote if own => (document.paid - document.total, document.paid),
        DocumentType::JournalEntry => {
            let lines = document.lines.iter().filter(|line| is_payable_to(line, card_code));
            lines.fold((Decimal::ZERO, Decimal::ZERO), |(open, paid), line| {
                (open - line.amount - line.paid, paid + line.paid)
            })
        }
        _ => (Decimal::ZERO, Decimal::ZERO),
    }
}

fn is_payable_to(line: &HeldLine, card_code: &str) -> bool {
    let own =
        matches!(&line.target, JournalTarget::Partner { card_code: card, .. } if card == card_code);
    own && line.mark.as_ref().is_some_and(LineMark::is_payable)
}

/// Stops a change that takes back more of a vendor, with tax, than the record's documents leave open.
/// `change` is what the vendor is owed more, below zero what it is owed less. Where nothing was paid,
/// nothing can be overdrawn.
///
/// # Errors
///
/// `would_exceed_open_balance`.
pub(super) fn allows(member: &Member, card_code: &str, change: Decimal) -> Result<(), Stop> {
    if !change.is_sign_negative() || member.decided(Reason::WouldExceedOpenBalance) {
        return Ok(());
    }
    let sums = member.live().map(|document| of_document(document, card_code));
    let (open, paid) =
        sums.fold((Decimal::ZERO, Decimal::ZERO), |(open, paid), of| (open + of.0, paid + of.1));
    if paid.is_zero() || -change <= open {
        return Ok(());
    }
    Err(hold(
        Reason::WouldExceedOpenBalance,
        format!(
            "a reduction of {card_code} by {} is more than the open balance of {open}; paid: {paid}",
            -change
        ),
    ))
}

/// As [`allows`], for the vendors' trade lines of a journal entry.
///
/// # Errors
///
/// `would_exceed_open_balance`.
pub(super) fn allows_lines(member: &Member, lines: &[JournalLine]) -> Result<(), Stop> {
    let mut changes = std::collections::BTreeMap::<&str, Decimal>::new();
    for line in lines.iter().filter(|line| line.mark.is_payable()) {
        if let JournalTarget::Partner { card_code, .. } = &line.target {
            *changes.entry(card_code).or_default() -= line.amount;
        }
    }
    changes.into_iter().try_for_each(|(card_code, change)| allows(member, card_code, change))
}
